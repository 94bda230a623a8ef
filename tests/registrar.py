"""A process that registers cases until told to stop, and says each code once it is acknowledged."""

from __future__ import annotations

import sys
from dataclasses import replace

from config.settings import load_settings
from petitions.app import create_app
from petitions.services.intake import register
from tests.conftest import NOW
from tests.petitions.test_intake import COMPLAINT
from tests.world import known_actor


def main(username: str, count: int) -> None:
    """Register ``count`` cases as ``username``; one line per acknowledged code."""
    with create_app(load_settings()).app_context():
        actor = known_actor(username)
        for number in range(count):
            code = register(
                replace(COMPLAINT, summary=f"Đơn {number}"), actor=actor, now=NOW,
                key=f"{username}-{number}-{sys.argv[3]}",
            )  # fmt: skip
            sys.stdout.write(code + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
