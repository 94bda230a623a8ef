"""Accounts, hats and delegations: what an administrator may do, and to whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from config.database import db, transaction
from notifications.models import OutboxMessage
from petitions.errors import Conflict, Forbidden, Invalid, NotFound
from petitions.models import Delegation, Hat, User
from petitions.queries import people as reading
from petitions.services import accounts, delegations, hats, passwords, people
from petitions.services.acts import perform
from petitions.services.delegations import DelegationGiven
from petitions.services.hats import HatGiven
from petitions.services.intake import register
from petitions.services.people import NewPerson
from tests.conftest import NOW, TODAY
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.world import World
from workflows.records import Capacity
from workflows.vocabulary import Action, Actor, Need, Role

SECRET = "Ruộng bậc thang 88"
OFFICER = HatGiven(Role.OFFICER, "an-binh", TODAY)
NEW = NewPerson(" Nga ", "Trần Thị Nga", SECRET, OFFICER, "nga@example.vn")
TOMORROW, YESTERDAY = TODAY + timedelta(days=1), TODAY - timedelta(days=1)


@pytest.fixture(autouse=True)
def cheap_argon2(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same algorithm with less memory."""
    monkeypatch.setattr(passwords, "_HASHER", passwords.PasswordHasher(1, 8, 1))


def admin_of(world: World, code: str) -> Actor:
    """Tâm as administrator of one agency only."""
    agency = world.agencies[code]
    return replace(world.tam, agency_id=agency, agency_ids=frozenset({agency}))


def faults(error: pytest.ExceptionInfo[Invalid]) -> set[str]:
    return set(error.value.fields)


def hold(world: World, username: str) -> str:
    """An open complaint with its officer."""
    code = register(COMPLAINT, actor=world.lan, now=NOW)
    perform(code, Action.ASSIGN, {Need.ASSIGNEE: username}, version=None, on=TODAY, actor=world.minh, now=NOW)  # fmt: skip
    return code


# --- accounts --------------------------------------------------------------------------------


def test_a_new_person_must_choose_a_password(world: World) -> None:
    """The first hat is the default one, and the first password is only good for one sign-in."""
    assert people.create_user(NEW, actor=world.tam, now=NOW) == "nga"
    person = accounts.authenticate("nga", SECRET, "10.0.0.1", NOW)
    assert person.must_change_password
    assert (person.actor.role, person.actor.agency_id) == (Role.OFFICER, world.agencies["an-binh"])
    shown = reading.person(world.tam, "nga")
    assert (shown.name, shown.email) == ("Trần Thị Nga", "nga@example.vn")
    assert [hat.is_default for hat in shown.hats] == [True]


def test_every_fault_of_a_new_person_is_told_at_its_field(world: World) -> None:
    """Nothing is written."""
    wrong = NewPerson("Đức nè", " ", "ngắn", OFFICER, "không phải thư")
    with pytest.raises(Invalid) as error:
        people.create_user(wrong, actor=world.tam, now=NOW)
    assert faults(error) == {"username", "name", "password", "email"}
    with pytest.raises(Invalid) as error:
        people.create_user(replace(NEW, username="lan"), actor=world.tam, now=NOW)
    assert faults(error) == {"username"}
    with pytest.raises(Invalid) as error:
        people.create_user(replace(NEW, hat=replace(OFFICER, agency_code="hdnd")), actor=world.tam, now=NOW)  # fmt: skip
    assert faults(error) == {"agency_code"}
    assert db.session.scalar(select(User.id).where(User.username == "nga")) is None


def test_the_same_key_opens_one_account(world: World) -> None:
    """A double click."""
    for _ in range(2):
        assert people.create_user(NEW, actor=world.tam, now=NOW, key="k") == "nga"


def test_only_administrators_administer(world: World) -> None:
    """The service asks, not only the page."""
    for name in ("lan", "minh", "hoa", "giam"):
        actor = world.actors[name]
        with pytest.raises(Forbidden):
            people.create_user(NEW, actor=actor, now=NOW)
        with pytest.raises(Forbidden):
            people.disable("an", actor=actor, now=NOW)
        with pytest.raises(Forbidden):
            hats.give_hat("an", OFFICER, actor=actor, now=NOW)
        with pytest.raises(Forbidden):
            reading.people(actor)


