"""Four schedulers, four web workers and a mail server in a bad mood: ten thousand reminders, each told once."""

from __future__ import annotations

import asyncio
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import func, insert, select, text, update

from config.database import db, transaction
from config.settings import ROOT
from notifications.models import Mail, MailAttempt, OutboxMessage
from notifications.states import AttemptOutcome, MailState
from petitions.models import Deadline, Hat, JobRun, Lease, Reminder, User
from petitions.services import mailing
from petitions.services.passwords import hashed
from tests.bench import casework
from tests.bench.__main__ import PASSWORD, Client, signed_in
from tests.petitions.office_process import DOOR, MORNING
from tests.world import SINCE

pytestmark = pytest.mark.proof
DATES, PEOPLE = 10_000, 400
DUE = date(2026, 11, 25)
"""Two working days after the morning, over the holiday of the 24th: the officer's rung."""
FROZEN = 7
"""Seconds a leader is stopped: longer than its lease, and than that of a mail it holds."""
STUBBORN = 12
"""People whose server puts the first offer off, refuses the second for good, and takes the third."""
PATIENCE = 240
"""Seconds until something that must come has come, on a machine that is busy with other things too."""
PAGES = ("/sang-nay", "/ho-so", "/tram")


@dataclass
class Moody:
    """Takes, puts off, hangs, or hangs up after it took the mail; some addresses are refused for good."""

    taken: list[bytes] = field(default_factory=list)
    offers: Counter[str] = field(default_factory=Counter)
    moods: Counter[str] = field(default_factory=Counter)
    kindly: bool = False

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        who = envelope.rcpt_tos[0]
        self.offers[who] += 1
        number = int(re.sub(r"\D", "", who) or 0)
        if number < STUBBORN and self.offers[who] < 3 and not self.kindly:
            self.moods["451 then 550"] += 1
            return "451 later" if self.offers[who] == 1 else "550 no such user"
        mood = 1.0 if self.kindly else random.random()
        if mood < 0.02:
            self.moods["hangs"] += 1
            await asyncio.sleep(4)
            return "451 asleep"
        if mood < 0.08:
            self.moods["451"] += 1
            return "451 later"
        self.taken.append(envelope.content)
        if mood < 0.12:
            self.moods["hangs up after DATA"] += 1
            server.transport.close()
        else:
            await asyncio.sleep(0.05)
        return "250 OK"


@dataclass
class MailServer:
    """The server behind one port; while it is down connections are refused."""

    port: int
    moody: Moody = field(default_factory=Moody)
    running: Controller | None = None
    outages: int = 0

    def up(self) -> None:
        self.running = Controller(self.moody, hostname="127.0.0.1", port=self.port)
        self.running.start()

    def down(self) -> None:
        if self.running is not None:
            self.running.stop(no_assert=True)
            self.running, self.outages = None, self.outages + 1


