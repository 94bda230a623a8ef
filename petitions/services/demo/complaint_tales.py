"""What becomes of the demonstration's complaints."""

from __future__ import annotations

from datetime import date

from petitions.services.demo import complaints as go
from petitions.services.demo import notes
from petitions.services.demo.petition import ORDINARY, Profile
from petitions.services.demo.tales import Tale
from petitions.services.demo.thread import Stage
from workflows.guards import LAW_136_FROM
from workflows.records import Source
from workflows.vocabulary import AgencyKind, Kind, State, Subkind

_ACCEPTED = (go.classify, go.accept)
_VERIFYING = (*_ACCEPTED, go.verify)
_REPORTED = (*_VERIFYING, go.report)
_CALLED = (*_REPORTED, go.plan_dialogue)
_HELD = (*_CALLED, go.hold_dialogue)
_DECIDED = (*_HELD, go.decide)
_SERVED = (*_DECIDED, go.serve)
_IN_EFFECT = (*_SERVED, go.take_effect)
_ENFORCED = (*_IN_EFFECT, go.direct, go.enforce)
_CLOSED = (*_ENFORCED, go.close)
ROAD: tuple[Stage, ...] = _CLOSED
"""The whole way of a complaint to which nothing unusual happens."""

_UP = (*_SERVED, go.go_up)
_AT_DESK = Profile(source=Source.RECEPTION, competent=False)
_MASS = Profile(group=(6, 60))
_CROWD = Profile(group=(90, 200))
_UNSIGNED = Profile(group=(6, 20), signatures=False)
_FROM_COUNCIL = Profile(source=Source.DEPUTIES, forwarder="hdnd")
_FROM_FRONT = Profile(source=Source.FATHERLAND_FRONT, forwarder="mat-tran")
_FROM_PRESS = Profile(source=Source.PRESS, press="Báo Sơn Lâm")
_STRAY = Profile(source=Source.DEPUTIES, forwarder="hdnd", competent=False)
_DISCIPLINE = Profile(subkind=Subkind.DISCIPLINARY)
_DISMISSAL = Profile(subkind=Subkind.DISCIPLINARY_DISMISSAL)
_ABOUT_AN = Profile(conduct=True, accused="an")


def _tale(
    ends: State,
    count: int,
    oldest: int,
    youngest: int,
    *road: Stage,
    profile: Profile = ORDINARY,
    at: AgencyKind | str | None = None,
    remote: bool | None = None,
    after: date = date.min,
    project: bool = False,
) -> Tale:
    return Tale(
        kind=Kind.COMPLAINT, ends=ends, count=count, oldest=oldest, youngest=youngest, road=road,
        profile=profile, at=at, remote=remote, after=after, project=project,
    )  # fmt: skip


_INTAKE = (
    _tale(State.RECEIVED, 8, 7, 1),
    _tale(State.RECEIVED, 3, 44, 32),
    _tale(State.RECEIVED, 4, 75, 47),
    _tale(State.RECEIVED, 2, 6, 1, profile=_FROM_PRESS),
    _tale(State.RECEIVED, 2, 6, 2, notes.papers),
    _tale(State.RECEIVED, 3, 12, 8, go.classify_elsewhere, go.send_on, profile=_AT_DESK,
          at="ban-tiep-dan", after=LAW_136_FROM),
    _tale(State.RECEIVED, 3, 24, 14, go.classify_elsewhere, go.send_on, go.confirm,
          profile=_AT_DESK, at="ban-tiep-dan", after=LAW_136_FROM),
    _tale(State.CLASSIFIED, 6, 9, 4, go.classify),
    _tale(State.CLASSIFIED, 3, 40, 31, go.classify, notes.urged),
    _tale(State.CLASSIFIED, 3, 20, 8, go.classify, profile=_UNSIGNED),
    _tale(State.GUIDED, 20, 540, 14, go.classify_elsewhere, go.guide),
    _tale(State.RETURNED, 5, 540, 14, go.classify_elsewhere, go.give_back, profile=_STRAY),
    _tale(State.FILED, 7, 540, 14, go.classify, go.file),
    _tale(State.NOT_ACCEPTED, 9, 540, 16, go.classify, go.refuse),
    _tale(State.NOT_ACCEPTED, 2, 540, 16, go.classify, go.refuse, profile=Profile(obstacle=True)),
    _tale(State.TRANSFERRED, 7, 130, 14, go.classify_elsewhere, go.send_out, profile=_AT_DESK,
          after=LAW_136_FROM),
    _tale(State.TERMINATED, 4, 400, 18, go.classify, go.withdraw),
    _tale(State.SPLIT, 3, 14, 5, notes.split),
    _tale(State.RECEIVED, 1, 9, 5, notes.split, notes.split_undone),
    _tale(State.VOIDED, 3, 300, 8, notes.voided),
)  # fmt: skip

