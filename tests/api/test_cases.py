"""Cases over the API: registered, listed, found, looked at and acted on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from config.database import db
from petitions.api.shapes import CaseShape, FoundShape, QueueShape
from petitions.models import Case
from petitions.services.intake import register
from tests.api.bodies import COMPLAINT, DENUNCIATION
from tests.api.conftest import ROOT, Callers
from tests.conftest import NOW
from tests.petitions import test_intake
from tests.statements import counted
from tests.world import World


def made(callers: Callers, **more: Any) -> str:
    """The code of a complaint Lan registers."""
    response = callers.post("lan", "/cases", COMPLAINT | more)
    assert response.status_code == 201, response.text
    return str(response.json["code"])


def test_a_petition_is_registered_and_lives_on(callers: Callers) -> None:
    """Registered, classified, accepted: each answer leads to the next, each page names what may follow."""
    response = callers.post("lan", "/cases", COMPLAINT)
    assert (response.status_code, response.headers["Location"]) == (
        201,
        f"{ROOT}/cases/{response.json['code']}",
    )
    code = response.json["code"]
    seen = callers.get("minh", f"/cases/{code}").json
    assert CaseShape().validate(seen) == {}
    assert (seen["state"], seen["coarse"], seen["version"]) == ("received", "received", 1)
    assert seen["people"][0] | {"details": None} == {
        "side": "petitioner", "ordinal": 1, "role": "petitioner", "sealed": False, "name": "Nguyễn Văn Đức",
        "is_representative": False, "withdrew_on": None, "details": None,
    }  # fmt: skip
    due = {clock["step"]: clock for clock in seen["clocks"]}
    assert due["acceptance_decision"]["due"] == "2026-12-02"
    assert "thứ Sáu, 20/11/2026" in due["acceptance_decision"]["explanation"][1]
    actions = {each["action"]: each for each in seen["actions"]}
    assert actions["classify"]["allowed"]
    assert not actions["accept"]["allowed"]
    assert actions["accept"]["reason"]
    assert actions["accept"]["article"]
    assert "register" not in actions

    assert callers.act("lan", code, "classify", 1, competent=True).json == {"code": code}
    accepted = callers.act("minh", code, "accept", 2)
    assert accepted.status_code == 200, accepted.text
    seen = callers.get("minh", f"/cases/{code}").json
    assert (seen["state"], seen["coarse"], seen["version"]) == ("accepted", "assigned", 3)
    assert [each["action"] for each in seen["timeline"]] == ["accept", "classify", "register"]
    team = next(each for each in seen["actions"] if each["action"] == "assign_verification")
    assert {each["name"]: each["widget"] for each in team["fields"]} == {
        "team": "users",
        "assignee": "user",
        "lead": "agency",
        "cooperating": "agencies",
    }


def test_a_case_with_everything_in_it_keeps_the_documented_shape(callers: Callers) -> None:
    """Every list of the page filled."""
    code = made(
        callers,
        prior=[{"body": "UBND huyện", "form": "Quyết định", "instance": 1, "issued_on": "2026-01-05"}],
        parcels=[{"sheet": "3", "parcel": "7", "area_m2": 120.5}],
        forwarder_code="bao-lam", forward_number="5/CV", forward_on="2026-11-18", written_on="2026-11-01",
        obstacles=[{"from": "2026-10-06", "to": "2026-10-09"}],
    )  # fmt: skip
    second = made(callers)
    assert callers.act("minh", second, "join", 1, into=code, reason="Cùng vụ việc").json == {
        "code": code
    }
    seen = callers.get("minh", f"/cases/{code}").json
    assert CaseShape().validate(seen) == {}
    assert seen["parcels"] == [
        {"sheet": "3", "parcel": "7", "area_m2": "120.50", "land_kind": None}
    ]
    assert seen["links"][0]["code"] == second
    assert seen["papers"][0]["forwarder"] == "UBND xã Bảo Lâm"
    assert all(
        seen[name] for name in ("prior", "contested", "clocks", "timeline", "people", "actions")
    )
    queue = callers.get("minh", "/cases", open="all").json
    assert QueueShape().validate(queue) == {}
    assert FoundShape().validate(callers.get("minh", "/cases/search", q="thu hoi dat").json) == {}


def test_a_denouncer_stays_sealed(callers: Callers) -> None:
    """Neither list, page, search nor problem names the person; the text that does is refused with its place."""
    leaking = DENUNCIATION | {"content": "Tôi là lo thi binh minh, ở thôn Đông."}
    refused = callers.post("lan", "/cases", leaking)
    assert (refused.status_code, refused.json["code"]) == (422, "sealed_value_in_text")
    assert refused.json["marks"] == [[7, 23]]
    assert list(refused.json["errors"]) == ["content"]
    code = callers.post("lan", "/cases", DENUNCIATION).json["code"]
    answers = [
        callers.get("minh", f"/cases/{code}"),
        callers.get("minh", "/cases"),
        callers.get("minh", "/cases/search", q="tố cáo"),
        callers.get("minh", "/cases/search", q="Lò Thị Bình Minh"),
    ]
    assert all(
        "Bình Minh" not in answer.text and "0987654321" not in answer.text for answer in answers
    )
    assert [len(answer.json["cases"]) for answer in answers[1:]] == [1, 1, 0]
    named = callers.act("lan", code, "add_paper", 1, document="Đơn của Lò Thị Bình Minh")
    assert (named.status_code, list(named.json["errors"])) == (422, ["given.document"])


def test_a_list_is_read_page_by_page(callers: Callers) -> None:
    """Each case once, whatever the page size; filters narrow it; a made-up place is refused."""
    codes = [made(callers, received_on=day, late_reason="Nhập muộn") for day in ("2026-11-20", "2026-11-10", "2026-11-16")]  # fmt: skip
    seen, after = [], None
    while True:
        page = callers.get("minh", "/cases", limit=2, **({"after": after} if after else {})).json
        seen += [line["code"] for line in page["cases"]]
        assert len(page["cases"]) <= 2
        after = page["page"]["next"]
        if after is None:
            break
    assert seen == [codes[1], codes[2], codes[0]]
    assert callers.get("minh", "/cases", kind="denunciation").json["cases"] == []
    assert (
        len(
            callers.get("minh", "/cases", coarse="received", received_from="16/11/2026").json[
                "cases"
            ]
        )
        == 2
    )
    bad = callers.get("minh", "/cases", after="1; DROP", limit=201, colour="red")
    assert (bad.status_code, set(bad.json["errors"])) == (422, {"after", "limit", "colour"})


def test_search_finds_with_and_without_marks_and_by_code(callers: Callers) -> None:
    """However the code is typed."""
    code = made(callers)
    for words in ("thu hồi đất", "thu hoi dat", code, code.lower().replace("-", " ")):
        found = callers.get("lan", "/cases/search", q=words).json["cases"]
        assert [line["code"] for line in found] == [code]
    assert callers.get("lan", f"/cases/{code.lower()}").json["code"] == code
    assert callers.get("lan", "/cases/search").json["errors"].keys() == {"q"}


def test_a_repeated_write_answers_with_the_first_result(callers: Callers) -> None:
    """Same status, same body, said so; nothing is written twice."""
    first = callers.post("lan", "/cases", COMPLAINT, key="once")
    again = callers.post("lan", "/cases", COMPLAINT, key="once")
    assert (first.status_code, first.json) == (again.status_code, again.json) == (201, first.json)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert db.session.scalar(select(func.count(Case.id))) == 1
    code = first.json["code"]
    body = {"version": 1, "on": "2026-11-20"}
    done = callers.post("lan", f"/cases/{code}/acts/classify", body, key="act")
    repeated = callers.post("lan", f"/cases/{code}/acts/classify", body, key="act")
    assert (done.status_code, repeated.status_code, repeated.json) == (200, 200, done.json)
    assert repeated.headers["Idempotent-Replayed"] == "true"
    assert callers.get("lan", f"/cases/{code}").json["version"] == 2
    other = callers.post("lan", "/cases", COMPLAINT, key="act")
    assert (other.status_code, other.json["code"]) == (409, "conflict")
    elsewhere = callers.post("thu", "/cases", COMPLAINT, key="once")
    assert elsewhere.status_code == 201
    assert elsewhere.json != first.json


@pytest.mark.parametrize("key", [None, "a b", "x" * 81])
def test_a_write_needs_a_key_that_can_be_kept(callers: Callers, key: str | None) -> None:
    """Registration and act alike."""
    for path, body in (("/cases", COMPLAINT), ("/cases/AB-2026-000001-1/acts/accept", {"version": 1, "on": "2026-11-20"})):  # fmt: skip
        response = callers.post("lan", path, body, key=key)
        assert (response.status_code, list(response.json["errors"])) == (422, ["Idempotency-Key"])
    assert db.session.scalar(select(func.count(Case.id))) == 0


def test_refusals_say_what_stands_against_the_act(callers: Callers) -> None:
    """Stale, not lawful now with its article, wrong at a field of the body, unknown act."""
    code = made(callers)
    stale = callers.act("lan", code, "classify", 9)
    assert (stale.status_code, stale.json["code"]) == (409, "stale")
    early = callers.act("minh", code, "accept", 1)
    assert (early.status_code, early.json["code"]) == (409, "not_allowed_now")
    assert early.json["article"]
    future = callers.act("lan", code, "classify", 1, on="2026-11-21")
    assert (future.status_code, list(future.json["errors"])) == (422, ["on"])
    late = callers.act("lan", code, "add_paper", 1, on="2026-11-02", document="1/GT")
    assert list(late.json["errors"]) == ["late_reason"]
    nobody = callers.act("minh", code, "assign", 1, assignee="khong-ai")
    assert list(nobody.json["errors"]) == ["given.assignee"]
    missing = callers.act("minh", code, "correct", 1, changes={"summary": "Mới"})
    assert list(missing.json["errors"]) == ["given.reason"]
    foreign = callers.act("lan", code, "classify", 1, days=3, changes={"state": "closed"})
    assert set(foreign.json["errors"]) == {"given.changes.state"}
    foreign = callers.act("lan", code, "classify", 1, days=3)
    assert list(foreign.json["errors"]) == ["given.days"]
    assert callers.act("lan", code, "vanish", 1).status_code == 404
    for elsewhere in ("register", "import", "restate", "open_identity"):
        assert callers.act("minh", code, elsewhere, 1, reason="x").status_code == 404
    assert callers.get("lan", f"/cases/{code}").json["version"] == 1


def test_a_registration_with_faults_leaves_nothing(callers: Callers) -> None:
    """Faults of shape together, then faults of meaning together."""
    shape = callers.post("lan", "/cases", COMPLAINT | {"kind": "x", "received_on": "2026-02-30"})
    assert set(shape.json["errors"]) == {"kind", "received_on"}
    meaning = callers.post(
        "lan", "/cases", COMPLAINT | {"received_on": "2026-11-21", "summary": " ", "parties": []}
    )
    assert {"received_on", "summary", "parties"} <= set(meaning.json["errors"])
    unknown = callers.post("lan", "/cases", COMPLAINT | {"field_code": "khong-co"})
    assert list(unknown.json["errors"]) == ["field_code"]
    assert db.session.scalar(select(func.count(Case.id))) == 0


@pytest.mark.parametrize("rows", [1, 50, 200])
def test_a_list_takes_six_statements_with_its_sign_in(
    callers: Callers, world: World, rows: int
) -> None:
    """Whatever the number of rows; the search one more."""
    for n in range(rows):
        register(test_intake.COMPLAINT, actor=world.lan, now=NOW + timedelta(seconds=n))
    db.session.rollback()
    with counted() as seen:
        assert len(callers.get("minh", "/cases", limit=200).json["cases"]) == rows
    assert len(seen.statements) <= 6, "\n".join(seen.statements)
    with counted() as seen:
        assert (
            len(callers.get("minh", "/cases/search", q="thu hoi", limit=200).json["cases"]) == rows
        )
    assert len(seen.statements) <= 7


def test_a_case_and_the_commands_take_few_statements(callers: Callers) -> None:
    """Page ten and registration fourteen, with four for the sign-in and one for the one-time key."""
    code = made(callers)
    with counted() as seen:
        callers.get("minh", f"/cases/{code}")
    assert len(seen.statements) <= 14
    with counted() as seen:
        callers.post("lan", "/cases", COMPLAINT)
    assert len(seen.statements) <= 19
    assert seen.commits == 1
