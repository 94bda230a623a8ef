"""The demonstration province: the same every time, true to the law's table, its denouncers sealed."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from config.clock import local_day
from config.database import db, transaction
from config.settings import ROOT, Settings
from petitions import schema
from petitions.cli.demo import demo_command, load_if_empty
from petitions.errors import Conflict, Invalid, NotFound
from petitions.ledger.record import case_key
from petitions.models import (
    Agency,
    Assignment,
    AwaitedReply,
    Case,
    CaseAgency,
    CaseBar,
    CaseLink,
    Commitment,
    Deadline,
    Delegation,
    Draft,
    EnforcementEntry,
    Escalation,
    Event,
    Evidence,
    Field,
    Flag,
    Follower,
    Hat,
    Hop,
    IncomingDocument,
    MeetingRequest,
    OpenDialogue,
    Opinion,
    OutboxMessage,
    OutgoingDocument,
    Party,
    Place,
    PlaceNeighbour,
    PlaceOutline,
    ReceptionPaper,
    ReceptionSession,
    Respondent,
    SealedIdentity,
    Submission,
    SubmissionRound,
    SurveyAnswer,
    Sweep,
    TeamMember,
    User,
    VerificationDone,
    Visit,
)
from petitions.queries import hotspots, surveys
from petitions.queries.case_page import case_page
from petitions.queries.cases import Filters, queue
from petitions.queries.quota import quota_months
from petitions.queries.stations import stations_of
from petitions.services import accounts, audit, demo
from petitions.services import slips as lookup
from petitions.services.demo import loading, people, places
from petitions.services.demo import plan as planning
from petitions.services.demo.catalog import catalog
from petitions.services.demo.plan import HOT_SPOTS, Story, plan
from petitions.services.demo.reception import Reception
from petitions.services.identity import sealed_people
from petitions.services.outlines import touching
from petitions.services.reception_papers_form import CONCLUSION, REFUSAL
from petitions.services.registration import Person
from petitions.services.visit_rows import read_people
from petitions.text import fold
from tests.conftest import NOW, TODAY
from tests.web.browsing import Visitor
from tests.world import World
from workflows.calendar_files import load_calendar
from workflows.commitments import CommitmentSource, CommitmentStatus, OpenDialogueStatus, is_late
from workflows.competence import TWO_TIERS_FROM
from workflows.episodes import EpisodeState
from workflows.escalation import Level
from workflows.office import HopState, OpinionKind, ReplyKind, SubmissionStatus, TeamRole
from workflows.reception import (
    MeetingStatus,
    NoticeState,
    QuotaStanding,
    SessionKind,
    SessionManner,
    SessionStatus,
    VisitOutcome,
    VisitState,
)
from workflows.records import AgencyRole, BarReason, LinkKind, RespondentKind
from workflows.stations import Station
from workflows.transitions import TABLE
from workflows.vocabulary import Actor, AgencyKind, Kind, Protection, Role, State
from workflows.watch import FlagKind
from workflows.working_days import Calendar

SMALL = 0.08
"""Of the stories: some sixty cases."""
PAGES = (
    "/sang-nay", "/quay", "/tiep-cong-dan", "/tiep-cong-dan/lich", "/tiep-cong-dan/dinh-muc",
    "/tiep-cong-dan/gap-lanh-dao", "/tiep-cong-dan/van-ban", "/tiep-cong-dan/so",
    "/tiep-cong-dan/so.xlsx", "/tiep-cong-dan/so/in", "/cam-ket", "/cam-ket.xlsx",
    "/cam-ket/theo-doi", "/doi-thoai", "/loi-hua", "/loi-hua.xlsx", "/thi-hanh",
    "/thi-hanh/danh-sach.xlsx", "/hai-long", "/hai-long.xlsx", "/hai-long/khao-sat", "/bao-len",
    "/so-van-ban/di", "/so-van-ban/di.xlsx",
)  # fmt: skip
"""Where the desk, the leaders' mornings and what was undertaken are read."""


def who(username: str, on: date = TODAY) -> Actor:
    found = accounts.principal_named(username, on)
    assert found is not None
    return found.actor


