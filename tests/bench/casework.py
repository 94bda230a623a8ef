"""Filling a database with casework for measuring: mostly closed cases, ten thousand open ones."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, text

from config.database import db, transaction
from petitions.codes import make_code
from petitions.ledger import chain
from petitions.models import (
    FAR,
    Agency,
    Case,
    CaseText,
    Deadline,
    Event,
    Hat,
    NumberBook,
    Party,
    Petition,
    User,
)
from petitions.text import fold
from tests.world import SINCE, World, build
from workflows.records import ClockState, IdKind, Nature, PartyRole, Source
from workflows.vocabulary import AgencyKind, Coarse, Complexity, Kind, Protection, Role, State, Step

OPEN = 10_000
OFFICERS = 40
BATCH = 2_000
TODAY = date(2026, 11, 20)
WORDS = [
    "đất",
    "đai",
    "thu",
    "hồi",
    "bồi",
    "thường",
    "tái",
    "định",
    "cư",
    "giải",
    "phóng",
    "mặt",
    "bằng",
    "quyết",
    "định",
    "ủy",
    "ban",
    "nhân",
    "dân",
    "xã",
    "thôn",
    "khiếu",
    "nại",
    "kiến",
    "nghị",
    "phản",
    "ánh",
    "ô",
    "nhiễm",
    "môi",
    "trường",
    "nước",
    "sông",
    "tiếng",
    "ồn",
    "nhà",
    "máy",
    "rác",
    "thải",
    "đường",
    "giao",
    "thông",
    "chế",
    "độ",
    "chính",
    "sách",
    "người",
    "có",
    "công",
    "bảo",
    "hiểm",
    "giấy",
    "chứng",
    "nhận",
    "quyền",
    "sử",
    "dụng",
    "ranh",
    "giới",
    "tranh",
    "chấp",
    "hàng",
    "xóm",
]
RARE = "thủy lợi Đồng Đăng"
"""A phrase a hundred texts hold, wherever the table ends."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What a bench needs to know of the filled database."""

    world: World
    officers: tuple[str, ...]
    codes: tuple[str, ...]


def fill(size: int) -> Filled:
    """``size`` cases in the empty database of the current application, the newest ten thousand open."""
    world = build()
    officers = _officers(world)
    users = [user for user, _ in officers]
    source = random.Random(7)
    codes: list[str] = []
    for start in range(0, size, BATCH):
        numbers = range(start, min(start + BATCH, size))
        rows = list(_rows(numbers, size, world, users, source))
        with transaction() as session:
            session.execute(insert(Case), [row["case"] for row in rows])
            first = session.execute(
                text("SELECT id FROM case_file WHERE code = :code"),
                {"code": rows[0]["case"]["code"]},
            ).scalar_one()
            for offset, row in enumerate(rows):
                for name in ("text", "paper", "party", "event"):
                    row[name]["case_id"] = first + offset
                for clock in row["clocks"]:
                    clock["case_id"] = first + offset
            session.execute(insert(CaseText), [row["text"] for row in rows])
            session.execute(insert(Petition), [row["paper"] for row in rows])
            session.execute(insert(Party), [row["party"] for row in rows])
            session.execute(insert(Event), [row["event"] for row in rows])
            clocks = [clock for row in rows for clock in row["clocks"]]
            if clocks:
                session.execute(insert(Deadline), clocks)
        codes += [row["case"]["code"] for row in rows[-50:]]
    with transaction() as session:
        for book in ("case", "register"):
            session.execute(
                insert(NumberBook).values(
                    agency_id=world.agencies["an-binh"], book=book, year=2026, last=size
                )
            )
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    return Filled(world, tuple(name for _, name in officers), tuple(codes[-50:]))


