"""Correcting what was registered. Every correction keeps what stood before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from petitions.errors import Invalid
from petitions.jsonable import plain
from petitions.ledger.record import case_key
from petitions.models import (
    BlindIndex,
    Case,
    CaseText,
    Field,
    Party,
    Petition,
    Place,
    PlaceFlag,
    Project,
    Respondent,
    SealedIdentity,
)
from petitions.services.checks import LINE_LIMITS, WRITTEN_AFTER
from petitions.services.identity import blind_rows, pack, unpack
from petitions.text import fold
from workflows.records import PlaceFlagKind
from workflows.vocabulary import Kind

CASE_COLUMNS = frozenset(
    {
        "summary",
        "group_size",
        "official_conduct",
        "security_risk",
        "wants_protection",
        "wants_result",
    }
)
TEXT_COLUMNS = frozenset(
    {"content", "demand", "language", "interpreter", "fingerprint", "handled_before"}
)
PAPER_COLUMNS = frozenset({"written_on", "forward_number", "forward_on", "originals", "copies_to"})
PERSON_COLUMNS = frozenset({"name", "id_number", "phone", "address", "birth_year"})
RESPONDENT_COLUMNS = frozenset({"name", "position", "workplace", "address"})
REFERENCES = frozenset({"field_code", "place_code", "project_id"})
REQUIRED = frozenset({"summary", "content", "name", "field_code"})

Changes = dict[str, dict[str, Any]]


def apply(session: Session, case: Case, wanted: Mapping[str, Any]) -> Changes:
    """Write the wanted values; returns ``{field: {"from": old, "to": new}}`` of what changed.

    ``wanted`` names ``parties.N.phone``, ``respondents.N.name`` or a field of the case. Raises
    ``Invalid`` for a field that cannot be corrected, a value that does not fit, or no change at all.
    """
    changed: Changes = {}
    for name, value in wanted.items():
        _check(name, value)
        old, new = _write(session, case, name, value)
        if old != new:
            changed[name] = {"from": plain(old), "to": plain(new)}
    if not changed:
        raise Invalid.at("changes", "Không có gì thay đổi.")
    session.flush()
    refresh_search(session, case)
    return changed


def refresh_search(session: Session, case: Case) -> None:
    """Write the folded search words of a case anew; nothing of a denunciation's people is among them."""
    text = session.get_one(CaseText, case.id)
    words: list[str | None] = [case.code, case.summary, text.content, text.demand]
    if case.kind is not Kind.DENUNCIATION:
        for party in session.scalars(select(Party).where(Party.case_id == case.id)):
            words += [party.name, party.id_number, party.phone, party.address]
        words += session.scalars(select(Respondent.name).where(Respondent.case_id == case.id))
    text.search = fold(" ".join(word for word in words if word))


def _check(name: str, value: Any) -> None:
    column = name.rpartition(".")[2]
    if column in REQUIRED and not value:
        raise Invalid.at(f"changes.{name}", "Mục này không được để trống.")
    limit = LINE_LIMITS.get(column)
    if isinstance(value, str) and limit is not None and len(value) > limit:
        raise Invalid.at(f"changes.{name}", f"Dài quá {limit} ký tự.")


def _write(session: Session, case: Case, name: str, value: Any) -> tuple[Any, Any]:
    if name in CASE_COLUMNS:
        return _set(case, name, value)
    if name in TEXT_COLUMNS:
        return _set(session.get_one(CaseText, case.id), name, value)
    if name in PAPER_COLUMNS:
        paper = session.scalars(
            select(Petition).where(Petition.case_id == case.id, Petition.ordinal == 1)
        ).one()
        if not (value and name.endswith("_on")):
            return _set(paper, name, value)
        day = date.fromisoformat(value)
        if name == "written_on" and day > paper.received_on:
            raise Invalid.at("changes.written_on", WRITTEN_AFTER)
        return _set(paper, name, day)
    if name in REFERENCES:
        return _SETTERS[name](session, case, value)
    return _write_person(session, case, name, value)


