"""The pages of reception: from the month's schedule to the last visitor's outcome, by clicks alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from petitions.queries.reception import todays_sessions
from petitions.services.intake import register
from petitions.services.visits import receive
from tests.conftest import NOW, TODAY
from tests.petitions.test_intake import COMPLAINT
from tests.petitions.test_reception import SECRET, held_on, planned
from tests.web.browsing import Visitor
from tests.world import World
from workflows.reception import SessionManner
from workflows.vocabulary import Actor

Visit = Callable[[Actor | None], Visitor]
CARD = "001070000001||Nguyễn Văn Đức|01021970|Nam|Thôn Đoài, xã An Bình|05062021"
PERSON = {"people.0.name": "Nguyễn Văn Đức", "people.0.birth_year": "1970", "said": "Hỏi đất"}


def test_a_schedule_from_plan_to_paper(visit: Visit, world: World) -> None:
    """Filled in by a rule, corrected, saved, posted, printed; late posting is said in words."""
    lan = visit(world.lan)
    empty = lan.open("/tiep-cong-dan/lich?thang=12/2026")
    assert "Tháng này chưa có lịch tiếp" in empty.words
    form = lan.open("/tiep-cong-dan/lich/moi")
    wrong = lan.send(form, {"numbers": "45"}, press=("_fill", "1"), status=422)
    assert set(wrong.faults) == {"numbers"}
    filled = lan.send(
        wrong,
        {"numbers": "5, 18", "first": "12/2026", "months": "1"},
        press=("_fill", "1"),
        status=200,
    )
    assert filled.form().fields["days"] == "07/12/2026\n18/12/2026"
    assert "05/12/2026 là ngày nghỉ, dời sang 07/12/2026." in filled.words
    bad = lan.send(filled, {"kind": "ad_hoc", "starts_at": "25:00"}, status=422)
    assert set(bad.faults) == {"starts_at"}
    bad = lan.send(bad, {"starts_at": "7h30"}, status=422)
    assert set(bad.faults) == {"reason"}
    assert bad.form().fields["days"].startswith("07/12/2026")
    month = lan.follow(lan.send(bad, {"kind": "periodic"}))
    assert "chậm nhất 30/11/2026" in month.words
    unposted = lan.send(month, {"where": ""}, action="niem-yet?thang=12/2026", status=422)
    assert set(unposted.faults) == {"where"}
    lan.send(unposted, {"where": "Cổng trụ sở"}, action="niem-yet?thang=12/2026")
    assert lan.open("/tiep-cong-dan/lich?thang=12/2026").words.count("20/11/2026, đúng hạn") == 2
    printed = lan.open("/tiep-cong-dan/lich/in?thang=12/2026")
    assert "Thứ Sáu, 18/12/2026 07:30–11:30 Trần Văn Minh" in printed.words
    planned(world.lan, date(2026, 11, 25))
    assert "chưa làm, hạn 17/11/2026 đã qua" in lan.open("/tiep-cong-dan/lich").words
    hoa = visit(world.hoa)
    assert (
        "niem-yet"
        not in hoa.open(f"/tiep-cong-dan/lich?thang=12/2026&co_quan={world.lan.agency_id}").text
    )
    assert hoa.get("/tiep-cong-dan/lich/moi").status_code == 403
    binh = visit(world.binh)
    assert binh.get(f"/tiep-cong-dan/lich?co_quan={world.lan.agency_id}").status_code == 404
    for outside in (world.tam, world.giam):
        for path in ("", "/lich", "/gap-lanh-dao", "/dinh-muc"):
            assert visit(outside).get(f"/tiep-cong-dan{path}").status_code == 403


def test_a_day_at_the_desk(visit: Visit, world: World) -> None:
    """Number in one click, card scanned, outcome in the same place, corrected, next one called, closed."""
    lan = visit(world.lan)
    today = lan.open("/tiep-cong-dan")
    desk = lan.follow(lan.send(today, action="so-thu-tu"))
    assert "Tiếp theo: số 1" in desk.words
    lan.send(desk, action="so-thu-tu")
    session = next(each for each in lan.open("/tiep-cong-dan").links() if "/buoi/" in each)
    desk = lan.open(session)
    person = lan.follow(lan.send(desk, action="/goi"))
    refused = lan.send(
        person, {"people.0.name": "a|b|c"}, action=person.response.request.path, status=422
    )
    assert set(refused.faults) == {"people-0-name"}
    scanned = lan.send(refused, {"people.0.name": CARD, "said": "Hỏi bồi thường"},
                       action=person.response.request.path, status=200)  # fmt: skip
    fields = scanned.form(person.response.request.path).fields
    assert (fields["people.0.name"], fields["people.0.id_number"], fields["said"]) == (
        "Nguyễn Văn Đức", "001070000001", "Hỏi bồi thường",
    )  # fmt: skip
    more = lan.send(
        scanned, press=("_more", "people"), action=person.response.request.path, status=200
    )
    assert "people.1.name" in more.form(person.response.request.path).fields
    wrong = lan.send(more, {"people_count": "7", "kind": "complaint"},
                     action=person.response.request.path, status=422)  # fmt: skip
    assert set(wrong.faults) == {"people"}
    taken = lan.follow(lan.send(wrong, {"people_count": ""}, action=person.response.request.path))
    here = taken.response.request.path
    assert f"/dang-ky?visit={here.rsplit('/', 1)[1]}" in taken.links()
    guided = lan.open(f"{here}/ket-qua/guided")
    bad = lan.send(guided, {"document": "05/HD"}, action="guided", status=422)
    assert set(bad.faults) == {"guided_to"}
    assert bad.form("guided").fields["document"] == "05/HD"
    done = lan.follow(lan.send(bad, {"guided_to": "Tòa án khu vực 2"}, action="guided"))
    assert "Tòa án khu vực 2" in done.words
    again = lan.send(
        bad, {"guided_to": "Nơi khác", "_once": "another"}, action="guided", status=409
    )
    assert "Người khác vừa ghi thêm" in again.words
    undone = lan.follow(lan.send(done, action="/hoan-tac"))
    assert "Tiếp nhận đơn, mở hồ sơ" in undone.words
    lan.send(lan.open(f"{here}/ket-qua/refused"), {"refusal_ground": "law_9_3"}, action="refused")
    shown = lan.open(here)
    assert "Thông báo từ chối (Mẫu 01/TCD)" in shown.words
    assert "26/11/2026" in shown.words
    nearly = lan.open(f"{session}/ket-thuc")
    blocked = lan.send(nearly, {"held_by": "lan"}, status=422)
    assert set(blocked.faults) == {"visits"}
    second = lan.follow(lan.send(shown, action="/goi"))
    lan.send(second, PERSON, action=second.response.request.path)
    case = register(COMPLAINT, actor=world.lan, now=NOW)
    added = lan.open(f"{second.response.request.path}/ket-qua/added_to_case")
    missing = lan.send(added, {"case_code": "AB-2026-000099-1"}, action="added_to_case", status=422)
    assert set(missing.faults) == {"case_code"}
    lan.send(missing, {"case_code": case}, action="added_to_case")
    assert case in lan.open(second.response.request.path).text
    rows = lan.send(blocked, press=("_more", "participants"), status=200)
    closed = lan.follow(lan.send(rows, {"participants.0.name": "Phạm Văn An"}))
    assert "Đã tiếp" in closed.words
    assert "Phạm Văn An" in closed.words


def test_checks_promises_and_results(visit: Visit, world: World) -> None:
    """A check is given to a unit, a promise has its day, telling the result ends what was owed."""
    lan = visit(world.lan)
    form = lan.open("/tiep-cong-dan/luot/moi")
    empty = lan.send(form, {"said": "Đường hỏng"}, status=422)
    assert set(empty.faults) == {"people"}
    page = lan.follow(lan.send(empty, PERSON))
    here = page.response.request.path
    check = lan.open(f"{here}/ket-qua/check_ordered")
    bad = lan.send(check, {"undertakings.0.what": "Kiểm tra"}, action="check_ordered", status=422)
    assert {"undertakings-0-lead_agency_code", "undertakings-0-due"} == set(bad.faults)
    given = {"undertakings.0.lead_agency_code": "so-nnmt", "undertakings.0.due": "10/12/2026"}
    done = lan.follow(lan.send(bad, given, action="check_ordered"))
    assert "07/12/2026" in done.words
    early = lan.send(done, {"on": "01/11/2026"}, action="da-bao-ket-qua", status=422)
    assert set(early.faults) == {"on"}
    told = lan.follow(lan.send(early, {"on": "20/11/2026"}, action="da-bao-ket-qua"))
    assert "đã báo ngày 20/11/2026" in told.words


def test_a_meeting_is_asked_granted_and_held(visit: Visit, world: World) -> None:
    """The list shows how full the days are; a no frees the place; who comes stands in the leader's list."""
    lan, minh = visit(world.lan), visit(world.minh)
    page = lan.follow(lan.send(lan.open("/tiep-cong-dan/luot/moi"), PERSON))
    ask = lan.open(f"{page.response.request.path}/ket-qua/meeting_asked")
    lan.send(ask, {"answer": "Xin gặp Chủ tịch"}, action="meeting_asked")
    uid = planned(world.lan, TODAY)
    waiting = minh.open("/tiep-cong-dan/gap-lanh-dao")
    assert "Đề nghị gặp lãnh đạo (1)" in waiting.words
    (answer,) = {each for each in waiting.links() if "/gap-lanh-dao/" in each}
    form = minh.open(answer)
    assert "chưa có ai" in form.words
    assert set(minh.send(form, press=("_no", "1"), status=422).faults) == {"reason"}
    assert set(minh.send(form, status=422).faults) == {"session_uid"}
    minh.send(form, {"session_uid": uid})
    assert "đã có 1 lượt" in minh.open(answer).words
    minh.send(minh.open(answer), {"reason": "Đã trả lời bằng văn bản"}, press=("_no", "1"))
    assert (
        "Đã trả lời bằng văn bản"
        in minh.open("/tiep-cong-dan/gap-lanh-dao?tinh_trang=declined").words
    )
    minh.send(minh.open(answer), {"session_uid": uid, "reason": ""})
    desk = lan.open(f"/tiep-cong-dan/buoi/{uid}")
    assert "Nguyễn Văn Đức Xin gặp Chủ tịch" in desk.words
    met = lan.follow(lan.send(desk, action="/den"))
    assert "lần thứ 2" in met.words
    assert visit(world.binh).get(answer).status_code == 404
    for odd in ("%00", "x" * 300, "..%2f"):
        for path in (f"buoi/{odd}", f"luot/{odd}", f"gap-lanh-dao/{odd}"):
            assert lan.get(f"/tiep-cong-dan/{path}").status_code == 404, path
    odd_form = lan.open("/tiep-cong-dan/luot/moi")
    refused = lan.send(odd_form, PERSON | {"place_code": "a\x00"}, status=422)
    assert set(refused.faults) == {"place_code"}


