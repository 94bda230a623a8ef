"""``donthu audit``: proving the ledger, and anchoring it outside the database."""

from __future__ import annotations

from pathlib import Path

import click

from config import clock
from petitions.cli.context import with_app
from petitions.errors import Invalid
from petitions.installation import installation
from petitions.services import accounts, audit


@click.group("audit")
def audit_group() -> None:
    """Kiểm tra sổ sự kiện của các hồ sơ."""


@audit_group.command("verify")
@click.option(
    "--anchors",
    metavar="[FILE]",
    is_flag=False,
    flag_value="",
    help="Đối chiếu cả với tệp neo (không nêu FILE: tệp neo của hệ thống).",
)
@with_app
def verify_command(anchors: str | None) -> None:
    """Duyệt sổ của mọi hồ sơ; dừng ở hồ sơ đầu tiên bị sửa."""
    file = None
    if anchors is not None:
        file = Path(anchors) if anchors else installation().settings.anchor_file
        if not file.is_file():
            raise click.BadParameter(f"không có tệp {file}", param_hint="--anchors")
    report = audit.verify(file)
    walked, anchored = report.walked, report.anchored
    click.echo(
        f"Hồ sơ: {walked.cases}; sự kiện: {walked.events}; lời ghi kèm: {walked.words} "
        f"(niêm phong: {walked.sealed}), đã xóa: {walked.erased}"
    )
    if anchored is not None:
        click.echo(
            f"Neo: {anchored.lines} dòng, {len(anchored.heads)} hồ sơ; dòng cuối lúc {anchored.at}"
        )
    fault = report.broken or (report.anchors_fault and report.anchors_fault.message)
    if fault:
        click.echo(str(fault), err=True)
        raise click.exceptions.Exit(1)


@audit_group.command("anchor")
@with_app
def anchor_command() -> None:
    """Ghi thêm một dòng neo của hôm nay ra ngoài cơ sở dữ liệu."""
    changed = audit.anchor(clock.now())
    click.echo(f"Đã neo {changed} hồ sơ có thay đổi vào {installation().settings.anchor_file}")


@audit_group.command("erase")
@click.argument("code")
@click.argument("seq", type=click.IntRange(min=1))
@click.option(
    "--as", "acting", metavar="USER", required=True, help="Thực hiện với quyền của người này."
)
@click.option("--reason", metavar="TEXT", required=True, help="Lý do xóa, được ghi vào sổ.")
@with_app
def erase_command(code: str, seq: int, acting: str, reason: str) -> None:
    """Xóa hẳn lời ghi kèm (dữ liệu cá nhân) của sự kiện số SEQ trong hồ sơ CODE.

    Sổ vẫn kiểm tra được; việc xóa là một sự kiện mới.
    """
    now = clock.now()
    person = accounts.principal_named(acting, clock.local_day(now))
    if person is None:
        raise Invalid.at("--as", "Không có tài khoản này, hoặc không còn hiệu lực.")
    audit.erase(code, seq, reason, person.actor, now)
    click.echo(f"Đã xóa lời ghi kèm của sự kiện số {seq}, hồ sơ {code}")
