"""``donthu serve``: what ``make run`` leaves running."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.settings import ROOT
from tests.world import World

DONTHU = str(Path(sys.executable).with_name("donthu"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def children_of(pid: int) -> dict[str, int]:
    """The processes a supervisor started, by what they are."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rsplit(")", 1)[1].split()
            words = (entry.parent / "cmdline").read_text()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found["web" if "gunicorn" in words else "scheduler"] = int(entry.parent.name)
    return found


def wait_until(condition: object, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < until
        time.sleep(0.2)


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def served(world: World, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The supervisor over the test's database, which is not empty: no demonstration is loaded."""
    process = subprocess.Popen([DONTHU, "serve", "--port", str(port)], cwd=ROOT)
    try:
        wait_until(lambda: answers(port))
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(40)


def test_a_taken_port_is_told_before_anything_is_done(tmp_path: Path) -> None:
    """Leaves with 1 and one line; no database appears."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        env = {**os.environ, "DONTHU_DATA_DIR": str(tmp_path / "var")}
        env.pop("DATABASE_URL", None)
        done = subprocess.run(
            [DONTHU, "serve", "--port", str(other.getsockname()[1])],
            cwd=ROOT, capture_output=True, text=True, env=env, timeout=60,
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "var").exists()


@pytest.mark.proof
def test_the_two_are_kept_running_and_end_together(
    served: subprocess.Popen[bytes], port: int
) -> None:
    """Killed, each comes back; told to end, both are gone and the supervisor leaves with 0."""
    before = children_of(served.pid)
    assert set(before) == {"web", "scheduler"}
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)

    def back() -> bool:
        now = children_of(served.pid)
        return set(now) == set(before) and not set(now.values()) & set(before.values())

    wait_until(back)
    wait_until(lambda: answers(port))
    last = children_of(served.pid)
    served.send_signal(signal.SIGINT)
    assert served.wait(40) == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in last.values())
    wait_until(lambda: not answers(port))  # workers of the killed master notice within a moment
