"""Reminders of an agency: the hour of its digests and the rungs it adds to the house's ladder."""

from __future__ import annotations

from flask import render_template, request, url_for

from petitions.queries import mail_settings as known
from petitions.schemas.fields import Choice, Rows, Shape, Text, Whole, YesNo, load
from petitions.schemas.forms import shaped
from petitions.services import mail_settings as service
from petitions.services.digest_text import date_kind
from petitions.services.reminders import ladders
from petitions.web import options
from petitions.web.admin.agencies import standing
from petitions.web.admin.door import blueprint
from petitions.web.forms import Option, posted_key
from petitions.web.hours import HOURS, hour_of
from petitions.web.questions import Answered, Ask, Question
from petitions.web.session import actor, moment
from petitions.web.shapes import line
from workflows.ladder import Audience


class HourShape(Shape):
    """An agency's hour."""

    agency_code = Text(required=True)
    digest_at = line(5)


class RungShape(Shape):
    """A rung: so many working days before or after the date."""

    agency_code = Text(required=True)
    days = Whole(0, service.FARTHEST, required=True)
    before = YesNo(required=True)
    to = Rows(Choice(Audience))


_HOUR, _RUNG = HourShape(), RungShape()
SIDES = [Option("true", "Trước hạn"), Option("false", "Sau hạn")]


@blueprint.get("/nhac-viec")
def reminders() -> str:
    """The house's ladder, the rungs agencies added, and their hours."""
    house = ladders()
    return render_template(
        "admin_reminders.html",
        audiences=list(Audience),
        house=house.usual,
        own={date_kind(name): ladder for name, ladder in house.own.items()},
        hours=known.office_hours(actor()),
        rungs=known.own_rungs(actor()),
        changes=known.setting_changes(actor()),
    )


@blueprint.route("/nhac-viec/gio", methods=["GET", "POST"])
def set_digest_hour() -> Answered:
    """The hour of an agency's digests."""
    question = _question(
        "Giờ gửi thư tổng hợp",
        [
            Ask("select", "agency_code", "Cơ quan", required=True, options=standing()),
            Ask("select", "digest_at", "Giờ gửi", "Để trống: giờ thường lệ 07:30.", options=HOURS),
        ],
        "Lưu giờ gửi",
    )

    def do() -> None:
        given = load(_HOUR, shaped(_HOUR, request.form))
        service.set_hour(
            given["agency_code"], hour_of(given.get("digest_at")),
            actor=actor(), now=moment(), key=posted_key(),
        )  # fmt: skip

    return question.answer({}, do, "Đã lưu giờ gửi thư.")


@blueprint.route("/nhac-viec/moc", methods=["GET", "POST"])
def add_rung() -> Answered:
    """Add a rung for an agency; those of the house stay."""
    question = _question(
        "Thêm mốc nhắc",
        [
            Ask("select", "agency_code", "Cơ quan", required=True, options=standing()),
            Ask("text", "days", "Số ngày làm việc", "0 là đúng ngày hạn.", True, cls="c4"),
            Ask("select", "before", "Tính", required=True, options=SIDES, cls="c4"),
            Ask("checks", "to", "Nhắc ai", required=True, options=options.words(Audience)),
        ],
        "Thêm mốc",
    )  # fmt: skip

    def do() -> None:
        given = load(_RUNG, shaped(_RUNG, request.form))
        day = -given["days"] if given["before"] else given["days"]
        service.add_rung(
            given["agency_code"], day, given.get("to", ()),
            actor=actor(), now=moment(), key=posted_key(),
        )  # fmt: skip

    return question.answer({"before": True}, do, "Đã thêm mốc nhắc.")


@blueprint.route("/nhac-viec/moc/<int:rung_id>/bo", methods=["GET", "POST"])
def remove_rung(rung_id: int) -> Answered:
    """Take an added rung away."""
    question = _question("Bỏ mốc nhắc", [], "Bỏ mốc này")
    return question.answer(
        {},
        lambda: service.remove_rung(rung_id, actor=actor(), now=moment(), key=posted_key()),
        "Đã bỏ mốc nhắc.",
    )


def _question(title: str, asks: list[Ask], button: str) -> Question:
    return Question(
        title=title, asks=asks, button=button,
        back=url_for("admin.reminders"), back_text="Nhắc việc",
    )  # fmt: skip
