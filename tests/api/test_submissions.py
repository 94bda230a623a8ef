"""Proposals through the API: an act with approvers is refused with its way, and the way can be gone."""

from __future__ import annotations

import jsonschema_rs
import pytest

from tests.api.conftest import ROOT, Callers
from tests.petitions.routing import DEPUTY, HEAD, SECTION, classified, routed, row
from tests.petitions.test_intake import DENUNCIATION
from tests.world import World
from workflows.office import SubmissionStatus


def proposal(callers: Callers, code: str, who: str = "an") -> str:
    """A proposal to accept; its uid."""
    answer = callers.post(who, f"/cases/{code}/submissions", {"action": "accept"})
    assert answer.status_code == 201, answer.text
    return str(answer.json["uid"])


def move(callers: Callers, who: str, uid: str, verb: str, **more: object):  # type: ignore[no-untyped-def]
    """A round on whatever version stands."""
    body = {"version": row(uid).version, **more}
    return callers.post(who, f"/submissions/{uid}/{verb}", body)


def test_without_a_route_the_head_signs_for_whoever_may_not(callers: Callers, world: World) -> None:
    """409 with the head as the only step for the officer; a stranger finds nothing, the head does it."""
    code = classified(world)
    answer = callers.act("an", code, "accept", 3)
    assert answer.status_code == 409
    assert answer.json["code"] == "needs_submission"
    assert answer.json["route"] == {
        "agency": "UBND xã An Bình",
        "work": "processing",
        "steps": [{"role": "head", "agency": "UBND xã An Bình", "days": 1}],
    }
    assert callers.act("an", code, "close", 3).json["code"] == "not_allowed_now"
    assert callers.act("binh", code, "accept", 3).status_code == 404
    proposal(callers, code)
    assert callers.act("minh", code, "accept", 3).status_code == 200


def test_an_act_with_approvers_names_its_way(callers: Callers, world: World) -> None:
    """409 with agency, work and steps, and the address the act is proposed at; facts are done at once."""
    code = classified(world)
    routed(SECTION, HEAD)
    for who in ("minh", "an"):
        answer = callers.act(who, code, "accept", 3)
        assert answer.status_code == 409
        assert answer.mimetype == "application/problem+json"
        assert answer.json["code"] == "needs_submission"
        assert answer.json["route"] == {
            "agency": "UBND xã An Bình",
            "work": "processing",
            "steps": [
                {"role": "section_head", "agency": "UBND xã An Bình", "days": 1},
                {"role": "head", "agency": "UBND xã An Bình", "days": 1},
            ],
        }
        assert answer.json["submissions"] == f"{ROOT}/cases/{code}/submissions"
    assert callers.act("binh", code, "accept", 3).status_code == 404
    version = callers.get("an", f"/cases/{code}").json["version"]
    assert callers.act("an", code, "add_paper", version, document="Giấy").status_code == 200


def test_the_whole_way(callers: Callers, world: World) -> None:
    """Proposed, submitted, approved, signed; each round once under its key."""
    routed(SECTION, HEAD)
    code = classified(world)
    uid = proposal(callers, code)
    assert [each["uid"] for each in callers.get("an", "/submissions").json["submissions"]] == [uid]
    shown = callers.get("an", f"/submissions/{uid}").json
    assert set(shown["may"]) == {"revise", "submit", "drop"}
    assert [each["username"] for each in shown["up"]] == ["son"]
    body = {"version": shown["version"], "opinion": "Kính trình"}
    first = callers.post("an", f"/submissions/{uid}/submit", body, key="k-1")
    again = callers.post("an", f"/submissions/{uid}/submit", body, key="k-1")
    assert (first.status_code, first.data) == (again.status_code, again.data) == (200, first.data)
    assert again.headers["Idempotent-Replayed"] == "true"
    stale = callers.post("son", f"/submissions/{uid}/approve", {"version": shown["version"]})
    assert (stale.status_code, stale.json["code"]) == (409, "conflict")
    assert move(callers, "son", uid, "approve").status_code == 200
    done = move(callers, "minh", uid, "sign")
    assert (done.status_code, done.json) == (200, {"code": code})
    assert callers.get("an", f"/cases/{code}").json["state"] == "accepted"
    (line,) = callers.get("an", f"/cases/{code}/submissions").json["submissions"]
    assert line["status"] == "dispatched"
    rounds = callers.get("an", f"/submissions/{uid}").json["rounds"]
    assert [each["verdict"] for each in rounds] == ["draft", "submit", "approve", "sign"]


