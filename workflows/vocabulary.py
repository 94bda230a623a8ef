"""The words of the field, as plain values every other room shares.

Members are the English terms of the laws' standard translations; the Vietnamese
wording people see stands in ``petitions.labels``. Values are stored and sent as
they are written here, so a value once released is never renamed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What a petition is in law (the reception desk is ``reception`` in the calculator only)."""

    COMPLAINT = "complaint"
    DENUNCIATION = "denunciation"
    RECOMMENDATION = "recommendation"
    FEEDBACK = "feedback"


class Subkind(StrEnum):
    """Complaints against discipline follow arts 47-58 of the Law on Complaints."""

    DISCIPLINARY = "disciplinary"
    DISCIPLINARY_DISMISSAL = "disciplinary_dismissal"


class Complexity(StrEnum):
    """Ordinary until a criterion is recorded with its document."""

    ORDINARY = "ordinary"
    COMPLEX = "complex"
    ESPECIALLY_COMPLEX = "especially_complex"


class Coarse(StrEnum):
    """The five states every fine state maps to exactly once."""

    RECEIVED = "received"
    ASSIGNED = "assigned"
    DIALOGUE = "dialogue"
    RESOLVED = "resolved"
    ESCALATED = "escalated"


class State(StrEnum):
    """Fine states of all kinds. Suspended, overdue, extended are facts beside them, never states."""

    RECEIVED = "received"
    CLASSIFIED = "classified"
    INFO_CHECK = "info_check"
    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    VERIFYING = "verifying"
    REPORT_DONE = "report_done"
    DIALOGUE_PLANNED = "dialogue_planned"
    DIALOGUE_HELD = "dialogue_held"
    MEETING = "meeting"
    DECIDED = "decided"
    IN_EFFECT = "in_effect"
    CONCLUDED = "concluded"
    HANDLED = "handled"
    PUBLISHED = "published"
    ANSWERED = "answered"
    CLOSED = "closed"
    GUIDED = "guided"
    RETURNED = "returned"
    FILED = "filed"
    NOT_ACCEPTED = "not_accepted"
    NOT_PROCESSED = "not_processed"
    TRANSFERRED = "transferred"
    TERMINATED = "terminated"
    SPLIT = "split"
    JOINED = "joined"
    VOIDED = "voided"
    SECOND_INSTANCE = "second_instance"
    IN_COURT = "in_court"
    FURTHER_REVIEW = "further_review"
    SUPERIOR_SUPERVISION = "superior_supervision"


