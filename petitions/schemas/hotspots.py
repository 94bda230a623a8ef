"""What is typed about episodes of hot spots, and the query strings of their lists."""

from __future__ import annotations

from typing import Any

from marshmallow import post_load

from petitions.queries.hotspots import EpisodeFilters
from petitions.schemas.fields import Choice, Day, Line, Shape, Text, Whole, YesNo
from workflows.episodes import AlarmVerdict, EpisodeState

CODE = 60
"""Characters of the code of a place or a field."""


class EntryShape(Shape):
    """One line of an episode's history."""

    text = Text()
    owner = Line(60, allow_none=True)
    state = Choice(EpisodeState)
    verdict = Choice(AlarmVerdict)


class WeekShape(Shape):
    """The week wanted, by any of its days."""

    week = Day(data_key="tuan")


class EpisodeFilterShape(Shape):
    """What the list of episodes may be narrowed by."""

    state = Choice(EpisodeState)
    field = Line(CODE)
    place = Line(CODE)
    mine = YesNo()
    closed = YesNo()
    page = Whole(1, 10_000)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> tuple[EpisodeFilters, int]:
        """The filters and the page; closed episodes only when asked for."""
        page = data.pop("page", 1)
        closed = data.pop("closed", False)
        return EpisodeFilters(open=None if closed else True, **data), page


ENTRY, WEEK, FILTERS = EntryShape(), WeekShape(), EpisodeFilterShape()
