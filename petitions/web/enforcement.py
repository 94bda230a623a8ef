"""The register of decisions and conclusions to be carried out, and what a case page tells after its decision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from petitions.documents.tables import Cell, Head, Sheet
from petitions.errors import Invalid
from petitions.labels import label
from petitions.queries.case_shapes import CasePage, Clock
from petitions.queries.enforcement import (
    AfterDecision,
    EnforcementFilters,
    EnforcementTotals,
    Obligation,
    after_decision,
    agencies_with_decisions,
    register,
    totals,
    whole_register,
)
from petitions.schemas.enforcement import ENFORCEMENT_FILTERS
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.text import vn_date, vn_number
from petitions.web.days import Due, due_words
from petitions.web.downloads import table_file
from petitions.web.forms import Form, Option
from petitions.web.kept import rulebook
from petitions.web.pages import CASE_WORK
from petitions.web.session import actor, require, today
from workflows.enforcement import LAND, MONEY, NAMES, Progress, outcome_proposed
from workflows.guards import effect_day
from workflows.records import ClockState, Nature
from workflows.vocabulary import Action, Fact, Kind, Need, State, Step
from workflows.working_days import CalendarMissing

blueprint = Blueprint("enforcement", __name__)

FILE_MOST = 5_000
"""Lines a file may have."""
PROGRESS = {
    Progress.NOT: "Chưa thi hành",
    Progress.PARTLY: "Đang thi hành, một phần",
    Progress.DONE: "Đã thi hành xong",
}
TONES = {
    Progress.NOT: Due("chưa thi hành", "○", "near"),
    Progress.PARTLY: Due("một phần", "◐", "calm"),
    Progress.DONE: Due("đã xong", "✓", "done"),
}
HEADINGS = {
    Need.MONEY: "Tiền cho Nhà nước",
    Need.LAND: "Đất cho Nhà nước",
    Need.RETURNED_MONEY: "Tiền trả cá nhân",
    Need.RETURNED_LAND: "Đất trả cá nhân",
    Need.BODIES_MONEY: "Tiền trả tổ chức",
    Need.BODIES_LAND: "Đất trả tổ chức",
    Need.PEOPLE: "Người bị xử lý",
}


@blueprint.get("/thi-hanh")
def index() -> str | tuple[str, int]:
    """Decisions in effect and conclusions, what they order and how far that has come."""
    require(*CASE_WORK)
    form, filters, faulty = _asked()
    on = today()
    page = register(actor(), filters, on, request.args.get("after"))
    sums = totals(actor(), filters, on)
    tell = due_words(on)
    text = render_template(
        "enforcement.html",
        form=form,
        lines=[(each, tell(each.due), (on - each.since).days) for each in page.lines],
        sums=sums,
        words=PROGRESS,
        tones=TONES,
        compared=compared,
        next_href=_href(after=page.after) if page.after else None,
        first_href=_href() if "after" in request.args else None,
        file_href=url_for("enforcement.file", **_narrowing()),  # type: ignore[arg-type]
        narrowed=bool(_narrowing()),
        progresses=[Option(each.value, text) for each, text in PROGRESS.items()],
        kinds=[Option(each.value, label(each)) for each in (Kind.COMPLAINT, Kind.DENUNCIATION)],
        agencies=[Option(code, name) for code, name in agencies_with_decisions(actor())],
        file_most=FILE_MOST,
    )
    return (text, 422) if faulty else text


@blueprint.get("/thi-hanh/danh-sach.xlsx")
def file() -> Response:
    """Exactly the list as an Excel file."""
    require(*CASE_WORK)
    _, filters, _ = _asked()
    on = today()

    def rows() -> Iterator[Sequence[Cell]]:
        for each in whole_register(actor(), filters, on, FILE_MOST):
            yield [
                each.code, label(each.kind), each.agency, each.number or "", each.issued_on,
                label(each.finding) if each.finding else "", each.since, (on - each.since).days,
                *(
                    _cell(getattr(side, name)) for name in NAMES for side in (each.ordered, each.done)
                ),
                PROGRESS[each.progress], each.directed_on, each.due,
                each.charged or each.officer or "",
            ]  # fmt: skip

    amounts = [
        Head(f"{HEADINGS[Need(name)]} – {side}", 16)
        for name in NAMES
        for side in ("phải thực hiện", "đã thực hiện")
    ]
    heads = [
        Head("Mã hồ sơ", 21), Head("Loại", 12), Head("Cơ quan", 26), Head("Văn bản", 20),
        Head("Ngày ban hành", 12), Head("Kết luận", 20), Head("Có hiệu lực từ", 12),
        Head("Số ngày", 9), *amounts, Head("Tiến độ", 20), Head("Ngày chỉ đạo", 12),
        Head("Hạn chỉ đạo", 12), Head("Người chịu trách nhiệm", 26),
    ]  # fmt: skip
    return table_file([Sheet("Thi hành", heads, rows())], f"thi-hanh-{on.isoformat()}")


def _cell(value: Any) -> Cell:
    """Whole amounts as numbers, square metres with decimals as people write them."""
    whole = int(value)
    return whole if whole == value else vn_number(value.normalize())


def _narrowing() -> dict[str, str]:
    return {
        name: values[-1]
        for name, values in request.args.lists()
        if name != "after" and values[-1].strip() not in ("", "false")
    }


def _asked() -> tuple[Form, EnforcementFilters, bool]:
    sent = _narrowing()
    form = Form({name: [value] for name, value in sent.items()})
    try:
        filters = load(
            ENFORCEMENT_FILTERS, shaped(ENFORCEMENT_FILTERS, MultiDict(sent), strict=True)
        )
    except Invalid as error:
        return form.refused(error.fields), EnforcementFilters(), True
    return form, filters, False


def _href(after: str | None = None) -> str:
    query: dict[str, Any] = {**_narrowing(), **({"after": after} if after else {})}
    return url_for("enforcement.index", **query)


def compared(
    line: Obligation | AfterDecision | EnforcementTotals,
) -> list[tuple[str, str, str, bool]]:
    """What is ordered or done, in words: its name, done, ordered, and whether that is all of it."""
    return [
        (
            HEADINGS[Need(name)],
            amount(name, getattr(line.done, name)),
            amount(name, getattr(line.ordered, name)),
            getattr(line.done, name) >= getattr(line.ordered, name),
        )
        for name in NAMES
        if getattr(line.ordered, name) or getattr(line.done, name)
    ]


def amount(name: str, value: Any) -> str:
    """An amount with its unit."""
    unit = " đồng" if Need(name) in MONEY else " m²" if Need(name) in LAND else ""
    text = vn_number(value if isinstance(value, int) else value.normalize())
    return f"{text}{unit}"


# --- after the decision, on the case page ----------------------------------------------------


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


# --- the act, prefilled ----------------------------------------------------------------------


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
