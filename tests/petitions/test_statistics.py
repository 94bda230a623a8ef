"""The statistical tables, against worlds made by hand: what happened at a unit in a window counts there."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from config.database import db, transaction
from petitions.errors import Forbidden, NotFound
from petitions.models import Case, Decision
from petitions.queries.statistics.conditions import CONDITIONS
from petitions.queries.statistics.figures import Report, Window, cases, figures, reach
from petitions.queries.statistics.periods import PERIODS, quarter_of, window
from petitions.queries.statistics.spec import Table, Universe, versions
from petitions.queries.statistics.telling import meaning, notes
from petitions.services.acts import perform
from petitions.services.custody import Custody, take_over
from petitions.services.registration import Prior, RespondentGiven
from tests.conftest import NOW
from tests.petitions.test_imports import row, take
from tests.petitions.test_intake import DENUNCIATION
from tests.statements import counted
from tests.web.cases import LATE, done, registered
from tests.world import World
from workflows.records import RespondentKind, Source
from workflows.vocabulary import Action, Kind, Need

Q3, Q4 = window("quy-3", 2026), window("quy-4", 2026)
YEAR = window("nam", 2026)
NEW, OLD = versions()["tt01-2024"], versions()["tt02-2021"]
SUMMER, AUTUMN = date(2026, 8, 3), date(2026, 10, 5)
HOME, NEXT_DOOR, ABOVE = "an-binh", "bao-lam", "ubnd-tinh"


def table(name: str, version: str = "tt01-2024") -> Table:
    """A table."""
    return versions()[version].tables[name]


def drawn(name: str, days: Window = Q4, version: str = "tt01-2024", **more: Any) -> Report:
    """A table of every unit, its hard identities holding."""
    report = figures(table(name, version), days, **{"among": None, **more})
    assert not [each for each in report.broken if not each.identity.soft], report.broken
    return report


def line(name: str, unit: str, days: Window = Q4, version: str = "tt01-2024") -> dict[int, int]:
    """The figures of a unit that are not nothing."""
    report = drawn(name, days, version)
    (found,) = [each for each in report.lines if each.unit.code == unit]
    return {number: value for number, value in found.values.items() if value}


def behind(name: str, column: int | str, days: Window = Q4, **more: Any) -> list[str]:
    """Codes behind a figure."""
    found = cases(table(name), str(column), days, **{"among": None, **more})
    return [each.code for each in found]


def complaint(world: World, on: date = AUTUMN, **changes: Any) -> str:
    """A complaint handed in at An Bình."""
    return registered(world, received_on=on, late_reason=LATE, contested=None, **changes)


def denounced(world: World, on: date = AUTUMN, **changes: Any) -> str:
    """A denunciation handed in at An Bình."""
    return registered(world, DENUNCIATION, received_on=on, late_reason=LATE, **changes)


def classified(world: World, on: date = AUTUMN, competent: bool = True, **changes: Any) -> str:
    """A complaint the desk has classified."""
    code = complaint(world, on, **changes)
    done(code, Action.CLASSIFY, world.lan, {Need.COMPETENT: competent}, on)
    return code


def accepted(world: World, on: date = AUTUMN, **changes: Any) -> str:
    """A complaint accepted on the day it came."""
    code = classified(world, on, **changes)
    done(code, Action.ACCEPT, world.minh, on=on)
    return code


def decided(world: World, result: str, on: date = AUTUMN, by: date | None = None) -> str:
    """A complaint settled."""
    code = accepted(world, on)
    given = {Need.RESULT: result, Need.DOCUMENT: "1/QĐ", Need.FINDING: "Rõ", Need.FOUND: "true"}
    done(code, Action.DECIDE, world.minh, given, by or on)
    older(code)
    return code


def older(code: str) -> None:
    """Make its decision one of the days when only the words of the result were kept."""
    with transaction() as session:
        case_id = session.scalar(select(Case.id).where(Case.code == code))
        session.execute(update(Decision).where(Decision.case_id == case_id).values(finding=None))


def concluded(world: World, result: str, on: date = AUTUMN) -> str:
    """A denunciation concluded."""
    code = denounced(world, on)
    done(code, Action.ACCEPT, world.minh, on=on)
    done(code, Action.ASSIGN_VERIFICATION, world.minh, {Need.TEAM: ["an", "ha"]}, on)
    done(code, Action.REPORT, world.an, {Need.DOCUMENT: "1/BC"}, on)
    given = {Need.RESULT: result, Need.DOCUMENT: "1/KL", Need.FOUND: "true"}
    done(code, Action.CONCLUDE, world.minh, given, on)
    older(code)
    return code


# --- the specs -------------------------------------------------------------------------------


def test_every_column_can_be_told_and_every_condition_is_known() -> None:
    """Tables of both circulars; 02/TCD is gone in 2024, 03 and 04/KQGQ of 2024 are not confirmed."""
    assert "02/TCD" in OLD.tables
    assert "02/TCD" not in NEW.tables
    assert [name for name, each in NEW.tables.items() if each.unconfirmed] == ["03/KQGQ", "04/KQGQ"]
    sizes = {name: len(each.columns) for name, each in OLD.tables.items()}
    assert sizes == {
        "01/TCD": 29, "02/TCD": 16, "01/XLD": 26, "02/XLD": 30, "03/XLD": 33, "04/XLD": 24,
        "01/KQGQ": 26, "02/KQGQ": 19, "03/KQGQ": 31, "04/KQGQ": 24,
    }  # fmt: skip
    used = set()
    for version in (OLD, NEW):
        for each in version.tables.values():
            for column in each.columns:
                assert meaning(each, column)
                used |= {(each.universe, name) for name in column.where}
            used |= {(each.universe, name) for gap in each.gaps for name in gap.where}
            used |= {(each.universe, name) for name in each.where}
    known = {(universe, name) for universe, found in CONDITIONS.items() for name in found}
    general = {"complaint", "denunciation", "suggestion", "first_instance", "second_instance"}
    assert used <= known
    assert {(u, n) for u, n in known - used if n not in general} == {
        (Universe.REPLIES, "handed_in_here")
    }


def test_periods_are_those_of_the_circular() -> None:
    """A reporting year runs from 15 December to 14 December; quarters part it without a gap."""
    assert window("quy-1", 2026) == (date(2025, 12, 15), date(2026, 3, 14))
    assert window("9-thang", 2026) == (date(2025, 12, 15), date(2026, 9, 14))
    assert window("nam", 2026) == (date(2025, 12, 15), date(2026, 12, 14))
    assert set(PERIODS) == {"quy-1", "quy-2", "quy-3", "quy-4", "6-thang", "9-thang", "nam"}
    assert quarter_of(date(2026, 12, 14)) == ("quy-4", 2026)
    assert quarter_of(date(2026, 12, 15)) == ("quy-1", 2027)
    quarters = [window(f"quy-{n}", 2026) for n in (1, 2, 3, 4)]
    assert all((after.first - before.last).days == 1 for before, after in pairwise(quarters))


# --- processing ------------------------------------------------------------------------------


def test_every_way_a_complaint_is_processed(world: World) -> None:
    """Waiting, accepted, refused, guided, filed, transferred, withdrawn: each in its columns."""
    complaint(world)
    accepted(world)
    refused = classified(world)
    done(
        refused, Action.REFUSE, world.minh, {Need.GROUND: "Hết thời hiệu", Need.REASON: "x"}, AUTUMN
    )
    guided = classified(world, competent=False)
    done(guided, Action.GUIDE, world.lan, {Need.GROUND: "x", Need.CONTENT: "Gửi Sở"}, AUTUMN)
    put_aside = classified(world)
    done(put_aside, Action.FILE, world.lan, {Need.GROUND: "Trùng"}, AUTUMN)
    moved = classified(world, competent=False, source=Source.RECEPTION)
    done(moved, Action.TRANSFER, world.lan, {Need.RECIPIENT: NEXT_DOOR}, AUTUMN)
    back = complaint(world)
    done(back, Action.WITHDRAW, world.minh, {Need.DOCUMENT: "Đơn rút"}, AUTUMN)
    assert line("01/XLD", HOME) == {
        1: 7, 3: 7, 4: 6, 5: 1, 6: 5, 7: 5, 8: 5, 13: 5, 14: 3, 15: 3, 18: 2, 19: 1, 20: 1,
    }  # fmt: skip
    assert line("02/XLD", HOME) == {
        1: 7, 3: 7, 4: 6, 6: 6, 7: 5, 8: 5, 9: 5, 11: 5, 19: 5, 20: 3, 21: 3, 23: 2, 24: 2,
    }  # fmt: skip
    assert line("02/XLD", HOME, version="tt02-2021") == {
        1: 7, 5: 7, 6: 6, 8: 6, 9: 5, 10: 5, 11: 5, 13: 5, 21: 1, 22: 4, 23: 3, 24: 3, 26: 2, 27: 1,
        28: 1,
    }  # fmt: skip
    assert line("01/XLD", NEXT_DOOR) == {1: 1, 3: 1, 5: 1}
    assert behind("01/XLD", 20) == [moved]
    assert behind("02/XLD", 24) == sorted([guided, moved])
    assert line("03/XLD", HOME) == line("04/XLD", HOME) == {}


def test_a_case_that_moved_on_counts_where_it_was_processed(world: World) -> None:
    """Received at An Bình in Q3, sent in Q3, entered by Bảo Lâm in Q4 and sent back: both lines stay."""
    code = classified(world, SUMMER, competent=False)
    done(code, Action.TRANSFER, world.lan, {Need.RECIPIENT: NEXT_DOOR}, SUMMER)
    before = line("01/XLD", HOME, Q3)
    assert before == {1: 1, 3: 1, 4: 1, 6: 1, 7: 1, 8: 1, 13: 1, 18: 1, 20: 1}
    assert line("01/XLD", NEXT_DOOR, Q3) == {1: 1, 3: 1, 5: 1}
    done(code, Action.CONFIRM_RECEIPT, world.khanh, on=AUTUMN)
    assert line("01/XLD", NEXT_DOOR, Q3) == {}
    assert line("01/XLD", NEXT_DOOR) == {1: 1, 3: 1, 5: 1}
    done(code, Action.RETURN_FORWARDED, world.khanh, {Need.REASON: "Sai thẩm quyền"}, AUTUMN)
    assert line("01/XLD", HOME, Q3) == before
    assert line("01/XLD", HOME) == {1: 1, 3: 1, 5: 1, 22: 1}
    assert line("01/XLD", NEXT_DOOR) == {1: 1, 3: 1, 4: 1, 6: 1, 7: 1, 8: 1, 13: 1, 18: 1, 20: 1}
    assert drawn("01/XLD").total[1] == 2
    assert behind("01/XLD", 1) == [code]


def test_what_was_not_processed_is_carried_over(world: World) -> None:
    """Unprocessed at the end of one window is the opening balance of the next; the year knows neither."""
    waiting, later = complaint(world, SUMMER), classified(world, SUMMER)
    done(later, Action.ACCEPT, world.minh, on=AUTUMN)
    assert line("02/XLD", HOME, Q3) == {1: 2, 3: 2}
    assert line("02/XLD", HOME) == {
        1: 2, 2: 2, 4: 1, 5: 1, 7: 1, 8: 1, 9: 1, 11: 1, 19: 1, 20: 1, 21: 1,
    }  # fmt: skip
    assert behind("02/XLD", 2) == sorted([waiting, later])
    assert line("02/XLD", HOME, YEAR)[3] == 2
    assert 2 not in line("02/XLD", HOME, YEAR)
    assert line("01/KQGQ", HOME) == {1: 1, 3: 1, 4: 1}


def test_joined_petitions_are_one_matter(world: World) -> None:
    """Two papers, one case; a voided entry never was."""
    into, joined, void = accepted(world), complaint(world), complaint(world)
    done(joined, Action.JOIN, world.minh, {Need.INTO: into, Need.REASON: "Cùng nội dung"}, AUTUMN)
    done(void, Action.VOID, world.minh, {Need.REASON: "Nhầm"}, AUTUMN)
    found = line("02/XLD", HOME)
    assert (found[1], found[4], found[7], found[8], found[20]) == (2, 2, 2, 1, 1)
    assert behind("02/XLD", 7) == sorted([into, joined])
    assert behind("02/XLD", 8) == [into]


def test_the_parts_of_a_split_petition_stand_for_it(world: World) -> None:
    """Before the split the paper counts, from then on its parts do, from the paper's day."""
    whole = complaint(world, SUMMER)
    parts = [
        {"summary": "Đất", "content": "Đất", "kind": Kind.COMPLAINT},
        {"summary": "Rác", "content": "Rác", "kind": Kind.FEEDBACK, "field_code": "o-nhiem"},
    ]
    done(whole, Action.SPLIT, world.lan, {Need.PARTS: parts, Need.REASON: "Hai việc"}, AUTUMN)
    assert line("01/XLD", HOME, Q3) == {1: 1, 3: 1, 5: 1}
    assert line("01/XLD", HOME) == {1: 2, 2: 2, 5: 2}
    assert whole not in behind("01/XLD", 1)