class Action(StrEnum):
    """Everything that can be done to a case. One action, one event in its ledger."""

    REGISTER = "register"
    IMPORT = "import"
    CLASSIFY = "classify"
    GUIDE = "guide"
    RETURN = "return"
    FILE = "file"
    NOT_PROCESS = "not_process"
    TRANSFER = "transfer"
    TRANSFER_OUT = "transfer_out"
    RETURN_FORWARDED = "return_forwarded"
    FILE_AND_WATCH = "file_and_watch"
    REFUSE = "refuse"
    ACCEPT = "accept"
    ASSIGN = "assign"
    CONFIRM_RECEIPT = "confirm_receipt"
    HAND_OVER = "hand_over"
    PASS_ON = "pass_on"  # noqa: S105
    GIVE_BACK = "give_back"
    CHECK_ANONYMOUS = "check_anonymous"
    ENGAGE_ADVISER = "engage_adviser"
    ASSIGN_VERIFICATION = "assign_verification"
    FORM_TEAM = "form_team"
    MARK_COMPLEX = "mark_complex"
    REPORT = "report"
    ASK_DRAFT = "ask_draft"
    PLAN_DIALOGUE = "plan_dialogue"
    HOLD_DIALOGUE = "hold_dialogue"
    MISS_DIALOGUE = "miss_dialogue"
    RECORD_AGREEMENT = "record_agreement"
    DECIDE = "decide"
    SEND_DECISION = "send_decision"
    RECORD_SERVICE = "record_service"
    PUBLISH_DECISION = "publish_decision"
    TAKE_EFFECT = "take_effect"
    DIRECT_ENFORCEMENT = "direct_enforcement"
    RECORD_ENFORCEMENT = "record_enforcement"
    SECOND_INSTANCE = "second_instance"
    GO_TO_COURT = "go_to_court"
    STAY_CONTESTED = "stay_contested"
    LIFT_STAY = "lift_stay"
    SUSPEND = "suspend"
    RESUME = "resume"
    SEND_SUSPENSION = "send_suspension"
    EXTEND = "extend"
    WITHDRAW = "withdraw"
    WITHDRAW_PART = "withdraw_part"
    TERMINATE = "terminate"
    NOTIFY_ACCEPTANCE = "notify_acceptance"
    NOTIFY_RESULT = "notify_result"
    REPLY_TO_FORWARDER = "reply_to_forwarder"
    CONCLUDE = "conclude"
    SEND_CONCLUSION = "send_conclusion"
    ACT_ON_CONCLUSION = "act_on_conclusion"
    PUBLISH_CONCLUSION = "publish_conclusion"
    FURTHER_DENUNCIATION = "further_denunciation"
    DECIDE_FURTHER = "decide_further"
    DEMAND_REPORT = "demand_report"
    REPORT_ON_DEMAND = "report_on_demand"
    PASS_TO_INVESTIGATORS = "pass_to_investigators"  # noqa: S105
    REQUEST_PROTECTION = "request_protection"
    DECIDE_PROTECTION = "decide_protection"
    REFUSE_PROTECTION = "refuse_protection"
    CHANGE_PROTECTION = "change_protection"
    END_PROTECTION = "end_protection"
    HOLD_MEETING = "hold_meeting"
    ANSWER = "answer"
    URGE = "urge"
    ORDER_SUBORDINATE = "order_subordinate"
    REPORT_UP = "report_up"
    RECORD_REPLY = "record_reply"
    RECORD_MEDIATION = "record_mediation"
    ADD_PAPER = "add_paper"
    SPLIT = "split"
    UNDO_SPLIT = "undo_split"
    JOIN = "join"
    UNDO_JOIN = "undo_join"
    OPEN_IDENTITY = "open_identity"
    GRANT_IDENTITY = "grant_identity"
    END_IDENTITY_GRANT = "end_identity_grant"
    DECLARE_RELATION = "declare_relation"
    CORRECT = "correct"
    CORRECT_DATE = "correct_date"
    RESTATE = "restate"
    CLOSE = "close"
    REOPEN = "reopen"
    VOID = "void"


class Role(StrEnum):
    """The hat a person wears when acting."""

    RECEPTION = "reception"
    CLERK = "clerk"
    OFFICER = "officer"
    SECTION_HEAD = "section_head"
    DEPUTY_HEAD = "deputy_head"
    HEAD = "head"
    INSPECTOR = "inspector"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class Protection(StrEnum):
    """Protection of a denouncer (Law on Denunciations, chapter VI)."""

    NONE = "none"
    REQUESTED = "requested"
    ACTIVE = "active"
    REFUSED = "refused"
    ENDED = "ended"


class Step(StrEnum):
    """The clocks. The calculator knows the first block; the rest are counted for cases only."""

    ACCEPTANCE_DECISION = "acceptance_decision"
    UNPROCESSED_ALARM = "unprocessed_alarm"
    SETTLEMENT = "settlement"
    SEND_DECISION = "send_decision"
    PUBLISH_DECISION = "publish_decision"
    LEGAL_EFFECT = "legal_effect"
    SECOND_COMPLAINT_WINDOW = "second_complaint_window"
    LIMITATION = "limitation"
    DIRECT_ENFORCEMENT = "direct_enforcement"
    DIALOGUE_NOTICE = "dialogue_notice"
    SEND_SUSPENSION_DECISION = "send_suspension_decision"
    INITIAL_PROCESSING = "initial_processing"
    TRANSFER = "transfer"
    REPLY_TO_FORWARDER = "reply_to_forwarder"
    NOTIFY_ACCEPTANCE = "notify_acceptance"
    SEND_CONCLUSION = "send_conclusion"
    ACT_ON_CONCLUSION = "act_on_conclusion"
    PUBLISH_CONCLUSION = "publish_conclusion"
    FURTHER_DENUNCIATION_DECISION = "further_denunciation_decision"
    DEMAND_REPORT = "demand_report"
    RESULT_NOTICE = "result_notice"
    REFUSAL_NOTICE = "refusal_notice"
    SCHEDULE_POSTING = "schedule_posting"
    ONLINE_INVITATION = "online_invitation"
    ONLINE_CONNECTION_TEST = "online_connection_test"
    REPORT_TO_FORWARDER = "report_to_forwarder"
    RELAY_RESULT = "relay_result"

    REPORT_ON_DEMAND = "report_on_demand"
    INTERNAL_SETTLEMENT = "internal_settlement"


