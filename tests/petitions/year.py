"""A year of an office in seconds: cases come and end, schedulers climb, draw up and send, and much goes wrong.

Nothing here decides what the product does. The year keeps its own account of which rungs had to
fire and what each mail said when the server took it, and holds the database against it.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes, policy
from typing import Any

from flask import Flask
from sqlalchemy import func, select, update

from config.clock import local_day, local_time
from config.database import db, transaction
from notifications.models import Mail, MailAttempt, OutboxMessage
from notifications.states import AttemptOutcome, MailState
from notifications.transport import Answer, Unreachable
from petitions.models import Case, CaseBar, Deadline, Hop, Reminder, User
from petitions.rulebook import current
from petitions.services import watch, weekly
from petitions.services.acts import perform
from petitions.services.intake import register
from petitions.services.mailing import Post
from petitions.services.reminders import climb, ladders
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.world import World
from workflows.ladder import standing
from workflows.records import BarReason, ClockState
from workflows.vocabulary import Action, Need
from workflows.watch import NOT_A_DUTY

TICKS = (time(6, 10), time(7, 5), time(7, 35), time(9, 20), time(13, 15), time(16, 50), time(22))
AT_WORK = {time(7, 5), time(7, 35), time(9, 20), time(13, 15)}
CLIMBS = {time(6, 10), time(13, 15)}
TET_AWAY = (date(2026, 2, 13), date(2026, 2, 22))
Rung = tuple[int, int, str]


class Killed(BaseException):
    """The process is gone, wherever it was."""


@dataclass
class Server:
    """A mail server with moods; what it took, when and under which Message-ID."""

    year: Year
    out: bool = False
    taken: list[tuple[datetime, str, bytes]] = field(default_factory=list)

    def connect(self) -> Line:
        if self.out:
            raise Unreachable("ConnectionRefusedError")
        return Line(self)

    def take(self, frozen: bytes) -> None:
        mail = message_from_bytes(frozen, policy=policy.default)
        self.taken.append((self.year.now, mail["Message-ID"], frozen))


@dataclass
class Line:
    """One connection of a run."""

    server: Server

    def offer(self, address: str, frozen: bytes) -> Answer:
        """Mostly takes the mail; sometimes refuses, hangs up, or the sender dies around it."""
        year = self.server.year
        year.look_at(frozen)
        if year.happens(0.03):
            year.nested()
        mood = year.dice.random() if year.faults else 1.0
        if mood < 0.02:
            raise Killed
        if mood < 0.15:
            return Answer(AttemptOutcome.LATER, "451 later")
        if mood < 0.16:
            return Answer(AttemptOutcome.UNCERTAIN, "TimeoutError")
        self.server.take(frozen)
        if mood < 0.18:
            raise Killed
        if mood < 0.20:
            return Answer(AttemptOutcome.UNCERTAIN, "SMTPServerDisconnected")
        return Answer(AttemptOutcome.ACCEPTED)

    def close(self) -> None:
        """Nothing to hang up."""


@dataclass
class Year:
    """The office, its clock and its account."""

    app: Flask
    world: World
    seed: int
    cases: int
    faults: bool = True
    now: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    due_rungs: set[Rung] = field(default_factory=set)
    expected: set[Rung] = field(default_factory=set)
    faults_seen: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    due_in: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    inside: bool = False

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.server = Server(self)
        house = self.app.extensions["donthu"]
        settings = replace(house.settings, mail_server="mail.example.vn")
        self.app.extensions["donthu"] = replace(house, settings=settings)
        self.down_until = date.min

    def happens(self, share: float) -> bool:
        """Whether a fault strikes now."""
        return self.faults and self.dice.random() < share

    # --- the days -----------------------------------------------------------------------------

    def run(self, first: date, last: date) -> None:
        """Every day from ``first`` to ``last``, then two quiet weeks in which everything drains."""
        births = sorted(self.dice.choices(range((last - first).days), k=self.cases))
        for ordinal in range((last - first).days + 1):
            day = first + timedelta(days=ordinal)
            for _ in range(births.count(ordinal)):
                self._at(day, time(8))
                self._registered(day)
            self._live(day)
            self._fate(day)
        self.faults, self.down_until, self.server.out = False, date.min, False
        for ordinal in range(1, 15):
            self._live(last + timedelta(days=ordinal))

    def _fate(self, day: date) -> None:
        if self.happens(0.02):
            self.down_until = day + timedelta(days=self.dice.randint(1, 9))
        if self.faults and day == TET_AWAY[0]:
            self.down_until = TET_AWAY[1]
        self.server.out = self.happens(0.08)

    def _at(self, day: date, hour: time) -> None:
        self.now = datetime.combine(day, hour, UTC) - timedelta(hours=7)

    def _live(self, day: date) -> None:
        down = day <= self.down_until
        for hour in TICKS:
            self._at(day, hour)
            if hour in AT_WORK:
                self._office_works(day)
            if hour in CLIMBS:
                self._account(day)
            if down:
                continue
            for owner in ("a", "b"):
                self.now += timedelta(seconds=20)
                self._scheduler(owner, day, hour)

    def _scheduler(self, owner: str, day: date, hour: time) -> None:
        try:
            if hour == time(6, 10) and owner == "a":
                watch.sweep(self.now, now=self.now, guard=self._guard)
                with transaction() as session:
                    weekly.announce(session, self.now)
            if hour in CLIMBS:
                climb(self.now, guard=self._guard)
                self.expected |= self._standing_today(day)
            self._post(owner).run()
        except Killed:
            self.counts["processes killed"] += 1

    def _post(self, owner: str) -> Post:
        return Post(owner, lambda: self.now, self.dice.random, self._guard, self.server.connect)

    def nested(self) -> None:
        """The other scheduler runs in full while this one talks to the server."""
        if not self.inside:
            self.inside = True
            try:
                self._post("other").run()
                self.counts["runs side by side"] += 1
            except Killed:
                self.counts["processes killed"] += 1
            finally:
                self.inside = False

    def _guard(self, _session: Any) -> None:
        if self.happens(0.01):
            raise Killed

    # --- what happens to cases ------------------------------------------------------------------

    def _registered(self, day: date) -> None:
        secret = self.dice.random() < 0.3
        code = register(
            replace(DENUNCIATION if secret else COMPLAINT, received_on=day, contested=None),
            actor=self.world.lan,
            now=self.now,
        )
        if self.dice.random() < 0.8:
            given = {Need.ASSIGNEE: self.dice.choice(["an", "ha"])}
            perform(
                code,
                Action.ASSIGN,
                given,
                version=None,
                on=day,
                actor=self.world.minh,
                now=self.now,
            )
            with transaction() as session:  # the year reckons with legal dates only
                session.execute(update(Hop).values(due=None))

    def _office_works(self, day: date) -> None:
        """Dates are met, extended, paused and resumed; cases end; people are shut out or change address.

        Mostly where somebody was just about to be told.
        """
        on_the_way = set(
            db.session.scalars(
                select(OutboxMessage.case_id)
                .outerjoin(Mail, Mail.id == OutboxMessage.mail_id)
                .where(
                    OutboxMessage.settled_at.is_(None)
                    | Mail.state.in_((MailState.QUEUED, MailState.SENDING))
                )
            )
        )
        for case in list(db.session.scalars(select(Case.id).where(Case.open).order_by(Case.id))):
            if self.dice.random() < (0.1 if case in on_the_way else 0.005):
                change = self.dice.choice(_CHANGES)
                with transaction() as session:
                    change(session, case, day, self)
        if self.dice.random() < 0.01:
            with transaction() as session:
                session.execute(
                    update(User).where(User.username == "ha").values(email=f"ha{day}@example.vn")
                )

    # --- the account ----------------------------------------------------------------------------

    def _standing_today(self, day: date) -> set[Rung]:
        calendar, house = current(db.session()).calendar, ladders().usual
        if not calendar.is_working(day):
            return set()
        rows = db.session.execute(
            select(Deadline.id, Deadline.version, Deadline.due)
            .join(Case, Case.id == Deadline.case_id)
            .where(
                Case.open, Case.paused_since.is_(None), Deadline.state == ClockState.RUNNING,
                Deadline.due.is_not(None), Deadline.step.not_in(NOT_A_DUTY),
            )
        ).all()  # fmt: skip
        db.session.rollback()
        found = ((row, standing(row.due, day, house, calendar)) for row in rows)
        return {(row.id, row.version, rung.key) for row, rung in found if rung is not None}

    def _account(self, day: date) -> None:
        fresh = self._standing_today(day) - self.due_rungs
        self.due_rungs |= fresh
        self.due_in[day.month] += len(fresh)

    def look_at(self, frozen: bytes) -> None:
        """What the server is offered must be true at this very instant, and the office open."""
        here, calendar = local_time(self.now), current(db.session()).calendar
        if not (calendar.is_working(here.date()) and time(7) <= here.time() < time(17)):
            self.faults_seen.append(f"offered at {here}")
        mail = message_from_bytes(frozen, policy=policy.default)
        row = db.session.execute(select(Mail).where(Mail.message_id == mail["Message-ID"])).scalar_one()  # fmt: skip
        doubtful = db.session.scalar(
            select(func.count()).where(
                MailAttempt.mail_id == row.id, MailAttempt.outcome == AttemptOutcome.UNCERTAIN
            )
        )
        if not doubtful:
            if row.day != here.date():
                self.faults_seen.append(f"mail of {row.day} offered on {here.date()}")
            for news in db.session.scalars(select(OutboxMessage).where(OutboxMessage.mail_id == row.id)):  # fmt: skip
                self._check(news, here.date())
        db.session.rollback()

    def _check(self, news: OutboxMessage, day: date) -> None:
        if news.kind != "rung":
            return
        case = db.session.get_one(Case, news.case_id)
        clock = db.session.get_one(Deadline, news.payload["id"])
        told = (news.payload["version"], news.payload["due"])
        barred = db.session.scalar(
            select(CaseBar.id).where(
                CaseBar.case_id == case.id, CaseBar.user_id == news.recipient_id
            )
        )
        wrong = {
            "closed": not case.open,
            "paused": case.paused_since is not None,
            "met": clock.state is not ClockState.RUNNING,
            "moved": told != (clock.version, clock.due and clock.due.isoformat()),
            "barred": barred is not None,
        }
        self.faults_seen += [f"{why}: {news.dedupe_key} on {day}" for why, is_so in wrong.items() if is_so]  # fmt: skip

    # --- the reckoning --------------------------------------------------------------------------

    def reckoning(self) -> list[str]:
        """Everything that is not as it must be, in words."""
        return [*self.faults_seen, *self._rungs(), *self._mails(), *self._names()]

    def _rungs(self) -> Iterator[str]:
        rows = db.session.execute(
            select(Reminder.subject_id, Reminder.version, Reminder.rung, Reminder.recipient_id)
        ).all()
        fired = {tuple(row[:3]) for row in rows}
        yield from (f"not fired: {rung}" for rung in sorted(self.expected - fired))
        yield from (f"fired unasked: {rung}" for rung in sorted(fired - self.due_rungs))
        for key, count in Counter(map(tuple, rows)).items():
            if count > 1:
                yield f"fired {count} times: {key}"
        told = Counter(db.session.scalars(select(OutboxMessage.dedupe_key)))
        yield from (f"queued {count} times: {key}" for key, count in told.items() if count > 1)
        reached = sum(1 for row in rows if row.recipient_id)
        queued = db.session.scalar(select(func.count()).where(OutboxMessage.kind == "rung"))
        if reached != queued:
            yield f"{reached} rungs for somebody, {queued} messages"
        for key in db.session.scalars(select(OutboxMessage.dedupe_key).where(OutboxMessage.settled_at.is_(None))):  # fmt: skip
            yield f"never settled: {key}"

    def _mails(self) -> Iterator[str]:
        accepted = Counter(message_id for _, message_id, _ in self.server.taken)
        frozen = {message_id: raw for _, message_id, raw in self.server.taken}
        mornings: Counter[Any] = Counter()
        for mail in db.session.scalars(select(Mail)):
            tries = db.session.scalars(
                select(MailAttempt.outcome).where(MailAttempt.mail_id == mail.id)
            ).all()
            unsure = sum(outcome is AttemptOutcome.UNCERTAIN for outcome in tries)
            got = accepted[mail.message_id]
            if got and frozen[mail.message_id] != mail.frozen:
                yield f"{mail.message_id}: other bytes than were frozen"
            if got > 1 + unsure:
                yield f"{mail.message_id}: taken {got} times, {unsure} uncertain"
            if mail.state is MailState.SENT and not got:
                yield f"{mail.message_id}: sent, but nobody took it"
            if mail.state is MailState.CANCELLED and got:
                yield f"{mail.message_id}: cancelled, but taken"
            if mail.state not in {MailState.SENT, MailState.CANCELLED}:
                yield f"{mail.message_id}: left {mail.state}"
            if got > 1:
                self.counts["mails the server took twice, each shown as uncertain"] += 1
            if mail.kind == "digest" and got:
                mornings[mail.recipient_id, mail.day] += 1
        yield from (f"two digests: {key}" for key, count in mornings.items() if count > 1)

    def _names(self) -> Iterator[str]:
        names = {person.name for each in (COMPLAINT, DENUNCIATION) for person in each.parties}
        for _, message_id, raw in self.server.taken:
            mail = message_from_bytes(raw, policy=policy.default)
            bodies = [mail.get_body((kind,)) for kind in ("plain", "html")]
            text = mail["Subject"] + "".join(body.get_content() for body in bodies if body)
            yield from (f"{message_id}: names a petitioner" for name in names if name in text)

    def ledger(self) -> str:
        """The year in figures."""
        rows = db.session.execute(
            select(OutboxMessage.outcome, OutboxMessage.settled_at).where(
                OutboxMessage.kind == "rung"
            )
        ).all()
        months: dict[int, Counter[str]] = defaultdict(Counter)
        for outcome, settled in rows:
            months[local_day(settled).month][outcome or "waiting"] += 1
        reasons = sorted({reason for month in months.values() for reason in month} - {"mailed"})
        lines = [f"{'month':>6}{'due':>8}{'told':>8}" + "".join(f"{each:>14}" for each in reasons)]
        for month in range(1, 13):
            found = months[month]
            lines.append(
                f"{month:>6}{self.due_in[month]:>8}{found['mailed']:>8}"
                + "".join(f"{found[each]:>14}" for each in reasons)
            )
        passed = len(self.due_rungs - self.expected)
        lines += [
            f"dates on a rung: {len(self.due_rungs)}, told of: {len(self.expected)}, "
            f"passed over while nobody was there: {passed}",
            f"mails taken: {len(self.server.taken)}",
            *(f"{what}: {count}" for what, count in sorted(self.counts.items())),
        ]
        return "\n".join(lines)


Change = Callable[[Any, int, date, Year], Any]


def _meet(session: Any, case: int, day: date, _year: Year) -> None:
    first = select(func.min(Deadline.id)).where(
        Deadline.case_id == case, Deadline.state == ClockState.RUNNING
    )
    session.execute(
        update(Deadline)
        .where(Deadline.id == first.scalar_subquery())
        .values(state=ClockState.MET, closed_on=day)
    )


def _extend(session: Any, case: int, _day: date, year: Year) -> None:
    more = timedelta(days=year.dice.randint(1, 40))
    for clock in session.scalars(
        select(Deadline).where(
            Deadline.case_id == case,
            Deadline.state == ClockState.RUNNING,
            Deadline.due.is_not(None),
        )
    ):
        clock.due, clock.version = clock.due + more, clock.version + 1


def _pause(session: Any, case: int, day: date, _year: Year) -> None:
    row = session.get_one(Case, case)
    row.paused_since = day if row.paused_since is None else None


def _close(session: Any, case: int, day: date, _year: Year) -> None:
    session.execute(update(Case).where(Case.id == case).values(open=False, closed_on=day))


def _bar(session: Any, case: int, _day: date, year: Year) -> None:
    user = year.world.users[year.dice.choice(["an", "ha", "phuc"])]
    session.add(CaseBar(case_id=case, user_id=user, reason=BarReason.RELATED))


_CHANGES: tuple[Change, ...] = (_meet, _meet, _extend, _extend, _pause, _close, _bar)
