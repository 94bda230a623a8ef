"""Bodies the API tests send: sound ones, and strategies for unsound ones."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from petitions.schemas.acts import PERSONS
from petitions.schemas.criteria import Criterion
from workflows.records import IdKind, PartyRole, RespondentKind, Source
from workflows.vocabulary import Kind, Need, Outcome, Subkind, WithdrawalTest

COMPLAINT: dict[str, Any] = {
    "kind": "complaint",
    "received_on": "2026-11-20",
    "summary": "Khiếu nại quyết định thu hồi đất",
    "content": "Tôi khiếu nại Quyết định số 12/QĐ-UBND về thu hồi 120 m² đất ở thôn Đoài.",
    "field_code": "thu-hoi-dat",
    "place_code": "99001",
    "parties": [{"name": "Nguyễn Văn Đức", "birth_on": "1970", "phone": "0912345678"}],
    "respondents": [{"name": "Phạm Văn Giang", "position": "Cán bộ địa chính"}],
    "contested": {"number": "12/QĐ-UBND", "issued_on": "01/10/2026", "received_on": "2026-10-05"},
}
DENUNCIATION: dict[str, Any] = {
    "kind": "denunciation",
    "received_on": "2026-11-20",
    "summary": "Tố cáo cán bộ địa chính nhận tiền",
    "content": "Cán bộ địa chính xã nhận tiền của người dân khi làm hồ sơ đất.",
    "parties": [{"name": "Lò Thị Bình Minh", "birth_year": 1985, "phone": "0987654321"}],
    "respondents": [{"name": "Cán bộ địa chính", "position": "Công chức"}],
}

odd_texts = st.sampled_from(
    [
        "",
        " ",
        "\x00",
        "a\u200bb",
        "\ud800",
        "\u202e",
        "\u0301",
        "Nguyễn",
        "x" * 301,
        "x" * 5000,
        "đ\n\tđ",
        "'; --",
    ]
) | st.text(max_size=20)
odd_days = st.sampled_from(
    [
        "2026-11-20",
        "20/11/2026",
        "2026-11-19",
        "2026-11-10",
        "2014-01-01",
        "1800-01-01",
        "2199-12-31",
        "2026",
        "11/2026",
        "2026-02-30",
        "2027-01-01",
        "",
    ]
)
odd_numbers = st.sampled_from([0, 1, 2, 5, 200, -1, 2**31, 2**63, 10**30, 1.5])
junk = st.recursive(
    st.none() | st.booleans() | odd_numbers | odd_texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(odd_texts, inner, max_size=3),
    max_leaves=5,
)


def words(enum: Any) -> st.SearchStrategy[str]:
    """A value of an enum."""
    return st.sampled_from([member.value for member in enum])


def mostly(
    sound: st.SearchStrategy[Any], odd: st.SearchStrategy[Any] = junk, one_in: int = 10
) -> st.SearchStrategy[Any]:
    """Sound, but once in ``one_in`` times odd."""
    return st.integers(1, one_in).flatmap(lambda n: odd if n == one_in else sound)


def rows(row: dict[str, Any], needed: tuple[str, ...] = ()) -> st.SearchStrategy[Any]:
    """Up to three rows; ``needed`` is nearly always there."""
    inner = {name: mostly(value) for name, value in row.items()}
    return st.lists(
        st.fixed_dictionaries(
            {name: inner[name] for name in needed},
            optional={name: value for name, value in inner.items() if name not in needed},
        ),
        max_size=3,
    )


sound_names = (
    st.sampled_from(["Nguyễn Văn Đức", "Phạm Văn An", "Trần Văn Minh", "Lò Thị Bình Minh"])
    | odd_texts
)
codes = (
    st.sampled_from(
        ["thu-hoi-dat", "99001", "99003", "an-binh", "bao-lam", "ubnd-tinh", "khong-co"]
    )
    | odd_texts
)
people = rows(
    {"name": sound_names, "role": words(PartyRole), "is_body": st.booleans(), "birth_on": odd_days,
     "birth_year": odd_numbers, "sex": st.sampled_from(["male", "female", "x"]), "id_kind": words(IdKind),
     "id_number": st.sampled_from(["001070000001", "123456789"]) | odd_texts, "id_issued_on": odd_days,
     "phone": odd_texts, "address": odd_texts, "is_representative": st.booleans(), "signed": st.booleans()},
    ("name",),
)  # fmt: skip
_REGISTRATION: dict[str, Any] = {
    "source": words(Source), "subkind": st.none() | words(Subkind), "instance": st.sampled_from([1, 2]),
    "written_on": odd_days, "demand": odd_texts, "original": odd_texts, "field_code": codes,
    "place_code": codes, "project_id": odd_numbers, "group_size": odd_numbers,
    "all_signatures": st.booleans(), "representatives_appointed": st.booleans(),
    "competent": st.booleans(), "anonymous": st.booleans(), "official_conduct": st.booleans(),
    "wants_protection": st.booleans(), "language": odd_texts, "handled_before": odd_texts,
    "originals": odd_texts, "forwarder_code": codes, "forwarder_body": odd_texts,
    "forward_number": odd_texts, "forward_on": odd_days, "second_instance_of": odd_texts,
    "late_reason": odd_texts,
    "respondents": rows(
        {"name": sound_names, "kind": words(RespondentKind), "position": odd_texts,
         "username": st.sampled_from(["minh", "an"]) | odd_texts, "agency_code": codes}, ("name",),
    ),
    "contested": st.fixed_dictionaries(
        {}, optional={"is_decision": st.booleans(), "number": odd_texts, "issued_on": odd_days,
                      "received_on": odd_days, "issuer": odd_texts, "description": odd_texts},
    ),
    "obstacles": rows({"from": odd_days, "to": odd_days}, ("from", "to")),
    "prior": rows(
        {"body": odd_texts, "form": odd_texts, "instance": odd_numbers, "issued_on": odd_days,
         "number": odd_texts, "summary": odd_texts, "may_sue": st.booleans()}, ("body", "form"),
    ),
    "parcels": rows(
        {"sheet": odd_texts, "parcel": odd_texts, "area_m2": odd_numbers | odd_texts, "land_kind": odd_texts},
        ("sheet", "parcel"),
    ),
}  # fmt: skip
registrations = st.fixed_dictionaries(
    {
        "kind": words(Kind),
        "received_on": st.just("2026-11-20") | odd_days,
        "summary": st.just("Tóm tắt") | odd_texts,
        "content": st.just("Nội dung") | odd_texts,
        "parties": people,
    },
    optional={name: mostly(value) for name, value in _REGISTRATION.items()},
)

_USERS = st.sampled_from(["an", "ha", "son"])
_DAYS = st.sampled_from(["2026-11-20", "2026-11-25", "2026-12-01"])
_GIVEN: dict[str, st.SearchStrategy[Any]] = {
    "outcome": words(Outcome),
    "assignee": mostly(_USERS, st.just("binh") | odd_texts),
    "team": st.lists(mostly(_USERS, odd_texts), min_size=2, max_size=3),
    "recipient": st.sampled_from(["bao-lam", "ubnd-tinh", "an-binh"]),
    "criteria": st.lists(mostly(words(Criterion), odd_texts), min_size=1, max_size=3),
    "complexity": st.sampled_from(["complex", "especially_complex"]),
    "dialogue_on": _DAYS, "notice_by": _DAYS, "until": _DAYS, "day": st.just("2026-11-20"),
    "days": st.integers(1, 30), "remaining": st.integers(0, 2),
    "withdrawal_test": words(WithdrawalTest),
    "fact": st.sampled_from(["received", "accepted", "decision_issued", "assigned"]),
    "competent": st.booleans(),
    "marks": st.lists(st.sampled_from(["all_signatures", "guided_once"]), max_size=2),
    "parts": st.lists(
        st.fixed_dictionaries(
            {"summary": mostly(st.just("Phần"), odd_texts), "content": mostly(st.just("Phần đơn"), odd_texts)},
            optional={"kind": words(Kind), "field_code": codes},
        ), min_size=2, max_size=3,
    ),
    "into": st.just("AB-2026-000001-1"),
    "changes": st.dictionaries(
        st.sampled_from(["summary", "content", "demand", "group_size", "written_on", "forward_on", "project_id",
                         "interpreter", "place_code", "field_code", "language", "official_conduct",
                         "parties.1.name", "parties.1.birth_year", "parties.9999.phone",
                         "respondents.1.name", "respondents.1.position", "state"]),
        odd_texts | odd_days | odd_numbers | st.booleans() | st.none(), max_size=4,
    ),
}  # fmt: skip
payloads = st.fixed_dictionaries(
    {
        need.value: mostly(
            _GIVEN.get(need.value, st.just("Theo quy định")),
            odd_texts | odd_days | odd_numbers | junk,
            15,
        )
        for need in sorted(Need)
        if need not in PERSONS
    }
)
"""A value for every need; a test keeps those of its act."""
