"""What is typed about a sensitive period."""

from __future__ import annotations

from typing import Any

from marshmallow import post_load

from petitions.schemas.fields import Day, Shape, Text, Whole, said
from petitions.services.sensitive import MOST_WEEKS, PeriodGiven


class PeriodShape(Shape):
    """A sensitive period."""

    name = Text(required=True, validate=said)
    basis = Text()
    starts = Day(required=True)
    ends = Day(required=True)
    weeks_before = Whole(0, MOST_WEEKS, required=True)
    version = Whole(1, 2**31 - 1)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> tuple[PeriodGiven, int | None]:
        """What the command takes, and the version the form was opened with."""
        version = data.pop("version", None)
        return PeriodGiven(**data), version


PERIOD = PeriodShape()
"""The shape of the form."""
