"""Shapes of letters and of the books: what an officer fills in, what a clerk notes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from marshmallow import Schema, post_load, validate

from config.clock import VIETNAM
from petitions.documents.forms import FormField
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
    load,
)
from petitions.schemas.forms import shaped
from petitions.services.books_in import LONGEST, Incoming
from petitions.services.books_out import PROOF_LIMIT, Sent, Served
from petitions.services.letterheads import LARGEST_NUMBER, LENGTHS, LetterheadGiven
from petitions.services.templates import TemplateGiven
from workflows.office import Numbering, Sending

FIELDS = "fields"
LINE_LIMIT = 500
LARGEST = 10**12
_MOMENT = re.compile(
    r"(?P<day>\S+)\s+(?:lúc\s+)?(?P<hour>\d{1,2})(?:[:hg]|\s*giờ\s*)(?P<minute>\d{0,2})\D*"
)


class Lines(Text):
    """Several lines: a list of texts, or one text with line ends."""

    default_error_messages = {"invalid": "Phải là các dòng chữ."}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, list):
            return [super(Lines, self)._deserialize(each, attr, data) for each in value]
        text = super()._deserialize(value, attr, data, **kwargs)
        return [line.strip() for line in text.splitlines() if line.strip()]


class Moment(Text):
    """A day and an hour on a Vietnamese wall clock: 25/11/2026 08:30, or an ISO instant."""

    default_error_messages = {"invalid": "Phải ghi ngày và giờ (ví dụ: 25/11/2026 08:30)."}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs).strip()
        found = _MOMENT.fullmatch(text)
        if found is None:
            return self._iso(text)
        day: date = Day()._deserialize(found["day"], attr, data)
        hour, minute = int(found["hour"]), int(found["minute"] or 0)
        if hour > 23 or minute > 59:
            raise self.make_error("invalid")
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=VIETNAM)

    def _iso(self, text: str) -> datetime:
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            raise self.make_error("invalid") from None
        if found.tzinfo is None:
            raise self.make_error("invalid")
        return found


def letter_shape(blanks: Iterable[FormField]) -> Schema:
    """The blanks of a letter under ``fields``. What is required is the letter's to judge, when it is made."""
    inner = Shape.from_dict({each.name: _field(each) for each in blanks}, name="Blanks")
    return Shape.from_dict({FIELDS: Inner(inner)}, name="Letter")()


def letter_from_form(blanks: Iterable[FormField], form: Any) -> dict[str, Any]:
    """What was typed into the inputs ``fields.<name>`` of a page. Raises ``Invalid`` at them."""
    schema = letter_shape(blanks)
    return dict(load(schema, shaped(schema, form)).get(FIELDS) or {})


def _field(each: FormField) -> Any:
    match each.type:
        case "line":
            return Line(LINE_LIMIT, allow_none=True)
        case "day":
            return Day(allow_none=True)
        case "moment":
            return Moment(allow_none=True)
        case "number":
            return Whole(0, LARGEST, allow_none=True)
        case "choice":
            values = [choice.value for choice in each.choices]
            known = validate.OneOf(values, error="Phải chọn một trong các mục có sẵn.")
            return Text(allow_none=True, validate=known)
        case "lines":
            return Lines(allow_none=True)
        case "rows":
            columns: Mapping[str, Any] = {
                column.name: Text(allow_none=True) for column in each.columns
            }
            return Rows(Inner(Shape.from_dict(dict(columns), name=f"Row_{each.name}")))
        case _:
            return Text(allow_none=True)


# --- the books -------------------------------------------------------------------------------


class SentShape(Shape):
    """How and when a document left."""

    sent_by = Choice(Sending, required=True)
    sent_on = Day(required=True)
    late_reason = Line(300, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Sent:
        """The typed value."""
        return Sent(**data)


class ServedShape(Shape):
    """When a document was received, and what shows it."""

    served_on = Day(required=True)
    proof = Line(PROOF_LIMIT, required=True)
    late_reason = Line(300, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Served:
        """The typed value."""
        return Served(**data)


class IncomingShape(Shape):
    """A document that came in."""

    arrived_on = Day(required=True)
    subject = Line(LONGEST["subject"], required=True)
    sender_agency = Text(allow_none=True)
    sender_body = Text(allow_none=True)
    sender = Line(LONGEST["sender"], allow_none=True)
    reference = Line(LONGEST["reference"], allow_none=True)
    dated_on = Day(allow_none=True)
    case_code = CaseCodeText(allow_none=True)
    handed_to = Text(allow_none=True)
    answers = Line(LONGEST["answers"], allow_none=True)
    twice = YesNo()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> tuple[Incoming, bool]:
        """The document, and whether it is entered although it looks entered already."""
        twice = bool(data.pop("twice", False))
        return Incoming(**data), twice


class HandedShape(Shape):
    """To whom an entered document was handed."""

    handed_to = Text(required=True)


class LetterheadShape(Shape):
    """A letterhead from a day on."""

    agency_code = Text(required=True)
    valid_from = Day(required=True)
    numbering = Choice(Numbering, required=True)
    parent_line = Line(LENGTHS["parent_line"], allow_none=True)
    name_line = Line(LENGTHS["name_line"], allow_none=True)
    place_name = Line(LENGTHS["place_name"], allow_none=True)
    abbreviation = Line(LENGTHS["abbreviation"], allow_none=True)
    unit_abbreviation = Line(LENGTHS["unit_abbreviation"], allow_none=True)
    function_document = Line(LENGTHS["function_document"], allow_none=True)
    file_unit = Line(LENGTHS["file_unit"], allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> LetterheadGiven:
        """The typed value."""
        return LetterheadGiven(**data)


class BookStartShape(Shape):
    """With which number a book of a year begins."""

    agency_code = Text(required=True)
    book = Text(required=True)
    abbreviation = Text(allow_none=True)
    year = Whole(2000, 2100, required=True)
    first = Whole(2, LARGEST_NUMBER, required=True)


class TemplateShape(Shape):
    """For whom and from when an edited template holds."""

    agency_code = Text(required=True)
    form_key = Text(required=True)
    valid_from = Day(required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> TemplateGiven:
        """The typed value."""
        return TemplateGiven(**data)


SENT, SERVED, INCOMING, HANDED = SentShape(), ServedShape(), IncomingShape(), HandedShape()
LETTERHEAD, BOOK_START, TEMPLATE = LetterheadShape(), BookStartShape(), TemplateShape()
