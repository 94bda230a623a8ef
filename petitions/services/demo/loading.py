"""Loading the demonstration into an empty database, recognising it, and wiping it again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import delete, select

from config.clock import VIETNAM, local_day
from config.database import db, transaction
from petitions import schema
from petitions.errors import Conflict, Invalid
from petitions.installation import installation
from petitions.models import Agency, CalendarYear, Hat, OutboxMessage, Sweep, User
from petitions.rulebook import current
from petitions.services import passwords, reference
from petitions.services.accounts import principal_named
from petitions.services.demo import bodies, people, places
from petitions.services.demo.catalog import catalog
from petitions.services.demo.follow_up import answer_from_above, follow_up
from petitions.services.demo.hot_spots import scan_weeks
from petitions.services.demo.paperwork import arrange
from petitions.services.demo.plan import Story, plan
from petitions.services.demo.queue_work import work_on_queue
from petitions.services.demo.reception import WARD, Reception
from petitions.services.demo.registers import keep_registers
from petitions.services.demo.report_calendar import keep_reports
from petitions.services.demo.report_sheets import keep_sheets
from petitions.services.demo.satisfaction import Opinions, sample_slips
from petitions.services.demo.scorecards import keep_scores
from petitions.services.demo.sensitive_days import keep_periods
from petitions.services.demo.telling import Told, tell
from petitions.services.demo.urgings import urgings
from petitions.services.escalations import raise_due
from petitions.services.slips import Issued
from petitions.services.watch import sweep
from workflows.guards import LAW_136_FROM
from workflows.vocabulary import Role
from workflows.working_days import Roll

PASSWORD = "sonlam-2026"  # noqa: S105 - printed for everybody who looks at the demonstration
FIRST_DAY = LAW_136_FROM + timedelta(days=92)
"""The stories need a quarter under the law of July 2026."""
_RAISED_BEFORE = (28, 14, 1)
"""About how many days before the day overdue cases were put before the bodies above already."""
_CLOCKS_REACH = timedelta(days=200)
"""How far ahead of the day the stories' clocks may run."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can sign in to the demonstration."""

    username: str
    name: str
    role: Role
    agency: str


def prepare() -> None:
    """Give a database without any table its tables, calendar and fields; leave every other as it is."""
    if schema.present_revision(db.engine) is None:
        schema.upgrade(db.engine)
        with transaction() as session:
            reference.seed(session, installation().settings.law_dir)


def is_empty() -> bool:
    """Whether no body has been entered yet."""
    return db.session.scalar(select(Agency.id).limit(1)) is None


def is_demo() -> bool:
    """Whether the database was made by ``load``."""
    return db.session.scalar(select(Agency.id).where(Agency.code == bodies.MARK)) is not None


def is_half() -> bool:
    """Whether loading was cut off: a demonstration without the pass of the watch that is its last act."""
    return is_demo() and db.session.scalar(select(Sweep.id).limit(1)) is None


def nearest_day(day: date) -> date:
    """The day itself, or the nearest one the demonstration can be laid out for."""
    return min(max(day, FIRST_DAY), latest_day())


def latest_day() -> date:
    """The last day the demonstration can be laid out for: clocks need a calendar to run into."""
    years = set(db.session.scalars(select(CalendarYear.year)))
    year = FIRST_DAY.year
    while year + 1 in years:
        year += 1
    return date(year, 12, 31) - _CLOCKS_REACH


def load(as_of: date, scale: float = 1.0) -> int:
    """Fill the empty database with the province as it stands on the morning of ``as_of``.

    Returns the number of commands lived through. ``scale`` tells only that share of the stories.
    Raises ``Conflict`` unless the database is empty, ``Invalid`` at ``as_of`` for a day the law or
    the calendar does not bear. What went wrong half way is wiped.
    """
    if not is_empty():
        raise Conflict("Cơ sở dữ liệu đã có cơ quan; dữ liệu minh họa chỉ nạp vào nơi còn trống.")
    last = latest_day()
    if not FIRST_DAY <= as_of <= last:
        raise Invalid.at("as_of", f"Chọn một ngày từ {FIRST_DAY:%d/%m/%Y} đến {last:%d/%m/%Y}.")
    shipped = catalog()
    password_hash = passwords.hashed(PASSWORD)
    with transaction() as session:
        place_ids = places.found(session, shipped)
        body_ids, projects = bodies.found(session, shipped, place_ids, as_of)
        cast = people.engage(session, shipped, body_ids, as_of, password_hash)
        rules = current(session)
    try:
        arrange(shipped, as_of)
        stories = plan(shipped, rules.calendar, as_of, scale)
        reception = Reception.of(shipped, rules, as_of, whole=scale >= 1)
        return _live(stories, reception, cast, projects, as_of)
    except BaseException:
        db.session.rollback()
        wipe()
        raise


