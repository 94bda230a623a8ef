"""``donthu import-promises``: promises to voters and after questioning kept elsewhere."""

from __future__ import annotations

from pathlib import Path

import click

from config import clock
from petitions.cli.context import operating, with_app
from petitions.services.promises_import import import_promises

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("import-promises")
@click.argument("source", metavar="FILE", type=FILE)
@click.option("--dry-run", is_flag=True, help="Kiểm tra và đếm, không ghi gì.")
@with_app
def import_promises_command(source: Path, dry_run: bool) -> None:
    """Nhập lời hứa với cử tri, sau chất vấn (CSV, XLSX).

    Cột bắt buộc: Mã, Dịp, Người hứa, Ngày hứa, Nơi hứa, Nội dung, Cơ quan chủ trì, Hạn thực hiện.
    Nhập lại cùng một tệp không thay đổi gì. Có dòng sai thì liệt kê từng dòng, từng cột ở luồng lỗi,
    không ghi gì, mã thoát 2.
    """
    now = clock.now()
    counts = import_promises(source, actor=operating(now), now=now, dry_run=dry_run)
    click.echo(
        f"{counts.rows} dòng: {counts.entered} nhập mới, {counts.updated} cập nhật,"
        f" {counts.unchanged} giữ nguyên" + (" (chạy thử, không ghi gì)." if dry_run else ".")
    )
