"""Whoever is named in a petition must not handle it, at any body it reaches.

A typed name counts like an account: better one namesake too many shut out than a denounced official
reading the denunciation. The head who must settle a complaint about his own decision is not shut out
of it (Law on Complaints arts 17-21): there the law wants exactly him to answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Date, bindparam, insert, or_, select
from sqlalchemy.orm import Session

from config.database import read
from petitions.models import Case, CaseBar, Hat, Respondent, User
from petitions.text import fold
from workflows.records import BarReason, RespondentKind
from workflows.vocabulary import Kind, Role

TITLES = frozenset({"ong", "ba", "anh", "chi", "co", "chu", "bac"})
"""How people are addressed, folded; dropped from the front of a name of three words or more."""


@dataclass(frozen=True, slots=True)
class Colleague:
    """Someone who wears a hat at a body, or an account picked as respondent."""

    user_id: int
    username: str
    folded: str
    role: Role
    agency_id: int
    section_id: int | None


@dataclass(frozen=True, slots=True)
class Named:
    """A person the petition names: by folded name, and by account where one was picked."""

    folded: str
    username: str | None = None
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """A user, or the section of one, to be shut out."""

    user_id: int | None
    unit_id: int | None
    reason: BarReason


def bare(name: str) -> str:
    """A folded name without the words people are addressed with."""
    words = fold(name).split()
    if words[:2] == ["dong", "chi"]:
        words = words[2:]
    while len(words) > 2 and words[0] in TITLES:
        words = words[1:]
    return " ".join(words)


def colleagues(agency_id: int, usernames: Sequence[str], today: date) -> list[Colleague]:
    """The active people of a body and the accounts of ``usernames``; one statement."""
    rows = read(_PEOPLE, {"agency": agency_id, "named": list(usernames), "today": today})
    return [
        Colleague(
            row.user_id, row.username, bare(row.name), row.role, row.agency_id, row.section_id
        )
        for row in rows
    ]


def bars_among(
    people: Iterable[Colleague], named: Sequence[Named], kind: Kind, *, official_conduct: bool
) -> list[Bar]:
    """Which of ``people`` must be shut out; for conduct of an official, the section too."""
    found: dict[tuple[int | None, int | None], BarReason] = {}
    for person in people:
        if not any(_is(person, respondent) for respondent in named):
            continue
        if kind is Kind.COMPLAINT and person.role is Role.HEAD:
            continue
        found[person.user_id, None] = BarReason.RESPONDENT
        if official_conduct and person.section_id is not None:
            found[None, person.section_id] = BarReason.RESPONDENT_UNIT
    return [Bar(user, unit, reason) for (user, unit), reason in found.items()]


def heads_barred(people: Iterable[Colleague], bars: Iterable[Bar], agency_id: int) -> bool:
    """Whether a head or deputy of that body is among those shut out."""
    users = {bar.user_id for bar in bars}
    return any(
        person.user_id in users
        and person.agency_id == agency_id
        and person.role in {Role.HEAD, Role.DEPUTY_HEAD}
        for person in people
    )


def extend(session: Session, case: Case, agency_id: int, today: date) -> bool:
    """Shut out those of the body who are named in the case, as it reaches that body.

    Returns whether the head or a deputy of the body is one of them.
    """
    named = [
        Named(bare(row.name), user_id=row.user_id)
        for row in session.execute(
            select(Respondent.name, Respondent.user_id).where(
                Respondent.case_id == case.id, Respondent.kind == RespondentKind.PERSON
            )
        )
    ]
    people = colleagues(agency_id, [], today)
    bars = bars_among(people, named, case.kind, official_conduct=case.official_conduct)
    known = {
        (row.user_id, row.unit_id)
        for row in session.execute(
            select(CaseBar.user_id, CaseBar.unit_id).where(
                CaseBar.case_id == case.id, CaseBar.lifted_at.is_(None)
            )
        )
    }
    fresh = [bar for bar in bars if (bar.user_id, bar.unit_id) not in known]
    if fresh:
        session.execute(insert(CaseBar), rows_of(fresh, case.id))
    return heads_barred(people, bars, agency_id)


def rows_of(bars: Iterable[Bar], case_id: int) -> list[dict[str, object]]:
    """The bars as rows of a case."""
    return [
        {"case_id": case_id, "user_id": bar.user_id, "unit_id": bar.unit_id, "reason": bar.reason}
        for bar in bars
    ]


def _is(person: Colleague, respondent: Named) -> bool:
    if respondent.username is not None:
        return respondent.username == person.username
    if respondent.user_id is not None:
        return respondent.user_id == person.user_id
    return respondent.folded == person.folded


_TODAY = bindparam("today", type_=Date())
_PEOPLE = (
    select(Hat.user_id, Hat.role, Hat.agency_id, Hat.section_id, User.username, User.name)
    .join(User, User.id == Hat.user_id)
    .where(
        or_(
            Hat.agency_id == bindparam("agency"),
            User.username.in_(bindparam("named", expanding=True)),
        ),
        Hat.valid_from <= _TODAY,
        or_(Hat.valid_to.is_(None), Hat.valid_to >= _TODAY),
        User.disabled_at.is_(None),
    )
)
