"""Repeats found across the province: with reasons, within one's duty, and hardly a word beyond it."""

from __future__ import annotations

import unicodedata
from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from config.database import db, transaction
from petitions.models import Case, CaseBar
from petitions.queries.seen_before import Asked, Repeat, Repetition, needs_reason, seen_before
from petitions.services.intake import register
from petitions.services.registration import Parcel, Person, RespondentGiven
from petitions.text import vn_date
from tests.conftest import NOW, TODAY
from tests.petitions.test_acts import do, settled
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.statements import counted
from tests.world import World
from workflows.records import BarReason, IdKind
from workflows.vocabulary import Action, Actor, Kind, State

TEXT = (
    "Năm 2019 xã mở đường liên thôn lấy của gia đình tôi 120 m² đất trồng lúa ở xứ đồng Cây Gạo nhưng đến nay "
    "chưa bồi thường, cán bộ địa chính nhiều lần hẹn rồi không trả lời, gia đình rất bức xúc."
)
TY = Person(
    name="Nguyễn Văn Tý", birth_year=1961, id_kind=IdKind.CITIZEN, id_number="001061000077",
    phone="0912 345 678", address="Thôn Đoài, xã An Bình",
)  # fmt: skip
GIVEN = replace(
    COMPLAINT,
    summary="Khiếu nại việc thu hồi đất xứ đồng Cây Gạo",
    content=TEXT,
    parties=(TY,),
    parcels=(Parcel(sheet="5", parcel="12"),),
    respondents=(RespondentGiven(name="Phạm Văn Giang"),),
)
ASKED = Asked(kind=Kind.COMPLAINT, received_on=TODAY, place_code="99001")


def found(actor: Actor, code: str, **asked: Any) -> Repeat | None:
    """What is told of one case."""
    return next(
        (each for each in seen_before(actor, replace(ASKED, **asked), TODAY) if each.code == code),
        None,
    )


def test_spellings_parcels_and_texts_lead_to_the_case(world: World) -> None:
    """One case, found from every side; each reason is told, and the score is the same each time."""
    code = register(GIVEN, actor=world.lan, now=NOW)
    register(replace(COMPLAINT, content="Cầu treo suối Nậm hỏng từ lâu.", parcels=()), actor=world.lan, now=NOW)  # fmt: skip
    nfd = unicodedata.normalize("NFD", TEXT)
    for asked, reason, least in (
        ({"id_numbers": ("001 061 000 077",)}, "cùng số CCCD", 45),
        ({"names": ("NGUYỄN  VĂN TÍ",), "birth_years": (1961,), "addresses": ("xã An Bình, thôn Đoài",)}, "tên gần giống: Nguyễn Văn Tý, cùng năm sinh 1961, cùng địa chỉ", 35),
        ({"names": ("nguyen van ty",), "birth_years": (1961,)}, "cùng họ tên, cùng năm sinh 1961", 35),
        ({"names": ("Nguyễn Văn Tỷ",), "phones": ("+84912345678",)}, "tên giống khi bỏ dấu: Nguyễn Văn Tý", 40),
        ({"parcels": (("05", "thửa số 012"),)}, "cùng thửa đất số 12 tờ 5", 40),
        ({"content": "Nhà tôi có thửa đất số 12, tờ bản đồ số 5 bị lấn."}, "cùng thửa đất số 12 tờ 5", 40),
        ({"content": nfd.upper()}, "nội dung giống 100 %", 50),
        ({"content": TEXT.replace("120 m²", "150 m2").replace("Cây Gạo", "Cây Đa")}, "nội dung giống", 40),
        ({"contested": ("12/qd-ubnd",), "respondents": ("Phạm Văn Giang",)}, "cùng khiếu nại văn bản số 12/QĐ-UBND", 47),
    ):  # fmt: skip
        repeat = found(world.lan, code, **asked)
        assert repeat is not None, asked
        assert any(reason in each for each in repeat.reasons), (asked, repeat.reasons)
        assert least <= repeat.score <= 100
        assert found(world.lan, code, **asked) == repeat
    strong: dict[str, Any] = {"id_numbers": ("001061000077",), "content": TEXT}
    with counted() as seen:
        repeats = seen_before(
            world.lan, replace(ASKED, names=("Nguyễn Văn Tý",), respondents=("Phạm Văn Giang",), **strong), TODAY
        )  # fmt: skip
    assert len(seen.statements) <= 5
    assert (repeats[0].code, repeats[0].repetition, repeats[0].strong) == (code, Repetition.SAME_PERSON, True)  # fmt: skip
    assert needs_reason(repeats)
    others = found(world.lan, code, parcels=(("5", "12"),), respondents=("Phạm Văn Giang",))
    assert others is not None
    assert others.repetition is Repetition.OTHERS
    assert not others.strong
    assert seen_before(world.lan, ASKED, TODAY) == ()
    assert found(world.lan, code, names=("Nguyễn Văn Tý",)) is None  # a common name alone is nobody
    elsewhere = found(world.lan, code, parcels=(("5", "12"),), place_code="99002")
    assert elsewhere is None  # every commune has a sheet 5 with a parcel 12


