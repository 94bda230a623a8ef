"""How names of places are told apart: the level word in front, and the name however its marks sit."""

from __future__ import annotations

import re
import unicodedata

Words = tuple[str, ...]

LEVELS = frozenset(
    {"thanh pho", "thi tran", "thi xa", "dac khu", "phuong", "huyen", "quan", "tinh", "xa"}
)
"""Folded words that say what a unit is."""
SHORT_LEVELS = {
    "tp": "thanh pho", "tt": "thi tran", "tx": "thi xa", "p": "phuong", "x": "xa", "q": "quan",
    "h": "huyen", "t": "tinh",
}  # fmt: skip
"""Levels as people abbreviate them in front of a name."""

_WORD = re.compile(r"[^\W_]+")


def split_level(words: Words) -> tuple[str, Words]:
    """The folded level word before the folded words of a name (empty when there is none), and the rest."""
    for count in (2, 1):
        head = " ".join(words[:count])
        if len(words) > count and head in LEVELS:
            return head, words[count:]
    if len(words) > 1 and words[0] in SHORT_LEVELS:
        return SHORT_LEVELS[words[0]], words[1:]
    return "", words


def spelling(name: str) -> Words:
    """The words of a name with their marks, wherever in a word those sit: Hoà is Hòa, but not Hoa or Hào."""
    words = _WORD.findall(unicodedata.normalize("NFC", name).casefold())
    return tuple(_marks_last(unicodedata.normalize("NFD", word)) for word in words)


def _marks_last(word: str) -> str:
    letters = [sign for sign in word if not unicodedata.combining(sign)]
    marks = sorted(sign for sign in word if unicodedata.combining(sign))
    return "".join(letters + marks)
