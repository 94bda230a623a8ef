"""The calendar of periodic reports as its pages: keeping it, noting what was sent, who may not."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import update

from config.database import transaction
from petitions.models import Hat
from petitions.queries.reporting import duties, turns
from tests.conftest import TODAY
from tests.web.browsing import Visitor
from tests.world import World
from workflows.vocabulary import Actor, Role

Visit = Callable[[Actor | None], Visitor]
PAGE = "/bao-cao-dinh-ky"


def test_the_calendar_is_kept_and_answered(visit: Visit, world: World) -> None:
    """From an example to a report that was sent; every fault at its field, nothing sent twice."""
    hoa, lan = visit(world.hoa), visit(world.lan)
    assert "Không có báo cáo nào ở đây" in lan.open(PAGE).words
    assert f"{PAGE}/moi" not in lan.open(PAGE).links()
    assert "/bao-cao-dinh-ky/moi?mau=commune-year" in hoa.open(PAGE).text
    form = hoa.open(f"{PAGE}/moi?mau=commune-year")
    assert form.form().fields["day"] == "19" and form.form().fields["concerned"] == "communes"
    wrong = hoa.send(
        form, {"name": "", "day": "31", "month": "2", "concerned": "chosen"}, status=422
    )
    assert set(wrong.faults) == {"name"}
    wrong = hoa.send(wrong, {"name": "Báo cáo năm"}, status=422)
    assert set(wrong.faults) == {"day", "agencies"}
    typed = {"day": "22", "month": "11", "concerned": "communes", "starts_on": "01/01/2026"}
    page = hoa.follow(hoa.send(wrong, typed))
    hoa.send(wrong, typed)
    (duty,) = duties(TODAY)
    assert "Báo cáo năm" in page.words and "22/11" in page.words

    mine = turns(world.lan, 2026, TODAY)
    assert [row.agency for row in mine] == ["UBND xã An Bình"]
    assert "UBND xã Bảo Lâm" not in lan.open(PAGE).words
    form = lan.open(f"{PAGE}/ky/{mine[0].uid}")
    late = lan.send(form, {"sent_on": "01/01/2027", "document": "15/BC"}, status=422)
    assert set(late.faults) == {"sent_on"}
    sent = lan.follow(lan.send(late, {"sent_on": "20/11/2026"}))
    assert "15/BC" in sent.words
    assert "1/1 báo cáo đã gửi; 0 gửi muộn" in sent.words
    assert "1/2 báo cáo đã gửi" in hoa.open(f"{PAGE}?nam=2026&xem=tat-ca").words

    change = hoa.open(f"{PAGE}/{duty.uid}/sua")
    hoa.send(change, {"basis": "KH 13"})
    stale = hoa.send(change, {"basis": "KH 14", "_once": "another"}, status=409)
    assert "vừa được người khác sửa" in stale.words
    hoa.send(stale, {"basis": "KH 14"})
    assert duties(TODAY)[0].basis == "KH 14"


def test_others_neither_keep_nor_see_it(visit: Visit, world: World) -> None:
    """Strangers, other agencies and supervisors."""
    tam, binh = visit(world.tam), visit(world.binh)
    form = tam.open(f"{PAGE}/moi?mau=province-year")
    tam.send(form, {"starts_on": "01/01/2026", "month": "12"})
    (duty,) = duties(TODAY)
    mine = turns(world.lan, 2026, TODAY)
    assert binh.get(f"{PAGE}/ky/{mine[0].uid}").status_code == 404
    for who in (binh, visit(world.minh)):
        assert who.get(f"{PAGE}/moi").status_code == 403
        assert who.get(f"{PAGE}/{duty.uid}/sua").status_code == 403
    with transaction() as session:
        session.execute(update(Hat).where(Hat.user_id == world.users["quy"]).values(role=Role.HEAD))
    quy = visit(world.quy)  # the head of the inspectorate keeps what his inspectors keep
    assert duty.uid in quy.open(f"{PAGE}?nam=2026&xem=tat-ca").text
    quy.send(quy.open(f"{PAGE}/{duty.uid}/sua"), {"basis": "KH 15"})
    assert duties(TODAY)[0].basis == "KH 15"
    assert visit(world.giam).get(PAGE).status_code == 403
    assert tam.get(f"{PAGE}/nowhere/sua").status_code == 404
    assert visit(None).get(PAGE).status_code == 302
