"""The register of decisions and conclusions to be carried out, line by line and body by body."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from petitions.documents.tables import Cell, Head, Sheet
from petitions.errors import Invalid
from petitions.labels import label
from petitions.queries.enforcement import (
    EnforcementFilters,
    EnforcementTotals,
    Obligation,
    agencies_with_decisions,
    by_agency,
    register,
    totals,
    whole_register,
)
from petitions.queries.enforcement_case import AfterDecision
from petitions.schemas.enforcement import ENFORCEMENT_FILTERS
from petitions.schemas.fields import load
from petitions.schemas.forms import by_name, shaped
from petitions.text import vn_number
from petitions.web import options
from petitions.web.days import Due, due_words
from petitions.web.downloads import table_file
from petitions.web.forms import Form, Option
from petitions.web.pages import CASE_WORK
from petitions.web.session import actor, require, today
from petitions.web.shares import WIDTH, Piece, pieces
from workflows.enforcement import LAND, MONEY, NAMES, Progress
from workflows.vocabulary import Kind, Need

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
BARS = {Progress.DONE: "done", Progress.PARTLY: "open", Progress.NOT: "open-late"}
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
        file_href=url_for("enforcement.file", **_narrowing()),
        file_most=FILE_MOST,
        tabs=_tabs(),
        **_offers(),
    )
    return (text, 422) if faulty else text


@blueprint.get("/thi-hanh/co-quan")
def agencies() -> str | tuple[str, int]:
    """What each body has to carry out and how far it is: decisions, money, land, people."""
    require(*CASE_WORK)
    form, filters, faulty = _asked()
    on = today()
    lines = by_agency(actor(), filters, on)
    most = max((each.sums.total for each in lines), default=0)
    text = render_template(
        "enforcement_agencies.html",
        form=form,
        lines=[(each, bar(each.sums, most), _href(agency=each.code)) for each in lines],
        sums=totals(actor(), filters, on),
        words=PROGRESS,
        compared=compared,
        width=WIDTH,
        legend=[(BARS[each], text) for each, text in PROGRESS.items()],
        tabs=_tabs(),
        file_href=url_for("enforcement.file", **_narrowing()),
        **_offers(),
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

    def bodies() -> Iterator[Sequence[Cell]]:
        for each in by_agency(actor(), filters, on):
            sums = each.sums
            yield [
                each.name, sums.total, *(sums.counts[stage] for stage in Progress), sums.late,
                *(
                    _cell(getattr(side, name)) for name in NAMES for side in (sums.ordered, sums.done)
                ),
            ]  # fmt: skip

    of_bodies = [
        Head("Cơ quan", 30), Head("Quyết định, kết luận", 12),
        *(Head(PROGRESS[stage], 14) for stage in Progress), Head("Quá hạn chỉ đạo", 12), *amounts,
    ]  # fmt: skip
    sheets = [Sheet("Thi hành", heads, rows()), Sheet("Theo cơ quan", of_bodies, bodies())]
    return table_file(sheets, f"thi-hanh-{on.isoformat()}")


def _cell(value: Any) -> Cell:
    """Whole amounts as numbers, square metres with decimals as people write them."""
    whole = int(value)
    return whole if whole == value else vn_number(value.normalize())


def _typed() -> dict[str, str]:
    """Every filter of the address, also what nobody knows."""
    return {
        name: values[-1]
        for name, values in request.args.lists()
        if name != "after" and values[-1].strip() not in ("", "false")
    }


def _narrowing() -> dict[str, Any]:
    """The filters other addresses of the register are built with."""
    known = by_name(ENFORCEMENT_FILTERS)
    return {name: value for name, value in _typed().items() if name in known}


def _asked() -> tuple[Form, EnforcementFilters, bool]:
    sent = _typed()
    form = Form({name: [value] for name, value in sent.items()})
    try:
        filters = load(
            ENFORCEMENT_FILTERS, shaped(ENFORCEMENT_FILTERS, MultiDict(sent), strict=True)
        )
    except Invalid as error:
        known = by_name(ENFORCEMENT_FILTERS)
        faults = {
            name if name in known else "progress": each for name, each in error.fields.items()
        }
        return form.refused(faults), EnforcementFilters(), True
    return form, filters, False


def _href(**more: str) -> str:
    return url_for("enforcement.index", **(_narrowing() | more))


def _tabs() -> list[tuple[str, str, bool]]:
    """The two views of one register, each with the filters of the other."""
    narrowing = _narrowing()
    return [
        (text, url_for(endpoint, **narrowing), request.endpoint == endpoint)
        for text, endpoint in (
            ("Từng quyết định, kết luận", "enforcement.index"),
            ("Theo cơ quan", "enforcement.agencies"),
        )
    ]


def _offers() -> dict[str, Any]:
    """What the filters offer."""
    return {
        "progresses": [Option(each.value, text) for each, text in PROGRESS.items()],
        "kinds": [Option(each.value, label(each)) for each in (Kind.COMPLAINT, Kind.DENUNCIATION)],
        "agencies": [Option(code, name) for code, name in agencies_with_decisions(actor())],
        "places": options.communes(actor().agency_id, today()),
        "fields": options.fields(today()),
        "narrowed": bool(_narrowing()),
    }


def bar(sums: EnforcementTotals, most: int) -> tuple[Piece, ...]:
    """How many decisions are carried out, partly, not at all."""
    return pieces([(BARS[each], PROGRESS[each], sums.counts[each]) for each in PROGRESS], most)


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
