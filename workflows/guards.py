"""The conditions of the law an act must meet.

A *guard* judges the case on the day of the act and so may draw or grey a button; a *check* (see
``workflows.checks``) judges what the person typed as well. Each answers None, or a ``Bar`` with the
reason and its article. The function's name is the code of the refusal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from workflows.casefile import CaseFile
from workflows.vocabulary import (
    Complexity,
    Fact,
    Kind,
    Mark,
    Protection,
)

LAW_136_FROM = date(2026, 7, 1)
"""First day of Law 136/2025/QH15 with Decrees 154, 155 and 156/2026/NĐ-CP."""

EXTENSIONS_ALLOWED: Mapping[Complexity, int] = {
    Complexity.ORDINARY: 0,
    Complexity.COMPLEX: 1,
    Complexity.ESPECIALLY_COMPLEX: 2,
}
"""Extensions of a denunciation's limit (Law on Denunciations, art 30(2)(3))."""


@dataclass(frozen=True, slots=True)
class Bar:
    """Why an act is refused. An empty ``article`` means the act's own; ``field`` names the input."""

    reason: str
    article: str = ""
    field: str | None = None


Guard = Callable[[CaseFile, date], Bar | None]


def spoken(day: date) -> str:
    """``day`` as people write it, dd/mm/yyyy."""
    return f"{day:%d/%m/%Y}"


# --- competence and form ---------------------------------------------------------------------


def competent(case: CaseFile, _on: date) -> Bar | None:
    """The custodian must be competent."""
    if case.competent:
        return None
    return Bar("Vụ việc không thuộc thẩm quyền giải quyết của cơ quan đang giữ đơn.")


def not_competent(case: CaseFile, _on: date) -> Bar | None:
    """Only what belongs elsewhere is sent elsewhere."""
    if not case.competent:
        return None
    return Bar("Vụ việc thuộc thẩm quyền của cơ quan đang giữ đơn nên không chuyển đi nơi khác.")


def complaint_transferable(case: CaseFile, on: date) -> Bar | None:
    """A complaint is transferred only since 2026-07-01 and only when handed in at reception."""
    if not case.at_reception:
        return Bar(
            "Khiếu nại ngoài thẩm quyền không nộp tại buổi tiếp công dân thì hướng dẫn người khiếu nại, không chuyển đơn."
        )
    if on < LAW_136_FROM:
        return Bar(
            f"Trước ngày {spoken(LAW_136_FROM)}, khiếu nại ngoài thẩm quyền chỉ được hướng dẫn, không chuyển đơn."
        )
    return None


def at_reception(case: CaseFile, _on: date) -> Bar | None:
    """A denouncer is guided when he stands at the desk; a letter is transferred."""
    if case.at_reception:
        return None
    return Bar(
        "Đơn tố cáo không thuộc thẩm quyền thì chuyển đến nơi có thẩm quyền, chỉ hướng dẫn người đến trực tiếp."
    )


def forwarded(case: CaseFile, _on: date) -> Bar | None:
    """Only what a body forwarded goes back, or is answered, to that body."""
    if case.forwarded:
        return None
    return Bar("Đơn không do cơ quan, tổ chức, cá nhân nào chuyển đến.")


def owed_a_reply(case: CaseFile, on: date) -> Bar | None:
    """Whoever sent the petition here is told what became of it, inside the system or out of it."""
    return None if Mark.CAME_BY_TRANSFER in case.marks else forwarded(case, on)


def not_guided_before(case: CaseFile, _on: date) -> Bar | None:
    """Guidance is given once for the same content."""
    if Mark.GUIDED_ONCE not in case.marks:
        return None
    return Bar(
        "Người gửi đơn đã được hướng dẫn một lần về nội dung này; việc hướng dẫn chỉ làm một lần."
    )


def mass_formalities(case: CaseFile, _on: date) -> Bar | None:
    """A complaint of many needs all signatures and appointed representatives."""
    if not case.mass:
        return None
    missing = []
    if Mark.ALL_SIGNATURES not in case.marks:
        missing.append("đủ chữ ký của những người khiếu nại")
    if Mark.REPRESENTATIVES_APPOINTED not in case.marks:
        missing.append("văn bản cử người đại diện")
    if not missing:
        return None
    return Bar(
        f"Khiếu nại của {case.group_size} người chưa có {' và '.join(missing)}.",
        "Khoản 1 Điều 16 Nghị định 124/2020/NĐ-CP",
    )


