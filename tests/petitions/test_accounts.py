"""Signing in, passwords, sessions, hats and tokens."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select, update

from config.database import db, transaction
from petitions.errors import Invalid, NotFound, TooManyAttempts
from petitions.models import Agency, ApiToken, Delegation, Hat, LoginAttempt, User
from petitions.services import accounts, passwords, throttle
from tests.conftest import NOW, TODAY
from tests.world import SINCE, World
from workflows.records import Capacity
from workflows.vocabulary import AgencyKind, Role

SECRET = "Ruộng bậc thang 88"
HOME, ELSEWHERE = "10.0.0.7", "203.0.113.9"
WINDOW = timedelta(minutes=15)


@pytest.fixture(autouse=True)
def cheap_argon2(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same algorithm with less memory: what is tested here is not its strength."""
    monkeypatch.setattr(passwords, "_HASHER", passwords.PasswordHasher(1, 8, 1))


@pytest.fixture
def lan(world: World) -> int:
    """Lan's account, with a password."""
    give_password("lan")
    return world.users["lan"]


def give_password(username: str, password: str = SECRET) -> None:
    with transaction() as session:
        session.execute(
            update(User)
            .where(User.username == username)
            .values(password_hash=passwords.hashed(password))
        )


def fail(username: str = "lan", address: str = HOME, at: Any = NOW) -> None:
    with pytest.raises(Invalid) as error:
        accounts.authenticate(username, "không phải", address, at)
    assert error.value.fields == {"password": ["Tên đăng nhập hoặc mật khẩu không đúng."]}


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements sent to the database meanwhile."""
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


# --- signing in ------------------------------------------------------------------------------


def test_the_right_password_signs_in(lan: int, world: World) -> None:
    """Name in any case, password in pieces or composed: keyboards differ."""
    person = accounts.authenticate(" LAN ", unicodedata.normalize("NFD", SECRET), HOME, NOW)
    assert (person.user_id, person.username, person.name) == (lan, "lan", "Nguyễn Thị Lan")
    assert person.actor == world.lan
    assert [hat.role for hat in person.hats] == [Role.RECEPTION]
    assert not person.delegated


def test_wrong_unknown_and_disabled_fail_alike(lan: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Same words, and the same one hash is computed whoever was named."""
    checked: list[str | None] = []
    verify = passwords.matches

    def counting(kept: str | None, password: str) -> bool:
        checked.append(kept)
        return verify(kept, password)

    monkeypatch.setattr(passwords, "matches", counting)
    fail("lan")
    fail("nobody-of-that-name")
    with transaction() as session:
        session.execute(update(User).where(User.id == lan).values(disabled_at=NOW))
    with pytest.raises(Invalid) as error:
        accounts.authenticate("lan", SECRET, HOME, NOW)
    assert error.value.fields == {"password": [accounts.WRONG]}
    assert len(checked) == 3
    assert checked[1:] == [None, None]


def test_nobodys_hash_costs_what_a_real_one_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its parameters are those of the product, and no password opens it."""
    monkeypatch.undo()
    assert not passwords.outdated(passwords.NOBODYS_HASH)
    assert not passwords.matches(None, "")
    assert "m=47104,t=2,p=1" in passwords.hashed(SECRET)


def test_an_unreadable_hash_fails_like_a_wrong_password(world: World) -> None:
    """An account whose password was never set cannot be entered."""
    fail("minh")


def test_an_old_hash_is_renewed_at_sign_in(lan: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stronger parameters reach everybody without anybody's doing."""
    monkeypatch.setattr(passwords, "_HASHER", passwords.PasswordHasher(2, 16, 1))
    accounts.authenticate("lan", SECRET, HOME, NOW)
    kept = db.session.scalar(select(User.password_hash).where(User.id == lan))
    assert kept is not None
    assert "m=16,t=2" in kept
    assert passwords.matches(kept, SECRET)


# --- throttling ------------------------------------------------------------------------------


def test_the_sixth_attempt_waits_until_the_first_is_old(lan: int) -> None:
    """Even the right password waits; afterwards it is let in, and the count starts anew."""
    for minute in range(5):
        fail(at=NOW + timedelta(minutes=minute))
    later = NOW + timedelta(minutes=6)
    with pytest.raises(TooManyAttempts) as error:
        accounts.authenticate("lan", SECRET, HOME, later)
    assert error.value.retry_after == 9 * 60
    again = later + timedelta(seconds=error.value.retry_after)
    accounts.authenticate("lan", SECRET, HOME, again)
    for _ in range(5):
        fail(at=again)


