"""The weekly scans of the demonstration's last quarter, and what the inspectorate made of what they found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import partial

from petitions.queries.hotspots import EpisodeLine, burning
from petitions.services.demo.people import Cast, Office, Seat
from petitions.services.episodes import Said, note
from petitions.services.hotspots import CAUGHT_UP, scan
from petitions.services.hotspots.sources import scan_instant
from workflows.episodes import AlarmVerdict, EntryKind, EpisodeState
from workflows.vocabulary import Actor, Role

INSPECTORATE = "thanh-tra-tinh"
_AN_HOUR = timedelta(hours=3)
_PLAN = (
    "1. Làm việc với chủ đầu tư và UBND các xã về giá đất, diện tích thu hồi.\n"
    "2. Đối thoại tại từng thôn trước ngày 30; Thanh tra tỉnh dự.\n"
    "3. Rà soát các quyết định bồi thường đã ban hành, sửa những chỗ tính sai.\n"
    "4. Công an xã nắm tình hình, không để tập trung đông người."
)
_DONE = "Đã làm việc với chủ đầu tư; thống nhất công khai bảng giá và lịch đối thoại tại ba xã."
_SCHOOL = "Do thông báo thu học phí sai mẫu; nhà trường đã đính chính, hoàn tiền."


def scan_weeks(offices: Mapping[str, Office], cast: Cast, as_of: date) -> int:
    """Scan the last twelve weeks as each Monday found them, and work on the two hottest.

    Returns how many commands it took.
    """
    inspector = next(seat for seat in offices[INSPECTORATE].seats if seat.role is Role.INSPECTOR)
    last = as_of - timedelta(days=as_of.weekday() + 7)
    for back in reversed(range(CAUGHT_UP)):
        monday = last - timedelta(weeks=back)
        scan(scan_instant(monday), week=monday)
    return CAUGHT_UP + _work(inspector, cast, as_of, scan_instant(last) + _AN_HOUR)


def _work(inspector: Seat, cast: Cast, as_of: date, now: datetime) -> int:
    actor = cast.actor(inspector, as_of)
    found = burning(actor, as_of)
    write = partial(_write, actor, now)
    done = 0
    for line in found:
        if line.projects and not done:
            done += write(line, Said(EntryKind.OWNER, owner=inspector.username))
            done += write(line, Said(EntryKind.PLAN, _PLAN))
            done += write(line, Said(EntryKind.STATE, state=EpisodeState.HOT))
            done += write(line, Said(EntryKind.UPDATE, _DONE))
            done += write(line, Said(EntryKind.VERDICT, verdict=AlarmVerdict.RIGHT))
    return done + _school(found, write)


def _school(found: tuple[EpisodeLine, ...], write: Callable[[EpisodeLine, Said], int]) -> int:
    """One burst that everybody knew of already."""
    for line in found:
        if not line.projects and line.headline.window == 1:
            return write(line, Said(EntryKind.VERDICT, _SCHOOL, verdict=AlarmVerdict.KNOWN))
    return 0


def _write(actor: Actor, now: datetime, line: EpisodeLine, said: Said) -> int:
    note(line.uid, said, version=None, actor=actor, now=now)
    return 1
