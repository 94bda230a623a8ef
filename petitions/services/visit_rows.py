"""The rows of a visit: its people and words, readable or sealed under the visit's own key."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import delete, insert, or_, select
from sqlalchemy.orm import Session

from config.database import table_of
from petitions import sealed_rows
from petitions.access import visits_seen
from petitions.errors import Invalid, NotFound, Stale
from petitions.installation import installation
from petitions.jsonable import canonical, plain
from petitions.kept_words import case_key_of, put_away, read_back
from petitions.models import MeetingRequest, Visit, Visitor, VisitorBlind
from petitions.queries.visitors import NO_VISIT, PEOPLE, Comer, digests, is_uid, people_of
from petitions.sealing.keyring import CaseKey
from petitions.services import words as texts
from petitions.services.checks import identity_of, leaks_in
from petitions.services.commitments_seal import seal_commitments
from petitions.services.reception_papers_seal import seal_papers
from petitions.text import fold
from workflows.reception import GROUP, representatives
from workflows.records import IdKind
from workflows.vocabulary import Actor, Kind

TABLE, MEETINGS = Visit.__tablename__, MeetingRequest.__tablename__
LIMITS = {
    "name": 255, "id_number": 40, "phone": 30, "address": 300, "document": 160, "language": 40,
    "exhausted_by": 255, "interpreter_name": 160, "security_note": 500, "note": 500,
}  # fmt: skip
MOST_PEOPLE = 10_000
"""People one visit may stand for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What the officer writes down of a visit.

    ``secrecy``: the visitor asks for it; a denunciation is confidential anyway. ``people_count``
    is how many came, ``same_as`` the uid of an earlier visit in the same matter ("" for a new one,
    None to let the register judge).
    """

    people: tuple[Comer, ...]
    said: str = ""
    kind: Kind | None = None
    secrecy: bool = False
    people_count: int = 1
    representatives_named: bool = False
    language: str | None = None
    interpreter: bool = False
    interpreter_name: str = ""
    fingerprint: bool = False
    security_risk: bool = False
    security_note: str = ""
    place_code: str | None = None
    field_code: str | None = None
    competent: bool | None = None
    exhausted_by: str = ""
    note: str = ""
    same_as: str | None = None


SPOKEN = ("said", "exhausted_by", "interpreter_name", "security_note", "note")
"""What of a visit is free words, kept together and sealed together."""


def load_visit(session: Session, uid: str, actor: Actor, version: int | None = None) -> Visit:
    """The visit, locked. Raises ``NotFound`` when it is out of reach, ``Stale`` when changed since."""
    if not is_uid(uid):
        raise NotFound(NO_VISIT)
    visit = session.scalar(
        select(Visit)
        .where(Visit.uid == uid, visits_seen(actor))
        .with_for_update(of=Visit)
        .execution_options(populate_existing=True)
    )
    if visit is None:
        raise NotFound(NO_VISIT)
    if version is not None and version != visit.version:
        raise Stale(uid)
    return visit


def checked(given: Taken) -> Taken:
    """What was typed, made safe. Raises ``Invalid`` with every fault at its field (Law art 29)."""
    faults: defaultdict[str, list[str]] = defaultdict(list)
    safe = _safe(given, faults)
    if not safe.people:
        faults["people"].append("Phải ghi ít nhất một người.")
    for index, person in enumerate(safe.people):
        if not fold(person.name):
            faults[f"people.{index}.name"].append("Phải có họ tên.")
    if not 1 <= safe.people_count <= MOST_PEOPLE:
        faults["people_count"].append("Số người phải từ 1 đến 10.000.")
    elif safe.people_count < len(safe.people):
        faults["people_count"].append("Số người ít hơn số người đã ghi.")
    _representatives(safe, faults)
    if safe.security_note and not safe.security_risk:
        faults["security_risk"].append("Đánh dấu mục này khi ghi việc an ninh, trật tự.")
    if faults:
        raise Invalid(faults)
    return safe


def _safe(given: Taken, faults: defaultdict[str, list[str]]) -> Taken:
    loose: dict[str, Any] = {name: _text(getattr(given, name), name, faults) for name in SPOKEN}
    people = tuple(
        _safe_person(person, f"people.{index}", faults) for index, person in enumerate(given.people)
    )
    language = _text(given.language, "language", faults) or None
    return replace(given, people=people, language=language, **loose)


def _safe_person(person: Comer, path: str, faults: defaultdict[str, list[str]]) -> Comer:
    loose: dict[str, Any] = {
        name: _text(getattr(person, name), f"{path}.{name}", faults) or None
        for name in ("phone", "address", "document")
    }
    number = "".join(_text(person.id_number, f"{path}.id_number", faults).split()) or None
    return replace(
        person, name=_text(person.name, f"{path}.name", faults), id_number=number, **loose
    )


def _text(value: str | None, path: str, faults: defaultdict[str, list[str]]) -> str:
    return texts.prose(value, path, LIMITS.get(path.rpartition(".")[2]), faults)


def _representatives(given: Taken, faults: defaultdict[str, list[str]]) -> None:
    chosen = sum(person.is_representative for person in given.people)
    least, most = representatives(given.people_count)
    if given.people_count < GROUP:
        if chosen and given.people_count == 1:
            faults["people"].append("Một người thì không cử người đại diện.")
        return
    if not least <= chosen <= most:
        faults["people"].append(
            f"Nhóm {given.people_count} người phải cử từ {least} đến {most} người đại diện trong số "
            "những người đến (Điều 29 Luật Tiếp công dân)."
        )


# --- writing ---------------------------------------------------------------------------------


def write_taken(session: Session, visit: Visit, given: Taken) -> None:
    """Put people and words down, in place of what was there.

    A visit once sealed stays sealed; the first write of one that is confidential is sealed already.
    """
    if given.secrecy or given.kind is Kind.DENUNCIATION:
        seal_visit(session, visit)
    visit.kind = given.kind
    visit.people = given.people_count
    visit.representatives_named = given.representatives_named
    visit.language, visit.interpreter = given.language, given.interpreter
    visit.fingerprint, visit.security_risk = given.fingerprint, given.security_risk
    visit.competent = given.competent
    spoken = {name: getattr(given, name) for name in SPOKEN if getattr(given, name)}
    add_words(visit, spoken, without=SPOKEN)
    session.flush()
    _write_people(session, visit.id, given.people, case_key_of(visit.wrapped))


def seal_visit(session: Session, visit: Visit) -> None:
    """Seal a visit that was readable: what it tells belongs to a denunciation after all.

    With it go its papers, what was undertaken at it, and the visit with the leader it led to or came
    from: all of them tell of the same person in the same matter.
    """
    if visit.confidential:
        return
    spoken = visit_words(visit)
    people = read_people(session, visit)
    if visit.document and leaks_in(visit.document, [identity_of(each) for each in people]):
        spoken["note"] = "; ".join(filter(None, (spoken.get("note"), visit.document)))
        visit.document = None
    key, visit.wrapped = installation().keyring.new_case_key()
    visit.confidential = True
    _keep(visit, key, spoken)
    session.flush()
    _write_people(session, visit.id, people, key)
    asked = session.scalar(select(MeetingRequest).where(MeetingRequest.visit_id == visit.id))
    if asked is not None:
        told = read_words(asked, asked.uid, MEETINGS, None)
        kept = put_away(Kind.DENUNCIATION, key, MEETINGS, asked.uid, told)
        asked.words, asked.sealed = kept["words"], kept["sealed"]
    seal_papers(session, visit.id, key)
    seal_commitments(session, visit.id, key)
    for other in met_with(session, visit):
        seal_visit(session, other)


def met_with(session: Session, visit: Visit) -> Sequence[Visit]:
    """The visits on the other side of a request to meet the leader, locked."""
    asked_at = select(MeetingRequest.visit_id).where(MeetingRequest.met_visit_id == visit.id)
    led_to = select(MeetingRequest.met_visit_id).where(
        MeetingRequest.visit_id == visit.id, MeetingRequest.met_visit_id.is_not(None)
    )
    return session.scalars(
        select(Visit)
        .where(or_(Visit.id.in_(asked_at), Visit.id.in_(led_to)))
        .order_by(Visit.id)
        .with_for_update(of=Visit)
    ).all()


def add_words(visit: Visit, more: Mapping[str, Any], without: Sequence[str] = ()) -> None:
    """Keep more words beside those of the visit, less the ones named ``without``."""
    kept = {name: each for name, each in visit_words(visit).items() if name not in without}
    _keep(visit, case_key_of(visit.wrapped), {**kept, **more})


def visit_words(visit: Visit) -> dict[str, Any]:
    """Every word kept of the visit."""
    return read_words(visit, visit.uid, TABLE, case_key_of(visit.wrapped))


def read_words(row: Any, uid: str, table: str, key: CaseKey | None) -> dict[str, Any]:
    """The words of a row beside a visit, opened."""
    return dict(read_back(row, key, table, uid))


def guarded(visit: Visit) -> Kind:
    """As what words beside the visit are put away: those of a confidential one like a denunciation's."""
    return Kind.DENUNCIATION if visit.confidential else Kind.FEEDBACK


