"""What a paper of reception is about: a visit or a whole session, its people opened, and who must not be named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions.access import visits_seen
from petitions.errors import NotFound
from petitions.kept_words import case_key_of, read_back
from petitions.ledger.record import case_key
from petitions.models import Case, ReceptionPaper, ReceptionSession, Visit, Visitor
from petitions.queries.reception_reach import NO_SESSION
from petitions.queries.visitors import NO_VISIT, Comer, people_of
from petitions.sealing import CaseKey, Identity
from petitions.services.checks import identity_of
from petitions.services.identity import sealed_people
from workflows.reception import VisitState
from workflows.vocabulary import Actor, Kind


@dataclass(frozen=True, slots=True)
class Subject:
    """The session, its visit (``None``: all of it), what was said, and the key its words lie under.

    ``sealed`` are the people no paper may name but the one that goes to them alone.
    """

    held: ReceptionSession
    visit: Visit | None
    people: tuple[Comer, ...]
    said: dict[str, Any]
    key: CaseKey | None
    sealed: tuple[Identity, ...]
    visits: int = 0
    kinds: tuple[Kind, ...] = ()

    @property
    def guarded(self) -> Kind:
        """As what its words are put away."""
        return Kind.FEEDBACK if self.key is None else Kind.DENUNCIATION


def of_visit(session: Session, uid: str, actor: Actor, *, lock: bool = False) -> Subject:
    """A visit the actor sees. Raises ``NotFound``."""
    query = select(Visit).where(Visit.uid == uid, visits_seen(actor))
    visit = session.scalar(query.with_for_update(of=Visit) if lock else query)
    if visit is None:
        raise NotFound(NO_VISIT)
    return _of_visit(session, visit)


def of_session(session: Session, uid: str, actor: Actor, *, lock: bool = False) -> Subject:
    """A session of an agency in the actor's reach. Raises ``NotFound``."""
    query = select(ReceptionSession).where(
        ReceptionSession.uid == uid, ReceptionSession.agency_id.in_(actor.agency_ids)
    )
    held = session.scalar(query.with_for_update(of=ReceptionSession) if lock else query)
    if held is None:
        raise NotFound(NO_SESSION)
    return _of_session(session, held)


def of_paper(session: Session, row: ReceptionPaper) -> Subject:
    """What a paper is about. Seeing the paper is asked for before."""
    if row.visit_id is not None:
        return _of_visit(session, session.get_one(Visit, row.visit_id))
    return _of_session(session, session.get_one(ReceptionSession, row.session_id))


def _of_visit(session: Session, visit: Visit) -> Subject:
    held = session.get_one(ReceptionSession, visit.session_id)
    own = case_key_of(visit.wrapped)
    people = _people(session, visit)
    case = session.get(Case, visit.case_id) if visit.case_id else None
    sealed: list[Identity] = [identity_of(each) for each in people] if visit.confidential else []
    key = own
    if case is not None and case.kind is Kind.DENUNCIATION:
        of_case = case_key(session, case)
        sealed += [identity_of(each) for each in sealed_people(session, case, of_case)]
        key = own or of_case
    said = dict(read_back(visit, own, Visit.__tablename__, visit.uid))
    return Subject(held, visit, people, said, key, tuple(sealed))


def _of_session(session: Session, held: ReceptionSession) -> Subject:
    """A notice about all of a session names nobody who came: it goes to many."""
    visits = session.scalars(
        select(Visit).where(Visit.session_id == held.id, Visit.state == VisitState.DONE)
    ).all()
    sealed = [identity_of(person) for each in visits for person in _people(session, each)]
    kinds = tuple(each.kind for each in visits if each.kind is not None)
    return Subject(held, None, (), {}, None, tuple(sealed), len(visits), kinds)


def _people(session: Session, visit: Visit) -> tuple[Comer, ...]:
    rows = session.scalars(
        select(Visitor).where(Visitor.visit_id == visit.id).order_by(Visitor.ordinal)
    )
    return people_of(rows, case_key_of(visit.wrapped))
