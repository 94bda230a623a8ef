"""Administrative units from the official lists, their outlines, and what they are called by.

The tables keep what a list says: a unit that a newer list no longer names is closed, never deleted.
``merged_from`` tells a unit some list has named (then a text, perhaps empty) from a place made
elsewhere (``None``), which no list can close.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import permutations
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from config.database import transaction
from petitions.models import FormerName, Place, PlaceNeighbour, PlaceOutline
from petitions.services.former_units import Reading, read, reconcile
from petitions.services.imports.tables import Layout, Number, Table, Unreadable, look_through
from petitions.services.outlines import COUNTED, read_outlines, touching
from petitions.text import BadDate, ControlCharacter, clean, fold, parse_vn_date
from workflows.records import FormerPart

REQUIRED = ("code", "name", "kind", "province_code", "valid_from")
OPTIONAL = ("valid_to", "merged_from")
LONGEST = {"code": 20, "name": 160, "kind": 40}
GEOJSON = frozenset({".geojson", ".json"})

_ALL = select(
    Place.id, Place.code, Place.name, Place.folded_name, Place.kind, Place.province_id,
    Place.valid_from, Place.valid_to, Place.merged_from, Place.imported,
)  # fmt: skip

Former = tuple[int, str, FormerPart]
"""Place, folded name and part: what makes a former name one row."""


@dataclass(frozen=True, slots=True)
class UnitsImported:
    """What a list changed. ``unreadable`` are pieces of ``merged_from`` nobody could read, with their code."""

    units: int
    added: int
    changed: int
    unchanged: int
    closed: int
    names_added: int
    names_dropped: int
    unreadable: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class OutlinesImported:
    """What a file of outlines changed; pairs of touching communes are counted once."""

    outlines: int
    added: int
    changed: int
    unchanged: int
    pairs_added: int
    pairs_dropped: int


@dataclass(frozen=True, slots=True)
class _Unit:
    row: int
    code: str
    name: str
    kind: str
    province: str | None
    valid_from: date
    valid_to: date | None
    merged_from: str


def import_units(path: Path, *, today: date) -> UnitsImported:
    """Take over a list of units (CSV, CSV.gz or XLSX); the same list again changes nothing.

    A listed unit that is missing here ends the day before the newest unit of this list begins, or
    ``today`` when the list brings no new one. A unit that changes its name keeps the old one as a
    former name. Raises ``Unreadable`` naming row and field; nothing is written then.
    """
    units = _read_units(path)
    with transaction() as session:
        before = {row.code: row for row in session.execute(_ALL)}
        _refuse_strangers(path, units, before)
        added = [unit for unit in units if unit.code not in before]
        ids = {code: row.id for code, row in before.items()}
        _insert(session, added, ids)
        changed = _update(session, units, before, ids)
        closed = _close(session, units, before, today)
        after = session.execute(_ALL).all()
        readings = _readings(after)
        gained, lost = 0, 0
        if added or changed or closed:
            gained, lost = _rename(session, list(before.values()), after, readings)
    own = {unit.code for unit in units}
    return UnitsImported(
        units=len(units),
        added=len(added),
        changed=changed,
        unchanged=len(units) - len(added) - changed,
        closed=closed,
        names_added=gained,
        names_dropped=lost,
        unreadable=tuple(
            (row.code, piece)
            for row in after
            if row.code in own and row.id in readings
            for piece in readings[row.id].unreadable
        ),
    )


def import_outlines(path: Path) -> OutlinesImported:
    """Take over outlines (GeoJSON with ``code``) as given and derive which communes touch.

    Raises ``Unreadable`` naming the feature, also for an outline without its unit; nothing is
    written then.
    """
    outlines = read_outlines(path)
    with transaction() as session:
        ids = {row.code: row.id for row in session.execute(select(Place.code, Place.id))}
        for number, code in enumerate(outlines, 1):
            if code not in ids:
                raise Unreadable(path, f"Chưa có đơn vị mã {code}.", number, "code", COUNTED)
        known = {
            row.place_id: row.geometry
            for row in session.execute(
                select(PlaceOutline.place_id, PlaceOutline.geometry).where(
                    PlaceOutline.place_id.in_([ids[code] for code in outlines])
                )
            )
        }
        given = {ids[code]: geometry for code, geometry in outlines.items()}
        added = [each for each in given if each not in known]
        changed = [each for each in given if each in known and known[each] != given[each]]
        if added:
            session.execute(
                insert(PlaceOutline),
                [{"place_id": each, "geometry": given[each]} for each in added],
            )
        if changed:
            session.execute(
                update(PlaceOutline),
                [{"place_id": each, "geometry": given[each]} for each in changed],
            )
        gained, lost = _neighbours(session) if added or changed else (0, 0)
    return OutlinesImported(
        outlines=len(outlines),
        added=len(added),
        changed=len(changed),
        unchanged=len(outlines) - len(added) - len(changed),
        pairs_added=gained,
        pairs_dropped=lost,
    )


# --- reading a list --------------------------------------------------------------------------


def _read_units(path: Path) -> list[_Unit]:
    table = look_through(path, Layout())
    at = _columns(table)
    units: dict[str, _Unit] = {}
    for unit in _units(table, at):
        first = units.setdefault(unit.code, unit)
        if first is not unit:
            raise Unreadable(path, f"Mã {unit.code} đã có ở dòng {first.row}.", unit.row, "code")
    return list(units.values())


def _columns(table: Table) -> dict[str, int]:
    at = {}
    for column in (*REQUIRED, *OPTIONAL):
        position = table.position(column)
        if position is not None:
            at[column] = position
        elif column in REQUIRED:
            raise Unreadable(table.path, "Thiếu cột này.", table.layout.header_row, column)
    return at


def _units(table: Table, at: Mapping[str, int]) -> Iterator[_Unit]:
    for row, cells in table.rows():
        cell = {
            column: cells[position] if position < len(cells) else ""
            for column, position in at.items()
        }
        text = {column: _clean(table.path, row, column, value) for column, value in cell.items()}
        for column in ("code", "province_code"):
            if isinstance(cell[column], Number):
                raise Unreadable(
                    table.path, "Mã phải ở dạng chữ để giữ số 0 ở đầu.", row, column
                )  # fmt: skip
        for column, longest in LONGEST.items():
            if not text[column]:
                raise Unreadable(table.path, "Không được để trống.", row, column)
            if len(text[column]) > longest:
                raise Unreadable(table.path, f"Dài quá {longest} ký tự.", row, column)
        begins = _day(table.path, row, "valid_from", text["valid_from"])
        ends = text.get("valid_to")
        until = _day(table.path, row, "valid_to", ends) if ends else None
        if until is not None and until < begins:
            raise Unreadable(table.path, "Kết thúc trước khi bắt đầu.", row, "valid_to")
        yield _Unit(
            row,
            text["code"],
            text["name"],
            text["kind"],
            text["province_code"] or None,
            begins,
            until,
            text.get("merged_from", ""),
        )


def _clean(path: Path, row: int, column: str, value: str) -> str:
    try:
        text = clean(value).text.strip()
    except ControlCharacter as error:
        raise Unreadable(path, error.message, row, column) from error
    # where the official text runs two entries together only the double space tells them apart
    return text if column == "merged_from" else " ".join(text.split())


@lru_cache(maxsize=1_000)
def _parsed(text: str) -> date | None:
    try:
        parsed = parse_vn_date(text)
    except BadDate:
        return None
    return parsed.date if parsed.precision == "day" else None


def _day(path: Path, row: int, column: str, text: str) -> date:
    day = _parsed(text)
    if day is None:
        raise Unreadable(path, f"“{text[:40]}” không phải là ngày hợp lệ.", row, column)
    return day


def _refuse_strangers(path: Path, units: Sequence[_Unit], before: Mapping[str, Any]) -> None:
    """Raise ``Unreadable`` at a unit whose province neither this list nor an earlier one names."""
    listed = {unit.code for unit in units}
    provinces = {unit.code for unit in units if unit.province is None}
    provinces |= {
        code
        for code, row in before.items()
        if row.province_id is None and row.valid_to is None and code not in listed
    }
    for unit in units:
        if unit.province is not None and unit.province not in provinces:
            raise Unreadable(
                path, f"Không có tỉnh, thành phố mã {unit.province}.", unit.row, "province_code"
            )


# --- writing a list --------------------------------------------------------------------------


def _columns_of(unit: _Unit, ids: Mapping[str, int]) -> dict[str, Any]:
    return {
        "name": unit.name,
        "folded_name": fold(unit.name),
        "kind": unit.kind,
        "province_id": None if unit.province is None else ids[unit.province],
        "valid_from": unit.valid_from,
        "valid_to": unit.valid_to,
        "merged_from": unit.merged_from,
        "imported": False,
    }


def _insert(session: Session, added: Sequence[_Unit], ids: dict[str, int]) -> None:
    """Insert the new units, provinces first, and add their ids to ``ids``."""
    for wave in (
        [unit for unit in added if unit.province is None],
        [unit for unit in added if unit.province is not None],
    ):
        if wave:
            rows = [{"code": unit.code, **_columns_of(unit, ids)} for unit in wave]
            fresh = session.execute(insert(Place).returning(Place.id, Place.code), rows)
            ids.update({row.code: row.id for row in fresh})


def _update(
    session: Session, units: Sequence[_Unit], before: Mapping[str, Any], ids: Mapping[str, int]
) -> int:
    """Bring the known units in line with the list; returns how many it changed."""
    changed = []
    for unit in units:
        if unit.code in before:
            row, columns = before[unit.code], _columns_of(unit, ids)
            if any(getattr(row, name) != value for name, value in columns.items()):
                changed.append({"id": row.id, **columns})
    if changed:
        session.execute(update(Place), changed)
    return len(changed)


def _close(session: Session, units: Sequence[_Unit], before: Mapping[str, Any], today: date) -> int:
    """End the units of earlier lists that this one no longer names; returns how many."""
    listed = {unit.code for unit in units}
    vanished = [
        row
        for row in before.values()
        if row.code not in listed and row.merged_from is not None and row.valid_to is None
    ]
    newest = max(
        (
            unit.valid_from
            for unit in units
            if unit.code not in before or before[unit.code].valid_from != unit.valid_from
        ),
        default=None,
    )
    ends = today if newest is None else newest - timedelta(days=1)
    if vanished:
        session.execute(
            update(Place),
            [{"id": row.id, "valid_to": max(ends, row.valid_from)} for row in vanished],
        )
    return len(vanished)


# --- former names ----------------------------------------------------------------------------


def _readings(places: Iterable[Any]) -> dict[int, Reading]:
    """What the lists say of the units they still name."""
    return {
        row.id: read(row.merged_from, row.name)
        for row in places
        if row.merged_from is not None and row.valid_to is None
    }


def _names(places: Sequence[Any], readings: Mapping[int, Reading]) -> dict[Former, str]:
    settled = reconcile(readings, {row.id: row.province_id for row in places})
    return {
        (place_id, fold(unit.name), unit.part): unit.name
        for place_id, units in settled.items()
        for unit in units
    }


def _rename(
    session: Session,
    before: Sequence[Any],
    after: Sequence[Any],
    readings: Mapping[int, Reading],
) -> tuple[int, int]:
    """Bring the former names in line with what the lists say now; returns (added, dropped).

    Only names that the earlier lists gave are dropped, and none of a unit that has ended.
    """
    wanted = _names(after, readings)
    names = {row.id: row.folded_name for row in after}
    for row in before:
        if row.folded_name != names[row.id] and row.merged_from is not None:
            wanted[row.id, row.folded_name, FormerPart.WHOLE] = row.name
    known = {
        (row.place_id, row.folded_name, row.part): row.id
        for row in session.execute(
            select(FormerName.id, FormerName.place_id, FormerName.folded_name, FormerName.part)
        )
    }
    gone = [
        known[former]
        for former in _names(before, _readings(before))
        if former in known and former not in wanted and former[0] in readings
    ]
    fresh = [
        {"place_id": place_id, "name": name, "folded_name": folded, "part": part}
        for (place_id, folded, part), name in wanted.items()
        if (place_id, folded, part) not in known
    ]
    if gone:
        session.execute(delete(FormerName).where(FormerName.id.in_(gone)))
    if fresh:
        session.execute(insert(FormerName), fresh)
    return len(fresh), len(gone)


# --- neighbours ------------------------------------------------------------------------------


def _neighbours(session: Session) -> tuple[int, int]:
    """Derive anew which communes touch; returns how many pairs (came, went)."""
    outlines = {
        row.place_id: row.geometry
        for row in session.execute(
            select(PlaceOutline.place_id, PlaceOutline.geometry)
            .join(Place, Place.id == PlaceOutline.place_id)
            .where(Place.province_id.is_not(None), Place.valid_to.is_(None))
        )
    }
    wanted = {way for pair in touching(outlines) for way in permutations(pair)}
    known = {
        (row.place_id, row.neighbour_id)
        for row in session.execute(select(PlaceNeighbour.place_id, PlaceNeighbour.neighbour_id))
    }
    if fresh := wanted - known:
        session.execute(
            insert(PlaceNeighbour),
            [{"place_id": one, "neighbour_id": other} for one, other in sorted(fresh)],
        )
    if gone := known - wanted:
        session.connection().execute(
            delete(PlaceNeighbour).where(
                PlaceNeighbour.place_id == bindparam("one"),
                PlaceNeighbour.neighbour_id == bindparam("other"),
            ),
            [{"one": one, "other": other} for one, other in sorted(gone)],
        )
    return len(fresh) // 2, len(gone) // 2
