"""Reviewing what drags on, choosing what to inspect, and what came of complaints about officials.

No law lists these; the words are those of the reviews carried out nationwide (categories of outcome),
of the yearly inspection plan, and of the discipline of officials. Nothing here moves a case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from workflows.vocabulary import Kind
from workflows.watch import FlagKind


class ReviewOutcome(StrEnum):
    """What came of reviewing a prolonged case."""

    WITHDRAWN = "withdrawn"
    NO_LONGER_PETITIONING = "no_longer_petitioning"
    PLAN_CARRIED_OUT = "plan_carried_out"
    ACCEPTANCE_ENDED = "acceptance_ended"
    IN_COURT = "in_court"
    POLICY_OBSTACLE = "policy_obstacle"


ENDED = frozenset(
    {
        ReviewOutcome.WITHDRAWN,
        ReviewOutcome.NO_LONGER_PETITIONING,
        ReviewOutcome.PLAN_CARRIED_OUT,
        ReviewOutcome.ACCEPTANCE_ENDED,
    }
)
"""Outcomes a review counts as basically settled; the rest wait for a court or for a higher body."""


class ReviewStep(StrEnum):
    """What an entry in the story of a reviewed case is about."""

    TAKEN = "taken"
    CHARGED = "charged"
    PLANNED = "planned"
    PROGRESS = "progress"
    OUTCOME = "outcome"
    RESUMED = "resumed"


class ReviewStanding(StrEnum):
    """Where a reviewed case stands in its campaign on a day."""

    SETTLED = "settled"
    ELSEWHERE = "elsewhere"
    WORKED = "worked"
    LATE = "late"


def standing_of(outcome: ReviewOutcome | None, late: bool) -> ReviewStanding:
    """Settled, left to a court or a higher body, or still worked on, in time or not."""
    if outcome is None:
        return ReviewStanding.LATE if late else ReviewStanding.WORKED
    return ReviewStanding.SETTLED if outcome in ENDED else ReviewStanding.ELSEWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """By what a campaign looks for its cases; all that is named must hold.

    ``older_months``: full months since the first body received the petition. ``agency`` and ``field``
    are codes, a field takes what lies under it.
    """

    older_months: int | None = None
    overdue: bool = False
    flag: FlagKind | None = None
    group_least: int | None = None
    kind: Kind | None = None
    agency: str | None = None
    field: str | None = None
    project: int | None = None

    def __bool__(self) -> bool:
        return bool(self.kept())

    def kept(self) -> dict[str, Any]:
        """What is named, as it is kept with the campaign."""
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Criteria:
        """The criteria that were kept."""
        found = dict(kept)
        for name, members in (("flag", FlagKind), ("kind", Kind)):
            if found.get(name):
                found[name] = members(found[name])
        return cls(**found)


class TargetStatus(StrEnum):
    """How far a target of inspection has come."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    UNDER_INSPECTION = "under_inspection"
    CONCLUDED = "concluded"
    DROPPED = "dropped"


_NEXT: Mapping[TargetStatus, tuple[TargetStatus, ...]] = {
    TargetStatus.PROPOSED: (TargetStatus.APPROVED, TargetStatus.DROPPED),
    TargetStatus.APPROVED: (TargetStatus.UNDER_INSPECTION, TargetStatus.DROPPED),
    TargetStatus.UNDER_INSPECTION: (TargetStatus.CONCLUDED,),
    TargetStatus.CONCLUDED: (),
    TargetStatus.DROPPED: (TargetStatus.PROPOSED,),
}
PAPERED = frozenset({TargetStatus.APPROVED, TargetStatus.UNDER_INSPECTION, TargetStatus.CONCLUDED})
"""Steps that rest on a paper: the approved plan, the decision to inspect, the conclusion."""


def next_of(status: TargetStatus) -> tuple[TargetStatus, ...]:
    """Where a target may go from here, the usual way first."""
    return _NEXT[status]


class ConductFinding(StrEnum):
    """What came of a complaint about an official."""

    NO_WRONGDOING = "no_wrongdoing"
    CRITICISED = "criticised"
    DISCIPLINED = "disciplined"
    TO_INVESTIGATORS = "to_investigators"


class DisciplineForm(StrEnum):
    """The forms in which officials are disciplined, also those only older decisions name."""

    REPRIMAND = "reprimand"
    WARNING = "warning"
    SALARY_LOWERED = "salary_lowered"
    DEMOTED = "demoted"
    REMOVED_FROM_POST = "removed_from_post"
    RECALLED = "recalled"
    DISMISSED = "dismissed"
