"""A signed paper of reception in the outgoing book: its number, and that it left.

It takes its number from the same counter as the letters of cases, so the book has no gap.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions.errors import Conflict, Invalid, NotFound
from petitions.models import ReceptionPaper
from petitions.queries.letters import full_number
from petitions.services.books import OUTGOING, require_keeper
from petitions.services.numbering import next_numbers
from petitions.services.onetime import run_once
from petitions.services.reception_papers_reading import final_docx
from workflows.reception import NoticeState
from workflows.vocabulary import Actor


def number_paper(uid: str, *, actor: Actor, now: datetime, key: str | None = None) -> str:
    """Give a signed paper the next number of its book; returns the number.

    The final file is made once to be searched for sealed people. Raises ``NotFound``, ``Forbidden``
    for others than the keeper of the books, ``Conflict`` when it has a number, ``Leak``.
    """

    def work(session: Session) -> str:
        row = _held(session, uid, actor, now)
        if row.number is not None:
            raise Conflict(f"Văn bản này đã có số {full_number(row.number, row.symbol or '')}.")
        book, year = row.book or OUTGOING, row.year or local_day(now).year
        row.number = next_numbers(session, row.agency_id, [book], year)[book]
        session.flush()
        final_docx(session, row)
        return full_number(row.number, row.symbol or "")

    return run_once(key, f"reception_paper:number:{uid}", actor, now, work)


def record_paper_sent(
    uid: str, sent_on: date, *, actor: Actor, now: datetime, key: str | None = None
) -> None:
    """Note the day the paper left. Raises ``NotFound``, ``Forbidden``, ``Conflict``, ``Invalid`` at ``sent_on``."""

    def work(session: Session) -> str:
        row = _held(session, uid, actor, now)
        if row.number is None:
            raise Conflict("Văn bản chưa có số nên chưa gửi được.")
        if row.sent_on is not None:
            raise Conflict("Văn bản đã được ghi là đã gửi.")
        if sent_on > local_day(now):
            raise Invalid.at("sent_on", "Ngày này còn ở tương lai.")
        if row.issued_on is not None and sent_on < row.issued_on:
            raise Invalid.at("sent_on", "Ngày này sớm hơn ngày ghi trên văn bản.")
        row.sent_on = sent_on
        return ""

    run_once(key, f"reception_paper:sent:{uid}", actor, now, work)


def _held(session: Session, uid: str, actor: Actor, now: datetime) -> ReceptionPaper:
    """A signed paper of the actor's agency, locked; a keeper numbers what he may not read."""
    row = session.scalar(
        select(ReceptionPaper)
        .where(
            ReceptionPaper.uid == uid,
            ReceptionPaper.agency_id == actor.agency_id,
            ReceptionPaper.state == NoticeState.SIGNED,
        )
        .with_for_update(of=ReceptionPaper)
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound("Không tìm thấy văn bản này trong sổ của cơ quan.")
    require_keeper(actor, row.agency_id, local_day(now))
    return row
