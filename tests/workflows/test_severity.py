"""Points of a matter at every edge of the shipped table, classes, and level-skipping."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from workflows.severity import Factor, Klass, Skip, Weighed, klass_of, table_of, weigh
from workflows.skipping import CENTRAL, Limit, Sent, copied_to, graver, skipped

FILE = Path(__file__).parents[2] / "config" / "catalog" / "severity.toml"
GIVEN = tomllib.loads(FILE.read_text(encoding="utf-8"))
TABLE = table_of(GIVEN)
TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("factor", "case", "points"),
    [
        (Factor.CROWD, {"people": 4}, 0), (Factor.CROWD, {"people": 5}, 10),
        (Factor.CROWD, {"people": 10}, 20), (Factor.CROWD, {"people": 30}, 30),
        (Factor.SKIPPED, {"skip": Skip.IN_TIME}, 10), (Factor.SKIPPED, {"skip": Skip.RAN_OUT}, 15),
        (Factor.REPEATED, {"petitions": 1}, 0), (Factor.REPEATED, {"petitions": 2}, 5),
        (Factor.REPEATED, {"petitions": 4}, 10),
        (Factor.PROLONGED, {"open_since": date(2026, 5, 20)}, 0),
        (Factor.PROLONGED, {"open_since": date(2026, 5, 19)}, 5),
        (Factor.PROLONGED, {"open_since": date(2025, 11, 19)}, 10),
        (Factor.PROLONGED, {"open_since": date(2024, 11, 19)}, 15),
        (Factor.PROLONGED, {"reopened": True}, 15),
        (Factor.OVERDUE, {"days_late": 0}, 0), (Factor.OVERDUE, {"days_late": 1}, 5),
        (Factor.OVERDUE, {"days_late": 30}, 5), (Factor.OVERDUE, {"days_late": 31}, 10),
        (Factor.OVERDUE, {"days_late": 91}, 15),
        (Factor.SECURITY, {"security": True}, 25), (Factor.SPREAD, {"communes": 2}, 10),
        (Factor.PROTECTED, {"protected": True}, 5),
    ],
)  # fmt: skip
def test_points_at_the_edges(factor: Factor, case: dict[str, Any], points: int) -> None:
    assert weigh(Weighed(**case), TABLE, TODAY) == ({factor: points} if points else {})


@pytest.mark.parametrize(
    ("points", "security", "alarmed", "klass"),
    [
        (0, True, False, Klass.A), (40, False, True, Klass.A), (39, False, True, Klass.B),
        (0, False, True, Klass.B), (50, False, False, Klass.C), (49, False, False, Klass.REST),
    ],
)  # fmt: skip
def test_classes(points: int, security: bool, alarmed: bool, klass: Klass) -> None:
    assert klass_of(points, TABLE, security=security, alarmed=alarmed) is klass


@pytest.mark.parametrize(
    "change",
    [{"crowd": [[5, 10], [5, 20]]}, {"spread": []}, {"more": 1}, {"overdue": [[1, 9], [2, 8]]}],
)
def test_a_wrong_table_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="severity table"):
        table_of({**GIVEN, **change})
    with pytest.raises(ValueError, match="missing"):
        table_of({name: value for name, value in GIVEN.items() if name != "grave"})


DAY = timedelta(days=1)
DUE = date(2026, 10, 1)
PROVINCE = Sent(5, DUE, "UBND tỉnh")


@pytest.mark.parametrize(
    ("sent", "limits", "skip"),
    [
        ([Sent(2, DUE, "xã")], [], None),
        ([PROVINCE], [], Skip.IN_TIME),
        ([PROVINCE], [Limit(DUE)], Skip.IN_TIME),  # on the last day it is still in time
        ([Sent(5, DUE + DAY, "tỉnh")], [Limit(DUE)], Skip.RAN_OUT),
        ([Sent(5, DUE + DAY, "tỉnh")], [Limit(DUE, DUE + 2 * DAY)], Skip.RAN_OUT),
        ([PROVINCE], [Limit(DUE + 9 * DAY, DUE - DAY)], None),  # answered in time: the ordinary way
        ([PROVINCE, Sent(CENTRAL, DUE + DAY, "TW", copy=True)], [Limit(DUE)], Skip.RAN_OUT),
    ],
)
def test_level_skipping(sent: list[Sent], limits: list[Limit], skip: Skip | None) -> None:
    found = skipped(2, sent, limits)
    assert (found and found.skip) == skip
    later = skipped(2, [Sent(5, DUE + DAY, "tỉnh")], [Limit(DUE)])
    assert graver(found, later) == (found if skip is Skip.RAN_OUT else later)


def test_bodies_named_among_copies() -> None:
    assert copied_to("kinh gui thu tuong chinh phu va ubnd tinh") == (
        CENTRAL,
        "Thủ tướng Chính phủ",
    )
    assert copied_to("chu tich ubnd tinh son lam") == (5, "UBND tỉnh")
    assert copied_to("doan dai bieu quoc hoi tinh can bo truong phong") is None
