"""One case's story as it is told: who does what, on which working day, in what words.

A *stage* is a generator of moments; it is told the code of the case each moment led to. Stages know
the calendar and the people, never the database.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from petitions.services.demo.people import Office, Seat
from petitions.services.evidence import Paper
from petitions.services.registration import Registration
from workflows.vocabulary import Action, Need
from workflows.working_days import Calendar, Roll

LATE_REASONS = (
    "Mất kết nối mạng nhiều ngày do mưa lũ",
    "Cán bộ phụ trách đi công tác, nhập bù khi về",
    "Hệ thống bảo trì, ghi sổ giấy trước",
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A petition is registered."""

    by: Seat
    recorded: date
    given: Registration
    project: str | None = None


@dataclass(frozen=True, slots=True)
class Deed:
    """An act on a case, done on one day and recorded on that or a later one."""

    by: Seat
    recorded: date
    code: str
    action: Action
    on: date
    given: Mapping[Need, Any]
    late_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """A paper is put into the file."""

    by: Seat
    recorded: date
    code: str
    paper: Paper
    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Errand:
    """Any other command of the office; what it returns goes back to the stage.

    ``command`` takes ``actor`` and ``now`` by name.
    """

    by: Seat
    recorded: date
    command: Callable[..., str | None]


Moment = Arrival | Deed | Upload | Errand
Course = Generator[Moment, str, None]


@dataclass(slots=True)
class Thread:
    """What one story knows of itself.

    ``day`` is the day of its latest moment, ``code`` and ``office`` the case and who has it now,
    ``lower`` those of the first instance once the story goes on at the second, ``ordered`` what
    its decision orders and is not carried out yet, ``invited_on`` when the latest dialogue was
    called. ``adviser`` is
    the code of a body that advises in it; ``barred`` names accounts and sections that must not know of it.
    """

    random: Random
    calendar: Calendar
    offices: Mapping[str, Office]
    office: Office
    arrival: Arrival
    remote: bool
    day: date
    code: str = ""
    lower: tuple[str, Office] | None = None
    officer: Seat | None = None
    adviser: str | None = None
    team: tuple[Seat, ...] = field(default=())
    barred: frozenset[str | None] = frozenset()
    ordered: dict[str, Any] = field(default_factory=dict)
    invited_on: date | None = None

    @property
    def given(self) -> Registration:
        """What was registered."""
        return self.arrival.given

    def wait(self, low: int, high: int) -> date:
        """Let so many working days pass; returns the new day."""
        self.day = self.calendar.add_working_days(self.day, self.random.randint(low, high))
        return self.day

    def rest(self, days: int) -> date:
        """Let so many plain days pass, up to a working day; returns the new day."""
        self.day = self.calendar.roll(self.day + timedelta(days=days), Roll.NEXT)
        return self.day

    def does(
        self,
        by: Seat,
        action: Action,
        after: tuple[int, int] = (0, 2),
        *,
        late: int = 0,
        **given: Any,
    ) -> Deed:
        """An act after some working days; ``late`` is how many more pass before somebody records it."""
        on = self.wait(*after)
        reason = self.random.choice(LATE_REASONS) if late else None
        if late:
            self.wait(late, late)
        return Deed(
            by,
            self.day,
            self.code,
            action,
            on,
            {Need(name): value for name, value in given.items()},
            reason,
        )

    def uploads(self, by: Seat, paper: Paper, name: str, data: bytes) -> Upload:
        """A paper put into the file on the day the story stands at."""
        return Upload(by, self.day, self.code, paper, name, data)

    def asks(self, by: Seat, command: Callable[..., str | None]) -> Errand:
        """A command of the office on the day the story stands at."""
        return Errand(by, self.day, command)

    def document(self, kind: str) -> str:
        """The number of a fresh official document."""
        return f"{self.random.randint(10, 990)}/{kind}"

    def one_of(self, *choices: str) -> str:
        """One of some wordings."""
        return self.random.choice(choices)

    def free(self, *seats: Seat) -> tuple[Seat, ...]:
        """Those of ``seats`` who are not shut out of the case."""
        return tuple(
            seat
            for seat in seats
            if seat.username not in self.barred
            and (seat.section is None or seat.section not in self.barred)
        )


Stage = Callable[[Thread], Course]
