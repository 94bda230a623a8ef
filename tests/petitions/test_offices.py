"""The tree of agencies, mergers and splits, bodies outside, and the office's own limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select, update

from config.database import db, transaction
from petitions.errors import Conflict, Forbidden, Invalid, NotFound
from petitions.models import (
    Agency,
    Assignment,
    Case,
    CaseAgency,
    CaseBar,
    Deadline,
    Event,
    Hat,
    InternalTarget,
    OutsideBody,
    RuleChange,
)
from petitions.queries import offices as reading
from petitions.queries.cases import Filters, queue
from petitions.rulebook import current
from petitions.services import accounts, custody, offices, outside_bodies, targets
from petitions.services.acts import perform
from petitions.services.intake import register
from petitions.services.offices import AgencyGiven, Competence
from petitions.services.outside_bodies import BodyGiven
from petitions.services.reorganisation import FileMoving, preview, reorganise
from petitions.services.reorganisation_plan import Reorganisation
from petitions.services.targets import TargetGiven
from tests.conftest import NOW, TODAY
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.world import World
from workflows.records import AgencyRole, BarReason, ChangeKind, ClockState, Nature
from workflows.vocabulary import Action, Actor, AgencyKind, Kind, Need, Step

TOMORROW, YESTERDAY = TODAY + timedelta(days=1), TODAY - timedelta(days=1)
NEW = AgencyGiven("xa-moi", "UBND xã Mới", AgencyKind.COMMUNE, "ubnd-tinh", TODAY, "XM", "99001")


def faults(error: pytest.ExceptionInfo[Invalid]) -> set[str]:
    return set(error.value.fields)


def case_of(code: str) -> Case:
    return db.session.execute(select(Case).where(Case.code == code)).scalar_one()


def agency_of(code: str) -> Agency:
    return db.session.execute(select(Agency).where(Agency.code == code)).scalar_one()


def complaint(world: World, officer: str | None = "an") -> str:
    """An open complaint of An Bình."""
    code = register(COMPLAINT, actor=world.lan, now=NOW)
    if officer:
        perform(code, Action.ASSIGN, {Need.ASSIGNEE: officer}, version=None, on=TODAY, actor=world.minh, now=NOW)  # fmt: skip
    return code


def hat_of(username: str, world: World) -> Actor | None:
    found = accounts.principal(world.users[username], None, None, TODAY)
    return None if found is None else found.actor


# --- the tree --------------------------------------------------------------------------------


def test_an_agency_is_opened_below_another(world: World) -> None:
    """And shown in the tree; a section writes in its agency's book."""
    competence = Competence((Kind.COMPLAINT,), ("thu-hoi-dat",))
    offices.create_agency(replace(NEW, competence=competence), actor=world.tam, now=NOW)
    section = AgencyGiven("phong-vh", "Phòng Văn hóa", AgencyKind.SECTION, "xa-moi", TODAY)
    offices.create_agency(section, actor=world.tam, now=NOW)
    shown = {each.code: each for each in reading.agencies(world.tam)}
    assert reading.agencies(world.tam)[0].code == "ubnd-tinh"
    assert (shown["xa-moi"].depth, shown["phong-vh"].depth) == (1, 2)
    assert shown["phong-vh"].book_prefix == "XM"
    assert shown["xa-moi"].competence == {"kinds": ["complaint"], "field_codes": ["thu-hoi-dat"]}
    assert shown["xa-moi"].place_code == "99001"
    assert "hdnd" not in shown


UNFIT_AGENCIES: list[tuple[dict[str, object], str]] = [
    ({"code": "Xã Mới"}, "code"),
    ({"code": "an-binh"}, "code"),
    ({"name": "\t"}, "name"),
    ({"parent_code": None}, "parent_code"),
    ({"parent_code": "hdnd"}, "parent_code"),
    ({"parent_code": "phong-kt"}, "parent_code"),
    ({"valid_from": date(2020, 1, 1)}, "parent_code"),
    ({"book_prefix": "AB"}, "book_prefix"),
    ({"book_prefix": "x"}, "book_prefix"),
    ({"place_code": "00000"}, "place_code"),
    ({"head_title": "x" * 121}, "head_title"),
    ({"competence": Competence((), ("khong-co",))}, "competence.field_codes.0"),
]


