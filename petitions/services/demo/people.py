"""Who works in the demonstration province: accounts, hats, delegations, and who sits at which desk."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy.orm import Session

from petitions.models import Delegation, Hat, User
from petitions.services.accounts import principal
from petitions.services.demo.catalog import Catalog
from workflows.competence import TWO_TIERS_FROM
from workflows.vocabulary import Actor, AgencyKind, Role

MAIL_DOMAIN = "sonlam.example"


@dataclass(frozen=True, slots=True)
class Seat:
    """A person in one role in one body."""

    username: str
    role: Role
    agency: str
    section: str | None = None


@dataclass(frozen=True, slots=True)
class Office:
    """A body at work: who does what in it. Where a body is small, one person does several things."""

    code: str
    name: str
    kind: AgencyKind
    parent: str | None
    place: str | None
    since: date
    until: date | None
    seats: tuple[Seat, ...]

    @property
    def head(self) -> Seat:
        """Whoever leads the body."""
        return self._first(Role.HEAD)

    @property
    def deputy(self) -> Seat:
        """Whoever signs for the head, or the head."""
        return self._first(Role.DEPUTY_HEAD, Role.HEAD)

    @property
    def desk(self) -> Seat:
        """Whoever takes petitions in."""
        return self._first(Role.RECEPTION, Role.OFFICER, Role.HEAD)

    @property
    def clerk(self) -> Seat:
        """Whoever sends papers out."""
        return self._first(Role.CLERK, Role.OFFICER, Role.HEAD)

    @property
    def expert(self) -> Seat:
        """The officer papers are written by: the first whose section has a head, or the first."""
        led = {seat.section for seat in self._all(Role.SECTION_HEAD)}
        found = self.officers
        return next((seat for seat in found if seat.section in led), found[0])

    @property
    def officers(self) -> tuple[Seat, ...]:
        """Those who verify."""
        found = self._all(Role.OFFICER)
        return found or self._all(Role.SECTION_HEAD, Role.DEPUTY_HEAD, Role.HEAD)

    @property
    def team(self) -> tuple[Seat, ...]:
        """Those who may verify a denunciation together, each person once, the head left out."""
        roles = (Role.OFFICER, Role.SECTION_HEAD, Role.DEPUTY_HEAD, Role.CLERK)
        people = {seat.username: seat for seat in reversed(self._all(*roles))}
        return tuple(reversed(people.values()))

    def approver(self, role: Role, author: Seat) -> Seat:
        """Who stands at a step of that role above the author: of a section, its own head."""
        found = self._all(role)
        return next((seat for seat in found if seat.section == author.section), found[0])

    def _first(self, *roles: Role) -> Seat:
        return self._all(*roles)[0]

    def _all(self, *roles: Role) -> tuple[Seat, ...]:
        return tuple(seat for role in roles for seat in self.seats if seat.role is role)


def offices(catalog: Catalog) -> dict[str, Office]:
    """Every body somebody works in, by code."""
    found = {}
    for body in catalog.bodies:
        seats = tuple(
            Seat(person.username, hat.role, hat.agency, hat.section)
            for person in catalog.colleagues
            for hat in person.hats
            if hat.agency == body.code
        )
        if seats:
            found[body.code] = Office(
                code=body.code,
                name=body.name,
                kind=body.kind,
                parent=body.parent,
                place=body.place,
                since=body.valid_from,
                until=body.valid_to,
                seats=seats,
            )
    return found


@dataclass(slots=True)
class Cast:
    """The accounts in the database, and the actor each seat makes on a day."""

    hats: dict[Seat, tuple[int, int]]
    _known: dict[tuple[Seat, bool], Actor] = field(default_factory=dict)

    def actor(self, seat: Seat, on: date) -> Actor:
        """The person of the seat as signed in on that day. Raises ``LookupError`` when it is not held then."""
        key = seat, on >= TWO_TIERS_FROM  # the tree of bodies changed that day, and on no other
        if key not in self._known:
            user_id, hat_id = self.hats[seat]
            found = principal(user_id, hat_id, None, on)
            if found is None:
                raise LookupError(f"{seat} is not held on {on}")
            self._known[key] = found.actor
        return self._known[key]


def engage(
    session: Session, catalog: Catalog, bodies: dict[str, int], as_of: date, password_hash: str
) -> Cast:
    """Write accounts, hats and delegations; everybody has the same password."""
    lives = {body.code: (body.valid_from, body.valid_to) for body in catalog.bodies}
    rows: dict[Seat, Hat] = {}
    for person in catalog.colleagues:
        user = User(
            username=person.username,
            name=person.name,
            email=f"{person.username}@{MAIL_DOMAIN}",
            password_hash=password_hash,
        )
        session.add(user)
        session.flush()
        for number, worn in enumerate(person.hats):
            since, until = lives[worn.agency]
            seat = Seat(person.username, worn.role, worn.agency, worn.section)
            rows[seat] = Hat(
                user_id=user.id,
                role=worn.role,
                agency_id=bodies[worn.agency],
                section_id=None if worn.section is None else bodies[worn.section],
                title=worn.title,
                denunciation_duty=worn.duty,
                is_default=number == 0,
                valid_from=since,
                valid_to=until,
            )
            session.add(rows[seat])
            session.flush()
    _delegate(session, catalog, bodies, rows, as_of)
    return Cast({seat: (hat.user_id, hat.id) for seat, hat in rows.items()})


def _delegate(
    session: Session,
    catalog: Catalog,
    bodies: dict[str, int],
    hats: dict[Seat, Hat],
    as_of: date,
) -> None:
    def hat_of(username: str, agency: str) -> int:
        return next(
            hat.id
            for seat, hat in hats.items()
            if seat.username == username and seat.agency == agency
        )

    session.add_all(
        Delegation(
            agency_id=bodies[signing.agency],
            from_hat_id=hat_of(signing.giver, signing.agency),
            to_hat_id=hat_of(signing.receiver, signing.agency),
            capacity=signing.capacity,
            document=signing.document,
            valid_from=as_of - timedelta(days=signing.began),
            valid_to=as_of + timedelta(days=signing.ends),
        )
        for signing in catalog.signings
    )
