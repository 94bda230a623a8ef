"""``donthu places``: administrative units, their outlines and flags, and finding one by any name."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from config import clock
from config.database import db
from petitions.cli.context import operating, with_app
from petitions.labels import label
from petitions.queries.places import Found, find
from petitions.services import places, populations, timekeeping
from petitions.text import vn_date
from workflows.records import FormerPart, PlaceFlagKind

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group("places")
def places_group() -> None:
    """Đơn vị hành chính: danh mục, ranh giới, đặc điểm địa bàn."""


@places_group.command("import")
@click.argument("source", metavar="FILE", type=FILE)
@with_app
def import_command(source: Path) -> None:
    """Nhập danh mục đơn vị (CSV, XLSX) hoặc ranh giới (GeoJSON).

    CSV, XLSX: code, name, kind, province_code, valid_from [, valid_to, merged_from, population,
    population_on]. Nhập lại cùng một tệp không thay đổi gì. Tên đơn vị cũ không đọc được liệt kê ở luồng lỗi, mã thoát vẫn là 0;
    tệp sai thì mã thoát là 2 và không ghi gì.
    """
    if source.suffix.lower() in places.GEOJSON:
        drawn = places.import_outlines(source)
        click.echo(
            f"{drawn.outlines} ranh giới: {drawn.added} mới, {drawn.changed} thay đổi,"
            f" {drawn.unchanged} giữ nguyên; cặp xã giáp ranh: {drawn.pairs_added} thêm,"
            f" {drawn.pairs_dropped} bỏ."
        )
        return
    today = clock.local_day(clock.now())
    counted = populations.read_people(source, today=today)
    listed = places.import_units(source, today=today)
    peopled = populations.keep(counted)
    for code, piece in listed.unreadable:
        click.echo(f"{code}: không đọc được: {piece}", err=True)
    click.echo(
        f"{listed.units} đơn vị: {listed.added} mới, {listed.changed} thay đổi,"
        f" {listed.unchanged} giữ nguyên, {listed.closed} kết thúc; tên cũ:"
        f" {listed.names_added} thêm, {listed.names_dropped} bỏ,"
        f" {len(listed.unreadable)} chỗ không đọc được."
    )
    if peopled:
        click.echo(f"Dân số: {peopled} đơn vị.")


@places_group.command("flag")
@click.argument("code")
@click.argument("flag", type=click.Choice([member.value for member in PlaceFlagKind]))
@click.option("--from", "begins", type=DAY, required=True, help="Ngày bắt đầu (YYYY-MM-DD).")
@click.option("--to", "ends", type=DAY, help="Ngày cuối cùng; không nêu: chưa biết.")
@click.option("--source", required=True, help="Văn bản làm căn cứ.")
@click.option("--dry-run", is_flag=True, help="Chỉ liệt kê các thời hạn sẽ thay đổi.")
@with_app
def flag_command(
    code: str, flag: str, begins: datetime, ends: datetime | None, source: str, dry_run: bool
) -> None:
    """Ghi nhận xã là địa bàn remote (vùng sâu, đi lại khó khăn) hoặc ethnic_minority.

    Thời hạn của hồ sơ đang mở phát sinh tại đó trong thời gian này được tính lại.
    """
    kind = PlaceFlagKind(flag)
    first, last = begins.date(), None if ends is None else ends.date()
    if dry_run:
        for moved in timekeeping.preview_flag(code, kind, first, last):
            click.echo(f"{moved.code} {moved.step.value}: {_day(moved.old)} → {_day(moved.new)}")
        return
    now = clock.now()
    done = timekeeping.set_flag(
        code, kind, first, last, source=source, reason=source, actor=operating(now), now=now
    )
    click.echo(
        f"{code}: {label(kind)} từ {vn_date(first)}; {done.cases_moved} hồ sơ được tính lại."
    )


@places_group.command("find")
@click.argument("text")
@click.option("--limit", type=click.IntRange(1, 50), default=10, show_default=True)
@with_app
def find_command(text: str, limit: int) -> None:
    """Tìm đơn vị hiện nay theo tên hiện nay hoặc tên cũ, có dấu hay không dấu.

    Sau dấu phẩy có thể nêu tỉnh: "an bình, sơn lâm".
    """
    found = find(text, limit)
    db.session.rollback()
    for place in found:
        click.echo(_line(place))
    if not found:
        click.echo("Không tìm thấy đơn vị nào.", err=True)


def _line(place: Found) -> str:
    where = f", {place.province}" if place.province else ""
    before = "; ".join(
        former.name
        if former.part is FormerPart.WHOLE
        else f"{label(former.part).lower()} {former.name}"
        for former in place.former
    )
    return f"{place.code}  {place.name}{where}" + (f"  (trước là: {before})" if before else "")


def _day(day: date | None) -> str:
    return "—" if day is None else vn_date(day)