def test_an_unfit_agency_is_refused_at_its_field(world: World) -> None:
    for change, field in UNFIT_AGENCIES:
        with pytest.raises(Invalid) as error:
            offices.create_agency(replace(NEW, **change), actor=world.tam, now=NOW)  # type: ignore[arg-type]
        assert faults(error) == {field}
    assert db.session.scalar(select(Agency.id).where(Agency.code == "xa-moi")) is None


def test_only_the_operator_opens_an_agency_at_the_top(world: World) -> None:
    top = replace(NEW, parent_code=None)
    assert offices.create_agency(top, actor=None, now=NOW) == "xa-moi"
    assert agency_of("xa-moi").parent_id is None


ADMINISTRATION: list[Callable[[Actor], object]] = [
    lambda actor: offices.create_agency(NEW, actor=actor, now=NOW),
    lambda actor: offices.move_agency("an-binh", "so-nnmt", actor=actor, now=NOW),
    lambda actor: offices.close_agency("bao-lam", TODAY, actor=actor, now=NOW),
    lambda actor: reorganise(merger(), actor=actor, now=NOW),
    lambda actor: preview(merger(), actor=actor, now=NOW),
    lambda actor: reading.agencies(actor),
]


def test_only_administrators_change_the_tree(world: World) -> None:
    for name in ("lan", "minh", "phuc", "hoa"):
        for attempt in ADMINISTRATION:
            with pytest.raises(Forbidden):
                attempt(world.actors[name])


def test_an_administrator_of_one_agency_does_not_reach_another(world: World) -> None:
    """It answers like what does not exist."""
    own = world.agencies["bao-lam"]
    admin = replace(world.tam, agency_id=own, agency_ids=frozenset({own}))
    for code in ("an-binh", "khong-co"):
        with pytest.raises(Invalid) as error:
            offices.change_agency(
                code, name="x", head_title="x", place_code=None, competence=Competence(),
                actor=admin, now=NOW,
            )  # fmt: skip
        assert error.value.fields == {"code": ["Không có cơ quan này trong phạm vi bạn quản trị."]}


def test_an_agency_is_renamed_and_moved(world: World) -> None:
    """Reach follows the tree from the next request on."""
    offices.change_agency(
        "bao-lam", name="UBND xã Bảo Lâm Mới", head_title="Chủ tịch", place_code="99002",
        competence=Competence(), actor=world.tam, now=NOW,
    )  # fmt: skip
    assert agency_of("bao-lam").name == "UBND xã Bảo Lâm Mới"
    offices.move_agency("bao-lam", "an-binh", actor=world.tam, now=NOW)
    minh = hat_of("minh", world)
    assert minh is not None
    assert world.agencies["bao-lam"] in minh.agency_ids


@pytest.mark.parametrize(
    ("code", "parent"), [("an-binh", "an-binh"), ("so-nnmt", "xa-moi"), ("an-binh", "phong-kt")]
)
def test_no_agency_stands_below_itself(world: World, code: str, parent: str) -> None:
    """Neither directly nor through others."""
    offices.create_agency(replace(NEW, parent_code="so-nnmt"), actor=world.tam, now=NOW)
    with pytest.raises(Invalid) as error:
        offices.move_agency(code, parent, actor=world.tam, now=NOW)
    assert faults(error) == {"parent_code"}


def test_a_section_in_use_and_the_own_agency_do_not_move(world: World) -> None:
    with pytest.raises(Invalid) as error:
        offices.move_agency("phong-kt", "bao-lam", actor=world.tam, now=NOW)
    assert faults(error) == {"code"}
    with pytest.raises(Forbidden):
        offices.move_agency("ubnd-tinh", "an-binh", actor=world.tam, now=NOW)


# --- closing ---------------------------------------------------------------------------------


