"""Any interleaving of several people on several proposals: one holder, no act without the last
signature, none twice, no round lost."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, insert, select

from config.database import db, transaction
from petitions.errors import DomainError
from petitions.models import Assignment, Case, Event, Hat, Submission, SubmissionRound
from petitions.services.acts import perform
from petitions.services.handover import hand_over
from petitions.services.submissions import (
    approve,
    drop,
    reassign,
    recall,
    send_back,
    submit,
)
from petitions.services.submissions_drafting import revise
from petitions.services.submissions_signing import sign
from tests.conftest import NOW, TODAY
from tests.petitions.routing import DEPUTY, HEAD, SECTION, classified, proposed, routed
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.world import World
from workflows.office import HELD, SubmissionStatus, Verdict
from workflows.vocabulary import Action, Kind, Need, Role

NAMES = ("an", "ha", "son", "dung", "minh", "lan", "binh")
PEOPLE = st.sampled_from(NAMES)
VERSIONS = st.sampled_from(["now", "any", "old"])


class Office(RuleBasedStateMachine):
    """Several people at one office. Whatever is refused changes nothing; the invariants always hold."""

    world: World
    papers = Bundle("papers")

    def __init__(self) -> None:
        super().__init__()
        self.cases: list[str] = []
        self.rounds: Counter[int] = Counter()

    @initialize()
    def open_the_office(self) -> None:
        """Two cases, one of them a denunciation."""
        self.cases = [classified(self.world, each) for each in (COMPLAINT, DENUNCIATION)]

    @rule(target=papers, who=PEOPLE, which=st.integers(0, 1))
    def draft(self, who: str, which: int) -> Any:
        """Somebody proposes the acceptance."""
        found = self.tried(lambda: proposed(self.cases[which], self.world.actors[who]))
        return found or multiple()

    @rule(uid=papers, who=PEOPLE, seen=VERSIONS, to=st.none() | PEOPLE)
    def up(self, uid: str, who: str, seen: str, to: str | None) -> None:
        """Submitted or approved, whatever it is time for."""
        for verb in (submit, approve):
            self.move(verb, uid, who, seen, to=to)

    @rule(uid=papers, who=PEOPLE, seen=VERSIONS)
    def the_next_one_up(self, uid: str, who: str, seen: str) -> None:
        """By whoever holds it."""
        self.move(submit, uid, self.holder(uid) or who, seen)

    @rule(uid=papers)
    def approved_by_the_holder(self, uid: str) -> None:
        """So that signatures are reached."""
        if holder := self.holder(uid):
            self.move(approve, uid, holder, "now")

    @rule(uid=papers, who=PEOPLE, seen=VERSIONS)
    def back(self, uid: str, who: str, seen: str) -> None:
        """Sent back."""
        self.move(send_back, uid, who, seen, opinion="Làm lại", due=TODAY + timedelta(days=3))

    @rule(uid=papers, who=PEOPLE, seen=VERSIONS)
    def taken_back(self, uid: str, who: str, seen: str) -> None:
        """Recalled."""
        self.move(recall, uid, who, seen)

    @rule(uid=papers, who=PEOPLE, to=PEOPLE, seen=VERSIONS)
    def to_another(self, uid: str, who: str, to: str, seen: str) -> None:
        """Re-assigned."""
        self.move(reassign, uid, who, seen, to=to)

    @rule(uid=papers, who=PEOPLE, seen=VERSIONS)
    def changed(self, uid: str, who: str, seen: str) -> None:
        """Revised."""
        self.move(revise, uid, who, seen, given={}, fields={})

    @rule(uid=papers, who=PEOPLE, seen=VERSIONS)
    def signed(self, uid: str, who: str, seen: str) -> None:
        """Signed."""
        self.move(sign, uid, who, seen)

    @rule(uid=papers)
    def signed_by_the_holder(self, uid: str) -> None:
        """By whoever holds it."""
        if holder := self.holder(uid):
            self.move(sign, uid, holder, "now")

    @rule(uid=papers, who=PEOPLE)
    def dropped(self, uid: str, who: str) -> None:
        """Given up."""
        self.move(drop, uid, who, "now", reason="Thôi")

    @rule(who=PEOPLE, to=PEOPLE, which=st.integers(0, 1))
    def handed_over(self, who: str, to: str, which: int) -> None:
        """Everything of one person in a case."""
        code = self.cases[which]
        self.tried(
            lambda: hand_over(who, {code: to}, reason="Nghỉ", actor=self.world.minh, now=NOW)
        )

    @rule(which=st.integers(0, 1))
    def closed_meanwhile(self, which: int) -> None:
        """The case ends some other way, so that a signature may come too late."""
        given = {Need.DOCUMENT: "Đơn rút", Need.REASON: "Rút", Need.WITHDRAWAL_TEST: "clear"}
        if which:
            del given[Need.REASON]
        else:
            del given[Need.WITHDRAWAL_TEST]
        self.tried(lambda: perform(self.cases[which], Action.WITHDRAW, given, version=None, on=TODAY, actor=self.world.minh, now=NOW))  # fmt: skip

    @invariant()
    def exactly_one_holder(self) -> None:
        """On its way: one; ended: none."""
        db.session.rollback()
        for paper in db.session.scalars(select(Submission)):
            assert (paper.holder_id is not None) is (paper.status in HELD)
            assert 0 <= paper.step <= len(paper.path)
            if paper.status in HELD and paper.step == 0:
                assert paper.holder_id == paper.author_id

    @invariant()
    def no_act_without_the_last_signature(self) -> None:
        """As many acceptances as signed proposals, one at most for a case."""
        for code in self.cases:
            case_id = db.session.scalar(select(Case.id).where(Case.code == code))
            acts = db.session.scalar(
                select(func.count(Event.id)).where(
                    Event.case_id == case_id, Event.action == Action.ACCEPT.value
                )
            )
            papers = db.session.scalars(
                select(Submission).where(
                    Submission.case_id == case_id,
                    Submission.status == SubmissionStatus.DISPATCHED,
                )
            ).all()
            assert acts == len(papers) <= 1
            for paper in papers:
                last = self.rounds_of(paper.id)[-1]
                assert (last.verdict, last.to_step) == (Verdict.SIGN, len(paper.path))

    @invariant()
    def no_round_is_lost(self) -> None:
        """Numbered without a gap, never fewer than before, and they tell where the paper lies."""
        for paper in db.session.scalars(select(Submission)):
            rounds = self.rounds_of(paper.id)
            assert [each.seq for each in rounds] == list(range(1, len(rounds) + 1))
            assert len(rounds) >= self.rounds[paper.id]
            self.rounds[paper.id] = len(rounds)
            assert rounds[-1].to_step == paper.step
            if paper.status in HELD:
                assert rounds[-1].to_id == paper.holder_id

    @invariant()
    def a_denunciation_is_seen_by_holders_only(self) -> None:
        """The charge of approvers ends with the proposal; whoever holds one has it."""
        for case in db.session.scalars(select(Case).where(Case.kind == Kind.DENUNCIATION)):
            charged = set(
                db.session.scalars(
                    select(Assignment.user_id).where(
                        Assignment.case_id == case.id,
                        Assignment.duty == "approver",
                        Assignment.until.is_(None),
                    )
                )
            )
            papers = db.session.scalars(
                select(Submission).where(Submission.case_id == case.id, Submission.status.in_(HELD))
            ).all()
            if not papers:
                assert not charged
            for paper in papers:
                moved = any(each.verdict is not Verdict.DRAFT for each in self.rounds_of(paper.id))
                assert paper.holder_id in charged or not moved

    def rounds_of(self, paper_id: int) -> list[SubmissionRound]:
        """In order."""
        return list(
            db.session.scalars(
                select(SubmissionRound)
                .where(SubmissionRound.submission_id == paper_id)
                .order_by(SubmissionRound.seq)
            )
        )

    def holder(self, uid: str) -> str | None:
        """Whose table it lies on."""
        db.session.rollback()
        found = db.session.scalar(select(Submission.holder_id).where(Submission.uid == uid))
        return next((name for name in NAMES if self.world.users[name] == found), None)

    def move(self, verb: Any, uid: str, who: str, seen: str, **more: Any) -> None:
        """A command with the version of now, of the first draft, or none at all."""
        db.session.rollback()
        version = db.session.scalar(select(Submission.version).where(Submission.uid == uid))
        known = {"now": version, "old": 1, "any": None}[seen]
        self.tried(lambda: verb(uid, version=known, actor=self.world.actors[who], now=NOW, **more))

    def tried(self, command: Any) -> Any:
        """What it answers, None where it was refused; anything but a refusal fails the test."""
        db.session.rollback()
        try:
            return command()
        except DomainError:
            return None


def test_any_interleaving_keeps_the_office_in_order(app: Flask, world: World) -> None:
    """Hypothesis looks for one that does not; two deputies, so that somebody must be chosen."""
    routed(SECTION, DEPUTY, HEAD)
    with transaction() as session:
        session.execute(insert(Hat).values(user_id=world.users["ha"], role=Role.DEPUTY_HEAD, agency_id=world.agencies["an-binh"], valid_from=TODAY))  # fmt: skip

    class AtWork(Office):
        pass

    AtWork.world = world
    run_state_machine_as_test(
        AtWork,
        settings=settings(
            max_examples=12,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
