"""What the calculator refuses, naming item, id and field; and plain counting."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workflows.shipped import calendar, lawbook
from workflows import calculator, strict_json
from workflows.calculator import CountFailed, InputFault


def case(kind: str = "complaint", **item: Any) -> dict[str, Any]:
    return {"id": "a", "kind": kind, **item}


def facts(kind: str = "complaint", complexity: str = "complex", **given: Any) -> dict[str, Any]:
    return case(kind, complexity=complexity, facts=given)


def pauses(*rows: dict[str, Any], kind: str = "complaint", **given: Any) -> dict[str, Any]:
    return facts(kind, suspensions=list(rows), **given)


SUM = {
    "start": "2026-11-20", "amount": 3, "unit": "day", "direction": "forward", "roll": "none",
    "days_off": [], "working_saturdays": [],
}  # fmt: skip


def total(**changed: Any) -> dict[str, Any]:
    return {"id": "a", "arithmetic": {**SUM, **changed}}


@pytest.mark.parametrize(
    ("item", "path", "reason"),
    [
        # keys
        (case(colour="red"), "colour", "khoá lạ"),
        (case(expected={}), "expected", "khoá lạ"),
        (case(why="x"), "why", "khoá lạ"),
        (facts(recieved="2026-10-05"), "facts.recieved", "khoá lạ"),
        (pauses({"from": "2026-08-01", "to": "2026-08-02"}), "facts.suspensions[0].to", "khoá lạ"),
        (total(colour=1), "arithmetic.colour", "khoá lạ"),
        ({**total(), "kind": "complaint"}, "kind", "khoá lạ"),
        # facts of another kind
        (facts(conclusion_issued="2026-10-05"), "facts.conclusion_issued", "của loại đơn khác"),
        (facts("denunciation", obstacles=[]), "facts.obstacles", "của loại đơn khác"),
        (facts("feedback", accepted="2026-10-05"), "facts.accepted", "của loại đơn khác"),
        (facts("recommendation", settled="2026-10-05"), "facts.settled", "của loại đơn khác"),
        (facts("reception", suspensions=[]), "facts.suspensions", "của loại đơn khác"),
        (facts(extensions=[10]), "facts.extensions", "của loại đơn khác"),
        (facts("reception", extensions=[]), "facts.extensions", "của loại đơn khác"),
        (facts(competent=True), "facts.competent", "của loại đơn khác"),
        # ids
        ({"kind": "complaint"}, "id", "thiếu"),
        ({"id": None, "kind": "complaint"}, "id", "phải là chữ"),
        ({"id": 7, "kind": "complaint"}, "id", "phải là chữ"),
        ({"id": "\ud800", "kind": "complaint"}, "id", "ký tự không hợp lệ"),
        # types and lists of values
        (3, "", "phải là một đối tượng"),
        ([], "", "phải là một đối tượng"),
        (None, "", "phải là một đối tượng"),
        ({"id": "a"}, "kind", "thiếu"),
        (case("petition"), "kind", "phải là một trong"),
        (case(kind=None), "kind", "phải là một trong"),
        (case(kind=["complaint"]), "kind", "phải là một trong"),
        (case(subkind="minor"), "subkind", "phải là một trong"),
        (case(subkind=False), "subkind", "phải là một trong"),
        (case(instance=3), "instance", "phải là 1 hoặc 2"),
        (case(instance=True), "instance", "phải là 1 hoặc 2"),
        (case(instance=1.0), "instance", "phải là 1 hoặc 2"),
        (case(instance="1"), "instance", "phải là 1 hoặc 2"),
        (case(instance=None), "instance", "phải là 1 hoặc 2"),
        (case(instance=10**400), "instance", "phải là 1 hoặc 2"),
        (case(remote=1), "remote", "phải là true hoặc false"),
        (case(remote=0), "remote", "phải là true hoặc false"),
        (case(remote=None), "remote", "phải là true hoặc false"),
        (case(complexity="hard"), "complexity", "phải là một trong"),
        (case(complexity=None), "complexity", "phải là một trong"),
        (case(facts=None), "facts", "phải là một đối tượng"),
        (case(facts=[]), "facts", "phải là một đối tượng"),
        (facts(suspensions={}), "facts.suspensions", "phải là một danh sách"),
        (facts(suspensions=["2026-08-01"]), "facts.suspensions[0]", "phải là một đối tượng"),
        (facts(obstacles=None), "facts.obstacles", "phải là một danh sách"),
        (facts("denunciation", extensions=30), "facts.extensions", "phải là một danh sách"),
        (facts("denunciation", competent="no"), "facts.competent", "phải là true hoặc false"),
        (facts("denunciation", multi_place_check=1), "facts.multi_place_check", "phải là true"),
        (facts("denunciation", forwarded_by=True), "facts.forwarded_by", "phải là chữ"),
        (facts("denunciation", forwarded_by=None), "facts.forwarded_by", "phải là chữ"),
        # dates
        (facts(received="2026-02-29"), "facts.received", "YYYY-MM-DD"),
        (facts(received="2026-13-01"), "facts.received", "YYYY-MM-DD"),
        (facts(received="0000-01-01"), "facts.received", "YYYY-MM-DD"),
        (facts(received="20261005"), "facts.received", "YYYY-MM-DD"),
        (facts(received="2026-10-5"), "facts.received", "YYYY-MM-DD"),
        (facts(received="2026-W40-1"), "facts.received", "YYYY-MM-DD"),
        (facts(received=" 2026-10-05"), "facts.received", "YYYY-MM-DD"),
        (facts(received="2026-10-05\n"), "facts.received", "YYYY-MM-DD"),
        (facts(received="2026-10-05T00:00:00"), "facts.received", "YYYY-MM-DD"),
        (facts(received="２０２６-10-05"), "facts.received", "YYYY-MM-DD"),
        (facts(received="05/10/2026"), "facts.received", "YYYY-MM-DD"),
        (facts(received=""), "facts.received", "YYYY-MM-DD"),
        (facts(received=None), "facts.received", "YYYY-MM-DD"),
        (facts(received=20261005), "facts.received", "YYYY-MM-DD"),
        (facts(received=["2026-10-05"]), "facts.received", "YYYY-MM-DD"),
        # suspensions
        (pauses({"resumed": "2026-08-01"}), "facts.suspensions[0].from", "thiếu"),
        (pauses({"from": "2026-08-01", "resumed": None}), "facts.suspensions[0].resumed", "YYYY-MM-DD"),
        (pauses({"from": "2026-08-02", "resumed": "2026-08-01"}), "facts.suspensions[0].resumed", "trước from"),
        (pauses({"from": "2026-08-01"}, accepted="2026-08-02"), "facts.suspensions[0].from", "trước accepted"),
        (pauses({"from": "2026-06-30"}), "facts.suspensions[0].from", "từ 01/07/2026"),
        (pauses({"from": "2026-08-01", "resumed": "2026-08-05"}, {"from": "2026-08-04"}), "facts.suspensions[1].from", "chồng lên"),
        (pauses({"from": "2026-08-04"}, {"from": "2026-08-01", "resumed": "2026-08-05"}), "facts.suspensions[0].from", "chồng lên"),
        (pauses({"from": "2026-08-01", "resumed": "2026-08-05"}, {"from": "2026-08-03", "resumed": "2026-08-03"}), "facts.suspensions[1].from", "chồng lên"),
        (pauses({"from": "2026-08-01"}, {"from": "2026-08-04", "resumed": "2026-08-05"}), "facts.suspensions[0].resumed", "cuối cùng"),
        (pauses({"from": "2026-08-01"}, {"from": "2026-08-01"}), "facts.suspensions[0].resumed", "cuối cùng"),
        # obstacles
        (facts(obstacles=[{"from": "2026-08-01"}]), "facts.obstacles[0].to", "thiếu"),
        (facts(obstacles=[{"to": "2026-08-01"}]), "facts.obstacles[0].from", "thiếu"),
        (facts(obstacles=[{"from": "2026-08-02", "to": "2026-08-01"}]), "facts.obstacles[0].to", "trước from"),
        # extensions
        (facts("denunciation", extensions=[0]), "facts.extensions[0]", "từ 1 đến 30"),
        (facts("denunciation", extensions=[31]), "facts.extensions[0]", "từ 1 đến 30"),
        (facts("denunciation", extensions=[True]), "facts.extensions[0]", "từ 1 đến 30"),
        (facts("denunciation", extensions=[30.0]), "facts.extensions[0]", "từ 1 đến 30"),
        (facts("denunciation", "ordinary", extensions=[30]), "facts.extensions", "nhiều nhất 0 lần"),
        (facts("denunciation", "complex", extensions=[30, 30]), "facts.extensions", "nhiều nhất 1 lần"),
        (facts("denunciation", "especially_complex", extensions=[1, 1, 1]), "facts.extensions", "nhiều nhất 2 lần"),
        # plain counting
        *[
            ({"id": "a", "arithmetic": {k: v for k, v in SUM.items() if k != key}}, f"arithmetic.{key}", "thiếu")
            for key in SUM
        ],
        ({"id": "a", "arithmetic": None}, "arithmetic", "phải là một đối tượng"),
        (total(start="2026-11-31"), "arithmetic.start", "YYYY-MM-DD"),
        (total(amount=-1), "arithmetic.amount", "không âm"),
        (total(amount=True), "arithmetic.amount", "không âm"),
        (total(amount=1.0), "arithmetic.amount", "không âm"),
        (total(amount="1"), "arithmetic.amount", "không âm"),
        (total(unit="week"), "arithmetic.unit", "phải là một trong"),
        (total(direction="up"), "arithmetic.direction", "phải là một trong"),
        (total(roll=None), "arithmetic.roll", "phải là một trong"),
        (total(days_off=None), "arithmetic.days_off", "phải là một danh sách"),
        (total(days_off=[1]), "arithmetic.days_off[0]", "YYYY-MM-DD"),
        (total(working_saturdays=["2026-11-20"]), "arithmetic.working_saturdays[0]", "không phải thứ Bảy"),
        (total(working_saturdays=["2026-11-22"]), "arithmetic.working_saturdays[0]", "không phải thứ Bảy"),
        (total(working_saturdays=["2026-11-21"], days_off=["2026-11-21"]), "arithmetic.working_saturdays[0]", "cũng có trong days_off"),
    ],
)  # fmt: skip
def test_a_fault_names_item_id_and_field(item: Any, path: str, reason: str) -> None:
    good = {"id": "tốt", "kind": "feedback"}
    with pytest.raises(InputFault) as caught:
        calculator.parse([good, item])
    fault = caught.value
    assert (fault.index, fault.path) == (2, path)
    assert reason in fault.reason
    known = isinstance(item, dict) and item.get("id") == "a"
    field = f"{path}: " if path else ""
    assert str(fault).startswith(
        f"item 2 (id {'a' if known else fault.id or '?'}): {field}".replace("\ud800", "\\ud800")
    )
    assert "\n" not in str(fault)


def test_a_repeated_id_is_found_where_it_repeats() -> None:
    with pytest.raises(InputFault) as caught:
        calculator.parse([case(), {"id": "b", "kind": "feedback"}, total()])
    assert str(caught.value) == "item 3 (id a): id: lặp lại"


def test_the_first_fault_counts() -> None:
    with pytest.raises(InputFault) as caught:
        calculator.parse([case(), case("b", id="b"), {"id": "a"}])
    assert (caught.value.index, caught.value.id, caught.value.path) == (2, "b", "kind")


@pytest.mark.parametrize("items", [{}, None, "[]", 3, True])
def test_the_top_is_a_list(items: Any) -> None:
    with pytest.raises(InputFault, match=r"^phải là một danh sách các mục$"):
        calculator.parse(items)


@pytest.mark.parametrize(
    "item",
    [
        case(),
        case(facts={}),
        case("feedback", subkind=None, instance=2, remote=True, complexity="complex"),
        case("denunciation", subkind="disciplinary"),
        facts(suspensions=[], obstacles=[]),
        facts("denunciation", "ordinary", extensions=[]),
        pauses({"from": "2026-08-01", "resumed": "2026-08-01"}, {"from": "2026-08-01"}),
        pauses({"from": "2026-08-05"}, {"from": "2026-08-01", "resumed": "2026-08-05"}),
        pauses({"from": "2026-08-01"}, accepted="2026-08-01"),
        pauses({"from": "2020-08-01"}, kind="denunciation"),
        facts(decision_issued="2020-01-01", received="2026-01-01"),
        {"id": "", "kind": "feedback"},
    ],
)
def test_what_is_not_refused(item: dict[str, Any]) -> None:
    assert len(calculator.parse([item])) == 1


def test_an_empty_list_and_empty_facts_are_answered() -> None:
    assert calculator.answer(calculator.parse([]), lawbook(), calendar()) == []
    answers = calculator.answer(calculator.parse([case()]), lawbook(), calendar())
    assert answers == [{"id": "a", "deadlines": {}}]


@pytest.mark.parametrize(
    ("changed", "nominal", "due"),
    [
        # from Friday 20/11/2026; the shipped calendars play no part: 24/11 works unless listed
        ({"amount": 0}, "2026-11-20", "2026-11-20"),
        ({"amount": 0, "start": "2026-11-21", "roll": "next"}, "2026-11-21", "2026-11-23"),
        ({"amount": 0, "start": "2026-11-21", "roll": "previous", "unit": "working_day"}, "2026-11-21", "2026-11-20"),
        ({"amount": 4, "roll": "next"}, "2026-11-24", "2026-11-24"),
        ({"amount": 4, "roll": "next", "days_off": ["2026-11-24", "2026-11-24"]}, "2026-11-24", "2026-11-25"),
        ({"amount": 1, "unit": "working_day"}, "2026-11-23", "2026-11-23"),
        ({"amount": 1, "unit": "working_day", "working_saturdays": ["2026-11-21"]}, "2026-11-21", "2026-11-21"),
        # literally: forward may roll back over the start, backward may roll forward
        ({"amount": 1, "roll": "previous"}, "2026-11-21", "2026-11-20"),
        ({"amount": 5, "direction": "backward", "roll": "next"}, "2026-11-15", "2026-11-16"),
        ({"amount": 5, "direction": "backward", "roll": "previous"}, "2026-11-15", "2026-11-13"),
        ({"amount": 5, "direction": "backward", "unit": "working_day"}, "2026-11-13", "2026-11-13"),
        # a day off on a weekend changes nothing; 29 February exists in 2028
        ({"days_off": ["2026-11-22"]}, "2026-11-23", "2026-11-23"),
        ({"start": "2028-02-28", "amount": 1}, "2028-02-29", "2028-02-29"),
        ({"start": "0001-01-01", "amount": 0}, "0001-01-01", "0001-01-01"),
        ({"start": "9999-12-30", "amount": 1, "roll": "next"}, "9999-12-31", "9999-12-31"),
    ],
)  # fmt: skip
def test_plain_counting(changed: dict[str, Any], nominal: str, due: str) -> None:
    answers = calculator.answer(calculator.parse([total(**changed)]), lawbook(), calendar())
    assert answers == [{"id": "a", "nominal_end": nominal, "due": due}]


@pytest.mark.parametrize(
    "changed",
    [
        {"amount": 10**9},
        {"amount": 10**30},
        {"amount": 10**30, "unit": "working_day"},
        {"amount": 1, "start": "0001-01-01", "direction": "backward"},
        {"amount": 0, "start": "9999-12-31", "roll": "next", "days_off": ["9999-12-31"]},
        {"amount": 1, "start": "9999-12-31", "unit": "working_day"},
    ],
)
def test_beyond_the_years_a_date_has(changed: dict[str, Any]) -> None:
    questions = calculator.parse([case("feedback", id="b"), total(**changed)])
    with pytest.raises(CountFailed, match=r"^item 2 \(id a\): .*1-9999"):
        calculator.answer(questions, lawbook(), calendar())


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "dòng 1, cột 1"),
        (b"[", "dòng 1"),
        (b"[{}] x", "dòng 1, cột 6"),
        (b'[{"id": "a", "kind": "feedback",}]', "dòng 1"),
        (b'[{"id": "a\n"}]', "dòng 1"),
        (b"[NaN]", "NaN không phải giá trị JSON"),
        (b"[-Infinity]", "-Infinity không phải"),
        (b'["\xff"]', "không phải UTF-8 (byte thứ 3)"),
        ("[]".encode("utf-16"), "không phải UTF-8"),
        (b"[" * 200_000, "lồng nhau quá sâu"),
        (b"[" + b"1" * 5000 + b"]", "con số quá dài"),
    ],
)
def test_text_that_is_no_json(raw: bytes, reason: str) -> None:
    with pytest.raises(strict_json.NotJson) as caught:
        strict_json.loads(raw)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        ('[{"id": "a", "kind": "feedback", "kind": "complaint"}]', "item 1 (id a): kind"),
        ('[{"id": "a", "id": "b", "kind": "feedback"}]', "item 1 (id b): id"),
        ('[{"id": "a", "kind": "feedback", "facts": {"received": "2026-01-05", "received": "2026-01-06"}}]', "item 1 (id a): facts.received"),
        ('[{"id": "a", "arithmetic": {"amount": 1, "amount": 2}}]', "item 1 (id a): arithmetic.amount"),
    ],
)  # fmt: skip
def test_a_key_written_twice_is_refused(raw: str, place: str) -> None:
    with pytest.raises(InputFault) as caught:
        calculator.parse(strict_json.loads(raw.encode()))
    assert str(caught.value) == f"{place}: khoá lặp lại"


def test_a_byte_order_mark_is_no_fault() -> None:
    assert strict_json.loads(b"\xef\xbb\xbf[]") == []


def test_a_fault_is_one_printable_line() -> None:
    with pytest.raises(InputFault) as caught:
        calculator.parse([{"id": "a\nb\u202e", "kind": "x"}])
    assert str(caught.value).startswith(r"item 1 (id a\nb\u202e): kind: ")
