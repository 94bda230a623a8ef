"""Importing a register: batches of at most 1,000 rows, one transaction each, safe to break off anywhere."""

from __future__ import annotations

import codecs
import csv
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy.exc import IntegrityError

from config.database import Busy, db, transaction
from petitions.errors import Conflict
from petitions.services.imports.mapping import Mapping, read_mapping
from petitions.services.imports.rows import Fault, Record, RowReader
from petitions.services.imports.tables import Cells, NumberedRow, Table, Unreadable, look_through
from petitions.services.imports.writer import Writer, Written

BATCH = 1_000
REPORT_COLUMNS = ("row", "column", "reason")


@dataclass(slots=True)
class Counts:
    """Where the rows of a file ended; the last four add up to the first."""

    rows: int = 0
    imported: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0


class _Undo(Exception):
    """A dry run takes its batch back."""


def choose_mapping(path: Path, shipped: Path) -> Mapping:
    """The one mapping in the folder ``shipped`` whose columns the file all has.

    Raises ``Unreadable`` when none or several fit.
    """
    fitting = []
    for candidate in sorted(shipped.glob("*.toml")):
        mapping = read_mapping(candidate)
        table = look_through(path, mapping.layout)
        if all(table.position(title) is not None for title in mapping.titles()):
            fitting.append(mapping)
    if len(fitting) != 1:
        raise Unreadable(
            path,
            "Phải nêu bảng ánh xạ bằng --mapping (tạo bảng đầu tiên bằng --suggest):"
            f" {len(fitting)} bảng có sẵn khớp với các cột.",
        )
    return fitting[0]


def run(
    path: Path,
    mapping: Mapping,
    *,
    now: datetime,
    dry_run: bool = False,
    report: Path | None = None,
    progress: Callable[[int, int | None], None] = lambda _done, _size: None,
) -> Counts:
    """Import the file; every row ends in exactly one of the counts.

    ``report`` receives each rejected row with its number, column and reason before its own cells, so
    that it can be mended and imported by the same mapping. ``progress`` is told (rows done, rows in
    all) after each batch. Nothing is written by a dry run, nor when ``Unreadable`` is raised; what
    was committed before an interruption stays, and the next run goes on from there. Raises
    ``Conflict`` when another command holds the database or enters the same rows.
    """
    table = look_through(path, mapping.layout)
    reader = RowReader(mapping, table)
    _unmap_database()
    writer = Writer(mapping, now)
    counts = Counts()
    seen: dict[str, int] = {}
    rows = table.rows()
    with _report(report, table) as reject:
        while batch := list(islice(rows, BATCH)):
            records, faults = _read(reader, batch, seen)
            written = _write(writer, records, dry_run)
            faults += written.faults
            counts.rows += len(batch)
            counts.imported += written.imported
            counts.updated += written.updated
            counts.unchanged += written.unchanged
            counts.rejected += len(faults)
            reject(batch, faults)
            progress(counts.rows, table.size)
    return counts


def _unmap_database() -> None:
    """Pages of a mapped SQLite file count as memory of this process, and an import walks them all."""
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA mmap_size=0")
    db.session.rollback()


def _read(
    reader: RowReader, batch: Sequence[NumberedRow], seen: dict[str, int]
) -> tuple[list[Record], list[Fault]]:
    records, faults = [], []
    for number, cells in batch:
        key = reader.key_of(cells)
        first = seen.setdefault(key, number)
        if key and first != number:
            column = reader.mapping.columns["key"]
            faults.append(
                Fault(number, column, f"repeated key, first at row {first} (khóa lặp lại)")
            )
            continue
        read = reader.read(number, cells)
        if isinstance(read, Fault):
            faults.append(read)
        else:
            records.append(read)
    return records, faults


def _write(writer: Writer, records: Sequence[Record], dry_run: bool) -> Written:
    written = Written()
    try:
        with transaction() as session:
            written = writer.write(session, records)
            if dry_run:
                raise _Undo
    except _Undo:
        writer.forget()
    except (IntegrityError, Busy) as error:
        raise Conflict(
            "Có việc khác đang ghi cùng những dòng này; hãy chạy lại để tiếp."
        ) from error
    return written


@contextmanager
def _report(
    target: Path | None, table: Table
) -> Iterator[Callable[[Sequence[NumberedRow], Sequence[Fault]], None]]:
    """Where rejected rows go; the file appears whole when the import is through."""
    if target is None:
        yield lambda _batch, _faults: None
        return
    kept = [at for at, title in enumerate(table.columns) if title not in REPORT_COLUMNS]
    layout = table.layout
    # a byte order mark is read whatever encoding the mapping names; old ones cannot write the reasons
    encoding = "utf-8" if codecs.lookup(layout.encoding).name == "utf-8" else "utf-8-sig"
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    fresh = Path(name)
    try:
        with os.fdopen(handle, "w", encoding=encoding, newline="") as stream:
            lines: Any = csv.writer(stream, delimiter=layout.delimiter or ",", lineterminator="\n")
            lines.writerow([*REPORT_COLUMNS, *(table.columns[at] for at in kept)])

            def reject(batch: Sequence[NumberedRow], faults: Sequence[Fault]) -> None:
                if not faults:
                    return
                cells_of = dict(batch)
                for fault in sorted(faults, key=lambda each: each.row):
                    lines.writerow(
                        [fault.row, fault.column, fault.reason, *_kept(cells_of[fault.row], kept)]
                    )

            yield reject
        fresh.chmod(0o644)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)


def _kept(cells: Cells, positions: Sequence[int]) -> list[str]:
    return [cells[at] if at < len(cells) else "" for at in positions]
