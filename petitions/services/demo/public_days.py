"""The heads' dialogues with people, and what was promised to voters and after questioning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from random import Random

from sqlalchemy import select

from config.clock import local_day
from config.database import db
from petitions.models import OpenDialogue
from petitions.services import open_dialogues, promises
from petitions.services.demo.leaders_days import Happening
from petitions.services.demo.people import Office
from petitions.services.demo.thread import Course, Errand
from petitions.services.demo.visitors import Visitors
from petitions.services.promises import About
from petitions.services.undertakings import Undertaking
from workflows.commitments import CommitmentKind, Occasion, OpenDialogueStatus
from workflows.vocabulary import Actor, AgencyKind
from workflows.working_days import Calendar, Roll

_TERM, _MEETING = "Nhiệm kỳ 2026–2031", "Kỳ họp thường lệ giữa năm"
_TOPICS = (
    "Bồi thường, hỗ trợ, tái định cư các dự án trên địa bàn",
    "Vệ sinh môi trường, nước sạch và an toàn giao thông nông thôn",
    "Thủ tục đất đai, cấp giấy chứng nhận quyền sử dụng đất",
    "Xây dựng trường học, các khoản thu đầu năm học",
)
_POINTS = (
    "Hoàn thành sửa chữa đoạn đường vào khu dân cư trước mùa mưa.",
    "Niêm yết công khai phương án bồi thường tại nhà văn hóa từng thôn.",
    "Lắp đặt lại đường ống nước tự chảy cho các hộ cuối nguồn.",
)
_HALLS = (
    "Hội trường trung tâm",
    "Nhà văn hóa thôn Cây Đa",
    "Trường tiểu học",
    "Nhà văn hóa thôn Hạ",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A promise made so many days ago, due so many days after that day; ``answered`` days ago or never."""

    made: int
    due: int
    occasion: Occasion
    what: str
    lead: str
    cooperating: tuple[str, ...] = ()
    answer: str = ""
    answered: int | None = None


