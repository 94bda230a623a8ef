"""Papers of reception as their readers see them: refusals, conclusion notices, and refusals still owed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, true
from sqlalchemy.orm import aliased

from config.database import db
from petitions.access import require_role, visits_seen
from petitions.errors import NotFound
from petitions.models import Agency, ReceptionPaper, ReceptionSession, User, Visit
from petitions.queries.books import READERS
from petitions.queries.letters import full_number
from workflows.office import SigningCapacity
from workflows.reception import WRITTEN_REFUSALS, NoticeState, RefusalGround
from workflows.vocabulary import Actor, Role

REFUSAL = "nd154:01/TCD"
UNKNOWN = "Không tìm thấy văn bản này, hoặc bạn không có quyền xem."


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A paper as a list shows it; ``due`` is the legal end for its signature, where there is one."""

    uid: str
    version: int
    form_key: str
    form_version: str
    state: NoticeState
    agency_id: int
    agency: str
    visit_uid: str | None
    session_uid: str
    day: date
    queue_number: int | None
    confidential: bool
    author: str
    due: date | None
    number: str
    symbol: str
    issued_on: date | None
    signer: str | None
    signer_title: str | None
    capacity: SigningCapacity | None
    sent_on: date | None


@dataclass(frozen=True, slots=True)
class Owed:
    """A visit refused on a ground that asks for a written notice, none signed yet; ``draft_uid`` waits."""

    visit_uid: str
    day: date
    queue_number: int
    ground: RefusalGround
    due: date | None
    draft_uid: str | None


def papers_seen(actor: Actor) -> ColumnElement[bool]:
    """Papers this hat may read: those of visits it sees, and of whole sessions in its reach."""
    if actor.role in {Role.ADMIN, Role.SUPERVISOR}:
        return false()
    reach: ColumnElement[bool] = (
        true() if actor.province_wide else ReceptionPaper.agency_id.in_(actor.agency_ids)
    )
    of_seen = exists().where(Visit.id == ReceptionPaper.visit_id, visits_seen(actor))
    return or_(and_(ReceptionPaper.visit_id.is_(None), reach), of_seen)


def paper_shown(actor: Actor, uid: str) -> PaperLine:
    """One paper. Raises ``NotFound``."""
    row = db.session.execute(_lines(actor).where(ReceptionPaper.uid == uid)).one_or_none()
    if row is None:
        raise NotFound(UNKNOWN)
    return _line(row)


def papers_of_visit(actor: Actor, visit_uid: str) -> tuple[PaperLine, ...]:
    """The papers of a visit, dropped drafts left out, the oldest first."""
    return _some(_lines(actor).where(_of_visit.uid == visit_uid, _standing()))


def papers_of_session(actor: Actor, session_uid: str) -> tuple[PaperLine, ...]:
    """The papers of a session and of its visits, dropped drafts left out, the oldest first."""
    return _some(_lines(actor).where(ReceptionSession.uid == session_uid, _standing()))


def waiting_papers(actor: Actor) -> tuple[PaperLine, ...]:
    """Drafts of the own agency that wait for a signature, those with the nearest end first. Raises ``Forbidden``."""
    require_role(actor, *READERS)
    query = _lines(actor).where(
        ReceptionPaper.agency_id == actor.agency_id, ReceptionPaper.state == NoticeState.DRAFT
    )
    found = _some(query)
    return tuple(sorted(found, key=lambda each: each.due or date.max))


def latest_papers(actor: Actor, limit: int = 50) -> tuple[PaperLine, ...]:
    """The papers signed last in the own agency. Raises ``Forbidden``."""
    require_role(actor, *READERS)
    query = _lines(actor).where(
        ReceptionPaper.agency_id == actor.agency_id, ReceptionPaper.state == NoticeState.SIGNED
    )
    rows = db.session.execute(
        query.order_by(None)
        .order_by(ReceptionPaper.issued_on.desc(), ReceptionPaper.id.desc())
        .limit(limit)
    )
    return tuple(_line(row) for row in rows)


def refusals_owed(actor: Actor) -> tuple[Owed, ...]:
    """Refusals of the own agency whose written notice is not signed (Decree 154/2026 art 4(3))."""
    written = exists().where(
        ReceptionPaper.visit_id == Visit.id,
        ReceptionPaper.form_key == REFUSAL,
        ReceptionPaper.state == NoticeState.SIGNED,
    )
    draft = (
        select(func.max(ReceptionPaper.uid))
        .where(
            ReceptionPaper.visit_id == Visit.id,
            ReceptionPaper.form_key == REFUSAL,
            ReceptionPaper.state == NoticeState.DRAFT,
        )
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            Visit.uid, ReceptionSession.day, Visit.queue_number, Visit.refusal_ground,
            Visit.refusal_due, draft.label("draft"),
        )
        .join(ReceptionSession, ReceptionSession.id == Visit.session_id)
        .where(
            Visit.agency_id == actor.agency_id,
            Visit.refusal_ground.in_(sorted(WRITTEN_REFUSALS)),
            ~written,
            visits_seen(actor),
        )
        .order_by(Visit.refusal_due, Visit.id)
    )  # fmt: skip
    return tuple(
        Owed(row.uid, row.day, row.queue_number, row.refusal_ground, row.refusal_due, row.draft)
        for row in rows
    )


_of_visit, _author, _signer = aliased(Visit), aliased(User), aliased(User)


def _lines(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select(
            ReceptionPaper,
            Agency.name.label("agency"),
            _of_visit.uid.label("visit_uid"),
            _of_visit.queue_number,
            _of_visit.confidential,
            ReceptionSession.uid.label("session_uid"),
            ReceptionSession.day,
            _author.name.label("author"),
            _signer.name.label("signer"),
        )
        .join(Agency, Agency.id == ReceptionPaper.agency_id)
        .join(_author, _author.id == ReceptionPaper.author_id)
        .outerjoin(_signer, _signer.id == ReceptionPaper.signer_id)
        .outerjoin(_of_visit, _of_visit.id == ReceptionPaper.visit_id)
        .join(
            ReceptionSession,
            or_(
                ReceptionSession.id == ReceptionPaper.session_id,
                ReceptionSession.id == _of_visit.session_id,
            ),
        )
        .where(papers_seen(actor))
        .order_by(ReceptionPaper.id)
    )


def _standing() -> ColumnElement[bool]:
    return ReceptionPaper.state != NoticeState.DROPPED


def _some(query: Select[*tuple[Any, ...]]) -> tuple[PaperLine, ...]:
    rows: Iterable[Any] = db.session.execute(query)
    return tuple(_line(row) for row in rows)


def _line(found: Any) -> PaperLine:
    row: ReceptionPaper = found.ReceptionPaper
    return PaperLine(
        uid=row.uid,
        version=row.version,
        form_key=row.form_key,
        form_version=row.form_version,
        state=row.state,
        agency_id=row.agency_id,
        agency=found.agency,
        visit_uid=found.visit_uid,
        session_uid=found.session_uid,
        day=found.day,
        queue_number=found.queue_number,
        confidential=bool(found.confidential),
        author=found.author,
        due=row.due,
        number=full_number(row.number, row.symbol or ""),
        symbol=row.symbol or "",
        issued_on=row.issued_on,
        signer=found.signer,
        signer_title=row.signer_title,
        capacity=row.capacity,
        sent_on=row.sent_on,
    )
