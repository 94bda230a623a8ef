"""How denunciations go. Few may know of one: the desk until it is accepted, then the head and the team."""

from __future__ import annotations

from petitions.services.demo.thread import Course, Thread
from workflows.records import Finding, Source
from workflows.vocabulary import Action, AgencyKind, Complexity, Outcome, WithdrawalTest

RESULTS = {
    Finding.TRUE: "Tố cáo đúng",
    Finding.PARTLY_TRUE: "Tố cáo đúng một phần",
    Finding.WRONG: "Tố cáo sai",
}
DAYS_BEYOND_LIMIT = 45
"""More plain days after acceptance than the limit of an ordinary denunciation (30)."""


# --- intake ----------------------------------------------------------------------------------


def told(t: Thread) -> Course:
    """A denouncer who came in person learns what becomes of the paper."""
    if t.given.source is Source.RECEPTION:
        yield t.does(
            t.office.desk,
            Action.NOTIFY_RESULT,
            (1, 3),
            content="Đơn đã được xem xét theo quy định.",
        )


def check_anonymous(t: Thread) -> Course:
    """The paper names nobody, but what it says can be checked."""
    yield t.does(
        t.office.head,
        Action.CHECK_ANONYMOUS,
        (1, 4),
        reason="Nội dung rõ người vi phạm và có tài liệu kèm theo.",
    )


def close_check(t: Thread) -> Course:
    """What it says was checked."""
    yield t.does(
        t.office.head, Action.CLOSE, (10, 18), result="Đã kiểm tra, thông tin không có cơ sở."
    )


def file_check(t: Thread) -> Course:
    """Nothing came of checking."""
    yield t.does(t.office.head, Action.FILE, (8, 14), ground="Không xác định được sự việc cụ thể")


def file(t: Thread) -> Course:
    """An anonymous paper with nothing to check."""
    yield t.does(t.office.desk, Action.FILE, (1, 4), ground="Đơn nặc danh, không có căn cứ")


def guide(t: Thread) -> Course:
    """Whoever came in person is told where to go."""
    yield t.does(
        t.office.desk,
        Action.GUIDE,
        (0, 2),
        recipient="Công an tỉnh Sơn Lâm",
        content="Nội dung thuộc thẩm quyền của cơ quan điều tra.",
    )


def not_process(t: Thread) -> Course:
    """The paper was sent to several bodies, one of them competent."""
    yield t.does(
        t.office.desk,
        Action.NOT_PROCESS,
        (1, 4),
        ground="Đơn đồng gửi nơi có thẩm quyền giải quyết",
    )


def refuse(t: Thread) -> Course:
    """The head does not accept it."""
    yield t.does(
        t.office.head,
        Action.REFUSE,
        (3, 6),
        ground="Không đủ điều kiện thụ lý",
        reason="Nội dung đã có kết luận, người tố cáo không cung cấp tình tiết mới.",
    )


def send_out(t: Thread) -> Course:
    """It is sent to a body outside the system."""
    yield t.does(
        t.office.desk,
        Action.TRANSFER_OUT,
        (1, 4),
        recipient="Công an tỉnh Sơn Lâm",
        document=t.document("PC"),
    )


def send_on(t: Thread) -> Course:
    """It is sent to the head of a commune with people enough to verify."""
    receivers = [
        office
        for office in t.offices.values()
        if office.kind is AgencyKind.COMMUNE and office is not t.office and len(office.team) > 1
    ]
    receiver = t.random.choice(receivers)
    yield t.does(t.office.desk, Action.TRANSFER, (1, 3), recipient=receiver.code)
    t.office = receiver


def confirm(t: Thread) -> Course:
    """Only the head of the receiving body may know of it."""
    yield t.does(t.office.head, Action.CONFIRM_RECEIPT, (1, 3))


def accept(t: Thread) -> Course:
    """The head accepts it, having looked who denounces; the desk lets go of it."""
    yield t.does(
        t.office.head, Action.OPEN_IDENTITY, (0, 1), reason="Kiểm tra điều kiện thụ lý tố cáo"
    )
    yield t.does(t.office.head, Action.ACCEPT, (1, 4))


# --- settlement ------------------------------------------------------------------------------


def verify(t: Thread) -> Course:
    """A team of two is charged; one of them tells both sides of the acceptance."""
    t.team = t.free(*t.office.team)[:2]
    lead = t.team[0]
    yield t.does(
        t.office.head,
        Action.ASSIGN_VERIFICATION,
        (0, 2),
        team=[seat.username for seat in t.team],
        assignee=lead.username,
    )
    yield t.does(lead, Action.NOTIFY_ACCEPTANCE, (0, 2))


