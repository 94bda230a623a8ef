"""What a decision or conclusion found: as recorded, or read from the words of an older one's result.

Decisions made before the finding was asked for have a line of text ("Khiếu nại đúng một phần"). Only the
words of the forms themselves are read; a result that has none of them is *unclear* and is told beside
the table, never guessed.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, false, func, not_, or_, select

from workflows import records

RIGHT = ("đúng",)
WRONG = ("sai",)
PARTLY = ("một phần",)
CHANGED = ("hủy", "huỷ", "sửa")
CONFIRMED = ("công nhận", "giữ nguyên")
MEANT = (("không đúng", "sai"), ("sai phạm", ""))
"""Phrases in which a word means something else, and what is read instead."""


class Finding(StrEnum):
    """What the official tables tell apart."""

    RIGHT = "right"
    WRONG = "wrong"
    PARTLY = "partly"
    CONFIRMED = "confirmed"
    CHANGED = "changed"
    UNCLEAR = "unclear"


RECORDED = {
    Finding.RIGHT: (records.Finding.TRUE,),
    Finding.PARTLY: (records.Finding.PARTLY_TRUE,),
    Finding.WRONG: (records.Finding.WRONG,),
    Finding.CONFIRMED: (records.Finding.UPHELD,),
    Finding.CHANGED: (records.Finding.AMENDED, records.Finding.CANCELLED),
}
"""The recorded finding behind each word of the tables."""


def with_findings(line: Subquery) -> Subquery:
    """``line`` (with ``found``, ``result`` and ``instance``) and a column for each finding, exactly one true.

    A second-instance decision confirms or changes the first: there a complaint found wrong confirms
    it, one found right, wholly or in part, changes it.
    """
    read = select(*line.c, _meant(func.coalesce(line.c.result, "")).label("told")).subquery("told")
    said = select(
        *_columns(read),
        _says(read.c.told, RIGHT).label("says_right"),
        _says(read.c.told, WRONG).label("says_wrong"),
        _says(read.c.told, PARTLY).label("says_partly"),
        _says(read.c.told, CHANGED).label("says_changed"),
        _says(read.c.told, CONFIRMED).label("says_confirmed"),
    ).subquery("said")
    told = said.c.found.is_not(None)
    second = said.c.instance == 2
    partly = or_(said.c.says_partly, and_(said.c.says_right, said.c.says_wrong))
    changed = or_(said.c.says_changed, said.c.says_right, said.c.says_partly)
    confirmed = or_(said.c.says_confirmed, said.c.says_wrong)
    read_off = {
        Finding.PARTLY: and_(~second, partly),
        Finding.RIGHT: and_(~second, said.c.says_right, ~partly),
        Finding.WRONG: and_(~second, said.c.says_wrong, ~partly),
        Finding.CHANGED: and_(second, changed),
        Finding.CONFIRMED: and_(second, confirmed, ~changed),
    }
    found = {
        finding: or_(said.c.found.in_(RECORDED[finding]), and_(~told, condition))
        for finding, condition in read_off.items()
    }
    clear = or_(
        told,
        and_(~second, or_(said.c.says_right, said.c.says_wrong, said.c.says_partly)),
        and_(second, or_(changed, confirmed)),
    )
    return select(
        *_columns(said),
        *(
            func.coalesce(condition, false()).label(finding.value)
            for finding, condition in found.items()
        ),
        not_(clear).label(Finding.UNCLEAR.value),
    ).subquery("line")


def _columns(line: Subquery) -> list[ColumnElement[Any]]:
    return [column for column in line.c if not column.key.startswith(("told", "says_"))]


def _forms(word: str) -> tuple[str, str, str]:
    """A word as it is written inside a sentence, at its head, and in capitals."""
    return word, word[:1].upper() + word[1:], word.upper()


def _says(text: ColumnElement[str], words: tuple[str, ...]) -> ColumnElement[bool]:
    return or_(*(text.contains(form) for word in words for form in _forms(word)))


def _meant(text: ColumnElement[str]) -> ColumnElement[str]:
    for phrase, instead in MEANT:
        for form in _forms(phrase):
            text = func.replace(text, form, instead)
    return text
