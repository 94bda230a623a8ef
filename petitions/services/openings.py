"""Declaring opening balances: who says how much was carried over from before the system, and why."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from petitions.errors import Forbidden
from petitions.models import OpeningBalance
from petitions.queries.report_readers import may_prepare
from petitions.queries.statistics.figures import Figure, Line, Unit, Window, broken
from petitions.queries.statistics.openings import completed, declarable, worked_before
from petitions.queries.statistics.spec import Table, versions
from petitions.queries.statistics.stored import packed, whole
from petitions.services.administration import Faults, refuse, words
from petitions.services.onetime import run_once
from petitions.services.snapshots import NOT_YOURS, figure_of
from petitions.text import vn_date
from workflows.vocabulary import Actor


@dataclass(frozen=True, slots=True)
class OpeningGiven:
    """A declaration as typed: figures by column. All of them 0 take an earlier one back."""

    spec: str
    table: str
    first: date
    last: date
    figures: Mapping[int, str]
    reason: str


def declare(given: OpeningGiven, *, actor: Actor, now: datetime, key: str | None = None) -> str:
    """Declare, or correct by a new row, what the actor's body carried over into its first period.

    The declared figures have to add up by themselves as the form does; a sum that was left empty is
    filled in. Raises ``Forbidden``, ``Invalid``.
    """

    def work(session: Session) -> str:
        if not may_prepare(actor, actor.agency_id):
            raise Forbidden(NOT_YOURS)
        faults: Faults = defaultdict(list)
        reason = words(given.reason, "reason", 500, faults)
        version = versions().get(given.spec)
        table = version.tables.get(given.table) if version else None
        if table is None or not declarable(table):
            faults["table"].append("Biểu này không kê khai đầu kỳ được.")
            refuse(faults)
            raise AssertionError
        window = Window(given.first, given.last)
        if given.last < given.first:
            faults["last"].append("Ngày cuối kỳ phải từ ngày đầu kỳ trở đi.")
        elif worked_before(window, {actor.agency_id}):
            faults["first"].append(
                f"Hệ thống đã có việc của đơn vị trước ngày {vn_date(given.first)}; số kỳ trước chuyển "
                "sang do hệ thống tính, không kê khai."
            )
        values = _values(table, given.figures, faults)
        refuse(faults)
        return _written(session, given, values, reason, actor, now)

    return run_once(key, "opening-balance", actor, now, work)


def _values(table: Table, typed: Mapping[int, str], faults: Faults) -> dict[int, Figure]:
    found: dict[int, Figure] = {}
    for column in declarable(table):
        value = figure_of(typed.get(column.number, ""), column.number, faults)
        if value is not None:
            found[column.number] = value
    if faults:
        return {}
    values = completed(table, found)
    line = Line(Unit(0, "", ""), whole(table, values, {}, {}))
    for each in broken(table, line):
        if not each.identity.soft:
            faults[f"columns.{each.identity.left}"].append(
                f"Số kê khai chưa cân: {each.identity.text} ({each.left} ≠ {each.right})."
            )
    return {number: value for number, value in values.items() if value}


def _written(
    session: Session, given: OpeningGiven, values: Mapping[int, Figure], reason: str, actor: Actor,
    now: datetime,
) -> str:  # fmt: skip
    uid = secrets.token_hex(16)
    session.execute(
        insert(OpeningBalance).values(
            uid=uid, agency_id=actor.agency_id, spec=given.spec, name=given.table,
            first=given.first, last=given.last, figures=packed(values), reason=reason,
            declared_by=actor.user_id, declared_at=now,
        )
    )  # fmt: skip
    return uid
