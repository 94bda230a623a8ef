"""What a made-up petition says: its subject filled in, its people, its papers, how it came."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from petitions.sealing import Identity, find_leaks, mask
from petitions.services.demo.catalog import Catalog, Subject
from petitions.services.demo.citizens import Citizens, small
from petitions.services.demo.people import Office
from petitions.services.registration import (
    Contested,
    Parcel,
    Person,
    Prior,
    Registration,
    RespondentGiven,
)
from workflows.casefile import MASS_SIZE
from workflows.records import PartyRole, RespondentKind, Source
from workflows.vocabulary import AgencyKind, Kind, Subkind

LISTED_AT_MOST = 40
"""Petitioners written down by name; of larger groups only the number is kept."""
_LAND = frozenset({"thu-hoi-dat", "boi-thuong-ho-tro", "giay-chung-nhan", "tranh-chap-dat"})
_PAPER_SOURCES = (Source.RECEPTION, Source.RECEPTION, Source.POST, Source.HAND_DELIVERED,
                  Source.DROP_BOX, Source.ONLINE)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What sets a petition apart from the ordinary one.

    ``forwarder`` is the code of a body, ``press`` the name of one outside; ``accused`` the account of
    a respondent; ``field`` fixes the subject. A ``competent`` of False says it came to the wrong desk.
    """

    group: tuple[int, int] = (1, 1)
    signatures: bool = True
    source: Source | None = None
    forwarder: str | None = None
    press: str | None = None
    competent: bool = True
    anonymous: bool = False
    subkind: Subkind | None = None
    conduct: bool = False
    accused: str | None = None
    field: str | None = None
    protection: bool = False
    settled_before: bool = False
    obstacle: bool = False
    late: int = 0


