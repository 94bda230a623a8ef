"""How likely a petition is a repeat of a case: evidence with its weight, told in words an officer can check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from petitions.queries import likeness
from petitions.text import fold, fold_words, vn_date
from workflows.vocabulary import Kind, State

STRONG = 80
"""Score from which on going on without linking asks for a word why."""
SHOWN, ANNOUNCED = 35, 60
"""Least score of a case within one's reach, and of one of which only its existence may be told."""
MOST = 8
"""Repeats shown; the most likely ones."""
PEOPLE_COMPARED, BODIES_COMPARED = 40, 10
"""People and respondents of one petition that are compared; a group's list may hold hundreds."""
CONTENT_COMPARED = 6_000
"""Characters of a content that are compared."""
DECIDED = frozenset({State.DECIDED, State.IN_EFFECT, State.PUBLISHED, State.CLOSED})
"""States of a complaint that has its first decision."""
BY_PERSON_MOST, BY_MATTER_MOST = 50, 60
ALIKE_NAME, ALIKE_ADDRESS, ALIKE_TEXT, RESENT_TEXT = 88, 85, 55, 90
"""Percentages from which on names, addresses and texts count as alike, and a text as the same one."""


class Repetition(StrEnum):
    """What kind of repeat it looks like."""

    SECOND_INSTANCE = "second_instance"
    RESENT = "resent"
    SAME_PERSON = "same_person"
    SAME_PERSON_ONLY = "same_person_only"
    OTHERS = "others"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is typed of a petition nobody has saved yet. Lists are what is known, in any order.

    ``names`` are of the petitioning side, ``birth_years`` beside them where known; ``parcels`` are
    pairs of sheet and parcel; ``contested`` are numbers of decisions complained of.
    """

    kind: Kind
    names: tuple[str, ...] = ()
    id_numbers: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    summary: str = ""
    content: str = ""
    respondents: tuple[str, ...] = ()
    parcels: tuple[tuple[str, str], ...] = ()
    place_code: str | None = None
    received_on: date | None = None
    birth_years: tuple[int | None, ...] = ()
    contested: tuple[str, ...] = ()

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The folded words of the content."""
        return fold_words(self.content[:CONTENT_COMPARED])[: likeness.TEXT_WORDS]

    @cached_property
    def summary_words(self) -> tuple[str, ...]:
        """The folded words of the summary."""
        return fold_words(self.summary)

    @cached_property
    def people(self) -> tuple[tuple[str, int | None], ...]:
        """Names with their years of birth."""
        years = (*self.birth_years, *(None for _ in self.names))
        return tuple(zip(self.names[:PEOPLE_COMPARED], years, strict=False))

    @cached_property
    def parcel_keys(self) -> frozenset[tuple[str, str]]:
        """Sheets and parcels as compared."""
        keys = ((likeness.parcel_key(a), likeness.parcel_key(b)) for a, b in self.parcels)
        return frozenset(key for key in keys if all(key))


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Somebody of the petitioning side of a case, not sealed."""

    name: str
    birth_year: int | None
    id_number: str | None
    phone: str | None
    address: str | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case an index pointed at, with what is compared. ``sealed`` are labels of exact blind matches."""

    code: str
    kind: Kind
    instance: int
    state: State
    agency: str
    own_agency: bool
    received_on: date
    due: date | None
    summary: str
    content: str
    contested: str | None
    visible: bool
    window_until: date | None
    window_citation: str | None
    people: Sequence[KnownPerson]
    respondents: Sequence[str]
    parcels: Sequence[tuple[str, str, bool]]
    sealed: frozenset[str]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A case the petition may repeat. Out of reach (``visible`` false) only what is announced is filled.

    ``score`` is 0 to 100; ``window`` says how a second instance stands to its time limit.
    """

    repetition: Repetition
    score: int
    code: str
    kind: Kind
    instance: int
    agency: str
    received_on: date
    state: State
    reasons: tuple[str, ...]
    visible: bool
    summary: str = ""
    due: date | None = None
    window: str = ""

    @property
    def strong(self) -> bool:
        """Whether going on without linking asks for a word why."""
        return self.score >= STRONG


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing two petitions share; ``words`` name nobody who is not typed already, ``named`` may."""

    weight: int
    words: str
    named: str = ""


