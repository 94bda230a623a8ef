"""``donthu scheduler`` and the web as they are shipped, on a clock of the proof's own.

The file named by ``OFFICE_DOOR`` opens the day: before it exists it is 06:30 of a working morning and
seconds are seconds; from its time on it is 07:29, and a minute goes by each second. The lease of a
mail and the pauses between tries keep their length on that clock: five minutes are five seconds.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask

from config import clock
from notifications import transport

EARLY = datetime(2026, 11, 19, 23, 30, tzinfo=UTC)
MORNING = EARLY + timedelta(minutes=59)
PACE = 60
DOOR = "OFFICE_DOOR"


def wind_up() -> None:
    """From now on the house reads that clock; a silent mail server is left after two seconds."""
    door, started = Path(os.environ[DOOR]), time.time()

    def now() -> datetime:
        try:
            opened = door.stat().st_mtime
        except FileNotFoundError:
            return EARLY + timedelta(seconds=min(time.time() - started, 1800))
        return MORNING + timedelta(seconds=(time.time() - opened) * PACE)

    clock.now = now
    transport.TIMEOUT = 2


def web() -> Flask:
    """What gunicorn runs."""
    from petitions.app import create_app

    wind_up()
    return create_app()


if __name__ == "__main__":
    from petitions.cli.watch import scheduler_command

    wind_up()
    scheduler_command(args=[])
