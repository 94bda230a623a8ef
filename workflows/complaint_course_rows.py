"""What else happens to a complaint: legal effect, second instance, court, standstill, withdrawal, end."""

from __future__ import annotations

from dataclasses import replace

from workflows import checks, effects, guards
from workflows.records import LinkKind
from workflows.transition import (
    COMPLAINT,
    DISPATCH,
    IN_SETTLEMENT,
    INTAKE,
    LEADERS,
    PROCESSING,
    Never,
    Transition,
    by_instance,
    marks,
    states,
)
from workflows.vocabulary import Action, Fact, Mark, Need, Outcome, State, Step

_INTAKE_CLOCKS = (Step.ACCEPTANCE_DECISION, Step.UNPROCESSED_ALARM)
_ONLY_IN_SETTLEMENT = "Chỉ làm khi khiếu nại đã thụ lý và chưa có quyết định giải quyết."

_ENFORCEMENT = Transition(
    action=Action.RECORD_ENFORCEMENT,
    kinds=COMPLAINT,
    outcome=Outcome.PARTLY_ENFORCED,
    sources=states(State.IN_EFFECT),
    roles=PROCESSING,
    article="Khoản 4 Điều 44 Luật Khiếu nại; Điều 31 Nghị định 124/2020/NĐ-CP",
    when="Chỉ ghi nhận khi quyết định đã có hiệu lực pháp luật.",
    needs=(Need.RESULT,),
    takes=(Need.DOCUMENT, *checks.AMOUNTS, Need.REASON),
    follows=Fact.LEGAL_EFFECT,
)

_SECOND_INSTANCE = Transition(
    action=Action.SECOND_INSTANCE,
    kinds=COMPLAINT,
    instance=1,
    sources=states(State.DECIDED),
    target=State.SECOND_INSTANCE,
    roles=INTAKE,
    article="",
    when="Chỉ khiếu nại lần hai khi đã có quyết định lần đầu, hoặc đã thụ lý mà hết thời hạn chưa giải quyết.",
    checks=(checks.window_open_or_obstacle,),
    takes=(Need.OBSTACLE, Need.DOCUMENT),
    stops=(Step.SECOND_COMPLAINT_WINDOW, Step.LEGAL_EFFECT, Step.DIRECT_ENFORCEMENT),
    opens=LinkKind.SECOND_INSTANCE_OF,
)

_COURT = Transition(
    action=Action.GO_TO_COURT,
    kinds=COMPLAINT,
    sources=states(State.DECIDED, State.IN_EFFECT),
    target=State.IN_COURT,
    roles=INTAKE,
    article="Điều 7, khoản 2 Điều 33, Điều 42 Luật Khiếu nại",
    when="Chỉ ghi nhận khởi kiện khi đã có quyết định, hoặc đã thụ lý mà hết thời hạn chưa giải quyết.",
    needs=(Need.COURT,),
    takes=(Need.DOCUMENT,),
    stops=(Step.SECOND_COMPLAINT_WINDOW, Step.LEGAL_EFFECT, Step.DIRECT_ENFORCEMENT),
)

_AFTERWARDS = (
    *by_instance(
        Transition(
            action=Action.TAKE_EFFECT,
            kinds=COMPLAINT,
            sources=states(State.DECIDED),
            target=State.IN_EFFECT,
            roles=DISPATCH,
            article="",
            when="Chỉ ghi nhận khi đã có quyết định giải quyết và chưa có khiếu nại tiếp, khởi kiện.",
            guards=(guards.window_and_effect_over,),
            effects=(effects.begin_effect,),
            stops=(Step.LEGAL_EFFECT, Step.SECOND_COMPLAINT_WINDOW),
            starts=(Step.DIRECT_ENFORCEMENT,),
        ),
        first="Khoản 1 Điều 33, khoản 1 Điều 44 Luật Khiếu nại",
        second="Khoản 2 Điều 44 Luật Khiếu nại",
        discipline="Điều 48, khoản 1 Điều 57 Luật Khiếu nại",
    ),
    Transition(
        action=Action.DIRECT_ENFORCEMENT,
        kinds=COMPLAINT,
        sources=states(State.IN_EFFECT),
        roles=LEADERS,
        article="Điều 31 Nghị định 124/2020/NĐ-CP",
        when="Chỉ chỉ đạo thi hành khi quyết định đã có hiệu lực pháp luật.",
        needs=(Need.ASSIGNEE, Need.DOCUMENT),
        adds=marks(Mark.ENFORCEMENT_DIRECTED),
        stops=(Step.DIRECT_ENFORCEMENT,),
        follows=Fact.LEGAL_EFFECT,
        legal=True,
    ),
    _ENFORCEMENT,
    *(
        replace(_ENFORCEMENT, outcome=outcome, adds=marks(Mark.ENFORCED))
        for outcome in (Outcome.FULLY_ENFORCED, Outcome.NOTHING_TO_ENFORCE)
    ),
    replace(_SECOND_INSTANCE, disciplinary=False, article="Khoản 1 Điều 33 Luật Khiếu nại"),
    replace(_SECOND_INSTANCE, disciplinary=True, article="Điều 48 Luật Khiếu nại"),
    replace(
        _SECOND_INSTANCE,
        sources=states(State.IN_EFFECT),
        article="Điều 9, khoản 1 Điều 33 Luật Khiếu nại",
        checks=(),
        needs=(Need.OBSTACLE, Need.DOCUMENT),
        takes=(),
    ),
    replace(
        _SECOND_INSTANCE,
        sources=IN_SETTLEMENT,
        article="Khoản 1 Điều 33 Luật Khiếu nại; khoản 2 Điều 4 Nghị định 124/2020/NĐ-CP",
        guards=(guards.limit_ended,),
        stops=(Step.SETTLEMENT,),
    ),
    _COURT,
    replace(_COURT, sources=IN_SETTLEMENT, guards=(guards.limit_ended,), stops=(Step.SETTLEMENT,)),
)

