"""The calculator and the law over the API: the same items, answers and faults as on the command line."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from tests.api.conftest import Callers
from tests.workflows.shipped import calendar, lawbook
from workflows import calculator

ITEMS: list[dict[str, Any]] = [
    {"id": "kn", "kind": "complaint", "facts": {"received": "2026-11-20", "accepted": "2026-11-25"}},
    {"id": "tc", "kind": "denunciation", "complexity": "complex", "facts": {"accepted": "2026-06-30", "extensions": [30]}},
    {"id": "td", "kind": "reception", "facts": {"reception_on": "2026-11-25"}},
    {"id": "sum", "arithmetic": {"start": "2026-11-20", "amount": 7, "unit": "working_day", "direction": "forward",
                                 "roll": "next", "days_off": ["2026-11-24"], "working_saturdays": ["2026-11-28"]}},
]  # fmt: skip


def test_answers_are_those_of_the_command_line(callers: Callers) -> None:
    """Counted with the table's calendar, which the shipped files seeded."""
    expected = calculator.answer(calculator.parse(ITEMS), lawbook(), calendar())
    assert callers.post("lan", "/deadlines", ITEMS, key=None).json == expected
    assert expected[0]["deadlines"]["acceptance_decision"]["due"] == "2026-12-02"


@pytest.mark.parametrize(
    ("items", "path"),
    [
        ({"id": "a"}, "body"),
        ([{"id": "a", "kind": "complaint"}, {"id": "a", "kind": "complaint"}], "1.id"),
        ([{"id": "a", "kind": "complaint", "facts": {"suspensions": [{"from": "2026-13-01"}]}}], "0.facts.suspensions.0.from"),
        ([{"id": "a", "kind": "complaint", "facts": {"received": "1990-01-01", "accepted": "1990-01-02"}}], "0"),
        ([{"id": "a", "kind": "complaint"}] * 1001, "body"),
        ([{**ITEMS[3], "arithmetic": {**ITEMS[3]["arithmetic"], "amount": 1_000_001}}], "0.arithmetic.amount"),
    ],
)  # fmt: skip
def test_a_fault_is_told_at_its_item_with_the_command_lines_words(
    callers: Callers, items: Any, path: str
) -> None:
    """Nothing is answered when one item is wrong."""
    refused = callers.post("lan", "/deadlines", items, key=None)
    assert (refused.status_code, list(refused.json["errors"])) == (422, [path])
    assert refused.json["errors"][path][0] in refused.json["detail"]


def test_a_repeated_key_is_a_fault(callers: Callers) -> None:
    """As in a file."""
    raw = json.dumps(ITEMS[:1])[:-2] + ', "kind": "feedback"}]'
    refused = callers.post("lan", "/deadlines", raw.encode(), key=None)
    assert list(refused.json["errors"]) == ["0.kind"]


def test_the_law_of_a_day_is_that_of_its_book(callers: Callers) -> None:
    """Both sides of 1 July 2026; today when no day is asked."""
    for day in ("2026-06-30", "2026-07-01"):
        answer = callers.get("lan", "/law", on=day).json
        assert [rule["code"] for rule in answer["rules"]] == [
            rule.code for rule in lawbook().in_force(date.fromisoformat(day))
        ]
    amounts = [
        {
            rule["amount"]
            for rule in callers.get("lan", "/law", on=day).json["rules"]
            if rule["step"] == "acceptance_decision" and "disciplinary" not in rule["subkinds"]
        }
        for day in ("2026-06-30", "2026-07-01")
    ]
    assert amounts == [{10}, {7}]
    assert callers.get("lan", "/law").json["on"] == "2026-11-20"
    assert list(callers.get("lan", "/law", on="2026").json["errors"]) == ["on"]