def test_reopened_counts_as_received_anew(world: World) -> None:
    """Filed in Q3, reopened in Q4: a petition of both windows, once in each."""
    code = classified(world, SUMMER)
    done(code, Action.FILE, world.lan, {Need.GROUND: "Trùng"}, SUMMER)
    done(code, Action.REOPEN, world.minh, {Need.REASON: "Tình tiết mới"}, AUTUMN)
    assert line("01/XLD", HOME, Q3) == {1: 1, 3: 1, 4: 1}
    assert line("01/XLD", HOME) == {1: 1, 3: 1, 5: 1}
    assert line("01/XLD", HOME, YEAR) == {1: 1, 3: 1, 5: 1}


def test_registered_against_its_own_head(world: World) -> None:
    """The desk received it, it is the province's to process; both lines say so, the head reads neither."""
    about = (RespondentGiven(name="Trần Văn Minh", username="minh", kind=RespondentKind.PERSON),)
    code = denounced(world, respondents=about)
    assert line("03/XLD", HOME) == {
        1: 1, 3: 1, 4: 1, 6: 1, 7: 1, 8: 1, 17: 1, 20: 1, 24: 1, 25: 1,
    }  # fmt: skip
    assert line("03/XLD", ABOVE) == {1: 1, 3: 1}
    home = frozenset({world.agencies[HOME]})
    assert behind("03/XLD", 1, among=home) == [code]
    for reader, number in ((world.minh, 0), (world.dung, 1), (world.quy, 1), (world.hoa, 1)):
        assert drawn("03/XLD", among=home, reader=reader).total[1] == number
    assert behind("03/XLD", 1, among=home, reader=world.dung) == []
    assert behind("03/XLD", 1, among=home, reader=world.hoa) == [code]


