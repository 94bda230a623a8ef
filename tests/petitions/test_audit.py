"""Proving the ledger: what was touched by hand is found and named, whatever it was."""

from __future__ import annotations

import json
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, insert, select, text

from config.database import db, writing_permitted
from petitions.errors import Forbidden, Invalid, Leak, NotFound
from petitions.installation import installation
from petitions.ledger import chain
from petitions.models import Case, Event, EventDetail
from petitions.queries.case_page import case_page
from petitions.sealing import Keyring
from petitions.services import audit, audit_anchors
from petitions.services.audit_chain import Broken, walk
from petitions.services.intake import register
from tests.conftest import NOW
from tests.petitions.test_acts import do, settled
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.world import World
from workflows.vocabulary import Action

DAY = timedelta(days=1)
GUARDS = ("foreign_keys", "ignore_check_constraints")


@contextmanager
def touched(*statements: str, **values: Any) -> Iterator[Connection]:
    """The database as someone with it in his hands would leave it, past every guard; then undone."""
    db.session.rollback()
    with db.engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        for each in GUARDS if sqlite else ():
            connection.connection.execute(f"PRAGMA {each} = OFF")
        for statement in () if sqlite else ("SET LOCAL session_replication_role = replica",):
            connection.exec_driver_sql(statement)
        for trigger in ("event_no_update", "event_no_delete") if sqlite else ():
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {trigger}")
        for statement in statements:
            connection.execute(text(statement), values)
        yield connection
        connection.rollback()
        for each in GUARDS if sqlite else ():
            connection.connection.execute(f"PRAGMA {each} = ON")


def by_hand(*statements: str, **values: Any) -> None:
    """Touch the database for good."""
    with touched(*statements, **values) as connection:
        connection.commit()


def found(*statements: str, **values: Any) -> Broken | None:
    """What the walk finds in a database touched like that."""
    with touched(*statements, **values) as connection:
        return walk(connection, installation().keyring).broken


@pytest.fixture
def told(world: World) -> dict[str, str]:
    """A complaint up to its decision, a young complaint, a denunciation whose words are sealed."""
    return {
        "settled": settled(world),
        "young": register(COMPLAINT, actor=world.lan, now=NOW),
        "sealed": register(
            replace(DENUNCIATION, received_on=date(2026, 11, 2), late_reason="Bưu điện giao chậm"),
            actor=world.lan,
            now=NOW,
        ),
    }


def anchors() -> Path:
    return installation().settings.anchor_file


def case_id(code: str) -> int:
    db.session.rollback()
    return db.session.scalars(select(Case.id).where(Case.code == code)).one()


def test_an_honest_ledger_is_sound_and_counted(told: dict[str, str]) -> None:
    """Every case, event and word is looked at; sealed words are opened to be checked."""
    report = audit.verify()
    assert report.sound
    assert (report.walked.cases, report.walked.events) == (3, 10)
    assert report.walked.words == db.session.query(EventDetail).count() > 3
    assert (report.walked.sealed, report.walked.erased) == (1, 0)


CHANGED = [
    "UPDATE event SET action = 'urge' WHERE case_id = :case AND seq = 3",
    "UPDATE event SET state_from = 'returned' WHERE case_id = :case AND seq = 3",
    "UPDATE event SET state_to = 'returned' WHERE case_id = :case AND seq = 3",
    """UPDATE event SET "on" = '2026-10-08' WHERE case_id = :case AND seq = 3""",
    "UPDATE event SET recorded_at = '2026-10-09 02:00:00.000001+00:00' WHERE case_id = :case AND seq = 3",
    "UPDATE event SET actor_id = actor_id + 1 WHERE case_id = :case AND seq = 3",
    "UPDATE event SET actor_id = NULL WHERE case_id = :case AND seq = 3",
    "UPDATE event SET role = 'admin' WHERE case_id = :case AND seq = 3",
    "UPDATE event SET agency_id = agency_id + 1 WHERE case_id = :case AND seq = 3",
    """UPDATE event SET data = '{"competent": true}' WHERE case_id = :case AND seq = 3""",
    "UPDATE event SET data = '[]' WHERE case_id = :case AND seq = 3",
    "UPDATE event SET commitment = hash WHERE case_id = :case AND seq = 3",
    "UPDATE event SET prev_hash = hash WHERE case_id = :case AND seq = 3",
    "UPDATE event SET hash = prev_hash WHERE case_id = :case AND seq = 3",
    "DELETE FROM event WHERE case_id = :case AND seq = 3",
    "UPDATE event SET seq = seq + 100 WHERE case_id = :case AND seq >= 3",
]


