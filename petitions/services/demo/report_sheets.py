"""The demonstration's report campaign: last quarter asked for, most units sent, one late, and the
ward's sheet, confirmed by its clerk, still waits for the chairman's signature."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from config.clock import VIETNAM
from petitions.queries.report_campaigns import campaign, sheet
from petitions.queries.statistics.figures import NOT_UNITS, Window
from petitions.queries.statistics.periods import PERIODS, quarter_of, window
from petitions.queries.statistics.spec import version_on
from petitions.services import sheet_signing, snapshots
from petitions.services.demo.people import Cast, Office
from petitions.services.demo.reception import WARD
from petitions.services.report_campaigns import CampaignGiven, ask
from workflows.vocabulary import Actor, Role

_INSPECTORATE = "thanh-tra-tinh"
_LATE, _CORRECTED = 4, 1
"""Of the units in the order of their codes: who sent late, who corrected."""
_BY_HAND = {"01/KQGQ": {14: "2"}}


def keep_sheets(offices: Mapping[str, Office], cast: Cast, as_of: date) -> int:
    """The campaign of the last quarter that ended, and this quarter's prepared; returns how many commands."""
    name, days = _last_quarter(as_of)
    due = days.last + timedelta(days=9)
    asked_on = days.last - timedelta(days=6)
    inspector = next(each for each in offices[_INSPECTORATE].seats if each.role is Role.INSPECTOR)
    spec = version_on(days.last)
    units = sorted(
        code
        for code, office in offices.items()
        if office.until is None and office.kind not in NOT_UNITS
    )
    asker = cast.actor(inspector, asked_on)
    uid = ask(
        CampaignGiven(
            name=f"Số liệu thống kê {name}", spec=spec.id, tables=list(spec.tables),
            first=days.first, last=days.last, due=due, units=units,
        ),
        actor=asker, now=_at(asked_on, 8),
    )  # fmt: skip
    done = 1
    sheets = {each.unit.code: each.uid for each in campaign(asker, uid, asked_on).sheets}
    for number, code in enumerate(units):
        on = (
            due + timedelta(days=3)
            if number == _LATE
            else days.last + timedelta(days=2 + number % 5)
        )
        on = min(on, as_of - timedelta(days=1))
        done += _sent(sheets[code], offices[code], cast, on, signed=code != WARD)
        if number == _CORRECTED:
            done += _corrected(
                sheets[code], offices[code], cast, min(on + timedelta(days=4), as_of)
            )
    return done


def _last_quarter(as_of: date) -> tuple[str, Window]:
    running = window(*quarter_of(as_of))
    name, year = quarter_of(running.first - timedelta(days=1))
    return f"{PERIODS[name].text[0].lower()}{PERIODS[name].text[1:]} năm {year}", window(name, year)


def _sent(uid: str, office: Office, cast: Cast, on: date, *, signed: bool) -> int:
    worker = cast.actor(office.clerk, on)
    snapshots.count(uid, version=_version(worker, uid), actor=worker, now=_at(on, 9))
    done = 1
    for name in sheet(worker, uid).tables:
        if any(column.manual for column in sheet(worker, uid).table(name).columns):
            snapshots.write_by_hand(
                uid, name, _BY_HAND.get(name, {}), zeros=True, version=_version(worker, uid),
                actor=worker, now=_at(on, 9),
            )  # fmt: skip
            done += 1
    snapshots.confirm(uid, version=_version(worker, uid), actor=worker, now=_at(on, 10))
    if not signed:
        return done + 1
    head = cast.actor(office.head, on)
    sheet_signing.sign(uid, version=_version(head, uid), actor=head, now=_at(on, 15))
    return done + 2


def _corrected(uid: str, office: Office, cast: Cast, on: date) -> int:
    head = cast.actor(office.head, on)
    snapshots.start_correction(
        uid, "Ghi sót một người được trả lại quyền lợi theo quyết định giải quyết khiếu nại",
        version=_version(head, uid), actor=head, now=_at(on, 8),
    )  # fmt: skip
    snapshots.write_by_hand(
        uid,
        "01/KQGQ",
        {14: "3"},
        zeros=True,
        version=_version(head, uid),
        actor=head,
        now=_at(on, 8),
    )
    sheet_signing.sign(uid, version=_version(head, uid), actor=head, now=_at(on, 9))
    return 3


def _version(actor: Actor, uid: str) -> int:
    return sheet(actor, uid).version


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), VIETNAM)
