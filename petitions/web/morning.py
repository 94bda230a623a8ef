"""The morning page: what is due, what waits for one's hand, and what others did, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from flask import Blueprint, render_template, url_for

from config.clock import VIETNAM, local_day
from petitions.labels import button, label
from petitions.queries.morning import Happened, happened_since
from petitions.queries.submissions import SubmissionLine, on_table
from petitions.queries.tasks import Counted, Span, Task, tasks_of
from petitions.text import vn_date
from petitions.web.days import Due, due_words
from petitions.web.kept import rulebook
from petitions.web.morning_parts import Line, Part, reception_days, waiting_parts
from petitions.web.pages import CASE_WORK, CHARGED, lower_first
from petitions.web.session import actor, require, today
from workflows.records import Nature
from workflows.transition import INTAKE, LEADERS, UNPROCESSED
from workflows.vocabulary import Action, Fact, Kind, Role
from workflows.working_days import CalendarMissing

blueprint = Blueprint("morning", __name__)

PAPERS = 8
"""Proposals listed; their own page has them all."""
CHOOSE = "Chọn cách xử lý"
LOOK = "Mở hồ sơ"
PAPER = "Xem tờ trình"
DIRECT = "Cho ý kiến chỉ đạo"
TITLES: Mapping[Span, str] = {
    Span.LATE: "Đã quá hạn",
    Span.TODAY: "Đến hạn hôm nay",
    Span.WEEK: "Đến hạn trong 7 ngày tới",
}
FACTS = frozenset(fact.value for fact in Fact)


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody else did in a case, in words."""

    code: str
    summary: str
    what: str
    who: str
    at: datetime
    more: int


@blueprint.get("/sang-nay")
def show() -> str:
    """What to do today."""
    require(*CASE_WORK)
    me, on = actor(), today()
    since = last_working_day(on)
    due = _due_parts()
    papers = [_signature()] if me.role in CHARGED else []
    aside = waiting_parts()
    begins = datetime.combine(since, time(), VIETNAM).astimezone(UTC)
    return render_template(
        "morning.html",
        due=due,
        papers=papers,
        aside=aside,
        days=reception_days(),
        changes=[_change(each) for each in happened_since(me, begins, on)],
        since=since,
        calm=not any(part.count for part in [*due, *papers, *aside]),
    )


def last_working_day(on: date) -> date:
    """The working day before ``on``; the day before where no calendar tells."""
    calendar = rulebook().calendar
    day = on - timedelta(days=1)
    try:
        while not calendar.is_working(day):
            day -= timedelta(days=1)
    except CalendarMissing:
        return on - timedelta(days=1)
    return day


# --- cases with a date -----------------------------------------------------------------------


def _due_parts() -> list[Part]:
    found, tell = tasks_of(actor(), today()), due_words(today())
    listed = {Span.LATE: "overdue", Span.TODAY: "near_due", Span.WEEK: "near_due"}
    empty = {
        Span.LATE: "Không có hồ sơ nào quá hạn trong phần việc của bạn."
        + (" Quá hạn toàn tỉnh xem ở Toàn cảnh." if actor().province_wide else ""),
        Span.TODAY: "Không có hồ sơ nào đến hạn hôm nay.",
        Span.WEEK: "Không có hồ sơ nào đến hạn trong 7 ngày tới.",
    }
    return [
        Part(
            key=span.value,
            title=TITLES[span],
            count=found[span].all,
            late=found[span].all if span is Span.LATE else 0,
            lines=[_task(each, tell(each.due)) for each in found[span].shown],
            empty=empty[span],
            all_href=url_for("stations.show", name=listed[span]),
        )
        for span in Span
    ]


def _task(task: Task, due: Due) -> Line:
    do, href = _act(task)
    reason = "" if task.counted is None else why(task.counted)
    if task.proposal is not None and not task.proposal.mine:
        reason += f"; tờ trình đang ở chỗ {task.proposal.holder}"
    return Line(
        due=due,
        day=task.due,
        text=task.summary,
        sub=f"{label(task.kind)} · {lower_first(label(task.state))}",
        why=reason,
        do=do,
        href=href,
        case=task.code,
    )