def test_an_administrator_reaches_the_own_agency_and_below(world: World) -> None:
    """Elsewhere nobody exists; somebody who also works elsewhere is not for one of two to close."""
    admin = admin_of(world, "bao-lam")
    with pytest.raises(NotFound):
        people.disable("an", actor=admin, now=NOW)
    with pytest.raises(NotFound):
        reading.person(admin, "an")
    assert [shown.username for shown in reading.people(admin)] == ["khanh", "binh"]
    hats.give_hat("an", replace(OFFICER, agency_code="bao-lam"), actor=admin, now=NOW)
    with pytest.raises(Forbidden):
        people.reset_password("an", "Nương ngô trên đồi", actor=admin, now=NOW)
    people.reset_password("an", "Nương ngô trên đồi", actor=world.tam, now=NOW)


def test_a_reset_password_ends_sessions(world: World) -> None:
    user = world.users["an"]
    with pytest.raises(Invalid):
        people.reset_password("an", "1234567890", actor=world.tam, now=NOW)
    people.reset_password("an", SECRET, actor=world.tam, now=NOW)
    assert accounts.principal(user, None, 1, TODAY) is None
    assert accounts.authenticate("an", SECRET, "10.0.0.1", NOW).must_change_password


def test_a_name_is_corrected(world: World) -> None:
    people.change_person("an", name=" Phạm  Văn Ân ", email="", actor=world.tam, now=NOW)
    shown = reading.person(world.tam, "an")
    assert (shown.name, shown.email) == ("Phạm Văn Ân", None)
    with pytest.raises(Invalid) as error:
        people.change_person("an", name="a\x07", email=None, actor=world.tam, now=NOW)
    assert faults(error) == {"name"}


# --- disabling -------------------------------------------------------------------------------


def test_a_disabled_account_is_shut_at_once(world: World) -> None:
    """Sessions, tokens and delegations end; opened again, the person signs in anew."""
    token = accounts.new_token(world.dung, "một cửa", 30, NOW)
    give(world, Capacity.KT, world.dung, YESTERDAY, TODAY + timedelta(days=30))
    people.disable("dung", actor=world.tam, now=NOW)
    user = world.users["dung"]
    assert accounts.principal(user, None, None, TODAY) is None
    assert accounts.principal_of_token(token, NOW) is None
    assert db.session.scalar(select(Delegation.valid_to)) == TODAY
    people.enable("dung", actor=world.tam, now=NOW)
    assert accounts.principal(user, None, 1, TODAY) is None
    assert accounts.principal(user, None, 2, TODAY) is not None
    assert accounts.principal_of_token(token, NOW) is None


def test_open_files_stand_in_the_way_unless_forced(world: World) -> None:
    """Forced, the head is told of each of them."""
    code = hold(world, "an")
    with pytest.raises(Conflict):
        people.disable("an", actor=world.tam, now=NOW)
    assert accounts.principal(world.users["an"], None, None, TODAY) is not None
    people.disable("an", actor=world.tam, now=NOW, forced=True)
    assert told(hats.HOLDER_LEFT) == [(world.users["minh"], {"case": code})]


def test_denunciations_are_not_given_away_by_a_refusal(world: World) -> None:
    """Whoever holds nothing else is closed without a word; the head alone hears of the file."""
    code = register(DENUNCIATION, actor=world.lan, now=NOW)
    people.disable("lan", actor=world.tam, now=NOW)
    assert told(hats.HOLDER_LEFT) == [(world.users["minh"], {"case": code})]


def told(kind: str) -> list[tuple[int | None, dict[str, str]]]:
    return [
        (row.recipient_id, row.payload)
        for row in db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == kind))
    ]


def test_nobody_closes_the_own_account(world: World) -> None:
    with pytest.raises(Forbidden):
        people.disable("tam", actor=world.tam, now=NOW)
    with pytest.raises(Forbidden):
        hats.end_hat(world.tam.hat_id, TODAY, actor=world.tam, now=NOW)


# --- hats ------------------------------------------------------------------------------------


