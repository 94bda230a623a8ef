"""Operations: whether every job ran, what waits to be told and sent, and who hears nothing."""

from __future__ import annotations

from flask import current_app, render_template, url_for

from config.clock import local_day
from petitions.installation import installation
from petitions.queries import operations as known
from petitions.reminder_labels import COUNT_WORDS, JOB_WORDS
from petitions.services import mailing
from petitions.web.admin.door import blueprint
from petitions.web.questions import Answered, Question
from petitions.web.session import actor, moment


@blueprint.get("/van-hanh")
def operations() -> str:
    """Jobs and post at this moment."""
    now = moment()
    post = known.overview(actor(), now)
    return render_template(
        "admin_operations.html",
        post=post,
        now=now,
        jobs=current_app.extensions["donthu.jobs"](now),
        job_words=JOB_WORDS,
        count_words=COUNT_WORDS,
        server=bool(installation().settings.mail_server),
        most=mailing.most_on(local_day(now)),
    )


@blueprint.route("/van-hanh/thu/<int:mail_id>/gui-lai", methods=["GET", "POST"])
def resend_mail(mail_id: int) -> Answered:
    """Put a parked mail back in the queue."""
    known.require_operator(actor())
    question = _question(
        "Gửi lại thư đang dừng",
        "Thư của ngày đã qua, hoặc của người đã đổi địa chỉ, được soạn lại theo tình hình hiện nay.",
        "Gửi lại",
    )
    return question.answer({}, lambda: mailing.resend(mail_id, moment()), "Thư đang chờ gửi lại.")


@blueprint.route("/van-hanh/cho-phep", methods=["GET", "POST"])
def permit_mail() -> Answered:
    """Let more mail than usual leave today."""
    known.require_operator(actor())
    question = _question(
        "Cho phép gửi nhiều hơn thường ngày",
        "Chỉ có hiệu lực hôm nay. Hãy xem lại vì sao số thư tăng bất thường trước khi cho phép.",
        "Cho phép hôm nay",
    )
    return question.answer(
        {}, lambda: mailing.permit(moment(), actor().user_id), "Đã cho phép trong hôm nay."
    )


def _question(title: str, lead: str, button: str) -> Question:
    return Question(
        title=title, lead=lead, asks=[], button=button,
        back=url_for("admin.operations"), back_text="Vận hành",
    )  # fmt: skip
