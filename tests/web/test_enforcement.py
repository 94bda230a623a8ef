"""From the decision to its last đồng: the block after it, the register, its file, and the official tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from config.database import db, transaction
from petitions.errors import Invalid
from petitions.queries.enforcement import (
    PAGE,
    EnforcementFilters,
    register,
    totals,
    whole_register,
)
from petitions.queries.statistics.figures import Window, figures
from petitions.queries.statistics.spec import versions
from petitions.services.acts import perform
from tests.conftest import NOW, TODAY
from tests.petitions.test_intake import DENUNCIATION
from tests.web.browsing import Visitor
from tests.web.cases import LATE, done, registered
from tests.world import World
from workflows.enforcement import Amounts, Progress, outcome_proposed
from workflows.vocabulary import Action, Actor, Kind, Need, Outcome

Visit = Callable[[Actor], Visitor]
ALL = EnforcementFilters(unfinished=False)
YEAR = Window(date(2026, 1, 1), date(2026, 12, 31))
ORDER: dict[Need, Any] = {
    Need.MONEY: 12_500_000,
    Need.RETURNED_LAND: Decimal("120.5"),
    Need.BODIES_MONEY: 1_000_001,
    Need.PEOPLE: 2,
}


def decided(world: World, **order: Any) -> str:
    """A complaint decided on Monday 3 August, served the day after."""
    on = date(2026, 8, 3)
    code = registered(world, received_on=on, late_reason=LATE, contested=None)
    done(code, Action.CLASSIFY, world.lan, {Need.COMPETENT: True}, on)
    done(code, Action.ACCEPT, world.minh, on=on)
    given = {
        Need.RESULT: "Sửa quyết định", Need.DOCUMENT: "1/QĐ", Need.FINDING: "Rõ",
        Need.FOUND: "partly_true", **{Need(name): value for name, value in order.items()},
    }  # fmt: skip
    done(code, Action.DECIDE, world.minh, given, on)
    done(code, Action.SEND_DECISION, world.van, on=date(2026, 8, 10))
    done(code, Action.RECORD_SERVICE, world.lan, {Need.DOCUMENT: "BB"}, date(2026, 8, 11))
    return code


def in_effect(world: World, **order: Any) -> str:
    """The same, in effect since 14 September."""
    code = decided(world, **order)
    done(code, Action.TAKE_EFFECT, world.van, on=date(2026, 9, 14))
    return code


def concluded(world: World, **order: Any) -> str:
    """A denunciation concluded on 14 September."""
    on = date(2026, 9, 14)
    code = registered(world, DENUNCIATION, received_on=on, late_reason=LATE)
    done(code, Action.ACCEPT, world.minh, on=on)
    done(code, Action.ASSIGN_VERIFICATION, world.minh, {Need.TEAM: ["an", "ha"]}, on)
    done(code, Action.REPORT, world.an, {Need.DOCUMENT: "1/BC"}, on)
    given = {Need.RESULT: "Có sai phạm", Need.DOCUMENT: "1/KL", Need.FOUND: "true"}
    done(code, Action.CONCLUDE, world.minh, given | {Need(n): v for n, v in order.items()}, on)
    return code


def enforced(world: World, code: str, outcome: Outcome, on: date, **amounts: Any) -> None:
    """Somebody notes what was carried out."""
    given = {Need.OUTCOME: outcome, Need.RESULT: "Đã làm", Need.DOCUMENT: "1/BC"}
    given |= {Need(name): value for name, value in amounts.items()}
    perform(
        code, Action.RECORD_ENFORCEMENT, given, version=None, on=on, actor=world.minh, now=NOW,
        late_reason=LATE,
    )  # fmt: skip


def named(world: World, filters: EnforcementFilters = ALL) -> dict[str, Any]:
    """The head's register by code."""
    return {each.code: each for each in register(world.minh, filters, TODAY).lines}


def official(table: str) -> dict[int, Any]:
    """An official table's line of An Bình."""
    drawn = figures(versions()["tt02-2021"].tables[table], YEAR, among=None)
    return dict(next(each.values for each in drawn.lines if each.unit.code == "an-binh"))