ORDINARY = Profile()


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes petitions from the catalogue."""

    catalog: Catalog
    citizens: Citizens

    def write(
        self,
        random: Random,
        kind: Kind,
        profile: Profile,
        received_on: date,
        commune: str,
        office: Office,
    ) -> Registration:
        """One petition that reached ``office`` on that day about something in ``commune``."""
        subject = random.choice(self._subjects(kind, profile))
        words = self._words(random, commune)
        parties, group = self._people(random, kind, profile, commune)
        content = subject.content.format(**words)
        issued = received_on - timedelta(days=random.randint(12, 60))
        given = Registration(
            kind=kind,
            subkind=profile.subkind,
            received_on=received_on,
            written_on=received_on - timedelta(days=random.randint(0, 5)),
            summary=subject.summary.format(**words),
            content=content,
            demand=subject.demand.format(**words),
            source=profile.source or random.choice(_PAPER_SOURCES),
            field_code=subject.field,
            place_code=self.catalog.communes.get(commune),
            group_size=group,
            all_signatures=group >= MASS_SIZE and profile.signatures,
            representatives_appointed=group >= MASS_SIZE and profile.signatures,
            competent=profile.competent,
            anonymous=profile.anonymous,
            official_conduct=profile.conduct,
            wants_protection=profile.protection,
            wants_result=kind is Kind.DENUNCIATION and random.random() < 0.5,
            parties=parties,
            respondents=self._respondents(subject, profile, office),
            late_reason="Vào sổ giấy trước, nhập sau" if profile.late else None,
        )
        given = self._forwarded(random, given, profile)
        if kind is Kind.COMPLAINT:
            given = self._contested(random, given, subject, words, issued, office, profile)
        if subject.field in _LAND:
            given = replace(given, parcels=(self._parcel(random, words),))
        if self.catalog.minority(commune) and kind is not Kind.DENUNCIATION:
            given = self._of_the_highland(random, given)
        if kind is Kind.DENUNCIATION and parties:
            given = _sealed(given, content)
        return given

    def _subjects(self, kind: Kind, profile: Profile) -> list[Subject]:
        return [
            subject
            for subject in self.catalog.subjects
            if kind in subject.kinds
            and subject.discipline == (profile.subkind is not None)
            and subject.conduct == profile.conduct
            and profile.field in {None, subject.field}
        ]

    def _words(self, random: Random, commune: str) -> dict[str, str]:
        return {
            "commune": small(commune),
            "hamlet": random.choice(self.catalog.names["hamlets"]),
            "number": f"{random.randint(10, 990)}/QĐ-UBND",
            "area": str(random.randint(60, 900)),
            "money": f"{random.randint(2, 240)}.000.000",
        }

    def _people(
        self, random: Random, kind: Kind, profile: Profile, commune: str
    ) -> tuple[tuple[Person, ...], int]:
        if profile.anonymous:
            return (), 1
        group = random.randint(*profile.group)
        if kind is Kind.DENUNCIATION:
            people = [self.citizens.denouncer(random, commune) for _ in range(min(group, 8))]
        else:
            minority = self.catalog.minority(commune)
            people = [
                self.citizens.person(random, commune, minority=minority)
                for _ in range(min(group, LISTED_AT_MOST))
            ]
        if group >= MASS_SIZE and profile.signatures:
            chosen = 2 if group <= 10 else random.randint(3, 5)
            people = [
                replace(person, is_representative=number < chosen)
                for number, person in enumerate(people)
            ]
        if kind is Kind.COMPLAINT and random.random() < 0.08:
            people.append(self._helper(random, commune))
        return tuple(people), group

    def _helper(self, random: Random, commune: str) -> Person:
        helper = self.citizens.person(random, commune)
        if random.random() < 0.5:
            return replace(
                helper, role=PartyRole.AUTHORISED, document="Giấy ủy quyền có chứng thực"
            )
        return replace(helper, role=PartyRole.LAWYER, lawyer_card=f"LS-{random.randint(100, 999)}")

    def _respondents(
        self, subject: Subject, profile: Profile, office: Office
    ) -> tuple[RespondentGiven, ...]:
        if profile.accused is not None:
            person = next(
                each for each in self.catalog.colleagues if each.username == profile.accused
            )
            return (
                RespondentGiven(
                    name=person.name,
                    position=person.hats[0].title,
                    workplace=office.name,
                    username=person.username,
                ),
            )
        if subject.respondent:
            return (
                RespondentGiven(
                    name=f"{subject.respondent} (đơn không nêu tên)",
                    position=subject.respondent,
                    workplace=office.name,
                ),
            )
        return (
            RespondentGiven(name=office.name, kind=RespondentKind.BODY, agency_code=office.code),
        )

    def _forwarded(self, random: Random, given: Registration, profile: Profile) -> Registration:
        if profile.forwarder is None and profile.press is None:
            return given
        return replace(
            given,
            forwarder_code=profile.forwarder,
            forwarder_body=profile.press,
            forward_number=f"{random.randint(5, 400)}/CV",
            forward_on=given.received_on - timedelta(days=random.randint(1, 4)),
            written_on=given.received_on - timedelta(days=random.randint(5, 9)),
        )

    def _contested(
        self,
        random: Random,
        given: Registration,
        subject: Subject,
        words: dict[str, str],
        issued: date,
        office: Office,
        profile: Profile,
    ) -> Registration:
        received = issued + timedelta(days=random.randint(2, 8))
        contested = Contested(
            number=words["number"],
            issued_on=issued,
            issuer=office.name,
            received_on=received,
            description=subject.contested,
        )
        prior = Prior(
            body="UBND huyện Suối Khuya (đã giải thể)",
            form="Quyết định giải quyết khiếu nại",
            instance=1,
            number=f"{random.randint(10, 300)}/QĐ-UBND",
            issued_on=issued - timedelta(days=400),
            summary="Không chấp nhận nội dung khiếu nại về phần diện tích.",
            may_sue=True,
        )
        obstacle = (received + timedelta(days=1), received + timedelta(days=8))
        return replace(
            given,
            contested=contested,
            prior=(prior,) if profile.settled_before else (),
            handled_before="Đã có quyết định giải quyết năm trước."
            if profile.settled_before
            else "",
            obstacles=(obstacle,) if profile.obstacle else (),
        )

    def _parcel(self, random: Random, words: dict[str, str]) -> Parcel:
        return Parcel(
            sheet=str(random.randint(1, 60)),
            parcel=str(random.randint(1, 400)),
            area_m2=Decimal(words["area"]),
            land_kind=random.choice(("Đất ở", "Đất trồng cây lâu năm", "Đất rừng sản xuất")),
        )

    def _of_the_highland(self, random: Random, given: Registration) -> Registration:
        if random.random() < 0.4:
            return given
        spoken = given.parties[0].ethnicity if given.parties else None
        return replace(
            given,
            language=spoken and f"Tiếng {spoken}",
            interpreter=True,
            fingerprint=random.random() < 0.3,
        )


def _sealed(given: Registration, content: str) -> Registration:
    """The paper as written names its writer; what is kept readable has the name masked."""
    writer = given.parties[0]
    calls = f", số điện thoại {writer.phone}" if writer.phone else ""
    original = f"Tôi là {writer.name}, ở {writer.address}{calls}. {content}"
    identity = Identity(
        names=[writer.name],
        phones=[writer.phone] if writer.phone else [],
        addresses=[writer.address] if writer.address else [],
    )
    return replace(given, original=original, content=mask(original, find_leaks(original, identity)))


def commune_of(random: Random, catalog: Catalog, office: Office) -> str:
    """Where a matter that reaches this body arose: its own commune, or any where it has none."""
    if office.kind is AgencyKind.COMMUNE and office.place is not None:
        return office.place
    return random.choice(list(catalog.communes))
