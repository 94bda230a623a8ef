"""Commitments as their keepers, leads and supervisors read them: the register, one of them, the counts.

Everything goes through ``access.commitments_seen``. The case a commitment came from is named only to
those who see that case.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from config.database import db
from petitions.access import commitments_seen, visible
from petitions.errors import NotFound
from petitions.kept_words import case_key_of, read_back
from petitions.models import (
    Agency,
    Case,
    CaseKey,
    Commitment,
    CommitmentAgency,
    CommitmentStep,
    Evidence,
    OpenDialogue,
    Promise,
    ReceptionSession,
    User,
    Visit,
)
from petitions.queries.commitment_shapes import (
    CommitmentFilters,
    CommitmentLine,
    CommitmentPage,
    CommitmentShown,
    FollowUp,
    StepShown,
    Tally,
    Which,
)
from workflows.commitments import (
    UNDONE,
    CommitmentRole,
    CommitmentSource,
    CommitmentStatus,
    Standing,
    open_to,
)
from workflows.vocabulary import Actor

PAGE = 50
UNKNOWN = "Không tìm thấy cam kết này, hoặc bạn không có quyền xem."
_WHAT, _TEXT, _DOCUMENT = "what", "text", "document"


def register(
    actor: Actor, filters: CommitmentFilters, today: date, page: int = 1
) -> CommitmentPage:
    """A page of the commitments this actor sees, the earliest due first (what ended: the last first)."""
    statement = _lines(actor).add_columns(func.count().over().label("total"))
    statement = statement.where(*_wanted(actor, filters, today))
    ended = filters.which in {Which.DONE, Which.DROPPED}
    order = (
        (Commitment.ended_on.desc(), Commitment.id.desc())
        if ended
        else (Commitment.due, Commitment.id)
    )
    skipped = (page - 1) * PAGE
    rows = db.session.execute(statement.order_by(*order).limit(PAGE + 1).offset(skipped)).all()
    return CommitmentPage(
        tuple(_line(row) for row in rows[:PAGE]), rows[0].total if rows else 0, len(rows) > PAGE
    )


def every(actor: Actor, filters: CommitmentFilters, today: date) -> Iterator[CommitmentLine]:
    """All the commitments of a filter, for a table to take along."""
    statement = _lines(actor).where(*_wanted(actor, filters, today))
    for row in db.session.execute(statement.order_by(Commitment.due, Commitment.id)):
        yield _line(row)


def counts(actor: Actor, today: date) -> Mapping[Which, int]:
    """How many commitments stand in each part of the register, in one statement."""
    row = db.session.execute(
        select(
            *(
                func.sum(case((and_(*part(actor, which, today)), 1), else_=0)).label(which.value)
                for which in Which
                if which is not Which.ALL
            ),
            func.count().label(Which.ALL.value),
        ).where(commitments_seen(actor))
    ).one()
    return {which: int(getattr(row, which.value) or 0) for which in Which}


def open_commitments(actor: Actor, on: date, limit: int) -> tuple[CommitmentLine, ...]:
    """What waits for the actor's own agency on ``on``: to do as the lead, or to confirm as the keeper."""
    mine = and_(*part(actor, Which.MINE, on))
    confirm = and_(*part(actor, Which.CONFIRM, on))
    return _all(_lines(actor).where(or_(mine, confirm)).limit(limit))


def of_session(actor: Actor, session_uid: str) -> tuple[CommitmentLine, ...]:
    """The commitments of a reception session this actor sees."""
    return _all(_lines(actor).where(ReceptionSession.uid == session_uid))


def of_dialogues(actor: Actor, ids: Sequence[int]) -> Mapping[int, tuple[CommitmentLine, ...]]:
    """The commitments of a case's dialogues, by dialogue; those without any are left out."""
    found: defaultdict[int, list[CommitmentLine]] = defaultdict(list)
    statement = _lines(actor).where(Commitment.dialogue_id.in_(ids))
    for row in db.session.execute(statement.order_by(Commitment.due, Commitment.id)):
        found[row.dialogue_id].append(_line(row))
    return {which: tuple(lines) for which, lines in found.items()}


def of_open_dialogue(actor: Actor, uid: str) -> tuple[CommitmentLine, ...]:
    """The commitments of a dialogue with people."""
    return _all(_lines(actor).where(OpenDialogue.uid == uid))


def of_promises(actor: Actor, ids: Sequence[int]) -> Mapping[int, CommitmentLine]:
    """The commitment of each promise of ``ids``."""
    rows = db.session.execute(_lines(actor).where(Commitment.promise_id.in_(ids)))
    return {row.promise_id: _line(row) for row in rows}


