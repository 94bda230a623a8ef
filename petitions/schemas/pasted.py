"""A list of petitioners pasted from a spreadsheet or a petition: one a line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from petitions.errors import Invalid
from petitions.schemas.fields import LIST_LIMIT
from petitions.text import BadDate, fold, parse_vn_date
from workflows.records import IdKind

PASTED = "parties.pasted"
"""Name of the text area and path of its faults; ``parties.pasted.3`` is its third line."""

CHOSEN = "representatives"
"""Name of the input that says who of the group speaks for it, by number in the list or by name."""

_SEPARATORS = ("\t", ";", "|")
_COLUMNS = ("name", "birth", "address", "id_number")
_ROW_NUMBER = re.compile(r"\d{1,4}[.)]\s+")
_COMMAS = re.compile(r"[,;\n]")
_HEADINGS = {"ho ten", "ho va ten", "ten", "stt", "tt"}


def pasted_people(text: str) -> list[dict[str, Any]]:
    """The people of ``text``, each line name; birth date or year; address; number of the ID paper.

    Cells are parted by tabs, ``;`` or ``|``; all but the name may be missing; numbers in front of the
    lines, a line of headings and blank lines are passed over. Raises ``Invalid`` with the faults of
    every line, counted from 1.
    """
    people: list[dict[str, Any]] = []
    faults: dict[str, list[str]] = {}
    seen: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        cells = _cells(line)
        if not any(cells) or (not people and fold(cells[0]) in _HEADINGS):
            continue
        if len(people) + len(faults) >= LIST_LIMIT:
            raise Invalid.at(PASTED, "Danh sách quá 1.000 dòng.")
        try:
            person = _person(cells)
        except ValueError as error:
            faults[f"{PASTED}.{number}"] = [str(error)]
            continue
        who = _same_as(person)
        if who is not None and seen.setdefault(who, number) != number:
            faults[f"{PASTED}.{number}"] = [f"Trùng với dòng {seen[who]}."]
            continue
        people.append(person)
    if faults:
        raise Invalid(faults)
    return people


def chosen(text: str, people: Sequence[Mapping[str, Any]], first: int = 0) -> list[int]:
    """Places in ``people`` of those named in ``text``: numbers in the pasted list, or names, with commas.

    The pasted list begins at ``first``; numbers count its people from 1. Raises ``Invalid`` at
    ``representatives`` for whoever is not of the group, and for a name that several have.
    """
    found: list[int] = []
    faults: list[str] = []
    named: dict[str, list[int]] = {}
    for index, person in enumerate(people):
        named.setdefault(fold(str(person.get("name", ""))), []).append(index)
    for word in filter(None, (each.strip() for each in _COMMAS.split(text))):
        if word.isascii() and word.isdigit():
            index = first + int(word[:9]) - 1
            places = [index] if first <= index < len(people) else []
        else:
            places = named.get(fold(word), [])
        if len(places) == 1:
            found += places
        elif places:
            faults.append(f"Có {len(places)} người tên “{word[:60]}”; hãy ghi số thứ tự.")
        else:
            faults.append(
                f"“{word[:60]}” không có trong nhóm: người đại diện phải là một trong những người ký đơn."
            )
    if faults:
        raise Invalid({CHOSEN: faults})
    return sorted(set(found))


def _same_as(person: Mapping[str, Any]) -> tuple[str, ...] | None:
    """What makes two lines one person: the number of the paper, or everything that is said; never a bare name."""
    if "id_number" in person:
        return (str(person["id_number"]).casefold(),)
    said = tuple(fold(str(person.get(name, ""))) for name in _COLUMNS)
    return said if sum(map(bool, said)) > 2 else None


def _cells(line: str) -> list[str]:
    separator = next((sign for sign in _SEPARATORS if sign in line), "\t")
    cells = [" ".join(cell.split()) for cell in line.split(separator)]
    if len(cells) > 1 and cells[0].rstrip(".").isdecimal():
        del cells[0]
    cells[0] = _ROW_NUMBER.sub("", cells[0], count=1)
    while len(cells) > 1 and not cells[-1]:
        cells.pop()
    return cells


def _person(cells: list[str]) -> dict[str, Any]:
    if len(cells) > len(_COLUMNS):
        raise ValueError("Quá nhiều cột; mỗi dòng gồm họ tên; năm sinh; địa chỉ; số giấy tờ.")
    said = {name: cell for name, cell in zip(_COLUMNS, cells, strict=False) if cell}
    if "name" not in said:
        raise ValueError("Thiếu họ tên.")
    person: dict[str, Any] = {"name": said["name"]}
    if not any(sign.isalpha() for sign in person["name"]):
        raise ValueError("Họ tên không có chữ nào.")
    if "birth" in said:
        try:
            parse_vn_date(said["birth"])
        except BadDate as error:
            raise ValueError(error.message) from error
        person["birth_on"] = said["birth"]
    if "address" in said:
        person["address"] = said["address"]
    if "id_number" in said:
        person["id_number"] = said["id_number"].replace(" ", "")
        person["id_kind"] = _id_kind(person["id_number"])
    return person


def _id_kind(number: str) -> str:
    if number.isdecimal():
        return (IdKind.OLD_ID if len(number) == 9 else IdKind.CITIZEN).value
    return IdKind.PASSPORT.value
