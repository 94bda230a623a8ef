"""Whatever a body holds, the answer is a result or a problem at a field, never a failure."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from config.database import db
from petitions.api.cases import ELSEWHERE
from petitions.models import Case, Event
from petitions.schemas.acts import needs_of
from tests.api.bodies import (
    COMPLAINT,
    DENUNCIATION,
    junk,
    mostly,
    odd_days,
    payloads,
    registrations,
)
from tests.api.conftest import Callers
from workflows.vocabulary import Action, Need

examples = pytest.mark.parametrize("examples", [40, pytest.param(1000, marks=pytest.mark.proof)])
BEGINNINGS = (COMPLAINT, DENUNCIATION, COMPLAINT | {"kind": "recommendation"}, COMPLAINT)
ASIDE = {"declare_relation", "add_paper", "urge", "record_mediation", "void"}
"""Acts that lead nowhere; tried when any act is."""
REFUSALS = {400, 403, 404, 409, 422}


@examples
def test_no_registration_fails(callers: Callers, examples: int) -> None:
    """Half-sound registrations either become one case with one event, or leave nothing."""

    @settings(max_examples=examples)
    @given(registrations | junk)
    def run(body: object) -> None:
        before = db.session.scalar(select(func.count(Case.id)))
        db.session.rollback()
        response = callers.post("lan", "/cases", body)
        made = db.session.scalar(select(func.count(Case.id)))
        assert response.status_code in {201} | REFUSALS, response.text
        assert made == before + (response.status_code == 201)
        assert db.session.scalar(select(func.count(Event.id))) == made
        if response.status_code == 201:
            assert callers.get("minh", f"/cases/{response.json['code']}").status_code in {200, 404}
        else:
            assert response.json["detail"]

    run()


@examples
def test_no_act_fails(callers: Callers, examples: int) -> None:
    """Random acts, mostly permitted ones, with half-sound payloads: a result or a refusal."""
    codes: list[str] = []

    @settings(max_examples=examples)
    @given(
        who=st.sampled_from(["minh", "minh", "minh", "an", "lan", "van", "phuc", "hoa"]),
        which=st.integers(0, 20),
        pick=st.integers(0, 1000),
        any_act=mostly(st.just(False), st.just(True)),
        version=mostly(st.just("now"), st.sampled_from([0, 99, None])),
        on=mostly(st.just("2026-11-20"), odd_days),
        values=payloads,
        late_reason=mostly(st.sampled_from([None, "Nhập muộn"])),
        dropped=mostly(st.just(set()), st.sets(st.sampled_from(sorted(Need)), max_size=9)),
    )
    def run(who, which, pick, any_act, version, on, values, late_reason, dropped) -> None:  # type: ignore[no-untyped-def]
        steps[0] += 1
        if steps[0] % 40 == 1:  # before everything has come to its end
            codes[:] = [callers.post("lan", "/cases", body).json["code"] for body in BEGINNINGS]
        code = codes[which % len(codes)]
        seen = callers.get(who, f"/cases/{code}")
        actions = sorted(set(Action) - ELSEWHERE)
        if seen.status_code == 200 and not any_act:
            allowed = [each["action"] for each in seen.json["actions"] if each["allowed"]]
            actions = [Action(name) for name in allowed if name not in ASIDE] or actions
        if version == "now":
            version = seen.json["version"] if seen.status_code == 200 else 1
        action = actions[pick % len(actions)]
        body = {
            "version": version,
            "on": on,
            "given": {need: values[need] for need in needs_of(action) - dropped},
            "late_reason": late_reason,
        }
        response = callers.post(who, f"/cases/{code}/acts/{action.value}", body)
        assert response.status_code in {200} | REFUSALS, response.text
        if response.status_code == 200:
            done[action] += 1
            if response.json["code"] not in codes and len(codes) < 9:
                codes.append(response.json["code"])

    steps, done = [0], Counter[Action]()
    run()
    assert done
