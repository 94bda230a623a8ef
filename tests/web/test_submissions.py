"""Proposals on pages: drafted from the act's form, moved by buttons, listed on one's table; routes set."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from config.database import db
from petitions.models import Case, Submission
from petitions.queries.routes import routes
from tests.petitions.routing import DEPUTY, HEAD, SECTION, classified, proposed, routed, row
from tests.petitions.test_intake import DENUNCIATION
from tests.web.browsing import Visitor
from tests.web.cases import done
from tests.world import World
from workflows.office import SubmissionStatus, Work
from workflows.vocabulary import Action, Actor, Need, State

Visit = Callable[[Actor | None], Visitor]


def latest() -> str:
    """The newest proposal's uid."""
    db.session.rollback()
    return db.session.scalars(select(Submission.uid).order_by(Submission.id.desc())).first() or ""


def state(code: str) -> State:
    db.session.rollback()
    return db.session.execute(select(Case.state).where(Case.code == code)).scalar_one()


def test_from_the_acts_form_to_the_signature(visit: Visit, world: World) -> None:
    """The officer's button says what happens; every hand sees its own buttons; the head's is the act."""
    routed(SECTION, DEPUTY, HEAD)
    code = classified(world)
    officer = visit(world.an)
    page = officer.open(f"/ho-so/{code}/viec/accept")
    assert "Soạn tờ trình" in page.words
    assert "trưởng phòng" in page.words
    answer = officer.send(page, {"form_key": ""})
    page = officer.follow(answer)
    assert "đang ở Phạm Văn An" in page.words
    uid = latest()
    assert answer.response.headers["Location"].endswith(uid)
    officer.send(page, {"opinion": "Kính trình"}, press=("_do", "submit"))
    assert "Thu hồi" in officer.open(f"/to-trinh/{uid}").words
    for who, verb in ((world.son, "approve"), (world.dung, "approve")):
        visitor = visit(who)
        assert "Thụ lý" in visitor.open("/to-trinh").words
        page = visitor.open(f"/to-trinh/{uid}")
        assert "Kính trình" in page.words
        assert "Ký" not in [each.text_content() for each in page.root.xpath("//main//button")]
        visitor.send(page, press=("_do", verb))
    chair = visit(world.minh)
    page = chair.open(f"/to-trinh/{uid}")
    chair.send(page, press=("_do", "sign"))
    assert state(code) is State.ACCEPTED
    assert "Đã ký" in officer.open(f"/to-trinh/{uid}").words


def test_an_officer_without_a_route_asks_the_head(visit: Visit, world: World) -> None:
    """The case page offers the act to be signed; head and officer each see their own form."""
    code = classified(world)
    officer = visit(world.an)
    (offer,) = officer.open(f"/ho-so/{code}").root.xpath("//a[contains(@href, '/viec/accept')]")
    assert "trình ký" in offer.text_content()
    form = officer.open(f"/ho-so/{code}/viec/accept")
    assert "Việc này phải trình ký: người đứng đầu cơ quan ký" in form.words
    page = officer.follow(officer.send(form, {"form_key": ""}))
    officer.send(page, press=("_do", "submit"))
    head = visit(world.minh)
    (offer,) = head.open(f"/ho-so/{code}").root.xpath("//a[contains(@href, '/viec/accept')]")
    assert "trình ký" not in offer.text_content()
    (uid,) = db.session.scalars(select(Submission.uid))
    head.send(head.open(f"/to-trinh/{uid}"), press=("_do", "sign"))
    assert state(code) is State.ACCEPTED


def test_faults_stand_at_their_fields(visit: Visit, world: World) -> None:
    """Nothing typed is lost: sending back without an opinion, a date too late, an act without its payload."""
    routed(SECTION, HEAD)
    code = classified(world)
    officer = visit(world.an)
    page = officer.open(f"/ho-so/{code}/viec/refuse")
    page = officer.send(page, {"form_key": ""}, status=422)
    assert page.faults
    uid = proposed(code, world.an)
    officer.send(officer.open(f"/to-trinh/{uid}"), press=("_do", "submit"))
    chief = visit(world.son)
    page = chief.open(f"/to-trinh/{uid}")
    page = chief.send(page, press=("_do", "send_back"), status=422)
    assert set(page.faults) == {"opinion", "due"}
    page = chief.send(
        page,
        {"opinion": "Viết rõ hơn", "due": "31/12/2026"},
        press=("_do", "send_back"),
        status=422,
    )
    assert set(page.faults) == {"due"}
    assert page.form().fields["opinion"].strip() == "Viết rõ hơn"
    chief.send(page, {"due": "25/11/2026"}, press=("_do", "send_back"))
    page = officer.open(f"/to-trinh/{uid}")
    assert "Viết rõ hơn" in page.words
    page = officer.send(page, press=("_do", "drop"), status=422)
    assert set(page.faults) == {"opinion"}


