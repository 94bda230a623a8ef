"""Pages of the books: the clerk's day from the number to the proof of receipt; the incoming book."""

from __future__ import annotations

import io
from collections.abc import Callable

from openpyxl import load_workbook
from sqlalchemy import select

from config.database import db
from petitions.models import IncomingDocument
from tests.petitions.test_books import PDF
from tests.petitions.test_letters import (
    ACCEPTANCE,
    ACCEPTANCE_OF_DENUNCIATION,
    accepted,
    denounced,
    row_of,
    signed,
)
from tests.web.browsing import Visitor
from tests.world import World
from workflows.vocabulary import Actor

Visit = Callable[[Actor | None], Visitor]


def test_the_clerks_way_from_the_number_to_the_proof(visit: Visit, world: World) -> None:
    """Number, sending, scan, proof: each offered when it is its turn, each refusal at its field."""
    code = accepted(world)
    uid = signed(code, ACCEPTANCE, world.minh)
    van, here = visit(world.van), f"/so-van-ban/di/{uid}"
    assert here in van.open("/so-van-ban/di?state=number").links()
    page = van.follow(van.send(van.open(here), action="/so"))
    assert "01/TB-UBND" in page.words
    wrong = van.send(page, {"sent_on": "19/11/2026"}, action="/gui", status=422)
    assert set(wrong.faults) == {"sent_by", "sent_on"} or set(wrong.faults) == {"sent_by"}
    early = van.send(page, {"sent_on": "19/11/2026", "sent_by": "post"}, action="/gui", status=422)
    assert set(early.faults) == {"sent_on"}
    page = van.follow(van.send(early, {"sent_on": "20/11/2026"}, action="/gui"))
    assert "Bưu điện" in page.text or "bưu điện" in page.text
    empty = van.send(page, {"proof": " "}, action="/hoi-bao", status=422)
    assert set(empty.faults) == {"proof"}
    page = van.follow(van.send(empty, {"proof": "Phiếu báo phát 5"}, action="/hoi-bao"))
    assert "Phiếu báo phát 5" in page.words
    none = van.send(page, action="/ban-ky", status=422)
    assert set(none.faults) == {"file"}
    page = van.follow(van.send(page, {"file": (io.BytesIO(PDF), "ban-ky.pdf")}, action="/ban-ky"))
    assert row_of(uid).scan_id is not None
    assert f"/ho-so/{code}/tai-lieu/1" in page.links()
    assert not page.root.xpath("//main//form")


def test_two_clerks_on_one_document(visit: Visit, world: World) -> None:
    """The second number is refused and says which one it has."""
    uid = signed(accepted(world), ACCEPTANCE, world.minh)
    van = visit(world.van)
    first, second = van.open(f"/so-van-ban/di/{uid}"), van.open(f"/so-van-ban/di/{uid}")
    van.send(first, action="/so")
    told = van.send(second, action="/so", status=409)
    assert "01/TB-UBND" in told.words


def test_who_does_not_keep_the_book_only_reads_it(visit: Visit, world: World) -> None:
    """An officer sees no form and may not post; an administrator and strangers see no book line."""
    uid = signed(accepted(world), ACCEPTANCE, world.minh)
    page = visit(world.an).open(f"/so-van-ban/di/{uid}")
    assert not page.root.xpath("//main//form")
    an = visit(world.an)
    own = an.open(f"/so-van-ban/di/{uid}").root.xpath("//input[@name='csrf_token']")[0]
    sent = {"csrf_token": own.get("value"), "stamped": "true"}
    assert an.post(f"/so-van-ban/di/{uid}/so", sent).status_code == 403
    visit(world.tam).open("/so-van-ban/di", 403)
    visit(world.binh).open(f"/so-van-ban/di/{uid}", 404)
    assert "TB-UBND" not in visit(world.binh).open("/so-van-ban/di").words


def test_a_denunciations_line_says_nothing_to_the_clerk(visit: Visit, world: World) -> None:
    """Number, type, date, signer; neither page nor file carries code, matter or addressee."""
    code = denounced(world)
    uid = signed(code, ACCEPTANCE_OF_DENUNCIATION, world.minh, {"proposer": "Chánh Văn phòng"})
    van = visit(world.van)
    for path in ("/so-van-ban/di", f"/so-van-ban/di/{uid}"):
        page = van.open(path)
        assert "Quyết định" in page.words
        assert "ngoài phạm vi" in page.words
        assert code not in page.text
    book = load_workbook(io.BytesIO(van.get("/so-van-ban/di.xlsx").data))
    cells = [str(cell.value) for row in book.active.iter_rows() for cell in row]
    assert "Trần Văn Minh" in cells
    assert not [cell for cell in cells if code in cell or "tố cáo" in cell]
    assert code in visit(world.minh).open("/so-van-ban/di").text


