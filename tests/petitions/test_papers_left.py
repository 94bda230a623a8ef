"""Papers and rights where a case changes hands: nothing stays on a table nobody may reach."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from config.clock import local_day
from config.database import db, transaction
from petitions.errors import Conflict, Forbidden
from petitions.models import Case, IdentityGrant
from petitions.queries.stations import lines_of
from petitions.services.acts import perform
from petitions.services.intake import register
from petitions.services.submissions import recall, submit
from petitions.services.submissions_drafting import propose
from petitions.services.submissions_handover import pass_on_submissions
from tests.conftest import NOW, TODAY
from tests.petitions.routing import HEAD, SECTION, classified, proposed, routed, row
from tests.petitions.station_world import Desk
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.petitions.test_submissions import LATER, do
from tests.world import World
from workflows.office import SubmissionStatus, Work
from workflows.stations import Station
from workflows.vocabulary import Action, Actor, Need


def act(code: str, action: Action, actor: Actor, day: int = 0, **given: Any) -> None:
    now = NOW + timedelta(days=day)
    perform(
        code,
        action,
        {Need(name): value for name, value in given.items()},
        version=None,
        on=local_day(now),
        actor=actor,
        now=now,
    )
    db.session.rollback()


def not_ours(world: World, kind: Any = COMPLAINT) -> str:
    """A case of another body's competence, in An's hands at An Bình."""
    code = register(replace(kind, competent=False), actor=world.lan, now=NOW)
    if kind is COMPLAINT:
        act(code, Action.CLASSIFY, world.minh, competent=False)
    act(code, Action.ASSIGN, world.minh, assignee="an")
    return code


def test_another_bodys_paper_goes_on(world: World) -> None:
    """The province's order is its own paper, wherever the case goes."""
    routed(HEAD, work=Work.CORRESPONDENCE, agency="ubnd-tinh")
    code = not_ours(world)
    order = {
        Need.RECIPIENT: "an-binh",
        Need.CONTENT: "Báo cáo gấp",
        Need.UNTIL: TODAY + timedelta(days=5),
    }
    uid = propose(code, Action.ORDER_SUBORDINATE, order, None, {}, actor=world.long, now=NOW)
    do(submit, uid, world.long)
    act(code, Action.TRANSFER, world.minh, recipient="bao-lam")
    assert row(uid).status is SubmissionStatus.SUBMITTED


@pytest.mark.parametrize("kind", [COMPLAINT, DENUNCIATION], ids=["complaint", "denunciation"])
def test_a_paper_of_the_act_done_by_hand_blocks_nobody(world: World, kind: Any) -> None:
    """The transfer happened without its proposal: the receiver may propose the same act."""
    code = not_ours(world, kind)
    routed(HEAD)
    uid = proposed(code, world.an, Action.TRANSFER, {Need.RECIPIENT: "so-nnmt"})
    act(code, Action.TRANSFER, world.minh, recipient="bao-lam")
    assert row(uid).status is SubmissionStatus.DROPPED
    act(code, Action.CONFIRM_RECEIPT, world.khanh, competent=False)
    routed(HEAD, agency="bao-lam")
    if kind is COMPLAINT:
        act(code, Action.CLASSIFY, world.khanh, competent=False)
    given = {Need.RECIPIENT: "so-nnmt"}
    assert propose(code, Action.TRANSFER, given, None, {}, actor=world.khanh, now=NOW)


def test_the_former_author_recalls_nothing(world: World) -> None:
    """Handed over, a proposal is its new author's to take back."""
    routed(SECTION, HEAD)
    code = classified(world)
    uid = proposed(code, world.an)
    do(submit, uid, world.an)
    with transaction() as session:
        case = session.scalars(select(Case).where(Case.code == code)).one()
        an, ha = world.users["an"], world.users["ha"]
        pass_on_submissions(session, case, an, ha, world.minh, LATER)
    with pytest.raises((Conflict, Forbidden)):
        do(recall, uid, world.an)
    do(recall, uid, world.ha)
    assert row(uid).author_id == row(uid).holder_id == world.users["ha"]


def test_an_identity_right_lasts_as_long_as_some_charge(world: World) -> None:
    """The desk lets go of the case at acceptance; its officer, who took it in, keeps his right."""
    code = register(DENUNCIATION, actor=world.an, now=NOW)
    act(code, Action.ASSIGN, world.minh, assignee="an")
    act(code, Action.GRANT_IDENTITY, world.minh, 3, assignee="an", reason="làm việc với người gửi")
    act(code, Action.ACCEPT, world.minh, 4)
    standing = select(IdentityGrant.granted_by).where(IdentityGrant.ended_at.is_(None))
    assert db.session.scalars(standing).all() == [world.users["minh"]]
    act(code, Action.HAND_OVER, world.minh, 5, assignee="ha", reason="Đổi người")
    assert db.session.scalars(standing).all() == []


def test_papers_stand_in_the_order_of_their_own_dates(world: World) -> None:
    """A paper that is overdue stands above one whose case is due earlier."""
    desk = Desk(world)
    cases = [desk.case(due=TODAY + timedelta(days=days)) for days in (3, 9)]
    for case, days in zip(cases, (2, -1), strict=True):
        desk.proposal(
            case,
            Action.ACCEPT,
            SubmissionStatus.SUBMITTED,
            author=world.an,
            holder=world.dung,
            step=1,
            due=TODAY + timedelta(days=days),
        )
    page = lines_of(world.dung, Station.TO_APPROVE, TODAY)
    assert [each.position.due for each in page.cases] == [
        TODAY - timedelta(days=1),
        TODAY + timedelta(days=2),
    ]
