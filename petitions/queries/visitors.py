"""The people of visits: opened for who may read them, matched with those who came before."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from config.clock import local_day
from config.database import db
from petitions import sealed_rows
from petitions.access import visits_seen
from petitions.installation import installation
from petitions.kept_words import case_key_of, read_back
from petitions.models import Agency, Case, Visit, Visitor, VisitorBlind
from petitions.sealing.keyring import CaseKey
from petitions.text import fold
from workflows.reception import VisitOutcome, VisitState
from workflows.records import IdKind
from workflows.vocabulary import Actor, Kind

PEOPLE, TABLE = Visitor.__tablename__, Visit.__tablename__
EXACT = ("id_number", "person")
"""Labels of the digests that tell one person from another; a name alone does not."""
UID_LENGTH = 32
NO_VISIT = "Không tìm thấy lượt tiếp này, hoặc bạn không có quyền xem."
EARLIER_MOST = 20
"""Earlier visits told of at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comer:
    """Somebody who came. The officer compares the identity with the card (Decree 154/2026 art 12)."""

    name: str
    birth_year: int | None = None
    id_kind: IdKind = IdKind.NONE
    id_number: str | None = None
    phone: str | None = None
    address: str | None = None
    is_representative: bool = False
    document: str | None = None


@dataclass(frozen=True, slots=True)
class Earlier:
    """A visit of the same person before; ``said`` is the beginning of what was said then."""

    id: int
    uid: str
    on: date
    agency: str
    turn: int
    kind: Kind | None
    field_id: int | None
    case_id: int | None
    case_code: str | None
    outcome: VisitOutcome | None
    said: str


def is_uid(text: str) -> bool:
    """Whether a text from an address or a form may be a uid at all; what is not is never asked for."""
    return len(text) == UID_LENGTH and text.isascii() and text.isalnum()


def people_of(rows: Iterable[Any], key: CaseKey | None) -> tuple[Comer, ...]:
    """Rows of ``visitor`` in order, opened; of a destroyed key nothing is left but that somebody came."""
    return tuple(
        Comer(
            name=row.name, birth_year=row.birth_year, id_kind=row.id_kind,
            id_number=row.id_number, phone=row.phone, address=row.address,
            is_representative=row.is_representative, document=(row.details or {}).get("document"),
        )
        if row.sealed is None
        else _opened(key, row)
        for row in rows
    )  # fmt: skip


def _opened(key: CaseKey | None, row: Any) -> Comer:
    if key is None:
        return Comer(name="", is_representative=row.is_representative)
    values: dict[str, Any] = json.loads(
        key.open(row.sealed, sealed_rows.kept_words(PEOPLE, row.uid))
    )
    return Comer(**{**values, "id_kind": IdKind(values["id_kind"])})


def digests(person: Comer) -> dict[str, str]:
    """The keyed digests by which a sealed visitor is matched exactly, by label."""
    return installation().keyring.blind_marks(
        person.name, person.birth_year, person.id_number, person.phone
    )


def earlier_visits(
    actor: Actor, people: Sequence[Comer], *, but: str = "", before: datetime | None = None
) -> tuple[Earlier, ...]:
    """Visits this hat sees in which one of ``people`` was heard before, the latest first.

    The same person is the same identity number, or the same name and year of birth; sealed visitors
    match by their digests alone. ``but`` is the uid of the visit asked for.
    """
    same = _same(people)
    if same is None:
        return ()
    wanted = [visits_seen(actor), Visit.state == VisitState.DONE, Visit.uid != but]
    if before is not None:
        wanted.append(Visit.arrived_at < before)
    rows = db.session.execute(
        select(
            Visit.id, Visit.uid, Visit.arrived_at, Visit.turn, Visit.kind, Visit.field_id,
            Visit.case_id, Visit.outcome, Visit.words, Visit.sealed, Visit.wrapped,
            Agency.name.label("agency"), Case.code,
        )
        .join(Agency, Agency.id == Visit.agency_id)
        .outerjoin(Case, Case.id == Visit.case_id)
        .where(*wanted, Visit.id.in_(select(Visitor.visit_id).where(same)))
        .order_by(Visit.arrived_at.desc(), Visit.id.desc())
        .limit(EARLIER_MOST)
    )  # fmt: skip
    return tuple(
        Earlier(
            id=row.id, uid=row.uid, on=local_day(row.arrived_at), agency=row.agency, turn=row.turn,
            kind=row.kind, field_id=row.field_id, case_id=row.case_id, case_code=row.code,
            outcome=row.outcome,
            said=str(read_back(row, case_key_of(row.wrapped), TABLE, row.uid).get("said", ""))[:160],
        )
        for row in rows
    )  # fmt: skip


def _same(people: Sequence[Comer]) -> ColumnElement[bool] | None:
    anyone: list[ColumnElement[bool]] = []
    blind: list[str] = []
    for person in people:
        if person.id_number:
            anyone.append(Visitor.id_number == person.id_number)
        if person.birth_year is not None and fold(person.name):
            same = Visitor.folded_name == fold(person.name)
            anyone.append(and_(same, Visitor.birth_year == person.birth_year))
        marks = digests(person)
        if person.id_number and "id_number" in marks:
            blind.append(marks["id_number"])
        if person.birth_year is not None and "person" in marks:
            blind.append(marks["person"])
    if blind:
        sealed = select(VisitorBlind.visitor_id).where(
            VisitorBlind.digest.in_(blind), VisitorBlind.label.in_(EXACT)
        )
        anyone.append(Visitor.id.in_(sealed))
    return or_(*anyone) if anyone else None


def turn_of(
    earlier: Sequence[Earlier],
    *,
    kind: Kind | None,
    field_id: int | None,
    case_id: int | None,
    same_as: str | None,
) -> int:
    """Which time it is that these people come in this matter; 1 is the first.

    The officer's word (``same_as``: the uid of an earlier visit, "" for a new matter) goes before
    the register's guess: the same case, or the same kind and field.
    """
    if same_as == "":
        return 1
    same = [
        each.turn
        for each in earlier
        if (
            each.uid == same_as
            if same_as is not None
            else (case_id is not None and each.case_id == case_id)
            or (
                kind is not None
                and field_id is not None
                and (each.kind, each.field_id) == (kind, field_id)
            )
        )
    ]
    return max(same, default=0) + 1
