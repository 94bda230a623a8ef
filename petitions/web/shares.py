"""Bars that show how a whole divides: pieces in pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 260
"""Width of a full bar, in pixels."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a bar: where it begins and how wide it is, in pixels; what it stands for, in words.

    ``tone`` is how it is drawn: a tone of ``shares.html``, or the number of a hatch.
    """

    tone: str
    start: int
    width: int
    text: str


def pieces(
    parts: Sequence[tuple[str, str, int]], most: int | None = None, width: int = WIDTH
) -> tuple[Piece, ...]:
    """Parts as (tone, words, number), side by side; ``most`` (by default their sum) is the whole width.

    Edges are rounded, not widths, so that nothing is lost or overlaps.
    """
    whole = sum(number for *_, number in parts) if most is None else most
    found, before = [], 0
    for tone, text, number in parts:
        start, end = (
            round(width * each / whole) if whole else 0 for each in (before, before + number)
        )
        if end > start:
            found.append(Piece(tone, start, end - start, f"{text}: {number}"))
        before += number
    return tuple(found)
