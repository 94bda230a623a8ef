"""What is typed about reviews, targets of inspection and complaints about officials."""

from __future__ import annotations

from typing import Any

from marshmallow import post_load

from petitions.queries.conduct import ConductFilters
from petitions.queries.inspection_targets import GridFilters
from petitions.queries.review_shapes import ReviewFilters
from petitions.schemas.awaited import AGENCY_CODE
from petitions.schemas.fields import (
    LARGEST_ID,
    Choice,
    Day,
    Line,
    Rows,
    Shape,
    Text,
    Whole,
    YesNo,
    said,
)
from petitions.services.conduct import ConductGiven
from petitions.services.inspection_targets import FIRST_YEAR, LAST_YEAR, Pick, Step
from petitions.services.reviewed import Arrangement, OutcomeGiven
from petitions.services.reviews import CampaignGiven
from workflows.reviewing import (
    ConductFinding,
    Criteria,
    DisciplineForm,
    ReviewOutcome,
    ReviewStanding,
    TargetStatus,
)
from workflows.vocabulary import Kind
from workflows.watch import FlagKind

PAGES = 10_000
CODE = 40
"""Characters of the code of a field, a place."""


class CampaignShape(Shape):
    """A campaign of review with what it looks for."""

    name = Text(required=True, validate=said)
    basis = Text(required=True, validate=said)
    starts_on = Day(required=True)
    ends_on = Day(required=True)
    lead = Text(required=True, validate=said)
    older_months = Whole(1, 600, allow_none=True)
    overdue = YesNo()
    flag = Choice(FlagKind, allow_none=True)
    group_least = Whole(2, 100_000, allow_none=True)
    kind = Choice(Kind, allow_none=True)
    agency = Text(allow_none=True)
    field = Text(allow_none=True)
    project = Whole(1, LARGEST_ID, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> CampaignGiven:
        """The typed value."""
        own = {name: data.pop(name) for name in ("name", "basis", "starts_on", "ends_on", "lead")}
        return CampaignGiven(**own, criteria=Criteria(**data))


class TakenShape(Shape):
    """Codes ticked in the list of candidates, or one typed by hand."""

    codes = Rows(Text())
    code = Line(CODE)


class ReviewFilterShape(Shape):
    """What the list of a campaign may be narrowed by."""

    standing = Choice(ReviewStanding)
    outcome = Choice(ReviewOutcome)
    agency = Line(AGENCY_CODE)
    unplanned = YesNo()
    page = Whole(1, PAGES)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> tuple[ReviewFilters, int]:
        """The filters and the page."""
        page = data.pop("page", 1)
        return ReviewFilters(**data), page


class ArrangementShape(Shape):
    """Who answers for a reviewed case, by when, by which plan."""

    agency = Text(allow_none=True)
    leader = Text()
    due = Day(allow_none=True)
    plan = Text()
    proposal = Text()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Arrangement:
        """The typed value."""
        return Arrangement(**data)


class NoteShape(Shape):
    """What was done, on which day."""

    on = Day(required=True)
    content = Text(required=True, validate=said)


class OutcomeShape(Shape):
    """What came of the review."""

    outcome = Choice(ReviewOutcome, required=True)
    on = Day(required=True)
    document = Text(required=True, validate=said)
    content = Text()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> OutcomeGiven:
        """The typed value."""
        return OutcomeGiven(**data)


class ReasonShape(Shape):
    """Why an outcome is taken back."""

    reason = Text(required=True, validate=said)


class GridShape(Shape):
    """Which figures by place and field are wanted; without a year the coming one is planned."""

    by_agency = YesNo()
    place = Line(CODE)
    field = Line(CODE)
    year = Whole(FIRST_YEAR, LAST_YEAR)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> tuple[GridFilters, int]:
        """The filters; the figures have one page."""
        data.setdefault("year", 0)
        return GridFilters(**data), 1


class PickShape(Shape):
    """A target of inspection."""

    year = Whole(FIRST_YEAR, LAST_YEAR, required=True)
    place = Text(allow_none=True)
    field = Text(allow_none=True)
    agency = Text(allow_none=True)
    reason = Text()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Pick:
        """The typed value."""
        return Pick(**data)


class TargetStepShape(Shape):
    """A target's next step."""

    status = Choice(TargetStatus, required=True)
    on = Day(required=True)
    document = Text()
    content = Text()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Step:
        """The typed value."""
        return Step(**data)


class ConductFilterShape(Shape):
    """What the register of complaints about officials may be narrowed by."""

    finding = Choice(ConductFinding)
    waiting = YesNo()
    kind = Choice(Kind)
    agency = Line(AGENCY_CODE)
    year = Whole(FIRST_YEAR, LAST_YEAR)
    page = Whole(1, PAGES)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> tuple[ConductFilters, int]:
        """The filters and the page."""
        page = data.pop("page", 1)
        return ConductFilters(**data), page


class ConductShape(Shape):
    """What came of a complaint about an official."""

    finding = Choice(ConductFinding, required=True)
    form = Choice(DisciplineForm, allow_none=True)
    on = Day(required=True)
    document = Text(required=True, validate=said)
    note = Text()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> ConductGiven:
        """The typed value."""
        return ConductGiven(**data)


CAMPAIGN, TAKEN, REVIEW_FILTERS = CampaignShape(), TakenShape(), ReviewFilterShape()
ARRANGEMENT, NOTE, OUTCOME, REASON = ArrangementShape(), NoteShape(), OutcomeShape(), ReasonShape()
GRID, PICK, TARGET_STEP = GridShape(), PickShape(), TargetStepShape()
CONDUCT_FILTERS, CONDUCT = ConductFilterShape(), ConductShape()
