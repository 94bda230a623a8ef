"""The panel beside a list: what its filters and columns are called, what they offer, what is chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date

from werkzeug.datastructures import MultiDict

from petitions.queries.case_filters import WAYS, Filters, Lateness, Side
from petitions.queries.choices import FieldChoice
from petitions.queries.columns import ORDINARY, Column
from petitions.queries.province.places import names_of
from petitions.schemas.filters import to_query
from petitions.text import vn_date
from petitions.web import options
from petitions.web.forms import Form, Group, Option
from petitions.web.kept import colleagues, offered
from workflows.records import Source
from workflows.vocabulary import Actor, Coarse, Kind, State
from workflows.watch import FlagKind

COLUMNS_NAME = "cols"
"""Name under which chosen columns stand in the address, repeated."""
LATENESS = {
    Lateness.OVERDUE: "Quá hạn",
    Lateness.NEAR: "Sắp đến hạn",
    Lateness.IN_TIME: "Còn trong hạn",
    Lateness.NOTHING: "Không có hạn đang chạy",
}
SIDES = {Side.DECIDING: "Thẩm quyền đơn vị", Side.ADVISING: "Tham mưu giải quyết"}
COLUMNS = {
    Column.CODE: "Mã hồ sơ",
    Column.RECEIVED: "Ngày nhận",
    Column.KIND: "Loại đơn",
    Column.SENDER: "Người gửi",
    Column.PEOPLE: "Số người",
    Column.SUMMARY: "Nội dung",
    Column.FIELD: "Lĩnh vực",
    Column.PLACE: "Địa bàn",
    Column.SOURCE: "Nguồn đơn",
    Column.FORWARDER: "Cơ quan chuyển đơn",
    Column.PROJECT: "Dự án",
    Column.STATE: "Trạng thái",
    Column.HANDLING: "Hướng xử lý",
    Column.STEP: "Việc tới hạn",
    Column.DUE: "Hạn",
    Column.LEFT: "Còn lại",
    Column.FLAGS: "Cảnh báo",
    Column.AGENCY: "Nơi giữ hồ sơ",
    Column.SECTION: "Phòng",
    Column.OFFICER: "Cán bộ",
}
NAMES = {
    "side": "Vai trò của đơn vị",
    "lateness": "Tình trạng hạn",
    "kind": "Loại đơn",
    "settled": "Kết quả",
    "coarse": "Giai đoạn",
    "state": "Trạng thái",
    "handling": "Hướng xử lý",
    "open": "Kết thúc",
    "field_id": "Lĩnh vực",
    "source": "Nguồn đơn",
    "agency_id": "Cơ quan giữ hồ sơ",
    "section_id": "Phòng",
    "officer_id": "Cán bộ",
    "forwarder_id": "Cơ quan chuyển đến",
    "forwarder_body_id": "Nơi chuyển ngoài hệ thống",
    "receiver_id": "Đã chuyển cho",
    "project_id": "Dự án",
    "flag": "Cảnh báo",
    "place": "Địa bàn",
    "place_id": "Địa bàn",
    "received_from": "Nhận từ",
    "received_to": "Nhận đến",
    "due_from": "Hạn từ",
    "due_to": "Hạn đến",
    "given_from": "Giao, chuyển từ",
    "given_to": "Giao, chuyển đến",
}
CHOSEN_ELSEWHERE = "đang chọn"
"""How somebody or something is called that the panel does not offer here."""
_INDENT = "\u00a0\u00a0\u00a0"

_COLUMNS = [Option(column.value, text) for column, text in COLUMNS.items()]

Offer = list[Option] | list[Group]


def _worded(words: Mapping[Lateness, str] | Mapping[Side, str]) -> list[Option]:
    return [Option(member.value, text) for member, text in words.items()]


_WORDS: Mapping[str, Offer] = {
    "side": _worded(SIDES),
    "lateness": _worded(LATENESS),
    "kind": options.words(Kind),
    "settled": [Option("false", "Chưa có kết quả"), Option("true", "Đã có kết quả")],
    "coarse": options.words(Coarse),
    "state": options.words(State),
    "handling": options.words(WAYS),
    "open": [Option("true", "Đang mở"), Option("false", "Đã kết thúc"), Option("all", "Tất cả")],
    "source": options.words(Source),
    "flag": options.words(FlagKind),
}


@dataclass(frozen=True, slots=True)
class Panel:
    """What the filters offer, and what is called what."""

    offers: Mapping[str, Offer]
    names: Mapping[str, str]
    columns: list[Option]


def panel(actor: Actor, on: date, filters: Filters) -> Panel:
    """The panel of a list for this hat; a chosen value it would not offer is kept in its place."""
    known = offered(on)
    reach = None if actor.province_wide else actor.agency_ids
    agencies = [Option(str(each.id), each.name) for each in known.agencies]
    offers: dict[str, Offer] = {
        **_WORDS,
        "field_id": _tree(known.fields),
        "agency_id": [
            option
            for option, each in zip(agencies, known.agencies, strict=True)
            if reach is None or each.id in reach
        ],
        "section_id": [
            Option(str(each.id), each.name)
            for each in known.sections
            if each.parent_id == actor.agency_id
        ],
        "officer_id": [Option(str(each.id), each.name) for each in colleagues(actor.agency_id, on)],
        "forwarder_id": agencies,
        "forwarder_body_id": [Option(str(each.id), each.name) for each in known.bodies],
        "receiver_id": agencies,
        "project_id": [Option(str(each.id), each.name) for each in known.projects],
    }
    query = to_query(filters)
    for name, offer in offers.items():
        value = query.get(name)
        if value is not None and _text(offer, value) is None:
            offers[name] = [*offer, Option(value, CHOSEN_ELSEWHERE)]
    return Panel(offers, NAMES, _COLUMNS)


def filled(filters: Filters, columns: Iterable[Column]) -> Form:
    """The panel's form with what is chosen, days as people write them."""
    values: dict[str, object] = dict(to_query(filters))
    for each in fields(filters):
        value = getattr(filters, each.name)
        if isinstance(value, date):
            values[each.name] = vn_date(value)
    return Form.of({**values, COLUMNS_NAME: [column.value for column in columns]})


