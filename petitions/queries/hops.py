"""Where a file lies in its office: the hops it made, what was said of it, and to whom it may go next."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Row, Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import aliased

from config.database import db, read
from petitions.access import Scope, scope_of, scope_values, visible, visible_in
from petitions.errors import NotFound
from petitions.kept_words import case_key_of, read_back
from petitions.models import (
    FAR,
    Case,
    CaseKey,
    Deadline,
    Event,
    Follower,
    Hop,
    Opinion,
    User,
)
from petitions.queries.paper_readers import ENGAGED, reader_values, reads_talk
from petitions.queries.standing import Receiver, ends_of, receivers, standing, way_of
from petitions.rulebook import current
from petitions.sealing import CaseKey as Key
from workflows.hops import DESK, next_receivers
from workflows.office import HopState, OpinionKind
from workflows.records import ClockState
from workflows.transition import ASSIGNERS, INTAKE, LEADERS
from workflows.vocabulary import Actor, Kind, Role, State, Step
from workflows.watch import NOT_A_DUTY

WAITING_MOST = 200
"""Files offered for distribution at once."""


@dataclass(frozen=True, slots=True)
class HopShown:
    """One hop. ``returned``: the file only came back to somebody nobody else had given it.

    ``runs``: the end of the law it was given under is still to be met, or there was none.
    """

    ordinal: int
    giver: str
    receiver: str
    informed: str | None
    given_on: date
    due: date | None
    legal_due: date | None
    runs: bool
    state: HopState
    ended_at: datetime | None
    direction: str
    reason: str

    @property
    def open(self) -> bool:
        """Whether the file lies there now."""
        return self.state is HopState.OPEN

    @property
    def returned(self) -> bool:
        """Whether the file only came back."""
        return self.giver == self.receiver

    def late_on(self, today: date) -> bool:
        """Whether the holder is behind an internal date that still counts."""
        return self.open and self.runs and self.due is not None and self.due < today


@dataclass(frozen=True, slots=True)
class Said:
    """A direction or an opinion, given with a hop or by itself."""

    kind: OpinionKind
    who: str
    role: Role | None
    at: datetime
    text: str

    @property
    def direction(self) -> bool:
        """Whether it is a leader's direction, which stands out."""
        return self.kind is OpinionKind.DIRECTION


@dataclass(frozen=True, slots=True)
class HopPanel:
    """What the case page shows of a file's way and of the talk about it; the newest last.

    ``next_due`` is the nearest running end of the case.
    """

    code: str
    version: int
    open: bool
    today: date
    next_due: date | None
    holder: str | None
    hops: tuple[HopShown, ...]
    thread: tuple[Said, ...]
    followers: tuple[str, ...]
    follows: bool
    may_give_on: bool
    may_refuse: bool
    may_recall: bool
    may_direct: bool

    @property
    def present(self) -> HopShown | None:
        """The open hop."""
        return next((each for each in self.hops if each.open), None)


@dataclass(frozen=True, slots=True)
class WaitingFile:
    """An open file a leader may distribute. ``held``: it lies on the own table, otherwise on nobody's."""

    code: str
    version: int
    kind: Kind
    state: State
    summary: str
    received_on: date
    due: date | None
    step: Step | None
    held: bool


@dataclass(frozen=True, slots=True)
class Offered:
    """Somebody a file may be given to, and the internal date derived for him."""

    receiver: Receiver
    due: date | None


@dataclass(frozen=True, slots=True)
class GivingOn:
    """What the form of giving a file on needs: to whom, and up to which end of the law."""

    code: str
    version: int
    kind: Kind
    summary: str
    legal_end: date | None
    offered: tuple[Offered, ...]


# --- giving it on ----------------------------------------------------------------------------


