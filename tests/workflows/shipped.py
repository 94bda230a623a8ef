"""The law and the calendar as shipped, read once for all tests of the rules."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from workflows.calendar_files import load_calendar
from workflows.lawbook import Lawbook
from workflows.working_days import Calendar

CONFIG = Path(__file__).parents[2] / "config"
LAW_FILES = sorted((CONFIG / "law").glob("*.toml"))
CALENDAR_FILES = sorted((CONFIG / "calendar").glob("*.toml"))


@cache
def lawbook() -> Lawbook:
    return Lawbook.load(LAW_FILES)


@cache
def calendar() -> Calendar:
    return load_calendar(CALENDAR_FILES)
