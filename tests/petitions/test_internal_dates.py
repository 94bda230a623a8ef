"""Warnings about the office's own dates: once per date and person, to those who may know of the case."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from config.database import db, transaction
from notifications.models import OutboxMessage
from petitions.models import Assignment, Case, CaseBar, Hop, Submission, SubmissionRound, User
from petitions.services import internal_dates
from petitions.services.acts import perform
from petitions.services.intake import register
from petitions.services.registration import Registration
from tests.conftest import NOW, TODAY
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.statements import counted
from tests.world import World
from workflows.office import HopState, SubmissionStatus, Verdict, Work
from workflows.records import BarReason
from workflows.vocabulary import Action, Actor, Need, Role

DUE = date(2026, 11, 27)
"""A Friday; the working day before it is Thursday the 26th."""


def given(world: World, giver: Actor, to: str = "an", what: Registration = COMPLAINT) -> str:
    """A file given on, due on ``DUE``."""
    code = register(what, actor=world.lan, now=NOW)
    perform(
        code, Action.PASS_ON, {Need.ASSIGNEE: to, Need.UNTIL: DUE},
        version=None, on=TODAY, actor=giver, now=NOW,
    )  # fmt: skip
    return code


def proposed(world: World, code: str, holder: str, author: str, due: date = DUE) -> None:
    """A proposal of ``author`` on the table of ``holder``."""
    with transaction() as session:
        case = session.execute(select(Case).where(Case.code == code)).scalar_one()
        paper = Submission(
            uid=secrets.token_hex(16), case_id=case.id, agency_id=case.agency_id,
            work=Work.PROCESSING, action=Action.RETURN.value, path=[], step=1,
            status=SubmissionStatus.SUBMITTED, author_id=world.users[author],
            holder_id=world.users[holder], due=due, opened_at=NOW, moved_at=NOW,
        )  # fmt: skip
        session.add(paper)
        session.flush()
        session.add(
            SubmissionRound(
                submission_id=paper.id, seq=1, verdict=Verdict.SUBMIT, by_id=world.users[author],
                role=Role.OFFICER, from_step=0, to_step=1, to_id=world.users[holder], due=due, at=NOW,
            )
        )  # fmt: skip


def on(day: date) -> int:
    """What the job of that day queues."""
    at = datetime.combine(day, NOW.timetz())
    with transaction() as session:
        return internal_dates.remind(session, day, at)


def told() -> list[tuple[str, int | None]]:
    rows = db.session.execute(
        select(OutboxMessage.kind, OutboxMessage.recipient_id)
        .where(OutboxMessage.kind.like("internal_%"))
        .order_by(OutboxMessage.id)
    )
    return [(row.kind, row.recipient_id) for row in rows]


def test_the_holder_hears_when_it_is_near_and_the_giver_when_it_is_past(world: World) -> None:
    """Each once per date; a new date is warned about anew."""
    given(world, world.minh)
    an, minh = world.users["an"], world.users["minh"]
    assert on(date(2026, 11, 25)) == 0
    assert on(date(2026, 11, 26)) == 1
    assert on(DUE) == 0
    assert told() == [("internal_near", an)]
    assert on(date(2026, 11, 28)) == 2
    assert on(date(2026, 12, 4)) == 0
    assert sorted(told()[1:]) == sorted([("internal_overdue", an), ("internal_overdue", minh)])
    with transaction() as session:
        session.execute(update(Hop).values(due=date(2026, 12, 3)))
    assert on(date(2026, 12, 4)) == 2
    payloads = db.session.scalars(
        select(OutboxMessage.payload).where(OutboxMessage.kind.like("internal_%"))
    )
    assert {tuple(each) for each in payloads} == {("case",)}


def test_a_file_given_on_is_nobodys_worry_of_before(world: World) -> None:
    code = given(world, world.minh, "son")
    perform(
        code, Action.PASS_ON, {Need.ASSIGNEE: "an", Need.UNTIL: date(2026, 12, 1)},
        version=None, on=TODAY, actor=world.son, now=NOW,
    )  # fmt: skip
    assert on(date(2026, 11, 30)) == 1
    assert told() == [("internal_near", world.users["an"])]


def test_proposals_are_warned_about_like_files(world: World) -> None:
    """The approver near and past, then also whoever sent it up."""
    code = register(COMPLAINT, actor=world.lan, now=NOW)
    proposed(world, code, holder="son", author="an")
    assert on(date(2026, 11, 26)) == 1
    assert on(date(2026, 11, 30)) == 2
    assert set(told()) == {
        ("internal_near", world.users["son"]),
        ("internal_overdue", world.users["son"]),
        ("internal_overdue", world.users["an"]),
    }


def test_of_a_denunciation_only_those_who_may_know_hear(world: World) -> None:
    """The head who gave it, the officer charged; nobody whose charge has ended."""
    code = given(world, world.minh, what=DENUNCIATION)
    proposed(world, code, holder="son", author="an")
    assert on(date(2026, 11, 30)) == 3
    an, minh = ("internal_overdue", world.users["an"]), ("internal_overdue", world.users["minh"])
    assert sorted(told()) == sorted([an, an, minh])  # the file, and the proposal sent up
    assert world.users["son"] not in {person for _, person in told()}
    with transaction() as session:
        session.execute(update(Assignment).values(until=TODAY))
        session.execute(update(Hop).values(due=date(2026, 11, 26)))
        session.execute(update(Submission).values(due=date(2026, 11, 26)))
    assert on(date(2026, 12, 1)) == 1  # the head alone


@pytest.mark.parametrize("why", ["barred", "unit", "disabled", "paused", "done"])
def test_who_or_what_is_out_of_it_is_left_alone(world: World, why: str) -> None:
    code = given(world, world.minh)
    with transaction() as session:
        case = session.execute(select(Case).where(Case.code == code)).scalar_one()
        bar: dict[str, Any] = {"case_id": case.id, "reason": BarReason.RELATED}
        match why:
            case "barred":
                session.execute(insert(CaseBar).values(user_id=world.users["an"], **bar))
            case "unit":
                session.execute(insert(CaseBar).values(unit_id=world.agencies["phong-kt"], **bar))
            case "disabled":
                session.execute(update(User).where(User.username == "an").values(disabled_at=NOW))
            case "paused":
                session.execute(update(Case).values(paused_since=TODAY))
            case "done":
                session.execute(update(Hop).values(state=HopState.DONE, ended_at=NOW))
    on(date(2026, 11, 30))
    out_of_it = world.users["an"]
    assert out_of_it not in {person for _, person in told()}
    assert (told() == []) is (why in {"paused", "done"})


@pytest.mark.parametrize("files", [1, 30])
def test_the_cost_is_the_same_for_many(world: World, files: int) -> None:
    for _ in range(files):
        given(world, world.minh)
    on(TODAY)  # the calendar is read once
    with counted() as seen:
        assert on(DUE + timedelta(days=1)) == 2 * files
    assert len(seen.statements) == 3, "\n".join(seen.statements)
