"""The narrative report and the report to the Department of Home Affairs, as values of their forms.

Every figure is told from the same ``Compared`` or ``Share`` its table shows; what only a person can
judge is a marked blank.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from petitions.documents.context_office import full_name, office_values, title_of
from petitions.models import Agency
from petitions.queries.narratives import Asked, BodyLine, Compared, Counted, Follow, Narrative
from petitions.queries.statistics.figures import Figure
from petitions.text import vn_date, vn_number
from workflows.scoring import Indicator, Share

NARRATIVE, HOME_AFFAIRS = "x:bao-cao-kntc", "x:bao-cao-noi-vu"
BLANK = "…" * 28
"""A dotted line that ends before the margin does."""
NOTHING = "–"
_UNRECORDED = "chưa ghi nhận"
_KEY_LINES = {"reception": 3, "processing": 4, "complaints": 4, "denunciations": 3}
"""How many of a section's figures its words repeat."""


def narrative_values(
    session: Session, found: Narrative, agency_id: int, scope: str
) -> dict[str, Any]:
    """The blanks of the narrative report of an agency."""
    sections = found.sections
    told = {key: [sentence(each) for each in sections[key][:most]] for key, most in _KEY_LINES.items()}  # fmt: skip
    return {
        **_office(session, agency_id, found),
        "period": found.asked.text,
        "scope": scope,
        "blank": BLANK,
        "sources": sources(found),
        "situation": situation(found),
        "reception_words": told["reception"],
        "processing_words": told["processing"],
        "complaint_words": told["complaints"],
        "denunciation_words": told["denunciations"],
        **{key: [row(each) for each in lines] for key, lines in sections.items()},
    }


def follow_values(session: Session, found: Follow, agency_id: int, scope: str) -> dict[str, Any]:
    """The blanks of the report to the Department of Home Affairs."""
    parts = {name: found.parts[indicator] for name, indicator in _PARTS.items()}
    return {
        **_office(session, agency_id, found),
        "period": found.asked.text,
        "scope": scope,
        "blank": BLANK,
        "sources": [
            *_windows(found.asked, found.today),
            f"Số liệu lấy từ hệ thống ngày {vn_date(found.today)}.",
        ],
        "results": [row(each) for lines in found.sections.values() for each in lines],
        "rates": rates(found.sections),
        "reception_words": _reception(found),
        "overdue_words": _whole(found, Indicator.OPEN_OVERDUE, "{part}/{whole} vụ việc đang giải quyết đã quá thời hạn giải quyết ({percent}\u00a0%)."),
        "satisfaction_words": _whole(found, Indicator.SATISFACTION, f"{{part}}/{{whole}} đánh giá hài lòng ({{percent}}\u00a0%), năm {found.asked.year} tính đến hết tháng trước; cơ quan có ít đánh giá không hiện số."),
        "commitment_words": _whole(found, Indicator.COMMITMENTS_KEPT, "{part}/{whole} cam kết, lời hứa đến hạn đã thực hiện xong đúng hạn ({percent}\u00a0%)."),
        **{name: [body(each) for each in lines] for name, lines in parts.items()},
    }  # fmt: skip


_PARTS = {
    "reception": Indicator.RECEPTION_DAYS,
    "overdue": Indicator.OPEN_OVERDUE,
    "satisfaction": Indicator.SATISFACTION,
    "commitments": Indicator.COMMITMENTS_KEPT,
}


# --- figures in words ------------------------------------------------------------------------


def figure(value: Figure | None, nothing: str = _UNRECORDED) -> str:
    """A figure as the tables print it."""
    return nothing if value is None else vn_number(value)


def row(line: Compared) -> dict[str, str]:
    """A line of a section's table."""
    return {
        "name": line.text,
        "now": figure(line.now),
        "before": figure(line.before, NOTHING),
        "change": _signed(line.change),
        "percent": _signed(line.per_cent),
        "source": line.source,
    }


def sentence(line: Compared) -> str:
    """A figure and how it moved, as a sentence."""
    text = f"- {line.text}: {figure(line.now)}"
    if line.change is None or line.before is None:
        return f"{text}."
    if line.change == 0:
        return f"{text}, bằng cùng kỳ năm trước."
    way, size = ("tăng", line.change) if line.change > 0 else ("giảm", -line.change)
    share = "" if line.per_cent is None else f" ({vn_number(abs(line.per_cent))}\u00a0%)"
    return (
        f"{text}, {way} {vn_number(size)}{share} so với cùng kỳ năm trước "
        f"({vn_number(line.before)})."
    )


def body(line: BodyLine) -> dict[str, str]:
    """An agency's share as a line of a table."""
    return {
        "name": line.name,
        "whole": vn_number(line.share.denominator),
        "part": vn_number(line.share.numerator),
        "percent": percent(line.share),
    }


def percent(share: Share) -> str:
    """Per cent rounded down to a tenth."""
    return f"{share.tenths // 10},{share.tenths % 10}"


def _signed(value: Figure | None) -> str:
    if value is None:
        return NOTHING
    return f"+{vn_number(value)}" if value > 0 else vn_number(value)


# --- sentences -------------------------------------------------------------------------------


