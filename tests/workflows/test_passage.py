"""How a proposal travels: which approvers it takes, and what each may do with it where it lies."""

from __future__ import annotations

import pytest

from workflows.office import HELD, SubmissionStatus, Verdict
from workflows.passage import Paper, Stage, Viewer, open_to, path_for, stands_above
from workflows.vocabulary import Role

S, D, H = (Stage(role, 1, 1) for role in (Role.SECTION_HEAD, Role.DEPUTY_HEAD, Role.HEAD))
ADVISER = Stage(Role.HEAD, 2, 2)

PATHS = [
    (Role.OFFICER, 1, {1}, (S, D, H), (S, D, H)),
    (Role.CLERK, 1, {1}, (S, D, H), (S, D, H)),
    (Role.SECTION_HEAD, 1, {1}, (S, D, H), (D, H)),
    (Role.DEPUTY_HEAD, 1, {1}, (S, D, H), (H,)),
    (Role.HEAD, 1, {1}, (S, D, H), (H,)),
    (Role.HEAD, 1, {1}, (S,), (S,)),
    (Role.OFFICER, 1, {1}, (ADVISER, H), (H,)),
    (Role.OFFICER, 1, {1, 2}, (ADVISER, H), (ADVISER, H)),
    (Role.OFFICER, 2, {1, 2}, (ADVISER, D, H), (ADVISER, D, H)),
    (Role.HEAD, 2, {1, 2}, (ADVISER, D, H), (D, H)),
    (Role.OFFICER, 1, {1}, (), ()),
]


@pytest.mark.parametrize(("role", "agency", "involved", "steps", "path"), PATHS)
def test_who_stands_above_the_author_approves(
    role: Role, agency: int, involved: set[int], steps: tuple[Stage, ...], path: tuple[Stage, ...]
) -> None:
    """The author's own level and below falls away, the signer never; a body without a part neither."""
    assert path_for(steps, role, agency, involved) == path


def paper(status: SubmissionStatus, step: int, steps: int = 2, moved: Verdict | None = None, by: int | None = None, holder: int | None = None) -> Paper:  # fmt: skip
    """A paper of author 1; approvers are 2 and 3 unless said otherwise."""
    return Paper(status, step, steps, 1, holder or (step + 1), moved, by)


UP, SUB, APP = SubmissionStatus.SUBMITTED, Verdict.SUBMIT, Verdict.APPROVE
CELLS = [
    (paper(SubmissionStatus.DRAFTED, 0), 1, {Verdict.REVISE, Verdict.SUBMIT, Verdict.DROP}),
    (paper(SubmissionStatus.SENT_BACK, 0), 1, {Verdict.REVISE, Verdict.SUBMIT, Verdict.DROP}),
    (paper(SubmissionStatus.RECALLED, 0), 2, set()),
    (paper(UP, 1, moved=SUB, by=1), 1, {Verdict.RECALL}),
    (paper(UP, 1, moved=SUB, by=9), 1, {Verdict.RECALL}),
    (paper(UP, 1, moved=SUB, by=1), 2, {Verdict.APPROVE, Verdict.SEND_BACK}),
    (paper(UP, 1, moved=SUB, by=1), 3, set()),
    (paper(SubmissionStatus.APPROVED, 2, moved=APP, by=2), 1, set()),
    (paper(SubmissionStatus.APPROVED, 2, moved=APP, by=2), 2, {Verdict.RECALL}),
    (paper(SubmissionStatus.APPROVED, 2, moved=APP, by=2), 3, {Verdict.SIGN, Verdict.SEND_BACK}),
    (paper(UP, 1, moved=Verdict.RECALL, by=2), 1, set()),
    (paper(UP, 1, moved=Verdict.RECALL, by=2), 2, {Verdict.APPROVE, Verdict.SEND_BACK}),
    (paper(SubmissionStatus.DRAFTED, 0, steps=1), 1, {Verdict.REVISE, Verdict.SUBMIT, Verdict.DROP, Verdict.SIGN}),
    (paper(SubmissionStatus.DRAFTED, 0, steps=0), 1, {Verdict.REVISE, Verdict.DROP, Verdict.SIGN}),
]  # fmt: skip


@pytest.mark.parametrize(("where", "who", "may"), CELLS)
def test_what_each_may_do(where: Paper, who: int, may: set[Verdict]) -> None:
    """By where it lies, whose it is and who moved it last."""
    assert open_to(where, Viewer(who, fits=True, fits_last=True, above=False)) == may


def test_a_hat_that_does_not_fit_only_recalls() -> None:
    """The same person in another role approves nothing; a superior gives it to somebody else."""
    lies = paper(UP, 1, moved=SUB, by=1)
    assert open_to(lies, Viewer(2, fits=False, fits_last=False, above=False)) == set()
    assert open_to(lies, Viewer(9, fits=False, fits_last=False, above=True)) == {Verdict.REASSIGN}


@pytest.mark.parametrize("status", sorted(set(SubmissionStatus) - HELD))
def test_what_has_ended_stands_still(status: SubmissionStatus) -> None:
    """Nobody does anything more with it here."""
    done = Paper(status, 2, 2, 1, None, Verdict.SIGN, 3)
    assert not open_to(done, Viewer(1, fits=True, fits_last=True, above=True))


@pytest.mark.parametrize(
    ("role", "agency", "stage", "above"),
    [
        (Role.HEAD, 1, H, True),
        (Role.DEPUTY_HEAD, 1, S, True),
        (Role.DEPUTY_HEAD, 1, D, False),
        (Role.SECTION_HEAD, 1, None, True),
        (Role.OFFICER, 1, None, False),
        (Role.HEAD, 2, H, False),
        (Role.HEAD, 2, ADVISER, False),
        (Role.HEAD, 1, ADVISER, True),
    ],
)
def test_who_may_give_it_to_somebody_else(
    role: Role, agency: int, stage: Stage | None, above: bool
) -> None:
    """The office's head, and whoever outranks the holder."""
    assert stands_above(role, agency, 1, stage) is above
