"""Mail that came back: its person is not written to until the address changes, and then nothing is missing."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from config.database import db, transaction
from notifications.models import Mail, OutboxMessage
from notifications.states import MailState
from petitions.errors import Conflict, Forbidden, Invalid, NotFound
from petitions.models import User
from petitions.queries.operations import overview
from petitions.services import addresses, people
from petitions.services.reminders import climb
from tests.notifications.postoffice import PostOffice
from tests.petitions.test_digest import Clock, clock, office, post, told, words
from tests.petitions.test_reminders import DUE, a_case, at
from tests.world import World

__all__ = ["clock", "office"]
MONDAY, WEDNESDAY = DUE.replace(day=23), DUE.replace(day=25)


def test_bounces_and_corrections(world: World, office: PostOffice, clock: Clock) -> None:
    """Refused for good, corrected; taken and returned later; unreachable; reached again."""
    a_case(world)
    climb(at(DUE))
    office.answers[:] = ["550 no such user"]
    clock.to(DUE, 9, 30)
    post(clock)
    parked = overview(world.tam, clock()).parked
    who = world.users["minh"]
    assert [(each.user_id, each.address) for each in parked] == [(who, "minh@example.vn")]

    with pytest.raises(Forbidden):
        addresses.correct(who, "x@example.vn", actor=world.minh, now=clock())
    for wrong in ("", "khong-phai", "minh@example.vn"):
        with pytest.raises(Invalid) as error:
            addresses.correct(who, wrong, actor=world.tam, now=clock())
        assert set(error.value.fields) == {"email"}
    with pytest.raises(NotFound):
        addresses.correct(10**6, "x@example.vn", actor=world.tam, now=clock())
    for _ in range(2):
        addresses.correct(who, "minh.moi@example.vn", actor=world.tam, now=clock(), key="k")
    clock.to(DUE, 10)
    post(clock)
    assert set(told(office)) == {"minh.moi", "an"}
    assert not overview(world.tam, clock()).parked
    his = select(OutboxMessage.outcome).where(
        OutboxMessage.recipient_id == who, OutboxMessage.kind == "rung"
    )
    assert set(db.session.scalars(his)) == {"mailed"}

    # the new address took the mail and gave it back an hour later
    for wrong, field in (("la@example.vn", "email"), ("", "email")):
        with pytest.raises(Invalid) as error:
            addresses.note_returned(wrong, "550", actor=world.tam, now=clock())
        assert set(error.value.fields) == {field}
    with pytest.raises(Forbidden):
        addresses.note_returned("x@example.vn", "550", actor=world.hoa, now=clock())
    given = {"actor": world.tam, "now": clock()}
    addresses.note_returned("Minh.Moi@example.vn", "550 5.1.1 User unknown", **given)  # type: ignore[arg-type]
    with pytest.raises(Conflict):
        addresses.note_returned("minh.moi@example.vn", "550", **given)  # type: ignore[arg-type]
    (line,) = overview(world.tam, clock()).returned
    assert (line.user_id, line.reason) == (who, "550 5.1.1 User unknown")

    climb(at(MONDAY))  # a day late: urgent
    clock.to(MONDAY, 9, 30)
    office.taken.clear()
    post(clock)
    assert set(told(office)) == {"an"}, "nothing leaves to a returned address"
    assert "returned" in set(db.session.scalars(his))
    assert {each.reason.value for each in overview(world.tam, clock()).unreached} == {"returned"}

    # either way back tells what is still true, and of one date the latest rung alone
    addresses.restore(who, "hộp thư mở lại", actor=world.tam, now=clock())
    with pytest.raises(Conflict):
        addresses.restore(who, "lại", actor=world.tam, now=clock())
    clock.to(MONDAY, 15)
    post(clock)
    assert len(told(office)["minh.moi"]) == 1, "a day late, and urgent"
    addresses.note_returned("minh.moi@example.vn", "550 full", **given)  # type: ignore[arg-type]
    people.change_person(
        "minh", name="Trần Văn Minh", email="minh2@example.vn", actor=world.tam, now=clock()
    )
    assert not overview(world.tam, clock()).returned
    clock.to(MONDAY, 16)
    post(clock)
    post(clock)
    (mail,) = told(office)["minh2"]
    assert "quá 3 ngày" in words(mail) and words(mail).count("/ho-so/") == 1
    addresses.note_returned("minh2@example.vn", "550", **given)  # type: ignore[arg-type]
    addresses.correct(who, "minh3@example.vn", actor=world.tam, now=clock())
    post(clock)
    assert len(told(office)["minh3"]) == 1
    slots = select(Mail.slot).where(Mail.recipient_id == who, Mail.kind == "urgent")
    first, second = db.session.scalars(slots.order_by(Mail.id)).all()
    assert second == f"{first}.1", "another mail, under a Message-ID of its own"
    clock.to(WEDNESDAY, 9, 30)
    assert post(clock)["queued"] == 0
    left = select(Mail.id).where(Mail.state.not_in((MailState.SENT, MailState.CANCELLED)))
    assert db.session.scalar(left) is None
    assert db.session.scalar(select(User.email).where(User.id == who)) == "minh3@example.vn"
    db.session.rollback()
    for statement in ("UPDATE address_note SET reason = ''", "DELETE FROM address_note"):
        with pytest.raises(Exception, match="append-only"), transaction() as session:
            session.execute(text(statement))
