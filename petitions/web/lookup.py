"""The citizen's look-up without an account: where a petition stands, and what the citizen thinks of it.

Code and secret travel in the body of a POST, never in an address: logs, proxies, referrers and the
history of a borrowed telephone hold addresses. The slip's QR brings the code alone, behind the ``#``
that browsers keep to themselves; the secret is typed from the slip, because the applications people
scan with send what they scan to their makers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Response, make_response, render_template, request

from config.extensions import csrf
from petitions.citizen_labels import (
    LATE,
    MEETING,
    NO_DAY,
    OWED,
    PAUSED,
    QUESTIONS,
    SCALE,
    TOLD,
    Phase,
)
from petitions.errors import Conflict, Invalid, TooManyAttempts
from petitions.queries.lookup import Standing, standing_of
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.schemas.surveys import SURVEY
from petitions.services import slips, surveys
from petitions.web.forms import Form
from petitions.web.session import moment, today

blueprint = Blueprint("lookup", __name__)

WRONG = "Không tìm thấy. Hãy xem lại phiếu và gõ lại cả hai mã."
ALREADY = "Đơn này đã có đánh giá rồi. Mỗi đơn chỉ đánh giá một lần. Xin cảm ơn ông (bà)."
THANKS = "Đã ghi nhận đánh giá. Xin cảm ơn ông (bà)."
HEADERS = {"X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer"}
BLANK = Form()
"""Nothing typed; these forms carry no one-time key, so that two wrong answers are the same bytes."""


@dataclass(frozen=True, slots=True)
class DayTold:
    """A day with its sentence; ``late`` says it has passed."""

    words: str
    on: date
    late: bool


@dataclass(frozen=True, slots=True)
class StandingTold:
    """A standing in a citizen's words."""

    state: str
    then: str
    days: tuple[DayTold, ...]
    without_day: str
    late: str


@blueprint.route("/tra-cuu", methods=["GET", "POST"])
def show() -> Response:
    """Ask for code and secret; tell where the petition stands."""
    if request.method == "GET":
        return _asked()
    try:
        case_id = _opened()
    except TooManyAttempts as error:
        return _wait(error)
    if case_id is None:
        return _asked(WRONG, 422)
    return _found(case_id, BLANK)


@blueprint.post("/tra-cuu/danh-gia")
def rate() -> Response:
    """Keep what the holder of the slip thinks of how the petition was handled."""
    try:
        case_id = _opened()
    except TooManyAttempts as error:
        return _wait(error)
    if case_id is None:
        return _asked(WRONG, 422)
    try:
        scores, comment = load(SURVEY, shaped(SURVEY, request.form))
        kept = surveys.answer(case_id, scores, comment, now=moment())
    except Invalid as error:
        typed = Form.posted(forget={"code", "secret"})
        return _found(case_id, typed.refused(error.fields), status=422)
    except Conflict as error:
        return _found(case_id, BLANK, error.message, 409)
    return _found(case_id, BLANK, THANKS if kept else ALREADY)


# No token against forged requests: such a token is for pages that trust a cookie. These trust nothing
# but the secret in the form, which a forger does not have, and so citizens get no cookie at all.
for view in (show, rate):
    csrf.exempt(view)


def told(standing: Standing) -> StandingTold:
    """A standing in words that are the same for every kind of petition."""
    words = TOLD[standing.phase]
    days = tuple(
        DayTold(MEETING if each.step is None else OWED[each.step], each.on, each.late)
        for each in standing.owed
    )
    waits = standing.open and not days and standing.phase is not Phase.RESULT
    without = PAUSED if standing.paused else NO_DAY if waits else ""
    late = LATE if any(each.late for each in days) else ""
    return StandingTold(words.state, words.then, days, without, late)


def _opened() -> int | None:
    return slips.opened(
        request.form.get("code", ""),
        request.form.get("secret", ""),
        request.remote_addr or "",
        moment(),
    )


def _asked(wrong: str = "", status: int = 200, more: Mapping[str, str] | None = None) -> Response:
    return _answer(render_template("lookup.html", wrong=wrong), status, more)


def _wait(error: TooManyAttempts) -> Response:
    minutes = -(-error.retry_after // 60)
    sentence = f"Đã thử sai nhiều lần. Hãy đợi {minutes} phút rồi thử lại, hoặc mang phiếu đến nơi đã nhận đơn để hỏi."
    return _asked(sentence, 429, {"Retry-After": str(error.retry_after)})


def _found(case_id: int, form: Form, note: str = "", status: int = 200) -> Response:
    standing = standing_of(case_id, today())
    page = render_template(
        "lookup_found.html",
        standing=standing,
        told=told(standing),
        form=form,
        note=note,
        secret=request.form.get("secret", "")[: slips.LONGEST],
        questions=QUESTIONS,
        scale=SCALE,
    )
    return _answer(page, status)


def _answer(page: str, status: int, more: Mapping[str, str] | None = None) -> Response:
    response = make_response(page, status)
    response.headers.update({**HEADERS, **(more or {})})
    return response
