"""Who is told of a case: those whose work it is and who may know of it, on one day.

Nobody who is shut out of a case hears of it; of a denunciation only the competent head, those
assigned in it and inspectors with that duty (Law on Denunciations art 56).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import String, or_, select, type_coerce

from config.database import read, table_of
from petitions.models import Agency, Assignment, Case, CaseBar, Hat, User
from petitions.services.watch_spans import DAY, IDS
from petitions.services.watch_sql import OneOf
from workflows.ladder import Audience
from workflows.vocabulary import AgencyKind, Kind, Role

_case, _bar, _charge, _agency = (table_of(row).c for row in (Case, CaseBar, Assignment, Agency))
_CASES = select(
    _case.id, _case.code, type_coerce(_case.kind, String), _case.agency_id, _case.officer_id
).where(OneOf(_case.id, IDS))
_BARS = select(_bar.case_id, _bar.user_id, _bar.unit_id).where(
    OneOf(_bar.case_id, IDS), _bar.lifted_at.is_(None)
)
_STAFF = (
    select(Hat.user_id, Hat.agency_id, Hat.section_id, Hat.role, Hat.denunciation_duty, Agency.kind)
    .join(User, User.id == Hat.user_id)
    .join(Agency, Agency.id == Hat.agency_id)
    .where(
        User.disabled_at.is_(None),
        Hat.role.not_in((Role.ADMIN, Role.SUPERVISOR)),
        Hat.valid_from <= DAY,
        or_(Hat.valid_to.is_(None), Hat.valid_to >= DAY),
    )
    .order_by(Hat.id)
)
_PARENTS = select(_agency.id, _agency.parent_id).where(_agency.parent_id.is_not(None))
_CHARGED = select(_charge.case_id, _charge.user_id).where(
    OneOf(_charge.case_id, IDS), _charge.until.is_(None)
)


@dataclass(frozen=True, slots=True)
class Staff:
    """Who sits where on one day: the heads of an agency, everybody of an agency or section, and the
    inspectors of the province (with their duty for denunciations)."""

    heads: Mapping[int, Sequence[int]]
    members: Mapping[int, Collection[int]]
    inspectors: Mapping[int, bool]
    parents: Mapping[int, int]

    @classmethod
    def on(cls, day: date) -> Staff:
        """Everybody who may sign in and wears a hat that handles cases on ``day``."""
        heads: dict[int, list[int]] = defaultdict(list)
        members: dict[int, set[int]] = defaultdict(set)
        inspectors: dict[int, bool] = {}
        for user, agency, section, role, duty, kind in read(_STAFF, {"day": day}):
            members[agency].add(user)
            if section is not None:
                members[section].add(user)
            if role is Role.HEAD and user not in heads[agency]:
                heads[agency].append(user)
            if role is Role.INSPECTOR and kind is AgencyKind.INSPECTORATE:
                inspectors[user] = inspectors.get(user, False) or duty
        parents = {agency: parent for agency, parent in read(_PARENTS)}
        return cls(heads, members, inspectors, parents)


@dataclass(frozen=True, slots=True)
class Told:
    """One matter as its news needs it: its code (of a case) and how to find whom to tell.

    ``denunciation``: known only to the charged, the head and inspectors with that duty. ``above_id``
    is the agency whose heads are told as the superior's; None: the parent's. ``within`` is a case
    whose own secrecy binds as well; ``beside`` are people told wherever the superior is.
    """

    code: str
    denunciation: bool
    agency_id: int
    officer_id: int | None
    charged: frozenset[int]
    barred: frozenset[int]
    staff: Staff
    above_id: int | None = None
    within: Told | None = None
    beside: tuple[int, ...] = ()

    def people(self, to: Collection[Audience], holder: int | None = None) -> list[int]:
        """The people of these audiences who may know, each once; ``holder`` stands for the officer.

        Where nobody is in charge the heads stand in.
        """
        staff = self.staff
        found: list[int] = []
        heads = staff.heads.get(self.agency_id, ())
        if Audience.OFFICER in to:
            worker = holder or self.officer_id
            at_work = worker in staff.members.get(self.agency_id, ()) or holder is not None
            found += [worker] if worker and at_work and self._may_know(worker) else heads
        if Audience.HEAD in to:
            found += heads
        if Audience.SUPERIOR in to:
            above = self.above_id or staff.parents.get(self.agency_id, 0)
            found += (*staff.heads.get(above, ()), *self.beside)
        if Audience.INSPECTORATE in to:
            found += staff.inspectors
        return [person for person in dict.fromkeys(found) if self._may_know(person)]

    def _may_know(self, person: int) -> bool:
        if person in self.barred:
            return False
        if self.within is not None and not self.within._may_know(person):
            return False
        if not self.denunciation:
            return True
        return (
            person in self.charged
            or person in self.staff.heads.get(self.agency_id, ())
            or self.staff.inspectors.get(person, False)
        )


def told_of(ids: Sequence[int], staff: Staff) -> dict[int, Told]:
    """What is needed to tell of these cases, in three statements whatever their number."""
    charged: dict[int, set[int]] = defaultdict(set)
    for case_id, user in read(_CHARGED, {"ids": ids}):
        charged[case_id].add(user)
    barred = _barred(ids, staff)
    return {
        case_id: Told(
            code,
            kind == Kind.DENUNCIATION,
            agency,
            officer,
            frozenset(charged.get(case_id, ())),
            frozenset(barred.get(case_id, ())),
            staff,
        )
        for case_id, code, kind, agency, officer in read(_CASES, {"ids": ids})
    }


def _barred(ids: Sequence[int], staff: Staff) -> dict[int, set[int]]:
    """By case everybody shut out of it, alone or with the unit he sits in."""
    barred: dict[int, set[int]] = defaultdict(set)
    rows: Any = read(_BARS, {"ids": ids})
    for case_id, user, unit in rows:
        barred[case_id].update(staff.members.get(unit, ()) if user is None else (user,))
    return barred
