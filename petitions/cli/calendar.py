"""``donthu calendar``: the table of days off as a file, and a file's changes into the table."""

from __future__ import annotations

import json
from pathlib import Path

import click

from config.clock import now
from petitions.cli.context import operating, with_app
from petitions.cli.moves import print_moves
from petitions.services import timekeeping
from workflows.calendar_files import CalendarError, export_calendar, load_calendar
from workflows.working_days import CalendarYear

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("calendar")
def calendar_group() -> None:
    """Lịch làm việc."""


@calendar_group.command("export")
@click.argument("target", metavar="[OUT.json]", default="-")
@with_app
def export(target: str) -> None:
    """Ghi lịch đang dùng ra OUT.json (đọc lại được bằng --calendar và apply)."""
    content = json.dumps(
        export_calendar(timekeeping.calendar_years()), ensure_ascii=False, indent=1
    )
    with click.open_file(target, "w", encoding="utf-8", atomic=target != "-") as out:
        out.write(content + "\n")


@calendar_group.command("diff")
@click.argument("source", metavar="FILE", type=FILE)
@with_app
def diff(source: Path) -> None:
    """Cho biết thời hạn đang mở nào sẽ đổi nếu dùng lịch trong FILE."""
    print_moves(timekeeping.preview_calendar(_years(source)))


@calendar_group.command("apply")
@click.argument("source", metavar="FILE", type=FILE)
@click.option("--reason", required=True, help="Lý do, văn bản làm căn cứ.")
@with_app
def apply(source: Path, reason: str) -> None:
    """Thay lịch các năm có trong FILE và tính lại thời hạn đang mở."""
    instant = now()
    outcome = timekeeping.change_calendar(
        _years(source), reason=reason, actor=operating(instant), now=instant
    )
    click.echo(f"Đã đổi lịch; tính lại {outcome.cases_moved} hồ sơ.")


@calendar_group.command("resume")
@with_app
def resume() -> None:
    """Tính tiếp những lần thay đổi lịch, luật, địa bàn bị dừng giữa chừng."""
    instant = now()
    actor = operating(instant)
    for change_id in timekeeping.unfinished():
        outcome = timekeeping.resume(change_id, actor=actor, now=instant)
        click.echo(f"Lần thay đổi {change_id}: tính lại {outcome.cases_moved} hồ sơ.")


def _years(source: Path) -> list[CalendarYear]:
    try:
        return list(load_calendar([source]).years.values())
    except CalendarError as error:
        click.echo(str(error), err=True)
        raise click.exceptions.Exit(2) from error
