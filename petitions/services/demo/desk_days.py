"""What comes to the regular desk of the demonstration's offices besides petitions, and what waits there today."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random

from config.clock import VIETNAM
from petitions.queries.reception_papers import REFUSAL
from petitions.services.demo import reception_book as book
from petitions.services.demo import visitors as say
from petitions.services.demo.leaders_days import Happening
from petitions.services.demo.people import Cast, Office
from petitions.services.demo.petition import ORDINARY, Profile
from petitions.services.demo.thread import Course, Errand
from petitions.services.demo.visitors import Visitors
from petitions.services.reception_papers import About, draft_paper
from petitions.services.reception_sessions import Planned
from petitions.services.visit_outcomes import Concluded
from petitions.services.visit_rows import Taken
from petitions.services.visits import leave, receive, take_number
from workflows.reception import (
    Host,
    RefusalGround,
    SessionKind,
    SessionManner,
    VisitOutcome,
)
from workflows.vocabulary import Kind
from workflows.working_days import Calendar, Roll

_OPENS = time(7, 35)
_APART, _BUSY = timedelta(minutes=11), 2
_ANSWERED_BEFORE = "Văn bản số 118/UBND-VP của cơ quan đã trả lời cùng nội dung"


@dataclass(frozen=True, slots=True)
class Desk:
    """The regular desk of one office up to the eve of ``as_of``."""

    office: Office
    as_of: date
    calendar: Calendar
    visitors: Visitors
    seed: str

    def ordinary(self, since: date, every: int) -> Iterator[Happening]:
        """Somebody comes each so many working days, and is answered."""
        day = self.calendar.roll(since, Roll.NEXT)
        while day < self.as_of:
            turn = self.visitors.at_desk(self._random(day, "desk"), self.office, day)
            yield Happening(self._turns([(day, turn)]))
            day = self.calendar.add_working_days(day, every)

    def unusual(self) -> Iterator[Happening]:
        """A repeat visitor, secrets, groups, refusals, and people who want to see the leader."""
        yield Happening(self._again_and_again())
        yield Happening(self._turns([(self._ago(24), self._secret())]))
        yield Happening(self._turns([(self._ago(9), self._about_an_officer())]))
        for days, size in ((43, 7), (15, 12)):
            yield Happening(self._turns([(self._ago(days), self._group(days, size))]))
        yield Happening(self._refused(self._ago(38), signed=True))
        yield Happening(self._refused(self._ago(3), signed=False))
        yield Happening(self._asks(self._ago(20), "declined"))
        yield Happening(self._asks(self._ago(11), "agreed"))
        yield Happening(self._asks(self._ago(5), "waits"))

    def owing(self) -> Iterator[Happening]:
        """Refused, the notice not written yet; promised an answer that has not come."""
        refused = book.Heard(self._one(self._ago(2), Kind.FEEDBACK), _refusal())
        yield Happening(self._turns([(self._ago(2), refused)]))
        day = self._ago(19)
        promised = book.Heard(
            self._one(day, Kind.RECOMMENDATION), self.visitors.promised(self.office, day)
        )
        yield Happening(self._turns([(day, promised)]))

    def _turns(self, turns: list[tuple[date, book.Heard]]) -> Course:
        for day, turn in turns:
            yield Errand(self.office.desk, day, partial(book.heard, turn))

    def _again_and_again(self) -> Course:
        """The same person in the same matter, for the third time."""
        comer = self._one(self._ago(64), Kind.RECOMMENDATION)
        answers = (
            "Đã tiếp nhận ý kiến, chuyển bộ phận chuyên môn xem xét.",
            "Đã giải thích; đang chờ kết quả kiểm tra thực địa.",
            "Đã thông báo kết quả kiểm tra; công dân chưa đồng ý, được hướng dẫn gửi đơn.",
        )
        yield from self._turns(
            [
                (self._ago(days), book.Heard(comer, Concluded(outcome=outcome, answer=answer)))
                for days, outcome, answer in zip(
                    (64, 36, 8),
                    (VisitOutcome.ANSWERED, VisitOutcome.MORE_ASKED, VisitOutcome.ANSWERED),
                    answers,
                    strict=True,
                )
            ]
        )

    def _secret(self) -> book.Heard:
        comer = say.in_secret(self._one(self._ago(24), Kind.FEEDBACK))
        return book.Heard(comer, say.answered(self._random(self._ago(24))))

    def _about_an_officer(self) -> book.Heard:
        comer = replace(self._one(self._ago(9), Kind.DENUNCIATION), competent=False)
        ended = Concluded(outcome=VisitOutcome.GUIDED, guided_to="Công an tỉnh Sơn Lâm")
        return book.Heard(comer, ended)

    def _group(self, days: int, size: int) -> book.Heard:
        day = self._ago(days)
        comers = self._one(day, Kind.RECOMMENDATION, Profile(group=(size, size)))
        return book.Heard(comers, say.answered(self._random(day)))

    def _refused(self, day: date, *, signed: bool) -> Course:
        """What was answered before is refused in writing (form 01/TCD)."""
        turn = book.Heard(self._one(day, Kind.FEEDBACK), _refusal())
        visit = yield Errand(self.office.desk, day, partial(book.heard, turn))
        after = self.calendar.add_working_days(day, 1)
        drafted = partial(draft_paper, About(visit_uid=visit), REFUSAL, {})
        paper = yield Errand(self.office.desk, after, drafted)
        if signed:
            yield Errand(self.office.head, after, partial(book.signed, paper))
            sent = self.calendar.add_working_days(after, 1)
            yield Errand(self.office.clerk, sent, partial(book.sent, paper))

    def _asks(self, day: date, ends: str) -> Course:
        """Somebody wants to see the leader."""
        about = "Xin gặp lãnh đạo vì việc tái định cư đã kéo dài nhiều năm."
        comer = self._one(day, Kind.RECOMMENDATION, Profile(field="boi-thuong-ho-tro"))
        turn = book.Heard(comer, say.asks_leader(about))
        visit = yield Errand(self.office.desk, day, partial(book.heard, turn))
        answer = self.calendar.add_working_days(day, 2)
        if ends == "declined":
            why = "Vụ việc đang được thụ lý, chưa có tình tiết mới."
            yield Errand(self.office.head, answer, partial(book.declined, visit, why))
        if ends == "agreed":
            yield Errand(self.office.head, answer, partial(book.agreed, visit, self.as_of))
        if ends != "waits":
            yield Errand(self.office.desk, answer, partial(book.told, visit))

    def _one(self, day: date, kind: Kind, profile: Profile = ORDINARY) -> Taken:
        return self.visitors.comes(self._random(day), self.office, day, kind, profile)

    def _ago(self, days: int) -> date:
        return self.calendar.roll(self.as_of - timedelta(days=days), Roll.PREVIOUS)

    def _random(self, day: date, why: str = "apart") -> Random:
        return Random(f"{self.seed}/{why}/{day}")  # noqa: S311 - made-up people, not a secret

    # --- today -------------------------------------------------------------------------------

    def this_morning(self, cast: Cast, done: int, waiting: int) -> int:
        """Today's reception so far; on a day off an ad hoc one of the busy desk. Returns the number of visitors."""
        day_off = not self.calendar.is_working(self.as_of)
        if day_off and done < _BUSY:
            return 0
        actor, random = cast.actor(self.office.desk, self.as_of), self._random(self.as_of, "today")
        now = datetime.combine(self.as_of, _OPENS, VIETNAM)
        session = None
        if day_off:
            session = book.planned(_on_day_off(self.as_of), actor=actor, now=now)
        for _ in range(done):
            turn = self.visitors.at_desk(random, self.office, self.as_of)
            book.heard(turn, session, actor=actor, now=now)
            now += _APART
        if done >= _BUSY:
            gone = take_number(session, actor=actor, now=now)
            leave(gone, version=1, actor=actor, now=now)
            being_heard = self.visitors.comes(random, self.office, self.as_of, Kind.FEEDBACK)
            receive(session, being_heard, actor=actor, now=now)
        for _ in range(waiting):
            now += _APART
            take_number(session, actor=actor, now=now)
        return done + waiting


def _on_day_off(day: date) -> Planned:
    return Planned(
        kind=SessionKind.AD_HOC, manner=SessionManner.OFFICE, host=Host.STAFF, days=(day,),
        reason="Tiếp ngày nghỉ theo đề nghị của người dân vùng dự án",
    )  # fmt: skip


def _refusal() -> Concluded:
    return Concluded(
        outcome=VisitOutcome.REFUSED,
        refusal_ground=RefusalGround.ANSWERED_BEFORE,
        answer="Nội dung đã được trả lời; đã giải thích lại cho công dân.",
        document=_ANSWERED_BEFORE,
    )
