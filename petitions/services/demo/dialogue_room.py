"""Dialogues in the demonstration's cases: who is invited, who comes, what is agreed and undertaken there."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select

from config.database import db
from petitions.models import Case, Dialogue
from petitions.services import dialogues
from petitions.services.demo.catalog import catalog
from petitions.services.demo.people import Seat
from petitions.services.demo.thread import Course, Errand, Thread
from petitions.services.dialogues import Attendee, Held, Preparation
from petitions.services.undertakings import Undertaking
from workflows.commitments import Attendance, Side
from workflows.dialogues import head_must_chair
from workflows.vocabulary import Actor, AgencyKind
from workflows.working_days import Roll

_AGREED = (
    "Số liệu, tài liệu nêu trong báo cáo kết quả xác minh.",
    "Trình tự, thủ tục ban hành văn bản bị khiếu nại.",
)
_DIFFERING = (
    "Người khiếu nại đề nghị áp dụng chính sách tại thời điểm nộp hồ sơ.",
    "Người khiếu nại chưa thống nhất về thời điểm tính quyền lợi.",
)
_UNDERTAKEN = (
    "Cung cấp bản sao hồ sơ, tài liệu liên quan cho người khiếu nại.",
    "Trả lời bằng văn bản từng nội dung còn ý kiến khác nhau.",
    "Chi trả ngay phần không còn tranh chấp.",
)
_UNDERTAKEN_OF_LAND = (
    "Đo đạc lại ranh giới thửa đất, có hộ liền kề chứng kiến.",
    "Cung cấp bản sao hồ sơ kiểm đếm cho người khiếu nại.",
    "Chi trả ngay phần bồi thường không còn tranh chấp.",
)


def called(t: Thread) -> Course:
    """Hour, place, chair and the invited are written down after the dialogue was called."""
    t.invited_on = t.day
    given = Preparation(
        place=f"Phòng họp, trụ sở {t.office.name}",
        starts_at="08:00" if t.day.day % 2 else "14:00",
        chair=_name(_chair(t)),
        head_in_person=_chair(t) == t.office.head,
        attendees=_sides(t),
    )
    yield t.asks(t.office.deputy, partial(_prepare, t.code, given))


def held(t: Thread, document: str) -> Errand:
    """Both sides come; some of it is agreed, and now and then something is undertaken."""
    odd = t.day.toordinal()
    came = tuple(replace(each, attendance=Attendance.PRESENT) for each in _sides(t))
    given = Held(
        held_on=t.day,
        document=document,
        attendees=came,
        agreed=(_AGREED[odd % 2],),
        differing=(_DIFFERING[odd % 2],) if odd % 3 else (),
        undertakings=_undertaken(t) if odd % 3 != 1 and not t.barred else (),
    )
    return t.asks(t.office.deputy, partial(_record, t.code, given))


def missed(t: Thread, document: str, reason: str) -> Errand:
    """The complainant does not come; ``reason`` is empty where none was given."""
    absent = Attendance.ABSENT_WITH_REASON if reason else Attendance.ABSENT_WITHOUT_REASON
    attendees = tuple(
        replace(each, attendance=absent, reason=reason)
        if each.side is Side.PETITIONER
        else replace(each, attendance=Attendance.PRESENT)
        for each in _sides(t)
    )
    given = Held(held_on=t.day, document=document, attendees=attendees)
    return t.asks(t.office.deputy, partial(_record, t.code, given))


def _sides(t: Thread) -> tuple[Attendee, ...]:
    verifier = t.officer or t.office.officers[0]
    sides = (
        (Side.PETITIONER, t.given.parties[0].name, "Người khiếu nại"),
        (Side.RESPONDENT, t.given.respondents[0].name, "Người bị khiếu nại"),
        (Side.AUTHORITY, _name(verifier), "Người được giao xác minh"),
        (Side.CONCERNED, "Đại diện Ủy ban Mặt trận Tổ quốc", "Người tham dự"),
    )
    return tuple(Attendee(*each, invited_on=t.invited_on) for each in sides)


def _chair(t: Thread) -> Seat:
    instance = 2 if t.lower else 1
    size = t.given.group_size
    must = head_must_chair(t.office.kind, instance, size, security_risk=False)
    return t.office.head if must else t.office.deputy


def _undertaken(t: Thread) -> tuple[Undertaking, ...]:
    above = t.office.kind is AgencyKind.PROVINCE
    lead = "so-nnmt" if above else t.office.code
    odd = t.day.toordinal()
    due = t.calendar.roll(t.day + timedelta(days=(15, 30, 45)[odd % 3]), Roll.NEXT)
    supervising = () if above else ("ubnd-tinh-son-lam",)
    what = (_UNDERTAKEN_OF_LAND if t.given.parcels else _UNDERTAKEN)[odd % 3]
    return (Undertaking(what, lead, due, supervising=supervising),)


def _name(seat: Seat) -> str:
    return next(p.name for p in catalog().colleagues if p.username == seat.username)


def _prepare(code: str, given: Preparation, *, actor: Actor, now: datetime) -> None:
    number, version = _latest(code)
    dialogues.prepare(code, number, given, version=version, actor=actor, now=now)


def _record(code: str, given: Held, *, actor: Actor, now: datetime) -> None:
    number, version = _latest(code)
    dialogues.record(code, number, given, version=version, case_version=None, actor=actor, now=now)


def _latest(code: str) -> tuple[int, int]:
    row = db.session.execute(
        select(Dialogue.id, Dialogue.version)
        .join(Case, Case.id == Dialogue.case_id)
        .where(Case.code == code)
        .order_by(Dialogue.id.desc())
        .limit(1)
    ).one()
    return row.id, row.version
