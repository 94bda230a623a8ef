"""Whom a new flag is told to: the officer in charge, else the heads of the custodian.

Nobody who is shut out of a case hears of it; of a denunciation only the head and those assigned
(Law on Denunciations art 56).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from notifications import outbox
from petitions.models import Assignment, Case, CaseBar, Hat, User
from petitions.services.watch_spans import IDS
from petitions.services.watch_sql import OneOf
from workflows.vocabulary import Kind, Role
from workflows.watch import FlagKind

TOLD = frozenset({FlagKind.NEAR_DUE, FlagKind.OVERDUE, FlagKind.CLIFF_NEAR, FlagKind.CLIFF_45})
"""Flags somebody is reminded of; the others are seen in the lists."""


@dataclass(frozen=True, slots=True)
class Staff:
    """Who sits where on one day: the heads of each agency, and each person's agencies and sections."""

    heads: Mapping[int, Sequence[int]]
    units: Mapping[int, Collection[int]]

    @classmethod
    def on(cls, session: Session, day: date) -> Staff:
        """Everybody who may sign in and wears a hat that handles cases on ``day``."""
        heads: dict[int, list[int]] = defaultdict(list)
        units: dict[int, set[int]] = defaultdict(set)
        rows = session.execute(
            select(Hat.user_id, Hat.agency_id, Hat.section_id, Hat.role)
            .join(User, User.id == Hat.user_id)
            .where(
                User.disabled_at.is_(None),
                Hat.role.not_in((Role.ADMIN, Role.SUPERVISOR)),
                Hat.valid_from <= day,
                or_(Hat.valid_to.is_(None), Hat.valid_to >= day),
            )
            .order_by(Hat.id)
        )
        for user, agency, section, role in rows:
            units[user] |= {agency} if section is None else {agency, section}
            if role is Role.HEAD and user not in heads[agency]:
                heads[agency].append(user)
        return cls(heads, units)


_CASES = select(Case.id, Case.code, Case.kind, Case.agency_id, Case.officer_id).where(
    OneOf(Case.id, IDS)
)
_BARS = select(CaseBar.case_id, CaseBar.user_id, CaseBar.unit_id).where(
    OneOf(CaseBar.case_id, IDS), CaseBar.lifted_at.is_(None)
)
_CHARGED = select(Assignment.case_id, Assignment.user_id).where(
    OneOf(Assignment.case_id, IDS), Assignment.until.is_(None)
)


def remind(session: Session, raised: Sequence[Any], staff: Staff, now: datetime) -> int:
    """Queue one message a person for each new flag (rows with case_id, kind, subject, since).

    Four statements whatever the number of flags; returns how many messages are new.
    """
    flags = [flag for flag in raised if flag.kind in TOLD]
    if not flags:
        return 0
    return outbox.put(session, _messages(session, flags, staff), now)


def _messages(session: Session, flags: Sequence[Any], staff: Staff) -> Iterator[outbox.Message]:
    ids = list({flag.case_id for flag in flags})
    cases = {row.id: row for row in session.execute(_CASES, {"ids": ids})}
    people = _Reach(session, cases, staff)
    for flag in flags:
        case = cases[flag.case_id]
        for person in people.of(case):
            yield outbox.Message(
                dedupe_key=f"{flag.kind}:{case.id}:{flag.subject}:{flag.since}:{person}",
                kind=str(flag.kind),
                recipient_id=person,
                case_id=case.id,
                payload={"case": case.code},
            )


class _Reach:
    """Who of the staff may hear of which of these cases."""

    def __init__(self, session: Session, cases: Mapping[int, Any], staff: Staff) -> None:
        self.staff = staff
        self.barred: dict[int, set[tuple[str, int]]] = defaultdict(set)
        for bar in session.execute(_BARS, {"ids": list(cases)}):
            self.barred[bar.case_id].add(
                ("unit", bar.unit_id) if bar.user_id is None else ("user", bar.user_id)
            )
        secret = [case.id for case in cases.values() if case.kind is Kind.DENUNCIATION]
        self.charged = {
            (row.case_id, row.user_id) for row in session.execute(_CHARGED, {"ids": secret})
        }

    def of(self, case: Any) -> Sequence[int]:
        """The officer in charge if he still sits there and may know, else the heads who may."""
        officer = case.officer_id
        if (
            officer is not None
            and case.agency_id in self.staff.units.get(officer, ())
            and (case.kind is not Kind.DENUNCIATION or (case.id, officer) in self.charged)
            and self._free(case.id, officer)
        ):
            return (officer,)
        heads = self.staff.heads.get(case.agency_id, ())
        return [head for head in heads if self._free(case.id, head)]

    def _free(self, case_id: int, user: int) -> bool:
        barred = self.barred.get(case_id)
        if not barred:
            return True
        units = self.staff.units.get(user, ())
        return ("user", user) not in barred and not any(("unit", unit) in barred for unit in units)
