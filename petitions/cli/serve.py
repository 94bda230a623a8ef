"""``donthu serve``: everything a fresh clone needs to be looked at, web and scheduler side by side."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from threading import Event

import click

from config.settings import ROOT

HOST = "127.0.0.1"
WORKERS, THREADS = 2, 4
MOST_DEATHS, WITHIN = 5, 60.0
"""A child that dies so often in so many seconds has a fault no restart mends."""
PATIENCE = 15.0
"""Seconds a child has to end by itself."""


class Child:
    """One supervised process."""

    def __init__(self, command: Sequence[str]) -> None:
        self.command = command
        self.deaths: deque[float] = deque(maxlen=MOST_DEATHS)
        self.start()

    def start(self) -> None:
        """Start it, or start it anew."""
        self.process = subprocess.Popen(self.command, cwd=ROOT)  # noqa: S603  our own programs

    def revive(self) -> bool:
        """Start it again if it died; whether there is still hope."""
        if self.process.poll() is None:
            return True
        self.deaths.append(time.monotonic())
        if len(self.deaths) == MOST_DEATHS and self.deaths[-1] - self.deaths[0] < WITHIN:
            return False
        self.start()
        return True

    def end(self) -> None:
        """Ask it to end, then end it."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@click.command("serve")
@click.option("--port", default=8000, show_default=True, help="Cổng của trang web trên máy này.")
def serve_command(port: int) -> None:
    """Tạo cơ sở dữ liệu và dữ liệu minh họa nếu chưa có, rồi chạy trang web cùng các việc định kỳ.

    Trình nào dừng thì được chạy lại; Ctrl-C dừng cả hai.
    """
    if _taken(port):
        raise click.ClickException(f"Cổng {port} đang có chương trình khác dùng.")
    _install()
    stop = Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, lambda _signum, _frame: stop.set())
    click.echo(f"http://{HOST}:{port}")
    children = [Child(_web(port)), Child([_beside_python("donthu"), "scheduler"])]
    try:
        while not stop.wait(1):
            if not all(child.revive() for child in children):
                raise click.ClickException("Một tiến trình dừng liên tục; xem nhật ký ở trên.")
    finally:
        for child in children:
            child.end()


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False


def _install() -> None:
    """The database at the schema of this program, with its reference data and, once, the demonstration."""
    from config.database import db, transaction
    from petitions import schema
    from petitions.app import create_app
    from petitions.cli.demo import load_if_empty
    from petitions.installation import installation
    from petitions.services import reference

    with create_app().app_context():
        schema.upgrade(db.engine)
        with transaction() as session:
            reference.seed(session, installation().settings.law_dir)
        load_if_empty()
        db.session.remove()
        db.engine.dispose()


def _web(port: int) -> list[str]:
    return [
        _beside_python("gunicorn"), "--bind", f"{HOST}:{port}", "--worker-class", "gthread",
        "--workers", str(WORKERS), "--threads", str(THREADS), "--no-control-socket", "wsgi:app",
    ]  # fmt: skip


def _beside_python(program: str) -> str:
    return str(Path(sys.executable).with_name(program))