def chosen_columns(args: MultiDict[str, str]) -> tuple[Column, ...]:
    """The columns an address names, in their own order; none when they are the ordinary ones."""
    asked = args.getlist(COLUMNS_NAME)
    chosen = tuple(column for column in Column if column.value in asked)
    return () if chosen == ORDINARY else chosen


def spoken(filters: Filters, shown: Panel) -> list[str]:
    """Each filter in words: *Quá hạn*, *Lĩnh vực: Đất đai, nhà cửa*."""
    words = []
    for name, value in to_query(filters).items():
        typed = getattr(filters, name)
        if name == "mine":
            words.append("Việc của tôi")
        elif isinstance(typed, date):
            words.append(f"{NAMES[name]} {vn_date(typed)}")
        elif name in shown.offers:
            text = _text(shown.offers[name], value) or CHOSEN_ELSEWHERE
            words.append(f"{NAMES[name]}: {text.strip(_INDENT)}")
        else:
            words.append(f"{NAMES[name]}: {_place(typed) if name == 'place_id' else value}")
    return words


def _place(place_id: int) -> str:
    return names_of([place_id]).get(place_id, CHOSEN_ELSEWHERE)


def _text(offer: Offer, value: str) -> str | None:
    for each in offer:
        for option in each.options if isinstance(each, Group) else [each]:
            if option.value == value:
                return option.text
    return None


def _tree(known: Iterable[FieldChoice]) -> list[Group]:
    """The tree of fields: every level can be chosen and takes what lies under it."""
    children: dict[int | None, list[FieldChoice]] = {}
    for field in known:
        children.setdefault(field.parent_id, []).append(field)

    def below(field: FieldChoice, depth: int) -> list[Option]:
        inner = children.get(field.id, [])
        text = f"{_INDENT * depth}{field.name}{' (tất cả)' if inner else ''}"
        options_of = [Option(str(field.id), text)]
        for each in inner:
            options_of += below(each, depth + 1)
        return options_of

    return [Group(top.name, below(top, 0)) for top in children.get(None, [])]
