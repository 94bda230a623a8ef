"""Query strings of lists, the same for pages and API, as ``petitions.queries.case_filters.Filters`` and back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields as columns
from datetime import date
from enum import Enum, StrEnum
from typing import Any, cast

from marshmallow import post_load
from werkzeug.datastructures import MultiDict

from petitions.queries.case_filters import WAYS, Filters, Lateness, Side
from petitions.schemas.fields import LARGEST_ID, Choice, Day, Line, Shape, Whole, YesNo, load
from petitions.schemas.forms import shaped
from workflows.records import Source
from workflows.vocabulary import Action, Coarse, Kind, State
from workflows.watch import FlagKind


class Openness(StrEnum):
    """Whether a list shows open cases, closed ones, or both."""

    OPEN = "true"
    CLOSED = "false"
    ALL = "all"


_OPEN = {Openness.OPEN: True, Openness.CLOSED: False, Openness.ALL: None}
_NAMES = {value: word for word, value in _OPEN.items()}


class FilterShape(Shape):
    """What a list may be narrowed by."""

    mine = YesNo()
    open = Choice(Openness)
    settled = YesNo()
    kind = Choice(Kind)
    coarse = Choice(Coarse)
    state = Choice(State)
    handling = Choice(Action, among=WAYS)
    lateness = Choice(Lateness)
    side = Choice(Side)
    agency_id = Whole(1, LARGEST_ID)
    section_id = Whole(1, LARGEST_ID)
    officer_id = Whole(1, LARGEST_ID)
    forwarder_id = Whole(1, LARGEST_ID)
    forwarder_body_id = Whole(1, LARGEST_ID)
    receiver_id = Whole(1, LARGEST_ID)
    field_id = Whole(1, LARGEST_ID)
    place_id = Whole(1, LARGEST_ID)
    place = Line(160)
    project_id = Whole(1, LARGEST_ID)
    source = Choice(Source)
    due_from = Day()
    due_to = Day()
    received_from = Day()
    received_to = Day()
    given_from = Day()
    given_to = Day()
    flag = Choice(FlagKind)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Any:
        """The typed value."""
        if "open" in data:
            data["open"] = _OPEN[data["open"]]
        return Filters(**data)


FILTERS = FilterShape()


def load_filters(args: MultiDict[str, str], besides: Collection[str] = ()) -> Filters:
    """The filters a query string asks for; blank ones are none.

    ``besides`` names parameters that are somebody else's (``after``, ``page``). Raises ``Invalid`` at
    a value that does not fit and at a name nobody knows.
    """
    own = MultiDict((name, value) for name, value in args.items(multi=True) if name not in besides)
    return cast(Filters, load(FILTERS, shaped(FILTERS, own, strict=True)))


def to_query(filters: Filters) -> dict[str, str]:
    """The query string that loads to ``filters`` again, defaults left out."""
    query: dict[str, str] = {}
    for column in columns(Filters):
        value = getattr(filters, column.name)
        if value == column.default:
            continue
        query[column.name] = _NAMES[value].value if column.name == "open" else _written(value)
    return query


def _written(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case Enum():
            return str(value.value)
        case date():
            return value.isoformat()
    return str(value)
