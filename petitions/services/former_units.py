"""What a unit was merged from: the free text of the official lists, read into former units.

The text names old units with their level word, some of them only in part: a whole phrase before the
names (``một phần diện tích tự nhiên … của các phường A, B``) or a note behind one (``Xã C (phần còn
lại sau khi sáp nhập vào xã D)``). What is not a name is handed back as unreadable, never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from petitions.place_names import spelling
from petitions.text import fold
from workflows.records import FormerPart

K = TypeVar("K", bound=Hashable)


class FormerUnit(NamedTuple):
    """An old unit, named as the list names it, and how much of it came here."""

    name: str
    part: FormerPart


@dataclass(frozen=True, slots=True)
class Reading:
    """What one text says: the former units in its order, and the pieces nobody can read as a name."""

    units: tuple[FormerUnit, ...] = ()
    unreadable: tuple[str, ...] = ()


LEVELS = (
    "thành phố", "thị trấn", "thị xã", "đặc khu", "khu vực", "trường bắn", "phường", "huyện",
    "quận", "tỉnh", "thôn", "xóm", "xã",
)  # fmt: skip
"""Words that say what a unit is; the longer ones first."""

ABBREVIATED = {"TPHCM": "Thành phố Hồ Chí Minh"}
UNCHANGED = "giu nguyen"

_PHRASES = (
    (
        FormerPart.PART,
        r"(?:sắp xếp )?một phần diện tích (?:TN|tự nhiên)(?:, (?:toàn b[ộố] )?quy mô dân số)?",
    ),
    (FormerPart.WHOLE, r"toàn bộ diện tích (?:TN|tự nhiên)(?:, quy mô dân số)?"),
    (FormerPart.REMAINDER, r"phần còn l[ạa]i"),
)
# a note in brackets begins like a phrase; it belongs to the name before it
_OPENING = [
    (part, re.compile(rf"(?<!\()\b{phrase}(?: của?)*\b", re.IGNORECASE))
    for part, phrase in _PHRASES
]
_CLOSING = re.compile(r"\bsau khi sắp xếp(?: theo quy định tại khoản \d+ Điều này)?", re.IGNORECASE)
_MARKS = {part: chr(0xE000 + number) for number, part in enumerate(FormerPart)}
_CLOSED = chr(0xE000 + len(_MARKS))
_PART_OF_MARK = {mark: part for part, mark in _MARKS.items()}
"""Characters for private use stand for the phrases while the text is taken apart."""

_SENTENCE = re.compile(r"\.\s+(?=\w)|\.$")
_LEADING = re.compile(r"^(?:(?:và|các|của)\s+)+", re.IGNORECASE)
_NOTE = re.compile(r"\s*\(([^()]*)\)")
_LEVEL = re.compile(rf"({'|'.join(LEVELS)})\s+(?=\S)", re.IGNORECASE)
_GLUED = re.compile(r"\s{2,}(?=(?:Xã|Phường|Thị trấn) )")
_TORN = re.compile(r"(?<=\w) ([bcdghklmnpqrstvx])(?!\S)")
"""A small consonant standing alone was torn off the word before it."""
_WORD = re.compile(r"[^\W_][\w'’.-]*|-")
_LOWER_WORDS = frozenset({"nông", "trường", "bãi", "bồi", "ven", "biển"})
"""Words that stay small inside a name."""
_LONGEST = 8
"""Words in the longest name of a unit."""


def read(text: str, own_name: str = "") -> Reading:
    """The former units of one text. ``giữ nguyên`` is the unit itself, under ``own_name``."""
    text = unicodedata.normalize("NFC", text).strip()
    if not text:
        return Reading()
    if fold(text) == UNCHANGED:
        return Reading((FormerUnit(own_name, FormerPart.WHOLE),))
    units: dict[FormerUnit, None] = {}
    unreadable: list[str] = []
    first, *remarks = (sentence.strip() for sentence in _SENTENCE.split(text))
    part, level = FormerPart.WHOLE, None
    for piece in _pieces(first):
        if piece == _CLOSED:
            part, level = FormerPart.WHOLE, None
        elif piece in _PART_OF_MARK:
            part, level = _PART_OF_MARK[piece], None
        else:
            found, level = _unit(piece, part, level)
            if found is not None:
                units[found] = None
            elif piece != level:
                unreadable.append(piece)
    return Reading(tuple(units), (*unreadable, *(remark for remark in remarks if remark)))


def reconcile(
    readings: Mapping[K, Reading], province_of: Mapping[K, Hashable]
) -> dict[K, tuple[FormerUnit, ...]]:
    """The units of each reading, with what the readings say about each other.

    A unit named plainly here, of which another place of the province took a part or the remainder,
    did not come here whole: it is marked as a part. So is one that several places name with the
    same district; the same bare name in several places may be as many units and stays as it is.
    """
    named: dict[tuple[Hashable, tuple[str, ...]], list[FormerUnit]] = defaultdict(list)
    for key, reading in readings.items():
        for unit in reading.units:
            named[province_of[key], spelling(unit.name)].append(unit)
    divided = {
        former
        for former, units in named.items()
        if any(unit.part is not FormerPart.WHOLE for unit in units)
        or (len(units) > 1 and units[0].name.endswith(")"))
    }
    settled: dict[K, tuple[FormerUnit, ...]] = {}
    for key, reading in readings.items():
        units: dict[str, FormerUnit] = {}
        for unit in reading.units:
            if unit.part is FormerPart.WHOLE and (province_of[key], spelling(unit.name)) in divided:
                unit = unit._replace(part=FormerPart.PART)  # noqa: PLW2901
            units.setdefault(fold(unit.name), unit)
        settled[key] = tuple(units.values())
    return settled


def _pieces(text: str) -> Iterator[str]:
    text = _TORN.sub(r"\1", " ".join(_GLUED.sub(",", text).split()))
    for part, phrase in _OPENING:
        text = phrase.sub(f",{_MARKS[part]},", text)
    text = _CLOSING.sub(f",{_CLOSED},", text)
    depth, start = 0, 0
    for at, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth == 0 and (sign == "," or text.startswith(" và ", at)):
            yield from _tidy(text[start:at])
            start = at + 1
    yield from _tidy(text[start:])


def _tidy(piece: str) -> Iterator[str]:
    plain = _LEADING.sub("", " ".join(piece.split())).strip()
    if plain and plain not in {"và", "các", "của"}:
        yield plain


def _unit(piece: str, part: FormerPart, level: str | None) -> tuple[FormerUnit | None, str | None]:
    """The unit a piece names, and the level word that holds for the bare names after it."""
    name, notes = _NOTE.sub("", piece).strip(), []
    for note in _NOTE.findall(piece):
        if fold(note).startswith("phan con lai"):
            part = FormerPart.REMAINDER
        elif fold(note) == "mot phan":
            part = FormerPart.PART
        else:
            notes.append(f" ({note.strip()})")
    name = ABBREVIATED.get(name, name)
    if name in LEVELS:
        return None, name
    word, name = _split_level(name)
    if word is not None and word[0].islower():
        # "các phường A, B": the small word stands for all names of the list
        level = word
    word = word or level
    if not _is_name(name):
        return None, level
    kept = name if word is None else f"{word[0].upper()}{word[1:]} {name}"
    return FormerUnit(kept + "".join(notes), part), level


def _split_level(name: str) -> tuple[str | None, str]:
    """The level word before a name; of two in a row (``xã Xã Đình Dù``) the second counts."""
    word = None
    while found := _LEVEL.match(name):
        if word is not None and fold(found[1]) != fold(word):
            break
        word, name = found[1], name[found.end() :]
    return word, name


def _is_name(name: str) -> bool:
    words = name.split()
    return 0 < len(words) <= _LONGEST and all(
        _WORD.fullmatch(word) and (not word[0].islower() or word in _LOWER_WORDS) for word in words
    )
