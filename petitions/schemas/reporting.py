"""What is typed about the calendar of reports: a duty, and a report that was sent."""

from __future__ import annotations

from typing import Any

from marshmallow import post_load

from petitions.schemas.fields import Choice, Day, Rows, Shape, Text, Whole, said
from petitions.services.reporting import DutyGiven
from workflows.reporting import Concerned, ReportPeriod


class DutyShape(Shape):
    """A report or plan owed every year."""

    name = Text(required=True, validate=said)
    basis = Text(required=True, validate=said)
    period = Choice(ReportPeriod, required=True)
    concerned = Choice(Concerned, required=True)
    day = Whole(1, 31, required=True)
    month = Whole(1, 12, required=True)
    starts_on = Day(required=True)
    ends_on = Day(allow_none=True)
    agencies = Rows(Text())
    version = Whole(1, 2**31 - 1)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> tuple[DutyGiven, int | None]:
        """What the command takes, and the version the form was opened with."""
        version = data.pop("version", None)
        return DutyGiven(**data), version


class SentShape(Shape):
    """When a report left, and under which number."""

    sent_on = Day(required=True)
    document = Text(required=True, validate=said)


DUTY, SENT = DutyShape(), SentShape()
