"""The desk's box: what it takes a text for, and whose history it answers with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert, select

from config.database import db, transaction
from petitions.errors import Invalid, NotFound
from petitions.models import Case, CaseBar
from petitions.queries.desk_box import BOX, Means, read_box
from petitions.queries.person_history import history
from petitions.queries.persons import PersonSeen
from petitions.queries.prefill import from_visit, next_member
from petitions.queries.visitors import Comer
from petitions.services.intake import register
from petitions.services.registration import Parcel, Person
from petitions.services.visit_rows import Taken
from petitions.services.visits import receive
from tests.conftest import NOW
from tests.petitions.test_acts import settled
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.statements import counted
from tests.world import World
from workflows.records import BarReason, IdKind
from workflows.vocabulary import Actor, Kind

OLD_CARD = "001070000001|012345678|Nguyễn Văn Đức|02031970|Nam|Thôn Đoài, xã An Bình|01012021"
NEW_CARD = "001070000001||Nguyễn Văn Đức|02031970|Nam|Thôn Đoài, xã An Bình|01012025||||"

READ: list[tuple[str, Means, dict[str, Any]]] = [
    (OLD_CARD, Means.CARD, {"id_numbers": ("001070000001", "012345678"), "birth_year": 1970}),
    (NEW_CARD + "\r\n", Means.CARD, {"id_numbers": ("001070000001",), "name": "Nguyễn Văn Đức"}),
    ("\ufeff" + NEW_CARD, Means.CARD, {"name": "Nguyễn Văn Đức"}),
    ("001 070 000 001", Means.NUMBER, {"id_numbers": ("001070000001",)}),
    ("012345678", Means.NUMBER, {"id_numbers": ("012345678",)}),
    ("b1234567", Means.NUMBER, {"id_numbers": ("B1234567",)}),
    ("0912.345.678", Means.PHONE, {"phone": "+84912345678"}),
    ("+84 912 345 678", Means.PHONE, {"phone": "+84912345678"}),
    ("ab-2026-000001-3", Means.CODE, {}),
    ("nguyen van ty", Means.NAME, {"name": "nguyen van ty", "birth_year": None}),
    ("Nguyễn Văn Tý, sinh năm 1961", Means.NAME, {"name": "Nguyễn Văn Tý", "birth_year": 1961}),
    ("Nguyễn  Văn Tý (1961)", Means.NAME, {"name": "Nguyễn Văn Tý", "birth_year": 1961}),
]
REFUSED = [
    ("", "Quét thẻ"),
    ("GD1234567890123|4e67|x", "bảo hiểm y tế"),
    ("eyJhbGciOiJIUzI1NiIsInR5cCI6", "VNeID"),
    ("001070000001||Nguyễn Văn", "quét dở"),
    (f"{NEW_CARD}\n{NEW_CARD}", "nhiều lần quét"),
    (NEW_CARD.replace("02031970", "31021970"), "không tồn tại"),
    ("12345", "5 chữ số"),
    ("TCD-2026-000123-9", "chữ số kiểm tra"),
    ("khu 12 a", "Không hiểu"),
    ("ă", "ít nhất 2"),
    ("Nguyễn\x00Văn", "ký tự điều khiển"),
    ("x " * 100, "Dài quá"),
]


@pytest.mark.parametrize(("typed", "means", "parts"), READ)
def test_the_box_tells_what_it_is_given(typed: str, means: Means, parts: dict[str, Any]) -> None:
    """Both layouts of the card as a scanner types them, numbers, codes and names."""
    if means is Means.CODE:
        typed = typed[:-1] + str(_check(typed))
    asked = read_box(typed)
    assert asked.means is means
    for name, value in parts.items():
        assert getattr(asked, name) == value


def _check(code: str) -> str:
    from petitions.codes import make_code

    return make_code("AB", 2026, 1)[-1]


@pytest.mark.parametrize(("typed", "words"), REFUSED)
def test_what_is_neither_is_refused_with_the_reason(typed: str, words: str) -> None:
    """In Vietnamese, saying what it seems to be instead."""
    with pytest.raises(Invalid) as error:
        read_box(typed)
    assert words in error.value.fields[BOX][0]


def people(actor: Actor, typed: str) -> tuple[PersonSeen, ...]:
    """What the box answers."""
    return history(actor, read_box(typed)).people


COMER = Comer(
    name="Nguyễn Văn Đức", birth_year=1970, id_kind=IdKind.CITIZEN, id_number="001070000001",
    phone="0912345678", address="Thôn Đoài, xã An Bình",
)  # fmt: skip
SAID = "Xin hỏi về thu hồi đất. Xã chưa trả lời đơn của tôi."


def test_a_persons_history(world: World) -> None:
    """Petitions with what became of them and visits, for one person found in every way there is."""
    decided = settled(world)
    fresh = register(replace(COMPLAINT, summary="Khiếu nại lần nữa"), actor=world.lan, now=NOW)
    twin = Person(name="Nguyễn Văn Đức", birth_year=1988, address="Thôn Hạ, xã An Bình")
    register(replace(COMPLAINT, parties=(twin,)), actor=world.lan, now=NOW)
    visit = receive(
        None, Taken(people=(COMER,), said=SAID, kind=Kind.COMPLAINT, place_code="99001"),
        actor=world.lan, now=NOW,
    )  # fmt: skip
    for typed in (OLD_CARD, "001070000001", "0912 345 678", fresh, "NGUYEN VAN DUC 1970"):
        found = people(world.lan, typed)
        assert {each.code for each in found[0].cases} == {decided, fresh}, typed
        assert [each.uid for each in found[0].visits] == [visit]
        assert len(found) == 1
    known = found[0]
    assert not known.sure
    assert people(world.lan, OLD_CARD)[0].sure
    assert [reply.number for case in known.cases for reply in case.replies] == ["35/QĐ-UBND"]
    assert known.visits[0].said == SAID
    by_name = people(world.lan, "Nguyễn Văn Đức")
    assert [each.birth_year for each in by_name] == [1970, 1988]  # two people of one name stay two
    for typed in ("van duc", "Nguyên Văn Đưc", "Nguyễn Văn Đứt", "nguyen van d"):
        assert any(each.name == "Nguyễn Văn Đức" for each in people(world.lan, typed)), typed
    with counted() as seen:
        people(world.lan, "Nguyễn Văn Đức")
    assert len(seen.statements) <= 5
    for stranger in (world.binh, world.tam, world.giam):
        assert people(stranger, OLD_CARD) == ()
        assert people(stranger, fresh) == ()
        with pytest.raises(NotFound):
            from_visit(stranger, visit)
        with pytest.raises(NotFound):
            next_member(stranger, fresh)
    with transaction() as session:
        case_id = session.scalars(select(Case.id).where(Case.code == fresh)).one()
        session.execute(
            insert(CaseBar).values(
                case_id=case_id, user_id=world.lan.user_id, reason=BarReason.RELATED
            )
        )
    assert {each.code for each in people(world.lan, OLD_CARD)[0].cases} == {decided}


def test_what_is_known_begins_the_form(world: World) -> None:
    """A visit brings its people and words; the next of a group the matter, and nobody's name."""
    visit = receive(
        None, Taken(people=(COMER,), said=SAID, kind=Kind.FEEDBACK, place_code="99001"),
        actor=world.lan, now=NOW,
    )  # fmt: skip
    begun = from_visit(world.lan, visit)
    assert (begun["kind"], begun["summary"]) == ("feedback", "Xin hỏi về thu hồi đất")
    assert (begun["content"], begun["place_code"], begun["visit"]) == (SAID, "99001", visit)
    assert begun["parties"][0]["id_number"] == "001070000001"
    given = replace(COMPLAINT, parcels=(Parcel(sheet="5", parcel="12"),))
    code = register(given, actor=world.lan, now=NOW)
    begun = next_member(world.lan, code)
    assert (begun["content"], begun["place_code"]) == (COMPLAINT.content, "99001")
    assert begun["respondents"][0]["name"] == "Phạm Văn Giang"
    assert begun["parcels"] == [{"sheet": "5", "parcel": "12"}]
    assert begun["contested"]["number"] == "12/QĐ-UBND"
    assert begun["seen"] == {"choice": f"link:{code}"}
    assert "parties" not in begun
    assert "Đức" not in str(begun)


