"""Setting the ways of an agency's work."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from config.database import db
from petitions.errors import Forbidden, Invalid, NotFound
from petitions.queries.routes import route_of_act, routes
from petitions.services.routes import (
    PRESETS,
    RouteGiven,
    StepGiven,
    end_route,
    route_for,
    routes_of,
    set_route,
)
from tests.conftest import NOW, TODAY
from tests.petitions.routing import DEPUTY, HEAD, SECTION, classified, routed
from tests.statements import counted
from tests.world import World
from workflows.office import RouteShape, Work
from workflows.vocabulary import Action, Role

FULL = RouteGiven("an-binh", Work.PROCESSING, RouteShape.FULL, (SECTION, DEPUTY, HEAD), TODAY)


@pytest.mark.parametrize("shape", sorted(RouteShape))
def test_the_usual_shapes_can_be_set_as_they_are(world: World, shape: RouteShape) -> None:
    """By the administrator, and each is found on its days only."""
    given = replace(FULL, shape=shape, steps=PRESETS[shape], valid_to=TODAY + timedelta(days=9))
    route_id = int(set_route(given, actor=world.tam, now=NOW))
    office = world.agencies["an-binh"]
    for day, found in ((0, True), (9, True), (-1, False), (10, False)):
        route = route_for(db.session(), office, Work.PROCESSING, TODAY + timedelta(days=day))
        assert (route is not None) is found
        if route:
            assert (route.id, route.shape) == (route_id, shape)
            assert [(each.role, each.days) for each in route.steps] == [
                (each.role, each.days) for each in PRESETS[shape]
            ]
    assert route_for(db.session(), office, Work.SETTLEMENT, TODAY) is None


def test_all_works_of_an_agency_are_one_statement(world: World) -> None:
    """Whatever the number of routes and steps."""
    for work in Work:
        routed(SECTION, DEPUTY, HEAD, work=work)
    with counted() as seen:
        found = routes_of(db.session(), world.agencies["an-binh"], TODAY)
    assert set(found) == set(Work)
    assert len(seen.statements) == 1


def test_the_head_sets_the_own_agencys_routes_only(world: World) -> None:
    """Nobody below, and no other administrator's."""
    set_route(FULL, actor=world.minh, now=NOW)
    for given, actor in (
        (replace(FULL, agency_code="bao-lam"), world.minh),
        (replace(FULL, agency_code="bao-lam"), world.phuc),
    ):
        with pytest.raises(Invalid) as error:
            set_route(given, actor=actor, now=NOW)
        assert "agency_code" in error.value.fields
    for actor in (world.an, world.dung, world.son, world.hoa):
        with pytest.raises(Forbidden):
            set_route(FULL, actor=actor, now=NOW)
        with pytest.raises(Forbidden):
            routes(actor)
    assert len(routes(world.minh)) == len(routes(world.tam)) == 1
    assert not routes(world.khanh)
    with pytest.raises(NotFound):
        end_route(routes(world.minh)[0].id, TODAY, actor=world.khanh, now=NOW)


def test_two_routes_of_one_work_never_meet(world: World) -> None:
    """A later one is refused until the first has a last day; other works are free."""
    key = "once"
    first = int(set_route(FULL, actor=world.minh, now=NOW, key=key))
    assert int(set_route(FULL, actor=world.minh, now=NOW, key=key)) == first
    later = replace(FULL, valid_from=TODAY + timedelta(days=30))
    with pytest.raises(Invalid) as error:
        set_route(later, actor=world.minh, now=NOW)
    assert "20/11/2026" in error.value.fields["valid_from"][0]
    end_route(first, TODAY + timedelta(days=29), actor=world.minh, now=NOW)
    second = int(set_route(later, actor=world.minh, now=NOW))
    set_route(replace(FULL, work=Work.SETTLEMENT), actor=world.minh, now=NOW)
    for last_day in (TODAY - timedelta(days=1), TODAY + timedelta(days=40)):
        with pytest.raises(Invalid):
            end_route(first, last_day, actor=world.minh, now=NOW)
    end_route(second, TODAY, actor=world.minh, now=NOW)
    assert second not in {each.id for each in routes(world.minh)}


WRONG = [
    ({"steps": ()}, "shape"),
    ({"shape": RouteShape.ONE_STEP}, "shape"),
    ({"steps": (SECTION, DEPUTY, HEAD, HEAD)}, "steps"),
    ({"steps": (HEAD, SECTION)}, "steps.1.role"),
    ({"steps": (StepGiven(Role.OFFICER, 1), HEAD)}, "steps.0.role"),
    ({"steps": (StepGiven(Role.HEAD, 0),)}, "steps.0.days"),
    ({"steps": (StepGiven(Role.HEAD, 31),)}, "steps.0.days"),
    ({"steps": (StepGiven(Role.HEAD, 1, "khong-co"), HEAD)}, "steps.0.agency_code"),
    ({"steps": (HEAD, StepGiven(Role.HEAD, 1, "bao-lam"))}, "steps.1.agency_code"),
    ({"valid_from": TODAY - timedelta(days=1)}, "valid_from"),
    ({"valid_to": TODAY - timedelta(days=1)}, "valid_to"),
]


@pytest.mark.parametrize(("changes", "field"), WRONG)
def test_what_is_wrong_is_told_at_its_field(
    world: World, changes: dict[str, object], field: str
) -> None:
    """And nothing is written."""
    with pytest.raises(Invalid) as error:
        set_route(replace(FULL, **changes), actor=world.minh, now=NOW)  # type: ignore[arg-type]
    assert field in error.value.fields
    assert not routes(world.minh)


def test_which_acts_take_the_route(world: World) -> None:
    """Acts with a signature of the routed work; facts and other works are done at once."""
    code = classified(world)
    routed(SECTION, HEAD)
    routed(work=Work.SETTLEMENT)
    found = route_of_act(world.an, code, Action.ACCEPT, TODAY)
    assert found is not None
    assert [each.role for each in found.steps] == [Role.SECTION_HEAD, Role.HEAD]
    for action in (Action.CLASSIFY, Action.DECIDE, Action.URGE):
        assert route_of_act(world.an, code, action, TODAY) is None
    assert route_of_act(world.phuc, code, Action.ACCEPT, TODAY) is None
    with pytest.raises(NotFound):
        route_of_act(world.binh, code, Action.ACCEPT, TODAY)