def _set(row: object, name: str, value: Any) -> tuple[Any, Any]:
    old = getattr(row, name)
    typed = type(old)(value) if isinstance(old, bool | int) and value is not None else value
    setattr(row, name, typed)
    return old, typed


def _write_person(session: Session, case: Case, name: str, value: Any) -> tuple[Any, Any]:
    side, _, rest = name.partition(".")
    number, _, column = rest.partition(".")
    row: Party | Respondent | None = None
    if number.isdecimal() and side == "parties" and column in PERSON_COLUMNS:
        row = session.scalar(
            select(Party).where(Party.case_id == case.id, Party.ordinal == int(number))
        )
        if row is not None and row.sealed:
            return _write_sealed(session, case, row, column, value)
    elif number.isdecimal() and side == "respondents" and column in RESPONDENT_COLUMNS:
        row = session.scalar(
            select(Respondent).where(
                Respondent.case_id == case.id, Respondent.ordinal == int(number)
            )
        )
    if row is None:
        raise Invalid.at(f"changes.{name}", "Mục này không sửa được.")
    if column == "birth_year" and isinstance(row, Party):
        row.birth_on = None
        value = int(value) if value else None
    old = getattr(row, column)
    setattr(row, column, value)
    if column == "name":
        row.folded_name = fold(str(value))
    return old, value


def _write_sealed(
    session: Session, case: Case, party: Party, column: str, value: Any
) -> tuple[Any, Any]:
    """A denouncer's data are sealed anew; the history says that they changed, never from what to what."""
    key = case_key(session, case)
    sealed = session.get_one(SealedIdentity, party.id)
    person = unpack(key, party.uid, sealed.blob)
    if column == "birth_year":
        changed = replace(person, birth_on=None, birth_year=int(value) if value else None)
    else:
        corrected: dict[str, Any] = {column: value or None}
        changed = replace(person, **corrected)
    if changed == person:
        return None, None
    sealed.blob = pack(key, party.uid, changed)
    session.execute(delete(BlindIndex).where(BlindIndex.party_id == party.id))
    session.execute(insert(BlindIndex), blind_rows(party.id, changed))
    return "sealed", "changed"


def _set_field(session: Session, case: Case, code: Any) -> tuple[Any, Any]:
    old = session.scalar(select(Field.code).where(Field.id == case.field_id))
    new = session.scalar(select(Field.id).where(Field.code == code))
    if new is None:
        raise Invalid.at("changes.field_code", "Không có trong danh mục.")
    case.field_id = new
    return old, code


def _set_place(session: Session, case: Case, code: Any) -> tuple[Any, Any]:
    """A new place may change whether the commune is remote, and with it the limits."""
    old = session.scalar(select(Place.code).where(Place.id == case.place_id))
    if not code:
        case.place_id, case.remote = None, False
        return old, None
    new = session.scalar(select(Place.id).where(Place.code == code))
    if new is None:
        raise Invalid.at("changes.place_code", "Không có trong danh mục.")
    case.place_id = new
    case.remote = is_remote(session, new, case.first_received_on)
    return old, code


def is_remote(session: Session, place_id: int, on: date, *, besides: date | None = None) -> bool:
    """Whether the commune counted as remote on that day; ``besides`` leaves out the flag from that day."""
    query = select(PlaceFlag.id).where(
        PlaceFlag.place_id == place_id,
        PlaceFlag.flag == PlaceFlagKind.REMOTE,
        PlaceFlag.valid_from <= on,
        (PlaceFlag.valid_to.is_(None)) | (PlaceFlag.valid_to >= on),
    )
    if besides is not None:
        query = query.where(PlaceFlag.valid_from != besides)
    return session.scalar(query.limit(1)) is not None


def _set_project(session: Session, case: Case, project_id: Any) -> tuple[Any, Any]:
    old = case.project_id
    if project_id and session.get(Project, int(project_id)) is None:
        raise Invalid.at("changes.project_id", "Không có dự án này.")
    case.project_id = int(project_id) if project_id else None
    return old, case.project_id


_SETTERS: Mapping[str, Callable[[Session, Case, Any], tuple[Any, Any]]] = {
    "field_code": _set_field,
    "place_code": _set_place,
    "project_id": _set_project,
}
