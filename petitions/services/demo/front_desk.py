"""The doors of the demonstration's offices: who brings a petition in person is received before it is registered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Date, bindparam, select

from config.database import read
from petitions.models import Agency, ReceptionSession
from petitions.queries.visitors import Comer
from petitions.services.demo.people import Cast, Office
from petitions.services.reception_closing import Held, hold
from petitions.services.registration import Beside, Person, Registration
from petitions.services.visit_rows import Taken
from petitions.services.visits import receive
from workflows.reception import GROUP, SessionKind, SessionStatus
from workflows.records import Source
from workflows.vocabulary import Actor, Kind
from workflows.working_days import Calendar

_OPEN = (
    select(ReceptionSession.uid, ReceptionSession.version, Agency.code)
    .join(Agency, Agency.id == ReceptionSession.agency_id)
    .where(
        ReceptionSession.day == bindparam("on", type_=Date()),
        ReceptionSession.kind == SessionKind.REGULAR,
        ReceptionSession.status == SessionStatus.PLANNED,
    )
    .order_by(ReceptionSession.id)
)


@dataclass(frozen=True, slots=True)
class FrontDesk:
    """The regular reception of every office from the day ``since`` on."""

    offices: Mapping[str, Office]
    cast: Cast
    calendar: Calendar
    since: date

    def welcome(self, given: Registration, recorded: date, actor: Actor, now: datetime) -> Beside:
        """Receive whoever brings the petition in person; returns what its registration is to end."""
        in_person = given.source is Source.RECEPTION and recorded == given.received_on
        if not in_person or recorded < self.since or not self.calendar.is_working(recorded):
            return Beside()
        return Beside(visit=receive(None, as_visit(given), actor=actor, now=now))

    def close(self, day: date, now: datetime) -> int:
        """Close the regular sessions of the day in the evening; returns how many there were."""
        rows = read(_OPEN, {"on": day}).all()
        for row in rows:
            seat = self.offices[row.code].desk
            hold(
                row.uid, Held(held_by=seat.username), version=row.version,
                actor=self.cast.actor(seat, day), now=now,
            )  # fmt: skip
        return len(rows)


def as_visit(given: Registration) -> Taken:
    """What the desk writes down of people who come with such a petition."""
    count = max(given.group_size, len(given.parties))
    people = tuple(_comer(person, count >= GROUP) for person in given.parties)
    if count >= GROUP and not any(person.is_representative for person in people):
        people = (replace(people[0], is_representative=True), *people[1:])
    return Taken(
        people=people,
        said=given.original or given.summary,
        kind=given.kind,
        secrecy=given.kind is Kind.DENUNCIATION,
        people_count=count,
        representatives_named=count >= GROUP,
        language=given.language,
        interpreter=given.interpreter,
        fingerprint=given.fingerprint,
        place_code=given.place_code,
        field_code=given.field_code,
        competent=given.competent,
    )


def _comer(person: Person, in_group: bool) -> Comer:
    return Comer(
        name=person.name,
        birth_year=person.birth_year,
        id_kind=person.id_kind,
        id_number=person.id_number,
        phone=person.phone,
        address=person.address,
        is_representative=person.is_representative and in_group,
        document=person.document,
    )
