"""What else happens to a denunciation: further denunciation, standstill, withdrawal, protection, end."""

from __future__ import annotations

from dataclasses import replace

from workflows import checks, effects, guards
from workflows.records import LinkKind
from workflows.transition import (
    DENUNCIATION,
    DISPATCH,
    INTAKE,
    LEADERS,
    NOT_VOIDED,
    PROCESSING,
    RESTORED,
    Never,
    Transition,
    marks,
    states,
)
from workflows.vocabulary import Action, Fact, Mark, Need, Outcome, Protection, State, Step

_INTAKE_CLOCKS = (Step.INITIAL_PROCESSING, Step.TRANSFER, Step.UNPROCESSED_ALARM)
_IN_SETTLEMENT = states(State.ACCEPTED, State.VERIFYING, State.REPORT_DONE)
_CONCLUDED = states(State.CONCLUDED, State.HANDLED, State.PUBLISHED)
_ONLY_IN_SETTLEMENT = "Chỉ làm khi tố cáo đã thụ lý và chưa có kết luận."

_DECIDE_FURTHER = Transition(
    action=Action.DECIDE_FURTHER,
    kinds=DENUNCIATION,
    outcome=Outcome.UPHELD,
    sources=states(State.FURTHER_REVIEW),
    target=RESTORED,
    roles=LEADERS,
    article="Khoản 2 Điều 37 Luật Tố cáo",
    when="Chỉ quyết định khi cấp trên đang xem xét tố cáo tiếp.",
    needs=(Need.REASON, Need.DOCUMENT),
    stops=(Step.FURTHER_DENUNCIATION_DECISION,),
    legal=True,
)

_ENFORCEMENT = Transition(
    action=Action.RECORD_ENFORCEMENT,
    kinds=DENUNCIATION,
    outcome=Outcome.PARTLY_ENFORCED,
    sources=_CONCLUDED,
    roles=PROCESSING,
    article="Khoản 3 Điều 36, Điều 44 Luật Tố cáo",
    when="Chỉ ghi nhận khi đã có kết luận nội dung tố cáo và hồ sơ chưa kết thúc.",
    needs=(Need.RESULT,),
    takes=(Need.DOCUMENT, *checks.AMOUNTS, Need.REASON),
    follows=Fact.CONCLUSION_ISSUED,
)

_CARRIED_OUT = (
    _ENFORCEMENT,
    replace(_ENFORCEMENT, outcome=Outcome.FULLY_ENFORCED, adds=marks(Mark.ENFORCED)),
)

_DECIDE_OVERDUE = replace(
    _DECIDE_FURTHER,
    outcome=Outcome.SETTLEMENT_ORDERED,
    sources=states(State.SUPERIOR_SUPERVISION),
    article="Điều 38 Luật Tố cáo",
    stops=(Step.DEMAND_REPORT, Step.REPORT_ON_DEMAND),
)

