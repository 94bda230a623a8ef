"""Weights are what a plain recount says, by every factor; passes may be repeated, broken off and overlap."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from config.clock import local_day
from config.database import db, transaction
from petitions.models import (
    Agency,
    Case,
    CaseBar,
    CaseLink,
    CaseWeight,
    Deadline,
    Decision,
    Event,
    Party,
    Petition,
    PlaceFlag,
    Respondent,
)
from petitions.queries.competence import settler_of
from petitions.services import weighing
from petitions.services.weighing import run, shipped_table
from petitions.text import fold
from tests.conftest import NOW
from tests.petitions.weighing_rows import a_case, matters, touch
from tests.world import World
from workflows.records import ClockState, LinkKind, Nature, Source
from workflows.severity import Factor
from workflows.transition import UNSETTLED
from workflows.vocabulary import AgencyKind, Kind, State, Step
from workflows.watch import NOT_A_DUTY, add_months

HIGH = {
    AgencyKind.COMMUNE: 2, AgencyKind.SECTION: 2, AgencyKind.DEPARTMENT: 4, AgencyKind.INSPECTORATE: 4,
    AgencyKind.PROVINCE: 5,
}  # fmt: skip
CENTRAL = 6


def of(model: Any) -> dict[int, list[Any]]:
    """Rows of a table by their case."""
    found: dict[int, list[Any]] = defaultdict(list)
    for row in db.session.scalars(select(model)):
        found[row.case_id].append(row)
    return found


class Recount:
    """The points of every open case, counted row by row."""

    def __init__(self, today: date) -> None:
        self.today, self.table = today, shipped_table()
        self.cases = {row.id: row for row in db.session.scalars(select(Case))}
        self.papers, self.parties, self.clocks = of(Petition), of(Party), of(Deadline)
        self.against, self.events, self.decisions = of(Respondent), of(Event), of(Decision)
        self.barred = {
            b.case_id for b in db.session.scalars(select(CaseBar)) if b.lifted_at is None
        }
        self.links = [x for x in db.session.scalars(select(CaseLink)) if x.undone_on is None]
        self.tiers = {a.id: HIGH.get(a.kind) for a in db.session.scalars(select(Agency))}
        flags = db.session.scalars(select(PlaceFlag))
        self.flagged = {f.place_id for f in flags if f.valid_from <= today}

    def points(self, case: Case) -> dict[str, int]:
        """By factor, zeros too."""
        table = self.table
        papers = [p.received_on for p in self.papers[case.id]]
        for link in self.links:
            joined = link.kind is LinkKind.JOINED_INTO and link.to_case_id == case.id
            if joined and self.evidence(link.from_case_id, case):
                papers += [p.received_on for p in self.papers[link.from_case_id]]
        half = add_months(self.today, -6)
        late = [
            (self.today - c.due).days
            for c in self.clocks[case.id]
            if c.nature is Nature.STATUTORY and c.state is ClockState.RUNNING
            and c.step not in NOT_A_DUTY and c.due < self.today
        ]  # fmt: skip
        return {
            "crowd": step(table.crowd, max(case.group_size, self.persons(case))),
            "skipped": self.skip(case),
            "repeated": step(table.repeated, sum(half < day <= self.today for day in papers)),
            "prolonged": self.prolonged(case),
            "overdue": step(table.overdue, max(late, default=0)),
            "security": 25 if case.security_risk else 0,
            "spread": 10 if self.spread(case) >= 2 else 0,
            "protected": 5 if self.protected(case) else 0,
        }

    def evidence(self, other: int, mine: Case) -> bool:
        row = self.cases[other]
        readable = row.kind is not Kind.DENUNCIATION or mine.kind is Kind.DENUNCIATION
        return readable and other not in self.barred and row.state is not State.VOIDED

    def persons(self, case: Case) -> int:
        return len({p.folded_name for p in self.parties[case.id] if not p.sealed})

    def protected(self, case: Case) -> bool:
        years = [p.birth_year for p in self.parties[case.id] if not p.sealed and p.birth_year]
        return case.place_id in self.flagged or any(
            self.today.year - year >= 60 or self.today.year - year < 16 for year in years
        )

    def prolonged(self, case: Case) -> int:
        reopened = any(
            e.action == "reopen" and any(d.event_seq < e.seq for d in self.decisions[case.id])
            for e in self.events[case.id]
        )
        anew = any(
            x.kind is LinkKind.RESETTLES
            and x.from_case_id == case.id
            and self.evidence(x.to_case_id, case)
            for x in self.links
        )
        if reopened or anew:
            return 15
        if case.state not in UNSETTLED:
            return 0
        return max(
            (p for m, p in self.table.prolonged
             if self.today > add_months(case.first_received_on, m)),
            default=0,
        )  # fmt: skip

    def spread(self, case: Case) -> int:
        since = self.today - timedelta(days=56)
        recent = [
            c for c in self.cases.values()
            if c.first_received_on >= since and c.kind is not Kind.DENUNCIATION
            and c.id not in self.barred and c.place_id is not None and c.state is not State.VOIDED
        ]  # fmt: skip
        own = {case.place_id} if case.place_id and case.first_received_on >= since else set()
        best = 0
        if case.project_id is not None:
            places = {c.place_id for c in recent if c.project_id == case.project_id}
            best = len(places | own) if len(places) >= 2 else 0
        for respondent in self.against[case.id]:
            if respondent.agency_id is None and respondent.name != "Công ty Xi măng":
                continue  # a person by name alone, or a public body
            mark = (respondent.folded_name, respondent.agency_id)
            places = {
                c.place_id
                for c in recent
                if any((r.folded_name, r.agency_id) == mark for r in self.against[c.id])
            }
            best = max(best, len(places | own) if len(places) >= 2 else 0)
        return best

    def skip(self, case: Case) -> int:
        given = [self.skipped(case, self.competent(case), self.sent(case), case)]
        for link in self.links:
            if link.kind is not LinkKind.RELATED or case.id not in (
                link.from_case_id,
                link.to_case_id,
            ):
                continue
            other = self.cases[link.from_case_id + link.to_case_id - case.id]
            if not self.evidence(other.id, case):
                continue
            here, there = self.tiers[case.agency_id] or 0, self.tiers[other.agency_id] or 0
            if there < here and other.state in UNSETTLED:
                later = [s for s in self.sent(case) if s[1] > other.first_received_on]
                given.append(self.skipped(case, there, later, other))
            if here < there and case.state in UNSETTLED:
                later = [s for s in self.sent(other) if s[1] > case.first_received_on]
                given.append(self.skipped(case, here, later, case))
        return max(given)

    def competent(self, case: Case) -> int | None:
        if "accepted" in case.facts:
            return self.tiers[case.agency_id]
        named = settler_of(case.id, self.today)
        if named is not None and named.agency_id is not None:
            return self.tiers[named.agency_id]
        here, first = self.tiers[case.agency_id] or 0, self.tiers[case.origin_agency_id] or 0
        return here if here < first else None

    def sent(self, case: Case) -> list[tuple[int, date]]:
        found = []
        for paper in self.papers[case.id]:
            if paper.forwarder_id is not None:
                found.append((self.tiers[paper.forwarder_id] or 0, paper.received_on))
            elif paper.source is Source.POST:
                found.append((self.tiers[paper.agency_id] or 0, paper.received_on))
            copies = fold(paper.copies_to or "")
            if "thu tuong" in copies:
                found.append((CENTRAL, paper.received_on))
            elif "ubnd tinh" in copies:
                found.append((5, paper.received_on))
        return found

    def skipped(
        self, case: Case, tier: int | None, sent: list[tuple[int, date]], lower: Case
    ) -> int:
        if tier is None:
            return 0
        best = 0
        clocks = [
            c for c in self.clocks[lower.id]
            if c.nature is Nature.STATUTORY and c.step in (Step.SETTLEMENT, Step.ACCEPTANCE_DECISION)
            and (self.tiers[c.agency_id] or 0) <= tier
        ]  # fmt: skip
        for high, day in sent:
            if high <= tier:
                continue
            if any(c.due < day and (c.closed_on is None or c.closed_on > c.due) for c in clocks):
                best = max(best, 15)
            elif not any(c.closed_on is not None and c.closed_on < day for c in clocks):
                best = max(best, 10)
        return best


def step(steps: tuple[tuple[int, int], ...], value: int) -> int:
    """The points of the last step reached."""
    return max([points for least, points in steps if value >= least], default=0)


def weights() -> dict[int, dict[str, int]]:
    """What is stored, by case and factor."""
    db.session.rollback()
    return {
        row.case_id: {factor.value: getattr(row, factor.value) for factor in Factor}
        for row in db.session.scalars(select(CaseWeight))
    }


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_weights_are_a_plain_recount(world: World, seed: int) -> None:
    """By factor, for every open case and no other; every factor occurs."""
    matters(world, seed)
    done = run(NOW)
    recount = Recount(local_day(NOW))
    wanted = {row.id: recount.points(row) for row in recount.cases.values() if row.open}
    stored = weights()
    assert done.weighed >= len(wanted)
    assert {k: v for k, v in stored.items() if v != wanted.get(k)} == {}
    assert stored.keys() == wanted.keys()
    seen: Mapping[str, int] = {
        f: sum(1 for v in stored.values() if v[f]) for f in wanted[min(wanted)]
    }
    assert all(seen.values()), seen
    rows = db.session.scalars(select(CaseWeight)).all()
    assert all(row.points == sum(stored[row.case_id].values()) for row in rows)
    assert any(row.beyond for row in rows)


def test_a_pass_weighs_what_changed_and_may_break_off(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing twice, everything once a day, ended cases dropped, a killed pass taken up again."""
    ids = matters(world, 5, 40)
    monkeypatch.setattr(weighing, "BATCH", 7)
    count = 0

    def killed(_: Any) -> None:
        nonlocal count
        count += 1
        if count == 3:
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        run(NOW, guard=killed)
    assert len(weights()) == 14
    run(NOW)
    whole = weights()
    with transaction() as session:
        session.execute(delete(CaseWeight))
    run(NOW)
    assert weights() == whole
    quiet = [each for each in whole if not whole[each]["spread"]]
    assert run(NOW).changed == 0
    touch(quiet[0], security_risk=True)
    assert run(NOW).changed == 1
    assert weights()[quiet[0]]["security"] == 25
    touch(quiet[1], open=False)
    assert run(NOW).dropped == 1
    assert quiet[1] not in weights()
    tomorrow = NOW + timedelta(days=1)
    assert run(tomorrow).weighed >= len(whole) - 1
    assert set(ids) >= weights().keys()


def test_another_commune_counts_at_once_and_what_is_shut_never(world: World) -> None:
    """A second commune of the project raises the first one's case within the hour; a bar lowers it again."""
    from petitions.models import Project

    with transaction() as session:
        session.add(Project(name="Đường vành đai", starts_on=date(2026, 1, 1)))
        session.flush()
        project = session.scalars(select(Project.id)).one()
        session.add(Case(**a_case(world, 1, project_id=project)))
    run(NOW)
    first = next(iter(weights()))
    assert weights()[first]["spread"] == 0
    with transaction() as session:
        other = Case(**a_case(world, 2, project_id=project, place_id=world.places["99002"]))
        session.add(other)
        session.flush()
        second = other.id
    run(NOW)
    assert weights()[first]["spread"] == 10
    row = db.session.get_one(CaseWeight, first)
    assert (row.beyond, row.facts["communes"], row.facts["project"]) == (10, 2, "Đường vành đai")
    with transaction() as session:
        session.add(CaseBar(case_id=second, user_id=world.users["quy"], reason="related"))
    run(NOW)
    assert weights()[first]["spread"] == 0
