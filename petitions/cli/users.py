"""``donthu user``: accounts and hats from the command line, by whoever operates the machine.

Passwords are asked for or read from standard input, never taken from an argument.
"""

from __future__ import annotations

import sys
from datetime import date

import click

from config.clock import local_day, now
from petitions.cli.context import with_app
from petitions.errors import Invalid, NotFound
from petitions.queries.people import files_held
from petitions.services import accounts, handover, hats, offices, people
from workflows.vocabulary import Actor, AgencyKind, Role


class Day(click.ParamType[date]):
    """An ISO day."""

    name = "day"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"“{value}” không phải ngày YYYY-MM-DD", param, ctx)


ROLE = click.Choice([role.value for role in Role])
DAY = Day()


def hat_options(command: click.decorators.FC) -> click.decorators.FC:
    """The options that describe one role."""
    for option in reversed(
        (
            click.option("--role", required=True, type=ROLE, help="Vai trò."),
            click.option("--agency", required=True, help="Mã cơ quan."),
            click.option("--section", help="Mã phòng, bộ phận trong cơ quan."),
            click.option("--title", default="", help="Chức danh."),
            click.option(
                "--denunciation-duty", is_flag=True, help="Thanh tra viên phụ trách tố cáo."
            ),
            click.option("--from", "first", type=DAY, help="Ngày bắt đầu; mặc định hôm nay."),
            click.option("--to", "last", type=DAY, help="Ngày kết thúc; không nêu là lâu dài."),
        )
    ):
        command = option(command)
    return command


password_stdin = click.option(
    "--password-stdin", is_flag=True, help="Đọc mật khẩu từ dòng đầu của đầu vào chuẩn."
)


@click.group("user")
def user_group() -> None:
    """Tài khoản và vai trò."""


@user_group.command("add")
@click.argument("username")
@click.option("--name", required=True, help="Họ và tên.")
@click.option("--email", help="Địa chỉ thư điện tử.")
@hat_options
@password_stdin
@with_app
def add(
    username: str,
    name: str,
    email: str | None,
    role: str,
    agency: str,
    section: str | None,
    title: str,
    denunciation_duty: bool,
    first: date | None,
    last: date | None,
    password_stdin: bool,
) -> None:
    """Mở tài khoản với vai trò đầu tiên; mật khẩu ban đầu phải đổi khi đăng nhập."""
    moment = now()
    hat = hats.HatGiven(
        Role(role), agency, first or local_day(moment), last, section, title, denunciation_duty
    )
    given = people.NewPerson(username, name, _password(password_stdin), hat, email)
    click.echo(people.create_user(given, actor=None, now=moment))


@user_group.command("disable")
@click.argument("username")
@click.option("--force", is_flag=True, help="Khóa cả khi còn giữ hồ sơ đang mở.")
@with_app
def disable(username: str, force: bool) -> None:
    """Khóa tài khoản: kết thúc mọi phiên đăng nhập và khóa truy cập."""
    people.disable(username, actor=None, now=now(), forced=force)


@user_group.command("enable")
@click.argument("username")
@with_app
def enable(username: str) -> None:
    """Mở lại tài khoản đã khóa."""
    people.enable(username, actor=None, now=now())


@user_group.command("passwd")
@click.argument("username")
@password_stdin
@with_app
def passwd(username: str, password_stdin: bool) -> None:
    """Đặt lại mật khẩu; người dùng phải đổi khi đăng nhập."""
    people.reset_password(username, _password(password_stdin), actor=None, now=now())


@user_group.group("hat")
def hat_group() -> None:
    """Vai trò của một người."""


@hat_group.command("add")
@click.argument("username")
@hat_options
@click.option("--default", is_flag=True, help="Là vai trò mặc định khi đăng nhập.")
@with_app
def hat_add(
    username: str,
    role: str,
    agency: str,
    section: str | None,
    title: str,
    denunciation_duty: bool,
    first: date | None,
    last: date | None,
    default: bool,
) -> None:
    """Thêm một vai trò; in số của vai trò."""
    moment = now()
    given = hats.HatGiven(
        Role(role), agency, first or local_day(moment), last, section, title, denunciation_duty
    )
    click.echo(hats.give_hat(username, given, actor=None, now=moment, default=default))


