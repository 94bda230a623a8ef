"""Promises from a table: every line is right, or nothing is written.

A line is known again by its key, so the same file imported twice changes nothing. What stands in the
table about a promise that is already here is brought up to date; its commitment is not, for that has
its own history.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from config.clock import local_day
from config.database import transaction
from petitions.access import require_role
from petitions.errors import Invalid
from petitions.labels import label
from petitions.models import Agency, Commitment, Field, Place, Promise
from petitions.queries.offices import in_force
from petitions.services import promises
from petitions.services.commitments import Step, write_step
from petitions.services.imports.tables import Cells, Layout, Table, Unreadable, look_through
from petitions.services.promises import About
from petitions.services.undertakings import Undertaking
from petitions.text import BadDate, fold, parse_vn_date
from workflows.commitments import CommitmentStatus, CommitmentVerdict, Occasion
from workflows.vocabulary import Actor, Role

MOST_ROWS = 10_000
KEY_LIMIT = 80


class Column(StrEnum):
    """Titles of the table."""

    KEY = "Mã"
    AGENCY = "Cơ quan theo dõi"
    OCCASION = "Dịp"
    MADE_BY = "Người hứa"
    MADE_ON = "Ngày hứa"
    MADE_AT = "Nơi hứa"
    TERM = "Nhiệm kỳ"
    MEETING = "Kỳ họp"
    FIELD = "Lĩnh vực"
    PLACE = "Địa bàn"
    WHAT = "Nội dung"
    LEAD = "Cơ quan chủ trì"
    COOPERATING = "Cơ quan phối hợp"
    CHECKING = "Cơ quan kiểm tra"
    DUE = "Hạn thực hiện"
    ANSWER = "Trả lời"
    ANSWERED_ON = "Ngày trả lời"
    DONE_ON = "Ngày hoàn thành"


REQUIRED = (
    Column.KEY, Column.OCCASION, Column.MADE_BY, Column.MADE_ON, Column.MADE_AT, Column.WHAT,
    Column.LEAD, Column.DUE,
)  # fmt: skip
_FIELDS = {
    "occasion": Column.OCCASION, "made_by": Column.MADE_BY, "made_on": Column.MADE_ON,
    "made_at": Column.MADE_AT, "term": Column.TERM, "meeting": Column.MEETING,
    "field_code": Column.FIELD, "place_code": Column.PLACE, "answer": Column.ANSWER,
    "checking_agency_code": Column.CHECKING, "answered_on": Column.ANSWERED_ON,
    "undertaking.what": Column.WHAT, "undertaking.due": Column.DUE,
    "undertaking.lead_agency_code": Column.LEAD, "undertaking.cooperating": Column.COOPERATING,
    "undertaking.supervising": Column.CHECKING,
}  # fmt: skip
_OCCASIONS = {
    **{fold(each.value): each for each in Occasion},
    **{fold(label(each)): each for each in Occasion},
}


@dataclass(slots=True)
class Counts:
    """Where the lines of a file ended; the last three add up to the first."""

    rows: int = 0
    entered: int = 0
    updated: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the table as read."""

    number: int
    key: str
    agency_id: int
    about: About
    undertaking: Undertaking
    done_on: date | None


class _Undo(Exception):
    """A dry run takes everything back."""


def import_promises(path: Path, *, actor: Actor, now: datetime, dry_run: bool = False) -> Counts:
    """Import the table at ``path`` (CSV or XLSX) for the actor's agency, or those it names.

    The command line (an administrator's hat) may name any agency, others their own and those below.
    Raises ``Forbidden``, ``Unreadable``, and ``Invalid`` with ``FILE: dòng N: column`` of every fault;
    nothing is written then, nor by a dry run.
    """
    if actor.role is not Role.ADMIN:
        require_role(actor, *promises.KEEPERS)
    table = look_through(path, Layout())
    missing = [each for each in REQUIRED if table.position(each) is None]
    if missing:
        raise Unreadable(path, f"Thiếu cột: {', '.join(missing)}.", 1)
    if table.size is not None and table.size > MOST_ROWS:
        raise Unreadable(path, f"Quá {MOST_ROWS} dòng; hãy chia tệp.")
    counts = Counts()
    try:
        with transaction() as session:
            _write(session, path, _read(session, table, actor, now), counts, actor, now)
            if dry_run:
                raise _Undo
    except _Undo:
        pass
    return counts


def _write(
    session: Session,
    path: Path,
    lines: Sequence[_Line],
    counts: Counts,
    actor: Actor,
    now: datetime,
) -> None:
    faults: dict[str, list[str]] = {}
    for line in lines:
        counts.rows += 1
        known = session.scalar(
            select(Promise).where(
                Promise.agency_id == line.agency_id,
                or_(Promise.imported_key == line.key, Promise.uid == line.key),
            )
        )
        try:
            if known is None:
                _enter(session, line, actor, now)
                counts.entered += 1
            elif promises.rewrite(session, known, line.about, local_day(now)):
                counts.updated += 1
            else:
                counts.unchanged += 1
        except Invalid as error:
            for field, messages in error.fields.items():
                faults[_at(path, line.number, _FIELDS.get(field, field))] = list(messages)
    if faults:
        raise Invalid(faults)


def _enter(session: Session, line: _Line, actor: Actor, now: datetime) -> None:
    row = promises.write(
        session, line.about, line.undertaking, line.agency_id, line.key, actor, now
    )
    if line.done_on is None:
        return
    kept = session.scalars(select(Commitment).where(Commitment.promise_id == row.id)).one()
    done = Step(CommitmentVerdict.DONE, line.done_on)
    write_step(session, kept, done, CommitmentStatus.DONE, actor, now)


