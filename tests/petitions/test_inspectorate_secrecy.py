"""The inspectorate's pages before those who must not know: nothing they show changes by what is hidden from
them, nobody writes where others keep, and no text names a denouncer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import func, insert, inspect, literal, select, text
from werkzeug.routing import IntegerConverter

from config.database import Base, db, transaction
from petitions.errors import Leak
from petitions.models import Case, CaseBar
from petitions.queries.conduct import conduct_case
from petitions.queries.review_shapes import ReviewFilters
from petitions.queries.reviewed import reviewed, reviewed_case
from petitions.services import conduct, inspection, reviews, sensitive, urging
from petitions.services import inspection_targets as targets
from petitions.services import reviewed as review
from petitions.services import scores as scoring
from petitions.services import urging_replies as replies
from petitions.services.conduct import ConductGiven
from petitions.services.inspection_targets import Pick
from petitions.services.reviewed import Arrangement, OutcomeGiven
from petitions.services.reviews import CampaignGiven
from petitions.services.sensitive import PeriodGiven
from petitions.services.weighing import run as weigh
from petitions.text import fold
from tests.conftest import NOW, TODAY
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.petitions.test_report_sheets import asked
from tests.petitions.test_report_sheets import of as sheet_of
from tests.petitions.test_urging import late, led
from tests.web.browsing import Visitor
from tests.world import World
from workflows.records import BarReason
from workflows.reviewing import ConductFinding, Criteria, ReviewOutcome
from workflows.vocabulary import Actor

WORDS = "Đề nghị giải quyết dứt điểm."
YEAR = TODAY.year


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages read 09:00 of the tests' day."""
    monkeypatch.setattr("config.clock.now", lambda: NOW)


@dataclass(frozen=True)
class Kept:
    """What the inspectorate keeps: uids of a campaign, a target, a period; one open case of everybody."""

    campaign: str
    target: str
    period: str
    letter: str
    case: str


def kept(world: World) -> Kept:
    """Registers with one complaint in each of them."""
    led(world)
    open_case = late(world, group_size=20, official_conduct=True)
    weigh(NOW)
    hoa = world.hoa
    campaign = reviews.save_campaign(
        CampaignGiven(
            name="Rà soát", basis="KH 1", starts_on=TODAY, ends_on=TODAY + timedelta(days=30),
            lead="hoa", criteria=Criteria(overdue=True),
        ),
        actor=hoa, now=NOW,
    )  # fmt: skip
    reviews.take_in(campaign, [open_case], by_hand=True, actor=hoa, now=NOW)
    days = timedelta(days=10)
    period = sensitive.save_period(
        PeriodGiven(name="Kỳ họp", starts=TODAY + days, ends=TODAY + 2 * days, weeks_before=8),
        uid=None, version=None, actor=hoa, now=NOW,
    )  # fmt: skip
    sensitive.note_list(period, actor=hoa, now=NOW)
    scoring.new_card(YEAR, like_last=False, actor=hoa, now=NOW)
    scoring.open_card(YEAR, version=1, actor=hoa, now=NOW)
    (letter,) = urging.urge_all(
        [urging.Urging("an-binh", (open_case,), WORDS, 5)], actor=hoa, on=TODAY, now=NOW
    )
    picked = targets.pick(Pick(year=YEAR + 1, place="99001"), actor=hoa, now=NOW)
    return Kept(campaign, picked, period, letter, open_case)


