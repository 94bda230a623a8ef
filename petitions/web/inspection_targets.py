"""Choosing what to inspect: figures by place and field or by body, the targets picked, each one's course."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from petitions.documents.tables import Cell, Head, Sheet
from petitions.errors import Conflict, Forbidden
from petitions.labels import label
from petitions.queries import hotspots
from petitions.queries import inspection_targets as known
from petitions.queries.inspection_targets import READERS, GridFilters, GridLine, Target
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.schemas.reviewing import GRID, PICK, TARGET_STEP
from petitions.services import inspection_targets as service
from petitions.text import vn_date
from petitions.web import options
from petitions.web.answers import Answer, answered
from petitions.web.days import Due
from petitions.web.downloads import table_file
from petitions.web.forms import Form, Option, posted_key, posted_version, whole
from petitions.web.narrowing import narrowed
from petitions.web.pages import day
from petitions.web.session import actor, moment, require, today
from workflows.reviewing import PAPERED, TargetStatus

blueprint = Blueprint("inspection_targets", __name__)

SHOWN = ("place", "field", "year")
TONES = {
    TargetStatus.PROPOSED: Due("đề xuất", "○", "calm"),
    TargetStatus.APPROVED: Due("đã phê duyệt", "◐", "calm"),
    TargetStatus.UNDER_INSPECTION: Due("đang thanh tra", "◆", "near"),
    TargetStatus.CONCLUDED: Due("đã kết luận", "✓", "done"),
    TargetStatus.DROPPED: Due("không đưa vào", "–", "none"),
}
STEPS = {
    TargetStatus.PROPOSED: "Đề xuất lại",
    TargetStatus.APPROVED: "Ghi phê duyệt kế hoạch",
    TargetStatus.UNDER_INSPECTION: "Ghi quyết định thanh tra",
    TargetStatus.CONCLUDED: "Ghi kết luận thanh tra",
    TargetStatus.DROPPED: "Không đưa vào kế hoạch",
}
PAPERS = {
    TargetStatus.APPROVED: "Văn bản phê duyệt kế hoạch",
    TargetStatus.UNDER_INSPECTION: "Số quyết định thanh tra",
    TargetStatus.CONCLUDED: "Số kết luận thanh tra",
}
CONTENTS = {
    TargetStatus.CONCLUDED: "Kết luận, kiến nghị chính",
    TargetStatus.DROPPED: "Lý do",
}


@blueprint.get("/chon-thanh-tra")
def index() -> tuple[str, int]:
    """Figures from which targets of the coming year are picked."""
    require(*READERS)
    asked = narrowed(GRID, GridFilters(year=0), SHOWN, "place")
    year = asked.filters.year or today().year + 1
    filters = GridFilters(
        by_agency=asked.filters.by_agency, place=asked.filters.place, field=asked.filters.field,
        year=year,
    )  # fmt: skip
    lines = known.grid(actor(), filters, today())
    most = max((each.figures.open for each in lines), default=0)
    hot = _hot()
    rest: dict[str, Any] = {name: text for name, text in asked.said.items() if name != "by_agency"}
    text = render_template(
        "inspection_grid.html",
        form=asked.form.changed({"year": str(year)}),
        filters=filters,
        rows=[(each, round(120 * each.figures.open / most) if most else 0, _hot_here(each, hot)) for each in lines],
        year=year,
        hot_shown=hotspots.reads(actor()) and not filters.by_agency,
        wide=actor().province_wide,
        most=known.MOST,
        tabs=[
            ("Địa bàn × lĩnh vực", url_for("inspection_targets.index", **rest), not filters.by_agency),
            ("Cơ quan", url_for("inspection_targets.index", by_agency="true", **rest), filters.by_agency),
        ],
        years=_years(year),
        places=options.communes(actor().agency_id, today()),
        fields=options.fields(today()),
    )  # fmt: skip
    return text, asked.status


@blueprint.get("/chon-thanh-tra/doi-tuong")
def targets() -> str:
    """The year's targets and how far each has come."""
    require(*READERS)
    year = _year()
    return render_template(
        "inspection_targets.html",
        year=year,
        years=[each.value for each in _years(year)],
        targets=known.targets(actor(), year),
        tones=TONES,
        approved=TargetStatus.APPROVED,
        decided=TargetStatus.UNDER_INSPECTION,
        concluded=TargetStatus.CONCLUDED,
        what=what,
    )


@blueprint.get("/chon-thanh-tra/doi-tuong.xlsx")
def file() -> Response:
    """The year's targets as an Excel file."""
    require(*READERS)
    year = _year()
    heads = [
        Head("STT", 6), Head("Đối tượng", 40), Head("Lý do", 40), Head("Đơn 12 tháng", 12),
        Head("Đang mở", 10), Head("Quá hạn", 10), Head("Đông người", 11), Head("Vượt cấp", 10),
        Head("Số liệu ngày", 12), Head("Tình trạng", 20), Head("Quyết định", 26),
        Head("Kết luận", 26), Head("Nội dung kết luận", 50),
    ]  # fmt: skip

    def rows() -> Iterator[Sequence[Cell]]:
        for number, each in enumerate(known.targets(actor(), year), 1):
            decided = each.paper(TargetStatus.UNDER_INSPECTION)
            concluded = each.paper(TargetStatus.CONCLUDED)
            figures = each.figures
            yield [
                number, what(each), each.reason, figures.cases, figures.open, figures.overdue,
                figures.groups, figures.skipped, each.picked_on, label(each.status),
                f"{decided.document}, {vn_date(decided.on)}" if decided else "",
                f"{concluded.document}, {vn_date(concluded.on)}" if concluded else "",
                concluded.content if concluded else "",
            ]  # fmt: skip

    return table_file([Sheet(f"Năm {year}", heads, rows())], f"doi-tuong-thanh-tra-{year}")


