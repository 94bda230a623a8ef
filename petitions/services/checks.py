"""What a registration must be before anything is written: texts made safe, days in order, numbers legal.

Every fault is collected with its field, so that a person sees them all at once.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date
from enum import Enum
from typing import Any, TypeVar

from petitions.errors import Invalid, Leak
from petitions.idcard import check_id_number, normalise_phone
from petitions.queries.visitors import Comer
from petitions.rulebook import Rulebook
from petitions.sealing import Identity, find_leaks
from petitions.services.registration import Person, Registration
from petitions.text import ControlCharacter, clean, fold
from workflows import lifecycle
from workflows.casefile import MASS_SIZE
from workflows.reception import representatives
from workflows.records import IdKind, PartyRole
from workflows.vocabulary import Kind
from workflows.working_days import CalendarMissing

CONTENT_LIMIT = 200_000
"""Bytes of content a petition may have."""
LIST_LIMIT = 1_000
"""Lines a pasted list may have."""
LINE_LIMITS = {
    "summary": 300, "name": 255, "address": 300, "position": 160, "workplace": 255, "phone": 30,
    "id_number": 40, "id_issued_by": 120, "ethnicity": 60, "language": 40, "originals": 500,
    "copies_to": 500, "forward_number": 60, "number": 60, "issuer": 255, "body": 255, "form": 60,
    "description": 500, "sheet": 20, "parcel": 20, "land_kind": 60, "late_reason": 300,
    "lawyer_card": 60, "document": 160, "sex": 10,
}  # fmt: skip
LONG_TEXTS = frozenset({"content", "demand", "original", "handled_before"})

Faults = defaultdict[str, list[str]]
WRITTEN_AFTER = "Ngày ghi trên đơn sau ngày nhận đơn."
T = TypeVar("T")


def registration(given: Registration, today: date, book: Rulebook) -> Registration:
    """The registration with its texts made safe. Raises ``Invalid`` with every fault, or ``Leak``."""
    faults: Faults = defaultdict(list)
    safe = cleaned(given, faults)
    _days(safe, today, book, faults)
    _texts(safe, faults)
    _people(safe, faults)
    _facts_of_people(safe, today, faults)
    _representatives(safe, faults)
    if safe.subkind is not None and safe.kind is not Kind.COMPLAINT:
        faults["subkind"].append("Chỉ khiếu nại mới có loại kỷ luật.")
    if safe.instance == 2 and safe.kind is not Kind.COMPLAINT:
        faults["instance"].append("Chỉ khiếu nại mới có lần hai.")
    if safe.second_instance_of is not None and safe.kind is not Kind.COMPLAINT:
        # tied to a readable case, a denunciation would name its denouncer
        faults["second_instance_of"].append("Chỉ khiếu nại mới nối với vụ việc lần đầu.")
    if faults:
        raise Invalid(faults)
    if safe.kind is Kind.DENUNCIATION:
        refuse_leaks(safe)
    return safe


def cleaned(value: T, faults: Faults, path: str = "") -> T:
    """``value`` (a frozen dataclass) with every text composed and stripped of what cannot be seen."""
    changes: dict[str, Any] = {}
    for each in fields(value):  # type: ignore[arg-type]
        item = getattr(value, each.name)
        here = f"{path}{each.name}"
        if isinstance(item, str) and not isinstance(item, Enum):
            try:
                text = clean(item).text
            except ControlCharacter as error:
                faults[here].append(error.message)
                continue
            changes[each.name] = (text if each.name in LONG_TEXTS else " ".join(text.split())) or (
                "" if each.default == "" or each.name in {"content", "summary", "name"} else None
            )
        elif is_dataclass(item):
            changes[each.name] = cleaned(item, faults, f"{here}.")
        elif isinstance(item, tuple) and item and is_dataclass(item[0]):
            changes[each.name] = tuple(
                cleaned(element, faults, f"{here}.{index}.") for index, element in enumerate(item)
            )
    return replace(value, **changes)  # type: ignore[type-var]


def refuse_leaks(given: Registration) -> None:
    """Raise ``Leak`` when a text kept in clear names the denouncer (Law on Denunciations art 56)."""
    identities = [identity_of(person) for person in given.parties]
    texts = {
        name: text
        for name, text in every_text(given)
        if name != "original" and not name.startswith("parties.")
    }
    for name, text in texts.items():
        marks = leaks_in(text, identities)
        if marks:
            raise Leak(name, marks)


def every_text(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Each text of a frozen value with its dotted path."""
    for each in fields(value):
        item, here = getattr(value, each.name), f"{path}{each.name}"
        if isinstance(item, str) and not isinstance(item, Enum):
            yield here, item
        elif is_dataclass(item):
            yield from every_text(item, f"{here}.")
        elif isinstance(item, tuple):
            for index, element in enumerate(item):
                if is_dataclass(element):
                    yield from every_text(element, f"{here}.{index}.")


