"""The register of complaints about officials, and noting what came of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask import Blueprint, Response, render_template, request, url_for

from petitions.documents.tables import Cell, Head, Sheet
from petitions.errors import Forbidden
from petitions.labels import label
from petitions.queries import conduct as known
from petitions.queries.conduct import READERS, ConductCase, ConductFilters, ConductLine
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.schemas.reviewing import CONDUCT, CONDUCT_FILTERS
from petitions.services import conduct as service
from petitions.web import options
from petitions.web.answers import Answer, answered
from petitions.web.downloads import table_file
from petitions.web.forms import Form, Option, posted_key, posted_version
from petitions.web.narrowing import Narrowed, narrowed
from petitions.web.pages import day
from petitions.web.session import actor, moment, require, today
from petitions.web.shares import WIDTH, pieces
from workflows.reviewing import ConductFinding, DisciplineForm
from workflows.vocabulary import Kind

blueprint = Blueprint("conduct", __name__)

FILE_MOST = 5_000
SHOWN = ("finding", "kind", "agency", "year")
TONES: dict[ConductFinding | None, str] = {
    ConductFinding.NO_WRONGDOING: "gone",
    ConductFinding.CRITICISED: "done",
    ConductFinding.DISCIPLINED: "done-late",
    ConductFinding.TO_INVESTIGATORS: "open-late",
    None: "open",
}
WAITING = "Chưa ghi kết quả"


@blueprint.get("/khieu-nai-can-bo")
def index() -> tuple[str, int]:
    """The register with its sums."""
    require(*READERS)
    asked = _asked()
    found = known.register(actor(), asked.filters, asked.page)
    sums = known.counts(actor(), asked.filters)
    order = tuple(TONES)
    most = max((sum(counts.values()) for _, counts in sums.agencies), default=0)
    text = render_template(
        "conduct.html",
        form=asked.form,
        lines=found.lines,
        total=found.total,
        **asked.around("conduct.index", found.more),
        narrowed=bool(asked.said),
        sums=sums,
        order=order,
        words={each: word(each) for each in order},
        agencies=[
            (
                name, counts,
                pieces([(TONES[each], word(each), counts.get(each, 0)) for each in order], most),
            )
            for name, counts in sums.agencies
        ],
        width=WIDTH,
        legend=[(TONES[each], word(each)) for each in order],
        findings=options.words(ConductFinding),
        kinds=options.words(Kind),
        bodies=[Option(code, name) for code, name in known.agencies(actor())],
        years=[Option(str(year), str(year)) for year in range(today().year, today().year - 6, -1)],
        file_href=asked.href("conduct.file"),
    )  # fmt: skip
    return text, asked.status


@blueprint.get("/khieu-nai-can-bo.xlsx")
def file() -> Response:
    """Exactly the register as an Excel file."""
    require(*READERS)
    filters = _asked().filters
    heads = [
        Head("STT", 6), Head("Mã hồ sơ", 21), Head("Loại", 12), Head("Ngày nhận", 12),
        Head("Người bị nêu", 26), Head("Chức vụ", 22), Head("Nơi công tác", 28),
        Head("Nội dung", 50), Head("Lĩnh vực", 24), Head("Cơ quan giữ hồ sơ", 28),
        Head("Trạng thái", 20), Head("Kết quả xử lý", 30), Head("Hình thức", 18),
        Head("Văn bản", 24), Head("Ngày", 12),
    ]  # fmt: skip

    def rows() -> Iterator[Sequence[Cell]]:
        for each in known.whole_register(actor(), filters, FILE_MOST):
            yield [
                each.ordinal, each.code, label(each.kind), each.first_received_on,
                each.name or "", each.position or "", each.workplace or "", each.summary,
                each.field, each.agency, label(each.state), word(each.finding),
                label(each.form) if each.form else "", each.document, each.on,
            ]  # fmt: skip

    name = f"khieu-nai-can-bo-{today().isoformat()}"
    return table_file([Sheet("Khiếu nại cán bộ", heads, rows())], name)


@blueprint.get("/khieu-nai-can-bo/<code>/<int:respondent>")
def show(code: str, respondent: int) -> str:
    """One person complained about, and all that was noted."""
    require(*READERS)
    shown = known.conduct_case(actor(), code, respondent)
    return render_template("conduct_case.html", shown=shown, word=word)


@blueprint.route("/khieu-nai-can-bo/<code>/<int:respondent>/ket-qua", methods=["GET", "POST"])
def note(code: str, respondent: int) -> Answer:
    """Note what came of it."""
    require(*READERS)
    shown = known.conduct_case(actor(), code, respondent)
    if not shown.may_note:
        raise Forbidden("Cơ quan giữ hồ sơ hoặc thanh tra cấp tỉnh ghi kết quả xử lý.")
    if request.method == "GET":
        return _page(shown, Form.of({"on": day(today())}))

    def page(form: Form, stale: bool = False) -> str:
        return _page(known.conduct_case(actor(), code, respondent), form, stale)

    def send() -> str:
        given = load(CONDUCT, shaped(CONDUCT, request.form))
        service.note_conduct(
            code, respondent, given,
            version=_posted_count(), actor=actor(), now=moment(), key=posted_key(),
        )  # fmt: skip
        return url_for("conduct.show", code=code, respondent=respondent)

    return answered(Form.posted({"version"}), page, send, "Đã ghi kết quả xử lý.")


def word(finding: ConductFinding | None) -> str:
    """What came of it in words."""
    return WAITING if finding is None else label(finding)


def _posted_count() -> int:
    """Entries the form was opened with; what is no number is none that could be there."""
    return posted_version() if request.form.get("version") else -1


def _page(shown: ConductCase, form: Form, stale: bool = False) -> str:
    return render_template(
        "conduct_note.html",
        shown=shown,
        who=who(shown.line),
        form=form,
        stale=stale,
        version=shown.version if stale or request.method == "GET" else posted_version(),
        findings=options.words(ConductFinding),
        forms=options.words(DisciplineForm),
    )


def who(line: ConductLine) -> str:
    """The person complained about in a few words."""
    named = ", ".join(part for part in (line.name, line.position, line.workplace) if part)
    return named or "Cán bộ chưa rõ tên"


def _asked() -> Narrowed[ConductFilters]:
    return narrowed(CONDUCT_FILTERS, ConductFilters(), SHOWN, "finding")