def test_a_second_hat_and_the_default(world: World) -> None:
    """The default is one only, chosen by the administrator or by the person."""
    second = int(hats.give_hat("an", replace(OFFICER, role=Role.CLERK), actor=world.tam, now=NOW, default=True))  # fmt: skip
    person = accounts.principal(world.users["an"], None, None, TODAY)
    assert person is not None
    assert [(hat.hat_id, hat.is_default) for hat in person.hats] == [
        (second, True),
        (world.an.hat_id, False),
    ]
    hats.choose_default(world.an.hat_id, actor=world.an, now=NOW)
    person = accounts.principal(world.users["an"], None, None, TODAY)
    assert person is not None
    assert person.actor.hat_id == world.an.hat_id
    with pytest.raises(NotFound):
        hats.choose_default(world.minh.hat_id, actor=world.an, now=NOW)


UNFIT_HATS: list[tuple[dict[str, object], str]] = [
    ({"section_code": "khong-co"}, "section_code"),
    ({"section_code": "phong-kt", "agency_code": "bao-lam"}, "section_code"),
    ({"agency_code": "phong-kt"}, "agency_code"),
    ({"role": Role.SECTION_HEAD}, "section_code"),
    ({"denunciation_duty": True}, "denunciation_duty"),
    ({"valid_to": YESTERDAY}, "valid_to"),
    ({"valid_from": TODAY.replace(year=2024)}, "valid_from"),
    ({"title": "x" * 121}, "title"),
    ({"role": Role.HEAD}, "role"),
    ({"section_code": "phong-kt"}, "role"),
]


def test_an_unfit_hat_is_refused_at_its_field(world: World) -> None:
    """Among them: a second head, and the hat the person wears already."""
    for change, field in UNFIT_HATS:
        with pytest.raises(Invalid) as error:
            hats.give_hat("an", replace(OFFICER, **change), actor=world.tam, now=NOW)  # type: ignore[arg-type]
        assert faults(error) == {field}


def test_a_new_head_follows_the_old_one(world: World) -> None:
    """From the day after."""
    hats.end_hat(world.minh.hat_id, TODAY, actor=world.tam, now=NOW)
    hats.give_hat("dung", replace(OFFICER, role=Role.HEAD, valid_from=TOMORROW), actor=world.tam, now=NOW)  # fmt: skip
    assert accounts.principal(world.users["minh"], None, None, TODAY) is not None
    assert accounts.principal(world.users["minh"], None, None, TOMORROW) is None


def test_a_hat_with_open_files_does_not_end_unnoticed(world: World) -> None:
    """Unless the person keeps another hat there."""
    code = hold(world, "an")
    with pytest.raises(Conflict):
        hats.end_hat(world.an.hat_id, TODAY, actor=world.tam, now=NOW)
    hats.end_hat(world.an.hat_id, TODAY, actor=world.tam, now=NOW, forced=True)
    assert told(hats.HOLDER_LEFT) == [(world.users["minh"], {"case": code})]
    hats.give_hat("ha", replace(OFFICER, role=Role.CLERK), actor=world.tam, now=NOW)
    perform(code, Action.ASSIGN, {Need.ASSIGNEE: "ha"}, version=None, on=TODAY, actor=world.minh, now=NOW)  # fmt: skip
    hats.end_hat(world.ha.hat_id, TODAY, actor=world.tam, now=NOW)


def test_a_hat_ends_once_and_within_its_life(world: World) -> None:
    with pytest.raises(Invalid) as error:
        hats.end_hat(world.van.hat_id, TODAY.replace(year=2024), actor=world.tam, now=NOW)
    assert faults(error) == {"last_day"}
    hats.end_hat(world.van.hat_id, TODAY, actor=world.tam, now=NOW)
    with pytest.raises(Invalid):
        hats.end_hat(world.van.hat_id, TOMORROW, actor=world.tam, now=NOW)
    with pytest.raises(NotFound):
        hats.end_hat(world.giam.hat_id, TODAY, actor=world.tam, now=NOW)


# --- delegation ------------------------------------------------------------------------------


def give(
    world: World,
    capacity: Capacity,
    to: Actor,
    first: object = TODAY,
    last: object = TOMORROW,
    actor: Actor | None = None,
    **change: object,
) -> str:
    given = DelegationGiven(world.minh.hat_id, to.hat_id, capacity, "12/GUQ-UBND", first, last)  # type: ignore[arg-type]
    return delegations.delegate(
        replace(given, **change),  # type: ignore[arg-type]
        actor=actor or world.minh,
        now=NOW,
    )


