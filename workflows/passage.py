"""What may be done with a proposal where it lies, and by whom. Plain values in, words out.

The lifecycle says whether the proposed act is lawful; here stands only how the paper travels. The
commands refuse by this and the page shows its buttons by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from workflows.office import HELD, WITH_AUTHOR, SubmissionStatus, Verdict
from workflows.vocabulary import Role

RANK: Mapping[Role, int] = {Role.SECTION_HEAD: 1, Role.DEPUTY_HEAD: 2, Role.HEAD: 3}
"""Who stands above whom inside one agency; everybody else stands below."""
APPROVERS = frozenset(RANK)
"""Hats a step of a route may ask for."""
MOVES = frozenset({Verdict.SUBMIT, Verdict.APPROVE})
"""Rounds that put the paper on the next table; they may be taken back until somebody acts there."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One approver of a path frozen at drafting; ``days`` are working days."""

    role: Role
    agency_id: int
    days: int

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Stage:
        """As it stands in the row."""
        return cls(Role(kept["role"]), int(kept["agency_id"]), int(kept["days"]))

    def kept(self) -> dict[str, Any]:
        """As it goes into the row."""
        return {"role": self.role.value, "agency_id": self.agency_id, "days": self.days}


def path_for(
    stages: Iterable[Stage], author: Role, author_agency: int, involved: Iterable[int]
) -> tuple[Stage, ...]:
    """The stages a proposal of this author really takes.

    Steps of bodies that have no part in the case fall away, and so do those the author holds or
    stands above; the last one always stays, for somebody signs.
    """
    every, here = tuple(stages), frozenset(involved)
    kept = tuple(
        stage
        for stage in every[:-1]
        if stage.agency_id in here
        and not (stage.agency_id == author_agency and RANK.get(author, 0) >= RANK[stage.role])
    )
    return (*kept, *every[-1:])


@dataclass(frozen=True, slots=True)
class Paper:
    """Where a proposal stands. ``moved_by`` and ``moved`` are its last round that was no re-assignment."""

    status: SubmissionStatus
    step: int
    steps: int
    author_id: int
    holder_id: int | None
    moved: Verdict | None
    moved_by: int | None

    @property
    def signing(self) -> bool:
        """Whether it lies with whoever signs."""
        return self.step == self.steps


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whoever looks at it. ``fits`` says the present hat may stand at the step the paper lies at,
    ``fits_last`` at the last one; ``above`` that the hat leads the agency or outranks the holder."""

    user_id: int
    fits: bool
    fits_last: bool
    above: bool


def open_to(paper: Paper, viewer: Viewer) -> frozenset[Verdict]:
    """What this person may do with the paper now."""
    if paper.status not in HELD:
        return frozenset()
    found: set[Verdict] = set()
    if paper.holder_id == viewer.user_id:
        found |= (
            _of_author(paper, viewer)
            if paper.status in WITH_AUTHOR
            else _of_approver(paper, viewer)
        )
    if viewer.above:
        found.add(Verdict.REASSIGN)
    if _recallable(paper, viewer.user_id):
        found.add(Verdict.RECALL)
    return frozenset(found)


def _of_author(paper: Paper, viewer: Viewer) -> set[Verdict]:
    found = {Verdict.REVISE, Verdict.DROP}
    if paper.steps:
        found.add(Verdict.SUBMIT)
    if (
        paper.steps <= 1 and viewer.fits_last
    ):  # nobody else stands between the author and the signature
        found.add(Verdict.SIGN)
    return found


def _of_approver(paper: Paper, viewer: Viewer) -> set[Verdict]:
    if not viewer.fits:
        return set()
    return {Verdict.SEND_BACK, Verdict.SIGN if paper.signing else Verdict.APPROVE}


def _recallable(paper: Paper, user_id: int) -> bool:
    if paper.status in WITH_AUTHOR or paper.moved not in MOVES:
        return False
    return user_id == (paper.author_id if paper.moved is Verdict.SUBMIT else paper.moved_by)


def stands_above(role: Role, agency_id: int, office_id: int, stage: Stage | None) -> bool:
    """Whether this hat may give a paper that lies at ``stage`` (None: with its author) to somebody
    else: the head of the office, and whoever outranks the holder there or in the holder's own body."""
    if agency_id not in {office_id, stage.agency_id if stage else office_id}:
        return False
    if role is Role.HEAD and agency_id == office_id:
        return True
    return RANK.get(role, 0) > (RANK[stage.role] if stage else 0)
