"""Merging agencies into one, or splitting one: people, bodies below and open files find their place.

First a preview, then the execution in steps that can be called again: people and named files in one
transaction, then the remaining files in batches, at last the end of what was merged away. After an
interruption the same call goes on where it stopped. Denunciations go along, but neither preview nor
result speaks of them: they are not the administrator's to know.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, insert, literal, select, update
from sqlalchemy.orm import Session, aliased

from config.clock import local_day
from config.database import db, transaction
from petitions.access import require_role
from petitions.models import Agency, AwaitedReply, Case, CaseAgency, Hat, UrgingLetter
from petitions.services import reorganisation_plan as planning
from petitions.services.custody import Custody, Moved, take_over
from petitions.services.offices import end_agency
from petitions.services.reorganisation_plan import Plan, Reorganisation
from workflows.vocabulary import Actor, Kind, Role

LISTED = 1000
"""Files a preview lists; its counts cover all."""


@dataclass(frozen=True, slots=True)
class FileMoving:
    """An open file on its way from one agency to another (codes)."""

    code: str
    kind: Kind
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class PersonMoving:
    """A person whose hat goes along; ``target`` None when it ends, as a second head's does."""

    username: str
    name: str
    role: Role
    source: str
    target: str | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What would happen: counts by (source, target), files, people, names of bodies below."""

    counts: Mapping[tuple[str, str], int]
    files: tuple[FileMoving, ...]
    people: tuple[PersonMoving, ...]
    bodies: tuple[str, ...]


def preview(given: Reorganisation, *, actor: Actor, now: datetime) -> Preview:
    """What ``reorganise`` would do; nothing is written. Raises as that does."""
    require_role(actor, Role.ADMIN)
    session = db.session()
    plan = planning.plan(session, given, actor, local_day(now))
    codes = {office.id: office.code for office in plan.sources}
    found = Preview(
        counts=planning.counts(session, plan),
        files=_files(session, plan),
        people=tuple(
            PersonMoving(
                each.user.username,
                each.user.name,
                each.hat.role,
                codes[each.hat.agency_id],
                None if each.target is None else each.target.code,
            )
            for each in planning.hats(session, plan)
        ),
        bodies=tuple(body.name for body in planning.bodies(session, plan)),
    )
    session.rollback()
    return found


def reorganise(given: Reorganisation, *, actor: Actor, now: datetime) -> tuple[FileMoving, ...]:
    """Carry it out, or go on with it; returns the files moved by this call.

    Raises ``Forbidden``, and ``Invalid`` with every fault at its field. Interrupted, what was done
    stands, and the same call goes on; called once more it finds nothing left to do.
    """
    require_role(actor, Role.ADMIN)
    moved: list[tuple[int, Moved]] = []
    steps: list[Custody] = []
    with transaction() as session:
        plan = planning.plan(session, given, actor, local_day(now))
        _move_people(session, plan)
        moved += _named_files(session, plan, actor, now)
        into = plan.into
        if into is not None:
            for body in planning.bodies(session, plan):
                body.parent_id = into.id
            for source in plan.sources:
                source.successor_id = into.id
                steps.append(Custody(source.id, into.id, given.on, plan.document, actor, now))
    for step in steps:
        while batch := _next_batch(step):
            moved += [(step.source_id, each) for each in batch]
    codes = {code_id: code for code_id, code in db.session.execute(select(Agency.id, Agency.code))}
    return tuple(
        FileMoving(each.code, each.kind, codes[source_id], codes[each.agency_id])
        for source_id, each in moved
        if each.kind is not Kind.DENUNCIATION
    )


def _next_batch(step: Custody) -> list[Moved]:
    """The next files of one source, in a transaction of their own; with the last the source ends."""
    with transaction() as session:
        # a registration under way holds this row: nothing slips in behind the last batch
        source = session.get_one(Agency, step.source_id, with_for_update=True)
        batch = take_over(session, step)
        if not batch and source.valid_to is None:
            _pass_roles(session, step)
            end_agency(session, source, step.on)
        return batch


def _named_files(
    session: Session, plan: Plan, actor: Actor, now: datetime
) -> list[tuple[int, Moved]]:
    by_target: dict[str, list[str]] = defaultdict(list)
    for code, target in plan.given.files.items():
        by_target[target].append(code)
    moved = []
    for target, codes in by_target.items():
        target_id = plan.offices[target].id
        for source in plan.sources:
            if source.id == target_id:
                continue
            step = Custody(source.id, target_id, plan.given.on, plan.document, actor, now)
            while batch := take_over(session, step, Case.code.in_(codes)):
                moved += [(source.id, each) for each in batch]
    return moved


def _move_people(session: Session, plan: Plan) -> None:
    """The old hats end the day before, the same ones begin in the new agency on the day."""
    on = plan.given.on
    for _, hat, target in list(planning.hats(session, plan)):
        if target is not None and target.id != hat.agency_id:
            section = hat.section_id if target is plan.into else None
            if hat.valid_from >= on:
                hat.agency_id, hat.section_id = target.id, section
                continue
            if not _worn_there(session, hat, target.id):
                session.add(
                    Hat(
                        user_id=hat.user_id,
                        role=hat.role,
                        agency_id=target.id,
                        section_id=section,
                        title=hat.title,
                        denunciation_duty=hat.denunciation_duty,
                        is_default=hat.is_default,
                        valid_from=on,
                        valid_to=hat.valid_to,
                    )
                )
        if target is None or target.id != hat.agency_id:
            hat.valid_to = max(hat.valid_from, on - timedelta(days=1))


def _worn_there(session: Session, hat: Hat, agency_id: int) -> bool:
    same = exists().where(
        Hat.user_id == hat.user_id,
        Hat.role == hat.role,
        Hat.agency_id == agency_id,
        Hat.valid_to.is_(None),
    )
    return bool(session.scalar(select(same)))


def _pass_roles(session: Session, step: Custody) -> None:
    """What the source was in other bodies' cases (advising, sender ...) its successor is now, and what it
    asked of others, or owes them, is its successor's to hear or to answer."""
    standing = CaseAgency.agency_id == step.source_id, CaseAgency.until.is_(None)
    held = aliased(CaseAgency)
    already = exists().where(
        held.case_id == CaseAgency.case_id,
        held.agency_id == step.target_id,
        held.role == CaseAgency.role,
    )
    session.execute(
        insert(CaseAgency).from_select(
            ["case_id", "agency_id", "role", "since"],
            select(CaseAgency.case_id, literal(step.target_id), CaseAgency.role, literal(step.on))
            .join(Case, Case.id == CaseAgency.case_id)
            .where(*standing, Case.agency_id != step.target_id, ~already),
        )
    )
    session.execute(update(CaseAgency).where(*standing).values(until=step.on))
    for side in (AwaitedReply.agency_id, AwaitedReply.to_agency_id):
        session.execute(
            update(AwaitedReply)
            .where(side == step.source_id, AwaitedReply.answered_on.is_(None))
            .values({side: step.target_id})
        )
    # the letters of its own stay with its book; those it owes a reply to go along
    session.execute(
        update(UrgingLetter)
        .where(
            UrgingLetter.to_agency_id == step.source_id,
            UrgingLetter.from_agency_id != step.target_id,
            UrgingLetter.ended_on.is_(None),
        )
        .values(to_agency_id=step.target_id)
    )


def _files(session: Session, plan: Plan) -> tuple[FileMoving, ...]:
    rows = session.execute(
        select(Case.code, Case.kind, Agency.code)
        .join(Agency, Agency.id == Case.agency_id)
        .where(planning.open_files(plan))
        .order_by(Case.code)
    )
    moving = (
        FileMoving(code, kind, source, target)
        for code, kind, source in rows
        if (target := plan.given.files.get(code, plan.given.into)) not in {None, source}
    )
    return tuple(each for each, _ in zip(moving, range(LISTED), strict=False))
