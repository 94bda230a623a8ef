"""``make bench``: our work beside the floor's, interleaved in one run, printed as ratios.

Reads ratios, not milliseconds: both servers share the machine with the client.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
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
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import create_engine, select, text

from config.database import db, prepare_engine, transaction
from config.settings import ROOT, load_settings
from petitions.app import create_app
from petitions.models import Case, CaseText, User
from petitions.services.accounts import new_token
from petitions.services.passwords import hashed
from petitions.text import fold_words
from tests.bench import casework, inspection, ladder, paint, sweep, tables
from tests.bench.casework import Filled
from tests.conftest import NOW
from tests.databases import PostgresDatabases, SqliteDatabases, postgres_server
from tests.world import known_actor

ROUNDS, CLIENTS, SECONDS = 200, 8, 4.0
PASSWORD = "mat-khau-do-toc-do"
TARGETS = {
    "register": 3.0, "queue JSON": 3.0, "queue page": 4.0, "stations page": 8.0, "morning page": 20.0, "case page": 4.0,
    "search with marks": 3.0, "search without marks": 3.0, "sweep": 5.0,
    "inspection queue": 3.0, "inspection queue, deep": 3.0,
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
            [sys.executable, "-m", "gunicorn", "--no-control-socket", "--keep-alive", "60", "--graceful-timeout", "3", "-b", f"127.0.0.1:{self.port}",
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
            report(product, {size: measure(product, size) for size in sizes})
            import_speed(product, min(arguments.size, 30_000))


def report(product: str, found: dict[int, list[Line]]) -> None:
    """The table of one database."""
    small, large = min(found), max(found)
    print(f"\n{product}: medians in ms, x = ratio to the floor of the same run")
    print(f"{'job':<28}{f'{small} cases':>26}{f'{large} cases':>26}{'growth':>9}  target")
    for first, last in zip(found[small], found[large], strict=True):
        cells = "".join(f"{x.ours:>9.2f} /{x.floor:>7.2f} x{x.ratio:>5.1f}" for x in (first, last))
        target = TARGETS.get(first.job, tables.TARGET if first.job.startswith("table") else None)
        print(
            f"{first.job:<28}{cells:>52}{last.ours / first.ours:>8.2f}x  {'' if target is None else f'<= {target:g}'}"
        )


def measure(product: str, size: int) -> list[Line]:
    """All jobs on one database of ``size`` cases."""
    with house(product) as (env, source):
        filled = casework.fill(size)
        with source.fresh() as floor_url, ExitStack() as stack:
            prepare_floor(floor_url, product)
            tokens = {name: token_of(name) for name in ("lan", filled.officers[0])}
            _password(filled)
            servers = {**env, "FLOOR_URL": floor_url}
            ours, floor = Server("wsgi:app", servers), Server("tests.bench.floor:app", servers)
            stack.callback(ours.close)
            stack.callback(floor.close)
            lines = list(compare(ours.port, floor.port, floor_url, filled, tokens))
            paths = ("/sang-nay", "/tram", "/ho-so", f"/ho-so/{filled.codes[0]}", "/dang-ky")
            for each in paint.first_paints(ours.port, filled.officers[0], PASSWORD, paths):
                print(
                    f"{product}, {size} cases: first paint of {each.path} {each.milliseconds:.0f} ms, "
                    f"processor throttled {paint.THROTTLED}x   aim < {paint.AIM} ms"
                )
        lines += sweep.lines(Line)
        lines += tables.lines(Line)
        lines += ladder.lines(Line)
        lines += inspection.lines(Line)
    return lines


def import_speed(product: str, rows: int) -> None:
    """``donthu import`` of a register like the real one: rows a second and peak memory."""
    with house(product) as (env, _), tempfile.TemporaryDirectory() as folder:
        register = Path(folder) / "register.csv"
        write_register(register, rows)
        command = [str(Path(sys.executable).with_name("donthu")), "import", str(register),
                   "--mapping", str(ROOT / "config" / "import" / "nyc-council.toml"), "--json"]  # fmt: skip
        start = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **env}, stdout=subprocess.DEVNULL
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        if status:
            raise RuntimeError("the import failed")
        peak = usage.ru_maxrss / 1024
        print(
            f"{product}: import {rows / seconds:,.0f} rows/s, peak {peak:.0f} MiB   target >= 3,000 rows/s (SQLite), < 300 MiB"
        )


def write_register(path: Path, rows: int) -> None:
    """A register of made-up casework in the columns of the ready mapping."""
    source = random.Random(11)
    header = "unique_key,account,opendate,closedate,complaint_type,descriptor,zip,borough,city,council_dist,community_board"
    with path.open("w", encoding="utf-8") as file:
        file.write(header + "\n")
        for number in range(rows):
            office = f"NYCC{source.randrange(1, 52):02d}"
            opened = date(2015, 1, 1) + timedelta(days=source.randrange(1400))
            closed = (
                ""
                if number % 170 == 0
                else (opened + timedelta(days=source.randrange(300))).isoformat()
            )
            file.write(
                f"K{number},{office},{opened.isoformat()},{closed},Field {number % 40},Word {number % 300},10009,B,C,{office},01 B\n"
            )


@contextmanager
def house(product: str) -> Iterator[tuple[dict[str, str], SqliteDatabases | PostgresDatabases]]:
    """The application over an empty database of its own, inside its context."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        source: SqliteDatabases | PostgresDatabases
        if product == "sqlite":
            source = SqliteDatabases(Path(folder))
        else:
            source = PostgresDatabases(stack.enter_context(postgres_server(durable=True)))
        url = stack.enter_context(source.fresh())
        env = {"DATABASE_URL": url, "DONTHU_DATA_DIR": f"{folder}/var", "SECRET_KEY": "bench",
               "DONTHU_LOG_LEVEL": "ERROR"}  # fmt: skip
        os.environ.update(env)
        with create_app(load_settings()).app_context():
            yield env, source
            db.session.remove()
            db.engine.dispose()


