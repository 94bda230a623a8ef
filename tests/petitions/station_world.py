"""A world with something at every station: rows written as the office's commands leave them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, update

from config.database import db, transaction
from petitions.models import (
    Assignment,
    AwaitedReply,
    Case,
    CaseAgency,
    Follower,
    OutgoingDocument,
    Submission,
)
from petitions.services.intake import register
from tests.conftest import NOW, TODAY
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.world import World
from workflows.office import ReplyKind, SigningCapacity, SubmissionStatus, Work, work_of
from workflows.records import AgencyRole
from workflows.vocabulary import Action, Actor, Kind, Mark, State

KINDS = {
    Kind.COMPLAINT: COMPLAINT,
    Kind.DENUNCIATION: DENUNCIATION,
    Kind.RECOMMENDATION: replace(COMPLAINT, kind=Kind.RECOMMENDATION, contested=None),
    Kind.FEEDBACK: replace(COMPLAINT, kind=Kind.FEEDBACK, contested=None),
}
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Desk:
    """Putting cases and papers where a test wants them."""

    world: World

    def case(
        self,
        kind: Kind = Kind.COMPLAINT,
        state: State = State.RECEIVED,
        *,
        officer: Actor | None = None,
        marks: tuple[Mark, ...] = (),
        due: date | None = None,
        **changes: Any,
    ) -> int:
        """A registered case moved to a state; its id."""
        code = register(KINDS[kind], actor=self.world.lan, now=NOW)
        number = int(db.session.query(Case.id).filter(Case.code == code).scalar())
        db.session.rollback()
        values: dict[str, Any] = {
            "state": state, "marks": [mark.value for mark in marks], "competent": True, **changes,
        }  # fmt: skip
        if officer is not None:
            values["officer_id"] = officer.user_id
        if due is not None:
            values["next_due"] = due
        with transaction() as session:
            session.execute(update(Case).where(Case.id == number).values(**values))
            if officer is not None:
                session.execute(
                    insert(Assignment).values(
                        case_id=number, user_id=officer.user_id, duty="officer", since=TODAY
                    )
                )
        return number

    def proposal(
        self,
        case: int,
        action: Action | None,
        status: SubmissionStatus,
        *,
        author: Actor,
        holder: Actor | None,
        step: int = 0,
        approvers: int = 2,
        due: date | None = None,
    ) -> int:
        """A proposal about the case, wherever it lies."""
        number = next(_numbers)
        with transaction() as session:
            return int(
                session.execute(
                    insert(Submission)
                    .values(
                        uid=f"{number:032x}", version=1, case_id=case, agency_id=author.agency_id,
                        work=Work.CORRESPONDENCE if action is None else work_of(action),
                        action=None if action is None else action.value, form_key="tt05:de-xuat",
                        path=[{"role": "head", "agency": author.agency_id, "days": 1}] * approvers,
                        step=step, status=status, author_id=author.user_id,
                        holder_id=None if holder is None else holder.user_id, due=due,
                        opened_at=NOW, moved_at=NOW,
                    )
                    .returning(Submission.id)
                ).scalar_one()
            )  # fmt: skip

    def document(
        self, case: int, signer: Actor, number: int | None = None, sent_on: date | None = None
    ) -> None:
        """A signed document of the signer's agency."""
        stamp = next(_numbers)
        with transaction() as session:
            session.execute(
                insert(OutgoingDocument).values(
                    uid=f"{stamp:032x}", version=1, case_id=case, agency_id=signer.agency_id,
                    form_key="nd124:03", form_version="2020", template_sha256="0" * 64, book="out",
                    year=2026, number=number, symbol=f"{number or '…'}/TB-UBND", issued_on=TODAY,
                    signer_id=signer.user_id, signer_title="Chủ tịch",
                    capacity=SigningCapacity.HEAD, collective=False, stamped=False,
                    numbered_at=None if number is None else NOW, sent_on=sent_on,
                    stored_name=f"{stamp}.docx", sha256="0" * 64,
                )
            )  # fmt: skip

    def involve(self, case: int, agency: str, role: AgencyRole) -> None:
        """What an agency is in the case."""
        with transaction() as session:
            session.execute(
                insert(CaseAgency).values(
                    case_id=case, agency_id=self.world.agencies[agency], role=role, since=TODAY
                )
            )

    def awaited(
        self, case: int, kind: ReplyKind, *, by: str, of: str, due: date | None = None
    ) -> None:
        """A reply one agency waits for from another."""
        number = next(_numbers)
        with transaction() as session:
            session.execute(
                insert(AwaitedReply).values(
                    uid=f"{number:032x}", version=1, case_id=case,
                    agency_id=self.world.agencies[by], kind=kind,
                    to_agency_id=self.world.agencies[of], asked_on=TODAY, due=due,
                )
            )  # fmt: skip

    def follow(self, case: int, who: Actor) -> None:
        """Somebody wants to hear of the case."""
        with transaction() as session:
            session.execute(insert(Follower).values(case_id=case, user_id=who.user_id, since=TODAY))


