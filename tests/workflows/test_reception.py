"""Reception in plain values: groups, how sessions stand, series of days, the days a head owes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.shipped import calendar, lawbook
from workflows.deadlines import compute
from workflows.facts import RECEPTION, CaseItem, Facts
from workflows.reception import (
    HEADS,
    QuotaStanding,
    SessionStanding,
    SessionStatus,
    count_days,
    days_of_months,
    month_of,
    representatives,
    standing,
)
from workflows.vocabulary import AgencyKind, Step

D = date
TODAY = D(2026, 11, 20)


@pytest.mark.parametrize(
    ("step", "fact", "on", "last", "article"),
    [
        # Friday 4 December: Thursday 3rd is one working day before, Friday 27 November the fifth
        (Step.SCHEDULE_POSTING, "reception_on", D(2026, 12, 4), D(2026, 11, 27), "Khoản 4 Điều 24"),
        # Friday 27 November: 26, 25, (24 is a holiday) 23, 20, 19 November
        (Step.SCHEDULE_POSTING, "reception_on", D(2026, 11, 27), D(2026, 11, 19), "Khoản 4 Điều 24"),
        # Monday 30 November: Friday 27, 26, 25, 23, 20
        (Step.SCHEDULE_POSTING, "reception_on", D(2026, 11, 30), D(2026, 11, 20), "Khoản 4 Điều 24"),
        # Monday 24 August 2026: Saturday 22 is a make-up working day
        (Step.SCHEDULE_POSTING, "reception_on", D(2026, 8, 24), D(2026, 8, 18), "Khoản 4 Điều 24"),
        (Step.ONLINE_INVITATION, "online_reception_on", D(2026, 12, 4), D(2026, 11, 27), "Điều 23"),
        (Step.ONLINE_CONNECTION_TEST, "online_reception_on", D(2026, 11, 25), D(2026, 11, 23), "Điều 23"),
        # refused on Friday 20 November: Monday 23, Wednesday 25, Thursday 26
        (Step.REFUSAL_NOTICE, "refusal_grounds_established", TODAY, D(2026, 11, 26), "Điều 4"),
        # ten working days across the holiday of 24 November
        (Step.RESULT_NOTICE, "received", TODAY, D(2026, 12, 7), "Khoản 1 Điều 28"),
    ],
)  # fmt: skip
def test_the_last_days_of_the_law(
    step: Step, fact: str, on: date, last: date, article: str
) -> None:
    found = compute(CaseItem(RECEPTION, facts=Facts(**{fact: on})), lawbook(), calendar())[step]  # type: ignore[arg-type]
    assert found.due == last
    assert article in found.citation


def test_before_the_decree_nobody_was_invited_by_law() -> None:
    facts = Facts(online_reception_on=D(2026, 6, 30))
    assert Step.ONLINE_INVITATION not in compute(
        CaseItem(RECEPTION, facts=facts), lawbook(), calendar()
    )


@pytest.mark.parametrize(
    ("people", "bounds"),
    [(1, (0, 0)), (4, (0, 0)), (5, (1, 2)), (10, (1, 2)), (11, (1, 5)), (300, (1, 5))],
)
def test_representatives_of_a_group(people: int, bounds: tuple[int, int]) -> None:
    """Law art 29."""
    assert representatives(people) == bounds


@pytest.mark.parametrize(
    ("status", "day", "heard", "stands"),
    [
        (SessionStatus.PLANNED, TODAY + timedelta(1), 0, SessionStanding.AHEAD),
        (SessionStatus.PLANNED, TODAY, 0, SessionStanding.TODAY),
        (SessionStatus.PLANNED, TODAY - timedelta(1), 0, SessionStanding.MISSED),
        (SessionStatus.PLANNED, TODAY - timedelta(1), 2, SessionStanding.UNCLOSED),
        (SessionStatus.HELD, TODAY - timedelta(1), 0, SessionStanding.HELD),
        (SessionStatus.POSTPONED, TODAY - timedelta(1), 0, SessionStanding.POSTPONED),
        (SessionStatus.CANCELLED, TODAY + timedelta(1), 0, SessionStanding.CANCELLED),
    ],
)
def test_how_a_session_stands(
    status: SessionStatus, day: date, heard: int, stands: SessionStanding
) -> None:
    assert standing(status, day, heard, TODAY) is stands


def test_a_series_moves_days_off_to_the_next_working_day() -> None:
    """5 December 2026 is a Saturday; 24 November the new holiday; 31 is not in every month."""
    found = days_of_months({5, 24}, D(2026, 11, 10), D(2026, 12, 31), calendar().is_working)
    assert [(each.day, each.moved_from) for each in found] == [
        (D(2026, 11, 25), D(2026, 11, 24)),
        (D(2026, 12, 7), D(2026, 12, 5)),
        (D(2026, 12, 24), None),
    ]
    months = days_of_months({31}, D(2026, 10, 1), D(2026, 12, 31), calendar().is_working)
    assert [each.day for each in months] == [D(2026, 11, 2), D(2026, 12, 31)]


@given(
    numbers=st.sets(st.integers(1, 31), max_size=6),
    first=st.dates(D(2026, 1, 1), D(2026, 9, 1)),
    length=st.integers(0, 100),
)
def test_series_are_working_days_in_order(numbers: set[int], first: date, length: int) -> None:
    last = first + timedelta(length)
    days = [each.day for each in days_of_months(numbers, first, last, calendar().is_working)]
    assert days == sorted(set(days))
    assert all(calendar().is_working(day) and day >= first for day in days)


@pytest.mark.parametrize(
    ("kind", "on", "amount", "per", "article"),
    [
        (AgencyKind.COMMUNE, D(2026, 6, 30), 1, "week", "điểm d khoản 2 điều 15"),
        (AgencyKind.COMMUNE, D(2026, 7, 1), 2, "month", "luật 136/2025"),
        (AgencyKind.PROVINCE, D(2026, 11, 1), 1, "month", "khoản 5 điều 12"),
        (AgencyKind.DEPARTMENT, D(2026, 11, 1), 1, "month", "khoản 2 điều 18"),
        (AgencyKind.INSPECTORATE, D(2026, 11, 1), 1, "month", "khoản 2 điều 18"),
        (AgencyKind.SERVICE_UNIT, D(2026, 11, 1), 1, "month", "khoản 2 điều 10"),
        (AgencyKind.FORMER_DISTRICT, D(2025, 6, 1), 2, "month", "khoản 5 điều 13"),
    ],
)
def test_quotas_are_dated_rows_of_the_law(
    kind: AgencyKind, on: date, amount: int, per: str, article: str
) -> None:
    quota = lawbook().quota(HEADS[kind], on)
    assert quota is not None
    assert (quota.amount, quota.per) == (amount, per)
    assert article in quota.citation.lower()


def test_what_had_no_quota_has_none() -> None:
    assert lawbook().quota(HEADS[AgencyKind.SERVICE_UNIT], D(2026, 6, 1)) is None
    assert lawbook().quota(HEADS[AgencyKind.FORMER_DISTRICT], D(2025, 7, 1)) is None
    assert AgencyKind.SECTION not in HEADS


@pytest.mark.parametrize(
    ("per", "amount", "month", "held", "required", "fulfilled"),
    [
        ("month", 2, D(2026, 11, 1), [], 2, 0),
        ("month", 2, D(2026, 11, 1), [D(2026, 11, 5)], 2, 1),
        ("month", 2, D(2026, 11, 1), [D(2026, 11, 5), D(2026, 11, 5)], 2, 1),
        ("month", 2, D(2026, 11, 1), [D(2026, 11, 5), D(2026, 11, 19), D(2026, 11, 26)], 2, 2),
        ("month", 2, D(2026, 11, 1), [D(2026, 10, 30), D(2026, 12, 1)], 2, 0),
        # Mondays of June 2026: 1, 8, 15, 22, 29
        ("week", 1, D(2026, 6, 15), [D(2026, 6, 2), D(2026, 6, 4), D(2026, 6, 11)], 5, 2),
        ("week", 1, D(2026, 6, 1), [D(2026, 7, 1)], 5, 1),
        # the week of Tết 2026 (16-20 February) has no working day and asks for none
        ("week", 1, D(2026, 2, 1), [], 3, 0),
    ],
)
def test_days_are_counted_as_the_law_says(
    per: str, amount: int, month: date, held: list[date], required: int, fulfilled: int
) -> None:
    counted = count_days(amount, per, month, held, calendar().is_working)
    assert (counted.required, counted.fulfilled) == (required, fulfilled)
    assert counted.left == required - fulfilled


def test_a_running_month_is_not_yet_short() -> None:
    counted = count_days(2, "month", TODAY, [D(2026, 11, 5)], calendar().is_working)
    last = month_of(TODAY)[1]
    assert counted.standing(last, TODAY) is QuotaStanding.RUNNING
    assert counted.standing(last, D(2026, 12, 1)) is QuotaStanding.SHORT
    both = count_days(2, "month", TODAY, [D(2026, 11, 5), D(2026, 11, 6)], calendar().is_working)
    assert both.standing(last, TODAY) is QuotaStanding.MET
    assert month_of(D(2026, 2, 10)) == (D(2026, 2, 1), D(2026, 2, 28))