def test_the_head_lets_the_deputy_and_the_section_head_sign(world: World) -> None:
    """In person, or through the administrator; shown with its document."""
    give(world, Capacity.KT, world.dung)
    give(world, Capacity.TUQ, world.son, actor=world.tam)
    son = accounts.principal(world.users["son"], None, None, TODAY)
    assert son is not None
    assert son.capacity is Capacity.TUQ
    shown = reading.delegations(world.lan)
    assert {(each.capacity, each.head, each.to_username, each.document) for each in shown} == {
        (Capacity.KT, "Trần Văn Minh", "dung", "12/GUQ-UBND"),
        (Capacity.TUQ, "Trần Văn Minh", "son", "12/GUQ-UBND"),
    }
    assert reading.delegations(world.binh) == ()


UNFIT_DELEGATIONS: list[tuple[Capacity, str, dict[str, object], str]] = [
    (Capacity.KT, "son", {}, "capacity"),
    (Capacity.TL, "dung", {}, "capacity"),
    (Capacity.TUQ, "an", {}, "capacity"),
    (Capacity.KT, "khanh", {}, "to_hat_id"),
    (Capacity.KT, "minh", {}, "to_hat_id"),
    (Capacity.KT, "dung", {"document": " "}, "document"),
    (Capacity.KT, "dung", {"valid_to": YESTERDAY}, "valid_to"),
    (Capacity.KT, "dung", {"valid_from": TODAY.replace(year=2024)}, "valid_to"),
]


def test_an_unfit_delegation_is_refused_at_its_field(world: World) -> None:
    for capacity, to, change, field in UNFIT_DELEGATIONS:
        with pytest.raises(Invalid) as error:
            give(world, capacity, world.actors[to], **change)
        assert faults(error) == {field}


def test_nobody_gives_away_another_heads_signature(world: World) -> None:
    with pytest.raises(NotFound):
        give(world, Capacity.KT, world.dung, actor=world.khanh)
    with pytest.raises(Forbidden):
        give(world, Capacity.KT, world.dung, actor=world.dung)
    with pytest.raises(NotFound):
        give(world, Capacity.KT, world.dung, actor=admin_of(world, "bao-lam"))
    give(world, Capacity.KT, world.dung)
    with pytest.raises(Invalid) as error:
        give(world, Capacity.KT, world.dung, TOMORROW, TODAY + timedelta(days=9))
    assert faults(error) == {"valid_from"}


def test_a_delegation_ends_early_or_is_withdrawn(world: World) -> None:
    running = int(give(world, Capacity.KT, world.dung, YESTERDAY, TODAY + timedelta(days=9)))
    coming = int(give(world, Capacity.TL, world.son, TOMORROW, TODAY + timedelta(days=9)))
    with pytest.raises(NotFound):
        delegations.end_delegation(running, TODAY, actor=world.khanh, now=NOW)
    delegations.end_delegation(running, TODAY, actor=world.minh, now=NOW)
    delegations.end_delegation(coming, TODAY, actor=world.tam, now=NOW)
    assert [(row.id, row.valid_to) for row in db.session.scalars(select(Delegation))] == [
        (running, TODAY)
    ]
    with pytest.raises(Invalid):
        delegations.end_delegation(running, TOMORROW, actor=world.minh, now=NOW)


def test_a_delegation_ends_with_the_heads_office(world: World) -> None:
    """Whoever is no longer head lets nobody sign."""
    give(world, Capacity.KT, world.dung, YESTERDAY, TODAY + timedelta(days=9))
    with transaction() as session:
        session.execute(update(Hat).where(Hat.id == world.minh.hat_id).values(valid_to=YESTERDAY))
    dung = accounts.principal(world.users["dung"], None, None, TODAY)
    assert dung is not None
    assert not dung.delegated


def test_own_tokens_are_listed_without_the_token(world: World) -> None:
    token = accounts.new_token(world.an, "một cửa", 30, NOW)
    accounts.new_token(world.ha, "khác", 30, NOW)
    (shown,) = reading.tokens(world.an)
    assert (shown.label, shown.expires_at) == ("một cửa", NOW + timedelta(days=30))
    assert token not in repr(shown)