def test_a_confidential_visit_on_the_pages(visit: Visit, world: World) -> None:
    """Masked in the queue of colleagues, not found by its address, nowhere in a stranger's pages."""
    uid = receive(None, SECRET, actor=world.lan, now=NOW)
    (line,) = todays_sessions(world.lan, TODAY)
    assert "Lò Thị Mật" in visit(world.lan).open(f"/tiep-cong-dan/luot/{uid}").words
    an = visit(world.an).open(f"/tiep-cong-dan/buoi/{line.uid}")
    assert "Lượt tiếp được giữ bí mật" in an.words
    assert uid not in an.text
    for actor in (world.an, world.quy, world.binh, world.dung):
        for path in ("", "/ket-qua/answered"):
            answer = visit(actor).get(f"/tiep-cong-dan/luot/{uid}{path}")
            assert answer.status_code in {403, 404}
            assert "Mật" not in answer.get_data(as_text=True)
        sent = visit(actor).post(f"/tiep-cong-dan/luot/{uid}/hoan-tac", {"version": "1"})
        assert sent.status_code in {403, 404, 400}
    assert visit(world.binh).get(f"/tiep-cong-dan/buoi/{line.uid}").status_code == 404


def test_the_quota_page_opens_what_it_counts(visit: Visit, world: World) -> None:
    """Required, held, missed, ahead; each day leads to its session; the share of agencies over months."""
    held = held_on(world, date(2026, 11, 5))
    planned(world.lan, date(2026, 11, 12))
    planned(world.lan, date(2026, 11, 27))
    page = visit(world.hoa).open("/tiep-cong-dan/dinh-muc")
    assert f"/tiep-cong-dan/buoi/{held}" in page.links()
    assert "còn 1 ngày, đã lên lịch" in page.words
    assert "0/5 cơ quan đạt" in page.words
    assert "Luật 136/2025/QH15" in page.words
    past = visit(world.minh).open("/tiep-cong-dan/dinh-muc?thang=06/2026")
    assert "thiếu 5 ngày" in past.words
    assert "Điểm d khoản 2 Điều 15" in past.words


