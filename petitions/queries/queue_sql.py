"""The statements of the inspectorate's queue, built once for each reach and set of filters."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Integer,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.orm import aliased

from config.database import Key
from petitions.access import Scope, visible_in
from petitions.models import Case, CaseWeight, InspectionCharge, User
from petitions.queries.case_filters import conditions
from workflows.severity import Factor

MOST_COUNTED = 1_000
"""Cases of a tab counted at most; one more than that reads "1.000+"."""


class Section(StrEnum):
    """Runs of cases within the queue that lie in one order: threats, what hot spots counted, the rest."""

    SECURITY = "security"
    ALARMED = "alarmed"
    GRAVE = "grave"
    REST = "rest"


COLUMNS = {factor: getattr(CaseWeight, factor.value) for factor in Factor}
_NONE: ColumnElement[int] = literal_column("0")
"""Spelled out, or no database would see that the index of threats fits."""
_asked = aliased(InspectionCharge)
_COUNTED: BindParameter[Any] = bindparam("counted", expanding=True)
"""Cases the hot spots of this reader have counted."""


def _standing(charge: Any) -> ColumnElement[bool]:
    """The charge of a case for the reader's inspecting body."""
    return and_(
        charge.case_id == Case.id,
        charge.agency_id == bindparam("inspectorate", type_=Key),
        charge.until.is_(None),
    )


def points_for(scope: Scope) -> ColumnElement[int]:
    """The points this reach may know: what rests on other cases is for province-wide readers."""
    if scope.province_wide:
        return CaseWeight.points.expression
    return CaseWeight.points - CaseWeight.beyond


@lru_cache(maxsize=1024)
def lines(scope: Scope, section: Section, shape: frozenset[str]) -> Select[*tuple[Any, ...]]:
    """Cases of one section, the gravest first, each with its weight and who looks after it."""
    points = points_for(scope)
    query = _of(scope, section, shape)
    if "after_points" in shape:
        mark, number = bindparam("after_points", type_=Integer()), bindparam("after_id", type_=Key)
        query = query.where(tuple_(points, CaseWeight.case_id) < tuple_(mark, number))
    return (
        query.with_only_columns(
            CaseWeight.case_id,
            points.label("points"),
            *(column.label(factor.value) for factor, column in COLUMNS.items()),
            CaseWeight.facts,
            User.name.label("inspector"),
        )
        .outerjoin(InspectionCharge, _standing(InspectionCharge))
        .outerjoin(User, User.id == InspectionCharge.inspector_id)
        .order_by(points.desc(), CaseWeight.case_id.desc())
        .limit(bindparam("most", type_=Integer()))
    )


@lru_cache(maxsize=1024)
def count(scope: Scope, section: Section, shape: frozenset[str]) -> Select[*tuple[Any, ...]]:
    """How many cases of a section, counted no further than ``MOST_COUNTED`` + 1."""
    points = points_for(scope)
    some = (
        _of(scope, section, shape)
        .with_only_columns(literal(1))
        .order_by(
            points.desc(), CaseWeight.case_id.desc()
        )  # along the index, not through the cases
        .limit(MOST_COUNTED + 1)
    )
    return select(func.count()).select_from(some.subquery())


def _of(scope: Scope, section: Section, shape: frozenset[str]) -> Select[*tuple[Any, ...]]:
    return (
        select(CaseWeight.case_id)
        .select_from(CaseWeight)
        .join(Case, Case.id == CaseWeight.case_id)
        .where(
            visible_in(scope),
            Case.open,
            *_within(scope, section),
            *conditions(shape),
            *_own(scope, shape),
        )
    )


def _within(scope: Scope, section: Section) -> list[ColumnElement[bool]]:
    points, calm = points_for(scope), CaseWeight.security == _NONE
    grave = bindparam("grave", type_=Integer())
    match section:
        case Section.SECURITY:
            return [CaseWeight.security > _NONE]
        case Section.ALARMED:
            return [calm, CaseWeight.case_id.in_(_COUNTED)]
        case Section.GRAVE:
            return [calm, points >= grave, CaseWeight.case_id.not_in(_COUNTED)]
        case Section.REST:
            return [calm, points < grave, CaseWeight.case_id.not_in(_COUNTED)]


def _own(scope: Scope, shape: frozenset[str]) -> list[ColumnElement[bool]]:
    """Conditions of the queue's own filters, by the name they have in a shape."""
    found = [made for name, made in _CONDITIONS.items() if name in shape]
    return found + [_given(scope, factor) for factor in Factor if f"factor_{factor.value}" in shape]


def _given(scope: Scope, factor: Factor) -> ColumnElement[bool]:
    """Whether a case has points for a factor that this reach may know of."""
    column: ColumnElement[int] = COLUMNS[factor]
    if scope.province_wide:
        return column > 0
    rests = CaseWeight.facts[("beyond", factor.value)].as_integer()
    return column > func.coalesce(rests, 0)


_CONDITIONS: dict[str, ColumnElement[bool]] = {
    "older_than": Case.first_received_on < bindparam("older_than", type_=Date()),
    "inspector": exists().where(
        _standing(_asked), _asked.inspector_id == bindparam("inspector", type_=Key)
    ),
    "nobody": ~exists().where(_standing(_asked)),
    "of_episode": CaseWeight.case_id.in_(bindparam("of_episode", expanding=True)),
}
