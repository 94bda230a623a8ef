"""Walking every case's chain: does each event still say what its hash committed to?

One statement streamed in order, so memory stays the same however many events there are. Values are
taken as the database stores them: what was changed by hand need not have the shape a column asks for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, String, and_, exists, select, type_coerce
from sqlalchemy.engine import Connection

from petitions import sealed_rows
from petitions.ledger import chain
from petitions.models import Case, CaseKey, Event, EventDetail
from petitions.sealing import CaseKey as Key
from petitions.sealing import Keyring, SealingError
from workflows.lifecycle import coarse_of
from workflows.vocabulary import Kind, State

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Broken:
    """What does not hold, in which case, and at which of its events (``None``: the case itself)."""

    code: str
    seq: int | None
    what: str

    def __str__(self) -> str:
        where = "" if self.seq is None else f", sự kiện số {self.seq}"
        return f"{self.code}{where}: {self.what}."


@dataclass(slots=True)
class Walked:
    """How much was found in order before the first fault, if there is one."""

    cases: int = 0
    events: int = 0
    words: int = 0
    sealed: int = 0
    erased: int = 0
    broken: Broken | None = None


class _Fault(Exception):
    """The first thing wrong with an event."""


def walk(connection: Connection, keyring: Keyring) -> Walked:
    """Check every chain, in order of the cases' entry, up to the first broken one."""
    walked = Walked()
    result = connection.execute(_EVERYTHING, execution_options={"yield_per": BATCH})
    for _, rows in groupby(result, key=lambda row: row.case_id):
        walked.broken = _Case(keyring, walked).check(rows)
        if walked.broken is not None:
            return walked
        walked.cases += 1
    walked.broken = _stray(connection)
    return walked


def _raw(column: Any) -> Any:
    """The column as the driver hands it over, whatever was put there."""
    return type_coerce(column, String)


_EVERYTHING = (
    select(
        Case.id.label("case_id"),
        Case.code,
        _raw(Case.kind).label("kind"),
        _raw(Case.state).label("state"),
        _raw(Case.coarse).label("coarse"),
        Case.event_seq,
        Case.event_hash,
        CaseKey.wrapped,
        Event.seq,
        Event.action,
        Event.state_from,
        Event.state_to,
        _raw(Event.on).label("on"),
        _raw(Event.recorded_at).label("recorded_at"),
        Event.actor_id,
        _raw(Event.role).label("role"),
        Event.agency_id,
        _raw(Event.data).label("data"),
        Event.commitment,
        Event.prev_hash,
        Event.hash,
        EventDetail.case_id.label("detail"),
        EventDetail.salt,
        _raw(EventDetail.content).label("content"),
        EventDetail.sealed,
        _raw(EventDetail.erased_at).label("erased_at"),
    )
    .select_from(Case)
    .outerjoin(CaseKey, CaseKey.case_id == Case.id)
    .outerjoin(Event, Event.case_id == Case.id)
    .outerjoin(EventDetail, and_(EventDetail.case_id == Case.id, EventDetail.seq == Event.seq))
    .order_by(Case.id, Event.seq)
)


