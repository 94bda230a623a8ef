"""What is left of a text once every disguise is taken off, with the way back to the original."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from petitions.text import fold_character

_LOOK_ALIKES = str.maketrans(
    "АВЕКМНОРСТУХІЈЅаеорсухіјѕһԁ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧανορικ",
    "ABEKMHOPCTYXIJSaeopcyxijshd" + "ABEZHIKMNOPTYXavopik",
)
"""Cyrillic and Greek letters that pass for Latin ones."""


class _Bones(dict[int, str]):
    """Letters and digits folded; marks and hidden characters as nothing, all else as a space."""

    def __missing__(self, code: int) -> str:
        plain = unicodedata.normalize("NFKD", chr(code)).translate(_LOOK_ALIKES)
        bones = "".join(map(_bone, "".join(map(fold_character, plain))))
        if code < 0x2E80:
            self[code] = bones
        return bones


def _bone(character: str) -> str:
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    return character if character.isalnum() else " "


_BONES = _Bones()


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The folded letters and digits of a text, anything between them a space."""

    text: str
    bare: str
    _origins: list[int]

    @classmethod
    def of(cls, text: str) -> Skeleton:
        """Take the skeleton of a text."""
        bones = [_BONES[ord(character)] for character in text]
        origins = [place for place, bone in enumerate(bones) for _ in bone]
        return cls(text, "".join(bones), origins)

    def origin(self, place: int) -> int:
        """Where in the text the bare character at ``place`` comes from."""
        return self._origins[place]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the text behind ``bare[start:end]``, marks that follow its last letter included."""
        first, last = self._origins[start], self._origins[end - 1] + 1
        while last < len(self.text) and not _BONES[ord(self.text[last])]:
            last += 1
        return first, last


def words(text: str) -> list[str]:
    """The runs of letters and the runs of digits of a text's skeleton."""
    return re.findall(r"\d+|[^\W\d_]+", text.translate(_BONES))


def spaced(parts: Iterable[str]) -> str:
    """A pattern that finds these words in a skeleton however they are spaced, even letter by letter.

    Two runs of digits must stay apart: 12 and 3 are not 123.
    """
    pattern = ""
    previous = ""
    for part in parts:
        if previous:
            pattern += " ++" if previous.isdecimal() and part.isdecimal() else " *+"
        pattern += " *+".join(map(re.escape, part))
        previous = part
    return pattern