@dataclass
class Web:
    """Four workers, and four people who read pages all the while."""

    port: int
    process: subprocess.Popen[bytes]
    door: Path
    took: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def read(self) -> None:
        client: Client | None = None
        while not self.over.is_set():
            started = time.monotonic()
            try:
                client = client or signed_in(self.port, "cb0")
                for path in PAGES:
                    client.ask("GET", path)
            except Exception as error:
                self.failures.append(repr(error)[:300])
                client = None
            self.took.append(time.monotonic() - started)
            self.over.wait(1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def lay_out() -> None:
    """Ten thousand open cases of four hundred officers, each due in two working days."""
    filled = casework.fill(DATES)
    with transaction() as session:
        for number in range(PEOPLE):
            user = User(
                username=f"n{number}", name="Người nhận", email=f"n{number}@example.vn",
                password_hash="!",
            )  # fmt: skip
            session.add(user)
            session.flush()
            session.execute(
                insert(Hat).values(
                    user_id=user.id, role="officer", agency_id=filled.world.agencies["an-binh"],
                    is_default=True, valid_from=SINCE, title="", denunciation_duty=False,
                )
            )  # fmt: skip
        last = session.scalar(select(func.max(User.id)))
        session.execute(
            text("UPDATE case_file SET officer_id = :last - (id % :people)"),
            {"last": last, "people": PEOPLE},
        )
        session.execute(update(Deadline).values(due=DUE, near_from=DUE))
        session.execute(
            update(User).where(User.username == "cb0").values(password_hash=hashed(PASSWORD))
        )
    mailing.permit(MORNING, None)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    found = MailServer(free_port())
    for name, value in {
        "MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(found.port), "MAIL_USE_TLS": "false",
        "DONTHU_LOG_LEVEL": "ERROR",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    yield found
    found.down()


@pytest.fixture
def web(
    app: Flask, server: MailServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Web]:
    lay_out()
    door = tmp_path / "door"
    monkeypatch.setenv(DOOR, str(door))
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--no-control-socket", "-b", f"127.0.0.1:{port}", "-w", "4",
         "-k", "gthread", "--threads", "2", "--log-level", "critical",
         "tests.petitions.office_process:web()"],
        cwd=ROOT,
    )  # fmt: skip
    found = Web(port, process, door)
    readers = [threading.Thread(target=found.read) for _ in range(4)]
    try:
        wait_for(lambda: _answers(port))
        for reader in readers:
            reader.start()
        yield found
    finally:
        found.over.set()
        for reader in readers:
            if reader.ident is not None:
                reader.join(PATIENCE)
        process.terminate()
        process.wait(PATIENCE)


def _answers(port: int) -> bool:
    try:
        Client(port).ask("GET", "/healthz")
    except OSError:
        return False
    return True


class Office:
    """The four schedulers; one that was killed is started again."""

    def __init__(self) -> None:
        self.schedulers = [self._start() for _ in range(4)]
        self.done: Counter[str] = Counter()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", "tests.petitions.office_process"], cwd=ROOT)

    def _of(self, owner: str | None) -> subprocess.Popen[bytes] | None:
        pid = int(owner.split(":")[-2]) if owner else 0
        return next((each for each in self.schedulers if each.pid == pid), None)

    def leader(self) -> subprocess.Popen[bytes] | None:
        return self._of(_one(select(Lease.owner)))

    def sender(self) -> subprocess.Popen[bytes] | None:
        """Whoever holds a mail at this instant; somebody does within ten seconds."""
        end = time.monotonic() + 10
        found = None
        while found is None and time.monotonic() < end:
            holders = select(Mail.claimed_by).where(Mail.state == MailState.SENDING)
            found = self._of(_one(holders.order_by(Mail.claimed_until.desc())))
        return found

    def kill(self, victim: subprocess.Popen[bytes] | None, what: str) -> None:
        """kill -9, and another in its place."""
        if victim is None:
            return
        victim.kill()
        victim.wait(10)
        self.schedulers[self.schedulers.index(victim)] = self._start()
        self.done[what] += 1

    def freeze(self, victim: subprocess.Popen[bytes] | None) -> None:
        """kill -STOP until leases are over, then let it find out."""
        if victim is None:
            return
        victim.send_signal(signal.SIGSTOP)
        time.sleep(FROZEN)
        victim.send_signal(signal.SIGCONT)
        self.done["frozen"] += 1

    def close(self) -> None:
        for each in self.schedulers:
            each.send_signal(signal.SIGCONT)
            each.kill()
            each.wait(10)


def _one(statement: Any) -> Any:
    db.session.rollback()
    found = db.session.scalar(statement.limit(1))
    db.session.rollback()
    return found


def wait_for(condition: Callable[[], Any]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.1)


def count(*conditions: Any) -> int:
    return int(_one(select(func.count()).where(*conditions)) or 0)


def left() -> int:
    """Reminders not told yet and mails not sent; other news may wait for the next morning."""
    unsent = Mail.state.not_in((MailState.SENT, MailState.CANCELLED))
    untold = (OutboxMessage.kind == "rung", OutboxMessage.settled_at.is_(None))
    return count(*untold) + count(unsent)


