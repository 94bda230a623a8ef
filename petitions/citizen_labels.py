"""What a citizen reads about a petition: plain words that are the same whatever kind of petition it is.

States only one kind of petition knows share their words with states of the others, so that neither
slip nor look-up tells a denunciation from a complaint (Law on Denunciations art 56).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from workflows.satisfaction import Topic
from workflows.vocabulary import AgencyKind, State, Step


class Phase(StrEnum):
    """How far a petition is, for the person who sent it."""

    RECEIVED = "received"
    LOOKED_AT = "looked_at"
    IN_WORK = "in_work"
    RESULT = "result"
    FURTHER = "further"
    ENDED = "ended"
    ANSWERED_OTHERWISE = "answered_otherwise"
    SENT_ON = "sent_on"
    ANOTHER_FILE = "another_file"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Told:
    """Where it stands and what comes next, one sentence each."""

    state: str
    then: str


PHASES: Mapping[State, Phase] = {
    State.RECEIVED: Phase.RECEIVED,
    State.CLASSIFIED: Phase.LOOKED_AT,
    State.INFO_CHECK: Phase.LOOKED_AT,
    State.ASSIGNED: Phase.IN_WORK,
    State.ACCEPTED: Phase.IN_WORK,
    State.VERIFYING: Phase.IN_WORK,
    State.REPORT_DONE: Phase.IN_WORK,
    State.DIALOGUE_PLANNED: Phase.IN_WORK,
    State.DIALOGUE_HELD: Phase.IN_WORK,
    State.MEETING: Phase.IN_WORK,
    State.DECIDED: Phase.RESULT,
    State.IN_EFFECT: Phase.RESULT,
    State.CONCLUDED: Phase.RESULT,
    State.HANDLED: Phase.RESULT,
    State.PUBLISHED: Phase.RESULT,
    State.ANSWERED: Phase.RESULT,
    State.SECOND_INSTANCE: Phase.FURTHER,
    State.IN_COURT: Phase.FURTHER,
    State.FURTHER_REVIEW: Phase.FURTHER,
    State.SUPERIOR_SUPERVISION: Phase.FURTHER,
    State.CLOSED: Phase.ENDED,
    State.GUIDED: Phase.ANSWERED_OTHERWISE,
    State.RETURNED: Phase.ANSWERED_OTHERWISE,
    State.FILED: Phase.ANSWERED_OTHERWISE,
    State.NOT_ACCEPTED: Phase.ANSWERED_OTHERWISE,
    State.NOT_PROCESSED: Phase.ANSWERED_OTHERWISE,
    State.TERMINATED: Phase.ANSWERED_OTHERWISE,
    State.TRANSFERRED: Phase.SENT_ON,
    State.SPLIT: Phase.ANOTHER_FILE,
    State.JOINED: Phase.ANOTHER_FILE,
    State.VOIDED: Phase.ASK,
}

TOLD: Mapping[Phase, Told] = {
    Phase.RECEIVED: Told(
        "Đơn đã được tiếp nhận.",
        "Cơ quan đọc đơn và cho ông (bà) biết đơn được giải quyết ở đâu.",
    ),
    Phase.LOOKED_AT: Told(
        "Cơ quan đang xem xét đơn.",
        "Cơ quan cho ông (bà) biết có nhận giải quyết đơn hay không.",
    ),
    Phase.IN_WORK: Told(
        "Đơn đang được giải quyết.",
        "Cơ quan tìm hiểu sự việc rồi trả lời. Nếu cần gặp, cơ quan sẽ mời ông (bà).",
    ),
    Phase.RESULT: Told(
        "Đã có kết quả giải quyết.",
        "Nếu chưa nhận được kết quả, hãy hỏi nơi đang giữ đơn.",
    ),
    Phase.FURTHER: Told(
        "Vụ việc đang được cơ quan khác xem xét tiếp.",
        "Cơ quan đang xem xét sẽ báo kết quả cho ông (bà).",
    ),
    Phase.ENDED: Told(
        "Việc giải quyết đơn đã kết thúc.",
        "Nếu chưa nhận được kết quả, hãy hỏi nơi đang giữ đơn.",
    ),
    Phase.ANSWERED_OTHERWISE: Told(
        "Việc xử lý đơn đã kết thúc.",
        "Muốn biết rõ lý do và làm gì tiếp, hãy hỏi nơi đang giữ đơn.",
    ),
    Phase.SENT_ON: Told(
        "Đơn đã được chuyển đến cơ quan khác để giải quyết.",
        "Hãy hỏi nơi đã nhận đơn của ông (bà) để biết đơn chuyển đến đâu.",
    ),
    Phase.ANOTHER_FILE: Told(
        "Đơn được giải quyết trong một hồ sơ khác.",
        "Hãy hỏi nơi đã nhận đơn để được đưa phiếu mới.",
    ),
    Phase.ASK: Told(
        "Hồ sơ này không còn dùng.",
        "Hãy mang phiếu đến nơi đã nhận đơn để được đưa phiếu đúng.",
    ),
}

_TAKEN_UP = "Cơ quan trả lời có nhận giải quyết hay không, chậm nhất ngày"
OWED: Mapping[Step, str] = {
    Step.ACCEPTANCE_DECISION: _TAKEN_UP,
    Step.INITIAL_PROCESSING: _TAKEN_UP,
    Step.SETTLEMENT: "Cơ quan trả lời kết quả, chậm nhất ngày",
}
"""The law's days a citizen waits for. Of clocks only one kind has, those with a counterpart in the others
are told, in the same words; the office's own never are."""
MEETING = "Cơ quan mời ông (bà) đến làm việc ngày"
"""A dialogue or a meeting; the one word for both says nothing of the kind."""
PAUSED = "Việc giải quyết đang tạm dừng. Khi làm tiếp, cơ quan báo cho ông (bà) và tính lại ngày trả lời."
NO_DAY = "Chưa có ngày trả lời. Cơ quan sẽ báo cho ông (bà)."
LATE = (
    "Ngày này đã qua. Hãy hỏi nơi đang giữ đơn. Nếu vẫn không có trả lời, hãy hỏi cơ quan cấp trên "
    "của nơi đó hoặc đến Trụ sở tiếp công dân của tỉnh."
)
UNNAMED = frozenset({AgencyKind.INSPECTORATE, AgencyKind.PARTY_OFFICE})
"""Bodies that are not named as holders: what lies with them is seldom a complaint at first instance, so
the name alone would say something. The body that received the petition stands in for them."""

QUESTIONS: Mapping[Topic, tuple[str, str]] = {
    Topic.SPIRIT: ("Tinh thần phục vụ", "Cán bộ có sẵn lòng giúp không?"),
    Topic.ATTITUDE: ("Thái độ", "Cán bộ có lịch sự, dễ gần không?"),
    Topic.RESPONSIBILITY: ("Trách nhiệm", "Cán bộ có làm đến nơi đến chốn không?"),
    Topic.TIMELINESS: ("Thời gian", "Việc có được làm đúng hẹn không?"),
    Topic.QUALITY: ("Chất lượng", "Trả lời có rõ ràng, đầy đủ không?"),
}
SCALE: Mapping[int, str] = {1: "Rất kém", 2: "Kém", 3: "Bình thường", 4: "Tốt", 5: "Rất tốt"}