def paths(found: Kept) -> Iterator[str]:
    """Every page and file of the new ground that shows or counts cases."""
    yield from (
        "/hang-doi", "/hang-doi?klass=rest", "/hang-doi/danh-sach.xlsx", "/hang-doi/phan-cong",
        "/diem-nong", "/diem-nong/tat-ca", "/toan-canh", "/toan-canh/linh-vuc", "/toan-canh/52-tuan",
        "/toan-canh/ton-dong", "/toan-canh/doan-dong", "/toan-canh/ky-nhay-cam",
        f"/toan-canh/ky-nhay-cam/{found.period}/danh-sach", "/don-doc", "/don-doc?xem=tat-ca",
        "/don-doc.xlsx?xem=tat-ca", "/don-doc/moi", "/don-doc/moi?co-quan=an-binh",
        f"/don-doc/{found.letter}", f"/don-doc/{found.letter}/in", "/ra-soat",
        f"/ra-soat/{found.campaign}", f"/ra-soat/{found.campaign}/in",
        f"/ra-soat/{found.campaign}/danh-sach.xlsx", f"/ra-soat/{found.campaign}/dua-vao",
        "/chon-thanh-tra", "/chon-thanh-tra?by_agency=true", f"/chon-thanh-tra/{found.target}",
        f"/chon-thanh-tra/doi-tuong?nam={YEAR + 1}", f"/chon-thanh-tra/doi-tuong.xlsx?nam={YEAR + 1}",
        "/khieu-nai-can-bo", "/khieu-nai-can-bo.xlsx", "/thi-hanh", "/thi-hanh/co-quan",
        "/xep-hang", f"/xep-hang/{YEAR}", f"/xep-hang/{YEAR}/an-binh", f"/xep-hang/{YEAR}/bang.xlsx",
        "/sang-nay", "/ho-so", f"/ho-so/{found.case}",
    )  # fmt: skip


TOLD_OF_ALL = (
    "/bao-cao-loi-van?ky=nam",
    "/bao-cao-loi-van/tep.docx?ky=nam",
    "/bao-cao-loi-van/so-noi-vu.docx?ky=nam",
)
"""Official tables count denunciations for everybody; what somebody is shut out of they leave out."""


def read_by(app: Flask, reader: Actor, wanted: Iterator[str] | tuple[str, ...]) -> dict[str, str]:
    """What a reader gets, without what differs from one reading to the next."""
    visitor, found = Visitor(app, reader), {}
    for path in wanted:
        answer = visitor.get(path)
        assert answer.status_code in {200, 302, 403, 404}, (reader.name, path, answer.status_code)
        data = answer.get_data()
        if data.startswith(b"PK"):
            with ZipFile(BytesIO(data)) as archive:
                text = "".join(archive.read(name).decode("utf-8", "ignore") for name in sorted(archive.namelist()))  # fmt: skip
        else:
            text = data.decode()
        text += str(answer.headers.get("Content-Disposition", ""))
        found[path] = re.sub(
            r'(name="(?:csrf_token|_once)" value=|(?:id|for)=)"[^"]*"', r"\1", text
        )
    return found


def bar(code: str, user: int) -> None:
    """The person is shut out of the case."""
    with transaction() as session:
        session.execute(
            insert(CaseBar).values(
                case_id=select(Case.id).where(Case.code == code).scalar_subquery(), user_id=user,
                reason=BarReason.RESPONDENT,
            )
        )  # fmt: skip


def handled(code: str, found: Kept, world: World) -> None:
    """Everything the inspectorate does with a case: weighed, charged, noted, urged, reviewed, listed."""
    hoa = world.hoa
    weigh(NOW)
    inspection.charge([code], "hoa", actor=hoa, on=TODAY, now=NOW)
    inspection.note(code, "Theo dõi kỹ", actor=hoa, now=NOW)
    urging.urge_all([urging.Urging("an-binh", (code,), WORDS, 5)], actor=hoa, on=TODAY, now=NOW)
    reviews.take_in(found.campaign, [code], by_hand=True, actor=hoa, now=NOW)
    line = next(
        each
        for each in reviewed(hoa, found.campaign, ReviewFilters(), TODAY).lines
        if each.code == code
    )
    review.arrange(line.uid, Arrangement(plan="Đối thoại"), version=1, actor=hoa, now=NOW)
    conduct.note_conduct(
        code, 1, ConductGiven(finding=ConductFinding.CRITICISED, on=TODAY, document="KL 1"),
        version=0, actor=hoa, now=NOW,
    )  # fmt: skip
    sensitive.note_list(found.period, actor=hoa, now=NOW)
    db.session.rollback()


