"""What the addresses and forms of the inspectorate's queue may say: shape only."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from marshmallow import post_load, validate
from werkzeug.datastructures import MultiDict

from petitions.queries.case_filters import Filters, Lateness
from petitions.queries.queue_shapes import NOBODY, QueueFilters
from petitions.schemas.fields import LARGEST_ID, Choice, Line, Shape, Text, Whole, load
from petitions.schemas.forms import shaped
from workflows.severity import Factor, Klass
from workflows.vocabulary import Kind
from workflows.watch import FlagKind

NO_ONE = "nobody"
MONTHS = ("6", "12", "24")
OF_CASE = ("kind", "field_id", "place", "place_id", "agency_id", "project_id", "flag", "lateness")
"""Filters any list of cases knows."""


class Whose(Text):
    """An inspector by id, or nobody."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        said = super()._deserialize(value, attr, data, **kwargs)
        if said == NO_ONE:
            return NOBODY
        if not said.isdecimal() or len(said) > 19 or not 0 < int(said) <= LARGEST_ID:
            raise self.make_error("validator_failed")
        return int(said)


class QueueShape(Shape):
    """What the queue may be narrowed by."""

    klass = Choice(Klass)
    factor = Choice(Factor)
    episode = Text(validate=validate.Regexp(r"^[0-9a-f]{32}$", error="Không có điểm nóng này."))
    months = Text(validate=validate.OneOf(MONTHS, error="Phải là 6, 12 hoặc 24."))
    inspector = Whose()
    kind = Choice(Kind)
    field_id = Whole(1, LARGEST_ID)
    place = Line(160)
    place_id = Whole(1, LARGEST_ID)
    agency_id = Whole(1, LARGEST_ID)
    project_id = Whole(1, LARGEST_ID)
    flag = Choice(FlagKind)
    lateness = Choice(Lateness)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> QueueFilters:
        """The typed value."""
        case = Filters(**{name: data.pop(name) for name in OF_CASE if name in data})
        months = data.pop("months", None)
        return QueueFilters(months=None if months is None else int(months), case=case, **data)


QUEUE = QueueShape()


def load_queue(args: MultiDict[str, str]) -> QueueFilters:
    """The filters an address asks for; blank ones are none. Raises ``Invalid`` at what does not fit
    and at a name nobody knows."""
    found: QueueFilters = load(QUEUE, shaped(QUEUE, args, strict=True))
    return found


def to_query(filters: QueueFilters) -> Mapping[str, str]:
    """The query string that loads to ``filters`` again, defaults left out."""
    own = {
        "klass": filters.klass,
        "factor": filters.factor,
        "episode": filters.episode,
        "months": filters.months,
        "inspector": NO_ONE if filters.inspector == NOBODY else filters.inspector,
        **{name: getattr(filters.case, name) for name in OF_CASE},
    }
    return {name: _said(value) for name, value in own.items() if value is not None}


def _said(value: object) -> str:
    return value.value if isinstance(value, StrEnum) else str(value)