def test_replies_to_forwarded_petitions(world: World) -> None:
    """Documents are counted by the day they came, at the unit that waited for them."""
    code = classified(world, SUMMER, competent=False)
    done(code, Action.TRANSFER, world.lan, {Need.RECIPIENT: NEXT_DOOR}, SUMMER)
    done(code, Action.RECORD_REPLY, world.lan, {Need.CONTENT: "Đã thụ lý"}, AUTUMN)
    assert 26 not in line("02/XLD", HOME, Q3)
    assert line("02/XLD", HOME) == {26: 1}
    assert behind("02/XLD", 26) == [code]
    assert line("02/TCD", HOME, version="tt02-2021") == {16: 1}


def test_people_fields_and_reception(world: World) -> None:
    """Groups, kinds and fields of the matter, and petitions by the way they came."""
    complaint(world, group_size=7)
    complaint(world, field_code="nguoi-co-cong", source=Source.POST)
    complaint(world, field_code="cong-vu")
    suggestion = registered(
        world, kind=Kind.FEEDBACK, contested=None, received_on=AUTUMN, late_reason=LATE,
        field_code="o-nhiem",
    )  # fmt: skip
    done(suggestion, Action.CLASSIFY, world.lan, {Need.COMPETENT: True}, AUTUMN)
    done(suggestion, Action.ASSIGN, world.minh, {Need.ASSIGNEE: "an"}, AUTUMN)
    assert line("04/XLD", HOME) == {
        1: 1, 3: 1, 4: 1, 6: 1, 7: 1, 8: 1, 12: 1, 14: 1, 15: 1, 20: 1,
    }  # fmt: skip
    done(suggestion, Action.ANSWER, world.minh, {Need.RESULT: "Đã dọn", Need.DOCUMENT: "1"}, AUTUMN)
    assert {13: 1, 19: 1}.items() <= line("04/XLD", HOME).items()
    report = drawn("01/KQGQ")
    assert report.total[16] is None
    assert any("để trống" in note for note in notes(report))
    old = line("02/XLD", HOME, version="tt02-2021")
    assert (old[1], old[4], old[5]) == (3, 1, 2)
    assert line("02/TCD", HOME, version="tt02-2021") == {
        1: 3, 2: 3, 3: 2, 4: 2, 7: 1, 8: 1, 9: 3, 10: 3,
    }  # fmt: skip


