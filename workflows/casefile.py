"""What the rules may know of a case: plain values, all of them columns of its row or its clocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from workflows.vocabulary import Complexity, Fact, Kind, Mark, Protection, State, Subkind

MASS_SIZE = 5
"""Petitioners from whom on a petition counts as signed by many (Circular 05/2021/TT-TTCP)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """One case as the rules see it.

    ``state`` is None before registration. ``came_from`` is the state before the present one, to
    which undoing and reopening lead back. ``received_on`` is the first body's day of receipt (the
    present custodian's stands in ``facts``), ``last_on`` the day of the latest act on the main line.
    ``facts`` holds the calculator's facts with days as ``date`` (see ``Fact``). ``settlement_due``
    and ``window_until`` are the ``due`` of the running clocks ``settlement`` and
    ``second_complaint_window``; ``effect_from`` that of ``legal_effect``: the first day the decision
    may take effect. All three are None while unknown or standing still.
    """

    kind: Kind
    state: State | None
    received_on: date
    last_on: date
    subkind: Subkind | None = None
    instance: int = 1
    came_from: State | None = None
    complexity: Complexity = Complexity.ORDINARY
    remote: bool = False
    competent: bool = True
    anonymous: bool = False
    at_reception: bool = False
    forwarded: bool = False
    group_size: int = 1
    paused_since: date | None = None
    stayed_until: date | None = None
    protection: Protection = Protection.NONE
    facts: Mapping[str, object] = field(default_factory=dict)
    marks: frozenset[Mark] = field(default_factory=frozenset)
    settlement_due: date | None = None
    window_until: date | None = None
    effect_from: date | None = None

    @property
    def disciplinary(self) -> bool:
        """Whether arts 47-58 of the Law on Complaints govern the case."""
        return self.subkind is not None

    @property
    def mass(self) -> bool:
        """Whether the petition counts as signed by many."""
        return self.group_size >= MASS_SIZE

    @property
    def extensions_used(self) -> int:
        """How often the settlement limit was extended."""
        return len(self.series(Fact.EXTENSIONS))

    def day(self, fact: Fact) -> date | None:
        """The day of ``fact``, None when it has not happened or is not a day."""
        value = self.facts.get(fact)
        return value if isinstance(value, date) else None

    def series(self, fact: Fact) -> tuple[object, ...]:
        """The entries of a repeated fact, oldest first."""
        value = self.facts.get(fact)
        return tuple(value) if isinstance(value, list | tuple) else ()
