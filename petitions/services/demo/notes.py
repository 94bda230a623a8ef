"""Stages any case may pass: notes beside the main line, corrections, wrong entries, papers in the file."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from petitions.services.demo.papers import pdf_paper, text_paper
from petitions.services.demo.thread import Arrival, Course, Thread
from petitions.services.evidence import Paper
from workflows.records import CopyKind
from workflows.vocabulary import Action, Fact


def told(t: Thread) -> Course:
    """The sender learns what becomes of the petition (10 working days)."""
    yield t.does(
        t.office.desk, Action.NOTIFY_RESULT, content="Đơn đã được xem xét theo thẩm quyền."
    )


def forwarder_told(t: Thread) -> Course:
    """The body that forwarded the petition learns what became of it."""
    if t.given.forwarder_code is not None:
        yield t.does(
            t.office.clerk,
            Action.REPLY_TO_FORWARDER,
            (1, 3),
            content="Đã tiếp nhận và giải quyết.",
            document=t.document("CV"),
        )


def papers(t: Thread) -> Course:
    """Two papers for the file: a scan, and a list typed by the office."""
    t.wait(0, 1)
    yield t.uploads(
        t.office.desk,
        Paper(
            title="Đơn (bản quét)",
            received_on=t.given.received_on,
            copy_kind=CopyKind.ORIGINAL,
            supplier="Người gửi đơn",
        ),
        "don.pdf",
        pdf_paper(t.given.original or t.given.content),
    )
    yield t.uploads(
        t.office.desk,
        Paper(
            title="Danh mục tài liệu kèm theo",
            received_on=t.given.received_on,
            copy_kind=CopyKind.ELECTRONIC,
            receipt=t.document("BN"),
            sealed=False,
        ),
        "danh-muc.txt",
        text_paper(["1. Đơn", "2. Bản sao văn bản liên quan"]),
    )


def mediated(t: Thread) -> Course:
    """The hamlet tried to make peace first."""
    yield t.does(
        t.office.desk,
        Action.RECORD_MEDIATION,
        result=t.one_of("Hòa giải không thành", "Các bên thống nhất một phần"),
        document=t.document("BB"),
    )


def corrected(t: Thread) -> Course:
    """A registered field was wrong."""
    yield t.does(
        t.office.desk,
        Action.CORRECT,
        (0, 1),
        changes={"demand": f"{t.given.demand} Trả lời bằng văn bản."},
        reason="Ghi thiếu yêu cầu của người gửi đơn",
    )


def day_corrected(t: Thread) -> Course:
    """The day of receipt was typed one working day early."""
    right = t.calendar.add_working_days(t.given.received_on, 1)
    t.wait(1, 2)
    yield t.does(
        t.office.clerk,
        Action.CORRECT_DATE,
        (0, 0),
        fact=Fact.RECEIVED,
        day=right,
        reason="Nhầm ngày trên dấu công văn đến",
    )


def urged(t: Thread) -> Course:
    """The body is reminded in writing to go on."""
    yield t.does(
        t.office.deputy,
        Action.URGE,
        (2, 6),
        recipient=t.office.name,
        content="Đề nghị báo cáo tiến độ và khẩn trương giải quyết.",
    )


def handed_over(t: Thread) -> Course:
    """Another officer takes the file over."""
    others = [seat for seat in t.free(*t.office.officers) if seat != t.officer]
    if others:
        t.officer = others[0]
        yield t.does(
            t.office.head,
            Action.HAND_OVER,
            (1, 3),
            assignee=others[0].username,
            reason="Điều chuyển công việc",
        )


def recused(t: Thread) -> Course:
    """An officer is a relative of the petitioner's and is shut out of the case."""
    related = t.office.officers[0]
    yield t.does(
        related,
        Action.DECLARE_RELATION,
        (0, 1),
        assignee=related.username,
        reason="Có quan hệ họ hàng với người gửi đơn",
    )
    t.barred |= {related.username}


def split(t: Thread) -> Course:
    """The paper speaks of two matters, each of which becomes a case."""
    yield t.does(
        t.office.desk,
        Action.SPLIT,
        (0, 2),
        parts=[
            {"summary": f"{t.given.summary} (phần 1)", "content": t.given.content},
            {
                "summary": "Nội dung thứ hai của đơn",
                "content": "Việc trả lời chậm, không rõ lý do.",
            },
        ],
        reason="Đơn có nhiều nội dung khác nhau",
    )


def split_undone(t: Thread) -> Course:
    """The two matters were one after all."""
    yield t.does(t.office.head, Action.UNDO_SPLIT, (0, 1), reason="Các nội dung là một vụ việc")


def joined(t: Thread) -> Course:
    """The same people write again; the second paper goes into the first case, which lives on."""
    first = t.code
    t.code = yield from _again(t)
    yield t.does(
        t.office.head, Action.JOIN, (0, 2), into=first, reason="Cùng người gửi, cùng nội dung"
    )
    t.code = first


def join_undone(t: Thread) -> Course:
    """A second paper was taken for the same matter, but is another one."""
    first = t.code
    again = t.code = yield from _again(t)
    yield t.does(t.office.head, Action.JOIN, (0, 1), into=first, reason="Trùng nội dung")
    t.code = again
    yield t.does(t.office.head, Action.UNDO_JOIN, (1, 2), reason="Nội dung khác nhau")
    t.code = first


def _again(t: Thread) -> Generator[Arrival, str, str]:
    day = t.wait(2, 5)
    paper = replace(t.given, received_on=day, written_on=day, late_reason=None)
    return (yield Arrival(t.arrival.by, day, paper, t.arrival.project))


def voided(t: Thread) -> Course:
    """The paper was entered twice; a second person strikes the entry."""
    yield t.does(t.office.head, Action.VOID, (0, 2), reason="Nhập trùng một đơn hai lần")
