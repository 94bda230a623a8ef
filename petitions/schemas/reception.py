"""What is typed about reception: plans, preparations, visits and what came of them."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from marshmallow import ValidationError, post_load

from petitions.queries.visitors import Comer
from petitions.schemas.commitments import UndertakingShape
from petitions.schemas.fields import (
    CaseCodeText,
    Choice,
    Day,
    Inner,
    Line,
    Rows,
    Shape,
    Text,
    Whole,
    YesNo,
)
from petitions.services.reception_closing import Held, Participant
from petitions.services.reception_sessions import Planned, Prepared
from petitions.services.visit_outcomes import Concluded
from petitions.services.visit_rows import Taken
from petitions.text import BadDate, parse_vn_date
from workflows.reception import Host, RefusalGround, SessionKind, SessionManner, VisitOutcome
from workflows.records import IdKind
from workflows.vocabulary import Kind

_BETWEEN = re.compile(r"[\n,;]+")
_HOUR = re.compile(r"(\d{1,2})\s*(?:[:hg]\s*(\d{2})?)?")


class Days(Text):
    """Days one after the other, divided by commas or lines."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        found: list[date] = []
        for each in filter(None, (part.strip() for part in _BETWEEN.split(text))):
            try:
                parsed = parse_vn_date(each)
            except BadDate as error:
                raise ValidationError(error.message) from error
            if parsed.precision != "day":
                raise ValidationError(f"“{each}”: phải ghi đủ ngày, tháng, năm.")
            found.append(parsed.date)
        return tuple(found)


class Hour(Text):
    """A time of the day as people write it (7:30, 7h30, 14 giờ); loads to HH:MM."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs).strip().lower()
        found = _HOUR.fullmatch(text.replace("giờ", "h").replace(" ", ""))
        if not found or int(found[1]) > 23 or int(found[2] or 0) > 59:
            raise ValidationError("Ghi giờ và phút, ví dụ 07:30.")
        return f"{int(found[1]):02}:{int(found[2] or 0):02}"


class PlanShape(Shape):
    """Sessions to be planned."""

    kind = Choice(SessionKind, among=(SessionKind.PERIODIC, SessionKind.AD_HOC), required=True)
    manner = Choice(SessionManner, required=True)
    host = Choice(Host, required=True)
    host_username = Line(80, allow_none=True)
    days = Days(required=True)
    starts_at = Hour(allow_none=True)
    ends_at = Hour(allow_none=True)
    place = Text()
    place_code = Line(80, allow_none=True)
    topic = Text()
    reason = Text()
    note = Text()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Planned:
        """The typed value."""
        return Planned(**data)


class PreparedShape(Shape):
    """What was done ahead of a session."""

    posted_on = Day(allow_none=True)
    posted_at = Text()
    postponement_posted_on = Day(allow_none=True)
    invited_on = Day(allow_none=True)
    tested_on = Day(allow_none=True)
    recording = Text()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Prepared:
        """The typed value."""
        return Prepared(**data)


class PostingShape(Shape):
    """The schedule was hung up."""

    on = Day(required=True)
    where = Text(required=True)


class PostponeShape(Shape):
    """Another day for a session."""

    to_day = Day(required=True)
    reason = Text(required=True)
    posted_on = Day(allow_none=True)


class ReasonShape(Shape):
    """Why."""

    reason = Text(required=True)


class ToldShape(Shape):
    """The day the result was told."""

    on = Day(required=True)


class ParticipantShape(Shape):
    """Somebody who sat in."""

    name = Text(required=True)
    title = Text()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Participant:
        """The typed value."""
        return Participant(**data)


class HeldShape(Shape):
    """How a session went."""

    held_by = Line(80, required=True)
    participants = Rows(ParticipantShape)
    no_visitor = YesNo()
    recording = Text()
    note = Text()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Held:
        """The typed value."""
        return Held(**{**data, "participants": tuple(data.get("participants", ()))})


class ComerShape(Shape):
    """Somebody who came."""

    name = Text(required=True)
    birth_year = Whole(1850, 2199, allow_none=True)
    id_kind = Choice(IdKind)
    id_number = Text(allow_none=True)
    phone = Text(allow_none=True)
    address = Text(allow_none=True)
    is_representative = YesNo()
    document = Text(allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Comer:
        """The typed value."""
        return Comer(**data)


class TakenShape(Shape):
    """A visit as it is written down."""

    people = Rows(Inner(ComerShape))
    said = Text()
    kind = Choice(Kind, allow_none=True)
    secrecy = YesNo()
    people_count = Whole(0, 1_000_000)
    representatives_named = YesNo()
    language = Text(allow_none=True)
    interpreter = YesNo()
    interpreter_name = Text()
    fingerprint = YesNo()
    security_risk = YesNo()
    security_note = Text()
    place_code = Line(80, allow_none=True)
    field_code = Line(80, allow_none=True)
    competent = YesNo(allow_none=True)
    exhausted_by = Text()
    note = Text()
    same_as = Line(80, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Taken:
        """The typed value; where nobody counted, as many as were written down."""
        people = tuple(data.get("people", ()))
        count = data.get("people_count") or max(1, len(people))
        same = data.get("same_as")
        data["same_as"] = "" if same == NEW_MATTER else same
        return Taken(**{**data, "people": people, "people_count": count})


NEW_MATTER = "new"
"""What is sent as ``same_as`` for a matter the visitor never came in before."""


class ConcludedShape(Shape):
    """What came of a visit."""

    outcome = Choice(VisitOutcome, required=True)
    answer = Text()
    guided_to = Text()
    document = Text()
    refusal_ground = Choice(RefusalGround, allow_none=True)
    promised_on = Day(allow_none=True)
    contact = Text()
    undertakings = Rows(UndertakingShape)
    case_code = CaseCodeText(allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Concluded:
        """The typed value."""
        return Concluded(**{**data, "undertakings": tuple(data.get("undertakings", ()))})


PLAN, PREPARED, POSTING = PlanShape(), PreparedShape(), PostingShape()
POSTPONE, REASON, TOLD = PostponeShape(), ReasonShape(), ToldShape()
HELD, TAKEN, CONCLUDED = HeldShape(), TakenShape(), ConcludedShape()
