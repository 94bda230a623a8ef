"""How alike two names, addresses or texts are, and under which spellings an index is asked for one.

Everything is compared folded: case, marks, đ and spacing make no difference. Percentages are whole.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from petitions.idcard import normalise_phone
from petitions.text import fold, fold_words

LONGEST_NAME = 60
"""Folded characters of a name beyond which no slips of the finger are tried."""
TEXT_WORDS = 400
"""Words of a text that are compared; a petition repeats itself long before."""
SAME_SOUND = 95
"""How alike two names are that only regional spelling tells apart."""

_LETTERS = "abcdeghiklmnopqrstuvxy"
_TITLE = re.compile(r"^(?:ong|ba|anh|chi|co|chu|bac|cau|di|em|cu)\s+(?=\S+\s+\S)")
_STARTS = (("gi", "d"), ("r", "d"), ("x", "s"), ("tr", "ch"), ("ph", "f"), ("qu", "cu"), ("k", "c"), ("l", "n"))  # fmt: skip
_ENDS = (("ng", "n"), ("nh", "n"), ("t", "c"), ("ch", "c"), ("y", "i"))
"""Letters that sound alike somewhere in the country, so that ears and keyboards mistake them."""
_COMMON = frozenset(
    fold_words(
        "toi chung ong ba anh chi cua va la co khong duoc cho cac nhung mot nay do voi tu den trong "
        "tai ve theo de nghi xem xet giai quyet kinh gui don khieu nai to cao kien nghi phan anh uy "
        "ban nhan dan xa phuong tinh huyen thon ngay thang nam so quyet dinh viec gia dinh nguoi "
        "da dang se bi nhu khi thi ma ra vao len lai con nguyen van thi cong hoa xa hoi chu nghia "
        "viet doc lap tu do hanh phuc lam"
    )
)
"""Words every petition holds; a run of them tells nothing."""


def plain_name(name: str) -> str:
    """The folded name without a form of address in front."""
    return _TITLE.sub("", " ".join(fold_words(name)))


@lru_cache(maxsize=512)
def spellings(name: str) -> tuple[str, ...]:
    """Folded names worth asking an index for: as typed, as it may sound, and one slip of the finger away."""
    plain = plain_name(name)
    if not plain:
        return ()
    found = {plain: None, fold(name): None}
    found.update(dict.fromkeys(_heard(plain.split())))
    if len(plain) <= LONGEST_NAME and len(plain) > 3:
        found.update(dict.fromkeys(_slips(plain)))
    return tuple(found)


def _heard(words: Sequence[str]) -> Iterator[str]:
    """The name with one or two of its words as they may sound."""
    others = [tuple(_siblings(word)) for word in words]
    for count in (1, 2):
        for changed in combinations(range(len(words)), count):
            yield from _with(words, others, changed)


def _with(
    words: Sequence[str], others: Sequence[tuple[str, ...]], changed: tuple[int, ...]
) -> Iterator[str]:
    first, *rest = changed
    for each in others[first]:
        spelt = [*words[:first], each, *words[first + 1 :]]
        if rest:
            yield from _with(spelt, others, tuple(rest))
        else:
            yield " ".join(spelt)


def _siblings(word: str) -> Iterator[str]:
    for one, other in _STARTS:
        for this, that in ((one, other), (other, one)):
            if word.startswith(this) and len(word) > len(this):
                yield that + word[len(this) :]
    for one, other in _ENDS:
        for this, that in ((one, other), (other, one)):
            if word.endswith(this) and len(word) > len(this):
                yield word[: -len(this)] + that


def _slips(plain: str) -> Iterator[str]:
    """One letter too many, too few, wrong, or two in the wrong order."""
    for at in range(len(plain) + 1):
        head, tail = plain[:at], plain[at:]
        if tail:
            yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in _LETTERS:
            yield head + letter + tail
            if tail and tail[0] != " ":
                yield head + letter + tail[1:]


@lru_cache(maxsize=4096)
def _sound(plain: str) -> str:
    """The name as it sounds where the fewest sounds are told apart."""
    words = []
    for word in plain.split():
        heard = word
        for one, other in _STARTS:
            if heard.startswith(one):
                heard = other + heard[len(one) :]
                break
        for one, other in _ENDS:
            if heard.endswith(one) and len(heard) > len(one):
                heard = heard[: -len(one)] + other
                break
        words.append(heard)
    return " ".join(words)


def name_likeness(one: str, other: str) -> int:
    """How alike two names are: 100 for the same folded letters, ``SAME_SOUND`` for the same sound."""
    a, b = plain_name(one), plain_name(other)
    if not a or not b:
        return 0
    if a == b:
        return 100
    if _sound(a) == _sound(b):
        return SAME_SOUND
    return min(SAME_SOUND - 1, int(fuzz.ratio(a, b)))


def same_marks(one: str, other: str) -> bool:
    """Whether two names of the same folded letters also agree in their marks, where both have any."""
    a, b = (
        " ".join(unicodedata.normalize("NFC", each).casefold().split()) for each in (one, other)
    )
    return a == b or a == fold(a) or b == fold(b)


def address_likeness(one: str, other: str) -> int:
    """How alike two addresses are, whatever the order of their parts and whatever one leaves out."""
    a, b = fold_words(one), fold_words(other)
    if min(len(a), len(b)) < 2:
        return 0
    return int(fuzz.token_set_ratio(" ".join(a), " ".join(b)))


def text_likeness(one: Sequence[str], other: Sequence[str]) -> int:
    """How alike two texts are, counted in folded words in their order."""
    a, b = one[:TEXT_WORDS], other[:TEXT_WORDS]
    if not a or not b:
        return 0
    return int(100 * Indel.normalized_similarity(a, b))


def telling_runs(words: Sequence[str], length: int, most: int) -> tuple[tuple[str, ...], ...]:
    """The runs of ``length`` words that tell a text from others, spread over it, in its order."""
    starts = range(len(words) - length + 1)
    weight = {
        at: sum(
            2 + any(sign.isdigit() for sign in word)
            for word in words[at : at + length]
            if word not in _COMMON
        )
        for at in starts
    }
    chosen: list[int] = []
    for at in sorted(starts, key=lambda at: (-weight[at], at)):
        if len(chosen) == most or not weight[at]:
            break
        if all(abs(at - taken) >= length for taken in chosen):
            chosen.append(at)
    return tuple(tuple(words[at : at + length]) for at in sorted(chosen))


def compact(number: str) -> str:
    """Letters and digits of a number, in capitals."""
    plain = unicodedata.normalize("NFKC", number).upper()
    return "".join(sign for sign in plain if sign.isalnum())


def number_spellings(number: str) -> tuple[str, ...]:
    """Ways an identity number may stand in a register: as typed, bare, in groups."""
    bare = compact(number)
    if len(bare) < 6:
        return ()
    grouped = [
        mark.join(bare[at : at + size] for at in range(0, len(bare), size))
        for size in (3, 4)
        for mark in (" ", ".", "-")
    ]
    return tuple(dict.fromkeys([number.strip(), bare, bare.lower(), *grouped]))


def phone_key(number: str) -> str:
    """The one spelling by which two telephone numbers are compared; empty for what is none."""
    found = normalise_phone(number)
    digits = "".join(sign for sign in number if sign.isdecimal())
    return found or (digits if len(digits) >= 6 else "")


def phone_spellings(number: str) -> tuple[str, ...]:
    """Ways a telephone number may stand in a register."""
    found = phone_key(number)
    if not found:
        return ()
    if not found.startswith("+84"):
        return tuple(dict.fromkeys([number.strip(), found]))
    home = "0" + found.removeprefix("+84")
    cuts = ((4, 7), (3, 6), (4, 6, 8))
    grouped = [
        mark.join(home[a:b] for a, b in zip((0, *cut), (*cut, None), strict=True))
        for cut in cuts
        for mark in (" ", ".", "-")
    ]
    return tuple(
        dict.fromkeys([number.strip(), home, found, found[1:], f"+84 {home[1:]}", *grouped])
    )


def parcel_key(number: str) -> str:
    """A sheet or parcel number as compared: without words, spaces and leading zeros."""
    words = [word for word in fold_words(number) if word not in {"so", "thua", "to", "ban", "do"}]
    return "".join(words).lstrip("0")


def parcel_spellings(number: str) -> tuple[str, ...]:
    """Ways a sheet or parcel number may stand in a register."""
    key = parcel_key(number)
    if not key:
        return ()
    padded = [key.zfill(width) for width in (2, 3, 4)]
    return tuple(dict.fromkeys([number.strip(), key, key.upper(), *padded]))
