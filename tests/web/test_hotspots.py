"""Pages of hot spots: the week's list, an episode from its reason to its verdict, who must not see them."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select, update

from config.database import db, transaction
from petitions.models import Alarm, Episode
from petitions.queries import hotspots as known
from petitions.services.hotspots import scan
from tests.conftest import NOW
from tests.petitions.hotspot_province import LAST, monday, plant
from tests.petitions.test_hotspots import MONDAY_MORNING, of_place
from tests.web.browsing import Visitor
from tests.world import World
from workflows.vocabulary import Actor

Visit = Callable[[Actor | None], Visitor]


def test_from_the_weeks_list_to_the_verdict(visit: Visit, world: World) -> None:
    inspector = visit(world.quy)
    assert "Chưa quét lần nào" in inspector.open("/diem-nong").words
    planted = plant(world)
    scan(MONDAY_MORNING, week=LAST)
    found = known.burning(world.quy, NOW.date())
    burst = of_place(found, planted.burst[0])
    road = of_place(found, planted.road[0])

    page = inspector.open("/diem-nong")
    for words in (
        "tuần 09/11/2026 – 15/11/2026", "ngẫu nhiên tạo ra khoảng", "10 đơn trong 2 tuần, thường 0,",
        "mức này tự nhiên gặp", "Cả tỉnh cùng tăng", "17 đơn trong tuần", "Địa bàn im ắng",
        "gồm số liệu nhập từ sổ cũ", "Chưa có kết luận nào", "một xã, một lĩnh vực",
    ):  # fmt: skip
        assert words in page.words, words
    assert f"/diem-nong/{burst.uid}" in page.links()
    before = next(link for link in page.links() if "tuan=" in link)
    assert f"tuần {monday(1):%d/%m/%Y}" in inspector.open(before).words
    assert "chưa được quét" in inspector.open("/diem-nong?tuan=2020-01-01").words
    assert inspector.open("/diem-nong?tuan=x", status=422).faults

    page = inspector.open(f"/diem-nong/{burst.uid}")
    for words in ("Cách tính", "khớp điểm đã báo", "Vụ việc được tính (10)", "Chưa có phương án"):
        assert words in page.words, words
    assert page.root is not None and len(page.root.xpath("//svg[@role='img']")) == 1
    urge = next(link for link in page.links() if link.startswith("/don-doc/moi?ho-so="))
    assert urge.count("ho-so=") <= 10
    older = next(
        link for link in inspector.open(f"/diem-nong/{road.uid}").links() if "/bao-dong/" in link
    )
    assert "khớp điểm đã báo" in inspector.open(older).words
    listed = inspector.open(f"/diem-nong/tat-ca?field={planted.burst[1]}")
    assert (
        f"/diem-nong/{burst.uid}" in listed.links()
        and f"/diem-nong/{road.uid}" not in listed.links()
    )
    assert inspector.open("/diem-nong/tat-ca?state=x", status=422).faults

    form = inspector.open(f"/diem-nong/{burst.uid}/state")
    refused = inspector.send(form, {"state": "hot", "text": "Nóng lắm"}, status=422)
    assert "người phụ trách" in refused.words and "Nóng lắm" in refused.text
    inspector.send(inspector.open(f"/diem-nong/{burst.uid}/owner"), {"owner": "hoa"})
    stale = inspector.send(form, {"state": "latent", "text": "Giữ chữ"}, status=409)
    assert "Người khác vừa ghi thêm" in stale.words and "Giữ chữ" in stale.text
    inspector.send(stale, {"state": "latent"})
    plan = inspector.open(f"/diem-nong/{burst.uid}/plan")
    assert inspector.send(plan, {"text": " "}, status=422).faults
    for _twice in range(2):
        inspector.send(plan, {"text": "Đối thoại với nhà máy."})
    inspector.send(inspector.open(f"/diem-nong/{burst.uid}/verdict"), {"verdict": "right"})
    page = visit(world.hoa).open(f"/diem-nong/{burst.uid}")
    for words in ("Tiềm ẩn", "Vũ Thị Hoa", "Đối thoại với nhà máy.", "Đúng là điểm nóng"):
        assert words in page.words, words
    assert page.text.count("Đối thoại với nhà máy.") == 2, "as the plan, and once in the history"
    assert "Độ đúng 100 %" in inspector.open("/diem-nong").words

    chair = visit(world.phuc)
    assert "vai trò của bạn chỉ xem" in chair.open(f"/diem-nong/{burst.uid}").words
    assert chair.get(f"/diem-nong/{burst.uid}/plan").status_code == 404
    for stranger in (world.binh, world.minh, world.giam, world.tam, world.lan):
        away = visit(stranger)
        assert "/diem-nong" not in away.get("/ho-so").text
        for path in (
            "",
            "/tat-ca",
            f"/{burst.uid}",
            f"/{burst.uid}/plan",
            f"/{burst.uid}/bao-dong/1",
        ):
            assert away.get(f"/diem-nong{path}").status_code == 404, (stranger.name, path)
        assert away.post(f"/diem-nong/{burst.uid}/plan", {"text": "x"}).status_code in {
            400,
            403,
            404,
        }
    assert inspector.get("/diem-nong/khong-co").status_code == 404
    assert inspector.get(f"/diem-nong/{burst.uid}/listed").status_code == 404
    assert inspector.get(f"/diem-nong/{burst.uid}/bao-dong/999999").status_code == 404

    # an episode that was merged is read where it lives on; nothing is shown of a record that lies
    with transaction() as session:
        session.execute(
            update(Episode).where(Episode.id == burst.id).values(
                merged_into_id=road.id, trend="closed", closed_week=LAST
            )
        )  # fmt: skip
    assert inspector.get(f"/diem-nong/{burst.uid}").headers["Location"].endswith(road.uid)
    assert burst.headline.id in set(db.session.scalars(select(Alarm.id)))
