"""Urging letters of the demonstration: answered, answered late, closed, late, and waiting for their day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from config.clock import local_day
from petitions.queries.urging import letter, to_number
from petitions.queries.urging_cases import late_agencies, overdue_of
from petitions.services.demo.people import Office, Seat
from petitions.services.demo.thread import Course, Errand
from petitions.services.urging import Urging, number_letter, parted, urge_all
from petitions.services.urging_replies import answer, close
from workflows.vocabulary import Actor, Role
from workflows.working_days import Calendar, Roll

INSPECTORATE, PROVINCE = "thanh-tra-tinh", "ubnd-tinh-son-lam"
MOST = 8
"""Cases one letter of the demonstration names."""
_URGED = (
    "Các vụ việc trên đã quá thời hạn giải quyết nhưng chưa có kết quả. Đề nghị tập trung giải quyết "
    "dứt điểm, làm rõ trách nhiệm của người để chậm."
)
_ANSWER = (
    "Đã kiểm tra từng hồ sơ; nguyên nhân chậm chủ yếu do chờ kết quả đo đạc, xác minh hiện trạng. "
    "Cơ quan đã giao lãnh đạo trực tiếp chỉ đạo, cam kết hoàn thành trong tháng tới."
)
_HANDLING = (
    "Đã có báo cáo xác minh, chờ đối thoại.",
    "Đang đo đạc lại.",
    "Đang dự thảo quyết định.",
)
_CLOSED = "Đã làm việc trực tiếp với cơ quan; có biên bản, không chờ văn bản trả lời."


@dataclass(frozen=True, slots=True)
class Plan:
    """One letter: when, by whom, to which of the bodies in arrears (the worst is 0), what comes of it."""

    days_ago: int
    inspector: str | None
    rank: int
    reply: int
    answered_after: int | None = None
    closed_after: int | None = None


_PLANS = (
    Plan(76, "quy", 0, 7, answered_after=6),
    Plan(48, "hoa", 1, 7, answered_after=19),
    Plan(34, "quy", 2, 7, closed_after=20),
    Plan(25, "quy", 0, 7),
    Plan(17, None, 1, 5, answered_after=5),
    Plan(5, "quy", 2, 7),
    Plan(3, "hoa", 0, 10),
)


@dataclass(frozen=True, slots=True)
class UrgingTale:
    """The course of one letter; it is told among the stories, since each day knows what is late then."""

    plan: Plan
    offices: Mapping[str, Office]
    calendar: Calendar
    as_of: date

    def course(self) -> Course:
        """The letter, its number, and what comes back."""
        on = self._day(self.as_of - timedelta(days=self.plan.days_ago))
        office = self.offices[PROVINCE if self.plan.inspector is None else INSPECTORATE]
        by = office.head if self.plan.inspector is None else _inspector(office, self.plan.inspector)
        issued = yield Errand(by, on, partial(_issue, self.plan))
        agency, _, uids = issued.partition(" ")
        urged = self.offices.get(agency)
        if urged is None:
            return
        yield Errand(office.clerk, self._after(on, 1), partial(_number, uids))
        if self.plan.answered_after is not None:
            day = self._after(on, self.plan.answered_after)
            yield Errand(urged.head, day, partial(_answer, uids))
        if self.plan.closed_after is not None:
            yield Errand(by, self._after(on, self.plan.closed_after), partial(_close, uids))

    def _after(self, on: date, days: int) -> date:
        return self._day(on + timedelta(days=days))

    def _day(self, day: date) -> date:
        return self.calendar.roll(day, Roll.NEXT)


def urgings(offices: Mapping[str, Office], calendar: Calendar, as_of: date) -> list[UrgingTale]:
    """The letters of the months before the day."""
    return [UrgingTale(plan, offices, calendar, as_of) for plan in _PLANS]


def _inspector(office: Office, username: str) -> Seat:
    return next(
        seat for seat in office.seats if seat.username == username and seat.role is Role.INSPECTOR
    )


def _issue(plan: Plan, *, actor: Actor, now: datetime) -> str:
    on = local_day(now)
    late = late_agencies(actor, on)
    if not late:
        return ""
    agency = late[min(plan.rank, len(late) - 1)].code
    cases = overdue_of(actor, agency, on)[:MOST]
    given = [
        Urging(agency, tuple(each.code for each in part), _URGED, plan.reply)
        for part in parted(cases)
    ]
    return f"{agency} {','.join(urge_all(given, actor=actor, on=on, now=now))}"


def _number(uids: str, *, actor: Actor, now: datetime) -> None:
    for uid in uids.split(","):
        if not to_number(actor, uid).number:
            number_letter(uid, actor=actor, now=now)


def _answer(uids: str, *, actor: Actor, now: datetime) -> None:
    on = local_day(now)
    for uid in uids.split(","):
        shown = letter(actor, uid, on)
        handling = {
            each.code: _HANDLING[number % len(_HANDLING)] for number, each in enumerate(shown.cases)
        }
        answer(
            uid, _ANSWER, handling, answered_on=on, document=f"Báo cáo ngày {on:%d/%m/%Y}",
            version=shown.line.version, actor=actor, now=now,
        )  # fmt: skip


def _close(uids: str, *, actor: Actor, now: datetime) -> None:
    for uid in uids.split(","):
        shown = letter(actor, uid, local_day(now))
        close(uid, _CLOSED, version=shown.line.version, actor=actor, now=now)