def test_hammering_does_not_lock_for_longer(lan: int) -> None:
    """Refused attempts are not counted, so the wait never grows."""
    for _ in range(5):
        fail()
    for minute in range(1, 15):
        with pytest.raises(TooManyAttempts):
            accounts.authenticate("lan", SECRET, HOME, NOW + timedelta(minutes=minute))
    accounts.authenticate("lan", SECRET, HOME, NOW + WINDOW)


def test_failures_elsewhere_do_not_lock_a_person_out(lan: int) -> None:
    """Somebody guessing at one address is stopped there; Lan at her desk is not."""
    for _ in range(5):
        fail(address=ELSEWHERE)
    with pytest.raises(TooManyAttempts):
        accounts.authenticate("lan", SECRET, ELSEWHERE, NOW)
    accounts.authenticate("lan", SECRET, HOME, NOW)


def test_one_address_and_one_name_have_wider_limits(lan: int) -> None:
    """Trying many names from one address, or one name from many addresses, ends too."""
    for number in range(20):
        fail(f"name-{number}", ELSEWHERE)
    with pytest.raises(TooManyAttempts):
        accounts.authenticate("lan", SECRET, ELSEWHERE, NOW)
    for number in range(20):
        fail("lan", f"198.51.100.{number}")
    with pytest.raises(TooManyAttempts):
        accounts.authenticate("lan", SECRET, HOME, NOW)


def test_no_name_and_no_address_is_kept(lan: int) -> None:
    """The table holds keyed digests; old rows go with the next attempt."""
    fail()
    rows = db.session.scalars(select(LoginAttempt.who)).all()
    assert len(rows) == 3
    assert all(len(who) == 64 and int(who, 16) for who in rows)
    fail(at=NOW + WINDOW)
    assert db.session.scalar(select(func.count(LoginAttempt.id))) == 3


def test_attempts_sent_at_once_are_all_counted(lan: int, app: Flask) -> None:
    """Twelve simultaneous guesses: no more than five are judged."""
    outcomes: list[str] = []
    ready = threading.Barrier(12)

    def guess() -> None:
        with app.app_context():
            ready.wait()
            try:
                throttle.admit("sign-in", "lan", HOME, NOW)
                outcomes.append("judged")
            except TooManyAttempts:
                outcomes.append("refused")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 12
    assert outcomes.count("judged") <= 5


# --- sessions and hats -----------------------------------------------------------------------


def test_a_principal_takes_three_statements(world: World) -> None:
    """It is asked for at every request."""
    with statements() as seen:
        assert accounts.principal(world.users["an"], None, 1, TODAY) is not None
    assert len([each for each in seen if each.lstrip().upper().startswith(("SELECT", "WITH"))]) <= 3


def test_every_hat_reaches_what_the_cast_says(world: World) -> None:
    """Own agency and below; the provincial inspectorate reaches the province."""
    for name in ("lan", "an", "son", "hoa", "quy", "phuc", "giam", "tam"):
        person = accounts.principal(world.users[name], None, None, TODAY)
        assert person is not None
        assert person.actor == world.actors[name]


def test_an_inspectorate_elsewhere_does_not_reach_the_province(world: World) -> None:
    """A department's own inspectors see the department."""
    with transaction() as session:
        session.execute(
            update(Agency)
            .where(Agency.id == world.agencies["thanh-tra"])
            .values(parent_id=world.agencies["so-nnmt"])
        )
    person = accounts.principal(world.users["hoa"], None, None, TODAY)
    assert person is not None
    assert not person.actor.province_wide


def test_a_closed_body_below_is_out_of_reach_unless_it_was_taken_over(world: World) -> None:
    """Its archive goes with its successor."""
    an_binh, bao_lam = world.agencies["an-binh"], world.agencies["bao-lam"]
    closed = TODAY - timedelta(days=1)
    with transaction() as session:
        session.execute(update(Agency).where(Agency.id == bao_lam).values(valid_to=closed))
    chair = accounts.principal(world.users["phuc"], None, None, TODAY)
    assert chair is not None
    assert bao_lam not in chair.actor.agency_ids
    assert accounts.principal(world.users["binh"], None, None, TODAY) is None
    with transaction() as session:
        session.execute(update(Agency).where(Agency.id == bao_lam).values(successor_id=an_binh))
    lan = accounts.principal(world.users["lan"], None, None, TODAY)
    assert lan is not None
    assert lan.actor.agency_ids == {an_binh, world.agencies["phong-kt"], bao_lam}


