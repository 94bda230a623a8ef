"""What every template may use: words, dates, navigation and the address of static files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Flask, current_app, request, url_for
from flask import session as cookie
from flask_login import current_user

from config.clock import local_time
from petitions.labels import action_help, button, label, step_label
from petitions.queries.people import MOVERS
from petitions.queries.queue import reads as reads_queue
from petitions.queries.reception_reach import READERS as RECEPTION_READERS
from petitions.queries.report_readers import SHEET_READERS
from petitions.queries.reporting import READERS as REPORTING_READERS
from petitions.queries.reviews import READERS as REVIEW_READERS
from petitions.queries.scores import READERS as SCORE_READERS
from petitions.services.accounts import HatShown
from petitions.text import BadDate, parse_vn_date, vn_date, vn_number
from petitions.web.assets import LOCATION
from petitions.web.days import clock_words, in_words
from petitions.web.kept import reads_hotspots
from petitions.web.session import KEYS_OFF, signed_in, today
from workflows.transition import ASSIGNERS, DISPATCH, INTAKE, LEADERS
from workflows.vocabulary import Actor, Role


@dataclass(frozen=True, slots=True)
class Way:
    """One entry of the navigation; ``key`` is the name scripts know it by, ``group`` the heading it has
    under "Thêm", empty for what stands in the bar."""

    text: str
    href: str
    here: bool
    key: str
    group: str


@dataclass(frozen=True, slots=True)
class OtherHat:
    """A hat the person could change to."""

    id: int
    words: str


CASE_WORK = frozenset(Role) - {Role.ADMIN}
ADMINISTRATION = frozenset({Role.ADMIN})
BOOKKEEPERS = frozenset({Role.CLERK})
DESK = frozenset({Role.RECEPTION})
OVERSIGHT = LEADERS | {Role.INSPECTOR}
"""Who looks after the work of others."""
CHARGED = INTAKE | {Role.INSPECTOR}
"""Roles that may have cases of their own."""
REPORT_READERS = (DISPATCH - {Role.OFFICER}) | {Role.INSPECTOR}
"""Who answers for the work of others, and the clerk who writes the report."""
OPENED_FROM = {
    "stations.index": {"stations.show"},
    "submissions.index": {"submissions.show", "submissions.write"},
    "advising.awaited": {"advising.forwarded", "advising.reply"},
    "reports.index": {"reports.show"},
    "enforcement.index": {"enforcement.agencies"},
    "reviews.index": {"reviews.new", "reviews.show", "reviews.change", "reviews.take_in", "reviewed.show", "reviewed.step"},
    "inspection_targets.index": {"inspection_targets.targets", "inspection_targets.pick", "inspection_targets.show", "inspection_targets.step"},
    "conduct.index": {"conduct.show", "conduct.note"},
    "escalations.index": {"escalations.show"},
    "queue.index": {"queue.charge", "queue.note"},
    "urging.index": {"urging.show", "urging.new", "urging.number"},
    "statistics.table": {"statistics.behind"},
    "report_campaigns.index": {"report_campaigns.new", "report_campaigns.show", "report_campaigns.behind", "report_sheets.new", "report_sheets.show", "report_sheets.behind", "opening_balances.index", "opening_balances.new"},
    "surveys.index": {"surveys.look", "campaigns.index", "campaigns.new", "campaigns.show"},
    "desk.agency": {"cases.show", "cases.add_paper", "cases.identity", "acts.act", "handling.ways", "dialogues.index", "dialogues.prepare", "dialogues.record", "dialogues.undertake", "letters.index", "letters.compose", "letters.read"},
    "books.outgoing": {"books.document", "books.incoming", "books.enter", "books.hand_to", "books.outgoing_print", "books.incoming_print"},
    "reception.index": {
        "reception.month", "reception.print_month", "reception.plan", "reception.session", "reception.visit",
        "reception.receive", "reception.conclude", "reception.prepare", "reception.postpone",
        "reception.cancel", "reception.missed", "reception.hold", "reception.meetings",
        "reception.meeting", "reception.quota", "reception_register.register",
        "reception_papers.index", "reception_papers.show", "reception_papers.refuse",
        "reception_papers.conclude_visit", "reception_papers.conclude_session",
        "reception_papers.change", "reception_papers.receipt",
    },
    "scores.index": {"scores.year", "scores.agency", "scores.points", "scores.criterion", "scores.new_criterion"},
    "reporting.index": {"reporting.new", "reporting.change", "reporting.send"},
    "hotspots.index": {"hotspots.every", "hotspots.show", "hotspots.alarm", "hotspots.entry"},
    "projects.index": {"projects.show", "projects.new", "projects.change"},
    "commitments.index": {"commitments.show", "commitments.step", "commitments.follow_up"},
    "open_dialogues.index": {
        "open_dialogues.show", "open_dialogues.plan", "open_dialogues.change", "open_dialogues.hold",
        "open_dialogues.put_off", "open_dialogues.undertake",
    },
    "promises.index": {"promises.show", "promises.new", "promises.change", "promises.upload"},
    "handover.index": {"handover.hand_over"},
    "province.index": {"province.fields", "province.weeks", "province.backlog", "province.groups", "province.periods", "province.new_period", "province.change_period", "province.weekly_list"},
    "admin.people": {
        "admin.person", "admin.new_person", "admin.change_person", "admin.reset_password",
        "admin.disable", "admin.enable", "admin.give_hat", "admin.end_hat", "admin.delegate",
        "admin.end_delegation",
    },
    "admin.agencies": {
        "admin.agency", "admin.new_agency", "admin.change_agency", "admin.move_agency",
        "admin.close_agency", "admin.merge",
    },
    "admin.places": {"admin.place", "admin.set_flag"},
    "admin.years": {"admin.year"},
    "admin.bodies": {"admin.new_body", "admin.change_body", "admin.merge_body"},
    "admin.targets": {"admin.set_target", "admin.end_target"},
    "admin.letterheads": {
        "admin.set_letterhead", "admin.end_letterhead", "admin.start_book",
        "admin.upload_template", "admin.end_template",
    },
    "admin.reminders": {"admin.set_digest_hour", "admin.add_rung", "admin.remove_rung"},
    "admin.operations": {"admin.resend_mail", "admin.permit_mail"},
}  # fmt: skip
_WAYS: tuple[tuple[str, str, frozenset[Role]], ...] = (
    ("Sáng nay", "morning.show", CASE_WORK),
    ("Quầy tiếp dân", "desk_box.desk", DESK),
    ("Hàng đợi", "queue.index", OVERSIGHT),
    ("Trạm công việc", "stations.index", CASE_WORK),
    ("Việc của tôi", "desk.mine", CHARGED - DESK - BOOKKEEPERS),
    ("Hồ sơ", "desk.agency", CASE_WORK),
    ("Tiếp công dân", "reception.index", RECEPTION_READERS & (DESK | LEADERS)),
    ("Đăng ký đơn", "intake.register", INTAKE - LEADERS),
    ("Toàn cảnh", "province.index", frozenset({Role.INSPECTOR})),
    ("Sổ văn bản", "books.outgoing", BOOKKEEPERS),
    ("Người dùng", "admin.people", ADMINISTRATION),
    ("Cơ quan", "admin.agencies", ADMINISTRATION),
    ("Địa bàn", "admin.places", ADMINISTRATION),
    ("Lịch làm việc", "admin.years", ADMINISTRATION),
    ("Quy trình", "routes.index", ADMINISTRATION),
)
_FOLDED: tuple[tuple[str, tuple[tuple[str, str, frozenset[Role]], ...]], ...] = (
    (
        "Công việc",
        (
            ("Tờ trình chờ tôi", "submissions.index", CHARGED),
            ("Việc của tôi", "desk.mine", DESK | BOOKKEEPERS),
            ("Phân xử lý", "hops.distribution", ASSIGNERS),
            ("Chờ phúc đáp", "advising.awaited", CASE_WORK),
            ("Thi hành", "enforcement.index", CASE_WORK),
            ("Dự án", "projects.index", CASE_WORK),
            ("Sổ văn bản", "books.outgoing", CHARGED - BOOKKEEPERS),
            ("Bàn giao", "handover.index", frozenset(MOVERS)),
            ("Quy trình trình ký", "routes.index", frozenset({Role.HEAD})),
        ),
    ),
    (
        "Tiếp dân, đối thoại",
        (
            ("Đăng ký đơn", "intake.register", INTAKE & LEADERS),
            ("Quầy tiếp dân", "desk_box.desk", INTAKE - DESK),
            ("Tiếp công dân", "reception.index", RECEPTION_READERS - DESK - LEADERS),
            ("Đối thoại với Nhân dân", "open_dialogues.index", CASE_WORK),
            ("Cam kết", "commitments.index", CASE_WORK),
            ("Lời hứa", "promises.index", CASE_WORK),
            ("Hài lòng", "surveys.index", frozenset(REPORT_READERS)),
            ("Đợt khảo sát", "campaigns.index", ADMINISTRATION),
        ),
    ),
    (
        "Giám sát, thanh tra",
        (
            ("Điểm nóng", "hotspots.index", OVERSIGHT),
            ("Toàn cảnh", "province.index", LEADERS),
            ("Đôn đốc", "urging.index", INTAKE | {Role.INSPECTOR}),
            ("Vụ việc báo lên", "escalations.index", OVERSIGHT),
            ("Rà soát", "reviews.index", REVIEW_READERS),
            ("Chọn thanh tra", "inspection_targets.index", OVERSIGHT),
            ("Khiếu nại cán bộ", "conduct.index", OVERSIGHT),
            ("Xếp hạng cơ quan", "scores.index", SCORE_READERS),
        ),
    ),
    (
        "Báo cáo",
        (
            ("Báo cáo công việc", "reports.index", REPORT_READERS),
            ("Thống kê", "statistics.table", REPORT_READERS),
            ("Kỳ báo cáo thống kê", "report_campaigns.index", SHEET_READERS),
            ("Báo cáo lời văn", "narratives.index", REPORT_READERS),
            ("Báo cáo định kỳ", "reporting.index", REPORTING_READERS),
        ),
    ),
    (
        "Thiết lập",
        (
            ("Hạn nội bộ", "admin.targets", ADMINISTRATION),
            ("Mẫu văn bản", "admin.letterheads", ADMINISTRATION),
            ("Cơ quan ngoài", "admin.bodies", ADMINISTRATION),
            ("Nhắc việc", "admin.reminders", ADMINISTRATION),
            ("Vận hành", "admin.operations", ADMINISTRATION),
        ),
    ),
)
"""What is gone to less often stands under one word, in groups, or the bar would not fit a small screen."""


def attach(app: Flask) -> None:
    """Give the templates of ``app`` their words."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        day=day, instant=instant, spoken_day=spoken_day, label=label, in_words=in_words, number=vn_number,
        lower_first=lower_first, step=step_label, button=button,
    )  # fmt: skip
    app.jinja_env.globals.update(
        asset=asset, navigation=navigation, in_words=in_words, clock_words=clock_words,
        action_help=action_help,
    )  # fmt: skip
    app.context_processor(_of_request)


