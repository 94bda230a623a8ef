"""Hot spots: this week's list, one episode with its reasons and its history, the reckoning of an alarm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from petitions.errors import Invalid, NotFound
from petitions.labels import label
from petitions.queries import choices
from petitions.queries import hotspots as known
from petitions.queries.cases import by_ids
from petitions.queries.hotspots import (
    AlarmLine,
    AlarmShown,
    EpisodeFilters,
    EpisodeShown,
    SeriesKey,
)
from petitions.queries.urging_cases import MOST
from petitions.queries.urging_reach import ISSUERS
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.schemas.hotspots import ENTRY, FILTERS, WEEK
from petitions.services.episodes import BY_PEOPLE, TEXT_LIMIT, Said, note
from petitions.text import vn_number
from petitions.web import options
from petitions.web.answers import Answer, answered
from petitions.web.charts import Lines, lines
from petitions.web.desk import in_words
from petitions.web.forms import Form, Option, posted_key, posted_version
from petitions.web.kept import reads_hotspots
from petitions.web.narrowing import narrowed
from petitions.web.session import actor, moment, today
from workflows.episodes import (
    FALSE_ALLOWED,
    LEAST_VERDICTS,
    MOST_LISTED,
    VERDICTS_READ,
    AlarmVerdict,
    EntryKind,
    EpisodeState,
    SeriesUnit,
    Trend,
    states_after,
)
from workflows.hotspots.reading import quantity
from workflows.vocabulary import Coarse

blueprint = Blueprint("hotspots", __name__)

SIGNS = {
    Trend.NEW: "●", Trend.WORSENING: "▲", Trend.STEADY: "▬", Trend.FADING: "▽", Trend.CLOSED: "✓",
}  # fmt: skip
BUTTONS = {
    EntryKind.OWNER: "Giao người phụ trách",
    EntryKind.PLAN: "Ghi phương án",
    EntryKind.UPDATE: "Ghi diễn biến",
    EntryKind.STATE: "Đổi tình trạng",
    EntryKind.VERDICT: "Kết luận về báo động",
}
HELP = {
    EntryKind.OWNER: "Người phụ trách theo dõi địa bàn, lập phương án và ghi diễn biến.",
    EntryKind.PLAN: "Phương án mới thay phương án đang có; bản cũ vẫn còn trong diễn biến.",
    EntryKind.UPDATE: "Việc đã làm, tình hình tại địa bàn.",
    EntryKind.STATE: "Tiềm ẩn và điểm nóng phải có người phụ trách; điểm nóng phải có phương án.",
    EntryKind.VERDICT: "Kết luận dùng để đo độ đúng của báo động; sai quá nhiều thì ngưỡng tự nâng lên.",
}
WORDS = {
    EntryKind.OWNER: "Ghi chú",
    EntryKind.PLAN: "Phương án xử lý",
    EntryKind.UPDATE: "Diễn biến, việc đã làm",
    EntryKind.STATE: "Lý do",
    EntryKind.VERDICT: "Căn cứ",
}
SHOWN = ("state", "field", "place", "mine", "closed")
CASES_SHOWN, EARLIER_SHOWN = 60, 40
CHART = (760, 210)
WEEKS_DRAWN = 52


@dataclass(frozen=True, slots=True)
class Reckoned:
    """An alarm with its weeks as rows of a table: Monday, count, factors, odds before and after."""

    shown: AlarmShown
    rows: tuple[tuple[date, int, str, str, str, str, str, str], ...]
    ending: tuple[str, ...]


@blueprint.get("/diem-nong")
def index() -> str | tuple[str, int]:
    """What one week put before people."""
    _readers_only()
    form, status = Form({name: request.args.getlist(name) for name in request.args}), 200
    monday = None
    try:
        asked = load(WEEK, shaped(WEEK, request.args)).get("week")
        monday = asked and asked - timedelta(days=asked.weekday())
    except Invalid as error:
        form, status = form.refused(error.fields), 422
    page = known.week(actor(), monday)
    shown = page.scan.week if page.scan else monday
    text = render_template(
        "hotspots.html",
        form=form,
        page=page,
        week=shown,
        signs=SIGNS,
        most=MOST_LISTED,
        until=shown and shown + timedelta(days=6),
        units=list(SeriesUnit),
        rule={"read": VERDICTS_READ, "least": LEAST_VERDICTS, "share": FALSE_ALLOWED},
        number=vn_number,
        quantity=quantity,
        cases={
            each.id: each
            for each in by_ids(actor(), sorted({i for line in page.shares for i in line.case_ids}))
        },
    )
    return text, status


@blueprint.get("/diem-nong/tat-ca")
def every() -> str | tuple[str, int]:
    """Every episode, narrowed."""
    _readers_only()
    asked = narrowed(FILTERS, EpisodeFilters(), SHOWN, "state")
    found = known.episodes(actor(), asked.filters, asked.page)
    text = render_template(
        "hotspots_all.html",
        form=asked.form,
        found=found,
        signs=SIGNS,
        narrowed=bool(asked.said),
        states=options.words(EpisodeState),
        fields=_fields(),
        places=[Option(each.code, each.name) for each in choices.communes_around(actor().agency_id, today())],
        **asked.around("hotspots.every", found.more),
    )  # fmt: skip
    return text, asked.status


@blueprint.get("/diem-nong/<uid>")
def show(uid: str) -> str | Response:
    """One episode: why, where, which cases, what is done about it."""
    _readers_only()
    try:
        shown = known.episode(actor(), uid)
    except NotFound:
        survivor = known.survivor(actor(), uid)
        if survivor is None:
            raise
        return redirect(url_for("hotspots.show", uid=survivor))
    line, drawn = shown.line, _drawn(shown)
    newest, counted = line.case_ids[::-1], set(line.case_ids)
    cases = by_ids(actor(), newest[:CASES_SHOWN])
    earlier = [each for each in shown.all_case_ids[::-1] if each not in counted]
    open_codes = [
        each.code for each in by_ids(actor(), line.case_ids) if each.coarse is not Coarse.RESOLVED
    ][:MOST]
    return render_template(
        "hotspot.html",
        shown=shown,
        line=line,
        rows=in_words(cases, today()),
        unopened=len(newest[:CASES_SHOWN]) - len(cases),
        earlier=in_words(by_ids(actor(), earlier[:EARLIER_SHOWN]), today()),
        earlier_count=len(earlier),
        reckoned=[_reckoned(each) for each in shown.shown],
        drawn=drawn,
        picture=drawn and _picture(drawn),
        most_cases=CASES_SHOWN,
        signs=SIGNS,
        acts=[(BUTTONS[kind], url_for("hotspots.entry", uid=uid, kind=kind.value)) for kind in BUTTONS],
        urge=url_for("urging.new") + "?" + urlencode([("ho-so", code) for code in open_codes])
        if open_codes and actor().role in ISSUERS
        else None,
        urged=len(open_codes),
        number=vn_number,
    )  # fmt: skip


@blueprint.get("/diem-nong/<uid>/bao-dong/<int:alarm_id>")
def alarm(uid: str, alarm_id: int) -> str:
    """One alarm, however old, worked out again from its record."""
    _readers_only()
    shown, one = known.alarm(actor(), uid, alarm_id)
    return render_template(
        "hotspot_alarm.html",
        line=shown.line,
        each=_reckoned(one),
        rows=in_words(by_ids(actor(), one.case_ids[:CASES_SHOWN]), today()),
        number=vn_number,
    )


@blueprint.route("/diem-nong/<uid>/<kind>", methods=["GET", "POST"])
def entry(uid: str, kind: str) -> Answer:
    """One line more in the history of an episode."""
    _readers_only()
    wanted = next((each for each in BY_PEOPLE if each.value == kind), None)
    shown = known.episode(actor(), uid)
    if wanted is None or not shown.may_write:
        raise NotFound
    if request.method == "GET":
        return _entry_page(shown, wanted, Form.of(_begun(shown, wanted)))
    form = Form.posted({"version"})

    def send() -> str:
        given = load(ENTRY, shaped(ENTRY, request.form))
        note(
            uid,
            Said(kind=wanted, **given),
            version=posted_version(),
            actor=actor(),
            now=moment(),
            key=posted_key(),
        )
        return url_for("hotspots.show", uid=uid)

    return answered(form, partial(_entry_page, shown, wanted), send, f"Đã ghi: {label(wanted)}.")


def _fields() -> list[Option]:
    """Fields as hot spots are sought by: the second level, and the first where it has none."""
    found = choices.fields(today())
    above = {each.parent_id for each in found}
    tops = {each.id for each in found if each.parent_id is None}
    return [
        Option(each.code, each.name)
        for each in found
        if each.parent_id in tops or (each.id in tops and each.id not in above)
    ]


def _readers_only() -> None:
    """Hot spots of the whole province do not exist for whoever does not answer for it."""
    if not reads_hotspots(actor()):
        raise NotFound


def _begun(shown: EpisodeShown, kind: EntryKind) -> dict[str, str]:
    line = shown.line
    if kind is EntryKind.PLAN:
        return {"text": shown.plan}
    if kind is EntryKind.OWNER:
        people = known.keepers(actor(), line.id, today())
        mine = line.owner_id or actor().user_id
        return {"owner": next((each.username for each in people if each.id == mine), "")}
    return {}


def _entry_page(shown: EpisodeShown, kind: EntryKind, form: Form, *, stale: bool = False) -> str:
    line = shown.line
    return render_template(
        "hotspot_entry.html",
        shown=shown,
        line=line,
        kind=kind,
        form=form,
        stale=stale,
        version=known.episode(actor(), line.uid).line.version if stale else line.version,
        button=BUTTONS[kind],
        help=HELP[kind],
        words=WORDS[kind],
        most=TEXT_LIMIT,
        must=kind in {EntryKind.PLAN, EntryKind.UPDATE},
        people=[Option(each.username, each.name) for each in known.keepers(actor(), line.id, today())],
        states=[Option(each.value, label(each)) for each in states_after(line.state)],
        verdicts=options.words(AlarmVerdict),
    )  # fmt: skip


def _drawn(shown: EpisodeShown) -> AlarmLine | None:
    """The alarm whose line is drawn: the strongest of one commune; none over denunciations."""
    if shown.line.secret:
        return None
    return next((each.line for each in shown.shown if each.line.place is not None), None)


def _picture(alarm: AlarmLine) -> Lines:
    """The series over a year, up to the week of the alarm."""
    assert alarm.place is not None
    key = SeriesKey(alarm.place.code, alarm.field.code if alarm.field else None)
    (line,) = known.series(actor(), alarm.week + timedelta(weeks=1), [key], WEEKS_DRAWN)
    return lines(line.points, *CHART)


def _reckoned(shown: AlarmShown) -> Reckoned:
    record = shown.explanation
    odds = record.odds()
    rows = tuple(
        (
            date.fromisoformat(step.monday), step.count, vn_number(step.rate, 3),
            vn_number(step.province, 2), vn_number(step.season, 2), vn_number(step.expected, 3),
            vn_number(step.spoken, 2), _said(odds[number + 1]),
        )
        for number, step in enumerate(record.steps)
    )  # fmt: skip
    return Reckoned(shown, rows, tuple(record.lines()[len(record.steps) :]))


def _said(odds: float) -> str:
    """Odds as a share of a hundred where they are small, as a number where large."""
    if odds < 0.001:
        return "dưới 0,001"
    return vn_number(odds, 3 if odds < 1 else 1 if odds < 100 else 0)
