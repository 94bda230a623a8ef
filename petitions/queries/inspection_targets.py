"""Where to inspect: figures by place and field, or by body, and the targets picked from them.

What the page shows is what its reader may open. What is frozen with a target is read by everybody who
reads the register, so it leaves out denunciations and every case that is shut to somebody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, or_, select, true
from sqlalchemy.orm import aliased

from config.database import db
from petitions.access import visible
from petitions.errors import NotFound
from petitions.models import (
    Agency,
    Case,
    CaseBar,
    CaseWeight,
    Field,
    InspectionTarget,
    Place,
    TargetEntry,
    User,
)
from petitions.queries.fields import under_field
from workflows.casefile import MASS_SIZE
from workflows.reviewing import TargetStatus, next_of
from workflows.transition import LEADERS
from workflows.vocabulary import Actor, Kind, Role, State
from workflows.watch import add_months

READERS = LEADERS | {Role.INSPECTOR}
"""Who reads the register of targets; a body to be inspected learns of it by the decision."""
MOST = 60
"""Lines of figures one page shows."""
SPAN_MONTHS = 12
"""Months of petitions the figures look back over."""
NO_TARGET = "Không tìm thấy đối tượng thanh tra này, hoặc bạn không có quyền xem."


@dataclass(frozen=True, slots=True)
class Figures:
    """What speaks for inspecting: petitions received in the last twelve months, and how they stand.

    ``groups``: of five people and more. ``open``, ``overdue`` and ``skipped`` (sent past the level that
    settles it, as last weighed) count open cases whenever they were received.
    """

    cases: int = 0
    open: int = 0
    overdue: int = 0
    groups: int = 0
    skipped: int = 0
    people: int = 0

    def kept(self) -> dict[str, int]:
        """As they are kept with a target."""
        return asdict(self)

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Figures:
        """The figures that were kept."""
        return cls(**{name: int(kept.get(name, 0)) for name in cls.__dataclass_fields__})


@dataclass(frozen=True, slots=True)
class GridLine:
    """One place × field, or one body, with its figures; ``picked`` says it is a target of the year."""

    place_code: str | None
    place: str | None
    field_code: str | None
    field: str | None
    agency_code: str | None
    agency: str | None
    figures: Figures
    picked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GridFilters:
    """Which lines are wanted: ``by_agency`` instead of place × field, of one place, of one field."""

    by_agency: bool = False
    place: str | None = None
    field: str | None = None
    year: int


@dataclass(frozen=True, slots=True)
class StepShown:
    """One step of a target."""

    status: TargetStatus
    on: date
    document: str
    content: str
    by: str


@dataclass(frozen=True, slots=True)
class Target:
    """A target of inspection with the figures it was picked for and its steps so far."""

    uid: str
    version: int
    year: int
    owner_id: int
    owner: str
    place_code: str | None
    place: str | None
    field_code: str | None
    field: str | None
    agency_code: str | None
    agency: str | None
    figures: Figures
    picked_on: date
    reason: str
    status: TargetStatus
    picked_by: str
    steps: tuple[StepShown, ...]
    keeps: bool

    @property
    def next(self) -> tuple[TargetStatus, ...]:
        """Where it may go from here."""
        return next_of(self.status) if self.keeps else ()

    def paper(self, status: TargetStatus) -> StepShown | None:
        """The latest step of that name."""
        return next((each for each in reversed(self.steps) if each.status is status), None)


def targets_seen(actor: Actor) -> ColumnElement[bool]:
    """Targets of the agencies this hat reaches."""
    if actor.role not in READERS:
        return false()
    if actor.province_wide:
        return true()
    return InspectionTarget.agency_id.in_(actor.agency_ids)


def keeps(actor: Actor, agency_id: int) -> bool:
    """Whether this hat moves targets of that agency: its own people, or those above it."""
    if actor.role not in READERS:
        return False
    return actor.agency_id == agency_id or actor.province_wide or agency_id in actor.agency_ids


def grid(actor: Actor, filters: GridFilters, today: date) -> tuple[GridLine, ...]:
    """Figures of what this reader may open, the heaviest first. Two statements."""
    line = _figures(and_(visible(actor), *_narrowing(filters)), today, filters.by_agency)
    rows = db.session.execute(
        line.order_by(
            line.selected_columns.overdue.desc(),
            line.selected_columns.open.desc(),
            line.selected_columns.cases.desc(),
            *([line.selected_columns.agency] if filters.by_agency else
              [line.selected_columns.place, line.selected_columns.field]),
        ).limit(MOST)
    ).all()  # fmt: skip
    picked = _picked(actor, filters.year)
    return tuple(
        GridLine(
            place_code=getattr(row, "place_code", None),
            place=getattr(row, "place", None),
            field_code=getattr(row, "field_code", None),
            field=getattr(row, "field", None),
            agency_code=getattr(row, "agency_code", None),
            agency=getattr(row, "agency", None),
            figures=_read(row),
            picked=_key(row) in picked,
        )
        for row in rows
    )


def figures_for_all(
    actor: Actor, place: str | None, field: str | None, agency: str | None, today: date
) -> Figures:
    """The figures of one place, field, body that may be frozen: of what the actor reaches, nothing secret."""
    open_to_all = and_(
        visible(actor),
        Case.kind != Kind.DENUNCIATION,
        ~exists().where(CaseBar.case_id == Case.id, CaseBar.lifted_at.is_(None)),
    )
    wanted = [open_to_all, *_of(place, field, agency)]
    row = db.session.execute(
        select(*_counts(today))
        .select_from(Case)
        .outerjoin(CaseWeight, CaseWeight.case_id == Case.id)
        .where(_told_of(today), *wanted)
    ).one()
    return _read(row)


def targets(actor: Actor, year: int) -> tuple[Target, ...]:
    """The year's targets in reach, in the order they were picked. Two statements."""
    return _targets(actor, InspectionTarget.year == year)