@dataclass(slots=True)
class _Case:
    """One case's chain while it is walked."""

    keyring: Keyring
    walked: Walked
    key: Key | None = None
    seq: int = 0
    head: str = chain.GENESIS
    erased: set[int] = field(default_factory=set)
    erasures: set[int] = field(default_factory=set)

    def check(self, rows: Iterator[Row[Any]]) -> Broken | None:
        """The first fault, or none."""
        for row in rows:
            if row.seq is None:
                return Broken(row.code, None, "không còn sự kiện nào")
            try:
                self._event(row)
            except _Fault as fault:
                return Broken(row.code, self.seq, str(fault))
        what = self._standing(row)
        return None if what is None else Broken(row.code, None, what)

    def _event(self, row: Row[Any]) -> None:
        self.seq += 1
        if row.seq != self.seq:
            raise _Fault("không còn trong sổ")
        if row.prev_hash != self.head:
            raise _Fault("không nối với sự kiện đứng trước")
        try:
            data = _json(row.data)
            counted = _hash_of(row, data)
        except (AttributeError, TypeError, ValueError):
            raise _Fault("không đọc được") from None
        if counted != row.hash:
            raise _Fault("nội dung đã bị sửa")
        self.head = row.hash
        if "erased" in data:
            self.erasures.add(data["erased"])
        self._words(row)
        self.walked.events += 1

    def _words(self, row: Row[Any]) -> None:
        if row.detail is None:
            if row.commitment is not None:
                raise _Fault("lời ghi kèm đã mất mà không có dấu xóa")
            return
        if row.commitment is None:
            raise _Fault("có lời ghi kèm mà sự kiện không hề ghi nhận")
        if row.content is None and row.sealed is None:
            if row.erased_at is None:
                raise _Fault("lời ghi kèm đã mất mà không có dấu xóa")
            self.erased.add(row.seq)
            self.walked.erased += 1
            return
        try:
            said = _json(row.content) if row.sealed is None else self._open(row)
            kept = chain.commit_to(row.salt, said) == row.commitment
        except (AttributeError, TypeError, ValueError):
            kept = False
        if not kept:
            raise _Fault("lời ghi kèm đã bị sửa")
        self.walked.words += 1

    def _open(self, row: Row[Any]) -> Any:
        if row.wrapped is None:
            raise _Fault("lời ghi kèm được niêm phong nhưng khóa của hồ sơ không còn")
        try:
            if self.key is None:
                self.key = self.keyring.unwrap(row.wrapped)
            opened = self.key.open(row.sealed, sealed_rows.event_words(row.code, row.seq))
        except SealingError as error:
            raise _Fault(f"lời ghi kèm không mở được: {error.message.rstrip('.')}") from error
        self.walked.sealed += 1
        return json.loads(opened)

    def _standing(self, last: Row[Any]) -> str | None:
        """Whether the case row says what its last event says, and nothing was erased in silence.

        Sealed words may also be lost with their key (a restore without sealed values): the seal is
        what protects the denouncer, so that leaves no event.
        """
        if last.event_seq != self.seq or last.event_hash != self.head:
            return "sổ không kết thúc ở sự kiện mà hồ sơ ghi nhận"
        if last.state != last.state_to:
            return "trạng thái của hồ sơ khác với sự kiện cuối"
        if last.state not in set(State) or last.coarse != coarse_of(State(last.state)):
            return "trạng thái tổng hợp của hồ sơ không đúng"
        silent = self.erased - self.erasures
        if silent and last.kind != Kind.DENUNCIATION:
            return (
                f"lời ghi kèm của sự kiện số {min(silent)} bị xóa mà không có sự kiện ghi việc xóa"
            )
        return None


def _hash_of(row: Row[Any], data: Any) -> str:
    return chain.event_hash(
        prev=row.prev_hash,
        code=row.code,
        seq=row.seq,
        action=row.action,
        state_from=row.state_from,
        state_to=row.state_to,
        on=date.fromisoformat(row.on) if isinstance(row.on, str) else row.on,
        at=_instant(row.recorded_at),
        actor_id=row.actor_id,
        role=row.role,
        agency_id=row.agency_id,
        data=data,
        commitment=row.commitment,
    )


def _instant(value: str | datetime) -> datetime:
    """SQLite keeps UTC without saying so."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value


def _json(value: Any) -> dict[str, Any]:
    found = json.loads(value) if isinstance(value, str) else value
    if not isinstance(found, dict):
        raise TypeError("not an object")
    return found


def _stray(connection: Connection) -> Broken | None:
    """Events without their case, and words without their event."""
    event = connection.execute(
        select(Event.case_id, Event.seq)
        .where(~exists().where(Case.id == Event.case_id))
        .order_by(Event.case_id, Event.seq)
        .limit(1)
    ).one_or_none()
    if event is not None:
        return Broken(f"#{event.case_id}", event.seq, "hồ sơ của sự kiện không còn")
    words = connection.execute(
        select(Case.code, EventDetail.seq)
        .join(Case, Case.id == EventDetail.case_id)
        .where(~exists().where(Event.case_id == EventDetail.case_id, Event.seq == EventDetail.seq))
        .order_by(Case.id, EventDetail.seq)
        .limit(1)
    ).one_or_none()
    return words and Broken(words.code, words.seq, "lời ghi kèm đứng không có sự kiện")
