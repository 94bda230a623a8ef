"""The words of a digest: parts, lines and links. No name of anybody, of a denunciation only its code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import case, func, select

from config.database import read
from notifications.composing import Draft
from notifications.rendering import rendered
from petitions.access import visible
from petitions.installation import installation
from petitions.labels import WORDS, label
from petitions.models import Agency, Case, Deadline
from petitions.reminder_labels import ANY_DATE, ANY_NEWS, NEWS_WORDS, OFFICE_DATES
from petitions.services.digest_judging import Item, Judged, Reader
from petitions.text import vn_date
from workflows.news import RUNG, WEEKLY, Group, is_informational
from workflows.office import ReplyKind
from workflows.records import ClockState
from workflows.vocabulary import Action, Role, Step
from workflows.watch import NOT_A_DUTY

LONGEST = 100
"""Lines of one part; the rest is counted and linked to."""
SETTINGS_PATH = "/tai-khoan/thu"
_LEADERS = frozenset({Role.HEAD, Role.INSPECTOR})
_ACTS = {action.value: action for action in Action}
_STEPS = {step.value: step for step in Step}
_IN_SUBJECT = {
    Group.OVERDUE: "việc quá hạn",
    Group.TODAY: "việc đến hạn hôm nay",
    Group.THIS_WEEK: "việc đến hạn trong tuần",
    Group.LATER: "việc sắp đến hạn",
    Group.WAITING: "việc đang chờ",
    Group.OTHER: "tin khác",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is read."""

    code: str
    words: str
    detail: str
    link: str


@dataclass(frozen=True, slots=True)
class Part:
    """A titled part with its lines; ``more`` are those left out of a long one."""

    title: str
    count: int
    lines: Sequence[Line]
    more: int


@dataclass(frozen=True, slots=True)
class WeekRow:
    """One agency's week in figures."""

    agency: str
    open: int
    overdue: int
    due: int


def drawn_up(reader: Reader, judged: Judged, *, today: date, kind: str, slot: str) -> Draft:
    """The mail of these items in Vietnamese, as text and HTML."""
    base = installation().settings.base_url
    plain = [item for item in judged.items if item.kind != WEEKLY]
    parts = {group: part for group in Group if (part := _part(group, plain, today, base))}
    week = week_of(reader, today) if len(plain) < len(judged.items) else ()
    subject = _subject(parts, urgent=kind != "digest")
    text, html = rendered(
        "digest",
        subject=subject,
        name=reader.name,
        lead=f"Việc cần biết ngày {vn_date(today)}:",
        parts=list(parts.values()),
        week=week,
        base=base,
        settings=f"{base}{SETTINGS_PATH}",
    )
    optional = all(is_informational(item.kind) for item in judged.items)
    return Draft(
        kind=kind,
        slot=slot,
        day=today,
        address=reader.address,
        subject=subject,
        text=text,
        html=html,
        headers={"List-Unsubscribe": f"<{base}{SETTINGS_PATH}>"} if optional else {},
        told=[item.news for item in judged.items],
        dropped=judged.dropped,
    )


def _part(group: Group, items: Sequence[Item], today: date, base: str) -> Part | None:
    inside = [item for item in items if item.group is group]
    ordered = sorted(inside, key=lambda item: (item.due or date.max, item.code))
    lines = list(dict.fromkeys(_line(item, today, base) for item in ordered))
    if not lines:
        return None
    return Part(label(group), len(lines), lines[:LONGEST], max(0, len(lines) - LONGEST))


def _line(item: Item, today: date, base: str) -> Line:
    link = f"{base}/ho-so/{item.code}" if item.code else base
    if item.path:
        link = f"{base}{item.path}"
    if item.secret:
        return Line(item.code, "", "", link)
    if item.kind != RUNG:
        return Line(item.code, news_words(item.kind), "", link)
    return Line(item.code, date_words(item.payload), _distance(item.due, today), link)


def news_words(kind: str) -> str:
    """What a piece of news is called."""
    if kind in NEWS_WORDS:
        return NEWS_WORDS[kind]
    return label(_ACTS[kind]) if kind in _ACTS else ANY_NEWS


def date_words(payload: Mapping[str, Any]) -> str:
    """What has to be done by the date of a rung."""
    subject, step = payload["subject"], payload["step"]
    if subject == "reply":
        return WORDS[ReplyKind].get(ReplyKind(step), ANY_DATE)
    return date_kind(subject if subject in OFFICE_DATES else step)


def date_kind(name: str) -> str:
    """What a kind of dates is called: a step of a case, or what the date belongs to."""
    return label(_STEPS[name]) if name in _STEPS else OFFICE_DATES.get(name, ANY_DATE)


def _distance(due: date | None, today: date) -> str:
    if due is None:
        return ""
    days = (due - today).days
    if days == 0:
        return "hạn hôm nay"
    return f"hạn {vn_date(due)}, {'còn' if days > 0 else 'quá'} {abs(days)} ngày"


def _subject(parts: Mapping[Group, Part], *, urgent: bool) -> str:
    said = [f"{part.count} {_IN_SUBJECT[group]}" for group, part in parts.items()]
    start = "Đơn thư, việc khẩn" if urgent else "Đơn thư"
    return f"{start}: {', '.join(said) or 'tình hình trong tuần'}"


def week_of(reader: Reader, today: date) -> tuple[WeekRow, ...]:
    """The agencies a leader or inspector sees: open cases, late ones, and those due by Sunday."""
    sunday = today + timedelta(days=6 - today.weekday())
    running = (
        (Deadline.case_id == Case.id)
        & (Deadline.state == ClockState.RUNNING)
        & Deadline.step.not_in(NOT_A_DUTY)
        & Case.paused_since.is_(None)
    )
    found: dict[int, WeekRow] = {}
    for actor in reader.actors:
        if actor.role not in _LEADERS:
            continue
        rows = read(
            select(
                Agency.id,
                Agency.name,
                func.count(Case.id.distinct()),
                func.count(case((Deadline.due < today, Case.id)).distinct()),
                func.count(case((Deadline.due.between(today, sunday), Case.id)).distinct()),
            )
            .join(Agency, Agency.id == Case.agency_id)
            .outerjoin(Deadline, running)
            .where(Case.open, visible(actor))
            .group_by(Agency.id, Agency.name)
            .order_by(Agency.name, Agency.id)
        )
        found |= {agency: WeekRow(*figures) for agency, *figures in rows}
    return tuple(found.values())