class Fact(StrEnum):
    """What clocks start from or stretch by.

    The names are the calculator's; ``assigned`` (starts ``internal_settlement``) and
    ``report_demanded`` (starts ``report_on_demand``) exist for cases only. Values are days, except
    ``suspensions`` (each ``{"from", "resumed"}``, the second absent while it lasts), ``extensions``
    (days each), ``obstacles`` (each ``{"from", "to"}``), ``forwarded_by`` (text), ``competent`` and
    ``multi_place_check`` (yes or no).
    """

    RECEIVED = "received"
    ACCEPTED = "accepted"
    ASSIGNED = "assigned"
    DIALOGUE_ON = "dialogue_on"
    DECISION_ISSUED = "decision_issued"
    DECISION_RECEIVED = "decision_received"
    LEGAL_EFFECT = "legal_effect"
    SETTLEMENT_EXPIRED = "settlement_expired"
    CONTESTED_DECISION_RECEIVED = "contested_decision_received"
    SUSPENSION_DECIDED = "suspension_decided"
    CONCLUSION_ISSUED = "conclusion_issued"
    FURTHER_DENUNCIATION_RECEIVED = "further_denunciation_received"
    OVERDUE_FURTHER_DENUNCIATION_RECEIVED = "overdue_further_denunciation_received"
    REPORT_DEMANDED = "report_demanded"
    SUSPENSIONS = "suspensions"
    EXTENSIONS = "extensions"
    OBSTACLES = "obstacles"
    FORWARDED_BY = "forwarded_by"
    COMPETENT = "competent"
    MULTI_PLACE_CHECK = "multi_place_check"
    REFUSAL_GROUNDS_ESTABLISHED = "refusal_grounds_established"
    RECEPTION_ON = "reception_on"
    ONLINE_RECEPTION_ON = "online_reception_on"
    SETTLED = "settled"
    RESULT_REPORTED = "result_reported"


class Mark(StrEnum):
    """Recorded things a rule asks for. An act adds or drops them; the papers lie elsewhere."""

    ALL_SIGNATURES = "all_signatures"
    REPRESENTATIVES_APPOINTED = "representatives_appointed"
    GUIDED_ONCE = "guided_once"
    IN_TRANSIT = "in_transit"
    ACCEPTANCE_NOTIFIED = "acceptance_notified"
    COMPLEXITY_CRITERION = "complexity_criterion"
    VERIFICATION_REPORT = "verification_report"
    DIALOGUE_RECORD = "dialogue_record"
    ABSENT_WITH_REASON = "absent_with_reason"
    ABSENT_WITHOUT_REASON = "absent_without_reason"
    AGREEMENT_FINDING = "agreement_finding"
    DECISION_SENT = "decision_sent"
    DECISION_PUBLISHED = "decision_published"
    ENFORCEMENT_DIRECTED = "enforcement_directed"
    ENFORCED = "enforced"
    CONCLUSION_SENT = "conclusion_sent"
    REPORT_DEMANDED = "report_demanded"
    WITHDRAWAL_TEST = "withdrawal_test"
    PASSED_TO_INVESTIGATORS = "passed_to_investigators"
    RESULT_NOTIFIED = "result_notified"
    FORWARDER_TOLD = "forwarder_told"
    CAME_BY_TRANSFER = "came_by_transfer"
    CAME_BACK = "came_back"
    REPLY_AWAITED = "reply_awaited"


