"""Letterheads, the first numbers of books, and agencies' own Word templates of the official forms."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from petitions.documents.catalog import form_for, forms
from petitions.documents.forms import Form as OfficialForm
from petitions.documents.layout import template_of
from petitions.errors import Invalid, NotFound
from petitions.queries import letters as known
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.schemas.letters import BOOK_START, LETTERHEAD, TEMPLATE
from petitions.services import letterheads as service
from petitions.services import templates as edited
from petitions.services.letters_files import DOCX
from petitions.text import fold, vn_date
from petitions.web import options
from petitions.web.admin.agencies import standing
from petitions.web.admin.door import blueprint
from petitions.web.admin.shapes import LAST_DAY
from petitions.web.forms import Form, Option, posted_key
from petitions.web.questions import Answered, Ask, Question
from petitions.web.session import actor, moment, today
from workflows.office import Numbering

BOOKS = [Option("out", "Sổ văn bản đi"), Option("in", "Sổ văn bản đến")]


@blueprint.get("/van-ban")
def letterheads() -> str:
    """Letterheads and templates of the administrator's agencies, and every official form."""
    names = {form.key: form.name for form in forms()}
    return render_template(
        "admin_letterheads.html",
        letterheads=known.letterheads(actor()),
        templates=known.templates(actor()),
        names=names,
        forms=_in_force(),
    )


@blueprint.route("/van-ban/tieu-de", methods=["GET", "POST"])
def set_letterhead() -> Answered:
    """Give an agency a letterhead from a day on."""
    question = Question(
        title="Đặt tiêu đề văn bản",
        lead="Ô bỏ trống thì lấy theo cây cơ quan. Văn bản cũ giữ tiêu đề của ngày ghi trên văn bản.",
        asks=[
            Ask("select", "agency_code", "Cơ quan", required=True, options=standing(), cls="c8"),
            Ask("date", "valid_from", "Áp dụng từ ngày", required=True, cls="c4"),
            Ask("text", "parent_line", "Dòng cơ quan chủ quản", "Ví dụ: Ủy ban nhân dân tỉnh Sơn Lâm. Xã thường bỏ trống.", cls="c6", most=255),
            Ask("text", "name_line", "Dòng tên cơ quan", "Ví dụ: Ủy ban nhân dân xã An Bình.", cls="c6", most=255),
            Ask("text", "place_name", "Địa danh", "Ghi trước ngày tháng, ví dụ: An Bình.", cls="c4", most=120),
            Ask("text", "abbreviation", "Chữ viết tắt cơ quan", "Trong số, ký hiệu, ví dụ: UBND.", cls="c4", most=30),
            Ask("text", "unit_abbreviation", "Chữ viết tắt đơn vị soạn thảo", "Dùng cho công văn, ví dụ: TCD.", cls="c4", most=30),
            Ask("text", "file_unit", "Nơi lưu", "Sau chữ “Lưu: VT”.", cls="c4", most=60),
            Ask("select", "numbering", "Cách đánh số", required=True, options=options.words(Numbering), cls="c8"),
            Ask("area", "function_document", "Văn bản quy định chức năng, nhiệm vụ", "Căn cứ thứ nhất của quyết định.", most=500),
        ],
        button="Đặt tiêu đề",
        back=url_for("admin.letterheads"),
        back_text="Mẫu văn bản",
    )  # fmt: skip

    def do() -> None:
        given = load(LETTERHEAD, shaped(LETTERHEAD, request.form))
        service.set_letterhead(given, actor=actor(), now=moment(), key=posted_key())

    start = {"valid_from": vn_date(today()), "numbering": Numbering.ONE.value}
    return question.answer(start, do, "Đã đặt tiêu đề văn bản.")


@blueprint.route("/van-ban/tieu-de/<int:letterhead_id>/ket-thuc", methods=["GET", "POST"])
def end_letterhead(letterhead_id: int) -> Answered:
    """End a letterhead with its last day."""
    if all(each.id != letterhead_id for each in known.letterheads(actor())):
        raise NotFound("Không có tiêu đề này.")

    def do() -> None:
        given = load(LAST_DAY, shaped(LAST_DAY, request.form))
        service.end_letterhead(
            letterhead_id, given["last_day"], actor=actor(), now=moment(), key=posted_key()
        )

    return _ending("Thôi dùng tiêu đề").answer({"last_day": vn_date(today())}, do, "Đã ghi.")