def commitment(actor: Actor, uid: str) -> CommitmentShown:
    """One commitment with its history. Raises ``NotFound``, also out of reach."""
    row = db.session.execute(_lines(actor).where(Commitment.uid == uid)).one_or_none()
    if row is None:
        raise NotFound(UNKNOWN)
    line = _line(row)
    bodies = bodies_of([line.id])
    helps = bodies.get((line.id, CommitmentRole.COOPERATING), ())
    watches = bodies.get((line.id, CommitmentRole.SUPERVISING), ())
    standing = Standing(
        line.status, line.keeper_id, line.lead_id, frozenset(each for each, _ in watches)
    )
    return CommitmentShown(
        line,
        row.version,
        tuple(name for _, name in helps),
        tuple(name for _, name in watches),
        _history(line.id, row.key, seen_case=line.case_code is not None),
        open_to(standing, actor),
        _papers(row.case_id) if line.case_code is not None else (),
    )


def bodies_of(
    ids: Iterable[int],
) -> Mapping[tuple[int, CommitmentRole], tuple[tuple[int, str], ...]]:
    """(id, name) of the bodies besides the lead, by commitment and role, in one statement."""
    found: defaultdict[tuple[int, CommitmentRole], list[tuple[int, str]]] = defaultdict(list)
    rows = db.session.execute(
        select(
            CommitmentAgency.commitment_id,
            CommitmentAgency.role,
            CommitmentAgency.agency_id,
            Agency.name,
        )
        .join(Agency, Agency.id == CommitmentAgency.agency_id)
        .where(CommitmentAgency.commitment_id.in_(tuple(ids)))
        .order_by(Agency.name)
    )
    for row in rows:
        found[row.commitment_id, row.role].append((row.agency_id, row.name))
    return {which: tuple(bodies) for which, bodies in found.items()}


def follow_up(actor: Actor, first: date, last: date, today: date) -> FollowUp:
    """Counts of the commitments made from ``first`` to ``last`` that this actor sees."""
    undone, done = Commitment.status.in_(UNDONE), Commitment.status == CommitmentStatus.DONE
    late = Commitment.due < func.coalesce(Commitment.ended_on, today)
    parts = (
        and_(done, ~late), and_(done, late), and_(undone, ~late), and_(undone, late),
        Commitment.status == CommitmentStatus.DROPPED,
    )  # fmt: skip
    rows = db.session.execute(
        select(
            Agency.code,
            Agency.name,
            Commitment.source,
            *(func.sum(case((part, 1), else_=0)).label(f"n{at}") for at, part in enumerate(parts)),
        )
        .join(Agency, Agency.id == Commitment.lead_agency_id)
        .where(commitments_seen(actor), Commitment.made_on.between(first, last))
        .group_by(Agency.code, Agency.name, Commitment.source)
    )
    agencies: defaultdict[tuple[str, str], Tally] = defaultdict(Tally)
    sources: defaultdict[CommitmentSource, Tally] = defaultdict(Tally)
    whole = Tally()
    for row in rows:
        tally = Tally(*(int(getattr(row, f"n{at}")) for at in range(len(parts))))
        agencies[row.code, row.name] += tally
        sources[row.source] += tally
        whole += tally
    worst = sorted(
        ((*body, tally) for body, tally in agencies.items()),
        key=lambda each: (-each[2].open_late, -each[2].total, each[1]),
    )
    kinds = tuple((each, sources[each]) for each in CommitmentSource if each in sources)
    return FollowUp(tuple(worst), kinds, whole)


def leads_met(actor: Actor) -> tuple[tuple[str, str], ...]:
    """(code, name) of every lead of a commitment this actor sees, for the filter."""
    rows = db.session.execute(
        select(Agency.code, Agency.name)
        .where(exists().where(Commitment.lead_agency_id == Agency.id, commitments_seen(actor)))
        .order_by(Agency.name)
    )
    return tuple((row.code, row.name) for row in rows)


# --- statements ------------------------------------------------------------------------------

_LEAD = aliased(Agency)


