"""Recording acts: the state moves, the event is chained, the clocks are restated, mail is queued."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from config.database import table_of
from notifications import outbox
from petitions import sealed_rows
from petitions.errors import Invalid
from petitions.installation import installation
from petitions.jsonable import canonical, plain
from petitions.ledger import chain, clocks
from petitions.models import FAR, Case, CaseKey, Deadline, Event, EventDetail
from petitions.rulebook import Rulebook
from petitions.view import write_back
from workflows.lifecycle import Move
from workflows.vocabulary import Actor, Kind
from workflows.working_days import CalendarMissing


@dataclass(frozen=True, slots=True)
class Change:
    """What an act adds to the move itself.

    ``data`` goes into the chain and must hold nothing personal; ``personal`` stands beside it,
    sealed for a denunciation. ``correction`` moves the clocks a fact started instead of starting
    them anew.
    """

    data: Mapping[str, Any] = field(default_factory=dict)
    personal: Mapping[str, Any] = field(default_factory=dict)
    correction: bool = False


@dataclass(slots=True)
class Entry:
    """One act on one case, ready to be recorded. ``key`` seals a new denunciation's personal values.

    ``agency_id`` is the body the act is recorded for where that is not the actor's own: an import
    enters the cases of many registers.
    """

    case: Case
    move: Move
    on: date
    change: Change
    new: bool = False
    key: Any = None
    deadlines: Sequence[Deadline] = ()
    agency_id: int | None = None


def record(
    session: Session,
    case: Case,
    move: Move,
    change: Change,
    *,
    on: date,
    actor: Actor,
    now: datetime,
    book: Rulebook,
    known: Sequence[Deadline],
) -> clocks.Restated:
    """Record one act on a loaded case whose clocks are ``known``.

    Raises ``Invalid`` at ``on`` when a date needs a missing calendar.
    """
    entry = Entry(case, move, on, change, deadlines=known)
    return record_many(session, [entry], actor=actor, now=now, book=book)[0]


def record_many(
    session: Session,
    entries: Sequence[Entry],
    *,
    actor: Actor,
    now: datetime,
    book: Rulebook,
) -> list[clocks.Restated]:
    """Record acts on many cases at once, one event each, with a constant number of statements.

    New cases (``Entry.new``) are inserted with their first event.
    """
    restated: list[clocks.Restated] = []
    events: list[dict[str, Any]] = []
    details: list[dict[str, Any]] = []
    try:
        for entry in entries:
            restated.append(_advance(entry, book))
            event, detail = _event(session, entry, restated[-1], actor, now)
            events.append(event)
            if detail is not None:
                details.append(detail)
    except CalendarMissing as missing:
        raise Invalid.at(
            "on",
            f"Chưa có lịch làm việc năm {missing.year}; quản trị viên phải nhập lịch trước khi tính hạn.",
        ) from missing
    session.flush()
    _insert_new(session, [entry.case for entry in entries if entry.new])
    fresh = []
    for entry, outcome, event in zip(entries, restated, events, strict=True):
        event["case_id"] = entry.case.id
        for row in outcome.added:
            row.case_id = entry.case.id
            fresh.append({name: getattr(row, name) for name in _DEADLINE_COLUMNS})
    numbers = {event["code"]: event["case_id"] for event in events}
    connection = session.connection()
    connection.execute(_INSERT_EVENT, [_without_code(event) for event in events])
    if details:
        connection.execute(
            _INSERT_DETAIL,
            [{**_without_code(detail), "case_id": numbers[detail["code"]]} for detail in details],
        )
    if fresh:
        connection.execute(_INSERT_DEADLINE, fresh)
    return restated


def _insert_new(session: Session, cases: Sequence[Case]) -> None:
    """Insert new cases and tell each its id; they stay plain objects outside the session."""
    if not cases:
        return
    rows = [
        {name: value for name, value in vars(case).items() if name in _CASE_COLUMNS}
        for case in cases
    ]
    numbers = {row.code: row.id for row in session.connection().execute(_INSERT_CASE, rows)}
    for case in cases:
        case.id = numbers[case.code]
        case.version = 1


def remind(
    session: Session, case: Case, kind: str, recipients: Iterable[int], now: datetime
) -> int:
    """Queue news of the case's latest event for each recipient, in the same transaction.

    The payload carries the code only: no name, and of a denunciation nothing beyond it.
    """
    return outbox.put(
        session,
        [
            outbox.Message(
                dedupe_key=f"{kind}:{case.code}:{case.event_seq}:{recipient}",
                kind=kind,
                recipient_id=recipient,
                case_id=case.id,
                payload={"case": case.code},
            )
            for recipient in recipients
        ],
        now,
    )


def _advance(entry: Entry, book: Rulebook) -> clocks.Restated:
    case, move = entry.case, entry.move
    ended_on, ended_by, seq = case.closed_on, case.ended_seq, (case.event_seq or 0) + 1
    write_back(case, move.after)
    case.state = move.target
    case.coarse = move.coarse
    case.open = not move.final
    case.closed_on = (ended_on or entry.on) if move.final else None
    case.ended_seq = (ended_by or seq) if move.final else None
    case.next_look = entry.on if case.open else FAR  # every act may raise or clear a flag
    return clocks.restate(
        case,
        entry.deadlines,
        book,
        on=entry.on,
        stops=move.stops,
        meets=move.meets,
        refreshed=() if entry.change.correction else {fact.value for fact in move.sets},
        seq=seq,
        revive=ended_by if move.revives else None,
    )


def _event(
    session: Session, entry: Entry, outcome: clocks.Restated, actor: Actor, now: datetime
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    case, change = entry.case, entry.change
    seq = (case.event_seq or 0) + 1
    data = plain(dict(change.data))
    if outcome.moved:
        data["moved"] = [
            {"step": step.value, "from": plain(old), "to": plain(new)}
            for step, old, new in outcome.moved
        ]
    detail, commitment = _detail(session, entry, seq)
    content = {
        "code": case.code,
        "seq": seq,
        "action": entry.move.action.value,
        "state_from": entry.move.source and entry.move.source.value,
        "state_to": entry.move.target.value,
        "on": entry.on,
        "actor_id": actor.user_id,
        "role": actor.role.value,
        "agency_id": actor.agency_id if entry.agency_id is None else entry.agency_id,
        "data": data,
        "commitment": commitment,
    }
    prev = case.event_hash or chain.GENESIS
    digest = chain.event_hash(prev=prev, at=now, **content)
    case.event_seq, case.event_hash = seq, digest
    event = {**content, "role": actor.role, "recorded_at": now, "prev_hash": prev, "hash": digest}
    return event, detail


def _detail(session: Session, entry: Entry, seq: int) -> tuple[dict[str, Any] | None, str | None]:
    personal = plain(dict(entry.change.personal))
    if not personal:
        return None, None
    salt = chain.new_salt()
    commitment = chain.commit_to(salt, personal)
    row: dict[str, Any] = {
        "code": entry.case.code,
        "seq": seq,
        "salt": salt,
        "content": None,
        "sealed": None,
    }
    if entry.case.kind is Kind.DENUNCIATION:
        key = entry.key or case_key(session, entry.case)
        row["sealed"] = key.seal(canonical(personal), sealed_rows.event_words(entry.case.code, seq))
    else:
        row["content"] = personal
    return row, commitment


def case_key(session: Session, case: Case) -> Any:
    """The data key of a denunciation, unwrapped with the installation's keyring."""
    wrapped = session.scalar(select(CaseKey.wrapped).where(CaseKey.case_id == case.id))
    if wrapped is None:
        raise LookupError(f"case {case.code} has no key")
    return installation().keyring.unwrap(wrapped)


_CASES, _DEADLINES = table_of(Case), table_of(Deadline)
_CASE_COLUMNS = frozenset(column.key for column in _CASES.columns) - {"id", "version"}
_DEADLINE_COLUMNS = tuple(column.key for column in _DEADLINES.columns if column.key != "id")
_INSERT_CASE = insert(_CASES).returning(_CASES.c.id, _CASES.c.code)
_INSERT_EVENT = insert(table_of(Event))
_INSERT_DETAIL = insert(table_of(EventDetail))
_INSERT_DEADLINE = insert(_DEADLINES)


def _without_code(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "code"}
