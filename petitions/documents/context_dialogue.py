"""What a dialogue puts into its invitations and its minutes: when, where, who came, what was said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.clock import VIETNAM
from petitions.documents.context_office import full_name
from petitions.documents.context_record import Record
from petitions.labels import label
from petitions.models import (
    Agency,
    Commitment,
    CommitmentStep,
    Dialogue,
    DialogueAttendee,
    DialoguePoint,
)
from petitions.text import vn_date
from workflows.commitments import Attendance, Side
from workflows.records import RespondentKind

_NOTHING = "không có"
_WORDS = {
    Attendance.PRESENT: "có mặt",
    Attendance.ABSENT_WITH_REASON: "vắng mặt có lý do",
    Attendance.ABSENT_WITHOUT_REASON: "vắng mặt không có lý do",
}


def dialogue_values(session: Session, record: Record, known: dict[str, Any]) -> dict[str, Any]:
    """The values of the latest dialogue; ``known`` holds the complainants with their papers.

    Only what somebody wrote down is given. Of a denunciation nothing: it has no dialogue.
    """
    row = record.dialogue
    if row is None or record.denunciation:
        return {}
    people = session.scalars(
        select(DialogueAttendee)
        .where(DialogueAttendee.dialogue_id == row.id)
        .order_by(DialogueAttendee.ordinal)
    ).all()
    found: dict[str, Any] = {"started_at": _start(row), "starts_at": _start(row), **_chair(row)}
    if people:
        found |= _people(people, known, _bodies(record))
    if row.outcome == "held" and (people or _points(session, row)):
        found |= _said(session, row)
    return found


def _start(row: Dialogue) -> datetime | None:
    if not row.starts_at:
        return None
    return datetime.combine(
        row.held_on or row.planned_on, time.fromisoformat(row.starts_at), VIETNAM
    )


def _chair(row: Dialogue) -> dict[str, Any]:
    """``chair`` is written as name, then title, parted by the first comma."""
    if not row.chair:
        return {}
    name, _, title = row.chair.partition(",")
    return {
        "chair": full_name(row.chair),
        "chair_name": name.strip(),
        "chair_title": full_name(title.strip()),
    }


def _bodies(record: Record) -> frozenset[str]:
    """Respondents that are bodies; somebody sits at the table for them."""
    return frozenset(each.name for each in record.respondents if each.kind is RespondentKind.BODY)


def _people(
    people: Sequence[DialogueAttendee], known: dict[str, Any], bodies: frozenset[str]
) -> dict[str, Any]:
    papers = {each["name"]: each["details"] for each in known.get("complainants", ())}
    by_side = {side: [each for each in people if each.side is side] for side in Side}
    found: dict[str, Any] = {
        "invited": [f"{_named(each)} ({label(each.side).lower()})" for each in people],
        "bodies": [_sat(each) for each in (*by_side[Side.AUTHORITY], *by_side[Side.CONCERNED])],
    }
    if by_side[Side.PETITIONER]:
        found["complainants"] = [
            {
                "name": each.name,
                "details": papers.get(each.name) or each.title,
                "attendance": _attendance(each),
            }
            for each in by_side[Side.PETITIONER]
        ]
    if by_side[Side.RESPONDENT]:
        found["respondents"] = [
            f"{'Đại diện' if each.name in bodies else 'Ông (bà)'} {_sat(each)}"
            for each in by_side[Side.RESPONDENT]
        ]
    return found


def _named(person: DialogueAttendee) -> str:
    return full_name(", ".join(filter(None, (person.name, person.title))))


def _sat(person: DialogueAttendee) -> str:
    """Somebody at the table; only absence is worth a word there."""
    absent = person.attendance not in (None, Attendance.PRESENT)
    return f"{_named(person)} ({_attendance(person)})" if absent else _named(person)


def _attendance(person: DialogueAttendee) -> str:
    if person.attendance is None:
        return ""
    said = _WORDS[person.attendance]
    return f"{said}: {person.reason}" if person.reason else said


def _points(session: Session, row: Dialogue) -> list[tuple[bool, str]]:
    rows = session.execute(
        select(DialoguePoint.agreed, DialoguePoint.content)
        .where(DialoguePoint.dialogue_id == row.id)
        .order_by(DialoguePoint.ordinal)
    )
    return [(each.agreed, each.content) for each in rows]


def _said(session: Session, row: Dialogue) -> dict[str, Any]:
    points = _points(session, row)
    return {
        "agreed": _lines(content for agreed, content in points if agreed) or _NOTHING,
        "differing": _lines(content for agreed, content in points if not agreed) or _NOTHING,
        "other": _undertaken(session, row),
    }


def _undertaken(session: Session, row: Dialogue) -> str:
    """What was undertaken at the table, with the body that leads and the day named there."""
    rows = session.execute(
        select(Commitment.words, CommitmentStep.due, Agency.name)
        .join(Agency, Agency.id == Commitment.lead_agency_id)
        .join(CommitmentStep, CommitmentStep.commitment_id == Commitment.id)
        .where(Commitment.dialogue_id == row.id, CommitmentStep.seq == 1)
        .order_by(Commitment.id)
    )
    made = _lines(
        f"{str((each.words or {}).get('what', '')).rstrip('.')}"
        f" ({full_name(each.name)} chủ trì, hoàn thành chậm nhất ngày {vn_date(each.due)})"
        for each in rows
    )
    return f"Cam kết tại buổi đối thoại: {made}" if made else ""


def _lines(texts: Iterable[str]) -> str:
    """One text as it is; several numbered in one sentence."""
    said = [text.strip().rstrip(".;") for text in texts]
    if len(said) < 2:
        return "".join(said)
    return "; ".join(f"({at}) {text}" for at, text in enumerate(said, 1))
