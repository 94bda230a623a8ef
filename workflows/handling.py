"""Which way a petition goes, by the rules of processing: a few questions, then the acts the rules call for.

Circular 05/2021/TT-TTCP with the Laws on Complaints (arts 11, 27, 36), Denunciations (arts 24, 25, 29)
and Citizen Reception (arts 25, 26). What may be done is the lifecycle's to say; here stands what should
be, and why the other ways are not open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from workflows.casefile import CaseFile
from workflows.guards import LAW_136_FROM
from workflows.lifecycle import Permission, permitted
from workflows.transition import INTAKE
from workflows.transitions import TABLE
from workflows.vocabulary import Action, Kind, Mark, Role, State, Step

CIRCULAR = "Thông tư 05/2021/TT-TTCP"


class Question(StrEnum):
    """What is asked, one at a time."""

    FITNESS = "fitness"
    CHECKABLE = "checkable"
    OWNER = "owner"
    GROUND = "ground"
    GUIDED = "guided"


class Fitness(StrEnum):
    """Whether the petition can be processed."""

    FIT = "fit"
    UNSIGNED = "unsigned"
    INCOMPLETE = "incomplete"
    SENT_TO_MANY = "sent_to_many"
    REPEATED = "repeated"
    ILLEGIBLE = "illegible"
    ABUSIVE = "abusive"
    SEVERAL = "several"


class Owner(StrEnum):
    """Who has to settle the matter."""

    OURS = "ours"
    SUBORDINATE = "subordinate"
    INSIDE = "inside"
    OUTSIDE = "outside"


class Ground(StrEnum):
    """Why a matter of one's own is not accepted. The first nine are those of art 11 of the Law on
    Complaints, the next three the conditions of art 29 of the Law on Denunciations."""

    NONE = "none"
    EXCLUDED_DECISION = "excluded_decision"
    NO_DIRECT_EFFECT = "no_direct_effect"
    NO_CAPACITY = "no_capacity"
    UNLAWFUL_REPRESENTATIVE = "unlawful_representative"
    NO_SIGNATURE = "no_signature"
    OUT_OF_TIME = "out_of_time"
    SECOND_DECISION = "second_decision"
    TERMINATED = "terminated"
    IN_COURT = "in_court"
    NO_LAWFUL_DENOUNCER = "no_lawful_denouncer"
    NO_BASIS = "no_basis"
    SETTLED_COMPLAINT = "settled_complaint"
    NOTHING_NEW = "nothing_new"


GROUNDS: dict[Kind, tuple[Ground, ...]] = {
    Kind.COMPLAINT: tuple(Ground)[:10],
    Kind.DENUNCIATION: (Ground.NONE, *tuple(Ground)[10:13]),
    Kind.RECOMMENDATION: (Ground.NONE, Ground.NOTHING_NEW),
    Kind.FEEDBACK: (Ground.NONE, Ground.NOTHING_NEW),
}
"""Answers to the question of grounds, by kind."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What the officer said; None where it was not asked yet. ``guided``: about the same content."""

    fitness: Fitness | None = None
    checkable: bool | None = None
    owner: Owner | None = None
    ground: Ground | None = None
    guided: bool | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """An act the rules call for, with its reason and article."""

    action: Action
    why: str
    article: str


@dataclass(frozen=True, slots=True)
class Closed:
    """A way that is not open, and why."""

    action: Action
    why: str
    article: str


@dataclass(frozen=True, slots=True)
class Handling:
    """What to do: ``first`` must be noted before, ``ways`` the best one first, ``closed`` the others."""

    ways: tuple[Way, ...]
    closed: tuple[Closed, ...]
    first: Action | None = None


WAYS = (
    Action.ACCEPT, Action.ASSIGN, Action.CHECK_ANONYMOUS, Action.REFUSE, Action.GUIDE,
    Action.TRANSFER, Action.TRANSFER_OUT, Action.RETURN_FORWARDED, Action.RETURN,
    Action.ORDER_SUBORDINATE, Action.FILE, Action.FILE_AND_WATCH, Action.NOT_PROCESS, Action.SPLIT,
)  # fmt: skip
"""The ways of handling, in the order they are told."""
SUGGESTIONS = frozenset({Kind.RECOMMENDATION, Kind.FEEDBACK})
_NOT_OWN = frozenset({Owner.INSIDE, Owner.OUTSIDE})


