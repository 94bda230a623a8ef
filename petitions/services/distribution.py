"""Distributing files: several given on to one person with one direction, each an act of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from config.clock import local_day
from petitions.errors import DomainError, Invalid
from petitions.services.acts import perform
from workflows.vocabulary import Action, Actor, Need

MOST = 200
"""Files of one distribution."""
DONE = "Đã giao."


@dataclass(frozen=True, slots=True)
class Distributed:
    """What became of one file; ``message`` says why when it was not given on."""

    code: str
    done: bool
    message: str


def distribute(
    codes: Sequence[str],
    to: str,
    *,
    direction: str = "",
    until: date | None = None,
    versions: Mapping[str, int] | None = None,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> tuple[Distributed, ...]:
    """Give each of the cases ``codes`` on to the user named ``to``; one result each.

    Every file is a transaction and an event of its own, so what was done stands if the rest fails,
    and the same call again goes on. ``versions`` are those of the files as the giver saw them: what
    somebody else changed meanwhile is left where it is. Without ``until`` each file gets the date derived for it.
    Raises ``Invalid`` at ``files`` before the first when there are none or more than ``MOST``.
    """
    chosen = list(dict.fromkeys(codes))
    if not chosen:
        raise Invalid.at("files", "Phải chọn ít nhất một hồ sơ.")
    if len(chosen) > MOST:
        raise Invalid.at("files", f"Mỗi lần giao nhiều nhất {MOST} hồ sơ.")
    given: dict[Need, Any] = {Need.ASSIGNEE: to}
    if direction.strip():
        given[Need.CONTENT] = direction
    if until is not None:
        given[Need.UNTIL] = until
    results = []
    for code in chosen:
        try:
            perform(
                code,
                Action.PASS_ON,
                given,
                version=(versions or {}).get(code),
                on=local_day(now),
                actor=actor,
                now=now,
                key=key and f"{key}:{code}",
            )
            results.append(Distributed(code, True, DONE))
        except DomainError as refusal:
            results.append(Distributed(code, False, told(refusal)))
    return tuple(results)


def told(refusal: DomainError) -> str:
    """Why a file of many was left where it was, in one sentence."""
    if isinstance(refusal, Invalid):
        return next(iter(refusal.fields.values()))[0]
    return refusal.message