def test_a_changed_event_is_named(told: dict[str, str]) -> None:
    """Whatever column was touched, the case and the event are told."""
    where = case_id(told["settled"])
    for statement in CHANGED:
        broken = found(statement, case=where)
        assert broken is not None, statement
        assert (broken.code, broken.seq) == (told["settled"], 3), statement
    assert audit.verify().sound


@pytest.mark.sqlite_only
def test_what_is_no_value_at_all_is_named_too(told: dict[str, str]) -> None:
    """SQLite keeps whatever it is given; the walk must not fall over it."""
    code = told["settled"]
    where = case_id(code)
    for garbage in ("data = '{'", "data = 'null'", "\"on\" = 'hôm qua'", "recorded_at = 5"):
        broken = found(f"UPDATE event SET {garbage} WHERE case_id = :case AND seq = 3", case=where)
        assert str(broken) == f"{code}, sự kiện số 3: không đọc được."


OF_THE_CASE = [
    ("DELETE FROM event WHERE case_id = :case AND seq = 8", "sổ không kết thúc"),
    ("DELETE FROM event WHERE case_id = :case", "không còn sự kiện nào"),
    ("UPDATE case_file SET event_seq = 7 WHERE id = :case", "sổ không kết thúc"),
    ("UPDATE case_file SET event_hash = 'x' WHERE id = :case", "sổ không kết thúc"),
    ("UPDATE case_file SET state = 'returned', coarse = 'resolved' WHERE id = :case", "trạng thái của hồ sơ"),
    ("UPDATE case_file SET coarse = 'escalated' WHERE id = :case", "trạng thái tổng hợp"),
]  # fmt: skip


def test_a_case_that_says_otherwise_than_its_ledger_is_named(told: dict[str, str]) -> None:
    """State and head stand in the case row for speed; they must be what the last event says."""
    where = case_id(told["settled"])
    for statement, says in OF_THE_CASE:
        broken = found(statement, case=where)
        assert broken is not None, statement
        assert (broken.code, broken.seq) == (told["settled"], None)
        assert says in broken.what


OF_THE_WORDS = [
    ("""UPDATE event_detail SET content = '{"document": "x"}' WHERE case_id = :case AND seq = 4""", 4),
    ("UPDATE event_detail SET salt = 'x' WHERE case_id = :case AND seq = 4", 4),
    ("UPDATE event_detail SET salt = NULL WHERE case_id = :case AND seq = 4", 4),
    ("DELETE FROM event_detail WHERE case_id = :case AND seq = 4", 4),
    ("UPDATE event_detail SET content = NULL, salt = NULL WHERE case_id = :case AND seq = 4", 4),
    (
        "UPDATE event_detail SET content = NULL, salt = NULL, erased_at = '2026-11-20 00:00:00+00:00' "
        "WHERE case_id = :case AND seq = 4",
        None,
    ),
    ("UPDATE event_detail SET seq = 2 WHERE case_id = :case AND seq = 4", 2),
    ("UPDATE event_detail SET seq = 99 WHERE case_id = :case AND seq = 8", 8),
    ("""INSERT INTO event_detail (case_id, seq, salt, content) VALUES (:case, 99, 'x', '{}')""", 99),
]  # fmt: skip


def test_changed_words_are_named(told: dict[str, str]) -> None:
    """Words changed, lost, moved, added, or taken away without an event saying so."""
    where = case_id(told["settled"])
    for statement, seq in OF_THE_WORDS:
        broken = found(statement, case=where)
        assert broken is not None, statement
        assert (broken.code, broken.seq) == (told["settled"], seq), statement


def test_sealed_words_must_open_and_say_what_was_committed_to(told: dict[str, str]) -> None:
    """One bit of the sealed bytes, another salt, or the case's key gone."""
    where = case_id(told["sealed"])
    words = select(EventDetail.sealed).where(EventDetail.case_id == where)
    sealed = db.session.scalars(words).one()
    assert sealed is not None
    for statement, values in [
        ("UPDATE event_detail SET sealed = :blob WHERE case_id = :case", {"blob": sealed[:-1] + b"\0"}),
        ("UPDATE event_detail SET sealed = :blob, salt = 'x' WHERE case_id = :case", {"blob": sealed}),
        ("DELETE FROM case_key WHERE case_id = :case", {}),
    ]:  # fmt: skip
        broken = found(statement, case=where, **values)
        assert broken is not None
        assert (broken.code, broken.seq) == (told["sealed"], 1)


