"""The shapes pages and API share: registrations, payloads of acts, filters of lists."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from petitions.errors import Invalid
from petitions.schemas.fields import LARGEST_ID
from petitions.schemas.pasted import pasted_people
from petitions.schemas.registration import (
    REGISTRATION,
    dump_registration,
    from_form,
    load_form,
    load_registration,
)
from petitions.services.registration import (
    Contested,
    Parcel,
    Person,
    Prior,
    Registration,
    RespondentGiven,
)
from workflows.strict_json import loads
from workflows.vocabulary import Kind

LEAST = {
    "kind": "complaint",
    "received_on": "2026-11-20",
    "summary": "Tóm tắt",
    "content": "Nội dung",
}


def faults(*parts: Any, **more: Any) -> dict[str, list[str]]:
    """The fields of the refusal that calling ``parts`` raises."""
    call, *arguments = parts
    with pytest.raises(Invalid) as error:
        call(*arguments, **more)
    return error.value.fields


# --- registrations ---------------------------------------------------------------------------

lines = st.text(st.sampled_from("aăâđeêNguyễn 0123;,.|-/é"), min_size=1, max_size=12).map(
    lambda text: f"x{text.strip()}"
)
days = st.dates(date(1900, 1, 1), date(2100, 12, 31))
maybe = st.none() | lines


def _people(**fixed: Any) -> st.SearchStrategy[Person]:
    @st.composite
    def person(draw: st.DrawFn) -> Person:
        born = draw(st.none() | days)
        year = born.year if born else draw(st.none() | st.integers(1800, 2199))
        made: Person = draw(
            st.builds(
                Person, name=lines, birth_on=st.just(born), birth_year=st.just(year),
                sex=st.sampled_from([None, "male", "female"]), id_number=maybe, id_issued_on=st.none() | days,
                id_issued_by=maybe, phone=maybe, address=maybe, ethnicity=maybe, lawyer_card=maybe,
                document=maybe,
            )
        )  # fmt: skip
        return made

    return person()


def _some(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(strategy, max_size=3).map(tuple)


registrations = st.builds(
    Registration,
    received_on=days, summary=lines, content=lines, instance=st.sampled_from([1, 2]),
    written_on=st.none() | days, demand=st.just("") | lines, original=maybe, field_code=maybe, place_code=maybe,
    project_id=st.none() | st.integers(1, LARGEST_ID), group_size=st.integers(1, 1_000_000),
    language=maybe, handled_before=st.just("") | lines, originals=maybe, copies_to=maybe,
    forwarder_code=maybe, forwarder_body=maybe, forward_number=maybe, forward_on=st.none() | days,
    second_instance_of=maybe, late_reason=maybe,
    parties=_some(_people()),
    respondents=_some(st.builds(RespondentGiven, name=lines, position=maybe, workplace=maybe,
                                address=maybe, username=maybe, agency_code=maybe)),
    contested=st.none() | st.builds(Contested, number=lines, issued_on=st.none() | days, issuer=maybe,
                                    received_on=st.none() | days, description=maybe),
    obstacles=_some(st.tuples(days, days)),
    prior=_some(st.builds(Prior, body=lines, form=lines, instance=st.none() | st.integers(1, 9), number=maybe,
                          issued_on=st.none() | days, summary=st.just("") | lines,
                          may_sue=st.none() | st.booleans())),
    parcels=_some(st.builds(Parcel, sheet=lines, parcel=lines, land_kind=maybe,
                            area_m2=st.none() | st.decimals(0, 10**9, places=2))),
)  # fmt: skip


def inputs(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """What a form with this mapping in it sends: a tick after the hidden ``false`` of its box."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from inputs(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from inputs(inner, f"{path}.{index}")
    elif isinstance(value, bool):
        yield path, "false"
        if value:
            yield path, "on"
    else:
        yield path, "" if value is None else str(value)


@given(registrations)
def test_a_registration_written_down_reads_back_the_same(registration: Registration) -> None:
    """As JSON and as a form."""
    written = json.loads(json.dumps(dump_registration(registration)))
    assert load_registration(written) == registration
    assert load_form(MultiDict(inputs(written))) == registration


