"""What is said beside a table: what its figures leave out, and how each column is counted."""

from __future__ import annotations

from itertools import groupby

from petitions.queries.statistics.conditions import CONDITIONS, MEASURES
from petitions.queries.statistics.figures import Report
from petitions.queries.statistics.spec import Column, Measure, Table, Universe

_LINES = {
    Universe.RECEPTION: "lượt đã tiếp xong và buổi đã tiếp, theo ngày tiếp",
    Universe.PROCESSING: "đơn đơn vị phải xử lý trong kỳ, dù sau đó đã chuyển đi",
    Universe.SETTLEMENT: "đơn đơn vị đã thụ lý và phải giải quyết trong kỳ",
    Universe.ENFORCEMENT: "quyết định có hiệu lực, kết luận đơn vị phải tổ chức thực hiện trong kỳ",
    Universe.REPLIES: "",
}


def notes(report: Report) -> list[str]:
    """Lines under the table: form not confirmed, columns not recorded, values missing, identities."""
    table, found = report.table, []
    if table.unconfirmed:
        found.append(
            f"Mẫu biểu theo Thông tư 02/2021/TT-TTCP, {table.unconfirmed} với thông tư hiện hành."
        )
    unrecorded = [column for column in table.columns if column.missing]
    by_hand = [each.number for each in unrecorded if report.total[each.number] is not None]
    if by_hand:
        found.append(f"{_listed(by_hand)}: do đơn vị ghi khi xác nhận số liệu.")
    empty = [each for each in unrecorded if report.total[each.number] is None]
    for reason, columns in groupby(empty, key=lambda column: column.missing):
        found.append(f"{_listed([column.number for column in columns])}: để trống. {reason}")
    names = {line.unit.id: line.unit.name for line in report.lines}
    for unit, figures in report.declared.items():
        told = "; ".join(f"cột {number}: {value}" for number, value in sorted(figures.items()))
        found.append(
            f"{names[unit]}: gồm số dư đầu kỳ đơn vị kê khai từ trước khi dùng hệ thống ({told}); "
            "không có hồ sơ kèm theo."
        )
    partial = [column.number for column in table.columns if table.partial(column)]
    if partial:
        found.append(f"{_listed(partial)}: chỉ gồm phần đã ghi nhận.")
    found += [f"{each.number} vụ việc: {each.gap.text}" for each in report.untold]
    for broken in report.broken:
        why = broken.identity.soft or "cần kiểm tra lại số liệu."
        found.append(
            f"{broken.unit.name}: {broken.identity.text} không khớp ({broken.left} ≠ {broken.right}); {why}"
        )
    return found


def meaning(table: Table, column: Column) -> str:
    """How the column's figure comes about, for a statistician."""
    if column.missing:
        return column.missing
    if column.parts:
        return f"Bằng tổng các cột {', '.join(str(part) for part in column.parts)}."
    assert column.measure is not None
    replies = column.measure is Measure.REPLIES
    universe = Universe.REPLIES if replies else table.universe
    known = CONDITIONS[universe]
    about = [] if replies else [_LINES[universe]]
    about += [known[name].meaning for name in (*table.where, *column.where)]
    return (
        f"{MEASURES[column.measure]}: {'; '.join(about)}."
        if about
        else f"{MEASURES[column.measure]}."
    )


def _listed(numbers: list[int]) -> str:
    """``Cột 4`` or ``Các cột 12–20, 25``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    words = [str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs]
    return f"{'Cột' if len(numbers) == 1 else 'Các cột'} {', '.join(words)}"
