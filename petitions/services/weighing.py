"""Weighing: the points of every open case, kept beside it, so that the inspectorate's queue is one index.

A pass weighs what changed since it was weighed, and everything once a day because ages move; further
cases of a project or respondent that has begun or ceased to spread. In batches of one short
transaction each, so it may be broken off, repeated or run twice at once.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, Integer, and_, bindparam, delete, exists, or_, select
from sqlalchemy.orm import Session

from config.clock import local_day
from config.database import insert_or_replace, read, table_of, transaction
from petitions.installation import installation
from petitions.models import Case, CaseWeight, Respondent
from petitions.services.watch_spans import DAY, IDS
from petitions.services.watch_sql import OneOf
from petitions.services.weighing_around import Surroundings, surroundings
from petitions.services.weighing_facts import Found, found
from workflows.severity import Factor, Table, weigh
from workflows.severity import table_of as severity_table

BATCH = 1000
"""Cases a transaction."""
_weight = table_of(CaseWeight)


@dataclass(slots=True)
class WeighingResult:
    """Cases weighed, of them those whose points are not what they were, and rows of ended cases dropped."""

    weighed: int = 0
    changed: int = 0
    dropped: int = 0


def shipped_table() -> Table:
    """The points table of this installation. Raises ``ValueError`` where its file is wrong."""
    return _shipped(installation().settings.law_dir)


@cache
def _shipped(folder: Path) -> Table:
    path = folder / "catalog" / "severity.toml"
    return severity_table(tomllib.loads(path.read_text(encoding="utf-8")))


def run(now: datetime, *, guard: Callable[[Session], None] | None = None) -> WeighingResult:
    """One pass as of ``now``. ``guard`` is asked at the end of every transaction and may raise."""
    around = surroundings(local_day(now), shipped_table())
    done = WeighingResult()
    for ids in _chunks(_DUE, around):
        _put(ids, around, done, guard)
    for ids in _chunks(_SPREAD, around):
        _put(ids, around, done, guard)
    while True:
        with transaction() as session:
            gone = session.connection().execute(_DROP).rowcount
            if guard is not None:
                guard(session)
        done.dropped += gone
        if gone < BATCH:
            return done


def _chunks(statement: Any, around: Surroundings) -> Iterator[list[int]]:
    """Ids of the cases to weigh, batch after batch."""
    spread = around.spreading
    given = {
        "day": around.today,
        "table": around.table.version,
        "batch": BATCH,
        "ids": list(spread.projects),
        "names": sorted({who.name for who in spread.respondents}) or [""],
    }
    last = 0
    while True:
        ids = list(read(statement, {**given, "after": last}).scalars())
        if ids:
            yield ids
            last = ids[-1]
        if len(ids) < BATCH:
            return


def _put(
    ids: Sequence[int],
    around: Surroundings,
    done: WeighingResult,
    guard: Callable[[Session], None] | None,
) -> None:
    with transaction() as session:
        connection = session.connection()
        before = {
            row.case_id: row.points for row in connection.execute(_POINTS, {"ids": list(ids)})
        }
        rows = [_row(each, around) for each in found(ids, around)]
        if rows:
            insert_or_replace(session, _weight, rows, key=("case_id",))
        if guard is not None:
            guard(session)
    done.weighed += len(rows)
    done.changed += sum(before.get(row["case_id"]) != row["points"] for row in rows)


def _row(case: Found, around: Surroundings) -> dict[str, Any]:
    whole = weigh(case.whole, around.table, around.today)
    alone = weigh(case.alone, around.table, around.today)
    beyond = {
        factor.value: points - alone.get(factor, 0)
        for factor, points in whole.items()
        if points > alone.get(factor, 0)
    }
    return {
        "case_id": case.case_id,
        "points": sum(whole.values()),
        "beyond": sum(beyond.values()),
        **{factor.value: whole.get(factor, 0) for factor in Factor},
        "facts": {**case.facts, "beyond": beyond} if beyond else dict(case.facts),
        "case_version": case.version,
        "table_version": around.table.version,
        "weighed_on": around.today,
    }


_AFTER = Case.id > bindparam("after", type_=BigInteger())
_BATCH = bindparam("batch", type_=Integer())
_DUE = (
    select(Case.id)
    .outerjoin(CaseWeight, CaseWeight.case_id == Case.id)
    .where(
        Case.open,
        _AFTER,
        or_(
            CaseWeight.case_id.is_(None),
            CaseWeight.case_version != Case.version,
            CaseWeight.weighed_on != DAY,
            CaseWeight.table_version != bindparam("table", type_=Integer()),
        ),
    )
    .order_by(Case.id)
    .limit(_BATCH)
)
_SPREAD = (
    select(Case.id)
    .join(CaseWeight, CaseWeight.case_id == Case.id)
    .where(
        Case.open,
        _AFTER,
        or_(
            CaseWeight.spread > 0,
            and_(
                CaseWeight.spread == 0,
                or_(
                    OneOf(Case.project_id, IDS),
                    exists().where(
                        Respondent.case_id == Case.id,
                        Respondent.folded_name.in_(bindparam("names", expanding=True)),
                    ),
                ),
            ),
        ),
    )
    .order_by(Case.id)
    .limit(_BATCH)
)
"""What depends on other cases: weighed at every pass, or it would stand until the next day."""
_POINTS = select(_weight.c.case_id, _weight.c.points).where(OneOf(_weight.c.case_id, IDS))
_DROP = delete(_weight).where(
    _weight.c.case_id.in_(
        select(CaseWeight.case_id)
        .join(Case, Case.id == CaseWeight.case_id)
        .where(~Case.open)
        .limit(BATCH)
    )
)
