"""What an act changes in the case besides its state: facts, pauses, complexity, the stay.

Each effect takes the case, the day of the act and the payload and returns the changed case. The
state, the day facts and the marks of the table are already written when it runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from itertools import chain

from workflows.casefile import CaseFile
from workflows.checks import Given, given_day, given_many, given_number, new_complexity
from workflows.guards import effect_day
from workflows.vocabulary import Fact, Kind, Mark, Need, State

Effect = Callable[[CaseFile, date, Given], CaseFile]

BEFORE_ACCEPTANCE = frozenset({State.RECEIVED, State.CLASSIFIED, State.INFO_CHECK})
"""States in which nobody has yet said whether the petition will be settled here."""


SHOWN_BY_PAPERS = frozenset({Mark.ALL_SIGNATURES, Mark.REPRESENTATIVES_APPOINTED, Mark.GUIDED_ONCE})
"""Marks read off the petition itself; every other one is the trace of an act."""


def with_facts(case: CaseFile, facts: Mapping[Fact, object]) -> CaseFile:
    """``case`` with ``facts`` added or replaced."""
    return replace(case, facts=dict(chain(case.facts.items(), facts.items())))


def pause(case: CaseFile, on: date, _given: Given) -> CaseFile:
    """Time stands still from ``on``."""
    pauses = (*case.series(Fact.SUSPENSIONS), {"from": on})
    return with_facts(replace(case, paused_since=on), {Fact.SUSPENSIONS: pauses})


def resume(case: CaseFile, on: date, _given: Given) -> CaseFile:
    """Time runs again from ``on``."""
    if case.paused_since is None:
        return case
    pauses = (*case.series(Fact.SUSPENSIONS)[:-1], {"from": case.paused_since, "resumed": on})
    return with_facts(replace(case, paused_since=None), {Fact.SUSPENSIONS: pauses})


def extend(case: CaseFile, _on: date, given: Given) -> CaseFile:
    """The settlement limit grows by the days decided."""
    days = (*case.series(Fact.EXTENSIONS), given_number(given, Need.DAYS))
    return with_facts(case, {Fact.EXTENSIONS: days})


def complicate(case: CaseFile, _on: date, given: Given) -> CaseFile:
    """The recorded criteria raise the degree."""
    return replace(case, complexity=new_complexity(case, given))


def stay(case: CaseFile, _on: date, given: Given) -> CaseFile:
    """The contested decision is not carried out until the day given."""
    return replace(case, stayed_until=given_day(given, Need.UNTIL))


def lift(case: CaseFile, _on: date, _given: Given) -> CaseFile:
    """The contested decision may be carried out again."""
    return replace(case, stayed_until=None)


def shrink(case: CaseFile, _on: date, given: Given) -> CaseFile:
    """Some petitioners left; the others go on."""
    if given.get(Need.REMAINING) is None:
        return case
    return replace(case, group_size=given_number(given, Need.REMAINING))


def begin_effect(case: CaseFile, on: date, _given: Given) -> CaseFile:
    """Legal effect begins on its legal day, however late it is noted."""
    return with_facts(case, {Fact.LEGAL_EFFECT: effect_day(case) or on})


def judge_competence(case: CaseFile, _on: date, given: Given) -> CaseFile:
    """The custodian says, if the payload does, whether the matter is his to settle."""
    if given.get(Need.COMPETENT) is None:
        return case
    return _competent(case, bool(given[Need.COMPETENT]))


def change_hands(case: CaseFile, _on: date, _given: Given) -> CaseFile:
    """The body a case is sent to is taken to be competent until it says otherwise."""
    return _competent(case, True)


def _competent(case: CaseFile, verdict: bool) -> CaseFile:
    """A denunciation's clocks depend on competence, so it is one of its facts."""
    changed = replace(case, competent=verdict)
    if case.kind is not Kind.DENUNCIATION:
        return changed
    return with_facts(changed, {Fact.COMPETENT: verdict})


def settle(case: CaseFile, on: date, _given: Given) -> CaseFile:
    """The body that forwarded the matter is owed the result."""
    if not case.forwarded:
        return case
    return with_facts(case, {Fact.SETTLED: on})


def note_marks(case: CaseFile, _on: date, given: Given) -> CaseFile:
    """What the papers show: all signatures, appointed representatives, guided once before."""
    noted = given.get(Need.MARKS)
    if noted is None:
        return case
    shown = frozenset(Mark(str(mark)) for mark in given_many(given, Need.MARKS))
    if not shown <= SHOWN_BY_PAPERS:
        raise ValueError(f"only an act can record {sorted(shown - SHOWN_BY_PAPERS)}")
    return replace(case, marks=case.marks | shown)


def start_over(case: CaseFile, _on: date, _given: Given) -> CaseFile:
    """A superior takes the case up: acceptance and all that stretched the old limit fall away."""
    gone = {Fact.ACCEPTED, Fact.SUSPENSION_DECIDED, Fact.SUSPENSIONS, Fact.EXTENSIONS}
    kept = {name: value for name, value in case.facts.items() if name not in gone}
    return replace(case, facts=kept)


def receive_again(case: CaseFile, on: date, _given: Given) -> CaseFile:
    """A case reopened before acceptance counts as received anew."""
    if case.state not in BEFORE_ACCEPTANCE:
        return case
    return with_facts(case, {Fact.RECEIVED: on})


def correct_day(case: CaseFile, _on: date, given: Given) -> CaseFile:
    """The corrected day stands; the main line's latest day moves with it."""
    fact, day = Fact(str(given[Need.FACT])), given_day(given, Need.DAY)
    old = case.day(fact)
    first = fact is Fact.RECEIVED and old == case.received_on
    return with_facts(
        replace(
            case,
            received_on=day if first else case.received_on,
            last_on=day if old == case.last_on else max(case.last_on, day),
        ),
        {fact: day},
    )


def first_assignment(case: CaseFile, on: date, _given: Given) -> CaseFile:
    """The office's own limit runs from the first assignment; passing the file on does not renew it."""
    return case if case.day(Fact.ASSIGNED) else with_facts(case, {Fact.ASSIGNED: on})
