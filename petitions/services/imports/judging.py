"""Whether the law lets a sound row in, as an open or a closed case, and the digest of what it says."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from petitions.rulebook import Rulebook
from petitions.services.imports.mapping import Mapping
from petitions.services.imports.references import Resolved
from petitions.services.imports.rows import Fault, Record
from workflows import deadlines, lifecycle
from workflows.casefile import CaseFile
from workflows.checks import Given
from workflows.facts import CaseItem, Facts
from workflows.lifecycle import Move, Refused
from workflows.vocabulary import Action, Kind, Need, Outcome, Role
from workflows.working_days import CalendarMissing

MOVES_KEPT = 5_000
"""Registers stand in the order of days, so the same days come again soon or never."""

_OPEN: Given = {Need.OUTCOME: Outcome.OPEN}
_CLOSED: Given = {Need.OUTCOME: Outcome.CLOSED}


@dataclass(frozen=True, slots=True)
class Judged:
    """A row that may be written, with what it refers to and the move that enters it."""

    record: Record
    to: Resolved
    digest: str
    move: Move

    @property
    def summary(self) -> str:
        """What lists show; a row without words shows its field."""
        return self.record.summary or self.to.field.name

    @property
    def content(self) -> str:
        """The text of the paper, as much of it as the register has."""
        return self.record.content or self.summary


class Judge:
    """Judges the rows of one import on one day."""

    def __init__(self, mapping: Mapping, book: Rulebook, today: date) -> None:
        self._columns = mapping.columns
        self._book = book
        self._today = today
        self._decide = lru_cache(maxsize=MOVES_KEPT)(self._decided)
        self._missing: dict[tuple[Kind, date, bool], int | None] = {}

    def judge(self, record: Record, to: Resolved, digest: str) -> Judged | Fault:
        """The row ready to be written, or why the law refuses it."""
        closed = record.closed
        try:
            move = self._decide(record.kind, record.received, closed, to.remote)
        except Refused as refused:
            column = self._columns["received" if closed is None else "closed"]
            return Fault(record.row, column, refused.reason)
        if closed is None and (year := self._year_missing(record, to.remote)) is not None:
            return Fault(
                record.row,
                self._columns["received"],
                f"Chưa có lịch làm việc năm {year} để tính thời hạn của hồ sơ đang mở.",
            )
        return Judged(record, to, digest, move)

    def _decided(self, kind: Kind, received: date, closed: date | None, remote: bool) -> Move:
        opening = CaseFile(
            kind=kind, state=None, received_on=received, last_on=received, remote=remote
        )
        return lifecycle.decide(
            opening,
            Action.IMPORT,
            Role.ADMIN,
            closed or received,
            self._today,
            _OPEN if closed is None else _CLOSED,
        )

    def _year_missing(self, record: Record, remote: bool) -> int | None:
        """The year without a calendar that the clocks of an open case would touch."""
        key = (record.kind, record.received, remote)
        if key not in self._missing:
            item = CaseItem(record.kind, remote=remote, facts=Facts(received=record.received))
            self._missing[key] = None
            try:
                deadlines.compute(item, self._book.lawbook, self._book.calendar)
            except CalendarMissing as missing:
                self._missing[key] = missing.year
        return self._missing[key]


def digest(record: Record, to: Resolved) -> str:
    """A digest of all a row says in our words: the same row, read by the same mapping, gives the same."""
    person = record.person
    said = (
        record.kind,
        to.agency.code,
        to.field.code,
        "" if to.place is None else to.place.code,
        record.received,
        record.closed,
        record.written,
        record.summary,
        record.content,
        *(
            ()
            if person is None
            else (person.name, person.birth_year, person.id_number, person.phone, person.address)
        ),
    )
    return hashlib.sha256("\x1f".join(map(str, said)).encode()).hexdigest()
