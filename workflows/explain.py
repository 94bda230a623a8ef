"""How a date was reached, told in Vietnamese the way an officer would tell it at the counter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from workflows.facts import Obstacle, Suspension
from workflows.rules import Bound, Computation, OtherUnit, Rule
from workflows.vocabulary import Fact, Step
from workflows.working_days import (
    Calendar,
    CalendarMissing,
    DayType,
    Direction,
    Roll,
    Unit,
    YearStatus,
)

Span = tuple[date, date]

WEEKDAYS: Final = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
UNITS: Final = {
    Unit.DAY: "ngày",
    Unit.WORKING_DAY: "ngày làm việc",
    OtherUnit.HOUR: "giờ",
    OtherUnit.MONTH: "tháng",
    OtherUnit.YEAR: "năm",
    OtherUnit.TIME: "lần",
}
EVENTS: Final = {
    Fact.RECEIVED: "ngày tiếp nhận",
    Fact.ACCEPTED: "ngày thụ lý",
    Fact.ASSIGNED: "ngày giao xử lý",
    Fact.DECISION_ISSUED: "ngày ban hành quyết định giải quyết",
    Fact.DECISION_RECEIVED: "ngày nhận được quyết định giải quyết",
    Fact.SETTLEMENT_EXPIRED: "ngày hết thời hạn giải quyết mà chưa được giải quyết",
    Fact.CONTESTED_DECISION_RECEIVED: "ngày nhận hoặc biết được quyết định, hành vi bị khiếu nại",
    Fact.LEGAL_EFFECT: "ngày quyết định có hiệu lực pháp luật",
    Fact.DIALOGUE_ON: "ngày đối thoại",
    Fact.SUSPENSION_DECIDED: "ngày ra quyết định tạm đình chỉ, đình chỉ hoặc tiếp tục giải quyết",
    Fact.CONCLUSION_ISSUED: "ngày ban hành kết luận nội dung tố cáo",
    Fact.FURTHER_DENUNCIATION_RECEIVED: "ngày nhận tố cáo tiếp",
    Fact.OVERDUE_FURTHER_DENUNCIATION_RECEIVED: "ngày nhận tố cáo tiếp về vụ việc quá hạn",
    Fact.REPORT_DEMANDED: "ngày nhận yêu cầu báo cáo",
    Fact.REFUSAL_GROUNDS_ESTABLISHED: "ngày có căn cứ từ chối",
    Fact.RECEPTION_ON: "ngày tiếp công dân",
    Fact.ONLINE_RECEPTION_ON: "ngày tiếp công dân trực tuyến",
    Fact.SETTLED: "ngày có kết quả giải quyết",
    Fact.RESULT_REPORTED: "ngày nhận được báo cáo kết quả",
}
_UNOFFICIAL: Final = {
    YearStatus.DRAFT: "mới là dự thảo, chưa có thông báo chính thức",
    YearStatus.HISTORICAL: "được lập lại, chưa đối chiếu với thông báo chính thức",
}
_DAY: Final = timedelta(days=1)


def spoken(day: date) -> str:
    """A day with its weekday, as people read it."""
    return f"{WEEKDAYS[day.weekday()]}, {day:%d/%m/%Y}"


@dataclass(slots=True)
class Account:
    """The record of one count, filled in while it is made.

    ``end`` is the nominal last day, ``judged`` the spans of days that had to be judged working or
    not, ``pauses`` the suspensions that moved the end (the last of them perhaps still open),
    ``late`` those that began too late to, ``passed`` the obstacle days passed over, ``missing`` the
    year without a calendar that leaves ``safe`` open.
    """

    rule: Rule
    fact: str
    on: date
    computation: Computation
    calendar: Calendar
    how: Roll = field(init=False)
    end: date = field(init=False)
    judged: list[Span] = field(default_factory=list)
    extensions: tuple[int, ...] = ()
    extended_by: Rule | None = None
    pauses: list[Suspension] = field(default_factory=list)
    late: list[Suspension] = field(default_factory=list)
    passed: list[Obstacle] = field(default_factory=list)
    due: date | None = None
    safe: date | None = None
    missing: int | None = None

    def __post_init__(self) -> None:
        """The row's roll, unless it is one to the next day that the switch denies to authorities."""
        rule = self.rule
        denied = rule.binds is Bound.AUTHORITY and not self.computation.roll_authority_deadlines
        self.how = Roll.NONE if denied and rule.roll is Roll.NEXT else rule.roll
        self.end = self.on

    @property
    def stands_still(self) -> bool:
        """Whether settlement is suspended and nobody has decided to resume it."""
        return bool(self.pauses) and self.pauses[-1].resumed is None

    def lines(self) -> tuple[str, ...]:
        """The reasoning, one sentence or two per line."""
        return tuple(self._tell())

    def _tell(self) -> Iterator[str]:
        yield self._limit()
        yield self._start()
        if self.rule.unit is Unit.WORKING_DAY:
            yield from self._skipped()
        yield from self._stretched()
        if self.stands_still:
            yield (
                f"Thời hạn đang dừng từ {spoken(self.pauses[-1].begins)}, chưa có quyết định tiếp tục "
                "giải quyết nên chưa xác định được ngày hết hạn."
            )
        else:
            yield self._last_day()
            yield from self._rolled()
            yield from self._careful()
        yield from self._warnings()

    def _limit(self) -> str:
        rule = self.rule
        amount = f"{rule.amount} {UNITS[rule.unit]}"
        if rule.direction is Direction.FORWARD:
            length = f"{amount} kể từ {self._event()}"
        else:
            length = f"chậm nhất {amount} trước {self._event()}"
        return f"{rule.title}: {length}. Căn cứ: {rule.citation}."

    def _event(self) -> str:
        return EVENTS[Fact(self.fact)]

    def _start(self) -> str:
        event = self._event()
        after = self.on + (_DAY if self.rule.direction is Direction.FORWARD else -_DAY)
        how = "đếm từ" if self.rule.direction is Direction.FORWARD else "đếm lùi từ"
        return (
            f"{_sentence(event)} là {spoken(self.on)}; ngày này không tính, {how} "
            f"{spoken(after)} ({self.computation.start_citation})."
        )

    def _skipped(self) -> Iterator[str]:
        first, last = sorted((self.on, self.end))
        between = [first + _DAY * n for n in range((last - first).days + 1)]
        counted = [day for day in between if day != self.on]
        if off := self._reasons([day for day in counted if not self.calendar.is_working(day)]):
            yield f"Không đếm: {off}."
        for day in counted:
            if (special := self.calendar.special(day)) and special.type is DayType.SWAP_WORK:
                yield f"{_sentence(spoken(day))} vẫn đếm ({special.note})."

    def _reasons(self, days: list[date]) -> str:
        groups: dict[str, list[str]] = {}
        for day in days:
            groups.setdefault(self._reason(day), []).append(_short(day))
        return "; ".join(f"{', '.join(same)} ({reason})" for reason, same in groups.items())

    def _reason(self, day: date) -> str:
        special = self.calendar.special(day)
        return special.note if special else "nghỉ hằng tuần"

    def _stretched(self) -> Iterator[str]:
        for days in self.extensions:
            by = f" ({self.extended_by.citation})" if self.extended_by else ""
            yield f"Gia hạn thêm {days} ngày, cộng vào thời hạn tính từ ngày thụ lý{by}."
        for pause in self.pauses:
            if pause.resumed is not None:
                yield (
                    f"Tạm đình chỉ từ {spoken(pause.begins)} đến khi tiếp tục giải quyết, "
                    f"{spoken(pause.resumed)}: {(pause.resumed - pause.begins).days} ngày không tính."
                )
        for pause in self.late:
            yield (
                f"Lần tạm đình chỉ từ {spoken(pause.begins)} bắt đầu sau khi đã hết thời hạn nên "
                "không làm thời hạn thay đổi."
            )
        for obstacle in self.passed:
            days = (obstacle.ends - obstacle.begins).days + 1
            yield (
                f"Có trở ngại từ {spoken(obstacle.begins)} đến hết {spoken(obstacle.ends)}: "
                f"{days} ngày không tính."
            )

    def _last_day(self) -> str:
        rule = self.rule
        amount = rule.amount + sum(self.extensions)
        if rule.direction is Direction.BACKWARD:
            return f"Lùi {amount} {UNITS[rule.unit]} là {spoken(self.end)}."
        unit = "Ngày làm việc" if rule.unit is Unit.WORKING_DAY else "Ngày"
        apart = ", không kể các ngày không tính," if self.pauses or self.passed else ""
        return f"{unit} thứ {amount}{apart} là {spoken(self.end)}."

    def _rolled(self) -> Iterator[str]:
        due = self.due
        assert due is not None
        if self.rule.step is Step.LEGAL_EFFECT:
            yield f"Có hiệu lực từ ngày tiếp theo, {spoken(due)}; không dời theo ngày nghỉ."
        elif due > self.end:
            off = [self.end + _DAY * n for n in range((due - self.end).days)]
            yield (
                f"Không phải ngày làm việc: {self._reasons(off)}; thời hạn kết thúc vào ngày làm việc "
                f"tiếp theo, {spoken(due)} ({self.computation.roll_citation})."
            )
        elif due < self.end:
            off = [due + _DAY * (n + 1) for n in range((self.end - due).days)]
            yield (
                f"Không phải ngày làm việc: {self._reasons(off)}; phải làm trước đó, chậm nhất "
                f"{spoken(due)}."
            )
        elif self.how is Roll.NONE and due != self.safe:
            yield "Mốc này không dời theo ngày nghỉ."

    def _careful(self) -> Iterator[str]:
        if self.missing is not None:
            yield (
                f"Chưa có lịch làm việc năm {self.missing} nên chưa nêu được ngày làm việc cuối cùng "
                "trong thời hạn."
            )
        elif self.safe != self.due and self.rule.step is not Step.LEGAL_EFFECT:
            assert self.safe is not None
            yield (
                f"Ngày làm việc cuối cùng trong thời hạn là {spoken(self.safe)}: nên xong trước khi "
                "hết ngày này."
            )

    def _warnings(self) -> Iterator[str]:
        years = {
            year.year: year
            for first, last in self.judged
            for year in self.calendar.unofficial_years(first, last)
        }
        for number in sorted(years):
            yield f"Tạm tính: lịch làm việc năm {number} {_UNOFFICIAL[years[number].status]}."
        if self.rule.differing:
            yield from self._differing()
        if self.on < self.rule.valid_from:
            yield (
                f"Quy định này có hiệu lực từ {self.rule.valid_from:%d/%m/%Y}, sau sự kiện; văn bản "
                "trước đó không có trong dữ liệu nên chỉ để tham khảo."
            )

    def _differing(self) -> Iterator[str]:
        other = self.rule.differing
        assert other is not None
        amount = f"{other.amount} {UNITS[other.unit]}"
        try:
            if other.unit is Unit.WORKING_DAY:
                end = self.calendar.add_working_days(self.on, other.amount)
            else:
                end = self.calendar.roll(self.calendar.shift(self.on, other.amount), self.how)
            day = f", tức {spoken(end)}"
        except CalendarMissing:
            day = ""
        yield (
            f"Văn bản dưới luật ghi khác: {other.citation} quy định {amount}{day}; ở đây theo Luật, "
            "có hiệu lực cao hơn."
        )


def _short(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} {day:%d/%m/%Y}"


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]
