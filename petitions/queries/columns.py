"""Columns a list of cases may show, and where those beyond the ordinary line come from.

They ride along in the list's own statement. A denunciation never yields a petitioner: its parties
are sealed, and the expression does not ask for them either.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlalchemy.orm import aliased

from petitions.models import Agency, Case, Event, Hat, OutsideBody, Party, Petition, Project
from petitions.queries.case_filters import WAYS
from petitions.queries.offices import in_force
from workflows.records import PartyRole
from workflows.vocabulary import Action, Kind


class Column(StrEnum):
    """One column of a list, in the order of the page."""

    CODE = "code"
    RECEIVED = "received"
    KIND = "kind"
    SENDER = "sender"
    PEOPLE = "people"
    SUMMARY = "summary"
    FIELD = "field"
    PLACE = "place"
    SOURCE = "source"
    FORWARDER = "forwarder"
    PROJECT = "project"
    STATE = "state"
    HANDLING = "handling"
    STEP = "step"
    DUE = "due"
    LEFT = "left"
    FLAGS = "flags"
    AGENCY = "agency"
    SECTION = "section"
    OFFICER = "officer"


ORDINARY = (
    Column.CODE, Column.RECEIVED, Column.KIND, Column.SUMMARY, Column.FIELD, Column.PLACE,
    Column.STATE, Column.STEP, Column.DUE, Column.LEFT, Column.AGENCY, Column.OFFICER,
)  # fmt: skip
"""What a list shows when nobody chose."""


def _sender() -> ColumnElement[Any]:
    return (
        select(Party.name)
        .where(
            Party.case_id == Case.id,
            Case.kind != Kind.DENUNCIATION,
            Party.role == PartyRole.PETITIONER,
            ~Party.sealed,
        )
        .order_by(Party.ordinal)
        .limit(1)
        .correlate(Case)
        .scalar_subquery()
    )


def _forwarder() -> ColumnElement[Any]:
    agency, body = aliased(Agency), aliased(OutsideBody)
    return (
        select(func.coalesce(agency.name, body.name))
        .select_from(Petition)
        .outerjoin(agency, agency.id == Petition.forwarder_id)
        .outerjoin(body, body.id == Petition.forwarder_body_id)
        .where(Petition.case_id == Case.id, Petition.ordinal == 1)
        .correlate(Case)
        .scalar_subquery()
    )


def _handling() -> ColumnElement[Any]:
    return (
        select(Event.action)
        .where(
            Event.case_id == Case.id,
            Event.action.in_([*(way.value for way in WAYS), Action.REOPEN.value]),
        )
        .order_by(Event.seq.desc())
        .limit(1)
        .correlate(Case)
        .scalar_subquery()
    )


def _section() -> ColumnElement[Any]:
    put, sits = aliased(Agency), aliased(Agency)
    return func.coalesce(
        select(put.name).where(put.id == Case.section_id).correlate(Case).scalar_subquery(),
        select(sits.name)
        .join(Hat, Hat.section_id == sits.id)
        .where(
            Hat.user_id == Case.officer_id,
            Hat.agency_id == Case.agency_id,
            in_force(Hat, bindparam("on", type_=Hat.valid_from.type)),
        )
        .order_by(Hat.id)
        .limit(1)
        .correlate(Case)
        .scalar_subquery(),
    )


def _project() -> ColumnElement[Any]:
    return (
        select(Project.name).where(Project.id == Case.project_id).correlate(Case).scalar_subquery()
    )


_MORE: Mapping[Column, ColumnElement[Any]] = {
    Column.SENDER: _sender(),
    Column.SOURCE: Case.source.expression,
    Column.FORWARDER: _forwarder(),
    Column.PROJECT: _project(),
    Column.HANDLING: _handling(),
    Column.SECTION: _section(),
}


def beyond(columns: Collection[Column]) -> tuple[Column, ...]:
    """Those of ``columns`` the ordinary line lacks, in their order."""
    return tuple(column for column in Column if column in columns and column in _MORE)


def expression(column: Column) -> ColumnElement[Any]:
    """The SQL expression of a column ``beyond`` the ordinary line, over ``Case``."""
    return _MORE[column]
