"""``donthu report``: a statistical table of any window, as JSON, as its cases or in the official shape."""

from __future__ import annotations

import json
import os
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from config import clock
from petitions.cli.context import with_app
from petitions.cli.users import DAY
from petitions.errors import Invalid, NotFound
from petitions.queries.statistics.figures import (
    Figure,
    Report,
    Unit,
    Window,
    cases,
    figures,
    reach,
    unit_named,
)
from petitions.queries.statistics.openings import with_openings
from petitions.queries.statistics.spec import Table, versions
from workflows.vocabulary import Actor

OWNER_ONLY = 0o600


@click.command("report")
@click.argument("name", metavar="TABLE")
@click.option("--version", required=True, help="tt01-2024 hoặc tt02-2021.")
@click.option("--from", "first", type=DAY, required=True, help="Ngày đầu kỳ.")
@click.option("--to", "last", type=DAY, required=True, help="Ngày cuối kỳ.")
@click.option("--unit", "code", metavar="CODE", help="Chỉ đơn vị này.")
@click.option("--as", "acting", metavar="USER", help="Chỉ những gì người này được xem.")
@click.option("--json", "as_json", is_flag=True, help="In bảng dạng JSON.")
@click.option(
    "--cases",
    "column",
    metavar="COLUMN",
    help="In mã các hồ sơ (lượt tiếp, buổi tiếp) đứng sau số liệu của cột.",
)
@click.option(
    "--xlsx",
    "out",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Ghi bảng theo mẫu vào tệp này.",
)
@with_app
def report_command(
    name: str,
    version: str,
    first: date,
    last: date,
    code: str | None,
    acting: str | None,
    as_json: bool,
    column: str | None,
    out: Path | None,
) -> None:
    """Bảng thống kê TABLE (01/TCD … 04/KQGQ) của kỳ --from đến --to.

    Không có --as thì mọi hồ sơ đều được tính và liệt kê: lệnh này dành cho người vận hành máy.
    """
    table = _table(name, version)
    if first > last:
        raise Invalid.at("--to", "Ngày cuối kỳ phải từ ngày đầu kỳ trở đi.")
    if not (as_json or column or out):
        raise click.UsageError("Hãy chọn --json, --cases COLUMN hoặc --xlsx FILE.")
    if out is not None and not out.parent.is_dir():
        raise click.BadParameter(f"không có thư mục {out.parent}", param_hint="--xlsx")
    reader = _reader(acting)
    unit, among = _among(code, reader)
    window = Window(first, last)
    if column is not None:
        try:
            found = cases(table, column, window, among=among, reader=reader)
        except NotFound as error:
            raise Invalid.at("--cases", error.message) from error
        for each in found:
            click.echo(each.code)
    if as_json or out is not None:
        report = with_openings(figures(table, window, among=among, reader=reader))
        _tell(report)
        if as_json:
            click.echo(json.dumps(_as_json(report), ensure_ascii=False))
        if out is not None:
            _write(report, unit, out)


def _table(name: str, version: str) -> Table:
    known = versions().get(version)
    if known is None:
        raise Invalid.at("--version", f"Chỉ có {', '.join(versions())}.")
    table = known.tables.get(name.upper())
    if table is None:
        raise Invalid.at("TABLE", f"{known.name} không có biểu này; có {', '.join(known.tables)}.")
    return table


def _reader(acting: str | None) -> Actor | None:
    if acting is None:
        return None
    from petitions.services import accounts

    person = accounts.principal_named(acting, clock.local_day(clock.now()))
    if person is None:
        raise Invalid.at("--as", "Không có tài khoản này, hoặc không còn hiệu lực.")
    return person.actor


def _among(code: str | None, reader: Actor | None) -> tuple[Unit | None, frozenset[int] | None]:
    """The unit asked for, and the units to count. A unit out of reach is like one that is not there."""
    reached = None if reader is None else reach(reader)
    if code is None:
        return None, reached
    try:
        unit = unit_named(code)
    except NotFound as error:
        raise Invalid.at("--unit", error.message) from error
    if reached is not None and unit.id not in reached:
        raise Invalid.at("--unit", "Không có đơn vị này.")
    return unit, frozenset({unit.id})


def _plain(value: Figure | None) -> int | float | None:
    """A figure as JSON knows numbers."""
    return float(value) if isinstance(value, Decimal) else value


def _as_json(report: Report) -> dict[str, Any]:
    return {
        "table": report.table.id,
        "version": report.table.version,
        "rows": [
            {
                "unit": line.unit.code,
                "columns": {str(number): _plain(value) for number, value in line.values.items()},
            }
            for line in report.lines
        ],
        "broken_identities": [
            {
                "unit": each.unit.code,
                "identity": each.identity.text,
                "left": each.left,
                "right": each.right,
                "hard": not each.identity.soft,
                "reason": each.identity.soft,
            }
            for each in report.broken
        ],
    }


def _tell(report: Report) -> None:
    """What the figures leave out, beside them."""
    from petitions.queries.statistics.telling import notes

    for note in notes(report):
        click.echo(note, err=True)


def _write(report: Report, unit: Unit | None, out: Path) -> None:
    from petitions.documents.official_tables import Signing, official_table
    from petitions.installation import installation

    now = clock.now()
    signing = Signing("" if unit is None else unit.name, clock.local_day(now))
    folder = installation().settings.data_dir / "working"
    with (
        official_table(report, signing, made=now, folder=folder) as file,
        os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY), "wb") as target,
    ):
        target.write(file.read())
