"""A dialogue in a case: who is invited, who came, what was agreed, what was undertaken.

The dialogue itself is planned, held or missed by the acts of the lifecycle. What was said and who
came are facts beside them, kept right until the minutes are signed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Exists, delete, exists, func, insert, select
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions import ledger
from petitions.access import HELD_ELSEWHERE
from petitions.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from petitions.models import (
    Assignment,
    Case,
    Dialogue,
    DialogueAttendee,
    DialoguePoint,
    OutgoingDocument,
    Party,
)
from petitions.services.acts import carry_out
from petitions.services.checks import LIST_LIMIT
from petitions.services.onetime import run_once
from petitions.services.undertakings import Origin, Undertaking, undertake
from petitions.services.words import line, prose
from workflows.commitments import Attendance, CommitmentSource, Side
from workflows.dialogues import act_for
from workflows.transition import PROCESSING
from workflows.vocabulary import Action, Actor, Need, Outcome

MINUTES = "nd124:14"
"""The form of the minutes; once they are signed nothing recorded here changes."""
ISSUED = "Biên bản đối thoại đã ký; không sửa được thành phần và nội dung nữa."
CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
NO_CLOCK = "Ghi giờ theo dạng 08:30."
_HELD = "held"
_LONGEST_POINT = 4_000
_LIMITS = {"name": 255, "title": 160, "reason": 300, "place": 255, "chair": 160}


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody invited to a dialogue, and whether they came; ``reason`` is that of an absence."""

    side: Side
    name: str
    title: str = ""
    invited_on: date | None = None
    attendance: Attendance | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Preparation:
    """Where and when a planned dialogue is held, who chairs it, who is invited. ``starts_at`` is HH:MM."""

    place: str
    starts_at: str | None = None
    chair: str | None = None
    head_in_person: bool | None = None
    attendees: tuple[Attendee, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """How a dialogue went; ``document`` names its minutes."""

    held_on: date
    document: str = ""
    attendees: tuple[Attendee, ...] = ()
    agreed: tuple[str, ...] = ()
    differing: tuple[str, ...] = ()
    undertakings: tuple[Undertaking, ...] = ()
    late_reason: str | None = None


def prepare(
    code: str,
    dialogue_id: int,
    given: Preparation,
    *,
    version: int,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Write down place, time, chair and the invited of a planned dialogue; returns the case's code.

    ``version`` is the dialogue's. Raises ``NotFound``, ``Forbidden``, ``Stale``, ``Conflict`` when it
    is over, ``Invalid`` at ``place``, ``starts_at``, ``chair`` and ``attendees.N.…``.
    """

    def work(session: Session) -> str:
        case, row = _loaded(session, code, dialogue_id, version, actor)
        if row.held_on is not None:
            raise Conflict("Buổi đối thoại này đã diễn ra.")
        faults: defaultdict[str, list[str]] = defaultdict(list)
        place = line(given.place, "place", _LIMITS["place"], faults)
        chair = line(given.chair, "chair", _LIMITS["chair"], faults)
        if not place:
            faults["place"].append("Phải ghi địa điểm.")
        if given.starts_at and not CLOCK.fullmatch(given.starts_at):
            faults["starts_at"].append(NO_CLOCK)
        attendees = _attendees(given.attendees, faults)
        for at, each in enumerate(attendees):
            if each.invited_on is not None and each.invited_on > local_day(now):
                faults[f"attendees.{at}.invited_on"].append("Ngày này còn ở tương lai.")
        if faults:
            raise Invalid(faults)
        row.place, row.starts_at, row.chair = place, given.starts_at or None, chair or None
        row.head_in_person = given.head_in_person
        _rewrite_attendees(session, case, row, attendees)
        row.version += 1
        return code

    return run_once(key, f"dialogue:prepare:{code}:{dialogue_id}", actor, now, work)


def record(
    code: str,
    dialogue_id: int,
    given: Held,
    *,
    version: int,
    case_version: int | None,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Record how a dialogue went; returns the case's code.

    The first time the case's ledger gets the act the attendance calls for: held, or missed with or
    without a good reason (art 30(6) Law on Complaints). Afterwards the same command corrects what was
    recorded, as long as the minutes are not signed. ``version`` is the dialogue's, ``case_version``
    the case's. Raises as ``prepare`` and ``acts.perform`` do, besides ``Invalid`` at ``held_on``,
    ``document``, ``agreed.N.content``, ``differing.N.content`` and ``undertakings.N.…``.
    """

    def work(session: Session) -> str:
        case, row = _loaded(session, code, dialogue_id, version, actor)
        safe = _safe(given, first=row.held_on is None)
        if row.held_on is None:
            _act(session, code, safe, case_version, actor, now)
        else:
            _refuse_signed(session, row)
            _refuse_other_end(row, safe)
        _rewrite_attendees(session, case, row, safe.attendees)
        _rewrite_points(session, row, safe)
        _undertake(session, case, row, safe.undertakings, actor, now)
        row.version += 1
        return code

    return run_once(key, f"dialogue:record:{code}:{dialogue_id}", actor, now, work)


def add_undertakings(
    code: str,
    dialogue_id: int,
    given: Sequence[Undertaking],
    *,
    version: int,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Write down more of what was undertaken in a dialogue that was held; returns the case's code.

    Raises as ``record`` does, and ``Conflict`` before the dialogue was held.
    """

    def work(session: Session) -> str:
        case, row = _loaded(session, code, dialogue_id, version, actor)
        if row.outcome != _HELD:
            raise Conflict("Chỉ ghi cam kết của buổi đối thoại đã tổ chức.")
        if not given:
            raise Invalid.at("undertakings.0.what", "Phải ghi nội dung cam kết.")
        _undertake(session, case, row, given, actor, now)
        row.version += 1
        return code

    return run_once(key, f"dialogue:undertake:{code}:{dialogue_id}", actor, now, work)


def minutes_signed(row: Dialogue) -> Exists:
    """Whether minutes of the case are signed that are not older than the dialogue."""
    return exists().where(
        OutgoingDocument.case_id == row.case_id,
        OutgoingDocument.form_key == MINUTES,
        OutgoingDocument.issued_on >= row.held_on,
    )


# --- what comes in ---------------------------------------------------------------------------


def _loaded(
    session: Session, code: str, dialogue_id: int, version: int, actor: Actor
) -> tuple[Case, Dialogue]:
    case = ledger.load(session, code, actor)
    row = session.scalar(
        select(Dialogue)
        .where(Dialogue.id == dialogue_id, Dialogue.case_id == case.id)
        .with_for_update()
    )
    if row is None:
        raise NotFound
    charged = session.scalar(
        select(Assignment.id).where(
            Assignment.case_id == case.id,
            Assignment.user_id == actor.user_id,
            Assignment.until.is_(None),
        )
    )
    if actor.agency_id != case.agency_id and charged is None:
        raise Forbidden(HELD_ELSEWHERE)
    if actor.role not in PROCESSING:
        raise Forbidden("Vai trò hiện tại của bạn không được làm việc này.")
    if version != row.version:
        raise Stale(code)
    latest = session.scalar(select(func.max(Dialogue.id)).where(Dialogue.case_id == case.id))
    if row.held_on is None and row.id != latest:
        raise Conflict("Buổi đối thoại này đã được ấn định lại vào ngày khác.")
    return case, row


def _safe(given: Held, *, first: bool) -> Held:
    faults: defaultdict[str, list[str]] = defaultdict(list)
    if first and not given.document.strip():
        faults["document"].append("Phải ghi biên bản đối thoại.")
    attendees = _attendees(given.attendees, faults)
    for at, each in enumerate(attendees):
        if each.attendance is None:
            faults[f"attendees.{at}.attendance"].append("Phải ghi có mặt hay vắng mặt.")
        if each.attendance is Attendance.ABSENT_WITH_REASON and not each.reason:
            faults[f"attendees.{at}.reason"].append("Phải ghi lý do vắng mặt.")
    if act_for(_petitioners(attendees)) is None and not faults:
        faults["attendees"].append("Phải có ít nhất một người bên khiếu nại trong thành phần.")
    agreed = _points(given.agreed, "agreed", faults)
    differing = _points(given.differing, "differing", faults)
    if faults:
        raise Invalid(faults)
    return replace(given, attendees=attendees, agreed=agreed, differing=differing)


def _act(
    session: Session,
    code: str,
    given: Held,
    case_version: int | None,
    actor: Actor,
    now: datetime,
) -> None:
    """The ledger's word for what happened, with the points as its content."""
    found = act_for(_petitioners(given.attendees))
    assert found is not None
    action, outcome = found
    said = [f"Thống nhất: {each}" for each in given.agreed]
    said += [f"Còn ý kiến khác nhau: {each}" for each in given.differing]
    excused = dict.fromkeys(
        each.reason for each in given.attendees if each.side is Side.PETITIONER and each.reason
    )
    payload = {
        Need.DOCUMENT: given.document,
        Need.CONTENT: "\n".join(said),
        Need.OUTCOME: outcome,
        Need.REASON: "; ".join(excused) if outcome is Outcome.WITH_REASON else "",
    }
    try:
        carry_out(
            session,
            code,
            action,
            {need: value for need, value in payload.items() if value},
            version=case_version,
            on=given.held_on,
            actor=actor,
            now=now,
            late_reason=given.late_reason,
        )
    except Invalid as error:
        moved = {"held_on" if path == "on" else path: each for path, each in error.fields.items()}
        raise Invalid(moved, error.message) from error


def _refuse_signed(session: Session, row: Dialogue) -> None:
    if session.scalar(select(minutes_signed(row))):
        raise Conflict(ISSUED)


def _refuse_other_end(row: Dialogue, given: Held) -> None:
    """What the ledger says of the dialogue stands: attendance that says otherwise is refused."""
    found = act_for(_petitioners(given.attendees))
    assert found is not None
    action, outcome = found
    says = _HELD if action is Action.HOLD_DIALOGUE else f"absent_{outcome}"
    if says != row.outcome:
        raise Invalid.at(
            "attendees",
            "Sự có mặt ghi ở đây trái với việc đã ghi trên hồ sơ; hãy đính chính việc đó trước.",
        )


def _petitioners(attendees: Sequence[Attendee]) -> list[Attendance]:
    return [
        each.attendance
        for each in attendees
        if each.side is Side.PETITIONER and each.attendance is not None
    ]


def _attendees(
    given: Sequence[Attendee], faults: defaultdict[str, list[str]]
) -> tuple[Attendee, ...]:
    if len(given) > LIST_LIMIT:
        faults["attendees"].append("Danh sách quá 1.000 dòng.")
        return ()
    found = []
    for at, each in enumerate(given):
        path = f"attendees.{at}"
        safe = replace(
            each,
            name=line(each.name, f"{path}.name", _LIMITS["name"], faults),
            title=line(each.title, f"{path}.title", _LIMITS["title"], faults),
            reason=line(each.reason, f"{path}.reason", _LIMITS["reason"], faults),
        )
        if not safe.name:
            faults[f"{path}.name"].append("Phải ghi họ tên hoặc tên cơ quan.")
        found.append(safe)
    return tuple(found)


def _points(
    given: Sequence[str], path: str, faults: defaultdict[str, list[str]]
) -> tuple[str, ...]:
    found = []
    for at, each in enumerate(given):
        here = f"{path}.{at}.content"
        text = prose(each, here, _LONGEST_POINT, faults)
        if text:
            found.append(text)
    return tuple(found)


# --- the rows --------------------------------------------------------------------------------


def _rewrite_attendees(
    session: Session, case: Case, row: Dialogue, attendees: Sequence[Attendee]
) -> None:
    known = {
        name: party_id
        for party_id, name in session.execute(
            select(Party.id, Party.name).where(Party.case_id == case.id, Party.name.is_not(None))
        )
    }
    session.execute(delete(DialogueAttendee).where(DialogueAttendee.dialogue_id == row.id))
    if attendees:
        session.execute(
            insert(DialogueAttendee),
            [
                {
                    "dialogue_id": row.id,
                    "ordinal": at,
                    "side": each.side,
                    "party_id": known.get(each.name) if each.side is Side.PETITIONER else None,
                    "name": each.name,
                    "title": each.title,
                    "invited_on": each.invited_on,
                    "attendance": each.attendance,
                    "reason": each.reason,
                }
                for at, each in enumerate(attendees, 1)
            ],
        )


def _rewrite_points(session: Session, row: Dialogue, given: Held) -> None:
    session.execute(delete(DialoguePoint).where(DialoguePoint.dialogue_id == row.id))
    points = [(True, each) for each in given.agreed] + [(False, each) for each in given.differing]
    if points:
        session.execute(
            insert(DialoguePoint),
            [
                {"dialogue_id": row.id, "ordinal": at, "agreed": agreed, "content": content}
                for at, (agreed, content) in enumerate(points, 1)
            ],
        )


def _undertake(
    session: Session,
    case: Case,
    row: Dialogue,
    given: Sequence[Undertaking],
    actor: Actor,
    now: datetime,
) -> None:
    if given and row.outcome != _HELD:
        raise Invalid.at(
            "undertakings.0.what", "Chỉ ghi cam kết khi buổi đối thoại đã được tổ chức."
        )
    origin = Origin(CommitmentSource.DIALOGUE, dialogue_id=row.id, case_id=case.id)
    assert row.held_on is not None
    for at, each in enumerate(given):
        undertake(
            session,
            each,
            origin,
            made_on=row.held_on,
            actor=actor,
            now=now,
            at=f"undertakings.{at}",
        )
