"""The citizen's five scores, the words of whoever looks again, and the figures' span and campaigns."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, post_load, validates_schema

from petitions.queries.surveys import Span
from petitions.schemas.fields import Day, Rows, Shape, Text, Whole, said
from petitions.services.campaigns import CampaignGiven
from workflows.satisfaction import HIGHEST, LOWEST, Scores, Topic

FIRST_YEAR, LAST_YEAR = 2021, 2100
_CHOOSE = {"required": "Hãy chọn một mức."}


def _score() -> Whole:
    return Whole(LOWEST, HIGHEST, required=True, error_messages=_CHOOSE)


class SurveyShape(Shape):
    """Five scores and what the citizen adds in words."""

    spirit = _score()
    attitude = _score()
    responsibility = _score()
    timeliness = _score()
    quality = _score()
    comment = Text()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> tuple[Scores, str]:
        """The scores and the comment, empty where nothing was said."""
        return Scores(**{topic.value: data[topic.value] for topic in Topic}), data.get(
            "comment", ""
        )


class SpanShape(Shape):
    """Which year, and which part of it: ``q1`` to ``q4``, ``m1`` to ``m12``, or all."""

    nam = Whole(FIRST_YEAR, LAST_YEAR)
    ky = Text()

    @validates_schema
    def known_part(self, data: dict[str, Any], **_: Any) -> None:
        """Only parts a year has."""
        if data.get("ky") and data["ky"] not in PARTS:
            raise ValidationError("Không có kỳ này.", "ky")


class CampaignShape(Shape):
    """A campaign as it is set up."""

    name = Text(required=True, validate=said)
    starts_on = Day(required=True)
    ends_on = Day(required=True)
    agencies = Rows(Text(), required=True, error_messages={"required": "Hãy chọn cơ quan."})

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> CampaignGiven:
        """What the command takes."""
        return CampaignGiven(**data)


PARTS: dict[str, tuple[int | None, int | None]] = {
    **{f"q{each}": (each, None) for each in range(1, 5)},
    **{f"m{each}": (None, each) for each in range(1, 13)},
}
"""(quarter, month) by the name a part of the year has in an address."""


def span_of(year: int, part: str) -> Span:
    """The year or the named part of it."""
    quarter, month = PARTS.get(part, (None, None))
    return Span(year, quarter, month)


SURVEY, SPAN, CAMPAIGN = SurveyShape(), SpanShape(), CampaignShape()
