"""The catalogue of bodies outside the system: courts, ministries, newspapers, deputies."""

from __future__ import annotations

from flask import render_template, request, url_for

from petitions.errors import NotFound
from petitions.queries import offices as known
from petitions.queries.offices import BodyShown
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.services import outside_bodies as service
from petitions.web.admin.door import blueprint
from petitions.web.admin.shapes import BODY, INTO
from petitions.web.forms import Option, posted_key
from petitions.web.questions import Answered, Ask, Question
from petitions.web.session import actor, moment


@blueprint.get("/noi-ngoai")
def bodies() -> str:
    """The whole catalogue."""
    return render_template("admin_bodies.html", bodies=known.outside_bodies(actor()))


@blueprint.route("/noi-ngoai/moi", methods=["GET", "POST"])
def new_body() -> Answered:
    """Add a body."""

    def do() -> None:
        given = load(BODY, shaped(BODY, request.form))
        service.add_body(given, actor=actor(), now=moment(), key=posted_key())

    return _question("Thêm cơ quan ngoài hệ thống", _asks()).answer({}, do, "Đã thêm.")


@blueprint.route("/noi-ngoai/<int:body_id>", methods=["GET", "POST"])
def change_body(body_id: int) -> Answered:
    """Rename or correct a body."""
    found = _body(body_id)

    def do() -> None:
        given = load(BODY, shaped(BODY, request.form))
        service.change_body(body_id, given, actor=actor(), now=moment(), key=posted_key())

    start = {"name": found.name, "category": found.category, "address": found.address}
    return _question("Sửa cơ quan ngoài hệ thống", _asks()).answer(start, do, "Đã lưu.")


@blueprint.route("/noi-ngoai/<int:body_id>/nhap", methods=["GET", "POST"])
def merge_body(body_id: int) -> Answered:
    """Say that a body became another, or was entered twice."""
    found = _body(body_id)
    others = [
        Option(str(each.id), each.name)
        for each in known.outside_bodies(actor())
        if each.id != body_id and each.merged_into is None
    ]
    asks = [Ask("select", "into_id", "Nay là", required=True, options=others)]

    def do() -> None:
        given = load(INTO, shaped(INTO, request.form))
        service.merge_bodies(
            body_id, given["into_id"], actor=actor(), now=moment(), key=posted_key()
        )

    return _question(f"Nhập {found.name} vào nơi khác", asks).answer({}, do, "Đã ghi.")


def _question(title: str, asks: list[Ask]) -> Question:
    return Question(
        title=title, asks=asks, button="Lưu",
        back=url_for("admin.bodies"), back_text="Cơ quan ngoài hệ thống",
    )  # fmt: skip


def _asks() -> list[Ask]:
    return [
        Ask("text", "name", "Tên", required=True, most=255),
        Ask(
            "text", "category", "Loại", "Ví dụ: Tòa án, báo chí, bộ, đoàn đại biểu.", True, most=40
        ),
        Ask("text", "address", "Địa chỉ", most=255),
    ]


def _body(body_id: int) -> BodyShown:
    for each in known.outside_bodies(actor()):
        if each.id == body_id:
            return each
    raise NotFound("Không có trong danh mục.")
