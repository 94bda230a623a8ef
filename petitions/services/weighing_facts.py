"""What a batch of cases is weighed by, read in a dozen statements whatever their number.

Nothing that anybody is shut out of counts for another case: neither a case with a bar nor a
denunciation is ever another case's evidence (a denunciation may be a denunciation's). Sealed people
are not looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

from config.database import read
from petitions.queries.competence import Concerned
from petitions.services.weighing_around import Body, Surroundings, ages, who_of
from petitions.services.weighing_sql import (
    AGAINST,
    CASES,
    EVERY_CASE,
    LATE,
    LIMITS,
    LINKS,
    PEOPLE,
    PETITIONS,
    REOPENED,
)
from petitions.text import fold_words
from workflows.records import LinkKind, Source
from workflows.severity import Skip, Weighed
from workflows.skipping import Limit, Sent, Skipped, copied_to, graver, skipped
from workflows.transition import UNSETTLED
from workflows.vocabulary import Step
from workflows.watch import add_months

NOT_SENT_HERE = frozenset({Source.PRESS, Source.DEPUTIES, Source.FATHERLAND_FRONT})
"""Papers that others brought: the petitioner did not turn to the body that registered them."""


@dataclass(frozen=True, slots=True)
class Found:
    """A case with what it weighs by, ``alone``: without what rests on other cases, and the facts to print."""

    case_id: int
    version: int
    whole: Weighed
    alone: Weighed
    facts: Mapping[str, Any]


_Clock = tuple[int, Limit]
"""A clock with the agency it ran at."""


@dataclass(slots=True)
class _Papers:
    """What was sent in one matter."""

    sent: list[Sent] = field(default_factory=list)
    days: list[date] = field(default_factory=list)


def found(ids: Sequence[int], around: Surroundings) -> list[Found]:
    """The cases of a batch as they are weighed on the day of ``around``."""
    given = {"ids": list(ids), "day": around.today}
    links = read(LINKS, given).all()
    joined = {row.other: row.id for row in links if row.kind is LinkKind.JOINED_INTO and row.inward}
    lower = [row for row in links if row.kind is LinkKind.RELATED]
    wide = {"ids": [*ids, *joined, *(row.other for row in lower)], "day": around.today}
    papers = _papers(wide, around)
    clocks = _clocks(wide)
    people = {row.case_id: row for row in read(PEOPLE, {**given, **ages(around)})}
    late = {row.case_id: (row.due, row.step) for row in read(LATE, given)}
    reopened = set(read(REOPENED, given).scalars()) | {
        row.id for row in links if row.kind is LinkKind.RESETTLES and not row.inward
    }
    against: dict[int, list[Any]] = defaultdict(list)
    for row in read(AGAINST, given):
        against[row.case_id].append(row)
    by_case: dict[int, list[Any]] = defaultdict(list)
    for row in lower:
        by_case[row.id].append(row)
    extra: dict[int, list[date]] = defaultdict(list)
    for other, into in joined.items():
        extra[into] += papers[other].days
    return [
        _one(
            row, around, _Beside(
                papers, clocks, by_case[row.id], people.get(row.id), late.get(row.id),
                row.id in reopened, against[row.id], extra[row.id],
            ),
        )
        for row in read(CASES, given)
    ]  # fmt: skip


class Signs(NamedTuple):
    """The days a case was first known to have skipped a level, and to have been sent again within the
    table's months, with the cases joined into it whose papers count; None where neither was seen."""

    case_id: int
    skipped_on: date | None
    repeated_on: date | None
    joined: tuple[int, ...]


def signs(ids: Sequence[int], around: Surroundings) -> list[Signs]:
    """The signs of a batch, open cases and ended ones alike, by what each shows without related cases:
    those count only while they are open, so that old cases could not be set beside new ones."""
    given = {"ids": list(ids), "day": around.today}
    joined: dict[int, list[int]] = defaultdict(list)
    for row in read(LINKS, given):
        if row.kind is LinkKind.JOINED_INTO and row.inward:
            joined[row.id].append(row.other)
    wide = {
        "ids": [*ids, *(other for own in joined.values() for other in own)],
        "day": around.today,
    }
    papers, clocks = _papers(wide, around), _clocks(wide)
    against: dict[int, list[Any]] = defaultdict(list)
    for row in read(AGAINST, given):
        against[row.case_id].append(row)
    result = []
    for row in read(EVERY_CASE, given):
        beside = _Beside(papers, clocks, (), None, None, False, against[row.id], ())
        days = [day for each in (row.id, *joined[row.id]) for day in papers[each].days]
        result.append(
            Signs(
                row.id, _first_skip(row, around, beside), _first_repeat(days, around),
                tuple(sorted(joined[row.id])),
            )
        )  # fmt: skip
    return result