def test_entries_add_up_to_the_order_and_never_silently_beyond(world: World) -> None:
    """Partly, too much, too little, exactly; sums of the register are those of 02/KQGQ and 04/KQGQ."""
    order = {need.value: value for need, value in ORDER.items()}
    code, other = in_effect(world, **order), in_effect(world)
    due = named(world)[code]
    assert (due.progress, due.ordered, due.done) == (Progress.NOT, Amounts.given(ORDER), Amounts())
    assert due.since == date(2026, 9, 11) and due.due is not None and due.due < TODAY
    enforced(world, code, Outcome.PARTLY_ENFORCED, date(2026, 10, 5), money=2_500_000, people=2)
    with pytest.raises(Invalid) as above:
        enforced(world, code, Outcome.PARTLY_ENFORCED, date(2026, 10, 6), money=10_000_001)
    assert above.value.fields == {
        "money": ["Vượt số phải thi hành: còn 10.000.000. Nếu đúng, ghi lý do chênh lệch."]
    }
    with pytest.raises(Invalid) as below:
        enforced(world, code, Outcome.FULLY_ENFORCED, date(2026, 10, 6), money=10_000_000)
    assert set(below.value.fields) == {"outcome"}
    with pytest.raises(Invalid):
        enforced(world, code, Outcome.NOTHING_TO_ENFORCE, date(2026, 10, 6))
    rest = {"money": 10_000_000, "returned_land": Decimal("120.50"), "bodies_money": 1_000_001}
    enforced(world, code, Outcome.PARTLY_ENFORCED, date(2026, 10, 7), **rest)
    assert named(world)[code].enough
    enforced(world, code, Outcome.FULLY_ENFORCED, date(2026, 10, 8))
    enforced(world, other, Outcome.NOTHING_TO_ENFORCE, date(2026, 10, 8))
    lines = named(world)
    assert other not in lines
    assert lines[code].progress is Progress.DONE
    assert named(world, EnforcementFilters()) == {}
    for sentence in ("UPDATE enforcement_entry SET people = 9", "DELETE FROM enforcement_entry"):
        with pytest.raises(Exception, match="append-only"), transaction() as session:
            session.execute(text(sentence))
        db.session.rollback()
    found = official("02/KQGQ")
    sums = totals(world.minh, EnforcementFilters(unfinished=False, kind=Kind.COMPLAINT), TODAY)
    assert (found[1], found[2]) == (sum(sums.counts.values()), sums.counts[Progress.DONE]) == (1, 1)
    assert (found[3], found[5]) == (Decimal("12.5"), Decimal("12.5"))
    assert found[3] * 1_000_000 == sums.ordered.money and found[5] * 1_000_000 == sums.done.money
    assert found[7] * 1_000_000 == sums.ordered.bodies_money == found[11] * 1_000_000
    assert found[10] == sums.ordered.returned_land == found[14] == Decimal("120.5")
    assert found[15] == sums.done.people == 2
    assert official("01/KQGQ")[7] == Decimal("12.5") and official("01/KQGQ")[22] == 2
    # a conclusion acted on is carried out once nothing is left of what it orders
    heavy, light = concluded(world, money=45_000_000), concluded(world)
    for each in (heavy, light):
        done(
            each,
            Action.ACT_ON_CONCLUSION,
            world.minh,
            {Need.RESULT: "Kiểm điểm"},
            date(2026, 9, 21),
        )
    assert {code: each.progress for code, each in named(world).items() if code in {heavy, light}} == {
        heavy: Progress.PARTLY, light: Progress.DONE,
    }  # fmt: skip
    found = official("04/KQGQ")
    assert (found[1], found[2]) == (2, 1)
    enforced(world, heavy, Outcome.FULLY_ENFORCED, date(2026, 10, 9), money=45_000_000)
    found, sums = (
        official("04/KQGQ"),
        totals(world.minh, replace(ALL, kind=Kind.DENUNCIATION), TODAY),
    )
    assert (found[1], found[2]) == (2, sums.counts[Progress.DONE]) == (2, 2)
    assert (found[3], found[5]) == (45, 45) and sums.done.money == 45_000_000


def test_pages_of_the_register_and_the_block(world: World, visit: Visit) -> None:
    """What an officer sees, in whose scope, page by page, and as a file."""
    code = in_effect(world, money=12_500_000, returned_land=Decimal("120.5"))
    secret = concluded(world, money=45_000_000)
    page = visit(world.minh).open("/thi-hanh")
    for words in (code, secret, "12.500.000 đồng", "120,5 m²", "Chưa thi hành: 2", "Đúng một phần"):
        assert words in page.words, words
    an = visit(world.an).open("/thi-hanh").words
    assert code in an and secret in an  # in the team
    assert secret not in visit(world.van).open("/thi-hanh").words
    assert "Không có việc nào phải thi hành" in visit(world.binh).open("/thi-hanh").words
    assert visit(world.tam).get("/thi-hanh").status_code == 403
    assert secret not in visit(world.minh).open("/thi-hanh?kind=complaint&late=true").words
    assert "Không có việc nào khớp" in visit(world.minh).open("/thi-hanh?progress=done").words
    assert visit(world.minh).open("/thi-hanh?progress=nonsense", 422).status == 422
    file = visit(world.minh).get("/thi-hanh/danh-sach.xlsx")
    assert file.status_code == 200 and file.data[:2] == b"PK"
    block = visit(world.minh).open(f"/ho-so/{code}").words
    for words in ("Sau quyết định", "Gửi quyết định", "trễ 2 ngày làm việc", "Việc tiếp theo"):
        assert words in block, words
    form = visit(world.minh).open(f"/ho-so/{code}/viec/record_enforcement")
    typed = {"outcome": "partly_enforced", "result": "Đã thu", "money": "2.500.000"}
    visit_minh = visit(world.minh)
    visit_minh.send(visit_minh.open(f"/ho-so/{code}/viec/record_enforcement"), typed)
    assert form.status == 200
    assert "2.500.000 đồng / 12.500.000 đồng" in visit(world.minh).open("/thi-hanh").words
    over = {**typed, "money": "99.000.000"}
    refused = visit_minh.send(
        visit_minh.open(f"/ho-so/{code}/viec/record_enforcement"), over, status=422
    )
    assert "Vượt số phải thi hành" in refused.faults["money"]
    visit_minh.send(
        visit_minh.open(f"/ho-so/{code}/viec/record_enforcement"),
        {**over, "reason": "Lãi chậm nộp"},
    )
    assert len(list(whole_register(world.minh, ALL, TODAY, 500))) == 2
    assert register(world.minh, ALL, TODAY, "rubbish").after is None
    assert PAGE >= 20


@pytest.mark.parametrize(
    ("ordered", "carried_out", "wanted"),
    [
        (Amounts(), Amounts(), None),
        (Amounts(money=2), Amounts(money=1), None),
        (Amounts(money=2, people=1), Amounts(money=3, people=1), Outcome.FULLY_ENFORCED),
        (Amounts(land=Decimal("0.01")), Amounts(), None),
    ],
)
def test_what_to_note_next(ordered: Amounts, carried_out: Amounts, wanted: Outcome | None) -> None:
    """Fully, as soon as the entries reach the order."""
    assert outcome_proposed(ordered, carried_out) is wanted
    assert carried_out.left_of(ordered) + carried_out != Amounts() or not ordered
