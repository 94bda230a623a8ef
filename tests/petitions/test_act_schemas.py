"""The shapes of acts' payloads and of lists' filters, which pages and API share."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from petitions.queries.case_filters import WAYS, Filters, Lateness, Side
from petitions.schemas import acts
from petitions.schemas.acts import load_payload, needs_of, payload_from_form, payload_schema
from petitions.schemas.fields import LARGEST_ID
from petitions.schemas.filters import load_filters, to_query
from petitions.services import corrections
from tests.petitions.test_schemas import days, faults
from workflows.lifecycle import Permission
from workflows.records import Source
from workflows.transitions import TABLE
from workflows.vocabulary import Action, Coarse, Complexity, Fact, Kind, Mark, Need, Outcome, State
from workflows.watch import FlagKind

# --- acts ------------------------------------------------------------------------------------

SAMPLES: dict[Need, Any] = {
    Need.OUTCOME: "upheld", Need.TEAM: ["an", "ha"], Need.CRITERIA: ["several_places", "many_people"],
    Need.COMPLEXITY: "complex", Need.DIALOGUE_ON: "25/11/2026", Need.NOTICE_BY: "2026-11-23", Need.DAYS: 30,
    Need.UNTIL: "2026-12-01", Need.REMAINING: 3, Need.WITHDRAWAL_TEST: "clear", Need.DAY: "2026-11-19",
    Need.PARTS: [{"summary": "Một", "content": "Phần một", "kind": "feedback"}], Need.INTO: "ab 2026 000001 1",
    Need.FOUND: "partly_true", Need.MONEY: 12_500_000, Need.LAND: "120.5", Need.RETURNED_MONEY: 0,
    Need.RETURNED_LAND: 0, Need.BODIES_MONEY: 1, Need.BODIES_LAND: "0.01", Need.PEOPLE: 2,
    Need.AWAITED: 1, Need.COOPERATING: ["STC"], Need.CHANGES: {"summary": "Mới"}, Need.FACT: "received", Need.COMPETENT: False, Need.MARKS: ["guided_once"],
}  # fmt: skip


def permission(action: Action, needs: tuple[Need, ...] = (), **more: Any) -> Permission:
    """A permitted act with these needs."""
    return Permission(
        action, True, None, "", needs, more.get("takes", ()), None, more.get("choices", ())
    )


@pytest.mark.parametrize("action", list(Action))
def test_every_act_can_be_drawn_and_read(action: Action) -> None:
    """Each need of each act has a widget, a wording and a value that loads."""
    needs = needs_of(action)
    assert needs.isdisjoint(acts.PERSONS)
    for spec in payload_schema(permission(action, tuple(needs))):
        assert spec.label
        assert spec.widget
        if spec.widget in {"select", "checkboxes"}:
            assert spec.options
            assert all(words for _, words in spec.options)
    found = load_payload(action, None, {need.value: SAMPLES.get(need, "Chữ") for need in needs})
    assert set(found) == needs


def test_the_persons_of_an_act_are_never_typed() -> None:
    """Who proposed and who confirms a voiding is known, not claimed."""
    assert set(faults(load_payload, Action.VOID, None, {"reason": "x", "first_person": 1})) == {
        "first_person"
    }
    drawn = payload_schema(
        permission(Action.VOID, (Need.REASON, Need.FIRST_PERSON, Need.SECOND_PERSON))
    )
    assert [spec.name for spec in drawn] == ["reason"]


def test_values_arrive_as_the_rules_want_them() -> None:
    """Days as dates, words as members, the code in its official spelling."""
    payload = {need.value: value for need, value in SAMPLES.items()}
    found = acts.PAYLOAD.load(payload)
    assert found[Need.DIALOGUE_ON] == date(2026, 11, 25)
    assert found[Need.OUTCOME] is Outcome.UPHELD
    assert found[Need.COMPLEXITY] is Complexity.COMPLEX
    assert found[Need.FACT] is Fact.RECEIVED
    assert found[Need.MARKS] == [Mark.GUIDED_ONCE]
    assert found[Need.INTO] == "AB-2026-000001-1"
    assert found[Need.COMPETENT] is False


def test_what_is_left_empty_is_not_there() -> None:
    """So that the lifecycle sees it missing; a no is not empty."""
    assert load_payload(Action.CLASSIFY, None, {"competent": None, "marks": []}) == {}
    assert load_payload(Action.CLASSIFY, None, {"competent": False}) == {Need.COMPETENT: False}


@pytest.mark.parametrize(
    ("action", "payload", "path"),
    [
        (Action.EXTEND, {"days": "30"}, "days"),
        (Action.EXTEND, {"days": True}, "days"),
        (Action.MARK_COMPLEX, {"criteria": ["khác"]}, "criteria.0"),
        (Action.MARK_COMPLEX, {"complexity": "ordinary"}, "complexity"),
        (Action.CLASSIFY, {"marks": ["enforced"]}, "marks.0"),
        (Action.CORRECT_DATE, {"fact": "suspensions"}, "fact"),
        (Action.JOIN, {"into": "AB-2026-000001-2"}, "into"),
        (Action.SPLIT, {"parts": [{"summary": "x"}]}, "parts.0.content"),
        (Action.ASSIGN_VERIFICATION, {"team": "an"}, "team"),
        (Action.ACCEPT, {"reason": "x"}, "reason"),
        (Action.ACCEPT, {"khac": "x"}, "khac"),
    ],
)
def test_an_unfit_value_is_told_at_its_need(
    action: Action, payload: dict[str, Any], path: str
) -> None:
    """Also a need the act does not have."""
    assert list(faults(load_payload, action, None, payload)) == [path]


def test_corrections_are_typed_by_their_column() -> None:
    """Dates stay ISO text, as the correction stores them; an emptied line is nothing, an emptied text empty."""
    wanted = {
        "group_size": "12", "official_conduct": True, "written_on": "19/11/2026", "forward_on": "",
        "demand": "", "language": "", "parties.1.birth_year": "1970", "respondents.2.name": "B",
    }  # fmt: skip
    given = load_payload(Action.CORRECT, None, {"reason": "x", "changes": wanted})
    assert given[Need.CHANGES] == {
        "group_size": 12, "official_conduct": True, "written_on": "2026-11-19", "forward_on": None,
        "demand": "", "language": None, "parties.1.birth_year": 1970, "respondents.2.name": "B",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("state", "closed"), ("parties.1.role", "lawyer"), ("parties.x.name", "A"), ("parties.12345.name", "A"),
        ("group_size", "nhiều"), ("group_size", None), ("interpreter", "maybe"), ("written_on", "hôm qua"),
        ("project_id", 2**63), ("summary", ["x"]),
    ],
)  # fmt: skip
def test_an_unfit_correction_is_refused_at_its_field(name: str, value: Any) -> None:
    """Before any row is touched."""
    found = faults(load_payload, Action.CORRECT, None, {"reason": "x", "changes": {name: value}})
    assert list(found) == [f"changes.{name}"]


def test_every_column_that_can_be_corrected_has_a_type() -> None:
    """No correction is refused by its shape alone."""
    names = [
        *corrections.CASE_COLUMNS, *corrections.TEXT_COLUMNS, *corrections.PAPER_COLUMNS, *corrections.REFERENCES,
        *(f"parties.1.{column}" for column in corrections.PERSON_COLUMNS),
        *(f"respondents.1.{column}" for column in corrections.RESPONDENT_COLUMNS),
    ]  # fmt: skip
    assert all(acts._column(name) is not None for name in names)


def test_what_only_one_end_needs_is_asked_but_not_required() -> None:
    """A missed dialogue without reason has none to give."""
    may = permission(
        Action.MISS_DIALOGUE, (Need.DOCUMENT, Need.REASON),
        choices=(Outcome.WITH_REASON, Outcome.WITHOUT_REASON),
    )  # fmt: skip
    required = {spec.name: spec.required for spec in payload_schema(may)}
    assert required == {"outcome": True, "document": True, "reason": False, "content": False}
    assert set(faults(load_payload, Action.MISS_DIALOGUE, may, {})) == {"outcome", "document"}


def test_the_form_of_an_act_reads_like_its_json() -> None:
    """Lists repeat their name, corrections and parts are dotted; the page's inputs are left out."""
    sent = MultiDict(
        [
            ("team", "an"),
            ("team", ""),
            ("team", "ha"),
            ("document", "12/QĐ"),
            ("on", "2026-11-20"),
            ("version", "3"),
        ]
    )
    may = permission(Action.ASSIGN_VERIFICATION, (Need.TEAM, Need.DOCUMENT))
    assert payload_from_form(may, sent) == {"team": ["an", "ha"], "document": "12/QĐ"}
    sent = MultiDict(
        [
            ("changes.summary", "Mới"),
            ("changes.parties.1.phone", "09"),
            ("parts.0.summary", "Một"),
            ("reason", "x"),
        ]
    )
    may = permission(Action.CORRECT, (Need.CHANGES, Need.REASON))
    read = payload_from_form(may, sent)
    assert read == {"changes": {"summary": "Mới", "parties.1.phone": "09"}, "reason": "x"}
    assert load_payload(Action.CORRECT, may, read)[Need.CHANGES]["parties.1.phone"] == "09"


