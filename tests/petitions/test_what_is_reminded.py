"""Everything that has to be reminded of, point by point, each with the test that names it."""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from config.database import db, table_of, transaction
from notifications.models import OutboxMessage
from petitions.models import AwaitedReply, Deadline, Hop, Reminder, Submission
from petitions.models.reminders import Subject
from petitions.services.caseless_dates import CASELESS
from petitions.services.digest_text import date_words
from petitions.services.reminders import climb
from petitions.services.watch import sweep
from tests.petitions import test_caseless_reminders as caseless
from tests.petitions import test_scheduler as scheduler
from tests.petitions.test_intake import COMPLAINT
from tests.petitions.test_reminders import DUE, TAKEN_IN, a_case, at
from tests.web.cases import registered
from tests.world import World
from workflows.news import ALARMS
from workflows.office import ReplyKind, SubmissionStatus, Work
from workflows.records import Nature
from workflows.vocabulary import Step
from workflows.watch import NOT_A_DUTY

NAMED = {
    "commitments": caseless.test_a_commitment,
    "sessions to be posted": caseless.test_sessions_to_be_posted_invited_to_and_tested,
    "dialogues to be made public": caseless.test_a_dialogue_with_people_to_be_made_public,
    "quota of reception days at risk": caseless.test_the_heads_days_of_a_month,
    "refusal notice owed": caseless.test_a_refusal_notice,
    "result notice owed": caseless.test_a_secret_visit_is_told_by_its_number_to_those_who_may_know,
    "legal effect reached": caseless.test_a_decision_took_effect,
    "reporting calendar": caseless.test_the_calendar_of_reports,
    "official calendar running out": scheduler.test_the_shipped_jobs_do_their_work,
}
"""Points with a test of their own; the dates of a case are walked through below."""


def test_every_date_of_a_case_is_told(world: World) -> None:
    """Every legal end and internal target, dialogue notice and enforcement among them, hop, proposal, reply."""
    case = a_case(world)
    with transaction() as session:
        _clocks(session, case)
        _paper(session, world, case)
        session.execute(update(Hop).where(Hop.case_id == case).values(due=DUE))
    climb(at(DUE))
    told = {
        (payload["subject"], payload["step"]): date_words(payload)
        for payload in db.session.scalars(
            select(OutboxMessage.payload).where(OutboxMessage.kind.in_(("rung", "legal_effect")))
        )
    }
    duties = {("deadline", step.value) for step in Step if step not in NOT_A_DUTY}
    assert told.keys() >= duties | {
        ("hop", "hop"),
        ("submission", "submission"),
        ("effect", Step.LEGAL_EFFECT.value),
        *(("reply", kind.value) for kind in ReplyKind),
    }
    assert {Step.DIALOGUE_NOTICE, Step.DIRECT_ENFORCEMENT, Step.ACT_ON_CONCLUSION} <= {
        Step(step) for _, step in duties
    }
    assert all(told.values()), "each in words"
    natures = db.session.execute(
        select(Deadline.step, Deadline.nature).join(Reminder, Reminder.subject_id == Deadline.id)
        .where(Reminder.subject == Subject.DEADLINE)
    ).all()  # fmt: skip
    assert (Step.INTERNAL_SETTLEMENT, Nature.INTERNAL) in {tuple(row) for row in natures}
    of_a_case = {"deadline", "hop", "submission", "reply", "effect"}
    assert {subject.value for subject in Subject} == of_a_case | {each.value for each in CASELESS}
    assert all(callable(test) for test in NAMED.values())


def _clocks(session: Any, case: int) -> None:
    clocks = table_of(Deadline)
    first = session.execute(
        select(clocks).where(clocks.c.case_id == case, clocks.c.due == DUE)
    ).one()
    for step in Step:
        nature = Nature.INTERNAL if step is Step.INTERNAL_SETTLEMENT else Nature.STATUTORY
        if step != first.step:
            given = dict(first._mapping) | {"step": step, "nature": nature, "occurrence": 7}
            given.pop("id")
            session.execute(insert(clocks).values(**given))


def _paper(session: Any, world: World, case: int) -> None:
    for kind in ReplyKind:
        session.execute(
            insert(AwaitedReply).values(
                uid=secrets.token_hex(16), version=1, case_id=case, kind=kind, due=DUE,
                agency_id=world.agencies["an-binh"], asked_on=TAKEN_IN,
            )
        )  # fmt: skip
    session.execute(
        insert(Submission).values(
            uid=secrets.token_hex(16), version=1, case_id=case, agency_id=world.agencies["an-binh"],
            work=Work.PROCESSING, action="accept", path=[], step=0, status=SubmissionStatus.SUBMITTED,
            author_id=world.users["an"], holder_id=world.users["minh"], opened_at=at(TAKEN_IN),
            moved_at=at(TAKEN_IN), due=DUE,
        )
    )  # fmt: skip


def test_alarms_are_told(world: World) -> None:
    """The 45-day cliff from day 30 on, and again on day 45; a suspension growing old has the same way."""
    registered(world, COMPLAINT)
    seen: dict[date, set[str]] = {}
    for days in (29, 30, 45):
        day = COMPLAINT.received_on + timedelta(days=days)
        sweep(at(day), now=at(day))
        seen[day] = set(
            db.session.scalars(select(OutboxMessage.kind).where(OutboxMessage.kind.in_(ALARMS)))
        )
        db.session.rollback()
    assert list(seen.values()) == [set(), {"cliff_near"}, {"cliff_near", "cliff_45"}]
    assert "suspended_long" in ALARMS
