"""Where the figures of a scorecard come from: the page that lists what an indicator counted."""

from __future__ import annotations

from datetime import date

from flask import url_for

from petitions.queries.scores import Card, Result
from workflows.scoring import Indicator

Links = tuple[tuple[str, str], ...]


def behind(indicator: Indicator, card: Card, line: Result, today: date) -> Links:
    """Words and addresses of what is behind an agency's figure."""
    first, last = (each.isoformat() for each in card.window)
    until = min(card.window.last, today)

    def tables(*names: str) -> Links:
        return tuple(
            (
                f"Biểu {name}",
                url_for("statistics.table", bieu=name, tu=first, den=last, don_vi=line.code),
            )
            for name in names
        )

    match indicator:
        case Indicator.SETTLED_IN_TIME:
            return tables("01/KQGQ", "03/KQGQ")
        case Indicator.ENFORCED:
            return tables("02/KQGQ", "04/KQGQ")
        case Indicator.OPEN_OVERDUE:
            return (
                (
                    "Hồ sơ đang quá hạn",
                    url_for("desk.agency", agency_id=line.agency_id, lateness="overdue"),
                ),
            )
        case Indicator.RECEPTION_DAYS:
            return (("Định mức tiếp công dân", url_for("reception.quota", thang=f"{until:%m/%Y}")),)
        case Indicator.SATISFACTION:
            return (("Mức độ hài lòng", url_for("surveys.index", nam=card.year)),)
        case Indicator.COMMITMENTS_KEPT:
            return (
                (
                    "Cam kết đến hạn trong kỳ",
                    url_for(
                        "commitments.index",
                        which="all",
                        agency=line.code,
                        due_from=first,
                        due_to=last,
                    ),
                ),
            )
        case Indicator.REPORTS_IN_TIME:
            return (("Lịch báo cáo", url_for("reporting.index", nam=card.year, xem="tat-ca")),)
        case Indicator.URGINGS_ANSWERED:
            return (("Công văn đôn đốc", url_for("urging.index")),)
        case Indicator.ENTERED_LATE:
            return (("Đơn nhận trong kỳ", url_for(
                "desk.agency", agency_id=line.agency_id, open="all",
                received_from=first, received_to=last,
            )),)  # fmt: skip
