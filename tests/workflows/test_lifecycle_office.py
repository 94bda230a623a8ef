"""Acts between people and bodies: forwarding back, advising, teams, orders, replies."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.workflows.walk import (
    Walk,
    accepted_complaint,
    accepted_denunciation,
    refusal,
    reported_complaint,
)
from workflows.office import LEGAL, WORKS, Work, work_of
from workflows.vocabulary import Action, Fact, Kind, Mark, Role, State, Step

A, R = Action, Role
START = date(2026, 8, 3)


def forwarded(kind: Kind) -> Walk:
    """A petition of another body's competence that went there on 4 August."""
    walk = Walk(kind, at_reception=True, competent=False)
    if kind is not Kind.DENUNCIATION:
        walk.do(A.CLASSIFY, R.RECEPTION, START, competent=False)
    walk.do(A.TRANSFER, R.HEAD, START + timedelta(days=1))
    return walk


@pytest.mark.parametrize("kind", list(Kind))
def test_what_was_wrongly_forwarded_goes_back_anew(kind: Kind) -> None:
    """Received on the day it comes back; the first receipt and its traces stay."""
    walk = forwarded(kind)
    assert {Mark.IN_TRANSIT, Mark.CAME_BY_TRANSFER, Mark.REPLY_AWAITED} <= walk.case.marks
    back = START + timedelta(days=4)
    move = walk.do(A.RETURN_FORWARDED, R.CLERK, back)
    assert move.legal
    assert move.form == "x:tra-don-chuyen-sai"
    assert walk.case.day(Fact.RECEIVED) == back
    assert walk.case.received_on == START
    assert {Mark.IN_TRANSIT, Mark.CAME_BACK} <= walk.case.marks
    assert Mark.CAME_BY_TRANSFER not in walk.case.marks
    assert Step.UNPROCESSED_ALARM in move.stops
    assert refusal(walk, A.RETURN_FORWARDED).code == "after_came_by_transfer"
    walk.do(A.CONFIRM_RECEIPT, R.RECEPTION, back, competent=False)
    if kind is not Kind.DENUNCIATION:
        walk.do(A.CLASSIFY, R.RECEPTION, back)
    walk.do(A.TRANSFER, R.HEAD, back)
    assert Mark.CAME_BACK not in walk.case.marks
    assert Mark.CAME_BY_TRANSFER in walk.case.marks


def test_nothing_taken_up_goes_back() -> None:
    """Accepted is accepted; a paper of one's own has nowhere to go back to."""
    walk = forwarded(Kind.DENUNCIATION)
    walk.do(A.CONFIRM_RECEIPT, R.RECEPTION, competent=True)
    walk.head(A.ACCEPT)
    assert refusal(walk, A.RETURN_FORWARDED).code == "state"
    assert refusal(Walk(Kind.DENUNCIATION), A.RETURN_FORWARDED).code == "after_came_by_transfer"


def test_whoever_forwarded_inside_the_system_is_owed_a_reply() -> None:
    """As whoever forwarded from outside."""
    walk = forwarded(Kind.FEEDBACK)
    assert walk.offers(R.CLERK)[A.REPLY_TO_FORWARDER].allowed
    assert not Walk(Kind.FEEDBACK).offers(R.CLERK)[A.REPLY_TO_FORWARDER].allowed
    assert not walk.offers(R.CLERK)[A.RETURN].allowed


def test_an_agency_in_the_lead_forms_its_team_later() -> None:
    """The settler names a person, a team of two, or another agency."""
    complaint, denunciation = accepted_complaint(), accepted_denunciation()
    nobody = {"assignee": None, "team": None, "lead": None}
    assert refusal(complaint, A.ASSIGN_VERIFICATION, **nobody).field == "assignee"
    assert refusal(denunciation, A.ASSIGN_VERIFICATION, **nobody).field == "team"
    assert refusal(denunciation, A.ASSIGN_VERIFICATION, team=["a"], lead="x").field == "team"
    for walk in (complaint, denunciation):
        walk.do(A.ASSIGN_VERIFICATION, R.HEAD, **{**nobody, "lead": "inspectorate"})
        assert walk.state is State.VERIFYING
    alone = {"assignee": "a", "deputy": None, "team": ["a"]}
    assert refusal(denunciation, A.FORM_TEAM, **alone).code == "roster_of_two"
    denunciation.do(A.FORM_TEAM, R.HEAD, assignee="a", deputy="b", team=None)
    complaint.do(A.FORM_TEAM, R.DEPUTY_HEAD, assignee="a", deputy=None, team=None)
    assert refusal(accepted_complaint(), A.FORM_TEAM).code == "state"
    complaint.do(A.REPORT, R.INSPECTOR)
    assert complaint.state is State.REPORT_DONE


def test_drafts_orders_and_reports_name_a_day_to_come() -> None:
    """A draft is asked between report and decision; an order at any time while the case is open."""
    walk = reported_complaint()
    on = walk.case.last_on
    for action in (A.ASK_DRAFT, A.ORDER_SUBORDINATE):
        assert refusal(walk, action, on=on, until=on - timedelta(days=1)).field == "until"
        walk.do(action, R.HEAD, on, until=on)
        assert Mark.REPLY_AWAITED in walk.case.marks
    assert walk.state is State.REPORT_DONE
    walk.do(A.REPORT_UP, R.HEAD, on, until=None)
    assert refusal(accepted_complaint(), A.ASK_DRAFT, until=on).code == "state"
    assert refusal(Walk(Kind.FEEDBACK), A.RECORD_REPLY, R.CLERK).code == "after_reply_awaited"
    walk.do(A.RECORD_REPLY, R.CLERK, on)


def test_filing_to_watch_ends_like_filing() -> None:
    """On its ground, with the day to look again; of denunciations only unnamed ones."""
    walk = Walk(Kind.RECOMMENDATION).head(A.CLASSIFY)
    move = walk.do(A.FILE_AND_WATCH, R.HEAD, until=date(2026, 12, 1))
    assert (walk.state, move.final) == (State.FILED, True)
    assert Mark.REPLY_AWAITED in walk.case.marks
    named = Walk(Kind.DENUNCIATION)
    assert refusal(named, A.FILE_AND_WATCH, until=date(2026, 12, 1)).code == "anonymous"


def test_every_signed_act_has_its_kind_of_work() -> None:
    """Written out once each; only what bears a signature is listed."""
    listed = [action for actions in WORKS.values() for action in actions]
    assert sorted(listed) == sorted(LEGAL)
    assert set(WORKS) == set(Work)


def test_the_kind_of_work_each_signed_act_belongs_to() -> None:
    """What bears a signature takes the route of its work; the rest is done at once."""
    assert work_of(A.RETURN_FORWARDED) is Work.PROCESSING
    assert work_of(A.FILE_AND_WATCH) is Work.PROCESSING
    assert work_of(A.FORM_TEAM) is Work.VERIFICATION
    assert {work_of(A.ORDER_SUBORDINATE), work_of(A.REPORT_UP)} == {Work.CORRESPONDENCE}
    signed = {A.RETURN_FORWARDED, A.FILE_AND_WATCH, A.FORM_TEAM, A.ORDER_SUBORDINATE, A.REPORT_UP}
    assert signed <= LEGAL
    assert not {A.PASS_ON, A.GIVE_BACK, A.ENGAGE_ADVISER, A.ASK_DRAFT, A.RECORD_REPLY} & LEGAL