def test_denunciations_by_kind(world: World) -> None:
    """First ones, further ones against a conclusion and over the limit, what officials do, corruption."""
    denounced(world, field_code="tham-nhung")
    taken = denounced(world, field_code="sach-nhieu")
    done(taken, Action.ACCEPT, world.minh, on=AUTUMN)
    again = denounced(world, prior=(Prior(body="UBND huyện", form="Kết luận"),))
    done(again, Action.ACCEPT, world.minh, on=AUTUMN)
    nameless = denounced(world, parties=(), anonymous=True)
    done(nameless, Action.FILE, world.lan, {Need.GROUND: "Nặc danh"}, AUTUMN)
    up = concluded(world, "Tố cáo sai")
    done(
        up,
        Action.FURTHER_DENUNCIATION,
        world.minh,
        {Need.REASON: "Không đồng ý"},
        date(2026, 10, 20),
    )
    assert line("03/XLD", HOME) == {
        1: 5, 3: 5, 4: 4, 6: 4, 7: 3, 8: 3, 9: 1, 12: 1, 17: 2, 19: 1, 20: 2, 21: 3, 22: 2, 23: 1,
    }  # fmt: skip
    assert line("03/XLD", ABOVE) == {1: 1, 3: 1}
    done(up, Action.DECIDE_FURTHER, world.phuc, {Need.OUTCOME: "upheld", Need.REASON: "x", Need.DOCUMENT: "1"}, date(2026, 11, 2))  # fmt: skip
    assert {8: 1, 19: 1, 21: 1, 23: 1}.items() <= line("03/XLD", ABOVE).items()
    old = line("03/XLD", HOME, version="tt02-2021")
    assert (old[6], old[7]) == (4, 1)