def test_the_book_as_excel_is_the_filtered_one_in_order(visit: Visit, world: World) -> None:
    """The oldest first, as it is printed; a subject that looks like a formula stays text."""
    code = accepted(world)
    uids = [signed(code, ACCEPTANCE, world.minh, {"addressee": f"=Ông {n}"}) for n in range(3)]
    van = visit(world.van)
    for uid in uids:
        van.send(van.open(f"/so-van-ban/di/{uid}"), action="/so")
    rows = _rows(van, "/so-van-ban/di.xlsx?year=2026&type=TB")
    assert [row[0] for row in rows[1:]] == ["01/TB-UBND", "02/TB-UBND", "03/TB-UBND"]
    assert rows[1][4].startswith("=Ông 0")
    assert len(_rows(van, "/so-van-ban/di.xlsx?state=done")) == 1
    printed = van.open("/so-van-ban/di/in?year=2026").words
    assert printed.rindex("01/TB-UBND") < printed.rindex("03/TB-UBND")
    assert "UBND xã An Bình" in printed
    assert "Văn thư –" not in van.open("/so-van-ban/di/in?year=2026").root.xpath("string(//main)")
    wrong = van.open("/so-van-ban/di?year=abc", 422)
    assert set(wrong.faults) == {"year"}


def test_the_printed_book_goes_by_number_whatever_the_day(visit: Visit, world: World) -> None:
    """Numbers given out of the order of the days stand by number; those without one come last."""
    code = accepted(world)
    uids = [signed(code, ACCEPTANCE, world.minh, {"addressee": f"Ông {n}"}) for n in range(4)]
    van = visit(world.van)
    for uid in (uids[2], uids[0], uids[1]):
        van.send(van.open(f"/so-van-ban/di/{uid}"), action="/so")
    rows = _rows(van, "/so-van-ban/di.xlsx")[1:]
    assert [row[0] for row in rows] == [
        "01/TB-UBND", "02/TB-UBND", "03/TB-UBND", "Chưa cấp số", "…/TB-UBND",
    ]  # fmt: skip
    assert [row[4].split("\n")[0] for row in rows if row[4]] == ["Ông 2", "Ông 0", "Ông 1", "Ông 3"]
    bodies = van.open("/so-van-ban/di/in").root.xpath("//main//tbody")
    assert len(bodies) == 2
    assert "Chưa cấp số" in bodies[1].text_content()
    assert "Ông 3" in bodies[1].text_content()


def _rows(visitor: Visitor, path: str) -> list[list[str]]:
    book = load_workbook(io.BytesIO(visitor.get(path).data))
    return [[str(cell.value or "") for cell in row] for row in book.active.iter_rows()]


def test_an_incoming_document_is_entered_once(visit: Visit, world: World) -> None:
    """Faults at their fields; a double is doubted and entered only when insisted on."""
    van = visit(world.van)
    page = van.open("/so-van-ban/den/moi")
    wrong = van.send(page, {"dated_on": "21/11/2026"}, status=422)
    assert {"subject", "sender"} <= set(wrong.faults)
    typed = {
        "subject": "Trả lời đơn chuyển", "sender_agency": "bao-lam", "reference": "12/UBND",
        "dated_on": "19/11/2026", "handed_to": "an",
    }  # fmt: skip
    book = van.follow(van.send(wrong, typed))
    assert "Trả lời đơn chuyển" in book.words
    assert "UBND xã Bảo Lâm" in book.words
    doubt = van.send(van.open("/so-van-ban/den/moi"), typed, status=409)
    assert "1/2026" in doubt.words
    van.send(doubt, {"twice": ["false", "true"]})
    assert len(db.session.scalars(select(IncomingDocument)).all()) == 2
    van.send(van.open("/so-van-ban/den/2026/2/giao"), {"handed_to": "ha"})
    printed = van.open("/so-van-ban/den/in").words
    assert printed.index("Phạm Văn An") < printed.index("Bùi Thị Hà")
    rows = _rows(van, "/so-van-ban/den.xlsx")
    assert [row[0] for row in rows[1:]] == ["1", "2"]
    assert "Vào sổ" not in visit(world.an).open("/so-van-ban/den").words


def test_the_pages_ask_few_statements(
    visit: Visit, world: World, statements: Callable[[], object]
) -> None:
    """A page of the book costs the same whatever its length."""
    code = accepted(world)
    van = visit(world.van)
    counts = []
    for more in (1, 5):
        for _ in range(more):
            signed(code, ACCEPTANCE, world.minh)
        with statements() as seen:  # type: ignore[attr-defined]
            van.open("/so-van-ban/di")
        counts.append(len(seen.page()))
    assert counts[0] == counts[1] <= 7
