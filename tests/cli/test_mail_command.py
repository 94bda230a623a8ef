"""``donthu mail`` as an operator uses it."""

from __future__ import annotations

import json

from click.testing import CliRunner, Result
from sqlalchemy import insert, select

from config.database import db, transaction
from notifications.models import Mail, MailPermit
from notifications.states import MailState
from petitions.cli.main import cli
from petitions.services.backup_restore import HELD_UNTIL
from tests.conftest import NOW, TODAY
from tests.world import World


def donthu(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["mail", *arguments])


def a_mail(world: World, state: MailState = MailState.QUEUED) -> int:
    with transaction() as session:
        return int(
            session.execute(
                insert(Mail).values(
                    recipient_id=world.users["an"], kind="digest", slot="2026-11-20", day=TODAY,
                    address="an@example.vn", message_id="<x@y>", subject="s", frozen=b"x", state=state,
                    attempts=0, refusals=0, created_at=NOW, next_try_at=HELD_UNTIL,
                ).returning(Mail.id)
            ).scalar_one()
        )  # fmt: skip


def state() -> MailState | None:
    db.session.rollback()
    return db.session.scalar(select(Mail.state))


def test_stopping_and_sending_again(world: World) -> None:
    mail = str(a_mail(world))
    assert donthu("resend", mail).exit_code == 1
    assert donthu("park", mail).exit_code == 0
    assert state() is MailState.PARKED
    refused = donthu("park", mail)
    assert refused.exit_code == 1 and refused.stderr.count("\n") == 1
    told = donthu("status").stdout
    assert "Chưa đặt MAIL_SERVER" in told and f"thư {mail}, ngày 2026-11-20: operator" in told
    assert json.loads(donthu("status", "--json").stdout)["mails_parked"] == 1
    assert donthu("resend", mail).exit_code == 0
    assert state() is MailState.QUEUED
    assert donthu("resend", "x").exit_code == 2


def test_held_mail_is_released_and_a_day_permitted(world: World) -> None:
    a_mail(world)
    assert "1 tin và thư" in donthu("release").stdout
    assert "0 tin và thư" in donthu("release").stdout
    for _ in range(2):
        assert donthu("permit").exit_code == 0
    assert len(db.session.scalars(select(MailPermit.granted_by)).all()) == 1