_WITHDRAW = Transition(
    action=Action.WITHDRAW,
    kinds=COMPLAINT,
    sources=states(State.RECEIVED, State.CLASSIFIED),
    target=State.TERMINATED,
    roles=LEADERS,
    article="Điều 10, điểm a khoản 2 Điều 11a Luật Khiếu nại",
    when="Chỉ rút khiếu nại khi chưa có quyết định giải quyết và hồ sơ chưa kết thúc.",
    needs=(Need.DOCUMENT,),
    takes=(Need.REASON,),
    forms=("nd124:14a",),
    sets=(Fact.SUSPENSION_DECIDED,),
    stops=(*_INTAKE_CLOCKS, Step.SETTLEMENT),
    starts=(Step.SEND_SUSPENSION_DECISION,),
    legal=True,
    while_paused=True,
)

_STANDSTILL = (
    Transition(
        action=Action.STAY_CONTESTED,
        kinds=COMPLAINT,
        sources=IN_SETTLEMENT,
        roles=LEADERS,
        article="Điều 35 Luật Khiếu nại; Điều 26 Nghị định 124/2020/NĐ-CP",
        when=_ONLY_IN_SETTLEMENT,
        guards=(guards.not_stayed,),
        checks=(checks.stay_within_limit,),
        needs=(Need.REASON, Need.UNTIL),
        forms=("nd124:11",),
        effects=(effects.stay,),
        legal=True,
    ),
    Transition(
        action=Action.LIFT_STAY,
        kinds=COMPLAINT,
        sources=IN_SETTLEMENT,
        roles=LEADERS,
        article="Điều 35 Luật Khiếu nại; Điều 26 Nghị định 124/2020/NĐ-CP",
        when=_ONLY_IN_SETTLEMENT,
        guards=(guards.stayed,),
        needs=(Need.REASON,),
        forms=("nd124:12",),
        effects=(effects.lift,),
        legal=True,
        while_paused=True,
    ),
    Transition(
        action=Action.SUSPEND,
        kinds=COMPLAINT,
        sources=IN_SETTLEMENT,
        roles=LEADERS,
        article="Khoản 1 Điều 11a Luật Khiếu nại; Điều 28b Nghị định 124/2020/NĐ-CP",
        when=_ONLY_IN_SETTLEMENT,
        guards=(guards.complaint_suspension_known,),
        needs=(Need.GROUND, Need.REASON),
        forms=("nd124:14a",),
        sets=(Fact.SUSPENSION_DECIDED,),
        effects=(effects.pause,),
        starts=(Step.SEND_SUSPENSION_DECISION,),
        legal=True,
    ),
    Transition(
        action=Action.RESUME,
        kinds=COMPLAINT,
        sources=IN_SETTLEMENT,
        roles=LEADERS,
        article="Khoản 4 Điều 11a Luật Khiếu nại; khoản 2 Điều 28b Nghị định 124/2020/NĐ-CP",
        when=_ONLY_IN_SETTLEMENT,
        guards=(guards.suspended,),
        needs=(Need.REASON,),
        forms=("nd124:14b",),
        sets=(Fact.SUSPENSION_DECIDED,),
        effects=(effects.resume,),
        starts=(Step.SETTLEMENT, Step.SEND_SUSPENSION_DECISION),
        legal=True,
        while_paused=True,
    ),
    _WITHDRAW,
    replace(
        _WITHDRAW,
        sources=IN_SETTLEMENT,
        effects=(effects.resume, effects.lift),
    ),
    Transition(
        action=Action.WITHDRAW_PART,
        kinds=COMPLAINT,
        sources=IN_SETTLEMENT | states(State.RECEIVED, State.CLASSIFIED),
        roles=INTAKE,
        article="Điều 10 Luật Khiếu nại; Điều 7a Nghị định 124/2020/NĐ-CP",
        when="Chỉ rút khiếu nại khi chưa có quyết định giải quyết và hồ sơ chưa kết thúc.",
        checks=(checks.someone_remains,),
        needs=(Need.WITHDRAWN, Need.DOCUMENT),
        takes=(Need.REMAINING,),
        effects=(effects.shrink,),
        while_paused=True,
    ),
    Transition(
        action=Action.TERMINATE,
        kinds=COMPLAINT,
        sources=IN_SETTLEMENT,
        target=State.TERMINATED,
        roles=LEADERS,
        article="Khoản 2 Điều 11a Luật Khiếu nại; Điều 28b Nghị định 124/2020/NĐ-CP",
        when=_ONLY_IN_SETTLEMENT,
        guards=(guards.complaint_suspension_known,),
        needs=(Need.GROUND, Need.REASON),
        forms=("nd124:14a",),
        sets=(Fact.SUSPENSION_DECIDED,),
        effects=(effects.resume, effects.lift),
        stops=(Step.SETTLEMENT,),
        starts=(Step.SEND_SUSPENSION_DECISION,),
        legal=True,
        while_paused=True,
    ),
    Transition(
        action=Action.SEND_SUSPENSION,
        kinds=COMPLAINT,
        sources=IN_SETTLEMENT | states(State.TERMINATED),
        roles=DISPATCH,
        article="Điều 28b Nghị định 124/2020/NĐ-CP",
        when="Chỉ gửi khi có quyết định tạm đình chỉ, đình chỉ hoặc tiếp tục giải quyết.",
        guards=(guards.suspension_decided,),
        stops=(Step.SEND_SUSPENSION_DECISION,),
        follows=Fact.SUSPENSION_DECIDED,
        while_paused=True,
    ),
)

