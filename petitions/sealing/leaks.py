"""Finding a sealed person in a text, however disguised, so that it can be shown and masked.

Article 56 of the Law on Denunciations hides name, address, handwriting and whatever else tells who
denounced. A miss is a breach and a false alarm only a moment's work, so doubt counts as a find —
within limits, or people stop looking: a given name standing by itself, a province or a commune are not
finds. What counts:

* **Name**, three words or more: in any case, with any marks, any spacing, also run together.
* **Name of two words**: the same, when its marks agree (missing ones do) or both words begin with a
  capital; "tỷ lệ an toàn" does not name Lê An.
* **Name of one word** (two letters or more): capitalised after a word that introduces a person.
* **Called shortly**: see ``short_names``.
* **Number** of an identity paper: anywhere, with anything but letters and digits between; shorter
  than six signs only standing alone, shorter than three never.
* **Telephone**: with 0, 84, +84 or bare, any separators.
* **Address**: see ``addresses``.
* **Anything else** given (an e-mail address, a number plate): as a whole phrase of at least four signs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from petitions.idcard import normalise_phone
from petitions.sealing.addresses import address_patterns
from petitions.sealing.short_names import short_names
from petitions.sealing.skeleton import Skeleton, spaced, words

MASK = "[đã che]"

Span = tuple[int, int]

_INTRODUCTION = r"(?<![^\W\d_])(?:ong|ba|anh|chi|co|chu|bac|cau|di|em|cu|thay|ten|la|nguoi to cao|nguoi lam don|dong chi) +"
"""Folded words after which a capitalised word is somebody's name."""

_FORM_OF_ADDRESS = re.compile(
    r"^\s*(?:ông|bà|anh|chị|cô|chú|bác|cụ|tức)\s+(?=\S+\s+\S)", re.IGNORECASE
)


class LeakKind(StrEnum):
    """Which sealed value was found."""

    NAME = "name"
    ID_NUMBER = "id_number"
    PHONE = "phone"
    ADDRESS = "address"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Leak:
    """A find: ``text[start:end]`` of the original text."""

    kind: LeakKind
    start: int
    end: int


@dataclass(frozen=True, slots=True, repr=False)
class Identity:
    """Everything sealed about one person, present and former. Never shown by ``repr``."""

    names: Sequence[str] = ()
    id_numbers: Sequence[str] = ()
    phones: Sequence[str] = ()
    addresses: Sequence[str] = ()
    others: Sequence[str] = ()


def find_leaks(text: str, identity: Identity) -> list[Leak]:
    """Every place where the text gives the person away, in reading order."""
    skeleton = Skeleton.of(text)
    finders = {
        LeakKind.NAME: (
            finder(skeleton, name)
            for written in identity.names
            for name in _plain_names(written)
            for finder in (_names, short_names)
        ),
        LeakKind.ID_NUMBER: (_numbers(skeleton, number) for number in identity.id_numbers),
        LeakKind.PHONE: (_phones(skeleton, phone) for phone in identity.phones),
        LeakKind.ADDRESS: (_addresses(skeleton, address) for address in identity.addresses),
        LeakKind.OTHER: (_phrases(skeleton, phrase) for phrase in identity.others),
    }
    return sorted(
        (
            Leak(kind, start, end)
            for kind, found in finders.items()
            for start, end in _joined(span for spans in found for span in spans)
        ),
        key=lambda leak: (leak.start, leak.end),
    )


def mask(text: str, leaks: Iterable[Leak]) -> str:
    """The text with every find replaced by ``[đã che]``; neighbours that overlap become one."""
    pieces = []
    done = 0
    for start, end in _joined((leak.start, leak.end) for leak in leaks):
        pieces += [text[done:start], MASK]
        done = end
    return "".join([*pieces, text[done:]])


def _joined(spans: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _plain_names(written: str) -> set[str]:
    """The names in what stands in a name field: without form of address, aliases in brackets apart."""
    chunks = re.split(r"[(),;/]", unicodedata.normalize("NFC", written))
    return {_FORM_OF_ADDRESS.sub("", chunk) for chunk in chunks}


def _names(skeleton: Skeleton, name: str) -> Iterator[Span]:
    parts = words(name)
    if len("".join(parts)) < 2:
        return
    marks = _marks(name)
    before = _INTRODUCTION if len(parts) == 1 else ""
    pattern = re.compile(
        rf"(?={before}(?<![^\W\d_])(?P<hit>{' *+'.join(f'({spaced([part])})' for part in parts)})(?![^\W\d_]))"
    )
    for found in pattern.finditer(skeleton.bare):
        start, end = skeleton.span(*found.span("hit"))
        written = skeleton.text[start:end]
        initials = (skeleton.text[skeleton.origin(found.start(at + 2))] for at in range(len(parts)))
        capitals = all(initial != initial.lower() for initial in initials)
        agrees = _marks(written) <= marks
        if (
            len(parts) > 2
            or (capitals and agrees)
            or (len(parts) == 2 and (agrees or (capitals and not written.isupper())))
        ):
            yield start, end


def _marks(text: str) -> frozenset[str]:
    """Tone and vowel marks, and the stroke of đ, wherever in the word a keyboard puts them."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return frozenset(
        sign for sign in decomposed if sign == "đ" or unicodedata.category(sign) == "Mn"
    )


def _numbers(skeleton: Skeleton, number: str) -> Iterator[Span]:
    signs = "".join(words(number))
    if len(signs) >= 6:
        yield from _spans(skeleton, spaced([signs]))
    elif len(signs) >= 3:
        yield from _spans(skeleton, _alone(spaced([signs])))


def _phones(skeleton: Skeleton, phone: str) -> Iterator[Span]:
    number = normalise_phone(phone) or phone
    if not number.startswith("+84"):
        yield from _numbers(skeleton, number)
        return
    prefix = r"(?:(?:0 *0 *8 *4|8 *4)(?: *0)? *|0 *)?"
    for start, end in _spans(skeleton, prefix + spaced([number.removeprefix("+84")])):
        bracket = "(" if ")" in skeleton.text[start:end] else ""
        yield len(skeleton.text[:start].rstrip("+" + bracket)), end


def _addresses(skeleton: Skeleton, address: str) -> Iterator[Span]:
    for pattern in address_patterns(address):
        yield from _spans(skeleton, pattern)


def _phrases(skeleton: Skeleton, phrase: str) -> Iterator[Span]:
    parts = words(phrase)
    if len("".join(parts)) >= 4:
        yield from _spans(skeleton, _alone(spaced(parts)))


def _alone(pattern: str) -> str:
    return rf"(?<![^\W_]){pattern}(?![^\W_])"


def _spans(skeleton: Skeleton, pattern: str) -> Iterator[Span]:
    """Every match in the skeleton, also overlapping ones, as spans of the original."""
    for found in re.finditer(rf"(?=(?P<hit>{pattern}))", skeleton.bare):
        yield skeleton.span(*found.span("hit"))