def _lines(actor: Actor) -> Select[*tuple[Any, ...]]:
    seen = and_(Case.id == Commitment.case_id, visible(actor))
    return (
        select(
            Commitment.id,
            Commitment.uid,
            Commitment.source,
            Commitment.kind,
            Commitment.agency_id,
            Commitment.lead_agency_id,
            Commitment.case_id,
            Commitment.promise_id,
            Commitment.dialogue_id,
            Commitment.made_on,
            Commitment.due,
            Commitment.status,
            Commitment.ended_on,
            Commitment.version,
            Commitment.words,
            Commitment.sealed,
            Agency.name.label("keeper"),
            _LEAD.name.label("lead"),
            Case.code.label("case_code"),
            func.coalesce(Visit.wrapped, CaseKey.wrapped).label("key"),
            Promise.uid.label("promise_uid"),
            OpenDialogue.uid.label("open_dialogue_uid"),
            ReceptionSession.uid.label("session_uid"),
        )
        .join(Agency, Agency.id == Commitment.agency_id)
        .join(_LEAD, _LEAD.id == Commitment.lead_agency_id)
        .outerjoin(Case, seen)
        .outerjoin(CaseKey, CaseKey.case_id == Commitment.case_id)
        .outerjoin(Visit, Visit.id == Commitment.visit_id)
        .outerjoin(Promise, Promise.id == Commitment.promise_id)
        .outerjoin(OpenDialogue, OpenDialogue.id == Commitment.open_dialogue_id)
        .outerjoin(ReceptionSession, ReceptionSession.id == Commitment.session_id)
        .where(commitments_seen(actor))
    )


def part(actor: Actor, which: Which, today: date) -> list[ColumnElement[bool]]:
    """The conditions of a part of the register, on the table of commitments."""
    undone = Commitment.status.in_(UNDONE)
    match which:
        case Which.MINE:
            return [
                Commitment.lead_agency_id == actor.agency_id,
                Commitment.status == CommitmentStatus.OPEN,
            ]
        case Which.CONFIRM:
            return [
                Commitment.agency_id == actor.agency_id,
                Commitment.status == CommitmentStatus.REPORTED,
            ]
        case Which.LATE:
            return [undone, Commitment.due < today]
        case Which.UNDONE:
            return [undone]
        case Which.DONE:
            return [Commitment.status == CommitmentStatus.DONE]
        case Which.DROPPED:
            return [Commitment.status == CommitmentStatus.DROPPED]
        case Which.ALL:
            return []


def _wanted(actor: Actor, filters: CommitmentFilters, today: date) -> list[ColumnElement[bool]]:
    wanted = part(actor, filters.which, today)
    if filters.source is not None:
        wanted.append(Commitment.source == filters.source)
    if filters.agency is not None:
        wanted.append(_LEAD.code == filters.agency)
    if filters.due_from is not None:
        wanted.append(Commitment.due >= filters.due_from)
    if filters.due_to is not None:
        wanted.append(Commitment.due <= filters.due_to)
    return wanted


def _all(statement: Select[*tuple[Any, ...]]) -> tuple[CommitmentLine, ...]:
    rows = db.session.execute(statement.order_by(Commitment.due, Commitment.id))
    return tuple(_line(row) for row in rows)


def _line(row: Any) -> CommitmentLine:
    key = case_key_of(row.key) if row.sealed is not None else None
    said = read_back(row, key, Commitment.__tablename__, row.uid)
    return CommitmentLine(
        row.id, row.uid, str(said.get(_WHAT, "")), row.source, row.kind, row.agency_id, row.keeper,
        row.lead_agency_id, row.lead, row.made_on, row.due, row.status, row.ended_on,
        row.sealed is not None, row.case_code, row.promise_uid, row.open_dialogue_uid, row.session_uid,
    )  # fmt: skip


def _history(
    commitment_id: int, wrapped: bytes | None, *, seen_case: bool
) -> tuple[StepShown, ...]:
    rows = db.session.execute(
        select(
            CommitmentStep.uid,
            CommitmentStep.seq,
            CommitmentStep.verdict,
            CommitmentStep.on,
            CommitmentStep.due,
            CommitmentStep.at,
            CommitmentStep.document,
            CommitmentStep.words,
            CommitmentStep.sealed,
            User.name,
            Evidence.title,
            Evidence.ordinal,
        )
        .join(User, User.id == CommitmentStep.by_id)
        .outerjoin(Evidence, Evidence.id == CommitmentStep.evidence_id)
        .where(CommitmentStep.commitment_id == commitment_id)
        .order_by(CommitmentStep.seq)
    ).all()
    found: list[StepShown] = []
    before: date | None = None
    for row in rows:
        key = case_key_of(wrapped) if row.sealed is not None else None
        said = read_back(row, key, CommitmentStep.__tablename__, row.uid)
        found.append(
            StepShown(
                row.seq, row.verdict, row.on, row.name, row.at, str(said.get(_TEXT, "")),
                row.document or said.get(_DOCUMENT), row.title if seen_case else None, row.ordinal if seen_case else None,
                row.due, before if row.due is not None else None,
            )
        )  # fmt: skip
        before = row.due or before
    return tuple(found)


def _papers(case_id: int) -> tuple[tuple[int, str], ...]:
    rows = db.session.execute(
        select(Evidence.ordinal, Evidence.title)
        .where(Evidence.case_id == case_id)
        .order_by(Evidence.ordinal)
    )
    return tuple((row.ordinal, row.title) for row in rows)
