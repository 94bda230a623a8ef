"""Citizen reception and public promises in the demonstration: which office lives what, and what waits today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from config.clock import VIETNAM
from petitions.rulebook import Rulebook
from petitions.services import drafts
from petitions.services.demo.catalog import Catalog
from petitions.services.demo.citizens import Citizens
from petitions.services.demo.desk_days import Desk
from petitions.services.demo.front_desk import FrontDesk
from petitions.services.demo.leaders_days import Happening, Schedule, days_asked
from petitions.services.demo.people import Cast, Office, offices
from petitions.services.demo.petition import Writer
from petitions.services.demo.plan import SEED
from petitions.services.demo.public_days import PublicDays
from petitions.services.demo.visitors import Visitors
from workflows.reception import HEADS, month_of
from workflows.vocabulary import Actor

WARD, BOARD, DEPARTMENT, PROVINCE, COMMUNE = (
    "sao-mai", "ban-tiep-dan", "so-nnmt", "ubnd-tinh-son-lam", "may-som"
)  # fmt: skip
BUSY = {WARD: 4, BOARD: 4, DEPARTMENT: 9, PROVINCE: 9, COMMUNE: 9}
"""Offices many people come to, and every how many working days somebody does besides those with petitions."""
_YEAR, _SEASON = timedelta(days=365), timedelta(days=75)
_DRAFT = "d0" * 16
"""The name of the half-filled registration."""


@dataclass(frozen=True, slots=True)
class Reception:
    """All of it, up to ``as_of``. ``whole`` tells the year of every office, else a season of the ward."""

    catalog: Catalog
    rules: Rulebook
    as_of: date
    whole: bool
    visitors: Visitors

    @classmethod
    def of(cls, catalog: Catalog, rules: Rulebook, as_of: date, *, whole: bool) -> Reception:
        """The reception of the catalogue's offices."""
        writer = Writer(catalog, Citizens(catalog, SEED))
        return cls(catalog, rules, as_of, whole, Visitors(catalog, writer, rules.calendar))

    @property
    def since(self) -> date:
        """The first day of which reception is kept in the system."""
        return self.as_of - (_YEAR if self.whole else _SEASON)

    def front_desk(self, cast: Cast) -> FrontDesk:
        """The doors of all offices."""
        return FrontDesk(offices(self.catalog), cast, self.rules.calendar, self.since)

    def happenings(self) -> list[Happening]:
        """Everything that happens up to the eve of the day."""
        found: list[Happening] = []
        for turn, office in enumerate(self._offices()):
            if office.kind in HEADS:
                found += self._schedule(office, turn)
            if office.code in BUSY:
                found += self._desk(office).ordinary(self.since, BUSY[office.code])
            if office.code == WARD:
                found += self._desk(office).unusual()
            if office.code in {WARD, BOARD}:
                found += self._desk(office).owing()
            if office.code in {WARD, DEPARTMENT, PROVINCE, COMMUNE}:
                public = self._public(office, turn)
                found += [
                    *public.dialogues(),
                    *public.promises(),
                ]
        return found

    def this_morning(self, cast: Cast) -> int:
        """What waits at the desks on the day itself; returns how many commands it took."""
        queues = {WARD: (2, 3), BOARD: (1, 2), COMMUNE: (1, 1), DEPARTMENT: (0, 1)}
        done = sum(
            self._desk(office).this_morning(cast, *queues[office.code])
            for office in self._offices()
            if office.code in queues
        )
        self._half_filled(cast.actor(self._all()[WARD].desk, self.as_of))
        return done + 1

    def _half_filled(self, actor: Actor) -> None:
        drafts.save(
            _DRAFT, "register", {name: [value] for name, value in _TYPED.items()},
            actor=actor, now=datetime.combine(self.as_of, time(7, 50), VIETNAM),
        )  # fmt: skip

    def _schedule(self, office: Office, turn: int) -> list[Happening]:
        last = month_of(month_of(self.as_of)[1] + timedelta(days=1))[1]
        days = days_asked(office, self.rules, self.since, last, turn)
        schedule = Schedule(
            office, days, self.as_of, turn, office.code in BUSY, self.rules, self.visitors,
            self._seed(office),
        )  # fmt: skip
        apart = schedule.elsewhere() if office.code == WARD else ()
        return [*schedule.happenings(), *apart]

    def _desk(self, office: Office) -> Desk:
        return Desk(office, self.as_of, self.rules.calendar, self.visitors, self._seed(office))

    def _public(self, office: Office, turn: int) -> PublicDays:
        return PublicDays(
            office, self.as_of, self.rules.calendar, self.visitors, turn, self._seed(office)
        )

    def _offices(self) -> list[Office]:
        return [
            office
            for office in self._all().values()
            if office.until is None and (self.whole or office.code == WARD)
        ]

    def _all(self) -> Mapping[str, Office]:
        return offices(self.catalog)

    def _seed(self, office: Office) -> str:
        return f"{SEED}/{office.code}"


_TYPED = {
    "kind": "recommendation",
    "source": "reception",
    "parties.0.name": "Nông Thị Trám",
    "parties.0.birth_on": "1968",
    "parties.0.address": "Thôn Cây Đa, phường Sao Mai",
    "summary": "Kiến nghị nạo vét mương thoát nước thôn Cây Đa",
    "content": "Mương thoát nước qua thôn Cây Đa bị bồi lấp, mưa xuống là ngập sân các hộ dân.",
}
"""What the reception officer had typed when somebody came to the window."""
