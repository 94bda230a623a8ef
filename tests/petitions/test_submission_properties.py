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
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
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
WHO = st.sampled_from([*["holder"] * 12, *["mover"] * 4, "author", "minh", *NAMES])
VERSIONS = st.sampled_from([*["now"] * 5, "any", "old"])
COMMANDS: dict[str, tuple[Any, dict[str, Any]]] = {
    "submit": (submit, {}),
    "approve": (approve, {}),
    "send_back": (send_back, {"opinion": "Làm lại", "due": TODAY + timedelta(days=3)}),
    "recall": (recall, {}),
    "reassign": (reassign, {}),
    "revise": (revise, {"given": {}, "fields": {}}),
    "sign": (sign, {}),
    "drop": (drop, {"reason": "Thôi"}),
}
VERBS = st.sampled_from(
    [
        *COMMANDS,
        "submit",
        "approve",
        "approve",
        "sign",
        "sign",
        "send_back",
        "send_back",
        "recall",
        "drop",
    ]
)

ACTS = st.tuples(VERBS, WHO, st.none() | st.sampled_from(["dung", *NAMES]), VERSIONS)


class Office(RuleBasedStateMachine):
    """Several people at one office. Whatever is refused changes nothing; the invariants always hold."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.cases: list[str] = []
        self.papers: list[str] = []
        self.rounds: Counter[int] = Counter()

    @initialize()
    def open_the_office(self) -> None:
        """Two cases, one of them a denunciation."""
        self.cases = [classified(self.world, each) for each in (COMPLAINT, DENUNCIATION)]
        self.papers = [proposed(code, self.world.an) for code in self.cases]

    @rule(which=st.integers(0, 1), who=st.sampled_from(["an", "an", "ha", "minh", "binh"]))
    def draft(self, which: int, who: str) -> None:
        """Somebody proposes the acceptance."""
        uid = self.tried(lambda: proposed(self.cases[which], self.world.actors[who]))
        self.papers += [uid] if uid else []

    @precondition(lambda self: self.papers)
    @rule(nth=st.integers(0, 3), acts=st.lists(ACTS, min_size=3, max_size=9))
    def act(self, nth: int, acts: list[tuple[str, str, str | None, str]]) -> None:
        """People do things with one of the newest papers; whoever holds it, more often than not."""
        uid = self.papers[-1 - nth % len(self.papers)]
        for verb, by, to, seen in acts:
            command, more = COMMANDS[verb]
            if verb in {"submit", "approve"}:
                more = {"to": to}
            elif verb == "reassign":
                more = {"to": to or "ha"}
            self.move(command, uid, self.somebody(uid, by), seen, **more)
            self.exactly_one_holder()

    @precondition(lambda self: self.papers)
    @rule(nth=st.integers(0, 3), steps=st.integers(1, 4))
    def climb(self, nth: int, steps: int) -> None:
        """The ordinary way up."""
        self.rise(self.papers[-1 - nth % len(self.papers)], steps)

    def rise(self, uid: str, steps: int) -> None:
        """Up by whoever holds it, past the deputy of the house."""
        for _ in range(steps):
            self.move(submit, uid, self.somebody(uid, "holder"), "now")
            self.move(approve, uid, self.somebody(uid, "holder"), "now", to="dung")
            self.move(approve, uid, self.somebody(uid, "holder"), "now")

    @rule(who=PEOPLE, to=PEOPLE, which=st.integers(0, 1))
    def handed_over(self, who: str, to: str, which: int) -> None:
        """Everything of one person in a case."""
        code = self.cases[which]
        self.tried(
            lambda: hand_over(who, {code: to}, reason="Nghỉ", actor=self.world.minh, now=NOW)
        )

    @precondition(lambda self: self.papers)
    @rule(nth=st.integers(0, 3))
    def closed_before_the_signature(self, nth: int) -> None:
        """The case ends some other way while the paper is on its way, and somebody signs."""
        uid = self.papers[-1 - nth % len(self.papers)]
        self.rise(uid, 2)
        given = {Need.DOCUMENT: "Đơn rút", Need.REASON: "Rút", Need.WITHDRAWAL_TEST: "clear"}
        for code in self.cases:
            for left_out in (Need.REASON, Need.WITHDRAWAL_TEST):
                fit = {need: value for need, value in given.items() if need is not left_out}
                self.tried(lambda code=code, fit=fit: perform(code, Action.WITHDRAW, fit, version=None, on=TODAY, actor=self.world.minh, now=NOW))  # type: ignore[misc]  # fmt: skip
        self.move(sign, uid, self.somebody(uid, "holder"), "now")

    @invariant()
    def exactly_one_holder(self) -> None:
        """On its way: one; ended: none."""
        db.session.rollback()
        for paper in self.of_this_run():
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
        for paper in self.of_this_run():
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
        for case in db.session.scalars(
            select(Case).where(Case.kind == Kind.DENUNCIATION, Case.code.in_(self.cases))
        ):
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

    def of_this_run(self) -> list[Submission]:
        """The proposals of the machine's own cases."""
        wanted = select(Case.id).where(Case.code.in_(self.cases))
        return list(db.session.scalars(select(Submission).where(Submission.case_id.in_(wanted))))

    def rounds_of(self, paper_id: int) -> list[SubmissionRound]:
        """In order."""
        return list(
            db.session.scalars(
                select(SubmissionRound)
                .where(SubmissionRound.submission_id == paper_id)
                .order_by(SubmissionRound.seq)
            )
        )

    def somebody(self, uid: str, by: str) -> str:
        """A name: of whoever holds the paper, wrote it or moved it last, or the one given."""
        db.session.rollback()
        paper = db.session.scalars(select(Submission).where(Submission.uid == uid)).one()
        who = {
            "holder": paper.holder_id,
            "author": paper.author_id,
            "mover": self.rounds_of(paper.id)[-1].by_id,
        }.get(by)
        return next((name for name in NAMES if self.world.users[name] == who), by if by in NAMES else "an")  # fmt: skip

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
            max_examples=24,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    seen = set(db.session.scalars(select(SubmissionRound.verdict).distinct()))
    assert seen >= set(Verdict) - {Verdict.DISPATCH, Verdict.REVISE, Verdict.DROP}
