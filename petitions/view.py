"""A case row in the plain values the law reasons about, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from petitions.jsonable import plain
from petitions.models import Case, Deadline
from workflows.casefile import CaseFile
from workflows.facts import DATED_FACTS, RECEPTION, CaseItem, Facts, Obstacle, Suspension
from workflows.records import ClockState, Nature, Source
from workflows.vocabulary import Fact, Kind, Mark, Step


def view(case: Case, clocks: Iterable[Deadline] = ()) -> CaseFile:
    """What the lifecycle may know of this case and its running clocks."""
    ends = {
        clock.step: clock.due
        for clock in clocks
        if clock.state is ClockState.RUNNING and clock.nature is Nature.STATUTORY
    }
    return CaseFile(
        kind=case.kind,
        subkind=case.subkind,
        instance=case.instance,
        state=case.state,
        came_from=case.came_from,
        complexity=case.complexity,
        remote=case.remote,
        competent=case.competent,
        anonymous=case.anonymous,
        at_reception=case.source is Source.RECEPTION,
        forwarded=case.forwarder_id is not None or Fact.FORWARDED_BY in case.facts,
        group_size=case.group_size,
        paused_since=case.paused_since,
        stayed_until=case.stayed_until,
        protection=case.protection,
        facts=_with_days(case.facts),
        marks=frozenset(Mark(mark) for mark in case.marks),
        received_on=case.first_received_on,
        last_on=case.last_on,
        settlement_due=ends.get(Step.SETTLEMENT),
        window_until=ends.get(Step.SECOND_COMPLAINT_WINDOW),
        effect_from=ends.get(Step.LEGAL_EFFECT),
    )


def write_back(case: Case, after: CaseFile) -> None:
    """Put what an act changed into the row's columns (the state is the ledger's)."""
    case.came_from = after.came_from
    case.complexity = after.complexity
    case.competent = after.competent
    case.group_size = after.group_size
    case.paused_since = after.paused_since
    case.stayed_until = after.stayed_until
    case.protection = after.protection
    case.first_received_on = after.received_on
    case.received_on = after.day(Fact.RECEIVED) or after.received_on
    case.last_on = after.last_on
    case.marks = sorted(mark.value for mark in after.marks)
    case.facts = {str(name): plain(value) for name, value in after.facts.items()}


def items(case: Case) -> tuple[CaseItem, ...]:
    """What the calculator counts for this case.

    A petition handed in at reception also has the reception desk's own clocks: the notice of the
    result of intake, and the report to the body that forwarded it (Law on Citizen Reception arts 27, 28).
    """
    facts = _calculator_facts(case.facts)
    main = CaseItem(
        kind=case.kind,
        subkind=case.subkind,
        instance=case.instance,
        remote=case.remote,
        complexity=case.complexity,
        facts=facts,
    )
    at_desk = case.source is Source.RECEPTION and case.kind in {Kind.COMPLAINT, Kind.DENUNCIATION}
    desk = Facts(
        received=facts.received if at_desk else None,
        settled=facts.settled,
        result_reported=facts.result_reported,
    )
    if desk == Facts():
        return (main,)
    return (main, CaseItem(kind=RECEPTION, facts=desk))


def _with_days(stored: Mapping[str, Any]) -> dict[str, Any]:
    return {Fact(name): _days(value) for name, value in stored.items()}


def _days(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    if isinstance(value, list):
        return tuple(_days(item) for item in value)
    if isinstance(value, dict):
        return {name: _days(item) for name, item in value.items()}
    return value


def _calculator_facts(stored: Mapping[str, Any]) -> Facts:
    known = _with_days(stored)
    days = {name: known[Fact(name)] for name in DATED_FACTS if Fact(name) in known}
    return Facts(
        **days,
        suspensions=tuple(
            Suspension(pause["from"], pause.get("resumed"))
            for pause in known.get(Fact.SUSPENSIONS, ())
        ),
        extensions=tuple(stored.get(Fact.EXTENSIONS, ())),
        obstacles=tuple(
            Obstacle(obstacle["from"], obstacle["to"]) for obstacle in known.get(Fact.OBSTACLES, ())
        ),
        multi_place_check=bool(stored.get(Fact.MULTI_PLACE_CHECK, False)),
        competent=bool(stored.get(Fact.COMPETENT, True)),
        forwarded_by=stored.get(Fact.FORWARDED_BY),
    )
