"""The dated rows: which one is in force, what the shipped files hold, and every refused file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.workflows.shipped import LAW_FILES, lawbook
from workflows import calculator
from workflows.explain import EVENTS
from workflows.facts import DATED_FACTS, RECEPTION, Matter
from workflows.lawbook import Lawbook, LawbookError, When
from workflows.rules import MATTERS, NO_SUBKIND
from workflows.vocabulary import Complexity, Fact, Kind, Step, Subkind
from workflows.working_days import Direction, Roll, Unit

LAST_OLD, FIRST_NEW = date(2026, 6, 30), date(2026, 7, 1)
DISMISSAL = Subkind.DISCIPLINARY_DISMISSAL
C, T = Kind.COMPLAINT, Kind.DENUNCIATION


@pytest.mark.parametrize(
    ("step", "kind", "more", "on", "code", "amount", "unit"),
    [
        # both sides of 1 July 2026: LKN arts 27, 36, 50; NĐ 155/2026 art 10
        (Step.ACCEPTANCE_DECISION, C, {}, LAST_OLD, "KN03-old", 10, Unit.DAY),
        (Step.ACCEPTANCE_DECISION, C, {}, FIRST_NEW, "KN03", 7, Unit.WORKING_DAY),
        (Step.ACCEPTANCE_DECISION, C, {"instance": 2}, FIRST_NEW, "KN03", 7, Unit.WORKING_DAY),
        (Step.ACCEPTANCE_DECISION, C, {"subkind": DISMISSAL}, LAST_OLD, "KL03", 10, Unit.DAY),
        (Step.ACCEPTANCE_DECISION, C, {"subkind": DISMISSAL}, FIRST_NEW, "KL03", 7, Unit.WORKING_DAY),
        # LKN arts 28, 37, 50
        (Step.SETTLEMENT, C, {}, FIRST_NEW, "KN04", 30, Unit.DAY),
        (Step.SETTLEMENT, C, {"complexity": Complexity.COMPLEX}, FIRST_NEW, "KN05", 45, Unit.DAY),
        (Step.SETTLEMENT, C, {"complexity": Complexity.ESPECIALLY_COMPLEX}, FIRST_NEW, "KN05", 45, Unit.DAY),
        (Step.SETTLEMENT, C, {"remote": True}, FIRST_NEW, "KN06", 45, Unit.DAY),
        (Step.SETTLEMENT, C, {"remote": True, "complexity": Complexity.COMPLEX}, FIRST_NEW, "KN07", 60, Unit.DAY),
        (Step.SETTLEMENT, C, {"instance": 2}, FIRST_NEW, "KN10", 45, Unit.DAY),
        (Step.SETTLEMENT, C, {"instance": 2, "remote": True, "complexity": Complexity.COMPLEX}, FIRST_NEW, "KN10", 70, Unit.DAY),
        (Step.SETTLEMENT, C, {"subkind": DISMISSAL, "remote": True}, FIRST_NEW, "KL04", 30, Unit.DAY),
        (Step.SETTLEMENT, C, {"subkind": DISMISSAL, "complexity": Complexity.COMPLEX, "instance": 2}, FIRST_NEW, "KL04", 45, Unit.DAY),
        # LKN arts 32, 41, 56
        (Step.SEND_DECISION, C, {}, FIRST_NEW, "KN08", 3, Unit.WORKING_DAY),
        (Step.SEND_DECISION, C, {"instance": 2}, FIRST_NEW, "KN11", 7, Unit.DAY),
        (Step.SEND_DECISION, C, {"subkind": DISMISSAL}, FIRST_NEW, "KL06", 3, Unit.WORKING_DAY),
        (Step.SEND_DECISION, C, {"subkind": DISMISSAL, "instance": 2}, FIRST_NEW, "KL06", 7, Unit.DAY),
        # LKN arts 33, 48
        (Step.SECOND_COMPLAINT_WINDOW, C, {"remote": True}, FIRST_NEW, "KN09", 45, Unit.DAY),
        (Step.SECOND_COMPLAINT_WINDOW, C, {"subkind": Subkind.DISCIPLINARY}, FIRST_NEW, "KL02", 10, Unit.DAY),
        (Step.SECOND_COMPLAINT_WINDOW, C, {"subkind": DISMISSAL}, FIRST_NEW, "KL02", 30, Unit.DAY),
        (Step.SECOND_COMPLAINT_WINDOW, C, {"instance": 2}, FIRST_NEW, None, 0, None),
        (Step.LIMITATION, C, {}, FIRST_NEW, "KN01", 90, Unit.DAY),
        (Step.LIMITATION, C, {"instance": 2}, FIRST_NEW, None, 0, None),
        # begins on 1 July 2026
        (Step.DIALOGUE_NOTICE, C, {}, LAST_OLD, None, 0, None),
        (Step.DIALOGUE_NOTICE, C, {}, FIRST_NEW, "KN17", 5, Unit.DAY),
        (Step.UNPROCESSED_ALARM, Kind.FEEDBACK, {}, FIRST_NEW, "TD21", 45, Unit.DAY),
        (Step.UNPROCESSED_ALARM, T, {}, FIRST_NEW, "TD21", 45, Unit.DAY),
        (Step.UNPROCESSED_ALARM, T, {}, LAST_OLD, None, 0, None),
        # LTC arts 24, 26, 30, 38
        (Step.INITIAL_PROCESSING, T, {}, FIRST_NEW, "TC01", 7, Unit.WORKING_DAY),
        (Step.INITIAL_PROCESSING, T, {"circumstances": (When.MULTI_PLACE_CHECK,)}, FIRST_NEW, "TC01", 10, Unit.WORKING_DAY),
        (Step.INITIAL_PROCESSING, T, {"circumstances": (When.NOT_COMPETENT,)}, FIRST_NEW, None, 0, None),
        (Step.TRANSFER, T, {}, FIRST_NEW, None, 0, None),
        (Step.TRANSFER, T, {"circumstances": (When.NOT_COMPETENT,)}, FIRST_NEW, "TC03", 5, Unit.WORKING_DAY),
        (Step.REPLY_TO_FORWARDER, T, {"circumstances": (When.FORWARDED,)}, FIRST_NEW, "TC21", 20, Unit.DAY),
        (Step.SETTLEMENT, T, {"complexity": Complexity.COMPLEX}, FIRST_NEW, "TC06", 30, Unit.DAY),
        (Step.SETTLEMENT, T, {"complexity": Complexity.COMPLEX, "circumstances": (When.EXTENSION,)}, FIRST_NEW, "TC07", 30, Unit.DAY),
        (Step.REPORT_ON_DEMAND, T, {}, FIRST_NEW, "TC20", 5, Unit.WORKING_DAY),
        (Step.RESULT_NOTICE, RECEPTION, {}, FIRST_NEW, "TD11", 10, Unit.WORKING_DAY),
        (Step.RESULT_NOTICE, C, {}, FIRST_NEW, None, 0, None),
    ],
)  # fmt: skip
def test_the_row_in_force(
    step: Step, kind: Matter, more: dict[str, object], on: date, code: str | None, amount: int, unit: Unit | None
) -> None:  # fmt: skip
    rule = lawbook().rule(step, kind=kind, on=on, **more)  # type: ignore[arg-type]
    if code is None:
        assert rule is None
    else:
        assert rule is not None
        assert (rule.code, rule.amount, rule.unit) == (code, amount, unit)
        assert lawbook().by_key(rule.row_key) is rule


def test_row_keys_are_stable_and_unique() -> None:
    keys = [rule.row_key for rule in lawbook().rules]
    assert len(keys) == len(set(keys))
    assert {"KN03@2026-07-01", "KN10/remote_complex@2012-07-01", "TC06@2019-01-01"} <= set(keys)
    assert lawbook().by_key("KN99@2026-07-01") is None


def test_every_row_is_cited_and_says_who_read_it() -> None:
    for rule in lawbook().rules:
        assert rule.citation.strip()
        assert rule.title.strip()
        confirmed = bool(rule.verified_by) and rule.verified_on is not None
        assert confirmed or rule.code in {"KN20", "XD02", "XD17", "NB01"}
    assert all(quota.verified_by for quota in lawbook().quotas)


def test_every_public_step_has_a_rule_for_each_kind_that_counts_it() -> None:
    ordinary = {
        kind: {
            series.step
            for subkind in (None, *Subkind)
            for instance in (1, 2)
            for whose in (When.COMPETENT, When.NOT_COMPETENT)
            for series in lawbook().plan(
                kind, subkind, instance, False, Complexity.ORDINARY,
                circumstances=(whose, When.FORWARDED),
            )
        }
        for kind in (*Kind, RECEPTION)
    }  # fmt: skip
    public = set(Step) - {Step.REPORT_ON_DEMAND, Step.INTERNAL_SETTLEMENT}
    assert set.union(*ordinary.values()) == public
    assert ordinary[Kind.RECOMMENDATION] == ordinary[Kind.FEEDBACK] == {Step.RESULT_NOTICE}
    assert len(ordinary[C]) == 11
    assert len(ordinary[T]) == 11
    assert len(ordinary[RECEPTION]) == 7


def test_every_clock_starts_from_a_fact_its_kind_may_carry() -> None:
    for rule in lawbook().rules:
        if rule.calculator:
            assert rule.step is not None
            for kind in rule.kinds:
                assert set(rule.trigger_event) <= set(calculator.FACTS[kind]) & set(DATED_FACTS)
                assert all(Fact(fact) in EVENTS for fact in rule.trigger_event)


def test_backward_limits_never_roll_later_and_effects_never_roll() -> None:
    for rule in lawbook().rules:
        if rule.direction is Direction.BACKWARD:
            assert rule.roll is not Roll.NEXT
        if rule.step in {Step.LEGAL_EFFECT, Step.UNPROCESSED_ALARM}:
            assert rule.roll is Roll.NONE


@pytest.mark.parametrize(
    ("on", "present", "absent"),
    [
        (date(2012, 6, 30), set(), {"KN01", "TC06", "TD11"}),
        (date(2018, 12, 31), {"KN01", "TD11"}, {"TC06", "KN12", "KN03"}),
        (LAST_OLD, {"KN03-old", "TC06", "TC23"}, {"KN03", "KN17", "TD21"}),
        (FIRST_NEW, {"KN03", "KN17", "TD21", "TC20", "KN19b", "KN19c"}, {"KN03-old", "TC23"}),
    ],
)
def test_in_force(on: date, present: set[str], absent: set[str]) -> None:
    codes = {rule.code for rule in lawbook().in_force(on)}
    assert present <= codes
    assert not absent & codes


def test_in_force_of_one_kind() -> None:
    rules = lawbook().in_force(FIRST_NEW, RECEPTION)
    assert {rule.code for rule in rules} == {"TD10", "TD11", "TD12", "TD13", "TD14", "TD16", "TD17"}


@pytest.mark.parametrize(
    ("who", "on", "expected"),
    [
        ("commune_chair", LAST_OLD, ("TD01-old", 1, "week")),
        ("commune_chair", FIRST_NEW, ("TD01", 2, "month")),
        ("province_chair", FIRST_NEW, ("TD02", 1, "month")),
        ("government_office_head", FIRST_NEW, ("TD03", 1, "month")),
        ("agency_head", FIRST_NEW, ("TD04", 1, "month")),
        ("service_unit_head", FIRST_NEW, ("TD05", 1, "month")),
        ("service_unit_head", LAST_OLD, None),
        ("district_chair", date(2025, 6, 30), ("TD06", 2, "month")),
        ("district_chair", date(2025, 7, 1), None),
        ("deputy", FIRST_NEW, None),
    ],
)
def test_reception_quotas(who: str, on: date, expected: tuple[str, int, str] | None) -> None:
    quota = lawbook().quota(who, on)
    assert (quota and (quota.code, quota.amount, quota.per)) == expected
    assert quota is None or quota in lawbook().quotas_in_force(on)


COMPUTATION = """[computation]
start_citation = "Điều 147"
roll_citation = "Điều 148"
roll_authority_deadlines = true
"""
ROW = """
[[rule]]
rule_code = "X1"
title = "Thử"
step = "settlement"
kinds = ["denunciation"]
trigger_event = ["accepted"]
amount = 30
unit = "day"
direction = "forward"
roll = "next"
valid_from = 2020-01-01
citation = "Điều 1"
"""
QUOTA = """
[[quota]]
rule_code = "Q1"
title = "Thử"
who = ["agency_head"]
amount = 1
per = "month"
valid_from = 2020-01-01
citation = "Điều 1"
"""
AT = {key.split(" = ")[0]: number for number, key in enumerate(ROW.splitlines(), 5) if " = " in key}


def load(tmp_path: Path, *texts: str) -> Lawbook:
    paths = []
    for number, text in enumerate(texts):
        path = tmp_path / f"law{number}.toml"
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return Lawbook.load(paths)


def test_a_small_lawbook_loads(tmp_path: Path) -> None:
    book = load(tmp_path, COMPUTATION + ROW, QUOTA)
    assert [rule.row_key for rule in book.rules] == ["X1@2020-01-01"]
    assert book.rules[0].subkinds == ()
    assert {cell[2] for cell in book.rules[0].cells()} == {NO_SUBKIND, *Subkind}
    assert [quota.row_key for quota in book.quotas] == ["Q1@2020-01-01"]
    assert book.computation.roll_authority_deadlines


@pytest.mark.parametrize(
    ("old", "new", "key", "reason"),
    [
        ('citation = "Điều 1"\n', "", None, "thiếu citation"),
        ('citation = "Điều 1"', 'citation = " "', "citation", "phải là chữ"),
        ('title = "Thử"\n', "", None, "thiếu title"),
        ("amount = 30", "amount = 30\ncolour = 1", 13, "colour: khoá không có trong mẫu"),
        ("amount = 30", 'amount = "30"', "amount", "phải là số nguyên"),
        ("amount = 30", "amount = true", "amount", "phải là số nguyên"),
        ("amount = 30", "amount = 30.0", "amount", "phải là số nguyên"),
        ("amount = 30", "amount = -1", "amount", "phải là số nguyên"),
        ('unit = "day"', 'unit = "week"', "unit", "phải là một trong"),
        ('unit = "day"', 'unit = "hour"', "unit", "phải là một trong: day, working_day"),
        ('"forward"', '"sideways"', "direction", "phải là một trong"),
        ('"next"', '"later"', "roll", "phải là một trong"),
        ('"settlement"', '"settle"', "step", "phải là một trong"),
        ('["denunciation"]', '["denounce"]', "kinds", "mỗi giá trị phải là một trong"),
        ('["denunciation"]', '"denunciation"', "kinds", "phải là một danh sách"),
        ('["denunciation"]', "[]", "kinds", "không để trống"),
        ('["denunciation"]', '["denunciation", "denunciation"]', "kinds", "giá trị lặp lại"),
        ('["accepted"]', '["acepted"]', "trigger_event", "không có sự kiện acepted"),
        ("2020-01-01", "2020-02-30", "valid_from", "không đúng cú pháp TOML"),
        ("2020-01-01", '"2020-01-01"', "valid_from", "phải là một ngày"),
        ("2020-01-01", "2020-01-01\nvalid_to = 2019-12-31", 17, "valid_to: trước valid_from"),
        ("2020-01-01", "2020-01-01\nverified_by = 'Lan'", None, "verified_by và verified_on"),
        ("2020-01-01", "2020-01-01\nverified_on = 2026-11-20", None, "verified_by và verified_on"),
        ("2020-01-01", "2020-01-01\nsubkinds = ['minor']", 17, "subkinds: mỗi giá trị"),
        ("2020-01-01", "2020-01-01\ninstances = [3]", 17, "instances: phải là số nguyên"),
        ("2020-01-01", "2020-01-01\ninstances = 1", 17, "instances: phải là một danh sách"),
        ("2020-01-01", "2020-01-01\nremote = 1", 17, "remote: phải là true hoặc false"),
        ("2020-01-01", "2020-01-01\ncomplexities = ['hard']", 17, "complexities: mỗi giá trị"),
        ("2020-01-01", "2020-01-01\nwhen = 'never'", 17, "when: phải là một trong"),
        ("2020-01-01", "2020-01-01\nbinds = 'nobody'", 17, "binds: phải là một trong"),
        ("2020-01-01", "2020-01-01\nselect_by = 'today'", 17, "select_by: phải là một trong"),
        ("2020-01-01", "2020-01-01\napplies_before = 'yes'", 17, "applies_before: phải là"),
        ("2020-01-01", "2020-01-01\ndiffering = { amount = 3 }", 17, "thiếu unit"),
        ("2020-01-01", "2020-01-01\nvariant = ''", 17, "variant: phải là chữ"),
        ('step = "settlement"', "calculator = true", 9, "thời hạn không có step"),
    ],
)  # fmt: skip
def test_a_wrong_row_names_its_line(
    tmp_path: Path, old: str, new: str, key: str | int | None, reason: str
) -> None:
    assert old in ROW
    line = AT[key] if isinstance(key, str) else 6 if key is None else key
    with pytest.raises(LawbookError) as caught:
        load(tmp_path, COMPUTATION + ROW.replace(old, new, 1))
    assert str(caught.value).startswith(f"{tmp_path / 'law0.toml'}:{line}: ")
    assert reason in str(caught.value)


LATER = ROW.replace("2020-01-01", "2024-01-01")
ENDED = ROW.replace("valid_from = 2020-01-01", "valid_from = 2020-01-01\nvalid_to = {}")


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        (ROW, LATER, "X1@2020-01-01 và X1@2024-01-01 cùng có hiệu lực từ 2024-01-01"),
        (ENDED.format("2024-01-01"), LATER, "cùng có hiệu lực"),
        (ENDED.format("2023-12-30"), LATER, "giữa X1@2020-01-01 và X1@2024-01-01 có khoảng trống"),
        (ROW, ROW, "dòng X1@2020-01-01 đã có ở"),
        # any complexity overlaps with one of them
        (ROW, LATER.replace('"X1"', '"X2"') + "complexities = ['complex']\n", "cùng có hiệu lực"),
        (ENDED.format("2023-12-31"), LATER.replace('["accepted"]', '["received"]'), "trigger_event: khác X1@2020-01-01"),
        (ENDED.format("2023-12-31"), LATER + "select_by = 'case_acceptance_date'\n", "select_by: khác X1@2020-01-01"),
        # a limit without a step lives by its code and variant
        (ROW.replace('step = "settlement"\n', ""), LATER.replace('step = "settlement"\n', ""), "cùng có hiệu lực"),
        (QUOTA, QUOTA.replace("2020", "2021"), "Q1@2020-01-01 và Q1@2021-01-01 cùng có hiệu lực"),
        (QUOTA.replace("2020-01-01", "2020-01-01\nvalid_to = 2020-06-30"), QUOTA.replace("2020", "2021"), "có khoảng trống"),
    ],
)  # fmt: skip
def test_two_rows_that_do_not_fit(tmp_path: Path, first: str, second: str, reason: str) -> None:
    with pytest.raises(LawbookError) as caught:
        load(tmp_path, COMPUTATION + first, second)
    assert str(caught.value).startswith(f"{tmp_path / 'law1.toml'}:")
    assert reason in str(caught.value)


def test_rows_that_fit_together(tmp_path: Path) -> None:
    book = load(
        tmp_path,
        COMPUTATION + ENDED.format("2023-12-31"),
        LATER.replace("amount = 30", "amount = 40"),
        ROW.replace("denunciation", "feedback").replace('"X1"', '"X1"\nvariant = "feedback"'),
    )
    amounts = {
        on: (rule := book.rule(Step.SETTLEMENT, kind=T, on=on)) and rule.amount
        for on in (date(2019, 12, 31), date(2020, 1, 1), date(2023, 12, 31), date(2024, 1, 1))
    }
    assert list(amounts.values()) == [None, 30, 30, 40]


def test_a_rule_ends_with_its_last_row(tmp_path: Path) -> None:
    book = load(tmp_path, COMPUTATION + ENDED.format("2023-12-31"))
    assert book.rule(Step.SETTLEMENT, kind=T, on=date(2023, 12, 31)) is not None
    assert book.rule(Step.SETTLEMENT, kind=T, on=date(2024, 1, 1)) is None


def test_a_row_may_answer_for_days_before_its_text(tmp_path: Path) -> None:
    book = load(tmp_path, COMPUTATION + ROW + "applies_before = true\n")
    rule = book.rule(Step.SETTLEMENT, kind=T, on=date(2015, 1, 1))
    assert rule is not None
    assert not rule.in_force(date(2015, 1, 1))
    assert book.in_force(date(2015, 1, 1)) == ()


def test_a_row_may_be_chosen_by_the_day_of_acceptance(tmp_path: Path) -> None:
    by = "select_by = 'case_acceptance_date'\n"
    book = load(
        tmp_path, COMPUTATION + ENDED.format("2023-12-31") + by, LATER.replace("30", "40") + by
    )
    on = date(2024, 5, 1)
    for accepted, amount in ((None, 40), (on, 40), (date(2023, 12, 31), 30)):
        rule = book.rule(Step.SETTLEMENT, kind=T, on=on, accepted=accepted)
        assert rule is not None
        assert rule.amount == amount


@pytest.mark.parametrize(
    ("text", "where", "reason"),
    [
        (ROW, 1, "không tệp nào có bảng computation"),
        (COMPUTATION + COMPUTATION.replace("computation", "compute"), 5, "compute: khoá không có"),
        (COMPUTATION.replace('roll_citation = "Điều 148"\n', "") + ROW, 1, "thiếu roll_citation"),
        (COMPUTATION.replace("true", "1") + ROW, 4, "phải là true hoặc false"),
        ("rule = 3\n" + COMPUTATION, 1, "rule: phải là một danh sách bảng"),
        ("rule = [3]\n" + COMPUTATION, 1, "phải là một bảng"),
        (COMPUTATION + QUOTA.replace("month", "day"), 11, "per: phải là một trong: week, month"),
        (COMPUTATION + QUOTA.replace("amount = 1", "amount = 0"), 10, "amount: phải là số nguyên"),
        (COMPUTATION + QUOTA + 'unit = "day"\n', 14, "unit: khoá không có"),
    ],
)
def test_a_wrong_file(tmp_path: Path, text: str, where: int, reason: str) -> None:
    with pytest.raises(LawbookError) as caught:
        load(tmp_path, text)
    assert str(caught.value).startswith(f"{tmp_path / 'law0.toml'}:{where}: ")
    assert reason in str(caught.value)


def test_computation_stands_once(tmp_path: Path) -> None:
    with pytest.raises(LawbookError, match=r"law1.toml:1: computation: .*lặp lại"):
        load(tmp_path, COMPUTATION, COMPUTATION)
    with pytest.raises(LawbookError, match="không có tệp luật nào"):
        Lawbook.load([])


def test_shipped_files_mention_every_kind() -> None:
    assert len(LAW_FILES) == 6
    assert {kind for rule in lawbook().rules for kind in rule.kinds} == set(MATTERS)
