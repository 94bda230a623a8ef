"""Every rung that had to fire fired once, in office hours, to the right person, whatever went wrong."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from config.database import db
from tests.petitions.year import Year
from tests.world import World


def test_seven_weeks_over_tet(app: Flask, world: World) -> None:
    """Downtime over Tết, kills, a moody server, two schedulers."""
    year = Year(app, world, seed=1, cases=50)
    year.run(date(2026, 1, 12), date(2026, 3, 1))
    assert year.reckoning() == []
    assert year.expected and len(year.server.taken) > 20 and year.counts["processes killed"]


def test_a_calm_month_tells_of_everything(app: Flask, world: World) -> None:
    """Without faults nothing is passed over."""
    year = Year(app, world, seed=2, cases=12, faults=False)
    year.run(date(2026, 8, 3), date(2026, 9, 4))
    assert year.reckoning() == []
    assert year.due_rungs == year.expected != set()


@pytest.mark.proof
def test_the_whole_year(app: Flask, world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """2026 from its first to its last day; its ledger is printed, passed or not."""
    year = Year(app, world, seed=2026, cases=100)
    year.run(date(2026, 1, 1), date(2026, 12, 31))
    with capsys.disabled():
        print(f"\n{db.engine.dialect.name}, the year 2026:\n{year.ledger()}")
    assert year.reckoning() == []