def _officers(world: World) -> list[tuple[int, str]]:
    found = []
    with transaction() as session:
        for number in range(OFFICERS):
            name = f"cb{number}"
            user = User(username=name, name=f"Cán bộ {number}", password_hash="!")
            session.add(user)
            session.flush()
            session.add(
                Hat(
                    user_id=user.id,
                    role=Role.OFFICER,
                    agency_id=world.agencies["an-binh"],
                    is_default=True,
                    valid_from=SINCE,
                    title="",
                )
            )
            found.append((user.id, name))
        for number in range(100):
            session.add(
                Agency(
                    code=f"xa-{number}",
                    name=f"UBND xã {number}",
                    kind=AgencyKind.COMMUNE,
                    parent_id=world.agencies["ubnd-tinh"],
                    book_prefix=f"X{number}",
                    valid_from=SINCE,
                    competence={},
                )
            )
    return found


def _rows(
    numbers: range, size: int, world: World, users: list[int], source: random.Random
) -> Iterator[dict[str, Any]]:
    agency = world.agencies["an-binh"]
    for number in numbers:
        is_open = number >= size - OPEN
        received = TODAY - timedelta(
            days=source.randrange(40) if is_open else 60 + source.randrange(700)
        )
        due = received + timedelta(days=30) if is_open else FAR
        code = make_code("AB", 2026, number + 1)
        words = " ".join(source.choices(WORDS, k=60))
        if number % max(1, size // 100) == 0:
            words += f" {RARE}"
        summary = words[:80]
        at = datetime.combine(received, datetime.min.time(), UTC) + timedelta(hours=2)
        digest = chain.event_hash(
            prev=chain.GENESIS, code=code, seq=1, action="register", state_from=None, state_to="received",
            on=received, at=at, actor_id=users[0], role="reception", agency_id=agency, data={}, commitment=None,
        )  # fmt: skip
        yield {
            "case": {
                "code": code, "version": 1, "kind": Kind.FEEDBACK, "subkind": None, "instance": 1,
                "state": State.ASSIGNED if is_open else State.CLOSED,
                "coarse": Coarse.ASSIGNED if is_open else Coarse.RESOLVED,
                "open": is_open, "complexity": Complexity.ORDINARY, "remote": False, "agency_id": agency,
                "origin_agency_id": agency, "competent": True, "officer_id": users[number % len(users)],
                "received_on": received, "first_received_on": received, "entered_at": at,
                "last_on": received, "closed_on": None if is_open else received + timedelta(days=20),
                "protection": Protection.NONE, "wants_protection": False, "wants_result": False,
                "anonymous": False, "group_size": 1, "official_conduct": False, "security_risk": False,
                "source": Source.POST, "field_id": 1, "place_id": world.places["99001"], "summary": summary,
                "facts": {"received": received.isoformat()}, "marks": [], "next_due": due,
                "next_step": "internal_settlement" if is_open else None,
                "next_look": received if is_open else FAR, "event_seq": 1, "event_hash": digest,
            },
            "text": {
                "content": words, "demand": "", "interpreter": False, "fingerprint": False,
                "handled_before": "", "search": fold(f"{code} {words}"),
            },
            "paper": {
                "ordinal": 1, "agency_id": agency, "register_year": 2026, "register_number": number + 1,
                "source": Source.POST, "received_on": received, "entered_at": at, "signed": True,
            },
            "party": {
                "uid": f"{number:032x}", "ordinal": 1, "role": PartyRole.PETITIONER, "sealed": False,
                "is_body": False, "name": f"Người {number}", "folded_name": f"nguoi {number}",
                "id_kind": IdKind.NONE, "is_representative": False, "signed": True,
            },
            "event": {
                "seq": 1, "action": "register", "state_from": None, "state_to": "received", "on": received,
                "recorded_at": at, "actor_id": users[0], "role": Role.RECEPTION, "agency_id": agency,
                "data": {}, "commitment": None, "prev_hash": chain.GENESIS, "hash": digest,
            },
            "clocks": [
                {
                    "step": Step.INTERNAL_SETTLEMENT, "nature": Nature.INTERNAL, "occurrence": 1, "version": 1,
                    "agency_id": agency, "trigger_fact": "assigned", "trigger_on": received,
                    "nominal_end": due, "due": due, "safe": due, "near_from": due - timedelta(days=7),
                    "provisional": False, "rule": "internal", "row_key": "internal", "citation": "",
                    "explanation": [], "state": ClockState.RUNNING, "closed_on": None,
                }
            ]
            if is_open
            else [],
        }  # fmt: skip