def choices(case: CaseFile, question: Question) -> tuple[Fitness | Owner | Ground, ...]:
    """The answers to choose from; empty where the answer is yes or no."""
    match question:
        case Question.FITNESS:
            return tuple(
                each
                for each in Fitness
                if case.kind is not Kind.DENUNCIATION
                or each not in {Fitness.UNSIGNED, Fitness.INCOMPLETE}
            )
        case Question.OWNER:
            return tuple(Owner)
        case Question.GROUND:
            return GROUNDS[case.kind]
    return ()


def next_question(case: CaseFile, answers: Answers) -> Question | None:
    """What to ask next; None once the way is clear."""
    if answers.fitness is None:
        return Question.FITNESS
    if answers.fitness is Fitness.INCOMPLETE:
        return None if _guided(case) is not None or answers.guided is not None else Question.GUIDED
    if answers.fitness is not Fitness.FIT:
        return None
    if case.kind is Kind.DENUNCIATION and case.anonymous and answers.checkable is None:
        return Question.CHECKABLE
    if answers.checkable is False and case.anonymous:
        return None
    if answers.owner is None:
        return Question.OWNER
    if answers.owner is Owner.OURS:
        named = case.kind is not Kind.DENUNCIATION or not case.anonymous
        return Question.GROUND if named and answers.ground is None else None
    guides = case.kind is Kind.COMPLAINT and answers.owner in _NOT_OWN and not case.forwarded
    asks = guides and _guided(case) is None and answers.guided is None
    return Question.GUIDED if asks else None


def _guided(case: CaseFile) -> bool | None:
    return True if Mark.GUIDED_ONCE in case.marks else None


def stated(case: CaseFile, answers: Answers) -> CaseFile:
    """The case as it will be once what was answered is noted: competence, classification, guidance."""
    state = case.state
    if state is State.RECEIVED and case.kind is not Kind.DENUNCIATION:
        state = State.CLASSIFIED
    competent = case.competent if answers.owner is None else answers.owner not in _NOT_OWN
    marks = case.marks | ({Mark.GUIDED_ONCE} if answers.guided else frozenset())
    return replace(case, state=state, competent=competent, marks=marks)


def propose(case: CaseFile, answers: Answers, on: date) -> Handling:
    """The ways the rules call for, each one the lifecycle permits to the desk or the head on ``on``."""
    told = stated(case, answers)
    found = _permissions(told, on)
    ways: dict[Action, Way] = {}
    for way in _called_for(told, answers, on):
        if found[way.action].allowed:
            ways.setdefault(way.action, way)
    if not ways:
        for way in _last_resort(told):
            if found[way.action].allowed:
                ways.setdefault(way.action, way)
    closed = tuple(
        _closed(action, found[action]) for action in WAYS if action not in ways and action in found
    )
    return Handling(tuple(ways.values()), closed, _first(case, told))


def _first(case: CaseFile, told: CaseFile) -> Action | None:
    if case.state is not told.state:
        return Action.CLASSIFY
    noted = case.competent is told.competent and case.marks == told.marks
    return None if noted else Action.CORRECT


def started(case: CaseFile, action: Action) -> tuple[Step, ...]:
    """The clocks a way starts in this kind of case."""
    found = (
        step
        for row in TABLE
        if row.action is action
        and case.kind in row.kinds
        and row.instance in (None, case.instance)
        and row.disciplinary in (None, case.disciplinary)
        for step in row.starts
    )
    return tuple(dict.fromkeys(found))


