"""The conditions of the law that speak of what the person typed. Each answers None or a ``Bar``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date

from workflows.casefile import CaseFile
from workflows.guards import Bar, spoken
from workflows.records import findings_of
from workflows.vocabulary import Complexity, Fact, Kind, Need, WithdrawalTest

Given = Mapping[str, object]
Check = Callable[[CaseFile, date, Given], Bar | None]

EXTENSION_DAYS_MAX = 30
"""Longest single extension, days (Law on Denunciations, art 30(2)(3))."""

CRITERIA_NEEDED: Mapping[Complexity, int] = {
    Complexity.COMPLEX: 1,
    Complexity.ESPECIALLY_COMPLEX: 2,
}
"""Recorded criteria for each degree (Decree 31/2019 art 3; Decree 124/2020 art 3a)."""

TEAM_MIN = 2
"""Least members of a verification team (Decree 31/2019 art 10)."""


AMOUNTS = (
    Need.MONEY, Need.LAND, Need.RETURNED_MONEY, Need.RETURNED_LAND,
    Need.BODIES_MONEY, Need.BODIES_LAND, Need.PEOPLE,
)  # fmt: skip
"""Needs that hold what a decision orders, or what was carried out of it."""


def finding_fits(case: CaseFile, _on: date, given: Given) -> Bar | None:
    """The finding is one a decision of this instance can have."""
    if given[Need.FOUND] in findings_of(case.kind, case.instance):
        return None
    return Bar(
        "Giải quyết lần hai thì công nhận, sửa hoặc hủy quyết định lần đầu; các trường hợp khác kết luận đúng, đúng một phần hoặc sai.",
        field=Need.FOUND,
    )


def something_corrected(_case: CaseFile, _on: date, given: Given) -> Bar | None:
    """A correction corrects something: a field, competence, or what the papers show."""
    if any(
        given.get(need) not in (None, {}, []) for need in (Need.CHANGES, Need.COMPETENT, Need.MARKS)
    ):
        return None
    return Bar("Chưa sửa mục nào.", field=Need.CHANGES)


def given_day(given: Given, need: Need) -> date:
    """The day typed for ``need``; ``TypeError`` when the payload's shape was not validated."""
    value = given[need]
    if not isinstance(value, date):
        raise TypeError(f"{need} must be a date, got {value!r}")
    return value


def given_many(given: Given, need: Need) -> frozenset[object]:
    """The distinct entries typed for ``need``; ``TypeError`` when it is no list."""
    value = given[need]
    if isinstance(value, str) or not isinstance(value, Collection):
        raise TypeError(f"{need} must be a list, got {value!r}")
    return frozenset(value)


def given_number(given: Given, need: Need) -> int:
    """The whole number typed for ``need``; ``TypeError`` when it is none."""
    value = given[need]
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{need} must be a whole number, got {value!r}")
    return value


def new_complexity(case: CaseFile, given: Given) -> Complexity:
    """The degree an act of marking leads to: a complaint has only one above ordinary."""
    if case.kind is Kind.DENUNCIATION:
        return Complexity(str(given[Need.COMPLEXITY]))
    return Complexity.COMPLEX


def criteria_suffice(case: CaseFile, _on: date, given: Given) -> Bar | None:
    """Complex: one criterion. Especially complex: two or more. Never downwards."""
    degree = new_complexity(case, given)
    needed = CRITERIA_NEEDED.get(degree)
    if needed is None or degree is case.complexity:
        return Bar("Chọn mức phức tạp cao hơn mức hiện tại.", field=Need.COMPLEXITY)
    found = len(given_many(given, Need.CRITERIA))
    if found >= needed:
        return None
    return Bar(f"Cần ít nhất {needed} tiêu chí, mới ghi {found}.", field=Need.CRITERIA)


def verifier_named(_case: CaseFile, _on: date, given: Given) -> Bar | None:
    """Somebody verifies: a person, a team, or another agency in the lead."""
    if any(given.get(need) for need in (Need.ASSIGNEE, Need.TEAM, Need.LEAD)):
        return None
    return Bar("Chọn người xác minh, hoặc cơ quan chủ trì xác minh.", field=Need.ASSIGNEE)


def team_of_two(_case: CaseFile, _on: date, given: Given) -> Bar | None:
    """A verification team has two members or more; an agency in the lead may form it later."""
    if given.get(Need.LEAD) and not given.get(Need.TEAM):
        return None
    return _two(_people(given, Need.TEAM), Need.TEAM)


def roster_of_two(_case: CaseFile, _on: date, given: Given) -> Bar | None:
    """A roster counts its leader, the deputy and the members."""
    return _two(_people(given, Need.ASSIGNEE, Need.DEPUTY, Need.TEAM), Need.TEAM)


def _people(given: Given, *needs: Need) -> set[object]:
    found: set[object] = set()
    for need in needs:
        value = given.get(need)
        if value:
            found |= {value} if isinstance(value, str) else given_many(given, need)
    return found


def _two(people: set[object], field: Need) -> Bar | None:
    if len(people) >= TEAM_MIN:
        return None
    return Bar(f"Đoàn (Tổ) xác minh phải có ít nhất {TEAM_MIN} người.", field=field)


def dialogue_notice_in_time(_case: CaseFile, on: date, given: Given) -> Bar | None:
    """The notice precedes the dialogue; ``notice_by``, if given, is the last legal day for it."""
    held = given_day(given, Need.DIALOGUE_ON)
    if held < on:
        return Bar("Ngày đối thoại không được trước ngày thông báo.", field=Need.DIALOGUE_ON)
    if given.get(Need.NOTICE_BY) is None:
        return None
    latest = given_day(given, Need.NOTICE_BY)
    if on <= latest:
        return None
    return Bar(
        f"Đối thoại ngày {spoken(held)} thì phải thông báo chậm nhất ngày {spoken(latest)}.",
        field=Need.DIALOGUE_ON,
    )


