"""What is proposed in the demonstration's offices, and on whose table each proposal is found on the day."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from petitions.services.demo import office
from petitions.services.demo.people import Seat
from petitions.services.demo.thread import Course, Stage, Thread
from petitions.services.submissions_signing import sign
from workflows.vocabulary import Action, AgencyKind, Role

Tables = Sequence[Seat]
Said = Callable[[Thread], Mapping[str, Any]]
Ending = Callable[[Thread, str, Seat, Tables], Course]
"""What becomes of a drafted proposal: its thread, uid, author and the tables on its way."""


def _nothing(_t: Thread) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class Proposal:
    """An act with its letter as an officer proposes it; ``given`` and ``fields`` are made on the day."""

    action: Action | None
    form: str | None = None
    fields: Said = _nothing
    given: Said = _nothing
    by: Callable[[Thread], Seat] | None = None

    def __call__(self, ending: Ending) -> Stage:
        """The stage in which it is drafted and then left at ``ending``."""

        def stage(t: Thread) -> Course:
            author = self.by(t) if self.by is not None else t.officer or t.office.expert
            tables = office.approvers(t, self.action, author)
            t.wait(0, 1)
            uid = yield from office.drafted(
                t, self.action, self.form, self.fields(t), by=author, after=(0, 0), **self.given(t)
            )
            yield from ending(t, uid, author, tables)

        return stage


# --- endings ---------------------------------------------------------------------------------


def still_drafted(_t: Thread, _uid: str, _author: Seat, _tables: Tables) -> Course:
    """Not yet sent up."""
    yield from ()


def at_first(t: Thread, uid: str, author: Seat, tables: Tables) -> Course:
    """On the first approver's table."""
    yield from office.carried_up(t, uid, author, tables[:1], "Kính trình xem xét.")


def at_second(t: Thread, uid: str, author: Seat, tables: Tables) -> Course:
    """On the second approver's table."""
    yield from office.carried_up(t, uid, author, tables[:2], "Kính trình xem xét.")


def at_signer(t: Thread, uid: str, author: Seat, tables: Tables) -> Course:
    """Approved by everybody below, waiting for the signature."""
    yield from office.carried_up(t, uid, author, tables, "Kính trình lãnh đạo xem xét, ký.")


def sent_back(t: Thread, uid: str, author: Seat, tables: Tables) -> Course:
    """Returned by the first approver with an opinion."""
    yield from at_first(t, uid, author, tables)
    yield from office.sent_back(t, uid, tables[0], "Bổ sung căn cứ pháp luật và nêu rõ thời hạn.")


def sent_back_from_above(t: Thread, uid: str, author: Seat, tables: Tables) -> Course:
    """Returned by the signer with an opinion, after the others approved."""
    yield from at_signer(t, uid, author, tables)
    yield from office.sent_back(t, uid, tables[-1], "Làm rõ nội dung thứ nhất rồi trình lại.")


def up_again(t: Thread, uid: str, author: Seat, tables: Tables) -> Course:
    """Returned once, and on the first approver's table again."""
    yield from sent_back(t, uid, author, tables)
    yield from office.carried_up(t, uid, author, tables[:1], "Đã bổ sung theo ý kiến.")


def recalled(t: Thread, uid: str, author: Seat, tables: Tables) -> Course:
    """Taken back by its author before anybody acted on it."""
    yield from at_first(t, uid, author, tables)
    yield from office.recalled(t, uid, author)


def unnumbered(t: Thread, uid: str, author: Seat, tables: Tables) -> Course:
    """Signed; its letter waits for a number."""
    yield from at_signer(t, uid, author, tables)
    t.wait(0, 1)
    yield t.asks(tables[-1], partial(sign, uid, version=None))


def unsent(t: Thread, uid: str, author: Seat, tables: Tables) -> Course:
    """Signed and numbered; its letter waits to be sent."""
    yield from unnumbered(t, uid, author, tables)
    yield from office.numbered(t, uid)


def unproved(t: Thread, uid: str, author: Seat, tables: Tables) -> Course:
    """Sent; the receipt has not come back."""
    yield from unnumbered(t, uid, author, tables)
    yield from office.sent(t, uid)


def proved(t: Thread, uid: str, author: Seat, tables: Tables) -> Course:
    """Sent and received."""
    yield from unnumbered(t, uid, author, tables)
    yield from office.served(t, uid)


def at_once(t: Thread, uid: str, author: Seat, _tables: Tables) -> Course:
    """The author signs it himself; the letter waits for a number."""
    yield t.asks(author, partial(sign, uid, version=None))


def at_once_and_sent(t: Thread, uid: str, author: Seat, tables: Tables) -> Course:
    """The author signs it himself, and it is sent."""
    yield from at_once(t, uid, author, tables)
    yield from office.sent(t, uid)


# --- what is proposed ------------------------------------------------------------------------


def _finding(t: Thread) -> list[dict[str, str]]:
    return [{"content": t.given.summary, "result": "Nội dung đơn có cơ sở một phần."}]