_END = (
    Transition(
        action=Action.CLOSE,
        kinds=COMPLAINT,
        sources=states(State.IN_EFFECT),
        target=State.CLOSED,
        roles=LEADERS,
        article="Điều 44, Điều 46 Luật Khiếu nại",
        when="Chỉ kết thúc khi quyết định đã có hiệu lực và đã thi hành, hoặc khi lần hai, Tòa án đã giải quyết xong.",
        guards=(guards.enforced,),
        stops=(Step.DIRECT_ENFORCEMENT, Step.SEND_DECISION, Step.PUBLISH_DECISION),
    ),
    Transition(
        action=Action.CLOSE,
        kinds=COMPLAINT,
        sources=states(State.SECOND_INSTANCE, State.IN_COURT),
        target=State.CLOSED,
        roles=LEADERS,
        article="Điều 42, Điều 44 Luật Khiếu nại",
        when="Chỉ kết thúc khi quyết định đã có hiệu lực và đã thi hành, hoặc khi lần hai, Tòa án đã giải quyết xong.",
        needs=(Need.RESULT, Need.DOCUMENT),
        stops=(Step.SEND_DECISION, Step.PUBLISH_DECISION),
    ),
)

COMPLAINT_COURSE_ROWS: tuple[Transition, ...] = (*_AFTERWARDS, *_STANDSTILL, *_END)

COMPLAINT_NEVERS: tuple[Never, ...] = (
    Never(
        actions=frozenset({Action.RECORD_AGREEMENT}),
        kinds=COMPLAINT,
        instance=2,
        disciplinary=False,
        reason="Giải quyết lần hai bắt buộc phải đối thoại, không thay bằng ghi nhận thống nhất.",
        article="Điều 39 Luật Khiếu nại",
    ),
    Never(
        actions=frozenset({Action.RECORD_AGREEMENT}),
        kinds=COMPLAINT,
        disciplinary=True,
        reason="Khiếu nại quyết định kỷ luật bắt buộc phải đối thoại, không thay bằng ghi nhận thống nhất.",
        article="Điều 53, Điều 55 Luật Khiếu nại",
    ),
    Never(
        actions=frozenset({Action.SECOND_INSTANCE}),
        kinds=COMPLAINT,
        instance=2,
        reason="Khiếu nại đã được giải quyết lần hai; nếu không đồng ý thì khởi kiện tại Tòa án.",
        article="Điều 42 Luật Khiếu nại",
    ),
    Never(
        actions=frozenset({Action.EXTEND}),
        kinds=COMPLAINT,
        reason="Thời hạn giải quyết khiếu nại không được gia hạn; vụ việc phức tạp phải ghi tiêu chí trước khi hết hạn.",
        article="Điều 28, Điều 37 Luật Khiếu nại",
    ),
    Never(
        actions=frozenset({Action.CONCLUDE}),
        kinds=COMPLAINT,
        reason="Khiếu nại được giải quyết bằng quyết định, không bằng kết luận nội dung tố cáo.",
        article="Điều 31, Điều 40 Luật Khiếu nại",
    ),
)
