"""``donthu demo``: a made-up province to look at, and who can sign in to it."""

from __future__ import annotations

from datetime import date, datetime

import click

from config import clock
from petitions.cli.context import with_app
from petitions.errors import Conflict
from petitions.labels import label
from petitions.services import demo
from petitions.text import vn_date


@click.command("demo")
@click.option("--reset", is_flag=True, help="Xóa dữ liệu minh họa đang có rồi tạo lại.")
@click.option(
    "--as-of",
    metavar="DATE",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Ngày mà dữ liệu được dựng đến, dạng YYYY-MM-DD; mặc định hôm nay.",
)
@with_app
def demo_command(reset: bool, as_of: datetime | None) -> None:
    """Nạp tỉnh minh họa vào cơ sở dữ liệu còn trống và in các tài khoản.

    Chỉ xóa dữ liệu do chính lệnh này tạo ra; cơ sở dữ liệu khác không bị đụng đến.
    """
    demo.prepare()
    if not demo.is_empty() and (reset or demo.is_half()):
        demo.wipe()
    elif demo.is_demo():
        raise Conflict("Đã có dữ liệu minh họa; thêm --reset để xóa và tạo lại.")
    _load(None if as_of is None else as_of.date())
    print_accounts()


def load_if_empty() -> None:
    """Load the demonstration where no body was entered yet, or its loading was cut off.

    Prints the accounts of a demonstration, and nothing for any other database.
    """
    demo.prepare()
    if demo.is_half():
        demo.wipe()
    if demo.is_empty():
        _load(None)
    if demo.is_demo():
        print_accounts()


def print_accounts() -> None:
    """Who can sign in, one line each, and slips to try the citizen's look-up with."""
    rows = [
        (account.username, label(account.role), account.name, account.agency)
        for account in demo.accounts()
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    click.echo(f"Tài khoản (mật khẩu ban đầu chung: {demo.PASSWORD})")
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo(f"  {'  '.join(cells)}".rstrip())
    for slip in demo.slips_to_try(clock.now()):
        click.echo(f"Phiếu hẹn để thử trang /tra-cuu: {slip.code}, mã bí mật {slip.secret}")


def _load(as_of: date | None) -> None:
    day = as_of or demo.nearest_day(clock.local_day(clock.now()))
    click.echo(f"Đang dựng tỉnh minh họa tính đến ngày {vn_date(day)}…")
    click.echo(f"Đã ghi {demo.load(day)} việc.")
