"""What became of everything undertaken before people in the demonstration, and of cases put before bodies above."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import aliased

from config.clock import VIETNAM
from config.database import db
from petitions.models import Agency, Case, Commitment, Escalation
from petitions.services.commitments import Step, take_step
from petitions.services.demo.people import Cast, Office, Seat
from petitions.services.escalations import acknowledge
from workflows.commitments import CommitmentVerdict
from workflows.vocabulary import Kind, Role

_REPORT = "Đã thực hiện xong, có biên bản nghiệm thu kèm theo."
_CONFIRMED = "Đã kiểm tra, kết quả đúng như báo cáo."
_DROPPED = "Nội dung đã được giải quyết trong dự án khác của tỉnh."
_MOVED = "Mưa lũ kéo dài, chưa thi công được."
_URGED = "Đề nghị báo cáo tiến độ trong tuần."
_DID = "Đã yêu cầu báo cáo nguyên nhân chậm và ấn định ngày ban hành quyết định giải quyết."
_ANSWERING, _ANSWERED = ("ubnd-tinh-son-lam", "thanh-tra-tinh"), 4
"""Who answers, and how many notices each."""
_DAY, _WEEK, _LONG_AGO = timedelta(days=1), timedelta(days=7), timedelta(days=70)


@dataclass(frozen=True, slots=True)
class _Next:
    """A step somebody takes on a day."""

    by: Seat
    on: date
    step: Step


def follow_up(offices: Mapping[str, Office], cast: Cast, as_of: date) -> int:
    """Take every step the fate of each commitment asks for; returns how many were taken."""
    keeper, lead = aliased(Agency), aliased(Agency)
    rows = db.session.execute(
        select(
            Commitment.uid, Commitment.made_on, Commitment.due, keeper.code, lead.code.label("lead")
        )
        .join(keeper, keeper.id == Commitment.agency_id)
        .join(lead, lead.id == Commitment.lead_agency_id)
        .order_by(Commitment.id)
    ).all()
    done = 0
    for number, row in enumerate(rows):
        keeps, leads = offices[row.code], offices[row.lead]
        for each in _fate(number, row.made_on, row.due, keeps.head, leads.head, as_of):
            take_step(
                row.uid, each.step, version=None, actor=cast.actor(each.by, each.on),
                now=datetime.combine(each.on, time(15), VIETNAM),
            )  # fmt: skip
            done += 1
    return done


def answer_from_above(offices: Mapping[str, Office], cast: Cast, as_of: date) -> int:
    """The bodies told of overdue cases say what they did about the first ones; returns how many."""
    rows = db.session.execute(
        select(Escalation.uid, Escalation.raised_on, Agency.code)
        .join(Agency, Agency.id == Escalation.agency_id)
        .join(Case, Case.id == Escalation.case_id)
        .where(
            ~Escalation.nobody,
            Escalation.raised_on < as_of - _WEEK,
            Case.kind != Kind.DENUNCIATION,
        )
        .order_by(Escalation.raised_on, Escalation.id)
    ).all()
    chosen = [row for code in _ANSWERING for row in [r for r in rows if r.code == code][:_ANSWERED]]
    for row in chosen:
        seats = offices[row.code].seats
        seat = next((each for each in seats if each.role is Role.INSPECTOR), offices[row.code].head)
        on = row.raised_on + _WEEK
        acknowledge(
            row.uid, _DID, actor=cast.actor(seat, on), now=datetime.combine(on, time(9), VIETNAM)
        )
    return len(chosen)


def _fate(
    number: int, made_on: date, due: date, keeper: Seat, lead: Seat, as_of: date
) -> Iterator[_Next]:
    """In turns: done in time thrice, done late, reported, late, dropped; of long ago nothing is left undone."""

    def on(day: date) -> date:
        return min(max(day, made_on), as_of - _DAY)

    def step(
        by: Seat, verdict: CommitmentVerdict, day: date, text: str, new: date | None = None
    ) -> _Next:
        document = "Báo cáo kết quả thực hiện" if verdict is CommitmentVerdict.REPORTED else None
        return _Next(by, on(day), Step(verdict, on(day), text, document, new))

    if due >= as_of:
        if number % 5 == 1:
            yield step(lead, CommitmentVerdict.REPORTED, as_of - 2 * _DAY, _REPORT)
        elif number % 5 == 3:
            yield step(keeper, CommitmentVerdict.MOVED, as_of - 4 * _DAY, _MOVED, due + 21 * _DAY)
        return
    fate = number % 7
    if fate in {0, 1, 2, 3} or (fate != 6 and due < as_of - _LONG_AGO):
        late = 9 * _DAY if fate == 3 else -4 * _DAY
        yield step(lead, CommitmentVerdict.REPORTED, due + late, _REPORT)
        yield step(keeper, CommitmentVerdict.DONE, due + late + 2 * _DAY, _CONFIRMED)
    elif fate == 4:
        yield step(lead, CommitmentVerdict.REPORTED, due - _DAY, _REPORT)
    elif fate == 5:
        if keeper.agency != lead.agency:
            yield step(keeper, CommitmentVerdict.URGED, due + 3 * _DAY, _URGED)
    else:
        yield step(keeper, CommitmentVerdict.DROPPED, due - 3 * _DAY, _DROPPED)
