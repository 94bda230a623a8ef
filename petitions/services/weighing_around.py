"""What is the same for every case of a pass of weighing: the bodies, the flags of places, what spreads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import and_, select

from config.database import read
from petitions.models import Agency, Case, PlaceFlag, Project, Respondent
from petitions.queries.competence import Settlers
from petitions.queries.offices import in_force
from petitions.services.weighing_sql import UNBARRED
from petitions.text import fold
from workflows.records import RespondentKind
from workflows.severity import Table
from workflows.skipping import TIER
from workflows.vocabulary import AgencyKind, Kind, State
from workflows.watch import add_months


class Who(NamedTuple):
    """A respondent told apart from others of that name: by the body, or the workplace beside it."""

    name: str
    at: str


@dataclass(frozen=True, slots=True)
class Spreading:
    """From how many communes petitions of a project or against a respondent came in the last weeks."""

    since: date
    projects: Mapping[int, frozenset[int]]
    respondents: Mapping[Who, frozenset[int]]


@dataclass(slots=True)
class Body:
    """A body by name, and how high it stands."""

    name: str
    tier: int | None


@dataclass(slots=True)
class Surroundings:
    """What does not change from batch to batch: bodies, flags of places, projects that spread."""

    today: date
    table: Table
    settlers: Settlers
    bodies: Mapping[int, Body]
    flags: Mapping[int, frozenset[str]]
    names: Mapping[int, str]
    spreading: Spreading

    def tier(self, agency_id: int | None) -> int | None:
        """How high a body stands; None for none and for one outside the ladder."""
        body = None if agency_id is None else self.bodies.get(agency_id)
        return None if body is None else body.tier


def surroundings(today: date, table: Table) -> Surroundings:
    """Read once at the beginning of a pass."""
    kinds = read(select(Agency.id, Agency.name, Agency.kind, Agency.parent_id)).all()
    parents = {row.id: row.parent_id for row in kinds}
    by_id = {row.id: row.kind for row in kinds}

    def tier(agency: int | None) -> int | None:
        kind = None if agency is None else by_id.get(agency)
        if kind is AgencyKind.SECTION:
            above = None if agency is None else parents[agency]
            return TIER.get(by_id[above]) if above in by_id else None
        return None if kind is None else TIER.get(kind)

    flags: dict[int, set[str]] = defaultdict(set)
    for row in read(select(PlaceFlag.place_id, PlaceFlag.flag).where(in_force(PlaceFlag, today))):
        flags[row.place_id].add(row.flag.value)
    settlers = Settlers(today)
    return Surroundings(
        today=today,
        table=table,
        settlers=settlers,
        bodies={row.id: Body(row.name, tier(row.id)) for row in kinds},
        flags={place: frozenset(each) for place, each in flags.items()},
        names={row.id: row.name for row in read(select(Project.id, Project.name))},
        spreading=spreading(today, table, settlers),
    )


def spreading(today: date, table: Table, settlers: Settlers) -> Spreading:
    """Projects and respondents petitions came about from several communes since the table's window."""
    since = today - timedelta(days=table.spread_days)
    recent = and_(
        Case.first_received_on >= since,
        Case.first_received_on <= today,
        Case.kind != Kind.DENUNCIATION,
        Case.state != State.VOIDED,
        Case.place_id.is_not(None),
        UNBARRED,
    )
    projects: dict[int, set[int]] = defaultdict(set)
    for project, place in read(
        select(Case.project_id, Case.place_id)
        .where(recent, Case.project_id.is_not(None))
        .distinct()
    ):
        projects[project].add(place)
    respondents: dict[Who, set[int]] = defaultdict(set)
    for row in read(
        select(
            Respondent.name, Respondent.folded_name, Respondent.kind, Respondent.agency_id, Respondent.workplace,
            Case.place_id,
        )
        .join(Case, Case.id == Respondent.case_id)
        .where(recent)
    ):  # fmt: skip
        who = who_of(row, settlers)
        if who is not None:
            respondents[who].add(row.place_id)
    least = table.spread[0][0]
    return Spreading(
        since,
        {key: frozenset(places) for key, places in projects.items() if len(places) >= least},
        {key: frozenset(places) for key, places in respondents.items() if len(places) >= least},
    )


def who_of(row: Any, settlers: Settlers) -> Who | None:
    """The respondent of a row. None for a person known by name alone, whom others may be called like,
    and for a public body: petitions about it come from everywhere."""
    if row.kind is RespondentKind.BODY:
        public = row.agency_id is not None or settlers.names_a_body(row.name)
        return None if public else Who(row.folded_name, "")
    if row.agency_id is not None:
        return Who(row.folded_name, str(row.agency_id))
    return Who(row.folded_name, fold(row.workplace)) if row.workplace else None


def ages(around: Surroundings) -> Mapping[str, Any]:
    """The days and years of birth from which somebody is old or a child."""
    table, today = around.table, around.today
    return {
        "elderly_day": add_months(today, -12 * table.elderly),
        "elderly_year": today.year - table.elderly,
        "child_day": add_months(today, -12 * table.child),
        "child_year": today.year - table.child,
    }
