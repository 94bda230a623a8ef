"""Replies an agency waits for, or owes: the list with its filters, and the counts in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from config.database import read
from petitions.access import Scope, scope_of, scope_values, visible_in
from petitions.kept_words import case_key_of
from petitions.models import FAR, Agency, AwaitedReply, Case, CaseKey, OutsideBody
from petitions.queries.advising import ASKED, ASKER, PAGE, REPLY_COLUMNS, reply
from petitions.queries.advising_shapes import Reply
from workflows.office import ReplyKind
from workflows.vocabulary import Actor, Kind, State


class Side(StrEnum):
    """Whether the reader's agency asked, or was asked."""

    ASKED = "asked"
    OWED = "owed"


class Answered(StrEnum):
    """How far a reply has come."""

    WAITING = "waiting"
    LATE = "late"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class ReplyFilters:
    """What of the list is wanted. ``agency`` is the code of the other body; ``below`` takes the
    agencies under the reader's with it."""

    side: Side = Side.ASKED
    answered: Answered = Answered.WAITING
    kind: ReplyKind | None = None
    agency: str | None = None
    below: bool = False


@dataclass(frozen=True, slots=True)
class ReplyLine:
    """One line of the list: the reply and the case it is about."""

    reply: Reply
    kind: Kind
    state: State
    summary: str


@dataclass(frozen=True, slots=True)
class ReplyPage:
    """A page of the list; ``more`` when there is another."""

    lines: tuple[ReplyLine, ...]
    total: int
    more: bool


@dataclass(frozen=True, slots=True)
class ReplyCounts:
    """What waits at an agency: petitions forwarded, everything asked, everything owed, and how late."""

    forwarded: int
    forwarded_late: int
    asked: int
    asked_late: int
    owed: int
    owed_late: int


def awaited_replies(actor: Actor, filters: ReplyFilters, today: date, page: int = 1) -> ReplyPage:
    """The replies this actor's agency waits for or owes, of cases the actor sees, the earliest due first."""
    shape = (filters.side, filters.answered, filters.kind is not None, filters.agency is not None)
    given = {
        **scope_values(actor),
        "today": today,
        "mine": tuple(actor.agency_ids if filters.below else {actor.agency_id}),
        "reply_kind": filters.kind,
        "other": filters.agency,
        "most": PAGE + 1,
        "skipped": (page - 1) * PAGE,
    }
    rows = read(_list(scope_of(actor), *shape), given).all()
    return ReplyPage(
        tuple(
            ReplyLine(
                reply(row, row.code, row.ordinal, row.case_kind, case_key_of(row.wrapped)),
                row.case_kind,
                row.state,
                row.summary,
            )
            for row in rows[:PAGE]
        ),
        rows[0].total if rows else 0,
        len(rows) > PAGE,
    )


def reply_counts(actor: Actor, today: date) -> ReplyCounts:
    """What waits at the actor's own agency today, in one statement."""
    given = {**scope_values(actor), "today": today, "mine": (actor.agency_id,)}
    row = read(_counts(scope_of(actor)), given).one()
    return ReplyCounts(*(int(each or 0) for each in row))


_MINE: BindParameter[Any] = bindparam("mine", expanding=True)
_WAITING = AwaitedReply.answered_on.is_(None)
_LATE = and_(_WAITING, AwaitedReply.due < bindparam("today", type_=Date()))
_STANDING = {
    Answered.WAITING: _WAITING,
    Answered.LATE: _LATE,
    Answered.ANSWERED: AwaitedReply.answered_on.is_not(None),
}
_SIDES = {Side.ASKED: AwaitedReply.agency_id, Side.OWED: AwaitedReply.to_agency_id}


@cache
def _list(
    scope: Scope, side: Side, answered: Answered, by_kind: bool, by_agency: bool
) -> Select[*tuple[Any, ...]]:
    others = aliased(AwaitedReply)
    ordinal = (
        select(func.count(others.id))
        .where(others.case_id == AwaitedReply.case_id, others.id <= AwaitedReply.id)
        .scalar_subquery()
    )
    wanted: list[ColumnElement[bool]] = [
        visible_in(scope),
        _SIDES[side].in_(_MINE),
        _STANDING[answered],
    ]
    if by_kind:
        wanted.append(AwaitedReply.kind == bindparam("reply_kind", type_=AwaitedReply.kind.type))
    if by_agency:
        other = ASKED if side is Side.ASKED else ASKER
        wanted.append(other.code == bindparam("other"))
    return (
        select(
            *REPLY_COLUMNS,
            Case.code,
            Case.kind.label("case_kind"),
            Case.state,
            Case.summary,
            CaseKey.wrapped,
            ordinal.label("ordinal"),
            func.count().over().label("total"),
        )
        .join(Case, Case.id == AwaitedReply.case_id)
        .join(ASKER, ASKER.id == AwaitedReply.agency_id)
        .outerjoin(ASKED, ASKED.id == AwaitedReply.to_agency_id)
        .outerjoin(OutsideBody, OutsideBody.id == AwaitedReply.to_body_id)
        .outerjoin(CaseKey, CaseKey.case_id == Case.id)
        .where(*wanted)
        .order_by(func.coalesce(AwaitedReply.due, FAR), AwaitedReply.id)
        .limit(bindparam("most", type_=Integer()))
        .offset(bindparam("skipped", type_=Integer()))
    )


@cache
def _counts(scope: Scope) -> Select[*tuple[Any, ...]]:
    asked, owed = AwaitedReply.agency_id.in_(_MINE), AwaitedReply.to_agency_id.in_(_MINE)
    forwarded = and_(asked, AwaitedReply.kind == ReplyKind.FORWARDED)

    def number(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
        return func.sum(case((and_(*conditions), 1), else_=0))

    return (
        select(
            *(number(which, *late) for which in (forwarded, asked, owed) for late in ((), (_LATE,)))
        )
        .join(Case, Case.id == AwaitedReply.case_id)
        .where(_WAITING, or_(asked, owed), visible_in(scope))
    )


def agencies_met(actor: Actor) -> tuple[tuple[str, str], ...]:
    """(code, name) of every agency the actor's own asked or was asked by, for the filter."""
    rows = read(_MET, {"agency": actor.agency_id})
    return tuple((row.code, row.name) for row in rows)


_MET = (
    select(Agency.code, Agency.name)
    .where(
        or_(
            Agency.id.in_(
                select(AwaitedReply.to_agency_id).where(
                    AwaitedReply.agency_id == bindparam("agency"),
                    AwaitedReply.to_agency_id.is_not(None),
                )
            ),
            Agency.id.in_(
                select(AwaitedReply.agency_id).where(
                    AwaitedReply.to_agency_id == bindparam("agency")
                )
            ),
        )
    )
    .order_by(Agency.name)
)
