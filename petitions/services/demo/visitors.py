"""People who come to be received, and what is said to them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from petitions.services.demo.catalog import Catalog
from petitions.services.demo.front_desk import as_visit
from petitions.services.demo.people import Office
from petitions.services.demo.petition import ORDINARY, Profile, Writer, commune_of
from petitions.services.demo.reception_book import Heard
from petitions.services.undertakings import Undertaking
from petitions.services.visit_outcomes import Concluded
from petitions.services.visit_rows import Taken
from workflows.commitments import CommitmentKind
from workflows.reception import VisitOutcome
from workflows.vocabulary import AgencyKind, Kind
from workflows.working_days import Calendar, Roll

_KINDS = (Kind.FEEDBACK, Kind.RECOMMENDATION, Kind.FEEDBACK, Kind.COMPLAINT)
_ANSWERS = (
    "Đã giải thích trình tự, thời hạn giải quyết; công dân đồng ý chờ kết quả.",
    "Đã trả lời trực tiếp: nội dung đã có trong kế hoạch quý sau của địa phương.",
    "Đã cung cấp bản sao văn bản trả lời lần trước và giải thích từng nội dung.",
    "Đã giải thích quy định của pháp luật về bồi thường; công dân thống nhất.",
)
_MORE = "Đề nghị bổ sung bản sao giấy tờ về đất và biên bản kiểm đếm."
_BODIES = (
    "Bảo hiểm xã hội tỉnh Sơn Lâm",
    "Văn phòng Đăng ký đất đai tỉnh Sơn Lâm",
    "Tòa án nhân dân khu vực 1 - Sơn Lâm",
)
CHECKS = (
    "Kiểm tra thực địa nội dung công dân nêu, báo cáo kết quả và đề xuất hướng giải quyết.",
    "Rà soát hồ sơ, đối chiếu với sổ mục kê, đề xuất phương án trả lời công dân.",
    "Làm việc với các hộ liên quan, lập biên bản và đề xuất biện pháp khắc phục.",
)
BELOW_PROVINCE = ("so-nnmt", "sao-mai", "may-som", "nang-mai")
"""Whom the province's leaders give things to do."""


@dataclass(frozen=True, slots=True)
class Visitors:
    """Writes who comes to an office on a day, each day with a generator of its own."""

    catalog: Catalog
    writer: Writer
    calendar: Calendar

    def comes(
        self,
        random: Random,
        office: Office,
        day: date,
        kind: Kind | None = None,
        profile: Profile = ORDINARY,
    ) -> Taken:
        """Somebody with something on the heart."""
        commune = commune_of(random, self.catalog, office)
        chosen = kind or random.choice(_KINDS)
        return as_visit(self.writer.write(random, chosen, profile, day, commune, office))

    def at_desk(self, random: Random, office: Office, day: date) -> Heard:
        """A turn at the regular desk."""
        taken = self.comes(random, office, day)
        ended = random.choice((answered, answered, guided, more_asked))(random)
        return Heard(replace(taken, competent=ended.outcome is not VisitOutcome.GUIDED), ended)

    def before_leader(self, random: Random, office: Office, day: date, *, check: bool) -> Heard:
        """A turn on a leader's day; ``check``: something is given to a unit."""
        taken = self.comes(random, office, day)
        if check:
            return Heard(taken, self.checked(random, office, day))
        if random.random() < 0.25:
            return Heard(taken, self.promised(office, day))
        return Heard(taken, answered(random))

    def checked(self, random: Random, office: Office, day: date) -> Concluded:
        """The leader has it checked and a proposal made."""
        return Concluded(
            outcome=VisitOutcome.CHECK_ORDERED,
            answer="Lãnh đạo giao kiểm tra, đề xuất; kết quả sẽ thông báo cho công dân.",
            undertakings=(self.undertaking(random, office, day, random.choice(CHECKS)),),
        )

    def undertaking(
        self,
        random: Random,
        office: Office,
        day: date,
        what: str,
        kind: CommitmentKind = CommitmentKind.CHECK,
    ) -> Undertaking:
        """Something a body has to do within some weeks."""
        lead, cooperating = self.charged(random, office)
        return Undertaking(
            what,
            lead,
            self.calendar.roll(day + timedelta(days=random.choice((20, 30, 45))), Roll.NEXT),
            kind,
            cooperating=cooperating,
        )

    def charged(self, random: Random, office: Office) -> tuple[str, tuple[str, ...]]:
        """Who leads and who works along, where this office gives something to do."""
        if office.kind is AgencyKind.PROVINCE:
            lead, other = random.sample(BELOW_PROVINCE, 2)
            return lead, (other,)
        return office.code, self.sections(office)[:1]

    def sections(self, office: Office) -> tuple[str, ...]:
        """The sections of the office."""
        return tuple(
            body.code
            for body in self.catalog.bodies
            if body.parent == office.code and body.kind is AgencyKind.SECTION
        )

    def promised(self, office: Office, day: date) -> Concluded:
        """An answer is promised for a day."""
        contact = next(p for p in self.catalog.colleagues if p.username == office.desk.username)
        return Concluded(
            outcome=VisitOutcome.TO_BE_SETTLED,
            answer="Đang xem xét; sẽ trả lời bằng văn bản.",
            promised_on=self.calendar.add_working_days(day, 8),
            contact=contact.name,
        )


def answered(random: Random) -> Concluded:
    """Answered on the spot."""
    return Concluded(outcome=VisitOutcome.ANSWERED, answer=random.choice(_ANSWERS))


def guided(random: Random) -> Concluded:
    """Sent to the competent body."""
    return Concluded(outcome=VisitOutcome.GUIDED, guided_to=random.choice(_BODIES))


def more_asked(_random: Random) -> Concluded:
    """Asked for more papers."""
    return Concluded(outcome=VisitOutcome.MORE_ASKED, answer=_MORE)


def asks_leader(about: str) -> Concluded:
    """Asks to meet the leader."""
    return Concluded(outcome=VisitOutcome.MEETING_ASKED, answer=about)


def in_secret(taken: Taken) -> Taken:
    """The same visitor, asking that nobody learns of it."""
    return replace(taken, secrecy=True)