def test_a_decided_complaint_looks_like_the_first_instance(world: World) -> None:
    """The same petitioner again after the decision: the second instance, with its time limit."""
    code = settled(world)
    person = COMPLAINT.parties[0]
    asked: dict[str, Any] = {
        "names": (person.name,), "id_numbers": (person.id_number or "",), "content": COMPLAINT.content,
    }  # fmt: skip
    repeat = found(world.thu, code, **asked)
    assert repeat is not None
    assert repeat.repetition is Repetition.SECOND_INSTANCE
    assert "chưa tính được" in repeat.window  # nobody knows yet when the decision was received
    do(code, Action.RECORD_SERVICE, world.van, date(2026, 11, 6), document="Biên nhận")
    repeat = found(world.thu, code, **asked)
    assert repeat is not None
    due = date(2026, 12, 7)
    assert f"đến hết ngày {vn_date(due)} (" in repeat.window
    assert "Điều 33" in repeat.window
    later = seen_before(world.thu, replace(ASKED, **asked), due + timedelta(days=1))
    assert any(each.window.startswith("Thời hạn khiếu nại lần hai đã hết") for each in later)
    unlike = replace(ASKED, kind=Kind.FEEDBACK, **asked)  # only a complaint has a second instance
    assert all(each.window == "" for each in seen_before(world.thu, unlike, TODAY))


def test_strange_bodies_learn_only_the_announced_facts(world: World) -> None:
    """Another commune's desk hears that the case is there; the barred hear nothing at all."""
    code = register(GIVEN, actor=world.lan, now=NOW)
    same: dict[str, Any] = {
        "names": ("Nguyễn Văn Tý",), "id_numbers": ("001061000077",), "birth_years": (1961,),
        "content": TEXT, "respondents": ("Phạm Văn Giang",), "addresses": ("Thôn Đoài, xã An Bình",),
    }  # fmt: skip
    heard = found(world.binh, code, **same)
    assert heard is not None
    assert not heard.visible
    assert heard.repetition is Repetition.RESENT
    assert (heard.agency, heard.state) == ("UBND xã An Bình", State.RECEIVED)
    assert (heard.summary, heard.due, heard.window) == ("", None, "")
    near = found(world.binh, code, **{**same, "names": ("Nguyễn Văn Tí",), "id_numbers": ()})
    assert near is not None
    told = " ".join(str(getattr(near, each.name)) for each in fields(near))
    for secret in ("Tý", "Giang", "Cây Gạo", "0912", "Đoài"):
        assert secret not in told
    assert found(world.binh, code, id_numbers=("001061000077",)) is None  # no fishing by number
    assert found(world.binh, code, names=("Nguyễn Văn Tý",), birth_years=(1961,)) is None
    assert found(world.giam, code, **same) is None  # watches over others, takes no petitions in
    assert found(world.quy, code, **same) is not None  # inspects the whole province
    with transaction() as session:
        case_id = session.scalars(select(Case.id).where(Case.code == code)).one()
        for user_id in (world.binh.user_id, world.an.user_id):
            session.execute(
                insert(CaseBar).values(case_id=case_id, user_id=user_id, reason=BarReason.RELATED)
            )
    assert found(world.binh, code, **same) is None
    assert found(world.an, code, **same) is None
    with transaction() as session:
        session.execute(update(Case).where(Case.code == code).values(state=State.VOIDED))
    assert found(world.khanh, code, **same) is None


def test_a_sealed_person_matches_exactly_and_only_with_the_duty(world: World) -> None:
    """Exact number or name, for who took it in and the competent head; for the others there is nothing."""
    denouncer = replace(DENUNCIATION.parties[0], id_number="001185000011", id_kind=IdKind.CITIZEN)
    code = register(replace(DENUNCIATION, parties=(denouncer,)), actor=world.lan, now=NOW)
    by_number: dict[str, Any] = {"id_numbers": ("001 185 000 011",), "kind": Kind.DENUNCIATION}
    for actor in (world.lan, world.minh):
        repeat = found(actor, code, **by_number)
        assert repeat is not None
        assert repeat.reasons == ("cùng số giấy tờ (người được giữ bí mật)",)
        exact = found(actor, code, names=("LÒ THỊ BÌNH  MINH",), birth_years=(1985,))
        assert exact is not None
        assert found(actor, code, names=("Lò Thị Bình Min",), birth_years=(1985,)) is None
    full: dict[str, Any] = {
        **by_number, "names": ("Lò Thị Bình Minh",), "content": DENUNCIATION.content,
        "respondents": ("Cán bộ địa chính",),
    }  # fmt: skip
    for actor in (world.an, world.dung, world.binh, world.khanh, world.quy, world.thu, world.tam):
        assert found(actor, code, **full) is None, actor.name
    inspector = found(world.hoa, code, **full)  # may read the case, not who wrote it
    assert inspector is not None
    assert not any("bí mật" in each for each in inspector.reasons)
    assert db.session.scalar(select(Case.kind)) is Kind.DENUNCIATION


def test_no_typing_is_too_odd_to_be_compared(world: World) -> None:
    """Control characters, halves of characters, a long list and a longer text: an answer, and soon."""
    code = register(GIVEN, actor=world.lan, now=NOW)
    odd = '\x00\ud800\' OR "1" * ( ) : ^ % _ \\'
    asked: dict[str, Any] = {
        "names": (odd, "Nguyễn Văn Tý\x00", *(f"Người {n}" for n in range(500))),
        "id_numbers": (f"001061000077{odd}", *(f"{n:012}" for n in range(500))),
        "phones": (odd, "0912345678"),
        "addresses": (odd,) * 500,
        "respondents": (odd, "Phạm Văn Giang"),
        "parcels": ((odd, odd), ("5", "12")),
        "contested": (odd,),
        "summary": odd * 100,
        "content": TEXT + "\x00" + "lặp lại " * 200_000,
        "place_code": f"99001{odd}",
    }
    assert found(world.lan, code, **asked) is not None
    assert seen_before(world.lan, replace(ASKED, names=(odd,), content=odd), TODAY) == ()
