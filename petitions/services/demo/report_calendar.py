"""The calendar of periodic reports in the demonstration, taken over from the examples, and what was sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from config.clock import VIETNAM
from config.database import db
from petitions.models import Agency, ReportTurn
from petitions.services.demo.people import Cast, Office
from petitions.services.reporting import DutyGiven, examples, note_sent, save_duty
from workflows.reporting import Concerned, ReportPeriod

KEPT_SINCE = timedelta(days=190)
"""How long before the day the inspectorate took the examples over."""
_CHOSEN = ("so-nnmt",)
_LATE_EACH, _UNSENT_EACH = 4, 7
"""Of reports that are due every fourth left late, and every seventh has not left yet."""


def keep_reports(offices: Mapping[str, Office], cast: Cast, as_of: date) -> int:
    """The head of the inspectorate keeps the calendar, bodies note what they sent; returns how many commands."""
    since = as_of - KEPT_SINCE
    keeper = cast.actor(offices["thanh-tra-tinh"].head, since)
    for row in examples().values():
        concerned = Concerned(row["concerned"])
        given = DutyGiven(
            name=row["name"], basis=row["basis"], period=ReportPeriod(row["period"]),
            concerned=concerned, month=row["month"], day=row["day"],
            starts_on=date(since.year, 1, 1),
            agencies=_CHOSEN if concerned is Concerned.CHOSEN else (),
        )  # fmt: skip
        save_duty(given, uid=None, version=None, actor=keeper, now=_at(since))
    return len(examples()) + _sent(offices, cast, as_of)


def _sent(offices: Mapping[str, Office], cast: Cast, as_of: date) -> int:
    rows = db.session.execute(
        select(ReportTurn.uid, ReportTurn.due, Agency.code)
        .join(Agency, Agency.id == ReportTurn.agency_id)
        .where(ReportTurn.due < as_of, Agency.code.in_(offices))
        .order_by(ReportTurn.due, ReportTurn.id)
    ).all()
    done = 0
    for number, row in enumerate(rows, 1):
        if number % _UNSENT_EACH == 0:
            continue
        late = number % _LATE_EACH == 0
        on = min(row.due + timedelta(days=4 if late else -2), as_of - timedelta(days=1))
        actor = cast.actor(offices[row.code].desk, on)
        note_sent(row.uid, on, f"{number + 40}/BC", actor=actor, now=_at(on))
        done += 1
    return done


def _at(day: date) -> datetime:
    return datetime.combine(day, time(9), VIETNAM)
