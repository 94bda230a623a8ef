"""Acts every kind of case knows: entering the register, custody, notes, corrections, splitting, ends."""

from __future__ import annotations

from dataclasses import replace

from workflows import checks, effects, guards
from workflows.records import LinkKind
from workflows.transition import (
    ASSIGNERS,
    COMPLAINT,
    DENUNCIATION,
    DISPATCH,
    EVERY_CLOCK,
    EVERY_KIND,
    FINAL,
    INTAKE,
    LEADERS,
    NOT_VOIDED,
    OPEN,
    OVERSEERS,
    PROCESSING,
    RESTORED,
    SUGGESTION,
    Transition,
    marks,
    states,
)
from workflows.vocabulary import Action, Fact, Mark, Need, Outcome, Role, State, Step

_REGISTER = Transition(
    action=Action.REGISTER,
    kinds=EVERY_KIND,
    sources=frozenset({None}),
    target=State.RECEIVED,
    roles=INTAKE,
    article="",
    when="Hồ sơ đã được đăng ký.",
    takes=(Need.COMPETENT, Need.MARKS),
    sets=(Fact.RECEIVED,),
    effects=(effects.judge_competence, effects.note_marks),
)

_IMPORT = replace(
    _REGISTER,
    action=Action.IMPORT,
    outcome=Outcome.OPEN,
    roles=frozenset({Role.ADMIN}),
    article="Sổ theo dõi của cơ quan",
)

_CONFIRM_RECEIPT = Transition(
    action=Action.CONFIRM_RECEIPT,
    kinds=EVERY_KIND,
    sources=states(State.RECEIVED),
    roles=INTAKE,
    article="Điều 27 Luật Tiếp công dân; Điều 147 Bộ luật Dân sự",
    when="Chỉ xác nhận khi đơn vừa được chuyển đến và chưa xử lý.",
    guards=(guards.after(Mark.IN_TRANSIT, "Đơn không đang trên đường chuyển đến."),),
    takes=(Need.COMPETENT,),
    sets=(Fact.RECEIVED,),
    effects=(effects.judge_competence,),
    drops=marks(Mark.IN_TRANSIT),
)

_STARTS_OF_KIND = (
    (
        COMPLAINT,
        (Step.ACCEPTANCE_DECISION, Step.UNPROCESSED_ALARM, Step.LIMITATION),
        "Thông tư 05/2021/TT-TTCP; Điều 8 Luật Khiếu nại",
    ),
    (
        DENUNCIATION,
        (
            Step.INITIAL_PROCESSING,
            Step.TRANSFER,
            Step.UNPROCESSED_ALARM,
            Step.REPLY_TO_FORWARDER,
        ),
        "Điều 23, Điều 24 Luật Tố cáo",
    ),
    (
        SUGGESTION,
        (Step.RESULT_NOTICE, Step.UNPROCESSED_ALARM),
        "Điều 25, Điều 28 Luật Tiếp công dân",
    ),
)

ENTRY_ROWS: tuple[Transition, ...] = (
    *(
        replace(_REGISTER, kinds=kinds, starts=starts, article=article)
        for kinds, starts, article in _STARTS_OF_KIND
    ),
    *(replace(_IMPORT, kinds=kinds, starts=starts) for kinds, starts, _ in _STARTS_OF_KIND),
    replace(_IMPORT, outcome=Outcome.CLOSED, target=State.CLOSED, sets=()),
    *(
        replace(_CONFIRM_RECEIPT, kinds=kinds, starts=tuple(starts))
        for kinds, starts in (
            (kinds, [step for step in starts if step is not Step.LIMITATION])
            for kinds, starts, _ in _STARTS_OF_KIND
        )
    ),
    Transition(
        action=Action.ASSIGN,
        kinds=COMPLAINT | DENUNCIATION,
        sources=OPEN,
        roles=ASSIGNERS,
        article="Thông tư 05/2021/TT-TTCP",
        when="Hồ sơ đã kết thúc; muốn làm tiếp phải mở lại.",
        needs=(Need.ASSIGNEE,),
        takes=(Need.CONTENT,),
        follows=Fact.RECEIVED,
        while_paused=True,
    ),
)

