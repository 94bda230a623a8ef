"""Writing down what was undertaken before people: one commitment, inside a transaction that is open.

Dialogues, reception sessions, open dialogues and promises all make theirs here.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions.errors import Invalid, Leak
from petitions.kept_words import case_key_of, put_away
from petitions.models import (
    Agency,
    Case,
    Commitment,
    CommitmentAgency,
    CommitmentStep,
    Visit,
    Visitor,
)
from petitions.models import CaseKey as CaseKeyRow
from petitions.queries.offices import in_force
from petitions.queries.visitors import people_of
from petitions.sealing.keyring import CaseKey
from petitions.services import words
from petitions.services.checks import identity_of, leaks_in
from workflows.commitments import (
    CommitmentKind,
    CommitmentRole,
    CommitmentSource,
    CommitmentStatus,
    CommitmentVerdict,
)
from workflows.vocabulary import Actor, Kind

WHAT, TEXT, DOCUMENT = "what", "text", "document"
"""Names of the words a commitment and a line of its history keep."""
WHAT_LIMIT = 2_000
"""Characters of what is undertaken."""
TABLE, STEPS = Commitment.__tablename__, CommitmentStep.__tablename__


@dataclass(frozen=True, slots=True)
class Undertaking:
    """What was undertaken: who leads (by code), with whom, under whose eyes, by which day."""

    what: str
    lead_agency_code: str
    due: date
    kind: CommitmentKind = CommitmentKind.DO
    cooperating: tuple[str, ...] = ()
    supervising: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """Before whom it was undertaken.

    ``secret`` spares looking the key up again: that of the confidential visit, else of the
    denunciation's case (``key_of``). Only where neither is meant do the words stay readable.
    """

    source: CommitmentSource
    dialogue_id: int | None = None
    session_id: int | None = None
    visit_id: int | None = None
    open_dialogue_id: int | None = None
    promise_id: int | None = None
    case_id: int | None = None
    secret: CaseKey | None = None


def undertake(
    session: Session,
    given: Undertaking,
    origin: Origin,
    *,
    made_on: date,
    actor: Actor,
    now: datetime,
    at: str = "undertakings.0",
    keeper_id: int | None = None,
) -> Commitment:
    """Write the commitment with the first line of its history.

    The actor's agency keeps it, or ``keeper_id`` where the actor writes for another (an import).
    Raises ``Invalid`` with every fault under ``at`` (``what``, ``lead_agency_code``, ``due``,
    ``cooperating``, ``supervising``), ``Leak`` when the words name somebody kept secret.
    """
    faults: defaultdict[str, list[str]] = defaultdict(list)
    what = str(words.safe({f"{at}.what": given.what})[f"{at}.what"])
    if not what:
        faults[f"{at}.what"].append("Phải ghi nội dung cam kết.")
    elif len(what) > WHAT_LIMIT:
        faults[f"{at}.what"].append(f"Dài quá {WHAT_LIMIT} ký tự.")
    if given.due < made_on:
        faults[f"{at}.due"].append("Hạn thực hiện không được trước ngày cam kết.")
    if made_on > local_day(now):
        faults[f"{at}.made_on"].append("Ngày này còn ở tương lai.")
    known = _agencies(
        session, {given.lead_agency_code, *given.cooperating, *given.supervising}, local_day(now)
    )
    if given.lead_agency_code not in known:
        faults[f"{at}.lead_agency_code"].append("Chọn cơ quan chủ trì trong danh mục.")
    for name, codes in (("cooperating", given.cooperating), ("supervising", given.supervising)):
        if any(code not in known for code in codes):
            faults[f"{at}.{name}"].append("Có cơ quan không có trong danh mục.")
        if given.lead_agency_code in codes:
            faults[f"{at}.{name}"].append("Cơ quan chủ trì không ghi lại ở đây.")
    if faults:
        raise Invalid(faults)
    refuse_secret_names(session, origin.visit_id, origin.case_id, {f"{at}.what": what})
    keeper = actor.agency_id if keeper_id is None else keeper_id
    return _write(session, given, origin, what, known, made_on, keeper, actor, now)


def key_of(session: Session, visit_id: int | None, case_id: int | None) -> CaseKey | None:
    """The key the words belong under: the confidential visit's, else the denunciation's case's."""
    wrapped = None
    if visit_id is not None:
        wrapped = session.scalar(select(Visit.wrapped).where(Visit.id == visit_id))
    if wrapped is None and case_id is not None:
        wrapped = session.scalar(
            select(CaseKeyRow.wrapped)
            .join(Case, Case.id == CaseKeyRow.case_id)
            .where(Case.id == case_id, Case.kind == Kind.DENUNCIATION)
        )
    return case_key_of(wrapped)