@blueprint.route("/chon-thanh-tra/moi", methods=["GET", "POST"])
def pick() -> Answer:
    """Pick one target; its figures are kept as they stand."""
    require(*READERS)
    if request.method == "GET":
        year = _year()
        start = {name: request.args.get(name, "") for name in ("place", "field", "agency")}
        return _pick_page(Form.of({"year": year, **start}))
    form = Form.posted()
    try:
        return answered(
            form, lambda form, **_: _pick_page(form), _pick, "Đã đưa vào danh sách đề xuất."
        )
    except Conflict as error:
        return _pick_page(form.refused({"year": [error.message]})), 409


@blueprint.get("/chon-thanh-tra/<uid>")
def show(uid: str) -> str:
    """One target: why it was picked, how it stands now, its steps."""
    require(*READERS)
    shown = known.target(actor(), uid)
    return render_template(
        "inspection_target.html",
        shown=shown,
        tone=TONES[shown.status],
        what=what(shown),
        now=known.figures_for_all(actor(), shown.place_code, shown.field_code, shown.agency_code, today()),
        rows=FIGURES,
        acts=[
            (STEPS[each], url_for("inspection_targets.step", uid=uid, status=each.value))
            for each in shown.next
        ],
        enforcement=url_for("enforcement.index", all="true", **_codes(shown)),
    )  # fmt: skip


@blueprint.route("/chon-thanh-tra/<uid>/<status>", methods=["GET", "POST"])
def step(uid: str, status: str) -> Answer:
    """Take a target one step further."""
    require(*READERS)
    shown = known.target(actor(), uid)
    if not shown.keeps:
        raise Forbidden("Chỉ cơ quan đề xuất hoặc cấp trên ghi được.")
    wanted = next((each for each in shown.next if each.value == status), None)
    if wanted is None:
        raise Conflict("Đối tượng này không ở bước đó; hãy mở lại trang.")

    def page(form: Form, stale: bool = False) -> str:
        fresh = known.target(actor(), uid)
        return render_template(
            "inspection_step.html",
            shown=fresh,
            what=what(fresh),
            title=STEPS[wanted],
            paper=PAPERS.get(wanted, ""),
            papered=wanted in PAPERED,
            content=CONTENTS.get(wanted, "Ghi chú"),
            content_must=wanted is TargetStatus.DROPPED,
            form=form,
            stale=stale,
            version=fresh.version if stale or request.method == "GET" else posted_version(),
        )

    if request.method == "GET":
        return page(Form.of({"on": day(today())}))

    def send() -> str:
        sent = request.form.copy()
        sent["status"] = wanted.value
        given = load(TARGET_STEP, shaped(TARGET_STEP, sent))
        service.move(
            uid, given, version=posted_version(), actor=actor(), now=moment(), key=posted_key()
        )
        return url_for("inspection_targets.show", uid=uid)

    return answered(Form.posted({"version"}), page, send, "Đã lưu.")


FIGURES = (
    ("cases", "Đơn nhận 12 tháng"),
    ("people", "Số người đứng đơn"),
    ("groups", "Đơn đông người (từ 5 người)"),
    ("open", "Đang mở"),
    ("overdue", "Quá hạn"),
    ("skipped", "Vượt cấp, đang mở"),
)
"""The figures of a target in words."""


def what(target: Target | GridLine) -> str:
    """What is to be inspected: a body, or a place and a field."""
    about = " – ".join(part for part in (target.place, target.field) if part)
    return ": ".join(part for part in (target.agency, about) if part)


def _pick() -> str:
    given = load(PICK, shaped(PICK, request.form))
    uid = service.pick(given, actor=actor(), now=moment(), key=posted_key())
    return url_for("inspection_targets.show", uid=uid)


def _pick_page(form: Form) -> str:
    place, field, agency = (form.value(name) or None for name in ("place", "field", "agency"))
    figures = (
        known.figures_for_all(actor(), place, field, agency, today()) if place or agency else None
    )
    reach = None if actor().province_wide else actor().agency_ids
    return render_template(
        "inspection_pick.html",
        form=form,
        figures=figures,
        rows=FIGURES,
        places=options.communes(actor().agency_id, today()),
        fields=options.fields(today()),
        agencies=options.agencies(today(), within=reach),
    )


def _codes(shown: Target) -> dict[str, Any]:
    named = {"place": shown.place_code, "field": shown.field_code, "agency": shown.agency_code}
    return {name: code for name, code in named.items() if code}


def _hot() -> list[tuple[frozenset[str], str | None]]:
    """The open hot spots this reader may see: their communes, and the field if it is of one."""
    if not hotspots.reads(actor()):
        return []
    return [
        (frozenset(place.code for place in each.places), each.field.code if each.field else None)
        for each in hotspots.burning(actor(), today())
    ]


def _hot_here(line: GridLine, hot: list[tuple[frozenset[str], str | None]]) -> int:
    return sum(
        line.place_code in places and field in (None, line.field_code) for places, field in hot
    )


def _year() -> int:
    found = whole(request.args.get("year", "")) or 0
    return found if service.FIRST_YEAR <= found <= service.LAST_YEAR else today().year + 1


def _years(year: int) -> list[Option]:
    found = {*known.years(actor()), year, today().year, today().year + 1}
    return [Option(str(each), str(each)) for each in sorted(found, reverse=True)]
