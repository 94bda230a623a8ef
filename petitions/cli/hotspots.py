"""``donthu hotspots``: ``detect`` reads a file of weekly counts and needs no database, ``scan`` the register."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

import click

from workflows.hotspots import (
    BadTable,
    WeeklyCounts,
    WeekScan,
    parse_monday,
    read_counts,
    read_neighbours,
    scan,
)

T = TypeVar("T")

HEADER = "area,field,week,score,alarm,window,observed,expected,p"


class Monday(click.ParamType[date]):
    """An ISO Monday."""

    name = "monday"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return parse_monday(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("hotspots")
def hotspots_group() -> None:
    """Điểm nóng: nơi và lĩnh vực đơn thư tăng bất thường."""


@hotspots_group.command("detect")
@click.argument("source", metavar="IN.csv", type=FILE)
@click.argument("target", metavar="OUT.csv", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--from",
    "first",
    type=Monday(),
    envvar="HOTSPOT_FROM",
    show_envvar=True,
    help="Thứ hai của tuần đầu tiên cần kết quả; nếu không nêu: 104 tuần cuối.",
)
@click.option(
    "--neighbours",
    type=FILE,
    envvar="HOTSPOT_ADJ",
    show_envvar=True,
    help="CSV area,neighbour: các xã giáp ranh.",
)
def detect_command(source: Path, target: Path, first: date | None, neighbours: Path | None) -> None:
    """Quét IN.csv (area,field,week,count) và ghi điểm, báo động từng tuần ra OUT.csv.

    Mã thoát 2 khi dữ liệu vào sai, kèm số dòng và tên cột; khi đó không ghi OUT.csv.
    """
    table = _read(source, read_counts)
    pairs = _read(neighbours, read_neighbours) if neighbours else []
    lines = [HEADER]
    alarms, by_chance, weeks = 0, 0.0, 0
    if table is not None:
        start = None if first is None else max(0, table.week_of(first))
        for found in scan(table, start, pairs):
            lines += _rows(table, found)
            alarms += int(found.alarm.sum())
            by_chance += found.expected_false
            weeks += 1
    try:
        _write(target, "\n".join(lines) + "\n")
    except OSError as error:
        click.echo(f"{target}: {error.strerror}", err=True)
        sys.exit(1)
    if weeks:
        click.echo(
            f"{weeks} tuần, {alarms} báo động; ước khoảng {by_chance / weeks:.2f} báo động"
            " mỗi tuần chỉ do ngẫu nhiên",
            err=True,
        )


@hotspots_group.command("scan")
@click.option(
    "--week",
    type=Monday(),
    help="Thứ hai của tuần cần quét; nếu không nêu: mọi tuần đã hết mà chưa quét.",
)
def scan_command(week: date | None) -> None:
    """Quét điểm nóng từ hồ sơ: mỗi tuần một lần, nhiều nhất 12 tuần còn thiếu, tuần cũ trước.

    Tuần đã quét thì không quét lại; đơn nhập muộn được tính ở lần quét sau.
    """
    from petitions.cli.hotspot_scan import run

    run(week)


def _read(path: Path, read: Callable[[bytes], T]) -> T:
    """The file through ``read``; a fault leaves with 2 and one line naming row and column."""
    try:
        return read(path.read_bytes())
    except BadTable as error:
        click.echo(f"{path}: {error}", err=True)
    except OSError as error:
        click.echo(f"{path}: {error.strerror}", err=True)
    sys.exit(2)


def _rows(table: WeeklyCounts, found: WeekScan) -> list[str]:
    monday = found.monday.isoformat()
    areas, fields = _quoted(table.areas), _quoted(table.fields)
    return [
        f"{areas[area]},{fields[field]},{monday},{score:.4f},{alarm:d},{window},{observed},"
        f"{expected:.4g},{p:.3g}"
        for area, field, score, alarm, window, observed, expected, p in zip(
            table.area_of[found.series].tolist(),
            table.field_of[found.series].tolist(),
            found.score.tolist(),
            found.alarm.tolist(),
            found.window.tolist(),
            found.observed.tolist(),
            found.expected.tolist(),
            found.p.tolist(),
            strict=True,
        )
    ]


def _quoted(names: tuple[str, ...]) -> list[str]:
    return [
        '"' + name.replace('"', '""') + '"' if any(mark in name for mark in ',"\n\r') else name
        for name in names
    ]


def _write(target: Path, text: str) -> None:
    """Whole or not at all: a reader never sees half a file."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    fresh = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
        fresh.chmod(0o644)
        fresh.replace(target)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