_BESIDE = Transition(
    action=Action.NOTIFY_RESULT,
    kinds=EVERY_KIND,
    sources=NOT_VOIDED,
    roles=INTAKE,
    article="Khoản 1 Điều 28 Luật Tiếp công dân",
    when="Hồ sơ đã hủy do đăng ký nhầm.",
    guards=(guards.not_yet(Mark.RESULT_NOTIFIED, "Đã thông báo kết quả xử lý đơn."),),
    needs=(Need.CONTENT,),
    takes=(Need.DOCUMENT,),
    adds=marks(Mark.RESULT_NOTIFIED),
    stops=(Step.RESULT_NOTICE,),
    follows=Fact.RECEIVED,
    while_paused=True,
)

_RENOTE = replace(_BESIDE, guards=(), adds=frozenset(), stops=(), takes=())

NOTE_ROWS: tuple[Transition, ...] = (
    _BESIDE,
    replace(
        _BESIDE,
        action=Action.REPLY_TO_FORWARDER,
        roles=DISPATCH,
        article="Khoản 2 Điều 27 Luật Tiếp công dân; khoản 2 Điều 66 Luật Khiếu nại; khoản 2 Điều 26 Luật Tố cáo",
        guards=(guards.owed_a_reply,),
        adds=marks(Mark.FORWARDER_TOLD),
        stops=(Step.REPLY_TO_FORWARDER, Step.REPORT_TO_FORWARDER),
    ),
    replace(
        _RENOTE,
        action=Action.ADD_PAPER,
        roles=INTAKE | {Role.INSPECTOR},
        article="Điều 12, Điều 15 Luật Khiếu nại; Điều 9, Điều 11 Luật Tố cáo; Điều 15 Nghị định 154/2026/NĐ-CP",
        needs=(Need.DOCUMENT,),
        takes=(Need.MARKS,),
        effects=(effects.note_marks,),
    ),
    replace(
        _RENOTE,
        action=Action.RECORD_MEDIATION,
        kinds=COMPLAINT | SUGGESTION,
        sources=OPEN,
        article="Luật Hòa giải ở cơ sở 35/2013/QH13",
        when="Hồ sơ đã kết thúc; muốn làm tiếp phải mở lại.",
        needs=(Need.RESULT,),
        takes=(Need.DOCUMENT,),
    ),
    replace(
        _RENOTE,
        action=Action.URGE,
        sources=OPEN,
        roles=OVERSEERS,
        article="Thông tư 05/2021/TT-TTCP; Điều 15 Luật Tiếp công dân",
        when="Hồ sơ đã kết thúc nên không còn việc để đôn đốc.",
        needs=(Need.RECIPIENT, Need.CONTENT),
        forms=("tt05:don-doc",),
        legal=True,
    ),
    replace(
        _RENOTE,
        action=Action.HAND_OVER,
        sources=OPEN,
        roles=ASSIGNERS | {Role.ADMIN},
        article="Quy chế làm việc của cơ quan",
        when="Hồ sơ đã kết thúc nên không cần bàn giao.",
        needs=(Need.ASSIGNEE, Need.REASON),
    ),
    replace(
        _RENOTE,
        action=Action.OPEN_IDENTITY,
        kinds=DENUNCIATION,
        roles=INTAKE | {Role.INSPECTOR},
        article="Điều 56 Luật Tố cáo; khoản 2 Điều 12 Nghị định 154/2026/NĐ-CP",
        guards=(guards.named,),
        needs=(Need.REASON,),
    ),
    *(
        replace(
            _RENOTE,
            action=action,
            kinds=DENUNCIATION,
            roles=frozenset({Role.HEAD}),
            article="Điều 56 Luật Tố cáo",
            needs=(Need.ASSIGNEE, Need.REASON),
        )
        for action in (Action.GRANT_IDENTITY, Action.END_IDENTITY_GRANT)
    ),
    replace(
        _RENOTE,
        action=Action.DECLARE_RELATION,
        roles=INTAKE | {Role.INSPECTOR},
        article="Khoản 2 Điều 5 Nghị định 31/2019/NĐ-CP; Quy chế làm việc của cơ quan",
        needs=(Need.ASSIGNEE, Need.REASON),
    ),
    replace(
        _RENOTE,
        action=Action.CORRECT,
        article="Quy chế làm việc của cơ quan",
        checks=(checks.something_corrected,),
        needs=(Need.REASON,),
        takes=(Need.CHANGES, Need.COMPETENT, Need.MARKS),
        effects=(effects.judge_competence, effects.note_marks),
    ),
    replace(
        _RENOTE,
        action=Action.CORRECT_DATE,
        roles=PROCESSING | {Role.CLERK},
        article="Điều 147 Bộ luật Dân sự",
        checks=(checks.date_in_order,),
        needs=(Need.FACT, Need.DAY, Need.REASON),
        effects=(effects.correct_day,),
    ),
    replace(
        _RENOTE,
        action=Action.RESTATE,
        sources=OPEN,
        roles=frozenset({Role.ADMIN}),
        article="Điều 148 Bộ luật Dân sự",
        when="Hồ sơ đã kết thúc nên các mốc thời hạn giữ nguyên.",
        needs=(Need.REASON,),
    ),
)

