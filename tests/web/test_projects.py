"""Projects: the list, a project's cases, keeping it."""

from __future__ import annotations

from collections.abc import Callable

from petitions.queries.projects import projects
from tests.web.browsing import Visitor
from tests.web.cases import registered
from tests.world import World
from workflows.vocabulary import Actor

Visit = Callable[[Actor | None], Visitor]


def test_a_project_gathers_its_cases(visit: Visit, world: World) -> None:
    """Opened by an officer, chosen on registering, its page lists what the reader may see."""
    an = visit(world.an)
    assert "Chưa có dự án nào" in an.open("/du-an").words
    form = an.open("/du-an/moi")
    wrong = an.send(
        form, {"name": "", "starts_on": "01/09/2026", "ends_on": "01/08/2026"}, status=422
    )
    assert set(wrong.faults) == {"name"}
    typed = {
        "name": "Đường vành đai An Bình",
        "decision": "QĐ 77/QĐ-UBND",
        "place_codes": ["99001", "99003"],
        "lead_agency_code": "an-binh",
        "ends_on": "",
    }
    page = an.follow(an.send(wrong, typed))
    assert "Xã An Bình, Xã Nà Hẩu" in page.words
    (line,) = projects(world.an)
    registered(world, project_id=line.id)
    code = registered(world, project_id=line.id)
    shown = an.open(f"/du-an/{line.id}")
    assert code in shown.text
    row = an.open("/du-an").root.xpath("//tbody/tr/td/text()")
    assert row[-2:] == ["2", "2"]
    stranger = visit(world.binh).open(f"/du-an/{line.id}")
    assert code not in stranger.text
    change = an.open(f"/du-an/{line.id}/sua")
    assert change.form().fields["place_codes"] == {"99001", "99003"}
    an.send(change, {"place_codes": ["99001"], "name": "Đường vành đai"})
    assert "Xã Nà Hẩu" not in an.open(f"/du-an/{line.id}").words
    assert an.get("/du-an/999").status_code == 404


def test_only_some_hats_keep_projects(visit: Visit, world: World) -> None:
    """Others look."""
    lan = visit(world.lan)
    assert "/du-an/moi" not in lan.open("/du-an").links()
    assert lan.get("/du-an/moi").status_code == 403
    assert visit(world.tam).get("/du-an").status_code == 403