def target(actor: Actor, uid: str) -> Target:
    """One target. Raises ``NotFound``."""
    found = _targets(actor, InspectionTarget.uid == uid)
    if not found:
        raise NotFound(NO_TARGET)
    return found[0]


def years(actor: Actor) -> tuple[int, ...]:
    """Years that have targets, the latest first."""
    rows = db.session.scalars(
        select(InspectionTarget.year)
        .where(targets_seen(actor))
        .distinct()
        .order_by(InspectionTarget.year.desc())
    )
    return tuple(rows)


_MIDDLE = aliased(Field)
"""The field of the second level a case counts under; a field without one counts under itself."""


def _figures(
    condition: ColumnElement[bool], today: date, by_agency: bool
) -> Select[*tuple[Any, ...]]:
    counts = _counts(today)
    told = and_(_told_of(today), condition)
    if by_agency:
        return (
            select(Agency.code.label("agency_code"), Agency.name.label("agency"), *counts)
            .select_from(Case)
            .join(Agency, Agency.id == Case.agency_id)
            .outerjoin(CaseWeight, CaseWeight.case_id == Case.id)
            .where(told)
            .group_by(Agency.code, Agency.name)
        )
    return (
        select(
            Place.code.label("place_code"), Place.name.label("place"),
            _MIDDLE.code.label("field_code"), _MIDDLE.name.label("field"), *counts,
        )
        .select_from(Case)
        .join(Place, Place.id == Case.place_id)
        .join(Field, Field.id == Case.field_id)
        .join(_MIDDLE, _MIDDLE.id == case((Field.level > 2, Field.parent_id), else_=Field.id))
        .outerjoin(CaseWeight, CaseWeight.case_id == Case.id)
        .where(told)
        .group_by(Place.code, Place.name, _MIDDLE.code, _MIDDLE.name)
    )  # fmt: skip


def _recent(today: date) -> ColumnElement[bool]:
    return Case.first_received_on > add_months(today, -SPAN_MONTHS)


def _told_of(today: date) -> ColumnElement[bool]:
    """Cases any figure may count: what ended long ago is not looked at."""
    return and_(Case.state != State.VOIDED, or_(Case.open, _recent(today)))


