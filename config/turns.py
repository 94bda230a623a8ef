"""Taking turns at the one writer SQLite allows.

``BEGIN IMMEDIATE`` alone is right but slow under contention: a process that finds the database locked
sleeps ever longer between tries. Threads of one process queue at a lock, processes at a file lock tried
every half millisecond; correctness stays with ``BEGIN IMMEDIATE`` and does not depend on either.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # no such call on Windows, where SQLite's own waiting has to do
    fcntl = None  # type: ignore[assignment]

PAUSE = 0.0005
"""Seconds between two tries at the file lock."""


class NoTurn(Exception):
    """The wait for the writer's turn grew longer than the patience allowed."""


class Turns:
    """The queue of one database file."""

    def __init__(self, database: Path, patience: float) -> None:
        self._threads = threading.Lock()
        self._path = database.with_name(f"{database.name}-turn")
        self._patience = patience

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Hold the turn for the block. Raises ``NoTurn``."""
        until = time.monotonic() + self._patience
        if not self._threads.acquire(timeout=self._patience):
            raise NoTurn
        try:
            with self._path.open("ab") as file:
                self._lock(file.fileno(), until)
                yield
        finally:
            self._threads.release()

    def _lock(self, descriptor: int, until: float) -> None:
        if fcntl is None:
            return
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise NoTurn from None
                time.sleep(PAUSE)
            else:
                return
