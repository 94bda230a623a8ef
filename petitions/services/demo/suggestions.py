"""How recommendations and feedback go, and what becomes of the demonstration's."""

from __future__ import annotations

from petitions.services.demo import complaints as intake
from petitions.services.demo import notes
from petitions.services.demo.petition import ORDINARY, Profile
from petitions.services.demo.tales import Tale
from petitions.services.demo.thread import Course, Stage, Thread
from workflows.records import Source
from workflows.vocabulary import Action, AgencyKind, Kind, State


def assign(t: Thread) -> Course:
    """An officer is charged with it, and the sender is told."""
    t.officer = t.random.choice(t.free(*t.office.officers) or (t.office.head,))
    yield t.does(t.office.deputy, Action.ASSIGN, (1, 4), assignee=t.officer.username)
    yield from notes.told(t)


def meet(t: Thread) -> Course:
    """The officer sees the sender."""
    assert t.officer is not None
    yield t.does(
        t.officer, Action.HOLD_MEETING, (3, 7), content="Đã kiểm tra thực tế cùng người gửi đơn."
    )


def answer(t: Thread) -> Course:
    """The answer."""
    yield t.does(
        t.office.deputy,
        Action.ANSWER,
        (3, 8),
        result=t.one_of("Đã khắc phục", "Đã trả lời", "Đưa vào kế hoạch quý sau"),
        document=t.document("CV-UBND"),
    )
    yield from notes.forwarder_told(t)


def close(t: Thread) -> Course:
    """The file is closed."""
    yield t.does(t.officer or t.office.head, Action.CLOSE, (1, 5))


ROAD: tuple[Stage, ...] = (intake.classify, assign, answer, close)
"""The whole way of a recommendation or feedback to which nothing unusual happens."""

_CLASSIFIED = ROAD[:1]
_ASSIGNED = ROAD[:2]
_MET = (*_ASSIGNED, meet)
_ANSWERED = ROAD[:3]
_STRAY = Profile(competent=False)
_STRAY_FORWARDED = Profile(source=Source.FATHERLAND_FRONT, forwarder="mat-tran", competent=False)
_FROM_COUNCIL = Profile(source=Source.DEPUTIES, forwarder="hdnd")
_FROM_FRONT = Profile(source=Source.FATHERLAND_FRONT, forwarder="mat-tran")
_FROM_PRESS = Profile(source=Source.PRESS, press="Đài Phát thanh Sơn Lâm")
_MANY = Profile(group=(5, 40))
_ABOUT_AN = Profile(conduct=True, accused="an")
_ABOUT_HA = Profile(conduct=True, accused="ha")


def _tales(
    ends: State,
    counts: tuple[int, int],
    oldest: int,
    youngest: int,
    *road: Stage,
    profile: Profile = ORDINARY,
    at: AgencyKind | str | None = None,
    remote: bool | None = None,
) -> tuple[Tale, ...]:
    """So many recommendations and so many pieces of feedback."""
    return tuple(
        Tale(
            kind=kind, ends=ends, count=count, oldest=oldest, youngest=youngest, road=road,
            profile=profile, at=at, remote=remote,
        )
        for kind, count in zip((Kind.RECOMMENDATION, Kind.FEEDBACK), counts, strict=True)
    )  # fmt: skip


SUGGESTION_TALES: tuple[Tale, ...] = (
    *_tales(State.RECEIVED, (3, 7), 8, 1),
    *_tales(State.RECEIVED, (1, 3), 44, 31),
    *_tales(State.RECEIVED, (1, 3), 80, 46),
    *_tales(State.RECEIVED, (1, 3), 11, 6, intake.classify_elsewhere, intake.send_on, profile=_STRAY,
            at="ban-tiep-dan"),
    *_tales(State.RECEIVED, (0, 2), 6, 2, notes.papers),
    *_tales(State.CLASSIFIED, (2, 5), 10, 3, *_CLASSIFIED),
    *_tales(State.ASSIGNED, (5, 9), 30, 8, *_ASSIGNED),
    *_tales(State.ASSIGNED, (2, 5), 120, 45, *_ASSIGNED, notes.urged),
    *_tales(State.ASSIGNED, (1, 3), 34, 20, intake.classify_elsewhere, intake.send_on,
            intake.confirm, intake.classify, assign, profile=_STRAY, at="ban-tiep-dan"),
    *_tales(State.ASSIGNED, (0, 2), 30, 16, *_ASSIGNED, profile=_ABOUT_AN, at="sao-mai"),
    *_tales(State.ASSIGNED, (0, 1), 30, 16, *_ASSIGNED, profile=_ABOUT_HA, at="sao-mai"),
    *_tales(State.ASSIGNED, (1, 2), 34, 24, notes.joined, *_ASSIGNED),
    *_tales(State.ASSIGNED, (1, 2), 34, 24, *_ASSIGNED, notes.mediated),
    *_tales(State.ASSIGNED, (1, 1), 34, 24, notes.corrected, *_ASSIGNED),
    *_tales(State.ASSIGNED, (1, 2), 34, 24, *_ASSIGNED, profile=Profile(late=4)),
    *_tales(State.MEETING, (2, 5), 30, 14, *_MET),
    *_tales(State.ANSWERED, (2, 5), 28, 14, *_ANSWERED),
    *_tales(State.ANSWERED, (1, 2), 28, 14, *_ANSWERED, profile=_FROM_COUNCIL),
    *_tales(State.CLOSED, (18, 56), 540, 30, *ROAD),
    *_tales(State.CLOSED, (2, 6), 540, 55, *_MET, answer, close),
    *_tales(State.CLOSED, (2, 5), 540, 55, *ROAD, remote=True),
    *_tales(State.CLOSED, (2, 4), 540, 55, *ROAD, profile=_FROM_FRONT),
    *_tales(State.CLOSED, (1, 4), 540, 55, *ROAD, profile=_FROM_PRESS),
    *_tales(State.CLOSED, (2, 4), 540, 55, *ROAD, profile=_MANY),
    *_tales(State.CLOSED, (1, 2), 540, 60, *_ANSWERED, close, intake.reopen, close),
    *_tales(State.GUIDED, (3, 7), 540, 12, *_CLASSIFIED, intake.guide),
    *_tales(State.RETURNED, (1, 3), 540, 12, intake.classify_elsewhere, intake.give_back,
            profile=_STRAY_FORWARDED),
    *_tales(State.FILED, (2, 6), 540, 12, *_CLASSIFIED, intake.file),
    *_tales(State.NOT_ACCEPTED, (1, 4), 540, 14, *_CLASSIFIED, intake.refuse),
    *_tales(State.TRANSFERRED, (2, 6), 540, 14, intake.classify_elsewhere, intake.send_out,
            profile=_STRAY),
    *_tales(State.SPLIT, (1, 2), 14, 5, notes.split),
    *_tales(State.VOIDED, (1, 2), 300, 8, notes.voided),
)  # fmt: skip
