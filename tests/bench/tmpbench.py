"""``make bench``: our work beside the floor's, interleaved in one run, printed as ratios.

Reads ratios, not milliseconds: both servers share the machine with the client.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, select, text

from config.database import db, prepare_engine, transaction
from config.settings import ROOT, load_settings
from petitions.app import create_app
from petitions.models import Case, CaseText, User
from petitions.services.accounts import new_token
from petitions.services.passwords import hashed
from petitions.text import fold_words
from tests.bench import casework
from tests.bench.casework import Filled
from tests.conftest import NOW
from tests.databases import PostgresDatabases, SqliteDatabases, postgres_server

ROUNDS, CLIENTS, SECONDS = 200, 8, 4.0
PASSWORD = "mat-khau-do-toc-do"  # noqa: S105
TARGETS = {}
X = {
    "search with marks": 3.0, "search without marks": 3.0, "sweep": 5.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One measured job: medians in milliseconds."""

    job: str
    ours: float
    floor: float

    @property
    def ratio(self) -> float:
        """Ours over the floor's."""
        return self.ours / self.floor


class Server:
    """A gunicorn of two threaded workers on a free loopback port."""

    def __init__(self, target: str, env: dict[str, str]) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--no-control-socket", "-b", f"127.0.0.1:{self.port}",
             "-w", "2", "-k", "gthread", "--threads", "4", "--preload", "--log-level", "error", target],
            cwd=ROOT, env={**os.environ, **env},
        )  # fmt: skip
        self._await()

    def _await(self) -> None:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.2).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise RuntimeError("the server did not come up")

    def close(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(20)


class Client:
    """A keep-alive connection with cookies enough for a session."""

    def __init__(self, port: int, headers: dict[str, str] | None = None) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.headers = dict(headers or {})

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> bytes:
        """The answer's body; raises on a refusal."""
        sent = {**self.headers, **headers}
        data = body
        if isinstance(body, dict) and "Content-Type" not in sent:
            data = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        self.connection.request(method, path, data, sent)
        answer = self.connection.getresponse()
        content = answer.read()
        cookie = answer.getheader("Set-Cookie")
        if cookie:
            self.headers["Cookie"] = cookie.split(";")[0]
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:300]!r}")
        return content


def main() -> None:
    """Measure both databases at the given size."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    arguments = parser.parse_args()
    sizes = sorted({min(10_000, arguments.size), arguments.size})
    for product in ("sqlite", "postgresql"):
        if arguments.only in (None, product):
            found = {size: measure(product, size) for size in sizes}
            report(product, found)


def report(product: str, found: dict[int, list[Line]]) -> None:
    """The table of one database."""
    small, large = min(found), max(found)
    print(f"\n{product}: medians in ms, x = ratio to the floor of the same run")
    print(f"{'job':<28}{f'{small} cases':>26}{f'{large} cases':>26}{'growth':>9}  target")
    for first, last in zip(found[small], found[large], strict=True):
        cells = "".join(f"{x.ours:>9.2f} /{x.floor:>7.2f} x{x.ratio:>5.1f}" for x in (first, last))
        target = TARGETS.get(first.job)
        print(f"{first.job:<28}{cells:>52}{last.ours / first.ours:>8.2f}x  {'' if target is None else f'<= {target:g}'}")


def measure(product: str, size: int) -> list[Line]:
    """All jobs on one database of ``size`` cases."""
    with ExitStack() as stack:
        url, floor_url = stack.enter_context(databases(product))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        env = {"DATABASE_URL": url, "DONTHU_DATA_DIR": str(folder), "SECRET_KEY": "bench",
               "DONTHU_LOG_LEVEL": "ERROR", "FLOOR_URL": floor_url}  # fmt: skip
        os.environ.update(env)
        app = create_app(load_settings())
        stack.enter_context(app.app_context())
        filled = casework.fill(size)
        prepare_floor(floor_url, product)
        tokens = {name: token_of(name, filled) for name in ("lan", *filled.officers)}
        _password(filled)
        ours, floor = Server("wsgi:app", env), Server("tests.bench.floor:app", env)
        stack.callback(ours.close)
        stack.callback(floor.close)
        lines = list(compare(ours.port, floor.port, filled, tokens))
        db.session.remove()
        db.engine.dispose()
        return lines


@contextmanager
def databases(product: str) -> Iterator[tuple[str, str]]:
    """A database for us and one for the floor, of the same product on the same disk."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        if product == "sqlite":
            source: SqliteDatabases | PostgresDatabases = SqliteDatabases(Path(folder))
        else:
            server = stack.enter_context(postgres_server(durable=True))
            source = PostgresDatabases(server)
        yield stack.enter_context(source.fresh()), stack.enter_context(source.fresh())


def prepare_floor(url: str, product: str) -> None:
    """The same cases in one plain table with the index each job wants."""
    rows = db.session.execute(
        select(Case.code, Case.summary, CaseText.content, Case.next_due, Case.officer_id, Case.open, CaseText.search)
        .join(CaseText, CaseText.case_id == Case.id)
        .order_by(Case.id)
    ).all()
    engine = create_engine(url)
    prepare_engine(engine)
    key = "INTEGER PRIMARY KEY" if product == "sqlite" else "BIGSERIAL PRIMARY KEY"
    with engine.begin() as connection:
        connection.execute(
            text(f"CREATE TABLE floor (id {key}, code TEXT UNIQUE, summary TEXT, content TEXT, due TEXT, officer TEXT, open BOOLEAN, search TEXT)")
        )
        connection.execute(
            text("INSERT INTO floor (code, summary, content, due, officer, open, search) VALUES (:a, :b, :c, :d, :e, :f, :g)"),
            [{"a": r[0], "b": r[1], "c": r[2], "d": r[3].isoformat(), "e": str(r[4]), "f": r[5], "g": r[6]} for r in rows],
        )
        connection.execute(text("CREATE INDEX floor_queue ON floor (officer, due, id) WHERE open"))
        if product == "sqlite":
            connection.execute(text("CREATE VIRTUAL TABLE floor_search USING fts5(search, content='floor', content_rowid='id', prefix='2 3')"))
            connection.execute(text("INSERT INTO floor_search(floor_search) VALUES ('rebuild')"))
        else:
            connection.execute(text("ALTER TABLE floor ADD COLUMN vector tsvector GENERATED ALWAYS AS (to_tsvector('simple', coalesce(search, ''))) STORED"))
            connection.execute(text("CREATE INDEX floor_gin ON floor USING gin (vector)"))
            connection.execute(text("ANALYZE floor"))
    engine.dispose()
    db.session.rollback()


