"""The query string of the lists of replies awaited, and what is typed when a reply or a step is noted."""

from __future__ import annotations

from typing import Any

from marshmallow import post_load

from petitions.queries.awaited import Answered, ReplyFilters, Side
from petitions.schemas.fields import LARGEST_ID, Choice, Day, Line, Shape, Text, Whole, YesNo, said
from workflows.office import ReplyKind

AGENCY_CODE = 40
"""Characters of an agency's code."""


class ReplyFilterShape(Shape):
    """What a list of replies may be narrowed by."""

    side = Choice(Side)
    answered = Choice(Answered)
    kind = Choice(ReplyKind)
    agency = Line(AGENCY_CODE)
    below = YesNo()
    page = Whole(1, 10_000)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> tuple[ReplyFilters, int]:
        """The filters and the page."""
        page = data.pop("page", 1)
        return ReplyFilters(**data), page


class ReplyShape(Shape):
    """A reply that came on paper."""

    on = Day(required=True)
    content = Text(required=True, validate=said)
    document = Line(160, allow_none=True)
    late_reason = Line(300, allow_none=True)


class StepShape(Shape):
    """A step of the verification that was done; ``paper`` is its number in the file."""

    done_on = Day(required=True)
    paper = Whole(1, LARGEST_ID, allow_none=True)


REPLY_FILTERS, REPLY, STEP = ReplyFilterShape(), ReplyShape(), StepShape()
