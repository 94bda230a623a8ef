"""The scan of the register behind ``donthu hotspots scan``; apart from ``detect``, which needs no database."""

from __future__ import annotations

from datetime import date

import click

from config import clock
from config.database import Busy
from petitions.cli.context import with_app
from petitions.services.hotspots import scan


@with_app
def run(week: date | None) -> None:
    """Scan what is not scanned yet up to ``week`` and say what was found."""
    try:
        done = scan(clock.now(), week=week)
    except Busy as error:
        raise click.ClickException("Cơ sở dữ liệu đang bận; hãy chạy lại sau ít phút.") from error
    click.echo(
        f"Đã quét {done.weeks} lượt tuần: {done.alarms} báo động, "
        f"đưa {done.listed} điểm lên danh sách."
    )
