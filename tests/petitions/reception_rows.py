"""Rows of citizen reception written directly, for tests that do not care how they came about."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from typing import Any

from config.database import transaction
from petitions import sealed_rows
from petitions.installation import installation
from petitions.jsonable import canonical, plain
from petitions.kept_words import put_away
from petitions.models import ReceptionSession, Visit, Visitor
from petitions.queries.visitors import Comer
from petitions.text import fold
from tests.conftest import NOW, TODAY
from tests.world import World
from workflows.reception import (
    Host,
    SessionKind,
    SessionManner,
    SessionStatus,
    VisitOutcome,
    VisitState,
)
from workflows.vocabulary import Kind

ID_NUMBER = "001075000123"
SECRET_NAME = "Đinh Thị Kín"


def a_session(
    world: World,
    day: date = TODAY,
    kind: SessionKind = SessionKind.PERIODIC,
    *,
    agency: str = "an-binh",
    in_person: bool = True,
    held: bool = True,
    **more: Any,
) -> str:
    """A session; its uid. By default one the chairman of An Bình held in person."""
    head = world.minh if agency == "an-binh" else world.phuc
    uid = secrets.token_hex(16)
    given: dict[str, Any] = {
        "manner": SessionManner.OFFICE,
        "starts_at": "08:00",
        "place": "Phòng tiếp công dân",
        "host": Host.HEAD if in_person else Host.STAFF,
        "host_id": head.user_id,
        "held_by_id": head.user_id if held else None,
        "held_in_person": in_person and held,
        "participants": [{"name": "Phạm Văn An", "title": "Công chức địa chính"}],
        "status": SessionStatus.HELD if held else SessionStatus.PLANNED,
    }
    with transaction() as session:
        session.add(
            ReceptionSession(
                uid=uid, agency_id=world.agencies[agency], kind=kind, day=day,
                created_by=world.lan.user_id, created_at=NOW, **(given | more),
            )
        )  # fmt: skip
    return uid


def a_visit(
    world: World,
    session_uid: str,
    number: int = 1,
    *,
    name: str = "Nguyễn Văn Được",
    kind: Kind | None = Kind.COMPLAINT,
    said: str = "về việc thu hồi đất vườn tại thôn Bản Lự.",
    people: int = 1,
    turn: int = 1,
    secret: bool = False,
    state: VisitState = VisitState.DONE,
    outcome: VisitOutcome | None = VisitOutcome.ANSWERED,
    words: dict[str, Any] | None = None,
    **more: Any,
) -> str:
    """A visit of one person; its uid."""
    uid = secrets.token_hex(16)
    key, wrapped = None, None
    if secret:
        key, wrapped = installation().keyring.new_case_key()
    sealing = Kind.DENUNCIATION if secret else Kind.COMPLAINT
    with transaction() as session:
        held = session.query(ReceptionSession).filter_by(uid=session_uid).one()
        row = Visit(
            uid=uid, session_id=held.id, agency_id=held.agency_id, queue_number=number,
            arrived_at=datetime.combine(held.day, time(1, number % 60), UTC), state=state, kind=kind,
            confidential=secret, wrapped=wrapped, people=people, turn=turn,
            received_by=more.pop("received_by", world.lan.user_id),
            outcome=outcome if state is VisitState.DONE else None,
            outcome_on=held.day if state is VisitState.DONE else None,
            **put_away(sealing, key, Visit.__tablename__, uid, {"said": said, **(words or {})}),
            **more,
        )  # fmt: skip
        session.add(row)
        session.flush()
        visitor_uid = secrets.token_hex(16)
        if key is not None:
            person = Comer(name=name, id_number=ID_NUMBER, address="thôn Bản Lự, xã An Bình")
            place = sealed_rows.kept_words(Visitor.__tablename__, visitor_uid)
            kept: dict[str, Any] = {"sealed": key.seal(canonical(plain(asdict(person))), place)}
        else:
            kept = {"name": name, "folded_name": fold(name), "id_number": ID_NUMBER}
            kept["address"] = "thôn Bản Lự, xã An Bình"
        session.add(Visitor(uid=visitor_uid, visit_id=row.id, ordinal=1, **kept))
    return uid
