"""Where a file lies in its office, and what is said of it. Giving it on and back are acts of the case."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response
from marshmallow import RAISE, Schema, fields

from petitions.api import door, written
from petitions.api.reading import CODE, Resources, case_code, one_time_key
from petitions.api.shapes import CodeShape
from petitions.queries.hops import HopPanel, hops_of
from petitions.queries.onetime import answered
from petitions.schemas.fields import Choice
from petitions.schemas.hops import OPINION
from petitions.services.opinions import say
from workflows.office import HopState, OpinionKind
from workflows.vocabulary import Role

blueprint = Resources(
    "api_hops", __name__, url_prefix="/api/v1/cases", description="Phân công, ý kiến."
)


class _Answer(Schema):
    class Meta:
        unknown = RAISE


class HopShape(_Answer):
    """One hop: from whom to whom, by when, and what became of it."""

    ordinal = fields.Integer(required=True, strict=True)
    giver = fields.String(required=True)
    receiver = fields.String(required=True)
    given_on = fields.Date(required=True)
    due = fields.Date(required=True, allow_none=True)
    legal_due = fields.Date(required=True, allow_none=True)
    state = Choice(HopState, required=True)
    reason = fields.String(required=True)


class SaidShape(_Answer):
    """A direction or an opinion."""

    kind = Choice(OpinionKind, required=True)
    who = fields.String(required=True)
    role = Choice(Role, required=True, allow_none=True)
    at = fields.AwareDateTime(required=True)
    text = fields.String(required=True)


class HopsShape(_Answer):
    """The way of a file and the talk about it."""

    code = fields.String(required=True)
    holder = fields.String(required=True, allow_none=True)
    hops = fields.List(fields.Nested(HopShape), required=True)
    thread = fields.List(fields.Nested(SaidShape), required=True)


@blueprint.route("/<code>/hops", parameters=[CODE])
@blueprint.gives(200, HopsShape)
@blueprint.refuses(HTTPStatus.NOT_FOUND)
def shown(code: str) -> Response:
    """Hồ sơ đang ở ai, đã qua những ai, ai có ý kiến gì."""
    return written.answer(_panel(hops_of(door.actor(), case_code(code), door.today())))


@blueprint.route("/<code>/opinions", methods=["POST"], parameters=[CODE])
@blueprint.writes(OPINION, CodeShape, 201)
def said(given: dict[str, Any], code: str) -> Response:
    """Ghi ý kiến, hoặc ý kiến chỉ đạo của lãnh đạo; đã ghi thì không sửa, không xóa."""
    key = one_time_key()
    again = answered(door.actor(), key)
    kind = given.get("kind", OpinionKind.OPINION)
    result = say(
        case_code(code), given["text"], kind, actor=door.actor(), now=door.moment(), key=key
    )
    return written.answer({"code": result}, 201, written.replayed(again))


def _panel(panel: HopPanel) -> dict[str, Any]:
    hop = ("ordinal", "giver", "receiver", "given_on", "due", "legal_due", "state", "reason")
    talk = ("kind", "who", "role", "at", "text")
    return {
        "code": panel.code,
        "holder": panel.holder,
        "hops": [{name: getattr(each, name) for name in hop} for each in panel.hops],
        "thread": [{name: getattr(each, name) for name in talk} for each in panel.thread],
    }
