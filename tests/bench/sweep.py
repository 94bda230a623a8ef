"""The sweep beside the floor of the same work: one set-based statement over the same tables.

Works on any filled database of the current application: ``stage`` makes so many of its open cases
due and overdue and the rest not due, ``measure`` times floor and sweep in turns.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import median
from time import perf_counter
from typing import Any

from sqlalchemy import delete, select, update

from config.database import db, table_of
from notifications.models import OutboxMessage
from petitions.models import Case, Deadline, Flag, Sweep
from petitions.services.watch import SweepResult, sweep
from petitions.services.watch_sql import OneOf, Ids, many
from workflows.records import ClockState
from workflows.watch import NOT_A_DUTY

DAY = date(2026, 11, 20)
AT = datetime(2026, 11, 20, 2, tzinfo=UTC)
DUE, ROUNDS = 1_000, 7
_case, _clock, _flag = table_of(Case), table_of(Deadline), table_of(Flag)


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of the median round, how it compares to the floor of the same rounds, and a repeated pass."""

    floor: float
    sweep: float
    ratio: float
    again: float
    result: SweepResult
