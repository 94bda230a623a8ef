"""Who holds a file in its office, who gave it to him, and to whom its agency's way lets it go."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import aliased

from config.database import db, read
from petitions.access import barred
from petitions.models import (
    Agency,
    Case,
    Deadline,
    Event,
    Hat,
    Hop,
    Submission,
    User,
)
from petitions.queries.offices import in_force
from petitions.queries.routes import route_for
from workflows.hops import highest, internal_date, may_redirect
from workflows.office import HopState, RouteShape, Work
from workflows.records import ClockState, Nature
from workflows.vocabulary import Actor, Role
from workflows.watch import NOT_A_DUTY
from workflows.working_days import Calendar, CalendarMissing


@dataclass(frozen=True, slots=True)
class Way:
    """The agency's way of processing on a day: its shape, and the working days of its approvers.

    An agency without a route works in one step.
    """

    shape: RouteShape = RouteShape.ONE_STEP
    days: tuple[int, ...] = ()

    def date_for(
        self, role: Role, legal_end: date | None, today: date, calendar: Calendar
    ) -> date | None:
        """The internal date of whoever receives a file in ``role``; the end of the law where no
        calendar reaches that far."""
        try:
            return internal_date(self.shape, role, self.days, legal_end, today, calendar)
        except CalendarMissing:
            return legal_end


@dataclass(frozen=True, slots=True)
class Receiver:
    """Somebody a file may be given to. ``role`` is the one the way allows."""

    user_id: int
    username: str
    name: str
    role: Role
    section_id: int | None
    section: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Who holds a file, who gave it to him, and whether he has begun.

    ``giver_id`` is None where no hop tells; a file whose giver is its holder came back and has
    nobody further up. ``begun``: the holder has acted or written a proposal since.
    """

    holder_id: int | None = None
    holder_role: Role | None = None
    holder_sections: frozenset[int] = frozenset()
    giver_id: int | None = None
    giver_role: Role | None = None
    begun: bool = False

    def may_give_on(self, actor: Actor) -> bool:
        """Whether the actor may pass it on: holding it, finding it unheld, or from above its holder."""
        if self.holder_id in {None, actor.user_id}:
            return True
        return may_redirect(
            actor.role,
            self.giver_role,
            self.holder_role,
            gave=self.giver_id == actor.user_id,
            same_section=actor.section_id in self.holder_sections,
        )

    def may_refuse(self, actor: Actor) -> bool:
        """Whether the actor holds it and there is somebody to give it back to."""
        return (
            self.holder_id == actor.user_id
            and self.giver_id is not None
            and self.giver_id != self.holder_id
        )

    def may_recall(self, actor: Actor) -> bool:
        """Whether the actor gave it and its holder has not begun."""
        gave = self.giver_id == actor.user_id and self.holder_id != actor.user_id
        return gave and not self.begun


_CASE = bindparam("case", type_=Case.id.type)
_ENDS: Select[*tuple[Any, ...]] = select(Deadline.nature, Deadline.due).where(
    Deadline.case_id == _CASE,
    Deadline.state == ClockState.RUNNING,
    Deadline.due.is_not(None),
    Deadline.step.not_in(NOT_A_DUTY),
)

# --- the way and the people on it ------------------------------------------------------------


def way_of(agency_id: int, on: date) -> Way:
    """The way files of processing take through an agency on a day. One statement."""
    route = route_for(db.session(), agency_id, Work.PROCESSING, on)
    return Way() if route is None else Way(route.shape, tuple(step.days for step in route.steps))


def receivers(
    agency_id: int, roles: Collection[Role], today: date, *, case_id: int | None = None
) -> tuple[Receiver, ...]:
    """Active people of the agency in one of ``roles``, nobody shut out of the case ``case_id``."""
    if not roles:
        return ()
    section = aliased(Agency)
    rows = db.session.execute(
        select(User.id, User.username, User.name, Hat.role, Hat.section_id, section.name)
        .join(Hat, Hat.user_id == User.id)
        .outerjoin(section, section.id == Hat.section_id)
        .where(
            Hat.agency_id == agency_id,
            Hat.role.in_(roles),
            in_force(Hat, today),
            User.disabled_at.is_(None),
            ~barred(case_id, User.id, (Hat.section_id, Hat.agency_id)),
        )
        .order_by(User.name, User.id, Hat.id)
    )
    first: dict[int, Receiver] = {}
    for row in rows:
        first.setdefault(row[0], Receiver(*row))
    return tuple(first.values())


def ends_of(case_id: int, today: date) -> tuple[date | None, date | None]:
    """(the nearest end of the law somebody must act by, the nearest that is not past).

    Of a case the law sets no end, the office's own one counts.
    """
    ends: dict[Nature, list[date]] = {nature: [] for nature in Nature}
    for row in read(_ENDS, {"case": case_id}):
        ends[row.nature].append(row.due)
    found = ends[Nature.STATUTORY] or ends[Nature.INTERNAL]
    return min(found, default=None), min((each for each in found if each >= today), default=None)


# --- who holds a file ------------------------------------------------------------------------

_LATER = aliased(Event)
_BEGUN = or_(
    exists().where(
        _LATER.case_id == Hop.case_id, _LATER.seq > Hop.event_seq, _LATER.actor_id == Hop.to_id
    ),
    exists().where(
        Submission.case_id == Hop.case_id,
        Submission.author_id == Hop.to_id,
        Submission.opened_at >= Hop.given_at,
    ),
)
_OPEN: Select[*tuple[Any, ...]] = (
    select(Hop.to_id, Hop.from_id, Event.role, _BEGUN.label("begun"))
    .outerjoin(
        Event,
        and_(
            Event.case_id == Hop.case_id,
            Event.seq == Hop.event_seq,
            Event.actor_id == Hop.from_id,
        ),
    )
    .where(Hop.case_id == _CASE, Hop.state == HopState.OPEN)
)
_HATS: Select[*tuple[Any, ...]] = select(Hat.user_id, Hat.role, Hat.section_id).where(
    Hat.user_id.in_(bindparam("people", expanding=True)),
    Hat.agency_id == bindparam("agency"),
    in_force(Hat, bindparam("today", type_=Hat.valid_from.type)),
)


def standing(case_id: int, agency_id: int, officer_id: int | None, today: date) -> Standing:
    """Who holds the file of a case. Two statements."""
    hop = read(_OPEN, {"case": case_id}).one_or_none()
    if hop is None and officer_id is None:
        return Standing()
    holder = officer_id if hop is None else hop.to_id
    giver = None if hop is None else hop.from_id
    people = [holder] if giver is None else [holder, giver]
    hats = read(_HATS, {"people": people, "agency": agency_id, "today": today}).all()
    worn = [hat for hat in hats if hat.user_id == holder]
    given_in = None if hop is None else hop.role
    if given_in is None:
        given_in = highest([hat.role for hat in hats if hat.user_id == giver])
    return Standing(
        holder_id=holder,
        holder_role=highest([hat.role for hat in worn]),
        holder_sections=frozenset(hat.section_id for hat in worn if hat.section_id),
        giver_id=giver,
        giver_role=given_in,
        begun=hop is not None and bool(hop.begun),
    )
