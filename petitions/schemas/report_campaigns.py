"""What is typed about sheets of statistical tables: a campaign, a body's own sheet, an opening balance."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load

from petitions.schemas.fields import Day, Rows, Shape, Text, said
from petitions.services.openings import OpeningGiven
from petitions.services.report_campaigns import CampaignGiven
from petitions.services.snapshots import SheetGiven


class CampaignShape(Shape):
    """Tables of one window, by one day, of chosen units."""

    name = Text(required=True, validate=said)
    spec = Text(required=True, validate=said)
    tables = Rows(Text())
    first = Day(required=True)
    last = Day(required=True)
    due = Day(required=True)
    units = Rows(Text())
    duty = Text()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> CampaignGiven:
        """What the command takes."""
        return CampaignGiven(**({"tables": (), "units": ()} | data))


class SheetShape(Shape):
    """A sheet of the own body."""

    spec = Text(required=True, validate=said)
    tables = Rows(Text())
    first = Day(required=True)
    last = Day(required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> SheetGiven:
        """What the command takes."""
        return SheetGiven(**({"tables": ()} | data))


class OpeningShape(Shape):
    """An opening balance: figures by column."""

    spec = Text(required=True, validate=said)
    table = Text(required=True, validate=said)
    first = Day(required=True)
    last = Day(required=True)
    columns = fields.Dict(keys=fields.String(), values=fields.String())
    reason = Text(required=True, validate=said)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> OpeningGiven:
        """What the command takes."""
        figures = by_column(data.pop("columns", {}))
        return OpeningGiven(figures=figures, **data)


def by_column(typed: dict[str, str]) -> dict[int, str]:
    """Figures typed into fields named by their column."""
    return {int(name): text for name, text in typed.items() if name.isdecimal() and len(name) < 4}


class DueShape(Shape):
    """Another last day."""

    due = Day(required=True)


CAMPAIGN, SHEET, OPENING, DUE = CampaignShape(), SheetShape(), OpeningShape(), DueShape()
