"""What a running date without a case looks like, and how one kind of them is read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select

from config.database import read
from petitions.services.recipients import Staff, Told
from workflows.vocabulary import Actor

AHEAD = timedelta(days=120)
"""Dates further off than the first rung of any ladder are not read."""
Ids = Collection[int] | None


@dataclass(frozen=True, slots=True)
class CaselessDate:
    """A running date and what its news needs. ``secret``: nothing but its title is told.

    ``agency_id`` works on it, ``officer_id`` if one person does; ``trusted`` are persons and
    ``trusted_heads_of`` the agency whose heads know of a secret one besides; ``case_id`` a case whose
    bars (and, with ``as_the_case``, whose secrecy) bind. ``barred`` and ``barred_units`` are shut out
    besides; ``asker_id`` and the heads of ``asking_id`` are told wherever the superior is.
    """

    id: int
    version: int
    due: date
    agency_id: int
    step: str
    title: str
    path: str
    secret: bool = False
    officer_id: int | None = None
    above_id: int | None = None
    trusted: frozenset[int] = frozenset()
    trusted_heads_of: int | None = None
    case_id: int | None = None
    as_the_case: bool = False
    barred: frozenset[int] = frozenset()
    barred_units: frozenset[int] = frozenset()
    asker_id: int | None = None
    asking_id: int | None = None

    def told(self, staff: Staff, cases: Mapping[int, Told]) -> Told:
        """Whom to tell of it; ``cases`` holds the case it belongs to, if any."""
        case = cases[self.case_id] if self.case_id is not None else None
        shut_out = self.barred.union(*(staff.members.get(unit, ()) for unit in self.barred_units))
        asking = staff.heads.get(self.asking_id or 0, ())
        if self.asker_id in staff.members.get(self.asking_id or 0, ()):
            asking = (self.asker_id or 0, *asking)
        return Told(
            code="",
            denunciation=self.secret,
            agency_id=self.agency_id,
            officer_id=self.officer_id,
            charged=self.trusted | frozenset(staff.heads.get(self.trusted_heads_of or 0, ())),
            barred=shut_out if case is None else shut_out | case.barred,
            staff=staff,
            above_id=self.above_id,
            within=case if self.as_the_case else None,
            beside=tuple(asking),
        )


@dataclass(frozen=True, slots=True)
class Source:
    """How one kind is read: those that run on a day (all, or of some ids), and which of them a hat knows."""

    running: Callable[[date, Ids], Iterator[CaselessDate]]
    seen: Callable[[Actor, Collection[int]], Collection[int]]


def among(column: Any, ids: Ids) -> tuple[ColumnElement[bool], ...]:
    """The condition that narrows a source to ``ids``."""
    return () if ids is None else (column.in_(ids),)


def seen_among(statement: Select[int]) -> set[int]:
    """The ids a predicate of the readers left over."""
    return set(read(statement).scalars())
