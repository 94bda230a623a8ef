"""How the reply to an urging letter is counted, and where a letter stands."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest

from config.settings import ROOT
from tests.workflows.shipped import calendar
from workflows.urging import (
    House,
    Reply,
    ReplyBasis,
    UrgingEnd,
    UrgingStanding,
    counted,
    house_of,
    standing,
)

S, DUE = UrgingStanding, date(2026, 11, 27)


@pytest.mark.parametrize(
    ("ended", "end", "today", "wanted"),
    [
        (None, None, date(2026, 11, 27), S.WAITING),
        (None, None, date(2026, 11, 28), S.LATE),
        (date(2026, 11, 27), UrgingEnd.ANSWERED, date(2026, 12, 30), S.ANSWERED),
        (date(2026, 11, 28), UrgingEnd.ANSWERED, date(2026, 11, 28), S.ANSWERED_LATE),
        (date(2026, 12, 28), UrgingEnd.CLOSED, date(2026, 12, 28), S.CLOSED),
    ],
)
def test_where_a_letter_stands(
    ended: date | None, end: UrgingEnd | None, today: date, wanted: UrgingStanding
) -> None:
    """The day of reply itself is still in time; closing is neither in time nor late."""
    assert standing(DUE, ended, end, today) is wanted


def test_the_reply_is_counted_in_working_days() -> None:
    """From the day after the letter; 24 November 2026 is a day off. The usual number is the house's own."""
    house = house_of(tomllib.loads((ROOT / "config/catalog/urging.toml").read_text("utf-8")))
    assert house == House(7, 60)
    letter = date(2026, 11, 20)
    assert counted(letter, 7, house, calendar()) == Reply(date(2026, 12, 2), ReplyBasis.INTERNAL, 7)
    assert counted(letter, 1, house, calendar()).due == date(2026, 11, 23)
    assert counted(letter, 5, house, calendar()).basis is ReplyBasis.COUNTED
    for useless in ({"working_days": 0, "longest": 60}, {"working_days": 61, "longest": 60}):
        with pytest.raises(ValueError, match="longest"):
            house_of({"reply": useless})
