"""What the pages of the province's picture share: their blueprint, their tabs, the links to lists of cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, request, url_for

from petitions.queries.case_filters import Filters, Lateness, Side
from petitions.queries.province.reach import READERS, may_keep_periods
from petitions.queries.sensitive import Made, Period, periods
from petitions.schemas.filters import to_query
from petitions.web import options
from petitions.web.forms import Group
from petitions.web.kept import offered
from petitions.web.session import actor, require, today
from workflows.vocabulary import Actor

blueprint = Blueprint("province", __name__)

TABS = (
    ("Bản đồ", "province.index"),
    ("Địa bàn × lĩnh vực", "province.fields"),
    ("52 tuần", "province.weeks"),
    ("Tồn đọng theo cơ quan", "province.backlog"),
    ("Đoàn đông người, vượt cấp", "province.groups"),
    ("Kỳ nhạy cảm", "province.periods"),
)


@dataclass(frozen=True, slots=True)
class Owed:
    """A sensitive period whose list of this week is owed; ``done`` once somebody drew it up."""

    period: Period
    week: date
    done: Made | None


def reader() -> Actor:
    """Whoever looks. Raises ``Forbidden`` for roles that answer for no other's work."""
    require(*READERS)
    return actor()


def frame() -> dict[str, Any]:
    """What every page of the picture shows: the tabs, and the lists owed this week."""
    return {
        "tabs": [(text, url_for(to), request.endpoint == to) for text, to in TABS],
        "owed": owed(),
        "whole": actor().province_wide,
        "keeping": may_keep_periods(actor()),
    }


def owed() -> list[Owed]:
    """The periods whose list is owed this week, the nearest first."""
    on = today()
    weeks = [(each, each.owed(on)) for each in periods(on)]
    found = [Owed(each, week, each.done(week)) for each, week in weeks if week]
    return sorted(found, key=lambda each: each.period.starts)


def cases_href(me: Actor, **filters: Any) -> str:
    """The list of cases a figure counts: for whoever is not over the province, of his own bodies."""
    if not me.province_wide:
        filters["side"] = Side.DECIDING
    query: dict[str, Any] = dict(to_query(Filters(**filters)))
    return url_for("desk.agency", **query)


def late_href(me: Actor, **filters: Any) -> str:
    """The list of the overdue ones among them."""
    return cases_href(me, lateness=Lateness.OVERDUE, **filters)


def field_asked() -> tuple[int | None, str]:
    """The field the page is narrowed to, with its name; (None, "") for all and for one nobody knows."""
    asked = request.args.get("linh-vuc", "")
    for each in offered(today()).fields:
        if str(each.id) == asked:
            return each.id, each.name
    return None, ""


def field_groups() -> list[Group]:
    """The fields a page may be narrowed to."""
    return options.fields(today(), by_id=True)