@pytest.mark.sqlite_only
def test_what_is_hidden_changes_no_page(app: Flask, world: World) -> None:
    """A denunciation, then a case shut to Quý, with all that is done about them: the same pages as before."""
    found = kept(world)
    db.session.rollback()
    strangers = (world.quy, world.dung, world.phuc)
    before = {each.user_id: read_by(app, each, tuple(paths(found))) for each in strangers}
    secret = late(world, DENUNCIATION, group_size=30)
    handled(secret, found, world)
    for each in strangers:
        after = read_by(app, each, tuple(paths(found)))
        differing = [path for path in after if after[path] != before[each.user_id][path]]
        assert differing == [], each.name
    every = (*paths(found), *TOLD_OF_ALL)
    before_bar = read_by(app, world.quy, every)
    shut = late(
        world,
        replace(COMPLAINT, parties=DENUNCIATION.parties),
        group_size=40,
        official_conduct=True,
    )
    bar(shut, world.users["quy"])
    handled(shut, found, world)
    after = read_by(app, world.quy, every)
    assert [path for path in after if after[path] != before_bar[path]] == []
    campaign = f"/ra-soat/{found.campaign}"
    assert shut in read_by(app, world.hoa, (campaign,))[campaign]


DENOUNCER = ("Lò Thị Bình Minh", "lo thi binh minh", "0987 654 321", "0987.654.321")
"""The name in full, as it is typed in haste, and the telephone number."""


def test_no_text_about_a_denunciation_names_who_denounced(world: World) -> None:
    """Refused wherever a text belongs to the case; the other words are sealed, in every table."""
    found = kept(world)
    code = late(world, DENUNCIATION)
    hoa, minh = world.hoa, world.minh
    reviews.take_in(found.campaign, [code], by_hand=True, actor=hoa, now=NOW)
    line = next(
        each
        for each in reviewed(hoa, found.campaign, ReviewFilters(), TODAY).lines
        if each.code == code
    ).uid
    (letter,) = urging.urge_all(
        [urging.Urging("an-binh", (code,), f"{WORDS} {GIVEAWAY}", 5)], actor=hoa, on=TODAY, now=NOW
    )
    (closed,) = urging.urge_all(
        [urging.Urging("an-binh", (code,), WORDS, 5)], actor=hoa, on=TODAY, now=NOW
    )
    outcome = OutcomeGiven(outcome=ReviewOutcome.IN_COURT, on=TODAY, document="KL 1")
    finding = ConductGiven(finding=ConductFinding.CRITICISED, on=TODAY, document="KL 1")

    def version() -> int:
        db.session.rollback()
        return reviewed_case(hoa, line, TODAY).version

    def entries() -> int:
        db.session.rollback()
        return conduct_case(hoa, code, 1).version

    written: dict[str, Callable[[str], object]] = {
        "note": lambda text: inspection.note(code, text, actor=hoa, now=NOW),
        "urging": lambda text: urging.urge_all(
            [urging.Urging("an-binh", (code,), text, 5)], actor=hoa, on=TODAY, now=NOW
        ),
        "plan": lambda text: review.arrange(
            line, Arrangement(plan=text), version=version(), actor=minh, now=NOW
        ),
        "proposal": lambda text: review.arrange(
            line, Arrangement(proposal=text), version=version(), actor=minh, now=NOW
        ),
        "progress": lambda text: review.note_progress(line, text, on=TODAY, actor=minh, now=NOW),
        "document": lambda text: review.conclude(
            line, replace(outcome, document=text), version=version(), actor=hoa, now=NOW
        ),
        "content": lambda text: review.conclude(
            line, replace(outcome, content=text), version=version(), actor=hoa, now=NOW
        ),
        "resumed": lambda text: review.resume(
            line, text, version=version(), actor=hoa, now=NOW
        ),
        "conduct": lambda text: conduct.note_conduct(
            code, 1, replace(finding, note=text), version=entries(), actor=hoa, now=NOW
        ),
        "paper": lambda text: conduct.note_conduct(
            code, 1, replace(finding, document=text), version=entries(), actor=hoa, now=NOW
        ),
        "closed": lambda text: replies.close(closed, text, version=1, actor=hoa, now=NOW),
        "handling": lambda text: replies.answer(
            letter, "Đã xem.", {code: text}, answered_on=TODAY, version=1, actor=minh, now=NOW
        ),
        "reply": lambda text: replies.answer(
            letter, text, {code: GIVEAWAY}, answered_on=TODAY, document=GIVEAWAY, version=1,
            actor=minh, now=NOW,
        ),
    }  # fmt: skip
    for place, write in written.items():
        if place == "resumed":
            review.conclude(line, outcome, version=version(), actor=hoa, now=NOW)
        if place != "handling":
            for typed in DENOUNCER:
                with pytest.raises(Leak):
                    write(f"Theo {typed} trình bày")
            write(f"Đã làm rõ {GIVEAWAY}")
        else:
            with pytest.raises(Leak):
                write(f"Theo {DENOUNCER[0]}")
    assert readable() == set()
    told = [each.words for each in reviewed_case(minh, line, TODAY).entries]
    assert str(told).count(GIVEAWAY) == 6