def prepare_floor(url: str, product: str) -> None:
    """The same cases in one plain table with the index each job wants."""
    rows = db.session.execute(
        select(
            Case.code,
            Case.summary,
            CaseText.content,
            Case.next_due,
            Case.officer_id,
            Case.open,
            CaseText.search,
        )
        .join(CaseText, CaseText.case_id == Case.id)
        .order_by(Case.id)
    ).all()
    engine = create_engine(url)
    prepare_engine(engine)
    key = "INTEGER PRIMARY KEY" if product == "sqlite" else "BIGSERIAL PRIMARY KEY"
    with engine.begin() as connection:
        connection.execute(
            text(
                f"CREATE TABLE floor (id {key}, code TEXT UNIQUE, summary TEXT, content TEXT, due TEXT, officer TEXT, open BOOLEAN, search TEXT)"
            )
        )
        connection.execute(
            text(
                "INSERT INTO floor (code, summary, content, due, officer, open, search) VALUES (:a, :b, :c, :d, :e, :f, :g)"
            ),
            [
                {
                    "a": r[0],
                    "b": r[1],
                    "c": r[2],
                    "d": r[3].isoformat(),
                    "e": str(r[4]),
                    "f": r[5],
                    "g": r[6],
                }
                for r in rows
            ],
        )
        connection.execute(text("CREATE INDEX floor_queue ON floor (officer, due, id) WHERE open"))
        if product == "sqlite":
            connection.execute(
                text(
                    "CREATE VIRTUAL TABLE floor_search USING fts5(search, content='floor', content_rowid='id', prefix='2 3')"
                )
            )
            connection.execute(text("INSERT INTO floor_search(floor_search) VALUES ('rebuild')"))
        else:
            connection.execute(
                text(
                    "ALTER TABLE floor ADD COLUMN vector tsvector GENERATED ALWAYS AS (to_tsvector('simple', coalesce(search, ''))) STORED"
                )
            )
            connection.execute(text("CREATE INDEX floor_gin ON floor USING gin (vector)"))
            connection.execute(text("ANALYZE floor"))
    engine.dispose()
    db.session.rollback()


def token_of(name: str) -> str:
    """A bearer token of one of the cast."""
    return new_token(known_actor(name), "bench", 30, NOW)


def _password(filled: Filled) -> None:
    with transaction() as session:
        session.scalars(
            select(User).where(User.username == filled.officers[0])
        ).one().password_hash = hashed(PASSWORD)


def compare(
    port: int, floor_port: int, floor_url: str, filled: Filled, tokens: dict[str, str]
) -> Iterator[Line]:
    """The HTTP jobs, ours and the floor's in turn."""
    officer = filled.officers[0]
    floor = Client(floor_port)
    clerk = Client(port, {"Authorization": f"Bearer {tokens['lan']}"})
    api = Client(port, {"Authorization": f"Bearer {tokens[officer]}"})
    page = signed_in(port, officer)
    own = db.session.scalar(select(User.id).where(User.username == officer))
    db.session.rollback()
    code = filled.codes[0]
    yield pair("register", lambda: clerk.ask("POST", "/api/v1/cases", registration(), **{"Idempotency-Key": uuid.uuid4().hex}),
               lambda: floor.ask("POST", "/create", floor_row()))  # fmt: skip
    yield pair(
        "queue JSON",
        lambda: api.ask("GET", "/api/v1/cases?mine=true&limit=50"),
        lambda: floor.ask("GET", f"/queue/{own}"),
    )
    yield pair(
        "queue page",
        lambda: page.ask("GET", "/ho-so"),
        lambda: floor.ask("GET", f"/queue_html/{own}"),
    )
    yield pair(
        "stations page",
        lambda: page.ask("GET", "/tram"),
        lambda: floor.ask("GET", f"/queue_html/{own}"),
    )
    yield pair(
        "morning page",
        lambda: page.ask("GET", "/sang-nay"),
        lambda: floor.ask("GET", f"/queue_html/{own}"),
    )
    yield pair(
        "case page",
        lambda: page.ask("GET", f"/ho-so/{code}"),
        lambda: floor.ask("GET", f"/case_html/{code}"),
    )
    for job, words in (
        ("search with marks", casework.RARE),
        ("search without marks", "thuy loi dong dang"),
    ):
        asked = words_of(words, floor_url)
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
    body = "&".join(
        f"{key}={quoted(value)}"
        for key, value in {**fields, "username": name, "password": PASSWORD}.items()
    )
    client.ask(
        "POST", "/dang-nhap", body.encode(), **{"Content-Type": "application/x-www-form-urlencoded"}
    )
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
    return (
        " & ".join(folded)
        if floor_url.startswith("postgresql")
        else " ".join(f'"{w}"' for w in folded)
    )


def quoted(words: str) -> str:
    """For an address or a form."""
    return quote(words, safe="")


if __name__ == "__main__":
    main()