def _first_skip(row: Any, around: Surroundings, beside: _Beside) -> date | None:
    competent = around.tier(_competent(row, around, beside))
    if competent is None:
        return None
    limits = _of(beside.clocks.get(row.id, []), competent, around)
    sent = beside.papers[row.id].sent
    return min((each.on for each in sent if skipped(competent, [each], limits)), default=None)


def _first_repeat(days: Iterable[date], around: Surroundings) -> date | None:
    months = around.table.repeat_months
    return next(
        (day for before, day in pairwise(sorted(days)) if before > add_months(day, -months)), None
    )


@dataclass(frozen=True, slots=True)
class _Beside:
    """What a batch knows of one case besides its row."""

    papers: Mapping[int, _Papers]
    clocks: Mapping[int, Sequence[_Clock]]
    related: Sequence[Any]
    people: Any
    late: tuple[date, Step] | None
    reopened: bool
    against: Sequence[Any]
    joined: Sequence[date]


def _one(row: Any, around: Surroundings, beside: _Beside) -> Found:
    today, table = around.today, around.table
    facts: dict[str, Any] = {}
    people = max(row.group_size, beside.people.persons if beside.people else 0)
    if people > 1:
        facts["people"] = people
    own, whole = _skips(row, around, beside)
    _tell_skip(facts, whole, around, row, beside)
    window = add_months(today, -table.repeat_months)
    count = sum(window < day <= today for day in beside.papers[row.id].days)
    together = count + sum(window < day <= today for day in beside.joined)
    if together > 1:
        facts["petitions"] = together
    unsettled = row.state in UNSETTLED
    if unsettled:
        facts["open_since"] = row.first_received_on.isoformat()
    if beside.reopened:
        facts["reopened"] = True
    days_late = 0
    if beside.late is not None:
        days_late = (today - beside.late[0]).days
        facts |= {"late_due": beside.late[0].isoformat(), "late_step": beside.late[1].value}
    communes, because = _communes(row, around, beside)
    if communes > 1:
        facts |= {"communes": communes, **because}
    facts |= _protected(row, around, beside)
    alone = Weighed(
        people=people,
        skip=None if own is None else own.skip,
        petitions=count,
        open_since=row.first_received_on if unsettled else None,
        reopened=beside.reopened,
        days_late=days_late,
        security=row.security_risk,
        protected=bool(facts.keys() & _PROTECTING),
    )
    together_with = replace(
        alone,
        skip=None if whole is None else whole.skip,
        petitions=together,
        communes=communes,
    )
    return Found(row.id, row.version, together_with, alone, facts)


# --- where it was sent -----------------------------------------------------------------------


def _skips(
    row: Any, around: Surroundings, beside: _Beside
) -> tuple[Skipped | None, Skipped | None]:
    """Level-skipping as the case shows by itself, and with the open cases of the same matter."""
    sent, limits = beside.papers[row.id].sent, beside.clocks.get(row.id, [])
    competent = around.tier(_competent(row, around, beside))
    own = None if competent is None else skipped(competent, sent, _of(limits, competent, around))
    whole, here = own, around.tier(row.agency_id)
    for other in beside.related:
        there = around.tier(other.agency_id)
        if here is None or there is None or here == there:
            continue
        if there < here and other.state in UNSETTLED:
            later = [each for each in sent if each.on > other.first_received_on]
            whole = graver(
                whole, skipped(there, later, _of(beside.clocks.get(other.other, []), there, around))
            )
        elif here < there and row.state in UNSETTLED:
            theirs = beside.papers[other.other].sent
            later = [each for each in theirs if each.on > row.first_received_on]
            whole = graver(whole, skipped(here, later, _of(limits, here, around)))
    return own, whole