def extension_length(_case: CaseFile, _on: date, given: Given) -> Bar | None:
    """One extension is between 1 and 30 days."""
    if 1 <= given_number(given, Need.DAYS) <= EXTENSION_DAYS_MAX:
        return None
    return Bar(f"Mỗi lần gia hạn từ 1 đến {EXTENSION_DAYS_MAX} ngày.", field=Need.DAYS)


def stay_within_limit(case: CaseFile, on: date, given: Given) -> Bar | None:
    """A stay lasts no longer than what is left of the settlement limit."""
    until = given_day(given, Need.UNTIL)
    if until < on:
        return Bar(
            "Ngày hết tạm đình chỉ thi hành không được trước ngày quyết định.", field=Need.UNTIL
        )
    if case.settlement_due is None or until <= case.settlement_due:
        return None
    return Bar(
        f"Thời gian tạm đình chỉ thi hành không vượt quá thời hạn giải quyết còn lại (đến {spoken(case.settlement_due)}).",
        field=Need.UNTIL,
    )


def date_to_come(_case: CaseFile, on: date, given: Given) -> Bar | None:
    """Nobody is asked for something by a day that has passed."""
    if given.get(Need.UNTIL) is None or given_day(given, Need.UNTIL) >= on:
        return None
    return Bar("Hạn không được trước ngày giao.", field=Need.UNTIL)


def withdrawal_clear(_case: CaseFile, _on: date, given: Given) -> Bar | None:
    """A withdrawn denunciation goes on when art 33(3) says so."""
    match WithdrawalTest(str(given[Need.WITHDRAWAL_TEST])):
        case WithdrawalTest.CLEAR:
            return None
        case WithdrawalTest.SIGNS_OF_VIOLATION:
            why = "hành vi bị tố cáo có dấu hiệu vi phạm pháp luật"
        case WithdrawalTest.DURESS:
            why = "người tố cáo rút đơn do bị đe dọa, mua chuộc"
        case WithdrawalTest.SLANDER:
            why = "người tố cáo lợi dụng việc tố cáo để vu khống, xúc phạm"
    return Bar(
        f"Vụ việc phải tiếp tục giải quyết vì {why}.",
        "Khoản 3 Điều 33 Luật Tố cáo",
        field=Need.WITHDRAWAL_TEST,
    )


def someone_remains(case: CaseFile, _on: date, given: Given) -> Bar | None:
    """When nobody is left, the whole is withdrawn, which is another act."""
    if given.get(Need.REMAINING) is None:
        return None
    if 1 <= given_number(given, Need.REMAINING) <= case.group_size:
        return None
    return Bar(
        f"Số người còn lại phải từ 1 đến {case.group_size}; tất cả cùng rút thì dùng rút toàn bộ.",
        field=Need.REMAINING,
    )


def window_open_or_obstacle(case: CaseFile, on: date, given: Given) -> Bar | None:
    """A second complaint comes inside its window unless an obstacle is shown (art 9)."""
    if case.window_until is None or on <= case.window_until or given.get(Need.OBSTACLE):
        return None
    return Bar(
        f"Thời hạn khiếu nại lần hai đã hết ngày {spoken(case.window_until)}; nếu có trở ngại khách quan thì ghi rõ.",
        field=Need.OBSTACLE,
    )


def two_persons(_case: CaseFile, _on: date, given: Given) -> Bar | None:
    """A wrong entry is struck by two people."""
    if given[Need.FIRST_PERSON] != given[Need.SECOND_PERSON]:
        return None
    return Bar("Người xác nhận hủy phải khác người đề nghị hủy.", field=Need.SECOND_PERSON)


FOLLOWS: Mapping[Fact, Fact] = {
    Fact.ACCEPTED: Fact.RECEIVED,
    Fact.ASSIGNED: Fact.RECEIVED,
    Fact.DECISION_ISSUED: Fact.ACCEPTED,
    Fact.DECISION_RECEIVED: Fact.DECISION_ISSUED,
    Fact.LEGAL_EFFECT: Fact.DECISION_ISSUED,
    Fact.CONCLUSION_ISSUED: Fact.ACCEPTED,
    Fact.FURTHER_DENUNCIATION_RECEIVED: Fact.CONCLUSION_ISSUED,
    Fact.OVERDUE_FURTHER_DENUNCIATION_RECEIVED: Fact.ACCEPTED,
    Fact.REPORT_DEMANDED: Fact.OVERDUE_FURTHER_DENUNCIATION_RECEIVED,
    Fact.SUSPENSION_DECIDED: Fact.RECEIVED,
}
"""Which fact each fact comes after, for corrections of a day."""


def date_in_order(case: CaseFile, on: date, given: Given) -> Bar | None:
    """A corrected day stays between what came before and what came after it."""
    fact = Fact(str(given[Need.FACT]))
    day = given_day(given, Need.DAY)
    if case.day(fact) is None:
        return Bar("Hồ sơ không có ngày này để đính chính.", field=Need.FACT)
    if day > on:
        return Bar("Ngày đúng không được sau ngày đính chính.", field=Need.DAY)
    before = case.day(FOLLOWS[fact]) if fact in FOLLOWS else None
    if before and day < before:
        return Bar(
            f"Ngày đúng không được trước việc mà nó nối tiếp ({spoken(before)}).", field=Need.DAY
        )
    later = [found for after_, of in FOLLOWS.items() if of is fact and (found := case.day(after_))]
    if later and day > min(later):
        return Bar(
            f"Ngày đúng không được sau việc nối tiếp nó ({spoken(min(later))}).", field=Need.DAY
        )
    return None