def _live(
    stories: Sequence[Story],
    reception: Reception,
    cast: people.Cast,
    projects: dict[str, int],
    as_of: date,
) -> int:
    morning = datetime.combine(as_of, time(), VIETNAM)
    with _hasty_disk():
        desk = reception.front_desk(cast)
        letters = urgings(desk.offices, desk.calendar, as_of) if reception.whole else []
        told: list[Told] = [*stories, *reception.happenings(), *letters]
        done = tell(told, cast, projects, as_of - timedelta(days=1), desk)
        done += follow_up(desk.offices, cast, as_of)
        done += Opinions(desk.offices, cast, as_of).gather()
        done += keep_reports(desk.offices, cast, as_of)
        for days in _RAISED_BEFORE:
            raised_on = desk.calendar.roll(as_of - timedelta(days=days), Roll.PREVIOUS)
            raise_due(datetime.combine(raised_on, time(), VIETNAM))
        done += answer_from_above(desk.offices, cast, as_of)
        with transaction() as session:  # news of eighteen months is no news
            session.execute(delete(OutboxMessage).where(OutboxMessage.created_at < morning))
        done += reception.this_morning(cast)
        done += keep_scores(desk.offices, cast, as_of)
        done += keep_registers(desk.offices, cast, as_of)
        if reception.whole:
            done += keep_sheets(desk.offices, cast, as_of)
        raise_due(morning)
        done += scan_weeks(desk.offices, cast, as_of)
        sweep(morning, now=morning)
        done += work_on_queue(desk.offices, cast, as_of)
        done += keep_periods(desk.offices, cast, as_of)
    return done


@contextmanager
def _hasty_disk() -> Iterator[None]:
    """SQLite does not wait for the disk at every commit: what a power cut loses can be told again."""
    if db.engine.dialect.name != "sqlite":
        yield
        return
    db.session.remove()
    with closing(db.engine.raw_connection()) as connection:
        connection.cursor().execute("PRAGMA synchronous=NORMAL")
    try:
        yield
    finally:
        db.session.remove()
        db.engine.dispose()  # new connections wait for the disk again


def wipe() -> None:
    """Empty a demonstration's database, its stored papers and its anchors.

    Raises ``Conflict`` when the database was not made by ``load``: real files are never touched.
    """
    if not is_demo():
        raise Conflict("Cơ sở dữ liệu này không phải dữ liệu minh họa nên không xóa.")
    db.session.remove()
    schema.downgrade(db.engine, "base")
    prepare()
    settings = installation().settings
    settings.anchor_file.unlink(missing_ok=True)
    for entry in settings.upload_dir.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def slips_to_try(now: datetime) -> list[Issued]:
    """Slips of the ward to try the citizen's look-up with, for an open case and a closed one."""
    seat = people.offices(catalog())[WARD].desk
    found = principal_named(seat.username, local_day(now))
    return [] if found is None else sample_slips(found.actor, now)


def accounts() -> list[Account]:
    """The accounts of the demonstration with the hat worn after sign-in, as they were made."""
    order = {person.username: number for number, person in enumerate(catalog().colleagues)}
    rows = db.session.execute(
        select(User.username, User.name, Hat.role, Agency.name)
        .join(Hat, Hat.user_id == User.id)
        .join(Agency, Agency.id == Hat.agency_id)
        .where(Hat.is_default, User.username.in_(order))
    )
    found = [Account(*row) for row in rows]
    return sorted(found, key=lambda account: order[account.username])
