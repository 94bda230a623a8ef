"""What hot spots are counted from: matters by week, commune and field, in one statement each.

One matter counts once, in the ISO week of its first receipt anywhere, under the commune it arose in:
voided and joined files do not count, nor does a second instance or a settlement anew (the same
matter), nor the whole of a petition that was split; its parts do, once in each series.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, case, func, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from config.database import read
from petitions.access import barred
from petitions.models import Agency, Case, CaseLink, Field, FormerName, Place
from workflows.records import FormerPart, LinkKind
from workflows.vocabulary import Actor, AgencyKind, Kind, State

YEARS_READ = 5
WEEKS_READ = 52 * YEARS_READ
"""Weeks of history a scan looks back over."""


class MondayOf(FunctionElement[date]):
    """``MondayOf(day)``: the Monday of its ISO week."""

    type = Date()
    inherit_cache = True


@compiles(MondayOf, "postgresql")
def _monday_postgresql(element: MondayOf, compiler: SQLCompiler, **kw: Any) -> str:
    day = compiler.process(element.clauses, **kw)
    return f"({day} - (CAST(EXTRACT(ISODOW FROM {day}) AS integer) - 1))"


@compiles(MondayOf, "sqlite")
def _monday_sqlite(element: MondayOf, compiler: SQLCompiler, **kw: Any) -> str:
    return f"date({compiler.process(element.clauses, **kw)}, 'weekday 0', '-6 days')"


_WHOLE = aliased(CaseLink)
_BODY = aliased(Agency)
_SEAT = aliased(Place)
_SAME_MATTER = (LinkKind.SPLIT_FROM, LinkKind.SECOND_INSTANCE_OF, LinkKind.RESETTLES)
_GONE = (State.VOIDED, State.JOINED, State.SPLIT)

WEEK: ColumnElement[date] = MondayOf(Case.first_received_on)
MATTER = case((_WHOLE.kind == LinkKind.SPLIT_FROM, _WHOLE.to_case_id), else_=Case.id)
"""Parts of one petition share the whole's number, so that a series counts them once."""
FIELD = case((Field.level == 3, Field.parent_id), else_=Field.id)
"""Hot spots are sought at the second level of the tree: some fifteen fields."""
PLACE = func.coalesce(
    Case.place_id, case((_SEAT.province_id.is_not(None), _BODY.place_id), else_=None)
)
"""Where the matter arose; where nobody said, the commune whose own body received it first."""
OFFICE = case((_BODY.imported, _BODY.id), else_=None)
"""The body that received it, of bodies known from an imported register alone."""


def matters(*columns: Any, secret: bool, first: date, last: date) -> Select[*tuple[Any, ...]]:
    """``columns`` of the matters first received from ``first`` to ``last``, both days counted.

    ``secret``: denunciations alone; otherwise everything but them.
    """
    kind = Case.kind == Kind.DENUNCIATION if secret else Case.kind != Kind.DENUNCIATION
    return (
        select(*columns)
        .select_from(Case)
        .join(Field, Field.id == Case.field_id)
        .join(_BODY, _BODY.id == Case.origin_agency_id)
        .outerjoin(_SEAT, _SEAT.id == _BODY.place_id)
        .outerjoin(
            _WHOLE,
            and_(
                _WHOLE.from_case_id == Case.id,
                _WHOLE.kind.in_(_SAME_MATTER),
                _WHOLE.undone_on.is_(None),
            ),
        )
        .where(
            kind,
            Case.state.not_in(_GONE),
            or_(_WHOLE.kind.is_(None), _WHOLE.kind == LinkKind.SPLIT_FROM),
            Case.first_received_on.between(first, last),
        )
    )


@dataclass(frozen=True, slots=True)
class Cell:
    """Matters of one week under one key. ``imported``: some came from another register."""

    week: date
    key: tuple[int | None, ...]
    count: int
    imported: bool


def cells(
    *keys: Any, secret: bool, first: date, last: date, extra: ColumnElement[bool] | None = None
) -> list[Cell]:
    """Matters counted by week and ``keys`` in one GROUP BY."""
    statement = matters(
        WEEK.label("week"),
        func.count(MATTER.distinct()),
        func.max(case((Case.imported_key.is_not(None), 1), else_=0)),
        *keys,
        secret=secret,
        first=first,
        last=last,
    ).group_by(WEEK, *keys)
    if extra is not None:
        statement = statement.where(extra)
    return [Cell(row[0], tuple(row[3:]), row[1], bool(row[2])) for row in read(statement)]


def merged_places() -> dict[int, int]:
    """Communes that ended, each with the one it went into whole: by its body's successor, or by the
    present commune's list of former names where only one bears it. A commune that was divided among
    several is no one's history."""
    old, new = aliased(Place), aliased(Place)
    into: dict[int, set[int]] = defaultdict(set)
    by_body = aliased(Agency)
    rows = read(
        select(old.id, by_body.place_id)
        .join(Agency, and_(Agency.place_id == old.id, Agency.kind == AgencyKind.COMMUNE))
        .join(by_body, by_body.id == Agency.successor_id)
        .where(old.valid_to.is_not(None), by_body.place_id.is_not(None))
    )
    for ended, follower in rows:
        if ended != follower:
            into[ended].add(follower)
    named: dict[int, set[int]] = defaultdict(set)
    rows = read(
        select(old.id, new.id)
        .join(FormerName, FormerName.folded_name == old.folded_name)
        .join(new, new.id == FormerName.place_id)
        .where(
            old.valid_to.is_not(None),
            new.id != old.id,
            FormerName.part == FormerPart.WHOLE,
            or_(old.province_id.is_(None), new.province_id == old.province_id),
        )
    )
    for ended, follower in rows:
        named[ended].add(follower)
    direct = {
        ended: next(iter(followers)) for ended, followers in (named | into).items()
        if len(followers) == 1
    }  # fmt: skip
    return {ended: _last(ended, direct) for ended in direct}


def _last(ended: int, direct: Mapping[int, int]) -> int:
    seen = {ended}
    here = direct[ended]
    while here in direct and here not in seen:
        seen.add(here)
        here = direct[here]
    return here


def barred_matters(actor: Actor, monday: date) -> dict[tuple[bool, int], int]:
    """By (secret, field): matters of the week this person is shut out of."""
    shut = barred(Case.id, actor.user_id, tuple(actor.unit_ids))
    return {
        (secret, cell.key[0]): cell.count
        for secret in (False, True)
        for cell in cells(
            FIELD, secret=secret, first=monday, last=monday + timedelta(days=6), extra=shut
        )
        if cell.key[0] is not None
    }