# --- settlement and enforcement --------------------------------------------------------------


def test_settled_right_partly_wrong_withdrawn(world: World) -> None:
    """The result is read from its words; one that says neither is told beside the table, not guessed."""
    results = ("Khiếu nại đúng", "Khiếu nại đúng một phần", "Khiếu nại sai", "KHÔNG ĐÚNG", "xong")
    codes = [decided(world, result) for result in results]
    gone = accepted(world, SUMMER)
    done(gone, Action.WITHDRAW, world.minh, {Need.DOCUMENT: "Đơn rút"}, AUTUMN)
    pending = accepted(world, SUMMER)
    assert line("01/KQGQ", HOME) == {
        1: 7, 2: 2, 3: 5, 4: 7, 5: 4, 6: 1, 20: 1, 21: 2, 22: 1, 25: 4,
    }  # fmt: skip
    assert behind("01/KQGQ", 5) == sorted(codes[:4])
    assert behind("01/KQGQ", "unclear") == [codes[4]]
    assert pending in behind("01/KQGQ", 2)
    (untold,) = drawn("01/KQGQ").untold
    assert (untold.number, untold.gap.name) == (1, "unclear")
    after = Window(date(2026, 12, 15), date(2027, 3, 14))
    assert line("01/KQGQ", HOME, after) == {1: 1, 2: 1, 4: 1}
    found = line("02/XLD", HOME)
    assert (found[16], found.get(19)) == (5, None)