@pytest.mark.sqlite_only
def test_events_whose_case_was_taken_away_are_told(told: dict[str, str]) -> None:
    """The case row alone gone leaves its events behind."""
    gone = case_id(told["young"])
    by_hand("DELETE FROM case_file WHERE id = :case", case=gone)
    assert str(audit.verify().broken).startswith(
        f"#{gone}, sự kiện số 1: hồ sơ của sự kiện không còn"
    )


@pytest.mark.sqlite_only
def test_the_first_broken_case_is_the_one_named(told: dict[str, str]) -> None:
    """In the order the cases were entered; those before it are counted."""
    by_hand(
        "UPDATE event SET action = 'urge' WHERE case_id <> :case", case=case_id(told["settled"])
    )
    report = audit.verify()
    assert report.broken is not None
    assert report.broken.code == told["young"]
    assert report.walked.cases == 1


# --- anchors ---------------------------------------------------------------------------------


def forge(code: str, seq: int, **changes: Any) -> None:
    """Change one event and count the whole chain anew, as someone who knows the recipe would."""
    case = db.session.scalars(select(Case).where(Case.code == code)).one()
    events = db.session.scalars(
        select(Event).where(Event.case_id == case.id).order_by(Event.seq)
    ).all()
    prev, sets = chain.GENESIS, []
    for event in events:
        said = {
            name: getattr(event, name)
            for name in ("seq", "action", "state_from", "state_to", "on", "actor_id", "role")
        } | {"agency_id": event.agency_id, "data": event.data, "commitment": event.commitment}
        said |= changes if event.seq == seq else {}
        digest = chain.event_hash(prev=prev, code=code, at=event.recorded_at, **said)
        sets.append((event.seq, said["action"], prev, digest))
        prev = digest
    number = case.id
    for each, action, before, digest in sets:
        by_hand(
            "UPDATE event SET action = :action, prev_hash = :prev, hash = :hash "
            "WHERE case_id = :case AND seq = :seq",
            action=action, prev=before, hash=digest, case=number, seq=each,
        )  # fmt: skip
    by_hand("UPDATE case_file SET event_hash = :hash WHERE id = :case", hash=prev, case=number)


def vanish(code: str) -> None:
    """Take a case away with everything that speaks of it."""
    number = case_id(code)
    tables = [
        table.name for table in reversed(db.metadata.sorted_tables) if "case_id" in table.columns
    ]
    by_hand(
        "DELETE FROM sealed_identity WHERE party_id IN (SELECT id FROM party WHERE case_id = :case)",
        "DELETE FROM blind_index WHERE party_id IN (SELECT id FROM party WHERE case_id = :case)",
        *(f"DELETE FROM {name} WHERE case_id = :case" for name in tables),
        "DELETE FROM case_file WHERE id = :case",
        case=number,
    )


def test_a_chain_counted_anew_shows_against_the_anchors(told: dict[str, str]) -> None:
    """The chain alone looks sound; the anchored head gives the change away."""
    assert audit.anchor(NOW) == 3
    forge(told["settled"], 3, action="urge")
    assert audit.verify().sound
    broken = audit.verify(anchors()).broken
    assert broken is not None
    assert (broken.code, broken.seq) == (told["settled"], 8)
    assert "sổ đã bị viết lại" in broken.what


def test_a_vanished_case_shows_against_the_anchors(told: dict[str, str]) -> None:
    """Nothing in the database speaks of it any more; its code is named all the same."""
    audit.anchor(NOW)
    vanish(told["young"])
    assert audit.verify().sound
    broken = audit.verify(anchors()).broken
    assert broken is not None
    assert (broken.code, broken.seq) == (told["young"], None)
    assert audit.anchor(NOW + DAY) == 0
    assert audit.verify(anchors()).broken == broken


def test_events_cut_off_the_end_show_against_the_anchors(told: dict[str, str]) -> None:
    """The last event taken away and the case row put back to the one before."""
    audit.anchor(NOW)
    by_hand(
        "DELETE FROM event_detail WHERE case_id = :case AND seq = 8",
        "DELETE FROM event WHERE case_id = :case AND seq = 8",
        "UPDATE case_file SET event_seq = 7, state = (SELECT state_to FROM event WHERE case_id = :case "
        "AND seq = 7), coarse = 'dialogue', event_hash = (SELECT hash FROM event WHERE "
        "case_id = :case AND seq = 7) WHERE id = :case",
        case=case_id(told["settled"]),
    )
    assert audit.verify().sound
    broken = audit.verify(anchors()).broken
    assert broken is not None
    assert (broken.code, broken.seq) == (told["settled"], 8)


