"""Every mail of a week in the demonstration province, read as it came over SMTP."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import select

from config.clock import VIETNAM
from config.database import db, transaction
from notifications.models import Mail, OutboxMessage
from notifications.states import MailState
from petitions.models import Case, Party, ReportTurn, Respondent, User, Visit
from petitions.services import demo, mailing, weekly
from petitions.services.digest_judging import reader_of
from petitions.services.escalations import raise_due
from petitions.services.mailing import Post
from petitions.services.reminders import climb
from petitions.services.visit_rows import read_people
from petitions.services.watch import sweep
from petitions.text import fold
from tests.conftest import TODAY
from tests.notifications.postoffice import PostOffice, post_office
from tests.petitions.test_demo import denouncers
from tests.web.browsing import Visitor
from workflows.news import is_informational
from workflows.vocabulary import Kind

pytestmark = pytest.mark.proof
WEEK = (TODAY, date(2026, 11, 23), date(2026, 11, 25), date(2026, 11, 26), date(2026, 11, 30))
"""Working days over the holiday of 24 November, and into another week."""
BASE = "https://don-thu.son-lam.example"


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), VIETNAM)


@pytest.fixture
def office(app: Flask) -> Iterator[PostOffice]:
    house = app.extensions["donthu"]
    settings = replace(house.settings, mail_server="127.0.0.1", base_url=BASE)
    app.extensions["donthu"] = replace(house, settings=settings)
    with post_office(app) as found:
        yield found


def a_day(day: date) -> None:
    """What the schedule does from six in the morning to the afternoon."""
    sweep(at(day, 6), now=at(day, 6))
    with transaction() as session:
        weekly.announce(session, at(day, 6, 20))
    mailing.permit(at(day, 6, 30), None)  # the first morning of a province is no burst
    for hour in (6, 13):
        climb(at(day, hour, 10))
        raise_due(at(day, hour, 12))
    for hour, minute in ((7, 35), (9, 0), (14, 0)):
        now = at(day, hour, minute)
        Post("test", lambda now=now: now, lambda: 0.5, lambda _session: None).run()  # type: ignore[misc]


@dataclass(frozen=True, slots=True)
class Forbidden:
    """What no mail may hold: folded names and phrases, and numbers as digits alone."""

    phrases: Mapping[str, str]
    numbers: frozenset[str]

    def found_in(self, text: str) -> set[str]:
        folded = f" {' '.join(re.split(r'[^a-z0-9]+', fold(text)))} "
        digits = re.sub(r"(?<=\d)[ .\-]+(?=\d)", "", text)
        return {said for phrase, said in self.phrases.items() if phrase in folded} | {
            number for number in self.numbers if number in digits
        }


def forbidden() -> Forbidden:
    """Every petitioner, denouncer, visitor, and of denunciations whom and what they are about."""
    visits = db.session.scalars(select(Visit)).all()
    came = [each for visit in visits for each in read_people(db.session(), visit)]
    sealed = denouncers()
    parties = db.session.scalars(select(Party).where(Party.name.is_not(None))).all()
    people = [*came, *sealed, *parties]
    accused = db.session.execute(
        select(Respondent.name, Respondent.address)
        .join(Case, Case.id == Respondent.case_id)
        .where(Case.kind == Kind.DENUNCIATION)
    ).all()
    summaries = db.session.scalars(select(Case.summary).where(Case.kind == Kind.DENUNCIATION))
    words = {
        *(each.name for each in people), *(each.address for each in people),
        *(text for row in accused for text in row), *summaries,
    } - {None, ""}  # fmt: skip
    numbers = {each.id_number for each in people} | {each.phone for each in people}
    assert len(came) > 50 and len(sealed) > 20 and len(parties) > 400
    phrases = {f" {' '.join(re.split(r'[^a-z0-9]+', fold(each)))} ": each for each in words if each}
    return Forbidden(
        {phrase: said for phrase, said in phrases.items() if phrase.strip().count(" ")},
        frozenset(re.sub(r"\D", "", each) for each in numbers if each and len(each) > 6),
    )


def parts_of(mail: EmailMessage) -> tuple[str, str]:
    bodies = [mail.get_body((kind,)) for kind in ("plain", "html")]
    assert bodies[0] is not None and bodies[1] is not None
    return bodies[0].get_content(), bodies[1].get_content()


def test_a_week_of_mail(
    app: Flask,
    office: PostOffice,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """No name leaks anywhere, subjects are Vietnamese, links open for their reader, and who may unsubscribe."""
    demo.load(TODAY)
    sent = db.session.execute(
        select(ReportTurn.sent_on, ReportTurn.due).where(ReportTurn.due < TODAY)
    ).all()
    kept = {None if row.sent_on is None else row.sent_on > row.due for row in sent}
    assert kept == {None, True, False}, "reports not sent, late and in time"
    secrets = forbidden()
    _the_search_finds(secrets)
    own = {
        f"{username}@": fold(name)
        for username, name in db.session.execute(select(User.username, User.name))
    }
    read: list[tuple[date, EmailMessage]] = []
    for day in WEEK:
        a_day(day)
        read += [(day, mail) for mail in office.mails()]
        office.taken.clear()
    assert len(read) > 150 and {day for day, _ in read} == set(WEEK)
    states = db.session.scalars(select(Mail.state).where(Mail.state != MailState.CANCELLED))
    assert set(states) == {MailState.SENT}

    asked: dict[tuple[date, int, str], None] = {}
    optional = 0
    for day, mail in read:
        raw_head = mail.as_bytes().split(b"\n\n")[0].split(b"\r\n\r\n")[0]
        assert raw_head.isascii() and b"=?utf-8?" in raw_head
        subject = str(mail["Subject"])
        assert subject == unicodedata.normalize("NFC", subject)
        assert re.fullmatch(r"Đơn thư(, việc khẩn)?: \S.+", subject), subject
        text, page = parts_of(mail)
        assert "�" not in text + page + subject
        seen = html.fromstring(page)
        row = db.session.execute(
            select(Mail.id, Mail.recipient_id, Mail.address).where(
                Mail.message_id == mail["Message-ID"]
            )
        ).one()
        assert mail["To"] == row.address and mail["Date"] and mail["From"]
        headers = "\n".join(f"{name}: {value}" for name, value in mail.items())
        mine = own[row.address[: row.address.index("@") + 1]]
        for said in (headers, text, page, " ".join(seen.itertext())):
            leaks = {each for each in secrets.found_in(said) if fold(each) != mine}
            assert not leaks, (day, subject, leaks)
        links = set(re.findall(rf"{re.escape(BASE)}[^\s<>\"]*", text))
        assert set(seen.xpath("//a/@href")) <= links, "both forms lead to the same pages"
        assert not [each for each in seen.xpath("//@href") if not each.startswith(BASE)]
        assert not seen.xpath("//img|//script|//link")
        asked |= {(day, row.recipient_id, link.removeprefix(BASE) or "/"): None for link in links}
        kinds = db.session.scalars(
            select(OutboxMessage.kind).where(OutboxMessage.mail_id == row.id)
        ).all()
        unsubscribe = mail["List-Unsubscribe"]
        assert (unsubscribe is not None) == all(is_informational(kind) for kind in kinds), kinds
        if unsubscribe is not None:
            optional += 1
            assert unsubscribe == f"<{BASE}/tai-khoan/thu>"
    assert 0 < optional < len(read)
    opened = _open_all(app, list(asked), monkeypatch)
    with capsys.disabled():
        print(
            f"\n{db.engine.dialect.name}: {len(read)} mails read, {len(secrets.phrases)} names and "
            f"phrases and {len(secrets.numbers)} numbers searched, {opened} links opened"
        )


def _the_search_finds(secrets: Forbidden) -> None:
    person = next(each for each in denouncers() if each.phone and each.name.count(" ") > 1)
    assert person.phone is not None
    for form in (
        person.name,
        person.name.upper(),
        fold(person.name),
        person.name.replace(" ", "\n"),
    ):
        assert secrets.found_in(f"<td>{form}</td>") >= {person.name}
    assert secrets.found_in(f"gọi {person.phone[:4]} {person.phone[4:]}")
    assert not secrets.found_in("Đơn thư: 3 việc quá hạn")


def _open_all(
    app: Flask, asked: list[tuple[date, int, str]], monkeypatch: pytest.MonkeyPatch
) -> int:
    """Each page once a reader, on the last day it was linked to; a page may need another of his hats."""
    last = {(person, path): day for day, person, path in asked}
    kinds = {urlsplit(path).path.rsplit("/", 1)[0] for _, path in last}
    assert {"/ho-so", "/cam-ket", "/tiep-cong-dan/luot"} <= kinds, kinds
    hats = {(person, day): reader_of(person, day).actors for (person, _), day in last.items()}
    db.session.rollback()
    for (person, path), day in last.items():
        monkeypatch.setattr("config.clock.now", lambda day=day: at(day, 15))
        statuses = []
        for actor in hats[person, day]:
            statuses.append(Visitor(app, actor).get(path, follow_redirects=True).status_code)
            if statuses[-1] == 200:
                break
        assert statuses[-1] == 200, (person, path, day, statuses)
    return len(last)
