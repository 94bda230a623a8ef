"""Internal targets: an agency's own, shorter limits."""

from __future__ import annotations

from flask import render_template, request, url_for

from petitions.errors import NotFound
from petitions.queries import offices as known
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.services import targets as service
from petitions.text import vn_date
from petitions.web import options
from petitions.web.admin.agencies import standing
from petitions.web.admin.door import blueprint
from petitions.web.admin.shapes import END_TARGET, TARGET
from petitions.web.forms import Option, posted_key
from petitions.web.questions import Answered, Ask, Question
from petitions.web.session import actor, moment, today
from workflows.vocabulary import Kind, Step
from workflows.watch import NOT_A_DUTY

DUTIES = tuple(step for step in Step if step not in NOT_A_DUTY)
UNITS = [Option("true", "Ngày làm việc"), Option("false", "Ngày")]


@blueprint.get("/han-noi-bo")
def targets() -> str:
    """The targets of the administrator's agencies."""
    return render_template("admin_targets.html", targets=known.internal_targets(actor()))


@blueprint.route("/han-noi-bo/moi", methods=["GET", "POST"])
def set_target() -> Answered:
    """Set a target; it holds for clocks that start from its first day on."""
    question = _question(
        "Đặt hạn nội bộ",
        [
            Ask("select", "agency_code", "Cơ quan", required=True, options=standing(), cls="c6"),
            Ask("select", "kind", "Loại đơn", required=True, options=options.words(Kind), cls="c6"),
            Ask("select", "step", "Việc", required=True, options=options.words(DUTIES)),
            Ask("text", "days", "Số ngày", "Không dài hơn thời hạn luật định.", True, cls="c4"),
            Ask("select", "working_days", "Tính theo", required=True, options=UNITS, cls="c4"),
            Ask("date", "valid_from", "Áp dụng từ ngày", required=True),
            Ask("area", "reason", "Lý do", required=True),
        ],
        "Đặt hạn",
    )

    def do() -> None:
        given, reason = load(TARGET, shaped(TARGET, request.form))
        service.set_target(given, reason=reason, actor=actor(), now=moment(), key=posted_key())

    start = {"valid_from": vn_date(today()), "working_days": True}
    return question.answer(start, do, "Đã đặt hạn nội bộ.")


@blueprint.route("/han-noi-bo/<int:target_id>/ket-thuc", methods=["GET", "POST"])
def end_target(target_id: int) -> Answered:
    """End a target with its last day."""
    if all(each.id != target_id for each in known.internal_targets(actor())):
        raise NotFound("Không có hạn nội bộ này.")
    question = _question(
        "Thôi áp dụng hạn nội bộ",
        [
            Ask("date", "last_day", "Ngày cuối áp dụng", required=True),
            Ask("area", "reason", "Lý do", required=True),
        ],
        "Thôi áp dụng",
    )

    def do() -> None:
        given = load(END_TARGET, shaped(END_TARGET, request.form))
        service.end_target(
            target_id, given["last_day"], reason=given["reason"],
            actor=actor(), now=moment(), key=posted_key(),
        )  # fmt: skip

    return question.answer({"last_day": vn_date(today())}, do, "Đã ghi.")


def _question(title: str, asks: list[Ask], button: str) -> Question:
    return Question(
        title=title, asks=asks, button=button,
        back=url_for("admin.targets"), back_text="Hạn nội bộ",
    )  # fmt: skip
