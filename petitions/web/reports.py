"""Work reports: by officer, by receiving agency, data entry; each as a page and as an Excel file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from marshmallow import ValidationError, validates_schema
from werkzeug.wrappers import Response

from petitions.documents.tables import Cell, Head, Sheet
from petitions.errors import Invalid
from petitions.queries.case_filters import Filters, Lateness
from petitions.queries.work_reports import (
    MOST_MONTHS,
    Entered,
    Period,
    Work,
    by_entry,
    by_officer,
    by_receiver,
)
from petitions.schemas.fields import Day, Shape, load
from petitions.schemas.filters import to_query
from petitions.schemas.forms import shaped
from petitions.text import vn_date
from petitions.web.downloads import table_file
from petitions.web.forms import Form
from petitions.web.pages import REPORT_READERS
from petitions.web.session import actor, require, today
from petitions.web.shares import Piece, pieces

blueprint = Blueprint("reports", __name__)

BAR = 240
"""Width of a full bar, in pixels."""
TITLES = {
    "can-bo": "Theo cán bộ",
    "co-quan-nhan": "Theo cơ quan nhận",
    "nhap-lieu": "Nhập liệu",
}
"""The reports by the name their address has."""
WORK_PARTS = (
    ("done_in_time", "Xong đúng hạn", "done"),
    ("done_late", "Xong trễ hạn", "done-late"),
    ("open_in_time", "Đang làm, còn hạn", "open"),
    ("open_late", "Đang làm, quá hạn", "open-late"),
    ("passed_on", "Đã sang nơi khác", "gone"),
)
"""Parts of a line of work: field, heading, tone of the bar."""
ENTRY_PARTS = (
    ("registered", "Đăng ký", "done"),
    ("imported", "Nhập từ sổ khác", "gone"),
    ("papers", "Giấy tờ thêm vào", "open"),
    ("corrections", "Đính chính", "open-late"),
)
LINKED: Mapping[str, Mapping[str, Any]] = {
    "open_late": {"settled": False, "lateness": Lateness.OVERDUE},
    "done": {"settled": True},
    "open": {"settled": False},
}
"""Figures a list can show, and by which filters besides who and when."""


class PeriodShape(Shape):
    """The two ends of a period; both may be left to the page."""

    first = Day(data_key="tu")
    last = Day(data_key="den")

    @validates_schema
    def in_order(self, data: dict[str, Any], **_: Any) -> None:
        """From before to, and not longer than a report can show by month."""
        first, last = data.get("first"), data.get("last")
        if first is None or last is None:
            return
        if first > last:
            raise ValidationError("Ngày cuối kỳ phải từ ngày đầu kỳ trở đi.", "den")
        if (last.year - first.year) * 12 + last.month - first.month >= MOST_MONTHS:
            raise ValidationError(f"Kỳ báo cáo dài nhất là {MOST_MONTHS} tháng.", "den")


PERIOD = PeriodShape()


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, and the list of the cases it counts where a list can show them."""

    number: int
    href: str | None = None


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A line of a report: who, the figures, their picture."""

    name: str
    month: date | None
    figures: tuple[Figure, ...]
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A report: headings of its figures, its lines and their sums."""

    who: str
    heads: tuple[str, ...]
    legend: tuple[tuple[str, str], ...]
    lines: tuple[ReportLine, ...]
    sums: tuple[int, ...]


@blueprint.get("/bao-cao")
def index() -> str | tuple[str, int]:
    """The report by officer of this year."""
    return show("can-bo")


@blueprint.get("/bao-cao/<name>")
def show(name: str) -> str | tuple[str, int]:
    """One report of a period."""
    require(*REPORT_READERS)
    _known(name)
    form = Form({each: request.args.getlist(each) for each in request.args})
    try:
        period = _period()
    except Invalid as error:
        return _page(name, form.refused(error.fields), None, None), 422
    filled = Form.of({"tu": vn_date(period.first), "den": vn_date(period.last)})
    return _page(name, filled, period, _report(name, period))


@blueprint.get("/bao-cao/<name>.xlsx")
def file(name: str) -> Response:
    """The same report as an Excel file."""
    require(*REPORT_READERS)
    _known(name)
    period = _period()
    report = _report(name, period)
    heads = [Head(report.who, 36), *([Head("Tháng", 10)] if name == "nhap-lieu" else [])]
    rows: list[Sequence[Cell]] = []
    for line in report.lines:
        month = [] if line.month is None else [f"{line.month:%m/%Y}"]
        rows.append([line.name, *month, *(figure.number for figure in line.figures)])
    if rows:
        rows.append(["Cộng", *([""] if name == "nhap-lieu" else []), *report.sums])
    about: list[Sequence[Cell]] = [
        ["Báo cáo", TITLES[name]],
        ["Từ ngày", period.first],
        ["Đến ngày", period.last],
        ["Ngày lập", today()],
        ["Người lập", actor().name],
    ]
    sheets = [
        Sheet(TITLES[name], [*heads, *(Head(head, 14) for head in report.heads)], rows),
        Sheet("Cách lập", [Head("Mục", 16), Head("Nội dung", 60)], about),
    ]
    return table_file(
        sheets, f"bao-cao-{name}-{period.first.isoformat()}-{period.last.isoformat()}"
    )


