"""What is typed about urging letters: those to be issued, the reply, and why nobody waits any more."""

from __future__ import annotations

from petitions.queries.urging import Side
from petitions.schemas.fields import Choice, Day, Rows, Shape, Text, Whole

_VERSION = 2**31 - 1


class IssueShape(Shape):
    """Letters to be issued together. ``reply_due`` goes before ``reply_days``."""

    codes = Rows(Text())
    words = Text(required=True)
    reply_days = Whole(1, 366)
    reply_due = Day()
    signer = Whole(1, 2**62)
    on = Day(required=True)


class AnswerShape(Shape):
    """The reply; how far each case is comes beside it, by code."""

    version = Whole(1, _VERSION, required=True)
    said = Text(required=True)
    document = Text()
    answered_on = Day(required=True)


class ClosingShape(Shape):
    """Why nobody waits any more."""

    version = Whole(1, _VERSION, required=True)
    reason = Text(required=True)


class ListShape(Shape):
    """What of the list is wanted."""

    side = Choice(Side)
    agency = Text()
    year = Whole(2000, 2100)


ISSUE, ANSWER, CLOSING, LIST = IssueShape(), AnswerShape(), ClosingShape(), ListShape()