def judge(asked: Asked, found: Candidate, on: date) -> Repeat | None:
    """The likely repeat, or ``None`` when too little speaks for it."""
    person = _best(_of_person(asked, found))
    text = _text(asked, found)
    matter = sorted(_of_matter(asked, found, text), key=lambda each: -each.weight)
    by_person = min(BY_PERSON_MOST, _sum(person))
    by_matter = min(BY_MATTER_MOST, _sum(matter))
    score = min(100, by_person + by_matter)
    if score < (SHOWN if found.visible else ANNOUNCED):
        return None
    what = _repetition(asked, found, by_person, by_matter, text)
    reasons = tuple(
        each.named if found.visible and each.named else each.words for each in (*person, *matter)
    )
    return Repeat(
        repetition=what,
        score=score,
        code=found.code,
        kind=found.kind,
        instance=found.instance,
        agency=found.agency,
        received_on=found.received_on,
        state=found.state,
        reasons=reasons,
        visible=found.visible,
        summary=found.summary if found.visible else "",
        due=found.due if found.visible else None,
        window=_window(found, on) if found.visible and what is Repetition.SECOND_INSTANCE else "",
    )


def _best(evidence: Iterator[Evidence]) -> list[Evidence]:
    """Each thing once, the weightiest first: a group's members share much."""
    strongest: dict[str, Evidence] = {}
    for each in evidence:
        strongest.setdefault(each.words, each)
    return sorted(strongest.values(), key=lambda each: -each.weight)[:3]


def _sum(evidence: Sequence[Evidence]) -> int:
    """The weightiest in full, every other one by half: they seldom stand alone."""
    if not evidence:
        return 0
    return evidence[0].weight + sum(each.weight for each in evidence[1:]) // 2


_SEALED: Mapping[str, Evidence] = {
    "id_number": Evidence(45, "cùng số giấy tờ (người được giữ bí mật)"),
    "phone": Evidence(30, "cùng số điện thoại (người được giữ bí mật)"),
    "person": Evidence(35, "cùng họ tên và năm sinh (người được giữ bí mật)"),
    "name": Evidence(20, "cùng họ tên (người được giữ bí mật)"),
}


def _of_person(asked: Asked, found: Candidate) -> Iterator[Evidence]:
    numbers = {likeness.compact(each) for each in asked.id_numbers} - {""}
    phones = {likeness.phone_key(each) for each in asked.phones} - {""}
    for known in found.people:
        number = likeness.compact(known.id_number or "")
        if number in numbers:
            yield Evidence(45, "cùng số CCCD" if len(number) == 12 else "cùng số giấy tờ")
        if known.phone and likeness.phone_key(known.phone) in phones:
            yield Evidence(30, "cùng số điện thoại")
    names = [each for known in found.people[:PEOPLE_COMPARED] for each in _of_name(asked, known)]
    yield from sorted(names, key=lambda each: -each.weight)[:1]
    if "person" in found.sealed:
        yield _SEALED["person"]
    elif "name" in found.sealed:
        yield _SEALED["name"]
    yield from (_SEALED[label] for label in ("id_number", "phone") if label in found.sealed)


