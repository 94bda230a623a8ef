"""Acts between the people of an office and between bodies: passing on, forwarding back, advising, asking."""

from __future__ import annotations

from dataclasses import replace

from workflows import checks, effects, guards
from workflows.transition import (
    ASSIGNERS,
    COMPLAINT,
    DENUNCIATION,
    EVERY_KIND,
    INTAKE,
    LEADERS,
    NOT_VOIDED,
    OPEN,
    SUGGESTION,
    Transition,
    marks,
    states,
)
from workflows.vocabulary import Action, Fact, Mark, Need, Role, State, Step

_OFFICE = "Quy chế làm việc của cơ quan"
_ENDED = "Hồ sơ đã kết thúc; muốn làm tiếp phải mở lại."

_INSIDE = Transition(
    action=Action.PASS_ON,
    kinds=EVERY_KIND,
    sources=OPEN,
    roles=INTAKE,
    article=_OFFICE,
    when=_ENDED,
    needs=(Need.ASSIGNEE,),
    takes=(Need.CONTENT, Need.UNTIL),
    checks=(checks.date_to_come,),
    follows=Fact.RECEIVED,
    while_paused=True,
)

_HANDS = (
    _INSIDE,
    replace(_INSIDE, action=Action.GIVE_BACK, needs=(Need.REASON,), takes=(), checks=()),
)

_RETURN = Transition(
    action=Action.RETURN_FORWARDED,
    kinds=COMPLAINT,
    sources=states(State.RECEIVED, State.CLASSIFIED),
    target=State.RECEIVED,
    roles=INTAKE,
    article="Thông tư 05/2021/TT-TTCP; Điều 26 Luật Tiếp công dân",
    when="Chỉ trả lại đơn được chuyển đến khi chưa thụ lý, chưa giao xử lý.",
    guards=(
        guards.after(Mark.CAME_BY_TRANSFER, "Đơn không do cơ quan trong hệ thống chuyển đến đây."),
    ),
    needs=(Need.REASON,),
    takes=(Need.DOCUMENT,),
    forms=("x:tra-don-chuyen-sai",),
    sets=(Fact.RECEIVED,),
    effects=(effects.change_hands,),
    adds=marks(Mark.IN_TRANSIT, Mark.CAME_BACK),
    drops=marks(Mark.CAME_BY_TRANSFER, Mark.RESULT_NOTIFIED),
    stops=(Step.ACCEPTANCE_DECISION, Step.UNPROCESSED_ALARM),
    starts=(Step.ACCEPTANCE_DECISION, Step.UNPROCESSED_ALARM),
    legal=True,
)

_BETWEEN_BODIES = (
    _RETURN,
    replace(
        _RETURN,
        kinds=DENUNCIATION,
        sources=states(State.RECEIVED),
        article="Điều 24 Luật Tố cáo; Thông tư 05/2021/TT-TTCP",
        stops=(
            Step.INITIAL_PROCESSING,
            Step.TRANSFER,
            Step.UNPROCESSED_ALARM,
            Step.REPLY_TO_FORWARDER,
        ),
        starts=(Step.INITIAL_PROCESSING, Step.UNPROCESSED_ALARM, Step.REPLY_TO_FORWARDER),
    ),
    replace(
        _RETURN,
        kinds=SUGGESTION,
        stops=(Step.RESULT_NOTICE, Step.UNPROCESSED_ALARM),
        starts=(Step.RESULT_NOTICE, Step.UNPROCESSED_ALARM),
    ),
)

_WATCH = Transition(
    action=Action.FILE_AND_WATCH,
    kinds=COMPLAINT,
    sources=states(State.CLASSIFIED),
    target=State.FILED,
    roles=INTAKE,
    article="Thông tư 05/2021/TT-TTCP",
    when="Chỉ lưu và theo dõi đơn đã phân loại, chưa xử lý theo hướng khác.",
    checks=(checks.date_to_come,),
    needs=(Need.GROUND, Need.UNTIL),
    takes=(Need.CONTENT,),
    forms=("x:luu-don",),
    adds=marks(Mark.REPLY_AWAITED),
    stops=(Step.ACCEPTANCE_DECISION, Step.UNPROCESSED_ALARM),
    legal=True,
)