def test_a_ring_of_agencies_does_not_hang_sign_in(world: World) -> None:
    """Were one ever written by hand, people could still sign in."""
    with transaction() as session:
        session.execute(
            update(Agency)
            .where(Agency.id == world.agencies["ubnd-tinh"])
            .values(parent_id=world.agencies["phong-kt"])
        )
    person = accounts.principal(world.users["lan"], None, None, TODAY)
    assert person is not None
    assert world.agencies["bao-lam"] in person.actor.agency_ids


def test_hats_begin_and_end_on_their_days(world: World) -> None:
    """Two hats: the default one is worn first, each only on its days, both ends counted."""
    user = world.users["an"]
    with transaction() as session:
        session.add(
            Hat(
                user_id=user, role=Role.RECEPTION, agency_id=world.agencies["bao-lam"], title="Trực",
                valid_from=TODAY, valid_to=TODAY + timedelta(days=1),
            )
        )  # fmt: skip
    today = accounts.principal(user, None, None, TODAY)
    assert today is not None
    assert [(hat.agency, hat.is_default) for hat in today.hats] == [
        ("UBND xã An Bình", True),
        ("UBND xã Bảo Lâm", False),
    ]
    assert today.hats[0].section == "Phòng Kinh tế xã An Bình"
    assert today.actor.role is Role.OFFICER
    second = today.hats[1].hat_id
    worn = accounts.principal(user, second, None, TODAY)
    assert worn is not None
    assert (worn.actor.role, worn.actor.agency_id) == (Role.RECEPTION, world.agencies["bao-lam"])
    assert accounts.principal(user, second, None, TODAY + timedelta(days=1)) is not None
    assert accounts.principal(user, second, None, TODAY + timedelta(days=2)) is None
    assert accounts.principal(user, second, None, TODAY - timedelta(days=1)) is None
    assert accounts.principal(user, world.minh.hat_id, None, TODAY) is None
    assert accounts.principal(user, None, None, SINCE - timedelta(days=1)) is None


def test_no_hat_no_sign_in(lan: int) -> None:
    """The password was right, so the person may be told why."""
    with transaction() as session:
        session.execute(update(Hat).where(Hat.user_id == lan).values(valid_to=date(2026, 11, 19)))
    with pytest.raises(Invalid, match="chưa có vai trò nào"):
        accounts.authenticate("lan", SECRET, HOME, NOW)


def test_an_ended_session_and_a_disabled_person_are_nobody(lan: int) -> None:
    """Epoch and disabling end what was signed in before."""
    assert accounts.principal(lan, None, 1, TODAY) is not None
    assert accounts.principal(lan, None, 2, TODAY) is None
    with transaction() as session:
        session.execute(update(User).where(User.id == lan).values(disabled_at=NOW))
    assert accounts.principal(lan, None, None, TODAY) is None


def test_a_delegation_gives_a_capacity_for_its_days(world: World) -> None:
    """KT. stands before TUQ.; the role stays what it is."""
    with transaction() as session:
        for capacity, until in ((Capacity.TUQ, 5), (Capacity.KT, 0)):
            session.add(
                Delegation(
                    agency_id=world.agencies["an-binh"], from_hat_id=world.minh.hat_id,
                    to_hat_id=world.dung.hat_id, capacity=capacity, document="12/GUQ-UBND",
                    valid_from=TODAY, valid_to=TODAY + timedelta(days=until),
                )
            )  # fmt: skip
    for day, capacity in ((-1, None), (0, Capacity.KT), (1, Capacity.TUQ), (6, None)):
        person = accounts.principal(world.users["dung"], None, None, TODAY + timedelta(days=day))
        assert person is not None
        assert (person.capacity, person.delegated) == (capacity, capacity is not None)
        assert person.actor.role is Role.DEPUTY_HEAD


# --- passwords -------------------------------------------------------------------------------


def test_a_changed_password_ends_other_sessions(lan: int) -> None:
    """The new epoch is what the session at hand goes on with."""
    with transaction() as session:
        session.execute(update(User).where(User.id == lan).values(must_change_password=True))
    epoch = accounts.change_password(lan, SECRET, "Nương ngô trên đồi", NOW)
    assert epoch == 2
    assert accounts.principal(lan, None, 1, TODAY) is None
    person = accounts.principal(lan, None, epoch, TODAY)
    assert person is not None
    assert not person.must_change_password
    fail()
    accounts.authenticate("lan", "Nương ngô trên đồi", HOME, NOW)


