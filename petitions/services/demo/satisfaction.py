"""Slips handed out in the demonstration, what citizens say of closed cases, and the inspectorate's survey."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Row, select

from config.clock import VIETNAM
from config.database import db
from petitions.models import Agency, Case, Slip, SurveyAnswer
from petitions.queries.onetime import answered
from petitions.services import campaigns, slips, surveys
from petitions.services.demo.people import Cast, Office, Seat
from workflows.reception import month_of
from workflows.satisfaction import ASKED, Scores
from workflows.vocabulary import Actor, Kind

ASKED_ABOUT = ("sao-mai", "ubnd-tinh-son-lam", "may-som", "nang-mai", "so-nnmt")
"""Bodies the inspectorate's survey asks about; of the first ones enough citizens answer."""
_BEST, ANSWERS = "may-som", 6
_SHOWN = 8
"""Slips each desk hands out, for its latest open cases, and one for a closed case nobody was asked about."""
_OPINIONS = (
    (Scores(5, 5, 5, 4, 5), "Cán bộ hướng dẫn rõ ràng, trả kết quả đúng hẹn."),
    (Scores(5, 5, 4, 4, 4), ""),
    (Scores(4, 5, 4, 4, 4), "Nên nhắn tin khi có kết quả."),
    (Scores(5, 4, 4, 5, 5), ""),
    (Scores(5, 5, 5, 5, 4), "Cảm ơn cơ quan đã giải quyết dứt điểm."),
    (Scores(3, 4, 3, 3, 3), "Chờ hơi lâu."),
)
_UNHAPPY = (Scores(2, 2, 3, 1, 2), "Phải đi lại nhiều lần, mỗi lần hướng dẫn một khác.")
_FOUND = "Đã gọi điện xin lỗi công dân, rút kinh nghiệm bộ phận tiếp nhận và niêm yết lại thủ tục."


@dataclass(frozen=True, slots=True)
class Opinions:
    """What was asked and said up to the eve of ``as_of``."""

    offices: Mapping[str, Office]
    cast: Cast
    as_of: date

    def gather(self) -> int:
        """Set the survey up, hand slips out, write opinions down; returns how many commands it took."""
        last = month_of(self.as_of)[0] - timedelta(days=1)
        asked, _ = month_of(month_of(last)[0] - timedelta(days=1))
        self._survey(asked)
        done = 1
        for code in ASKED_ABOUT[:3]:
            done += self._said(self.offices[code], asked, month_of(last)[0])
        for code in ("sao-mai", "may-som", "ubnd-tinh-son-lam", "ban-tiep-dan", "so-nnmt"):
            done += self._slips(self.offices[code])
        return done

    def _survey(self, month: date) -> None:
        inspector = next(
            seat for seat in self.offices["thanh-tra-tinh"].seats if seat.username == "quy"
        )
        first, last = month_of(month)
        before = first - timedelta(days=12)
        given = campaigns.CampaignGiven(
            f"Khảo sát mức độ hài lòng tháng {month:%m/%Y}", first, last, ASKED_ABOUT
        )
        campaigns.plan_campaign(given, actor=self.cast.actor(inspector, before), now=_at(before, 9))

    def _said(self, office: Office, asked: date, later: date) -> int:
        """In both months enough answers, at the ward an unhappy one; the first of these was looked at."""
        done = 0
        for month, looked_at in ((asked, True), (later, False)):
            cases = self._closed(office, month)
            if len(cases) < ANSWERS:
                return done
            for number, case in enumerate(cases):
                scores, comment = _OPINIONS[number % (5 if office.code == _BEST else 6)]
                if number == ANSWERS - 1 and office.code == ASKED_ABOUT[0]:
                    scores, comment = _UNHAPPY
                self._answer(office, case, scores, comment, month + timedelta(days=3 + 3 * number))
            done += len(cases)
            if looked_at:
                done += self._looked_at(office.head, cases[-1], month + timedelta(days=25))
        return done

    def _closed(self, office: Office, month: date) -> Sequence[Row[int, str, int | None]]:
        said = select(SurveyAnswer.case_id)
        return db.session.execute(
            select(Case.id, Case.code, Case.officer_id)
            .join(Agency, Agency.id == Case.agency_id)
            .where(
                Agency.code == office.code,
                Case.state.in_(ASKED),
                Case.kind != Kind.DENUNCIATION,
                Case.last_on < month,
                Case.id.not_in(said),
            )
            .order_by(Case.last_on.desc(), Case.id)
            .limit(ANSWERS)
        ).all()

    def _answer(
        self, office: Office, case: Row[int, str, int | None], scores: Scores, comment: str,
        day: date,
    ) -> None:  # fmt: skip
        actor = self.cast.actor(office.desk, day)
        if actor.user_id == case.officer_id or case.id % 2 or day.weekday() > 4:
            surveys.answer(case.id, scores, comment, now=_at(day, 20))
        else:
            surveys.enter(case.code, scores, comment, actor=actor, now=_at(day, 10))

    def _looked_at(self, seat: Seat, case: Row[int, str, int | None], day: date) -> int:
        actor = self.cast.actor(seat, day)
        uid = db.session.scalars(
            select(SurveyAnswer.uid).where(SurveyAnswer.case_id == case.id, SurveyAnswer.needs_look)
        ).one_or_none()
        if uid is None or actor.user_id == case.officer_id:
            return 0
        surveys.look_again(uid, _FOUND, actor=actor, now=_at(day, 16))
        return 1

    def _slips(self, office: Office) -> int:
        own = (
            select(Case.code, Case.entered_at)
            .join(Agency, Agency.id == Case.agency_id)
            .where(
                Agency.code == office.code,
                Case.origin_agency_id == Case.agency_id,
                Case.kind != Kind.DENUNCIATION,
            )
            .order_by(Case.id.desc())
        )
        said = select(SurveyAnswer.case_id)
        over = own.where(Case.state.in_(ASKED), Case.id.not_in(said))
        rows = [
            *db.session.execute(own.where(Case.open).limit(_SHOWN)),
            *db.session.execute(over.limit(1)),
        ]
        for row in rows:
            actor = self.cast.actor(office.desk, self.as_of)
            slips.issue(row.code, actor=actor, now=row.entered_at, key=_key(row.code))
        return len(rows)


def sample_slips(actor: Actor, now: datetime) -> list[slips.Issued]:
    """The slips ``actor`` handed out last for an open and for a closed case; those replaced are left out."""
    found = []
    for is_open in (True, False):
        code = db.session.scalar(
            select(Case.code)
            .join(Slip, Slip.case_id == Case.id)
            .where(Slip.issued_by == actor.user_id, Slip.revoked_at.is_(None), Case.open == is_open)
            .order_by(Slip.id.desc())
            .limit(1)
        )
        if code is not None and answered(actor, _key(code)):
            found.append(slips.issue(code, actor=actor, now=now, key=_key(code)))
    return found


def _key(code: str) -> str:
    """The one-time key under which a slip is printed: said again, it is the same slip."""
    return f"demo-slip:{code}"


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), VIETNAM)
