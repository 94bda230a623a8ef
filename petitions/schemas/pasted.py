"""A list of petitioners pasted from a spreadsheet or a petition: one a line."""

from __future__ import annotations

import re
from typing import Any

from petitions.errors import Invalid
from petitions.schemas.fields import LIST_LIMIT
from petitions.text import BadDate, fold, parse_vn_date
from workflows.records import IdKind

PASTED = "parties.pasted"
"""Name of the text area and path of its faults; ``parties.pasted.3`` is its third line."""

_SEPARATORS = ("\t", ";", "|")
_COLUMNS = ("name", "birth", "address", "id_number")
_ROW_NUMBER = re.compile(r"\d{1,4}[.)]\s+")
_HEADINGS = {"ho ten", "ho va ten", "ten", "stt", "tt"}


def pasted_people(text: str) -> list[dict[str, Any]]:
    """The people of ``text``, each line name; birth date or year; address; number of the ID paper.

    Cells are parted by tabs, ``;`` or ``|``; all but the name may be missing; numbers in front of the
    lines, a line of headings and blank lines are passed over. Raises ``Invalid`` with the faults of
    every line, counted from 1.
    """
    people: list[dict[str, Any]] = []
    faults: dict[str, list[str]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        cells = _cells(line)
        if not any(cells) or (not people and fold(cells[0]) in _HEADINGS):
            continue
        try:
            people.append(_person(cells))
        except ValueError as error:
            faults[f"{PASTED}.{number}"] = [str(error)]
    if len(people) + len(faults) > LIST_LIMIT:
        raise Invalid.at(PASTED, "Danh sách quá 1.000 dòng.")
    if faults:
        raise Invalid(faults)
    return people


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
