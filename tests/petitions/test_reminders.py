"""The pass over the ladder: each rung once, the latest alone after an absence, to those who may know."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from config.database import db, transaction
from notifications.models import OutboxMessage
from petitions.models import AgencyRung, Case, CaseBar, Deadline, Hop, Reminder
from petitions.models.reminders import NOBODY
from petitions.services.acts import perform
from petitions.services.intake import register
from petitions.services.registration import Contested
from petitions.services.reminders import Climbed, climb
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.statements import counted
from tests.world import World
from workflows.records import BarReason
from workflows.vocabulary import Action, Need, Step

TAKEN_IN = date(2026, 8, 10)
DUE = date(2026, 11, 20)
"""A Friday."""


def at(day: date) -> datetime:
    """Nine in the morning of that day in Vietnam."""
    return datetime.combine(day, time(2), UTC)


def a_case(world: World, kind: Any = COMPLAINT, officer: str | None = "an") -> int:
    """A case with exactly one running date, due on DUE, and an officer in charge."""
    contested = Contested(number="12/QĐ-UBND", received_on=date(2026, 8, 5))
    code = register(
        replace(
            kind,
            received_on=TAKEN_IN,
            written_on=TAKEN_IN,
            contested=contested if kind is COMPLAINT else None,
        ),
        actor=world.lan,
        now=at(TAKEN_IN),
    )
    if officer is not None:
        perform(
            code, Action.ASSIGN, {Need.ASSIGNEE: officer}, version=None, on=TAKEN_IN,
            actor=world.minh, now=at(TAKEN_IN),
        )  # fmt: skip
    with transaction() as session:
        case = session.scalars(select(Case.id).where(Case.code == code)).one()
        first = session.scalars(
            select(Deadline.id).where(
                Deadline.case_id == case, Deadline.step != Step.UNPROCESSED_ALARM
            )
        ).first()
        session.execute(
            update(Deadline).where(Deadline.case_id == case, Deadline.id != first).values(due=None)
        )
        session.execute(update(Deadline).where(Deadline.id == first).values(due=DUE))
        session.execute(update(Hop).where(Hop.case_id == case).values(due=None))
        session.execute(update(OutboxMessage).values(settled_at=at(TAKEN_IN)))
    return case


def rungs(case: int | None = None) -> list[tuple[str, int]]:
    """Rung and recipient in the order they fired."""
    wanted = select(Reminder.rung, Reminder.recipient_id).order_by(Reminder.fired_on, Reminder.id)
    if case is not None:
        wanted = wanted.where(Reminder.case_id == case)
    return [tuple(row) for row in db.session.execute(wanted)]


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def test_each_rung_fires_once_and_reaches_more_people(world: World) -> None:
    a_case(world)
    for day in days(date(2026, 11, 2), date(2026, 12, 12)):
        climb(at(day))
        climb(at(day))
    an, minh, phuc = (world.users[name] for name in ("an", "minh", "phuc"))
    hoa, quy = world.users["hoa"], world.users["quy"]
    assert rungs() == [
        ("before_5", an), ("before_2", an),
        ("on_day", an), ("on_day", minh),
        ("after_1", an), ("after_1", minh),
        ("after_5", an), ("after_5", minh), ("after_5", phuc),
        ("weekly_1", an), ("weekly_1", minh), ("weekly_1", phuc), ("weekly_1", hoa), ("weekly_1", quy),
        ("weekly_2", an), ("weekly_2", minh), ("weekly_2", phuc), ("weekly_2", hoa), ("weekly_2", quy),
    ]  # fmt: skip
    fired = db.session.scalars(
        select(Reminder.fired_on).distinct().order_by(Reminder.fired_on)
    ).all()
    assert fired == [
        date(2026, 11, 13), date(2026, 11, 18), date(2026, 11, 20), date(2026, 11, 23),
        date(2026, 11, 30), date(2026, 12, 4), date(2026, 12, 11),
    ]  # fmt: skip
    queued = db.session.scalar(
        select(func.count()).select_from(OutboxMessage).where(OutboxMessage.kind == "rung")
    )
    assert queued == len(rungs())


def test_after_an_absence_only_the_latest_rung_is_told(world: World) -> None:
    a_case(world)
    climb(at(date(2026, 11, 13)))
    climb(at(date(2026, 12, 1)))
    assert [rung for rung, _ in rungs()] == ["before_5", "after_5", "after_5", "after_5"]


def test_nothing_fires_on_days_off(world: World) -> None:
    a_case(world)
    for day in (date(2026, 11, 14), date(2026, 11, 15), date(2026, 11, 24)):
        assert climb(at(day)) == Climbed()
    assert climb(at(date(2026, 11, 16))).found == 1


def test_a_moved_date_starts_its_own_ladder_and_a_paused_case_is_quiet(world: World) -> None:
    case = a_case(world)
    climb(at(date(2026, 11, 20)))
    with transaction() as session:
        session.execute(
            update(Deadline)
            .where(Deadline.case_id == case, Deadline.due == DUE)
            .values(due=date(2026, 12, 1), version=Deadline.version + 1)
        )
    climb(at(date(2026, 11, 20)))
    assert [rung for rung, _ in rungs()] == ["on_day", "on_day"]
    climb(at(date(2026, 11, 23)))
    assert [rung for rung, _ in rungs()][2:] == ["before_5"]
    with transaction() as session:
        session.execute(update(Case).values(paused_since=date(2026, 11, 23)))
    assert climb(at(date(2026, 12, 1))) == Climbed()


def test_of_a_denunciation_only_those_who_may_know_hear(world: World) -> None:
    a_case(world, DENUNCIATION)
    climb(at(date(2026, 12, 4)))
    told = {person for _, person in rungs()}
    assert told == {world.users[name] for name in ("an", "minh", "hoa")}


def test_somebody_shut_out_hears_nothing_and_nobody_is_said_aloud(world: World) -> None:
    case = a_case(world)
    with transaction() as session:
        for name in ("an", "minh"):
            session.execute(
                insert(CaseBar).values(
                    case_id=case, user_id=world.users[name], reason=BarReason.RELATED
                )
            )
    done = climb(at(date(2026, 11, 20)))
    assert (done.found, done.told, done.nobody) == (1, 0, 1)
    assert rungs() == [("on_day", NOBODY)]
    assert climb(at(date(2026, 11, 20))) == Climbed()


def test_an_agencys_own_rung_is_added_to_the_houses(world: World) -> None:
    mine, other = a_case(world), a_case(world)
    with transaction() as session:
        session.execute(
            insert(AgencyRung).values(agency_id=world.agencies["an-binh"], day=-10, to=["head"])
        )
        session.execute(
            update(Deadline)
            .where(Deadline.case_id == other)
            .values(agency_id=world.agencies["bao-lam"])
        )
    climb(at(date(2026, 11, 9)))
    assert rungs(mine) == [("own_before_10", world.users["minh"])]
    assert rungs(other) == []
    climb(at(date(2026, 11, 13)))
    assert [rung for rung, _ in rungs(mine)] == ["own_before_10", "before_5"]
    assert [rung for rung, _ in rungs(other)] == ["before_5"]


@pytest.mark.parametrize("many", [1, 30])
def test_the_number_of_statements_does_not_grow_with_the_dates(world: World, many: int) -> None:
    for _ in range(many):
        a_case(world)
    with counted() as seen:
        assert climb(at(date(2026, 11, 20))).found == many
    assert len(seen.statements) <= 40
