"""What a case page tells after its decision, and what the form of noting enforcement knows already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from petitions.queries.case_shapes import CasePage, Clock
from petitions.queries.enforcement_case import AfterDecision, after_decision
from petitions.text import vn_date
from petitions.web.days import Due, due_words
from petitions.web.enforcement import amount, compared
from petitions.web.kept import rulebook
from petitions.web.session import today
from workflows.enforcement import NAMES, outcome_proposed
from workflows.guards import effect_day
from workflows.records import ClockState, Nature
from workflows.vocabulary import Action, Fact, Kind, Need, State, Step
from workflows.working_days import CalendarMissing


@dataclass(frozen=True, slots=True)
class AfterStep:
    """One line of the block: what was to be done, when it was, how it stands, its article."""

    what: str
    on: date | None
    stands: Due
    due: date | None
    article: str


@dataclass(frozen=True, slots=True)
class AfterBlock:
    """Everything a case page tells after its decision; ``next`` is the nearest duty still open."""

    made: AfterDecision
    steps: tuple[AfterStep, ...]
    next: AfterStep | None
    amounts: tuple[tuple[str, str, str, bool], ...]
    enough: bool


ORDER = (
    Step.SETTLEMENT, Step.SEND_DECISION, Step.PUBLISH_DECISION, Step.SEND_CONCLUSION,
    Step.ACT_ON_CONCLUSION, Step.PUBLISH_CONCLUSION, Step.SECOND_COMPLAINT_WINDOW,
    Step.DIRECT_ENFORCEMENT,
)  # fmt: skip
WORDS = {
    Step.SETTLEMENT: "Ban hành trong thời hạn giải quyết",
    Step.SEND_DECISION: "Gửi quyết định",
    Step.PUBLISH_DECISION: "Công khai quyết định",
    Step.SEND_CONCLUSION: "Gửi kết luận",
    Step.ACT_ON_CONCLUSION: "Xử lý theo kết luận",
    Step.PUBLISH_CONCLUSION: "Công khai kết luận",
    Step.SECOND_COMPLAINT_WINDOW: "Thời hiệu khiếu nại lần hai",
    Step.DIRECT_ENFORCEMENT: "Chỉ đạo thi hành bằng văn bản",
}


def block_of(page: CasePage) -> AfterBlock | None:
    """The block of a case page; None while nothing was decided."""
    made = after_decision(page)
    if made is None:
        return None
    on = today()
    steps = [
        _step(clock, on)
        for step in ORDER
        for clock in page.clocks
        if clock.step is step and clock.nature is Nature.STATUTORY
    ]
    if page.kind is Kind.COMPLAINT:
        sent = [each for each in steps if each.what == WORDS[Step.SEND_DECISION]]
        steps.insert(steps.index(sent[-1]) + 1 if sent else len(steps), _served(page, made))
        directed = [each for each in steps if each.what == WORDS[Step.DIRECT_ENFORCEMENT]]
        place = steps.index(directed[0]) if directed else len(steps)
        steps.insert(place, _effect(page, on))
    open_duties = [
        each for each in steps if each.on is None and each.due and each.stands.tone != "none"
    ]
    return AfterBlock(
        made=made,
        steps=tuple(steps),
        next=min(open_duties, key=lambda each: each.due or date.max) if open_duties else None,
        amounts=tuple(compared(made)),
        enough=bool(made.ordered) and made.done.reaches(made.ordered) and not made.said_done,
    )


def _step(clock: Clock, on: date) -> AfterStep:
    return AfterStep(
        WORDS[clock.step], clock.closed_on, _stands(clock, on), clock.due, clock.citation
    )


def _stands(clock: Clock, on: date) -> Due:
    """In time or late, in working days; a window is open or over."""
    if clock.step is Step.SECOND_COMPLAINT_WINDOW:
        if clock.closed_on is not None or clock.due is None or on > clock.due:
            return Due("đã hết", "–", "none")
        return Due(f"còn {(clock.due - on).days} ngày", "○", "none")
    if clock.state is ClockState.ENDED:
        return Due("thôi tính", "–", "none")
    if clock.state is ClockState.MET and clock.closed_on and clock.due:
        late = _working_days(clock.due, clock.closed_on)
        if late > 0:
            return Due(f"trễ {late} ngày làm việc", "▲", "late")
        return Due("đúng hạn", "✓", "done")
    return due_words(on)(clock.due)


def _working_days(due: date, until: date) -> int:
    """Working days after ``due`` up to and with ``until``; plain days where no calendar reaches."""
    calendar = rulebook().calendar
    days = [due + timedelta(days=ahead) for ahead in range(1, (until - due).days + 1)]
    try:
        return sum(calendar.is_working(day) for day in days)
    except CalendarMissing:
        return len(days)


def _served(page: CasePage, made: AfterDecision) -> AfterStep:
    served = page.file.day(Fact.DECISION_RECEIVED) or made.served_on
    stands = (
        Due("có giấy tờ chứng minh", "✓", "done")
        if served
        else Due("chưa ghi ngày nhận", "◆", "near")
    )
    article = "Khoản 1 Điều 41 Luật Khiếu nại" if page.instance == 2 else "Điều 32, khoản 1 Điều 33 Luật Khiếu nại"  # fmt: skip
    return AfterStep("Người khiếu nại nhận quyết định", served, stands, None, article)


def _effect(page: CasePage, on: date) -> AfterStep:
    began, first = page.file.day(Fact.LEGAL_EFFECT), effect_day(page.file)
    article = "Khoản 2 Điều 44 Luật Khiếu nại" if page.instance == 2 else "Khoản 1 Điều 44 Luật Khiếu nại"  # fmt: skip
    if began:
        return AfterStep("Có hiệu lực pháp luật", began, Due("đã có hiệu lực", "✓", "done"), None, article)  # fmt: skip
    if page.state is not State.DECIDED or first is None:
        return AfterStep("Có hiệu lực pháp luật", None, Due("chưa có hiệu lực", "○", "none"), None, article)  # fmt: skip
    words = f"từ ngày {vn_date(first)}" if first > on else "đến ngày có hiệu lực, chưa ghi nhận"
    return AfterStep("Có hiệu lực pháp luật", None, Due(words, "○", "none"), first, article)


def preset(page: CasePage, action: Action) -> dict[str, Any]:
    """What the form of noting enforcement knows: done, once the entries reach the order."""
    if action is not Action.RECORD_ENFORCEMENT:
        return {}
    made = after_decision(page)
    if made is None:
        return {}
    proposed = outcome_proposed(made.ordered, made.done)
    return {Need.OUTCOME.value: proposed.value} if proposed else {}


def left_words(page: CasePage, action: Action) -> dict[str, str]:
    """What of the order is still to be done, by input of the form that notes it."""
    made = after_decision(page) if action is Action.RECORD_ENFORCEMENT else None
    if made is None:
        return {}
    left = made.done.left_of(made.ordered)
    return {
        name: f"Còn phải thực hiện: {amount(name, getattr(left, name))}."
        for name in NAMES
        if getattr(made.ordered, name)
    }
