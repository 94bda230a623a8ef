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

from sqlalchemy import String, or_, select, type_coerce
from sqlalchemy.orm import Session

from config.database import read, table_of
from notifications import outbox
from petitions.models import Assignment, Case, CaseBar, Hat, User
from petitions.services.watch_spans import DAY, IDS
from petitions.services.watch_sql import OneOf
from workflows.vocabulary import Kind, Role
from workflows.watch import FlagKind

TOLD = frozenset({FlagKind.NEAR_DUE, FlagKind.OVERDUE, FlagKind.CLIFF_NEAR, FlagKind.CLIFF_45})
"""Flags somebody is reminded of; the others are seen in the lists."""

_case, _bar, _charge = (table_of(row).c for row in (Case, CaseBar, Assignment))
_CASES = select(
    _case.id, _case.code, type_coerce(_case.kind, String), _case.agency_id, _case.officer_id
).where(OneOf(_case.id, IDS))
_BARS = select(_bar.case_id, _bar.user_id, _bar.unit_id).where(
    OneOf(_bar.case_id, IDS), _bar.lifted_at.is_(None)
)
_STAFF = (
    select(Hat.user_id, Hat.agency_id, Hat.section_id, Hat.role)
    .join(User, User.id == Hat.user_id)
    .where(
        User.disabled_at.is_(None),
        Hat.role.not_in((Role.ADMIN, Role.SUPERVISOR)),
        Hat.valid_from <= DAY,
        or_(Hat.valid_to.is_(None), Hat.valid_to >= DAY),
    )
    .order_by(Hat.id)
)
_CHARGED = select(_charge.case_id, _charge.user_id).where(
    OneOf(_charge.case_id, IDS), _charge.until.is_(None)
)


@dataclass(frozen=True, slots=True)
class Staff:
    """Who sits where on one day: the heads of an agency, and everybody of an agency or section."""

    heads: Mapping[int, Sequence[int]]
    members: Mapping[int, Collection[int]]

    @classmethod
    def on(cls, day: date) -> Staff:
        """Everybody who may sign in and wears a hat that handles cases on ``day``."""
        heads: dict[int, list[int]] = defaultdict(list)
        members: dict[int, set[int]] = defaultdict(set)
        rows = read(_STAFF, {"day": day})
        for user, agency, section, role in rows:
            members[agency].add(user)
            if section is not None:
                members[section].add(user)
            if role is Role.HEAD and user not in heads[agency]:
                heads[agency].append(user)
        return cls(heads, members)


def remind(session: Session, raised: Sequence[Any], staff: Staff, now: datetime) -> int:
    """Queue one message a person for each new flag (rows of case_id, kind, subject, since).

    The payload carries the code only. Four statements whatever the number of flags; returns how
    many messages are new.
    """
    flags = [flag for flag in raised if flag[1] in TOLD]
    if not flags:
        return 0
    return outbox.put(session, _messages(flags, staff), now)


def _messages(flags: Sequence[Any], staff: Staff) -> Iterator[outbox.Message]:
    ids = list({flag[0] for flag in flags})
    told = _told(ids, staff)
    for case_id, kind, subject, since in flags:
        code, people = told[case_id]
        for person in people:
            yield outbox.Message(
                dedupe_key=f"{kind}:{case_id}:{subject}:{since}:{person}",
                kind=kind,
                recipient_id=person,
                case_id=case_id,
                payload={"case": code},
            )


def _told(ids: Sequence[int], staff: Staff) -> dict[int, tuple[str, Sequence[int]]]:
    """Code and recipients of each case: an officer who still sits there and may know, else the heads."""
    barred = _barred(ids, staff)
    charged = {(case_id, user) for case_id, user in read(_CHARGED, {"ids": ids})}
    told: dict[int, tuple[str, Sequence[int]]] = {}
    for case_id, code, kind, agency, officer in read(_CASES, {"ids": ids}):
        if (
            officer in staff.members.get(agency, ())
            and (kind != Kind.DENUNCIATION or (case_id, officer) in charged)
            and (case_id, officer) not in barred
        ):
            told[case_id] = code, (officer,)
        else:
            heads = staff.heads.get(agency, ())
            told[case_id] = code, [head for head in heads if (case_id, head) not in barred]
    return told


def _barred(ids: Sequence[int], staff: Staff) -> set[tuple[int, int]]:
    """Case and user for everybody shut out, alone or with the unit he sits in."""
    barred: set[tuple[int, int]] = set()
    for case_id, user, unit in read(_BARS, {"ids": ids}):
        people = staff.members.get(unit, ()) if user is None else (user,)
        barred |= {(case_id, person) for person in people}
    return barred
