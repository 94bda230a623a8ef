"""Shapes of the forms of administration: types and lengths, never the meaning."""

from __future__ import annotations

from typing import Any

from marshmallow import post_load

from petitions.schemas.fields import LARGEST_ID, Choice, Day, Inner, Rows, Shape, Text, Whole, YesNo
from petitions.services.hats import HatGiven
from petitions.services.offices import AgencyGiven, Competence
from petitions.services.outside_bodies import BodyGiven
from petitions.services.people import NewPerson
from petitions.services.reorganisation_plan import Reorganisation
from petitions.services.targets import TargetGiven
from petitions.web.shapes import line
from workflows.records import Capacity, PlaceFlagKind
from workflows.vocabulary import AgencyKind, Kind, Role, Step
from workflows.working_days import CalendarYear, DayType, SpecialDay, YearStatus


class HatShape(Shape):
    """A hat to give."""

    role = Choice(Role, required=True)
    agency_code = Text(required=True)
    section_code = line(40)
    title = line(120)
    valid_from = Day(required=True)
    valid_to = Day(allow_none=True)
    denunciation_duty = YesNo()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Any:
        """The typed value."""
        return HatGiven(**{"title": "", **data})


class NewPersonShape(HatShape):
    """An account with its first hat."""

    name = Text(required=True)
    username = Text(required=True)
    password = Text(required=True)
    email = line(255)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Any:
        """The typed value."""
        own = {name: data.pop(name, None) for name in ("name", "username", "password", "email")}
        return NewPerson(hat=HatGiven(**{"title": "", **data}), **own)


class PersonShape(Shape):
    """What may be corrected of a person."""

    name = Text(required=True)
    email = line(255)


class LastDayShape(Shape):
    """The last day of something, and whether it ends although work is left."""

    last_day = Day(required=True)
    forced = YesNo()


class DelegationShape(Shape):
    """Who signs for whom, until when; the receiver stands in the address."""

    from_hat_id = Whole(1, LARGEST_ID, required=True)
    capacity = Choice(Capacity, required=True)
    document = line(160, required=True)
    valid_from = Day(required=True)
    valid_to = Day(required=True)


class CompetenceShape(Shape):
    """What an agency settles itself."""

    kinds = Rows(Choice(Kind))
    field_codes = Rows(Text())

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Any:
        """The typed value."""
        return Competence(tuple(data.get("kinds", ())), tuple(data.get("field_codes", ())))


class AgencyChangeShape(Shape):
    """What may be corrected of an agency."""

    name = Text(required=True)
    head_title = Text(required=True)
    place_code = line(20)
    competence = Inner(CompetenceShape)


class AgencyShape(AgencyChangeShape):
    """A new agency."""

    code = Text(required=True)
    kind = Choice(AgencyKind, required=True)
    parent_code = Text(required=True)
    book_prefix = line(8)
    valid_from = Day(required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Any:
        """The typed value."""
        return AgencyGiven(**{"book_prefix": "", **data})


class MoveShape(Shape):
    """Under which agency another one comes to stand."""

    parent_code = Text(required=True)


class EndShape(Shape):
    """From which day an agency is no more."""

    on = Day(required=True)


class ReorganisationShape(Shape):
    """A merger, or a split of named files and people (``CODE = AGENCY`` a line each)."""

    sources = Rows(Text())
    into = line(40)
    on = Day(required=True)
    document = line(160, required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Any:
        """The typed value."""
        return Reorganisation(
            sources=tuple(data.get("sources", ())),
            into=data.get("into"),
            on=data["on"],
            document=data["document"],
        )


class FlagShape(Shape):
    """A dated flag of a commune."""

    flag = Choice(PlaceFlagKind, required=True)
    valid_from = Day(required=True)
    valid_to = Day(allow_none=True)
    source = line(255, required=True)
    reason = line(500, required=True)


class SpecialDayShape(Shape):
    """A day off on a weekday, or a worked Saturday."""

    day = Day(required=True)
    type = Choice(DayType, required=True)
    note = line(160)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Any:
        """The typed value."""
        return SpecialDay(data["day"], data["type"], data.get("note") or "")


class YearShape(Shape):
    """A year of the calendar; the year itself stands in the address."""

    status = Choice(YearStatus, required=True)
    source = line(500, required=True)
    reason = line(500, required=True)
    days = Rows(SpecialDayShape)


class BodyShape(Shape):
    """A body outside the system."""

    name = Text(required=True)
    category = Text(required=True)
    address = line(255)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Any:
        """The typed value."""
        return BodyGiven(**data)


class IntoShape(Shape):
    """Which body another one became."""

    into_id = Whole(1, LARGEST_ID, required=True)


class TargetShape(Shape):
    """An internal target and why it is set."""

    agency_code = Text(required=True)
    kind = Choice(Kind, required=True)
    step = Choice(Step, required=True)
    days = Whole(1, 1000, required=True)
    working_days = YesNo(required=True)
    valid_from = Day(required=True)
    reason = line(500, required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Any:
        """The typed value and its reason."""
        reason = data.pop("reason")
        return TargetGiven(**data), reason


class EndTargetShape(Shape):
    """The last day of a target, and why."""

    last_day = Day(required=True)
    reason = line(500, required=True)


HAT, NEW_PERSON, PERSON = HatShape(), NewPersonShape(), PersonShape()
LAST_DAY, DELEGATION = LastDayShape(), DelegationShape()
AGENCY, AGENCY_CHANGE, MOVE, END = AgencyShape(), AgencyChangeShape(), MoveShape(), EndShape()
BODY, INTO, TARGET, END_TARGET = BodyShape(), IntoShape(), TargetShape(), EndTargetShape()
REORGANISATION, FLAG, YEAR = ReorganisationShape(), FlagShape(), YearShape()


def year_of(number: int, data: dict[str, Any]) -> CalendarYear:
    """The year a loaded form describes, its days in order."""
    days = sorted(data.get("days", ()), key=lambda each: each.day)
    return CalendarYear(number, data["status"], data["source"], tuple(days))