def test_anchors_hold_what_changed_and_go_on(told: dict[str, str], world: World) -> None:
    """A later act moves one head only; earlier anchors stay right."""
    assert audit.anchor(NOW) == 3
    assert audit.anchor(NOW) == 0
    do(told["young"], Action.CLASSIFY, world.an, date(2026, 11, 20))
    assert audit.anchor(NOW + DAY) == 1
    report = audit.verify(anchors())
    assert report.sound
    assert report.anchored is not None
    assert (report.anchored.lines, len(report.anchored.heads)) == (3, 3)
    assert anchors().stat().st_mode & 0o777 == 0o600
    said = anchors().read_text()
    assert "Nguyễn" not in said
    assert [len(json.loads(line)["heads"]) for line in said.splitlines()] == [3, 0, 1]


def lines_changed(change: Callable[[list[bytes]], list[bytes]]) -> None:
    anchors().write_bytes(b"".join(change(anchors().read_bytes().splitlines(keepends=True))))


def resigned(line: bytes, **changes: Any) -> bytes:
    """The line as someone with other keys would write it."""
    body = {**json.loads(line), **changes}
    return json.dumps(body, sort_keys=True, separators=(",", ":")).encode() + b"\n"


EDITED: list[tuple[Callable[[list[bytes]], list[bytes]], int]] = [
    (lambda lines: [*lines[:2], lines[2][:-20]], 3),
    (lambda lines: [*lines[:2], lines[2][:-1]], 3),
    (lambda lines: [lines[0], lines[2]], 2),
    (lambda lines: lines[1:], 1),
    (lambda lines: [lines[1], lines[0], lines[2]], 1),
    (lambda lines: [lines[0], lines[0], *lines[1:]], 2),
    (lambda lines: [*lines, b"\n"], 4),
    (lambda lines: [*lines, b"[]\n"], 4),
    (lambda lines: [*lines[:2], resigned(lines[2], cases=7)], 3),
    (lambda lines: [resigned(lines[0], heads=[]), *lines[1:]], 1),
    (lambda lines: [resigned(lines[0], at="2026-11-19"), *lines[1:]], 1),
    (lambda lines: [resigned(lines[0], key="AAAA"), *lines[1:]], 1),
    (lambda lines: [lines[0].replace(b",", b", ", 1), *lines[1:]], 1),
    (lambda lines: [], 1),
]


@pytest.mark.sqlite_only
def test_a_touched_anchor_file_is_told_apart(told: dict[str, str]) -> None:
    """Cut short, edited, lines out or in: the file is at fault and no case is accused."""
    for day in range(3):
        audit.anchor(NOW + day * DAY)
    whole = anchors().read_bytes()
    for change, line in EDITED:
        lines_changed(change)
        report = audit.verify(anchors())
        assert report.broken is None
        assert not report.sound
        assert report.anchors_fault is not None
        assert report.anchors_fault.line == line
        anchors().write_bytes(whole)
    assert audit.verify(anchors()).sound


@pytest.mark.sqlite_only
def test_no_byte_of_the_anchors_can_change_unnoticed(told: dict[str, str]) -> None:
    """Each byte in turn, one bit; a line end lost joins or cuts lines."""
    audit.anchor(NOW)
    audit.anchor(NOW + DAY)
    whole = anchors().read_bytes()
    for at in range(0, len(whole), 3):
        anchors().write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        report = audit.verify(anchors())
        assert report.anchors_fault is not None, at
        assert report.broken is None


@pytest.mark.sqlite_only
def test_anchors_of_another_key_are_told(told: dict[str, str], tmp_path: Path) -> None:
    """Whoever signs with a key of his own cannot pass for this installation."""
    other = Keyring.generate(tmp_path / "other.json")
    audit_anchors.append(anchors(), other, NOW, dict)
    report = audit.verify(anchors())
    assert report.anchors_fault is not None
    assert "khóa khác" in report.anchors_fault.message


def test_nothing_is_built_on_a_touched_file_but_a_torn_line_is_written_anew(
    told: dict[str, str],
) -> None:
    """A line without its end was never completed, as after a power cut."""
    audit.anchor(NOW)
    audit.anchor(NOW + DAY)
    lines_changed(lambda lines: [lines[0], lines[1][:50]])
    assert audit.anchor(NOW + DAY) == 0
    assert audit.verify(anchors()).sound
    lines_changed(lambda lines: [resigned(lines[0], cases=9), *lines[1:]])
    before = anchors().read_bytes()
    with pytest.raises(audit_anchors.AnchorsBroken):
        audit.anchor(NOW + 2 * DAY)
    assert anchors().read_bytes() == before