def close_section(world: World) -> None:
    """An Bình's section, its people sitting elsewhere from now on."""
    with transaction() as session:
        session.execute(update(Hat).values(section_id=None))
    offices.close_agency("phong-kt", TODAY, actor=world.tam, now=NOW)


def test_an_agency_with_open_files_or_bodies_is_not_closed(world: World) -> None:
    """The section's people go first, then the section, then the files."""
    code = complaint(world)
    with pytest.raises(Conflict, match="đơn vị trực thuộc"):
        offices.close_agency("an-binh", TODAY, actor=world.tam, now=NOW)
    with pytest.raises(Conflict, match="còn người"):
        offices.close_agency("phong-kt", TODAY, actor=world.tam, now=NOW)
    close_section(world)
    with pytest.raises(Conflict, match="hồ sơ đang mở"):
        offices.close_agency("an-binh", TODAY, actor=world.tam, now=NOW)
    assert case_of(code).agency_id == world.agencies["an-binh"]
    assert agency_of("an-binh").valid_to is None


def test_a_closed_agency_is_kept_and_its_hats_end(world: World) -> None:
    offices.close_agency("bao-lam", TODAY, actor=world.tam, now=NOW)
    assert agency_of("bao-lam").valid_to == YESTERDAY
    assert hat_of("binh", world) is None
    with pytest.raises(Invalid) as error:
        offices.close_agency("bao-lam", TODAY, actor=world.tam, now=NOW)
    assert faults(error) == {"code"}


def test_an_agency_ends_neither_in_the_future_nor_before_it_began(world: World) -> None:
    for on in (TOMORROW, date(2025, 7, 1)):
        with pytest.raises(Invalid) as error:
            offices.close_agency("bao-lam", on, actor=world.tam, now=NOW)
        assert faults(error) == {"on"}


def test_the_own_agency_is_not_closed(world: World) -> None:
    with pytest.raises(Forbidden):
        offices.close_agency("ubnd-tinh", TODAY, actor=world.tam, now=NOW)


def test_denunciations_of_a_closed_agency_go_up_unseen(world: World) -> None:
    """The refusal must not tell the administrator that there are any; the superior's head has them."""
    code = register(DENUNCIATION, actor=world.lan, now=NOW)
    close_section(world)
    offices.close_agency("an-binh", TODAY, actor=world.tam, now=NOW)
    assert case_of(code).agency_id == world.agencies["ubnd-tinh"]
    assert [line.code for line in queue(world.phuc, Filters()).lines] == [code]


# --- merging ---------------------------------------------------------------------------------


def merger(**change: object) -> Reorganisation:
    given = Reorganisation(("an-binh",), "bao-lam", TODAY, "15/NQ-HĐND")
    return replace(given, **change)  # type: ignore[arg-type]


def test_a_preview_counts_and_lists_without_denunciations(world: World) -> None:
    """It writes nothing."""
    code = complaint(world)
    register(DENUNCIATION, actor=world.lan, now=NOW)
    seen = preview(merger(), actor=world.tam, now=NOW)
    assert seen.counts == {("an-binh", "bao-lam"): 1}
    assert seen.files == (FileMoving(code, Kind.COMPLAINT, "an-binh", "bao-lam"),)
    assert seen.bodies == ("Phòng Kinh tế xã An Bình",)
    people = {(each.username, each.target) for each in seen.people}
    assert ("an", "bao-lam") in people
    assert ("minh", None) in people
    assert agency_of("an-binh").successor_id is None
    assert case_of(code).agency_id == world.agencies["an-binh"]


