"""The inspectorate's queue: what burns in the province and the gravest cases, with reasons and next acts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from petitions.documents.tables import Cell, Head, Sheet
from petitions.errors import Invalid
from petitions.labels import label
from petitions.queries import inspection as known
from petitions.queries.case_filters import horizon
from petitions.queries.case_page import case_page
from petitions.queries.cases import Line
from petitions.queries.queue import chosen, every, opened, reads, require_reader
from petitions.queries.queue_shapes import Item, QueueFilters, Standing, Tab
from petitions.queries.queue_sql import MOST_COUNTED
from petitions.schemas.queue import load_queue, to_query
from petitions.services import inspection
from petitions.services.weighing import shipped_table
from petitions.text import vn_number
from petitions.web.case_rows import Row, row_of
from petitions.web.days import due_words
from petitions.web.downloads import table_file
from petitions.web.forms import Form, Option, posted_key
from petitions.web.kept import rulebook
from petitions.web.queue_panel import NAMES, offers, spoken
from petitions.web.queue_words import Reason, reasons
from petitions.web.session import actor, moment, today
from workflows.severity import Klass

blueprint = Blueprint("queue", __name__)

PAGE = "queue"
"""Under this name the views of this page are kept."""
CHOSEN = "ho-so"
"""Name of the boxes; the page of urging letters reads the same."""
FILE_MOST = 50_000


@dataclass(frozen=True, slots=True)
class Shown:
    """One place of the queue in words; ``row`` is None for a hot spot."""

    item: Item
    row: Row | None
    reasons: tuple[Reason, ...]

    @property
    def points(self) -> int | None:
        """The points of a case."""
        return None if self.item.weight is None else self.item.weight.points


@blueprint.get("/hang-doi")
def index() -> str | tuple[str, int]:
    """The queue: classes as tabs, filters, saved views, and what may be done with chosen cases."""
    require_reader(actor())
    form, filters, status = _narrowed()
    page, counted, offering = None, None, offers()
    if status == 200:
        table, seen = shipped_table(), horizon(today(), rulebook().calendar)
        after = request.args.get("after")
        page, counted = opened(actor(), filters, table=table, seen=seen, after=after)
    return (
        render_template(
            "inspection_queue.html",
            form=form,
            filters=filters,
            rows=[] if page is None else list(_in_words(page.items)),
            next_href=_href(filters, after=page.after) if page and page.after else None,
            first_href=_href(filters),
            paged="after" in request.args,
            tabs=_tabs(filters, counted or ()),
            offers=offering,
            names=NAMES,
            chosen=spoken(filters, offering),
            plain_href=_href(QueueFilters(klass=filters.klass)),
            file_href=_href(filters, "queue.file"),
            query=urlencode(to_query(filters)),
            views=[(view, f"{url_for('queue.index')}?{view.query}") for view in known.views(actor(), PAGE)],
            table=shipped_table(),
            chosen_name=CHOSEN,
            form_view=Form(),
        ),
        status,
    )  # fmt: skip


@blueprint.get("/hang-doi/danh-sach.xlsx")
def file() -> Response:
    """Exactly the queue as its page narrows it, as an Excel file."""
    require_reader(actor())
    filters, on = load_queue(_said()), today()
    table = shipped_table()
    seen = horizon(on, rulebook().calendar)
    found = every(actor(), filters, table=table, seen=seen, most=FILE_MOST)
    written = 0

    def rows() -> Iterator[Sequence[Cell]]:
        nonlocal written
        for shown in _in_words(found):
            written += 1
            yield _cells(shown)

    def about() -> Iterator[Sequence[Cell]]:
        yield ["Danh sách", "Hàng đợi thanh tra"]
        yield ["Người lập", actor().name]
        yield ["Ngày lập", on]
        yield ["Bảng điểm", f"phiên bản {table.version}"]
        for words in spoken(filters, offers()) or ["không lọc"]:
            yield ["Lọc theo", words]
        yield ["Số dòng", written]
        if written == FILE_MOST:
            yield ["Lưu ý", f"Chỉ ghi {vn_number(FILE_MOST)} dòng đầu; hãy lọc hẹp hơn."]

    sheets = [
        Sheet("Hàng đợi", [Head(name, width) for name, width in _HEADS], rows()),
        Sheet("Cách lập", [Head("Mục", 16), Head("Nội dung", 60)], about()),
    ]
    return table_file(sheets, f"hang-doi-{on.isoformat()}")


@blueprint.route("/hang-doi/phan-cong", methods=["GET", "POST"])
def charge() -> Response | str | tuple[str, int]:
    """Say who looks after the chosen cases."""
    require_reader(actor())
    codes = request.values.getlist(CHOSEN)[: inspection.MOST + 1]
    form, status = Form.of({"inspector": ""}), 200
    if request.method == "POST":
        form = Form.posted()
        try:
            inspector = form.value("inspector") or None
            count = inspection.charge(
                codes, inspector, actor=actor(), on=today(), now=moment(), key=posted_key()
            )
            done = "giao theo dõi" if inspector else "bỏ phân công"
            flash(f"Đã {done} {count} hồ sơ.", "done")
            if len(codes) == 1:
                return redirect(url_for("cases.show", code=codes[0]))
            return redirect(url_for("queue.index"))
        except Invalid as error:
            form, status = form.refused(_at_inspector(error)), 422
    lines = chosen(actor(), codes)
    page = render_template(
        "inspection_charge.html",
        form=form,
        rows=_rows_of(lines),
        chosen_name=CHOSEN,
        inspectors=[Option(each.username, each.name) for each in known.inspectors(actor(), today())],
    )  # fmt: skip
    return page, status


@blueprint.route("/hang-doi/<code>/ghi-chu", methods=["GET", "POST"])
def note(code: str) -> Response | str | tuple[str, int]:
    """Note something of a case."""
    require_reader(actor())
    page = case_page(actor(), code)
    form, status = Form(), 200
    if request.method == "POST":
        form = Form.posted()
        try:
            inspection.note(
                page.code, form.value("note"), actor=actor(), now=moment(), key=posted_key()
            )
            flash("Đã ghi chú.", "done")
            return redirect(url_for("cases.show", code=page.code, _anchor="h-thanh-tra"))
        except Invalid as error:
            form, status = form.refused(error.fields), 422
    return (
        render_template("inspection_note.html", form=form, case=page),
        status,
    )


@blueprint.post("/hang-doi/bo-loc")
def keep() -> Response:
    """Keep the present filters under a name."""
    require_reader(actor())
    pairs = MultiDict(parse_qsl(request.form.get("query", "")))
    filters = load_queue(pairs)
    try:
        name = inspection.keep_view(
            PAGE,
            request.form.get("view", ""),
            urlencode(to_query(filters)),
            actor=actor(),
            now=moment(),
            key=posted_key(),
        )
        flash(f"Đã lưu bộ lọc “{name}”.", "done")
    except Invalid as error:
        flash(" ".join(each for messages in error.fields.values() for each in messages), "warn")
    return redirect(_href(filters))


@blueprint.post("/hang-doi/bo-loc/<int:number>/bo")
def forget(number: int) -> Response:
    """Forget one of one's own views."""
    require_reader(actor())
    name = inspection.drop_view(number, actor=actor(), now=moment(), key=posted_key())
    flash(f"Đã bỏ bộ lọc “{name}”.", "done")
    return redirect(url_for("queue.index"))