GIVEAWAY = "tại quán Hoa Sữa"
"""Words that only the handling of the denunciation knows."""


def readable() -> set[str]:
    """Columns of any table where the denouncer, or what was written about the case, can be read."""
    db.session.rollback()
    tokens = ["".join(fold(each).split()) for each in (DENOUNCER[0], "0987654321", GIVEAWAY)]
    found = set()
    for name in inspect(db.engine).get_table_names():
        known = Base.metadata.tables.get(name)
        rows = select(known) if known is not None else text(f'SELECT * FROM "{name}"')
        for row in db.session.execute(rows).mappings():
            for column, value in row.items():
                said = value.decode("utf-8", "ignore") if isinstance(value, bytes) else str(value)
                plain = "".join(fold(said).split())
                if any(each in plain for each in tokens):
                    found.add(f"{name}.{column}")
    return found


def test_nobody_writes_where_others_keep(app: Flask, world: World) -> None:
    """Every POST of the new ground from everybody without a part in it: refused, not a row changed."""
    found = kept(world)
    code = late(world, DENUNCIATION)
    reviews.take_in(found.campaign, [code], by_hand=True, actor=world.hoa, now=NOW)
    shown = reviewed(world.hoa, found.campaign, ReviewFilters(), TODAY).lines
    lines = {each.code: each.uid for each in shown}
    (letter,) = urging.urge_all(
        [urging.Urging("an-binh", (code,), WORDS, 5)], actor=world.hoa, on=TODAY, now=NOW
    )
    sheets = asked(world)
    sheet = sheet_of(world, sheets, "an-binh")
    values = {"a": found.case, "d": code, "uid": "", "year": YEAR, "letter": letter}
    everywhere = (
        "/hang-doi/phan-cong?ho-so={a}", "/hang-doi/{a}/ghi-chu", "/hang-doi/bo-loc",
        f"/toan-canh/ky-nhay-cam/{found.period}/sua", f"/toan-canh/ky-nhay-cam/{found.period}/bo",
        f"/toan-canh/ky-nhay-cam/{found.period}/danh-sach", "/toan-canh/ky-nhay-cam/moi",
        f"/ra-soat/{found.campaign}/sua", f"/ra-soat/{found.campaign}/dua-vao",
        f"/ra-soat/{found.campaign}/ket-thuc",
        "/xep-hang", "/xep-hang/{year}/chung", "/xep-hang/{year}/mo", "/xep-hang/{year}/soan-lai",
        "/xep-hang/{year}/chot", "/xep-hang/{year}/ngay-chot", "/xep-hang/{year}/tieu-chi",
        "/xep-hang/{year}/tieu-chi/1", "/xep-hang/{year}/tieu-chi/1/bo", "/xep-hang/{year}/an-binh/10",
        "/ky-bao-cao/moi", f"/ky-bao-cao/dot/{sheets}/han", f"/ky-bao-cao/dot/{sheets}/rut",
        f"/ky-bao-cao/dot/{sheets}/ky",
    )  # fmt: skip
    not_known = (
        "/hang-doi/{d}/ghi-chu", "/hang-doi/phan-cong?ho-so={d}", "/don-doc/{letter}/tra-loi",
        "/don-doc/{letter}/khep-lai", "/khieu-nai-can-bo/{d}/1/ket-qua", "/don-doc/moi?ho-so={d}",
        *(f"/ra-soat/vu-viec/{lines[code]}/{step}" for step in ("phan-cong", "tien-do", "ket-qua", "lam-lai")),
    )  # fmt: skip
    own = tuple(f"/ky-bao-cao/bang/{sheet}/{act}" for act in ("tinh", "ghi", "xac-nhan", "ky", "dinh-chinh"))  # fmt: skip
    outsiders = {
        (world.lan, world.an, world.son, world.van, world.minh, world.dung, world.binh, world.khanh,
         world.phuc, world.giam, world.tam): everywhere,
        (world.quy, world.dung, world.son, world.an, world.binh, world.khanh, world.phuc, world.tam): not_known,
        (world.quy, world.hoa, world.binh, world.khanh, world.phuc, world.lan, world.tam): own,
        (world.minh, world.dung, world.lan, world.khanh, world.tam): (
            f"/chon-thanh-tra/{found.target}/approved",
        ),
    }  # fmt: skip
    typed = {
        "version": "1", "note": "x", "text": "x", "inspector": "quy", "name": "Đợt", "basis": "KH",
        "starts": "01/12/2026", "ends": "02/12/2026", "starts_on": "20/11/2026",
        "ends_on": "20/12/2026", "lead": "hoa", "codes": found.case, "weeks_before": "2",
        "year": str(YEAR + 1), "closes_on": "31/12/2026", "title": "T", "weight": "1", "points": "1",
        "reason": "x", "due": "30/11/2026", "on": "20/11/2026", "document": "KL 1", "content": "x",
        "said": "x", "answered_on": "20/11/2026", "finding": "criticised", "outcome": "in_court",
        "words": "x", "_do": "issue", "reply_days": "5", "query": "klass=a", "view": "x",
        "status": "approved", "plan": "x", "table": "01/XLD", "zeros": "true",
    }  # fmt: skip
    before = rows()
    for people, wanted in outsiders.items():
        for person in people:
            visitor = Visitor(app, person)
            token = visitor.open("/tai-khoan").root.xpath("//input[@name='csrf_token']/@value")[0]
            for number, place in enumerate(wanted):
                sent = {**typed, "csrf_token": token, "_once": f"{person.user_id}-{number}"}
                answer = visitor.post(place.format(**values), sent)
                assert answer.status_code in {403, 404}, (person.name, place, answer.status_code)
    assert rows() == before


