"""Advising is not deciding: who helps, who verifies, what they see, and that they never decide."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from config.database import db, transaction
from petitions.errors import Conflict, Forbidden, Invalid, Leak, NotAllowedNow, NotFound
from petitions.models import Assignment, Case, CaseBar, Evidence, Hat, TeamMember, User
from petitions.queries.advising import office_of, verification_of
from petitions.queries.case_page import case_page, permissions
from petitions.services.acts import perform
from petitions.services.intake import register
from petitions.services.verification import tick, untick
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.world import PASSWORD_HASH, SINCE, World
from workflows.office import ReplyKind, TeamRole
from workflows.records import AgencyRole, BarReason, CopyKind
from workflows.vocabulary import Action, Actor, Role, State

START = date(2026, 10, 5)


def instant(on: date) -> datetime:
    """Ten in the morning of that day in Vietnam."""
    return datetime.combine(on, time(3), UTC)


def do(code: str, action: Action, actor: Actor, on: date = START, **given: Any) -> None:
    perform(code, action, given, version=None, on=on, actor=actor, now=instant(on))


def hire(world: World, username: str, name: str, role: Role, agency: str) -> Actor:
    """Somebody more in the cast."""
    with transaction() as session:
        user = User(username=username, name=name, password_hash=PASSWORD_HASH)
        session.add(user)
        session.flush()
        hat = Hat(
            user_id=user.id, role=role, agency_id=world.agencies[agency], is_default=True,
            valid_from=SINCE, denunciation_duty=False,
        )  # fmt: skip
        session.add(hat)
        session.flush()
        known = user.id, hat.id
    home = world.agencies[agency]
    return Actor(*known, role, home, name, agency_ids=frozenset({home}), unit_ids=frozenset({home}))


class Bodies:
    """The province's chair and those who help him: the inspectorate with its chief, a department."""

    def __init__(self, world: World):
        self.world = world
        self.chief = hire(world, "chanh", "Tô Văn Chánh", Role.HEAD, "thanh-tra")
        self.director = hire(world, "doc", "Lưu Thị Đốc", Role.HEAD, "so-nnmt")
        self.expert = hire(world, "vien", "Kiều Văn Viên", Role.OFFICER, "so-nnmt")

    def complaint(self) -> str:
        """One the chair accepted."""
        given = replace(COMPLAINT, received_on=START)
        code = register(given, actor=self.world.thu, now=instant(START))
        do(code, Action.CLASSIFY, self.world.thu)
        do(code, Action.ACCEPT, self.world.phuc)
        return code

    def denunciation(self) -> str:
        """One the chair accepted."""
        given = replace(DENUNCIATION, received_on=START)
        code = register(given, actor=self.world.thu, now=instant(START))
        do(code, Action.ACCEPT, self.world.phuc)
        return code


@pytest.fixture
def bodies(world: World) -> Bodies:
    return Bodies(world)


def paper(code: str, title: str) -> int:
    """A paper in the file; its number."""
    with transaction() as session:
        case = session.scalars(select(Case).where(Case.code == code)).one()
        ordinal = 1 + len(
            session.scalars(select(Evidence.id).where(Evidence.case_id == case.id)).all()
        )
        session.add(
            Evidence(case_id=case.id, ordinal=ordinal, title=title, copy_kind=CopyKind.PHOTOCOPY,
                     received_on=START, sealed=False, added_at=instant(START))
        )  # fmt: skip
    return ordinal


def state(code: str) -> State:
    return db.session.scalars(select(Case.state).where(Case.code == code)).one()


def roster(actor: Actor, code: str) -> list[tuple[str, TeamRole]]:
    return [(each.name, each.role) for each in office_of(actor, code).members]


def may(actor: Actor, code: str, action: Action) -> bool:
    """Whether the page offers the act."""
    offers = permissions(case_page(actor, code), actor, START + timedelta(days=20))
    return any(each.action is action and each.allowed for each in offers)


