"""What kind of petition the words point to, and which field: phrases with weights, told with the phrases found.

The words decide, not the heading: a paper called a denunciation that only disagrees with a decision is
a complaint (Circular 05/2021/TT-TTCP art 6). It is a suggestion; the officer classifies.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LEAST = 2.0
"""Below this score the words say too little to suggest anything."""
LONGEST_READ = 20_000
"""Characters of a text that are read: the matter is told at its beginning."""

_WORD = re.compile(r"[^\W_]+")
_WEIGHT_BY_LENGTH = {1: 1.0, 2: 2.0, 3: 3.0}
_WEIGHT_OF_LONG = 4.0

Sign = tuple[str, tuple[str, ...]]
"""A word: its bare letters, and its marks in an order that no way of typing changes."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that point to ``value`` (``None``: to nothing; they only keep shorter phrases from counting)."""

    text: str
    value: str | None
    weight: float
    signs: tuple[Sign, ...]


@dataclass(frozen=True, slots=True)
class Hint:
    """A value the words point to, how strongly, and the phrases that told."""

    value: str
    score: float
    told: tuple[str, ...]


class Phrasebook:
    """The phrases of one question, by their first word."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self._by_first: dict[str, list[Phrase]] = {}
        for phrase in phrases:
            self._by_first.setdefault(phrase.signs[0][0], []).append(phrase)
        for same_start in self._by_first.values():
            same_start.sort(key=lambda phrase: -len(phrase.signs))

    @classmethod
    def of(cls, entries: Iterable[Mapping[str, Any]]) -> Phrasebook:
        """The book of ``[[…]]`` tables: ``value`` (absent: nothing), ``phrases``, ``weight`` (else by length)."""
        return cls(
            Phrase(
                text,
                entry.get("value"),
                float(entry.get("weight", _WEIGHT_BY_LENGTH.get(len(signs), _WEIGHT_OF_LONG))),
                signs,
            )
            for entry in entries
            for text in entry["phrases"]
            for signs in [_signs(text)]
        )

    def values(self) -> frozenset[str]:
        """Every value a phrase points to."""
        return frozenset(
            phrase.value
            for phrases in self._by_first.values()
            for phrase in phrases
            if phrase.value is not None
        )

    def rank(self, text: str) -> tuple[Hint, ...]:
        """The values the text points to, the strongest first.

        A longer phrase beats the shorter ones it covers; a phrase said often counts once.
        """
        told: dict[str, dict[str, float]] = {}
        for phrase in self._found(_signs(text[:LONGEST_READ])):
            if phrase.value is not None:
                told.setdefault(phrase.value, {})[phrase.text] = phrase.weight
        hints = [
            Hint(
                value,
                sum(phrases.values()),
                tuple(sorted(phrases, key=phrases.__getitem__, reverse=True)),
            )
            for value, phrases in told.items()
        ]
        return tuple(sorted(hints, key=lambda hint: -hint.score))

    def suggest(self, text: str) -> Hint | None:
        """The one value the text clearly points to; ``None`` when it says too little or two things alike."""
        ranked = self.rank(text)
        if not ranked or ranked[0].score < LEAST:
            return None
        if len(ranked) > 1 and ranked[1].score == ranked[0].score:
            return None
        return ranked[0]

    def _found(self, signs: Sequence[Sign]) -> list[Phrase]:
        matches = [
            (at, phrase)
            for at, sign in enumerate(signs)
            for phrase in self._by_first.get(sign[0], ())
            if _stands(phrase, signs, at)
        ]
        matches.sort(key=lambda match: (-len(match[1].signs), match[0]))
        taken: set[int] = set()
        kept = []
        for at, phrase in matches:
            span = range(at, at + len(phrase.signs))
            if taken.isdisjoint(span):
                taken.update(span)
                kept.append(phrase)
        return kept


def _stands(phrase: Phrase, signs: Sequence[Sign], at: int) -> bool:
    """Whether the phrase is written here: a word typed without marks may mean any, one with marks only its own."""
    written = signs[at : at + len(phrase.signs)]
    return len(written) == len(phrase.signs) and all(
        bare == wanted and (not marks or marks == wanted_marks)
        for (bare, marks), (wanted, wanted_marks) in zip(written, phrase.signs, strict=True)
    )


def _signs(text: str) -> tuple[Sign, ...]:
    composed = unicodedata.normalize("NFC", text).casefold()
    return tuple(_sign(word) for word in _WORD.findall(composed))


def _sign(word: str) -> Sign:
    letters, marks = [], []
    for character in unicodedata.normalize("NFD", word):
        if character == "đ":
            letters.append("d")
            marks.append(character)
        elif unicodedata.category(character) == "Mn":
            marks.append(character)
        else:
            letters.append(character)
    return "".join(letters), tuple(sorted(marks))