def test_a_merger_brings_files_people_and_sections(world: World) -> None:
    """Clocks run on, charges stay with those who come along, one event a case."""
    code, hidden = complaint(world), register(DENUNCIATION, actor=world.lan, now=NOW)
    before = dues(code)
    moved = reorganise(merger(), actor=world.tam, now=NOW)
    assert moved == (FileMoving(code, Kind.COMPLAINT, "an-binh", "bao-lam"),)
    target = world.agencies["bao-lam"]
    assert {case_of(each).agency_id for each in (code, hidden)} == {target}
    case = case_of(code)
    assert case.officer_id == world.users["an"]
    assert dues(code) == before
    assert set(
        db.session.scalars(
            select(Deadline.agency_id).where(
                Deadline.case_id == case.id, Deadline.state == ClockState.RUNNING
            )
        )
    ) == {target}
    event = db.session.scalars(
        select(Event).where(Event.case_id == case.id).order_by(Event.seq.desc())
    ).first()
    assert event is not None
    assert event.action == "hand_over"
    assert event.data == {
        "from_agency": world.agencies["an-binh"],
        "to_agency": target,
        "document": "15/NQ-HĐND",
    }
    an = hat_of("an", world)
    assert an is not None
    assert (an.agency_id, an.section_id) == (target, world.agencies["phong-kt"])
    assert hat_of("minh", world) is None
    source = agency_of("an-binh")
    assert (source.valid_to, source.successor_id) == (YESTERDAY, target)
    assert agency_of("phong-kt").parent_id == target
    khanh = hat_of("khanh", world)
    assert khanh is not None
    assert {line.code for line in queue(khanh, Filters()).lines} == {code, hidden}


def dues(code: str) -> dict[Step, date | None]:
    rows = db.session.execute(
        select(Deadline.step, Deadline.due).where(Deadline.case_id == case_of(code).id)
    )
    return {row.step: row.due for row in rows}


def test_two_agencies_become_a_new_one(world: World) -> None:
    """Of two heads neither is the new one's: the office must appoint."""
    offices.create_agency(NEW, actor=world.tam, now=NOW)
    code = complaint(world)
    reorganise(merger(sources=("an-binh", "bao-lam"), into="xa-moi"), actor=world.tam, now=NOW)
    assert case_of(code).agency_id == agency_of("xa-moi").id
    assert hat_of("minh", world) is None
    assert hat_of("khanh", world) is None
    binh = hat_of("binh", world)
    assert binh is not None
    assert binh.agency_id == agency_of("xa-moi").id


def test_one_agency_becoming_another_keeps_its_head(world: World) -> None:
    """The closed files come along into sight."""
    offices.create_agency(NEW, actor=world.tam, now=NOW)
    code = complaint(world, None)
    with transaction() as session:
        session.execute(update(Case).where(Case.code == code).values(open=False))
    reorganise(merger(into="xa-moi"), actor=world.tam, now=NOW)
    minh = hat_of("minh", world)
    assert minh is not None
    assert minh.agency_id == agency_of("xa-moi").id
    assert world.agencies["an-binh"] in minh.agency_ids
    assert case_of(code).agency_id == world.agencies["an-binh"]