def _counts(today: date) -> list[Any]:
    recent = _recent(today)
    group = Case.group_size >= MASS_SIZE

    def number(condition: ColumnElement[bool], of: Any = 1) -> Any:
        return func.coalesce(func.sum(case((condition, of), else_=0)), 0)

    return [
        number(recent).label("cases"),
        number(Case.open.expression).label("open"),
        number(and_(Case.open, Case.next_due < today)).label("overdue"),
        number(and_(recent, group)).label("groups"),
        number(CaseWeight.skipped > 0).label("skipped"),
        number(recent, Case.group_size).label("people"),
    ]


def _narrowing(filters: GridFilters) -> list[ColumnElement[bool]]:
    return _of(filters.place, filters.field, None)


def _of(place: str | None, field: str | None, agency: str | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if place:
        found.append(Case.place_id.in_(select(Place.id).where(Place.code == place)))
    if field:
        found.append(Case.field_id.in_(under_field(field)))
    if agency:
        found.append(Case.agency_id.in_(select(Agency.id).where(Agency.code == agency)))
    return found


def _read(row: Any) -> Figures:
    return Figures(**{name: int(getattr(row, name)) for name in Figures.__dataclass_fields__})


def _key(row: Any) -> tuple[str | None, str | None, str | None]:
    return (
        getattr(row, "place_code", None),
        getattr(row, "field_code", None),
        getattr(row, "agency_code", None),
    )


def _picked(actor: Actor, year: int) -> set[tuple[str | None, str | None, str | None]]:
    rows = db.session.execute(
        select(Place.code, Field.code, Agency.code)
        .select_from(InspectionTarget)
        .outerjoin(Place, Place.id == InspectionTarget.place_id)
        .outerjoin(Field, Field.id == InspectionTarget.field_id)
        .outerjoin(Agency, Agency.id == InspectionTarget.target_agency_id)
        .where(
            InspectionTarget.year == year,
            InspectionTarget.status != TargetStatus.DROPPED,
            targets_seen(actor),
        )
    )
    return {(place, field, agency) for place, field, agency in rows}


def _targets(actor: Actor, wanted: ColumnElement[bool]) -> tuple[Target, ...]:
    owner, inspected = aliased(Agency), aliased(Agency)
    rows = db.session.execute(
        select(
            InspectionTarget, owner.name.label("owner"), Place.code.label("place_code"),
            Place.name.label("place"), Field.code.label("field_code"), Field.name.label("field"),
            inspected.code.label("agency_code"), inspected.name.label("agency"),
            User.name.label("picked_by"),
        )
        .join(owner, owner.id == InspectionTarget.agency_id)
        .join(User, User.id == InspectionTarget.created_by)
        .outerjoin(Place, Place.id == InspectionTarget.place_id)
        .outerjoin(Field, Field.id == InspectionTarget.field_id)
        .outerjoin(inspected, inspected.id == InspectionTarget.target_agency_id)
        .where(wanted, targets_seen(actor))
        .order_by(InspectionTarget.id)
    ).all()  # fmt: skip
    steps = _steps([row.InspectionTarget.id for row in rows])
    return tuple(
        Target(
            uid=row.InspectionTarget.uid,
            version=row.InspectionTarget.version,
            year=row.InspectionTarget.year,
            owner_id=row.InspectionTarget.agency_id,
            owner=row.owner,
            place_code=row.place_code,
            place=row.place,
            field_code=row.field_code,
            field=row.field,
            agency_code=row.agency_code,
            agency=row.agency,
            figures=Figures.of(row.InspectionTarget.figures),
            picked_on=row.InspectionTarget.picked_on,
            reason=row.InspectionTarget.reason,
            status=row.InspectionTarget.status,
            picked_by=row.picked_by,
            steps=tuple(steps.get(row.InspectionTarget.id, ())),
            keeps=keeps(actor, row.InspectionTarget.agency_id),
        )
        for row in rows
    )


def _steps(ids: Sequence[int]) -> dict[int, list[StepShown]]:
    found: dict[int, list[StepShown]] = {}
    if not ids:
        return found
    for entry, by in db.session.execute(
        select(TargetEntry, User.name)
        .join(User, User.id == TargetEntry.by_id)
        .where(TargetEntry.target_id.in_(ids))
        .order_by(TargetEntry.target_id, TargetEntry.seq)
    ):
        step = StepShown(entry.status, entry.on, entry.document, entry.content, by)
        found.setdefault(entry.target_id, []).append(step)
    return found
