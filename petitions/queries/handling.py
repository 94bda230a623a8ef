"""What an officer needs to say which way a petition goes: the case, who settles it, and the ways."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from petitions.errors import NotAllowedNow
from petitions.queries.case_page import case_page
from petitions.queries.case_shapes import CasePage
from petitions.queries.competence import Suggested, settler_of
from workflows.handling import Answers, Handling, Question, next_question, propose
from workflows.transition import UNPROCESSED
from workflows.vocabulary import Actor, Kind


@dataclass(frozen=True, slots=True)
class HandlingShown:
    """A petition waiting to be handled. ``handling`` is None while ``question`` is still open.

    ``forwarder`` sent it here, ``originals`` are papers to be given back, ``copies_to`` other bodies the
    paper names.
    """

    page: CasePage
    settler: Suggested | None
    question: Question | None
    handling: Handling | None
    forwarder: str | None
    originals: str | None
    copies_to: str | None


def handling_of(actor: Actor, code: str, answers: Answers, on: date) -> HandlingShown:
    """Which way the petition goes after ``answers``; the next question while they do not suffice.

    Raises ``NotFound``; ``NotAllowedNow`` once the petition has gone a way.
    """
    page = case_page(actor, code)
    if page.state not in UNPROCESSED:
        raise NotAllowedNow("Đơn đã có hướng xử lý; xem bước tiếp theo trong hồ sơ.", "")
    question = next_question(page.file, answers)
    paper = page.papers[-1] if page.papers else None
    return HandlingShown(
        page=page,
        settler=settler_of(page.id, on),
        question=question,
        handling=None if question else propose(page.file, answers, on),
        forwarder=paper.forwarder if paper else None,
        originals=paper.originals if paper else None,
        copies_to=paper.copies_to if paper and page.kind is not Kind.DENUNCIATION else None,
    )
