"""Urging letters that wait for their reply."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date

from sqlalchemy import select

from config.database import read
from petitions.models import Agency, CaseBar, UrgedCase, UrgingLetter
from petitions.models.reminders import Subject
from petitions.queries.letters import full_number
from petitions.queries.urging_reach import letters_seen
from petitions.services.caseless_dates.shape import (
    AHEAD,
    CaselessDate,
    Ids,
    Source,
    among,
    seen_among,
)
from petitions.text import vn_date
from workflows.vocabulary import Actor


def _urgings(today: date, ids: Ids) -> Iterator[CaselessDate]:
    """Letters without a reply. Whoever is shut out of one of its cases hears of none of them."""
    rows = read(
        select(
            UrgingLetter.id, UrgingLetter.uid, UrgingLetter.number, UrgingLetter.symbol,
            UrgingLetter.issued_on, UrgingLetter.reply_due, UrgingLetter.case_id,
            UrgingLetter.issued_by, UrgingLetter.from_agency_id, UrgingLetter.to_agency_id,
            Agency.name.label("sender"),
        )
        .join(Agency, Agency.id == UrgingLetter.from_agency_id)
        .where(
            UrgingLetter.ended_on.is_(None),
            UrgingLetter.reply_due <= today + AHEAD,
            *among(UrgingLetter.id, ids),
        )
        .order_by(UrgingLetter.id)
    ).all()  # fmt: skip
    people, units = _bars(today, ids) if rows else ({}, {})
    for row in rows:
        number = full_number(row.number, row.symbol)
        title = f"Văn bản đôn đốc {number + ' ' if number else ''}ngày {vn_date(row.issued_on)}"
        secret = row.case_id is not None
        yield CaselessDate(
            id=row.id,
            version=row.reply_due.toordinal(),
            due=row.reply_due,
            agency_id=row.to_agency_id,
            step=Subject.URGING,
            title=title if secret else f"{title}, {row.sender}",
            path=f"/don-doc/{row.uid}",
            secret=secret,
            trusted=frozenset({row.issued_by} if secret else ()),
            case_id=row.case_id,
            as_the_case=secret,
            barred=frozenset(people.get(row.id, ())),
            barred_units=frozenset(units.get(row.id, ())),
            asker_id=row.issued_by,
            asking_id=row.from_agency_id,
        )


_Found = dict[int, set[int]]


def _bars(today: date, ids: Ids) -> tuple[_Found, _Found]:
    """By letter the people and the units shut out of any of its cases."""
    people: defaultdict[int, set[int]] = defaultdict(set)
    units: defaultdict[int, set[int]] = defaultdict(set)
    rows: Sequence[tuple[int, int | None, int | None]] = read(
        select(UrgedCase.letter_id, CaseBar.user_id, CaseBar.unit_id)
        .join(CaseBar, CaseBar.case_id == UrgedCase.case_id)
        .join(UrgingLetter, UrgingLetter.id == UrgedCase.letter_id)
        .where(
            CaseBar.lifted_at.is_(None),
            UrgingLetter.ended_on.is_(None),
            UrgingLetter.reply_due <= today + AHEAD,
            *among(UrgingLetter.id, ids),
        )
    ).all()
    for letter, user, unit in rows:
        if user is not None:
            people[letter].add(user)
        if unit is not None:
            units[letter].add(unit)
    return people, units


def _urgings_seen(actor: Actor, ids: Collection[int]) -> Collection[int]:
    return seen_among(select(UrgingLetter.id).where(UrgingLetter.id.in_(ids), letters_seen(actor)))


URGINGS = Source(_urgings, _urgings_seen)