def named(case: CaseFile, _on: date) -> Bar | None:
    """An unnamed denunciation is not accepted under the law, only checked."""
    if not case.anonymous:
        return None
    return Bar(
        "Tố cáo không rõ họ tên, địa chỉ không được thụ lý theo Luật Tố cáo; nếu đủ căn cứ thì kiểm tra thông tin phục vụ quản lý.",
        "Điều 25 Luật Tố cáo",
    )


def anonymous(case: CaseFile, _on: date) -> Bar | None:
    """Only an unnamed denunciation goes the way of art 25."""
    if case.anonymous:
        return None
    return Bar(
        "Tố cáo có họ tên, địa chỉ thì xử lý theo thủ tục tố cáo, không lưu hoặc chỉ kiểm tra thông tin."
    )


# --- the limit -------------------------------------------------------------------------------


def limit_not_ended(case: CaseFile, on: date) -> Bar | None:
    """Lengthening is done before the limit ends."""
    if case.settlement_due is None or on <= case.settlement_due:
        return None
    return Bar(
        f"Thời hạn giải quyết đã hết từ ngày {spoken(case.settlement_due)}; phải làm trước khi hết hạn."
    )


def limit_ended(case: CaseFile, on: date) -> Bar | None:
    """Going over the settler's head needs the settlement limit to have ended."""
    if case.settlement_due is not None and on > case.settlement_due:
        return None
    until = f" (đến hết ngày {spoken(case.settlement_due)})" if case.settlement_due else ""
    return Bar(f"Vụ việc chưa có kết quả và thời hạn giải quyết chưa hết{until}.")


def extension_left(case: CaseFile, _on: date) -> Bar | None:
    """Complex denunciations may be extended once, especially complex ones twice."""
    allowed = EXTENSIONS_ALLOWED[case.complexity]
    if allowed == 0:
        return Bar(
            "Chỉ vụ việc phức tạp hoặc đặc biệt phức tạp mới được gia hạn; phải ghi tiêu chí trước."
        )
    if case.extensions_used < allowed:
        return None
    return Bar(f"Vụ việc đã gia hạn {case.extensions_used} lần, hết số lần được gia hạn.")


def may_be_more_complex(case: CaseFile, _on: date) -> Bar | None:
    """The highest degree of the kind ends the way up."""
    top = Complexity.ESPECIALLY_COMPLEX if case.kind is Kind.DENUNCIATION else Complexity.COMPLEX
    if case.complexity not in (top, Complexity.ESPECIALLY_COMPLEX):
        return None
    return Bar("Vụ việc đã được ghi nhận ở mức phức tạp cao nhất.")


# --- suspension and stay ---------------------------------------------------------------------


def complaint_suspension_known(_case: CaseFile, on: date) -> Bar | None:
    """Art 11a of the Law on Complaints began on 2026-07-01."""
    if on >= LAW_136_FROM:
        return None
    return Bar(
        f"Trước ngày {spoken(LAW_136_FROM)}, Luật Khiếu nại chưa có quy định này (Điều 11a)."
    )


def suspended(case: CaseFile, _on: date) -> Bar | None:
    """Only a suspended settlement is resumed."""
    return None if case.paused_since else Bar("Việc giải quyết không bị tạm đình chỉ.")


def suspension_decided(case: CaseFile, _on: date) -> Bar | None:
    """There must be a decision to send."""
    if case.day(Fact.SUSPENSION_DECIDED):
        return None
    return Bar("Chưa có quyết định tạm đình chỉ, đình chỉ hoặc tiếp tục giải quyết nào để gửi.")


def not_stayed(case: CaseFile, _on: date) -> Bar | None:
    """One stay at a time."""
    if case.stayed_until is None:
        return None
    return Bar(
        f"Quyết định bị khiếu nại đang được tạm đình chỉ thi hành đến ngày {spoken(case.stayed_until)}."
    )


def stayed(case: CaseFile, _on: date) -> Bar | None:
    """Only a stay in force is lifted."""
    return (
        None
        if case.stayed_until
        else Bar("Quyết định bị khiếu nại không bị tạm đình chỉ thi hành.")
    )


# --- dialogue and decision -------------------------------------------------------------------


def dialogue_recorded(case: CaseFile, _on: date) -> Bar | None:
    """Second instance and discipline: no decision without a record of the dialogue."""
    if Mark.DIALOGUE_RECORD in case.marks:
        return None
    return Bar(
        "Chưa có biên bản đối thoại; trường hợp này bắt buộc đối thoại trước khi ra quyết định."
    )


