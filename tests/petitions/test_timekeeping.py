"""Changing the calendar, the law or a commune's flag: previewed, made, restated, logged."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from config.database import db
from petitions.errors import Forbidden, Invalid
from petitions.models import Case, RuleChange
from petitions.queries.case_page import case_page
from petitions.services import timekeeping
from petitions.services.acts import perform
from petitions.services.intake import register
from tests.conftest import NOW, TODAY
from tests.petitions.test_acts import clock, instant
from tests.petitions.test_intake import COMPLAINT
from tests.world import World
from workflows.records import PlaceFlagKind
from workflows.vocabulary import Action, Need, Step
from workflows.working_days import CalendarYear, DayType, SpecialDay


def year_2026(*extra: SpecialDay) -> CalendarYear:
    """This year's calendar with more special days."""
    known = next(year for year in timekeeping.calendar_years() if year.year == 2026)
    return replace(known, days=tuple(sorted([*known.days, *extra], key=lambda each: each.day)))


SWAP = SpecialDay(date(2026, 11, 23), DayType.SWAP_OFF, "Hoán đổi dịp 24/11")


def test_a_new_day_off_moves_open_deadlines_and_says_so(world: World) -> None:
    """Monday 23 November off: seven working days from Friday the 20th end on 3 instead of 2 December."""
    code = register(COMPLAINT, actor=world.lan, now=NOW)
    assert clock(code, Step.ACCEPTANCE_DECISION).due == date(2026, 12, 2)
    moved = timekeeping.preview_calendar([year_2026(SWAP)])
    assert [(m.code, m.step, m.old, m.new) for m in moved] == [
        (code, Step.ACCEPTANCE_DECISION, date(2026, 12, 2), date(2026, 12, 3)),
        *[(code, m.step, m.old, m.new) for m in moved[1:]],
    ]
    assert clock(code, Step.ACCEPTANCE_DECISION).due == date(2026, 12, 2)
    outcome = timekeeping.change_calendar(
        [year_2026(SWAP)], reason="TB 1/2026", actor=world.tam, now=NOW
    )
    assert outcome.cases_moved == 1
    assert clock(code, Step.ACCEPTANCE_DECISION).due == date(2026, 12, 3)
    latest = case_page(world.lan, code).timeline[0]
    assert (latest.action, latest.words["reason"]) == (Action.RESTATE, "TB 1/2026")
    assert {"step": "acceptance_decision", "from": "2026-12-02", "to": "2026-12-03"} in latest.data[
        "moved"
    ]
    fresh = register(COMPLAINT, actor=world.lan, now=NOW)
    assert clock(fresh, Step.ACCEPTANCE_DECISION).due == date(2026, 12, 3)


def test_closed_cases_never_move(world: World) -> None:
    """What is settled stays as it was counted."""
    code = register(COMPLAINT, actor=world.lan, now=NOW)
    for action, actor, given in (
        (Action.CLASSIFY, world.an, {Need.COMPETENT: True}),
        (Action.FILE, world.minh, {Need.GROUND: "Trùng"}),
    ):
        perform(code, action, given, version=None, on=TODAY, actor=actor, now=NOW)
    before = clock(code, Step.ACCEPTANCE_DECISION).due
    timekeeping.change_calendar([year_2026(SWAP)], reason="TB", actor=world.tam, now=NOW)
    assert clock(code, Step.ACCEPTANCE_DECISION).due == before


def test_an_interrupted_change_goes_on_where_it_stopped(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batches are transactions of their own; running it again restates what is left, once."""
    monkeypatch.setattr(timekeeping, "BATCH", 2)
    codes = [register(COMPLAINT, actor=world.lan, now=NOW) for _ in range(5)]
    whole = timekeeping._restate_batch
    calls = []

    def breaks_down(*args: object) -> bool:
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("power cut")
        return whole(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(timekeeping, "_restate_batch", breaks_down)
    with pytest.raises(RuntimeError):
        timekeeping.change_calendar([year_2026(SWAP)], reason="TB", actor=world.tam, now=NOW)
    monkeypatch.setattr(timekeeping, "_restate_batch", whole)
    change = db.session.scalars(select(RuleChange.id)).one()
    assert timekeeping.resume(change, actor=world.tam, now=NOW).cases_moved == 5
    assert {clock(code, Step.ACCEPTANCE_DECISION).due for code in codes} == {date(2026, 12, 3)}
    assert {case.event_seq for case in db.session.scalars(select(Case))} == {2}


def test_wrong_calendars_are_refused_at_the_field(world: World) -> None:
    """A swapped working day must be a Saturday, a reason must be given, and only an administrator may."""
    sunday = SpecialDay(date(2026, 11, 22), DayType.SWAP_WORK, "nhầm")
    with pytest.raises(Invalid) as error:
        timekeeping.preview_calendar([year_2026(sunday)])
    assert "days" in error.value.fields
    with pytest.raises(Invalid):
        timekeeping.change_calendar([year_2026(SWAP)], reason=" ", actor=world.tam, now=NOW)
    with pytest.raises(Forbidden):
        timekeeping.change_calendar([year_2026(SWAP)], reason="x", actor=world.minh, now=NOW)


def test_a_missing_calendar_year_refuses_the_act(world: World) -> None:
    """A date in 2028 cannot be counted: the act is refused, nothing is half-written."""
    late = date(2027, 12, 27)
    with pytest.raises(Invalid, match=r"2028|lịch"):
        register(replace(COMPLAINT, received_on=late), actor=world.lan, now=instant(late))
    assert db.session.scalars(select(Case.id)).all() == []


def test_remote_communes_get_the_longer_limit(world: World) -> None:
    """Declared remote from July: the open complaint settled in 45 instead of 30 days, with its event."""
    on = date(2026, 11, 2)
    code = register(replace(COMPLAINT, received_on=on), actor=world.lan, now=instant(on))
    for action, actor in ((Action.CLASSIFY, world.an), (Action.ACCEPT, world.minh)):
        perform(code, action, {}, version=None, on=on, actor=actor, now=instant(on))
    since = date(2025, 7, 1)
    preview = timekeeping.preview_flag("99001", PlaceFlagKind.REMOTE, since, None)
    assert [(m.step, m.old, m.new) for m in preview] == [
        (Step.SETTLEMENT, date(2026, 12, 2), date(2026, 12, 17))
    ]
    done = timekeeping.set_flag(
        "99001", PlaceFlagKind.REMOTE, since, None, source="QĐ 9", reason="Công nhận vùng khó khăn",
        actor=world.tam, now=instant(TODAY),
    )  # fmt: skip
    assert done.cases_moved == 1
    assert clock(code, Step.SETTLEMENT).due == date(2026, 12, 17)
    assert case_page(world.lan, code).remote


def test_the_law_files_are_compared_with_what_is_stored(world: World) -> None:
    """Nothing moves while the files say what the deadlines were counted with."""
    register(COMPLAINT, actor=world.lan, now=NOW)
    assert timekeeping.preview_law() == []
    assert timekeeping.apply_law(reason="Kiểm tra", actor=world.tam, now=NOW).cases_moved == 0


def test_the_last_official_year_is_known(world: World) -> None:
    """So that the warning before it runs out has something to go by."""
    assert timekeeping.calendar_end() == 2026
    assert datetime(2026, 11, 20, tzinfo=UTC).year == timekeeping.calendar_end()
