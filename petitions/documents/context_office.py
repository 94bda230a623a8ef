"""An issuing body as letters write it: its name in full, place, abbreviations and the title of its head.

A dated letterhead goes before what the tree of agencies says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions.models import Agency, Letterhead, Place
from petitions.queries.offices import in_force
from petitions.text import fold
from workflows.vocabulary import AgencyKind

_WRITTEN_OUT = {"UBND": "Ủy ban nhân dân", "HĐND": "Hội đồng nhân dân", "MTTQ": "Mặt trận Tổ quốc"}
_COMMITTEES = frozenset({AgencyKind.PROVINCE, AgencyKind.COMMUNE, AgencyKind.FORMER_DISTRICT})
_PART_OF_ANOTHER = frozenset(AgencyKind) - _COMMITTEES - {AgencyKind.PARTY_OFFICE}
_LOCAL_GOVERNMENT_LAW = "Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025"
_LAW_FROM = date(2025, 6, 16)
_UNSET_TITLE = "Thủ trưởng"
_TITLES = {**dict.fromkeys(_COMMITTEES, "Chủ tịch"), AgencyKind.INSPECTORATE: "Chánh Thanh tra"}
_LEVEL = re.compile(r"^(?P<level>tỉnh|thành phố|xã|phường|thị trấn|đặc khu|huyện|quận)\s+(?P<name>.+)$", re.IGNORECASE)  # fmt: skip
_OF_A_PLACE = re.compile(r"\s(?:tỉnh|thành phố|xã|phường|thị trấn|đặc khu)\s.*$", re.IGNORECASE)
_KEEPS_ITS_LEVEL = ("ho chi minh",)
"""Places named after a person keep the word before the name (Decree 30/2020/NĐ-CP, Annex I)."""


def full_name(name: str) -> str:
    """The name without abbreviations: Ủy ban nhân dân xã Mây Sớm."""
    return " ".join(_WRITTEN_OUT.get(word, word) for word in name.split())


def head_of(agency: Agency) -> str:
    """Title of the head with the body's name: Chủ tịch Ủy ban nhân dân …, Chánh Thanh tra tỉnh …."""
    name = full_name(agency.name)
    if agency.kind is AgencyKind.SECTION and agency.head_title == _UNSET_TITLE:
        return f"Trưởng {name}" if fold(name).startswith(("phong", "ban")) else f"Thủ trưởng {name}"
    title, words = title_of(agency).split(), name.split()
    for shared in range(min(len(title), len(words)), 0, -1):
        if fold(" ".join(title[-shared:])) == fold(" ".join(words[:shared])):
            return " ".join((*title[:-shared], *words))
    return " ".join((*title, *words))


def title_of(agency: Agency) -> str:
    """Title of the head alone: Chủ tịch, Giám đốc."""
    if agency.head_title == _UNSET_TITLE:
        return _TITLES.get(agency.kind, _UNSET_TITLE)
    return agency.head_title


def short(name: str) -> str:
    """First letters of what a body is called, without its place: Sở Nông nghiệp và Môi trường, SNNMT."""
    own = _OF_A_PLACE.sub("", full_name(name)).partition(",")[0]
    return "".join(word[0].upper() for word in own.split() if word[0].isalpha() and word != "và")


def line_up(session: Session, agency: Agency) -> Iterator[Agency]:
    """The agency and every body above it."""
    seen: set[int] = set()
    found: Agency | None = agency
    while found is not None and found.id not in seen:
        seen.add(found.id)
        yield found
        found = session.get(Agency, found.parent_id) if found.parent_id else None


def office_values(
    session: Session, agency: Agency, section: Agency | None, on: date
) -> dict[str, Any]:
    """The common fields a letter of ``agency`` takes from it on the day of the document."""
    head = session.scalar(
        select(Letterhead).where(Letterhead.agency_id == agency.id, in_force(Letterhead, on))
    )
    line = list(line_up(session, agency))
    parent = line[1] if len(line) > 1 and agency.kind in _PART_OF_ANOTHER else None
    committee = agency.kind in _COMMITTEES
    unit = short(section.name) if section else "VP"
    found = {
        "agency": full_name(agency.name),
        "parent_agency": full_name(parent.name) if parent else None,
        "agency_abbr": "UBND" if committee else short(agency.name),
        "unit_abbr": unit,
        "file_unit": unit,
        "place": _seat(session, line, on),
        "function_document": _LOCAL_GOVERNMENT_LAW if committee and on >= _LAW_FROM else None,
        "issuer_office_caps": head_of(agency).upper(),
        "inspectorate": _inspectorate(session, line, section, on),
        "year": on.year,
    }
    return found | _of_letterhead(head, found)


def _of_letterhead(head: Letterhead | None, found: dict[str, Any]) -> dict[str, Any]:
    if head is None:
        return {}
    given = {
        "parent_agency": head.parent_line,
        "agency": head.name_line,
        "place": head.place_name,
        "agency_abbr": head.abbreviation,
        "unit_abbr": head.unit_abbreviation,
        "file_unit": (head.file_unit or head.unit_abbreviation or "").removeprefix("VT, ") or None,
        "function_document": head.function_document,
    }
    # the letterhead prints capitals anyway; sentences need the name as it is written inside them
    if head.name_line and head.name_line.upper() == str(found["agency"]).upper():
        del given["agency"]
    return {name: value for name, value in given.items() if value}


def _seat(session: Session, line: list[Agency], on: date) -> str | None:
    """The place in the date line: of the commune or province the body belongs to, by its name that day."""
    seat = next((each for each in line if each.kind in _COMMITTEES), None)
    if seat is None:
        found = _OF_A_PLACE.search(full_name(line[0].name))
        return _place_name(found.group().strip()) if found else None
    place = session.get(Place, seat.place_id) if seat.place_id else None
    of_this_level = place is not None and (place.province_id is None) == (
        seat.kind is AgencyKind.PROVINCE
    )
    if place is not None and of_this_level and place.valid_from <= on:
        return _place_name(place.name)
    return _place_name(full_name(seat.name).removeprefix("Ủy ban nhân dân "))


def _place_name(name: str) -> str:
    found = _LEVEL.match(name)
    if found is None:
        return name
    keeps = fold(found["name"]) in _KEEPS_ITS_LEVEL or not found["name"][0].isalpha()
    return name[0].upper() + name[1:] if keeps else found["name"]


def _inspectorate(
    session: Session, line: list[Agency], section: Agency | None, on: date
) -> str | None:
    """The state inspectorate of the same level; a commune has none, so its advising section."""
    if line[0].kind is AgencyKind.COMMUNE:
        return full_name(section.name) if section else None
    province = next((each for each in line if each.kind is AgencyKind.PROVINCE), None)
    if province is None or line[0].kind is AgencyKind.INSPECTORATE:
        return None
    name = session.scalar(
        select(Agency.name).where(
            Agency.parent_id == province.id,
            Agency.kind == AgencyKind.INSPECTORATE,
            in_force(Agency, on),
        )
    )
    return full_name(name) if name else None
