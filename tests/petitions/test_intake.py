"""Registering a petition."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select

from config.database import db
from petitions.errors import Invalid, Leak
from petitions.models import Case, Deadline, Event
from petitions.queries.case_page import case_page
from petitions.queries.cases import Filters, queue
from petitions.queries.search import search
from petitions.services.intake import register
from petitions.services.registration import Contested, Person, Registration, RespondentGiven
from tests.conftest import NOW, TODAY
from tests.world import World
from workflows.records import IdKind
from workflows.vocabulary import Coarse, Kind, State, Step

COMPLAINT = Registration(
    kind=Kind.COMPLAINT,
    received_on=TODAY,
    summary="Khiếu nại quyết định thu hồi đất",
    content="Tôi khiếu nại Quyết định số 12/QĐ-UBND về thu hồi 120 m² đất ở thôn Đoài.",
    demand="Hủy quyết định",
    field_code="thu-hoi-dat",
    place_code="99001",
    parties=(
        Person(
            name="Nguyễn Văn Đức", birth_year=1970, id_kind=IdKind.CITIZEN, id_number="001070000001",
            phone="0912345678", address="Thôn Đoài, xã An Bình",
        ),
    ),
    respondents=(RespondentGiven(name="Phạm Văn Giang", position="Cán bộ địa chính"),),
    contested=Contested(number="12/QĐ-UBND", issued_on=date(2026, 10, 1), received_on=date(2026, 10, 5)),
)  # fmt: skip
DENUNCIATION = Registration(
    kind=Kind.DENUNCIATION,
    received_on=TODAY,
    summary="Tố cáo cán bộ địa chính nhận tiền",
    content="Cán bộ địa chính xã nhận tiền của người dân khi làm hồ sơ đất.",
    parties=(Person(name="Lò Thị Bình Minh", birth_year=1985, phone="0987654321"),),
    respondents=(RespondentGiven(name="Cán bộ địa chính", position="Công chức"),),
)


def test_a_complaint_gets_its_code_state_and_clocks(world: World) -> None:
    """Received Friday 2026-11-20: seven working days across the 24 November holiday end on 2 December."""
    code = register(COMPLAINT, actor=world.lan, now=NOW, key="k1")
    assert code.startswith("AB-2026-000001-")
    case = db.session.execute(select(Case)).scalar_one()
    assert (case.state, case.coarse, case.version) == (State.RECEIVED, Coarse.RECEIVED, 1)
    due = {row.step: row.due for row in db.session.execute(select(Deadline.step, Deadline.due))}
    assert due[Step.ACCEPTANCE_DECISION] == date(2026, 12, 2)
    assert due[Step.LIMITATION] == date(2027, 1, 4)
    assert case.next_due == date(2026, 12, 2)


def test_the_same_key_answers_with_the_first_code(world: World) -> None:
    """A double click registers once."""
    first = register(COMPLAINT, actor=world.lan, now=NOW, key="once")
    assert register(COMPLAINT, actor=world.lan, now=NOW, key="once") == first
    assert db.session.scalar(select(func.count(Case.id))) == 1
    assert db.session.scalar(select(func.count(Event.id))) == 1


def test_every_fault_is_told_at_its_field(world: World) -> None:
    """Nothing is written and all faults come back at once."""
    wrong = replace(
        COMPLAINT, received_on=date(2026, 11, 21), summary=" ", parties=(), field_code="khong-co"
    )
    with pytest.raises(Invalid) as error:
        register(wrong, actor=world.lan, now=NOW)
    assert {"received_on", "summary", "parties"} <= set(error.value.fields)
    assert db.session.scalar(select(func.count(Case.id))) == 0


def test_a_denouncer_named_in_the_text_is_refused(world: World) -> None:
    """The name is found without diacritics too; nothing is written."""
    leaking = replace(DENUNCIATION, content="Tôi là lo thi binh minh, ở thôn Đông.")
    with pytest.raises(Leak) as error:
        register(leaking, actor=world.lan, now=NOW)
    assert error.value.field == "content"
    assert leaking.content[slice(*error.value.marks[0])] == "lo thi binh minh"


def test_pages_show_the_case_to_those_in_scope(world: World) -> None:
    """Queue, search and page agree on who may see it."""
    code = register(COMPLAINT, actor=world.lan, now=NOW)
    for reader in (world.lan, world.minh, world.hoa, world.phuc):
        assert [line.code for line in queue(reader, Filters()).lines] == [code]
        assert [line.code for line in search(reader, "thu hoi dat")] == [code]
        assert [line.code for line in search(reader, "Thu hồi đất Nguyễn Văn Đức")] == [code]
        assert case_page(reader, code).people[0].name == "Nguyễn Văn Đức"
    for stranger in (world.binh, world.khanh, world.tam, world.giam):
        assert queue(stranger, Filters()).lines == ()
        assert search(stranger, "thu hoi dat") == ()
