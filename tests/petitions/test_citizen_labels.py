"""Plain words for every state, and none that tells one kind of petition from another."""

from __future__ import annotations

from petitions.citizen_labels import (
    LATE,
    MEETING,
    NO_DAY,
    OWED,
    PAUSED,
    PHASES,
    QUESTIONS,
    TOLD,
    Phase,
)
from petitions.text import fold
from workflows.satisfaction import Topic
from workflows.transitions import TABLE
from workflows.vocabulary import Kind, State

TELLING = ("tố cáo", "khiếu nại", "kiến nghị", "phản ánh", "kết luận", "quyết định", "đối thoại")
"""Words of one kind's procedure."""


def phases(kind: Kind) -> set[Phase]:
    """Everything the look-up can say of a petition of that kind."""
    return {
        PHASES[row.target] for row in TABLE if kind in row.kinds and isinstance(row.target, State)
    }


def test_every_state_has_its_words() -> None:
    """Each state one phase, each phase its two sentences, each topic its question."""
    assert set(PHASES) == set(State)
    assert set(TOLD) == set(Phase) == set(PHASES.values())
    assert set(QUESTIONS) == set(Topic)


def test_no_phase_belongs_to_denunciations_or_complaints_alone() -> None:
    """What the look-up can say of the one it can say of the other."""
    assert phases(Kind.DENUNCIATION) == phases(Kind.COMPLAINT)
    assert phases(Kind.RECOMMENDATION) | phases(Kind.FEEDBACK) <= phases(Kind.COMPLAINT)


def test_no_word_names_a_kind() -> None:
    """Nor its papers and steps."""
    words = [LATE, MEETING, NO_DAY, PAUSED, *OWED.values()]
    words += [line for told in TOLD.values() for line in (told.state, told.then)]
    said = fold(" ".join(words))
    assert not [word for word in TELLING if fold(word) in said]
