"""The cost of a page or a command in statements: constant, whatever the number of rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from config.database import db
from petitions.queries.case_filters import Horizon, Lateness
from petitions.queries.case_page import case_page
from petitions.queries.cases import Filters, queue
from petitions.queries.columns import Column
from petitions.queries.search import search
from petitions.services.acts import perform
from petitions.services.intake import register
from petitions.services.registration import Prior
from tests.conftest import NOW, TODAY
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.statements import counted
from tests.world import World
from workflows.vocabulary import Action, Need


@pytest.mark.parametrize("people", [1, 50, 200])
def test_registration_takes_fourteen_statements_and_one_commit(world: World, people: int) -> None:
    """However long the list of petitioners."""
    parties = tuple(replace(COMPLAINT.parties[0], name=f"Nguyễn Văn {n}") for n in range(people))
    register(COMPLAINT, actor=world.lan, now=NOW, key="warm")
    with counted() as seen:
        register(
            replace(COMPLAINT, parties=parties, group_size=people),
            actor=world.lan,
            now=NOW,
            key="k",
        )
    assert seen.commits == 1
    assert len(seen.statements) <= 14, "\n".join(seen.statements)


@pytest.mark.parametrize("rows", [1, 50, 200])
def test_the_queue_takes_two_statements(world: World, rows: int) -> None:
    """And no more for a longer page."""
    for n in range(rows):
        register(COMPLAINT, actor=world.lan, now=NOW + timedelta(seconds=n))
    with counted() as seen:
        assert len(queue(world.minh, Filters(), limit=200).lines) == rows
    assert len(seen.statements) == 2
    day = Horizon(TODAY, TODAY)
    narrowed = Filters(lateness=Lateness.IN_TIME, settled=False, place="an bình")
    with counted() as seen:
        page = queue(world.minh, narrowed, limit=200, columns=list(Column), seen=day)
        assert len(page.lines) == rows
    assert len(seen.statements) == 2
    with counted() as seen:
        assert len(search(world.minh, "thu hồi đất")) == min(rows, 50)
    assert len(seen.statements) == 3


@pytest.mark.parametrize("events", [1, 50, 200])
def test_the_case_page_takes_ten_statements(world: World, events: int) -> None:
    """Whatever the length of the history."""
    code = register(
        replace(COMPLAINT, prior=(Prior(body="UBND huyện", form="Quyết định"),)),
        actor=world.lan,
        now=NOW,
    )
    for n in range(events - 1):
        given = {Need.DOCUMENT: f"Giấy tờ {n}"}
        perform(code, Action.ADD_PAPER, given, version=None, on=TODAY, actor=world.lan, now=NOW)
    db.session.rollback()
    with counted() as seen:
        assert len(case_page(world.minh, code).timeline) == events
    assert len(seen.statements) <= 10


def test_a_sealed_registration_costs_little_more(world: World) -> None:
    """Keys, sealed rows, blind index, charge and grant come on top."""
    register(DENUNCIATION, actor=world.lan, now=NOW, key="warm")
    with counted() as seen:
        register(DENUNCIATION, actor=world.lan, now=NOW, key="k")
    assert len(seen.statements) <= 19, "\n".join(seen.statements)