def test_a_merger_interrupted_goes_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One file a batch; the second batch dies, the same call finishes, and then finds nothing."""
    codes = [complaint(world, None) for _ in range(3)]
    monkeypatch.setattr(custody, "BATCH", 1)
    real, calls = custody.take_over, []

    def dying(*args: object) -> object:
        calls.append(args)
        if len(calls) == 2:
            raise RuntimeError("power cut")
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr("petitions.services.reorganisation.take_over", dying)
    with pytest.raises(RuntimeError):
        reorganise(merger(), actor=world.tam, now=NOW)
    assert [case_of(code).agency_id for code in codes].count(world.agencies["bao-lam"]) == 1
    assert agency_of("an-binh").valid_to is None
    with pytest.raises(Invalid) as error:
        reorganise(merger(into="so-nnmt"), actor=world.tam, now=NOW)
    assert faults(error) == {"sources"}
    moved = reorganise(merger(), actor=world.tam, now=NOW)
    assert [each.code for each in moved] == codes[1:]
    assert {case_of(code).agency_id for code in codes} == {world.agencies["bao-lam"]}
    assert agency_of("an-binh").valid_to == YESTERDAY
    assert reorganise(merger(), actor=world.tam, now=NOW) == ()
    hats = db.session.scalars(
        select(Hat).where(Hat.user_id == world.users["an"]).order_by(Hat.id)
    ).all()
    assert [(hat.valid_from, hat.valid_to) for hat in hats] == [
        (date(2025, 7, 1), YESTERDAY),
        (TODAY, None),
    ]


def test_a_case_against_the_new_head_goes_above(world: World) -> None:
    """Whoever is shut out of a case never becomes its custodian."""
    code = register(DENUNCIATION, actor=world.lan, now=NOW)
    with transaction() as session:
        session.execute(
            insert(CaseBar).values(
                case_id=case_of(code).id, user_id=world.users["khanh"], reason=BarReason.RESPONDENT
            )
        )
    reorganise(merger(), actor=world.tam, now=NOW)
    assert case_of(code).agency_id == world.agencies["ubnd-tinh"]
    standing = select(Assignment.id).where(Assignment.until.is_(None))
    assert db.session.scalar(standing) is None


def test_the_successor_steps_into_the_roles_in_other_cases(world: World) -> None:
    """A case sent on still knows who sent it."""
    code = complaint(world)
    case = case_of(code)
    with transaction() as session:
        session.execute(
            update(Case).where(Case.id == case.id).values(agency_id=world.agencies["so-nnmt"])
        )
        session.execute(
            insert(CaseAgency).values(
                case_id=case.id, agency_id=world.agencies["an-binh"], role=AgencyRole.SENDER,
                since=YESTERDAY,
            )
        )  # fmt: skip
    reorganise(merger(), actor=world.tam, now=NOW)
    roles = {(row.agency_id, row.role, row.until) for row in db.session.scalars(select(CaseAgency))}
    assert roles == {
        (world.agencies["an-binh"], AgencyRole.SENDER, TODAY),
        (world.agencies["bao-lam"], AgencyRole.SENDER, None),
    }


UNFIT_MERGERS: list[tuple[dict[str, object], str]] = [
    ({"sources": ()}, "sources"),
    ({"sources": ("khong-co",)}, "sources.0"),
    ({"sources": ("phong-kt",)}, "sources.0"),
    ({"sources": ("ubnd-tinh",), "into": "bao-lam"}, "sources.0"),
    ({"into": "an-binh"}, "into"),
    ({"into": "phong-kt"}, "into"),
    ({"into": "khong-co"}, "into"),
    ({"into": None}, "into"),
    ({"on": TOMORROW}, "on"),
    ({"on": date(2025, 7, 1)}, "on"),
    ({"document": ""}, "document"),
    ({"files": {"AB-2026-000009-9": "so-nnmt"}}, "files.AB-2026-000009-9"),
    ({"people": {"an": "khong-co"}}, "people.an"),
]


def test_an_unfit_merger_is_refused_at_its_field(world: World) -> None:
    for change, field in UNFIT_MERGERS:
        for attempt in (preview, reorganise):
            with pytest.raises(Invalid) as error:
                attempt(merger(**change), actor=world.tam, now=NOW)
            assert field in faults(error)
    assert agency_of("an-binh").successor_id is None


def test_a_denunciation_named_in_a_split_does_not_exist(world: World) -> None:
    hidden = register(DENUNCIATION, actor=world.lan, now=NOW)
    with pytest.raises(Invalid) as error:
        preview(merger(into=None, files={hidden: "bao-lam"}), actor=world.tam, now=NOW)
    assert faults(error) == {f"files.{hidden}"}


# --- splitting -------------------------------------------------------------------------------


def test_a_split_sends_named_files_and_people_and_leaves_the_rest(world: World) -> None:
    """The source stands; an officer who stays behind loses what leaves."""
    leaving, staying = complaint(world, "an"), complaint(world, "an")
    hidden = register(DENUNCIATION, actor=world.lan, now=NOW)
    split = merger(into=None, files={leaving: "bao-lam"}, people={"ha": "bao-lam"})
    seen = preview(split, actor=world.tam, now=NOW)
    assert seen.counts == {("an-binh", "bao-lam"): 1}
    assert [each.code for each in seen.files] == [leaving]
    assert [(each.username, each.target) for each in seen.people] == [("ha", "bao-lam")]
    assert seen.bodies == ()
    moved = reorganise(split, actor=world.tam, now=NOW)
    assert [each.code for each in moved] == [leaving]
    assert case_of(leaving).agency_id == world.agencies["bao-lam"]
    assert case_of(leaving).officer_id is None
    assert {case_of(code).agency_id for code in (staying, hidden)} == {world.agencies["an-binh"]}
    assert case_of(staying).officer_id == world.users["an"]
    assert agency_of("an-binh").valid_to is None
    ha, an = hat_of("ha", world), hat_of("an", world)
    assert ha is not None
    assert an is not None
    assert (ha.agency_id, ha.section_id) == (world.agencies["bao-lam"], None)
    assert an.agency_id == world.agencies["an-binh"]
    assert reorganise(split, actor=world.tam, now=NOW) == ()


def test_a_split_in_two_ends_the_source(world: World) -> None:
    """Named files here, the rest there."""
    first, rest = complaint(world, None), complaint(world, None)
    reorganise(merger(files={first: "so-nnmt"}), actor=world.tam, now=NOW)
    assert case_of(first).agency_id == world.agencies["so-nnmt"]
    assert case_of(rest).agency_id == world.agencies["bao-lam"]
    assert agency_of("an-binh").valid_to == YESTERDAY


# --- bodies outside --------------------------------------------------------------------------

COURT = BodyGiven("Tòa án nhân dân tỉnh Sơn Lâm", "Tòa án")


def test_bodies_outside_are_kept_renamed_and_merged(world: World) -> None:
    """What was merged before follows."""
    first = int(outside_bodies.add_body(COURT, actor=world.tam, now=NOW))
    second = int(outside_bodies.add_body(BodyGiven("TAND tỉnh", "Tòa án"), actor=world.tam, now=NOW))  # fmt: skip
    third = int(outside_bodies.add_body(BodyGiven("TAND", "Tòa án"), actor=world.tam, now=NOW))
    outside_bodies.change_body(third, BodyGiven("TAND khu vực", "Tòa án", "Phố Mới"), actor=world.tam, now=NOW)  # fmt: skip
    outside_bodies.merge_bodies(third, second, actor=world.tam, now=NOW)
    outside_bodies.merge_bodies(second, first, actor=world.tam, now=NOW)
    shown = {each.name: each for each in reading.outside_bodies(world.tam)}
    assert shown["TAND khu vực"].merged_into == COURT.name
    assert shown["TAND tỉnh"].merged_into == COURT.name
    assert shown["TAND tỉnh"].valid_to == TODAY
    assert shown[COURT.name].merged_into is None
    for wrong in (first, second):
        with pytest.raises(Invalid) as error:
            outside_bodies.merge_bodies(first, wrong, actor=world.tam, now=NOW)
        assert faults(error) == {"into_id"}


def test_one_body_has_one_name_with_or_without_marks(world: World) -> None:
    body = int(outside_bodies.add_body(COURT, actor=world.tam, now=NOW))
    with pytest.raises(Invalid) as error:
        outside_bodies.add_body(BodyGiven("toa an  nhan dan tinh son lam", ""), actor=world.tam, now=NOW)  # fmt: skip
    assert faults(error) == {"name", "category"}
    outside_bodies.change_body(body, replace(COURT, category="Cơ quan tư pháp"), actor=world.tam, now=NOW)  # fmt: skip
    assert db.session.scalars(select(OutsideBody.category)).all() == ["Cơ quan tư pháp"]
    with pytest.raises(NotFound):
        outside_bodies.change_body(body + 1, COURT, actor=world.tam, now=NOW)
    with pytest.raises(Forbidden):
        outside_bodies.add_body(COURT, actor=world.minh, now=NOW)


# --- internal targets ------------------------------------------------------------------------

TARGET = TargetGiven("an-binh", Kind.COMPLAINT, Step.ACCEPTANCE_DECISION, 3, True, TODAY)


def set_target(world: World, reason: str = "Quy chế 2026", **change: object) -> int:
    given = replace(TARGET, **change)  # type: ignore[arg-type]
    return int(targets.set_target(given, reason=reason, actor=world.tam, now=NOW))


def test_a_target_gives_new_cases_an_earlier_clock_beside_the_law(world: World) -> None:
    """Three working days over the 24 November holiday; the legal end stays."""
    old = complaint(world, None)
    set_target(world)
    new = complaint(world, None)
    found = {
        (row.code, row.nature): row.due
        for row in db.session.execute(
            select(Case.code, Deadline.nature, Deadline.due)
            .join(Deadline, Deadline.case_id == Case.id)
            .where(Deadline.step == Step.ACCEPTANCE_DECISION)
        )
    }
    assert found == {
        (old, Nature.STATUTORY): date(2026, 12, 2),
        (new, Nature.STATUTORY): date(2026, 12, 2),
        (new, Nature.INTERNAL): date(2026, 11, 26),
    }
    change = db.session.scalars(select(RuleChange)).one()
    assert (change.kind, change.reason, change.by_id, change.finished_at) == (
        ChangeKind.INTERNAL_TARGET,
        "Quy chế 2026",
        world.users["tam"],
        NOW,
    )


UNFIT_TARGETS: list[tuple[dict[str, object], str]] = [
    ({"days": 8}, "days"),
    ({"days": 10, "working_days": False}, "days"),
    ({"days": 0}, "days"),
    ({"step": Step.SETTLEMENT, "days": 31, "working_days": False}, "days"),
    ({"step": Step.SETTLEMENT, "days": 22}, "days"),
    ({"step": Step.LEGAL_EFFECT}, "step"),
    ({"step": Step.LIMITATION}, "step"),
    ({"step": Step.INTERNAL_SETTLEMENT}, "step"),
    ({"step": Step.DIALOGUE_NOTICE}, "step"),
    ({"kind": Kind.FEEDBACK}, "step"),
    ({"kind": Kind.FEEDBACK, "step": Step.INTERNAL_SETTLEMENT, "days": 366}, "days"),
    ({"valid_from": YESTERDAY}, "valid_from"),
    ({"agency_code": "hdnd"}, "agency_code"),
    ({"reason": ""}, "reason"),
]


def test_a_target_longer_than_the_law_is_refused(world: World) -> None:
    """As is one for a clock the law does not give the agency, or looking back."""
    for change, field in UNFIT_TARGETS:
        with pytest.raises(Invalid) as error:
            set_target(world, **change)  # type: ignore[arg-type]
        assert faults(error) == {field}
    assert db.session.scalar(select(InternalTarget.id)) is None


@pytest.mark.parametrize(
    "change",
    [
        {"days": 7},
        {"days": 9, "working_days": False},
        {"step": Step.SETTLEMENT, "days": 30, "working_days": False},
        {"step": Step.SETTLEMENT, "days": 20},
        {"kind": Kind.FEEDBACK, "step": Step.INTERNAL_SETTLEMENT, "days": 15},
    ],
)
def test_the_longest_target_the_law_leaves(world: World, change: dict[str, object]) -> None:
    set_target(world, **change)
    assert len(reading.internal_targets(world.tam)) == 1


def test_a_target_follows_another_and_ends(world: World) -> None:
    """The days do not overlap; every process reads the table anew."""
    set_target(world)
    later = set_target(world, days=2, valid_from=TOMORROW)
    with pytest.raises(Invalid) as error:
        set_target(world, days=1, valid_from=TOMORROW)
    assert faults(error) == {"valid_from"}
    key = world.agencies["an-binh"], Kind.COMPLAINT, Step.ACCEPTANCE_DECISION
    book = current(db.session())
    assert book.target(*key, YESTERDAY) is None
    assert [target.days for target in book.targets[key]] == [3, 2]
    with pytest.raises(Invalid):
        targets.end_target(later, YESTERDAY, reason="Sửa", actor=world.tam, now=NOW)
    targets.end_target(later, TODAY, reason="Sửa", actor=world.tam, now=NOW)
    first = reading.internal_targets(world.tam)[0]
    assert (first.days, first.valid_to) == (3, TODAY)
    assert current(db.session()).target(*key, TOMORROW) is None
    with pytest.raises(NotFound):
        targets.end_target(later, TODAY, reason="Sửa", actor=world.tam, now=NOW)
