"""New cases an act calls for: the parts of a mixed petition, the second instance, a settlement anew.

The new case starts with what the old one knew of people and matter, under a code of its own.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from petitions import ledger, sealed_rows
from petitions.codes import make_code
from petitions.errors import Invalid
from petitions.installation import installation
from petitions.ledger.record import Change, Entry, case_key
from petitions.models import (
    Agency,
    Assignment,
    BlindIndex,
    Case,
    CaseAgency,
    CaseBar,
    CaseKey,
    CaseLink,
    CaseText,
    ContestedAct,
    Deadline,
    Field,
    LandParcel,
    Party,
    Petition,
    PriorSettlement,
    Respondent,
    SealedIdentity,
)
from petitions.sealing import CaseKey as Key
from petitions.services import bars, numbering
from petitions.services.act import Act
from petitions.services.corrections import refresh_search
from petitions.services.identity import pack, unpack
from petitions.services.refusals import allowed
from petitions.view import view
from workflows import lifecycle
from workflows.casefile import CaseFile
from workflows.effects import SHOWN_BY_PAPERS
from workflows.records import AgencyRole, LinkKind
from workflows.vocabulary import Action, Fact, Kind, Need, State

COPIED = (
    "kind", "subkind", "remote", "group_size", "official_conduct", "security_risk", "source",
    "forwarder_id", "field_id", "place_id", "project_id", "summary", "anonymous",
    "wants_protection", "wants_result",
)  # fmt: skip


def open_for(act: Act) -> list[str]:
    """Open what the act calls for; returns the new codes, the first to be looked at next."""
    kind = act.move.opens
    if kind is LinkKind.SPLIT_FROM:
        parts = act.given[Need.PARTS]
        if len(parts) < 2:
            raise Invalid.at("parts", "Tách đơn thì phải có ít nhất hai phần.")
        return [
            _open(act, kind, act.case.agency_id, part, f"parts.{number}")
            for number, part in enumerate(parts)
        ]
    assert kind is not None
    return [_open(act, kind, _superior(act, kind), {}, "")]


def void_parts(act: Act) -> None:
    """Undoing a split voids its parts; raises ``Invalid`` when work on one has begun."""
    parts = act.session.scalars(
        select(Case)
        .join(CaseLink, CaseLink.from_case_id == Case.id)
        .where(
            CaseLink.to_case_id == act.case.id,
            CaseLink.kind == LinkKind.SPLIT_FROM,
            CaseLink.undone_on.is_(None),
            Case.state != State.VOIDED,
        )
        .with_for_update(of=Case)
    ).all()
    for part in parts:
        if part.state not in {State.RECEIVED, State.CLASSIFIED}:
            raise Invalid.at(
                "reason", f"Hồ sơ {part.code} đã được xử lý nên không hoàn tác tách đơn được."
            )
        known = act.session.scalars(select(Deadline).where(Deadline.case_id == part.id)).all()
        given = {
            Need.REASON: f"Hoàn tác tách đơn {act.case.code}",
            Need.FIRST_PERSON: "split",
            Need.SECOND_PERSON: act.actor.user_id,
        }
        move = allowed(
            lambda part=part, known=known, given=given: lifecycle.decide(  # type: ignore[misc]
                view(part, known), Action.VOID, act.actor.role, act.on, act.today, given
            )
        )
        ledger.record(
            act.session, part, move, Change(data={"undone_split": act.case.code}),
            on=act.on, actor=act.actor, now=act.now, book=act.book, known=known,
        )  # fmt: skip


def _superior(act: Act, kind: LinkKind) -> int:
    """The second instance is the superior's; a settlement anew stays where the case now is."""
    if kind is LinkKind.RESETTLES:
        return act.case.agency_id
    parent = act.session.scalar(select(Agency.parent_id).where(Agency.id == act.case.agency_id))
    if parent is None:
        raise Invalid.at("on", "Cơ quan này chưa khai báo cấp trên để nhận khiếu nại lần hai.")
    return parent


