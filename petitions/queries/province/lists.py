"""Cases that go before people first: groups, skipped levels, and the list of the weeks before a sensitive period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, literal, or_, select

from config.database import read
from petitions.models import FAR, Agency, Case, CaseBar, CaseWeight, Field, Place
from petitions.queries.province.reach import counted
from workflows.casefile import MASS_SIZE
from workflows.severity import Factor
from workflows.vocabulary import Actor, Kind, State

MOST = 200
"""Lines of one list."""


class Sign(StrEnum):
    """Why a case stands on the weekly list."""

    SECURITY = "security"
    CROWD = "crowd"
    SKIPPED = "skipped"
    PROLONGED = "prolonged"
    REPEATED = "repeated"
    OVERDUE = "overdue"


CALLING = (Sign.SECURITY, Sign.CROWD, Sign.SKIPPED, Sign.PROLONGED)
"""Signs that put a case on the weekly list; the others are only told beside them."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One open case of a list. ``due`` is None when no date runs; ``signs`` in the order they are told."""

    code: str
    kind: Kind
    summary: str
    field: str
    place: str | None
    agency: str
    people: int
    since: date
    state: State
    due: date | None
    paused: bool
    signs: tuple[Sign, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """The beginning of a list and how many lines it has in all."""

    lines: tuple[Listed, ...]
    total: int


def groups(actor: Actor, today: date) -> Lines:
    """Open cases of five people and more, the largest first. One statement."""
    return _list(actor, today, _signs(actor, today)[Sign.CROWD], [Case.group_size.desc()])


def level_skipping(actor: Actor, today: date) -> Lines:
    """Open cases in which a body above the competent one was turned to, the longest open first. One statement.

    As the weighing of cases found it.
    """
    return _list(
        actor, today, _signs(actor, today)[Sign.SKIPPED], [Case.first_received_on.expression]
    )


def before_sessions(actor: Actor, today: date) -> Lines:
    """Open cases with a threat, a group, a skipped level or a long story; most signs first. One statement."""
    signs = _signs(actor, today)
    weight = sum(
        (case((signs[sign], step), else_=0) for sign, step in _URGENCY.items()), literal(0)
    )
    return _list(actor, today, _called(actor, today), [weight.desc(), Case.group_size.desc()])


def told_to_all(actor: Actor, today: date) -> int:
    """How many cases of that list may be told to everybody: no denunciation, none shut to anybody."""
    return (
        read(
            select(func.count(Case.id))
            .outerjoin(CaseWeight, CaseWeight.case_id == Case.id)
            .where(
                counted(actor),
                Case.open,
                _called(actor, today),
                Case.kind != Kind.DENUNCIATION,
                ~exists().where(CaseBar.case_id == Case.id, CaseBar.lifted_at.is_(None)),
            )
        ).scalar()
        or 0
    )


def _called(actor: Actor, today: date) -> ColumnElement[bool]:
    signs = _signs(actor, today)
    return or_(*(signs[sign] for sign in CALLING))


_URGENCY = {
    Sign.SECURITY: 8, Sign.CROWD: 4, Sign.SKIPPED: 3, Sign.PROLONGED: 2, Sign.OVERDUE: 1,
    Sign.REPEATED: 1,
}  # fmt: skip


def _signs(actor: Actor, today: date) -> dict[Sign, ColumnElement[bool]]:
    def weighs(factor: Factor) -> ColumnElement[bool]:
        points: ColumnElement[int] = func.coalesce(getattr(CaseWeight, factor.value), 0)
        if not actor.province_wide:  # what rests on other cases would tell of them
            beyond = CaseWeight.facts["beyond"][factor.value].as_integer()
            points = points - func.coalesce(beyond, 0)
        return points > 0

    return {
        Sign.SECURITY: Case.security_risk.expression,
        Sign.CROWD: or_(Case.group_size >= MASS_SIZE, weighs(Factor.CROWD)),
        Sign.SKIPPED: weighs(Factor.SKIPPED),
        Sign.PROLONGED: weighs(Factor.PROLONGED),
        Sign.REPEATED: weighs(Factor.REPEATED),
        Sign.OVERDUE: Case.next_due < today,
    }


def _list(actor: Actor, today: date, wanted: ColumnElement[bool], order: list[Any]) -> Lines:
    signs = _signs(actor, today)
    rows = read(
        select(
            Case.code, Case.kind, Case.summary, Field.name.label("field"),
            Place.name.label("place"), Agency.name.label("agency"), Case.group_size,
            Case.first_received_on, Case.state, Case.next_due, Case.paused_since,
            func.count().over().label("total"),
            *(case((each, 1), else_=0).label(f"is_{name.value}") for name, each in signs.items()),
        )
        .join(Agency, Agency.id == Case.agency_id)
        .join(Field, Field.id == Case.field_id)
        .outerjoin(Place, Place.id == Case.place_id)
        .outerjoin(CaseWeight, CaseWeight.case_id == Case.id)
        .where(counted(actor), Case.open, wanted)
        .order_by(*order, Case.id)
        .limit(MOST)
    ).all()  # fmt: skip
    return Lines(
        tuple(
            Listed(
                code=row.code,
                kind=row.kind,
                summary=row.summary,
                field=row.field,
                place=row.place,
                agency=row.agency,
                people=row.group_size,
                since=row.first_received_on,
                state=row.state,
                due=None if row.next_due == FAR else row.next_due,
                paused=row.paused_since is not None,
                signs=tuple(sign for sign in Sign if getattr(row, f"is_{sign.value}")),
            )
            for row in rows
        ),
        rows[0].total if rows else 0,
    )