def _permissions(case: CaseFile, on: date) -> dict[Action, Permission]:
    """The best of what the desk's roles and the head may do, by way."""
    best: dict[Action, Permission] = {}
    for role in (Role.HEAD, *sorted(INTAKE - {Role.HEAD})):
        for each in permitted(case, role, on):
            if each.action in WAYS and (each.action not in best or each.allowed):
                best[each.action] = each
    return best


def _closed(action: Action, permission: Permission) -> Closed:
    if permission.allowed:
        return Closed(action, _NOT_CALLED_FOR.get(action, _PLAIN), permission.article)
    return Closed(action, permission.reason or _PLAIN, permission.article)


_PLAIN = "Không phải hướng xử lý theo các câu trả lời trên."
_NOT_CALLED_FOR = {
    Action.ACCEPT: "Chưa đủ điều kiện thụ lý theo các câu trả lời trên.",
    Action.REFUSE: "Không có căn cứ không thụ lý nào được chọn.",
    Action.GUIDE: "Không có nội dung phải hướng dẫn theo các câu trả lời trên.",
    Action.FILE: "Đơn còn hướng xử lý khác; chỉ lưu khi không đủ điều kiện xử lý hoặc đã hướng dẫn.",
    Action.FILE_AND_WATCH: "Đơn còn hướng xử lý khác; chỉ lưu khi không đủ điều kiện xử lý hoặc đã hướng dẫn.",
    Action.NOT_PROCESS: "Đơn chưa thuộc trường hợp không xử lý.",
    Action.SPLIT: "Đơn chỉ có một nội dung, một thẩm quyền.",
    Action.ORDER_SUBORDINATE: "Vụ việc không phải của cấp dưới đang để quá hạn.",
}


# --- the rules -------------------------------------------------------------------------------


def _called_for(case: CaseFile, answers: Answers, on: date) -> Iterator[Way]:
    fitness = answers.fitness
    if fitness is Fitness.SEVERAL:
        yield Way(
            Action.SPLIT,
            "Đơn có nhiều nội dung thuộc nhiều thẩm quyền: tách từng nội dung để xử lý riêng.",
            "Khoản 3 Điều 25 Luật Tiếp công dân",
        )
        yield _guide("Hướng dẫn người gửi viết riêng từng nội dung đến đúng nơi có thẩm quyền.")
        return
    if fitness is not Fitness.FIT:
        yield from _unfit(case, fitness)
    elif case.kind is Kind.DENUNCIATION:
        yield from _denunciation(case, answers)
    elif case.kind is Kind.COMPLAINT:
        yield from _complaint(case, answers, on)
    else:
        yield from _suggestion(case, answers)


def _unfit(case: CaseFile, fitness: Fitness | None) -> Iterator[Way]:
    why = _UNFIT.get(fitness or Fitness.FIT, "Đơn không đủ điều kiện xử lý.")
    if fitness is Fitness.INCOMPLETE:
        yield _guide("Đơn thiếu nội dung hoặc tài liệu: hướng dẫn người gửi bổ sung, chỉ một lần.")
    if case.kind is Kind.DENUNCIATION:
        yield Way(Action.NOT_PROCESS, why, "Khoản 3 Điều 24 Luật Tố cáo; Thông tư 05/2021/TT-TTCP")
    if fitness is not Fitness.INCOMPLETE or Mark.GUIDED_ONCE in case.marks:
        yield Way(Action.FILE, why, CIRCULAR)
    if case.kind is not Kind.DENUNCIATION and fitness in {Fitness.SENT_TO_MANY, Fitness.REPEATED}:
        yield Way(
            Action.FILE_AND_WATCH, f"{why} Lưu và theo dõi khi cần biết nơi khác xử lý.", CIRCULAR
        )


_UNFIT = {
    Fitness.UNSIGNED: "Đơn không có họ tên, địa chỉ, chữ ký hoặc điểm chỉ nên không đủ điều kiện xử lý.",
    Fitness.INCOMPLETE: "Đơn thiếu nội dung, đã hướng dẫn bổ sung một lần.",
    Fitness.SENT_TO_MANY: "Đơn gửi nhiều nơi, trong đó có cơ quan có thẩm quyền giải quyết.",
    Fitness.REPEATED: "Đơn đã được hướng dẫn hoặc trả lời, không có nội dung mới.",
    Fitness.ILLEGIBLE: "Đơn rách nát, tẩy xóa, không đọc được.",
    Fitness.ABUSIVE: "Đơn có lời lẽ lăng mạ, chống đối, gây chia rẽ.",
}


