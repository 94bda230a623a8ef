"""What people say when they give a file on, give it back, or speak of it."""

from __future__ import annotations

from marshmallow import ValidationError

from petitions.schemas.fields import Choice, Day, Rows, Shape, Text, said
from workflows.office import OpinionKind


def chosen(text: str) -> None:
    """Refuse a selection nothing was chosen in."""
    if not text:
        raise ValidationError("Phải chọn người nhận.")


class GiveOnShape(Shape):
    """To whom a file goes, with which direction, by when."""

    assignee = Text(required=True, validate=chosen)
    content = Text()
    until = Day(allow_none=True)


class DistributeShape(GiveOnShape):
    """The same for several files."""

    files = Rows(Text(), required=True, error_messages={"required": "Phải chọn ít nhất một hồ sơ."})


class GiveBackShape(Shape):
    """Why it comes back."""

    reason = Text(required=True, validate=said)


class OpinionShape(Shape):
    """What is said of a file."""

    text = Text(required=True, validate=said)
    kind = Choice(OpinionKind)


GIVE_ON = GiveOnShape()
DISTRIBUTE = DistributeShape()
GIVE_BACK = GiveBackShape()
OPINION = OpinionShape()
