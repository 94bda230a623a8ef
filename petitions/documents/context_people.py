"""The people of a case as letters name them. Of a denunciation there is only "người tố cáo"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Protocol

from petitions.documents.context_office import full_name
from petitions.documents.context_record import Colleague, Record
from petitions.documents.phrases import long_day
from petitions.labels import label
from petitions.models import Party, Respondent
from petitions.text import fold
from workflows.office import TeamRole
from workflows.records import IdKind, PartyRole, RespondentKind

DENOUNCER = "người tố cáo"
_ID_WORDS = {
    IdKind.CITIZEN: "Số căn cước/định danh cá nhân",
    IdKind.OLD_ID: "Số chứng minh nhân dân",
    IdKind.PASSPORT: "Số hộ chiếu",
    IdKind.CERTIFICATE: "Số giấy chứng nhận căn cước",
}
_ADDRESS = {"male": "Ông", "female": "Bà"}
_CITIZEN_FIELDS = ("complainant", "citizen", "giver")
_TEAM_WORDS = {TeamRole.LEADER: "Tổ trưởng", TeamRole.DEPUTY: "Tổ phó", TeamRole.MEMBER: "Thành viên"}  # fmt: skip


class Identified(Protocol):
    """A person as registered; an opened denouncer is one."""

    @property
    def name(self) -> str | None: ...
    @property
    def is_body(self) -> bool: ...
    @property
    def sex(self) -> str | None: ...
    @property
    def id_kind(self) -> IdKind: ...
    @property
    def id_number(self) -> str | None: ...
    @property
    def id_issued_on(self) -> date | None: ...
    @property
    def id_issued_by(self) -> str | None: ...
    @property
    def phone(self) -> str | None: ...
    @property
    def address(self) -> str | None: ...


def people_values(record: Record) -> dict[str, Any]:
    """Everything letters say of the petitioning side and of the respondents."""
    petitioners = _denouncer(record) if record.denunciation else _petitioners(record)
    return petitioners | _respondents(record)


def sealed_values(people: Sequence[Identified]) -> dict[str, Any]:
    """The sealed fields of letters to the denouncer, from the identity somebody opened."""
    if not people:
        return {}
    first = people[0]
    contact = f"điện thoại {first.phone}" if first.phone else None
    found = {
        "denouncer_name": first.name,
        "denouncer_address": first.address,
        "denouncer_contact": contact,
        "withdrawer_name": first.name,
        "withdrawer_contact": contact,
    }
    for prefix in _CITIZEN_FIELDS[1:]:
        found |= _identity(prefix, first)
    return found


def team_values(record: Record) -> dict[str, Any]:
    """Who verifies, and who holds the file."""
    team = record.team
    matter = "tố cáo" if record.denunciation else "khiếu nại"
    several = len(team) > 1
    return {
        "members": [
            {
                "name": each.name,
                "title": _title(each),
                "role": _TEAM_WORDS[each.place_in_team or TeamRole.MEMBER],
            }
            for each in team
        ],
        "verifiers": [f"Ông (bà) {each.name}, {_title(each)}" for each in team],
        "verifier": "Tổ xác minh" if several else f"ông (bà) {team[0].name}" if team else None,
        "team_name": f"Tổ xác minh nội dung {matter}" if several or record.denunciation else None,
        "contact_name": record.officer.name if record.officer else None,
    }


def _denouncer(record: Record) -> dict[str, Any]:
    code = record.case.code
    return {
        "sender_line": f"{DENOUNCER} (thông tin được giữ bí mật theo hồ sơ {code})",
        "citizen_line": "Người tố cáo",
    }


def _petitioners(record: Record) -> dict[str, Any]:
    sides = [each for each in record.parties if each.role is PartyRole.PETITIONER]
    spokesman = next((each for each in sides if each.is_representative), None)
    if spokesman is None and not sides:
        return {}
    first = spokesman or sides[0]
    others = record.case.group_size - 1
    name = first.name or ""
    together = f"{name} và {others} người (có danh sách kèm theo)" if others > 0 else name
    address = first.address
    found: dict[str, Any] = {
        "complainant_name": together,
        "sender_name": together,
        "addressee": _addressed(first),
        "invitee": _addressed(first),
        "sender_address": address,
        "sender_line": _with_address(f"{_lower(_addressed(first, together))}", address),
        "citizen_line": _with_address(_addressed(first, together), address),
        "citizen_recipient": _addressed(first),
        "complainants": [_present(each) for each in sides],
        "people": [_listed(each) for each in sides],
        "complainant_list": [_listed(each) for each in sides] if others > 0 else [],
    }
    for prefix in _CITIZEN_FIELDS:
        found |= _identity(prefix, first)
    authorised = next((each for each in record.parties if each.role is PartyRole.AUTHORISED), None)
    if authorised is not None:
        found |= _identity("authorised", authorised)
    return found | {"complainant_name": together}


def _identity(prefix: str, person: Identified) -> dict[str, Any]:
    """Name, address and the one identity paper that was shown."""
    found: dict[str, Any] = {f"{prefix}_name": person.name, f"{prefix}_address": person.address}
    if person.id_number:
        found |= {
            f"{prefix}_id_label": _ID_WORDS.get(person.id_kind),
            f"{prefix}_id_number": person.id_number,
            f"{prefix}_id_issued_on": person.id_issued_on,
            f"{prefix}_id_issued_by": person.id_issued_by,
        }
    return found


def _addressed(person: Identified, name: str | None = None) -> str:
    said = name or person.name or ""
    return said if person.is_body else f"{_ADDRESS.get(str(person.sex), 'Ông (bà)')} {said}"


def _lower(said: str) -> str:
    return said[0].lower() + said[1:] if said.startswith(("Ông", "Bà")) else said


def _with_address(said: str, address: str | None) -> str:
    return f"{said}, địa chỉ {address}" if address else said


def _present(person: Party) -> dict[str, Any]:
    paper = f"{_ID_WORDS[person.id_kind]}: {person.id_number}" if person.id_number and person.id_kind in _ID_WORDS else ""  # fmt: skip
    address = f"địa chỉ: {person.address}" if person.address else ""
    return {"name": person.name, "details": "; ".join(filter(None, (paper, address))), "attendance": ""}  # fmt: skip


def _listed(person: Party) -> dict[str, Any]:
    born = person.birth_on.year if person.birth_on else person.birth_year
    note = "Người đại diện" if person.is_representative else ""
    return {"name": person.name, "born": born or "", "address": person.address or "", "note": note}


def _respondents(record: Record) -> dict[str, Any]:
    found = record.respondents
    if not found:
        return {}
    first = found[0]
    names = _together(full_name(each.name) for each in found)
    return {
        "respondent_name": names,
        "respondent_title": first.position,
        "respondent_address": first.address or first.workplace,
        "respondent_full": _together(_whole(each, address=True) for each in found),
        "respondents": [_at_the_table(each) for each in found],
        "denounced_name": names,
        "denounced": _together(_whole(each) for each in found),
        "denounced_full": _together(_whole(each, address=True) for each in found),
        "managing_body": full_name(first.workplace)
        if first.kind is RespondentKind.PERSON and first.workplace
        else None,
    }


def _at_the_table(person: Respondent) -> str:
    if person.kind is RespondentKind.BODY:
        return f"Đại diện {full_name(person.name)}"
    return f"Ông (bà) {_whole(person)}"


def _whole(person: Respondent, *, address: bool = False) -> str:
    """Name, position, body and address, each said once."""
    said = full_name(person.name)
    for part in (person.position, person.workplace, person.address if address else None):
        if part and fold(full_name(part)) not in fold(said):
            said += f", {full_name(part)}"
    return said


def _together(names: Iterable[str]) -> str:
    return "; ".join(names)


def _title(person: Colleague) -> str:
    return person.title or (label(person.role) if person.role else "")


def contested_values(record: Record) -> dict[str, Any]:
    """The decision or act complained of, in words."""
    act = record.contested
    if act is None:
        return {}
    number = f"số {act.number}" if act.number else ""
    day = long_day(act.issued_on) if act.issued_on else ""
    issuer = f"của {full_name(act.issuer)}" if act.issuer else ""
    reference = " ".join(filter(None, (number, day, issuer)))
    described = f" {act.description}" if act.description else ""
    if act.is_decision:
        whole = f"Quyết định {reference}".strip() if reference else f"quyết định{described}"
    else:
        whole = act.description or f"hành vi hành chính {issuer}".strip()
    return {
        "contested_decision": whole,
        "stayed_decision": reference if act.is_decision else None,
        "issuer_of_contested": full_name(act.issuer) if act.issuer else None,
    }
