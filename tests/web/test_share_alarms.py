"""The list of the week names communes where levels are skipped and petitions sent again, with the cases."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from config.database import db
from petitions.models import Case
from petitions.queries import hotspots as known
from petitions.services.hotspots import scan
from tests.petitions.hotspot_province import LAST, monday
from tests.petitions.test_hotspots import MONDAY_MORNING
from tests.petitions.test_share_alarms import Register
from tests.web.browsing import Visitor
from tests.world import World
from workflows.vocabulary import Actor

HEADING = "Vượt cấp, gửi lặp nhiều bất thường"


def test_shares_stand_under_their_own_heading(
    visit: Callable[[Actor | None], Visitor], world: World
) -> None:
    Register(world, planted=True).write()
    scan(MONDAY_MORNING, week=monday(1))
    scan(MONDAY_MORNING, week=LAST)
    shares = known.week(world.quy).shares
    page = visit(world.quy).open("/diem-nong")
    for words in (
        f"{HEADING} ({len(shares)})",
        "Ước khoảng 0,",
        *(one.sentence for one in shares),
    ):
        assert words in page.words, words
    behind = {each for one in shares for each in one.case_ids}
    codes = db.session.scalars(select(Case.code).where(Case.id.in_(behind))).all()
    assert {f"/ho-so/{code}" for code in codes} <= set(page.links()) and len(codes) > 12
    assert HEADING in visit(world.phuc).open("/diem-nong").words, "the chair"
    assert visit(world.minh).get("/diem-nong").status_code == 404