def test_the_shape_has_every_field_of_a_registration_and_no_other() -> None:
    """Nothing an officer may tell gets lost at the edge."""
    pairs = {
        Registration: REGISTRATION,
        Person: REGISTRATION.fields["parties"].inner.schema,  # type: ignore[attr-defined]
        RespondentGiven: REGISTRATION.fields["respondents"].inner.schema,  # type: ignore[attr-defined]
        Contested: REGISTRATION.fields["contested"].schema,  # type: ignore[attr-defined]
        Prior: REGISTRATION.fields["prior"].inner.schema,  # type: ignore[attr-defined]
        Parcel: REGISTRATION.fields["parcels"].inner.schema,  # type: ignore[attr-defined]
    }
    for kind, shape in pairs.items():
        assert is_dataclass(kind)
        assert {each.name for each in fields(kind)} == set(shape.fields)


def test_the_least_said_takes_the_ordinary_values() -> None:
    """What is absent is what ``Registration`` says it is."""
    assert load_registration(LEAST) == Registration(
        kind=Kind.COMPLAINT, received_on=date(2026, 11, 20), summary="Tóm tắt", content="Nội dung"
    )


@pytest.mark.parametrize(
    "text", ["2026-11-20", "20/11/2026", "20.11.2026", "ngày 20 tháng 11 năm 2026"]
)
def test_days_are_read_as_people_write_them(text: str) -> None:
    """Each of them is the same Friday."""
    assert load_registration({**LEAST, "received_on": text}).received_on == date(2026, 11, 20)


@pytest.mark.parametrize(
    "text", ["2026", "11/2026", "2026-02-30", "20/11/26", "", 20261120, True, None]
)
def test_what_is_no_whole_day_is_refused_at_its_field(text: Any) -> None:
    """A day of receipt must be one day."""
    assert list(faults(load_registration, {**LEAST, "received_on": text})) == ["received_on"]


@pytest.mark.parametrize(
    ("born", "on", "year"),
    [("1970", None, 1970), ("3/1970", None, 1970), ("02/03/1970", date(1970, 3, 2), 1970)],
)
def test_of_a_birth_date_only_what_is_known_is_kept(born: str, on: date | None, year: int) -> None:
    """People often know the year only."""
    (person,) = load_registration({**LEAST, "parties": [{"name": "A", "birth_on": born}]}).parties
    assert (person.birth_on, person.birth_year) == (on, year)


def test_every_fault_is_told_at_its_path() -> None:
    """All at once, nested ones dotted."""
    found = faults(
        load_registration,
        {
            "kind": "petition", "received_on": "2026-11-20", "summary": 5, "content": "x", "sumary": "x",
            "instance": 3, "competent": "yes", "group_size": "7", "project_id": 2**63,
            "parties": [{"name": "A"}, {"nme": "B", "role": "chief"}, 7, {"name": "C", "birth_on": "1970", "birth_year": 1971}],
            "contested": [], "obstacles": [{"from": "2026-01-01"}], "prior": {}, "parcels": [{"sheet": "\u200b", "parcel": "1", "area_m2": "NaN"}],
        },
    )  # fmt: skip
    assert set(found) == {
        "kind", "summary", "sumary", "instance", "competent", "group_size", "project_id", "parties.1.name",
        "parties.1.nme", "parties.1.role", "parties.2", "parties.3.birth_year", "contested", "obstacles.0.to",
        "prior", "parcels.0.sheet", "parcels.0.area_m2",
    }  # fmt: skip
    assert found["sumary"] == ["Không có mục này."]
    assert all(message and message.strip() for messages in found.values() for message in messages)


def test_half_a_character_is_no_text() -> None:
    """JSON can spell it, no database can hold it."""
    assert list(faults(load_registration, {**LEAST, "content": "\ud800"})) == ["content"]


def test_a_key_written_twice_is_refused() -> None:
    """Neither of the two values is taken."""
    raw = json.dumps(LEAST)[:-1] + ', "parties": [{"name": "A", "name": "B"}], "kind": "feedback"}'
    assert list(faults(load_registration, loads(raw.encode()))) == ["kind"]
    nested = json.dumps(LEAST)[:-1] + ', "parties": [{"name": "A", "name": "B"}]}'
    assert list(faults(load_registration, loads(nested.encode()))) == ["parties.0.name"]


def test_a_list_ends_at_a_thousand_rows() -> None:
    """The thousand and first is not even read."""
    rows = [{"name": "A"}] * 1000
    assert len(load_registration({**LEAST, "parties": rows}).parties) == 1000
    found = faults(load_registration, {**LEAST, "parties": [*rows, {"nme": 1}]})
    assert found == {"parties": ["Danh sách quá 1.000 dòng."]}


def test_the_group_is_as_large_as_its_petitioners_unless_said() -> None:
    """Lawyers and representatives do not count."""
    parties = [{"name": "A"}, {"name": "B"}, {"name": "C", "role": "lawyer"}]
    assert load_registration({**LEAST, "parties": parties}).group_size == 2
    assert load_registration({**LEAST, "parties": parties, "group_size": 9}).group_size == 9


