"""What a reader gets of campaigns of review: frozen, and only of cases the reader may open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from workflows.reviewing import (
    Criteria,
    ReviewOutcome,
    ReviewStanding,
    ReviewStep,
    standing_of,
)
from workflows.vocabulary import Kind, State


@dataclass(frozen=True, slots=True)
class Tally:
    """How many cases of a campaign stand where."""

    counts: Mapping[ReviewStanding, int] = field(default_factory=dict)

    def of(self, standing: ReviewStanding) -> int:
        """Cases that stand there."""
        return self.counts.get(standing, 0)

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts.values())

    @property
    def share(self) -> float | None:
        """The part basically settled, between 0 and 1; None without cases."""
        return self.of(ReviewStanding.SETTLED) / self.total if self.total else None

    @property
    def reviewed(self) -> int:
        """Cases with an outcome, whatever it is."""
        return self.of(ReviewStanding.SETTLED) + self.of(ReviewStanding.ELSEWHERE)


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """A campaign in the list."""

    uid: str
    name: str
    basis: str
    agency: str
    lead: str
    starts_on: date
    ends_on: date
    closed_on: date | None
    tally: Tally


@dataclass(frozen=True, slots=True)
class AgencyTally:
    """What one responsible body has of a campaign; ``people`` stand behind its cases."""

    code: str
    name: str
    tally: Tally
    people: int


@dataclass(frozen=True, slots=True)
class CampaignPage:
    """One campaign with its sums; ``keeps``: the reader runs it."""

    id: int
    uid: str
    version: int
    name: str
    basis: str
    agency_id: int
    agency: str
    lead: str
    lead_username: str
    starts_on: date
    ends_on: date
    closed_on: date | None
    criteria: Criteria
    keeps: bool
    tally: Tally
    outcomes: Mapping[ReviewOutcome, int]
    agencies: tuple[AgencyTally, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewFilters:
    """What of a campaign's list is wanted; ``agency`` is the code of the responsible body."""

    standing: ReviewStanding | None = None
    outcome: ReviewOutcome | None = None
    agency: str | None = None
    unplanned: bool = False


@dataclass(frozen=True, slots=True)
class Settlement:
    """A step in how the matter was settled so far.

    ``kind`` is the kind of the case it was decided in here, ``form`` what a paper from elsewhere is
    called; where neither is said, the matter went to a court on that day.
    """

    instance: int | None
    on: date | None
    kind: Kind | None = None
    form: str = ""
    number: str | None = None
    body: str | None = None


@dataclass(frozen=True, slots=True)
class ReviewedLine:
    """One line of the list, in the columns practised."""

    ordinal: int
    uid: str
    campaign: str
    campaign_uid: str
    code: str
    kind: Kind
    instance: int
    state: State
    open: bool
    sender: str | None
    summary: str
    place: str | None
    people: int
    field: str
    custodian: str
    agency_code: str
    agency: str
    leader: str | None
    due: date
    outcome: ReviewOutcome | None
    outcome_on: date | None
    late: bool
    by_hand: bool
    plan: str
    proposal: str
    document: str
    course: tuple[Settlement, ...] = ()
    progress: str = ""
    progress_on: date | None = None

    @property
    def standing(self) -> ReviewStanding:
        """Where it stands in the campaign."""
        return standing_of(self.outcome, self.late)


@dataclass(frozen=True, slots=True)
class ReviewedPage:
    """A page of the list; ``more`` when there is another."""

    lines: tuple[ReviewedLine, ...]
    total: int
    more: bool


@dataclass(frozen=True, slots=True)
class EntryShown:
    """One entry in the story of a reviewed case, with its words opened."""

    step: ReviewStep
    outcome: ReviewOutcome | None
    on: date
    at: datetime
    by: str
    agency: str
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ReviewedCasePage:
    """A reviewed case with its story; ``keeps`` runs the campaign, ``works`` may note progress and outcome."""

    line: ReviewedLine
    case_id: int
    version: int
    leader_username: str | None
    keeps: bool
    works: bool
    campaign_closed: bool
    campaign_ends: date
    entries: tuple[EntryShown, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case that meets the criteria and is not in the campaign yet."""

    code: str
    kind: Kind
    state: State
    summary: str
    place: str | None
    field: str
    agency: str
    people: int
    first_received_on: date
    due: date | None