WEAK = [
    ("ngắn quá", "ít nhất 10 ký tự"),
    ("x" * 201, "dài nhất 200"),
    ("PassWord123", "phổ biến"),
    ("Mậtkhẩu123", "phổ biến"),
    ("11111111112", "phổ biến"),
    (SECRET, "phải khác"),
]


def test_weak_passwords_are_refused_at_the_field(lan: int) -> None:
    """More of them than there are guesses: choosing badly is no attack."""
    for new, says in WEAK:
        with pytest.raises(Invalid) as error:
            accounts.change_password(lan, SECRET, new, NOW)
        assert says in error.value.fields["new"][0]


def test_a_password_is_not_the_username() -> None:
    assert passwords.fault("Nguyen.Van.Duc", "nguyen.van.duc") is not None
    assert passwords.fault("Nguyen.Van.Duc", "nguyen.van.an") is None


def test_the_old_password_cannot_be_guessed_at(lan: int) -> None:
    """A forgotten session at the counter does not open the account."""
    for _ in range(5):
        with pytest.raises(Invalid) as error:
            accounts.change_password(lan, "đoán mò thôi", "Nương ngô trên đồi", NOW)
        assert "old" in error.value.fields
    with pytest.raises(TooManyAttempts):
        accounts.change_password(lan, SECRET, "Nương ngô trên đồi", NOW)
    accounts.authenticate("lan", SECRET, HOME, NOW)


def test_nobody_has_no_password_to_change(world: World) -> None:
    with pytest.raises(NotFound):
        accounts.change_password(10**6, SECRET, "Nương ngô trên đồi", NOW)


# --- tokens ----------------------------------------------------------------------------------


def test_a_token_opens_its_hat_until_it_expires(world: World) -> None:
    """Only the digest is kept."""
    token = accounts.new_token(world.an, "Phần mềm một cửa", 30, NOW)
    person = accounts.principal_of_token(token, NOW + timedelta(days=29))
    assert person is not None
    assert person.actor == world.an
    assert token not in repr(db.session.execute(select(ApiToken.__table__)).all())
    assert accounts.principal_of_token(token, NOW + timedelta(days=30)) is None
    assert accounts.principal_of_token(token + "x", NOW) is None


def test_a_token_ends_with_its_owner_its_hat_or_its_revocation(world: World) -> None:
    token = accounts.new_token(world.an, "một cửa", 30, NOW)
    token_id = db.session.scalar(select(ApiToken.id))
    assert token_id is not None
    for stranger in (
        world.binh,
        replace(world.tam, agency_ids=frozenset({world.agencies["hdnd"]})),
    ):
        with pytest.raises(NotFound):
            accounts.revoke_token(stranger, token_id, NOW)
    assert accounts.principal_of_token(token, NOW) is not None
    accounts.revoke_token(world.tam, token_id, NOW)
    assert accounts.principal_of_token(token, NOW) is None
    with pytest.raises(NotFound):
        accounts.revoke_token(world.an, token_id, NOW)
    other = accounts.new_token(world.an, "một cửa", 30, NOW)
    with transaction() as session:
        session.execute(
            update(Hat).where(Hat.id == world.an.hat_id).values(valid_to=TODAY - timedelta(days=1))
        )
    assert accounts.principal_of_token(other, NOW) is None


UNFIT_TOKENS = [(" ", 30, "label"), ("x" * 81, 30, "label"), ("x", 0, "days"), ("x", 366, "days")]


def test_a_token_needs_a_name_and_an_end(world: World) -> None:
    for label, days, field in UNFIT_TOKENS:
        with pytest.raises(Invalid) as error:
            accounts.new_token(world.an, label, days, NOW)
        assert list(error.value.fields) == [field]


def test_a_closed_agency_keeps_its_people_out(world: World) -> None:
    """Its kind plays no part."""
    with transaction() as session:
        session.execute(
            update(Agency)
            .where(Agency.kind == AgencyKind.COMMUNE)
            .values(valid_to=TODAY - timedelta(days=1))
        )
    assert accounts.principal(world.users["lan"], None, None, TODAY) is None
