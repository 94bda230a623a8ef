"""The course of a commitment and what the law asks of a dialogue, without a database."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.shipped import calendar, lawbook
from workflows.commitments import (
    ENDED,
    UNDONE,
    Attendance,
    CommitmentStatus,
    CommitmentVerdict,
    Standing,
    after,
    is_late,
    open_to,
)
from workflows.dialogues import act_for, first_day, head_must_chair, notice_for
from workflows.facts import CaseItem
from workflows.vocabulary import Action, Actor, AgencyKind, Kind, Outcome, Role

S, V, A = CommitmentStatus, CommitmentVerdict, Attendance
KEEPER, LEAD, WATCHER, STRANGER = 1, 2, 3, 4


def who(role: Role, agency: int, *, below: tuple[int, ...] = ()) -> Actor:
    """Somebody of an agency."""
    return Actor(1, 1, role, agency, agency_ids=frozenset({agency, *below}))


def test_the_course() -> None:
    """What was ended is only reopened; only a report is sent back; nothing is made twice."""
    table = {
        (status, verdict): after(status, verdict)
        for status in S
        for verdict in V
        if after(status, verdict) is not None
    }
    assert table == {
        (S.OPEN, V.URGED): S.OPEN,
        (S.REPORTED, V.URGED): S.REPORTED,
        (S.OPEN, V.REPORTED): S.REPORTED,
        (S.REPORTED, V.REPORTED): S.REPORTED,
        (S.REPORTED, V.SENT_BACK): S.OPEN,
        (S.OPEN, V.DONE): S.DONE,
        (S.REPORTED, V.DONE): S.DONE,
        (S.OPEN, V.DROPPED): S.DROPPED,
        (S.REPORTED, V.DROPPED): S.DROPPED,
        (S.OPEN, V.MOVED): S.OPEN,
        (S.REPORTED, V.MOVED): S.REPORTED,
        (S.DONE, V.REOPENED): S.OPEN,
        (S.DROPPED, V.REOPENED): S.OPEN,
    }


@pytest.mark.parametrize(
    ("role", "agency", "status", "may"),
    [
        (Role.OFFICER, LEAD, S.OPEN, {V.REPORTED}),
        (Role.OFFICER, LEAD, S.DONE, set()),
        (Role.CLERK, LEAD, S.OPEN, set()),
        (Role.OFFICER, KEEPER, S.OPEN, {V.URGED, V.DONE}),
        (Role.OFFICER, KEEPER, S.REPORTED, {V.URGED, V.DONE, V.SENT_BACK}),
        (Role.HEAD, KEEPER, S.REPORTED, {V.URGED, V.DONE, V.SENT_BACK, V.DROPPED, V.MOVED}),
        (Role.HEAD, KEEPER, S.DROPPED, {V.REOPENED}),
        (Role.OFFICER, KEEPER, S.DONE, set()),
        (Role.SUPERVISOR, WATCHER, S.OPEN, {V.URGED}),
        (Role.OFFICER, WATCHER, S.REPORTED, {V.URGED}),
        (Role.HEAD, WATCHER, S.DONE, set()),
        (Role.HEAD, STRANGER, S.OPEN, set()),
        (Role.SUPERVISOR, STRANGER, S.OPEN, set()),
        (Role.ADMIN, KEEPER, S.OPEN, set()),
    ],
)
def test_who_may_what(
    role: Role, agency: int, status: CommitmentStatus, may: set[CommitmentVerdict]
) -> None:
    """The lead reports, the keeper confirms, its leaders move and drop, who watches urges."""
    standing = Standing(status, KEEPER, LEAD, frozenset({WATCHER}))
    assert set(open_to(standing, who(role, agency))) == may


def test_a_body_does_not_attest_its_own_work_without_its_leaders() -> None:
    """Where the keeper leads, an officer reports and a leader confirms; a body above urges."""
    own = Standing(S.REPORTED, KEEPER, KEEPER)
    assert V.DONE not in open_to(own, who(Role.OFFICER, KEEPER))
    assert V.DONE in open_to(own, who(Role.DEPUTY_HEAD, KEEPER))
    assert open_to(own, who(Role.OFFICER, STRANGER, below=(KEEPER,))) == (V.URGED,)


@given(st.sampled_from(S), st.dates(), st.dates(), st.dates())
def test_late(status: CommitmentStatus, due: date, ended: date, today: date) -> None:
    """Undone after its day or done after it; a dropped one never."""
    ended_on = ended if status in ENDED else None
    late = is_late(status, due, ended_on, today)
    if status is S.DROPPED:
        assert not late
    elif status in UNDONE:
        assert late is (today > due)
    else:
        assert late is (ended > due)


# --- dialogue --------------------------------------------------------------------------------

COMPLAINT = CaseItem(Kind.COMPLAINT)


@pytest.mark.parametrize(
    ("held", "latest"),
    [
        (date(2026, 11, 27), date(2026, 11, 20)),  # five days back is a Sunday: the Friday before
        (date(2026, 8, 27), date(2026, 8, 22)),  # a Saturday worked instead of another day
    ],
)
def test_the_last_lawful_day_of_the_notice(held: date, latest: date) -> None:
    """Art 28(1) Decree 124/2020, counted back and moved to a working day before."""
    found = notice_for(COMPLAINT, held, lawbook(), calendar())
    assert found is not None
    assert found.latest == latest
    assert "Điều 28" in found.citation


@given(st.dates(date(2026, 7, 1), date(2026, 11, 30)))
def test_the_first_possible_day_is_the_first(notice: date) -> None:
    """The notice is in time for it, and for no working day before it."""
    found = first_day(COMPLAINT, notice, lawbook(), calendar())
    assert found is not None
    latest = notice_for(COMPLAINT, found, lawbook(), calendar())
    assert latest is not None
    assert latest.latest >= notice
    for earlier in range(notice.toordinal() + 1, found.toordinal()):
        day = date.fromordinal(earlier)
        before = notice_for(COMPLAINT, day, lawbook(), calendar())
        assert before is not None
        assert before.latest < notice or not calendar().is_working(day)


@pytest.mark.parametrize(
    ("came", "act"),
    [
        ([], None),
        ([A.PRESENT, A.ABSENT_WITHOUT_REASON], (Action.HOLD_DIALOGUE, None)),
        ([A.ABSENT_WITHOUT_REASON, A.ABSENT_WITH_REASON], (Action.MISS_DIALOGUE, Outcome.WITH_REASON)),
        ([A.ABSENT_WITHOUT_REASON] * 2, (Action.MISS_DIALOGUE, Outcome.WITHOUT_REASON)),
    ],
)  # fmt: skip
def test_what_attendance_means(came: list[Attendance], act: object) -> None:
    """Art 30(6) Law on Complaints."""
    assert act_for(came) == act


def test_who_must_chair() -> None:
    """A department's head always, a province's chairman before a crowd or where order is at risk."""
    kind = AgencyKind
    assert head_must_chair(kind.DEPARTMENT, 1, 1, security_risk=False)
    assert head_must_chair(kind.COMMUNE, 2, 1, security_risk=False)
    assert not head_must_chair(kind.COMMUNE, 1, 40, security_risk=True)
    assert head_must_chair(kind.PROVINCE, 2, 5, security_risk=False)
    assert head_must_chair(kind.PROVINCE, 2, 1, security_risk=True)
    assert not head_must_chair(kind.PROVINCE, 2, 4, security_risk=False)
