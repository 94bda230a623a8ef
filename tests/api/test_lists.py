"""The filters lists share with the pages."""

from __future__ import annotations

from datetime import timedelta

from tests.api.conftest import Callers
from tests.conftest import TODAY
from tests.petitions.test_lists import filed
from tests.web.cases import LATE, registered
from tests.world import World


def test_lists_are_narrowed_as_on_the_pages(callers: Callers, world: World) -> None:
    """Lateness on the caller's day, result, way of handling, place by name; a stranger sees nothing."""
    late = registered(world, received_on=TODAY - timedelta(days=20), late_reason=LATE)
    fresh = registered(world)
    ended = filed(world)

    def codes(who: str = "minh", **query: str) -> set[str]:
        return {each["code"] for each in callers.get(who, "/cases", **query).json["cases"]}

    assert codes(lateness="overdue") == {late}
    assert codes(settled="false", open="all", lateness="in_time") == {fresh}
    assert codes(handling="file", open="all") == {ended}
    assert codes(place="an binh", open="all") == {late, fresh, ended}
    assert codes(place="an binh", side="advising") == set()
    assert codes("binh", lateness="overdue") == set()
    assert callers.get("minh", "/cases", handling="urge").status_code == 422
    assert callers.get("minh", "/cases", lateness="now").status_code == 422