def filled(world: World) -> Desk:
    """Every kind in every state, charged and not, late and near, with papers of all sorts about them."""
    desk = Desk(world)
    late, soon = TODAY - timedelta(days=3), TODAY + timedelta(days=3)
    for number, (kind, state) in enumerate(itertools.product(Kind, State)):
        officer = (None, world.an, world.son, world.minh)[number % 4]
        due = (late, soon, TODAY + timedelta(days=60))[number % 3]
        desk.case(kind, state, officer=officer, due=due)
    for marks in ((Mark.IN_TRANSIT,), (Mark.IN_TRANSIT, Mark.CAME_BACK)):
        desk.case(marks=marks, due=soon)
    desk.case(state=State.CLASSIFIED, competent=False)
    desk.case(state=State.CLASSIFIED, competent=False, officer=world.ha)
    desk.case(state=State.REPORT_DONE, marks=(Mark.AGREEMENT_FINDING,), officer=world.an)
    _proposals(desk, late)
    _between_bodies(desk, late)
    return desk


def _proposals(desk: Desk, late: date) -> None:
    world, status = desk.world, SubmissionStatus
    for action in (Action.ACCEPT, Action.ASSIGN_VERIFICATION, Action.DECIDE, Action.EXTEND, None):
        for where, holder, step in (
            (status.DRAFTED, world.an, 0), (status.RECALLED, world.an, 0),
            (status.SENT_BACK, world.an, 0), (status.SUBMITTED, world.son, 1),
            (status.APPROVED, world.minh, 2), (status.SUBMITTED, world.minh, 2),
            (status.SIGNED, None, 2), (status.DISPATCHED, None, 2), (status.DROPPED, None, 0),
        ):  # fmt: skip
            case = desk.case(state=State.CLASSIFIED, officer=world.an)
            desk.proposal(case, action, where, author=world.an, holder=holder, step=step, due=late)
    sealed = desk.case(Kind.DENUNCIATION, State.VERIFYING, officer=world.ha)
    desk.proposal(
        sealed, Action.EXTEND, status.SUBMITTED, author=world.ha, holder=world.minh, step=1,
        approvers=1,
    )  # fmt: skip
    twice = desk.case(state=State.VERIFYING, officer=world.an)
    for action in (Action.EXTEND, Action.MARK_COMPLEX):
        desk.proposal(
            twice, action, status.SUBMITTED, author=world.an, holder=world.minh, step=1, approvers=1
        )
    for case in (sealed, twice):
        desk.document(case, world.minh)
        desk.document(case, world.minh, number=case)
        desk.document(case, world.minh, number=case + 1000, sent_on=TODAY)


def _between_bodies(desk: Desk, late: date) -> None:
    world = desk.world
    sent = desk.case(agency_id=world.agencies["bao-lam"])
    desk.involve(sent, "an-binh", AgencyRole.SENDER)
    desk.awaited(sent, ReplyKind.FORWARDED, by="an-binh", of="bao-lam", due=late)
    untracked = desk.case(agency_id=world.agencies["bao-lam"])
    desk.involve(untracked, "an-binh", AgencyRole.SENDER)
    told = desk.case(agency_id=world.agencies["bao-lam"], marks=(Mark.FORWARDER_TOLD,))
    desk.involve(told, "an-binh", AgencyRole.SENDER)
    for state in (State.VERIFYING, State.REPORT_DONE, State.DECIDED):
        advised = desk.case(state=state, agency_id=world.agencies["ubnd-tinh"])
        desk.involve(advised, "an-binh", AgencyRole.ADVISING)
    desk.case(forwarder_id=world.agencies["hdnd"], due=late)
    asked = desk.case(officer=world.an)
    desk.awaited(asked, ReplyKind.ORDER, by="an-binh", of="bao-lam", due=late)
    owed = desk.case(agency_id=world.agencies["ubnd-tinh"])
    desk.involve(owed, "an-binh", AgencyRole.COOPERATING)
    desk.awaited(owed, ReplyKind.ORDER, by="ubnd-tinh", of="an-binh")
    for who in (world.an, world.minh, world.binh, world.giam):
        desk.follow(asked, who)
