"""What is typed about commitments, dialogues and promises, and the query strings of their lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, post_load

from petitions.queries.commitment_shapes import CommitmentFilters, Which
from petitions.queries.promises import PromiseFilters
from petitions.schemas.fields import Choice, Day, Line, Rows, Shape, Text, Whole, YesNo, said
from petitions.services import dialogues, open_dialogues
from petitions.services.dialogues import Attendee, Preparation
from petitions.services.promises import About
from petitions.services.undertakings import Undertaking
from workflows.commitments import Attendance, CommitmentKind, CommitmentSource, Occasion, Side

AGENCY_CODE = 40
"""Characters of an agency's code."""
_PLAIN = {"document": 160, "name": 255, "title": 160, "reason": 300}


def _at_a_clock(text: str) -> None:
    """Refuse what is no wall-clock time."""
    if text and not dialogues.CLOCK.fullmatch(text):
        raise ValidationError(dialogues.NO_CLOCK)


class UndertakingShape(Shape):
    """What one body is to do, by when, with whom."""

    what = Text(required=True, validate=said)
    lead_agency_code = Text(required=True, validate=said)
    due = Day(required=True)
    kind = Choice(CommitmentKind)
    cooperating = Rows(Text())
    supervising = Rows(Text())

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Undertaking:
        """The typed value."""
        for name in ("cooperating", "supervising"):
            data[name] = tuple(data.get(name, ()))
        return Undertaking(**data)


class UndertakingsShape(Shape):
    """Several of them."""

    undertakings = Rows(UndertakingShape)


class StepShape(Shape):
    """One line of a commitment's history."""

    on = Day(required=True)
    text = Text()
    document = Line(_PLAIN["document"], allow_none=True)
    due = Day(allow_none=True)
    paper = Whole(1, 1_000_000, allow_none=True)


class FilterShape(Shape):
    """What the register of commitments may be narrowed by."""

    which = Choice(Which)
    source = Choice(CommitmentSource)
    agency = Line(AGENCY_CODE)
    due_from = Day()
    due_to = Day()
    page = Whole(1, 10_000)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> tuple[CommitmentFilters, int]:
        """The filters and the page."""
        page = data.pop("page", 1)
        return CommitmentFilters(**data), page


class SpanShape(Shape):
    """The days a count is about."""

    first = Day(data_key="tu")
    last = Day(data_key="den")


class AttendeeShape(Shape):
    """Somebody invited to a dialogue, and whether they came."""

    side = Choice(Side, required=True)
    name = Text(required=True, validate=said)
    title = Line(_PLAIN["title"])
    invited_on = Day(allow_none=True)
    attendance = Choice(Attendance, allow_none=True)
    reason = Line(_PLAIN["reason"])

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Attendee:
        """The typed value."""
        return Attendee(**data)


class PreparationShape(Shape):
    """Where and when a dialogue is held, who chairs, who is invited."""

    place = Text(required=True, validate=said)
    starts_at = Text(allow_none=True, validate=_at_a_clock)
    chair = Line(160, allow_none=True)
    head_in_person = YesNo(allow_none=True)
    attendees = Rows(AttendeeShape)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Preparation:
        """The typed value."""
        return Preparation(**{**data, "attendees": tuple(data.get("attendees", ()))})


class PointShape(Shape):
    """A point on which the sides agree, or still differ."""

    content = Text(required=True, validate=said)


class HeldShape(UndertakingsShape):
    """How a dialogue went."""

    held_on = Day(required=True)
    document = Line(_PLAIN["document"])
    attendees = Rows(AttendeeShape)
    agreed = Rows(PointShape)
    differing = Rows(PointShape)
    late_reason = Line(300, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dialogues.Held:
        """The typed value."""
        for name in ("agreed", "differing"):
            data[name] = tuple(each["content"] for each in data.get(name, ()))
        return dialogues.Held(**_tuples(data, "attendees", "undertakings"))


class SlotShape(Shape):
    """A dialogue of the year's plan."""

    planned_on = Day(required=True)
    place = Text(required=True, validate=said)
    topics = Text(required=True, validate=said)
    place_code = Text(allow_none=True)
    posted_on = Day(allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> open_dialogues.Planned:
        """The typed value."""
        return open_dialogues.Planned(**data)


class SlotsShape(Shape):
    """Several dialogues planned at once."""

    slots = Rows(SlotShape)


class ParticipantShape(Shape):
    """Who took part, with a title."""

    name = Text(required=True, validate=said)
    title = Line(_PLAIN["title"])


class OpenHeldShape(UndertakingsShape):
    """How a dialogue with people went."""

    held_on = Day(required=True)
    in_person = YesNo()
    people = Whole(0, open_dialogues.MOST_PEOPLE, allow_none=True)
    held_by = Text(allow_none=True)
    participants = Rows(ParticipantShape)
    summary = Text(required=True, validate=said)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> open_dialogues.Held:
        """The typed value."""
        data.setdefault("in_person", False)
        return open_dialogues.Held(**_tuples(data, "participants", "undertakings"))


class PutOffShape(Shape):
    """Why a dialogue is not held on its day, and the new day if there is one."""

    reason = Text(required=True, validate=said)
    cancelled = YesNo()
    new_day = Day(allow_none=True)


class AboutShape(Shape):
    """Who promised what when; the commitment stands beside it."""

    occasion = Choice(Occasion, required=True)
    made_by = Text(required=True, validate=said)
    made_on = Day(required=True)
    made_at = Text(required=True, validate=said)
    term = Line(60)
    meeting = Line(120)
    field_code = Text(allow_none=True)
    place_code = Text(allow_none=True)
    checking_agency_code = Text(allow_none=True)
    answer = Text()
    answered_on = Day(allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> About:
        """The typed value."""
        return About(**data)


class PromiseFilterShape(Shape):
    """What the list of promises may be narrowed by."""

    which = Choice(Which)
    occasion = Choice(Occasion)
    agency = Line(AGENCY_CODE)
    made_from = Day()
    made_to = Day()
    page = Whole(1, 10_000)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> tuple[PromiseFilters, int]:
        """The filters and the page."""
        page = data.pop("page", 1)
        return PromiseFilters(**data), page


def _tuples(data: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {**data, **{name: tuple(data.get(name, ())) for name in names}}


UNDERTAKING, UNDERTAKINGS, STEP = UndertakingShape(), UndertakingsShape(), StepShape()
FILTERS, SPAN, PROMISE_FILTERS = FilterShape(), SpanShape(), PromiseFilterShape()
PREPARATION, HELD = PreparationShape(), HeldShape()
SLOT, SLOTS, OPEN_HELD, PUT_OFF = SlotShape(), SlotsShape(), OpenHeldShape(), PutOffShape()
ABOUT = AboutShape()