def test_from_advice_to_decision(bodies: Bodies, world: World) -> None:
    """Adviser, lead and partners, team, checklist, report, once more, a draft, and the chair decides."""
    code = bodies.complaint()
    do(
        code,
        Action.ENGAGE_ADVISER,
        world.phuc,
        recipient="thanh-tra",
        until=START + timedelta(days=2),
    )
    office = office_of(bodies.chief, code)
    assert [each.code for each in office.of(AgencyRole.ADVISING)] == ["thanh-tra"]
    assert [each.kind for each in office.waiting] == [ReplyKind.DRAFT]
    do(code, Action.ASSIGN_VERIFICATION, world.phuc, lead="thanh-tra", cooperating=["so-nnmt"])
    office = office_of(bodies.director, code)
    assert [each.code for each in office.of(AgencyRole.LEAD)] == ["thanh-tra"]
    assert [each.code for each in office.of(AgencyRole.COOPERATING)] == ["so-nnmt"]
    assert (office.round, office.waiting, office.members) == (1, (), ())
    with pytest.raises(Forbidden):
        do(code, Action.FORM_TEAM, world.phuc, assignee="long")
    do(code, Action.FORM_TEAM, bodies.chief, assignee="quy", deputy="hoa", team=["vien", "long"])
    assert roster(world.phuc, code) == [
        ("Đặng Văn Quý", TeamRole.LEADER),
        ("Vũ Thị Hoa", TeamRole.DEPUTY),
        ("Cao Văn Long", TeamRole.MEMBER),
        ("Kiều Văn Viên", TeamRole.MEMBER),
    ]
    assert may(world.quy, code, Action.REPORT)
    assert not any(
        may(bodies.chief, code, each) for each in (Action.DECIDE, Action.EXTEND, Action.SUSPEND)
    )
    do(code, Action.REPORT, world.quy, START + timedelta(days=10), document="5/BC-ĐXM")
    assert state(code) is State.REPORT_DONE
    do(code, Action.ASSIGN_VERIFICATION, world.phuc, START + timedelta(days=11), lead="thanh-tra")
    assert office_of(world.phuc, code).round == 2
    assert len(roster(world.phuc, code)) == 4  # the same lead goes on with the same team
    assert office_of(world.phuc, code).of(AgencyRole.COOPERATING) == ()
    do(code, Action.REPORT, world.quy, START + timedelta(days=12), document="7/BC-ĐXM")
    with pytest.raises(Invalid):
        do(code, Action.ASK_DRAFT, world.phuc, START + timedelta(days=13), recipient="so-nnmt",
           until=START + timedelta(days=15))  # fmt: skip
    do(code, Action.ASK_DRAFT, world.phuc, START + timedelta(days=13), recipient="thanh-tra",
       until=START + timedelta(days=15), content="Lập dự thảo quyết định")  # fmt: skip
    (draft,) = office_of(bodies.chief, code).waiting
    assert (draft.kind, draft.to, draft.subject) == (
        ReplyKind.DRAFT,
        "Thanh tra tỉnh Sơn Lâm",
        "Lập dự thảo quyết định",
    )
    do(code, Action.RECORD_AGREEMENT, world.phuc, START + timedelta(days=14), finding="Thống nhất")
    for helper in (bodies.chief, world.quy):
        with pytest.raises((Forbidden, NotAllowedNow)):
            do(
                code,
                Action.DECIDE,
                helper,
                START + timedelta(days=14),
                found="true",
                result="Đúng",
                document="1",
            )
    do(
        code,
        Action.DECIDE,
        world.phuc,
        START + timedelta(days=14),
        found="true",
        result="Đúng",
        document="1/QĐ-UBND",
    )
    assert office_of(bodies.chief, code).waiting == ()
    shown = verification_of(bodies.chief, code)
    assert [each.by for each in shown.reports] == ["Đặng Văn Quý", "Đặng Văn Quý"]