@blueprint.route("/van-ban/so-bat-dau", methods=["GET", "POST"])
def start_book() -> Answered:
    """Say with which number a book begins here; once, before its first number."""
    kinds = sorted({form.abbreviation for form in forms() if form.numbered})
    question = Question(
        title="Đặt số bắt đầu của sổ",
        lead="Dùng một lần khi đang theo sổ giấy giữa năm: ghi số tiếp theo của sổ giấy.",
        asks=[
            Ask("select", "agency_code", "Cơ quan", required=True, options=standing(), cls="c6"),
            Ask("select", "book", "Sổ", required=True, options=BOOKS, cls="c6"),
            Ask("text", "year", "Năm", required=True, cls="c4", most=4),
            Ask("text", "first", "Số tiếp theo", required=True, cls="c4", most=6),
            Ask("select", "abbreviation", "Loại văn bản", "Chỉ khi đánh số riêng từng loại.", options=[Option(each, each) for each in kinds], cls="c4"),
        ],
        button="Đặt số",
        back=url_for("admin.letterheads"),
        back_text="Mẫu văn bản",
    )  # fmt: skip

    def do() -> None:
        given = load(BOOK_START, shaped(BOOK_START, request.form))
        service.start_book(
            given["agency_code"], given.get("abbreviation"), given["year"], given["first"],
            incoming=given["book"] == "in", actor=actor(), now=moment(), key=posted_key(),
        )  # fmt: skip

    return question.answer({"year": str(today().year), "book": "out"}, do, "Đã đặt số bắt đầu.")


# --- templates -------------------------------------------------------------------------------


@blueprint.get("/van-ban/mau-chuan")
def house_template() -> Response | AnyResponse:
    """The standard Word template of a form, to be edited and uploaded again."""
    key = request.args.get("mau", "")
    if not key:
        return redirect(url_for("admin.letterheads"))
    form = form_for(key, today())
    response = Response(template_of(form), mimetype=DOCX)
    name = "".join(each if each.isalnum() else "-" for each in fold(f"mau {form.key}")) + ".docx"
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


@blueprint.route("/van-ban/mau", methods=["GET", "POST"])
def upload_template() -> AnyResponse | str | tuple[str, int]:
    """Take an edited template; its faults are told with their places and nothing of it is kept."""
    if request.method == "GET":
        start = {"form_key": request.args.get("mau", ""), "valid_from": vn_date(today())}
        return _upload(Form.of(start))
    form = Form.posted()
    upload = request.files.get("file")
    try:
        given = load(TEMPLATE, shaped(TEMPLATE, request.form))
        if upload is None or not upload.filename:
            raise Invalid.at("file", "Chưa chọn tệp.")
        edited.upload_template(
            given, upload.filename, upload.read(), actor=actor(), now=moment(), key=posted_key()
        )
    except NotFound as error:
        return _upload(form.refused({"form_key": [error.message]})), 422
    except Invalid as error:
        return _upload(form.refused(error.fields)), 422
    flash("Đã nhận mẫu; văn bản từ ngày đó dùng mẫu này.", "done")
    return redirect(url_for("admin.letterheads"))


def _upload(form: Form) -> str:
    return render_template(
        "admin_template.html",
        form=form,
        agencies=standing(),
        forms=[Option(each.key, f"{each.name} ({each.key})") for each in _in_force()],
    )


@blueprint.route("/van-ban/mau/<int:template_id>/ket-thuc", methods=["GET", "POST"])
def end_template(template_id: int) -> Answered:
    """End a template; later documents use the standard one."""
    if all(each.id != template_id for each in known.templates(actor())):
        raise NotFound("Không có mẫu này.")

    def do() -> None:
        given = load(LAST_DAY, shaped(LAST_DAY, request.form))
        edited.end_template(
            template_id, given["last_day"], actor=actor(), now=moment(), key=posted_key()
        )

    return _ending("Thôi dùng mẫu").answer({"last_day": vn_date(today())}, do, "Đã ghi.")


def _ending(title: str) -> Question:
    return Question(
        title=title,
        asks=[Ask("date", "last_day", "Ngày cuối áp dụng", required=True)],
        button="Thôi dùng",
        back=url_for("admin.letterheads"),
        back_text="Mẫu văn bản",
    )


def _in_force() -> list[OfficialForm]:
    return [form for form in forms() if form.in_force(today())]
