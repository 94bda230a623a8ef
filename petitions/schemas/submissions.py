"""Shapes of what is done with proposals, and of the routes they take."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load, validate

from petitions.schemas.acts import Payload
from petitions.schemas.fields import LARGEST_ID, Choice, Day, Inner, Rows, Shape, Text, Whole
from petitions.services.routes import LONGEST, RouteGiven, StepGiven
from petitions.services.submissions import OPINION_LIMIT
from workflows.office import LEGAL, RouteShape, Work
from workflows.passage import APPROVERS
from workflows.vocabulary import Action, Role


def _opinion() -> Text:
    limit = validate.Length(max=OPINION_LIMIT, error="Dài quá {max} ký tự.")
    return Text(allow_none=True, validate=limit)


def _name(longest: int = 80, **more: Any) -> Text:
    limit = validate.Length(1, longest, error="Từ {min} đến {max} ký tự.")
    return Text(validate=limit, **more)


class ProposalShape(Shape):
    """A proposal: an act with its payload, a letter with what fills its blanks, or both."""

    action = Choice(Action, LEGAL, allow_none=True)
    given = Inner(Payload)
    form_key = _name(40, allow_none=True)
    fields_ = fields.Dict(keys=Text(), data_key="fields", attribute="fields")
    on = Day(allow_none=True)
    due = Day(allow_none=True)


class RevisionShape(Shape):
    """A proposal's words once more; the act and the letter stay what they are."""

    version = Whole(1, LARGEST_ID, required=True)
    given = Inner(Payload)
    fields_ = fields.Dict(keys=Text(), data_key="fields", attribute="fields")
    on = Day(allow_none=True)
    due = Day(allow_none=True)


class MoveShape(Shape):
    """A round on a proposal; ``version`` is the one last read."""

    version = Whole(1, LARGEST_ID, required=True)
    opinion = _opinion()
    to = _name(allow_none=True)


class SendBackShape(Shape):
    """Back to the author: why, and until when anew."""

    version = Whole(1, LARGEST_ID, required=True)
    opinion = _opinion()
    due = Day(allow_none=True)


class ReasonShape(Shape):
    """A round that wants no more than a reason."""

    version = Whole(1, LARGEST_ID, required=True)
    reason = _opinion()


class ReassignShape(ReasonShape):
    """To whom instead."""

    to = _name(required=True)


class SignShape(Shape):
    """A signature; ``on`` is the date printed on the signed document, today where it is left out."""

    version = Whole(1, LARGEST_ID, required=True)
    on = Day(allow_none=True)
    opinion = _opinion()
    late_reason = Text(allow_none=True, validate=validate.Length(max=300, error="Dài quá {max} ký tự."))  # fmt: skip


class StepShape(Shape):
    """One approver of a route."""

    role = Choice(Role, APPROVERS, required=True)
    days = Whole(1, LONGEST, required=True)
    agency_code = _name(40, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> StepGiven:
        """The typed value."""
        return StepGiven(**data)


class WayShape(Shape):
    """A route of one kind of work."""

    agency_code = _name(40, required=True)
    work = Choice(Work, required=True)
    shape = Choice(RouteShape, required=True)
    steps = Rows(StepShape)
    valid_from = Day(required=True)
    valid_to = Day(allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> RouteGiven:
        """The typed value."""
        return RouteGiven(**{**data, "steps": tuple(data.get("steps", ()))})


PROPOSAL, REVISION = ProposalShape(), RevisionShape()
MOVE, SEND_BACK = MoveShape(), SendBackShape()
REASON, REASSIGN, SIGN, ROUTE = ReasonShape(), ReassignShape(), SignShape(), WayShape()
