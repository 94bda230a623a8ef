"""A year's ranking as an Excel file, and its figures in words."""

from __future__ import annotations

from collections.abc import Iterator

from petitions.documents.tables import Cell as TableCell
from petitions.documents.tables import Head, Sheet
from petitions.labels import label
from petitions.queries.scores import Card, Criterion, Result
from petitions.services.score_rows import points_text
from workflows.scoring import Bloc, Share

TOO_LITTLE = "không đủ số liệu"


def counted(criterion: Criterion, share: Share | None) -> str:
    """So many of so many, and per cent rounded down to a tenth; nothing for points by hand."""
    if criterion.indicator is None:
        return ""
    if share is None:
        return "chưa có gì để tính"
    per_cent = f"{share.tenths // 10},{share.tenths % 10} %"
    return f"{share.numerator}/{share.denominator} = {per_cent}"


def sheets(card: Card, lines: tuple[Result, ...]) -> Iterator[Sheet]:
    """The ranking of each bloc, then the criteria."""
    for bloc in Bloc:
        inside = [each for each in lines if each.bloc is bloc]
        if inside:
            yield Sheet(label(bloc), _heads(card), [_row(card, each) for each in inside])
    yield Sheet(
        "Tiêu chí",
        [
            Head("Số", 6), Head("Tiêu chí", 50), Head("Căn cứ", 50), Head("Điểm tối đa", 12),
            Head("Cách tính", 44), Head("Đủ điểm ở (%)", 12), Head("Không điểm ở (%)", 12),
            Head("Số liệu ít nhất", 12),
        ],
        [
            (
                each.position, each.title, each.basis, points_text(each.weight),
                label(each.indicator) if each.indicator else "Chấm tay, có lý do",
                each.target, each.zero, each.least if each.indicator else None,
            )
            for each in card.criteria
        ],
    )  # fmt: skip


def _heads(card: Card) -> list[Head]:
    return [
        Head("Hạng", 8), Head("Cơ quan, đơn vị", 36), Head("Điểm", 10), Head("Xếp loại", 12),
        Head("Đủ số liệu (%)", 12),
        *(Head(f"Tiêu chí {each.position} (tối đa {points_text(each.weight)})", 14) for each in card.criteria),
    ]  # fmt: skip


def _row(card: Card, line: Result) -> list[TableCell]:
    whole = line.total
    cells: list[TableCell] = []
    for criterion, cell in zip(card.criteria, line.cells, strict=False):
        given = points_text(cell.points) if cell.points is not None else TOO_LITTLE
        said = counted(criterion, cell.share)
        cells.append(f"{given} ({said})" if said and cell.share else given)
    return [
        line.rank, line.agency, points_text(whole.points) if whole.points is not None else TOO_LITTLE,
        line.band, whole.judged * 100 // whole.weights, *cells,
        *[None] * (len(card.criteria) - len(cells)),
    ]  # fmt: skip
