"""What else waits in the morning besides cases and proposals, in words: papers, people, days, promises."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from flask import url_for

from petitions.documents.catalog import form_for
from petitions.labels import label
from petitions.queries.commitment_shapes import CommitmentFilters, CommitmentLine, Which
from petitions.queries.commitments import open_commitments, register
from petitions.queries.morning import OF_ROLE, OWED, Thing, Things, Waiting, things_of
from petitions.queries.quota import days_left
from petitions.queries.reception_dates import last_day
from petitions.text import vn_date
from petitions.web.days import Due, due_words
from petitions.web.kept import rulebook
from petitions.web.pages import lower_first
from petitions.web.session import actor, today
from workflows.commitments import FOLLOWERS, CommitmentStatus, CommitmentVerdict
from workflows.reception import SessionManner
from workflows.report_campaigns import SheetState
from workflows.transition import LEADERS
from workflows.vocabulary import Role, Step

COMMITMENTS = 6
"""Commitments listed; the register has them all."""
COMMITMENTS_MOST = 200
"""Commitments counted: more than an agency has open at once."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what, why, by when, and the form that does it. ``sub`` says whose or where."""

    due: Due | None
    day: date | None
    text: str
    sub: str
    why: str
    do: str
    href: str
    case: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A titled part. ``count`` of its things, ``late`` of them past their day; ``all_href`` lists them all."""

    key: str
    title: str
    count: int
    late: int
    lines: list[Line]
    empty: str
    all_href: str | None = None


@dataclass(frozen=True, slots=True)
class Days:
    """Days the law asks of the head this month, those held, still owed, planned ahead and missed."""

    required: int
    held: int
    left: int
    ahead: list[str]
    missed: list[str]
    article: str


def waiting_parts() -> list[Part]:
    """Everything of this hat that waits beside its cases, commitments last."""
    me = actor()
    waiting = things_of(me, today())
    parts = [_part(kind, waiting[kind]) for kind in Waiting if kind in OF_ROLE[me.role]]
    return [*parts, _commitments()]


ASIDE: Mapping[Waiting, tuple[str, str]] = {
    Waiting.PAPER: (
        "Văn bản tiếp công dân chờ ký",
        "Không có thông báo từ chối tiếp, thông báo kết luận nào đang dự thảo.",
    ),
    Waiting.MEETING: (
        "Xin gặp lãnh đạo",
        "Không có ai đang chờ. Yêu cầu ghi ở bàn tiếp công dân sẽ hiện ở đây để trả lời đồng ý hoặc không.",
    ),
    Waiting.DIALOGUE: (
        "Đối thoại sắp tới",
        "Chưa có buổi đối thoại nào trong 30 ngày tới.",
    ),
    Waiting.OPEN_DIALOGUE: (
        "Đối thoại với nhân dân",
        "Chưa có buổi nào trong kế hoạch 30 ngày tới.",
    ),
    Waiting.POSTING: (
        "Lịch tiếp chưa niêm yết",
        "Mọi buổi tiếp trong 30 ngày tới đã niêm yết. Phải niêm yết trước ít nhất 5 ngày làm việc.",
    ),
    Waiting.SURVEY: (
        "Người dân chưa hài lòng",
        "Không có phiếu nào cần xem lại. Phiếu chấm thấp sẽ hiện ở đây cho đến khi có người xem.",
    ),
    Waiting.NOTICE: (
        "Vụ việc báo lên",
        "Không có vụ việc quá hạn nào của cấp dưới chờ cơ quan bạn xử lý.",
    ),
    Waiting.URGING: (
        "Văn bản đôn đốc",
        "Không có văn bản đôn đốc nào chờ cơ quan bạn trả lời, hoặc quá hạn mà chưa được trả lời.",
    ),
    Waiting.SHEET: (
        "Bảng thống kê phải gửi",
        "Không có bảng nào Thanh tra tỉnh giao mà cơ quan bạn chưa ký gửi.",
    ),
}
"""Title of each part and what it says when it is empty."""


_PAGES = {
    Waiting.NOTICE: "escalations.index",
    Waiting.URGING: "urging.index",
    Waiting.SHEET: "report_campaigns.index",
}
"""Where all of a part are listed."""


def _part(kind: Waiting, things: Things) -> Part:
    title, empty = ASIDE[kind]
    tell = due_words(today())
    lines = [_THINGS[kind](each, tell(each.day) if each.day else None) for each in things.shown]
    late = (
        things.late if kind is not Waiting.POSTING else sum(_posted_late(e) for e in things.shown)
    )
    page = _PAGES.get(kind)
    all_href = url_for(page) if page else None
    return Part(kind.value, title, things.all, late, lines, empty, all_href)


def _reception_paper(thing: Thing, due: Due | None) -> Line:
    return Line(
        due, thing.day, form_for(thing.note, today()).name, "",
        "Hạn 3 ngày làm việc từ khi có căn cứ từ chối" if thing.day else "Đang dự thảo",
        "Xem và ký", url_for("reception_papers.show", uid=thing.uid),
    )  # fmt: skip


def _meeting(thing: Thing, _due: Due | None) -> Line:
    people = int(thing.note or 1)
    return Line(
        None, None, f"{people} người xin gặp lãnh đạo" if people > 1 else "Một người xin gặp lãnh đạo",
        "", f"Đề nghị ngày {vn_date(thing.since)}, chưa trả lời" if thing.since else "Chưa trả lời",
        "Trả lời", url_for("reception.meeting", uid=thing.uid),
    )  # fmt: skip


def _dialogue(thing: Thing, due: Due | None) -> Line:
    sent = f"đã mời ngày {vn_date(thing.since)}" if thing.since else "chưa gửi giấy mời"
    code = thing.code or ""
    return Line(
        due, thing.day, thing.words or "", thing.note, f"Buổi đối thoại, {sent}",
        "Chuẩn bị, ghi kết quả", url_for("dialogues.index", code=code), case=code,
    )  # fmt: skip


def _open_dialogue(thing: Thing, due: Due | None) -> Line:
    told = f"đã công bố ngày {vn_date(thing.since)}" if thing.since else "chưa công bố"
    return Line(
        due, thing.day, thing.words or "", thing.note, f"Trong kế hoạch năm, {told}",
        "Mở buổi đối thoại", url_for("open_dialogues.show", uid=thing.uid),
    )  # fmt: skip


def _posting(thing: Thing, _due: Due | None) -> Line:
    last = None if thing.day is None else last_day(Step.SCHEDULE_POSTING, thing.day, rulebook())
    manner = lower_first(label(SessionManner(thing.note)))
    return Line(
        due_words(today())(last.due) if last else None,
        last.due if last else None,
        f"Buổi tiếp ngày {vn_date(thing.day)}, {manner}" if thing.day else "Buổi tiếp",
        thing.words or "",
        f"Niêm yết trước ít nhất 5 ngày làm việc – {last.citation.split(';')[0]}" if last else "Chưa niêm yết",
        "Ghi niêm yết",
        url_for("reception.month", thang=f"{thing.day:%m/%Y}", _anchor="h-niem-yet") if thing.day else "",
    )  # fmt: skip


def _posted_late(thing: Thing) -> bool:
    last = None if thing.day is None else last_day(Step.SCHEDULE_POSTING, thing.day, rulebook())
    return last is not None and last.due < today()


def _survey(thing: Thing, _due: Due | None) -> Line:
    return Line(
        None, None, thing.words or "", "", "Phiếu chấm dưới mức hài lòng, cần người xem lại",
        "Xem phiếu", url_for("surveys.index"), case=thing.code,
    )  # fmt: skip


def _notice(thing: Thing, due: Due | None) -> Line:
    raised = f"báo lên ngày {vn_date(thing.since)}, " if thing.since else ""
    return Line(
        due, thing.day, thing.words or "", label(Step(thing.note)),
        f"Quá hạn ở cấp dưới, {raised}chưa ghi cơ quan bạn đã làm gì",
        "Xem và xử lý", url_for("escalations.show", uid=thing.uid), case=thing.code,
    )  # fmt: skip


def _urging(thing: Thing, due: Due | None) -> Line:
    owed = thing.note == OWED
    text = "Văn bản đôn đốc" + (f" ngày {vn_date(thing.since)}" if thing.since else "")
    return Line(
        due, thing.day, f"{text} của {thing.words}" if owed else f"{text} gửi {thing.words}", "",
        "Cơ quan bạn chưa trả lời" if owed else "Quá hạn, chưa có trả lời",
        "Xem và trả lời" if owed else "Xem văn bản", url_for("urging.show", uid=thing.uid),
    )  # fmt: skip


def _sheet(thing: Thing, due: Due | None) -> Line:
    ready = thing.note == SheetState.CONFIRMED.value
    return Line(
        due, thing.day, thing.words or "", "",
        "Đã xác nhận số liệu, chờ người đứng đầu ký" if ready else "Chưa xác nhận số liệu",
        "Xem và ký" if ready else "Mở bảng", url_for("report_sheets.show", uid=thing.uid),
    )  # fmt: skip


_THINGS: Mapping[Waiting, Callable[[Thing, Due | None], Line]] = {
    Waiting.PAPER: _reception_paper,
    Waiting.MEETING: _meeting,
    Waiting.DIALOGUE: _dialogue,
    Waiting.OPEN_DIALOGUE: _open_dialogue,
    Waiting.POSTING: _posting,
    Waiting.SURVEY: _survey,
    Waiting.NOTICE: _notice,
    Waiting.URGING: _urging,
    Waiting.SHEET: _sheet,
}


def _commitments() -> Part:
    me, on = actor(), today()
    tell = due_words(on)
    watching = me.role in {Role.INSPECTOR, Role.SUPERVISOR}
    if watching:
        page = register(me, CommitmentFilters(Which.LATE), on)
        lines, count, late = page.lines, page.total, page.total
    else:
        lines = open_commitments(me, on, COMMITMENTS_MOST)
        count, late = len(lines), sum(line.due < on for line in lines)
    return Part(
        key="commitments",
        title="Cam kết quá hạn" if watching else "Cam kết",
        count=count,
        late=late,
        lines=[_commitment(each, tell(each.due)) for each in lines[:COMMITMENTS]],
        empty="Không có cam kết nào chờ làm hoặc chờ xác nhận. Điều đã hứa với dân khi đối thoại, tiếp công dân sẽ hiện ở đây cho đến khi xong.",
        all_href=url_for("commitments.index"),
    )


def _commitment(line: CommitmentLine, due: Due) -> Line:
    confirms = line.status is CommitmentStatus.REPORTED and line.keeper_id == actor().agency_id
    leads = line.status is CommitmentStatus.OPEN and line.lead_id == actor().agency_id
    do, href = "Xem cam kết", url_for("commitments.show", uid=line.uid)
    may_confirm = actor().role in (LEADERS if line.lead_id == line.keeper_id else FOLLOWERS)
    if (confirms and may_confirm) or (leads and actor().role in FOLLOWERS):
        verdict = CommitmentVerdict.DONE if confirms else CommitmentVerdict.REPORTED
        do = "Xác nhận kết quả" if confirms else "Báo kết quả"
        href = url_for("commitments.step", uid=line.uid, verdict=verdict.value)
    return Line(
        due=due,
        day=line.due,
        text=line.what,
        sub=line.lead,
        why=f"{label(line.source)}, cam kết ngày {vn_date(line.made_on)}",
        do=do,
        href=href,
        case=line.case_code,
    )


def reception_days() -> Days | None:
    """The head's own days of receiving citizens this month, as leaders read them."""
    if actor().role not in LEADERS:
        return None
    found = days_left(actor(), today())
    if found is None:
        return None
    return Days(
        required=found.counted.required,
        held=found.counted.fulfilled,
        left=found.left,
        ahead=[vn_date(each) for each in found.ahead],
        missed=[vn_date(each) for each in found.missed],
        article=found.citation.split(";")[0],
    )
