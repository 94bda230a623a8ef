"""The ledger: append-only, chained, one writer."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from config.database import WriteOutsideTransaction, db, transaction
from petitions.ledger import chain
from petitions.models import Case, Event
from petitions.services.intake import register
from tests.conftest import NOW
from tests.petitions.test_intake import COMPLAINT
from tests.world import World


@pytest.mark.parametrize("statement", ["UPDATE event SET action = 'x'", "DELETE FROM event"])
def test_the_database_itself_refuses_to_change_an_event(world: World, statement: str) -> None:
    """Whatever the program would do, history stays."""
    register(COMPLAINT, actor=world.lan, now=NOW)
    with pytest.raises(DatabaseError, match="append-only"), transaction() as session:
        session.execute(text(statement))
    assert db.session.scalars(select(Event.action)).all() == ["register"]


def test_each_event_commits_to_what_it_says(world: World) -> None:
    """Recounted from the row alone, the hash is the stored one; any changed word makes another."""
    code = register(COMPLAINT, actor=world.lan, now=NOW)
    event = db.session.scalars(select(Event)).one()
    said = {
        "prev": event.prev_hash, "code": code, "seq": event.seq, "action": event.action,
        "state_from": event.state_from, "state_to": event.state_to, "on": event.on,
        "at": event.recorded_at, "actor_id": event.actor_id, "role": event.role,
        "agency_id": event.agency_id, "data": event.data, "commitment": event.commitment,
    }  # fmt: skip
    assert (
        chain.event_hash(**said) == event.hash == db.session.scalars(select(Case.event_hash)).one()
    )
    assert chain.event_hash(**{**said, "state_to": "closed"}) != event.hash
    assert event.prev_hash == chain.GENESIS


def test_rows_are_written_inside_a_transaction_only(world: World) -> None:
    """A stray assignment outside a command is a programming error, told at once."""
    register(COMPLAINT, actor=world.lan, now=NOW)
    case = db.session.scalars(select(Case)).one()
    case.summary = "đổi lén"
    with pytest.raises(WriteOutsideTransaction):
        db.session.flush()
    db.session.rollback()


def test_a_command_may_not_call_a_command(world: World) -> None:
    """One command, one transaction."""
    with pytest.raises(WriteOutsideTransaction), transaction():
        register(COMPLAINT, actor=world.lan, now=NOW)