def test_late_settlement(world: World) -> None:
    """Decided after the legal limit."""
    decided(world, "Khiếu nại sai", SUMMER, date(2026, 10, 30))
    assert line("01/KQGQ", HOME) == {1: 1, 2: 1, 4: 1, 5: 1, 21: 1, 26: 1}


def test_second_instance(world: World) -> None:
    """The superior confirms or changes; below, the case is long settled."""
    first = decided(world, "Khiếu nại sai", date(2026, 9, 21))
    done(first, Action.SEND_DECISION, world.van, on=date(2026, 9, 21))
    done(first, Action.RECORD_SERVICE, world.lan, {Need.DOCUMENT: "BB"}, date(2026, 9, 21))
    perform(first, Action.SECOND_INSTANCE, {}, version=None, on=AUTUMN, actor=world.lan, now=NOW, late_reason=LATE)  # fmt: skip
    (second,) = set(behind("02/XLD", 1)) - {first}
    assert line("02/XLD", ABOVE) == {1: 1, 3: 1}
    done(second, Action.CLASSIFY, world.thu, {Need.COMPETENT: True}, AUTUMN)
    done(second, Action.ACCEPT, world.phuc, on=AUTUMN)
    assert {16: 1, 20: 1, 22: 1}.items() <= line("02/XLD", ABOVE).items()
    assert 17 not in line("02/XLD", ABOVE)
    done(second, Action.ASSIGN_VERIFICATION, world.phuc, {Need.ASSIGNEE: "long"}, AUTUMN)
    done(second, Action.REPORT, world.long, {Need.DOCUMENT: "BC"}, AUTUMN)
    done(second, Action.PLAN_DIALOGUE, world.phuc, {Need.DIALOGUE_ON: date(2026, 10, 12)}, AUTUMN)
    done(second, Action.HOLD_DIALOGUE, world.phuc, {Need.DOCUMENT: "BB", Need.RESULT: "x"}, date(2026, 10, 12))  # fmt: skip
    given = {Need.RESULT: "Theo hồ sơ", Need.DOCUMENT: "2/QĐ", Need.FOUND: "upheld"}
    done(second, Action.DECIDE, world.phuc, given, date(2026, 10, 12))
    assert line("01/KQGQ", ABOVE) == {1: 1, 3: 1, 4: 1, 5: 1, 23: 1, 25: 1}
    assert line("01/KQGQ", HOME) == {1: 1, 3: 1, 4: 1, 5: 1, 21: 1, 25: 1}
    assert line("02/XLD", ABOVE)[17] == 1