_PROMISES = {
    "ubnd-tinh-son-lam": (
        Promise(
            made=205, due=150, occasion=Occasion.VOTERS, lead="so-nnmt", cooperating=("ho-may",),
            what="Đầu tư hệ thống nước sạch cho khu tái định cư Hồ Mây.",
            answer="Đã bố trí vốn trong kế hoạch đầu tư công, khởi công trong quý III.",
            answered=170,
        ),
        Promise(
            made=160, due=140, occasion=Occasion.QUESTIONING, lead="so-nnmt",
            cooperating=("sao-mai", "may-som"),
            what="Giải quyết dứt điểm các hồ sơ cấp giấy chứng nhận tồn đọng trên ba năm.",
            answer="Đã lập danh mục, phân công từng đơn vị xử lý theo tháng.", answered=131,
        ),
        Promise(
            made=75, due=160, occasion=Occasion.QUESTIONING, lead="so-gddt",
            what="Trình phương án sắp xếp lại các điểm trường vùng cao.",
        ),
        Promise(
            made=28, due=60, occasion=Occasion.VOTERS, lead="may-som", cooperating=("so-nnmt",),
            what="Gia cố tràn qua suối vào thôn Thượng trước mùa lũ năm sau.",
        ),
    ),
    "so-nnmt": (
        Promise(
            made=120, due=100, occasion=Occasion.VOTERS, lead="so-nnmt",
            what="Kiểm tra, xử lý cơ sở chăn nuôi xả thải ra suối.",
            answer="Đã thanh tra đột xuất, lấy mẫu nước và xử phạt.", answered=96,
        ),
    ),
    "sao-mai": (
        Promise(
            made=110, due=85, occasion=Occasion.VOTERS, lead="sao-mai",
            cooperating=("phong-kinh-te-sao-mai",),
            what="Nạo vét mương thoát nước, chống ngập tổ dân phố ven hồ.",
            answer="Đã nạo vét hai trên ba tuyến mương.", answered=60,
        ),
        Promise(
            made=66, due=50, occasion=Occasion.QUESTIONING, lead="sao-mai",
            what="Công khai tiến độ các hồ sơ đất đai trễ hẹn tại bộ phận một cửa.",
        ),
        Promise(
            made=31, due=90, occasion=Occasion.VOTERS, lead="sao-mai",
            cooperating=("phong-kinh-te-sao-mai",),
            what="Lắp đèn chiếu sáng đoạn đường vào trường tiểu học.",
        ),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PublicDays:
    """What the head of one office says before people, up to ``as_of``."""

    office: Office
    as_of: date
    calendar: Calendar
    visitors: Visitors
    turn: int
    seed: str

    def dialogues(self) -> Iterator[Happening]:
        """The year's plan: held, put off, held again elsewhere, and the next one."""
        yield Happening(self._year())

    def promises(self) -> Iterator[Happening]:
        """Promises with the commitment of each."""
        for promise in _PROMISES.get(self.office.code, ()):
            yield Happening(self._promise(promise))

    def _year(self) -> Course:
        desk, random = self.office.desk, Random(self.seed)  # noqa: S311 - made up, not a secret
        first, off, again, second, ahead = (
            self.calendar.roll(self.as_of - timedelta(days=days), Roll.NEXT)
            for days in (220 - self.turn, 130 - self.turn, 116 - self.turn, 47 - self.turn, -24)
        )
        planned = [
            open_dialogues.Planned(
                day, f"{_HALLS[number]}, {self._where()}", _TOPICS[(number + self.turn) % 4],
                place_code=self._place_code(),
            )
            for number, day in enumerate((first, off, second, ahead))
        ]  # fmt: skip
        start = self.calendar.roll(first - timedelta(days=40), Roll.PREVIOUS)
        yield Errand(desk, start, partial(_plan, planned))
        yield Errand(desk, first, partial(_hold, first, self._went(random, first)))
        before = self.calendar.add_working_days(off, -3)
        yield Errand(desk, before, partial(_put_off, off, again))
        yield Errand(desk, again, partial(_hold, again, self._went(random, again)))
        posted = self.calendar.add_working_days(second, -10)
        yield Errand(desk, posted, partial(_post, second, planned[2]))
        yield Errand(desk, second, partial(_hold, second, self._went(random, second)))

    def _went(self, random: Random, day: date) -> open_dialogues.Held:
        lead, cooperating = self.visitors.charged(random, self.office)
        due = self.calendar.roll(day + timedelta(days=random.choice((30, 45, 90))), Roll.NEXT)
        what = random.choice(_POINTS)
        return open_dialogues.Held(
            held_on=day,
            in_person=True,
            people=random.randint(38, 160),
            held_by=self.office.head.username,
            participants=(
                {"name": "Đại diện Ủy ban Mặt trận Tổ quốc", "title": "Chủ trì phối hợp"},
                {"name": "Đại diện các tổ dân phố, thôn", "title": ""},
            ),
            summary=f"Có {random.randint(9, 24)} lượt ý kiến; lãnh đạo đã trả lời trực tiếp phần lớn, "
            "giao các đơn vị thực hiện những việc còn lại.",
            undertakings=(Undertaking(what, lead, due, cooperating=cooperating),),
        )

    def _promise(self, promise: Promise) -> Course:
        day = self.calendar.roll(self.as_of - timedelta(days=promise.made), Roll.PREVIOUS)
        head = next(
            p for p in self.visitors.catalog.colleagues if p.username == self.office.head.username
        )
        questioned = promise.occasion is Occasion.QUESTIONING
        about = About(
            occasion=promise.occasion,
            made_by=f"{head.name}, {head.hats[0].title}",
            made_on=day,
            made_at="Kỳ họp Hội đồng nhân dân" if questioned else "Hội nghị tiếp xúc cử tri",
            term=_TERM,
            meeting=_MEETING,
            checking_agency_code="hdnd",
        )
        due = self.calendar.roll(day + timedelta(days=promise.due), Roll.NEXT)
        undertaking = Undertaking(
            promise.what, promise.lead, due, CommitmentKind.DO, cooperating=promise.cooperating
        )
        entered = self.calendar.add_working_days(day, 2)
        uid = yield Errand(self.office.desk, entered, partial(promises.enter, about, undertaking))
        if promise.answered is not None:
            told = self.calendar.roll(self.as_of - timedelta(days=promise.answered), Roll.NEXT)
            yield Errand(self.office.desk, told, partial(_answer, uid, about, promise.answer, told))

    def _where(self) -> str:
        return self.office.name if self.office.place is None else self.office.place

    def _place_code(self) -> str | None:
        if self.office.kind is not AgencyKind.COMMUNE or self.office.place is None:
            return None
        return self.visitors.catalog.communes.get(self.office.place)


def _plan(given: list[open_dialogues.Planned], *, actor: Actor, now: datetime) -> None:
    open_dialogues.plan(given, actor=actor, now=now)


def _post(day: date, given: open_dialogues.Planned, *, actor: Actor, now: datetime) -> None:
    uid, version = _of(day, actor)
    posted = replace(given, posted_on=local_day(now))
    open_dialogues.change(uid, posted, version=version, actor=actor, now=now)


def _hold(day: date, given: open_dialogues.Held, *, actor: Actor, now: datetime) -> str:
    uid, version = _of(day, actor)
    return open_dialogues.hold(uid, given, version=version, actor=actor, now=now)


def _put_off(day: date, to: date, *, actor: Actor, now: datetime) -> None:
    uid, version = _of(day, actor)
    open_dialogues.put_off(
        uid, "Trùng đợt phòng, chống mưa lũ", cancelled=False, new_day=to, version=version,
        actor=actor, now=now,
    )  # fmt: skip


def _answer(uid: str, about: About, answer: str, on: date, *, actor: Actor, now: datetime) -> None:
    told = replace(about, answer=answer, answered_on=on)
    promises.change(uid, told, version=1, actor=actor, now=now)


def _of(day: date, actor: Actor) -> tuple[str, int]:
    row = db.session.execute(
        select(OpenDialogue.uid, OpenDialogue.version).where(
            OpenDialogue.agency_id == actor.agency_id,
            OpenDialogue.planned_on == day,
            OpenDialogue.status == OpenDialogueStatus.PLANNED,
        )
    ).one()
    return row.uid, row.version
