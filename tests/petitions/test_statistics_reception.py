"""Tables 01/TCD and 02/TCD: visits by who received, groups, turns; what stands behind each figure."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from config.database import transaction
from petitions.models import Case, CaseBar, Visit
from petitions.queries.statistics.figures import cases, figures, reach, receptions_behind
from petitions.queries.statistics.receptions import Part
from petitions.queries.statistics.spec import Identity, versions
from petitions.queries.statistics.telling import notes
from tests.petitions.reception_rows import a_session, a_visit
from tests.petitions.test_statistics import (
    AUTUMN,
    HOME,
    OLD,
    Q3,
    Q4,
    behind,
    complaint,
    drawn,
    line,
    table,
)
from tests.world import World
from workflows.reception import (
    Host,
    SessionKind,
    SessionManner,
    SessionStatus,
    VisitOutcome,
    VisitState,
)
from workflows.records import BarReason
from workflows.vocabulary import Kind

REGULAR, PERIODIC, AD_HOC = SessionKind.REGULAR, SessionKind.PERIODIC, SessionKind.AD_HOC
AUTHORISED = {"in_person": False, "host": Host.AUTHORISED}
# kind of session, more of it, then (people, turn) of each visit, and the columns they make
TABLE: tuple[tuple[SessionKind, dict[str, object], list[tuple[int, int]], dict[int, int]], ...] = (
    (REGULAR, {"in_person": False}, [(1, 1)], {4: 1, 5: 1, 6: 1}),
    (REGULAR, {"in_person": True}, [(4, 2)], {4: 1, 5: 4, 7: 1}),
    (REGULAR, {"in_person": False}, [(5, 1), (6, 3)], {4: 2, 5: 11, 6: 1, 7: 1, 8: 2, 9: 11, 10: 1, 11: 1}),
    (PERIODIC, {}, [(1, 1), (9, 2)], {12: 1, 13: 2, 14: 10, 15: 1, 16: 1, 17: 1, 18: 9, 20: 1}),
    (PERIODIC, {"no_visitor": True}, [], {12: 1}),
    (AD_HOC, {}, [(5, 1)], {12: 1, 13: 1, 14: 5, 15: 1, 17: 1, 18: 5, 19: 1}),
    (PERIODIC, AUTHORISED, [(1, 1), (7, 1)], {21: 1, 22: 2, 23: 8, 24: 2, 26: 1, 27: 7, 28: 1}),
    (AD_HOC, {"in_person": False, "host": Host.HEAD}, [(5, 4)], {21: 1, 22: 1, 23: 5, 25: 1, 26: 1, 27: 5, 29: 1}),
    (PERIODIC, {"held": False}, [(2, 1)], {13: 1, 14: 2, 15: 1}),
    (PERIODIC, {"held": False, "status": SessionStatus.POSTPONED, "reason": "Bão"}, [], {}),
    (AD_HOC, {"manner": SessionManner.MOBILE, "place": "thôn 3"}, [(1, 1)], {12: 1, 13: 1, 14: 1, 15: 1}),
)  # fmt: skip


def test_every_regime_group_and_turn_has_its_columns(world: World) -> None:
    """A session at a time against its columns, then the sum; nothing unfinished, nothing out of the window."""
    expected: dict[int, int] = {}
    for at, (kind, more, visits, columns) in enumerate(TABLE):
        day = date(2026, 3, 16) + timedelta(days=7 * at)
        uid = a_session(world, day, kind, **more)
        for number, (people, turn) in enumerate(visits, 1):
            a_visit(world, uid, number, people=people, turn=turn)
        of_it = line("01/TCD", HOME, Q4._replace(first=day, last=day))
        assert {n: v for n, v in of_it.items() if n > 3} == columns, (kind, more)
        for column, value in columns.items():
            expected[column] = expected.get(column, 0) + value
    whole = Q3._replace(first=date(2026, 3, 1))
    unfinished = a_session(world, date(2026, 6, 29), PERIODIC)
    a_visit(world, unfinished, 1, state=VisitState.LEFT)
    a_visit(world, unfinished, 2, state=VisitState.WAITING)
    expected[12] += 1
    found = line("01/TCD", HOME, whole)
    assert {n: v for n, v in found.items() if n > 3} == expected
    assert found[1] == found[3] == expected[4] + expected[13] + expected[22]
    assert found[2] == expected[5] + expected[14] + expected[23]
    for version in versions():
        assert line("01/TCD", HOME, whole, version) == found
        assert not figures(table("01/TCD", version), whole, among=None).broken
    for column in range(1, 30):
        told = receptions_behind(table("01/TCD"), str(column), whole, among=None)
        people = column in (2, 5, 9, 14, 18, 23, 27)
        count = sum(each.people or 0 for each in told) if people else len(told)
        assert count == found.get(column, 0), column
        assert len({each.reference for each in told}) == len(told)
    assert line("01/TCD", "bao-lam", whole) == {}
    assert line("01/TCD", HOME, Q4) == {}


def test_the_identities_are_those_of_the_form() -> None:
    """Sums of the form itself, and that each visit is a first or a further one."""
    spec = OLD.tables["01/TCD"]
    sums = {each.number: each.parts for each in spec.columns if each.parts}
    assert sums == {1: (4, 13, 22), 2: (5, 14, 23), 3: (6, 7, 15, 16, 24, 25)}
    assert spec.identities == tuple(
        Identity(left, right)
        for left, right in (
            (3, (1,)), (4, (6, 7)), (8, (10, 11)), (13, (15, 16)), (17, (19, 20)), (22, (24, 25)),
            (26, (28, 29)),
        )
    )  # fmt: skip
    assert not [each for each in spec.columns if each.missing]


def test_who_reads_what_stands_behind(world: World) -> None:
    """A confidential visit counts for all and is listed for those who see it; a bar takes it out of the count."""
    held = a_session(world, AUTUMN)
    plain = a_visit(world, held, 1)
    secret = a_visit(world, held, 2, kind=Kind.DENUNCIATION, secret=True)
    spec, home = table("01/TCD"), reach(world.minh)
    for reader, uids in (
        (world.minh, [plain, secret]), (world.dung, [plain]), (world.hoa, [plain, secret]),
        (world.quy, [plain]),
    ):  # fmt: skip
        assert figures(spec, Q4, among=home, reader=reader).total[13] == 2
        told = receptions_behind(spec, "13", Q4, among=home, reader=reader)
        assert [each.uid for each in told] == uids
    prefix = behind("01/TCD", 13)[0].rpartition("-")[0]
    assert behind("01/TCD", 13) == [f"{prefix}-01", f"{prefix}-02"]
    assert prefix.startswith("AB-20261005-B")
    assert [each.id for each in cases(spec, "12", Q4, among=None)] == [None]
    code = complaint(world)
    with transaction() as session:
        case = session.query(Case).filter_by(code=code).one()
        session.query(Visit).filter_by(uid=plain).update(
            {"case_id": case.id, "outcome": VisitOutcome.CASE_OPENED}
        )
        session.add(
            CaseBar(case_id=case.id, user_id=world.dung.user_id, reason=next(iter(BarReason)))
        )
    assert figures(spec, Q4, among=home, reader=world.dung).total[13] == 1
    assert figures(spec, Q4, among=home, reader=world.minh).total[13] == 2


@pytest.mark.parametrize("version", list(versions()))
def test_a_petition_without_a_visit_is_told(world: World, version: str) -> None:
    """Handed in at reception but no visit written: not counted, said beside the table with its list."""
    code = complaint(world)
    assert line("01/TCD", HOME, version=version) == {}
    report = drawn("01/TCD", version=version)
    (untold,) = report.untold
    assert untold.number == 1
    assert "chưa ghi lượt tiếp nào" in notes(report)[0]
    (told,) = receptions_behind(table("01/TCD", version), "without_visit", Q4, among=None)
    assert (told.part, told.case_code) == (Part.CASE, code)
    held = a_session(world, AUTUMN)
    with transaction() as session:
        case_id = session.query(Case.id).filter_by(code=code).scalar()
    a_visit(world, held, outcome=VisitOutcome.CASE_OPENED, case_id=case_id)
    assert not drawn("01/TCD", version=version).untold
    assert line("02/TCD", HOME, version="tt02-2021")[1] == 1
