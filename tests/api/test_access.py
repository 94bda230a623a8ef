"""Who gets in and what they reach: every resource, every hat, own, other, respondent and related."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from config import clock
from config.database import db, transaction
from petitions.models import ApiToken, User
from petitions.services.accounts import revoke_token
from tests.api.bodies import COMPLAINT, DENUNCIATION
from tests.api.conftest import ROOT, Callers
from tests.conftest import NOW
from tests.world import World

RESOURCES: list[tuple[str, str, Any]] = [
    ("GET", "/cases", None),
    ("GET", "/cases/search?q=dat", None),
    ("GET", "/cases/{code}", None),
    ("POST", "/cases", COMPLAINT),
    ("POST", "/cases/{code}/acts/classify", {"version": 1, "on": "2026-11-20"}),
    ("GET", "/cases/{code}/hops", None),
    ("POST", "/cases/{code}/opinions", {"text": "Nhất trí"}),
    ("GET", "/submissions", None),
    ("GET", "/cases/{code}/submissions", None),
    ("POST", "/cases/{code}/submissions", {"action": "accept"}),
    ("GET", "/submissions/{uid}", None),
    *(
        ("POST", f"/submissions/{{uid}}/{verb}", {"version": 1})
        for verb in (
            "revise",
            "submit",
            "approve",
            "send-back",
            "recall",
            "reassign",
            "sign",
            "drop",
        )
    ),
    ("POST", "/deadlines", []),
    ("GET", "/law", None),
]
"""Every address of the API; ``test_description`` checks that none is missing."""
UID = "0" * 32
"""A proposal nobody wrote."""
AN_BINH = {"lan", "minh", "dung", "an", "ha", "son", "van"}
PROVINCE = {"phuc", "thu", "long", "hoa", "quy"}
OTHERS = {"binh", "khanh", "giam", "tam"}


@pytest.mark.parametrize(("method", "path", "body"), RESOURCES)
def test_no_resource_answers_without_a_sound_token(
    callers: Callers,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    path: str,
    body: Any,
) -> None:
    """None, a wrong scheme, an unknown, revoked or expired token, a disabled person, a session cookie."""
    path = path.format(uid=UID, code=callers.post("lan", "/cases", COMPLAINT).json["code"])
    client = callers.app.test_client()
    sound = callers.tokens["minh"]

    def refused(header: str | None, error: bool = True) -> None:
        headers = {"Idempotency-Key": "k"} | ({} if header is None else {"Authorization": header})
        answer = client.open(ROOT + path, method=method, headers=headers, json=body)
        assert answer.status_code == 401, answer.text
        assert answer.mimetype == "application/problem+json"
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert ("invalid_token" in answer.headers["WWW-Authenticate"]) is error
        assert "Set-Cookie" not in answer.headers

    refused(None, error=False)
    refused(f"Basic {sound}", error=False)
    refused("Bearer ", error=False)
    refused(f"Bearer {sound}x")
    refused("Bearer đúng".encode().decode("latin-1"))
    with client.session_transaction() as cookie:
        cookie["_user_id"] = f"{world.minh.user_id}:{world.minh.hat_id}:1"
        cookie["_fresh"] = True
    refused(None, error=False)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=31))
    refused(f"Bearer {sound}")
    monkeypatch.setattr(clock, "now", lambda: NOW)
    token_id = db.session.scalars(
        select(ApiToken.id).where(ApiToken.user_id == world.minh.user_id)
    ).one()
    revoke_token(world.minh, token_id, NOW)
    refused(f"Bearer {sound}")
    with transaction() as session:
        session.execute(update(User).where(User.username == "lan").values(disabled_at=NOW))
    refused(f"Bearer {callers.tokens['lan']}")


def reaches(callers: Callers, code: str, words: str) -> set[str]:
    """Who reaches the case; list, search, page and act agree about each, and hide it as if unknown."""
    prefix, year, *_ = code.split("-")
    unknown = next(
        other for digit in range(10)
        if callers.get("hoa", f"/cases/{(other := f'{prefix}-{year}-999999-{digit}')}").status_code == 404
    )  # fmt: skip
    body = {"version": 77, "on": "2026-11-20", "given": {}}
    found = set()
    for who in callers.tokens:
        listed = code in [
            line["code"] for line in callers.get(who, "/cases", open="all").json["cases"]
        ]
        searched = code in [
            line["code"] for line in callers.get(who, "/cases/search", q=words).json["cases"]
        ]
        by_code = callers.get(who, "/cases/search", q=code).json["cases"] != []
        page = callers.get(who, f"/cases/{code}")
        act = callers.post(who, f"/cases/{code}/acts/accept", body)
        if page.status_code == 200:
            found.add(who)
            assert act.json["code"] == "stale", act.text
        else:
            nothing = callers.get(who, f"/cases/{unknown}")
            no_act = callers.post(who, f"/cases/{unknown}/acts/accept", body)
            assert (page.status_code, page.data) == (404, nothing.data)
            assert (act.status_code, act.data) == (404, no_act.data)
            hidden = {"X-Request-Id"}
            assert {k: v for k, v in page.headers if k not in hidden} == {
                k: v for k, v in nothing.headers if k not in hidden
            }
        assert listed is searched is by_code is (page.status_code == 200), who
    return found


def test_a_complaint_is_seen_by_its_agency_and_those_above(callers: Callers) -> None:
    """Not next door, not by the administrator, not by a supervisor who did not forward it."""
    code = callers.post("lan", "/cases", COMPLAINT).json["code"]
    assert reaches(callers, code, "thu hoi dat") == AN_BINH | PROVINCE


def test_a_denunciation_is_seen_by_head_duty_and_whoever_took_it_in(callers: Callers) -> None:
    """Not by deputies, colleagues, the province's offices or an inspector without that duty."""
    code = callers.post("lan", "/cases", DENUNCIATION).json["code"]
    assert reaches(callers, code, "dia chinh") == {"lan", "minh", "hoa"}