_SETTLEMENT = (
    _tale(State.ACCEPTED, 6, 14, 6, *_ACCEPTED),
    _tale(State.ACCEPTED, 2, 18, 9, *_ACCEPTED, go.mark_complex, profile=_MASS),
    _tale(State.ACCEPTED, 2, 30, 24, go.classify, go.complete_signatures, go.accept,
          profile=_UNSIGNED),
    _tale(State.VERIFYING, 8, 32, 9, *_VERIFYING),
    _tale(State.VERIFYING, 2, 470, 390, *_VERIFYING, notes.urged, profile=_MASS),
    _tale(State.VERIFYING, 3, 330, 200, *_VERIFYING, notes.urged),
    _tale(State.VERIFYING, 6, 150, 62, go.classify, go.accept_late, go.verify, notes.urged),
    _tale(State.VERIFYING, 4, 50, 22, *_VERIFYING, remote=True),
    _tale(State.VERIFYING, 2, 45, 24, *_ACCEPTED, go.mark_complex, go.verify, profile=_CROWD),
    _tale(State.VERIFYING, 3, 34, 20, *_VERIFYING, notes.papers, notes.mediated),
    _tale(State.VERIFYING, 2, 30, 14, *_ACCEPTED, notes.recused, go.verify, at=AgencyKind.PROVINCE),
    _tale(State.VERIFYING, 2, 30, 22, *_VERIFYING, go.stay),
    _tale(State.VERIFYING, 2, 36, 28, *_VERIFYING, go.stay, go.lift_stay),
    _tale(State.VERIFYING, 4, 88, 26, *_VERIFYING, go.suspend, after=LAW_136_FROM),
    _tale(State.VERIFYING, 3, 60, 46, *_VERIFYING, go.suspend, go.resume, after=LAW_136_FROM),
    _tale(State.VERIFYING, 2, 36, 24, notes.corrected, *_VERIFYING),
    _tale(State.VERIFYING, 2, 36, 26, notes.day_corrected, *_VERIFYING),
    _tale(State.VERIFYING, 2, 34, 24, *_VERIFYING, notes.handed_over, at=AgencyKind.PROVINCE),
    _tale(State.VERIFYING, 2, 34, 22, *_VERIFYING, profile=Profile(late=5)),
    _tale(State.VERIFYING, 2, 34, 26, *_VERIFYING, go.withdraw_some, profile=_MASS),
    _tale(State.VERIFYING, 3, 40, 26, notes.joined, *_VERIFYING),
    _tale(State.VERIFYING, 1, 40, 26, notes.join_undone, *_VERIFYING),
    _tale(State.VERIFYING, 2, 30, 20, *_VERIFYING, profile=_ABOUT_AN, at="sao-mai"),
    _tale(State.VERIFYING, 2, 30, 20, *_VERIFYING, profile=_DISCIPLINE, at="so-gddt"),
    _tale(State.VERIFYING, 2, 30, 20, *_VERIFYING, project=True),
    _tale(State.VERIFYING, 1, 34, 26, *_VERIFYING, profile=Profile(settled_before=True)),
    _tale(State.REPORT_DONE, 5, 32, 18, *_REPORTED),
    _tale(State.REPORT_DONE, 2, 36, 24, *_VERIFYING, go.report_late_entry),
    _tale(State.REPORT_DONE, 2, 110, 65, go.classify, go.accept_late, go.verify, go.report),
    _tale(State.DIALOGUE_PLANNED, 5, 28, 20, *_CALLED),
    _tale(State.DIALOGUE_PLANNED, 2, 40, 28, *_CALLED, go.miss_excused),
    _tale(State.DIALOGUE_HELD, 4, 34, 26, *_HELD),
    _tale(State.DIALOGUE_HELD, 2, 34, 26, *_CALLED, go.miss_unexcused),
    _tale(State.TERMINATED, 4, 300, 40, *_VERIFYING, go.withdraw),
    _tale(State.TERMINATED, 4, 90, 38, *_VERIFYING, go.terminate, after=LAW_136_FROM),
)  # fmt: skip