def test_conclusions(world: World) -> None:
    """Right, wrong, both, withdrawn, terminated; the printed 6 breaks and says why; then carried out."""
    right = concluded(world, "Tố cáo đúng, phát hiện sai phạm")
    concluded(world, "Tố cáo sai")
    concluded(world, "Tố cáo có đúng, có sai")
    for action, more in (
        (Action.WITHDRAW, {Need.DOCUMENT: "x", Need.WITHDRAWAL_TEST: "clear"}),
        (Action.TERMINATE, {Need.GROUND: "x", Need.REASON: "x"}),
    ):
        code = denounced(world)
        done(code, Action.ACCEPT, world.minh, on=AUTUMN)
        done(code, action, world.minh, more, AUTUMN)
    assert line("03/KQGQ", HOME) == {
        1: 5, 3: 5, 4: 5, 6: 5, 7: 3, 9: 1, 10: 1, 24: 1, 26: 1, 28: 1, 30: 3,
    }  # fmt: skip
    soft = drawn("03/KQGQ").broken
    assert [(each.identity.text, each.left, each.right) for each in soft] == [
        ("6 = 24 + 26 + 28", 5, 3), ("6 = 30 + 31", 5, 3),
    ]  # fmt: skip
    assert all("rút" in each.identity.soft for each in soft)
    assert "chưa đối chiếu" in notes(drawn("03/KQGQ"))[0]
    done(right, Action.ACT_ON_CONCLUSION, world.minh, {Need.RESULT: "Kỷ luật"}, AUTUMN)
    assert line("04/KQGQ", HOME) == {1: 3, 2: 1}
    assert line("04/KQGQ", HOME, Window(date(2026, 12, 15), date(2027, 3, 14))) == {1: 2}


def test_decisions_to_be_carried_out(world: World) -> None:
    """From legal effect until enforced; carried over while not."""
    for outcome in ("fully_enforced", "nothing_to_enforce", None):
        code = decided(world, "Khiếu nại đúng", date(2026, 8, 3))
        done(code, Action.SEND_DECISION, world.van, on=date(2026, 8, 3))
        done(code, Action.RECORD_SERVICE, world.lan, {Need.DOCUMENT: "BB"}, date(2026, 8, 4))
        done(code, Action.TAKE_EFFECT, world.van, on=date(2026, 9, 14))
        if outcome:
            given = {Need.OUTCOME: outcome, Need.RESULT: "Xong"}
            done(code, Action.RECORD_ENFORCEMENT, world.an, given, AUTUMN)
    assert line("02/KQGQ", HOME, Q3) == {1: 3}
    assert line("02/KQGQ", HOME) == {1: 2, 2: 1}


# --- who sees what, and at what cost ---------------------------------------------------------


def test_readers_reach_their_own_units(world: World) -> None:
    """Leaders and clerks their own and those below, the inspectorate all, others none."""
    everything = drawn("01/XLD", among=reach(world.hoa), reader=world.hoa)
    assert HOME in {each.unit.code for each in everything.lines}
    assert {each.unit.code for each in drawn("01/XLD", among=reach(world.minh)).lines} == {HOME}
    for stranger in (world.an, world.tam, world.giam, world.lan):
        with pytest.raises(Forbidden):
            reach(stranger)
    with pytest.raises(NotFound):
        behind("01/KQGQ", 13)
    with pytest.raises(NotFound):
        behind("01/XLD", 99)


def test_lists_show_only_what_the_reader_may_open(world: World) -> None:
    """Figures are the official ones for every reader of the table; its lists are not."""
    code, plain = denounced(world), complaint(world)
    home = reach(world.minh)
    for reader, shown in (
        (world.minh, [plain, code]), (world.dung, [plain]), (world.van, [plain]),
        (world.hoa, [plain, code]), (world.quy, [plain]),
    ):  # fmt: skip
        assert drawn("01/XLD", among=home, reader=reader).total[1] == 2
        assert behind("01/XLD", 1, among=home, reader=reader) == sorted(shown)


@pytest.mark.parametrize("number", [1, 8])
def test_a_table_takes_few_statements(world: World, number: int) -> None:
    """Figures, documents, units: whatever the number of cases and units."""
    for _ in range(number):
        accepted(world)
        code = classified(world, competent=False)
        done(code, Action.TRANSFER, world.lan, {Need.RECIPIENT: NEXT_DOOR}, AUTUMN)
    db.session.rollback()
    for version in (OLD, NEW):
        for each in version.tables.values():
            with counted() as seen:
                figures(each, Q4, among=None)
            documents = any(column.measure == "replies" for column in each.columns)
            assert len(seen.statements) == 2 + documents
    with counted() as seen:
        assert len(behind("01/XLD", 1, reader=world.hoa)) == 2 * number
    assert len(seen.statements) <= 2