def giving_on(actor: Actor, code: str, today: date) -> GivingOn:
    """The case and whom the actor may give it to, nobody where it is not the actor's to give.

    Raises ``NotFound``.
    """
    case = db.session.scalar(select(Case).where(Case.code == code, visible(actor)))
    if case is None:
        raise NotFound
    now = standing(case.id, case.agency_id, case.officer_id, today)
    way = way_of(case.agency_id, today)
    able = case.open and actor.agency_id == case.agency_id and now.may_give_on(actor)
    roles = next_receivers(way.shape, actor.role) if able else ()
    legal, bound = ends_of(case.id, today)
    calendar = current(db.session()).calendar
    return GivingOn(
        code=case.code,
        version=case.version,
        kind=case.kind,
        summary=case.summary,
        legal_end=bound,
        offered=tuple(
            Offered(each, way.date_for(each.role, legal, today, calendar))
            for each in receivers(case.agency_id, roles, today, case_id=case.id)
            if each.user_id not in {now.holder_id, actor.user_id}
        ),
    )


def next_for(actor: Actor, today: date) -> tuple[Receiver, ...]:
    """Whom the actor may give files of the own agency to, whatever the file."""
    roles = next_receivers(way_of(actor.agency_id, today).shape, actor.role)
    found = receivers(actor.agency_id, roles, today)
    return tuple(each for each in found if each.user_id != actor.user_id)


# --- the panel of the case page --------------------------------------------------------------


def hops_of(actor: Actor, code: str, today: date) -> HopPanel:
    """The way of the file ``code`` and the talk about it, empty for other bodies. Raises ``NotFound``.

    Seven statements at most, whatever the length of the way.
    """
    row = db.session.execute(
        _file(scope_of(actor)), {"code": code, **scope_values(actor), **reader_values(actor)}
    ).one_or_none()
    if row is None:
        raise NotFound
    case: Case = row.Case
    key = case_key_of(row.wrapped)
    listens = reads_talk(actor, case.agency_id, engaged=row.engaged)
    way = _way_walked(case.id) if listens else []
    hops = tuple(_hop_shown(each, key) for each in way)
    said = [*_directions(way, hops), *_opinions(case.id, key)] if listens else []
    following = _following(case.id)
    now = standing(case.id, case.agency_id, case.officer_id, today)
    acts = case.open and actor.role in INTAKE and actor.agency_id == case.agency_id
    goes = next_receivers(way_of(case.agency_id, today).shape, actor.role)
    return HopPanel(
        code=case.code,
        version=case.version,
        open=case.open,
        today=today,
        next_due=None if case.next_due == FAR else case.next_due,
        holder=row.officer,
        hops=hops,
        thread=tuple(sorted(said, key=lambda each: each.at)),
        followers=tuple(name for _, name in following) if listens else (),
        follows=any(person == actor.user_id for person, _ in following),
        may_give_on=acts and bool(goes) and now.may_give_on(actor),
        may_refuse=acts and now.may_refuse(actor),
        may_recall=acts and now.may_recall(actor),
        may_direct=may_direct(actor, case.agency_id),
    )


def may_direct(actor: Actor, custodian_id: int) -> bool:
    """Whether what the actor says of a file is a direction: a leader of its holder or of a body above."""
    return actor.role in ASSIGNERS and (
        actor.agency_id == custodian_id
        or (actor.role in LEADERS and custodian_id in actor.agency_ids)
    )


@cache
def _file(scope: Scope) -> Select[*tuple[Any, ...]]:
    return (
        select(Case, CaseKey.wrapped, User.name.label("officer"), ENGAGED.label("engaged"))
        .outerjoin(CaseKey, CaseKey.case_id == Case.id)
        .outerjoin(User, User.id == Case.officer_id)
        .where(Case.code == bindparam("code"), visible_in(scope))
    )