def seen(actor: Actor, **filters: Any) -> set[str]:
    """Every case this hat reaches."""
    found: set[str] = set()
    for is_open in (True, False):
        after: str | None = None
        while True:
            page = queue(actor, Filters(open=is_open, **filters), after=after, limit=200)
            found.update(line.code for line in page.lines)
            after = page.after
            if after is None:
                break
    return found


def codes(*conditions: Any) -> set[str]:
    return set(db.session.scalars(select(Case.code).where(*conditions)))


def portrait() -> dict[str, Any]:
    """Everything a person can see of the province; random keys, salts and digests are left out."""
    db.session.remove()
    cases = [
        (row.code, row.kind, row.state, row.received_on, row.entered_at, row.next_due, row.summary,
         row.group_size, row.marks, row.facts)
        for row in db.session.scalars(select(Case).order_by(Case.id))
    ]  # fmt: skip
    events = db.session.execute(
        select(Event.case_id, Event.seq, Event.action, Event.on, Event.recorded_at, Event.actor_id,
               Event.data).order_by(Event.id)
    )  # fmt: skip
    clocks = db.session.execute(
        select(Deadline.case_id, Deadline.step, Deadline.due, Deadline.state).order_by(Deadline.id)
    )
    papers = db.session.execute(
        select(Submission.case_id, Submission.action, Submission.status, Submission.step, Submission.due)
        .order_by(Submission.id)
    )  # fmt: skip
    hops = db.session.execute(
        select(Hop.case_id, Hop.from_id, Hop.to_id, Hop.due, Hop.state).order_by(Hop.id)
    )
    letters = db.session.execute(
        select(OutgoingDocument.agency_id, OutgoingDocument.symbol, OutgoingDocument.number, OutgoingDocument.issued_on)
        .order_by(OutgoingDocument.id)
    )  # fmt: skip
    people = db.session.execute(select(Party.case_id, Party.name, Party.phone).order_by(Party.id))
    desk = db.session.execute(
        select(ReceptionSession.agency_id, ReceptionSession.day, ReceptionSession.status, Visit.state,
               Visit.outcome, Visit.turn, Visit.people, Visit.case_id, Visit.words)
        .outerjoin(Visit, Visit.session_id == ReceptionSession.id)
        .order_by(ReceptionSession.id, Visit.id)
    )  # fmt: skip
    undertaken = db.session.execute(
        select(Commitment.source, Commitment.lead_agency_id, Commitment.due, Commitment.status,
               Commitment.ended_on, Commitment.words).order_by(Commitment.id)
    )  # fmt: skip
    return {
        "cases": cases,
        "events": [tuple(row) for row in events],
        "clocks": [tuple(row) for row in clocks],
        "papers": [tuple(row) for row in papers],
        "hops": [tuple(row) for row in hops],
        "letters": [tuple(row) for row in letters],
        "people": [tuple(row) for row in people],
        "desk": [tuple(row) for row in desk],
        "undertaken": [tuple(row) for row in undertaken],
        "denouncers": denouncers(),
        "accounts": demo.accounts(),
        "map": [row.geometry for row in db.session.scalars(select(PlaceOutline))],
        "flags": Counter(db.session.scalars(select(Flag.kind))),
    }


def denouncers() -> list[Person]:
    """The sealed people, opened with the keys of this installation."""
    cases = db.session.scalars(select(Case).where(Case.kind == Kind.DENUNCIATION).order_by(Case.id))
    return [
        person
        for case in cases.all()
        for person in sealed_people(db.session(), case, case_key(db.session(), case))
    ]


def needles(people: list[Person]) -> set[bytes]:
    """What may not be readable: names, numbers and hamlets as typed, folded, and as JSON escapes them."""
    hamlets = catalog().names["sealed_hamlets"]
    texts = [
        text
        for person in people
        for text in (person.name, person.phone, person.id_number, person.address)
        if text
    ]
    forms = {
        form
        for text in (*texts, *hamlets)
        for form in (text, text.upper(), fold(text), json.dumps(text)[1:-1])
    }
    return {form.encode() for form in forms} | {form.encode("utf-16-le") for form in forms}


def readable_in(content: bytes, wanted: set[bytes]) -> list[str]:
    return sorted(needle.decode(errors="replace") for needle in wanted if needle in content)


