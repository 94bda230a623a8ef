"""One predicate everywhere: lists, objects, search, counts and commands agree with a plain recount."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import insert, select

from config.database import db, transaction
from petitions.errors import NotFound
from petitions.models import Assignment, Case, CaseAgency, CaseBar, User
from petitions.queries.case_page import case_page
from petitions.queries.cases import Filters, queue
from petitions.queries.projects import projects
from petitions.queries.search import search
from petitions.services.acts import perform
from petitions.services.evidence import read_paper
from petitions.services.intake import register
from petitions.services.opening import open_identity
from petitions.services.projects import ProjectGiven, save_project
from petitions.services.registration import RespondentGiven
from tests.petitions.test_acts import do, instant
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.world import World
from workflows.records import BarReason
from workflows.vocabulary import Action, Actor, Kind, Need, Role

DAY = date(2026, 11, 2)
WORD = "nhận tiền đất"


def fill(world: World) -> int:
    """Cases of both kinds at four bodies, some transferred, forwarded, barred, assigned, all in one project."""
    project = save_project(
        ProjectGiven(name="Dự án", starts_on=DAY),
        project_id=None,
        actor=world.hoa,
        now=instant(DAY),
    )
    named = RespondentGiven(name="Phạm Văn An", username="an", position="Công chức")
    for template in (COMPLAINT, DENUNCIATION):
        given = replace(
            template, received_on=DAY, project_id=project, summary=WORD, content=WORD,
            contested=None, demand="",
        )  # fmt: skip
        for taker in (world.lan, world.khanh, world.thu):
            register(given, actor=taker, now=instant(DAY))
            register(
                replace(given, respondents=(named,), official_conduct=True),
                actor=taker,
                now=instant(DAY),
            )
            register(replace(given, forwarder_code="hdnd"), actor=taker, now=instant(DAY))
        head = replace(template.respondents[0], name="Trần Văn Minh")
        register(replace(given, respondents=(head,)), actor=world.lan, now=instant(DAY))
        moved = register(given, actor=world.lan, now=instant(DAY))
        if template.kind is Kind.COMPLAINT:
            do(moved, Action.CLASSIFY, world.an, DAY, competent=False)
            do(moved, Action.TRANSFER, world.minh, DAY, recipient="bao-lam")
    charged = register(
        replace(DENUNCIATION, received_on=DAY, summary=WORD), actor=world.lan, now=instant(DAY)
    )
    do(charged, Action.ACCEPT, world.minh, DAY)
    do(charged, Action.ASSIGN_VERIFICATION, world.minh, DAY, team=["ha", "son"])
    related = register(
        replace(COMPLAINT, received_on=DAY, summary=WORD), actor=world.lan, now=instant(DAY)
    )
    with transaction() as session:
        case_id = session.scalars(select(Case.id).where(Case.code == related)).one()
        for username in ("hoa", "phuc"):
            user_id = session.scalars(select(User.id).where(User.username == username)).one()
            session.execute(
                insert(CaseBar).values(case_id=case_id, user_id=user_id, reason=BarReason.RELATED)
            )
    return project


def may_see(actor: Actor, case: Case) -> bool:
    """The rule again, in plain Python over plain rows."""
    bars = db.session.execute(
        select(CaseBar.user_id, CaseBar.unit_id).where(CaseBar.case_id == case.id)
    )
    if any(user == actor.user_id or unit in actor.unit_ids for user, unit in bars):
        return False
    if actor.role is Role.ADMIN:
        return False
    charged = db.session.scalars(
        select(Assignment.user_id).where(Assignment.case_id == case.id, Assignment.until.is_(None))
    ).all()
    if case.kind is Kind.DENUNCIATION:
        if actor.role is Role.SUPERVISOR:
            return False
        head = actor.role is Role.HEAD and case.agency_id == actor.agency_id
        inspector = actor.role is Role.INSPECTOR and actor.denunciation_duty and actor.province_wide
        return actor.user_id in charged or head or inspector
    if actor.role is Role.SUPERVISOR:
        return case.forwarder_id == actor.agency_id
    if actor.province_wide:
        return True
    involved = db.session.scalars(
        select(CaseAgency.agency_id).where(CaseAgency.case_id == case.id)
    ).all()
    return case.agency_id in actor.agency_ids or bool(actor.agency_ids & set(involved))


def test_every_hat_sees_finds_and_counts_the_same_cases(world: World) -> None:
    """Sixteen people, twenty cases: list, search, project count, page and oracle agree on each pair."""
    project = fill(world)
    cases = db.session.scalars(select(Case)).all()
    seen_by_somebody: set[str] = set()
    for name, actor in world.actors.items():
        wanted = {case.code for case in cases if may_see(actor, case)}
        counted = {case.code for case in cases if case.project_id == project} & wanted
        assert {
            line.code for line in queue(actor, Filters(open=None), limit=200).lines
        } == wanted, name
        assert {line.code for line in search(actor, "nhan tien", limit=200)} == wanted, name
        assert [line.cases for line in projects(actor)] == [len(counted)], name
        for case in cases:
            assert [line.code for line in search(actor, case.code)] == [case.code][
                : case.code in wanted
            ]
            if case.code in wanted:
                assert case_page(actor, case.code).code == case.code
            else:
                with pytest.raises(NotFound):
                    case_page(actor, case.code)
        seen_by_somebody |= wanted
    assert seen_by_somebody == {case.code for case in cases}


def test_out_of_reach_answers_exactly_like_unknown(world: World) -> None:
    """Every command and every reading: the same error with the same words."""
    fill(world)
    hidden = [
        case.code for case in db.session.scalars(select(Case)) if not may_see(world.binh, case)
    ]
    assert hidden
    version_key = {"version": None, "on": DAY, "actor": world.binh, "now": instant(DAY)}
    messages = set()
    for code in (*hidden[:6], "AB-2026-999999-0"):
        for attempt in (
            lambda code=code: case_page(world.binh, code),
            lambda code=code: perform(code, Action.CLASSIFY, {}, **version_key),  # type: ignore[arg-type]
            lambda code=code: perform(code, Action.VOID, {Need.REASON: "x"}, **version_key),  # type: ignore[arg-type]
            lambda code=code: read_paper(code, 1, world.binh),
            lambda code=code: open_identity(code, reason="x", actor=world.binh, now=instant(DAY)),
        ):
            with pytest.raises(NotFound) as error:
                attempt()
            messages.add((error.value.code, error.value.message))
    assert len(messages) == 1