def _open(act: Act, kind: LinkKind, agency_id: int, part: Mapping[str, Any], path: str) -> str:
    old, session = act.case, act.session
    prefix = session.scalars(select(Agency.book_prefix).where(Agency.id == agency_id)).one()
    numbers = numbering.next_numbers(
        session, agency_id, [numbering.CASES, numbering.REGISTER], act.today.year
    )
    whole = kind is LinkKind.SPLIT_FROM
    received_on = old.received_on if whole else act.on
    first_received_on = old.first_received_on if whole else act.on
    case = Case(
        code=make_code(prefix, act.today.year, numbers[numbering.CASES]),
        agency_id=agency_id,
        origin_agency_id=agency_id,
        instance=2 if kind is LinkKind.SECOND_INSTANCE_OF else old.instance,
        received_on=received_on,
        first_received_on=first_received_on,
        entered_at=act.now,
        last_on=received_on,
        competent=True,
        facts={},
        marks=[],
        **{name: getattr(old, name) for name in COPIED},
    )
    content = _differ(session, case, part, path)
    key, wrapped = (None, None)
    if case.kind is Kind.DENUNCIATION:
        key, wrapped = installation().keyring.new_case_key()
    opening = CaseFile(
        kind=case.kind,
        state=None,
        subkind=case.subkind,
        instance=case.instance,
        received_on=received_on,
        last_on=received_on,
        remote=case.remote,
        group_size=case.group_size,
        anonymous=case.anonymous,
        forwarded=case.forwarder_id is not None,
        facts=_inherited(old, case, kind),
        marks=view(old).marks & SHOWN_BY_PAPERS,
    )
    move = allowed(
        lambda: lifecycle.decide(
            opening, Action.REGISTER, act.actor.role, received_on, act.today, {Need.COMPETENT: True}
        )
    )
    change = Change(data={"kind": case.kind, "from_case": old.code, "link": kind})
    entry = Entry(case, move, act.on, change, new=True, key=key)
    ledger.record_many(session, [entry], actor=act.actor, now=act.now, book=act.book)
    _copy_texts(act, case, content, numbers[numbering.REGISTER])
    _copy_people(session, old, case, key, wrapped)
    _link(act, case, kind)
    if case.agency_id != old.agency_id:
        bars.extend(session, case, case.agency_id, act.today)
    session.flush()
    refresh_search(session, case)
    return case.code


def _inherited(old: Case, case: Case, kind: LinkKind) -> dict[str, Any]:
    """Facts that belong to the paper: who forwarded it, and for parts the contested decision's day."""
    names = {Fact.FORWARDED_BY}
    if kind is LinkKind.SPLIT_FROM and case.kind is Kind.COMPLAINT:
        names |= {Fact.CONTESTED_DECISION_RECEIVED, Fact.OBSTACLES}
    return {name: value for name, value in view(old).facts.items() if name in names}


def _differ(session: Session, case: Case, part: Mapping[str, Any], path: str) -> str | None:
    """What a part says otherwise than the whole: kind, words, field."""
    if not part:
        return None
    for name in ("summary", "content"):
        if not part.get(name):
            raise Invalid.at(f"{path}.{name}", "Mỗi phần phải có tóm tắt và nội dung.")
    if part.get("kind"):
        case.kind = Kind(part["kind"])
        case.subkind = None if case.kind is not Kind.COMPLAINT else case.subkind
    if part.get("field_code"):
        field = session.scalar(select(Field.id).where(Field.code == part["field_code"]))
        if field is None:
            raise Invalid.at(f"{path}.field_code", "Không có trong danh mục.")
        case.field_id = field
    case.summary = str(part["summary"])[:300]
    return str(part["content"])


def _copy_texts(act: Act, case: Case, content: str | None, register_number: int) -> None:
    session, old = act.session, act.case
    text = session.get_one(CaseText, old.id)
    session.execute(
        insert(CaseText).values(
            case_id=case.id, content=content or text.content, demand=text.demand,
            language=text.language, interpreter=text.interpreter, fingerprint=text.fingerprint,
            handled_before=text.handled_before, search="",
        )
    )  # fmt: skip
    session.execute(
        insert(Petition).values(
            case_id=case.id, ordinal=1, agency_id=case.agency_id, register_year=act.today.year,
            register_number=register_number, source=case.source, received_on=case.received_on,
            entered_at=act.now, entered_by=act.actor.user_id, forwarder_id=case.forwarder_id,
        )
    )  # fmt: skip
    for model in (ContestedAct, LandParcel, PriorSettlement):
        rows = session.scalars(select(model).where(model.case_id == old.id)).all()
        copies = [_columns(row, case.id) for row in rows]
        if copies:
            session.execute(insert(model), copies)