def test_every_outcome_of_the_table_can_be_chosen() -> None:
    """No end of an act is out of reach."""
    for row in TABLE:
        if row.outcome is not None:
            assert (
                load_payload(row.action, None, {"outcome": row.outcome.value})[Need.OUTCOME]
                is row.outcome
            )


# --- filters ---------------------------------------------------------------------------------


def _values(name: str) -> st.SearchStrategy[Any]:
    if name.endswith("_id"):
        return st.none() | st.integers(1, LARGEST_ID)
    return {
        "mine": st.booleans(),
        "open": st.sampled_from([True, False, None]),
        "settled": st.sampled_from([True, False, None]),
        "place": st.none() | st.sampled_from(["xã An Bình", "Sơn Lâm"]),
    }.get(name, st.none() | days)


_ENUMS = {
    "kind": Kind, "state": State, "coarse": Coarse, "source": Source, "flag": FlagKind,
    "lateness": Lateness, "side": Side, "handling": WAYS,
}  # fmt: skip
filters = st.fixed_dictionaries(
    {
        each.name: st.none() | st.sampled_from(_ENUMS[each.name])
        if each.name in _ENUMS
        else _values(each.name)
        for each in fields(Filters)
    }
).map(lambda chosen: Filters(**chosen))


@given(filters)
def test_a_query_string_reads_back_the_same(chosen: Filters) -> None:
    """Defaults take no room in it."""
    query = to_query(chosen)
    assert load_filters(MultiDict(query)) == chosen
    assert not any(isinstance(value, Enum) for value in query.values())


def test_no_filter_is_the_ordinary_list() -> None:
    """Blank parameters, which every search form sends, are none."""
    assert to_query(Filters()) == {}
    assert load_filters(MultiDict({"kind": "", "due_to": " "})) == Filters()
    assert load_filters(
        MultiDict({"due_to": "20/11/2026", "mine": "on", "after": "x"}), {"after"}
    ) == Filters(mine=True, due_to=date(2026, 11, 20))


def test_an_unfit_parameter_is_told_by_name() -> None:
    """Unknown ones too."""
    found = faults(
        load_filters,
        MultiDict(
            {
                "kind": "x",
                "open": "maybe",
                "agency_id": "0",
                "place_id": "9" * 30,
                "flag": "late",
                "sort": "x",
            }
        ),
    )
    assert set(found) == {"kind", "open", "agency_id", "place_id", "flag", "sort"}