def leaks_in(text: str, identities: Iterable[Identity]) -> list[tuple[int, int]]:
    """Where ``text`` names any of the identities, as (start, end) pairs in order."""
    found = {
        (leak.start, leak.end) for identity in identities for leak in find_leaks(text, identity)
    }
    return sorted(found)


def identity_of(person: Person | Comer) -> Identity:
    """What must not be readable about this person."""
    return Identity(
        names=[person.name] if person.name else [],
        id_numbers=[person.id_number] if person.id_number else [],
        phones=[person.phone] if person.phone else [],
        addresses=[person.address] if person.address else [],
    )


def identity_warnings(given: Registration) -> list[str]:
    """Soft findings about identity numbers, as codes; they never block."""
    found: set[str] = set()
    for person in given.parties:
        if person.id_kind is IdKind.CITIZEN and person.id_number:
            found.update(check_id_number(person.id_number, person.birth_year, person.sex))
    return sorted(found)


def act_day(
    on: date, today: date, book: Rulebook, reason: str | None, faults: Faults, field: str
) -> None:
    """Refuse a day to come; ask for a reason when the act is entered more than 2 working days late."""
    if on > today:
        faults[field].append("Ngày này còn ở tương lai.")
        return
    try:
        late = lifecycle.late_entry(on, today, book.calendar.is_working)
    except CalendarMissing as missing:
        faults[field].append(
            f"Chưa có lịch làm việc năm {missing.year}; quản trị viên phải nhập lịch trước."
        )
        return
    if late and not (reason or "").strip():
        faults["late_reason"].append("Nhập muộn quá 2 ngày làm việc: phải ghi lý do.")


def _days(given: Registration, today: date, book: Rulebook, faults: Faults) -> None:
    act_day(given.received_on, today, book, given.late_reason, faults, "received_on")
    if given.written_on is not None and given.written_on > given.received_on:
        faults["written_on"].append(WRITTEN_AFTER)
    if given.forward_on is not None and given.forward_on > given.received_on:
        faults["forward_on"].append("Ngày văn bản chuyển sau ngày nhận đơn.")
    if given.contested is not None:
        _contested_days(given, faults)
    for index, (begins, ends) in enumerate(given.obstacles):
        if ends < begins:
            faults[f"obstacles.{index}"].append("Ngày kết thúc trước ngày bắt đầu.")
    for index, prior in enumerate(given.prior):
        if prior.issued_on is not None and prior.issued_on > given.received_on:
            faults[f"prior.{index}.issued_on"].append("Ngày văn bản sau ngày nhận đơn.")


def _contested_days(given: Registration, faults: Faults) -> None:
    contested = given.contested
    assert contested is not None
    if contested.received_on is not None and contested.received_on > given.received_on:
        faults["contested.received_on"].append("Ngày nhận quyết định sau ngày nhận đơn.")
    if (
        contested.issued_on
        and contested.received_on
        and contested.received_on < contested.issued_on
    ):
        faults["contested.received_on"].append("Ngày nhận trước ngày ban hành quyết định.")


