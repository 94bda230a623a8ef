"""Random matters as plain rows, for tests of the weights: many kinds of everything that gives points."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from config.database import table_of, transaction
from petitions.codes import make_code
from petitions.models import (
    Case,
    CaseBar,
    CaseLink,
    ContestedAct,
    Deadline,
    Decision,
    Event,
    Party,
    Petition,
    Project,
    Respondent,
)
from petitions.text import fold
from tests.conftest import TODAY
from tests.world import World, field_id
from workflows.records import (
    BarReason,
    ClockState,
    IdKind,
    LinkKind,
    Nature,
    PartyRole,
    RespondentKind,
    Source,
)
from workflows.transition import COARSE
from workflows.vocabulary import Complexity, Kind, Protection, State, Step

COPIES = (None, None, "Thủ tướng Chính phủ; UBND xã", "Kính gửi UBND tỉnh Sơn Lâm", "Báo Lao động")
STATES = (State.RECEIVED, State.ACCEPTED, State.VERIFYING, State.ASSIGNED, State.IN_EFFECT)
RESPONDENTS = (
    ("Ông Giang", RespondentKind.PERSON),
    ("Bà Hợi", RespondentKind.PERSON),
    ("Công ty Xi măng", RespondentKind.BODY),
    ("UBND xã Bảo Lâm", RespondentKind.BODY),
)
HOUSES = ("an-binh", "bao-lam", "so-nnmt", "ubnd-tinh")


def matters(world: World, seed: int, count: int = 120) -> list[int]:
    """``count`` random cases around three communes; their ids."""
    source = random.Random(seed)
    with transaction() as session:
        field = field_id("thu-hoi-dat")
        for number in range(4):
            session.add(Project(name=f"Dự án {number}", starts_on=date(2024, 1, 1)))
        session.flush()
        projects = list(session.scalars(select(Project.id)))
        rows = [_case(number, world, source, field, projects) for number in range(count)]
        session.connection().execute(insert(table_of(Case)), rows)
        ids = list(session.scalars(select(Case.id).order_by(Case.id)))
        for case_id, row in zip(ids, rows, strict=True):
            _beside(session, case_id, row, world, source)
        _links(session, ids, source)
    return ids


def a_case(world: World, number: int, **more: Any) -> dict[str, Any]:
    """The row of one plain open complaint."""
    received = more.pop("received", TODAY - timedelta(days=10))
    state = more.get("state", State.VERIFYING)
    agency = world.agencies["an-binh"]
    return {
        "code": make_code("AB", 2026, number + 500), "version": 1, "kind": Kind.COMPLAINT, "instance": 1,
        "state": state, "coarse": COARSE[state], "open": True, "complexity": Complexity.ORDINARY,
        "remote": False, "agency_id": agency, "origin_agency_id": agency, "competent": True,
        "received_on": received, "first_received_on": received,
        "entered_at": datetime(2026, 11, 1, tzinfo=UTC), "last_on": received,
        "protection": Protection.NONE, "wants_protection": False, "wants_result": False,
        "anonymous": False, "group_size": 1, "official_conduct": False, "security_risk": False,
        "source": Source.POST, "field_id": field_id("thu-hoi-dat"),
        "place_id": world.places["99001"], "project_id": None, "summary": f"Vụ việc {number}",
        "facts": {"received": received.isoformat()}, "marks": [], "event_seq": 1, "event_hash": "",
        **more,
    }  # fmt: skip


def _case(
    number: int, world: World, source: random.Random, field: int, projects: list[int]
) -> dict[str, Any]:
    received = TODAY - timedelta(days=source.choice([3, 20, 50, 70, 200, 400, 800]))
    facts = {"received": received.isoformat()}
    if source.random() < 0.3:
        facts["accepted"] = (received + timedelta(days=2)).isoformat()
    return a_case(
        world, number, received=received, facts=facts, state=source.choice(STATES),
        kind=source.choice([Kind.COMPLAINT, Kind.COMPLAINT, Kind.DENUNCIATION, Kind.RECOMMENDATION]),
        instance=1, agency_id=world.agencies[source.choice(HOUSES)],
        origin_agency_id=world.agencies[source.choice(HOUSES)], open=source.random() < 0.9,
        group_size=source.choice([1, 1, 1, 4, 5, 12, 34]), security_risk=source.random() < 0.1,
        place_id=source.choice([None, *(world.places[code] for code in ("99001", "99002", "99003"))]),
        project_id=source.choice([None, None, *projects]), field_id=field,
    )  # fmt: skip


def _beside(
    session: Any, case_id: int, row: dict[str, Any], world: World, source: random.Random
) -> None:
    secret, received = row["kind"] is Kind.DENUNCIATION, row["first_received_on"]
    for ordinal in range(1, source.choice([1, 1, 2, 3, 5]) + 1):
        day = min(TODAY, received + timedelta(days=40 * (ordinal - 1)))
        origin = row["origin_agency_id"] if ordinal == 1 else world.agencies[source.choice(HOUSES)]
        forwarded = source.random() < 0.15
        session.add(Petition(
            case_id=case_id, ordinal=ordinal, agency_id=origin, register_year=2026,
            register_number=case_id * 10 + ordinal, received_on=day, entered_at=row["entered_at"],
            source=Source.FORWARDED if forwarded else source.choice([Source.POST, Source.PRESS]),
            forwarder_id=world.agencies["ubnd-tinh"] if forwarded and source.random() < 0.5 else None,
            copies_to=source.choice(COPIES),
        ))  # fmt: skip
    for ordinal in range(1, source.choice([1, 1, 2, 6]) + 1):
        session.add(Party(
            uid=f"{case_id:016x}{ordinal:016x}", case_id=case_id, ordinal=ordinal, sealed=secret,
            role=PartyRole.PETITIONER, name=None if secret else f"Người {ordinal % 5}",
            folded_name=None if secret else f"nguoi {ordinal % 5}", id_kind=IdKind.NONE,
            birth_year=None if secret else source.choice([None, 1950, 1966, 1980, 2012]),
        ))  # fmt: skip
    if source.random() < 0.5:
        name, kind = source.choice(RESPONDENTS)
        known = kind is RespondentKind.PERSON and source.random() < 0.6
        session.add(Respondent(
            case_id=case_id, ordinal=1, kind=kind, name=name, folded_name=fold(name),
            position="Cán bộ địa chính",
            agency_id=world.agencies[source.choice(["an-binh", "so-nnmt"])] if known else None,
        ))  # fmt: skip
    if source.random() < 0.3 and row["kind"] is Kind.COMPLAINT:
        session.add(ContestedAct(case_id=case_id, issuer=source.choice(["Chủ tịch UBND xã Bảo Lâm", "Sở Nông nghiệp và Môi trường", "Công ty X"])))  # fmt: skip
    for step in (Step.ACCEPTANCE_DECISION, Step.SETTLEMENT, Step.LIMITATION):
        due = received + timedelta(days=source.choice([10, 45, 90, 300]))
        met = source.random() < 0.4
        session.add(Deadline(
            case_id=case_id, step=step, nature=Nature.STATUTORY, agency_id=row["agency_id"], trigger_fact="received",
            trigger_on=received, due=due, rule="x", row_key="x", citation="", explanation=[],
            state=ClockState.MET if met else source.choice([ClockState.RUNNING, ClockState.RUNNING, ClockState.PAUSED]),
            closed_on=due + timedelta(days=source.choice([-5, 5])) if met else None,
        ))  # fmt: skip
    session.add(Deadline(
        case_id=case_id, step=Step.INTERNAL_SETTLEMENT, nature=Nature.INTERNAL, agency_id=row["agency_id"],
        trigger_fact="assigned", trigger_on=received, due=received, rule="x", row_key="x", citation="",
        explanation=[], state=ClockState.RUNNING,
    ))  # fmt: skip
    decided = source.random() < 0.3
    if decided:
        session.add(Decision(case_id=case_id, event_seq=3, form="decision", issued_on=received))
    if source.random() < 0.3:
        session.add(Event(
            case_id=case_id, seq=5 if source.random() < 0.7 else 2, action="reopen", state_from="closed",
            state_to="verifying", on=received, recorded_at=row["entered_at"], agency_id=row["agency_id"],
            data={}, prev_hash="", hash="",
        ))  # fmt: skip
    if source.random() < 0.1:
        session.add(CaseBar(case_id=case_id, user_id=world.users["quy"], reason=BarReason.RELATED))


def _links(session: Any, ids: list[int], source: random.Random) -> None:
    for first in ids[::4]:
        second = source.choice([each for each in ids if each != first])
        session.add(CaseLink(
            from_case_id=first, to_case_id=second, since=TODAY,
            kind=source.choice([LinkKind.RELATED, LinkKind.RELATED, LinkKind.JOINED_INTO, LinkKind.RESETTLES]),
            undone_on=TODAY if source.random() < 0.1 else None,
        ))  # fmt: skip
    session.flush()


def touch(case_id: int, **values: Any) -> None:
    """Change a case as an act would: its version grows."""
    with transaction() as session:
        session.execute(
            update(Case).where(Case.id == case_id).values(version=Case.version + 1, **values)
        )
