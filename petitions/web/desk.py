"""Where the day begins: queues by due date as stations of work, and search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask import session as cookie
from werkzeug.wrappers import Response

from petitions.documents.tables import Cell, Head, Sheet
from petitions.errors import Invalid
from petitions.queries.case_filters import Horizon, horizon
from petitions.queries.cases import Filters, Page, every, queue
from petitions.queries.columns import ORDINARY, Column
from petitions.queries.search import search as find
from petitions.schemas.filters import load_filters, to_query
from petitions.text import vn_number
from petitions.web.case_rows import LATE, WIDTHS, cell, in_words, row_of
from petitions.web.days import due_words
from petitions.web.downloads import table_file
from petitions.web.forms import Form
from petitions.web.kept import rulebook
from petitions.web.list_panel import COLUMNS, COLUMNS_NAME, chosen_columns, filled, panel, spoken
from petitions.web.pages import CASE_WORK
from petitions.web.session import KEYS_OFF, actor, require, today
from workflows.transition import ASSIGNERS
from workflows.vocabulary import Coarse, Role, State

__all__ = ["LATE", "blueprint", "in_words"]

blueprint = Blueprint("desk", __name__)

SHORTEST_SEARCH, LONGEST_SEARCH = 2, 200
"""Characters of a search."""
FOUND_MOST = 50
FILE_MOST = 100_000
"""Cases of one Excel file."""
NOT_FILTERS = frozenset({"after", COLUMNS_NAME})
"""Names in a list's address that are no filters."""


@dataclass(frozen=True, slots=True)
class Station:
    """A saved view: a step of the work with the words officers use for it."""

    text: str
    filters: Filters


@dataclass(frozen=True, slots=True)
class StationShown:
    """A station as a link."""

    text: str
    href: str
    here: bool


@dataclass(slots=True)
class Written:
    """How far a file got."""

    lines: int = 0
    cut: bool = False


STATIONS = (
    Station("Tất cả đang mở", Filters()),
    Station("Cần phân loại", Filters(state=State.RECEIVED)),
    Station("Cần thụ lý", Filters(state=State.CLASSIFIED)),
    Station("Đang giải quyết", Filters(coarse=Coarse.ASSIGNED)),
    Station("Đối thoại", Filters(coarse=Coarse.DIALOGUE)),
    Station("Đã giải quyết, còn theo dõi", Filters(coarse=Coarse.RESOLVED)),
    Station("Chuyển cấp trên, Tòa án", Filters(coarse=Coarse.ESCALATED)),
    Station("Đã kết thúc", Filters(open=False)),
)


@blueprint.get("/")
def start() -> Response:
    """Where this hat's day begins: who leads reads what to decide, the others take up their queue."""
    if actor().role is Role.ADMIN:
        return redirect(url_for("admin.people"))
    return redirect(url_for("morning.show" if actor().role in ASSIGNERS else "stations.index"))


@blueprint.get("/viec")
def mine() -> str | tuple[str, int]:
    """Cases the person is charged with, the nearest date first."""
    return _list("Việc của tôi", "desk.mine", mine=True)


@blueprint.get("/ho-so")
def agency() -> str | tuple[str, int]:
    """Every case this hat reaches, the nearest date first."""
    require(*CASE_WORK)
    return _list("Hồ sơ", "desk.agency", mine=False)


@blueprint.get("/viec/danh-sach.xlsx")
def mine_file() -> Response:
    """Exactly the list of ``mine`` as an Excel file."""
    return _file("Việc của tôi", "viec-cua-toi", mine=True)


@blueprint.get("/ho-so/danh-sach.xlsx")
def agency_file() -> Response:
    """Exactly the list of ``agency`` as an Excel file."""
    require(*CASE_WORK)
    return _file("Hồ sơ", "ho-so", mine=False)


@blueprint.route("/tim", methods=["GET", "POST"])
def search() -> str | tuple[str, int]:
    """Find cases by code or words. The words travel in the body: addresses end up in logs."""
    require(*CASE_WORK)
    form = Form.posted()
    words = form.value("words").strip()
    if request.method == "GET":
        return render_template("search.html", form=form, rows=None, words="")
    if not SHORTEST_SEARCH <= len(words) <= LONGEST_SEARCH:
        fault = f"Gõ từ {SHORTEST_SEARCH} đến {LONGEST_SEARCH} ký tự: mã hồ sơ, tên người gửi hoặc vài chữ của nội dung."
        page = render_template(
            "search.html", form=form.refused({"words": [fault]}), rows=None, words=""
        )
        return page, 422
    lines = find(actor(), words, limit=FOUND_MOST)
    return render_template(
        "search.html", form=form, rows=in_words(lines, today()), words=words, most=FOUND_MOST
    )