def test_a_team_changes_and_keeps_its_days(bodies: Bodies, world: World) -> None:
    """Who leaves the roster ends; who comes back the same day goes on; nobody stands there twice."""
    code = bodies.complaint()
    do(code, Action.ASSIGN_VERIFICATION, world.phuc, lead="thanh-tra")
    do(code, Action.FORM_TEAM, bodies.chief, assignee="quy", team=["hoa"])
    do(code, Action.FORM_TEAM, bodies.chief, assignee="hoa")
    do(code, Action.FORM_TEAM, bodies.chief, assignee="hoa", team=["quy", "hoa"])
    assert roster(world.phuc, code) == [
        ("Vũ Thị Hoa", TeamRole.LEADER),
        ("Đặng Văn Quý", TeamRole.MEMBER),
    ]
    later = START + timedelta(days=3)
    do(code, Action.FORM_TEAM, bodies.chief, later, assignee="quy")
    rows = db.session.execute(
        select(TeamMember.user_id, TeamMember.role, TeamMember.since, TeamMember.until).order_by(
            TeamMember.id
        )
    ).all()
    assert sorted(rows, key=str) == sorted(
        [
            (world.users["quy"], TeamRole.MEMBER, START, later),
            (world.users["hoa"], TeamRole.LEADER, START, later),
            (world.users["quy"], TeamRole.LEADER, later, None),
        ],
        key=str,
    )


def test_a_denunciation_opens_to_those_who_help_and_to_nobody_else(
    bodies: Bodies, world: World
) -> None:
    """Adviser's and lead's heads by charge, the team by name; whoever leaves sees it no more."""
    code = bodies.denunciation()
    strangers = (bodies.chief, world.quy, bodies.director, bodies.expert)
    for each in strangers:
        with pytest.raises(NotFound):
            office_of(each, code)
    do(code, Action.ENGAGE_ADVISER, world.phuc, recipient="so-nnmt")
    assert office_of(bodies.director, code).of(AgencyRole.ADVISING)
    with pytest.raises(NotFound):
        office_of(bodies.expert, code)
    do(code, Action.ASSIGN_VERIFICATION, world.phuc, lead="thanh-tra")
    with pytest.raises(Invalid) as alone:
        do(code, Action.FORM_TEAM, bodies.chief, assignee="quy", team=["quy"])
    assert "team" in alone.value.fields
    do(code, Action.FORM_TEAM, bodies.chief, assignee="quy", team=["long"])
    assert verification_of(world.quy, code).may_work
    do(code, Action.FORM_TEAM, bodies.chief, assignee="hoa", team=["long"])
    with pytest.raises(NotFound):
        office_of(world.quy, code)
    with pytest.raises(Forbidden):  # charged from another body: helps, never decides
        do(code, Action.TERMINATE, bodies.chief, reason="x", ground="y", document="1")
    do(code, Action.ENGAGE_ADVISER, world.phuc, recipient="thanh-tra")
    with pytest.raises(NotFound):
        office_of(bodies.director, code)
    charged = db.session.scalars(
        select(Assignment.duty).where(
            Assignment.user_id == bodies.chief.user_id, Assignment.until.is_(None)
        )
    )
    assert set(charged) == {"adviser", "lead"}
    with pytest.raises(Leak):
        do(code, Action.ASK_DRAFT, world.phuc, recipient="thanh-tra", until=START,
           content="Người tố cáo là Lò Thị Bình Minh")  # fmt: skip


