"""Communes where an unusual share of matters skipped a level or was sent again, with the cases that show it."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from sqlalchemy import select

from config.database import read
from petitions.access import shares_seen
from petitions.models import HotspotScan, Place, ShareAlarm, ShareAlarmCase
from petitions.queries.hotspots.shapes import Named, ShareLine
from workflows.vocabulary import Actor


def share_alarms(actor: Actor, monday: date) -> tuple[ShareLine, ...]:
    """The rate alarms of one week this actor may read, the rarest first. Two statements."""
    rows = read(
        select(
            ShareAlarm.id, ShareAlarm.place_id, Place.code, Place.name, ShareAlarm.sign,
            ShareAlarm.window, ShareAlarm.marked, ShareAlarm.matters, ShareAlarm.before_marked,
            ShareAlarm.before, ShareAlarm.around, ShareAlarm.expected, ShareAlarm.p,
        )
        .join(HotspotScan, HotspotScan.id == ShareAlarm.scan_id)
        .join(Place, Place.id == ShareAlarm.place_id)
        .where(HotspotScan.week == monday, shares_seen(actor))
        .order_by(ShareAlarm.p, ShareAlarm.id)
    ).all()  # fmt: skip
    cases: dict[int, list[int]] = defaultdict(list)
    for alarm_id, case_id in read(
        select(ShareAlarmCase.alarm_id, ShareAlarmCase.case_id)
        .where(ShareAlarmCase.alarm_id.in_([row.id for row in rows]), ShareAlarmCase.marked)
        .order_by(ShareAlarmCase.alarm_id, ShareAlarmCase.case_id)
    ):
        cases[alarm_id].append(case_id)
    return tuple(
        ShareLine(
            Named(row.place_id, row.code, row.name), row.sign, row.window, row.marked, row.matters,
            row.before_marked, row.before, row.around, row.expected, row.p, tuple(cases[row.id]),
        )
        for row in rows
    )  # fmt: skip
