"""Legal dates as tables: weekdays in the comments, the article beside each block."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.workflows.shipped import LAW_FILES, calendar, lawbook
from workflows import calculator
from workflows.deadlines import Deadline, compute, count_rule
from workflows.explain import EVENTS, WEEKDAYS, spoken
from workflows.facts import DATED_FACTS, CaseItem, Facts, Obstacle, Suspension
from workflows.lawbook import Lawbook
from workflows.vocabulary import Complexity, Fact, Kind, Step, Subkind
from workflows.working_days import Calendar, CalendarMissing

EXAMPLES = json.loads(
    (Path(__file__).parents[1] / "data" / "deadline-examples.json").read_text(encoding="utf-8")
)


def day(text: str) -> date:
    return date.fromisoformat(text)


def ask(kind: str = "complaint", **item: Any) -> dict[str, Any]:
    """The plain answers for one case written as in the contract."""
    (question,) = calculator.parse([{"id": "a", "kind": kind, **item}])
    return calculator.answer([question], lawbook(), calendar())[0]["deadlines"]


def dates(answer: dict[str, Any], step: str) -> tuple[str | None, str | None, str | None]:
    row = answer[step]
    return row["nominal_end"], row["due"], row["safe"]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["id"])
def test_worked_example(example: dict[str, Any]) -> None:
    question = {key: value for key, value in example.items() if key not in {"expected", "why"}}
    (found,) = calculator.answer(calculator.parse([question]), lawbook(), calendar())
    assert found["id"] == example["id"]
    if "arithmetic" in example:
        assert found == {"id": example["id"], **example["expected"]}
        return
    for step, expected in example["expected"].items():
        assert {key: found["deadlines"][step][key] for key in expected} == expected


def test_a_whole_answer() -> None:
    (found,) = calculator.answer(
        calculator.parse(
            [{"id": "KN-05", "kind": "complaint", "facts": {"accepted": "2026-10-15"}}]
        ),
        lawbook(),
        calendar(),
    )
    assert found == {
        "id": "KN-05",
        "deadlines": {
            "settlement": {
                "nominal_end": "2026-11-14",  # Saturday
                "due": "2026-11-16",  # Monday
                "safe": "2026-11-13",  # Friday
                "provisional": False,
                "rule": "KN04",
                "citation": "Điều 28 Luật Khiếu nại 02/2011/QH13",
                "explanation": [
                    "Giải quyết khiếu nại lần đầu: 30 ngày kể từ ngày thụ lý. "
                    "Căn cứ: Điều 28 Luật Khiếu nại 02/2011/QH13.",
                    "Ngày thụ lý là thứ Năm, 15/10/2026; ngày này không tính, đếm từ thứ Sáu, "
                    "16/10/2026 (Điều 147 Bộ luật Dân sự 91/2015/QH13).",
                    "Ngày thứ 30 là thứ Bảy, 14/11/2026.",
                    "Không phải ngày làm việc: thứ Bảy 14/11/2026, Chủ nhật 15/11/2026 (nghỉ hằng "
                    "tuần); thời hạn kết thúc vào ngày làm việc tiếp theo, thứ Hai, 16/11/2026 "
                    "(khoản 5 Điều 148 Bộ luật Dân sự 91/2015/QH13).",
                    "Ngày làm việc cuối cùng trong thời hạn là thứ Sáu, 13/11/2026: nên xong trước "
                    "khi hết ngày này.",
                ],
            }
        },
    }


@pytest.mark.parametrize(
    ("received", "rule", "expected"),
    [
        # LKN art 27 before and after Law 136/2025: the day of receipt decides
        ("2026-06-29", "KN03-old", ("2026-07-09", "2026-07-09", "2026-07-09")),  # Mon -> Thu
        ("2026-06-30", "KN03-old", ("2026-07-10", "2026-07-10", "2026-07-10")),  # Tue -> Fri
        ("2026-07-01", "KN03", ("2026-07-10", "2026-07-10", "2026-07-10")),  # Wed -> Fri
        ("2026-07-02", "KN03", ("2026-07-13", "2026-07-13", "2026-07-13")),  # Thu -> Mon
        ("2026-08-20", "KN03", ("2026-08-28", "2026-08-28", "2026-08-28")),  # Sat 22/8 counts
        ("2026-11-20", "KN03", ("2026-12-02", "2026-12-02", "2026-12-02")),  # Fri, 24/11 skipped
    ],
)
def test_both_sides_of_july_2026(received: str, rule: str, expected: tuple[str, str, str]) -> None:
    answer = ask(facts={"received": received})
    assert dates(answer, "acceptance_decision") == expected
    assert answer["acceptance_decision"]["rule"] == rule
    assert ("unprocessed_alarm" in answer) == (rule == "KN03")


def test_accepted_in_july_does_not_change_a_receipt_in_june() -> None:
    answer = ask(facts={"received": "2026-06-30", "accepted": "2026-07-08"})
    assert answer["acceptance_decision"]["rule"] == "KN03-old"
    assert dates(answer, "settlement")[0] == "2026-08-07"


@pytest.mark.parametrize(
    ("kind", "fact", "step"),
    [
        ("complaint", "received", "unprocessed_alarm"),
        ("complaint", "dialogue_on", "dialogue_notice"),
        ("complaint", "suspension_decided", "send_suspension_decision"),
        ("reception", "refusal_grounds_established", "refusal_notice"),
        ("reception", "online_reception_on", "online_invitation"),
        ("reception", "online_reception_on", "online_connection_test"),
    ],
)
def test_steps_that_begin_in_july_2026(kind: str, fact: str, step: str) -> None:
    assert step not in ask(kind, facts={fact: "2026-06-30"})
    assert step in ask(kind, facts={fact: "2026-07-01"})


def test_a_denunciation_was_suspended_before_july_2026_too() -> None:
    answer = ask("denunciation", facts={"suspension_decided": "2026-06-30"})
    assert answer["send_suspension_decision"]["rule"] == "TC13"


COMPLAINT_FACTS = {
    "received": "2026-10-05",
    "accepted": "2026-10-12",
    "decision_issued": "2026-11-09",
    "decision_received": "2026-11-12",
    "settlement_expired": "2026-11-11",
    "contested_decision_received": "2026-09-01",
    "legal_effect": "2026-12-10",
    "dialogue_on": "2026-11-02",
    "suspension_decided": "2026-10-20",
}


@pytest.mark.parametrize(
    ("item", "rules"),
    [
        ({}, "KN03 TD21 KN04 KN08 KN12 KN13 KN09 KN01 KN21 KN17 KN18"),
        ({"remote": True}, "KN03 TD21 KN06 KN08 KN12 KN13 KN09 KN01 KN21 KN17 KN18"),
        ({"instance": 2}, "KN03 TD21 KN10 KN11 KN12 KN14 KN21 KN17 KN18"),
        ({"complexity": "especially_complex"}, "KN03 TD21 KN05 KN08 KN12 KN13 KN09 KN01 KN21 KN17 KN18"),
        ({"subkind": "disciplinary", "remote": True}, "KL03 TD21 KL04 KL06 KN12 KL07 KL02 KL01 KN21 KN17 KN18"),
        ({"subkind": "disciplinary_dismissal", "instance": 2}, "KL03 TD21 KL04 KL06 KN12 KL07 KN21 KN17 KN18"),
    ],
)  # fmt: skip
def test_every_complaint_step_and_its_rule(item: dict[str, Any], rules: str) -> None:
    answer = ask(**item, facts=COMPLAINT_FACTS)
    assert [row["rule"] for row in answer.values()] == rules.split()


@pytest.mark.parametrize(
    ("item", "days"),
    [
        # LKN arts 28, 37, 50; from Thursday 01/10/2026
        ({}, "2026-10-31"),
        ({"complexity": "complex"}, "2026-11-15"),
        ({"complexity": "especially_complex"}, "2026-11-15"),
        ({"remote": True}, "2026-11-15"),
        ({"remote": True, "complexity": "complex"}, "2026-11-30"),
        ({"instance": 2}, "2026-11-15"),
        ({"instance": 2, "complexity": "complex"}, "2026-11-30"),
        ({"instance": 2, "remote": True}, "2026-11-30"),
        ({"instance": 2, "remote": True, "complexity": "complex"}, "2026-12-10"),
        ({"subkind": "disciplinary", "remote": True}, "2026-10-31"),
        ({"subkind": "disciplinary", "remote": True, "complexity": "complex"}, "2026-11-15"),
        ({"subkind": "disciplinary_dismissal", "instance": 2}, "2026-10-31"),
    ],
)
def test_settlement_of_complaints(item: dict[str, Any], days: str) -> None:
    assert dates(ask(**item, facts={"accepted": "2026-10-01"}), "settlement")[0] == days


@pytest.mark.parametrize(
    ("item", "facts", "expected"),
    [
        # LKN art 33: the decision received wins over the expiry
        ({}, {"decision_received": "2026-10-01", "settlement_expired": "2026-09-01"}, "2026-10-31"),
        ({}, {"settlement_expired": "2026-09-01"}, "2026-10-01"),
        ({"remote": True}, {"settlement_expired": "2026-09-01"}, "2026-10-16"),
        ({"instance": 2}, {"decision_received": "2026-10-01"}, None),
        # LKN art 48: discipline runs from the decision only
        ({"subkind": "disciplinary"}, {"decision_received": "2026-10-01"}, "2026-10-11"),
        ({"subkind": "disciplinary_dismissal"}, {"decision_received": "2026-10-01"}, "2026-10-31"),
        ({"subkind": "disciplinary"}, {"settlement_expired": "2026-10-01"}, None),
    ],
)
def test_second_complaint_window(
    item: dict[str, Any], facts: dict[str, str], expected: str | None
) -> None:
    window = ask(**item, facts=facts).get("second_complaint_window")
    assert (window and window["nominal_end"]) == expected


@pytest.mark.parametrize(
    ("facts", "present", "absent"),
    [
        # LTC arts 24, 26
        ({}, {"initial_processing"}, {"transfer", "reply_to_forwarder"}),
        ({"competent": True}, {"initial_processing"}, {"transfer"}),
        ({"competent": False}, {"transfer"}, {"initial_processing"}),
        ({"competent": False, "multi_place_check": True}, {"transfer"}, {"initial_processing"}),
        ({"competent": False, "forwarded_by": "báo"}, {"transfer", "reply_to_forwarder"}, {"initial_processing"}),
        ({"forwarded_by": ""}, {"initial_processing", "reply_to_forwarder"}, {"transfer"}),
    ],
)  # fmt: skip
def test_receipt_of_a_denunciation(
    facts: dict[str, Any], present: set[str], absent: set[str]
) -> None:
    answer = ask("denunciation", facts={"received": "2026-10-05", **facts})
    assert set(answer) == present
    assert not set(answer) & absent


@pytest.mark.parametrize(
    ("suspensions", "expected"),
    [
        # accepted Monday 03/08/2026, 30 days: Wednesday 02/09 (holiday), due Thursday 03/09
        ([], ("2026-09-02", "2026-09-03", "2026-08-28")),
        ([("2026-08-03", "2026-08-03")], ("2026-09-02", "2026-09-03", "2026-08-28")),
        ([("2026-08-03", "2026-08-05")], ("2026-09-04", "2026-09-04", "2026-09-04")),
        # on the nominal day, on the due day after the roll, and one day too late
        ([("2026-09-02", "2026-09-07")], ("2026-09-07", "2026-09-07", "2026-09-07")),
        ([("2026-09-03", "2026-09-08")], ("2026-09-07", "2026-09-07", "2026-09-07")),
        ([("2026-09-04", "2026-09-09")], ("2026-09-02", "2026-09-03", "2026-08-28")),
        # the first makes room for the second
        ([("2026-08-10", "2026-08-20"), ("2026-09-14", "2026-09-24")], ("2026-09-22", "2026-09-22", "2026-09-22")),
        # listed in any order
        ([("2026-09-14", "2026-09-24"), ("2026-08-10", "2026-08-20")], ("2026-09-22", "2026-09-22", "2026-09-22")),
        # the second too late, and so is everything after it
        ([("2026-09-07", "2026-09-20"), ("2026-09-21", "2026-09-22")], ("2026-09-02", "2026-09-03", "2026-08-28")),
        # touching: 4 + 10 days
        ([("2026-08-10", "2026-08-14"), ("2026-08-14", "2026-08-24")], ("2026-09-16", "2026-09-16", "2026-09-16")),
        # still standing
        ([("2026-08-10", None)], (None, None, None)),
        ([("2026-08-10", "2026-08-14"), ("2026-09-08", None)], ("2026-09-06", "2026-09-07", "2026-09-04")),
        ([("2026-08-10", "2026-08-14"), ("2026-09-07", None)], (None, None, None)),
        ([("2026-08-10", "2026-08-10"), ("2026-08-10", None)], (None, None, None)),
    ],
)  # fmt: skip
def test_suspensions(
    suspensions: list[tuple[str, str | None]], expected: tuple[str | None, ...]
) -> None:
    rows = [
        {"from": begins} if resumed is None else {"from": begins, "resumed": resumed}
        for begins, resumed in suspensions
    ]
    answer = ask(facts={"accepted": "2026-08-03", "suspensions": rows})
    assert dates(answer, "settlement") == expected


def test_a_suspension_within_the_extended_limit() -> None:
    """LTC arts 30, 34: the extension counts before the suspension is looked at."""
    facts = {
        "accepted": "2026-06-01",
        "extensions": [30],
        "suspensions": [{"from": "2026-07-20", "resumed": "2026-07-30"}],
    }
    answer = ask("denunciation", complexity="complex", facts=facts)
    assert dates(answer, "settlement")[0] == "2026-08-10"  # 01/06 + 60 + 10
    assert answer["settlement"]["rule"] == "TC06"
    assert "Khoản 2 Điều 30" in answer["settlement"]["citation"]
    assert "notify_acceptance" in answer


def test_complexity_alone_never_extends_a_denunciation() -> None:
    plain = ask("denunciation", facts={"accepted": "2026-10-01"})
    assert plain == ask(
        "denunciation", complexity="especially_complex", facts={"accepted": "2026-10-01"}
    )


@pytest.mark.parametrize(
    ("obstacles", "nominal"),
    [
        # LKN art 9: 90 days from Monday 02/03/2026 end on Sunday 31/05
        ([], "2026-05-31"),
        ([("2026-02-01", "2026-03-02")], "2026-05-31"),  # before, and the day itself
        ([("2026-02-01", "2026-03-03")], "2026-06-01"),  # one day after
        ([("2026-04-01", "2026-04-20")], "2026-06-20"),
        ([("2026-04-01", "2026-04-20"), ("2026-04-10", "2026-04-25")], "2026-06-25"),  # overlap
        ([("2026-04-10", "2026-04-25"), ("2026-04-01", "2026-04-20")], "2026-06-25"),
        ([("2026-04-01", "2026-04-20"), ("2026-04-05", "2026-04-06")], "2026-06-20"),  # inside
        ([("2026-05-31", "2026-05-31")], "2026-06-01"),  # the last day
        ([("2026-06-01", "2026-06-30")], "2026-05-31"),  # after the last day
        ([("2026-05-31", "2026-06-05"), ("2026-06-06", "2026-06-07")], "2026-06-08"),
        ([("2026-05-31", "2026-06-05"), ("2026-06-07", "2026-06-07")], "2026-06-06"),
    ],
)
def test_obstacles(obstacles: list[tuple[str, str]], nominal: str) -> None:
    rows = [{"from": begins, "to": ends} for begins, ends in obstacles]
    answer = ask(facts={"contested_decision_received": "2026-03-02", "obstacles": rows})
    assert dates(answer, "limitation")[0] == nominal


@pytest.mark.parametrize(
    ("fact", "on", "step", "expected"),
    [
        # leap years: 29/02/2024 is a Thursday, 2016 and 2020 are historical
        ("accepted", "2024-02-01", "settlement", ("2024-03-02", "2024-03-04", "2024-03-01")),
        ("accepted", "2023-02-01", "settlement", ("2023-03-03", "2023-03-03", "2023-03-03")),
        ("decision_issued", "2024-02-26", "send_decision", ("2024-02-29",) * 3),
        ("decision_issued", "2020-02-26", "send_decision", ("2020-03-02",) * 3),
        # LKN art 44: after the 30th day, never rolled, whatever the weekday
        ("decision_issued", "2026-10-25", "legal_effect", ("2026-11-24", "2026-11-25", "2026-11-23")),
        ("decision_issued", "2026-01-01", "legal_effect", ("2026-01-31", "2026-02-01", "2026-01-30")),
        # backward five plain days: Sunday 22/11 -> Friday; Saturday 22/08 is worked
        ("dialogue_on", "2026-11-27", "dialogue_notice", ("2026-11-22", "2026-11-20", "2026-11-20")),
        ("dialogue_on", "2026-08-27", "dialogue_notice", ("2026-08-22",) * 3),
        ("dialogue_on", "2026-07-01", "dialogue_notice", ("2026-06-26",) * 3),
    ],
)  # fmt: skip
def test_dates_of_a_complaint(
    fact: str, on: str, step: str, expected: tuple[str, str, str]
) -> None:
    assert dates(ask(facts={fact: on}), step) == expected


@pytest.mark.parametrize(
    ("fact", "on", "step", "provisional"),
    [
        ("received", "2026-10-05", "acceptance_decision", False),
        ("accepted", "2026-12-01", "settlement", False),  # ends Thursday 31/12/2026
        ("accepted", "2026-12-02", "settlement", True),  # ends 01/01/2027: draft
        ("accepted", "2023-12-15", "settlement", False),  # ends in 2024; 2023 only passed over
        ("accepted", "2023-12-02", "settlement", True),  # 01/01/2024 is off, safe lies in 2023
        ("decision_issued", "2023-12-29", "send_decision", True),  # Sat 30/12/2023 is judged
        ("decision_issued", "2023-12-31", "send_decision", False),  # day 1 is 01/01/2024
        ("decision_issued", "2019-05-06", "legal_effect", True),  # safe judged in 2019
        ("decision_issued", "2026-12-10", "legal_effect", True),
    ],
)
def test_provisional(fact: str, on: str, step: str, provisional: bool) -> None:
    row = ask(facts={fact: on})[step]
    assert row["provisional"] is provisional
    assert any(line.startswith("Tạm tính: lịch") for line in row["explanation"]) is provisional


def test_an_open_suspension_judges_no_day() -> None:
    """The limit stands still in the draft year before any day had to be judged."""
    facts = {"accepted": "2027-12-15", "suspensions": [{"from": "2027-12-20"}]}
    row = ask(facts=facts)["settlement"]
    assert dates({"settlement": row}, "settlement") == (None, None, None)
    assert row["provisional"] is False
    assert "đang dừng từ thứ Hai, 20/12/2027" in row["explanation"][-1]


def test_a_late_suspension_is_judged() -> None:
    """Friday 01/01/2027 to Sunday 03/01 are off: a suspension on Monday still arrives in time."""
    facts = {"accepted": "2026-12-02", "suspensions": [{"from": "2027-01-04"}]}
    row = ask(facts=facts)["settlement"]
    assert row["due"] is None
    assert row["provisional"] is True


@pytest.mark.parametrize(
    ("facts", "step", "due", "year"),
    [
        ({"decision_issued": "2027-12-10"}, "legal_effect", "2028-01-10", 2028),
        ({"contested_decision_received": "2013-10-03"}, "limitation", "2014-01-02", 2013),
        ({"accepted": "2013-12-02"}, "settlement", "2014-01-02", 2013),  # day 30 is 01/01/2014
    ],
)
def test_safe_alone_needs_the_missing_year(
    facts: dict[str, str], step: str, due: str, year: int
) -> None:
    row = ask(facts=facts)[step]
    assert (row["due"], row["safe"], row["provisional"]) == (due, None, True)
    assert any(f"Chưa có lịch làm việc năm {year}" in line for line in row["explanation"])


@pytest.mark.parametrize(
    ("kind", "facts", "year"),
    [
        (Kind.COMPLAINT, {"accepted": "2027-12-02"}, 2028),  # day 30 is 01/01/2028
        (Kind.COMPLAINT, {"received": "2027-12-28"}, 2028),
        (Kind.COMPLAINT, {"received": "2013-12-02"}, 2013),
        (Kind.FEEDBACK, {"received": "2027-12-20"}, 2028),
        (Kind.FEEDBACK, {"received": "2030-01-01"}, 2030),
        (Kind.COMPLAINT, {"accepted": "9999-12-31"}, 10000),
        (Kind.COMPLAINT, {"decision_issued": "9999-12-30"}, 9999),
        ("reception", {"reception_on": "0001-01-03"}, 1),
        ("reception", {"reception_on": "0001-01-01"}, 0),
    ],
)
def test_a_year_without_calendar(kind: Any, facts: dict[str, str], year: int) -> None:
    item = CaseItem(kind, facts=Facts(**{name: day(on) for name, on in facts.items()}))
    with pytest.raises(CalendarMissing) as caught:
        compute(item, lawbook(), calendar())
    assert caught.value.year == year


def test_nothing_is_touched_without_facts() -> None:
    for kind in calculator.FACTS:
        assert compute(CaseItem(kind), lawbook(), Calendar([])) == {}  # type: ignore[arg-type]


def test_events_before_the_stored_text_are_counted_and_said() -> None:
    row = ask("denunciation", facts={"accepted": "2018-05-02"})["settlement"]
    assert dates({"settlement": row}, "settlement")[0] == "2018-06-01"
    assert "có hiệu lực từ 01/01/2019" in row["explanation"][-1]


@pytest.mark.parametrize(
    ("item", "step", "said"),
    [
        # the statute counts, the decree's date is mentioned
        ({"facts": {"received": "2026-06-25"}}, "acceptance_decision", "10 ngày làm việc, tức thứ Năm, 09/07/2026"),
        ({"subkind": "disciplinary", "facts": {"received": "2026-06-25"}}, "acceptance_decision", "09/07/2026"),
        ({"instance": 2, "facts": {"decision_issued": "2026-11-20"}}, "send_decision", "7 ngày làm việc, tức thứ Tư, 02/12/2026"),
        ({"subkind": "disciplinary", "instance": 2, "facts": {"decision_issued": "2026-11-20"}}, "send_decision", "02/12/2026"),
    ],
)  # fmt: skip
def test_where_statute_and_decree_differ(item: dict[str, Any], step: str, said: str) -> None:
    assert any(
        said in line and "Nghị định 124/2020" in line for line in ask(**item)[step]["explanation"]
    )


@pytest.mark.parametrize(
    ("kind", "item", "step", "said"),
    [
        ("complaint", {"facts": {"received": "2026-11-20"}}, "acceptance_decision", "thứ Ba 24/11/2026 (Ngày Văn hóa Việt Nam)"),
        ("complaint", {"facts": {"received": "2026-08-20"}}, "acceptance_decision", "Thứ Bảy, 22/08/2026 vẫn đếm (làm bù cho ngày 31/8)"),
        ("complaint", {"facts": {"decision_issued": "2026-04-24"}}, "send_decision", "nghỉ bù Giỗ Tổ Hùng Vương"),
        ("complaint", {"facts": {"dialogue_on": "2026-09-07"}}, "dialogue_notice", "phải làm trước đó, chậm nhất thứ Sáu, 28/08/2026"),
        ("complaint", {"facts": {"decision_issued": "2026-10-01"}}, "legal_effect", "Có hiệu lực từ ngày tiếp theo, Chủ nhật, 01/11/2026"),
        ("complaint", {"facts": {"received": "2026-10-08"}}, "unprocessed_alarm", "Mốc này không dời theo ngày nghỉ"),
        ("complaint", {"facts": {"accepted": "2026-08-03", "suspensions": [{"from": "2026-08-20", "resumed": "2026-10-05"}]}}, "settlement", "từ thứ Năm, 20/08/2026 đến khi tiếp tục giải quyết, thứ Hai, 05/10/2026: 46 ngày"),
        ("complaint", {"facts": {"accepted": "2026-08-03", "suspensions": [{"from": "2026-10-05"}]}}, "settlement", "bắt đầu sau khi đã hết thời hạn"),
        ("complaint", {"facts": {"contested_decision_received": "2026-03-02", "obstacles": [{"from": "2026-04-01", "to": "2026-04-20"}]}}, "limitation", "đến hết thứ Hai, 20/04/2026: 20 ngày không tính"),
        ("denunciation", {"complexity": "complex", "facts": {"accepted": "2026-10-14", "extensions": [20]}}, "settlement", "Gia hạn thêm 20 ngày"),
        ("denunciation", {"complexity": "complex", "facts": {"accepted": "2026-10-14", "extensions": [20]}}, "settlement", "Ngày thứ 50 là thứ Năm, 03/12/2026"),
        ("reception", {"facts": {"reception_on": "2026-12-01"}}, "schedule_posting", "đếm lùi từ thứ Hai, 30/11/2026"),
        ("feedback", {"facts": {"received": "2027-10-04"}}, "result_notice", "lịch làm việc năm 2027 mới là dự thảo"),
        ("feedback", {"facts": {"received": "2016-10-04"}}, "result_notice", "lịch làm việc năm 2016 được lập lại"),
    ],
)  # fmt: skip
def test_the_explanation_says(kind: str, item: dict[str, Any], step: str, said: str) -> None:
    assert any(said in line for line in ask(kind, **item)[step]["explanation"])


def test_every_fact_has_words() -> None:
    assert {Fact(name) for name in DATED_FACTS} <= set(EVENTS)
    assert [spoken(day(f"2026-11-{n}")).split(",")[0] for n in range(16, 23)] == list(WEEKDAYS)


def test_the_switch_takes_the_roll_from_authorities_only(tmp_path: Path) -> None:
    for path in LAW_FILES:
        text = path.read_text(encoding="utf-8")
        copy = text.replace("roll_authority_deadlines = true", "roll_authority_deadlines = false")
        (tmp_path / path.name).write_text(copy, encoding="utf-8")
    strict = Lawbook.load(sorted(tmp_path.glob("*.toml")))
    facts = Facts(
        accepted=day("2026-10-15"),
        decision_received=day("2026-10-15"),
        dialogue_on=day("2026-11-27"),
        suspensions=(Suspension(day("2026-11-16"), day("2026-11-20")),),
    )
    found = compute(CaseItem(Kind.COMPLAINT, facts=facts), strict, calendar())
    settlement = found[Step.SETTLEMENT]
    # Saturday 14/11 stands, so a suspension on Monday 16/11 comes too late
    assert (settlement.nominal_end, settlement.due) == (day("2026-11-14"), day("2026-11-14"))
    assert any("không dời" in line for line in settlement.explanation)
    assert found[Step.SECOND_COMPLAINT_WINDOW].due == day("2026-11-16")
    assert found[Step.DIALOGUE_NOTICE].due == day("2026-11-20")


@pytest.mark.parametrize(
    ("step", "kind", "fact", "on", "expected"),
    [
        (Step.UNPROCESSED_ALARM, Kind.DENUNCIATION, "received", "2026-10-08", ("TD21", "2026-11-22")),
        (Step.UNPROCESSED_ALARM, Kind.FEEDBACK, "received", "2026-10-08", ("TD21", "2026-11-22")),
        (Step.UNPROCESSED_ALARM, Kind.FEEDBACK, "received", "2026-06-30", None),
        (Step.REPORT_ON_DEMAND, Kind.DENUNCIATION, "report_demanded", "2026-11-20", ("TC20", "2026-11-30")),
        (Step.INTERNAL_SETTLEMENT, Kind.FEEDBACK, "assigned", "2026-10-15", ("NB01", "2026-11-16")),
    ],
)  # fmt: skip
def test_clocks_outside_the_calculator(
    step: Step, kind: Kind, fact: str, on: str, expected: tuple[str, str] | None
) -> None:
    counted = count_rule(step, kind, fact, day(on), lawbook(), calendar())
    assert (counted and (counted.rule, str(counted.due))) == expected
    assert counted is None or counted.explanation


def test_a_deadline_freezes_its_row_and_trigger() -> None:
    facts = Facts(
        accepted=day("2026-08-03"),
        suspensions=(Suspension(day("2026-08-10")),),
        obstacles=(Obstacle(day("2026-08-01"), day("2026-08-02")),),
    )
    item = CaseItem(Kind.COMPLAINT, Subkind.DISCIPLINARY, 1, True, Complexity.COMPLEX, facts)
    (found,) = compute(item, lawbook(), calendar()).values()
    assert isinstance(found, Deadline)
    assert (found.row_key, found.trigger, found.trigger_on, found.paused) == (
        "KL04/complex@2012-07-01", "accepted", day("2026-08-03"), True,
    )  # fmt: skip
    assert found == compute(item, lawbook(), calendar())[Step.SETTLEMENT]