def _act(task: Task) -> tuple[str, str]:
    """The form that meets the date; a choice is made on the case page, where all ways stand."""
    if task.proposal is not None and task.proposal.mine:
        return PAPER, url_for("submissions.show", uid=task.proposal.uid)
    leads = actor().role in LEADERS
    if task.proposal is not None:
        return LOOK, url_for("cases.show", code=task.code)
    if task.acts and task.acts[0] is Action.REPORT and leads:
        return DIRECT, url_for("hops.opinions", code=task.code)  # the report is its verifier's
    if not task.acts:
        return LOOK, url_for("cases.show", code=task.code)
    first = task.acts[0]
    settled = first in {Action.CONFIRM_RECEIPT, Action.CLASSIFY} or (
        first is Action.ACCEPT and task.kind is Kind.COMPLAINT
    )
    if len(task.acts) > 1 and not settled:
        if task.state in UNPROCESSED and actor().role in INTAKE:
            return CHOOSE, url_for("handling.ways", code=task.code)
        return CHOOSE, url_for("cases.show", code=task.code, _anchor="h-viec")
    return button(first), url_for("acts.act", code=task.code, action=first.value)


def why(counted: Counted) -> str:
    """One phrase: what for, so many days from what, by which article."""
    what = label(counted.step)
    citation = counted.citation.split(";")[0].split(" (")[0]
    rule = rulebook().lawbook.by_key(counted.row_key)
    start = lower_first(label(Fact(counted.fact))) if counted.fact in FACTS else ""
    if counted.nature is Nature.INTERNAL or rule is None:
        return f"{what}: hạn nội bộ, tính từ {start} {vn_date(counted.on)}".replace("  ", " ")
    unit = label(rule.unit).lower()
    moved = ", đã cộng gia hạn, tạm đình chỉ" if counted.moved else ""
    return f"{what}: {rule.amount} {unit} từ {start} {vn_date(counted.on)}{moved} – {citation}"


# --- papers on one's table -------------------------------------------------------------------


def _signature() -> Part:
    mine = [each for each in on_table(actor()) if each.holder_id == actor().user_id]
    tell = due_words(today())
    lines = [_paper(each, tell(each.due)) for each in mine]
    leads = actor().role in LEADERS or actor().role is Role.SECTION_HEAD
    return Part(
        key="papers",
        title="Chờ tôi ký, duyệt" if leads else "Tờ trình trên bàn tôi",
        count=len({each.case for each in mine}),
        late=sum(each.due is not None and each.due < today() for each in mine),
        lines=lines[:PAPERS],
        empty="Không có tờ trình nào chờ bạn. Khi có người trình, tờ trình hiện ở đây cùng hạn phải ký.",
        all_href=url_for("submissions.index"),
    )


def _paper(paper: SubmissionLine, due: Due) -> Line:
    what = "văn bản" if paper.action is None else lower_first(button(paper.action))
    if paper.with_author:
        do, why_ = "Sửa, trình lại", "Tờ trình đang ở chỗ người soạn"
    elif paper.signing:
        do, why_ = "Xem và ký", "Bạn là người ký"
    else:
        do, why_ = "Xem và duyệt", f"Bạn là người duyệt bước {paper.step}/{paper.steps}"
    if paper.legal_due:
        why_ += f"; hạn luật định của hồ sơ {vn_date(paper.legal_due)}"
    return Line(
        due=due if paper.due else None,
        day=paper.due,
        text=f"{what[:1].upper()}{what[1:]}: {paper.summary}",
        sub=f"{paper.author} trình ngày {vn_date(local_day(paper.opened_at))}",
        why=why_,
        do=do,
        href=url_for("submissions.show", uid=paper.uid),
        case=paper.case,
    )


def _change(each: Happened) -> Change:
    return Change(
        each.code, each.summary, label(each.action), each.who or "Hệ thống", each.at, each.more
    )
