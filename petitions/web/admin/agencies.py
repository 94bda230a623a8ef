"""The tree of agencies: opening, correcting, moving, ending, merging with a preview."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from petitions.errors import Invalid, NotFound
from petitions.queries import choices
from petitions.queries import offices as known
from petitions.queries.offices import AgencyShown
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.services import offices, reorganisation
from petitions.services.reorganisation_plan import Reorganisation
from petitions.text import vn_date
from petitions.web import options
from petitions.web.admin.door import blueprint
from petitions.web.admin.shapes import AGENCY, AGENCY_CHANGE, END, MOVE, REORGANISATION
from petitions.web.forms import Form, Option, posted_key
from petitions.web.questions import Answered, Ask, Question, digest, previewed
from petitions.web.session import actor, moment, today
from workflows.vocabulary import AgencyKind, Kind

KINDS = tuple(kind for kind in AgencyKind if kind is not AgencyKind.FORMER_DISTRICT)
LISTED = 100
"""Files a preview shows by code; its counts cover all."""


@blueprint.get("/co-quan")
def agencies() -> str:
    """The administrator's tree, closed agencies on request."""
    closed = "da-ket-thuc" in request.args
    tree = known.agencies(actor())
    return render_template(
        "admin_agencies.html",
        agencies=[each for each in tree if closed or _stands(each)],
        closed=closed,
        any_closed=any(not _stands(each) for each in tree),
    )


@blueprint.get("/co-quan/<agency>")
def agency(agency: str) -> str:
    """One agency."""
    found = _agency(agency)
    tree = known.agencies(actor())
    fields = {each.code: each.name for each in choices.fields(today())}
    return render_template(
        "admin_agency.html",
        agency=found,
        stands=_stands(found),
        parent=next((each for each in tree if each.code == found.parent), None),
        below=[each for each in tree if each.parent == found.code and _stands(each)],
        kinds=[Kind(each) for each in found.competence.get("kinds", ())],
        fields=[fields.get(each, each) for each in found.competence.get("field_codes", ())],
    )


@blueprint.route("/co-quan/moi", methods=["GET", "POST"])
def new_agency() -> Answered:
    """Open an agency below another one."""
    question = Question(
        title="Thêm cơ quan",
        asks=[
            *_asks()[:1],
            Ask("select", "kind", "Loại", required=True, options=options.words(KINDS), cls="c6"),
            Ask("select", "parent_code", "Trực thuộc", required=True, options=standing(), cls="c6"),
            Ask("text", "code", "Mã", "Chữ thường không dấu, chữ số, gạch nối. Không đổi được về sau.", True, cls="c6", most=40),
            Ask("text", "book_prefix", "Ký hiệu sổ", "Đứng đầu mã hồ sơ. Bỏ trống với phòng, bộ phận.", cls="c6", most=8),
            *_asks()[1:3],
            Ask("date", "valid_from", "Từ ngày", required=True),
            *_asks()[3:],
        ],
        button="Thêm cơ quan",
        back=url_for("admin.agencies"),
        back_text="Cơ quan",
    )  # fmt: skip

    def do() -> str:
        code = offices.create_agency(
            load(AGENCY, shaped(AGENCY, request.form)),
            actor=actor(), now=moment(), key=posted_key(),
        )  # fmt: skip
        return url_for("admin.agency", agency=code)

    return question.answer(
        {"valid_from": vn_date(today()), "head_title": "Thủ trưởng"}, do, "Đã thêm cơ quan."
    )


@blueprint.route("/co-quan/<agency>/sua", methods=["GET", "POST"])
def change_agency(agency: str) -> Answered:
    """Rename an agency or correct what is known of it."""
    found = _agency(agency)
    question = _about(found, "Sửa cơ quan", _asks(), "Lưu")

    def do() -> None:
        offices.change_agency(agency, **_change(), actor=actor(), now=moment(), key=posted_key())

    start = {
        "name": found.name,
        "head_title": found.head_title,
        "place_code": found.place_code,
        "competence": dict(found.competence),
    }
    return question.answer(start, do, "Đã lưu.")


@blueprint.route("/co-quan/<agency>/chuyen", methods=["GET", "POST"])
def move_agency(agency: str) -> Answered:
    """Put an agency with all below it under another one."""
    found = _agency(agency)
    question = _about(
        found, "Chuyển cơ quan cấp trên",
        [Ask("select", "parent_code", "Trực thuộc", required=True, options=standing())],
        "Chuyển",
    )  # fmt: skip

    def do() -> None:
        given = load(MOVE, shaped(MOVE, request.form))
        offices.move_agency(
            agency, given["parent_code"], actor=actor(), now=moment(), key=posted_key()
        )

    return question.answer({"parent_code": found.parent}, do, "Đã chuyển.")


