"""A second, slow calculator: one day at a time, limits written out by hand, nothing shared.

It knows the files of days off only; the numbers below were copied from the articles, not from the
rows the product reads.
"""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from functools import cache
from typing import Any

from tests.workflows.shipped import CALENDAR_FILES

ONE = timedelta(days=1)
JULY_2026 = date(2026, 7, 1)


class NoCalendar(Exception):
    pass


@cache
def years() -> dict[int, dict[str, Any]]:
    found = {}
    for path in CALENDAR_FILES:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        rows = data.get("day", [])
        found[data["year"]] = {
            "official": data["status"] == "official",
            "off": {row["date"] for row in rows if row["type"] != "swap_work"},
            "on": {row["date"] for row in rows if row["type"] == "swap_work"},
        }
    return found


class Desk:
    """Judges days and remembers which years that touched."""

    def __init__(self) -> None:
        self.touched: set[int] = set()

    def works(self, day: date) -> bool:
        self.touched.add(day.year)
        if day.year not in years():
            raise NoCalendar(day.year)
        year = years()[day.year]
        return day in year["on"] or (day.isoweekday() <= 5 and day not in year["off"])

    def walk(self, day: date, step: timedelta) -> date:
        while not self.works(day):
            day += step
        return day


def limits(item: dict[str, Any]) -> list[tuple[str, str, str, int, str, str]]:
    """(step, fact, rule, amount, unit, roll) for every step whose fact is given."""
    facts = item["facts"]
    kind = item["kind"]
    rows: list[tuple[str, str, str, int, str, str]] = []

    def add(step: str, fact: str, rule: str, amount: int, unit: str = "plain", how: str = "next",
            since: date = date.min) -> None:  # fmt: skip
        if fact in facts and facts[fact] >= since:
            rows.append((step, fact, rule, amount, unit, how))

    if kind == "complaint":
        discipline = item["subkind"] is not None
        first = item["instance"] == 1
        remote = item["remote"] and not discipline
        hard = item["complexity"] != "ordinary"
        old = "received" in facts and facts["received"] < JULY_2026
        if old:
            add("acceptance_decision", "received", "KL03" if discipline else "KN03-old", 10)
        else:
            add("acceptance_decision", "received", "KL03" if discipline else "KN03", 7, "working")
        add("unprocessed_alarm", "received", "TD21", 45, how="none", since=JULY_2026)
        if discipline:
            add("settlement", "accepted", "KL04", 45 if hard else 30)
        elif first:
            rule = {(0, 0): "KN04", (0, 1): "KN05", (1, 0): "KN06", (1, 1): "KN07"}[remote, hard]
            add("settlement", "accepted", rule, 30 + 15 * remote + 15 * hard)
        else:
            add("settlement", "accepted", "KN10", {0: 45, 1: 60, 2: 70}[remote + hard])
        if first:
            add("send_decision", "decision_issued", "KL06" if discipline else "KN08", 3, "working")
        else:
            add("send_decision", "decision_issued", "KL06" if discipline else "KN11", 7)
        add("publish_decision", "decision_issued", "KN12", 15)
        effect = "KL07" if discipline else "KN13" if first else "KN14"
        add("legal_effect", "decision_issued", effect, 45 if remote else 30, how="effect")
        if first:
            if discipline:
                window = 30 if item["subkind"] == "disciplinary_dismissal" else 10
                add("second_complaint_window", "decision_received", "KL02", window)
            else:
                fact = "decision_received" if "decision_received" in facts else "settlement_expired"
                add("second_complaint_window", fact, "KN09", 45 if remote else 30)
            late = 15 if discipline else 90
            rule = "KL01" if discipline else "KN01"
            add("limitation", "contested_decision_received", rule, late)
        add("direct_enforcement", "legal_effect", "KN21", 5, "working")
        add("dialogue_notice", "dialogue_on", "KN17", -5, how="previous", since=JULY_2026)
        add("send_suspension_decision", "suspension_decided", "KN18", 3, "working", since=JULY_2026)
    elif kind == "denunciation":
        if facts.get("competent", True):
            days = 10 if facts.get("multi_place_check") else 7
            add("initial_processing", "received", "TC01", days, "working")
        else:
            add("transfer", "received", "TC03", 5, "working")
        if "forwarded_by" in facts:
            add("reply_to_forwarder", "received", "TC21", 20)
        add("notify_acceptance", "accepted", "TC05", 5, "working")
        add("settlement", "accepted", "TC06", 30)
        add("send_conclusion", "conclusion_issued", "TC14", 5, "working")
        add("act_on_conclusion", "conclusion_issued", "TC15", 7, "working")
        add("publish_conclusion", "conclusion_issued", "TC17", 7, "working")
        add("further_denunciation_decision", "further_denunciation_received", "TC18", 20)
        add("demand_report", "overdue_further_denunciation_received", "TC19", 5, "working")
        add("send_suspension_decision", "suspension_decided", "TC13", 5, "working")
    else:
        add("result_notice", "received", "TD11", 10, "working")
        if kind == "reception":
            add(
                "refusal_notice",
                "refusal_grounds_established",
                "TD14",
                3,
                "working",
                since=JULY_2026,
            )
            add("schedule_posting", "reception_on", "TD10", -5, "working", "previous")
            add(
                "online_invitation",
                "online_reception_on",
                "TD16",
                -5,
                "working",
                "previous",
                JULY_2026,
            )
            add(
                "online_connection_test",
                "online_reception_on",
                "TD17",
                -1,
                "working",
                "previous",
                JULY_2026,
            )
            add("report_to_forwarder", "settled", "TD12", 7, "working")
            add("relay_result", "result_reported", "TD13", 5, "working")
    return rows


