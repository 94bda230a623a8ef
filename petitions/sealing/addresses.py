"""Which parts of an address give a household away, as patterns over a text's skeleton.

An address is read from the most exact part outwards: house, street, hamlet, then commune, district,
province. Two kinds of fragment count, each as long as it must be to mean one place (three words or
numbers at least): the house number with the first name after it ("12 Trần Phú"), and a hamlet or a
street with what follows it ("thôn Đoài, xã Yên Bình"). A commune, district or province by itself, or
a hamlet without its commune, is where the whole matter plays and gives nobody away.

The words that name a level (số, thôn, xã…) may be missing, abbreviated or exchanged within their
level; only where hardly anything else is left (thôn 1, phố Huế) one of them must stand. What follows
the fragment in the address is taken along when it follows in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from petitions.sealing.skeleton import spaced, words

_LEVELS = {
    "house": "so nha|nha so|so|nha|sn|ngo|ngach|hem|kiet|can ho|can|phong|tang|toa nha|toa|lo|block|chung cu|khu tap the|ktt",
    "street": "duong|pho|d|quoc lo|ql|tinh lo|tl|huong lo|dai lo",
    "hamlet": "thon|xom|ban|ap|lang|buon|plei|play|bon|soc|phum|to dan pho|to|tdp|khu pho|kp|khu dan cu|kdc|khu|khoi pho|khoi|tieu khu|tk|doi",
    "commune": "xa|phuong|thi tran|dac khu|x|p|tt",
    "district": "huyen|quan|thi xa|h|q|tx",
    "province": "tinh|thanh pho|tp|t",
}
"""Folded level words, longer ones before those they begin with."""

_BROAD = ("commune", "district", "province")
_LEVEL_OF = {tuple(term.split()): level for level, terms in _LEVELS.items() for term in terms.split("|")}  # fmt: skip
_LONGEST_TERM = 3
_ENOUGH_WORDS = 3
_BREAK = re.compile(r"[,;\n]|\s[-–—]\s")


@dataclass(slots=True)
class _Part:
    """One level of an address: its level word's level if it has one, and the words after it."""

    level: str | None
    words: list[str] = field(default_factory=list)

    @property
    def has_name(self) -> bool:
        return not all(word.isdecimal() for word in self.words)

    @property
    def says_little(self) -> bool:
        """Too little to be recognised without its level word."""
        return sum(not word.isdecimal() for word in self.words) < 2

    @property
    def keeps_level(self) -> bool:
        return self.level not in (None, "house") and self.says_little

    @property
    def weight(self) -> int:
        return len(self.words) + self.keeps_level


def address_patterns(address: str) -> list[str]:
    """Patterns of the fragments of one address that may not be seen; none for a mere commune or province."""
    parts = _parts(address)
    starts = [at for at, part in enumerate(parts) if part.level in ("house", "hamlet")]
    if parts and _is_exact(parts):
        starts.insert(0, 0)
    fragments = (fragment for start in starts for fragment in _fragments(parts[start:]))
    return list(dict.fromkeys(map(_pattern, fragments)))


def _fragments(parts: Sequence[_Part]) -> Iterator[tuple[Sequence[_Part], Sequence[_Part]]]:
    """What must be seen and what may follow it: all parts in order, or the number with the first name."""
    named = next((at for at, part in enumerate(parts) if part.has_name), len(parts))
    for chosen in (parts, [parts[0], *parts[max(named, 1) :]]):
        if (needed := _needed(chosen)) is not None:
            yield chosen[:needed], chosen[needed:]


def _is_exact(parts: Sequence[_Part]) -> bool:
    first = parts[0]
    if first.level is None:
        return first.words[0].isdecimal() or len(parts) > 2
    return first.level not in _BROAD


def _parts(address: str) -> list[_Part]:
    return [part for chunk in _BREAK.split(address) for part in _split(words(chunk)) if part.words]


def _split(chunk: Sequence[str]) -> Iterator[_Part]:
    """Cut at every level word that has a name before it and one after it (phố Xã Đàn is one part)."""
    part = _Part(None)
    named = False
    at = 0
    while at < len(chunk):
        size, level = _level_word(chunk, at)
        last = at + size >= len(chunk)
        if named and chunk[at] == "so" and not last:
            size = 1  # tổ số 5 is tổ 5
        elif level and not named and not last:
            yield part
            part = _Part(level)
            named = True
        else:
            size = 1
            part.words.append(chunk[at])
            named = False
        at += size
    yield part


def _level_word(chunk: Sequence[str], at: int) -> tuple[int, str | None]:
    for size in range(_LONGEST_TERM, 0, -1):
        if level := _LEVEL_OF.get(tuple(chunk[at : at + size])):
            return size, level
    return 1, None


def _pattern(fragment: tuple[Sequence[_Part], Sequence[_Part]]) -> str:
    needed, more = fragment
    pattern = "(?<![^\\W_])" + "(?!\\d) *+".join(map(_part_pattern, needed)) + _end(needed[-1])
    tail = ""
    for part in reversed(more):
        tail = f"(?:(?!\\d) *+{_part_pattern(part)}{_end(part)}{tail})?"
    return pattern + tail


def _needed(parts: Sequence[_Part]) -> int | None:
    """How many parts from the first on make a place of its own; None when all together do not."""
    first = parts[0]
    household = first.level == "house" or (first.level is None and first.words[0].isdecimal())
    for count in range(1, len(parts) + 1):
        taken = parts[:count]
        named = any(part.has_name for part in taken)
        if (
            named
            and sum(part.weight for part in taken) >= _ENOUGH_WORDS
            and (household or count > 1)
        ):
            return count
    return None


def _part_pattern(part: _Part) -> str:
    if part.keeps_level and part.level:
        kept = f"(?:{_alternatives(_LEVELS[part.level])}) *+(?:s *+o *+)?"
        return f"{_ANY_LEVEL}{kept}{spaced(part.words)}"
    if part.words[0].isdecimal():
        # a bare number is followed by its street, and any word for street may come between
        return f"{_ANY_LEVEL}{_levels_between(part.words)}"
    return f"{_ANY_LEVEL}{spaced(part.words)}"


def _levels_between(parts: Sequence[str]) -> str:
    return f"(?!\\d) *+{_ANY_LEVEL}".join(spaced([part]) for part in parts)


def _end(part: _Part) -> str:
    return r"(?!\d)" if part.words[-1].isdecimal() else r"(?![^\W\d_])"


def _alternatives(terms: str) -> str:
    """Level words; one of a single letter must not be the head of another word."""
    return "|".join(
        spaced(term.split()) + (r"(?=[ \d])" if len(term) == 1 else "") for term in terms.split("|")
    )


_ANY_LEVEL = f"(?:(?:{_alternatives('|'.join(_LEVELS.values()))}) *+){{0,3}}"