def test_nobody_named_or_related_helps(bodies: Bodies, world: World) -> None:
    """A head whose name the denunciation has, a member declared related."""
    given = replace(
        DENUNCIATION,
        received_on=START,
        respondents=(replace(DENUNCIATION.respondents[0], name="Lưu Thị Đốc"),),
    )
    code = register(given, actor=world.thu, now=instant(START))
    do(code, Action.ACCEPT, world.phuc)
    for action, named in (
        (Action.ENGAGE_ADVISER, {"recipient": "so-nnmt"}),
        (Action.ASSIGN_VERIFICATION, {"lead": "so-nnmt"}),
        (Action.ASSIGN_VERIFICATION, {"lead": "thanh-tra", "cooperating": ["so-nnmt"]}),
    ):
        with pytest.raises(Invalid) as refused:
            do(code, action, world.phuc, **named)
        assert set(refused.value.fields) == {list(named)[-1]}
    do(code, Action.ASSIGN_VERIFICATION, world.phuc, lead="thanh-tra")
    with transaction() as session:
        case = session.scalars(select(Case.id).where(Case.code == code)).one()
        session.execute(
            insert(CaseBar).values(
                case_id=case, user_id=world.users["quy"], reason=BarReason.RELATED
            )
        )
    with pytest.raises(Invalid) as related:
        do(code, Action.FORM_TEAM, bodies.chief, assignee="hoa", deputy="quy", team=["long"])
    assert set(related.value.fields) == {"deputy"}
    with pytest.raises(Invalid):
        do(code, Action.FORM_TEAM, bodies.chief, assignee="hoa", team=["binh"])
    with pytest.raises(Invalid):
        do(code, Action.ASSIGN_VERIFICATION, world.phuc)


def test_steps_need_their_papers(bodies: Bodies, world: World) -> None:
    """Ticked by those who verify, with the paper where one is due; a new round starts afresh."""
    code = bodies.complaint()
    with pytest.raises(Conflict):
        tick(code, "plan", done_on=START, paper=None, actor=world.long, now=instant(START))
    do(code, Action.ASSIGN_VERIFICATION, world.phuc, lead="thanh-tra")
    today = instant(START + timedelta(days=2))
    with pytest.raises(Invalid) as bare:
        tick(code, "plan", done_on=START, paper=None, actor=world.quy, now=today)
    assert bare.value.fields == {"paper": ["Bước này phải có tài liệu: Kế hoạch xác minh."]}
    plan = paper(code, "Kế hoạch xác minh")
    tick(code, "plan", done_on=START + timedelta(days=1), paper=plan, actor=world.quy, now=today)
    tick(code, "announce", done_on=START, paper=None, actor=world.quy, now=today)
    shown = verification_of(world.phuc, code)
    done = {each.step.key: each for each in shown.checklist if each.done_on}
    assert set(done) == {"plan", "announce"}
    assert (done["plan"].by, done["plan"].paper and done["plan"].paper.title) == (
        "Đặng Văn Quý",
        "Kế hoạch xác minh",
    )
    assert (shown.office.done, shown.office.steps) == (2, len(shown.checklist))
    untick(code, "announce", actor=world.quy, now=today)
    assert office_of(world.phuc, code).done == 1
    for wrong, field in (
        ({"key_of_step": "denounced"}, "step"),
        ({"paper": 99}, "paper"),
        ({"done_on": START + timedelta(days=3)}, "done_on"),
        ({"done_on": START - timedelta(days=1)}, "done_on"),
    ):
        given: dict[str, Any] = {"key_of_step": "plan", "paper": plan, "done_on": START, **wrong}
        with pytest.raises(Invalid) as refused:
            tick(code, given.pop("key_of_step"), actor=world.quy, now=today, **given)
        assert set(refused.value.fields) == {field}
    onlooker = replace(world.long, agency_id=world.agencies["ubnd-tinh"] + 10_000)
    with pytest.raises(Forbidden):  # sees it from another body that has no part in it
        tick(code, "plan", done_on=START, paper=plan, actor=onlooker, now=today)


def test_help_ends_with_custody(bodies: Bodies, world: World) -> None:
    """The next holder chooses its own helpers."""
    given = replace(
        COMPLAINT, received_on=START, kind=DENUNCIATION.kind, contested=None, competent=False
    )
    code = register(given, actor=world.thu, now=instant(START))
    do(code, Action.ENGAGE_ADVISER, world.phuc, recipient="thanh-tra")
    assert office_of(bodies.chief, code)
    do(code, Action.TRANSFER, world.phuc, recipient="an-binh")
    with pytest.raises(NotFound):
        office_of(bodies.chief, code)
    assert office_of(world.minh, code).of(AgencyRole.ADVISING) == ()
