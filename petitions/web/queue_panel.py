"""The filters of the inspectorate's queue: what they are called, what they offer, what is chosen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from petitions.queries.choices import FieldChoice
from petitions.queries.queue_shapes import QueueFilters
from petitions.schemas.queue import MONTHS, NO_ONE, to_query
from petitions.web import options
from petitions.web.forms import Option
from petitions.web.kept import inspectors, offered
from petitions.web.list_panel import LATENESS
from petitions.web.session import actor, today
from workflows.severity import Factor
from workflows.vocabulary import Kind
from workflows.watch import FlagKind

NAMES = {
    "factor": "Dấu hiệu",
    "field_id": "Lĩnh vực",
    "place": "Địa bàn",
    "agency_id": "Cơ quan giữ hồ sơ",
    "kind": "Loại đơn",
    "project_id": "Dự án",
    "lateness": "Tình trạng hạn",
    "months": "Thời gian từ khi nhận",
    "flag": "Cảnh báo",
    "inspector": "Thanh tra viên",
}
"""Filters of the panel, in its order."""


def offers() -> Mapping[str, Sequence[Option]]:
    """What each selection of the panel offers this reader."""
    on = today()
    every_one = offered(on)
    people = [Option(str(each.id), each.name) for each in inspectors(actor(), on)]
    mine = [each for each in people if each.value == str(actor().user_id)]
    reach = None if actor().province_wide else actor().agency_ids
    return {
        "factor": options.words(Factor),
        "field_id": [Option(str(each.id), _indented(each, every_one.fields)) for each in _tree(every_one.fields)],
        "agency_id": [
            Option(str(each.id), each.name)
            for each in every_one.agencies
            if reach is None or each.id in reach
        ],
        "kind": options.words(Kind),
        "project_id": [Option(str(each.id), each.name) for each in every_one.projects],
        "lateness": [Option(each.value, words) for each, words in LATENESS.items()],
        "months": [Option(each, f"Quá {each} tháng") for each in MONTHS],
        "flag": options.words(FlagKind),
        "inspector": [
            *(Option(each.value, "Tôi") for each in mine),
            Option(NO_ONE, "Chưa phân công"),
            *(each for each in people if each not in mine),
        ],
    }  # fmt: skip


def _tree(fields: Sequence[FieldChoice]) -> Iterator[FieldChoice]:
    """Fields with those under them behind each."""
    children: dict[int | None, list[FieldChoice]] = {}
    for each in fields:
        children.setdefault(each.parent_id, []).append(each)

    def below(parent: int | None) -> Iterator[FieldChoice]:
        for each in children.get(parent, []):
            yield each
            yield from below(each.id)

    yield from below(None)


def _indented(field: FieldChoice, fields: Sequence[FieldChoice]) -> str:
    parents = {each.id: each.parent_id for each in fields}
    depth, above = 0, field.parent_id
    while above is not None:
        depth, above = depth + 1, parents.get(above)
    return "\u00a0\u00a0" * depth + field.name


def spoken(filters: QueueFilters, offered_now: Mapping[str, Sequence[Option]]) -> list[str]:
    """Each filter in words."""
    words = []
    for name, value in to_query(filters).items():
        if name == "episode":
            words.append("Vụ việc của một điểm nóng")
        elif name == "place":
            words.append(f"{NAMES[name]}: {value}")
        elif name in offered_now:
            said = next(
                (each.text for each in offered_now[name] if each.value == value), "đang chọn"
            )
            words.append(f"{NAMES[name]}: {said.strip()}")
    return words
