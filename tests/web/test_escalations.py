"""The pages of cases put before a body above."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy import select

from config.database import db
from petitions.models import Escalation, EscalationSeen
from petitions.services.escalations import raise_due
from tests.petitions.test_reminders import a_case, at
from tests.web.browsing import Visitor
from tests.world import World
from workflows.vocabulary import Actor

Visit = Callable[[Actor | None], Visitor]


def test_from_the_list_to_the_answer(visit: Visit, world: World) -> None:
    a_case(world)
    raise_due(at(date(2026, 11, 26)))
    uid = db.session.scalar(select(Escalation.uid))
    visitor = visit(world.phuc)
    for name in ("phuc", "minh"):
        morning = visit(getattr(world, name)).open("/sang-nay")
        assert (f"/bao-len/{uid}" in morning.links()) is (name == "phuc")
    assert "Không có vụ việc quá hạn nào của cấp dưới" in morning.words
    page = visitor.open("/bao-len")
    assert "UBND xã An Bình" in page.words and "cơ quan cấp trên trực tiếp" in page.words
    page = visitor.open(f"/bao-len/{uid}")
    assert "Vì sao báo lên" in page.words and "Phạm Văn An" in page.words
    db.session.rollback()  # what the page wrote belongs to a newer snapshot
    assert db.session.scalar(select(EscalationSeen.user_id)) == world.users["phuc"]
    refused = visitor.send(page, {"done": "  "}, status=422)
    assert "Phải ghi cơ quan bạn đã làm gì" in refused.words
    visitor.send(refused, {"done": "Đã đôn đốc bằng văn bản số 12/UBND-TCD."})
    told = visitor.open("/bao-len")
    assert "Đã ghi kết quả xử lý" in told.words and "Không có vụ việc nào" in told.words
    assert "số 12/UBND-TCD" in visitor.open(f"/bao-len/{uid}").words
    assert uid in visitor.get("/bao-len?xem=answered").text
    for name in ("binh", "giam"):
        assert visit(getattr(world, name)).get(f"/bao-len/{uid}").status_code in {403, 404}