def test_the_author_changes_what_was_sent_back(visit: Visit, world: World) -> None:
    """The same form with what was written, and the page of somebody else's turn is refused."""
    routed(HEAD, work=Work.VERIFICATION)
    code = classified(world)
    done(code, Action.ACCEPT, world.minh)
    uid = proposed(code, world.an, Action.ASSIGN_VERIFICATION, {Need.ASSIGNEE: "an"})
    officer = visit(world.an)
    page = officer.open(f"/to-trinh/{uid}")
    assert "Phạm Văn An" in page.words
    page = officer.open(f"/to-trinh/{uid}/sua")
    assert page.form().fields["assignee"] == "an"
    officer.send(page, {"assignee": "ha"})
    assert "Bùi Thị Hà" in officer.open(f"/to-trinh/{uid}").words
    officer.send(officer.open(f"/to-trinh/{uid}"), press=("_do", "submit"))
    officer.open(f"/to-trinh/{uid}/sua", status=409)
    chair = visit(world.minh)
    chair.send(chair.open(f"/to-trinh/{uid}"), press=("_do", "sign"))
    assert state(code) is State.VERIFYING


def test_several_are_approved_at_once(visit: Visit, world: World) -> None:
    """With a result for each, the one moved meanwhile too; none chosen is a fault."""
    routed(SECTION, HEAD)
    uids = []
    for _ in range(3):
        uids.append(proposed(classified(world), world.an))
        visitor = visit(world.an)
        visitor.send(visitor.open(f"/to-trinh/{uids[-1]}"), press=("_do", "submit"))
    chief = visit(world.son)
    page = chief.open("/to-trinh")
    assert chief.send(page, status=422).faults
    chosen = [f"{uid}:{row(uid).version}" for uid in uids[:2]]
    chosen[1] = f"{uids[1]}:1"
    page = chief.send(page, {"chosen": chosen}, status=200)
    assert "đã duyệt" in page.words
    assert "chưa duyệt" in page.words
    assert [row(uid).step for uid in uids] == [2, 1, 1]


def test_an_act_that_became_unlawful_is_told_to_the_signer(visit: Visit, world: World) -> None:
    """And lies with its author again."""
    routed(HEAD)
    code = classified(world)
    uid = proposed(code, world.an)
    officer, chair = visit(world.an), visit(world.minh)
    officer.send(officer.open(f"/to-trinh/{uid}"), press=("_do", "submit"))
    page = chair.open(f"/to-trinh/{uid}")
    done(code, Action.WITHDRAW, world.minh, {Need.DOCUMENT: "Đơn", Need.REASON: "Rút"})
    page = chair.follow(chair.send(page, press=("_do", "sign")))
    assert "trả lại người soạn" in page.words
    assert row(uid).status is SubmissionStatus.SENT_BACK
    assert "Không ký được" in officer.open(f"/to-trinh/{uid}").words


def test_a_superior_gives_it_to_somebody_else(visit: Visit, world: World) -> None:
    """From the same page; who may not, has no such form."""
    routed(DEPUTY, HEAD)
    uid = proposed(classified(world), world.an)
    chief = visit(world.son)
    page = chief.open(f"/to-trinh/{uid}")
    chief.send(page, {"holder": "ha", "because": "An nghỉ"}, press=("_do", "reassign"))
    assert row(uid).author_id == world.users["ha"]
    assert "Giao người khác soạn" in chief.open(f"/to-trinh/{uid}").words
    assert "Giao người khác soạn" not in visit(world.van).open(f"/to-trinh/{uid}").words