def entrust(t: Thread) -> Course:
    """The leader of the team is allowed to know the denouncer, asks once, and is released again."""
    lead = t.team[0]
    yield t.does(
        t.office.head,
        Action.GRANT_IDENTITY,
        (0, 1),
        assignee=lead.username,
        reason="Phải làm việc trực tiếp với người tố cáo",
    )
    yield t.does(lead, Action.OPEN_IDENTITY, (1, 2), reason="Mời người tố cáo làm việc")
    yield t.does(
        t.office.head,
        Action.END_IDENTITY_GRANT,
        (1, 2),
        assignee=lead.username,
        reason="Đã làm việc xong",
    )


def mark_complex(t: Thread) -> Course:
    """One criterion of a complex case."""
    yield from _marked(t, Complexity.COMPLEX, ["several_places"])


def mark_very_complex(t: Thread) -> Course:
    """Two criteria of an especially complex case."""
    yield from _marked(t, Complexity.ESPECIALLY_COMPLEX, ["several_places", "agencies_disagree"])


def _marked(t: Thread, degree: Complexity, criteria: list[str]) -> Course:
    yield t.does(
        t.office.head,
        Action.MARK_COMPLEX,
        (1, 2),
        complexity=degree,
        criteria=criteria,
        document=t.document("TB-UBND"),
    )


def extend(t: Thread) -> Course:
    """The limit is extended by thirty days."""
    yield t.does(
        t.office.head,
        Action.EXTEND,
        (2, 4),
        days=30,
        reason="Phải xác minh tại nhiều nơi.",
    )


def report(t: Thread) -> Course:
    """The team reports."""
    yield t.does(t.team[0], Action.REPORT, (7, 12), document=t.document("BC"))


def conclude(t: Thread) -> Course:
    """The conclusion, sent to those concerned."""
    found = Finding(t.one_of(*RESULTS))
    t.ordered = {} if found is Finding.WRONG else {"money": 45_000_000, "people": 1}
    yield t.does(
        t.office.head,
        Action.CONCLUDE,
        (1, 4),
        found=found,
        result=RESULTS[found],
        **t.ordered,
        document=t.document("KL-UBND"),
    )
    yield t.does(t.team[0], Action.SEND_CONCLUSION, (1, 3))


def act_on(t: Thread) -> Course:
    """What the conclusion calls for is done."""
    yield t.does(
        t.office.head,
        Action.ACT_ON_CONCLUSION,
        (1, 4),
        result="Kiểm điểm, thu hồi số tiền sai phạm.",
        document=t.document("QĐ-UBND"),
    )


def publish(t: Thread) -> Course:
    """The conclusion is made public; the body that forwarded the paper learns of it."""
    yield t.does(t.team[0], Action.PUBLISH_CONCLUSION, (1, 4), content="Niêm yết tại trụ sở")
    if t.given.forwarder_code is not None:
        yield t.does(t.team[0], Action.REPLY_TO_FORWARDER, (0, 2), content="Đã có kết luận.")


def close(t: Thread) -> Course:
    """What the conclusion orders is done and the file is closed."""
    if t.ordered:
        yield t.does(
            t.team[0],
            Action.RECORD_ENFORCEMENT,
            (1, 3),
            outcome=Outcome.FULLY_ENFORCED,
            result="Đã nộp đủ tiền, đã kiểm điểm.",
            document=t.document("BC"),
            **t.ordered,
        )
    yield t.does(t.office.head, Action.CLOSE, (1, 6), result="Đã thực hiện xong kết luận.")


# --- beside the main line --------------------------------------------------------------------


def suspend(t: Thread) -> Course:
    """Settlement stands still."""
    yield t.does(
        t.office.head,
        Action.SUSPEND,
        (2, 5),
        ground="Chờ kết quả giám định",
        reason="Kết quả giám định là căn cứ kết luận.",
    )
    yield t.does(t.team[0], Action.SEND_SUSPENSION, (0, 2))


def resume(t: Thread) -> Course:
    """Settlement goes on."""
    yield t.does(t.office.head, Action.RESUME, (6, 12), reason="Đã có kết quả giám định.")


def withdraw(t: Thread) -> Course:
    """The denunciation is withdrawn, and nothing speaks against it."""
    yield t.does(
        t.office.head,
        Action.WITHDRAW,
        (3, 8),
        document="Đơn rút tố cáo",
        withdrawal_test=WithdrawalTest.CLEAR,
    )


