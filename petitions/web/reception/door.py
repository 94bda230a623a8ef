"""What every page of reception shares: the blueprint, the parts of reception, duties in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from petitions.queries.meetings import waiting_requests
from petitions.queries.reception_reach import READERS
from petitions.queries.reception_shapes import Notice, SessionLine
from petitions.text import BadDate, parse_vn_date
from petitions.web import options
from petitions.web.days import Due, due_words
from petitions.web.forms import Option
from petitions.web.kept import rulebook
from petitions.web.pages import day
from petitions.web.session import actor, today
from workflows.reception import SessionStatus, month_of
from workflows.working_days import CalendarMissing

blueprint = Blueprint("reception", __name__)

Answer = Response | str | tuple[str, int]
TABS = (
    ("Hôm nay", "reception.index"),
    ("Lịch tiếp công dân", "reception.month"),
    ("Đề nghị gặp lãnh đạo", "reception.meetings"),
    ("Định mức", "reception.quota"),
    ("Văn bản tiếp công dân", "reception_papers.index"),
    ("Sổ tiếp công dân", "reception_register.register"),
)
NOT_OURS = "Chỉ cơ quan tổ chức buổi tiếp công dân mới ghi được."
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Tab:
    """One part of reception."""

    text: str
    href: str
    here: bool


def tabs(here: str) -> list[Tab]:
    """The parts of reception, the present one marked; none for hats that only meet single papers."""
    if actor().role not in READERS:
        return []
    waiting = waiting_requests(actor())
    return [
        Tab(
            f"{text} ({waiting})" if waiting and endpoint == "reception.meetings" else text,
            url_for(endpoint),
            endpoint == here,
        )
        for text, endpoint in TABS
    ]


# --- words -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """The duties ahead of a session in words."""

    posting: Due | None
    invitation: Due | None
    test: Due | None

    @property
    def all(self) -> list[tuple[str, Due]]:
        """Those there are, with their names."""
        named = (
            ("Niêm yết", self.posting),
            ("Mời dự trực tuyến", self.invitation),
            ("Kiểm tra đường truyền", self.test),
        )
        return [(text, due) for text, due in named if due is not None]


def told(line: SessionLine) -> Told:
    """How posting, invitation and test of a session stand today."""
    return Told(
        _notice(line.posting, line), _notice(line.invitation, line), _notice(line.test, line)
    )


def _notice(notice: Notice | None, line: SessionLine) -> Due | None:
    if notice is None:
        return None
    last, late = notice.last, notice.late(today())
    if notice.done_on is not None:
        if late and last is not None:
            return Due(f"{day(notice.done_on)}, muộn (hạn {day(last.due)})", "▲", "late")
        return Due(f"{day(notice.done_on)}, đúng hạn", "✓", "done")
    if last is None or line.status is not SessionStatus.PLANNED:
        return Due("chưa ghi", "–", "none")
    if late:
        return Due(f"chưa làm, hạn {day(last.due)} đã qua", "▲", "late")
    due = due_words(today())(last.due)
    return Due(f"chậm nhất {day(last.due)} ({due.text})", due.sign, due.tone)


def staff() -> list[Option]:
    """People of the own agency, as a session's receiver is chosen."""
    return options.staff(actor().agency_id, today())


def places() -> list[Option]:
    """Communes of the province."""
    return options.communes(actor().agency_id, today())


def username_of(name: str) -> str:
    """The user name behind a name of the own agency, when only one person has it."""
    found = {each.value for each in staff() if each.text.startswith(f"{name} –")}
    return found.pop() if len(found) == 1 else ""


def asked_month() -> date:
    """The first day of the month in the address (or sent); this month's where none is, or a wrong one."""
    typed = request.args.get("thang", "") or request.form.get("thang", "")
    try:
        return month_of(parse_vn_date(typed).date if typed else today())[0]
    except BadDate:
        return month_of(today())[0]


def is_working(on: date) -> bool:
    """Whether it is a working day; a day of a year without a calendar is not."""
    try:
        return rulebook().calendar.is_working(on)
    except CalendarMissing:
        return False
