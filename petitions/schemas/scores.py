"""What is typed about a scorecard: its days and classes, a criterion, points by hand."""

from __future__ import annotations

from typing import Any

from marshmallow import post_load

from petitions.schemas.fields import Choice, Day, Rows, Shape, Text, Whole, YesNo, said
from petitions.services.score_criteria import CriterionGiven
from petitions.services.scores import FIRST_YEAR, LAST_YEAR, CardGiven
from workflows.scoring import Band, Indicator


class NewCardShape(Shape):
    """The year, and whether the last card is the model."""

    year = Whole(FIRST_YEAR, LAST_YEAR, required=True)
    like_last = YesNo()


class BandShape(Shape):
    """A class and the points it begins at."""

    name = Text(required=True, validate=said)
    least = Whole(0, 100, required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Band:
        """The typed value."""
        return Band(**data)


class CardShape(Shape):
    """What a card says besides its criteria."""

    basis = Text()
    first_day = Day(required=True)
    last_day = Day(required=True)
    closes_on = Day(required=True)
    least_share = Whole(1, 100, required=True)
    bands = Rows(BandShape)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> CardGiven:
        """What the command takes."""
        return CardGiven(**{"basis": "", "bands": ()} | data)


class CriterionShape(Shape):
    """A criterion; per cents for those the system counts."""

    title = Text(required=True, validate=said)
    weight = Text(required=True, validate=said)
    basis = Text()
    indicator = Choice(Indicator, allow_none=True)
    target = Whole(0, 100, allow_none=True)
    zero = Whole(0, 100, allow_none=True)
    least = Whole(1, 1_000, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> CriterionGiven:
        """What the command takes."""
        return CriterionGiven(**data | {"least": data.get("least") or 1})


class PointsShape(Shape):
    """Points by hand with their reason."""

    points = Text(required=True, validate=said)
    reason = Text(required=True, validate=said)


class ClosingShape(Shape):
    """Another closing date."""

    closes_on = Day(required=True)


NEW_CARD, CARD, CRITERION = NewCardShape(), CardShape(), CriterionShape()
POINTS, CLOSING = PointsShape(), ClosingShape()