def opened(content: bytes) -> bytes:
    """What a file says: a Word file's parts with the text of their runs joined, any other as it is."""
    if not content.startswith(b"PK"):
        return content
    with ZipFile(BytesIO(content)) as archive:
        parts = [archive.read(name) for name in archive.namelist()]
    return b"\n".join([*parts, *(re.sub(rb"<[^>]*>", b"", part) for part in parts)])


def assert_sealed(settings: Settings, logged: str) -> None:
    """No byte of database, write-ahead log, papers or logs gives a denouncer away."""
    people = denouncers()
    wanted = needles(people)
    assert len(people) > 5 and len({person.name for person in people}) > 3
    db.session.remove()
    file = Path(settings.database_url.removeprefix("sqlite:///"))
    looked_at = [*file.parent.glob(f"{file.name}*"), *settings.data_dir.rglob("*")]
    content = {path: path.read_bytes() for path in looked_at if path.is_file()}
    assert sum(map(len, content.values())) > 500_000
    for path, data in content.items():
        assert readable_in(opened(data), wanted) == [], path.name
    assert readable_in(logged.encode(), wanted) == []


# --- quick -----------------------------------------------------------------------------------


@pytest.mark.sqlite_only
def test_the_same_day_gives_the_same_province(app: Flask, house_settings: Settings) -> None:
    """Loaded, wiped and loaded again: codes, states, days, people and map are the same."""
    demo.load(TODAY, SMALL)
    first = portrait()
    assert 45 <= len(first["cases"]) <= 85
    assert {case[1] for case in first["cases"]} == set(Kind)
    audit.anchor(NOW)
    (house_settings.upload_dir / "ab").mkdir()
    (house_settings.upload_dir / "ab" / "paper").write_bytes(b"paper")
    demo.wipe()
    assert demo.is_empty() and not list(house_settings.upload_dir.iterdir())
    assert not house_settings.anchor_file.exists()
    demo.load(TODAY, SMALL)
    assert portrait() == first


def test_a_small_province_is_sound_and_keeps_its_denouncers(
    app: Flask, house_settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    """Chains verify, nothing happens after the eve of the day, sealed people are nowhere readable."""
    demo.load(TODAY, SMALL)
    assert audit.verify().sound
    assert max(db.session.scalars(select(Event.on))) < TODAY
    assert {local_day(at) for at in db.session.scalars(select(OutboxMessage.created_at))} == {TODAY}
    assert db.session.scalars(select(Sweep.looked)).one() > 0
    if db.engine.dialect.name == "sqlite":
        assert_sealed(house_settings, "".join(capfd.readouterr()))
    for username, nothing in (("tam", True), ("giam", False), ("hoa", False)):
        assert (seen(who(username)) == set()) is nothing
    assert seen(who("hoa"), kind=Kind.DENUNCIATION) == codes(Case.kind == Kind.DENUNCIATION)
    assert seen(who("quy"), kind=Kind.DENUNCIATION) == set()


@pytest.fixture
def stories(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Story]]:
    """The stories as they were told."""
    told: list[Story] = []

    def keep(*arguments: Any) -> list[Story]:
        told.extend(plan(*arguments))
        return told

    monkeypatch.setattr(loading, "plan", keep)
    return told


@pytest.fixture
def offices_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the tales of papers on their way are told, and of reception only the ward's last season."""
    for tales in ("COMPLAINT_TALES", "DENUNCIATION_TALES", "SUGGESTION_TALES", "HOT_SPOTS"):
        monkeypatch.setattr(planning, tales, ())

    class Season(Reception):
        @classmethod
        def of(cls, *given: Any, **_: Any) -> Reception:
            return super().of(*given, whole=False)

    monkeypatch.setattr(loading, "Reception", Season)
    monkeypatch.setattr("config.clock.now", lambda: NOW)