def rows() -> dict[str, tuple[int, ...]]:
    """How many rows each table has, and a sum of its versions."""
    db.session.rollback()
    found = {}
    for name, table in Base.metadata.tables.items():
        version = func.sum(table.c.version) if "version" in table.c else literal(0)
        query = select(func.count(), version).select_from(table)
        found[name] = tuple(db.session.execute(query).one())
    db.session.rollback()
    return found


FORMULA = '=HYPERLINK("http://x.vn","x")'


def test_files_hold_no_formula_and_nobody(app: Flask, world: World) -> None:
    """What begins a formula is text in every file; properties name no author; names of files are days."""
    found = kept(world)
    code = late(world, summary=FORMULA, content=FORMULA, official_conduct=True, group_size=90)
    weigh(NOW)
    hoa = world.hoa
    reviews.take_in(found.campaign, [code], by_hand=True, actor=hoa, now=NOW)
    line = next(
        each.uid
        for each in reviewed(hoa, found.campaign, ReviewFilters(), TODAY).lines
        if each.code == code
    )
    review.arrange(
        line, Arrangement(plan=FORMULA, proposal=f" {FORMULA}"), version=1, actor=hoa, now=NOW
    )
    conduct.note_conduct(
        code, 1, ConductGiven(finding=ConductFinding.CRITICISED, on=TODAY, document=FORMULA),
        version=0, actor=hoa, now=NOW,
    )  # fmt: skip
    targets.pick(Pick(year=YEAR + 1, agency="bao-lam", reason=f"+{FORMULA}"), actor=hoa, now=NOW)
    visitor, formulas = Visitor(app, hoa), 0
    files = [path for path in paths(found) if ".xlsx" in path]
    assert len(files) == 6
    for path in files:
        answer = visitor.get(path)
        assert answer.status_code == 200, path
        assert re.search(r'filename="[a-z0-9-]+\.xlsx"', answer.headers["Content-Disposition"])
        with ZipFile(BytesIO(answer.get_data())) as archive:
            for name in archive.namelist():
                part = archive.read(name).decode("utf-8", "ignore")
                formulas += part.count("HYPERLINK")
                assert "<f>" not in part and "<f " not in part, (path, name)
                assert not name.startswith("xl/externalLinks"), path
                if name.startswith("docProps"):
                    assert not any(each.name in part for each in world.actors.values()), path
    assert formulas >= 5


