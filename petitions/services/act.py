"""An act in the doing: what its consequences may know and what they may add."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from petitions.models import Case
from petitions.rulebook import Rulebook
from workflows.lifecycle import Move
from workflows.vocabulary import Action, Actor


@dataclass(frozen=True, slots=True)
class Act:
    """An act being done."""

    session: Session
    case: Case
    move: Move
    given: Mapping[str, Any]
    on: date
    actor: Actor
    now: datetime
    today: date
    book: Rulebook

    @property
    def action(self) -> Action:
        """What is being done."""
        return self.move.action


@dataclass(slots=True)
class Aftermath:
    """What a consequence adds to the event, and where the actor looks next."""

    data: dict[str, Any] = field(default_factory=dict)
    personal: dict[str, Any] = field(default_factory=dict)
    correction: bool = False
    go_to: str | None = None
    told: Sequence[int] = ()
