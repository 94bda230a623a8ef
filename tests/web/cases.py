"""Cases for the pages to show."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from petitions.services.acts import perform
from petitions.services.intake import register
from petitions.services.registration import Person, Registration
from tests.conftest import NOW, TODAY
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.world import World
from workflows.vocabulary import Action, Actor, Kind, Need

__all__ = ["COMPLAINT", "DENUNCIATION", "complaints", "done", "in_verification", "registered"]

LATE = "Nhập bù từ sổ giấy"


def registered(
    world: World, given: Registration = COMPLAINT, by: Actor | None = None, **changes: Any
) -> str:
    """One case; its code."""
    return register(replace(given, **changes), actor=by or world.lan, now=NOW)


def complaints(world: World, count: int) -> list[str]:
    """Complaints received on days going back."""
    return [
        registered(
            world,
            received_on=TODAY - timedelta(days=number % 30),
            late_reason=LATE,
            summary=f"Khiếu nại thu hồi đất số {number}",
            parties=(Person(name=f"Nguyễn Văn Thứ {number}"),),
            contested=None,
        )
        for number in range(count)
    ]


def done(
    code: str, action: Action, actor: Actor, given: dict[str, Any] | None = None, on: date = TODAY
) -> None:
    """An act done elsewhere."""
    perform(code, action, given or {}, version=None, on=on, actor=actor, now=NOW, late_reason=LATE)


def in_verification(world: World) -> str:
    """A complaint accepted and given to An to verify."""
    code = registered(world)
    done(code, Action.CLASSIFY, world.lan, {Need.COMPETENT: True})
    done(code, Action.ACCEPT, world.minh)
    done(code, Action.ASSIGN_VERIFICATION, world.minh, {Need.ASSIGNEE: "an"})
    return code


def of_every_kind(world: World) -> dict[Kind, str]:
    """One case of each kind."""
    return {
        Kind.COMPLAINT: registered(world),
        Kind.DENUNCIATION: registered(world, DENUNCIATION),
        Kind.RECOMMENDATION: registered(world, kind=Kind.RECOMMENDATION, contested=None),
        Kind.FEEDBACK: registered(world, kind=Kind.FEEDBACK, contested=None),
    }
