"""The demonstration's sensitive periods: one over, one coming whose list of last week was drawn up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from config.clock import VIETNAM
from petitions.services.demo.people import Cast, Office
from petitions.services.sensitive import PeriodGiven, note_list, save_period
from workflows.vocabulary import Role

_INSPECTORATE = "thanh-tra-tinh"
_COMING, _LASTING = timedelta(days=16), timedelta(days=3)


def keep_periods(offices: Mapping[str, Office], cast: Cast, as_of: date) -> int:
    """Two periods, a list for each; this week's is still owed. Returns how many commands it took."""
    inspector = next(each for each in offices[_INSPECTORATE].seats if each.role is Role.INSPECTOR)
    earlier = as_of - timedelta(days=60)
    over = PeriodGiven(
        name="Hội nghị Ban Chấp hành Đảng bộ tỉnh",
        basis="Kế hoạch bảo đảm an ninh, trật tự",
        starts=earlier,
        ends=earlier + timedelta(days=1),
        weeks_before=1,
    )
    coming = PeriodGiven(
        name="Kỳ họp thường lệ cuối năm của HĐND tỉnh",
        basis="Giấy triệu tập kỳ họp của Thường trực HĐND tỉnh",
        starts=as_of + _COMING,
        ends=as_of + _COMING + _LASTING,
        weeks_before=4,
    )
    weeks = ((over, earlier), (coming, as_of - timedelta(days=7)))
    for given, on in weeks:
        actor, now = cast.actor(inspector, on), datetime.combine(on, time(8), VIETNAM)
        uid = save_period(given, uid=None, version=None, actor=actor, now=now)
        note_list(uid, actor=actor, now=now)
    return 2 * len(weeks)