def _known(name: str) -> None:
    if name not in TITLES:
        abort(404)


def _period() -> Period:
    """The period asked for; this year until today where nothing is said. Raises ``Invalid``."""
    on = today()
    given = load(PERIOD, shaped(PERIOD, request.args))
    last = given.get("last", max(on, given.get("first", on)))
    return Period(given.get("first", min(date(on.year, 1, 1), last)), last)


def _page(name: str, form: Form, period: Period | None, report: Report | None) -> str:
    query: dict[str, Any] = {}
    if period is not None:
        query = {"tu": period.first.isoformat(), "den": period.last.isoformat()}
    return render_template(
        "reports.html",
        name=name,
        form=form,
        report=report,
        period=period,
        tabs=[
            (key, text, url_for("reports.show", name=key, **query)) for key, text in TITLES.items()
        ],
        file_href=url_for("reports.file", name=name, **query),
        bar=BAR,
        months=_presets(today()),
    )


def _presets(on: date) -> list[tuple[str, str, str]]:
    """Periods people ask for: this month, the last one, this quarter, this year."""
    month = on.replace(day=1)
    before = (month - timedelta(days=1)).replace(day=1)
    quarter = month.replace(month=(month.month - 1) // 3 * 3 + 1)
    spans = (
        ("Tháng này", month, on),
        ("Tháng trước", before, month - timedelta(days=1)),
        ("Quý này", quarter, on),
        ("Năm nay", date(on.year, 1, 1), on),
    )
    return [(text, first.isoformat(), last.isoformat()) for text, first, last in spans]


def _report(name: str, period: Period) -> Report:
    me, on = actor(), today()
    match name:
        case "can-bo":
            return _of_work("Cán bộ", by_officer(me, period, on), period, "officer_id")
        case "co-quan-nhan":
            return _of_work("Cơ quan nhận", by_receiver(me, period, on), period, "receiver_id")
    return _of_entry(by_entry(me, period))


def _of_work(who: str, found: Sequence[Work], period: Period, holder: str) -> Report:
    heads = (
        "Được giao" if holder == "officer_id" else "Đã chuyển",
        "Đã có kết quả",
        "Chưa có kết quả",
    )
    names = ("given", "done", "open", *(part for part, _, _ in WORK_PARTS))
    most = max((work.given for work in found), default=0)
    lines = []
    for work in found:
        base: dict[str, Any] = {
            holder: work.id,
            "given_from": period.first,
            "given_to": period.last,
        }
        if holder == "receiver_id":
            base["agency_id"] = work.id

        figures = tuple(_linked(getattr(work, name), LINKED.get(name), base) for name in names)
        lines.append(ReportLine(work.name, None, figures, _bar(work, WORK_PARTS, most)))
    return Report(
        who=who,
        heads=(*heads, *(text for _, text, _ in WORK_PARTS)),
        legend=tuple((tone, text) for _, text, tone in WORK_PARTS),
        lines=tuple(lines),
        sums=_sums(lines),
    )


def _linked(number: int, more: Mapping[str, Any] | None, base: Mapping[str, Any]) -> Figure:
    """A figure with the list of its cases, where filters can tell them and there are any."""
    if more is None or not number:
        return Figure(number)
    query: dict[str, Any] = dict(to_query(Filters(**base, **more, open=None)))
    return Figure(number, url_for("desk.agency", **query))


def _of_entry(found: Sequence[Entered]) -> Report:
    totals = [sum(getattr(line, part) for part, _, _ in ENTRY_PARTS) for line in found]
    most = max(totals, default=0)
    lines = [
        ReportLine(
            line.agency,
            line.month,
            tuple(Figure(getattr(line, part)) for part, _, _ in ENTRY_PARTS),
            _bar(line, ENTRY_PARTS, most),
        )
        for line in found
    ]
    return Report(
        who="Đơn vị",
        heads=tuple(text for _, text, _ in ENTRY_PARTS),
        legend=tuple((tone, text) for _, text, tone in ENTRY_PARTS),
        lines=tuple(lines),
        sums=_sums(lines),
    )


def _sums(lines: Sequence[ReportLine]) -> tuple[int, ...]:
    columns = zip(*(line.figures for line in lines), strict=True)
    return tuple(sum(figure.number for figure in column) for column in columns)


def _bar(
    line: Work | Entered, parts: Sequence[tuple[str, str, str]], most: int
) -> tuple[Piece, ...]:
    return pieces([(tone, text, getattr(line, part)) for part, text, tone in parts], most, BAR)
