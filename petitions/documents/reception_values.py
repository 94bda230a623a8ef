"""What a visit or a session itself puts into the papers of reception: who came, about what, before whom.

Of a confidential visit the conclusion notice says "người tố cáo" and nobody's name; the refusal and the
receipt, which go to that person alone, name the person in their sealed fields.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions.documents.context_office import full_name, office_values, title_of
from petitions.documents.forms import COMMON, Form
from petitions.labels import label
from petitions.models import Agency, Hat, ReceptionSession, User, Visit
from petitions.queries.offices import in_force
from petitions.queries.visitors import Comer
from workflows.reception import Host, RefusalGround, SessionKind, SessionManner
from workflows.records import IdKind
from workflows.vocabulary import Actor, Kind

DENOUNCER = "Người tố cáo"
"""Who came, in a paper that reaches others."""
ASKS_FOR_SECRECY = "Công dân đề nghị giữ bí mật"
_WHEN = {SessionKind.PERIODIC: "định kỳ", SessionKind.AD_HOC: "đột xuất"}
_GROUNDS = {RefusalGround.LAW_9_3: "k3d9", RefusalGround.ANSWERED_BEFORE: "h_k1d4"}


def paper_values(
    session: Session,
    form: Form,
    held: ReceptionSession,
    visit: Visit | None,
    people: Sequence[Comer],
    said: Mapping[str, Any],
    on: date,
    *,
    numbers: tuple[int, Sequence[Kind]] = (0, ()),
) -> dict[str, Any]:
    """The fields of ``form`` that the office, the session and the visit fill, for a paper of ``on``.

    ``people`` and ``said`` are the visit's, opened; ``numbers`` are the visits of the whole session
    and their kinds, for a conclusion of all of it. What is not known is left out.
    """
    office = session.get_one(Agency, held.agency_id)
    found = {
        **office_values(session, office, None, on),
        **_of_session(session, held, office, on),
        **(_of_visit(visit, people, said) if visit else _of_all(held, *numbers)),
    }
    wanted = {each.name for each in (*form.fields, *COMMON)}
    return {
        name: value
        for name, value in found.items()
        if name in wanted and value not in (None, "", [], ())
    }


def receipt_values(
    session: Session, held: ReceptionSession, people: Sequence[Comer], actor: Actor, now: datetime
) -> dict[str, Any]:
    """The fields of a receipt (form 02/TCD) that the visit fills for the officer who takes the papers."""
    office = session.get_one(Agency, held.agency_id)
    title = session.scalar(select(Hat.title).where(Hat.id == actor.hat_id)) or label(actor.role)
    first = speakers(people)[:1]
    given = {
        **office_values(session, office, None, held.day),
        "received_at": now,
        "venue": held.place or full_name(office.name),
        "receiver_name": session.scalar(select(User.name).where(User.id == actor.user_id)),
        "receiver_title": title,
        **(_identity("giver", first[0]) if first else {}),
    }
    return {name: value for name, value in given.items() if value}


def _of_session(
    session: Session, held: ReceptionSession, office: Agency, on: date
) -> dict[str, Any]:
    host = held.held_by_id or held.host_id
    name = session.scalar(select(User.name).where(User.id == host)) if host else None
    named = full_name(office.name)
    return {
        "head_name": name,
        "head_title": _title(session, held, office, host, on),
        "session_date": held.day,
        "visited_on": held.day,
        "session_kind": "trực tuyến"
        if held.manner is SessionManner.ONLINE
        else _WHEN.get(held.kind, "định kỳ"),
        "venue": held.place or f"trụ sở {named}",
        "participants": [
            ", ".join(filter(None, (each.get("name"), each.get("title"))))
            for each in held.participants
        ],
        "follow_up_unit": f"Văn phòng {named}",
    }


def _title(
    session: Session, held: ReceptionSession, office: Agency, host: int | None, on: date
) -> str | None:
    """The title of whoever received: the head's own, else as the hat says."""
    if held.held_in_person or (held.held_by_id is None and held.host is Host.HEAD):
        return title_of(office)
    hat = session.execute(
        select(Hat.title, Hat.role)
        .where(Hat.user_id == host, Hat.agency_id == office.id, in_force(Hat, on))
        .order_by(Hat.id)
        .limit(1)
    ).one_or_none()
    return None if hat is None else hat.title or label(hat.role)


def _of_visit(visit: Visit, people: Sequence[Comer], said: Mapping[str, Any]) -> dict[str, Any]:
    heard = speakers(people)
    names = ", ".join(each.name for each in heard)
    first = heard[0] if heard else None
    crowd = f" và {visit.people - len(heard)} người khác" if visit.people > len(heard) else ""
    kind = label(visit.kind).lower() if visit.kind else "kiến nghị, phản ánh"
    secret = visit.confidential
    asker = DENOUNCER if visit.kind is Kind.DENUNCIATION else ASKS_FOR_SECRECY
    open_line = f"Ông (bà) {names}{crowd}" + (
        f", địa chỉ: {first.address}" if first and first.address else ""
    )
    return {
        **(_identity("citizen", first) if first else {}),
        "citizen_name": names or None,
        "citizen_line": asker if secret else open_line,
        "citizen_recipient": None if secret else f"Ông (bà) {names}",
        "petition_kind": kind,
        "summary": _summary(str(said.get("said", ""))),
        "refusal_ground": _GROUNDS.get(visit.refusal_ground) if visit.refusal_ground else None,
        "evidence_ref": visit.document,
    }  # fmt: skip


def _of_all(held: ReceptionSession, visits: int, kinds: Sequence[Kind]) -> dict[str, Any]:
    return {
        "citizen_line": f"Buổi tiếp có {visits:02} lượt công dân",
        "petition_kind": ", ".join(dict.fromkeys(label(each).lower() for each in kinds)),
        "summary": held.topic,
    }


def speakers(people: Sequence[Comer]) -> list[Comer]:
    """Who speaks for those who came: the named representatives, else the first."""
    return [each for each in people if each.is_representative] or list(people[:1])


def _identity(field: str, person: Comer) -> dict[str, Any]:
    return {
        f"{field}_name": person.name,
        f"{field}_address": person.address,
        f"{field}_id_number": person.id_number,
        f"{field}_id_label": None if person.id_kind is IdKind.NONE else label(person.id_kind),
    }


def _summary(said: str) -> str:
    text = " ".join(said.split()).rstrip(" .;")
    for beginning in ("về việc ", "việc "):
        if text.casefold().startswith(beginning):
            text = text[len(beginning) :]
    return text
