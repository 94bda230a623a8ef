"""Handing over a person's files: case by case, to those who may have them, without the denouncer's name."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import insert, select

from config.database import db, transaction
from notifications.models import OutboxMessage
from petitions.errors import Forbidden, Invalid, NotFound
from petitions.models import Assignment, Case, CaseBar, Event, EventDetail, IdentityGrant, User
from petitions.queries.people import files_held
from petitions.services.acts import perform
from petitions.services.handover import DONE, HandedOver, hand_over, spread
from petitions.services.intake import register
from tests.conftest import NOW, TODAY
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.world import World
from workflows.records import BarReason
from workflows.vocabulary import Action, Actor, Need

REASON = "Chuyển công tác"


def complaint(world: World, username: str = "an") -> str:
    """An open complaint with its officer."""
    code = register(COMPLAINT, actor=world.lan, now=NOW)
    perform(code, Action.ASSIGN, {Need.ASSIGNEE: username}, version=None, on=TODAY, actor=world.minh, now=NOW)  # fmt: skip
    return code


def denunciation(world: World, username: str = "an") -> str:
    """An open denunciation whose officer may open the identity."""
    code = register(DENUNCIATION, actor=world.lan, now=NOW)
    perform(code, Action.ASSIGN, {Need.ASSIGNEE: username}, version=None, on=TODAY, actor=world.minh, now=NOW)  # fmt: skip
    with transaction() as session:
        session.execute(
            insert(IdentityGrant).values(
                case_id=case_of(code).id, user_id=world.users[username],
                granted_by=world.users["minh"], reason="Xác minh", granted_at=NOW,
            )
        )  # fmt: skip
    return code


def case_of(code: str) -> Case:
    return db.session.execute(select(Case).where(Case.code == code)).scalar_one()


def over(world: World, actor: Actor, plan: dict[str, str], key: str | None = None) -> dict[str, HandedOver]:  # fmt: skip
    results = hand_over("an", plan, reason=REASON, actor=actor, now=NOW, key=key)
    return {result.code: result for result in results}


def codes(actor: Actor, username: str = "an") -> list[str]:
    return [held.code for held in files_held(actor, username)]


def test_every_file_gets_its_new_officer_and_an_event(world: World) -> None:
    """The head hands over; the receiver is told, the leaver holds nothing any more."""
    plan = spread([complaint(world) for _ in range(3)], ["ha", "son"])
    assert list(plan.values()) == ["ha", "son", "ha"]
    assert codes(world.minh) == sorted(plan)
    results = over(world, world.minh, plan)
    assert {(each.to, each.done, each.message) for each in results.values()} == {
        ("ha", True, DONE),
        ("son", True, DONE),
    }
    for code, to in plan.items():
        case = case_of(code)
        assert case.officer_id == world.users[to]
        event = db.session.execute(
            select(Event).where(Event.case_id == case.id, Event.action == "hand_over")
        ).scalar_one()
        assert event.data == {
            "assignee": world.users[to],
            "from": world.users["an"],
            "duties": ["officer"],
        }
        detail = db.session.get_one(EventDetail, (case.id, event.seq))
        assert detail.content == {"reason": REASON}
    assert codes(world.minh) == []
    assert sorted(codes(world.minh, "ha") + codes(world.minh, "son")) == sorted(plan)
    told = db.session.scalars(
        select(OutboxMessage.recipient_id).where(OutboxMessage.kind == "hand_over")
    ).all()
    assert sorted(told) == sorted(world.users[to] for to in plan.values())


def test_a_barred_receiver_is_reported_and_the_case_stays(world: World) -> None:
    """The others move; nothing of the refused one is half done."""
    free, barred = complaint(world), complaint(world)
    with transaction() as session:
        session.execute(
            insert(CaseBar).values(
                case_id=case_of(barred).id, user_id=world.users["ha"], reason=BarReason.RELATED
            )
        )
    before = case_of(barred).version
    results = over(world, world.minh, {free: "ha", barred: "ha"})
    assert results[free].done
    assert not results[barred].done
    assert "không liên quan" in results[barred].message
    assert (case_of(barred).officer_id, case_of(barred).version) == (world.users["an"], before)
    assert codes(world.minh) == [barred]


@pytest.mark.parametrize("to", ["binh", "khong-co", "an"])
def test_unfit_receivers_are_reported(world: World, to: str) -> None:
    """Of another agency, unknown, or the leaver again."""
    code = complaint(world)
    assert not over(world, world.minh, {code: to})[code].done
    assert case_of(code).officer_id == world.users["an"]


def test_the_right_to_the_denouncer_does_not_pass(world: World) -> None:
    """The head hands a denunciation over; the receiver has the file, not the name."""
    code = denunciation(world)
    assert over(world, world.minh, {code: "ha"})[code].done
    grants = {grant.user_id: grant.ended_at for grant in db.session.scalars(select(IdentityGrant))}
    assert grants == {world.users["lan"]: None, world.users["an"]: NOW}
    standing = db.session.scalars(
        select(Assignment.user_id).where(
            Assignment.case_id == case_of(code).id,
            Assignment.until.is_(None),
            Assignment.duty == "officer",
        )
    ).all()
    assert standing == [world.users["ha"]]
    detail = db.session.scalars(
        select(EventDetail).where(EventDetail.case_id == case_of(code).id)
    ).all()
    assert all(each.content is None for each in detail)


def test_every_duty_passes_on(world: World) -> None:
    """Who only took the paper in hands over that; the officer stays."""
    code = denunciation(world, "ha")
    assert codes(world.minh, "lan") == [code]
    results = hand_over("lan", {code: "van"}, reason=REASON, actor=world.minh, now=NOW)
    assert results[0].done
    assert case_of(code).officer_id == world.users["ha"]
    standing = {
        (row.duty, row.user_id)
        for row in db.session.execute(
            select(Assignment.duty, Assignment.user_id).where(Assignment.until.is_(None))
        )
    }
    assert standing == {("intake", world.users["van"]), ("officer", world.users["ha"])}


def test_an_administrator_moves_files_unread_but_no_denunciation(world: World) -> None:
    """What is out of reach answers like what does not exist."""
    code, hidden = complaint(world), denunciation(world)
    assert codes(world.tam) == [code]
    results = over(world, world.tam, {code: "ha", hidden: "ha", "AB-2026-999999-0": "ha"})
    assert results[code].done
    assert not results[hidden].done
    assert results[hidden].message == results["AB-2026-999999-0"].message
    assert case_of(hidden).officer_id == world.users["an"]
    event = db.session.scalars(select(Event).where(Event.action == "hand_over")).one()
    assert event.actor_id == world.users["tam"]


def test_an_administrator_shut_out_of_a_case_does_not_touch_it(world: World) -> None:
    """Under no hat."""
    code = complaint(world)
    with transaction() as session:
        session.execute(
            insert(CaseBar).values(
                case_id=case_of(code).id, user_id=world.users["tam"], reason=BarReason.RESPONDENT
            )
        )
    assert codes(world.tam) == []
    assert not over(world, world.tam, {code: "ha"})[code].done


@pytest.mark.parametrize("name", ["lan", "ha", "van", "giam", "hoa"])
def test_others_do_not_hand_over(world: World, name: str) -> None:
    with pytest.raises(Forbidden):
        over(world, world.actors[name], {complaint(world): "ha"})


def test_heads_elsewhere_know_nobody_here(world: World) -> None:
    code = complaint(world)
    with pytest.raises(NotFound):
        over(world, world.khanh, {code: "khanh"})
    with pytest.raises(NotFound):
        files_held(world.khanh, "an")


def test_a_reason_is_asked_for_before_anything_moves(world: World) -> None:
    code = complaint(world)
    with pytest.raises(Invalid) as error:
        hand_over("an", {code: "ha"}, reason="  ", actor=world.minh, now=NOW)
    assert list(error.value.fields) == ["reason"]
    with pytest.raises(Invalid):
        spread([code], [])


def test_a_reason_that_names_the_denouncer_is_refused_in_that_case(world: World) -> None:
    """The complaint of the same plan moves."""
    code, hidden = complaint(world), denunciation(world)
    results = hand_over(
        "an",
        {hidden: "ha", code: "ha"},
        reason="Vì quen chị Lò Thị Bình Minh",
        actor=world.minh,
        now=NOW,
    )
    assert [(each.code, each.done) for each in results] == [(hidden, False), (code, True)]
    assert "Lò" not in results[0].message


def test_a_repeated_call_answers_the_same_or_goes_on(world: World) -> None:
    """With its key as the first time; without, what is done is no longer the leaver's."""
    plan = dict.fromkeys([complaint(world), complaint(world)], "ha")
    first = over(world, world.minh, plan, key="k")
    assert over(world, world.minh, plan, key="k") == first
    again = over(world, world.minh, plan)
    assert not any(each.done for each in again.values())
    assert db.session.scalars(select(Event.seq).where(Event.action == "hand_over")).all() == [3, 3]


def test_files_of_a_closed_account_can_still_be_handed_over(world: World) -> None:
    code = complaint(world)
    with transaction() as session:
        session.get_one(User, world.users["an"]).disabled_at = NOW
    assert codes(replace(world.minh)) == [code]
    assert over(world, world.minh, {code: "ha"})[code].done
