"""Finding today's place by what people call it: its present name or the name of an old unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from config.database import db
from petitions.models import FormerName, Place
from petitions.place_names import Words, spelling, split_level
from petitions.text import fold_words
from workflows.records import FormerPart

MOST = 50
WORDS = 8
"""Words of a name that count; none is longer."""
_ORDER = {part: number for number, part in enumerate(FormerPart)}


@dataclass(frozen=True, slots=True)
class Former:
    """An old unit that became this place, and how much of it did."""

    name: str
    part: FormerPart


@dataclass(frozen=True, slots=True)
class Found:
    """A place as it is today. ``former`` are the old units it was found by, none when by its own name."""

    code: str
    name: str
    kind: str
    province: str | None
    former: tuple[Former, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question taken apart: the level and words of the name, and where to look."""

    typed: Words
    level: str
    words: Words
    hints: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class _Hit:
    """One name of a place that answers: the smaller the rank the better."""

    rank: tuple[int, ...]
    hints: int
    former: Former | None


def find(text: str, limit: int = 10, *, on: date | None = None) -> tuple[Found, ...]:
    """Today's places called ``text`` now or before a merger, the best first.

    Marks and the level word (xã, phường, ...) may be left out; what follows a comma tells where:
    ``an bình, sơn lâm`` names the province (or what it was called), ``an bình, huyện A`` the former
    district, as far as the lists name it. An old unit that went to several places brings them all,
    each with the part it took. ``on`` is the day the places must exist; without it those that have
    no end. Three statements at most.
    """
    asked = _asked(text)
    if not asked.words:
        return ()
    formers: dict[int, list[Former]] = defaultdict(list)
    for row in db.session.execute(
        select(FormerName.place_id, FormerName.name, FormerName.part).where(
            _sounds(FormerName.folded_name, asked.words)
        )
    ):
        formers[row.place_id].append(Former(row.name, row.part))
    rows = _places(asked, on)
    regions = _regions(rows) if asked.hints else {}
    found: list[tuple[tuple[int, ...], str, int, Found]] = []
    for row in rows:
        where = regions.get(row.province_id, [])
        hits = [_judge(asked, row.name, None, where)]
        hits += [_judge(asked, former.name, former, where) for former in formers[row.id]]
        best = _best([hit for hit in hits if hit is not None])
        if best is not None:
            rank, hints, by = best
            found.append(
                (rank, row.code, hints, Found(row.code, row.name, row.kind, row.province, by))
            )
    most = max((hints for _, _, hints, _ in found), default=0)
    chosen = sorted((rank, code, place) for rank, code, hints, place in found if hints == most)
    return tuple(place for _, _, place in chosen[: max(1, min(limit, MOST))])


def _asked(text: str) -> _Asked:
    name, *where = text.split(",")
    level, words = split_level(fold_words(name))
    hints = tuple(split_level(fold_words(each))[1] for each in where)
    return _Asked(
        typed=spelling(name)[-len(words) :],
        level=level,
        words=words,
        hints=tuple(hint for hint in hints if hint),
    )


def _sounds(column: InstrumentedAttribute[str], words: Words) -> ColumnElement[bool]:
    """A sieve: every word stands somewhere in the folded name."""
    return and_(*(column.contains(word, autoescape=True) for word in words[:WORDS]))


def _places(asked: _Asked, on: date | None) -> Sequence[Any]:
    province = aliased(Place)
    by_former = select(FormerName.place_id).where(_sounds(FormerName.folded_name, asked.words))
    exists = (
        Place.valid_to.is_(None)
        if on is None
        else and_(Place.valid_from <= on, or_(Place.valid_to.is_(None), Place.valid_to >= on))
    )
    return db.session.execute(
        select(
            Place.id,
            Place.code,
            Place.name,
            Place.kind,
            Place.province_id,
            province.name.label("province"),
        )
        .outerjoin(province, province.id == Place.province_id)
        .where(exists, or_(_sounds(Place.folded_name, asked.words), Place.id.in_(by_former)))
    ).all()


def _regions(rows: Sequence[Any]) -> dict[int, list[Words]]:
    """The words by which people name each province: today's and those of the provinces before it."""
    regions: dict[int, list[Words]] = defaultdict(list)
    for row in rows:
        if row.province_id is not None and row.province_id not in regions:
            regions[row.province_id].append(split_level(fold_words(row.province))[1])
    former = select(FormerName.place_id, FormerName.folded_name)
    for row in db.session.execute(former.where(FormerName.place_id.in_(list(regions)))):
        regions[row.place_id].append(split_level(fold_words(row.folded_name))[1])
    return regions


def _judge(asked: _Asked, name: str, former: Former | None, where: Sequence[Words]) -> _Hit | None:
    plain, _, note = name.partition("(")
    level, words = split_level(fold_words(plain))
    likeness = _likeness(asked.words, words, fold_words(note))
    if likeness is None:
        return None
    rank = (
        likeness,
        int(bool(asked.level and level) and asked.level != level),
        int(not _holds(spelling(plain), asked.typed)),
        int(former is not None),
        0 if former is None else _ORDER[former.part],
    )
    told = [*where, fold_words(note)]
    hints = sum(any(_holds(each, hint) for each in told) for hint in asked.hints)
    return _Hit(rank, hints, former)


def _likeness(asked: Words, words: Words, note: Words) -> int | None:
    """0 the very name, then its beginning, its middle, an unfinished last word, the note behind it."""
    if words == asked:
        return 0
    if words[: len(asked)] == asked:
        return 1
    if _holds(words, asked):
        return 2
    *whole, last = asked
    begun = words[: len(asked)]
    if len(begun) == len(asked) and begun[:-1] == tuple(whole) and begun[-1].startswith(last):
        return 3
    return 4 if _holds(note, asked) else None


def _holds(words: Words, part: Words) -> bool:
    return any(
        words[start : start + len(part)] == part for start in range(len(words) - len(part) + 1)
    )


def _best(hits: Sequence[_Hit]) -> tuple[tuple[int, ...], int, tuple[Former, ...]] | None:
    """The rank of the best name, and every old unit that answers as well as it does."""
    if not hits:
        return None
    hints = max(hit.hints for hit in hits)
    best = min(hit.rank for hit in hits if hit.hints == hints)
    equal = [hit for hit in hits if hit.hints == hints and hit.rank[:3] == best[:3]]
    return best, hints, tuple(hit.former for hit in equal if hit.former is not None)