def test_the_letter_is_filled_read_and_signed(visit: Visit, world: World) -> None:
    """From the act's form to its blanks; approvers read the draft; the signed one is linked."""
    routed(SECTION, HEAD)
    code = classified(world)
    officer = visit(world.an)
    page = officer.open(f"/ho-so/{code}/viec/refuse")
    page = officer.follow(
        officer.send(
            page, {"ground": "Hết thời hiệu", "reason": "Quá 90 ngày", "form_key": "nd124:04"}
        )
    )
    assert page.form().fields["fields.reason"] == "Quá 90 ngày"
    uid = latest()
    refused = officer.send(officer.open(f"/to-trinh/{uid}"), press=("_do", "submit"), status=422)
    assert any("còn thiếu" in each for each in refused.faults.values())
    page = officer.open(f"/to-trinh/{uid}/van-ban")
    officer.send(page, {"fields.ground_no": "6"})
    officer.send(officer.open(f"/to-trinh/{uid}"), press=("_do", "submit"))
    officer.open(f"/to-trinh/{uid}/van-ban", status=409)
    chief = visit(world.son)
    assert "Quá 90 ngày" in chief.open(f"/to-trinh/{uid}/xem").words
    assert chief.get(f"/to-trinh/{uid}/du-thao").mimetype.endswith("wordprocessingml.document")
    chief.send(chief.open(f"/to-trinh/{uid}"), press=("_do", "approve"))
    chair = visit(world.minh)
    chair.send(chair.open(f"/to-trinh/{uid}"), press=("_do", "sign"))
    page = officer.open(f"/to-trinh/{uid}")
    assert "Đã ký" in page.words
    assert [each for each in page.links() if "/van-ban/" in each]


def test_out_of_reach_is_unknown(visit: Visit, world: World) -> None:
    """Another agency's, and a denunciation's to whoever does not hold it."""
    routed(SECTION, HEAD)
    plain = proposed(classified(world), world.an)
    kept = proposed(classified(world, DENUNCIATION), world.an)
    visit(world.binh).open(f"/to-trinh/{plain}", status=404)
    for path in ("", "/sua", "/van-ban", "/du-thao", "/xem"):
        visit(world.son).open(f"/to-trinh/{kept}{path}", status=404)
    assert "Thụ lý" not in visit(world.son).open("/to-trinh").words
    visit(world.minh).open(f"/to-trinh/{kept}")


def test_a_denouncer_named_in_an_opinion_is_refused(visit: Visit, world: World) -> None:
    """At the field, with nothing kept."""
    routed(SECTION, HEAD)
    uid = proposed(classified(world, DENUNCIATION), world.an)
    officer = visit(world.an)
    page = officer.open(f"/to-trinh/{uid}")
    page = officer.send(
        page, {"opinion": "Bà Lò Thị Bình Minh"}, press=("_do", "submit"), status=422
    )
    assert "opinion" in page.faults
    assert row(uid).step == 0


# --- routes ----------------------------------------------------------------------------------


def test_a_route_is_set_copied_and_ended(visit: Visit, world: World) -> None:
    """From a shape, by the head; copied to another work; the list shows what is, comes and was."""
    chair = visit(world.minh)
    assert "Chưa đặt quy trình" in chair.open("/quan-tri/quy-trinh").words
    page = chair.open("/quan-tri/quy-trinh/moi?mau=full")
    assert page.form().fields["steps.2.role"] == "head"
    page = chair.send(page, {"steps.0.days": "40"}, status=422)
    assert set(page.faults) == {"work", "steps-0-days"}
    chair.send(page, {"work": "processing", "steps.0.days": "2"})
    (route,) = routes(world.minh)
    assert [each.days for each in route.steps] == [2, 1, 1]
    page = chair.open(f"/quan-tri/quy-trinh/moi?tu={route.id}")
    assert page.form().fields["steps.0.days"] == "2"
    assert "valid_from" in chair.send(page, {"work": "processing"}, status=422).faults
    chair.send(page, {"work": "settlement"})
    assert {each.work for each in routes(world.minh)} == {Work.PROCESSING, Work.SETTLEMENT}
    page = chair.open(f"/quan-tri/quy-trinh/{route.id}/ket-thuc")
    chair.send(page, {"on": "19/11/2026"}, status=422)
    chair.send(page, {"on": "20/11/2026"})
    assert "Thôi áp dụng" in chair.open("/quan-tri/quy-trinh").words


@pytest.mark.parametrize("name", ["an", "dung", "van", "hoa"])
def test_nobody_else_sets_routes(visit: Visit, world: World, name: str) -> None:
    """The administrator and the head."""
    visit(world.actors[name]).open("/quan-tri/quy-trinh", status=403)
    visit(world.tam).open("/quan-tri/quy-trinh")