_AFTERWARDS = (
    _tale(State.DECIDED, 7, 80, 40, *_SERVED),
    _tale(State.DECIDED, 2, 60, 36, *_DECIDED),
    _tale(State.DECIDED, 2, 95, 72, *_DECIDED, go.serve_late_entry),
    _tale(State.DECIDED, 2, 100, 72, *_SERVED, profile=_FROM_COUNCIL),
    _tale(State.DECIDED, 2, 100, 72, *_SERVED, profile=_DISCIPLINE, at="so-gddt"),
    _tale(State.IN_EFFECT, 2, 150, 110, *_IN_EFFECT),
    _tale(State.IN_EFFECT, 5, 170, 110, *_IN_EFFECT, go.direct),
    _tale(State.IN_EFFECT, 4, 260, 175, *_IN_EFFECT, go.direct, go.enforce_part),
    _tale(State.CLOSED, 44, 540, 130, *_CLOSED),
    _tale(State.CLOSED, 4, 540, 215, *_CLOSED, remote=True),
    _tale(State.CLOSED, 4, 540, 190, *_CLOSED, profile=_MASS),
    _tale(State.CLOSED, 3, 540, 190, *_CLOSED, profile=_FROM_FRONT),
    _tale(State.CLOSED, 3, 540, 190, *_CLOSED, profile=_FROM_COUNCIL),
    _tale(State.CLOSED, 2, 540, 190, *_CLOSED, profile=_DISMISSAL, at="so-gddt"),
    _tale(State.CLOSED, 3, 540, 200, *_CLOSED, project=True),
    _tale(State.CLOSED, 6, 540, 180, *_REPORTED, go.agree, go.decide, go.serve, go.take_effect,
          go.direct, go.enforce, go.close),
    _tale(State.CLOSED, 3, 540, 150, *_ACCEPTED, go.decide_at_once, go.serve, go.take_effect,
          go.direct, go.enforce, go.close),
    _tale(State.CLOSED, 2, 540, 215, *_CALLED, go.miss_excused, go.plan_dialogue, go.hold_dialogue,
          go.decide, go.serve, go.take_effect, go.direct, go.enforce, go.close),
    _tale(State.IN_EFFECT, 1, 540, 205, *_CLOSED, go.reopen),
    _tale(State.IN_COURT, 4, 160, 84, *_SERVED, go.sue),
    _tale(State.IN_COURT, 2, 200, 110, *_VERIFYING, go.outlast, go.sue),
    _tale(State.CLOSED, 2, 540, 170, *_SERVED, go.sue, go.close_after_court),
)  # fmt: skip

_SECOND_INSTANCE = (
    _tale(State.SECOND_INSTANCE, 3, 100, 78, *_UP, at=AgencyKind.COMMUNE),
    _tale(State.SECOND_INSTANCE, 3, 130, 108, *_UP, *_VERIFYING, at=AgencyKind.COMMUNE),
    _tale(State.SECOND_INSTANCE, 2, 145, 128, *_UP, *_HELD, at=AgencyKind.COMMUNE),
    _tale(State.SECOND_INSTANCE, 2, 180, 152, *_UP, *_SERVED, at=AgencyKind.DEPARTMENT),
    _tale(State.CLOSED, 4, 540, 250, *_UP, *_SERVED, go.close_below, go.take_effect, go.direct,
          go.enforce, go.close, at=AgencyKind.COMMUNE),
    _tale(State.SECOND_INSTANCE, 2, 190, 118, *_VERIFYING, go.outlast, go.go_up, go.classify,
          at=AgencyKind.COMMUNE),
    _tale(State.SECOND_INSTANCE, 1, 130, 108, *_UP, *_VERIFYING, profile=_DISCIPLINE,
          at="so-gddt"),
)  # fmt: skip

COMPLAINT_TALES: tuple[Tale, ...] = (*_INTAKE, *_SETTLEMENT, *_AFTERWARDS, *_SECOND_INSTANCE)
