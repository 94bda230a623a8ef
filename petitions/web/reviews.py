"""Campaigns of reviewing prolonged cases: the list, one with its sums and cases, taking cases in, ending it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from petitions.documents.tables import Cell, Head, Sheet
from petitions.errors import Conflict, Forbidden, Invalid
from petitions.labels import label
from petitions.queries import choices
from petitions.queries import reviews as known
from petitions.queries.review_shapes import (
    CampaignPage,
    ReviewedLine,
    ReviewFilters,
    Settlement,
    Tally,
)
from petitions.queries.reviewed import reviewed, whole_list
from petitions.queries.reviews import KEEPERS, READERS
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.schemas.reviewing import CAMPAIGN, REVIEW_FILTERS, TAKEN
from petitions.services import reviews as service
from petitions.text import vn_date, vn_number
from petitions.web import options
from petitions.web.answers import Answer, answered
from petitions.web.case_rows import NO_SENDER, SEALED_SENDER
from petitions.web.days import Due, due_words
from petitions.web.downloads import table_file
from petitions.web.forms import Form, Option, posted_key, posted_version
from petitions.web.narrowing import Narrowed, narrowed
from petitions.web.pages import day
from petitions.web.session import actor, moment, require, signed_in, today
from petitions.web.shares import WIDTH, Piece, pieces
from workflows.reviewing import Criteria, ReviewOutcome, ReviewStanding
from workflows.vocabulary import Kind
from workflows.watch import FlagKind

blueprint = Blueprint("reviews", __name__)

FILE_MOST = 5_000
"""Lines a file or a print may have."""
TONES = {
    ReviewStanding.SETTLED: "done",
    ReviewStanding.ELSEWHERE: "done-late",
    ReviewStanding.WORKED: "open",
    ReviewStanding.LATE: "open-late",
}
SIGNS = {
    ReviewStanding.SETTLED: Due("đã xong", "✓", "done"),
    ReviewStanding.ELSEWHERE: Due("chờ nơi khác", "◐", "none"),
}
SHOWN = ("standing", "outcome", "agency")
"""Filters with a field of their own on the page."""
HEADS = (
    Head("STT", 6), Head("Vụ việc", 34), Head("Địa bàn", 20), Head("Số người", 9),
    Head("Nội dung, lĩnh vực", 50), Head("Quá trình giải quyết", 44), Head("Cơ quan chủ trì", 28),
    Head("Lãnh đạo phụ trách", 22), Head("Phương án", 44), Head("Thời hạn", 12),
    Head("Kết quả", 40), Head("Đề xuất", 36),
)  # fmt: skip
"""The columns practised in lists of complex, prolonged cases."""
FLAGS = (
    FlagKind.DRAGGING_OPEN_6, FlagKind.DRAGGING_OPEN_12, FlagKind.DRAGGING_OPEN_24,
    FlagKind.DRAGGING_NO_STEP, FlagKind.CLIFF_45, FlagKind.SUSPENDED_LONG,
    FlagKind.EXTENDED_TWICE, FlagKind.CIRCLING,
)  # fmt: skip
"""Flags that speak of a case dragging on."""


@blueprint.get("/ra-soat")
def index() -> str:
    """The campaigns in reach, each with how much of it is done."""
    require(*READERS)
    return render_template(
        "reviews.html",
        campaigns=[(each, bar(each.tally)) for each in known.campaigns(actor(), today())],
        width=WIDTH,
        legend=legend(),
        may_open=actor().role in KEEPERS,
    )


@blueprint.route("/ra-soat/moi", methods=["GET", "POST"])
def new() -> Answer:
    """Open a campaign of the own agency."""
    require(*KEEPERS)
    if request.method == "GET":
        start = {"starts_on": day(today()), "lead": signed_in().username}
        return _form_page(None, Form.of(start))
    return answered(Form.posted(), lambda form, **_: _form_page(None, form), _saved, "Đã lập đợt rà soát. Chọn vụ việc đưa vào đợt.")  # fmt: skip


@blueprint.route("/ra-soat/<uid>/sua", methods=["GET", "POST"])
def change(uid: str) -> Answer:
    """Change what a campaign says of itself, or what it looks for."""
    shown = _kept(uid)
    if request.method == "GET":
        return _form_page(shown, _filled(shown))

    def page(form: Form, **more: bool) -> str:
        return _form_page(known.campaign(actor(), uid, today()), form, **more)

    def save() -> str:
        _save(uid, posted_version())
        return url_for("reviews.show", uid=uid)

    return answered(Form.posted({"version"}), page, save, "Đã lưu đợt rà soát.")


@blueprint.get("/ra-soat/<uid>")
def show(uid: str) -> tuple[str, int]:
    """One campaign: its sums, the bodies that answer, its cases in the columns practised."""
    require(*READERS)
    shown, asked = known.campaign(actor(), uid, today()), _asked()
    found = reviewed(actor(), uid, asked.filters, today(), asked.page)
    tell = due_words(today())
    most = max((each.tally.total for each in shown.agencies), default=0)

    def at(page: int) -> str:
        rest = {**asked.said, **({"page": str(page)} if page > 1 else {})}
        return url_for("reviews.show", uid=uid, _anchor="danh-sach", **rest)  # type: ignore[arg-type]

    text = render_template(
        "review.html",
        shown=shown,
        form=asked.form,
        rows=[(each, standing(each, tell(each.due)), course(each.course)) for each in found.lines],
        total=found.total,
        before=at(asked.page - 1) if asked.page > 1 else None,
        after=at(asked.page + 1) if found.more else None,
        narrowed=bool(asked.said),
        criteria=told(shown.criteria),
        bar=bar(shown.tally),
        agencies=[(each, bar(each.tally, most)) for each in shown.agencies],
        width=WIDTH,
        legend=legend(),
        share=percent(shown.tally.share),
        percent=percent,
        standings=options.words(ReviewStanding),
        every=tuple(ReviewStanding),
        outcomes=options.words(ReviewOutcome),
        bodies=[Option(each.code, each.name) for each in shown.agencies],
        file_href=url_for("reviews.file", uid=uid, **asked.said),  # type: ignore[arg-type]
        print_href=url_for("reviews.print_list", uid=uid, **asked.said),  # type: ignore[arg-type]
        no_sender=NO_SENDER,
        sealed_sender=SEALED_SENDER,
        end_form=Form(),
    )
    return text, asked.status


@blueprint.get("/ra-soat/<uid>/danh-sach.xlsx")
def file(uid: str) -> Response:
    """The list as an Excel file."""
    require(*READERS)
    known.campaign(actor(), uid, today())
    rows = _cells(uid, _asked().filters)
    return table_file([Sheet("Rà soát", HEADS, rows)], f"ra-soat-{today().isoformat()}")


@blueprint.get("/ra-soat/<uid>/in")
def print_list(uid: str) -> str:
    """The list on paper."""
    require(*READERS)
    shown, asked = known.campaign(actor(), uid, today()), _asked()
    rows = [
        [day(cell) if hasattr(cell, "isoformat") else cell for cell in row]  # type: ignore[arg-type]
        for row in _cells(uid, asked.filters)
    ]
    return render_template(
        "books_print.html",
        title=f"Danh sách vụ việc rà soát: {shown.name}",
        agency=shown.agency,
        year="",
        first=shown.starts_on,
        last=shown.ends_on,
        heads=HEADS,
        parts={"": rows} if rows else {},
        back=url_for("reviews.show", uid=uid, **asked.said),  # type: ignore[arg-type]
    )


@blueprint.route("/ra-soat/<uid>/dua-vao", methods=["GET", "POST"])
def take_in(uid: str) -> Answer:
    """Take in cases that meet the criteria, or one by its code."""
    _kept(uid)
    if request.method == "GET":
        return _candidates(uid, Form())

    def send() -> str:
        given = load(TAKEN, shaped(TAKEN, request.form))
        by_hand = bool(given.get("code"))
        codes = [given["code"]] if by_hand else given.get("codes", [])
        try:
            service.take_in(
                uid, codes, by_hand=by_hand, actor=actor(), now=moment(), key=posted_key()
            )
        except Invalid as error:
            if by_hand:
                raise Invalid({"code": error.fields.get("codes", [])}) from error
            raise
        return url_for("reviews.take_in", uid=uid)

    return answered(Form.posted({"codes"}), lambda form, **_: _candidates(uid, form), send, "Đã đưa vào đợt.")  # fmt: skip


@blueprint.post("/ra-soat/<uid>/ket-thuc")
def end(uid: str) -> Answer:
    """End a campaign, or open it again."""
    require(*READERS)
    ended = "reopen" not in request.form
    try:
        service.end_campaign(
            uid,
            ended=ended,
            version=posted_version(),
            actor=actor(),
            now=moment(),
            key=posted_key(),
        )
        flash("Đã kết thúc đợt rà soát." if ended else "Đã mở lại đợt rà soát.", "done")
    except Conflict as error:
        flash(error.message, "warn")
    return redirect(url_for("reviews.show", uid=uid))


# --- words -----------------------------------------------------------------------------------


def standing(line: ReviewedLine, due: Due) -> Due:
    """How a reviewed case stands: settled, left to others, or its day."""
    return SIGNS.get(line.standing, due)


def course(steps: Sequence[Settlement]) -> list[str]:
    """How the matter was settled so far, a line for each step."""
    return [_step(each) for each in steps]


def _step(each: Settlement) -> str:
    on = f" ngày {vn_date(each.on)}" if each.on else ""
    if each.kind is None and not each.form:
        return f"Khởi kiện ra Tòa án{on}"
    if each.kind is Kind.COMPLAINT:
        what = f"QĐ giải quyết lần {'hai' if each.instance == 2 else 'đầu'}"
    elif each.kind is Kind.DENUNCIATION:
        what = "Kết luận nội dung tố cáo"
    else:
        what = each.form or "Văn bản trả lời"
    number = f" số {each.number}" if each.number else ""
    body = f" của {each.body}" if each.body else ""
    return f"{what}{number}{on}{body}"


def told(criteria: Criteria) -> list[str]:
    """What a campaign looks for, in words."""
    found = []
    if criteria.older_months:
        found.append(f"đơn từ {criteria.older_months} tháng trở lên")
    if criteria.overdue:
        found.append("đang quá hạn")
    if criteria.flag is not None:
        found.append(f"cảnh báo “{label(criteria.flag)}”")
    if criteria.group_least:
        found.append(f"từ {vn_number(criteria.group_least)} người")
    if criteria.kind is not None:
        found.append(label(criteria.kind).lower())
    gone = "mục đã thôi dùng"
    if criteria.field:
        names = {each.code: each.name for each in choices.fields(today())}
        found.append(names.get(criteria.field, gone))
    if criteria.agency:
        names = {each.code: each.name for each in choices.agencies(today())}
        found.append(names.get(criteria.agency, gone))
    if criteria.project:
        found.append(
            {each.id: each.name for each in choices.projects()}.get(criteria.project, gone)
        )
    return found


def bar(tally: Tally, most: int | None = None) -> tuple[Piece, ...]:
    """A tally as a bar."""
    parts = [(TONES[each], label(each), tally.of(each)) for each in ReviewStanding]
    return pieces(parts, most)


def legend() -> list[tuple[str, str]]:
    """The tones of a bar in words."""
    return [(TONES[each], label(each)) for each in ReviewStanding]


def percent(share: float | None) -> str:
    """A share as a percentage with one decimal."""
    return "–" if share is None else f"{share * 100:.1f} %".replace(".", ",")


def outcome_words(line: ReviewedLine) -> str:
    """What came of a case, or what was last done."""
    if line.outcome is not None and line.outcome_on is not None:
        document = f" ({line.document})" if line.document else ""
        return f"{label(line.outcome)}, ngày {vn_date(line.outcome_on)}{document}"
    if line.progress_on is not None:
        return f"Đang thực hiện. {vn_date(line.progress_on)}: {line.progress}"
    return "Chưa có kết quả"


def _cells(uid: str, filters: ReviewFilters) -> Iterator[Sequence[Cell]]:
    for each in whole_list(actor(), uid, filters, today(), FILE_MOST):
        sender = SEALED_SENDER if each.kind is Kind.DENUNCIATION else each.sender or NO_SENDER
        kind = label(each.kind) + (" lần hai" if each.instance == 2 else "")
        yield [
            each.ordinal, f"{sender} – {each.code} ({kind.lower()})", each.place or "",
            each.people, f"{each.summary} ({each.field})", "\n".join(course(each.course)),
            each.agency, each.leader or "", each.plan, each.due, outcome_words(each),
            each.proposal,
        ]  # fmt: skip


# --- forms -----------------------------------------------------------------------------------


def _asked() -> Narrowed[ReviewFilters]:
    return narrowed(REVIEW_FILTERS, ReviewFilters(), SHOWN, "standing")


def _kept(uid: str) -> CampaignPage:
    """A campaign this hat runs. Raises ``NotFound``, ``Forbidden``."""
    require(*READERS)
    shown = known.campaign(actor(), uid, today())
    if not shown.keeps:
        raise Forbidden(service.NOT_YOURS)
    return shown


def _saved() -> str:
    return url_for("reviews.take_in", uid=_save(None, None))


def _save(uid: str | None, version: int | None) -> str:
    given = load(CAMPAIGN, shaped(CAMPAIGN, request.form))
    return service.save_campaign(
        given, uid=uid, version=version, actor=actor(), now=moment(), key=posted_key()
    )


def _filled(shown: CampaignPage) -> Form:
    criteria = shown.criteria.kept()
    return Form.of(
        {
            "name": shown.name,
            "basis": shown.basis,
            "starts_on": vn_date(shown.starts_on),
            "ends_on": vn_date(shown.ends_on),
            "lead": shown.lead_username,
            **criteria,
        }
    )


def _form_page(shown: CampaignPage | None, form: Form, stale: bool = False) -> str:
    agency = actor().agency_id if shown is None else shown.agency_id
    reach = None if actor().province_wide else actor().agency_ids
    version = 0 if shown is None else shown.version
    return render_template(
        "review_form.html",
        shown=shown,
        form=form,
        stale=stale,
        version=version if stale or request.method == "GET" else posted_version(),
        people=options.staff(agency, today()),
        kinds=options.words(Kind),
        flags=options.words(FLAGS),
        agencies=options.agencies(today(), within=reach),
        fields=options.fields(today()),
        projects=options.projects(),
    )


def _candidates(uid: str, form: Form) -> str:
    shown = known.campaign(actor(), uid, today())
    found, total = known.candidates(actor(), shown.id, shown.criteria, today())
    tell = due_words(today())
    return render_template(
        "review_take.html",
        shown=shown,
        form=form,
        rows=[(each, tell(each.due), (today() - each.first_received_on).days) for each in found],
        total=total,
        criteria=told(shown.criteria),
    )