def test_no_address_breaks_a_page(app: Flask, world: World) -> None:
    """Null characters and numbers no column holds, in every part of every address: never a failure."""
    visitor = Visitor(app, world.hoa)
    for rule in app.url_map.iter_rules():
        numbers = {
            name for name, each in rule._converters.items() if isinstance(each, IntegerConverter)
        }
        odd = {name: 10**25 if name in numbers else "a\0b" for name in rule.arguments}
        with suppress(ValueError):  # a converter of its own that builds nothing of the kind
            built = rule.build(odd)
            if odd and built is not None:
                asks = "GET" in (rule.methods or ())
                answer = visitor.get(built[1]) if asks else visitor.post(built[1], {})
                assert answer.status_code < 500, built[1]


@pytest.mark.proof
def test_no_filter_breaks_a_page(app: Flask, world: World) -> None:
    """The same in every filter the pages know."""
    found = kept(world)
    visitor = Visitor(app, world.hoa)
    for path in paths(found):
        answer = visitor.get(path)
        text = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
        for name in {"after", "page", *re.findall(r'name="([a-z_-]+)"', text)} - {"csrf_token"}:
            for typed in ("a\0b", "9" * 5000, "-1", "99999999999", "0001-01-01", "31/12/2199"):
                answer = visitor.get(path.split("?")[0], query_string={name: typed})
                assert answer.status_code < 500, (path, name, typed[:20])


@pytest.mark.proof
def test_no_field_breaks_a_form(app: Flask, world: World) -> None:
    """Every form of the new ground with something odd in each of its fields: never a failure."""
    found = kept(world)
    sheets = asked(world)
    line = reviewed(world.hoa, found.campaign, ReviewFilters(), TODAY).lines[0].uid
    more = (
        f"/hang-doi/{found.case}/ghi-chu", f"/hang-doi/phan-cong?ho-so={found.case}", "/ra-soat/moi",
        f"/ra-soat/{found.campaign}/sua", "/chon-thanh-tra/moi", "/toan-canh/ky-nhay-cam/moi",
        f"/toan-canh/ky-nhay-cam/{found.period}/sua", f"/chon-thanh-tra/{found.target}/approved",
        f"/khieu-nai-can-bo/{found.case}/1/ket-qua", "/ky-bao-cao/moi", f"/ky-bao-cao/dot/{sheets}",
        "/ky-bao-cao/lap", "/ky-bao-cao/dau-ky/ke-khai", "/bao-cao-dinh-ky/moi",
        f"/ky-bao-cao/bang/{sheet_of(world, sheets, 'an-binh')}",
        *(f"/ra-soat/vu-viec/{line}/{step}" for step in ("phan-cong", "tien-do", "ket-qua")),
    )  # fmt: skip
    odd = ("a\0b", "x" * 10_000, "9" * 6_000, "-1", "31/02/2026", "\u202e\u200b\U0001d7d9", "")
    for person in (world.hoa, world.minh):
        visitor = Visitor(app, person)
        for path in (*paths(found), *more):
            page = visitor.get(path)
            if page.status_code != 200 or page.mimetype != "text/html":
                continue
            for form in html.fromstring(page.get_data(as_text=True)).xpath("//main//form"):
                press = {
                    each.get("name"): each.get("value") for each in form.xpath(".//button[@name]")
                }
                sent = dict.fromkeys(form.inputs.keys(), "") | dict(form.form_values())
                for name in sent.keys() - {"csrf_token"}:
                    for typed in odd:
                        given = {**sent, **press, "_once": f"{name}{typed[:3]}", name: typed}
                        answer = visitor.post(form.action or path, given)
                        assert answer.status_code < 500, (path, name, typed[:20])