# --- reading ---------------------------------------------------------------------------------


class _Catalogs:
    """Agencies, fields and places by code and by name."""

    def __init__(self, session: Session, today: date) -> None:
        self.agencies: dict[str, tuple[int, str]] = {}
        for row in session.execute(
            select(Agency.id, Agency.code, Agency.name).where(in_force(Agency, today))
        ):
            self.agencies[fold(row.name)] = self.agencies[fold(row.code)] = (row.id, row.code)
        self.fields = self._codes(session, Field)
        self.places = self._codes(session, Place)

    @staticmethod
    def _codes(session: Session, model: type[Field] | type[Place]) -> dict[str, str]:
        found: dict[str, str] = {}
        for code, name in session.execute(select(model.code, model.name).order_by(model.id)):
            found.setdefault(fold(name), code)
            found[fold(code)] = code
        return found


def _read(session: Session, table: Table, actor: Actor, now: datetime) -> list[_Line]:
    catalogs, today = _Catalogs(session, local_day(now)), local_day(now)
    lines: list[_Line] = []
    faults: dict[str, list[str]] = {}
    seen: dict[tuple[int, str], int] = {}
    for number, cells in table.rows():
        reader = _Reader(table, cells, catalogs, actor)
        line = reader.line(number, today)
        for column, messages in reader.faults.items():
            faults[_at(table.path, number, column)] = messages
        if line is None:
            continue
        first = seen.setdefault((line.agency_id, line.key), number)
        if first != number:
            faults[_at(table.path, number, Column.KEY)] = [f"Trùng mã với dòng {first}."]
        lines.append(line)
    if faults:
        raise Invalid(faults)
    return lines


class _Reader:
    """The cells of one line."""

    def __init__(self, table: Table, cells: Cells, catalogs: _Catalogs, actor: Actor) -> None:
        self._table, self._cells = table, cells
        self._catalogs, self._actor = catalogs, actor
        self.faults: defaultdict[str, list[str]] = defaultdict(list)

    def line(self, number: int, today: date) -> _Line | None:
        """The line, or ``None`` with its faults."""
        for column in REQUIRED:
            if not self._text(column):
                self.faults[column].append("Mục này bắt buộc phải có.")
        key = self._text(Column.KEY)
        if len(key) > KEY_LIMIT:
            self.faults[Column.KEY].append(f"Dài quá {KEY_LIMIT} ký tự.")
        occasion = _OCCASIONS.get(fold(self._text(Column.OCCASION)))
        if occasion is None:
            self.faults[Column.OCCASION].append(
                f"Phải là một trong: {', '.join(label(each) for each in Occasion)}."
            )
        made_on, due = self._day(Column.MADE_ON), self._day(Column.DUE)
        answered_on, done_on = self._day(Column.ANSWERED_ON), self._day(Column.DONE_ON)
        agency_id = self._keeper()
        lead, checking = self._agency(Column.LEAD), self._agency(Column.CHECKING)
        helpers = tuple(
            code
            for name in self._text(Column.COOPERATING).split(";")
            if name.strip() and (code := self._known(Column.COOPERATING, name))
        )
        field = self._code(Column.FIELD, self._catalogs.fields)
        place = self._code(Column.PLACE, self._catalogs.places)
        if done_on is not None and (done_on > today or (made_on and done_on < made_on)):
            self.faults[Column.DONE_ON].append("Ngày hoàn thành phải từ ngày hứa đến hôm nay.")
        if self.faults or occasion is None or made_on is None or due is None or lead is None:
            return None
        about = About(
            occasion, self._text(Column.MADE_BY), made_on, self._text(Column.MADE_AT),
            self._text(Column.TERM), self._text(Column.MEETING), field, place, checking,
            self._text(Column.ANSWER), answered_on,
        )  # fmt: skip
        undertaking = Undertaking(self._text(Column.WHAT), lead, due, cooperating=helpers)
        return _Line(number, key, agency_id, about, undertaking, done_on)

    def _text(self, column: Column) -> str:
        at = self._table.position(column)
        return "" if at is None or at >= len(self._cells) else self._cells[at].strip()

    def _day(self, column: Column) -> date | None:
        text = self._text(column)
        if not text:
            return None
        try:
            found = parse_vn_date(text)
        except BadDate as error:
            self.faults[column].append(error.message)
            return None
        if found.precision != "day":
            self.faults[column].append("Phải ghi đủ ngày, tháng, năm.")
            return None
        return found.date

    def _agency(self, column: Column) -> str | None:
        name = self._text(column)
        return self._known(column, name) if name else None

    def _known(self, column: Column, name: str) -> str | None:
        found = self._catalogs.agencies.get(fold(name))
        if found is None:
            self.faults[column].append(f"Không có cơ quan “{name.strip()}”.")
            return None
        return found[1]

    def _keeper(self) -> int:
        name = self._text(Column.AGENCY)
        if not name:
            return self._actor.agency_id
        found = self._catalogs.agencies.get(fold(name))
        admin = self._actor.role is Role.ADMIN
        if found is None or not (admin or found[0] in self._actor.agency_ids):
            self.faults[Column.AGENCY].append(
                "Không có cơ quan này, hoặc cơ quan không thuộc quyền của bạn."
            )
            return 0
        return found[0]

    def _code(self, column: Column, known: dict[str, str]) -> str | None:
        name = self._text(column)
        if not name:
            return None
        found = known.get(fold(name))
        if found is None:
            self.faults[column].append(f"Không có “{name}” trong danh mục.")
        return found


def _at(path: Path, number: int, column: str) -> str:
    return f"{path.name}: dòng {number}: {column}"