def answer(item: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Every step as plain values; raises NoCalendar."""
    return {row[0]: _one(item, *row[1:]) for row in limits(item)}


def _one(
    item: dict[str, Any], fact: str, rule: str, amount: int, unit: str, how: str
) -> dict[str, Any]:
    facts = item["facts"]
    start = facts[fact]
    desk = Desk()
    step = ONE if amount > 0 else -ONE
    skipped: set[date] = set()
    if fact == "contested_decision_received":
        for obstacle in facts.get("obstacles", []):
            day = obstacle["from"]
            while day <= obstacle["to"]:
                skipped.add(day)
                day += ONE
    day, left = start, abs(amount)
    while left:
        day += step
        counts = desk.works(day) if unit == "working" else day not in skipped
        left -= counts
    standing = False
    if fact == "accepted" and amount >= 30:
        day += timedelta(days=sum(facts.get("extensions", [])))
        for pause in sorted(facts.get("suspensions", []), key=_in_order):
            reached = day
            while reached < pause["from"] and not desk.works(reached):
                reached += ONE
            if reached < pause["from"]:
                break
            if "resumed" not in pause:
                standing = True
                break
            for _ in range((pause["resumed"] - pause["from"]).days):
                day += ONE
    if standing:
        return {"nominal_end": None, "due": None, "safe": None, "rule": rule,
                "provisional": _unofficial(desk.touched)}  # fmt: skip
    if how == "effect":
        due = day + ONE
    elif how == "none":
        due = day
    else:
        due = desk.walk(day, ONE if how == "next" else -ONE)
    safe: date | None
    try:
        safe = desk.walk(day, -ONE)
    except NoCalendar:
        safe = None
    return {"nominal_end": day, "due": due, "safe": safe, "rule": rule,
            "provisional": _unofficial(desk.touched)}  # fmt: skip


def _in_order(pause: dict[str, date]) -> tuple[date, date]:
    return pause["from"], pause.get("resumed", date.max)


def _unofficial(touched: set[int]) -> bool:
    return any(year not in years() or not years()[year]["official"] for year in touched)