# --- what is neither received nor born here --------------------------------------------------


def test_a_settlement_anew_is_no_new_petition(world: World) -> None:
    """The further denunciation is the paper; the case it opens is only settled."""
    up = concluded(world, "Tố cáo sai")
    later = date(2026, 11, 2)
    done(up, Action.FURTHER_DENUNCIATION, world.minh, {Need.REASON: "Không đồng ý"}, AUTUMN)
    given = {Need.OUTCOME: "resettled", Need.REASON: "x", Need.DOCUMENT: "1"}
    anew = perform(up, Action.DECIDE_FURTHER, given, version=None, on=later, actor=world.phuc, now=NOW, late_reason=LATE)  # fmt: skip
    assert anew != up
    assert {1: 1, 3: 1, 4: 1, 21: 1, 23: 1}.items() <= line("03/XLD", ABOVE).items()
    done(anew, Action.ACCEPT, world.phuc, on=later)
    assert line("03/XLD", ABOVE)[1] == 1
    assert line("03/KQGQ", ABOVE) == {1: 1, 3: 1, 4: 1, 5: 1}


def test_what_a_successor_takes_over(world: World) -> None:
    """Waiting petitions are its opening balance; what was accepted before stays where it was accepted."""
    waiting, taken = complaint(world, SUMMER), accepted(world, SUMMER)
    here, there = world.agencies[HOME], world.agencies[NEXT_DOOR]
    custody = Custody(here, there, AUTUMN, "NQ 1", world.tam, NOW)
    with transaction() as session:
        assert {each.code for each in take_over(session, custody)} == {waiting, taken}
    assert line("02/XLD", HOME, Q3)[1] == 2
    assert line("02/XLD", HOME) == {}
    assert line("02/XLD", NEXT_DOOR) == {1: 1, 2: 1}
    assert line("01/KQGQ", HOME, Q3) == {1: 1, 3: 1, 4: 1}
    assert line("01/KQGQ", HOME) == {}
    assert line("01/KQGQ", NEXT_DOOR) == {1: 1, 2: 1, 4: 1}
    assert drawn("02/XLD").total[2] == drawn("02/XLD", Q3).total[1] - 1


def test_a_register_kept_elsewhere_counts(world: World, tmp_path: Path) -> None:
    """On the days it gives: closed cases as settled on theirs, open ones as waiting."""
    rows = [
        row(Ngày_nhận="03/08/2026", Xong="05/10/2026"),
        row(Số="2", Ngày_nhận="04/08/2026"),
        row(Số="3", Loại="KN", Ngày_nhận="05/08/2026", Xong="06/10/2026"),
    ]
    take(tmp_path, rows)
    assert line("01/XLD", HOME, Q3) == {1: 3, 3: 3, 5: 3}
    assert line("04/XLD", HOME, Q3) == {1: 2, 3: 2}
    assert line("04/XLD", HOME) == {
        1: 2, 2: 2, 4: 1, 5: 1, 7: 1, 8: 1, 10: 1, 13: 1, 15: 1, 19: 1,
    }  # fmt: skip
    assert line("01/KQGQ", HOME) == {1: 1, 2: 1, 4: 1}
    (untold,) = drawn("01/KQGQ").untold
    assert untold.number == 1


def test_what_was_recorded_goes_before_the_words(world: World) -> None:
    """A finding asked for counts, whatever the summary says; nothing is unclear then."""
    for found, words in (("true", "xong"), ("partly_true", "Khiếu nại sai"), ("wrong", "đúng")):
        code = accepted(world)
        given = {Need.RESULT: words, Need.DOCUMENT: "1/QĐ", Need.FINDING: "Rõ", Need.FOUND: found}
        done(code, Action.DECIDE, world.minh, given, AUTUMN)
    assert line("01/KQGQ", HOME) == {1: 3, 3: 3, 4: 3, 5: 3, 20: 1, 21: 1, 22: 1, 25: 3}
    assert drawn("01/KQGQ").untold == ()