def dialogue_or_agreement(case: CaseFile, _on: date) -> Bar | None:
    """First instance: a dialogue record, or the recorded finding that demand and result agree."""
    if case.marks & {Mark.DIALOGUE_RECORD, Mark.AGREEMENT_FINDING}:
        return None
    return Bar(
        "Chưa có biên bản đối thoại, cũng chưa ghi nhận yêu cầu của người khiếu nại và kết quả xác minh thống nhất với nhau.",
        "Khoản 1 Điều 30 Luật Khiếu nại",
    )


def absence_answered(case: CaseFile, _on: date) -> Bar | None:
    """After an excused absence the dialogue is planned anew before it is held."""
    if Mark.ABSENT_WITH_REASON not in case.marks:
        return None
    return Bar(
        "Người khiếu nại vắng mặt có lý do chính đáng; phải ấn định lại ngày đối thoại trước."
    )


def effect_day(case: CaseFile) -> date | None:
    """First day the decision is in legal effect: art 44's period and the window both over.

    None while a date is missing: the day of service at first instance, or the counted clocks.
    """
    if case.effect_from is None:
        return None
    if case.instance > 1:
        return case.effect_from
    if case.day(Fact.DECISION_RECEIVED) is None or case.window_until is None:
        return None
    return max(case.effect_from, case.window_until + timedelta(days=1))


def window_and_effect_over(case: CaseFile, on: date) -> Bar | None:
    """Legal effect waits for the later of art 44's period and the second-complaint window."""
    first_day = effect_day(case)
    if first_day is None:
        if case.instance == 1 and case.day(Fact.DECISION_RECEIVED) is None:
            return Bar(
                "Chưa ghi ngày người khiếu nại nhận quyết định nên chưa tính được thời hạn khiếu nại lần hai."
            )
        return Bar("Chưa tính được ngày quyết định có hiệu lực.")
    if on >= first_day:
        return None
    return Bar(f"Quyết định chưa có hiệu lực pháp luật; sớm nhất là ngày {spoken(first_day)}.")


def enforced(case: CaseFile, _on: date) -> Bar | None:
    """A decision in effect is closed when its enforcement is reported as done."""
    if Mark.ENFORCED in case.marks:
        return None
    return Bar(
        "Chưa ghi nhận kết quả thi hành quyết định (đã thi hành xong hoặc không có nội dung phải thi hành)."
    )


def decision_issued(case: CaseFile, _on: date) -> Bar | None:
    """What follows a decision needs one: a case may also be escalated because none came in time."""
    if case.day(Fact.DECISION_ISSUED):
        return None
    return Bar("Chưa có quyết định giải quyết.")


def not_served(case: CaseFile, _on: date) -> Bar | None:
    """Service is noted once; a wrong day is corrected, not noted again."""
    served = case.day(Fact.DECISION_RECEIVED)
    if served is None:
        return None
    return Bar(f"Đã ghi ngày nhận quyết định là {spoken(served)}; nếu sai thì đính chính ngày.")


# --- protection ------------------------------------------------------------------------------


def protection_open(case: CaseFile, _on: date) -> Bar | None:
    """A request is new when none is pending or granted."""
    if case.protection not in (Protection.REQUESTED, Protection.ACTIVE):
        return None
    return Bar("Đã có đề nghị bảo vệ đang chờ quyết định hoặc biện pháp bảo vệ đang áp dụng.")


def protection_requested(case: CaseFile, _on: date) -> Bar | None:
    """Only a pending request is decided."""
    if case.protection is Protection.REQUESTED:
        return None
    return Bar("Không có đề nghị bảo vệ nào đang chờ quyết định.")


def protection_active(case: CaseFile, _on: date) -> Bar | None:
    """Only measures in force are changed or ended."""
    if case.protection is Protection.ACTIVE:
        return None
    return Bar("Không có biện pháp bảo vệ nào đang áp dụng.")


# --- once only -------------------------------------------------------------------------------


def not_yet(mark: Mark, reason: str) -> Guard:
    """A guard for what is done once: barred as soon as ``mark`` stands."""

    def guard(case: CaseFile, _on: date) -> Bar | None:
        return Bar(reason) if mark in case.marks else None

    guard.__name__ = f"not_yet_{mark}"
    return guard


def after(mark: Mark, reason: str) -> Guard:
    """A guard for what follows something recorded: barred until ``mark`` stands."""

    def guard(case: CaseFile, _on: date) -> Bar | None:
        return None if mark in case.marks else Bar(reason)

    guard.__name__ = f"after_{mark}"
    return guard