def withdraw_one(t: Thread) -> Course:
    """One of the group withdraws."""
    yield t.does(
        t.office.head,
        Action.WITHDRAW_PART,
        (2, 4),
        withdrawn="Một người trong danh sách",
        document="Đơn rút tố cáo",
        withdrawal_test=WithdrawalTest.CLEAR,
        remaining=t.given.group_size - 1,
    )


def terminate(t: Thread) -> Course:
    """Settlement ends without a conclusion."""
    yield t.does(
        t.office.head,
        Action.TERMINATE,
        (3, 8),
        ground="Người bị tố cáo đã chết",
        reason="Nội dung chỉ liên quan đến trách nhiệm của người đã chết.",
    )
    yield t.does(t.office.head, Action.SEND_SUSPENSION, (0, 2))


def to_investigators(t: Thread) -> Course:
    """There are signs of a crime."""
    yield t.does(
        t.office.head,
        Action.PASS_TO_INVESTIGATORS,
        (1, 4),
        recipient="Công an tỉnh Sơn Lâm",
        reason="Có dấu hiệu tội phạm.",
        document=t.document("CV"),
    )


def go_further(t: Thread) -> Course:
    """The denouncer is not content with the conclusion and turns to the superior."""
    yield t.does(
        t.office.head,
        Action.FURTHER_DENUNCIATION,
        (3, 9),
        reason="Không đồng ý với kết luận về số tiền.",
    )
    _up(t)


def go_further_overdue(t: Thread) -> Course:
    """The limit passed without a conclusion."""
    t.rest(DAYS_BEYOND_LIMIT)
    yield t.does(
        t.office.head, Action.FURTHER_DENUNCIATION, (0, 3), reason="Quá hạn chưa có kết luận."
    )
    _up(t)


def demand(t: Thread) -> Course:
    """The superior demands a report."""
    yield t.does(
        t.office.head, Action.DEMAND_REPORT, (1, 3), content="Báo cáo lý do chậm trước khi hết hạn."
    )


def order(t: Thread) -> Course:
    """The superior orders the body below to conclude."""
    yield from _further(t, Outcome.SETTLEMENT_ORDERED)
    _down(t)


def take_up(t: Thread) -> Course:
    """The superior settles it himself."""
    yield from _further(t, Outcome.TAKEN_UP)


def uphold(t: Thread) -> Course:
    """The superior finds the conclusion right."""
    yield from _further(t, Outcome.UPHELD)
    _down(t)


def settle_anew(t: Thread) -> Course:
    """The superior opens a new settlement."""
    yield from _further(t, Outcome.RESETTLED)


def _further(t: Thread, outcome: Outcome) -> Course:
    yield t.does(
        t.office.head,
        Action.DECIDE_FURTHER,
        (2, 5),
        outcome=outcome,
        reason="Căn cứ hồ sơ và báo cáo của cấp dưới.",
        document=t.document("TB-UBND"),
    )


def _up(t: Thread) -> None:
    if t.office.parent is not None:
        t.lower = t.code, t.office
        t.office = t.offices[t.office.parent]


def _down(t: Thread) -> None:
    if t.lower is not None:
        t.office = t.lower[1]


def request_protection(t: Thread) -> Course:
    """The denouncer asks to be protected."""
    yield t.does(
        t.office.head,
        Action.REQUEST_PROTECTION,
        (0, 2),
        content="Người tố cáo bị đe dọa qua điện thoại, đề nghị bảo vệ nơi ở.",
    )


def protect(t: Thread) -> Course:
    """Measures are decided."""
    yield t.does(
        t.office.head,
        Action.DECIDE_PROTECTION,
        (1, 3),
        measures="Bố trí tuần tra quanh nơi ở",
        document=t.document("QĐ-UBND"),
    )


def change_protection(t: Thread) -> Course:
    """Other measures are decided."""
    yield t.does(
        t.office.head,
        Action.CHANGE_PROTECTION,
        (3, 6),
        measures="Tuần tra và bố trí đường dây nóng",
        document=t.document("QĐ-UBND"),
    )


def refuse_protection(t: Thread) -> Course:
    """There is no danger."""
    yield t.does(
        t.office.head,
        Action.REFUSE_PROTECTION,
        (1, 3),
        reason="Không có căn cứ cho thấy bị đe dọa.",
        document=t.document("TB"),
    )


def end_protection(t: Thread) -> Course:
    """The danger is over."""
    yield t.does(
        t.office.head,
        Action.END_PROTECTION,
        (8, 15),
        reason="Không còn nguy cơ.",
        document=t.document("QĐ-UBND"),
    )
