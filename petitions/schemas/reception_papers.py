"""Shapes of the papers of reception: the tasks a conclusion gives, the day of a signature or of sending."""

from __future__ import annotations

from typing import Any

from marshmallow import post_load

from petitions.schemas.fields import Day, Inner, Line, Rows, Shape, Text, Whole
from petitions.services.reception_papers_form import Task
from petitions.services.undertakings import WHAT_LIMIT


class TaskShape(Shape):
    """A task: what, who leads, who works along (two bodies have a place on the page), by when."""

    what = Line(WHAT_LIMIT, allow_none=True)
    lead_agency_code = Text(allow_none=True)
    cooperating = Text(allow_none=True)
    also_cooperating = Text(allow_none=True)
    due = Day(allow_none=True)
    reports_to = Line(200, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Task | None:
        """The task, nothing for a row nobody wrote into."""
        if not any(data.values()):
            return None
        helpers = (data.get("cooperating"), data.get("also_cooperating"))
        return Task(
            what=data.get("what") or "",
            lead_agency_code=data.get("lead_agency_code") or "",
            due=data.get("due"),
            cooperating=tuple(each for each in helpers if each),
            reports_to=data.get("reports_to") or "",
        )


class TasksShape(Shape):
    """The tasks of a conclusion."""

    tasks = Rows(Inner(TaskShape))


class SignatureShape(Shape):
    """The signature of a draft as it was read."""

    version = Whole(1, 10**9, required=True)
    on = Day(allow_none=True)


class VersionShape(Shape):
    """The version of a draft as it was read."""

    version = Whole(1, 10**9, required=True)


class SendingShape(Shape):
    """The day a paper left."""

    sent_on = Day(required=True)


TASKS, SIGNATURE, VERSION, SENDING = TasksShape(), SignatureShape(), VersionShape(), SendingShape()
