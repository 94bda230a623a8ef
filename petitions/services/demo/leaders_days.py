"""The days on which the heads of the demonstration's offices receive citizens themselves.

Every head keeps the days the law asks for; here and there one is missed, put off, or held elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from random import Random

from petitions.rulebook import Rulebook
from petitions.services.demo import reception_book as book
from petitions.services.demo.people import Office
from petitions.services.demo.thread import Course, Errand
from petitions.services.demo.visitors import Visitors, answered
from petitions.services.reception_closing import Held, Participant
from petitions.services.reception_papers import About, draft_paper
from petitions.services.reception_papers_form import CONCLUSION, Task
from petitions.services.reception_sessions import Planned, Prepared
from workflows.guards import LAW_136_FROM
from workflows.reception import (
    HEADS,
    PER_WEEK,
    Host,
    SessionKind,
    SessionManner,
    days_of_months,
    month_of,
)
from workflows.working_days import Roll

POSTED_AT = "Trụ sở và Trang thông tin điện tử"
_AHEAD = timedelta(days=20)
"""How long before the first of the days the year's schedule is made."""
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Happening:
    """Moments that belong together but to no case."""

    moments: Course

    def course(self) -> Course:
        """The moments in order."""
        return self.moments


@dataclass(frozen=True, slots=True)
class Schedule:
    """The leader's days of one office. ``turn`` sets offices apart, ``busy`` ones have more visitors."""

    office: Office
    days: tuple[date, ...]
    as_of: date
    turn: int
    busy: bool
    rules: Rulebook
    visitors: Visitors
    seed: str

    def happenings(self) -> Iterator[Happening]:
        """The schedule made and hung up, then every day of it that is past."""
        yield Happening(self._made())
        past = [day for day in self.days if day < self.as_of]
        lost = self._lost(past)
        for number, day in enumerate(past):
            if day in lost:
                if self.busy:
                    yield Happening(self._explained(day))
            elif self.busy and number == len(past) - 4:
                yield Happening(self._postponed(day))
            else:
                yield Happening(self._held(day, number, latest=day == past[-1]))

    def _lost(self, past: list[date]) -> set[date]:
        """The days nobody received on."""
        if len(past) < 8:
            return set()
        return {past[-7]} if self.busy else {past[-3]} if self.turn % 4 == 3 else set()

    def _made(self) -> Course:
        office, calendar = self.office, self.rules.calendar
        start = calendar.roll(self.days[0] - _AHEAD, Roll.PREVIOUS)
        schedule = Planned(
            kind=SessionKind.PERIODIC, manner=SessionManner.OFFICE, host=Host.HEAD,
            days=self.days, starts_at="07:30", ends_at="11:30",
        )  # fmt: skip
        yield Errand(office.desk, start, partial(book.planned, schedule))
        months = sorted({month_of(day)[0] for day in self.days})
        for number, month in enumerate(months):
            on = max(start, calendar.add_working_days(month, -8))
            if self.busy and number == len(months) - 4:
                first = min(day for day in self.days if day >= month)
                on = calendar.add_working_days(first, -2)  # once too late
            yield Errand(office.desk, on, partial(book.post_month, month, POSTED_AT))

    def _held(self, day: date, number: int, *, latest: bool) -> Course:
        office, random = self.office, Random(f"{self.seed}/{day}")  # noqa: S311 - no secret
        rare = (number + self.turn) % 3 == 0
        comers = random.randint(0 if rare and not latest else 1, 2) if self.busy else int(rare)
        turns = [
            self.visitors.before_leader(
                random, office, day, check=self.busy and at == 0 and number % 4 == 1
            )
            for at in range(comers)
        ]
        visits = yield Errand(
            office.desk, day, partial(book.held_on, day, self._attended(not turns), turns)
        )
        if latest and turns and self.busy and day >= LAW_136_FROM:
            yield from self._concluded(random, visits.split()[0], day)
        for visit, turn in zip(visits.split(), turns, strict=True):
            if book.owes(turn):
                told = self.rules.calendar.add_working_days(day, 8)
                yield Errand(office.desk, told, partial(book.told, visit))

    def _attended(self, nobody: bool) -> Held:
        sat_in = [
            Participant(person.name, hat.title)
            for person in self.visitors.catalog.colleagues
            for hat in person.hats
            if hat.agency == self.office.code and person.username != self.office.head.username
        ]
        return Held(
            held_by=self.office.head.username, participants=tuple(sat_in[:3]), no_visitor=nobody
        )

    def _concluded(self, random: Random, visit: str, day: date) -> Course:
        """The leader's conclusion goes out in writing, with what it gives to whom."""
        office, calendar = self.office, self.rules.calendar
        lead, cooperating = self.visitors.charged(random, office)
        due = calendar.roll(day + timedelta(days=30), Roll.NEXT)
        tasks = (
            Task("Kiểm tra thực địa, lập biên bản với hộ dân và đề xuất phương án giải quyết",
                 lead, due, cooperating),
            Task("Rà soát các hộ cùng hoàn cảnh, báo cáo kết quả",
                 lead, calendar.roll(due + timedelta(days=15), Roll.NEXT)),
        )  # fmt: skip
        fields = {
            "conclusion": "Nội dung công dân nêu là có cơ sở xem xét; giao các đơn vị thực hiện "
            "các việc sau và trả lời công dân bằng văn bản."
        }
        paper = yield Errand(
            office.desk,
            calendar.add_working_days(day, 1),
            partial(draft_paper, About(visit_uid=visit), CONCLUSION, fields, tasks),
        )
        signed = calendar.add_working_days(day, 2)
        yield Errand(office.head, signed, partial(book.signed, paper))
        yield Errand(office.clerk, signed, partial(book.sent, paper))

    def _explained(self, day: date) -> Course:
        """Nobody received, and the next day says why."""
        after = self.rules.calendar.add_working_days(day, 1)
        why = "Chủ trì họp khẩn về phòng, chống mưa lũ"
        yield Errand(self.office.desk, after, partial(book.excused, day, why))

    def _postponed(self, day: date) -> Course:
        """Put off in time, and held on the new day."""
        calendar, desk = self.rules.calendar, self.office.desk
        new = next(
            day + number * _DAY
            for number in range(1, 15)
            if calendar.is_working(day + number * _DAY) and day + number * _DAY not in self.days
        )
        known = calendar.add_working_days(day, -6)
        why = "Lãnh đạo dự kỳ họp Hội đồng nhân dân"
        uid = yield Errand(desk, known, partial(book.put_off, day, new, why))
        random = Random(f"{self.seed}/{new}")  # noqa: S311 - no secret
        turn = self.visitors.before_leader(random, self.office, new, check=False)
        visit = yield Errand(desk, new, partial(book.held, uid, self._attended(False), [turn]))
        if book.owes(turn):
            told = calendar.add_working_days(new, 8)
            yield Errand(desk, told, partial(book.told, visit))

    def elsewhere(self) -> Iterator[Happening]:
        """A session in a village, one over a connection, one on an occasion."""
        calendar = self.rules.calendar
        village, screen, occasion = (
            calendar.roll(self.as_of - timedelta(days=days), Roll.PREVIOUS) for days in (52, 31, 17)
        )
        yield Happening(self._in_village(village))
        yield Happening(self._online(screen))
        yield Happening(self._ad_hoc(occasion))

    def _in_village(self, day: date) -> Course:
        given = self._apart(
            SessionKind.PERIODIC, SessionManner.MOBILE, day,
            place="Nhà văn hóa thôn Bờ Hồ", topic="Thu hồi đất, bồi thường, tái định cư",
        )  # fmt: skip
        before = self.rules.calendar.add_working_days(day, -7)
        uid = yield Errand(self.office.desk, before, partial(book.planned, given))
        posted = Prepared(posted_on=before, posted_at="Nhà văn hóa thôn, loa truyền thanh")
        yield Errand(self.office.desk, before, partial(book.prepared, uid, posted))
        yield from self._one_by_one(uid, day, 3)

    def _online(self, day: date) -> Course:
        add = self.rules.calendar.add_working_days
        given = self._apart(
            SessionKind.PERIODIC, SessionManner.ONLINE, day,
            place="Điểm cầu trụ sở và điểm cầu nhà văn hóa thôn Hạ",
        )  # fmt: skip
        uid = yield Errand(self.office.desk, add(day, -8), partial(book.planned, given))
        ready = Prepared(
            posted_on=add(day, -8), posted_at=POSTED_AT, invited_on=add(day, -6),
            tested_on=add(day, -1),
        )  # fmt: skip
        yield Errand(self.office.desk, add(day, -1), partial(book.prepared, uid, ready))
        recorded = f"Máy chủ lưu trữ, thư mục tiep-dan/{day:%Y-%m-%d}"
        yield from self._one_by_one(uid, day, 2, recorded)

    def _ad_hoc(self, day: date) -> Course:
        given = self._apart(
            SessionKind.AD_HOC, SessionManner.OFFICE, day,
            reason="Nhiều người dân kéo đến phản ánh việc thu hồi đất làm đường tránh",
        )  # fmt: skip
        uid = yield Errand(self.office.desk, day, partial(book.planned, given))
        yield from self._one_by_one(uid, day, 1)

    def _apart(
        self, kind: SessionKind, manner: SessionManner, day: date, *,
        place: str = "", topic: str = "", reason: str = "",
    ) -> Planned:  # fmt: skip
        return Planned(
            kind=kind, manner=manner, host=Host.HEAD, days=(day,), starts_at="14:00",
            ends_at="16:30", place=place, topic=topic, reason=reason,
        )  # fmt: skip

    def _one_by_one(self, uid: str, day: date, comers: int, recording: str = "") -> Course:
        random = Random(f"{self.seed}/{day}/apart")  # noqa: S311 - no secret
        turns = [
            book.Heard(self.visitors.comes(random, self.office, day), answered(random))
            for _ in range(comers)
        ]
        attended = self._attended(False)
        given = Held(
            held_by=attended.held_by, participants=attended.participants, recording=recording
        )
        yield Errand(self.office.desk, day, partial(book.held, uid, given, turns))


def days_asked(
    office: Office, rules: Rulebook, first: date, last: date, turn: int
) -> tuple[date, ...]:
    """The days the law asks of the office's head between two days, the same ones every month."""
    who, calendar = HEADS.get(office.kind), rules.calendar
    found: list[date] = []
    month = month_of(first)[0]
    while who is not None and month <= last:
        end = month_of(month)[1]
        quota = rules.lawbook.quota(who, month)
        if quota is not None and quota.per == PER_WEEK:
            monday = month + (-month.weekday() % 7) * _DAY
            while monday <= end:
                week = [monday + (turn + number) % 5 * _DAY for number in range(5)]
                found += [day for day in week if calendar.is_working(day)][:1]
                monday += _WEEK
        elif quota is not None:
            numbers = [5 + turn % 5, 20 + turn % 5][: quota.amount]
            found += [each.day for each in days_of_months(numbers, month, end, calendar.is_working)]
        month = end + _DAY
    return tuple(sorted({day for day in found if first <= day <= last}))