class Need(StrEnum):
    """Fields an act's payload must or may carry."""

    OUTCOME = "outcome"
    GROUND = "ground"
    REASON = "reason"
    DOCUMENT = "document"
    CONTENT = "content"
    RECIPIENT = "recipient"
    ASSIGNEE = "assignee"
    DEPUTY = "deputy"
    TEAM = "team"
    LEAD = "lead"
    COOPERATING = "cooperating"
    CRITERIA = "criteria"
    COMPLEXITY = "complexity"
    DIALOGUE_ON = "dialogue_on"
    NOTICE_BY = "notice_by"
    FINDING = "finding"
    RESULT = "result"
    FOUND = "found"
    MONEY = "money"
    LAND = "land"
    RETURNED_MONEY = "returned_money"
    RETURNED_LAND = "returned_land"
    BODIES_MONEY = "bodies_money"
    BODIES_LAND = "bodies_land"
    PEOPLE = "people"
    DAYS = "days"
    UNTIL = "until"
    WITHDRAWN = "withdrawn"
    REMAINING = "remaining"
    WITHDRAWAL_TEST = "withdrawal_test"
    OBSTACLE = "obstacle"
    COURT = "court"
    MEASURES = "measures"
    PARTS = "parts"
    INTO = "into"
    AWAITED = "awaited"
    CHANGES = "changes"
    FACT = "fact"
    DAY = "day"
    COMPETENT = "competent"
    MARKS = "marks"
    FIRST_PERSON = "first_person"
    SECOND_PERSON = "second_person"


class Outcome(StrEnum):
    """Where one act has several ends, the payload's ``outcome`` chooses."""

    OPEN = "open"
    CLOSED = "closed"
    WITH_REASON = "with_reason"
    WITHOUT_REASON = "without_reason"
    PARTLY_ENFORCED = "partly_enforced"
    FULLY_ENFORCED = "fully_enforced"
    NOTHING_TO_ENFORCE = "nothing_to_enforce"
    UPHELD = "upheld"
    COMPETENCE_CORRECTED = "competence_corrected"
    RESETTLED = "resettled"
    SETTLEMENT_ORDERED = "settlement_ordered"
    TAKEN_UP = "taken_up"


class WithdrawalTest(StrEnum):
    """Finding of art 33(3), Law on Denunciations: only ``clear`` lets a withdrawal end the case."""

    CLEAR = "clear"
    SIGNS_OF_VIOLATION = "signs_of_violation"
    DURESS = "duress"
    SLANDER = "slander"


class AgencyKind(StrEnum):
    """Kinds of bodies in the tree; the district level ended on 2025-07-01."""

    PROVINCE = "province"
    DEPARTMENT = "department"
    DEPARTMENT_UNIT = "department_unit"
    COMMUNE = "commune"
    COMMUNE_UNIT = "commune_unit"
    SERVICE_UNIT = "service_unit"
    INSPECTORATE = "inspectorate"
    RECEPTION_BOARD = "reception_board"
    ADVISING_UNIT = "advising_unit"
    PARTY_OFFICE = "party_office"
    SECTION = "section"
    FORMER_DISTRICT = "former_district"


class Rank(StrEnum):
    """The standing of a respondent inside his agency."""

    HEAD = "head"
    DEPUTY = "deputy"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, under which hat, and how far that hat reaches.

    ``agency_ids`` is the hat's own agency and every agency below it on the day of sign-in;
    ``province_wide`` lifts that bound; ``denunciation_duty`` is the inspector's named duty for
    denunciations. ``unit_ids`` are the agency and the section the person sits in (used to shut
    the section of a respondent out).
    """

    user_id: int
    hat_id: int
    role: Role
    agency_id: int
    name: str = ""
    section_id: int | None = None
    agency_ids: frozenset[int] = field(default_factory=frozenset)
    unit_ids: frozenset[int] = field(default_factory=frozenset)
    province_wide: bool = False
    denunciation_duty: bool = False