@hat_group.command("end")
@click.argument("hat_id", type=int)
@click.option("--on", type=DAY, help="Ngày cuối; mặc định hôm nay.")
@click.option("--force", is_flag=True, help="Kết thúc cả khi còn giữ hồ sơ đang mở.")
@with_app
def hat_end(hat_id: int, on: date | None, force: bool) -> None:
    """Kết thúc một vai trò."""
    moment = now()
    hats.end_hat(hat_id, on or local_day(moment), actor=None, now=moment, forced=force)


@hat_group.command("list")
@click.argument("username")
@with_app
def hat_list(username: str) -> None:
    """In các vai trò còn hiệu lực hôm nay: số, vai trò, cơ quan."""
    person = accounts.principal_named(username, local_day(now()))
    if person is None:
        raise NotFound("Không có tài khoản đang hoạt động với vai trò còn hiệu lực.")
    for hat in person.hats:
        mark = "*" if hat.is_default else " "
        click.echo(f"{mark} {hat.hat_id}\t{hat.role.value}\t{hat.agency}")


@user_group.command("hand-over")
@click.argument("username")
@click.option(
    "--to", "receivers", required=True, multiple=True, help="Người nhận; có thể nêu nhiều lần."
)
@click.option("--reason", required=True, help="Lý do, hiện trong nhật ký hồ sơ.")
@click.option("--as", "acting", required=True, help="Thực hiện với quyền của người này.")
@with_app
def hand_over(username: str, receivers: tuple[str, ...], reason: str, acting: str) -> None:
    """Bàn giao mọi hồ sơ đang mở của một người, chia đều cho những người nhận; in kết quả từng hồ sơ."""
    moment = now()
    actor = _actor(acting, local_day(moment))
    codes = [held.code for held in files_held(actor, username)]
    plan = handover.spread(codes, receivers)
    results = handover.hand_over(username, plan, reason=reason, actor=actor, now=moment)
    for result in results:
        click.echo(f"{result.code}\t{result.to}\t{result.message}")
    left = sum(not result.done for result in results)
    if left:
        click.echo(f"{left} hồ sơ chưa bàn giao được.", err=True)
        raise click.exceptions.Exit(1)


@user_group.command("office")
@click.argument("code")
@click.option("--name", required=True, help="Tên cơ quan.")
@click.option("--kind", required=True, type=click.Choice([kind.value for kind in AgencyKind]))
@click.option(
    "--prefix", default="", help="Ký hiệu sổ, đứng đầu mã hồ sơ; phòng, bộ phận không cần."
)
@click.option("--parent", help="Mã cơ quan cấp trên; không nêu là cơ quan đứng đầu cây.")
@click.option("--from", "first", type=DAY, help="Ngày thành lập; mặc định hôm nay.")
@with_app
def office(
    code: str, name: str, kind: str, prefix: str, parent: str | None, first: date | None
) -> None:
    """Mở một cơ quan, để có nơi cho quản trị viên đầu tiên."""
    moment = now()
    given = offices.AgencyGiven(
        code, name, AgencyKind(kind), parent, first or local_day(moment), prefix
    )
    click.echo(offices.create_agency(given, actor=None, now=moment))


def _actor(username: str, today: date) -> Actor:
    person = accounts.principal_named(username, today)
    if person is None:
        raise Invalid.at("as", "Không có tài khoản đang hoạt động với vai trò còn hiệu lực.")
    return person.actor


def _password(from_stdin: bool) -> str:
    if not from_stdin:
        prompted: str = click.prompt("Mật khẩu", hide_input=True, confirmation_prompt="Nhập lại")
        return prompted
    try:
        return sys.stdin.buffer.readline().decode().rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise Invalid.at("password", "Đầu vào chuẩn không phải UTF-8.") from error
