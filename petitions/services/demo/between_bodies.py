"""Files that pass between bodies in the demonstration: advisers, wrong turns, orders, reports, papers by post."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from petitions.services.demo import complaints as go
from petitions.services.demo import letter_book
from petitions.services.demo.papers import pdf_paper
from petitions.services.demo.people import Office, Seat
from petitions.services.demo.proposals import Proposal, unproved
from petitions.services.demo.thread import Course, Stage, Thread
from petitions.services.evidence import Paper
from petitions.services.verification import tick
from workflows.records import CopyKind
from workflows.vocabulary import Action, Role

INSPECTORATE, PARTNER, PROVINCE = "thanh-tra-tinh", "so-nnmt", "ubnd-tinh-son-lam"
_PAPERS = {
    "order": "Quyết định về việc xác minh nội dung khiếu nại",
    "plan": "Kế hoạch xác minh",
    "petitioner": "Biên bản làm việc với người khiếu nại",
}
"""Steps of the checklist that are done, each with the paper it needs."""


def among(code: str, *stages: Stage) -> Stage:
    """What another body does while the case stays where it is."""

    def stage(t: Thread) -> Course:
        here, t.office = t.office, t.offices[code]
        for each in stages:
            yield from each(t)
        t.office = here

    return stage


# --- advising --------------------------------------------------------------------------------


def engage(t: Thread) -> Course:
    """The head asks the inspectorate to advise, with a day for its draft."""
    t.wait(0, 1)
    yield t.does(
        t.office.head,
        Action.ENGAGE_ADVISER,
        (0, 0),
        recipient=INSPECTORATE,
        content="Giao Thanh tra tỉnh tham mưu giải quyết, trình dự thảo đúng hạn.",
        until=t.day + timedelta(days=12),
    )
    t.adviser = INSPECTORATE


def inspector(t: Thread) -> Seat:
    """Who writes for the inspectorate."""
    return _seat(t.offices[INSPECTORATE], "quy")


def _seat(office: Office, username: str) -> Seat:
    return next(
        seat
        for seat in office.seats
        if seat.username == username and seat.role is not Role.SECTION_HEAD
    )


ORDER_VERIFICATION = Proposal(
    Action.ASSIGN_VERIFICATION,
    "x:giao-xac-minh",
    given=lambda _t: {"lead": INSPECTORATE, "cooperating": [PARTNER]},
    by=inspector,
)
VERIFY_AGAIN = Proposal(
    Action.ASSIGN_VERIFICATION,
    given=lambda _t: {"lead": INSPECTORATE, "cooperating": [PARTNER]},
    by=lambda t: t.office.head,
)
FORM_TEAM = Proposal(
    Action.FORM_TEAM,
    "nd124:05",
    fields=lambda _t: {"responsible": "Trưởng phòng Nghiệp vụ 1"},
    given=lambda _t: {"assignee": "vinh", "deputy": "quy", "team": ["kien", "giang"]},
    by=lambda t: t.office.expert,
)


def tick_some(t: Thread) -> Course:
    """Half of the checklist is done, with the papers that show it."""
    writer = inspector(t)
    for number, (step, title) in enumerate(_PAPERS.items(), 1):
        t.wait(0, 1)
        yield t.uploads(
            writer,
            Paper(title=title, received_on=t.day, copy_kind=CopyKind.ORIGINAL),
            f"{step}.pdf",
            pdf_paper(title),
        )
        yield t.asks(writer, partial(tick, t.code, step, done_on=t.day, paper=number))
    yield t.asks(writer, partial(tick, t.code, "request", done_on=t.day, paper=None))


def report(t: Thread) -> Course:
    """The inspectorate reports what its team found."""
    yield t.does(inspector(t), Action.REPORT, (1, 3), document=t.document("BC-TTT"))


def ask_draft(t: Thread) -> Course:
    """The head asks for a draft of the decision."""
    t.wait(0, 1)
    yield t.does(
        t.office.head,
        Action.ASK_DRAFT,
        (0, 0),
        recipient=INSPECTORATE,
        until=t.day + timedelta(days=7),
        content="Lập dự thảo quyết định giải quyết.",
    )


# --- from body to body -----------------------------------------------------------------------


def forward_to(code: str) -> Stage:
    """The petition goes on to another body, as this one signs it."""

    def stage(t: Thread) -> Course:
        yield t.does(t.office.desk, Action.TRANSFER, (0, 1), recipient=code)
        t.office = t.offices[code]

    return stage


def forward_signed(code: str) -> Stage:
    """The petition goes on to another body with a letter its head signed."""
    proposal = Proposal(
        Action.TRANSFER,
        "tt05:chuyen-knpa",
        given=lambda _t: {"recipient": code, "content": "Chuyển theo thẩm quyền."},
        by=lambda t: t.office.desk,
    )(unproved)

    def stage(t: Thread) -> Course:
        yield from proposal(t)
        t.office = t.offices[code]

    return stage


def back_at(code: str) -> Stage:
    """It is on its way back to the body that sent it."""

    def stage(t: Thread) -> Course:
        t.office = t.offices[code]
        yield from ()

    return stage


def round_trip(*codes: str) -> Stage:
    """Each body takes the petition in, finds itself not competent and sends it on."""

    def stage(t: Thread) -> Course:
        for code in codes:
            yield from go.confirm(t)
            yield from go.classify_elsewhere(t)
            yield from forward_to(code)(t)

    return stage


def replied(t: Thread) -> Course:
    """The body outside answers, and the clerk notes it."""
    yield t.does(
        t.office.clerk,
        Action.RECORD_REPLY,
        (3, 6),
        content="Đã nhận đơn, đang giải quyết theo thẩm quyền.",
        document=t.document("CV-BHXH"),
    )


def watch_for(days: int) -> Stage:
    """The petition is filed, to be looked at again after so many days."""

    def stage(t: Thread) -> Course:
        t.wait(0, 2)
        yield t.does(
            t.office.head,
            Action.FILE_AND_WATCH,
            (0, 0),
            ground="Nội dung đang được cơ quan khác xem xét",
            content="Theo dõi kết quả xử lý của cơ quan chuyên môn.",
            until=t.day + timedelta(days=days),
        )

    return stage


def paper_in(t: Thread) -> Course:
    """A paper of a body outside comes in, is entered and handed to whoever has the file."""
    t.wait(0, 1)
    holder = t.officer or t.office.head
    yield t.asks(
        t.office.clerk,
        partial(
            letter_book.enter,
            "Cung cấp thông tin phục vụ giải quyết đơn",
            t.one_of("Bảo hiểm xã hội tỉnh Sơn Lâm", "Công an tỉnh Sơn Lâm"),
            f"{t.random.randint(100, 900)}/CV",
            t.day - timedelta(days=t.random.randint(1, 3)),
            t.code,
            holder.username,
        ),
    )


def stray_paper_in(t: Thread) -> Course:
    """A paper of a body outside that belongs to no case is entered."""
    yield t.asks(
        t.office.clerk,
        partial(
            letter_book.enter,
            "Đề nghị phối hợp tiếp công dân định kỳ",
            "Đoàn đại biểu Quốc hội tỉnh Sơn Lâm",
            f"{t.random.randint(10, 99)}/ĐĐBQH-VP",
            t.day - timedelta(days=2),
            None,
            t.office.head.username,
        ),
    )
