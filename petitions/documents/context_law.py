"""What the law itself puts into a letter: who is competent, who is next, and within how many days."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from petitions.documents.context_office import full_name, head_of, line_up
from petitions.documents.context_record import Record
from petitions.models import Agency
from petitions.rulebook import current
from workflows.competence import Competence, competence
from workflows.vocabulary import AgencyKind, Kind, Step, Subkind

_RECOURSE = {
    None: "administrative",
    Subkind.DISCIPLINARY: "discipline",
    Subkind.DISCIPLINARY_DISMISSAL: "dismissal",
}
_MATTERS = {
    Kind.COMPLAINT: "khiếu nại",
    Kind.DENUNCIATION: "tố cáo",
    Kind.RECOMMENDATION: "kiến nghị",
    Kind.FEEDBACK: "phản ánh",
}


def law_values(session: Session, record: Record, issuer: Agency, on: date) -> dict[str, Any]:
    """Competence and limits. What depends on a choice the administrator has to make is left out."""
    case = record.case
    line = list(line_up(session, issuer))
    above = line[1] if len(line) > 1 else None
    own = _judge(record, issuer, line, on, case.instance)
    next_one = _judge(record, issuer, line, on, 2) if case.kind is Kind.COMPLAINT else None
    second = _body(next_one, line[1:])
    inspectors = [each for each in line[1:] if each.kind is AgencyKind.PROVINCE]
    return {
        "petition_kind": _MATTERS[case.kind],
        "instance_word": "lần hai" if case.instance == 2 else "lần đầu",
        "disciplinary": "có" if case.subkind else None,
        "recourse": _RECOURSE[case.subkind],
        "second_settler": head_of(second) if second else None,
        "second_window": _limit(session, record, Step.SECOND_COMPLAINT_WINDOW, on, instance=1),
        "days": _settlement_days(session, record, on),
        "superior": head_of(above) if above else None,
        "superior_body": full_name(above.name) if above else None,
        "competence_basis": own.article if own else None,
        "competent_body": _competent(session, record, on),
        "superior_inspectorate": "Thanh tra Chính phủ"
        if issuer.kind is AgencyKind.PROVINCE
        else f"Thanh tra {_bare(inspectors[0])}"
        if inspectors
        else None,
    }


def _settlement_days(session: Session, record: Record, on: date) -> int | None:
    """The limit of settlement in the article's own count, as it stood when the clock began."""
    clock = record.clock(Step.SETTLEMENT)
    rule = clock and current(session).lawbook.by_key(clock.row_key)
    return rule.amount if rule else _limit(session, record, Step.SETTLEMENT, on)


def _limit(
    session: Session, record: Record, step: Step, on: date, *, instance: int | None = None
) -> int | None:
    case = record.case
    rule = current(session).lawbook.rule(
        step,
        kind=case.kind,
        on=on,
        subkind=case.subkind,
        instance=instance or case.instance,
        remote=case.remote,
        complexity=case.complexity,
    )
    return rule.amount if rule else None


def _judge(
    record: Record, body: Agency, line: list[Agency], on: date, instance: int
) -> Competence | None:
    parent = line[1].kind if len(line) > 1 else None
    try:
        found = competence(
            record.case.kind,
            body.kind,
            on,
            instance=instance,
            disciplinary=record.case.subkind is not None,
            parent=parent,
        )
    except (ValueError, KeyError):
        return None
    return found if found.confirmed else None


def _competent(session: Session, record: Record, on: date) -> str | None:
    """The body that must settle, when the case file knows whose act is complained of.

    A denunciation turns on the standing of the denounced, which no column tells: left to the officer.
    """
    if record.case.kind is not Kind.COMPLAINT or record.case.competent:
        return None
    named = next((each.agency_id for each in record.respondents if each.agency_id), None)
    issuer = record.contested.issuer_agency_id if record.contested else None
    body = session.get(Agency, issuer or named) if issuer or named else None
    if body is None:
        return None
    line = list(line_up(session, body))
    judged = _judge(record, body, line, on, record.case.instance)
    found = _body(judged, line[1:] if judged and judged.upward else line)
    return full_name(found.name) if found else None


def _body(judged: Competence | None, line: list[Agency]) -> Agency | None:
    """The first body of the line that is of the kind the law names."""
    if judged is None or judged.agency is None:
        return None
    return next((each for each in line if each.kind is judged.agency), None)


def _bare(province: Agency) -> str:
    return full_name(province.name).removeprefix("Ủy ban nhân dân ")
