"""``donthu key``: the sealing keys in their file outside the database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from config.settings import load_settings
from petitions.cli.context import with_app
from petitions.sealing import KeyFileError, Keyring


@click.group("key")
def key_group() -> None:
    """Khóa niêm phong, cất trong tệp ngoài cơ sở dữ liệu."""


@key_group.command("new")
def new() -> None:
    """Tạo tệp khóa mới; không bao giờ ghi đè tệp đã có."""
    _show(Keyring.generate)


@key_group.command("fingerprint")
def fingerprint() -> None:
    """In dấu vân tay của khóa hiện dùng, để đối chiếu với bản sao lưu."""
    _show(Keyring.load)


@key_group.command("rotate")
@click.option(
    "--resume", is_flag=True, help="Không thêm khóa chủ mới, chỉ bọc lại các khóa còn sót."
)
def rotate(resume: bool) -> None:
    """Thêm một khóa chủ mới và bọc lại khóa của mọi hồ sơ; ngắt giữa chừng thì chạy lại với --resume."""
    _show(Keyring.load if resume else Keyring.rotate)
    _rewrap()


@with_app
def _rewrap() -> None:
    from petitions.services.rewrapping import rewrap_case_keys

    looked, rewrapped = rewrap_case_keys()
    click.echo(f"Đã bọc lại {rewrapped} trên {looked} khóa hồ sơ.")


def _show(step: Callable[[Path], Keyring]) -> None:
    """Run one step on the key file and print the fingerprint it leaves; a refusal exits with 1."""
    try:
        ring = step(load_settings().key_file)
    except KeyFileError as error:
        click.echo(error.message, err=True)
        raise click.exceptions.Exit(1) from error
    click.echo(ring.fingerprint())