def test_nothing_is_lost_and_nothing_doubled_but_the_window(
    web: Web, server: MailServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """kill -9 of leader and sender, kill -STOP beyond the lease; refused, hung, 451, 550, cut after DATA."""
    started = time.monotonic()
    office = Office()
    try:
        wait_for(lambda: count(Reminder.id > 0) > 500)
        office.kill(office.leader(), "leader killed while climbing")
        wait_for(lambda: count(Reminder.id > 0) == DATES)
        web.door.touch()
        wait_for(lambda: count(Mail.id > 0) > 20)
        office.freeze(office.leader())
        wait_for(lambda: count(MailAttempt.outcome == AttemptOutcome.UNREACHABLE))
        server.up()
        for strike in (
            lambda: office.kill(office.leader(), "leader killed"),
            lambda: office.kill(office.sender(), "sender killed"),
            lambda: office.freeze(office.sender()),
            lambda: (server.down(), time.sleep(3), server.up()),
            lambda: office.kill(office.sender(), "sender killed"),
        ):
            sent = count(Mail.state == MailState.SENT)
            wait_for(lambda sent=sent: count(Mail.state == MailState.SENT) > sent + 30)
            strike()
        wait_for(lambda: _drained())
    finally:
        office.close()
        web.over.set()
    _reckon(server)
    assert web.failures == [] and len(web.took) > 20
    assert {"leader killed", "sender killed", "frozen"} <= set(office.done), office.done
    assert set(server.moody.moods) == {"hangs", "451", "451 then 550", "hangs up after DATA"}
    assert server.outages
    unsure = sum(_unsure().values())
    twice = sum(n > 1 for n in _taken(server).values())
    with capsys.disabled():
        print(
            f"\n{db.engine.dialect.name}: {DATES} reminders in {len(_taken(server))} mails, "
            f"{time.monotonic() - started:.0f} s; {dict(office.done)}, {server.outages} outages, "
            f"{dict(server.moody.moods)}; {unsure} uncertain tries, {twice} mails taken twice; "
            f"{len(web.took) * len(PAGES)} pages read meanwhile, slowest round {max(web.took):.1f} s"
        )


def _drained() -> bool:
    """Whether everything has left; the operator looks at what was parked meanwhile and sends it again."""
    if parked := _one(select(Mail.id).where(Mail.state == MailState.PARKED)):
        mailing.resend(parked, MORNING)
    return not left()


def _reckon(server: MailServer) -> None:
    """Every date told once to its officer, in one mail; none taken oftener than its uncertain tries allow."""
    assert left() == 0
    rows = db.session.execute(select(Reminder.subject_id, Reminder.rung)).all()
    assert len(rows) == len(set(rows)) == DATES and {row.rung for row in rows} == {"before_2"}
    taken, unsure = _taken(server), _unsure()
    assert set(taken) == set(unsure), "what was marked as sent was taken, and nothing else was"
    assert {key: n for key, n in taken.items() if n > 1 + unsure[key]} == {}
    codes: Counter[str] = Counter()
    for raw in {_id(raw): raw for raw in server.moody.taken}.values():
        body = message_from_bytes(raw, policy=policy.default).get_body(("plain",))
        assert body is not None
        codes.update(set(re.findall(r"/ho-so/([A-Z0-9-]+)", body.get_content())))
    assert len(codes) == DATES and set(codes.values()) == {1}
    slots = db.session.execute(select(JobRun.job, JobRun.slot)).all()
    assert len(slots) == len(set(slots))


def _id(raw: bytes) -> str:
    return str(message_from_bytes(raw)["Message-ID"])


def _taken(server: MailServer) -> Counter[str]:
    return Counter(map(_id, server.moody.taken))


def _unsure() -> dict[str, int]:
    """Mails that were offered and not cancelled, with their uncertain tries."""
    rows = db.session.execute(
        select(Mail.message_id, MailAttempt.outcome)
        .join(MailAttempt, MailAttempt.mail_id == Mail.id)
        .where(Mail.state == MailState.SENT)
    )
    found: dict[str, int] = {}
    for message_id, outcome in rows:
        found[message_id] = found.get(message_id, 0) + (outcome is AttemptOutcome.UNCERTAIN)
    return found
