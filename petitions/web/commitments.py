"""The register of commitments, each with its history, and the follow-up across cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import partial

from flask import Blueprint, Response, render_template, request, url_for

from petitions.documents.tables import Cell, Head, Sheet
from petitions.errors import Invalid, NotAllowedNow, NotFound
from petitions.labels import label
from petitions.queries import commitments as known
from petitions.queries.commitment_shapes import (
    CommitmentFilters,
    CommitmentLine,
    CommitmentShown,
    Tally,
    Which,
)
from petitions.schemas.commitments import FILTERS, SPAN, STEP
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.services.commitments import NOT_NOW, Step, take_step
from petitions.web import options
from petitions.web.answers import Answer, answered
from petitions.web.days import Due, due_words
from petitions.web.downloads import table_file
from petitions.web.forms import Form, Option, posted_key, posted_version
from petitions.web.narrowing import Narrowed, narrowed
from petitions.web.pages import CASE_WORK, day
from petitions.web.session import actor, moment, require, today
from petitions.web.shares import Piece, pieces
from workflows.commitments import (
    CommitmentSource,
    CommitmentStatus,
    CommitmentVerdict,
)

blueprint = Blueprint("commitments", __name__)

PARTS = {
    Which.MINE: "Cơ quan tôi phải làm",
    Which.CONFIRM: "Chờ cơ quan tôi xác nhận",
    Which.LATE: "Quá hạn",
    Which.UNDONE: "Chưa xong",
    Which.DONE: "Đã hoàn thành",
    Which.DROPPED: "Không thực hiện nữa",
    Which.ALL: "Tất cả",
}
BAR = 160
"""Width of a picture, in pixels."""
LEGEND = (
    ("done", "xong đúng hạn"),
    ("done-late", "xong, trễ hạn"),
    ("open", "đang làm, còn hạn"),
    ("open-late", "đang làm, quá hạn"),
)
BUTTONS = {
    CommitmentVerdict.REPORTED: "Báo cáo kết quả",
    CommitmentVerdict.URGED: "Đôn đốc",
    CommitmentVerdict.DONE: "Xác nhận hoàn thành",
    CommitmentVerdict.SENT_BACK: "Yêu cầu làm tiếp",
    CommitmentVerdict.MOVED: "Đổi hạn",
    CommitmentVerdict.DROPPED: "Dừng thực hiện",
    CommitmentVerdict.REOPENED: "Mở lại",
}
"""Acts in the order they are offered: what is next first."""
HELP = {
    CommitmentVerdict.REPORTED: "Cơ quan theo dõi sẽ xác nhận hoàn thành hoặc yêu cầu làm tiếp.",
    CommitmentVerdict.DONE: "Cam kết kết thúc vào ngày ghi ở đây; xong sau hạn được tính là trễ.",
    CommitmentVerdict.SENT_BACK: "Cam kết trở lại tình trạng đang thực hiện; hạn giữ nguyên.",
    CommitmentVerdict.URGED: "Lời đôn đốc được ghi vào diễn biến để cơ quan chủ trì thấy.",
    CommitmentVerdict.MOVED: "Hạn cũ vẫn còn trong diễn biến cùng lý do.",
    CommitmentVerdict.DROPPED: "Chỉ dừng việc đã hứa trước dân khi có lý do; lý do được lưu lại.",
    CommitmentVerdict.REOPENED: "Cam kết trở lại tình trạng đang thực hiện.",
}
WORDS = {
    CommitmentVerdict.REPORTED: "Kết quả đã thực hiện",
    CommitmentVerdict.DONE: "Ý kiến xác nhận",
    CommitmentVerdict.SENT_BACK: "Việc còn phải làm",
    CommitmentVerdict.URGED: "Nội dung đôn đốc",
    CommitmentVerdict.MOVED: "Lý do đổi hạn",
    CommitmentVerdict.DROPPED: "Lý do dừng thực hiện",
    CommitmentVerdict.REOPENED: "Lý do mở lại",
}
DATED = frozenset({CommitmentVerdict.MOVED, CommitmentVerdict.REOPENED})
PROVEN = frozenset({CommitmentVerdict.REPORTED, CommitmentVerdict.DONE})

SHOWN = ("source", "agency", "due_from", "due_to")
"""Filters with a field of their own on the page."""


# --- the register ----------------------------------------------------------------------------


@blueprint.get("/cam-ket")
def index() -> tuple[str, int]:
    """What was undertaken before people: to do, to confirm, late, done."""
    require(*CASE_WORK)
    asked = _asked()
    found = known.register(actor(), asked.filters, today(), asked.page)
    counts = known.counts(actor(), today())

    text = render_template(
        "commitments.html",
        form=asked.form,
        which=asked.filters.which,
        tabs=[
            (which, text, counts[which], url_for("commitments.index", which=which.value))
            for which, text in PARTS.items()
        ],
        rows=told(found.lines),
        total=found.total,
        **asked.around("commitments.index", found.more),
        narrowed=bool(asked.said.keys() - {"which"}),
        sources=options.words(CommitmentSource),
        agencies=[Option(code, name) for code, name in known.leads_met(actor())],
        file_href=asked.href("commitments.index_file"),
    )
    return text, asked.status


@blueprint.get("/cam-ket.xlsx")
def index_file() -> Response:
    """The same register to take along."""
    require(*CASE_WORK)
    filters = _asked().filters
    heads = (
        Head("Nội dung", 60), Head("Nguồn", 24), Head("Loại việc"), Head("Cơ quan theo dõi", 30),
        Head("Cơ quan chủ trì", 30), Head("Ngày cam kết", 14), Head("Hạn", 14),
        Head("Tình trạng", 22), Head("Ngày kết thúc", 14), Head("Trễ hạn", 12), Head("Hồ sơ", 20),
    )  # fmt: skip
    found = known.every(actor(), filters, today())
    return table_file([Sheet("Cam kết", heads, _cells(found))], "cam-ket")


def _cells(lines: Iterable[CommitmentLine]) -> Iterator[tuple[Cell, ...]]:
    for each in lines:
        yield (
            each.what, label(each.source), label(each.kind), each.keeper, each.lead, each.made_on,
            each.due, label(each.status), each.ended_on,
            "Có" if each.late_on(today()) else "Không", each.case_code,
        )  # fmt: skip


def told(lines: Iterable[CommitmentLine]) -> list[tuple[CommitmentLine, Due]]:
    """Lines with their due dates in words."""
    tell = due_words(today())
    return [(each, standing(each, tell)) for each in lines]


def standing(line: CommitmentLine, tell: Callable[[date | None], Due]) -> Due:
    """How a commitment stands: text, sign and tone."""
    if line.status is CommitmentStatus.DROPPED:
        return Due("không thực hiện nữa", "–", "none")
    if line.ended_on is None:
        return tell(line.due)
    if line.ended_on > line.due:
        return Due(f"xong, trễ {(line.ended_on - line.due).days} ngày", "▲", "late")
    return Due("xong, đúng hạn", "✓", "done")


def _asked() -> Narrowed[CommitmentFilters]:
    return narrowed(FILTERS, CommitmentFilters(), SHOWN, "which")


# --- one commitment --------------------------------------------------------------------------


@blueprint.get("/cam-ket/<uid>")
def show(uid: str) -> str:
    """One commitment: who does what by when, its history, what may be done now."""
    require(*CASE_WORK)
    shown = known.commitment(actor(), uid)
    # what was reported waits for its confirmation before anything else
    first = shown.line.status is CommitmentStatus.REPORTED and CommitmentVerdict.DONE
    offered = [each for each in BUTTONS if each in shown.may]
    return render_template(
        "commitment.html",
        shown=shown,
        due=standing(shown.line, due_words(today())),
        acts=[
            (BUTTONS[verdict], url_for("commitments.step", uid=uid, verdict=verdict.value))
            for verdict in sorted(offered, key=lambda each: each is not first)
        ],
    )


@blueprint.route("/cam-ket/<uid>/<verdict>", methods=["GET", "POST"])
def step(uid: str, verdict: str) -> Answer:
    """One line more in its history."""
    require(*CASE_WORK)
    shown = known.commitment(actor(), uid)
    wanted = next((each for each in BUTTONS if each.value == verdict), None)
    if wanted is None:
        raise NotFound
    if wanted not in shown.may and request.method == "GET":
        raise NotAllowedNow(NOT_NOW)
    if request.method == "GET":
        return _step_page(shown, wanted, Form.of({"on": day(_day_of(shown, wanted))}))
    form = Form.posted({"version"})

    def send() -> str:
        given = load(STEP, shaped(STEP, request.form))
        take_step(
            uid,
            Step(verdict=wanted, **given),
            version=posted_version(),
            actor=actor(),
            now=moment(),
            key=posted_key(),
        )
        return url_for("commitments.show", uid=uid)

    return answered(form, partial(_step_page, shown, wanted), send, f"Đã ghi: {label(wanted)}.")


def _step_page(
    shown: CommitmentShown, verdict: CommitmentVerdict, form: Form, *, stale: bool = False
) -> str:
    return render_template(
        "commitment_step.html",
        shown=shown,
        due=standing(shown.line, due_words(today())),
        verdict=verdict,
        button=BUTTONS[verdict],
        help=HELP[verdict],
        words=WORDS[verdict],
        must=verdict is not CommitmentVerdict.DONE,
        dated=verdict in DATED,
        moves=verdict is CommitmentVerdict.MOVED,
        proven=verdict in PROVEN,
        papers=[Option(str(number), f"{number}. {title}") for number, title in shown.papers],
        form=form,
        version=shown.version if stale else request.form.get("version", shown.version),
        stale=stale,
    )


def _day_of(shown: CommitmentShown, verdict: CommitmentVerdict) -> date:
    """What was reported as done was done on the day of the report."""
    if verdict is CommitmentVerdict.DONE:
        reports = [each.on for each in shown.steps if each.verdict is CommitmentVerdict.REPORTED]
        if reports and shown.line.status is CommitmentStatus.REPORTED:
            return reports[-1]
    return today()


# --- follow-up -------------------------------------------------------------------------------


@blueprint.get("/cam-ket/theo-doi")
def follow_up() -> str | tuple[str, int]:
    """How commitments are kept, by the bodies that lead them and by where they were made."""
    require(*CASE_WORK)
    form, first, last, status = _span()
    found = known.follow_up(actor(), first, last, today())
    most = max((tally.total for _, _, tally in found.agencies), default=0)
    text = render_template(
        "commitments_follow.html",
        form=form,
        first=first,
        last=last,
        found=found,
        agencies=[
            (
                code,
                name,
                tally,
                _bar(tally, most),
                url_for("commitments.index", which="all", agency=code),
            )
            for code, name, tally in found.agencies
        ],
        sources=[
            (
                source,
                tally,
                _bar(tally, max(each.total for _, each in found.sources)),
                url_for("commitments.index", which="all", source=source.value),
            )
            for source, tally in found.sources
        ],
        legend=LEGEND,
        bar=BAR,
        file_href=url_for("commitments.follow_up_file", tu=day(first), den=day(last)),
    )
    return text if status == 200 else (text, status)


@blueprint.get("/cam-ket/theo-doi.xlsx")
def follow_up_file() -> Response:
    """The same counts to take along."""
    require(*CASE_WORK)
    _, first, last, _ = _span()
    found = known.follow_up(actor(), first, last, today())
    counts = ("Tổng số", "Xong đúng hạn", "Xong, trễ hạn", "Đang làm, còn hạn", "Đang làm, quá hạn",
              "Không thực hiện nữa")  # fmt: skip
    heads = tuple(Head(text, 14) for text in counts)
    by_agency: list[tuple[Cell, ...]] = [
        (name, *_figures(tally)) for _, name, tally in found.agencies
    ]
    by_source: list[tuple[Cell, ...]] = [
        (label(source), *_figures(tally)) for source, tally in found.sources
    ]
    return table_file(
        [
            Sheet("Theo cơ quan", (Head("Cơ quan chủ trì", 40), *heads), by_agency),
            Sheet("Theo nguồn", (Head("Nguồn", 40), *heads), by_source),
        ],
        "theo-doi-cam-ket",
    )


def _figures(tally: Tally) -> tuple[int, ...]:
    return (
        tally.total, tally.in_time, tally.done_late, tally.open, tally.open_late, tally.dropped,
    )  # fmt: skip


def _bar(tally: Tally, most: int) -> tuple[Piece, ...]:
    numbers = (tally.in_time, tally.done_late, tally.open, tally.open_late)
    parts = [(*named, number) for named, number in zip(LEGEND, numbers, strict=True)]
    return pieces(parts, most, BAR)


def _span() -> tuple[Form, date, date, int]:
    """The span asked for; this year where none is, or a wrong one."""
    first, last = date(today().year, 1, 1), today()
    form = Form({name: [value] for name, value in request.args.items()})
    try:
        given = load(SPAN, shaped(SPAN, request.args))
        first, last = given.get("first", first), given.get("last", last)
        if last < first:
            raise Invalid.at("den", "Ngày cuối trước ngày đầu.")
    except Invalid as error:
        return form.refused(error.fields), date(today().year, 1, 1), today(), 422
    return Form.of({"tu": day(first), "den": day(last)}), first, last, 200
