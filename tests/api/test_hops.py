"""The way of a file and the talk about it, for other programs."""

from __future__ import annotations

from tests.api.bodies import COMPLAINT, DENUNCIATION
from tests.api.conftest import Callers
from tests.world import World

DAY = "2026-11-20"


def test_a_file_is_given_on_and_spoken_of(callers: Callers, world: World) -> None:
    """Giving on is an act like any other; the way and the talk are read together."""
    code = callers.post("lan", "/cases", COMPLAINT).json["code"]
    given = {"assignee": "an", "content": "Xem xét, đề xuất", "until": "2026-11-27"}
    body = {"version": 1, "on": DAY, "given": given}
    assert callers.post("minh", f"/cases/{code}/acts/pass_on", body).status_code == 200
    assert callers.post("an", f"/cases/{code}/opinions", {"text": "Đã nhận"}).status_code == 201
    found = callers.get("minh", f"/cases/{code}/hops").json
    assert found["holder"] == "Phạm Văn An"
    assert [(each["giver"], each["due"], each["state"]) for each in found["hops"]] == [
        ("Trần Văn Minh", "2026-11-27", "open")
    ]
    assert [(each["kind"], each["text"]) for each in found["thread"]] == [
        ("direction", "Xem xét, đề xuất"),
        ("opinion", "Đã nhận"),
    ]
    late = {"version": 2, "on": DAY, "given": {"assignee": "ha", "until": "2026-12-31"}}
    refused = callers.post("an", f"/cases/{code}/acts/pass_on", late)
    assert refused.status_code == 422
    assert list(refused.json["errors"]) == ["given.until"]


def test_a_denunciation_is_as_hidden_here_as_there(callers: Callers, world: World) -> None:
    """Out of reach is not found; a direction is a leader's."""
    code = callers.post("lan", "/cases", DENUNCIATION).json["code"]
    assert callers.get("an", f"/cases/{code}/hops").status_code == 404
    assert callers.post("an", f"/cases/{code}/opinions", {"text": "a"}).status_code == 404
    said = {"text": "Làm ngay", "kind": "direction"}
    assert callers.post("lan", f"/cases/{code}/opinions", said).status_code == 403
    assert callers.post("minh", f"/cases/{code}/opinions", said).status_code == 201
