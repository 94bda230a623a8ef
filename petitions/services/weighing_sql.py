"""The statements a batch of cases is weighed by; ``IDS`` are the batch, ``DAY`` the day it is seen from."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Date, Integer, and_, bindparam, case, exists, func, literal, or_, select

from petitions.models import (
    Agency,
    Case,
    CaseBar,
    CaseLink,
    ContestedAct,
    Deadline,
    Decision,
    Event,
    Party,
    Petition,
    Respondent,
)
from petitions.services.watch_spans import DAY, IDS
from petitions.services.watch_sql import OneOf
from workflows.records import ClockState, LinkKind, Nature, PartyRole
from workflows.vocabulary import Action, Fact, Kind, State, Step
from workflows.watch import NOT_A_DUTY

SETTLING = frozenset({Step.ACCEPTANCE_DECISION, Step.SETTLEMENT})
"""Clocks whose end means that the competent body let its time pass."""
UNBARRED = ~exists().where(CaseBar.case_id == Case.id, CaseBar.lifted_at.is_(None))
"""A case nobody is shut out of: only such a one is evidence for another."""

EVERY_CASE = (
    select(
        Case.id, Case.version, Case.kind, Case.subkind, Case.instance, Case.state, Case.competent,
        Case.agency_id, Case.origin_agency_id, Case.first_received_on, Case.group_size,
        Case.security_risk, Case.project_id, Case.place_id,
        Case.facts[Fact.ACCEPTED.value].as_string().label("accepted"),
        ContestedAct.issuer, Agency.code.label("issuer_code"),
    )
    .outerjoin(ContestedAct, ContestedAct.case_id == Case.id)
    .outerjoin(Agency, Agency.id == ContestedAct.issuer_agency_id)
    .where(OneOf(Case.id, IDS))
    .order_by(Case.id)
)  # fmt: skip
CASES = EVERY_CASE.where(Case.open)
PETITIONS = select(
    Petition.case_id, Petition.agency_id, Petition.received_on, Petition.forwarder_id,
    Petition.forwarder_body_id, Petition.source, Petition.copies_to,
).where(OneOf(Petition.case_id, IDS))  # fmt: skip
LIMITS = select(Deadline.case_id, Deadline.agency_id, Deadline.due, Deadline.closed_on).where(
    OneOf(Deadline.case_id, IDS),
    Deadline.nature == Nature.STATUTORY,
    Deadline.step.in_(SETTLING),
    Deadline.due.is_not(None),
    or_(Deadline.due < DAY, Deadline.closed_on.is_not(None)),
)
_OLD = or_(
    Party.birth_on <= bindparam("elderly_day", type_=Date()),
    and_(Party.birth_on.is_(None), Party.birth_year <= bindparam("elderly_year", type_=Integer())),
)
_YOUNG = or_(
    Party.birth_on > bindparam("child_day", type_=Date()),
    and_(Party.birth_on.is_(None), Party.birth_year > bindparam("child_year", type_=Integer())),
)
PEOPLE = (
    select(
        Party.case_id,
        func.count(func.coalesce(Party.id_number, Party.folded_name).distinct()).label("persons"),
        func.sum(case((_OLD, 1), else_=0)).label("elderly"),
        func.sum(case((_YOUNG, 1), else_=0)).label("children"),
    )
    .where(
        OneOf(Party.case_id, IDS),
        Party.role == PartyRole.PETITIONER,
        ~Party.sealed,
        ~Party.is_body,
        Party.withdrew_on.is_(None),
    )
    .group_by(Party.case_id)
)
_FIRST_LATE = (
    select(
        Deadline.case_id,
        Deadline.due,
        Deadline.step,
        func.row_number()
        .over(partition_by=Deadline.case_id, order_by=(Deadline.due, Deadline.id))
        .label("turn"),
    )
    .where(
        OneOf(Deadline.case_id, IDS),
        Deadline.nature == Nature.STATUTORY,
        Deadline.state == ClockState.RUNNING,
        Deadline.due < DAY,
        Deadline.step.not_in(NOT_A_DUTY),
    )
    .subquery()
)
LATE = select(_FIRST_LATE.c.case_id, _FIRST_LATE.c.due, _FIRST_LATE.c.step).where(
    _FIRST_LATE.c.turn == 1
)
REOPENED = select(Event.case_id).where(
    OneOf(Event.case_id, IDS),
    Event.action == Action.REOPEN.value,
    exists().where(Decision.case_id == Event.case_id, Decision.event_seq < Event.seq),
)
AGAINST = (
    select(
        Respondent.case_id, Respondent.kind, Respondent.folded_name, Respondent.agency_id,
        Respondent.workplace, Respondent.name, Respondent.position, Agency.code,
    )
    .outerjoin(Agency, Agency.id == Respondent.agency_id)
    .where(OneOf(Respondent.case_id, IDS))
    .order_by(Respondent.case_id, Respondent.ordinal)
)  # fmt: skip


def _links() -> Any:
    """Live links of the batch to cases that may be evidence for another: ``inward`` ones point at it."""
    mine = Case.__table__.alias("mine")
    parts = []
    for near, far, inward in (
        (CaseLink.from_case_id, CaseLink.to_case_id, False),
        (CaseLink.to_case_id, CaseLink.from_case_id, True),
    ):
        parts.append(
            select(
                near.label("id"), far.label("other"), CaseLink.kind, literal(inward).label("inward"),
                Case.agency_id, Case.state, Case.first_received_on,
            )
            .join(Case, Case.id == far)
            .join(mine, mine.c.id == near)
            .where(
                OneOf(near, IDS),
                CaseLink.undone_on.is_(None),
                CaseLink.kind.in_((LinkKind.RELATED, LinkKind.JOINED_INTO, LinkKind.RESETTLES)),
                or_(Case.kind != Kind.DENUNCIATION, mine.c.kind == Kind.DENUNCIATION),
                Case.state != State.VOIDED,
                UNBARRED,
            )
        )  # fmt: skip
    return parts[0].union_all(parts[1])


LINKS = _links()
