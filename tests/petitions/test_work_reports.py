"""Reports on how the work went."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from petitions.queries.case_filters import Filters, Horizon, Lateness
from petitions.queries.cases import queue
from petitions.queries.work_reports import (
    MOST_MONTHS,
    Entered,
    Period,
    Work,
    by_entry,
    by_officer,
    by_receiver,
)
from petitions.services.acts import perform
from petitions.services.intake import register
from tests.conftest import NOW, TODAY
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.petitions.test_lists import sent
from tests.statements import counted
from tests.web.cases import LATE, done, in_verification, registered
from tests.world import World
from workflows.vocabulary import Action, Actor, Kind, Need

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))
OCTOBER = replace(COMPLAINT, received_on=date(2026, 10, 30), late_reason=LATE)
AHEAD = TODAY + timedelta(days=400)
"""A day on which everything still open is late."""


def parts(work: Work) -> tuple[int, ...]:
    """The figures of a line, which must add up."""
    figures = work.done_in_time, work.done_late, work.open_in_time, work.open_late, work.passed_on
    assert sum(figures) == work.given
    assert (work.done, work.open) == (figures[0] + figures[1], figures[2] + figures[3])
    return figures


def figures(actor: Actor, today: date = TODAY, period: Period = NOVEMBER) -> dict[str, Any]:
    """The report by officer."""
    return {work.name: parts(work) for work in by_officer(actor, period, today)}


def suggestion(world: World, received_on: date = TODAY, assignee: str = "an") -> str:
    """Feedback given to an officer."""
    code = registered(
        world, kind=Kind.FEEDBACK, contested=None, received_on=received_on, late_reason=LATE
    )
    done(code, Action.CLASSIFY, world.lan, {Need.COMPETENT: True}, received_on)
    done(code, Action.ASSIGN, world.minh, {Need.ASSIGNEE: assignee}, received_on)
    return code


def test_an_officers_cases_add_up(world: World) -> None:
    """Given, done in time, done late, open, open late, handed on: each case in one of them."""
    suggestion(world)
    answered = suggestion(world, TODAY - timedelta(days=10))
    late = suggestion(world, date(2026, 10, 5), "ha")
    handed = suggestion(world)
    for code in (answered, late):
        done(code, Action.ANSWER, world.minh, {Need.RESULT: "Đã trả lời", Need.DOCUMENT: "1"})
    done(handed, Action.ASSIGN, world.minh, {Need.ASSIGNEE: "ha"})
    assert figures(world.minh) == {"Phạm Văn An": (1, 0, 1, 0, 1), "Bùi Thị Hà": (0, 0, 1, 0, 0)}
    autumn = Period(date(2026, 10, 1), NOVEMBER.last)
    assert figures(world.minh, period=autumn)["Bùi Thị Hà"] == (0, 1, 1, 0, 0)
    assert figures(world.minh, AHEAD)["Phạm Văn An"] == (1, 0, 0, 1, 1)
    assert figures(world.minh, period=Period(date(2026, 9, 1), date(2026, 9, 30))) == {}


def test_each_figure_is_the_list_it_links_to(world: World) -> None:
    """Done, open and open late are what the list's filters find."""
    for back in (0, 3, 19):
        suggestion(world, TODAY - timedelta(days=back))
    answered = suggestion(world)
    done(answered, Action.ANSWER, world.minh, {Need.RESULT: "Đã trả lời", Need.DOCUMENT: "1"})
    in_verification(world)
    for today in (TODAY, TODAY + timedelta(days=12), AHEAD):
        (work,) = by_officer(world.minh, NOVEMBER, today)
        assert work.given == 5
        seen = Horizon(today, today)
        base: dict[str, Any] = {
            "officer_id": work.id, "given_from": NOVEMBER.first, "given_to": NOVEMBER.last,
            "open": None,
        }  # fmt: skip

        def count(base: dict[str, Any] = base, seen: Horizon = seen, **more: Any) -> int:
            return len(queue(world.minh, Filters(**base, **more), seen=seen).lines)

        assert count(settled=True) == work.done
        assert count(settled=False) == work.open
        assert count(settled=False, lateness=Lateness.OVERDUE) == work.open_late


