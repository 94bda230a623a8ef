"""What is said of a case beside its record: by whoever sees it, for good, sealed where the case is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from config.database import db, table_of, transaction
from notifications.models import OutboxMessage
from petitions.errors import Forbidden, Invalid, Leak, NotAllowedNow, NotFound
from petitions.models import Opinion
from petitions.queries.hops import hops_of
from petitions.services.acts import perform
from petitions.services.intake import register
from petitions.services.onetime import MOST_LEAKS
from petitions.services.opinions import LONGEST, say
from tests.conftest import NOW, TODAY
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.world import World
from workflows.office import OpinionKind
from workflows.vocabulary import Action, Actor, Need


def thread(actor: Actor, code: str) -> list[tuple[str, str, bool]]:
    return [(each.who, each.text, each.direction) for each in hops_of(actor, code, TODAY).thread]


def passed_on(world: World, code: str, words: str) -> None:
    perform(
        code, Action.PASS_ON, {Need.ASSIGNEE: "an", Need.CONTENT: words},
        version=None, on=TODAY, actor=world.minh, now=NOW,
    )  # fmt: skip


def test_directions_stand_out_among_opinions_in_the_order_said(world: World) -> None:
    """The direction given with the file, an opinion, a direction by itself."""
    code = register(COMPLAINT, actor=world.lan, now=NOW)
    passed_on(world, code, "Xem xét, đề xuất trong tuần.")
    say(code, "Đã hỏi Phòng Kinh tế.", actor=world.an, now=NOW + timedelta(hours=1))
    say(
        code, "Mời các bên làm việc.", OpinionKind.DIRECTION,
        actor=world.dung, now=NOW + timedelta(hours=2),
    )  # fmt: skip
    assert thread(world.lan, code) == [
        ("Trần Văn Minh", "Xem xét, đề xuất trong tuần.", True),
        ("Phạm Văn An", "Đã hỏi Phòng Kinh tế.", False),
        ("Lê Thị Dung", "Mời các bên làm việc.", True),
    ]
    told = db.session.execute(
        select(OutboxMessage.recipient_id, OutboxMessage.payload).where(
            OutboxMessage.kind == "direction"
        )
    ).all()
    assert [tuple(each) for each in told] == [(world.users["an"], {"case": code})]


@pytest.mark.parametrize("name", ["an", "lan", "van", "quy", "khanh"])
def test_a_direction_is_a_leaders_to_give(world: World, name: str) -> None:
    """Of the holder's own body or one above; who does not see the case is told nothing."""
    code = register(COMPLAINT, actor=world.lan, now=NOW)
    with pytest.raises((Forbidden, NotFound)):
        say(code, "Làm ngay", OpinionKind.DIRECTION, actor=world.actors[name], now=NOW)


def test_the_chair_of_the_province_directs_the_commune(world: World) -> None:
    code = register(COMPLAINT, actor=world.lan, now=NOW)
    say(code, "Báo cáo UBND tỉnh", OpinionKind.DIRECTION, actor=world.phuc, now=NOW)
    assert thread(world.minh, code) == [("Đinh Văn Phúc", "Báo cáo UBND tỉnh", True)]


def test_strangers_neither_speak_nor_listen(world: World) -> None:
    code = register(COMPLAINT, actor=world.lan, now=NOW)
    hidden = register(DENUNCIATION, actor=world.lan, now=NOW)
    for actor, which in ((world.binh, code), (world.tam, code), (world.an, hidden)):
        with pytest.raises(NotFound):
            say(which, "Tôi nghĩ thế này", actor=actor, now=NOW)
        with pytest.raises(NotFound):
            hops_of(actor, which, TODAY)


def test_what_is_said_of_a_denunciation_is_sealed(world: World) -> None:
    """Read back by whoever sees the case; the row holds nothing readable."""
    code = register(DENUNCIATION, actor=world.lan, now=NOW)
    passed_on(world, code, "Giữ bí mật tuyệt đối.")
    say(code, "Cần xác minh tại thôn.", actor=world.an, now=NOW)
    row = db.session.scalars(select(Opinion)).one()
    assert row.words is None
    assert "thôn".encode() not in (row.sealed or b"")
    assert [text for _, text, _ in thread(world.minh, code)] == [
        "Giữ bí mật tuyệt đối.",
        "Cần xác minh tại thôn.",
    ]


def test_an_opinion_that_names_the_denouncer_is_refused(world: World) -> None:
    code = register(DENUNCIATION, actor=world.lan, now=NOW)
    with pytest.raises(Leak) as error:
        say(code, "Hỏi lại chị Lò Thị Bình Minh", actor=world.minh, now=NOW)
    assert error.value.field == "text"
    assert db.session.scalars(select(Opinion)).all() == []


@pytest.mark.parametrize("text", ["", " \n ", "x" * (LONGEST + 1)])
def test_an_opinion_says_something_and_not_too_much(world: World, text: str) -> None:
    code = register(COMPLAINT, actor=world.lan, now=NOW)
    with pytest.raises(Invalid) as error:
        say(code, text, actor=world.minh, now=NOW)
    assert list(error.value.fields) == ["text"]


def test_a_double_click_says_it_once(world: World) -> None:
    code = register(COMPLAINT, actor=world.lan, now=NOW)
    for _ in range(2):
        say(code, "Nhất trí", actor=world.minh, now=NOW, key="k")
    assert len(thread(world.minh, code)) == 1


@pytest.mark.parametrize(
    "change", [update(table_of(Opinion)).values(by_id=1), delete(table_of(Opinion))]
)
def test_nothing_said_is_taken_back(world: World, change: Any) -> None:
    """The database itself refuses."""
    code = register(COMPLAINT, actor=world.lan, now=NOW)
    say(code, "Nhất trí", actor=world.minh, now=NOW)
    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(change)
    assert len(thread(world.minh, code)) == 1


def test_refusals_do_not_serve_to_try_out_names(world: World) -> None:
    """Twelve texts that name the denouncer in a day, then nothing more, right or wrong, until tomorrow."""
    code = register(DENUNCIATION, actor=world.lan, now=NOW)
    name = DENUNCIATION.parties[0].name
    for turn in range(MOST_LEAKS):
        with pytest.raises(Leak):
            say(code, f"Có phải {name} không?", actor=world.minh, now=NOW, key=f"guess-{turn}")
    for turn, text in enumerate(("Không nêu ai", f"Có phải {name} không?")):
        with pytest.raises(NotAllowedNow, match="bí mật"):
            say(code, text, actor=world.minh, now=NOW, key=f"more-{turn}")
    say(code, "Đồng nghiệp vẫn ghi được.", actor=world.lan, now=NOW, key="colleague")
    tomorrow = NOW + timedelta(days=1, seconds=1)
    assert say(code, "Không nêu ai", actor=world.minh, now=tomorrow, key="tomorrow") == code