_FURTHER = (
    Transition(
        action=Action.FURTHER_DENUNCIATION,
        kinds=DENUNCIATION,
        sources=_CONCLUDED,
        target=State.FURTHER_REVIEW,
        roles=INTAKE,
        article="Điều 37 Luật Tố cáo",
        when="Chỉ tố cáo tiếp khi đã có kết luận, hoặc đã thụ lý mà hết thời hạn chưa giải quyết.",
        needs=(Need.REASON,),
        takes=(Need.DOCUMENT,),
        sets=(Fact.FURTHER_DENUNCIATION_RECEIVED,),
        starts=(Step.FURTHER_DENUNCIATION_DECISION,),
    ),
    Transition(
        action=Action.FURTHER_DENUNCIATION,
        kinds=DENUNCIATION,
        sources=_IN_SETTLEMENT,
        target=State.SUPERIOR_SUPERVISION,
        roles=INTAKE,
        article="Khoản 1 Điều 38 Luật Tố cáo",
        when="Chỉ tố cáo tiếp khi đã có kết luận, hoặc đã thụ lý mà hết thời hạn chưa giải quyết.",
        guards=(guards.limit_ended,),
        takes=(Need.REASON, Need.DOCUMENT),
        sets=(Fact.OVERDUE_FURTHER_DENUNCIATION_RECEIVED,),
        drops=marks(Mark.REPORT_DEMANDED),
        starts=(Step.DEMAND_REPORT,),
    ),
    Transition(
        action=Action.DEMAND_REPORT,
        kinds=DENUNCIATION,
        sources=states(State.SUPERIOR_SUPERVISION),
        roles=LEADERS,
        article="Khoản 2 Điều 38 Luật Tố cáo",
        when="Chỉ yêu cầu báo cáo khi cấp trên đang giám sát vụ việc quá hạn.",
        guards=(guards.not_yet(Mark.REPORT_DEMANDED, "Đã yêu cầu cấp dưới báo cáo."),),
        needs=(Need.CONTENT,),
        forms=("tt05:don-doc",),
        sets=(Fact.REPORT_DEMANDED,),
        adds=marks(Mark.REPORT_DEMANDED),
        stops=(Step.DEMAND_REPORT,),
        starts=(Step.REPORT_ON_DEMAND,),
        legal=True,
    ),
    Transition(
        action=Action.REPORT_ON_DEMAND,
        kinds=DENUNCIATION,
        sources=states(State.SUPERIOR_SUPERVISION),
        roles=LEADERS,
        article="Khoản 3 Điều 38 Luật Tố cáo",
        when="Chỉ báo cáo khi cấp trên đang giám sát vụ việc quá hạn.",
        guards=(guards.after(Mark.REPORT_DEMANDED, "Cấp trên chưa yêu cầu báo cáo."),),
        needs=(Need.DOCUMENT,),
        stops=(Step.REPORT_ON_DEMAND,),
        legal=True,
    ),
    _DECIDE_FURTHER,
    *(
        replace(
            _DECIDE_FURTHER,
            outcome=outcome,
            target=State.CLOSED,
            article=article,
            stops=(
                Step.FURTHER_DENUNCIATION_DECISION,
                Step.ACT_ON_CONCLUSION,
                Step.PUBLISH_CONCLUSION,
                Step.SEND_CONCLUSION,
            ),
            opens=LinkKind.RESETTLES,
        )
        for outcome, article in (
            (Outcome.COMPETENCE_CORRECTED, "Khoản 2 Điều 37 Luật Tố cáo"),
            (Outcome.RESETTLED, "Khoản 2, khoản 3 Điều 37 Luật Tố cáo"),
        )
    ),
    _DECIDE_OVERDUE,
    replace(
        _DECIDE_OVERDUE,
        outcome=Outcome.TAKEN_UP,
        target=State.RECEIVED,
        article="Điều 38 Luật Tố cáo; khoản 3 Điều 5 Nghị định 31/2019/NĐ-CP",
        sets=(Fact.RECEIVED,),
        effects=(effects.start_over, effects.change_hands),
        drops=marks(Mark.VERIFICATION_REPORT),
        stops=(Step.DEMAND_REPORT, Step.REPORT_ON_DEMAND, Step.SETTLEMENT, Step.NOTIFY_ACCEPTANCE),
        starts=(Step.INITIAL_PROCESSING, Step.UNPROCESSED_ALARM),
    ),
)