def _complaint(case: CaseFile, answers: Answers, on: date) -> Iterator[Way]:
    if answers.owner is Owner.OURS:
        yield from _own_complaint(case, answers.ground)
        return
    if answers.owner is Owner.SUBORDINATE:
        yield _order("Khiếu nại thuộc thẩm quyền cấp dưới đã quá hạn chưa giải quyết.")
        return
    if Mark.CAME_BY_TRANSFER in case.marks:
        yield _send_back()
    if case.forwarded:
        yield Way(
            Action.RETURN,
            "Khiếu nại do cơ quan, tổ chức, đại biểu chuyển đến không thuộc thẩm quyền: trả lại nơi chuyển, nêu rõ lý do.",
            CIRCULAR,
        )
    if case.at_reception and on >= LAW_136_FROM:
        yield _transfer(
            answers.owner,
            "Khiếu nại nộp tại nơi tiếp công dân từ 01/7/2026: được chuyển đến cơ quan có thẩm quyền.",
            "Điểm b khoản 1 Điều 26 Luật Tiếp công dân",
        )
    yield _guide(
        "Khiếu nại không thuộc thẩm quyền: hướng dẫn người khiếu nại đến đúng nơi, chỉ một lần."
    )
    if Mark.GUIDED_ONCE in case.marks:
        yield _file("Khiếu nại không thuộc thẩm quyền và đã được hướng dẫn một lần.")


def _own_complaint(case: CaseFile, ground: Ground | None) -> Iterator[Way]:
    if ground not in (None, Ground.NONE):
        yield Way(
            Action.REFUSE,
            "Có căn cứ không thụ lý: thông báo cho người khiếu nại, nêu rõ lý do.",
            "Điều 11 Luật Khiếu nại; khoản 1 Điều 16 Nghị định 124/2020/NĐ-CP",
        )
        return
    yield Way(
        Action.ACCEPT,
        "Khiếu nại thuộc thẩm quyền, không có căn cứ nào của Điều 11: đề xuất thụ lý.",
        "Khoản 1 Điều 36 Luật Khiếu nại" if case.instance == 2 else "Điều 27 Luật Khiếu nại",
    )
    if case.mass:
        yield _guide(
            "Khiếu nại nhiều người chưa đủ chữ ký hoặc văn bản cử người đại diện: hướng dẫn bổ sung."
        )


def _denunciation(case: CaseFile, answers: Answers) -> Iterator[Way]:
    if case.anonymous and answers.checkable is False:
        yield Way(
            Action.FILE,
            "Đơn không rõ người tố cáo và không đủ căn cứ để kiểm tra.",
            "Khoản 1 Điều 25 Luật Tố cáo",
        )
        return
    if answers.owner is Owner.OURS:
        yield from _own_denunciation(case, answers.ground)
        return
    if answers.owner is Owner.SUBORDINATE:
        yield _order("Tố cáo thuộc thẩm quyền cấp dưới đã quá hạn chưa giải quyết.")
        return
    if Mark.CAME_BY_TRANSFER in case.marks:
        yield _send_back()
    yield _transfer(
        answers.owner,
        "Tố cáo không thuộc thẩm quyền: chuyển trong 05 ngày làm việc và thông báo cho người tố cáo.",
        "Khoản 2 Điều 24 Luật Tố cáo",
    )
    if case.at_reception:
        yield _guide("Người tố cáo đến trực tiếp: hướng dẫn đến nơi có thẩm quyền.")