# --- forms -----------------------------------------------------------------------------------


def form(**more: str | list[str]) -> MultiDict[str, str]:
    """A sound form; ``__`` stands for the dot."""
    return MultiDict(
        {**LEAST, "csrf_token": "t", **{k.replace("__", "."): v for k, v in more.items()}}
    )


def test_empty_rows_are_passed_over_and_the_rest_keeps_its_order() -> None:
    """A row with nothing but boxes and selections is empty; gaps in the numbering do not matter."""
    found = from_form(
        form(
            parties__0__name=" ", parties__0__role="petitioner", parties__0__signed=["false", "on"],
            parties__7__name="B", parties__2__name="A", parties__2__signed="false",
            contested__is_decision="true", contested__number="", obstacles__0__from="", obstacles__0__to="",
        )
    )  # fmt: skip
    assert found["parties"] == [{"name": "A", "signed": False}, {"name": "B"}]
    assert found.keys() == LEAST.keys() | {"parties"}


def test_an_unticked_box_says_no() -> None:
    """Where yes is the ordinary value."""
    assert load_form(form(competent="false")).competent is False
    assert load_form(form(competent=["false", "true"])).competent is True
    assert load_form(form()).competent is True


def test_numbers_of_a_form_are_read_as_vietnam_writes_them() -> None:
    """1.250,5 m² and a group of 1.200."""
    found = load_form(
        form(
            group_size="1.200",
            parcels__0__sheet="3",
            parcels__0__parcel="7",
            parcels__0__area_m2="1.250,5",
        )
    )
    assert (found.group_size, found.parcels[0].area_m2) == (1200, Decimal("1250.50"))


def test_what_does_not_convert_is_told_at_the_input() -> None:
    """With the page's own inputs left alone and a misspelt one of ours noticed."""
    found = faults(
        load_form, form(group_size="bảy", competent="maybe", parties__0__nme="A", button="save")
    )
    assert set(found) == {"group_size", "competent", "parties.0.nme", "parties.0.name"}


def test_a_blank_required_text_is_left_to_the_command() -> None:
    """It tells that fault together with all the others."""
    assert load_form(form(summary=" ")).summary == ""


def test_odd_names_of_inputs_do_no_harm() -> None:
    """Whatever a made-up form sends, the answer is a registration or its faults."""
    load_form(form(parties="A", parties__x__name="B", parties__0="C", contested="x"))
    assert list(faults(load_form, form(kind__x="1", contested__number__x="2"))) == [
        "kind",
        "contested.number",
    ]


def test_the_pasted_list_follows_the_typed_people() -> None:
    """Tabs, semicolons or bars; numbers, headings and blank lines passed over."""
    text = (
        "STT\tHọ và tên\tNăm sinh\n1\tNguyễn Văn A\t1950\tThôn 1, xã B\t001070000001\r\n\n"
        "2. Lê Thị B; 02/03/1961; Thôn 2\nTrần C | | Thôn 3 | 123456789\nĐỗ D"
    )
    found = load_form(form(parties__0__name="Người đầu", parties__pasted=text))
    assert [person.name for person in found.parties] == [
        "Người đầu", "Nguyễn Văn A", "Lê Thị B", "Trần C", "Đỗ D",
    ]  # fmt: skip
    first, second, third = found.parties[1:4]
    assert (first.birth_year, first.address, first.id_kind) == (1950, "Thôn 1, xã B", "citizen")
    assert (second.birth_on, second.id_number) == (date(1961, 3, 2), None)
    assert (third.birth_year, third.address, third.id_kind) == (None, "Thôn 3", "old_id")
    assert found.group_size == 5


def test_faults_of_the_pasted_list_are_told_by_line_beside_the_others() -> None:
    """Lines count from 1, blank ones too."""
    text = "A\n;1950\n\nB;19x0\nC;1950;Thôn 1;1;2\n12345"
    found = faults(load_form, form(kind="x", parties__pasted=text))
    assert set(found) == {
        "kind", "parties.pasted.2", "parties.pasted.4", "parties.pasted.5", "parties.pasted.6",
    }  # fmt: skip


def test_a_pasted_list_ends_at_a_thousand_lines() -> None:
    """And says so at the text area."""
    assert len(pasted_people("A\n" * 1000)) == 1000
    assert list(faults(pasted_people, "A\n" * 1001)) == ["parties.pasted"]
