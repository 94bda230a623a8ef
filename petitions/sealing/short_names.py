"""A sealed person called shortly: by the given name after a form of address, or by initials.

"chị Mận" and "N.T.M" give Nguyễn Thị Mận away to whoever knows the village. Only what is written as a
name counts, so that ordinary words never do: the form of address with its own marks, the name with a
capital and its own marks, nothing of another person's name behind it; initials of every word of the
name, in capitals, with full stops.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from petitions.sealing.skeleton import Skeleton, words
from petitions.text import fold

Span = tuple[int, int]

_ADDRESS = {
    fold(word): word
    for word in (
        "ông", "bà", "anh", "chị", "cô", "chú", "bác", "cậu", "mợ", "dì", "dượng", "em", "cụ",
        "thầy", "đồng chí",
    )
}  # fmt: skip
_FORMS = "|".join(_ADDRESS)
_NEXT_WORD = re.compile(r"[ \t]+(\w)")
_STOPS = re.compile(r"\.\s?|\s?\.\s?")
LEAST_INITIALS = 3
"""Two initials are everybody's."""


def short_names(skeleton: Skeleton, name: str) -> Iterator[Span]:
    """Where the text calls the person of this full name shortly."""
    parts = words(name)
    if len(parts) < 2:
        return
    yield from _given_name(skeleton, name.rsplit(maxsplit=1)[-1], parts[-1])
    if len(parts) >= LEAST_INITIALS:
        yield from _initials(skeleton, name, parts)


def _given_name(skeleton: Skeleton, written: str, folded: str) -> Iterator[Span]:
    if len(folded) < 2:
        return
    plain_text = not _marks(skeleton.text)
    pattern = rf"(?<![^\W_])(?P<form>{_FORMS}) +(?P<hit>{re.escape(folded)})(?![^\W_])"
    for found in re.finditer(pattern, skeleton.bare):
        form = skeleton.text[slice(*skeleton.span(*found.span("form")))]
        start, end = skeleton.span(*found.span("hit"))
        between = skeleton.text[skeleton.span(*found.span("form"))[1] : start]
        hit = skeleton.text[start:end]
        follows = _NEXT_WORD.match(skeleton.text, end)
        if (
            not between.isspace()
            or hit[:1] == hit[:1].lower()
            or (hit.isupper() and form.isupper())
            or (follows and follows[1] != follows[1].lower())
        ):
            continue
        as_meant = _marks(form) == _marks(_ADDRESS[found["form"]]) and _marks(hit) == _marks(
            written
        )
        if as_meant or plain_text:
            yield start, end


def _initials(skeleton: Skeleton, name: str, parts: list[str]) -> Iterator[Span]:
    letters = [re.escape(part[0]) for part in parts]
    last = rf"(?:{letters[-1]}|{re.escape(parts[-1])})"
    pattern = rf"(?<![^\W_]){' +'.join([*letters[:-1], last])}(?![^\W_])"
    strokes = [_stroke(word) for word in name.split()]
    for found in re.finditer(pattern, skeleton.bare):
        start, end = skeleton.span(*found.span())
        pieces = _STOPS.split(skeleton.text[start:end])
        if (
            len(pieces) == len(parts)
            and all(piece[:1] != piece[:1].lower() for piece in pieces)
            and [_stroke(piece) for piece in pieces] == strokes
        ):
            yield start, end


def _stroke(word: str) -> bool:
    return word[:1] in {"Đ", "đ", "Ð"}


def _marks(text: str) -> list[str]:
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return sorted(sign for sign in decomposed if sign == "đ" or unicodedata.category(sign) == "Mn")