@pytest.mark.proof
@pytest.mark.sqlite_only
@pytest.mark.usefixtures("offices_only")
def test_the_offices_are_at_work(
    app: Flask, house_settings: Settings, stories: list[Story], capfd: pytest.CaptureFixture[str]
) -> None:
    """Proposals, files and letters stand everywhere they can, and none of them names a denouncer."""
    demo.load(TODAY)
    states = {row.code: row.state for row in db.session.execute(select(Case.code, Case.state))}
    assert [s.code for s in stories if s.ends and states[s.code] is not s.ends] == []
    assert_papers_stand_everywhere()
    assert_letters_are_in_the_books()
    assert_bodies_wait_for_each_other()
    assert audit.verify().sound
    for row in (Submission, SubmissionRound, Hop, Opinion, OutgoingDocument, Visit):
        assert db.session.scalars(select(row.id).where(row.sealed.is_not(None))).all(), row
    assert_the_desk_is_at_work()
    assert_pages_keep_denouncers(app)
    assert_sealed(house_settings, "".join(capfd.readouterr()))


def assert_papers_stand_everywhere() -> None:
    """Each status and each station is met by somebody; a ward's people each find work of their own."""
    assert set(db.session.scalars(select(Submission.status))) == set(SubmissionStatus) - {
        SubmissionStatus.DROPPED
    }
    assert set(db.session.scalars(select(Hop.state))) == set(HopState)
    assert set(db.session.scalars(select(Opinion.kind))) == set(OpinionKind)
    assert db.session.scalars(select(Follower.user_id)).all()
    shown = {
        person: {count.station for count in stations_of(who(person), TODAY) if count.things}
        for person in ("minh", "dung", "son", "van", "an", "lan", "phuc", "yen", "hien", "long",
                       "tung", "diep", "loc", "giang", "bac", "dao", "quy")
    }  # fmt: skip
    everything = set(Station) - {Station.ENDED, Station.ELSEWHERE, Station.OVERDUE}
    assert everything - set().union(*shown.values()) == set()
    for person, station in (
        ("an", Station.TO_REWORK), ("an", Station.TO_SUBMIT), ("an", Station.SUBMITTED),
        ("son", Station.TO_APPROVE), ("dung", Station.TO_APPROVE), ("minh", Station.TO_SIGN),
        ("minh", Station.TO_ISSUE_DECISION), ("minh", Station.TO_ISSUE_VERIFICATION),
        ("van", Station.TO_NUMBER), ("van", Station.TO_SEND), ("dao", Station.ADVISING),
        ("loc", Station.TO_APPROVE), ("tung", Station.TO_SIGN), ("hien", Station.TO_NUMBER),
    ):  # fmt: skip
        assert station in shown[person], (person, station)


def assert_the_desk_is_at_work() -> None:
    """Reception of every kind and manner, every standing of a visit, a request, a paper, a commitment."""
    held = db.session.scalars(select(ReceptionSession)).all()
    assert {row.manner for row in held} == set(SessionManner)
    assert {row.kind for row in held} == set(SessionKind)
    assert {row.status for row in held} == set(SessionStatus) - {SessionStatus.CANCELLED}
    assert {row.no_visitor for row in held} == {True, False}
    assert any(row.recording for row in held) and any(row.postponement_posted_on for row in held)
    lost = Counter(
        row.agency_id for row in held if row.day < TODAY and row.status is SessionStatus.PLANNED
    )
    assert max(lost.values(), default=0) <= 1
    visits = db.session.scalars(select(Visit)).all()
    assert {row.state for row in visits} == set(VisitState)
    assert {row.outcome for row in visits} >= set(VisitOutcome) - {
        VisitOutcome.ADDED_TO_CASE, VisitOutcome.OTHER, VisitOutcome.CHECK_ORDERED,
    }  # fmt: skip
    assert max(row.turn for row in visits) >= 3 and max(row.people for row in visits) == 12
    assert {row.confidential for row in visits} == {True, False}
    assert set(db.session.scalars(select(MeetingRequest.status))) == set(MeetingStatus)
    papers = db.session.execute(select(ReceptionPaper.form_key, ReceptionPaper.state)).all()
    assert {state for _, state in papers} == {NoticeState.DRAFT, NoticeState.SIGNED}
    assert {key for key, _ in papers} == {REFUSAL, CONCLUSION}
    made = db.session.scalars(select(Commitment)).all()
    assert {row.source for row in made} >= set(CommitmentSource) - {CommitmentSource.DIALOGUE}
    assert {row.status for row in made} >= {CommitmentStatus.OPEN, CommitmentStatus.DONE}
    assert any(is_late(row.status, row.due, row.ended_on, TODAY) for row in made)
    assert db.session.scalars(select(Draft.page)).all() == ["register"]
    slips = demo.slips_to_try(NOW)
    assert slips and lookup.opened(slips[0].code, slips[0].secret, "192.0.2.1", NOW) is not None


