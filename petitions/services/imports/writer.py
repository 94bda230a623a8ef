"""Batches of sound rows into the case file: new cases, changed ones, and those that are as they were."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions import ledger
from petitions.codes import make_code
from petitions.ledger.record import Change, Entry
from petitions.models import Case, CaseText, Petition
from petitions.rulebook import Rulebook, current
from petitions.services import numbering
from petitions.services.imports.judging import Judge, Judged, digest
from petitions.services.imports.mapping import Mapping
from petitions.services.imports.people import insert_people
from petitions.services.imports.references import References
from petitions.services.imports.revisions import revise
from petitions.services.imports.rows import Fault, Record
from petitions.services.imports.words import search_text
from petitions.services.operator import operator
from workflows.records import Source
from workflows.vocabulary import Actor


@dataclass(slots=True)
class Written:
    """What became of one batch of rows."""

    imported: int = 0
    updated: int = 0
    unchanged: int = 0
    faults: list[Fault] = field(default_factory=list)


class Writer:
    """Writes the batches of one import, each inside the caller's transaction."""

    def __init__(self, mapping: Mapping, now: datetime) -> None:
        self._mapping = mapping
        self._now = now
        self._references: References | None = None
        self._judge: Judge | None = None

    def forget(self) -> None:
        """The last batch was not committed: what it made does not exist."""
        self._references = None

    def write(self, session: Session, records: Sequence[Record]) -> Written:
        """One batch. Rows the case file refuses come back as faults; the others are written."""
        book = current(session)
        if self._references is None:
            self._references = References(session, self._mapping)
        if self._judge is None:
            self._judge = Judge(self._mapping, book, local_day(self._now))
        outcome = Written()
        known = self._known(session, records)
        fresh: list[Judged] = []
        changed: list[tuple[Judged, int]] = []
        for record in records:
            to = self._references.resolve(session, record)
            if isinstance(to, Fault):
                outcome.faults.append(to)
                continue
            row_digest, case = digest(record, to), known.get(self._key(record))
            if case is not None and case.imported_hash == row_digest:
                outcome.unchanged += 1
                continue
            judged = self._judge.judge(record, to, row_digest)
            if isinstance(judged, Fault):
                outcome.faults.append(judged)
            elif case is None:
                fresh.append(judged)
            else:
                changed.append((judged, case.id))
        if fresh or changed:
            actor = operator(session, self._now)
            self._insert(session, fresh, actor, book)
            outcome.imported = len(fresh)
            faults = revise(session, self._mapping, changed, actor, self._now, book)
            outcome.updated = len(changed) - len(faults)
            outcome.faults += faults
        return outcome

    def _key(self, record: Record) -> str:
        return f"{self._mapping.id}:{record.key}"

    def _known(self, session: Session, records: Iterable[Record]) -> dict[str, Any]:
        found = session.execute(
            select(Case.id, Case.imported_key, Case.imported_hash).where(
                Case.imported_key.in_([self._key(record) for record in records])
            )
        )
        return {str(case.imported_key): case for case in found}

    def _insert(
        self, session: Session, rows: Sequence[Judged], actor: Actor, book: Rulebook
    ) -> None:
        if not rows:
            return
        numbers = _numbers(session, rows)
        cases = [self._case(row, number) for row, (number, _) in zip(rows, numbers, strict=True)]
        entries = [
            Entry(case, row.move, row.move.on, self._change(row, register), new=True,
                  agency_id=row.to.agency.id)
            for case, row, (_, register) in zip(cases, rows, numbers, strict=True)
        ]  # fmt: skip
        ledger.record_many(session, entries, actor=actor, now=self._now, book=book)
        connection = session.connection()
        connection.execute(
            insert(CaseText),
            [
                {"case_id": case.id, "content": row.content, "search": search_text(case.code, row)}
                for case, row in zip(cases, rows, strict=True)
            ],
        )
        connection.execute(
            insert(Petition),
            [
                {
                    "case_id": case.id,
                    "agency_id": row.to.agency.id,
                    "register_year": row.record.received.year,
                    "register_number": register,
                    "source": Source.IMPORTED,
                    "written_on": row.record.written,
                    "received_on": row.record.received,
                    "entered_at": self._now,
                    "entered_by": actor.user_id,
                }
                for case, row, (_, register) in zip(cases, rows, numbers, strict=True)
            ],
        )
        insert_people(
            session,
            [(case, row.record.person) for case, row in zip(cases, rows, strict=True)],
        )

    def _case(self, row: Judged, number: int) -> Case:
        to = row.to
        return Case(
            code=make_code(to.agency.prefix, row.record.received.year, number),
            kind=row.record.kind,
            instance=1,
            remote=to.remote,
            agency_id=to.agency.id,
            origin_agency_id=to.agency.id,
            entered_at=self._now,
            source=Source.IMPORTED,
            field_id=to.field.id,
            place_id=None if to.place is None else to.place.id,
            summary=row.summary,
            facts={},
            imported_key=self._key(row.record),
            imported_hash=row.digest,
        )

    def _change(self, row: Judged, register: int) -> Change:
        return Change(
            data={
                "kind": row.record.kind,
                "source": Source.IMPORTED,
                "mapping": self._mapping.id,
                "register": f"{register}/{row.record.received.year}",
            }
        )


def _numbers(session: Session, rows: Sequence[Judged]) -> list[tuple[int, int]]:
    """The next case and register numbers of each row's agency, in the year the paper was received.

    Each book gives one unbroken range a batch; rows take from it in their order.
    """
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        groups[row.to.agency.id, row.record.received.year].append(index)
    numbers = [(0, 0)] * len(rows)
    for (agency_id, year), members in sorted(groups.items()):
        last = numbering.next_numbers(
            session, agency_id, [numbering.CASES, numbering.REGISTER], year, len(members)
        )
        for back, index in enumerate(reversed(members)):
            numbers[index] = (
                last[numbering.CASES] - back,
                last[numbering.REGISTER] - back,
            )
    return numbers