def refuse_secret_names(
    session: Session, visit_id: int | None, case_id: int | None, texts: Mapping[str, str]
) -> None:
    """Raise ``Leak`` at the first of ``texts`` (by field) that names a sealed person of the case, or
    somebody of the confidential visit: the body that leads reads it."""
    if case_id is not None:
        words.refuse_sealed_texts(session, session.get_one(Case, case_id), texts)
    wrapped = session.scalar(select(Visit.wrapped).where(Visit.id == visit_id))
    if wrapped is None:
        return
    rows = session.scalars(select(Visitor).where(Visitor.visit_id == visit_id))
    came = [identity_of(each) for each in people_of(rows, case_key_of(wrapped))]
    for field, text in texts.items():
        marks = leaks_in(text, came)
        if marks:
            raise Leak(field, marks)


def sealed_or_not(
    secret: CaseKey | None, table: str, uid: str, said: Mapping[str, Any]
) -> dict[str, Any]:
    """The two columns of words: sealed where there is a key, readable where there is none."""
    kind = Kind.RECOMMENDATION if secret is None else Kind.DENUNCIATION
    return put_away(kind, secret, table, uid, said)


def _write(
    session: Session,
    given: Undertaking,
    origin: Origin,
    what: str,
    known: dict[str, int],
    made_on: date,
    keeper_id: int,
    actor: Actor,
    now: datetime,
) -> Commitment:
    uid = secrets.token_hex(16)
    secret = origin.secret or key_of(session, origin.visit_id, origin.case_id)
    made = Commitment(
        uid=uid,
        source=origin.source,
        kind=given.kind,
        agency_id=keeper_id,
        lead_agency_id=known[given.lead_agency_code],
        case_id=origin.case_id,
        dialogue_id=origin.dialogue_id,
        session_id=origin.session_id,
        visit_id=origin.visit_id,
        open_dialogue_id=origin.open_dialogue_id,
        promise_id=origin.promise_id,
        made_on=made_on,
        due=given.due,
        status=CommitmentStatus.OPEN,
        ended_on=None,
        **sealed_or_not(secret, TABLE, uid, {WHAT: what}),
    )
    session.add(made)
    session.flush()
    concerned = [
        {"commitment_id": made.id, "agency_id": known[code], "role": role}
        for role, codes in (
            (CommitmentRole.COOPERATING, given.cooperating),
            (CommitmentRole.SUPERVISING, given.supervising),
        )
        for code in dict.fromkeys(codes)
    ]
    if concerned:
        session.execute(insert(CommitmentAgency), concerned)
    session.execute(
        insert(CommitmentStep).values(
            uid=secrets.token_hex(16),
            commitment_id=made.id,
            seq=1,
            verdict=CommitmentVerdict.MADE,
            on=made_on,
            due=given.due,
            by_id=actor.user_id,
            at=now,
            words=None,
            sealed=None,
        )
    )
    return made


def _agencies(session: Session, codes: Iterable[str], today: date) -> dict[str, int]:
    """Ids by code of the agencies in force."""
    rows = session.execute(
        select(Agency.code, Agency.id).where(Agency.code.in_(set(codes)), in_force(Agency, today))
    )
    return {row.code: row.id for row in rows}