def _of_name(asked: Asked, known: KnownPerson) -> Iterator[Evidence]:
    for name, year in asked.people:
        alike = likeness.name_likeness(name, known.name)
        if alike < ALIKE_NAME:
            continue
        words = (
            "cùng họ tên"
            if alike == 100 and likeness.same_marks(name, known.name)
            else "tên giống khi bỏ dấu"
            if alike == 100
            else "tên gần giống"
        )
        named = words if words == "cùng họ tên" else f"{words}: {known.name}"
        weight = 20 if alike == 100 else 12
        same_year = year is not None and known.birth_year == year
        if year is not None and known.birth_year is not None and not same_year:
            weight //= 2
        at_home = any(
            likeness.address_likeness(each, known.address or "") >= ALIKE_ADDRESS
            for each in asked.addresses[:5]
        )
        if same_year:
            weight += 15
            words, named = f"{words}, cùng năm sinh", f"{named}, cùng năm sinh {year}"
        if at_home:
            weight += 12
            words, named = f"{words}, cùng địa chỉ", f"{named}, cùng địa chỉ"
        yield Evidence(weight, words, named)


def _text(asked: Asked, found: Candidate) -> int:
    content = likeness.text_likeness(asked.words, fold_words(found.content))
    if min(len(asked.words), 12) == 12:
        return content
    return max(content, likeness.text_likeness(asked.summary_words, fold_words(found.summary)))


def _of_matter(asked: Asked, found: Candidate, text: int) -> Iterator[Evidence]:
    for sheet, parcel, here in found.parcels:
        if (likeness.parcel_key(sheet), likeness.parcel_key(parcel)) in asked.parcel_keys:
            words = f"cùng thửa đất số {parcel} tờ {sheet}"
            yield Evidence(40, words) if here else Evidence(20, f"{words} (chưa rõ địa bàn)")
            break
    number = decision_key(found.contested or "")
    if number and number in {decision_key(each) for each in asked.contested}:
        named = f"cùng khiếu nại văn bản số {found.contested}"
        yield Evidence(40, "cùng khiếu nại một văn bản", named)
    if text >= ALIKE_TEXT:
        weight = 50 if text >= 95 else 40 if text >= 85 else 30 if text >= 70 else 15
        yield Evidence(weight, f"nội dung giống {text} %")
    about = {fold(each) for each in asked.respondents}
    same = next((each for each in found.respondents if fold(each) in about), None)
    if same is not None:
        yield Evidence(15, "cùng người, cơ quan bị nêu trong đơn", f"cùng bị nêu trong đơn: {same}")
    else:
        near = any(
            likeness.name_likeness(one, other) >= ALIKE_NAME
            for one in asked.respondents[:BODIES_COMPARED]
            for other in found.respondents[:BODIES_COMPARED]
        )
        if near:
            yield Evidence(10, "người bị nêu trong đơn có tên gần giống")


def decision_key(number: str) -> str:
    """A decision's number as compared: folded, without spaces and leading zeros."""
    return "".join(fold(number).split()).lstrip("0")


def _repetition(
    asked: Asked, found: Candidate, by_person: int, by_matter: int, text: int
) -> Repetition:
    same_person = by_person >= 20
    second = (
        found.visible
        and asked.kind is Kind.COMPLAINT
        and found.kind is Kind.COMPLAINT
        and found.instance == 1
        and found.state in DECIDED
    )
    if second and same_person and by_matter:
        return Repetition.SECOND_INSTANCE
    if text >= RESENT_TEXT and not found.own_agency:
        return Repetition.RESENT
    if not same_person:
        return Repetition.OTHERS
    return Repetition.SAME_PERSON if by_matter else Repetition.SAME_PERSON_ONLY


def _window(found: Candidate, on: date) -> str:
    """How the day stands to the end of the time to complain a second time."""
    if found.window_until is None:
        return "Chưa có ngày nhận quyết định lần đầu nên chưa tính được thời hiệu khiếu nại lần hai (Điều 33 Luật Khiếu nại)."
    cited = found.window_citation or "Điều 33 Luật Khiếu nại"
    if on <= found.window_until:
        return (
            f"Còn thời hạn khiếu nại lần hai đến hết ngày {vn_date(found.window_until)} ({cited})."
        )
    return f"Thời hạn khiếu nại lần hai đã hết ngày {vn_date(found.window_until)} ({cited})."