def token_of(name: str, filled: Filled) -> str:
    """A bearer token of one of the cast."""
    from tests.world import known_actor

    return new_token(known_actor(name), "bench", 30, NOW)


def _password(filled: Filled) -> None:
    with transaction() as session:
        session.scalars(select(User).where(User.username == filled.officers[0])).one().password_hash = hashed(PASSWORD)


def compare(port: int, floor_port: int, filled: Filled, tokens: dict[str, str]) -> Iterator[Line]:
    """The HTTP jobs, ours and the floor's in turn."""
    officer = filled.officers[0]
    floor = Client(floor_port)
    clerk = Client(port, {"Authorization": f"Bearer {tokens['lan']}"})
    api = Client(port, {"Authorization": f"Bearer {tokens[officer]}"})
    page = None
    own = db.session.scalar(select(User.id).where(User.username == officer))
    db.session.rollback()
    code = filled.codes[0]
    yield pair("register", lambda: clerk.ask("POST", "/api/v1/cases", registration(), **{"Idempotency-Key": uuid.uuid4().hex}),
               lambda: floor.ask("POST", "/create", floor_row()))  # fmt: skip
    yield pair("queue JSON", lambda: api.ask("GET", "/api/v1/cases?mine=true&limit=50"), lambda: floor.ask("GET", f"/queue/{own}"))
    for job, words in (("search with marks", casework.RARE), ("search without marks", "thuy loi dong dang")):
        asked = words_of(words, floor_url=os.environ["FLOOR_URL"])
        yield pair(job, lambda words=words: api.ask("GET", f"/api/v1/cases/search?q={quoted(words)}"),
                   lambda asked=asked: floor.ask("POST", "/search", {"asked": asked}))  # fmt: skip
    ours = throughput(port, lambda client: client.ask("POST", "/api/v1/cases", registration(), **{"Idempotency-Key": uuid.uuid4().hex}),
                      {"Authorization": f"Bearer {tokens['lan']}"})  # fmt: skip
    theirs = throughput(floor_port, lambda client: client.ask("POST", "/create", floor_row()), {})
    yield Line("register, 8 clients (ms/req)", 1000 / ours, 1000 / theirs)


def pair(job: str, ours: Callable[[], object], floor: Callable[[], object]) -> Line:
    """Medians of ``ROUNDS`` requests each, in turn after a warm-up."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(ROUNDS + 10):
        for work, kept in zip((ours, floor), times, strict=True):
            start = time.perf_counter()
            work()
            if turn >= 10:
                kept.append((time.perf_counter() - start) * 1000)
    return Line(job, statistics.median(times[0]), statistics.median(times[1]))


def throughput(port: int, work: Callable[[Client], object], headers: dict[str, str]) -> float:
    """Requests a second of eight clients."""
    done, until = [0] * CLIENTS, time.perf_counter() + SECONDS

    def run(slot: int) -> None:
        client = Client(port, headers)
        while time.perf_counter() < until:
            work(client)
            done[slot] += 1

    threads = [threading.Thread(target=run, args=(slot,)) for slot in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / SECONDS


def signed_in(port: int, name: str) -> Client:
    """A browser-like client with a session."""
    client = Client(port)
    form = client.ask("GET", "/dang-nhap").decode()
    fields = dict(re.findall(r'name="(csrf_token|_once)"[^>]*value="([^"]*)"', form))
    body = "&".join(f"{key}={quoted(value)}" for key, value in {**fields, "username": name, "password": PASSWORD}.items())
    client.ask("POST", "/dang-nhap", body.encode(), **{"Content-Type": "application/x-www-form-urlencoded"})
    return client


def registration() -> dict[str, Any]:
    """A complaint of ordinary size."""
    return {
        "kind": "complaint", "source": "post", "received_on": casework.TODAY.isoformat(),
        "summary": "Khiếu nại quyết định thu hồi đất", "content": "nội dung đơn khiếu nại về đất đai " * 8,
        "field_code": "thu-hoi-dat", "place_code": "99001",
        "parties": [{"name": "Nguyễn Văn Đức", "birth_year": 1970, "address": "Thôn Đoài"}],
        "respondents": [{"name": "Phạm Văn Giang", "position": "Cán bộ địa chính"}],
    }  # fmt: skip


def floor_row() -> dict[str, Any]:
    """The floor's one row of the same words."""
    given = registration()
    return {"code": uuid.uuid4().hex, "summary": given["summary"], "content": given["content"],
            "due": "2026-12-02", "officer": "1"}  # fmt: skip


def words_of(words: str, floor_url: str) -> str:
    """The query as the floor's database wants it."""
    folded = fold_words(words)
    return " & ".join(folded) if floor_url.startswith("postgresql") else " ".join(f'"{w}"' for w in folded)


def quoted(words: str) -> str:
    """For an address or a form."""
    from urllib.parse import quote

    return quote(words, safe="")


if __name__ == "__main__":
    main()