def test_respondents_and_the_related_are_shut_out_everywhere(callers: Callers) -> None:
    """An is complained of, Hà declares herself related; a case against the head goes above his head."""
    respondents = [{"name": "Phạm Văn An", "username": "an"}]
    code = callers.post("lan", "/cases", COMPLAINT | {"respondents": respondents}).json["code"]
    related = callers.act("minh", code, "declare_relation", 1, assignee="ha", reason="Em ruột")
    assert related.status_code == 200, related.text
    assert reaches(callers, code, "thu hoi dat") == (AN_BINH | PROVINCE) - {"an", "ha"}
    against_head = [{"name": "Trần Văn Minh", "username": "minh"}]
    above = callers.post("lan", "/cases", DENUNCIATION | {"respondents": against_head}).json["code"]
    assert reaches(callers, above, "dia chinh") == {"lan", "phuc", "hoa"}


def test_a_hat_does_only_what_is_its_to_do(callers: Callers) -> None:
    """The clerk sees the case but does not decide on it; the administrator registers nothing."""
    code = callers.post("lan", "/cases", COMPLAINT).json["code"]
    callers.act("lan", code, "classify", 1, competent=True)
    here, elsewhere = (409, "needs_submission"), (403, "forbidden")  # the head would sign
    for who, answer in (("lan", here), ("van", here), ("an", here), ("hoa", elsewhere)):
        refused = callers.act(who, code, "accept", 2)
        assert (refused.status_code, refused.json["code"]) == answer, who
        shown = callers.get(who, f"/cases/{code}").json["actions"]
        assert not any(each["action"] == "accept" and each["allowed"] for each in shown)
    assert callers.act("dung", code, "accept", 2).status_code == 200
    for who in ("tam", "giam"):
        assert callers.post(who, "/cases", COMPLAINT).status_code == 409


def test_everybody_with_a_token_may_count_deadlines_and_read_the_law(callers: Callers) -> None:
    """The law is nobody's secret."""
    for who in callers.tokens:
        assert callers.post(who, "/deadlines", [], key=None).json == []
        assert callers.get(who, "/law").status_code == 200
    assert set(callers.tokens) == AN_BINH | PROVINCE | OTHERS