def _decision(t: Thread) -> Mapping[str, Any]:
    above = t.office.kind is AgencyKind.PROVINCE  # the case itself knows no body above the province
    return {
        **({"second_settler": "Bộ trưởng Bộ Nông nghiệp và Môi trường"} if above else {}),
        "findings": _finding(t),
        "conclusions": [
            {"content": t.given.summary, "verdict": "đúng một phần", "ground": "Luật Khiếu nại"}
        ],
        "disposition": "Sửa đổi một phần quyết định bị khiếu nại theo kết quả xác minh.",
    }


def _conclusion(_t: Thread) -> Mapping[str, Any]:
    return {
        "findings": [
            {
                "content": "Nội dung tố cáo thứ nhất",
                "result": "Có việc thu tiền không có biên lai.",
                "explanation": "Người bị tố cáo thừa nhận thiếu sót.",
            }
        ],
        "legal_grounds": "Luật Tố cáo; Luật Cán bộ, công chức",
        "conclusions": [
            {
                "content": "Nội dung tố cáo thứ nhất",
                "verdict": "đúng một phần",
                "responsibility": "Thiếu kiểm tra, giám sát.",
            }
        ],
        "measures": ["Kiểm điểm trách nhiệm; nộp lại khoản thu sai."],
    }


def _in_days(t: Thread, days: int) -> str:
    return (t.day + timedelta(days=days)).isoformat()


def _verifier(t: Thread) -> Mapping[str, Any]:
    officer = t.officer or t.office.expert
    return {"assignee": officer.username}


ACCEPT = Proposal(Action.ACCEPT, "nd124:03")
ACCEPT_DENUNCIATION = Proposal(
    Action.ACCEPT, "nd31:04", fields=lambda _t: {"proposer": "bộ phận tiếp công dân"}
)
REFUSE = Proposal(
    Action.REFUSE,
    "nd124:04",
    fields=lambda _t: {"ground_no": "6", "reason": "Đơn gửi khi đã hết thời hiệu khiếu nại."},
    given=lambda _t: {
        "ground": "Hết thời hiệu khiếu nại",
        "reason": "Đơn gửi khi đã hết thời hiệu khiếu nại.",
    },
)
GUIDE = Proposal(
    Action.GUIDE,
    "tt05:huong-dan",
    fields=lambda _t: {"competent_body": "Bảo hiểm xã hội tỉnh Sơn Lâm"},
    given=lambda _t: {
        "ground": "Không thuộc thẩm quyền giải quyết",
        "content": "Đề nghị gửi đơn đến Bảo hiểm xã hội tỉnh Sơn Lâm.",
    },
)
VERIFY = Proposal(Action.ASSIGN_VERIFICATION, given=_verifier)
DECIDE = Proposal(
    Action.DECIDE,
    "nd124:15",
    fields=_decision,
    given=lambda _t: {
        "found": "partly_true",
        "result": "Khiếu nại đúng một phần",
        "document": "Dự thảo quyết định",
    },
)
CONCLUDE = Proposal(
    Action.CONCLUDE,
    "nd31:12",
    fields=_conclusion,
    given=lambda _t: {
        "found": "partly_true",
        "result": "Tố cáo đúng một phần",
        "document": "Dự thảo kết luận",
    },
    by=lambda t: t.team[0],
)
TO_DENOUNCER = Proposal(None, "nd31:05", by=lambda t: t.office.head)
RETURN_FORWARDED = Proposal(
    Action.RETURN_FORWARDED,
    "x:tra-don-chuyen-sai",
    fields=lambda _t: {"reason": "Nội dung đơn thuộc thẩm quyền của UBND cấp xã."},
    given=lambda _t: {"reason": "Nội dung đơn thuộc thẩm quyền của UBND cấp xã."},
)
REPORT_UP = Proposal(
    Action.REPORT_UP,
    given=lambda t: {
        "recipient": "ubnd-tinh-son-lam",
        "content": "Báo cáo tiến độ giải quyết và xin ý kiến chỉ đạo.",
        "until": t.day + timedelta(days=10),
    },
)
URGE = Proposal(
    Action.URGE,
    given=lambda t: {"recipient": t.office.name, "content": "Đề nghị khẩn trương xác minh."},
    by=lambda t: t.office.approver(Role.SECTION_HEAD, t.office.expert),
)


def order_to(agency: str, days: int) -> Proposal:
    """An order of the superior to ``agency`` to look into a case and report within ``days``."""
    task = "Kiểm tra, báo cáo tiến độ giải quyết và đề xuất biện pháp dứt điểm."
    return Proposal(
        Action.ORDER_SUBORDINATE,
        "x:giao-viec",
        fields=lambda t: {
            "task_kind": "kiểm tra, đề xuất xử lý",
            "task": task,
            "due_on": _in_days(t, days),
        },
        given=lambda t: {
            "recipient": agency,
            "content": task,
            "until": t.day + timedelta(days=days),
        },
    )