@blueprint.app_context_processor
def _beside_the_case() -> dict[str, Any]:
    return {"inspection_of_case": panel}


@dataclass(frozen=True, slots=True)
class Panel:
    """The panel of a case's page: how it stands, and the reasons in words."""

    standing: Standing
    reasons: tuple[Reason, ...]


def panel(code: str) -> Panel | None:
    """How the queue has a case; None for whoever does not read the queue."""
    if not reads(actor()):
        return None
    table = shipped_table()
    found = known.standing(actor(), code, table, today())
    if found is None:
        return None
    return Panel(found, () if found.weight is None else reasons(found.weight, table, today()))


# --- in words --------------------------------------------------------------------------------


def _said() -> MultiDict[str, str]:
    return MultiDict(
        (name, value) for name, value in request.args.items(multi=True) if name != "after"
    )


def _narrowed() -> tuple[Form, QueueFilters, int]:
    said = _said()
    try:
        filters = load_queue(said)
        return Form.of(dict(to_query(filters))), filters, 200
    except Invalid as error:
        typed = Form({name: said.getlist(name) for name in said})
        faults = {name if name in NAMES else "factor": each for name, each in error.fields.items()}
        return typed.refused(faults), QueueFilters(), 422


def _href(filters: QueueFilters, endpoint: str = "queue.index", after: str | None = None) -> str:
    query: dict[str, Any] = dict(to_query(filters))
    if after is not None:
        query["after"] = after
    return url_for(endpoint, **query)