def sources(found: Narrative) -> list[str]:
    """Where the figures come from, said in the report itself."""
    told = _windows(found.asked, found.today)
    signed = found.signature
    if signed is None:
        told.append(
            f"Số liệu lấy từ hệ thống ngày {vn_date(found.today)} theo {found.version}, chưa phải bản thống kê đã ký."
        )
        return told
    told.append(
        f"Số liệu kỳ này lấy từ bản thống kê đã ký của {signed.agency} (lần {signed.edition}, "
        f"{signed.signed_by} ký ngày {vn_date(signed.signed_on)}, {found.version}); số liệu cùng kỳ năm trước "
        "và phần tình hình lấy từ hệ thống."
    )
    if signed.missing:
        told.append(f"Bản đã ký chưa có số liệu của: {', '.join(signed.missing)}.")
    if found.unsigned:
        told.append(
            f"Biểu {', '.join(found.unsigned)} không có trong bản đã ký, lấy từ hệ thống ngày {vn_date(found.today)}."
        )
    return told


def situation(found: Narrative) -> list[str]:
    """The facts of a period; denunciations are left out and said to be."""
    facts = found.facts
    told = [
        f"Trong kỳ tiếp nhận {vn_number(facts.received)} đơn khiếu nại, kiến nghị, phản ánh (không kể đơn tố cáo)."
    ]
    if facts.fields:
        told.append(f"Lĩnh vực nhiều đơn nhất: {_listed(facts.fields)}.")
    if facts.places:
        told.append(f"Địa bàn phát sinh nhiều đơn nhất: {_listed(facts.places)}.")
    told.append(
        f"Đơn của nhóm từ 5 người trở lên: {vn_number(facts.mass)} đơn, {vn_number(facts.people)} người."
        if facts.mass
        else "Không có đơn của nhóm từ 5 người trở lên."
    )
    late = facts.overdue
    if late.denominator:
        told.append(
            f"Vụ việc khiếu nại, kiến nghị, phản ánh đang giải quyết đã quá thời hạn giải quyết: {vn_number(late.numerator)}/"
            f"{vn_number(late.denominator)} ({percent(late)}\u00a0%)."
        )
    return told


def rates(sections: Mapping[str, Iterable[Compared]]) -> list[str]:
    """Shares settled, settled in time and carried out, each from the figures of the table above; a
    sentence where there was nothing to have a share of."""
    now = {each.source: each.now for lines in sections.values() for each in lines}
    told = []
    for text, parts, whole in _RATES:
        values = [now.get(each) for each in (*parts, *whole)]
        if any(value is None for value in values):
            continue
        part = int(sum(now[each] or 0 for each in parts))
        of = int(sum(now[each] or 0 for each in whole))
        if of and part <= of:
            told.append(
                f"- {text}: {vn_number(part)}/{vn_number(of)} = {percent(Share(part, of))}\u00a0%."
            )
    return told or ["Trong kỳ không có vụ việc nào để tính tỷ lệ."]


_RATES = (
    ("Tỷ lệ giải quyết khiếu nại thuộc thẩm quyền", ("01/KQGQ.5", "01/KQGQ.6"), ("01/KQGQ.4",)),
    ("Tỷ lệ giải quyết khiếu nại đúng thời hạn", ("01/KQGQ.25",), ("01/KQGQ.25", "01/KQGQ.26")),
    ("Tỷ lệ giải quyết tố cáo thuộc thẩm quyền", ("03/KQGQ.6",), ("03/KQGQ.4",)),
    ("Tỷ lệ giải quyết tố cáo đúng thời hạn", ("03/KQGQ.30",), ("03/KQGQ.30", "03/KQGQ.31")),
    ("Tỷ lệ giải quyết kiến nghị, phản ánh", ("04/XLD.19",), ("04/XLD.19", "04/XLD.20")),
    ("Tỷ lệ quyết định đã thực hiện xong", ("02/KQGQ.2",), ("02/KQGQ.1",)),
    ("Tỷ lệ kết luận đã thực hiện xong", ("04/KQGQ.2",), ("04/KQGQ.1",)),
)


def _windows(asked: Asked, today: Any) -> list[str]:
    (first, last), (one, two) = asked.window, asked.before
    told = [
        f"Số liệu tính từ ngày {vn_date(first)} đến ngày {vn_date(last)}; cùng kỳ năm trước từ ngày "
        f"{vn_date(one)} đến ngày {vn_date(two)}."
    ]
    if last >= today:
        told.append(f"Kỳ báo cáo chưa kết thúc: số liệu đến ngày {vn_date(today)}.")
    return told


def _reception(found: Follow) -> str:
    if not found.months:
        return "Trong kỳ chưa có tháng nào đã hết để tính số ngày tiếp."
    first, last = found.months[0], found.months[-1]
    return _whole(
        found,
        Indicator.RECEPTION_DAYS,
        f"Các tháng đã hết từ {first:%m/%Y} đến {last:%m/%Y}: người đứng đầu đã tiếp {{part}}/{{whole}} ngày phải tiếp ({{percent}}\u00a0%).",
    )


def _whole(found: Follow, indicator: Indicator, words: str) -> str:
    share = found.sums[indicator]
    if not share.denominator:
        return "Không có số liệu trong kỳ."
    return words.format(
        part=vn_number(share.numerator), whole=vn_number(share.denominator), percent=percent(share)
    )


def _listed(found: Iterable[Counted]) -> str:
    return "; ".join(f"{each.name} ({vn_number(each.number)} đơn)" for each in found)


def _office(session: Session, agency_id: int, found: Narrative | Follow) -> dict[str, Any]:
    office = session.get_one(Agency, agency_id)
    known = office_values(session, office, None, found.today)
    head, own = title_of(office), full_name(office.name)
    above = session.get(Agency, office.parent_id) if office.parent_id else None
    told = [full_name(above.name) if above else "", str(known.get("inspectorate") or "")]
    return known | {
        "author": own,
        "signer_title": head,
        "signing_head_title": head,
        "addressees": [f"{each} (để báo cáo)" for each in dict.fromkeys(told) if each not in ("", own)],
    }  # fmt: skip
