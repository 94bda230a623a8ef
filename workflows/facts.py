"""What is known about a case when its legal dates are computed: plain, typed, unchecked values."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date
from typing import Final, Literal

from workflows.vocabulary import Complexity, Kind, Subkind

RECEPTION: Final = "reception"
"""The reception desk counts as a kind of its own in the calculator."""

Matter = Kind | Literal["reception"]


@dataclass(frozen=True, slots=True)
class Suspension:
    """Settlement stood still from ``begins`` until the decision to resume; None: still does.

    Law on Complaints art 11a, Law on Denunciations art 34.
    """

    begins: date
    resumed: date | None = None


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Days, both ends included, that do not count towards limitation (Law on Complaints art 9)."""

    begins: date
    ends: date


@dataclass(frozen=True, slots=True)
class Facts:
    """The days on which things happened, and what changes how the clocks run.

    Suspensions do not overlap and end before the next begins, at most the last is open;
    extensions are days granted, in order. The calculator and the ledger see to that.
    """

    received: date | None = None
    accepted: date | None = None
    decision_issued: date | None = None
    decision_received: date | None = None
    settlement_expired: date | None = None
    contested_decision_received: date | None = None
    legal_effect: date | None = None
    dialogue_on: date | None = None
    suspension_decided: date | None = None
    conclusion_issued: date | None = None
    further_denunciation_received: date | None = None
    overdue_further_denunciation_received: date | None = None
    refusal_grounds_established: date | None = None
    reception_on: date | None = None
    online_reception_on: date | None = None
    settled: date | None = None
    result_reported: date | None = None
    suspensions: tuple[Suspension, ...] = ()
    extensions: tuple[int, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    multi_place_check: bool = False
    competent: bool = True
    forwarded_by: str | None = None


DATED_FACTS: Final = tuple(each.name for each in fields(Facts) if each.type == "date | None")
"""The facts that are days, each of which may start a clock."""


@dataclass(frozen=True, slots=True)
class CaseItem:
    """A case as the law sees it: what it is, and what happened so far.

    ``instance`` is that of the case or decision the facts speak of: the window after a first
    decision belongs to instance 1.
    """

    kind: Matter
    subkind: Subkind | None = None
    instance: int = 1
    remote: bool = False
    complexity: Complexity = Complexity.ORDINARY
    facts: Facts = field(default_factory=Facts)