def _of(limits: Iterable[_Clock], tier: int, around: Surroundings) -> list[Limit]:
    """The clocks that ran at a body no higher than ``tier``."""
    return [limit for agency, limit in limits if (around.tier(agency) or tier) <= tier]


def _competent(row: Any, around: Surroundings, beside: _Beside) -> int | None:
    """The body whose matter it is: the one that took it on, the one the law names, or the one it was sent down to."""
    if row.accepted is not None and row.competent:
        return int(row.agency_id)
    suggested = around.settlers.of(
        row.kind,
        issuer=row.issuer_code or row.issuer,
        respondents=[
            Concerned(each.code or each.workplace or each.name, each.position or each.name)
            for each in beside.against
        ],
        instance=row.instance,
        disciplinary=row.subkind is not None,
    )
    if suggested is not None and suggested.agency_id is not None:
        return suggested.agency_id
    here, first = around.tier(row.agency_id), around.tier(row.origin_agency_id)
    lowered = here is not None and first is not None and here < first
    return int(row.agency_id) if lowered else None


def _tell_skip(
    facts: dict[str, Any],
    shown: Skipped | None,
    around: Surroundings,
    row: Any,
    beside: _Beside,
) -> None:
    if shown is None:
        return
    facts |= {
        "skip": shown.skip.value,
        "skip_body": shown.sent.body,
        "skip_on": shown.sent.on.isoformat(),
        "skip_copy": shown.sent.copy,
    }
    if shown.skip is Skip.RAN_OUT and shown.due is not None:
        facts["skip_due"] = shown.due.isoformat()
    competent = _competent(row, around, beside)
    if competent is not None and competent in around.bodies:
        facts["competent"] = around.bodies[competent].name


def _papers(wide: Mapping[str, Any], around: Surroundings) -> Mapping[int, _Papers]:
    by_case: dict[int, _Papers] = defaultdict(_Papers)
    for row in read(PETITIONS, wide):
        papers = by_case[row.case_id]
        papers.days.append(row.received_on)
        body = _sent_to(row, around)
        if body is not None and body.tier is not None:
            papers.sent.append(Sent(body.tier, row.received_on, body.name))
        above = copied_to(" ".join(fold_words(row.copies_to))) if row.copies_to else None
        if above is not None:
            papers.sent.append(Sent(above[0], row.received_on, above[1], copy=True))
    return by_case


def _sent_to(row: Any, around: Surroundings) -> Body | None:
    """The body the petitioner turned to: the one that registered the paper, or that forwarded it."""
    if row.forwarder_id is not None:
        return around.bodies.get(row.forwarder_id)
    brought = row.source in NOT_SENT_HERE or row.source is Source.FORWARDED
    return (
        None if brought or row.forwarder_body_id is not None else around.bodies.get(row.agency_id)
    )


def _clocks(wide: Mapping[str, Any]) -> Mapping[int, list[_Clock]]:
    by_case: dict[int, list[_Clock]] = defaultdict(list)
    for row in read(LIMITS, wide):
        by_case[row.case_id].append((row.agency_id, Limit(row.due, row.closed_on)))
    return by_case


# --- how far it spread, whom it concerns ------------------------------------------------------


def _communes(row: Any, around: Surroundings, beside: _Beside) -> tuple[int, Mapping[str, Any]]:
    spread = around.spreading
    own: frozenset[int] = (
        frozenset({row.place_id})
        if row.place_id is not None and row.first_received_on >= spread.since
        else frozenset()
    )
    best = 0
    because: dict[str, Any] = {}
    if row.project_id is not None and row.project_id in spread.projects:
        best = len(spread.projects[row.project_id] | own)
        because = {"project": around.names.get(row.project_id, "")}
    for each in beside.against:
        who = who_of(each, around.settlers)
        if who is not None and who in spread.respondents:
            count = len(spread.respondents[who] | own)
            if count > best:
                best, because = count, {"respondent": True}
    return best, because


_PROTECTING = frozenset({"elderly", "children", "remote", "ethnic_minority"})


def _protected(row: Any, around: Surroundings, beside: _Beside) -> Mapping[str, Any]:
    told: dict[str, Any] = dict.fromkeys(sorted(around.flags.get(row.place_id, ())), True)
    if beside.people is not None:
        if beside.people.elderly:
            told["elderly"] = beside.people.elderly
        if beside.people.children:
            told["children"] = beside.people.children
    return told
