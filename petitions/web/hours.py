"""Hours of the day as forms offer and read them."""

from __future__ import annotations

from datetime import time

from petitions.errors import Invalid
from petitions.web.forms import Option
from workflows.office_hours import LATEST_MORNING, OPENS

_STEP = 30
_FIRST, _LAST = (each.hour * 60 + each.minute for each in (OPENS, LATEST_MORNING))
HOURS = [
    Option(f"{minute // 60:02}:{minute % 60:02}", f"{minute // 60:02}:{minute % 60:02}")
    for minute in range(_FIRST, _LAST + 1, _STEP)
]
"""Every half hour at which a digest may leave."""


def hour_of(typed: str | None) -> time | None:
    """The hour somebody chose, None when none. Raises ``Invalid`` at ``digest_at``."""
    if not typed:
        return None
    try:
        return time.fromisoformat(typed)
    except ValueError:
        raise Invalid.at("digest_at", "Giờ viết dạng 07:30.") from None


def value_of(hour: time | None) -> str:
    """An hour as the form holds it."""
    return "" if hour is None else f"{hour:%H:%M}"