def test_back_and_about(callers: Callers, world: World) -> None:
    """Sent back, revised, recalled, re-assigned, dropped; faults at their fields."""
    routed(DEPUTY, HEAD)
    uid = proposal(callers, classified(world))
    assert move(callers, "an", uid, "submit").status_code == 200
    wrong = move(callers, "dung", uid, "send-back")
    assert (wrong.status_code, set(wrong.json["errors"])) == (422, {"opinion", "due"})
    back = move(callers, "dung", uid, "send-back", opinion="Rõ hơn", due="2026-11-25")
    assert back.status_code == 200
    bad = move(callers, "an", uid, "revise", given={"days": 3})
    assert (bad.status_code, set(bad.json["errors"])) == (422, {"given.days"})
    assert move(callers, "an", uid, "revise", given={}).status_code == 200
    assert move(callers, "an", uid, "submit").status_code == 200
    assert move(callers, "an", uid, "recall", reason="Thiếu").status_code == 200
    assert move(callers, "an", uid, "reassign", to="ha").status_code == 403
    assert move(callers, "minh", uid, "reassign", to="ha").status_code == 200
    assert move(callers, "ha", uid, "drop", reason="Trùng").status_code == 200
    assert row(uid).status is SubmissionStatus.DROPPED
    assert move(callers, "ha", uid, "submit").status_code == 409


def test_what_the_law_refuses_goes_back(callers: Callers, world: World) -> None:
    """409 with the article; the proposal lies with its author."""
    routed(HEAD)
    code = classified(world)
    uid = proposal(callers, code)
    assert move(callers, "an", uid, "submit").status_code == 200
    version = callers.get("minh", f"/cases/{code}").json["version"]
    gone = callers.act("minh", code, "withdraw", version, document="Đơn", reason="Rút")
    assert gone.status_code == 200, gone.text
    refused = move(callers, "minh", uid, "sign")
    assert (refused.status_code, refused.json["code"]) == (409, "not_allowed_now")
    assert row(uid).status is SubmissionStatus.SENT_BACK


def test_out_of_reach_answers_as_unknown(callers: Callers, world: World) -> None:
    """Whatever is asked of it, byte for byte."""
    routed(SECTION, HEAD)
    code = classified(world, DENUNCIATION)
    uid = proposal(callers, code)
    for who in ("son", "binh", "tam"):
        for verb in ("submit", "approve", "sign", "recall", "drop"):
            real = callers.post(who, f"/submissions/{uid}/{verb}", {"version": 1})
            none = callers.post(who, f"/submissions/{'0' * 32}/{verb}", {"version": 1})
            assert (real.status_code, none.status_code) == (404, 404)
            assert real.data == none.data
        assert callers.get(who, f"/submissions/{uid}").status_code == 404
        assert callers.get(who, f"/cases/{code}/submissions").status_code == 404
    assert callers.get("an", "/submissions/xyz").status_code == 404


@pytest.mark.sqlite_only
def test_answers_fit_their_description(callers: Callers, world: World) -> None:
    """Judged by an independent validator."""
    routed(SECTION, HEAD)
    code = classified(world)
    problem = callers.act("an", code, "accept", 3).json
    uid = proposal(callers, code)
    document = callers.app.test_client().get(f"{ROOT}/openapi.json").get_json()
    for name, body in {
        "Submission": callers.get("an", f"/submissions/{uid}").json,
        "SubmissionLines": callers.get("an", "/submissions").json,
        "Problem": problem,
    }.items():
        schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        jsonschema_rs.validator_for(schema).validate(body)
