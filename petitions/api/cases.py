"""Cases: listed, searched, looked at, registered and acted on; the same commands and scope as the pages."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Response, url_for
from marshmallow import post_load, validate

from config.database import db
from petitions.api import door, shapes, written
from petitions.api.reading import (
    CODE,
    ONCE,
    REPLAYED,
    Resources,
    case_code,
    in_payload,
    one_time_key,
)
from petitions.api.submissions import wants_head, wants_submission
from petitions.errors import Forbidden, Invalid, NotAllowedNow, NotFound
from petitions.queries.case_filters import horizon
from petitions.queries.case_page import case_page, permissions
from petitions.queries.cases import MOST, PAGE, Filters, queue
from petitions.queries.onetime import answered
from petitions.queries.routes import office_of_act, route_of_act
from petitions.queries.search import search
from petitions.queries.submissions import proposable
from petitions.rulebook import current
from petitions.schemas.acts import ENVELOPE, refused
from petitions.schemas.fields import Shape, Text, Whole
from petitions.schemas.filters import FilterShape
from petitions.schemas.registration import REGISTRATION
from petitions.services.acts import perform
from petitions.services.intake import register
from petitions.services.registration import Registration
from workflows.vocabulary import Action

blueprint = Resources(
    "api_cases", __name__, url_prefix="/api/v1/cases", description="Hồ sơ vụ việc."
)

ELSEWHERE = frozenset({Action.REGISTER, Action.IMPORT, Action.RESTATE, Action.OPEN_IDENTITY})
"""Acts with a way of their own: they make cases, follow a change of calendar, or show what no answer here does."""
ACTS = tuple(action.value for action in Action if action not in ELSEWHERE)
ACTION = {
    "name": "action",
    "in": "path",
    "description": "Việc cần làm.",
    "schema": {"type": "string", "enum": list(ACTS)},
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A page of a list."""

    filters: Filters
    after: str | None
    limit: int


class QueueArgs(FilterShape):
    """Filters and the place in the list."""

    after = Text(
        validate=validate.Regexp(
            r"^[0-9]{4}-[0-9]{2}-[0-9]{2}_[0-9]{1,18}$",
            error="Không phải vị trí do danh sách trả về.",
        )
    )
    limit = Whole(1, MOST)

    @post_load
    def make(self, data: dict[str, Any], **more: Any) -> Asked:
        """The typed value."""
        after, limit = data.pop("after", None), data.pop("limit", PAGE)
        return Asked(super().make(data, **more), after, limit)


class SearchArgs(Shape):
    """Words, or a case code."""

    q = Text(required=True, validate=validate.Length(1, 200, error="Từ 1 đến 200 ký tự."))
    limit = Whole(1, MOST)


@blueprint.route("")
@blueprint.takes(QueueArgs(), location="query")
@blueprint.gives(200, shapes.QueueShape)
def listed(asked: Asked) -> Response:
    """Danh sách hồ sơ theo hạn gần nhất."""
    seen = None
    if asked.filters.dated:
        seen = horizon(door.today(), current(db.session()).calendar)
    page = queue(door.actor(), asked.filters, after=asked.after, limit=asked.limit, seen=seen)
    lines = [written.line(each) for each in page.lines]
    return written.answer({"cases": lines, "page": {"limit": asked.limit, "next": page.after}})


@blueprint.route("/search")
@blueprint.takes(SearchArgs(), location="query")
@blueprint.gives(200, shapes.FoundShape)
def found(asked: dict[str, Any]) -> Response:
    """Tìm hồ sơ theo từ (có dấu hay không dấu) hoặc theo mã."""
    lines = search(door.actor(), asked["q"], limit=asked.get("limit", PAGE))
    return written.answer({"cases": [written.line(each) for each in lines]})


@blueprint.route("/<code>", parameters=[CODE])
@blueprint.gives(200, shapes.CaseShape)
@blueprint.refuses(HTTPStatus.NOT_FOUND)
def shown(code: str) -> Response:
    """Một hồ sơ: nội dung, các thời hạn kèm giải thích, diễn biến, việc được làm."""
    actor, today = door.actor(), door.today()
    page = case_page(actor, case_code(code))
    acts = [each for each in permissions(page, actor, today) if each.action in ACTS]
    return written.answer(written.case(page, acts, today))


@blueprint.route("", methods=["POST"])
@blueprint.takes(REGISTRATION)
@blueprint.gives(201, shapes.CodeShape, headers=REPLAYED)
@blueprint.refuses(HTTPStatus.CONFLICT)
@blueprint.noted(parameters=[ONCE])
def registered(given: Registration) -> Response:
    """Đăng ký một đơn thành hồ sơ mới."""
    key = one_time_key()
    again = answered(door.actor(), key)
    code = register(given, actor=door.actor(), now=door.moment(), key=key)
    headers = {"Location": url_for("api_cases.shown", code=code)}
    return written.answer({"code": code}, 201, headers | written.replayed(again))


@blueprint.route("/<code>/acts/<action>", methods=["POST"], parameters=[CODE, ACTION])
@blueprint.writes(ENVELOPE, shapes.CodeShape)
def acted(envelope: dict[str, Any], code: str, action: str) -> Response:
    """Làm một việc trên hồ sơ; trả về mã hồ sơ cần xem tiếp.

    Việc mà cơ quan đặt người duyệt, hoặc người gọi không tự làm được, thì trả lời 409
    ``needs_submission``, nêu quy trình và nơi lập tờ trình.
    """
    key, known = one_time_key(), case_code(code)
    if action not in ACTS:
        raise NotFound
    given = envelope.get("given", {})
    if faults := refused(Action(action), None, given):
        raise Invalid(in_payload(faults))
    again = answered(door.actor(), key)
    route = route_of_act(door.actor(), known, Action(action), door.today())
    if route is not None and not again:
        return wants_submission(known, route)
    try:
        result = perform(
            known,
            Action(action),
            given,
            version=envelope["version"],
            on=envelope["on"],
            actor=door.actor(),
            now=door.moment(),
            late_reason=envelope.get("late_reason"),
            key=key,
        )
    except Invalid as error:
        error.fields = in_payload(error.fields)
        raise
    except (Forbidden, NotAllowedNow):
        agency = _asks_head(known, Action(action))
        if agency is None:
            raise
        return wants_head(known, Action(action), agency)
    return written.answer({"code": result}, headers=written.replayed(again))


def _asks_head(code: str, action: Action) -> str | None:
    """The agency whose head would sign this where the caller may not do it; None where nobody may."""
    page = case_page(door.actor(), code)
    offered = proposable(page, door.actor(), door.today())
    asked = any(each.action is action for each in offered)
    return office_of_act(door.actor(), code, action) if asked else None