def test_transfers_by_receiving_agency(world: World) -> None:
    """Given, answered in time or late, open, and sent further."""
    waiting, settled = sent(world), sent(world)
    done(settled, Action.CLASSIFY, world.khanh, {Need.COMPETENT: True})
    done(settled, Action.FILE, world.khanh, {Need.GROUND: "Đơn trùng nội dung đã trả lời"})
    further = sent(world)
    done(further, Action.CLASSIFY, world.khanh, {Need.COMPETENT: False})
    done(further, Action.TRANSFER, world.khanh, {Need.RECIPIENT: "so-nnmt"})
    registered(world)
    found = {work.name: parts(work) for work in by_receiver(world.minh, NOVEMBER, TODAY)}
    assert found == {
        "UBND xã Bảo Lâm": (1, 0, 1, 0, 1),
        "Sở Nông nghiệp và Môi trường": (0, 0, 1, 0, 0),
    }
    assert [parts(work) for work in by_receiver(world.khanh, NOVEMBER, TODAY)] == [(0, 0, 1, 0, 0)]
    lines = queue(
        world.minh,
        Filters(
            agency_id=world.agencies["bao-lam"], receiver_id=world.agencies["bao-lam"],
            given_from=NOVEMBER.first, given_to=NOVEMBER.last, settled=False, open=None,
        ),
    ).lines  # fmt: skip
    assert [line.code for line in lines] == [waiting]


def test_data_entry_by_unit_and_month(world: World) -> None:
    """By the day of typing on a Vietnamese calendar, not by the day of receipt."""
    before = datetime(2026, 10, 31, 16, 59, tzinfo=UTC)
    midnight = datetime(2026, 10, 31, 17, 0, tzinfo=UTC)
    register(OCTOBER, actor=world.lan, now=before)
    code = register(OCTOBER, actor=world.lan, now=midnight)
    register(COMPLAINT, actor=world.thu, now=NOW)
    perform(
        code, Action.CORRECT, {Need.CHANGES: {"summary": "Nội dung khác"}, Need.REASON: "Nhầm"},
        version=None, on=TODAY, actor=world.lan, now=NOW,
    )  # fmt: skip
    perform(
        code, Action.ADD_PAPER, {Need.DOCUMENT: "Giấy"}, version=None, on=TODAY, actor=world.lan,
        now=NOW,
    )  # fmt: skip
    period = Period(date(2026, 10, 1), TODAY)
    home, province = world.agencies["an-binh"], world.agencies["ubnd-tinh"]
    mine = (
        Entered(home, "UBND xã An Bình", date(2026, 10, 1), 1, 0, 0, 0),
        Entered(home, "UBND xã An Bình", date(2026, 11, 1), 1, 0, 1, 1),
    )
    assert by_entry(world.minh, period) == mine
    above = Entered(province, "UBND tỉnh Sơn Lâm", date(2026, 11, 1), 1, 0, 0, 0)
    assert by_entry(world.phuc, period) == (above, *mine)
    assert by_entry(world.minh, Period(TODAY - timedelta(days=9), TODAY - timedelta(days=1))) == ()
    with pytest.raises(ValueError, match="months"):
        by_entry(world.minh, Period(date(2026 - MOST_MONTHS // 12, 10, 1), TODAY))
    with pytest.raises(ValueError, match="months"):
        by_entry(world.minh, Period(TODAY, date(2026, 10, 1)))


def test_nothing_is_counted_that_the_reader_cannot_open(world: World) -> None:
    """A denunciation counts for its head, not for the deputy; a stranger counts nothing."""
    secret = registered(world, DENUNCIATION)
    done(secret, Action.ACCEPT, world.minh)
    done(secret, Action.ASSIGN_VERIFICATION, world.minh, {Need.TEAM: ["an", "ha"]})
    in_verification(world)
    assert figures(world.minh) == {"Phạm Văn An": (0, 0, 2, 0, 0)}
    assert figures(world.dung) == {"Phạm Văn An": (0, 0, 1, 0, 0)}
    assert figures(world.hoa) == {"Phạm Văn An": (0, 0, 2, 0, 0)}
    assert figures(world.quy) == {"Phạm Văn An": (0, 0, 1, 0, 0)}
    assert figures(world.khanh) == figures(world.giam) == figures(world.tam) == {}
    assert [line.registered for line in by_entry(world.minh, NOVEMBER)] == [2]
    assert [line.registered for line in by_entry(world.dung, NOVEMBER)] == [1]
    assert by_entry(world.khanh, NOVEMBER) == by_entry(world.tam, NOVEMBER) == ()


@pytest.mark.parametrize("cases", [1, 12])
def test_a_report_takes_one_statement(world: World, cases: int) -> None:
    """Whatever the number of cases."""
    for _ in range(cases):
        suggestion(world)
    sent(world)
    for report in (
        lambda: by_officer(world.minh, NOVEMBER, TODAY),
        lambda: by_receiver(world.minh, NOVEMBER, TODAY),
        lambda: by_entry(world.minh, NOVEMBER),
    ):
        with counted() as seen:
            assert report()
        assert len(seen.statements) == 1
