"""From the words an officer types to today's commune: decided when there is one, asked when there are more."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from petitions.labels import label
from petitions.queries import choices, places
from petitions.queries.places import Found
from petitions.web.forms import Option
from petitions.web.session import actor, today

MOST = 50
"""Places looked through for one name."""
_CODE_IN_BRACKETS = re.compile(r"\((\w{2,20})\)\s*$")
UNKNOWN = "Không có xã, phường nào tên như vậy. Gõ tên xã, phường hiện nay hoặc tên cũ."
SEVERAL = "Tên này có thể là những nơi dưới đây. Hãy chọn một."


@dataclass(frozen=True, slots=True)
class Meant:
    """The one place, or why there is none and which it may be."""

    code: str | None = None
    fault: str | None = None
    options: tuple[Option, ...] = ()


def meant(words: str) -> Meant:
    """The place called ``words`` (or named by the code in brackets behind them).

    A name of the own province comes before the same name elsewhere. A former unit is never resolved
    silently: people say its name and may mean only a part of it.
    """
    named = _CODE_IN_BRACKETS.search(words)
    if named:
        return Meant(named[1])
    near = {each.code for each in choices.communes_around(actor().agency_id, today())}
    found: Sequence[Found] = places.find(words, MOST, on=today())
    found = [each for each in found if each.code in near] or found
    if not found:
        return Meant(fault=UNKNOWN)
    if len(found) == 1 and not found[0].former:
        return Meant(found[0].code)
    return Meant(fault=SEVERAL, options=tuple(Option(each.code, _words(each)) for each in found))


def _words(place: Found) -> str:
    words = place.name + (f", {place.province}" if place.province else "")
    formers = "; ".join(f"{former.name}, {label(former.part).lower()}" for former in place.former)
    return f"{words} (trước là {formers})" if formers else words
