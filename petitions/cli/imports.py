"""``donthu import``: registers kept elsewhere."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click

from config import clock
from config.settings import ROOT
from petitions.cli.context import with_app
from petitions.services.imports.mapping import read_mapping
from petitions.services.imports.run import choose_mapping, run
from petitions.services.imports.suggest import suggest

SHIPPED = ROOT / "config" / "import"
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("import")
@click.argument("source", metavar="FILE", type=FILE)
@click.option(
    "--mapping",
    "mapping_file",
    type=NEW_FILE,
    metavar="MAP.toml",
    help="Bảng ánh xạ; nếu không nêu: bảng có sẵn duy nhất khớp với các cột.",
)
@click.option("--sheet", help="Trang tính của tệp XLSX; nếu không nêu: trang đầu.")
@click.option("--dry-run", is_flag=True, help="Kiểm tra và đếm, không ghi gì.")
@click.option(
    "--report",
    type=NEW_FILE,
    metavar="OUT.csv",
    help="Ghi các dòng bị từ chối kèm lý do, để sửa rồi nhập lại.",
)
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")
@click.option(
    "--suggest",
    "suggesting",
    is_flag=True,
    help="Chỉ đề xuất bảng ánh xạ đầu tiên: ghi vào --mapping, hoặc in ra.",
)
@with_app
def import_command(
    source: Path,
    mapping_file: Path | None,
    sheet: str | None,
    dry_run: bool,
    report: Path | None,
    as_json: bool,
    suggesting: bool,
) -> None:
    """Nhập sổ theo dõi đơn từ nơi khác (CSV, CSV.gz, XLSX).

    Mỗi dòng được nhập mới, cập nhật, giữ nguyên hoặc từ chối. Nhập lại cùng một tệp không thay đổi
    gì; dừng giữa chừng thì lần sau làm tiếp. Mã thoát 2, không ghi gì, khi thiếu cột đã ánh xạ,
    không đọc được bảng mã hoặc tệp không có dòng nào.
    """
    if suggesting:
        _suggest(source, mapping_file, sheet)
        return
    if report is not None and not report.parent.is_dir():
        raise click.BadParameter("không có thư mục này", param_hint="--report")
    if mapping_file is None:
        mapping = choose_mapping(source, SHIPPED)
    else:
        mapping = read_mapping(mapping_file)
    if sheet is not None:
        mapping = replace(mapping, layout=replace(mapping.layout, sheet=sheet))
    gc.freeze()  # what is loaded by now is no garbage; looking through it costs a sixth of the time
    with _bar() as progress:
        counts = run(
            source, mapping, now=clock.now(), dry_run=dry_run, report=report, progress=progress
        )
    if as_json:
        click.echo(json.dumps(asdict(counts)))
        return
    click.echo(
        f"{counts.rows} dòng: {counts.imported} nhập mới, {counts.updated} cập nhật,"
        f" {counts.unchanged} giữ nguyên, {counts.rejected} từ chối"
        + (" (chạy thử, không ghi gì)." if dry_run else ".")
    )


def _suggest(source: Path, target: Path | None, sheet: str | None) -> None:
    text = suggest(source, sheet)
    if target is None:
        click.echo(text, nl=False)
        return
    try:
        with target.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError as error:
        raise click.BadParameter(f"{target} đã có; không ghi đè", param_hint="--mapping") from error


@contextmanager
def _bar() -> Iterator[Callable[[int, int | None], None]]:
    """A progress bar on standard error, when that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _done, _size: None
        return
    with ExitStack() as stack:
        bars: list[Any] = []

        def show(done: int, size: int | None) -> None:
            if not bars:
                bars.append(stack.enter_context(click.progressbar(length=size, file=sys.stderr)))
            bars[0].update(done - bars[0].pos)

        yield show
