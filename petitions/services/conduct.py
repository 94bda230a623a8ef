"""Noting what came of a complaint about an official. It moves no case and is never changed: the newest counts."""

from __future__ import annotations

import secrets
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions import ledger
from petitions.errors import Forbidden, Invalid, NotFound, Stale
from petitions.kept_words import put_away
from petitions.ledger.record import case_key
from petitions.models import ConductOutcome
from petitions.queries.conduct import NO_CASE, TABLE, conduct_case
from petitions.services import words
from petitions.services.checks import Faults
from petitions.services.onetime import run_once
from petitions.text import vn_date
from workflows.reviewing import ConductFinding, DisciplineForm
from workflows.vocabulary import Actor, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class ConductGiven:
    """What came of it, on which day, by which paper; ``form`` only where somebody was disciplined."""

    finding: ConductFinding
    on: date
    document: str
    form: DisciplineForm | None = None
    note: str = ""


def note_conduct(
    code: str,
    respondent: int,
    given: ConductGiven,
    *,
    version: int,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Note what came of what was said about one person of a case; returns the code.

    ``respondent`` is the person's number in the case, 0 where it names nobody; ``version`` the number of
    entries the form was opened with. Raises ``NotFound`` for whom the case is not to be known,
    ``Forbidden``, ``Stale``, ``Invalid`` at the fields of ``ConductGiven`` (``Leak`` where a text names
    a denouncer).
    """

    def work(session: Session) -> str:
        try:
            case = ledger.load(session, code, actor)
        except NotFound:
            raise NotFound(NO_CASE) from None
        shown = conduct_case(actor, code, respondent)
        if not shown.may_note:
            raise Forbidden("Cơ quan giữ hồ sơ hoặc thanh tra cấp tỉnh ghi kết quả xử lý.")
        if version != shown.version:
            raise Stale(code)
        faults: Faults = defaultdict(list)
        document = words.line(given.document, "document", 160, faults)
        note = words.prose(given.note, "note", 4_000, faults)
        if not document and not faults:
            faults["document"].append("Phải ghi văn bản làm căn cứ.")
        if (given.form is not None) is not (given.finding is ConductFinding.DISCIPLINED):
            faults["form"].append(
                "Chọn hình thức kỷ luật."
                if given.form is None
                else "Chỉ chọn hình thức khi kết quả là kỷ luật."
            )
        if given.on > local_day(now):
            faults["on"].append("Ngày này còn ở tương lai.")
        elif given.on < case.first_received_on:
            faults["on"].append(f"Trước ngày nhận đơn ({vn_date(case.first_received_on)}).")
        if faults:
            raise Invalid(faults)
        texts = {"document": document, "note": note}
        words.refuse_sealed_texts(session, case, texts)
        secret = case_key(session, case) if case.kind is Kind.DENUNCIATION else None
        uid = secrets.token_hex(16)
        last = session.scalar(
            select(func.coalesce(func.max(ConductOutcome.seq), 0)).where(
                ConductOutcome.case_id == case.id
            )
        )
        kept = put_away(
            case.kind, secret, TABLE, uid, {name: text for name, text in texts.items() if text}
        )
        session.execute(
            insert(ConductOutcome).values(
                uid=uid, case_id=case.id, seq=int(last or 0) + 1, respondent=respondent,
                finding=given.finding, form=given.form, on=given.on, at=now,
                by_id=actor.user_id, **kept,
            )
        )  # fmt: skip
        return code

    return run_once(key, f"conduct:{code}:{respondent}", actor, now, work)