def assert_pages_keep_denouncers(app: Flask) -> None:
    """The new pages show something, and to nobody but who received them who came in confidence."""
    people = [
        # whoever asks for secrecy bears a name and a hamlet like everybody's, but a number of one's own
        Person(name=each.name if sealed else "", phone=each.phone, id_number=each.id_number)
        for visit in db.session.scalars(select(Visit).where(Visit.confidential)).all()
        for sealed in (visit.kind is Kind.DENUNCIATION,)
        for each in read_people(db.session(), visit)
    ]
    wanted = needles([*denouncers(), *people])
    assert len(people) > 1
    for username in ("lan", "minh", "van", "quy"):
        reader = Visitor(app, who(username))
        for path in PAGES:
            answer = reader.get(path)
            assert answer.status_code in {200, 403}, (username, path, answer.status_code)
            if username == "minh":
                assert answer.status_code == 200, path
            assert readable_in(opened(answer.data), wanted) == [], (username, path)
    stranger = Visitor(app, who("van"))
    for uid in db.session.scalars(select(Visit.uid).where(Visit.confidential)).all():
        answer = stranger.get(f"/tiep-cong-dan/luot/{uid}")
        assert answer.status_code == 404 and readable_in(answer.data, wanted) == []


def assert_letters_are_in_the_books() -> None:
    """Numbers run on from the paper book without a gap; letters wait at each step of their way out."""
    sao_mai = db.session.scalars(select(Agency.id).where(Agency.code == "sao-mai")).one()
    numbers = [
        number or 0
        for paper in (OutgoingDocument, ReceptionPaper)
        for number in db.session.scalars(
            select(paper.number).where(paper.agency_id == sao_mai, paper.number.is_not(None))
        )
    ]
    first = next(book.first for book in catalog().books if book.agency == "sao-mai")
    assert sorted(numbers) == list(range(first, first + len(numbers)))
    waiting = db.session.execute(
        select(
            OutgoingDocument.number.is_not(None),
            OutgoingDocument.sent_on.is_not(None),
            OutgoingDocument.served_on.is_not(None),
        )
    )
    assert {tuple(map(bool, row)) for row in waiting} == {
        (False, False, False), (True, False, False), (True, True, False), (True, True, True),
    }  # fmt: skip
    incoming = db.session.scalars(select(IncomingDocument)).all()
    assert {row.case_id is None for row in incoming} == {True, False}


def assert_bodies_wait_for_each_other() -> None:
    """Every kind of reply is awaited, some in vain and some answered; one petition circles."""
    replies = db.session.scalars(select(AwaitedReply)).all()
    assert {row.kind for row in replies} == set(ReplyKind)
    assert {row.answered_on is None for row in replies} == {True, False}
    assert any(row.answered_on is None and row.due and row.due < TODAY for row in replies)
    assert FlagKind.CIRCLING in set(db.session.scalars(select(Flag.kind)))
    assert {row for row in db.session.scalars(select(CaseAgency.role))} >= {
        AgencyRole.ADVISING, AgencyRole.LEAD, AgencyRole.COOPERATING, AgencyRole.SENDER,
    }  # fmt: skip
    assert set(db.session.scalars(select(TeamMember.role))) == set(TeamRole)
    assert db.session.scalars(select(VerificationDone.step)).all()


def test_a_plan_is_made_without_a_database() -> None:
    """Any working day, weekend or feast: every story with an end has come to it on the eve."""
    calendar = shipped_calendar()
    for day in (date(2026, 10, 1), TODAY, date(2026, 12, 27), date(2027, 2, 11)):
        stories = plan(catalog(), calendar, day, 0.1)
        late = [story for story in stories if story.ends and story.last_day() >= day]
        assert late == []
        assert 80 < len(stories) < 100


def shipped_calendar() -> Calendar:
    return load_calendar(sorted((ROOT / "config" / "calendar").glob("*.toml")))


