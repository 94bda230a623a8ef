"""A process that signs a sheet, and may be killed in the middle of it."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from sqlalchemy import event

from config.database import db
from config.settings import load_settings
from petitions.app import create_app
from petitions.errors import NotAllowedNow, Stale
from petitions.services.sheet_signing import sign
from tests.conftest import NOW
from tests.world import known_actor


def main(uid: str, username: str, version: int, how: str) -> None:
    """Sign as ``username``; ``killed`` dies before the tables of the signature are written."""
    with create_app(load_settings()).app_context():
        if how == "killed":
            event.listen(db.engine, "before_cursor_execute", _die)
        try:
            sign(uid, version=version, actor=known_actor(username), now=NOW)
        except (Stale, NotAllowedNow):
            sys.stdout.write("stale")
        else:
            sys.stdout.write("signed")


def _die(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    if "INTO signed_table" in statement:
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
