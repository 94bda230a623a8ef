"""Level-skipping (vượt cấp): a body above the competent one was turned to, before or after its time was over.

There are no criteria in the law. What is looked at is where the petitions of a matter were sent, never
where officers passed them on to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from workflows.severity import Skip
from workflows.vocabulary import AgencyKind

TIER: Mapping[AgencyKind, int] = {
    AgencyKind.COMMUNE_UNIT: 1,
    AgencyKind.COMMUNE: 2,
    AgencyKind.SERVICE_UNIT: 2,
    AgencyKind.FORMER_DISTRICT: 3,
    AgencyKind.DEPARTMENT_UNIT: 3,
    AgencyKind.ADVISING_UNIT: 3,
    AgencyKind.DEPARTMENT: 4,
    AgencyKind.INSPECTORATE: 4,
    AgencyKind.RECEPTION_BOARD: 5,
    AgencyKind.PROVINCE: 5,
}
"""How high a body stands. A section stands as its agency does; Party bodies stand outside."""
CENTRAL = 6
NAMED_ABOVE: tuple[tuple[str, int, str], ...] = (
    ("thu tuong", CENTRAL, "Thủ tướng Chính phủ"),
    ("chinh phu", CENTRAL, "Chính phủ"),
    ("chu tich nuoc", CENTRAL, "Chủ tịch nước"),
    ("chu tich quoc hoi", CENTRAL, "Chủ tịch Quốc hội"),
    ("trung uong", CENTRAL, "cơ quan Trung ương"),
    ("bo truong bo", CENTRAL, "Bộ trưởng"),
    ("ubnd tinh", TIER[AgencyKind.PROVINCE], "UBND tỉnh"),
    ("uy ban nhan dan tinh", TIER[AgencyKind.PROVINCE], "UBND tỉnh"),
    ("thanh tra tinh", TIER[AgencyKind.INSPECTORATE], "Thanh tra tỉnh"),
)
"""Bodies as people name them among those they sent a copy to: folded words, tier, name. Highest first."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A petition reached a body of that tier on a day. ``copy``: only a copy of it was sent there."""

    tier: int
    on: date
    body: str
    copy: bool = False


@dataclass(frozen=True, slots=True)
class Limit:
    """A clock of the competent body: its legal end, and the day it was met."""

    due: date
    met_on: date | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """The gravest sending above the competent body; ``due`` is the limit that had run out."""

    skip: Skip
    sent: Sent
    due: date | None = None


def skipped(competent: int, sendings: Iterable[Sent], limits: Iterable[Limit]) -> Skipped | None:
    """Whether the body of tier ``competent`` was passed over: the latest sending after its time was
    over or else the latest before. Turning to a body above once the competent one has given its result
    in time is the ordinary way and no skipping."""
    known = tuple(limits)
    found: Skipped | None = None
    for sent in sorted(sendings, key=lambda each: (each.on, not each.copy)):
        if sent.tier <= competent:
            continue
        gone = [each.due for each in known if _ran_out(each, sent.on)]
        if gone:
            found = Skipped(Skip.RAN_OUT, sent, min(gone))
        elif any(each.met_on is not None and each.met_on < sent.on for each in known):
            continue
        elif found is None or found.skip is Skip.IN_TIME:
            found = Skipped(Skip.IN_TIME, sent)
    return found


def graver(first: Skipped | None, second: Skipped | None) -> Skipped | None:
    """The graver of the two, the first one where they weigh the same."""
    if first is None or second is None:
        return first or second
    return second if second.skip is Skip.RAN_OUT and first.skip is Skip.IN_TIME else first


def copied_to(folded: str) -> tuple[int, str] | None:
    """The highest body named in folded words on whom copies went to; None where none is known."""
    said = f" {folded} "
    return next(((tier, name) for words, tier, name in NAMED_ABOVE if f" {words}" in said), None)


def _ran_out(limit: Limit, on: date) -> bool:
    return limit.due < on and (limit.met_on is None or limit.met_on > limit.due)
