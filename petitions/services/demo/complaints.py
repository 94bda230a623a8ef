"""How complaints go, from the desk to their end, at both instances."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from petitions.services.demo import dialogue_room as room
from petitions.services.demo import notes
from petitions.services.demo.thread import Course, Thread
from workflows.records import Finding
from workflows.vocabulary import Action, AgencyKind, Mark, Outcome
from workflows.working_days import Roll

RESULTS = {
    1: {
        Finding.TRUE: "Khiếu nại đúng",
        Finding.PARTLY_TRUE: "Khiếu nại đúng một phần",
        Finding.WRONG: "Khiếu nại sai",
    },
    2: {
        Finding.CANCELLED: "Hủy quyết định giải quyết lần đầu",
        Finding.AMENDED: "Sửa một phần quyết định giải quyết lần đầu",
        Finding.UPHELD: "Công nhận quyết định giải quyết lần đầu",
    },
}
DAYS_TO_EFFECT, DAYS_TO_EFFECT_REMOTE = 48, 68
"""More plain days than the window for a second complaint and the period before legal effect."""
DAYS_BEYOND_LIMIT, DAYS_BEYOND_LIMIT_REMOTE = 45, 60
"""Plain days after which the limit has passed, but not yet the window for turning to the superior."""


# --- intake ----------------------------------------------------------------------------------


def classify(t: Thread) -> Course:
    """The desk says what it is."""
    yield t.does(t.office.desk, Action.CLASSIFY, (0, 2))


def classify_elsewhere(t: Thread) -> Course:
    """The desk finds that another body is competent."""
    yield t.does(t.office.desk, Action.CLASSIFY, (0, 2), competent=False)


def guide(t: Thread) -> Course:
    """The complainant is told where to go."""
    yield t.does(
        t.office.desk,
        Action.GUIDE,
        (1, 4),
        ground="Không thuộc thẩm quyền giải quyết",
        content="Đề nghị gửi đơn đến cơ quan đã ban hành quyết định bị khiếu nại.",
    )


def give_back(t: Thread) -> Course:
    """The paper goes back to the body that forwarded it."""
    yield t.does(
        t.office.clerk,
        Action.RETURN,
        (1, 4),
        recipient="Nơi chuyển đơn",
        reason="Không thuộc thẩm quyền của cơ quan nhận",
    )


def file(t: Thread) -> Course:
    """Nothing can be done with it."""
    yield t.does(t.office.desk, Action.FILE, (1, 4), ground="Đơn không rõ nội dung, không ký tên")


def refuse(t: Thread) -> Course:
    """The head does not accept it."""
    yield t.does(
        t.office.deputy,
        Action.REFUSE,
        (2, 5),
        ground="Hết thời hiệu khiếu nại",
        reason="Đơn gửi sau khi hết thời hiệu mà không có trở ngại khách quan.",
    )


def send_out(t: Thread) -> Course:
    """It is sent to a body outside the system."""
    yield t.does(
        t.office.clerk,
        Action.TRANSFER_OUT,
        (1, 4),
        recipient="Bảo hiểm xã hội tỉnh Sơn Lâm",
        document=t.document("PC"),
    )


def send_on(t: Thread) -> Course:
    """It is sent to a commune; until that confirms, it is on its way."""
    communes = [
        office
        for office in t.offices.values()
        if office.kind is AgencyKind.COMMUNE and office is not t.office
    ]
    receiver = t.random.choice(communes)
    yield t.does(
        t.office.desk,
        Action.TRANSFER,
        (1, 3),
        recipient=receiver.code,
        content="Chuyển theo thẩm quyền.",
    )
    t.office = receiver


def confirm(t: Thread) -> Course:
    """The receiving body enters it in its own register."""
    yield t.does(t.office.desk, Action.CONFIRM_RECEIPT, (1, 3))


def accept(t: Thread) -> Course:
    """The head accepts it for settlement."""
    yield t.does(t.office.deputy, Action.ACCEPT, (1, 4))


def accept_late(t: Thread) -> Course:
    """The head accepts it after the limit."""
    yield t.does(t.office.head, Action.ACCEPT, (9, 16))


def complete_signatures(t: Thread) -> Course:
    """The missing signatures and the appointment of representatives are handed in."""
    yield t.does(
        t.office.desk,
        Action.ADD_PAPER,
        (2, 5),
        document="Danh sách chữ ký và văn bản cử người đại diện",
        marks=[Mark.ALL_SIGNATURES, Mark.REPRESENTATIVES_APPOINTED],
    )


# --- settlement ------------------------------------------------------------------------------


def verify(t: Thread) -> Course:
    """An officer is charged with verification."""
    t.officer = t.random.choice(t.free(*t.office.officers) or (t.office.head,))
    yield t.does(t.office.deputy, Action.ASSIGN_VERIFICATION, (0, 2), assignee=t.officer.username)


def mark_complex(t: Thread) -> Course:
    """Criteria of a complex case are recorded; the limit grows."""
    yield t.does(
        t.office.head,
        Action.MARK_COMPLEX,
        (1, 3),
        criteria=["several_places", "many_people"],
        document=t.document("TB-UBND"),
    )


def report(t: Thread) -> Course:
    """The officer reports."""
    yield from _report(t, 0)


def report_late_entry(t: Thread) -> Course:
    """The officer reported in time, but it was entered a week later."""
    yield from _report(t, 5)


def _report(t: Thread, late: int) -> Course:
    assert t.officer is not None
    yield t.does(t.officer, Action.REPORT, (6, 11), late=late, document=t.document("BC"))


def plan_dialogue(t: Thread) -> Course:
    """The dialogue is called, at least a week ahead."""
    t.wait(1, 2)
    day = t.calendar.roll(t.day + timedelta(days=t.random.randint(7, 9)), Roll.NEXT)
    yield t.does(
        t.office.deputy,
        Action.PLAN_DIALOGUE,
        (0, 0),
        dialogue_on=day,
        content=f"Trụ sở {t.office.name}",
    )
    yield from room.called(t)
    t.day = max(day, t.day)


def hold_dialogue(t: Thread) -> Course:
    """Both sides meet."""
    yield room.held(t, t.document("BB"))


def miss_excused(t: Thread) -> Course:
    """The complainant cannot come and says why."""
    yield room.missed(t, t.document("BB"), "Đang điều trị tại bệnh viện")


def miss_unexcused(t: Thread) -> Course:
    """The complainant does not come."""
    yield room.missed(t, t.document("BB"), "")


def agree(t: Thread) -> Course:
    """Demand and finding agree, so no dialogue is needed."""
    yield t.does(
        t.office.deputy,
        Action.RECORD_AGREEMENT,
        (1, 2),
        finding="Yêu cầu của người khiếu nại thống nhất với kết quả xác minh.",
        document=t.document("BB"),
    )


def decide(t: Thread) -> Course:
    """The decision."""
    yield t.does(
        t.office.deputy,
        Action.DECIDE,
        (1, 4),
        **_found(t, int(t.one_of("0", "1", "2"))),
        document=t.document("QĐ-UBND"),
    )


def _found(t: Thread, number: int) -> dict[str, Any]:
    """What the decision found and orders; a complaint found wrong orders nothing."""
    found, result = list(RESULTS[2 if t.lower else 1].items())[number]
    odd = t.day.day % 7
    t.ordered = {} if number == 2 else {"returned_money": (odd + 1) * 12_500_000}
    if number == 0 and odd < 3:
        t.ordered |= {"returned_land": Decimal(f"{odd + 1}20.5"), "people": 1}
    return {"found": found, "result": result, **t.ordered}


def decide_at_once(t: Thread) -> Course:
    """The body sees its mistake and decides without verification."""
    yield t.does(
        t.office.deputy,
        Action.DECIDE,
        (2, 5),
        **_found(t, 0),
        document=t.document("QĐ-UBND"),
        finding="Quyết định bị khiếu nại có sai sót, cơ quan tự sửa đổi.",
    )


def serve(t: Thread) -> Course:
    """The decision is sent, received and made public."""
    clerk = t.office.clerk
    yield t.does(clerk, Action.SEND_DECISION, (0, 2))
    yield t.does(t.office.desk, Action.RECORD_SERVICE, (1, 3), document="Giấy báo phát")
    yield t.does(clerk, Action.PUBLISH_DECISION, (1, 4), content="Niêm yết tại trụ sở")
    yield from notes.forwarder_told(t)


def serve_late_entry(t: Thread) -> Course:
    """The postal receipt came back late."""
    yield t.does(t.office.clerk, Action.SEND_DECISION, (0, 2))
    yield t.does(
        t.office.desk, Action.RECORD_SERVICE, (1, 2), late=4, document="Giấy báo phát về chậm"
    )
    yield t.does(t.office.clerk, Action.PUBLISH_DECISION, (0, 1), content="Niêm yết tại trụ sở")


# --- afterwards ------------------------------------------------------------------------------


def take_effect(t: Thread) -> Course:
    """Nobody complained further in time."""
    t.rest(DAYS_TO_EFFECT_REMOTE if t.remote else DAYS_TO_EFFECT)
    yield t.does(t.office.clerk, Action.TAKE_EFFECT, (0, 3))


def direct(t: Thread) -> Course:
    """The head says who carries the decision out."""
    officer = t.officer or t.office.officers[0]
    yield t.does(
        t.office.head,
        Action.DIRECT_ENFORCEMENT,
        (1, 4),
        assignee=officer.username,
        document=t.document("CV"),
    )


def enforce_part(t: Thread) -> Course:
    """Part of it is carried out."""
    half = {"returned_money": t.ordered["returned_money"] // 2} if t.ordered else {}
    t.ordered = {name: total - half.get(name, 0) for name, total in t.ordered.items()}
    yield from _enforced(t, Outcome.PARTLY_ENFORCED, half)


def enforce(t: Thread) -> Course:
    """All of it is carried out."""
    outcome = Outcome.FULLY_ENFORCED if t.ordered else Outcome.NOTHING_TO_ENFORCE
    yield from _enforced(t, outcome, t.ordered)


def _enforced(t: Thread, outcome: Outcome, done: Mapping[str, Any]) -> Course:
    yield t.does(
        t.officer or t.office.officers[0],
        Action.RECORD_ENFORCEMENT,
        (2, 6),
        outcome=outcome,
        result="Đã thực hiện theo quyết định.",
        document=t.document("BC"),
        **done,
    )


def close(t: Thread) -> Course:
    """The file is closed."""
    yield t.does(t.office.head, Action.CLOSE, (1, 6))


def go_up(t: Thread) -> Course:
    """The complainant turns to the superior; the story goes on there."""
    first, below = t.code, t.office
    # the window for discipline is ten days, of which serving and publishing took some
    after = (2, 8) if t.given.subkind is None else (0, 1)
    t.code = yield t.does(t.office.desk, Action.SECOND_INSTANCE, after)
    assert below.parent is not None
    t.office = t.offices[below.parent]
    t.lower = first, below


def close_below(t: Thread) -> Course:
    """The first body closes its file once the superior has decided."""
    assert t.lower is not None
    (t.code, t.office), upper = t.lower, (t.code, t.office)
    yield t.does(
        t.office.head,
        Action.CLOSE,
        (2, 6),
        result="Đã có quyết định giải quyết lần hai",
        document=t.document("QĐ-UBND"),
    )
    t.code, t.office = upper


def outlast(t: Thread) -> Course:
    """The limit passes without a decision."""
    t.rest(DAYS_BEYOND_LIMIT_REMOTE if t.remote else DAYS_BEYOND_LIMIT)
    yield from ()


def sue(t: Thread) -> Course:
    """The complainant goes to court."""
    yield t.does(
        t.office.desk, Action.GO_TO_COURT, (2, 8), court="Tòa án nhân dân khu vực 1 - Sơn Lâm"
    )


def close_after_court(t: Thread) -> Course:
    """The court has judged."""
    t.rest(60)
    yield t.does(
        t.office.head,
        Action.CLOSE,
        (1, 5),
        result="Tòa án bác yêu cầu khởi kiện",
        document=t.document("BA"),
    )


def suspend(t: Thread) -> Course:
    """Settlement stands still."""
    yield t.does(
        t.office.head,
        Action.SUSPEND,
        (2, 5),
        ground="Sự kiện bất khả kháng",
        reason="Sạt lở đường, không xác minh thực địa được.",
    )
    yield t.does(t.office.clerk, Action.SEND_SUSPENSION, (0, 2))


def resume(t: Thread) -> Course:
    """Settlement goes on."""
    yield t.does(t.office.head, Action.RESUME, (6, 12), reason="Đã thông đường.")
    yield t.does(t.office.clerk, Action.SEND_SUSPENSION, (0, 2))


def stay(t: Thread) -> Course:
    """The contested decision is not carried out for ten days."""
    t.wait(0, 1)
    yield t.does(
        t.office.head,
        Action.STAY_CONTESTED,
        (0, 0),
        reason="Việc cưỡng chế sẽ gây hậu quả khó khắc phục.",
        until=t.day + timedelta(days=10),
    )


def lift_stay(t: Thread) -> Course:
    """The stay is lifted early."""
    yield t.does(t.office.head, Action.LIFT_STAY, (3, 5), reason="Lý do tạm đình chỉ không còn.")


def withdraw(t: Thread) -> Course:
    """The complaint is withdrawn."""
    yield t.does(
        t.office.head,
        Action.WITHDRAW,
        (2, 6),
        document="Đơn rút khiếu nại",
        reason="Các bên đã thỏa thuận.",
    )
    yield t.does(t.office.clerk, Action.SEND_SUSPENSION, (0, 2))


def withdraw_some(t: Thread) -> Course:
    """Two of the group withdraw."""
    yield t.does(
        t.office.desk,
        Action.WITHDRAW_PART,
        (2, 5),
        withdrawn="Hai người trong danh sách",
        document="Đơn rút khiếu nại",
        remaining=t.given.group_size - 2,
    )


def terminate(t: Thread) -> Course:
    """Settlement ends without a decision."""
    yield t.does(
        t.office.head,
        Action.TERMINATE,
        (3, 8),
        ground="Người khiếu nại chết, không có người kế thừa quyền",
        reason="Có giấy chứng tử và xác nhận của địa phương.",
    )
    yield t.does(t.office.clerk, Action.SEND_SUSPENSION, (0, 2))


def reopen(t: Thread) -> Course:
    """The closed file is opened again."""
    yield t.does(
        t.office.head,
        Action.REOPEN,
        (5, 10),
        reason="Phát hiện tình tiết mới.",
        document=t.document("TB"),
    )
