"""The conditions columns are made of: a name, what it means to a statistician, and its SQL.

All speak of one line (a petition or case at one unit), as at the end of the window.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Subquery, and_, exists, literal, or_, true

from petitions.models import Visit
from petitions.queries.statistics.passages import Course, Standing
from petitions.queries.statistics.receptions import Part, Regime
from petitions.queries.statistics.spec import CARRIED_OUT, ORDERED, Measure, Universe
from workflows.reception import GROUP, VisitOutcome
from workflows.records import Source
from workflows.vocabulary import Kind

Sql = Callable[[Subquery], ColumnElement[bool]]

ADMINISTRATIVE = ("policy", "land", "civil_service", "other_administrative")
OWN = (Standing.ACCEPTED, Standing.REFUSED, Standing.WITHDRAWN, Standing.JOINED, Standing.CHECKED)
OUT = (Standing.SENT, Standing.RETURNED)
OTHERS = (Standing.GUIDED, *OUT, Standing.URGED)


@dataclass(frozen=True, slots=True)
class Condition:
    """A property of a line and its wording."""

    meaning: str
    sql: Sql


def _stands(*standings: Standing) -> Sql:
    return lambda line: line.c.now.in_([int(each) for each in standings])


def _of_kind(*kinds: Kind) -> Sql:
    return lambda line: line.c.kind.in_(kinds)


def _of_field(*groups: str) -> Sql:
    return lambda line: line.c.statistic.in_(groups)


def _both(*parts: Sql) -> Sql:
    return lambda line: and_(*(part(line) for part in parts))


def _not(part: Sql) -> Sql:
    return lambda line: ~part(line)


def _settled(line: Subquery) -> ColumnElement[bool]:
    return or_(line.c.decided, line.c.came_settled)


def _judged(line: Subquery) -> ColumnElement[bool]:
    return or_(line.c.judged_here, line.c.earlier_judged)


def _official_duty(line: Subquery) -> ColumnElement[bool]:
    return or_(
        line.c.statistic == "civil_service",
        and_(line.c.statistic == "other_administrative", line.c.official_conduct),
    )


_further: Sql = lambda line: or_(line.c.further > 0, line.c.earlier > 0)  # noqa: E731
_handed_in: Sql = lambda line: or_(  # noqa: E731
    and_(line.c.source == Source.RECEPTION, line.c.origin_agency_id == line.c.unit_id),
    exists().where(
        Visit.case_id == line.c.case_id,
        Visit.agency_id == line.c.unit_id,
        Visit.outcome == VisitOutcome.CASE_OPENED,
    ),
)

_OF_ANY: Mapping[str, Condition] = {
    "complaint": Condition("khiếu nại", _of_kind(Kind.COMPLAINT)),
    "denunciation": Condition("tố cáo", _of_kind(Kind.DENUNCIATION)),
    "suggestion": Condition("kiến nghị, phản ánh", _of_kind(Kind.RECOMMENDATION, Kind.FEEDBACK)),
    "first_instance": Condition("lần đầu", lambda line: line.c.instance == 1),
    "second_instance": Condition("lần hai", lambda line: line.c.instance == 2),
}

PROCESSING: Mapping[str, Condition] = {
    **_OF_ANY,
    "opening": Condition(
        "nhận trước kỳ, đến đầu kỳ chưa xử lý", lambda line: line.c.before.is_not_distinct_from(int(Standing.HERE))
    ),
    "received": Condition(
        "tiếp nhận trong kỳ", lambda line: line.c.before.is_distinct_from(int(Standing.HERE))
    ),
    "processed": Condition("đã xử lý đến cuối kỳ", lambda line: line.c.now != int(Standing.HERE)),
    "unprocessed": Condition("chưa xử lý đến cuối kỳ", _stands(Standing.HERE)),
    "eligible": Condition(
        "đã xử lý và đủ điều kiện xử lý (không phải đơn lưu, đơn không xử lý)",
        _stands(*OWN, *OTHERS),
    ),
    "competent": Condition(
        "xử lý theo hướng thuộc thẩm quyền: thụ lý, giao giải quyết, không thụ lý, rút đơn, nhập vụ việc",
        _stands(*OWN),
    ),
    "elsewhere": Condition("xử lý theo hướng không thuộc thẩm quyền", _stands(*OTHERS)),
    "guided": Condition("đã hướng dẫn", _stands(Standing.GUIDED)),
    "sent": Condition("đã chuyển, hoặc trả lại cơ quan chuyển đến", _stands(*OUT)),
    "guided_or_sent": Condition(
        "đã hướng dẫn, chuyển hoặc trả lại (mẫu không có cột riêng)",
        _stands(Standing.GUIDED, *OUT),
    ),
    "urged": Condition("đã đôn đốc, yêu cầu cấp dưới giải quyết", _stands(Standing.URGED)),
    "accepted": Condition("đã thụ lý hoặc giao giải quyết", _stands(Standing.ACCEPTED)),
    "not_accepted": Condition("chưa thụ lý", _not(_stands(Standing.ACCEPTED))),
    "settled": Condition(
        "vụ việc đã được giải quyết, trước khi đơn đến hoặc đến cuối kỳ",
        lambda line: or_(line.c.earlier > 0, _settled(line)),
    ),
    "settled_once": Condition(
        "vụ việc đã giải quyết một lần đến cuối kỳ",
        lambda line: or_(
            and_(line.c.earlier == 0, _settled(line)), and_(line.c.earlier == 1, ~_settled(line))
        ),
    ),
    "settled_again": Condition(
        "vụ việc đã giải quyết từ hai lần đến cuối kỳ",
        lambda line: or_(line.c.earlier > 1, and_(line.c.earlier == 1, _settled(line))),
    ),
    "settled_never": Condition(
        "vụ việc chưa giải quyết xong lần nào đến cuối kỳ",
        lambda line: and_(line.c.earlier == 0, ~_settled(line)),
    ),
    "under_settlement": Condition(
        "vụ việc đã thụ lý, chưa giải quyết xong lần nào",
        lambda line: and_(
            line.c.earlier == 0, ~_settled(line), line.c.now == int(Standing.ACCEPTED)
        ),
    ),
    "untouched": Condition(
        "vụ việc chưa thụ lý, chưa giải quyết lần nào",
        lambda line: and_(
            line.c.earlier == 0, ~_settled(line), line.c.now != int(Standing.ACCEPTED)
        ),
    ),
    "judged": Condition("đã có bản án của Tòa án", _judged),
    "not_judged": Condition("chưa có bản án của Tòa án", _not(_judged)),
    "answered": Condition("đã giải quyết, trả lời đến cuối kỳ", _settled),
    "unanswered": Condition("chưa giải quyết, trả lời đến cuối kỳ", _not(_settled)),
    "further": Condition("tố cáo tiếp", _further),
    "first_time": Condition("không phải tố cáo tiếp", _not(_further)),
    "further_overdue": Condition(
        "tố cáo tiếp do quá thời hạn chưa giải quyết",
        lambda line: and_(line.c.further == 1, line.c.earlier == 0),
    ),
    "further_concluded": Condition(
        "tố cáo tiếp sau khi đã có kết luận",
        lambda line: or_(line.c.further > 1, line.c.earlier > 0),
    ),
    "administrative": Condition("lĩnh vực hành chính", _of_field(*ADMINISTRATIVE)),
    "policy": Condition("chế độ, chính sách", _of_field("policy")),
    "land": Condition("đất đai, nhà cửa", _of_field("land")),
    "official_duty": Condition("công chức, công vụ", _official_duty),
    "other_administrative": Condition(
        "hành chính khác", _of_field("civil_service", "other_administrative")
    ),
    "rest_of_administrative": Condition(
        "hành chính khác, ngoài công chức, công vụ",
        _both(_of_field("other_administrative"), _not(_official_duty)),
    ),
    "corruption": Condition("tham nhũng", _of_field("corruption")),
    "judicial": Condition("tư pháp", _of_field("judicial")),
    "party": Condition("Đảng, đoàn thể", _of_field("party")),
    "other": Condition(
        "lĩnh vực khác", _not(_of_field(*ADMINISTRATIVE, "corruption", "judicial", "party"))
    ),
    "other_or_corruption": Condition(
        "lĩnh vực khác (gồm cả tham nhũng)", _not(_of_field(*ADMINISTRATIVE, "judicial", "party"))
    ),
    "any_other_field": Condition(
        "mọi lĩnh vực còn lại", _not(_of_field("policy", "land", "judicial"))
    ),
    "many": Condition(
        "nhiều người đứng tên",
        lambda line: and_(line.c.group_size > 1, ~line.c.anonymous),
    ),
    "single": Condition(
        "một người đứng tên", lambda line: and_(line.c.group_size == 1, ~line.c.anonymous)
    ),
    "nameless": Condition("không rõ người đứng tên", lambda line: line.c.anonymous),
    "not_many": Condition(
        "không có nhiều người đứng tên",
        lambda line: or_(line.c.group_size == 1, line.c.anonymous),
    ),
    "handed_in_here": Condition(
        "nhận trong kỳ tại nơi tiếp công dân của đơn vị",
        _both(_handed_in, lambda line: line.c.before.is_distinct_from(int(Standing.HERE))),
    ),
    "taken_as_own": Condition(
        "thuộc thẩm quyền: theo hướng xử lý; đơn chưa xử lý hoặc lưu thì theo phân loại",
        lambda line: or_(
            _stands(*OWN)(line), and_(~_stands(*OWN, *OTHERS)(line), line.c.competent)
        ),
    ),
    "taken_as_others": Condition(
        "không thuộc thẩm quyền: theo hướng xử lý; đơn chưa xử lý hoặc lưu thì theo phân loại",
        lambda line: or_(
            _stands(*OTHERS)(line), and_(~_stands(*OWN, *OTHERS)(line), ~line.c.competent)
        ),
    ),
}  # fmt: skip
SETTLEMENT: Mapping[str, Condition] = {
    **_OF_ANY,
    "opening": Condition(
        "thụ lý trước kỳ, đến đầu kỳ chưa giải quyết xong",
        lambda line: line.c.before.is_not_distinct_from(int(Course.DUE)),
    ),
    "received": Condition(
        "thụ lý trong kỳ", lambda line: line.c.before.is_distinct_from(int(Course.DUE))
    ),
    "decided": Condition(
        "đã có quyết định, kết luận trong kỳ", lambda line: line.c.now == int(Course.DONE)
    ),
    "withdrawn": Condition("rút trong kỳ", lambda line: line.c.now == int(Course.WITHDRAWN)),
    "terminated": Condition(
        "đình chỉ không do rút trong kỳ", lambda line: line.c.now == int(Course.TERMINATED)
    ),
    "right": Condition("kết quả: đúng", lambda line: line.c.right),
    "wrong": Condition("kết quả: sai", lambda line: line.c.wrong),
    "partly": Condition("kết quả: đúng một phần", lambda line: line.c.partly),
    "confirmed": Condition("kết quả: công nhận quyết định lần đầu", lambda line: line.c.confirmed),
    "changed": Condition("kết quả: hủy, sửa quyết định lần đầu", lambda line: line.c.changed),
    "unclear": Condition("chưa ghi rõ kết quả", lambda line: line.c.unclear),
    "clear": Condition("đã ghi rõ kết quả", lambda line: ~line.c.unclear),
    "late": Condition("giải quyết quá thời hạn luật định", lambda line: line.c.late),
    "in_time": Condition("giải quyết trong thời hạn luật định", lambda line: ~line.c.late),
    "further": Condition("tố cáo tiếp", lambda line: line.c.further),
    "first_time": Condition("không phải tố cáo tiếp", lambda line: ~line.c.further),
    "to_investigators": Condition(
        "đã chuyển cơ quan điều tra trong kỳ", lambda line: line.c.investigated
    ),
}
ENFORCEMENT: Mapping[str, Condition] = {
    **_OF_ANY,
    "carried_out": Condition(
        "đã thực hiện xong trong kỳ", lambda line: line.c.now == int(Course.DONE)
    ),
}
RECEPTION: Mapping[str, Condition] = {
    "regular": Condition("tiếp thường xuyên", lambda line: line.c.regime == Regime.REGULAR.value),
    "head": Condition(
        "buổi định kỳ, đột xuất do Thủ trưởng trực tiếp tiếp",
        lambda line: line.c.regime == Regime.HEAD.value,
    ),
    "authorised": Condition(
        "buổi định kỳ, đột xuất do người được ủy quyền tiếp",
        lambda line: line.c.regime == Regime.AUTHORISED.value,
    ),
    "mass": Condition(f"đoàn từ {GROUP} người", lambda line: line.c.group_size >= GROUP),
    "first_turn": Condition("đến lần đầu về vụ việc", lambda line: line.c.turn == 1),
    "repeated_turn": Condition("đến từ lần thứ hai về vụ việc", lambda line: line.c.turn > 1),
    "without_visit": Condition(
        "đơn nhận tại nơi tiếp công dân, chưa ghi lượt tiếp",
        lambda line: line.c.part == Part.CASE.value,
    ),
}
REPLIES: Mapping[str, Condition] = {
    "handed_in_here": Condition("của đơn nhận tại nơi tiếp công dân của đơn vị", _handed_in),
}
CONDITIONS: Mapping[Universe, Mapping[str, Condition]] = {
    Universe.RECEPTION: RECEPTION,
    Universe.PROCESSING: PROCESSING,
    Universe.SETTLEMENT: SETTLEMENT,
    Universe.ENFORCEMENT: ENFORCEMENT,
    Universe.REPLIES: REPLIES,
}
_WORDS = {
    "money": "tiền thu cho Nhà nước (triệu đồng)",
    "land": "đất thu cho Nhà nước (m²)",
    "returned_money": "tiền trả cá nhân (triệu đồng)",
    "returned_land": "đất trả cá nhân (m²)",
    "bodies_money": "tiền trả tổ chức (triệu đồng)",
    "bodies_land": "đất trả tổ chức (m²)",
    "people": "số người bị xử lý",
}
MEASURES: Mapping[Measure, str] = {
    Measure.PETITIONS: "Số đơn",
    Measure.MATTERS: "Số vụ việc (đơn đã nhập vào vụ việc khác không tính)",
    Measure.PEOPLE: "Số người",
    Measure.REPLIES: "Số văn bản phúc đáp đơn vị nhận được trong kỳ",
    Measure.VISITS: "Số lượt tiếp",
    Measure.SESSIONS: "Số buổi tiếp",
    **{each: f"Phải thực hiện: {_WORDS[each.removeprefix('ordered_')]}" for each in ORDERED},
    **{
        each: f"Đã thực hiện trong kỳ: {_WORDS[each.removeprefix('done_')]}" for each in CARRIED_OUT
    },
}


_AMOUNTS = frozenset((*ORDERED, *CARRIED_OUT))
_PARTS = {Measure.VISITS: Part.VISIT, Measure.SESSIONS: Part.SESSION}


def holds(universe: Universe, line: Subquery, names: tuple[str, ...]) -> ColumnElement[bool]:
    """The condition under which all of ``names`` hold. Raises ``KeyError`` for one nobody knows."""
    known = CONDITIONS[universe]
    return and_(true(), *(known[name].sql(line) for name in names))


def counts(line: Subquery, measure: Measure) -> ColumnElement[bool]:
    """Which lines the measure looks at: a petition joined into another is no matter of its own."""
    if measure is Measure.MATTERS and "into_id" in line.c:
        return line.c.into_id.is_(None)
    if measure in _PARTS:
        return line.c.part == _PARTS[measure].value
    if measure in _AMOUNTS:
        return line.c[measure.value] > 0
    return true()


def amount(line: Subquery, measure: Measure) -> ColumnElement[int]:
    """What a line adds; money in đồng."""
    if measure in _AMOUNTS:
        return line.c[measure.value]
    return line.c.group_size if measure is Measure.PEOPLE else literal(1)