def test_the_steps_of_a_session(visit: Visit, world: World) -> None:
    """Postponed with notice, cancelled, missed with a reason, an online day's preparation."""
    lan = visit(world.lan)
    uid = planned(world.lan, date(2026, 12, 4))
    above = visit(world.phuc)
    assert "Định kỳ" in above.open(f"/tiep-cong-dan/buoi/{uid}").words
    for step in ("chuan-bi", "hoan", "huy", "ly-do", "ket-thuc"):
        path = f"/tiep-cong-dan/buoi/{uid}/{step}"
        assert above.get(path).status_code == 403
        assert visit(world.hoa).get(path).status_code == 403
        assert visit(world.binh).get(path).status_code == 404
    form = lan.open(f"/tiep-cong-dan/buoi/{uid}/hoan")
    bad = lan.send(form, {"to_day": "04/12/2026"}, status=422)
    assert set(bad.faults) == {"to_day", "reason"}
    new = lan.follow(lan.send(bad, {"to_day": "08/12/2026", "reason": "Đi họp"}))
    assert "Thứ Ba, 08/12/2026" in new.words
    assert "Chuyển sang" in lan.open(f"/tiep-cong-dan/buoi/{uid}").words
    conflict = lan.send(
        bad, {"to_day": "09/12/2026", "reason": "Lại họp", "_once": "x"}, status=409
    )
    assert conflict.form().fields["reason"] == "Lại họp"
    later = new.response.request.path
    cancelled = lan.follow(lan.send(lan.open(f"{later}/huy"), {"reason": "Gộp buổi"}))
    assert "Đã hủy" in cancelled.words
    gone = planned(world.lan, date(2026, 11, 12))
    assert "Ghi lý do không tiếp" in lan.open("/tiep-cong-dan").words
    assert (
        "Chống bão"
        in lan.follow(
            lan.send(lan.open(f"/tiep-cong-dan/buoi/{gone}/ly-do"), {"reason": "Chống bão"})
        ).words
    )
    online = planned(world.lan, date(2026, 12, 4), manner=SessionManner.ONLINE)
    prepared = lan.open(f"/tiep-cong-dan/buoi/{online}/chuan-bi")
    assert "Chậm nhất 27/11/2026" in prepared.words
    shown = lan.follow(lan.send(prepared, {"invited_on": "20/11/2026"}))
    assert "20/11/2026, đúng hạn" in shown.words