def test_anchoring_at_once_leaves_one_chain(told: dict[str, str], app: Flask) -> None:
    """Four at a time wait for each other."""

    def work() -> None:
        with app.app_context():
            for day in range(5):
                audit.anchor(NOW + day * DAY)
            db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    report = audit.verify(anchors())
    assert report.sound
    assert report.anchored is not None
    assert report.anchored.lines == 20


# --- erasing ---------------------------------------------------------------------------------


def test_erased_words_are_gone_and_the_chain_still_holds(
    told: dict[str, str], world: World
) -> None:
    """Salt and words go; what remains cannot be guessed back, and an event says who and why."""
    code = told["settled"]
    audit.anchor(NOW)
    assert audit.erase(code, 4, "Theo yêu cầu của người khiếu nại", world.minh, NOW) == code
    db.session.rollback()
    row = db.session.get_one(EventDetail, (case_id(code), 4))
    assert (row.salt, row.content, row.sealed) == (None, None, None)
    assert row.erased_at == NOW
    report = audit.verify(anchors())
    assert report.sound
    assert report.walked.erased == 1
    latest = case_page(world.minh, code).timeline[0]
    assert (latest.action, latest.data) == (Action.CORRECT, {"erased": 4})
    assert latest.words == {"reason": "Theo yêu cầu của người khiếu nại"}
    assert case_page(world.minh, code).timeline[-4].erased


def test_sealed_words_are_erased_too(told: dict[str, str], world: World) -> None:
    """The reason given is judged like every text of a denunciation."""
    code = told["sealed"]
    with pytest.raises(Leak):
        audit.erase(code, 1, "Theo đơn của Lò Thị Bình Minh", world.minh, NOW)
    audit.erase(code, 1, "Ghi thừa thông tin", world.minh, NOW)
    report = audit.verify()
    assert report.sound
    assert (report.walked.sealed, report.walked.erased) == (1, 1)


@pytest.mark.sqlite_only
def test_who_may_erase_what(told: dict[str, str], world: World) -> None:
    """Heads and deputies, in their own scope, what is there."""
    code = told["settled"]
    with pytest.raises(Forbidden):
        audit.erase(code, 4, "x", world.an, NOW)
    with pytest.raises(NotFound):
        audit.erase(code, 4, "x", world.khanh, NOW)
    with pytest.raises(Invalid) as error:
        audit.erase(code, 4, " ", world.minh, NOW)
    assert "reason" in error.value.fields
    for seq in (2, 77):
        with pytest.raises(Invalid) as error:
            audit.erase(code, seq, "x", world.minh, NOW)
        assert "seq" in error.value.fields
    audit.erase(code, 4, "x", world.minh, NOW)
    with pytest.raises(Invalid):
        audit.erase(code, 4, "x", world.minh, NOW)
    assert audit.verify().walked.erased == 1


# --- many ------------------------------------------------------------------------------------


def many(template: str, numbers: range, events: int = 3) -> None:
    """Copies of a registered case with chains of their own, as fast as rows go in."""
    case = db.session.scalars(select(Case).where(Case.code == template)).one()
    said = {column.key: getattr(case, column.key) for column in Case.__table__.columns}
    first = db.session.scalars(select(Event).where(Event.case_id == case.id, Event.seq == 1)).one()
    content = {
        "action": "register", "state_from": None, "state_to": said["state"].value, "on": first.on,
        "actor_id": first.actor_id, "role": first.role, "agency_id": first.agency_id,
        "data": first.data, "commitment": None,
    }  # fmt: skip
    db.session.remove()
    cases, rows = [], []
    for number in numbers:
        code, prev = f"ZZ-2026-{number:06}", chain.GENESIS
        for seq in range(1, events + 1):
            digest = chain.event_hash(prev=prev, code=code, at=NOW, seq=seq, **content)
            link = {"prev_hash": prev, "hash": digest, "recorded_at": NOW}
            rows.append({**content, **link, "case_id": number, "seq": seq})
            prev = digest
        cases.append({**said, "id": number, "code": code, "event_seq": events, "event_hash": prev})
    with writing_permitted(), db.engine.begin() as connection:
        connection.execute(insert(Case), cases)
        connection.execute(insert(Event), rows)


def test_memory_does_not_grow_with_the_ledger(told: dict[str, str]) -> None:
    """The walk streams: four times the cases, the same peak."""

    def peak() -> int:
        tracemalloc.start()
        assert audit.verify().sound
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    many(told["young"], range(1000, 1500))
    few = peak()
    many(told["young"], range(1500, 3000))
    assert peak() < few * 1.2
