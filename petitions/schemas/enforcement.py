"""The query string of the register of enforcement."""

from __future__ import annotations

from typing import Any

from marshmallow import post_load

from petitions.queries.enforcement import EnforcementFilters
from petitions.schemas.awaited import AGENCY_CODE
from petitions.schemas.fields import Choice, Line, Shape, YesNo
from workflows.enforcement import Progress
from workflows.vocabulary import Kind

CODE = 40
"""Characters of the code of a place or a field."""


class EnforcementFilterShape(Shape):
    """What the register may be narrowed by."""

    progress = Choice(Progress)
    late = YesNo()
    all = YesNo()
    agency = Line(AGENCY_CODE)
    place = Line(CODE)
    field = Line(CODE)
    kind = Choice(Kind, {Kind.COMPLAINT, Kind.DENUNCIATION})

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> EnforcementFilters:
        """The filters; those carried out are left out unless asked for."""
        return EnforcementFilters(unfinished=not data.pop("all", False), **data)


ENFORCEMENT_FILTERS = EnforcementFilterShape()