_FILED = (
    _WATCH,
    replace(
        _WATCH,
        kinds=DENUNCIATION,
        sources=states(State.RECEIVED, State.INFO_CHECK),
        article="Điều 25 Luật Tố cáo; Thông tư 05/2021/TT-TTCP",
        when="Chỉ lưu và theo dõi đơn tố cáo mới tiếp nhận hoặc đang kiểm tra thông tin.",
        guards=(guards.anonymous,),
        stops=(Step.INITIAL_PROCESSING, Step.TRANSFER, Step.UNPROCESSED_ALARM),
    ),
    replace(_WATCH, kinds=SUGGESTION, stops=(Step.RESULT_NOTICE, Step.UNPROCESSED_ALARM)),
)

_ADVISER = replace(
    _INSIDE,
    action=Action.ENGAGE_ADVISER,
    roles=ASSIGNERS | {Role.CLERK},
    needs=(Need.RECIPIENT,),
    adds=marks(Mark.REPLY_AWAITED),
)

_TEAM = Transition(
    action=Action.FORM_TEAM,
    kinds=COMPLAINT,
    sources=states(State.VERIFYING),
    roles=LEADERS,
    article="Điều 18 Nghị định 124/2020/NĐ-CP",
    when="Chỉ thành lập hoặc thay đổi Đoàn (Tổ) khi đang xác minh.",
    needs=(Need.ASSIGNEE,),
    takes=(Need.DEPUTY, Need.TEAM),
    forms=("nd124:05",),
    legal=True,
)

_DRAFT = Transition(
    action=Action.ASK_DRAFT,
    kinds=COMPLAINT,
    sources=states(State.REPORT_DONE, State.DIALOGUE_PLANNED, State.DIALOGUE_HELD),
    roles=LEADERS,
    article=_OFFICE,
    when="Chỉ giao lập dự thảo khi đã có báo cáo kết quả xác minh và chưa có quyết định.",
    checks=(checks.date_to_come,),
    needs=(Need.RECIPIENT, Need.UNTIL),
    takes=(Need.CONTENT,),
    adds=marks(Mark.REPLY_AWAITED),
    follows=Fact.RECEIVED,
    while_paused=True,
)

_ADVISING = (
    replace(_ADVISER, kinds=COMPLAINT, article="Điều 25 Luật Khiếu nại"),
    replace(_ADVISER, kinds=DENUNCIATION | SUGGESTION),
    _TEAM,
    replace(
        _TEAM,
        kinds=DENUNCIATION,
        article="Điều 31 Luật Tố cáo; Điều 10 Nghị định 31/2019/NĐ-CP",
        checks=(checks.roster_of_two,),
        forms=("nd31:07",),
    ),
    _DRAFT,
    replace(
        _DRAFT,
        kinds=DENUNCIATION,
        sources=states(State.REPORT_DONE),
        when="Chỉ giao lập dự thảo khi đã có báo cáo kết quả xác minh và chưa có kết luận.",
    ),
    replace(
        _DRAFT,
        kinds=SUGGESTION,
        sources=states(State.ASSIGNED, State.MEETING),
        when="Chỉ giao lập dự thảo khi đơn đã giao xử lý và chưa trả lời.",
    ),
)

_ORDER = replace(
    _INSIDE,
    action=Action.ORDER_SUBORDINATE,
    roles=LEADERS,
    article="Thông tư 05/2021/TT-TTCP; Điều 15 Luật Tiếp công dân",
    needs=(Need.RECIPIENT, Need.CONTENT, Need.UNTIL),
    takes=(),
    forms=("x:giao-viec",),
    adds=marks(Mark.REPLY_AWAITED),
    legal=True,
)

_CORRESPONDENCE = (
    _ORDER,
    replace(
        _ORDER,
        action=Action.REPORT_UP,
        article="Thông tư 05/2021/TT-TTCP",
        needs=(Need.RECIPIENT, Need.CONTENT),
        takes=(Need.UNTIL,),
        forms=("x:bao-cao",),
    ),
    replace(
        _INSIDE,
        action=Action.RECORD_REPLY,
        sources=NOT_VOIDED,
        when="Hồ sơ đã hủy do đăng ký nhầm.",
        guards=(guards.after(Mark.REPLY_AWAITED, "Hồ sơ không có việc nào chờ phúc đáp."),),
        checks=(),
        needs=(Need.CONTENT,),
        takes=(Need.DOCUMENT, Need.AWAITED),
    ),
)

OFFICE_ROWS: tuple[Transition, ...] = (
    *_HANDS,
    *_BETWEEN_BODIES,
    *_FILED,
    *_ADVISING,
    *_CORRESPONDENCE,
)
