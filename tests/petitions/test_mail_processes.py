"""Four sending processes over one database and one real mail server, killed, frozen and refused."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, insert, select

from config.database import db, transaction
from config.settings import ROOT
from notifications import outbox
from notifications.models import Mail, MailAttempt, OutboxMessage
from notifications.states import AttemptOutcome, MailState
from petitions.models import Hat, User
from tests.notifications.postoffice import PostOffice, post_office
from tests.petitions.mail_process import MORNING
from tests.world import PASSWORD_HASH, World

pytestmark = pytest.mark.proof
PEOPLE = 300


class Moody(PostOffice):
    """Takes, puts off, hangs, or hangs up after it took the mail."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        mood = random.random()
        if mood < 0.03:
            await asyncio.sleep(4)
            return "451 asleep"
        if mood < 0.10:
            return "451 later"
        self.answers[:] = ["drop"] if mood < 0.14 else []
        await asyncio.sleep(0.02)
        return await super().handle_DATA(server, session, envelope)


def lay_out(world: World) -> None:
    """Three hundred people with one piece of news each."""
    with transaction() as session:
        for number in range(PEOPLE):
            user = User(
                username=f"p{number}", name="Người nhận", email=f"p{number}@example.vn",
                password_hash=PASSWORD_HASH,
            )  # fmt: skip
            session.add(user)
            session.flush()
            session.execute(
                insert(Hat).values(
                    user_id=user.id, role="officer", agency_id=world.agencies["an-binh"],
                    is_default=True, valid_from=MORNING.date(), title="", denunciation_duty=False,
                )
            )  # fmt: skip
            message = outbox.Message(f"n{number}", "followed", user.id, None, {})
            outbox.put(session, [message], MORNING)


@pytest.fixture
def office(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostOffice]:
    with post_office(app, Moody()) as found:
        for name, value in {
            "MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(found.port), "MAIL_USE_TLS": "false",
            "DONTHU_LOG_LEVEL": "ERROR",
        }.items():  # fmt: skip
            monkeypatch.setenv(name, value)
        yield found


def start(started: float) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.petitions.mail_process", str(started)],
        cwd=ROOT, env=dict(os.environ), stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    return process


def left() -> int:
    db.session.rollback()
    unsettled = select(func.count()).where(OutboxMessage.settled_at.is_(None))
    unsent = select(func.count()).where(Mail.state != MailState.SENT)
    return (db.session.scalar(unsettled) or 0) + (db.session.scalar(unsent) or 0)


def test_nothing_is_lost_and_nothing_doubled_but_the_window(
    world: World, office: PostOffice
) -> None:
    """kill -9 and kill -STOP beyond the lease, a server that refuses, hangs and hangs up."""
    lay_out(world)
    started = time.time()
    processes = [start(started) for _ in range(4)]
    end = time.monotonic() + 240
    try:
        while left() and time.monotonic() < end:
            time.sleep(1)
            victim = random.randrange(4)
            if random.random() < 0.4 and left() > 20:
                processes[victim].kill()
                processes[victim].wait(10)
                processes[victim] = start(started)
            elif random.random() < 0.3 and left() > 20:
                processes[victim].send_signal(signal.SIGSTOP)
                time.sleep(6)
                processes[victim].send_signal(signal.SIGCONT)
    finally:
        for process in processes:
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait(10)
    assert left() == 0
    taken = Counter(message_from_bytes(raw)["Message-ID"] for raw in office.taken)
    unsure = _unsure()
    assert set(taken) == set(unsure)
    assert len(taken) == PEOPLE
    assert {key: n for key, n in taken.items() if n > 1 + unsure[key]} == {}
    twice = sum(n > 1 for n in taken.values())
    print(f"\n{PEOPLE} mails, {twice} taken twice, {sum(unsure.values())} uncertain tries")


def _unsure() -> dict[str, int]:
    rows = db.session.execute(
        select(Mail.message_id, MailAttempt.outcome).join(
            MailAttempt, MailAttempt.mail_id == Mail.id
        )
    )
    found: dict[str, int] = {}
    for message_id, outcome in rows:
        found[message_id] = found.get(message_id, 0) + (outcome is AttemptOutcome.UNCERTAIN)
    return found
