"""Urging letters in the browser: chosen, looked at, issued, answered; one way from the case's own page."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from config.database import transaction
from petitions.models import Case, CaseAgency
from petitions.queries import urging as known
from petitions.queries.urging import Filters
from tests.conftest import TODAY
from tests.petitions.test_intake import DENUNCIATION
from tests.petitions.test_urging import DENOUNCER, late, led
from tests.web.browsing import Visitor
from tests.web.cases import registered
from tests.world import World
from workflows.records import AgencyRole
from workflows.vocabulary import Actor


def test_from_the_overdue_cases_to_the_answer(
    visit: Callable[[Actor | None], Visitor], world: World
) -> None:
    led(world)
    first, second = (late(world, summary=f"Khiếu nại số {number}") for number in range(2))
    secret = late(world, DENUNCIATION)
    hoa, minh, binh, lan = (
        visit(actor) for actor in (world.hoa, world.minh, world.binh, world.lan)
    )

    # choose the agency, untick one case, look at the print, mend what is wrong, issue
    assert "UBND xã An Bình" in hoa.open("/don-doc/moi").words
    form = hoa.open("/don-doc/moi?co-quan=an-binh")
    assert all(code in form.words for code in (first, second, secret))
    fields = {name: value for name, value in form.form().form_values() if name != "codes"}
    drawn = hoa.post("/don-doc/moi", {**fields, "codes": [first, second, secret], "_do": "preview"})
    assert drawn.text.count("<article") == 2 and DENOUNCER not in drawn.text
    assert not known.letters(world.hoa, Filters(), TODAY).lines
    ticked = {"codes": [first, secret], "words": ""}
    wrong = hoa.send(form, ticked, press=("_do", "issue"), status=422)
    assert set(wrong.faults) == {"words"}
    boxes = wrong.root.xpath("//input[@name='codes'][@checked]/@value")
    assert boxes == [first, secret], "what was unticked stays so"
    told = {"words": "Giải quyết dứt điểm.", "reply_due": "30/11/2026"}
    done = hoa.send(wrong, told, press=("_do", "issue"))
    assert done.response.location.endswith("/don-doc?side=sent")
    for_secret, plain = known.letters(world.hoa, Filters(), TODAY).lines
    assert (for_secret.code, plain.code) == (secret, first)
    shown = hoa.open("/don-doc")
    assert all(each.number in shown.words for each in (plain, for_secret))

    # its papers, and nobody else's eyes
    page, hidden = f"/don-doc/{plain.uid}", f"/don-doc/{for_secret.uid}"
    assert "01/" in hoa.open(f"{page}/in").text
    assert hoa.get(f"{page}/tep").status_code == 200
    assert hoa.get("/don-doc.xlsx?xem=tat-ca").status_code == 200
    for path in (page, f"{page}/in", f"{page}/tep", hidden, f"{page}/so"):
        assert binh.get(path).status_code == 404
    van = visit(world.van)
    assert van.open(page).status == 200 and van.get(hidden).status_code == 404
    assert secret not in van.open("/don-doc?xem=tat-ca").text
    for path in ("/don-doc/moi", f"/don-doc/moi?ho-so={first}"):
        assert lan.get(path).status_code == 403
    assert visit(world.tam).get("/don-doc").status_code == 403
    assert binh.get("/don-doc/moi?co-quan=an-binh").status_code == 403
    assert visit(world.khanh).get("/don-doc/moi?co-quan=an-binh").status_code == 404
    assert visit(world.khanh).get(f"/don-doc/moi?ho-so={first}").status_code == 404

    # the case tells of it; its own Đôn đốc leads here, the own house keeps its form
    case = minh.open(f"/ho-so/{first}")
    assert page in case.links() and "Giải quyết dứt điểm." in case.words
    assert not [each for each in case.links() if "don-doc" in each and "/van-ban/" in each]
    act = hoa.get(f"/ho-so/{second}/viec/urge")
    assert act.status_code == 302 and act.location.endswith(f"/don-doc/moi?ho-so={second}")
    one = hoa.open(act.location)
    assert second in one.words and first not in one.words
    assert minh.open(f"/ho-so/{second}/viec/urge").form() is not None

    # from the queue: chosen codes are posted; a case of another body and one that is not there
    other = registered(world, by=world.thu)
    token = hoa.open("/don-doc/moi?co-quan=an-binh").form().fields["csrf_token"]
    queue = hoa.post("/don-doc/moi", {"csrf_token": token, "ho-so": [second, other, "X-1"]})
    assert queue.status_code == 200 and second in queue.text and other in queue.text

    # who owes a reply reads of it in the morning
    assert page in minh.open("/sang-nay").links() and page in van.open("/sang-nay").links()
    assert page not in hoa.open("/sang-nay").links() and hidden not in van.open("/sang-nay").links()

    # the reply, with a fault first and what was typed kept
    letter = minh.open(page)
    fault = minh.send(letter, {"said": "", f"handling.{first}": "Đã đo đạc"}, action="tra-loi", status=422)  # fmt: skip
    assert set(fault.faults) == {"said"} and "Đã đo đạc" in fault.text
    minh.send(fault, {"said": "Sẽ xong trong tháng."}, action="tra-loi")
    answered = hoa.open(page).words
    assert "Sẽ xong trong tháng." in answered and "Đã đo đạc" in answered
    stale = minh.send(fault, {"said": "Lần nữa."}, action="tra-loi", status=302)
    assert stale.response.location.endswith(page), "the same sending twice is one reply"
    again = minh.send(letter, {"said": "Lần ba.", "_once": "another"}, action="tra-loi", status=409)
    assert "đã được trả lời" in again.words
    unreasoned = hoa.send(hoa.open(hidden), {"reason": ""}, action="khep-lai", status=422)
    hoa.send(unreasoned, {"reason": "Đã họp."}, action="khep-lai")
    assert "Đã họp." in hoa.open(hidden).words


def test_the_clerk_numbers_what_he_may_not_read(
    visit: Callable[[Actor | None], Visitor], world: World
) -> None:
    """The head of An Bình urges the body that advises in his own case, a denunciation."""
    code = late(world, DENUNCIATION)
    with transaction() as session:
        case = session.scalars(select(Case.id).where(Case.code == code)).one()
        session.add(
            CaseAgency(
                case_id=case, agency_id=world.agencies["so-nnmt"], role=AgencyRole.ADVISING,
                since=TODAY,
            )
        )  # fmt: skip
    minh, van = visit(world.minh), visit(world.van)
    act = minh.get(f"/ho-so/{code}/viec/urge")
    assert act.location.endswith(f"/don-doc/moi?ho-so={code}")
    page = minh.send(minh.open(act.location), press=("_do", "issue")).response.location
    assert "chưa có số" in minh.open(page).words and van.get(page).status_code == 404
    book = van.open("/so-van-ban/di")
    assert f"{page}/so" in book.links() and code not in book.text
    numbering = van.open(f"{page}/so")
    assert code not in numbering.text and "Sở Nông nghiệp" not in numbering.text
    van.send(numbering)
    assert "số 01/" in minh.open(page).words and van.get(f"{page}/so").status_code == 409
    assert page not in van.open("/so-van-ban/di").links(), "no way to what is not his to read"
    assert visit(world.quy).get(f"{page}/so").status_code == 404
    assert visit(world.an).get(f"{page}/so").status_code == 403