_STANDSTILL = (
    Transition(
        action=Action.SUSPEND,
        kinds=DENUNCIATION,
        sources=_IN_SETTLEMENT,
        roles=LEADERS,
        article="Khoản 1 Điều 34 Luật Tố cáo",
        when=_ONLY_IN_SETTLEMENT,
        needs=(Need.GROUND, Need.REASON),
        sets=(Fact.SUSPENSION_DECIDED,),
        effects=(effects.pause,),
        starts=(Step.SEND_SUSPENSION_DECISION,),
        legal=True,
    ),
    Transition(
        action=Action.RESUME,
        kinds=DENUNCIATION,
        sources=_IN_SETTLEMENT,
        roles=LEADERS,
        article="Khoản 2 Điều 34 Luật Tố cáo",
        when=_ONLY_IN_SETTLEMENT,
        guards=(guards.suspended,),
        needs=(Need.REASON,),
        effects=(effects.resume,),
        starts=(Step.SETTLEMENT,),
        legal=True,
        while_paused=True,
    ),
    Transition(
        action=Action.WITHDRAW,
        kinds=DENUNCIATION,
        sources=_IN_SETTLEMENT | states(State.RECEIVED),
        target=State.TERMINATED,
        roles=LEADERS,
        article="Điều 33, khoản 3 Điều 34 Luật Tố cáo; Điều 4 Nghị định 31/2019/NĐ-CP",
        when="Chỉ rút tố cáo trước khi có kết luận nội dung tố cáo.",
        checks=(checks.withdrawal_clear,),
        needs=(Need.DOCUMENT, Need.WITHDRAWAL_TEST),
        takes=(Need.REASON,),
        forms=("nd31:03",),
        sets=(Fact.SUSPENSION_DECIDED,),
        effects=(effects.resume,),
        adds=marks(Mark.WITHDRAWAL_TEST),
        stops=(*_INTAKE_CLOCKS, Step.SETTLEMENT),
        starts=(Step.SEND_SUSPENSION_DECISION,),
        legal=True,
        while_paused=True,
    ),
    Transition(
        action=Action.WITHDRAW_PART,
        kinds=DENUNCIATION,
        sources=_IN_SETTLEMENT | states(State.RECEIVED),
        roles=INTAKE,
        article="Khoản 1 Điều 33 Luật Tố cáo; Điều 4 Nghị định 31/2019/NĐ-CP",
        when="Chỉ rút tố cáo trước khi có kết luận nội dung tố cáo.",
        checks=(checks.someone_remains, checks.withdrawal_clear),
        needs=(Need.WITHDRAWN, Need.DOCUMENT, Need.WITHDRAWAL_TEST),
        takes=(Need.REMAINING,),
        forms=("nd31:03",),
        effects=(effects.shrink,),
        adds=marks(Mark.WITHDRAWAL_TEST),
        while_paused=True,
    ),
    Transition(
        action=Action.TERMINATE,
        kinds=DENUNCIATION,
        sources=_IN_SETTLEMENT,
        target=State.TERMINATED,
        roles=LEADERS,
        article="Khoản 3 Điều 34 Luật Tố cáo",
        when=_ONLY_IN_SETTLEMENT,
        needs=(Need.GROUND, Need.REASON),
        sets=(Fact.SUSPENSION_DECIDED,),
        effects=(effects.resume,),
        stops=(Step.SETTLEMENT,),
        starts=(Step.SEND_SUSPENSION_DECISION,),
        legal=True,
        while_paused=True,
    ),
    Transition(
        action=Action.SEND_SUSPENSION,
        kinds=DENUNCIATION,
        sources=_IN_SETTLEMENT | states(State.TERMINATED),
        roles=DISPATCH,
        article="Khoản 4 Điều 34 Luật Tố cáo",
        when="Chỉ gửi khi có quyết định tạm đình chỉ hoặc đình chỉ giải quyết.",
        guards=(guards.suspension_decided,),
        stops=(Step.SEND_SUSPENSION_DECISION,),
        follows=Fact.SUSPENSION_DECIDED,
        while_paused=True,
    ),
    Transition(
        action=Action.PASS_TO_INVESTIGATORS,
        kinds=DENUNCIATION,
        sources=_IN_SETTLEMENT | _CONCLUDED | states(State.RECEIVED, State.INFO_CHECK),
        roles=LEADERS,
        article="Điều 27, khoản 2 Điều 36 Luật Tố cáo",
        when="Chỉ chuyển cơ quan điều tra khi hồ sơ còn đang xử lý hoặc vừa có kết luận.",
        needs=(Need.RECIPIENT, Need.REASON, Need.DOCUMENT),
        adds=marks(Mark.PASSED_TO_INVESTIGATORS),
        legal=True,
        while_paused=True,
    ),
)

_PROTECTION_ROW = Transition(
    action=Action.REQUEST_PROTECTION,
    kinds=DENUNCIATION,
    sources=NOT_VOIDED - states(State.SPLIT, State.JOINED),
    roles=INTAKE,
    article="Điều 50 Luật Tố cáo",
    when="Hồ sơ đã hủy, tách hoặc nhập thì không theo dõi bảo vệ tại đây.",
    guards=(guards.protection_open,),
    needs=(Need.CONTENT,),
    takes=(Need.DOCUMENT,),
    protection=Protection.REQUESTED,
    follows=Fact.RECEIVED,
    while_paused=True,
)