def test_communes_tile_the_province() -> None:
    """The outline of the province is that of its communes together, and neighbours share their border."""
    shapes = places.outlines(catalog(), 1)
    whole = shapes.pop(catalog().province_name)
    assert sum(map(area, shapes.values())) == pytest.approx(area(whole))
    pairs = touching(shapes)
    assert all(any(name in pair for pair in pairs) for name in shapes)
    corners = {
        name: {tuple(point) for point in shape["coordinates"][0]} for name, shape in shapes.items()
    }
    shared = {
        pair: frozenset.intersection(*(frozenset(corners[name]) for name in pair)) for pair in pairs
    }
    assert min(map(len, shared.values())) == 2
    for spot in HOT_SPOTS:
        ways = {frozenset((one, other)) for one in spot.communes for other in spot.communes}
        assert {pair for pair in ways if len(pair) == 2} <= pairs


def area(shape: dict[str, Any]) -> float:
    ring = shape["coordinates"][0]
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))) / 2


def test_a_real_database_is_never_touched(world: World) -> None:
    """Neither loaded into nor wiped, whatever is asked."""
    before = codes()
    for call in (demo.wipe, partial(demo.load, TODAY)):
        with pytest.raises(Conflict):
            call()
    for arguments in ([], ["--reset"], ["--reset", "--as-of", "2026-11-20"]):
        result = CliRunner().invoke(demo_command, arguments)
        assert result.exit_code == 1
        assert "không" in result.stderr or "trống" in result.stderr
    assert db.session.scalar(select(Agency.id).where(Agency.code == "an-binh")) is not None
    assert codes() == before


@pytest.mark.sqlite_only
@pytest.mark.parametrize("day", ["2026-09-30", "2027-12-01"])
def test_a_day_the_law_or_the_calendar_does_not_bear(app: Flask, day: str) -> None:
    """Refused at its field, exit code 2, and nothing is left behind."""
    with pytest.raises(Invalid) as refused:
        demo.load(date.fromisoformat(day))
    assert set(refused.value.fields) == {"as_of"}
    assert CliRunner().invoke(demo_command, ["--as-of", day]).exit_code == 2
    assert demo.is_empty()
    assert demo.nearest_day(date.fromisoformat(day)) != date.fromisoformat(day)


