"""One's own mail: the hour of the digest, and which information is left out of it."""

from __future__ import annotations

from flask import Blueprint, request, url_for

from petitions.queries import mail_settings as known
from petitions.schemas.fields import Shape, YesNo, load
from petitions.schemas.forms import shaped
from petitions.services import mail_settings as service
from petitions.web.forms import posted_key
from petitions.web.hours import HOURS, hour_of, value_of
from petitions.web.questions import Answered, Ask, Question
from petitions.web.session import actor, moment
from petitions.web.shapes import line

blueprint = Blueprint("mail_choice", __name__)


class ChoiceShape(Shape):
    """What a person wants of the mail."""

    digest_at = line(5)
    informational = YesNo()
    weekly = YesNo()


_CHOICE = ChoiceShape()


@blueprint.route("/tai-khoan/thu", methods=["GET", "POST"])
def choose() -> Answered:
    """The hour and the kinds; duties are not asked about, for they are always told."""
    now = known.chosen(actor())
    question = Question(
        title="Thư nhắc việc của tôi",
        lead=(
            "Mỗi sáng làm việc có nhiều nhất một thư tổng hợp. Lời nhắc về thời hạn và việc đang chờ "
            "bạn luôn được gửi; các loại tin dưới đây có thể tắt."
        ),
        asks=[
            Ask(
                "select", "digest_at", "Giờ nhận thư",
                f"Để trống: theo giờ của cơ quan, hiện là {now.office_hour:%H:%M}.", options=HOURS,
            ),
            Ask("check", "informational", "Nhận tin về diễn biến hồ sơ"),
            Ask("check", "weekly", "Nhận tổng hợp tình hình đầu tuần", "Dành cho lãnh đạo và thanh tra."),
        ],
        button="Lưu lựa chọn",
        back=url_for("account.show"),
        back_text="Tài khoản của tôi",
    )  # fmt: skip

    def do() -> None:
        given = load(_CHOICE, shaped(_CHOICE, request.form))
        service.choose(
            hour_of(given.get("digest_at")),
            informational=given.get("informational", False),
            weekly=given.get("weekly", False),
            actor=actor(), now=moment(), key=posted_key(),
        )  # fmt: skip

    start = {
        "digest_at": value_of(now.digest_at),
        "informational": now.informational,
        "weekly": now.weekly,
    }
    return question.answer(start, do, "Đã lưu lựa chọn về thư.")
