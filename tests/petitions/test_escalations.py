"""Overdue cases go up once a level, to those who may know; what is done about them is kept."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from config.database import db, transaction
from notifications.models import OutboxMessage
from petitions.errors import Conflict, Invalid, Leak, NotFound
from petitions.models import Case, CaseBar, Deadline, Escalation
from petitions.queries.escalations import Which, notice, notices, of_case, waiting
from petitions.services.escalations import acknowledge, raise_due, see
from petitions.services.reminders import climb
from tests.petitions.test_intake import DENUNCIATION
from tests.petitions.test_reminders import DUE, a_case, at
from tests.world import World
from workflows.escalation import Level
from workflows.records import BarReason

WEDNESDAY, FRIDAY, LATER = date(2026, 11, 26), date(2026, 11, 27), date(2026, 12, 7)
"""DUE is Friday 20/11 and 24/11 is a day off: three working days later is Thursday 26/11, ten 7/12."""


def raised(case: int | None = None) -> list[tuple[Any, ...]]:
    """Level, body told and whether nobody there may know, in the order they were raised."""
    wanted = select(Escalation.level, Escalation.agency_id, Escalation.nobody, Escalation.raised_on)
    if case is not None:
        wanted = wanted.where(Escalation.case_id == case)
    return [tuple(row) for row in db.session.execute(wanted.order_by(Escalation.id))]


def told() -> set[tuple[str, int | None]]:
    """News of escalations: kind and recipient."""
    rows = db.session.execute(
        select(OutboxMessage.kind, OutboxMessage.recipient_id).where(
            OutboxMessage.kind.like("escalat%")
        )
    )
    return {(kind, person) for kind, person in rows}


def test_from_the_superior_to_the_inspectorate_and_what_they_did(world: World) -> None:
    case = a_case(world)
    province, inspectorate = world.agencies["ubnd-tinh"], world.agencies["thanh-tra"]
    assert raise_due(at(date(2026, 11, 25))).found == 0
    climb(at(date(2026, 11, 25)))
    done = raise_due(at(WEDNESDAY))
    assert (done.found, done.told, done.queued, done.nobody) == (1, 1, 1, 0)
    assert raise_due(at(WEDNESDAY)).found == 0, "once"
    assert raise_due(at(date(2026, 11, 29))).found == 0, "nothing on a Sunday"
    assert raise_due(at(FRIDAY)).found == 0, "the superior has its days"
    assert raised() == [(Level.SUPERIOR, province, False, WEDNESDAY)]
    assert told() == {("escalated", world.users["phuc"])}

    line = notices(world.phuc, Which.WAITING).lines[0]
    assert waiting(world.phuc) == 1 and waiting(world.minh) == 0
    for stranger in (world.binh, world.khanh, world.giam, world.tam):
        assert not notices(stranger, Which.ALL).lines
        with pytest.raises(NotFound):
            notice(stranger, line.uid)
    see(line.uid, actor=world.minh, now=at(FRIDAY))
    see(line.uid, actor=world.phuc, now=at(FRIDAY))
    see(line.uid, actor=world.phuc, now=at(LATER))
    shown = notice(world.phuc, line.uid)
    assert shown.seen == (("Đinh Văn Phúc", at(FRIDAY)),), "the first time of those told"
    assert shown.officer == "Phạm Văn An"
    assert {each.person for each in shown.told} >= {"Phạm Văn An", "Trần Văn Minh"}
    assert shown.explanation and shown.citation

    with pytest.raises(NotFound):
        acknowledge(line.uid, "Đã đôn đốc.", actor=world.minh, now=at(FRIDAY))
    with pytest.raises(Invalid) as error:
        acknowledge(line.uid, " \u200b ", actor=world.phuc, now=at(FRIDAY))
    assert "done" in error.value.fields
    code = acknowledge(
        line.uid, "Đã đôn đốc, báo cáo trước 30/11.", actor=world.phuc, now=at(FRIDAY), key="k"
    )
    again = acknowledge(line.uid, "Khác", actor=world.phuc, now=at(FRIDAY), key="k")
    assert code == again, "a double click answers the same"
    with pytest.raises(Conflict):
        acknowledge(line.uid, "Lần hai.", actor=world.phuc, now=at(FRIDAY))
    assert ("escalation_answered", world.users["minh"]) in told()
    assert not notices(world.phuc, Which.WAITING).lines
    assert notices(world.phuc, Which.ANSWERED).lines[0].done.startswith("Đã đôn đốc")

    assert raise_due(at(LATER)).found == 1, "answered, and still late: the inspectorate hears too"
    assert raised()[1] == (Level.INSPECTORATE, inspectorate, False, LATER)
    assert {person for kind, person in told() if kind == "escalated"} == {
        world.users[name] for name in ("phuc", "hoa", "quy")
    }
    assert notice(world.hoa, of_case(world.hoa, code)[0].uid).others[0].done
    assert raise_due(at(date(2027, 1, 4))).found == 0, "there is nobody further up"
    with transaction() as session:
        session.execute(
            update(Deadline).where(Deadline.case_id == case, Deadline.due == DUE).values(version=2)
        )
    assert raise_due(at(date(2027, 1, 4))).found == 1, "a moved date starts anew"


def test_a_case_entered_late_skips_no_level(world: World) -> None:
    case = a_case(world)
    late = date(2027, 3, 1)
    assert [raise_due(at(late)).found for _ in range(2)] == [1, 0]
    assert [level for level, *_ in raised(case)] == [Level.SUPERIOR]
    raise_due(at(date(2027, 3, 9)))
    assert [level for level, *_ in raised(case)] == [Level.SUPERIOR]
    raise_due(at(date(2027, 3, 10)))
    assert [level for level, *_ in raised(case)] == [Level.SUPERIOR, Level.INSPECTORATE]


def test_who_may_not_know_hears_nothing(world: World) -> None:
    """Shut out, paused and closed cases; of a denunciation only inspectors with the duty."""
    shut_out, paused, closed = (a_case(world) for _ in range(3))
    secret = a_case(world, DENUNCIATION)
    with transaction() as session:
        session.execute(
            insert(CaseBar).values(
                case_id=shut_out, user_id=world.users["phuc"], reason=BarReason.RELATED
            )
        )
        session.execute(update(Case).where(Case.id == paused).values(paused_since=DUE))
        session.execute(update(Case).where(Case.id == closed).values(open=False))
    done = raise_due(at(WEDNESDAY))
    assert (done.found, done.nobody, done.told) == (2, 2, 0)
    assert {nobody for _, _, nobody, _ in raised()} == {True}
    raise_due(at(LATER))
    heard = db.session.execute(
        select(OutboxMessage.case_id, OutboxMessage.recipient_id).where(
            OutboxMessage.kind == "escalated"
        )
    )
    hoa, quy = world.users["hoa"], world.users["quy"]
    assert {tuple(row) for row in heard} == {(shut_out, hoa), (shut_out, quy), (secret, hoa)}
    assert not raised(paused) and not raised(closed)
    assert {line.kind for line in notices(world.quy, Which.ALL).lines} == {"complaint"}
    uid = next(
        line.uid for line in notices(world.hoa, Which.ALL).lines if line.kind == "denunciation"
    )
    name = DENUNCIATION.parties[0].name
    with pytest.raises(Leak):
        acknowledge(uid, f"Đã gặp {name}.", actor=world.hoa, now=at(LATER))
    acknowledge(uid, "Đã yêu cầu báo cáo.", actor=world.hoa, now=at(LATER))
    row = db.session.execute(
        select(Escalation.words, Escalation.sealed).where(Escalation.uid == uid)
    ).one()
    assert row.words is None and b"b\xc3\xa1o" not in row.sealed
    assert notice(world.hoa, uid).notice.done == "Đã yêu cầu báo cáo."