def asset(name: str) -> str:
    """The address of a static file."""
    return f"{current_app.extensions[LOCATION]}{name}"


def day(value: date | None) -> str:
    """dd/mm/yyyy, or nothing."""
    return "" if value is None else vn_date(value)


def instant(value: datetime) -> str:
    """An instant on a Vietnamese wall clock."""
    return f"{local_time(value):%H:%M %d/%m/%Y}"


def lower_first(text: str) -> str:
    """A term in the middle of a sentence."""
    return text[:1].lower() + text[1:]


def spoken_day(typed: str) -> str:
    """A typed date with its weekday, or nothing when it is none."""
    try:
        found = parse_vn_date(typed)
    except BadDate:
        return ""
    return in_words(found.date) if found.precision == "day" else ""


def _anybody(_actor: Actor) -> bool:
    return True


_ASKED: Mapping[str, Callable[[Actor], bool]] = {
    "queue.index": reads_queue,
    "hotspots.index": reads_hotspots,
}
"""Ways that are not every hat's of their roles."""


def navigation() -> list[Way]:
    """The stations this hat goes to."""
    me = signed_in().actor
    here = request.endpoint or ""
    return [
        Way(text, url_for(endpoint), _within(here, endpoint), endpoint.replace(".", "-"), group)
        for group, ways in (("", _WAYS), *_FOLDED)
        for text, endpoint, roles in ways
        if me.role in roles and _ASKED.get(endpoint, _anybody)(me)
    ]


def _within(here: str, endpoint: str) -> bool:
    """Whether a page belongs to a station: it is the station, or one of those opened from it."""
    return here == endpoint or here in OPENED_FROM.get(endpoint, ())


def hat_words(hat: HatShown) -> str:
    """A hat as its wearer calls it."""
    return f"{hat.title or label(hat.role)} – {hat.section or hat.agency}"


def _of_request() -> dict[str, Any]:
    if not current_user.is_authenticated:
        return {"actor": None, "today": today()}
    me = signed_in()
    worn = next(hat for hat in me.hats if hat.hat_id == me.actor.hat_id)
    return {
        "actor": me.actor,
        "today": today(),
        "may_search": me.actor.role in CASE_WORK,
        "may_register": me.actor.role in INTAKE,
        "keys_on": KEYS_OFF not in cookie,
        "hat_words": hat_words(worn),
        "other_hats": [
            OtherHat(hat.hat_id, hat_words(hat)) for hat in me.hats if hat.hat_id != worn.hat_id
        ],
    }