def _texts(given: Registration, faults: Faults) -> None:
    if not given.summary:
        faults["summary"].append("Phải có tóm tắt nội dung.")
    if not given.content:
        faults["content"].append("Phải có nội dung đơn.")
    for name in LONG_TEXTS:
        if len((getattr(given, name) or "").encode("utf-8", "surrogatepass")) > CONTENT_LIMIT:
            faults[name].append("Nội dung dài quá 200 kB.")
    _lengths(given, faults, "")


def _lengths(value: Any, faults: Faults, path: str) -> None:
    for each in fields(value):
        item = getattr(value, each.name)
        limit = LINE_LIMITS.get(each.name)
        if isinstance(item, str) and limit is not None and len(item) > limit:
            faults[f"{path}{each.name}"].append(f"Dài quá {limit} ký tự.")
        elif is_dataclass(item):
            _lengths(item, faults, f"{path}{each.name}.")
        elif isinstance(item, tuple) and item and is_dataclass(item[0]):
            if len(item) > LIST_LIMIT:
                faults[f"{path}{each.name}"].append("Danh sách quá 1.000 dòng.")
                continue
            for index, element in enumerate(item):
                _lengths(element, faults, f"{path}{each.name}.{index}.")


def _people(given: Registration, faults: Faults) -> None:
    petitioners = [person for person in given.parties if person.role is PartyRole.PETITIONER]
    if given.anonymous:
        if given.kind is not Kind.DENUNCIATION:
            faults["anonymous"].append("Chỉ đơn tố cáo mới ghi nhận là nặc danh.")
        if petitioners:
            faults["anonymous"].append("Đơn nặc danh thì không có người đứng đơn.")
    elif not petitioners:
        faults["parties"].append("Phải có ít nhất một người đứng đơn.")
    for index, person in enumerate(given.parties):
        if not person.name:
            faults[f"parties.{index}.name"].append("Phải có họ tên.")
    for index, respondent in enumerate(given.respondents):
        if not respondent.name:
            faults[f"respondents.{index}.name"].append("Phải có tên.")
    if given.group_size < max(1, len(petitioners)):
        faults["group_size"].append("Số người ít hơn số người đứng đơn đã ghi.")


def _facts_of_people(given: Registration, today: date, faults: Faults) -> None:
    for index, person in enumerate(given.parties):
        if (person.birth_on or today) > today or (person.birth_year or 0) > today.year:
            faults[f"parties.{index}.birth_on"].append("Ngày sinh còn ở tương lai.")
        if person.phone and not _callable(person.phone):
            faults[f"parties.{index}.phone"].append(
                "Không phải là số điện thoại (ví dụ: 0912 345 678)."
            )


def _callable(phones: str) -> bool:
    """Whether each of the numbers could be dialled, also one within a town, a short or a foreign one."""
    return all(
        normalise_phone(each) is not None or _LOCAL_NUMBER.fullmatch(_PUNCTUATION.sub("", each))
        for each in _BETWEEN_NUMBERS.split(phones)
    )


_BETWEEN_NUMBERS = re.compile(r"\s*(?:[,;/]|\bhoặc\b|\s-\s)\s*")
_PUNCTUATION = re.compile(r"[\s().+–-]")
_LOCAL_NUMBER = re.compile(r"[0-9]{6,15}")


def _representatives(given: Registration, faults: Faults) -> None:
    """Law on Citizen Reception art 29, Decree 155/2026 art 4."""
    chosen = [person for person in given.parties if person.is_representative]
    if given.group_size < MASS_SIZE or not chosen:
        return
    _, allowed = representatives(given.group_size)
    if len(chosen) > allowed:
        faults["parties"].append(
            f"Nhóm {given.group_size} người chỉ được cử tối đa {allowed} người đại diện "
            "(Điều 29 Luật Tiếp công dân)."
        )
    members = {fold(p.name) for p in given.parties if p.role is PartyRole.PETITIONER}
    if any(fold(person.name) not in members for person in chosen):
        faults["parties"].append("Người đại diện phải là một trong những người đứng đơn.")