def _columns(row: Any, case_id: int) -> dict[str, Any]:
    names = [column.key for column in row.__table__.columns if column.key not in {"id", "case_id"}]
    return {"case_id": case_id, **{name: getattr(row, name) for name in names}}


def _copy_people(
    session: Session, old: Case, case: Case, key: Key | None, wrapped: bytes | None
) -> None:
    parties = session.scalars(
        select(Party)
        .where(Party.case_id == old.id, Party.withdrew_on.is_(None))
        .order_by(Party.ordinal)
    ).all()
    fresh = {party.id: {**_columns(party, case.id), "uid": uuid.uuid4().hex} for party in parties}
    if key is not None:
        session.execute(
            insert(CaseKey).values(
                case_id=case.id, wrapped=wrapped, sealed_original=_original(session, old, case, key)
            )
        )
    if old.kind is Kind.DENUNCIATION and key is None:
        raise Invalid.at(
            "parts", "Phần tách từ đơn tố cáo phải giữ là tố cáo để bảo vệ người tố cáo."
        )
    if key is not None and any(not party.sealed for party in parties):
        raise Invalid.at(
            "parts",
            "Phần tố cáo phải đăng ký thành hồ sơ riêng để niêm phong thông tin người tố cáo.",
        )
    if fresh:
        session.execute(insert(Party), list(fresh.values()))
    if key is not None:
        _reseal(session, old, case, key, fresh)
    for model in (Respondent, CaseBar):
        copies = [
            _columns(row, case.id)
            for row in session.scalars(select(model).where(model.case_id == old.id))
        ]
        if copies:
            session.execute(insert(model), copies)


def _original(session: Session, old: Case, case: Case, key: Key) -> bytes | None:
    """The paper's own wording under the new case's key; ``None`` where the old case kept none."""
    if old.kind is not Kind.DENUNCIATION:
        return None
    kept = session.scalar(select(CaseKey.sealed_original).where(CaseKey.case_id == old.id))
    if kept is None:
        return None
    text = case_key(session, old).open_text(kept, sealed_rows.original(old.code))
    return key.seal_text(text, sealed_rows.original(case.code))


def _reseal(
    session: Session, old: Case, case: Case, key: Key, fresh: Mapping[int, Mapping[str, Any]]
) -> None:
    """The same people under the new case's own key."""
    old_key = case_key(session, old)
    ids = {
        row.uid: row.id
        for row in session.execute(select(Party.uid, Party.id).where(Party.case_id == case.id))
    }
    sealed, blind = [], []
    rows = session.execute(
        select(Party.id, Party.uid, SealedIdentity.blob)
        .join(SealedIdentity, SealedIdentity.party_id == Party.id)
        .where(Party.id.in_(fresh))
    )
    for row in rows:
        uid = fresh[row.id]["uid"]
        person = unpack(old_key, row.uid, row.blob)
        sealed.append({"party_id": ids[uid], "blob": pack(key, uid, person)})
    for index in session.scalars(select(BlindIndex).where(BlindIndex.party_id.in_(fresh))):
        party_id = ids[fresh[index.party_id]["uid"]]
        blind.append({"party_id": party_id, "label": index.label, "digest": index.digest})
    if sealed:
        session.execute(insert(SealedIdentity), sealed)
    if blind:
        session.execute(insert(BlindIndex), blind)


def _link(act: Act, case: Case, kind: LinkKind) -> None:
    session = act.session
    session.execute(
        insert(CaseLink).values(
            from_case_id=case.id, to_case_id=act.case.id, kind=kind, since=act.on
        )
    )
    if case.agency_id != act.case.agency_id:
        session.execute(
            insert(CaseAgency).values(
                case_id=case.id, agency_id=act.case.agency_id, role=AgencyRole.ORIGIN, since=act.on
            )
        )
    if case.kind is Kind.DENUNCIATION:
        charged = session.execute(
            select(Assignment.user_id, Assignment.duty).where(
                Assignment.case_id == act.case.id, Assignment.until.is_(None)
            )
        ).all()
        rows = [
            {"case_id": case.id, "user_id": row.user_id, "duty": row.duty, "since": act.on}
            for row in charged
        ]
        if rows:
            session.execute(insert(Assignment), rows)
