"""One dated row of the law, and the successive rows of one limit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import product
from typing import Final

from workflows.facts import RECEPTION
from workflows.vocabulary import Complexity, Kind, Step, Subkind
from workflows.working_days import Direction, Roll, Unit


class OtherUnit(StrEnum):
    """Units of limits nobody counts in days."""

    HOUR = "hour"
    MONTH = "month"
    YEAR = "year"
    TIME = "time"


class SelectBy(StrEnum):
    """Whose date chooses the row: the event's own, or the acceptance of the case."""

    TRIGGER_DATE = "trigger_date"
    CASE_ACCEPTANCE_DATE = "case_acceptance_date"


class Bound(StrEnum):
    """Who must keep the limit. A switch says whether Civil Code art 148(5) helps authorities too."""

    AUTHORITY = "authority"
    CITIZEN = "citizen"


class When(StrEnum):
    """A circumstance that changes which row applies (Law on Denunciations arts 24, 26, 30)."""

    COMPETENT = "competent"
    NOT_COMPETENT = "not_competent"
    MULTI_PLACE_CHECK = "multi_place_check"
    FORWARDED = "forwarded"
    EXTENSION = "extension"


NO_SUBKIND: Final = "none"
MATTERS: Final = (*(kind.value for kind in Kind), RECEPTION)
SUBKINDS: Final = (NO_SUBKIND, *(subkind.value for subkind in Subkind))
INSTANCES: Final = (1, 2)

Cell = tuple[Step, str, str, int, bool, Complexity, When | None]


@dataclass(frozen=True, slots=True)
class Differing:
    """What another text said about the same limit; mentioned in the explanation, never computed."""

    amount: int
    unit: Unit
    citation: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One dated row. ``code`` is its public Id; an empty selector (kinds apart) means "any"."""

    code: str
    variant: str
    title: str
    step: Step | None
    kinds: tuple[str, ...]
    subkinds: tuple[str, ...]
    instances: tuple[int, ...]
    remote: bool | None
    complexities: tuple[Complexity, ...]
    when: When | None
    trigger_event: tuple[str, ...]
    amount: int
    unit: Unit | OtherUnit
    direction: Direction
    roll: Roll
    binds: Bound
    calculator: bool
    valid_from: date
    valid_to: date | None
    applies_before: bool
    select_by: SelectBy
    citation: str
    source_note: str
    verified_by: str
    verified_on: date | None
    differing: Differing | None

    @property
    def row_key(self) -> str:
        """Code, variant and first day in force: stable, and one of a kind in a lawbook."""
        variant = f"/{self.variant}" if self.variant else ""
        return f"{self.code}{variant}@{self.valid_from.isoformat()}"

    def in_force(self, on: date) -> bool:
        """Whether this text was law on that day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    def cells(self) -> Iterator[Cell]:
        """Every combination of selectors this row answers for; none without a step."""
        if self.step is None:
            return iter(())
        return product(
            (self.step,),
            self.kinds,
            self.subkinds or SUBKINDS,
            self.instances or INSTANCES,
            (False, True) if self.remote is None else (self.remote,),
            self.complexities or tuple(Complexity),
            (self.when,),
        )


@dataclass(frozen=True, slots=True)
class Quota:
    """How often a head must receive citizens in person."""

    code: str
    title: str
    who: tuple[str, ...]
    amount: int
    per: str
    valid_from: date
    valid_to: date | None
    citation: str
    source_note: str
    verified_by: str
    verified_on: date | None

    @property
    def row_key(self) -> str:
        """Code and first day in force."""
        return f"{self.code}@{self.valid_from.isoformat()}"

    def in_force(self, on: date) -> bool:
        """Whether this quota held on that day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Computation:
    """How every limit is counted, with the articles that say so.

    ``roll_authority_deadlines`` is the switch for limits that bind the authority: the petition laws
    do not say whether the roll to the next working day helps it too.
    """

    start_citation: str
    roll_citation: str
    roll_authority_deadlines: bool = True


@dataclass(frozen=True, slots=True)
class Series:
    """The successive rows of one limit for one sort of case, oldest first."""

    step: Step
    triggers: tuple[str, ...]
    rules: tuple[Rule, ...]

    def on(self, trigger: date, accepted: date | None = None) -> Rule | None:
        """The row in force for an event on ``trigger``.

        Before the first row's text was law that row still answers when it ``applies_before``: the
        older text is not kept here, and the explanation says so.
        """
        first = self.rules[0]
        by_acceptance = first.select_by is SelectBy.CASE_ACCEPTANCE_DATE
        day = accepted if by_acceptance and accepted is not None else trigger
        for rule in reversed(self.rules):
            if rule.valid_from <= day:
                return rule if rule.valid_to is None or day <= rule.valid_to else None
        return first if first.applies_before else None
