"""``donthu backup`` and ``donthu restore``: the whole state in one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import click

from config import clock
from config.settings import load_settings
from petitions.cli.context import with_app
from petitions.services import backup_restore
from petitions.services.backup import backup

ANCHORS = {
    "none": "không có trong bản sao lưu",
    "restored": "đã khôi phục",
    "kept": "giữ tệp đang có",
    "foreign": "bỏ qua vì ký bằng khóa khác",
}


@click.command("backup")
@click.argument("target", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@with_app
def backup_command(target: Path) -> None:
    """Sao lưu toàn bộ dữ liệu và tệp đính kèm vào FILE trong khi hệ thống vẫn chạy.

    Khóa niêm phong không nằm trong FILE; phải giữ riêng.
    """
    try:
        manifest = backup(target, clock.now())
    except OSError as error:
        _fail(f"{target}: không ghi được: {error.strerror}")
    if manifest.missing:
        click.echo(f"Thiếu {len(manifest.missing)} tệp đính kèm trong kho lưu trữ.", err=True)
    click.echo(
        f"Đã sao lưu {manifest.rows['case_file']} hồ sơ, {sum(manifest.rows.values())} dòng, "
        f"{manifest.papers} tệp vào {target}. Khóa cần giữ: {manifest.key}"
    )


@click.command("restore")
@click.argument(
    "source",
    metavar="FILE",
    required=False,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option(
    "--without-sealed",
    is_flag=True,
    help="Khôi phục không có phần niêm phong (danh tính người tố cáo, bản gốc), khi không còn khóa.",
)
@click.option(
    "--release-mail",
    is_flag=True,
    help="Cho gửi thư chưa gửi đang bị giữ sau một lần khôi phục; không dùng cùng FILE.",
)
def restore_command(source: Path | None, without_sealed: bool, release_mail: bool) -> None:
    """Khôi phục bản sao lưu FILE vào một hệ thống còn trống."""
    if (source is None) != release_mail:
        raise click.UsageError("cần đúng một trong hai: FILE hoặc --release-mail")
    if source is None:
        with_app(_release)()
        return
    key_file = load_settings().key_file
    if not key_file.exists() and not without_sealed:
        # starting the application would make new keys, in the place where the old ones belong
        _fail(f"{key_file}: hãy đặt tệp khóa của hệ thống cũ vào đây trước, hoặc --without-sealed")
    with_app(_restore)(source, without_sealed)


def _restore(source: Path, without_sealed: bool) -> None:
    try:
        done = backup_restore.restore(source, clock.now(), without_sealed=without_sealed)
    except OSError as error:
        _fail(f"{error.filename or source}: {error.strerror}; không khôi phục gì")
    click.echo(
        f"Đã khôi phục {done.manifest.rows['case_file']} hồ sơ, {done.rows} dòng, sao lưu lúc "
        f"{done.manifest.created}. Tệp neo: {ANCHORS[done.anchors]}."
    )
    if without_sealed:
        click.echo(
            f"Không có phần niêm phong của {done.cases_without_seals} hồ sơ tố cáo; "
            f"bỏ {done.papers_left_out} tệp niêm phong."
        )
    if done.held:
        click.echo(
            f"{done.held} thư chưa gửi đang được giữ; cho gửi bằng: donthu restore --release-mail"
        )


def _release() -> None:
    click.echo(f"Đã cho gửi {backup_restore.release_mail(clock.now())} thư.")


def _fail(line: str) -> NoReturn:
    click.echo(line, err=True)
    raise click.exceptions.Exit(1)