def _own_denunciation(case: CaseFile, ground: Ground | None) -> Iterator[Way]:
    if case.anonymous:
        yield Way(
            Action.CHECK_ANONYMOUS,
            "Đơn không rõ người tố cáo nhưng rõ người vi phạm, có tài liệu: kiểm tra phục vụ quản lý.",
            "Khoản 2 Điều 25 Luật Tố cáo",
        )
    elif ground not in (None, Ground.NONE):
        yield Way(
            Action.REFUSE,
            "Không đủ điều kiện thụ lý: báo ngay cho người tố cáo, nêu rõ lý do.",
            "Khoản 1 Điều 24, khoản 1 Điều 29 Luật Tố cáo",
        )
    else:
        yield Way(
            Action.ACCEPT,
            "Tố cáo thuộc thẩm quyền, đủ điều kiện: đề xuất thụ lý sau khi xác minh họ tên, địa chỉ.",
            "Điều 24, Điều 29 Luật Tố cáo",
        )


def _suggestion(case: CaseFile, answers: Answers) -> Iterator[Way]:
    if answers.owner is Owner.OURS and answers.ground is Ground.NOTHING_NEW:
        yield Way(
            Action.REFUSE,
            "Nội dung đã được trả lời đúng pháp luật, không có tình tiết mới: từ chối bằng văn bản.",
            "Điểm h khoản 1, khoản 3 Điều 4 Nghị định 154/2026/NĐ-CP",
        )
    elif answers.owner is Owner.OURS:
        yield Way(
            Action.ASSIGN,
            "Kiến nghị, phản ánh thuộc thẩm quyền: giao xử lý rồi trả lời người gửi.",
            "Khoản 2 Điều 26, Điều 28 Luật Tiếp công dân",
        )
    elif answers.owner is Owner.SUBORDINATE:
        yield _order("Kiến nghị, phản ánh thuộc trách nhiệm cấp dưới: giao cấp dưới và đôn đốc.")
    else:
        if Mark.CAME_BY_TRANSFER in case.marks:
            yield _send_back()
        yield _transfer(
            answers.owner,
            "Kiến nghị, phản ánh không thuộc thẩm quyền: chuyển đến cơ quan có thẩm quyền.",
            "Khoản 2 Điều 26 Luật Tiếp công dân",
        )
        if case.forwarded:
            yield Way(Action.RETURN, "Trả lại nơi chuyển đến, nêu rõ lý do.", CIRCULAR)
        if case.at_reception:
            yield _guide("Người gửi đến trực tiếp: hướng dẫn đến nơi có thẩm quyền.")


def _last_resort(case: CaseFile) -> Iterator[Way]:
    """Where the rules' own way is barred (guided before, formalities missing): file or refuse."""
    yield _file("Không còn hướng xử lý nào khác theo các câu trả lời trên.")
    yield Way(
        Action.REFUSE,
        "Chưa đủ điều kiện thụ lý và đã hướng dẫn bổ sung một lần.",
        "Điều 11 Luật Khiếu nại" if case.kind is Kind.COMPLAINT else CIRCULAR,
    )


def _guide(why: str) -> Way:
    return Way(
        Action.GUIDE, why, "Thông tư 05/2021/TT-TTCP; điểm b khoản 1 Điều 26 Luật Tiếp công dân"
    )


def _file(why: str) -> Way:
    return Way(Action.FILE, why, CIRCULAR)


def _order(why: str) -> Way:
    return Way(
        Action.ORDER_SUBORDINATE,
        f"{why} Báo cáo người đứng đầu yêu cầu cấp dưới giải quyết và theo dõi.",
        "Thông tư 05/2021/TT-TTCP; Điều 15 Luật Tiếp công dân",
    )


def _send_back() -> Way:
    return Way(
        Action.RETURN_FORWARDED,
        "Cơ quan trong hệ thống chuyển nhầm: trả lại cơ quan đã chuyển, nêu rõ lý do.",
        "Thông tư 05/2021/TT-TTCP; Điều 26 Luật Tiếp công dân",
    )


def _transfer(owner: Owner | None, why: str, article: str) -> Way:
    action = Action.TRANSFER_OUT if owner is Owner.OUTSIDE else Action.TRANSFER
    return Way(action, why, article)