_MERGEABLE = states(
    State.RECEIVED,
    State.CLASSIFIED,
    State.ASSIGNED,
    State.ACCEPTED,
    State.VERIFYING,
    State.REPORT_DONE,
)
_UNDONE = states(State.SPLIT, State.JOINED, State.VOIDED)

END_ROWS: tuple[Transition, ...] = (
    Transition(
        action=Action.SPLIT,
        kinds=EVERY_KIND,
        sources=states(State.RECEIVED, State.CLASSIFIED),
        target=State.SPLIT,
        roles=INTAKE,
        article="Khoản 3 Điều 25 Luật Tiếp công dân; khoản 4 Điều 14 Nghị định 154/2026/NĐ-CP",
        when="Chỉ tách đơn có nhiều nội dung khi chưa thụ lý, chưa giao xử lý.",
        needs=(Need.PARTS, Need.REASON),
        stops=EVERY_CLOCK,
        opens=LinkKind.SPLIT_FROM,
    ),
    Transition(
        action=Action.UNDO_SPLIT,
        kinds=EVERY_KIND,
        sources=states(State.SPLIT),
        target=RESTORED,
        roles=ASSIGNERS,
        article="Quy chế làm việc của cơ quan",
        when="Chỉ hoàn tác khi hồ sơ đã tách.",
        needs=(Need.REASON,),
    ),
    Transition(
        action=Action.JOIN,
        kinds=EVERY_KIND,
        sources=_MERGEABLE,
        target=State.JOINED,
        roles=PROCESSING,
        article="Thông tư 05/2021/TT-TTCP",
        when="Chỉ nhập hồ sơ chưa có kết quả giải quyết và không đang đối thoại.",
        needs=(Need.INTO, Need.REASON),
        stops=EVERY_CLOCK,
    ),
    Transition(
        action=Action.UNDO_JOIN,
        kinds=EVERY_KIND,
        sources=states(State.JOINED),
        target=RESTORED,
        roles=PROCESSING,
        article="Quy chế làm việc của cơ quan",
        when="Chỉ hoàn tác khi hồ sơ đã nhập vào hồ sơ khác.",
        needs=(Need.REASON,),
    ),
    Transition(
        action=Action.REOPEN,
        kinds=EVERY_KIND,
        sources=FINAL - _UNDONE,
        target=RESTORED,
        roles=LEADERS,
        article="Điều 9, Điều 11 Luật Khiếu nại; Thông tư 05/2021/TT-TTCP",
        when="Chỉ mở lại hồ sơ đã kết thúc.",
        needs=(Need.REASON,),
        takes=(Need.DOCUMENT,),
        effects=(effects.receive_again,),
        legal=True,
    ),
    Transition(
        action=Action.REOPEN,
        kinds=COMPLAINT,
        sources=states(State.SECOND_INSTANCE, State.IN_COURT),
        target=RESTORED,
        roles=LEADERS,
        article="Điều 10, Điều 42 Luật Khiếu nại",
        when="Chỉ mở lại hồ sơ đã kết thúc.",
        needs=(Need.REASON, Need.DOCUMENT),
        legal=True,
    ),
    Transition(
        action=Action.VOID,
        kinds=EVERY_KIND,
        sources=NOT_VOIDED,
        target=State.VOIDED,
        roles=ASSIGNERS,
        article="Quy chế làm việc của cơ quan",
        when="Hồ sơ đã hủy.",
        checks=(checks.two_persons,),
        needs=(Need.REASON, Need.FIRST_PERSON, Need.SECOND_PERSON),
        effects=(effects.resume, effects.lift),
        stops=EVERY_CLOCK,
        while_paused=True,
    ),
)
