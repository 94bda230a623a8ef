"""How a case stands with the inspectorate: its weight, who looks after it, what was noted; views kept."""

from __future__ import annotations

from datetime import date

from sqlalchemy import and_, select

from config.database import read, table_of
from petitions.access import scope_of, visible
from petitions.kept_words import case_key_of, read_back
from petitions.models import (
    Case,
    CaseKey,
    CaseWeight,
    Hat,
    InspectionCharge,
    InspectionNote,
    SavedView,
    User,
)
from petitions.queries.hotspots import burning
from petitions.queries.offices import in_force
from petitions.queries.queue import reads, weight_of
from petitions.queries.queue_shapes import Inspector, Note, Standing, View
from workflows.severity import Factor, Table, klass_of
from workflows.vocabulary import Actor, Role

WORDS = "words"
"""Name of the words a note keeps."""


def standing(actor: Actor, code: str, table: Table, today: date) -> Standing | None:
    """One visible case as the queue has it; None for whoever does not read the queue."""
    if not reads(actor):
        return None
    row = read(
        select(
            Case.id,
            *table_of(CaseWeight).c,
            CaseKey.wrapped,
            User.id.label("inspector_id"),
            User.name.label("inspector"),
            InspectionCharge.since,
        )
        .outerjoin(CaseWeight, and_(CaseWeight.case_id == Case.id, Case.open))
        .outerjoin(CaseKey, CaseKey.case_id == Case.id)
        .outerjoin(
            InspectionCharge,
            and_(
                InspectionCharge.case_id == Case.id,
                InspectionCharge.agency_id == actor.agency_id,
                InspectionCharge.until.is_(None),
            ),
        )
        .outerjoin(User, User.id == InspectionCharge.inspector_id)
        .where(Case.code == code, visible(actor))
    ).one_or_none()
    if row is None:
        return None
    weighed = row.points is not None
    weight = weight_of(row, scope_of(actor)) if weighed else None
    fires = tuple(each.uid for each in burning(actor, today, case_id=row.id))
    klass = None
    if weight is not None:
        threat = Factor.SECURITY in weight.factors
        klass = klass_of(weight.points, table, security=threat, alarmed=bool(fires))
    return Standing(
        klass,
        weight,
        row.table_version,
        row.weighed_on,
        row.inspector,
        row.inspector_id,
        row.since,
        fires,
        _notes(actor, row.id, row.wrapped),
    )


def _notes(actor: Actor, case_id: int, wrapped: bytes | None) -> tuple[Note, ...]:
    """Notes of the reader's own inspecting body, the newest first."""
    rows = read(
        select(
            InspectionNote.uid,
            InspectionNote.at,
            InspectionNote.words,
            InspectionNote.sealed,
            User.name,
        )
        .join(User, User.id == InspectionNote.author_id)
        .where(InspectionNote.case_id == case_id, InspectionNote.agency_id == actor.agency_id)
        .order_by(InspectionNote.at.desc(), InspectionNote.id.desc())
    ).all()
    key = case_key_of(wrapped) if any(row.sealed is not None for row in rows) else None
    return tuple(
        Note(
            row.name,
            row.at,
            str(read_back(row, key, InspectionNote.__tablename__, row.uid).get(WORDS, "")),
        )
        for row in rows
    )


def inspectors(actor: Actor, on: date) -> tuple[Inspector, ...]:
    """Who may look after cases for the reader's inspecting body."""
    rows = read(
        select(User.id, User.username, User.name)
        .join(Hat, Hat.user_id == User.id)
        .where(
            Hat.agency_id == actor.agency_id,
            Hat.role == Role.INSPECTOR,
            in_force(Hat, on),
            User.disabled_at.is_(None),
        )
        .distinct()
        .order_by(User.name, User.id)
    )
    return tuple(Inspector(row.id, row.username, row.name) for row in rows)


def views(actor: Actor, page: str) -> tuple[View, ...]:
    """The reader's own kept views of a page, by name."""
    rows = read(
        select(SavedView.id, SavedView.name, SavedView.query)
        .where(SavedView.user_id == actor.user_id, SavedView.page == page)
        .order_by(SavedView.name)
    )
    return tuple(View(row.id, row.name, row.query) for row in rows)
