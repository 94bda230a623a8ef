"""A case under review: its story, who answers for it, progress and outcome; and what its own page tells of it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for

from petitions.errors import Forbidden, NotFound
from petitions.queries import conduct, reviewed
from petitions.queries.case_shapes import CasePage
from petitions.queries.review_shapes import ReviewedCasePage
from petitions.queries.reviews import READERS
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.schemas.reviewing import ARRANGEMENT, NOTE, OUTCOME, REASON
from petitions.services import reviewed as service
from petitions.web import options
from petitions.web.answers import Answer, answered
from petitions.web.case_rows import NO_SENDER, SEALED_SENDER
from petitions.web.days import due_words
from petitions.web.forms import Form, Option, posted_key, posted_version
from petitions.web.pages import day
from petitions.web.reviews import course, standing
from petitions.web.session import actor, moment, require, today
from workflows.reviewing import ReviewOutcome
from workflows.vocabulary import Kind

blueprint = Blueprint("reviewed", __name__)

ARRANGE, PROGRESS, RESULT, RESUME = "phan-cong", "tien-do", "ket-qua", "lam-lai"
TITLES = {
    ARRANGE: "Phân công, phương án",
    PROGRESS: "Ghi tiến độ",
    RESULT: "Ghi kết quả rà soát",
    RESUME: "Bỏ kết quả, rà soát tiếp",
}
WORDS = {
    "agency": "Chủ trì", "leader": "Lãnh đạo phụ trách", "due": "Thời hạn", "plan": "Phương án",
    "proposal": "Đề xuất", "document": "Văn bản", "content": "Nội dung",
}  # fmt: skip
"""Names of the words an entry may keep."""


@blueprint.get("/ra-soat/vu-viec/<uid>")
def show(uid: str) -> str:
    """A reviewed case with its story."""
    require(*READERS)
    shown = reviewed.reviewed_case(actor(), uid, today())
    return render_template(
        "reviewed.html",
        shown=shown,
        due=standing(shown.line, due_words(today())(shown.line.due)),
        course=course(shown.line.course),
        names=WORDS,
        acts=[
            (TITLES[each], url_for("reviewed.step", uid=uid, step=each)) for each in _acts(shown)
        ],
        no_sender=NO_SENDER,
        sealed_sender=SEALED_SENDER,
    )


@blueprint.route("/ra-soat/vu-viec/<uid>/<step>", methods=["GET", "POST"])
def step(uid: str, step: str) -> Answer:
    """One act on a reviewed case."""
    require(*READERS)
    shown = reviewed.reviewed_case(actor(), uid, today())
    if step not in TITLES:
        raise NotFound
    if step not in _acts(shown):
        raise Forbidden(service.NOT_CHARGED)
    if request.method == "GET":
        return _page(shown, step, _start(shown, step))

    def page(form: Form, **more: bool) -> str:
        return _page(reviewed.reviewed_case(actor(), uid, today()), step, form, **more)

    def send() -> str:
        _send(uid, step)
        return url_for("reviewed.show", uid=uid)

    return answered(Form.posted({"version"}), page, send, "Đã lưu.")


def panel(page: CasePage) -> dict[str, Any]:
    """What the case's own page tells: its reviews, and what came of complaints about officials.

    One statement, and another for a case that is about an official.
    """
    if actor().role not in READERS:
        return {"reviews": [], "conduct": []}
    tell = due_words(today())
    about = page.official_conduct or page.kind is Kind.DENUNCIATION
    return {
        "reviews": [
            (each, standing(each, tell(each.due)))
            for each in reviewed.of_case(actor(), page.code, today())
        ],
        "conduct": conduct.of_case(actor(), page.code) if about else (),
    }


def _acts(shown: ReviewedCasePage) -> list[str]:
    """What this hat may do, the likeliest first."""
    if not shown.works:
        return []
    if shown.line.outcome is not None:
        return [RESULT, *([RESUME] if shown.keeps else [])]
    if shown.line.plan:
        return [PROGRESS, RESULT, ARRANGE]
    return [ARRANGE, PROGRESS, RESULT]


def _start(shown: ReviewedCasePage, step: str) -> Form:
    line = shown.line
    match step:
        case "phan-cong":
            start = {
                "agency": line.agency_code,
                "leader": shown.leader_username or "",
                "due": day(line.due),
                "plan": line.plan,
                "proposal": line.proposal,
            }
        case "ket-qua" if line.outcome is not None:
            start = {
                "outcome": line.outcome.value,
                "on": day(line.outcome_on),
                "document": line.document,
            }
        case _:
            start = {"on": day(today())}
    return Form.of(start)


def _send(uid: str, step: str) -> None:
    common: dict[str, Any] = {"actor": actor(), "now": moment(), "key": posted_key()}
    match step:
        case "phan-cong":
            arranged = load(ARRANGEMENT, shaped(ARRANGEMENT, request.form))
            service.arrange(uid, arranged, version=posted_version(), **common)
        case "tien-do":
            noted = load(NOTE, shaped(NOTE, request.form))
            service.note_progress(uid, noted["content"], on=noted["on"], **common)
        case "ket-qua":
            given = load(OUTCOME, shaped(OUTCOME, request.form))
            service.conclude(uid, given, version=posted_version(), **common)
        case _:
            reason = load(REASON, shaped(REASON, request.form))["reason"]
            service.resume(uid, reason, version=posted_version(), **common)


def _page(shown: ReviewedCasePage, step: str, form: Form, stale: bool = False) -> str:
    return render_template(
        "reviewed_step.html",
        shown=shown,
        step=step,
        title=TITLES[step],
        form=form,
        stale=stale,
        version=shown.version if stale or request.method == "GET" else posted_version(),
        bodies=[
            Option(code, name) for _, code, name in reviewed.bodies_for(shown.case_id, today())
        ],
        leaders=[
            Option(username, f"{name}, {agency}")
            for _, username, name, agency in reviewed.leaders_for(shown.case_id, today())
        ],
        outcomes=options.words(ReviewOutcome),
    )