def test_sealed_people_match_exactly_and_for_the_few(world: World) -> None:
    """A denouncer and a confidential visitor: by the exact number or name, and never a word of them."""
    denouncer = replace(DENUNCIATION.parties[0], id_number="001185000011", id_kind=IdKind.CITIZEN)
    code = register(replace(DENUNCIATION, parties=(denouncer,)), actor=world.lan, now=NOW)
    secret = Comer(name="Lò Thị Bình Minh", birth_year=1985, id_number="001185000011")
    visit = receive(
        None, Taken(people=(secret,), said="Tố cáo cán bộ", kind=Kind.DENUNCIATION),
        actor=world.lan, now=NOW,
    )  # fmt: skip
    for typed in ("001185000011", "LÒ THỊ BÌNH MINH", "lo thi binh minh 1985", "0987654321"):
        found = people(world.lan, typed)
        assert [each.sealed for each in found] == [True], typed
        assert [each.code for each in found[0].cases] == [code]
        assert (found[0].id_number, found[0].address, found[0].phone) == (None, None, None)
        if typed != "0987654321":
            assert [each.uid for each in found[0].visits] == [visit]
    for typed in ("Lò Thị Bình", "lo thi binh min", "binh minh", "Lò Thị Bình Minh 1986"):
        assert not any(each.sealed and each.cases for each in people(world.lan, typed)), typed
    assert people(world.minh, "001185000011")[0].cases
    for other in (world.an, world.dung, world.van, world.binh, world.thu, world.quy):
        assert people(other, "001185000011") == (), other.name
        assert people(other, code) == ()
    inspector = people(
        world.hoa, "001185000011"
    )  # reads the visit, and of the case not whose it is
    assert [each.code for person in inspector for each in person.cases] == []
    assert [each.sealed for each in people(world.lan, code)] == [True]
    assert from_visit(world.lan, visit)["parties"][0]["name"] == "Lò Thị Bình Minh"
    assert db.session.scalar(select(Case.kind)) is Kind.DENUNCIATION