_PROTECTION = (
    _PROTECTION_ROW,
    replace(
        _PROTECTION_ROW,
        action=Action.DECIDE_PROTECTION,
        roles=LEADERS,
        article="Điều 51, Điều 52 Luật Tố cáo",
        guards=(guards.protection_requested,),
        needs=(Need.MEASURES, Need.DOCUMENT),
        takes=(),
        protection=Protection.ACTIVE,
        legal=True,
    ),
    replace(
        _PROTECTION_ROW,
        action=Action.REFUSE_PROTECTION,
        roles=LEADERS,
        article="Điều 51 Luật Tố cáo",
        guards=(guards.protection_requested,),
        needs=(Need.REASON, Need.DOCUMENT),
        takes=(),
        protection=Protection.REFUSED,
        legal=True,
    ),
    replace(
        _PROTECTION_ROW,
        action=Action.CHANGE_PROTECTION,
        roles=LEADERS,
        article="Điều 53 Luật Tố cáo",
        guards=(guards.protection_active,),
        needs=(Need.MEASURES, Need.DOCUMENT),
        takes=(),
        protection=Protection.ACTIVE,
        legal=True,
    ),
    replace(
        _PROTECTION_ROW,
        action=Action.END_PROTECTION,
        roles=LEADERS,
        article="Điều 54 Luật Tố cáo",
        guards=(guards.protection_active,),
        needs=(Need.REASON, Need.DOCUMENT),
        takes=(),
        protection=Protection.ENDED,
        legal=True,
    ),
)

_END = (
    Transition(
        action=Action.CLOSE,
        kinds=DENUNCIATION,
        sources=states(State.PUBLISHED),
        target=State.CLOSED,
        roles=LEADERS,
        article="Điều 44 Luật Tố cáo",
        when="Chỉ kết thúc khi đã công khai kết luận, hoặc đã kiểm tra xong thông tin.",
        needs=(Need.RESULT,),
        stops=(Step.SEND_CONCLUSION, Step.REPORT_TO_FORWARDER, Step.REPLY_TO_FORWARDER),
    ),
    Transition(
        action=Action.CLOSE,
        kinds=DENUNCIATION,
        sources=states(State.INFO_CHECK),
        target=State.CLOSED,
        roles=LEADERS,
        article="Khoản 2 Điều 25 Luật Tố cáo",
        when="Chỉ kết thúc khi đã công khai kết luận, hoặc đã kiểm tra xong thông tin.",
        needs=(Need.RESULT,),
        stops=(Step.REPLY_TO_FORWARDER,),
    ),
)

DENUNCIATION_COURSE_ROWS: tuple[Transition, ...] = (
    *_CARRIED_OUT,
    *_FURTHER,
    *_STANDSTILL,
    *_PROTECTION,
    *_END,
)

DENUNCIATION_NEVERS: tuple[Never, ...] = (
    Never(
        actions=frozenset(
            {
                Action.PLAN_DIALOGUE,
                Action.HOLD_DIALOGUE,
                Action.MISS_DIALOGUE,
                Action.RECORD_AGREEMENT,
                Action.HOLD_MEETING,
                Action.RECORD_MEDIATION,
            }
        ),
        kinds=DENUNCIATION,
        reason="Giải quyết tố cáo không có đối thoại, gặp mặt hay hòa giải giữa các bên; phải giữ bí mật người tố cáo.",
        article="Điều 56 Luật Tố cáo",
    ),
    Never(
        actions=frozenset({Action.DECIDE}),
        kinds=DENUNCIATION,
        reason="Tố cáo được giải quyết bằng kết luận nội dung tố cáo, không bằng quyết định giải quyết khiếu nại.",
        article="Điều 35 Luật Tố cáo",
    ),
    Never(
        actions=frozenset({Action.SECOND_INSTANCE}),
        kinds=DENUNCIATION,
        reason="Tố cáo không có lần hai; không đồng ý với việc giải quyết thì tố cáo tiếp lên cấp trên.",
        article="Điều 37, Điều 38 Luật Tố cáo",
    ),
)