def read_people(session: Session, visit: Visit) -> tuple[Comer, ...]:
    """The people of the visit, opened."""
    rows = session.scalars(
        select(Visitor).where(Visitor.visit_id == visit.id).order_by(Visitor.ordinal)
    )
    return people_of(rows, case_key_of(visit.wrapped))


def _keep(visit: Visit, key: CaseKey | None, spoken: Mapping[str, Any]) -> None:
    kept = put_away(guarded(visit), key, TABLE, visit.uid, spoken)
    visit.words, visit.sealed = kept["words"], kept["sealed"]


def _write_people(
    session: Session, visit_id: int, people: Sequence[Comer], key: CaseKey | None
) -> None:
    mine = select(Visitor.id).where(Visitor.visit_id == visit_id)
    session.execute(delete(VisitorBlind).where(VisitorBlind.visitor_id.in_(mine)))
    session.execute(delete(Visitor).where(Visitor.visit_id == visit_id))
    if not people:
        return
    rows = [_row(visit_id, ordinal, person, key) for ordinal, person in enumerate(people, 1)]
    added = session.connection().execute(
        insert(table_of(Visitor)).returning(Visitor.id, Visitor.uid), rows
    )
    if key is None:
        return
    ids = {row.uid: row.id for row in added}
    blind = [
        {"visitor_id": ids[row["uid"]], "label": label, "digest": digest}
        for row, person in zip(rows, people, strict=True)
        for label, digest in digests(person).items()
    ]
    if blind:
        session.execute(insert(VisitorBlind), blind)


def _row(visit_id: int, ordinal: int, person: Comer, key: CaseKey | None) -> dict[str, Any]:
    uid = secrets.token_hex(16)
    row: dict[str, Any] = {
        "uid": uid, "visit_id": visit_id, "ordinal": ordinal, "id_kind": person.id_kind,
        "is_representative": person.is_representative, "name": None, "folded_name": None,
        "birth_year": None, "id_number": None, "phone": None, "address": None, "details": None,
        "sealed": None,
    }  # fmt: skip
    if key is not None:
        blob = key.seal(canonical(plain(asdict(person))), sealed_rows.kept_words(PEOPLE, uid))
        return {**row, "id_kind": IdKind.NONE, "sealed": blob}
    return {
        **row,
        "name": person.name,
        "folded_name": fold(person.name),
        "birth_year": person.birth_year,
        "id_number": person.id_number,
        "phone": person.phone,
        "address": person.address,
        "details": {"document": person.document} if person.document else None,
    }
