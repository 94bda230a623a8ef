"""A process that composes and sends until it is killed; impatient, so that a test need not wait minutes.

Its clock runs from nine in the morning of a working day, the same in every such process.
"""

from __future__ import annotations

import os
import random
import sys
import time
from datetime import UTC, datetime, timedelta

from notifications import delivery, transport
from petitions.app import create_app
from petitions.services import mailing
from petitions.services.mailing import Post

MORNING = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def main(started: float) -> None:
    """Run rounds for ever; each is announced when it is over."""
    delivery.LEASE = timedelta(seconds=4)
    delivery.FIRST_PAUSE = timedelta(seconds=1)
    transport.TIMEOUT = 2
    mailing.FLOOR = 100_000

    def clock() -> datetime:
        return MORNING + timedelta(seconds=time.time() - started)

    with create_app().app_context():
        post = Post(f"process-{os.getpid()}", clock, random.random, lambda _session: None)
        print("ready", flush=True)
        while True:
            post.run()
            time.sleep(0.2)


if __name__ == "__main__":
    main(float(sys.argv[1]))