@pytest.mark.sqlite_only
def test_what_fails_half_way_is_wiped(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bodies and accounts stand already when a story breaks off; nothing of them stays."""

    def break_off(*_: Any) -> int:
        assert not demo.is_empty()
        raise RuntimeError("broken off")

    monkeypatch.setattr(loading, "tell", break_off)
    with pytest.raises(RuntimeError):
        demo.load(TODAY, SMALL)
    assert demo.is_empty()
    monkeypatch.setattr(people, "engage", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        demo.load(TODAY, SMALL)
    assert demo.is_empty()


@pytest.mark.proof
def test_the_command_makes_tables_loads_refuses_and_resets(
    app: Flask, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A database without a table, a loaded one, a reset, and one whose loading was cut off."""
    monkeypatch.setattr(demo, "load", partial(demo.load, scale=0.01))
    schema.downgrade(db.engine, "base")
    result = CliRunner().invoke(demo_command, ["--as-of", "2026-11-20"])
    assert result.exit_code == 0, result.output
    assert "20/11/2026" in result.stdout and "sonlam-2026" in result.stdout
    assert "Trần Nhật Minh" in result.stdout and "UBND phường Sao Mai" in result.stdout
    first = codes()
    db.session.remove()  # PostgreSQL drops no table somebody is reading
    assert CliRunner().invoke(demo_command, []).exit_code == 1
    assert CliRunner().invoke(demo_command, ["--reset", "--as-of", "2026-11-20"]).exit_code == 0
    db.session.remove()
    assert codes() == first
    with transaction() as session:
        session.delete(session.scalars(select(Sweep)).one())
    assert demo.is_half()
    db.session.remove()
    load_if_empty()
    assert not demo.is_half() and "mật khẩu" in capfd.readouterr().out


def test_serving_a_real_database_says_nothing(
    world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither loaded nor any account shown."""
    load_if_empty()
    assert capfd.readouterr().out == ""


# --- the whole province ----------------------------------------------------------------------


@pytest.mark.proof
def test_every_kind_stands_in_every_state_it_can_reach(app: Flask, stories: list[Story]) -> None:
    """Each target of the lifecycle's table is there, and every story came to the end it was meant for."""
    demo.load(TODAY)
    states = {row.code: (row.kind, row.state) for row in db.session.scalars(select(Case))}
    assert 840 <= len(states) <= 960
    wanted = {
        (kind, row.target) for row in TABLE for kind in row.kinds if isinstance(row.target, State)
    }
    assert wanted - set(states.values()) == set()
    strayed = [s.code for s in stories if s.ends and states[s.code][1] is not s.ends]
    assert strayed == []
    assert audit.verify().sound
    standing = Counter(db.session.scalars(select(Flag.kind).where(Flag.cleared_on.is_(None))))
    assert set(FlagKind) - set(standing) <= {FlagKind.DRAGGING_OPEN_24}
    assert standing[FlagKind.OVERDUE] < len(states) / 4
    assert_what_the_province_is_made_of()
    assert_hot_spots()
    assert_scope()
    assert_the_desk_is_at_work()
    assert_the_province_receives()


def assert_the_province_receives() -> None:
    """Most heads keep their days, enough citizens answer, decisions are carried out, late cases go up."""
    months = quota_months(who("hoa"), TODAY, 3, TODAY)
    shares = [
        (sum(line.standing is QuotaStanding.MET for line in month.lines), len(month.lines))
        for month in months[1:]
    ]
    assert all(0.7 * lines <= met < lines + 1 for met, lines in shares) and shares[0][1] > 15
    assert {line.standing for month in months for line in month.lines} >= {
        QuotaStanding.MET, QuotaStanding.RUNNING, QuotaStanding.SHORT,
    }  # fmt: skip
    figures = surveys.scores(who("hoa"), surveys.Span(TODAY.year), TODAY)
    assert sum(each.tally is not None for each in figures) >= 2
    answers = db.session.scalars(select(SurveyAnswer)).all()
    assert any(row.needs_look for row in answers) and any(row.looked_at for row in answers)
    assert [each.over for each in surveys.campaigns(who("hoa"), TODAY)] == [True]
    entries = set(db.session.scalars(select(EnforcementEntry.case_id)))
    assert entries and entries & set(db.session.scalars(select(Case.id).where(Case.open)))
    assert set(db.session.scalars(select(Escalation.level))) == set(Level)
    assert set(db.session.scalars(select(OpenDialogue.status))) >= {
        OpenDialogueStatus.PLANNED, OpenDialogueStatus.HELD, OpenDialogueStatus.POSTPONED,
    }  # fmt: skip
    made = db.session.execute(select(Commitment.source, Commitment.status)).all()
    assert {source for source, _ in made} == set(CommitmentSource)
    assert {status for _, status in made} == set(CommitmentStatus)


def assert_what_the_province_is_made_of() -> None:
    """Bodies, people and the unusual cases somebody may want to look at."""
    kinds = Counter(db.session.scalars(select(Agency.kind)))
    assert kinds[AgencyKind.COMMUNE] == 14 and kinds[AgencyKind.PARTY_OFFICE] == 3
    assert set(db.session.scalars(select(Hat.role))) == set(Role)
    district = db.session.scalars(
        select(Agency).where(Agency.kind == AgencyKind.FORMER_DISTRICT)
    ).one()
    assert district.valid_to == TWO_TIERS_FROM - timedelta(days=1) and district.successor_id
    assert codes(Case.agency_id == district.id, ~Case.open)
    assert len(db.session.scalars(select(Place.id)).all()) == 60
    neighbours = set(
        db.session.execute(select(PlaceNeighbour.place_id, PlaceNeighbour.neighbour_id))
    )
    assert {(b, a) for a, b in neighbours} == set(neighbours)
    hats = Counter(db.session.scalars(select(Hat.user_id)))
    assert max(hats.values()) > 1 and db.session.scalar(select(Delegation.id)) is not None
    assert len({row for row in db.session.scalars(select(User.password_hash))}) == 1
    groups = db.session.scalars(select(Case.group_size).where(Case.group_size >= 5)).all()
    assert min(groups) < 20 and 100 < max(groups) <= 200
    for condition in (
        Case.remote, Case.paused_since.is_not(None), Case.official_conduct, Case.anonymous,
        Case.project_id.is_not(None), Case.subkind.is_not(None), Case.instance == 2,
    ):  # fmt: skip
        assert codes(condition)
    assert set(db.session.scalars(select(Case.protection))) == set(Protection)
    assert set(db.session.scalars(select(CaseLink.kind))) >= set(LinkKind) - {LinkKind.RELATED}
    assert set(db.session.scalars(select(CaseBar.reason))) == set(BarReason)
    assert {row for row in db.session.scalars(select(Evidence.sealed))} == {True, False}
    sealed = db.session.scalars(select(SealedIdentity.party_id)).all()
    assert len(sealed) == len(db.session.scalars(select(Party.id).where(Party.sealed)).all()) > 100


def assert_hot_spots() -> None:
    """What was planted stands out of what else happens there."""
    rows = db.session.execute(
        select(Place.name, Field.code, Case.first_received_on)
        .join(Place, Place.id == Case.place_id)
        .join(Field, Field.id == Case.field_id)
    ).all()
    for spot in HOT_SPOTS:
        span = TODAY - timedelta(days=7 * (len(spot.weeks) + spot.quiet_weeks + 2))
        here = [on for name, field, on in rows if name in spot.communes and field in spot.fields]
        recent = sum(on >= span for on in here)
        assert recent >= sum(spot.weeks) > 2 * (len(here) - recent)
    inspector = who("hoa")
    found = hotspots.burning(inspector, TODAY)
    open_ones = [line for line in found if not line.secret and line.top_score > 3]
    lines = [
        next(
            line
            for line in open_ones
            if [each.name for each in line.projects] == ([spot.project] if spot.project else [])
            and {each.name for each in line.places} & set(spot.communes)
        )
        for spot in HOT_SPOTS
    ]
    assert len({line.id for line in lines}) == len(HOT_SPOTS)
    assert lines[0].state is EpisodeState.HOT and len(lines[0].places) > 1
    week = hotspots.week(inspector)
    assert "xay-dung" in {each.field.code for each in week.surges}, "rises everywhere"
    assert len(week.listed) <= 20 and week.scan is not None
    for line in (*week.listed, *week.followed):
        if line.headline.week == week.scan.week:
            assert line.field is None or line.field.code != "xay-dung", "and is nobody's hot spot"


def assert_scope() -> None:
    """Each hat sees what the law lets it see, and nothing of the rest."""
    denunciations = codes(Case.kind == Kind.DENUNCIATION)
    assert seen(who("hoa")) == codes()
    assert seen(who("quy")) == codes() - denunciations
    assert seen(who("tam")) == set()
    hdnd = db.session.scalars(select(Agency.id).where(Agency.code == "hdnd")).one()
    forwarded = codes(Case.forwarder_id == hdnd, Case.kind != Kind.DENUNCIATION)
    assert seen(who("giam")) == forwarded != set()
    for username in ("minh", "an", "ha"):
        person = db.session.scalars(select(User).where(User.username == username)).one()
        named = select(Respondent.case_id).where(
            Respondent.user_id == person.id, Respondent.kind == RespondentKind.PERSON
        )
        against = codes(Case.id.in_(named))
        assert against and not seen(who(username)) & against
        for code in against:
            with pytest.raises(NotFound):
                case_page(who(username), code)
    assert seen(who("phuc"), kind=Kind.DENUNCIATION) & denunciations
    for username in ("binh", "lan", "van", "dung"):
        actor = who(username)
        charged = select(Assignment.case_id).where(
            Assignment.user_id == actor.user_id, Assignment.until.is_(None)
        )
        mine = codes(Case.kind == Kind.DENUNCIATION, Case.id.in_(charged))
        assert seen(actor, kind=Kind.DENUNCIATION) == mine


@pytest.mark.proof
@pytest.mark.sqlite_only
def test_no_byte_of_the_whole_province_names_a_denouncer(
    app: Flask, house_settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    """Database, write-ahead log, stored papers and log lines of the full province."""
    demo.load(TODAY)
    assert_sealed(house_settings, "".join(capfd.readouterr()))