@blueprint.route("/co-quan/<agency>/ket-thuc", methods=["GET", "POST"])
def close_agency(agency: str) -> Answered:
    """End an agency that holds nothing any more."""
    found = _agency(agency)
    question = _about(
        found, "Kết thúc hoạt động",
        [Ask("date", "on", "Từ ngày", "Từ ngày này cơ quan không còn; vai trò tại cơ quan cũng kết thúc.", True)],
        "Kết thúc", lead="Còn hồ sơ hoặc đơn vị trực thuộc thì dùng Sáp nhập.", grave=True,
    )  # fmt: skip

    def do() -> None:
        given = load(END, shaped(END, request.form))
        offices.close_agency(agency, given["on"], actor=actor(), now=moment(), key=posted_key())

    return question.answer({"on": vn_date(today())}, do, "Đã kết thúc cơ quan.")


@blueprint.route("/co-quan/sap-nhap", methods=["GET", "POST"])
def merge() -> Answered:
    """Merge agencies into one: first what would move, then the move."""
    question = Question(
        title="Sáp nhập cơ quan",
        lead="Hồ sơ đang mở, người và đơn vị trực thuộc chuyển sang cơ quan tiếp nhận. Thời hạn giữ nguyên.",
        asks=[
            Ask("checks", "sources", "Cơ quan được sáp nhập", required=True, options=standing()),
            Ask("select", "into", "Cơ quan tiếp nhận", required=True, options=standing()),
            Ask("date", "on", "Có hiệu lực từ ngày", required=True, cls="c4"),
            Ask(
                "text",
                "document",
                "Văn bản",
                "Số, ngày của nghị quyết, quyết định.",
                True,
                cls="c8",
                most=160,
            ),
        ],
        button="Xem trước",
        back=url_for("admin.agencies"),
        back_text="Cơ quan",
        above="admin_merge.html",
    )
    if request.method == "GET":
        return question.page(Form.of({"on": vn_date(today())}))
    form = Form.posted()
    try:
        given: Reorganisation = load(REORGANISATION, shaped(REORGANISATION, request.form))
        if previewed(form):
            moved = reorganisation.reorganise(given, actor=actor(), now=moment())
            flash(f"Đã sáp nhập. {len(moved)} hồ sơ được chuyển.", "done")
            return redirect(url_for("admin.agencies"))
        seen = reorganisation.preview(given, actor=actor(), now=moment())
    except Invalid as error:
        return question.page(question.told(form, error.fields)), 422
    names = {each.code: each.name for each in known.agencies(actor())}
    return question.page(form, seen=digest(form), moves=seen, names=names, listed=LISTED)


def _about(
    found: AgencyShown,
    title: str,
    asks: list[Ask],
    button: str,
    *,
    lead: str = "",
    grave: bool = False,
) -> Question:
    return Question(
        title=title, asks=asks, button=button, lead=lead, grave=grave,
        back=url_for("admin.agency", agency=found.code), back_text=found.name,
    )  # fmt: skip


def _change() -> dict[str, Any]:
    given = load(AGENCY_CHANGE, shaped(AGENCY_CHANGE, request.form))
    return {"place_code": None, "competence": offices.Competence(), **given}


def _asks() -> list[Ask]:
    communes = choices.communes_around(actor().agency_id, today())
    fields = [Option(each.code, each.name) for each in choices.fields(today()) if each.level == 2]
    return [
        Ask("text", "name", "Tên cơ quan", required=True, most=255),
        Ask("text", "head_title", "Chức danh người đứng đầu", required=True, cls="c6", most=120),
        Ask(
            "select",
            "place_code",
            "Địa bàn",
            cls="c6",
            options=[Option(each.code, each.name) for each in communes],
        ),
        Ask(
            "checks",
            "competence.kinds",
            "Loại đơn có thẩm quyền giải quyết",
            "Bỏ trống nếu chưa quy định.",
            options=options.words(Kind),
        ),
        Ask(
            "checks",
            "competence.field_codes",
            "Lĩnh vực có thẩm quyền giải quyết",
            "Bỏ trống nếu chưa quy định.",
            options=fields,
        ),
    ]


def _agency(code: str) -> AgencyShown:
    for each in known.agencies(actor()):
        if each.code == code:
            return each
    raise NotFound("Không tìm thấy cơ quan này.")


def _stands(agency: AgencyShown) -> bool:
    return agency.valid_to is None or agency.valid_to >= today()


def standing() -> list[Option]:
    """Agencies of the administrator that exist today, sections left out."""
    return [
        Option(each.code, each.name)
        for each in known.agencies(actor())
        if _stands(each) and each.kind is not AgencyKind.SECTION
    ]
