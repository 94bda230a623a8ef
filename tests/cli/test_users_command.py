"""``donthu user``: exit codes, and passwords that never stand in an argument."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from config.database import db
from petitions.cli.users import user_group
from petitions.models import Agency, Case, User
from petitions.services import accounts, passwords
from petitions.services.acts import perform
from petitions.services.intake import register
from tests.conftest import NOW, TODAY
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.world import World
from workflows.vocabulary import Action, Need

SECRET = "Ruộng bậc thang 88"
NEW = ("add", "nga", "--name", "Trần Thị Nga", "--role", "officer", "--agency", "an-binh")


@pytest.fixture(autouse=True)
def cheap_argon2(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same algorithm with less memory."""
    monkeypatch.setattr(passwords, "_HASHER", passwords.PasswordHasher(1, 8, 1))


@pytest.fixture(autouse=True)
def the_tests_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line reads the clock; here it reads the day the cast lives on."""
    monkeypatch.setattr("petitions.cli.users.now", lambda: NOW)


@pytest.fixture(autouse=True)
def quiet_session(world: World) -> Iterator[None]:
    """The command opens its own application; the test's session must not hold the file meanwhile."""
    db.session.rollback()
    yield
    db.session.rollback()


def run(*arguments: str, stdin: str = "") -> Result:
    db.session.rollback()
    result = CliRunner().invoke(user_group, arguments, input=stdin)
    db.session.rollback()
    return result


def refused(result: Result, code: int, says: str) -> bool:
    return result.exit_code == code and says in result.stderr and result.stderr.count("\n") == 1


def test_a_user_is_added_with_a_password_from_standard_input(world: World) -> None:
    result = run(*NEW, "--password-stdin", stdin=f"{SECRET}\n")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "nga\n", "")
    person = accounts.authenticate("nga", SECRET, "10.0.0.1", NOW)
    assert person.must_change_password
    assert person.actor.agency_id == world.agencies["an-binh"]


def test_a_password_is_asked_for_twice_and_not_shown(world: World) -> None:
    result = run(*NEW, stdin=f"{SECRET}\n{SECRET}\n")
    assert result.exit_code == 0
    assert SECRET not in result.output
    assert accounts.authenticate("nga", SECRET, "10.0.0.1", NOW).username == "nga"
    assert run(*NEW, stdin="").exit_code == 1


def test_no_option_takes_a_password(world: World) -> None:
    for command in ("add", "passwd"):
        assert "--password " not in run(command, "--help").stdout
    assert run(*NEW, "--password", SECRET).exit_code == 2


WRONG_INPUT: list[tuple[dict[str, str], str, str]] = [
    ({"officer": "chief"}, SECRET, "chief"),
    ({"an-binh": "khong-co"}, SECRET, "agency_code: "),
    ({"nga": "lan"}, SECRET, "username: "),
    ({}, "1234567890", "password: "),
    ({}, "", "password: "),
]


def test_wrong_input_exits_with_2_and_writes_nothing(world: World) -> None:
    for change, stdin, says in WRONG_INPUT:
        arguments = [change.get(word, word) for word in NEW]
        result = run(*arguments, "--password-stdin", stdin=stdin)
        assert result.exit_code == 2
        assert says in result.stderr
    assert db.session.scalar(select(User.id).where(User.username == "nga")) is None


def test_a_wrong_day_is_bad_usage(world: World) -> None:
    assert run(*NEW, "--from", "20/11/2026", "--password-stdin", stdin=SECRET).exit_code == 2


def test_a_new_password_and_closing_and_opening(world: World) -> None:
    assert run("passwd", "an", "--password-stdin", stdin=SECRET).exit_code == 0
    assert accounts.authenticate("an", SECRET, "10.0.0.1", NOW).must_change_password
    assert run("disable", "an").exit_code == 0
    assert accounts.principal_named("an", TODAY) is None
    assert run("enable", "an").exit_code == 0
    assert accounts.principal_named("an", TODAY) is not None
    for command in ("disable", "enable"):
        assert refused(run(command, "nobody"), 1, "Không tìm thấy tài khoản")


def held(world: World) -> str:
    code = register(COMPLAINT, actor=world.lan, now=NOW)
    perform(code, Action.ASSIGN, {Need.ASSIGNEE: "an"}, version=None, on=TODAY, actor=world.minh, now=NOW)  # fmt: skip
    return code


def test_open_files_are_handed_over_before_an_account_is_closed(world: World) -> None:
    """Refused with 1; handed over with the rights of whoever is named; then closed."""
    code = held(world)
    assert refused(run("disable", "an"), 1, "còn giữ hồ sơ đang mở")
    order = ("hand-over", "an", "--reason", "Chuyển công tác")
    result = run(*order, "--to", "binh", "--as", "minh")
    assert result.exit_code == 1
    assert code in result.stdout
    assert result.stderr == "1 hồ sơ chưa bàn giao được.\n"
    assert refused(run(*order, "--to", "ha", "--as", "lan"), 1, "Vai trò")
    assert refused(run(*order, "--to", "ha", "--as", "nobody"), 2, "as: ")
    result = run(*order, "--to", "ha", "--to", "son", "--as", "minh")
    assert (result.exit_code, result.stdout) == (0, f"{code}\tha\tĐã bàn giao.\n")
    officer = db.session.scalar(select(Case.officer_id).where(Case.code == code))
    assert officer == world.users["ha"]
    assert run("disable", "an").exit_code == 0
    assert run("disable", "ha", "--force").exit_code == 0


def test_hats_are_added_listed_and_ended(world: World) -> None:
    result = run("hat", "add", "an", "--role", "clerk", "--agency", "bao-lam", "--default")
    assert result.exit_code == 0
    second = result.stdout.strip()
    listed = run("hat", "list", "an").stdout.splitlines()
    assert listed == [
        f"* {second}\tclerk\tUBND xã Bảo Lâm",
        f"  {world.an.hat_id}\tofficer\tUBND xã An Bình",
    ]
    yesterday = (TODAY - timedelta(days=1)).isoformat()
    assert refused(run("hat", "end", second, "--on", yesterday), 2, "last_day: ")
    assert run("hat", "end", second).exit_code == 0
    assert refused(run("hat", "end", "999999"), 1, "vai trò")
    assert refused(run("hat", "list", "nobody"), 1, "Không có tài khoản")


def test_the_first_agency_and_its_administrator(world: World) -> None:
    """An empty installation begins at the command line."""
    result = run("office", "tinh-khac", "--name", "UBND tỉnh Khác", "--kind", "province", "--prefix", "TK")  # fmt: skip
    assert (result.exit_code, result.stdout) == (0, "tinh-khac\n")
    assert db.session.scalar(select(Agency.parent_id).where(Agency.code == "tinh-khac")) is None
    first = ("add", "quan-tri", "--name", "Quản trị", "--role", "admin", "--agency", "tinh-khac")
    assert run(*first, "--password-stdin", stdin=SECRET).exit_code == 0
    again = run("office", "tinh-khac", "--name", "x", "--kind", "province", "--prefix", "TK")
    assert again.exit_code == 2
    assert {line.split(":")[0] for line in again.stderr.splitlines()} == {"code", "book_prefix"}


def test_a_hand_over_never_names_a_denunciation_to_an_administrator(world: World) -> None:
    register(DENUNCIATION, actor=world.lan, now=NOW)
    result = run("hand-over", "lan", "--to", "van", "--reason", "Nghỉ", "--as", "tam")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