_CASE: BindParameter[int] = bindparam("case")
_GIVER, _RECEIVER, _INFORMED = aliased(User), aliased(User), aliased(User)
_RUNS = or_(
    Hop.legal_due.is_(None),
    exists().where(
        Deadline.case_id == Hop.case_id,
        Deadline.due == Hop.legal_due,
        Deadline.state == ClockState.RUNNING,
        Deadline.step.not_in(NOT_A_DUTY),
    ),
)
_WALKED = (
    select(
        Hop,
        _GIVER.name.label("giver"),
        _RECEIVER.name.label("receiver"),
        _INFORMED.name.label("informed"),
        Event.role.label("role"),
        _RUNS.label("runs"),
    )
    .join(_GIVER, _GIVER.id == Hop.from_id)
    .join(_RECEIVER, _RECEIVER.id == Hop.to_id)
    .outerjoin(_INFORMED, _INFORMED.id == Hop.informed_id)
    .outerjoin(Event, and_(Event.case_id == Hop.case_id, Event.seq == Hop.event_seq))
    .where(Hop.case_id == _CASE)
    .order_by(Hop.ordinal)
)
_SAID = (
    select(Opinion, User.name)
    .join(User, User.id == Opinion.by_id)
    .where(Opinion.case_id == _CASE)
    .order_by(Opinion.id)
)
_FOLLOWING = (
    select(User.id, User.name)
    .join(Follower, Follower.user_id == User.id)
    .where(Follower.case_id == _CASE)
    .order_by(User.name, User.id)
)


def _way_walked(case_id: int) -> list[Row[Any]]:
    return list(db.session.execute(_WALKED, {"case": case_id}))


def _hop_shown(row: Row[Any], key: Key | None) -> HopShown:
    hop: Hop = row.Hop
    words = read_back(hop, key, Hop.__tablename__, hop.uid)
    return HopShown(
        ordinal=hop.ordinal,
        giver=row.giver,
        receiver=row.receiver,
        informed=row.informed,
        given_on=hop.given_on,
        due=hop.due,
        legal_due=hop.legal_due,
        runs=bool(row.runs),
        state=hop.state,
        ended_at=hop.ended_at,
        direction=words.get("direction", ""),
        reason=words.get("reason", ""),
    )


def _directions(way: Collection[Row[Any]], hops: Collection[HopShown]) -> list[Said]:
    return [
        Said(OpinionKind.DIRECTION, shown.giver, row.role, row.Hop.given_at, shown.direction)
        for row, shown in zip(way, hops, strict=True)
        if shown.direction
    ]


def _opinions(case_id: int, key: Key | None) -> list[Said]:
    rows = db.session.execute(_SAID, {"case": case_id})
    return [
        Said(
            said.kind,
            name,
            said.role,
            said.at,
            read_back(said, key, Opinion.__tablename__, said.uid).get("text", ""),
        )
        for said, name in rows
    ]


def _following(case_id: int) -> list[tuple[int, str]]:
    rows = read(_FOLLOWING, {"case": case_id})
    return [(row.id, row.name) for row in rows]


# --- files to be distributed -----------------------------------------------------------------


def waiting(actor: Actor) -> tuple[WaitingFile, ...]:
    """Open files on the actor's own table and, for leaders and the desk, those nobody holds yet.

    The nearest date first, two hundred at most.
    """
    on_table = Case.officer_id == actor.user_id
    if actor.role in LEADERS | DESK:
        on_table = or_(on_table, Case.officer_id.is_(None))
    rows = db.session.execute(
        select(
            Case.code, Case.version, Case.kind, Case.state, Case.summary, Case.received_on, Case.next_due,
            Case.next_step, Case.officer_id,
        )
        .where(Case.open, Case.agency_id == actor.agency_id, on_table, visible(actor))
        .order_by(Case.next_due, Case.id)
        .limit(WAITING_MOST)
    )  # fmt: skip
    return tuple(
        WaitingFile(
            row.code,
            row.version,
            row.kind,
            row.state,
            row.summary,
            row.received_on,
            None if row.next_due == FAR else row.next_due,
            None if row.next_step is None else Step(row.next_step),
            row.officer_id is not None,
        )
        for row in rows
    )