@blueprint.route("/phim-tat", methods=["GET", "POST"])
def keys() -> Response | str:
    """The keys of the pages, and turning them off for this session."""
    if request.method == "POST":
        if request.form.get("keys") == "off":
            cookie[KEYS_OFF] = True
        else:
            cookie.pop(KEYS_OFF, None)
        return redirect(url_for("desk.keys"))
    return render_template("keys.html")


def _list(title: str, endpoint: str, *, mine: bool) -> str | tuple[str, int]:
    me, on = actor(), today()
    form, columns, status = None, chosen_columns(request.args), 200
    try:
        filters = load_filters(request.args, NOT_FILTERS)
    except Invalid as error:
        typed = Form({name: request.args.getlist(name) for name in request.args})
        form, filters, status = typed.refused(error.fields), Filters(), 422
    filters = replace(filters, mine=mine)
    page = Page((), None)
    if status == 200:
        page = queue(
            me, filters, after=request.args.get("after"), columns=columns, seen=_horizon(on)
        )
    shown = panel(me, on, filters)
    plain = replace(filters, mine=False)
    return (
        render_template(
            "queue.html",
            title=title,
            endpoint=endpoint,
            form=form or filled(plain, columns or ORDINARY),
            rows=in_words(page.lines, on),
            columns=columns,
            heads=COLUMNS,
            cell=cell,
            next_href=_href(endpoint, filters, columns, after=page.after) if page.after else None,
            first_href=_href(endpoint, filters, columns),
            plain_href=_href(endpoint, filters, ()),
            file_href=_href(f"{endpoint}_file", filters, columns),
            file_most=FILE_MOST,
            closed_too_href=_href(endpoint, replace(filters, open=None), columns),
            paged="after" in request.args,
            chosen=spoken(plain, shown),
            filters=filters,
            stations=_stations(endpoint, filters, columns, on),
            mine=mine,
            panel=shown,
        ),
        status,
    )


def _file(title: str, name: str, *, mine: bool) -> Response:
    """The list as a file: the same filters, columns and reach as its page."""
    me, on = actor(), today()
    columns = chosen_columns(request.args) or ORDINARY
    filters = replace(load_filters(request.args, NOT_FILTERS), mine=mine)
    lines = every(me, filters, most=FILE_MOST + 1, columns=columns, seen=_horizon(on))
    written = Written()

    def rows() -> Iterator[Sequence[Cell]]:
        tell = due_words(on)
        for line in lines:
            if written.lines == FILE_MOST:
                written.cut = True
                return
            written.lines += 1
            row = row_of(line, tell)
            yield [cell(column, row) for column in columns]

    def about() -> Iterator[Sequence[Cell]]:
        yield ["Danh sách", title]
        yield ["Người lập", me.name]
        yield ["Ngày lập", on]
        for words in spoken(filters, panel(me, on, filters)) or ["không lọc"]:
            yield ["Lọc theo", words]
        yield ["Số hồ sơ", written.lines]
        if written.cut:
            yield ["Lưu ý", f"Chỉ ghi {vn_number(FILE_MOST)} hồ sơ đầu; hãy lọc hẹp hơn."]

    sheets = [
        Sheet("Danh sách", [Head(COLUMNS[each], WIDTHS.get(each, 16)) for each in columns], rows()),
        Sheet("Cách lập", [Head("Mục", 16), Head("Nội dung", 60)], about()),
    ]
    return table_file(sheets, f"{name}-{on.isoformat()}")


def _horizon(on: date) -> Horizon:
    return horizon(on, rulebook().calendar)


def _stations(
    endpoint: str, filters: Filters, columns: Sequence[Column], on: date
) -> list[StationShown]:
    late = Station("Quá hạn", Filters(due_to=on - timedelta(days=1)))
    week = Station("Hạn trong 7 ngày", Filters(due_from=on, due_to=on + timedelta(days=7)))
    return [
        StationShown(
            each.text,
            _href(endpoint, each.filters, columns),
            each.filters == replace(filters, mine=False),
        )
        for each in (STATIONS[0], late, week, *STATIONS[1:])
    ]


def _href(
    endpoint: str, filters: Filters, columns: Sequence[Column], after: str | None = None
) -> str:
    query: dict[str, Any] = dict(to_query(replace(filters, mine=False)))
    if columns:
        query[COLUMNS_NAME] = [column.value for column in columns]
    if after is not None:
        query["after"] = after
    return url_for(endpoint, **query)