def _in_words(items: Iterable[Item]) -> Iterator[Shown]:
    table, on = shipped_table(), today()
    tell = due_words(on)
    for item in items:
        yield Shown(
            item,
            None if item.line is None else row_of(item.line, tell),
            () if item.weight is None else reasons(item.weight, table, on),
        )


def _tabs(filters: QueueFilters, counted: Sequence[Tab]) -> list[tuple[str, str, bool, str]]:
    """(address, words, whether it is this one, how many) of all classes together and of each."""
    plain = replace(filters, klass=None)
    found = [(_href(plain), "Cần xử lý (A, B, C)", filters.klass is None, "")]
    for tab in counted:
        many = tab.cases > MOST_COUNTED
        count = f"{vn_number(MOST_COUNTED)}+" if many else vn_number(tab.total)
        name = label(tab.klass)
        words = name if tab.klass is Klass.REST else f"{tab.klass.value.upper()} · {name}"
        found.append(
            (_href(replace(filters, klass=tab.klass)), words, filters.klass is tab.klass, count)
        )
    return found


def _rows_of(lines: Sequence[Line]) -> list[Row]:
    tell = due_words(today())
    return [row_of(line, tell) for line in lines]


def _at_inspector(error: Invalid) -> Mapping[str, Sequence[str]]:
    """Faults of the choice told at the one field of the page."""
    return {"inspector": [each for messages in error.fields.values() for each in messages]}


_HEADS = (
    ("Lớp", 8), ("Điểm", 8), ("Là gì", 12), ("Mã hồ sơ", 21), ("Loại đơn", 16), ("Nội dung", 55),
    ("Lý do", 70), ("Lĩnh vực", 24), ("Địa bàn", 20), ("Trạng thái", 20), ("Hạn", 12),
    ("Nơi giữ hồ sơ", 26), ("Thanh tra viên", 20),
)  # fmt: skip


def _cells(shown: Shown) -> Sequence[Cell]:
    item, row = shown.item, shown.row
    klass = "" if item.klass is Klass.REST else item.klass.value.upper()
    if row is None:
        fire = item.episode
        assert fire is not None
        said = f"{fire.headline.sentence}; {fire.headline.rarity}"
        field = fire.field.name if fire.field else "mọi lĩnh vực"
        places = ", ".join(each.name for each in fire.places)
        return [klass, None, "Điểm nóng", "", "", fire.title, said, field, places, label(fire.state), None, "", fire.owner or ""]  # fmt: skip
    why = "; ".join(each.text for each in shown.reasons)
    line = row.line
    return [klass, shown.points, "Vụ việc", line.code, row.kind, line.summary, why, line.field, line.place or "",
            row.state, line.due, line.agency, item.inspector or ""]  # fmt: skip
