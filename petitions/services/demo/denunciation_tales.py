"""What becomes of the demonstration's denunciations."""

from __future__ import annotations

from petitions.services.demo import denunciations as go
from petitions.services.demo import notes
from petitions.services.demo.petition import ORDINARY, Profile
from petitions.services.demo.tales import Tale
from petitions.services.demo.thread import Stage
from workflows.records import Source
from workflows.vocabulary import AgencyKind, Kind, State

_ACCEPTED = (go.accept,)
_VERIFYING = (*_ACCEPTED, go.verify)
_REPORTED = (*_VERIFYING, go.report)
_CONCLUDED = (*_REPORTED, go.conclude)
_HANDLED = (*_CONCLUDED, go.act_on)
_PUBLISHED = (*_HANDLED, go.publish)
_CLOSED = (*_PUBLISHED, go.close)

_ANONYMOUS = Profile(anonymous=True, source=Source.POST)
_STRAY = Profile(competent=False, source=Source.POST)
_STRAY_AT_DESK = Profile(competent=False, source=Source.RECEPTION)
_FROM_COUNCIL = Profile(source=Source.DEPUTIES, forwarder="hdnd")
_FROM_PRESS = Profile(source=Source.PRESS, press="Báo Sơn Lâm")
_AFRAID = Profile(protection=True)
_SEVERAL = Profile(group=(2, 6))
_AGAINST_HEAD = Profile(accused="minh")
_AGAINST_OFFICER = Profile(accused="an")


def _tale(
    ends: State,
    count: int,
    oldest: int,
    youngest: int,
    *road: Stage,
    profile: Profile = ORDINARY,
    at: AgencyKind | str | None = None,
) -> Tale:
    return Tale(
        kind=Kind.DENUNCIATION, ends=ends, count=count, oldest=oldest, youngest=youngest, road=road,
        profile=profile, at=at,
    )  # fmt: skip


_INTAKE = (
    _tale(State.RECEIVED, 4, 6, 1),
    _tale(State.RECEIVED, 1, 44, 33),
    _tale(State.RECEIVED, 2, 70, 47),
    _tale(State.RECEIVED, 2, 6, 1, profile=_AGAINST_HEAD, at="sao-mai"),
    _tale(State.RECEIVED, 2, 6, 2, notes.papers),
    _tale(State.RECEIVED, 2, 5, 2, profile=_FROM_PRESS),
    _tale(State.RECEIVED, 2, 8, 5, go.send_on, profile=_STRAY, at="ban-tiep-dan"),
    _tale(State.RECEIVED, 1, 15, 10, go.send_on, go.confirm, profile=_STRAY, at="ban-tiep-dan"),
    _tale(State.INFO_CHECK, 3, 20, 8, go.check_anonymous, profile=_ANONYMOUS),
    _tale(State.GUIDED, 5, 540, 10, go.guide, profile=_STRAY_AT_DESK),
    _tale(State.FILED, 6, 540, 10, go.file, profile=_ANONYMOUS),
    _tale(State.FILED, 2, 540, 36, go.check_anonymous, go.file_check, profile=_ANONYMOUS),
    _tale(State.CLOSED, 2, 540, 40, go.check_anonymous, go.close_check, profile=_ANONYMOUS),
    _tale(State.NOT_ACCEPTED, 5, 540, 14, go.refuse),
    _tale(State.NOT_PROCESSED, 6, 540, 10, go.not_process, go.told),
    _tale(State.TRANSFERRED, 5, 540, 10, go.send_out, profile=_STRAY),
    _tale(State.SPLIT, 1, 10, 5, notes.split),
    _tale(State.VOIDED, 2, 300, 8, notes.voided),
)  # fmt: skip

_SETTLEMENT = (
    _tale(State.ACCEPTED, 3, 9, 4, *_ACCEPTED),
    _tale(State.VERIFYING, 5, 28, 9, *_VERIFYING),
    _tale(State.VERIFYING, 2, 28, 24, *_VERIFYING, go.entrust),
    _tale(State.VERIFYING, 4, 120, 52, *_VERIFYING),
    _tale(State.VERIFYING, 2, 40, 25, *_VERIFYING, go.mark_complex, go.extend),
    _tale(State.VERIFYING, 2, 75, 34, *_VERIFYING, go.mark_very_complex, go.extend, go.extend),
    _tale(State.VERIFYING, 2, 70, 30, *_VERIFYING, go.suspend),
    _tale(State.VERIFYING, 2, 280, 140, *_VERIFYING, go.suspend),
    _tale(State.VERIFYING, 1, 56, 48, *_VERIFYING, go.suspend, go.resume),
    _tale(State.VERIFYING, 2, 30, 20, *_VERIFYING, profile=_SEVERAL),
    _tale(State.VERIFYING, 1, 30, 22, *_VERIFYING, go.withdraw_one, profile=_SEVERAL),
    _tale(State.VERIFYING, 2, 34, 22, *_VERIFYING, go.to_investigators),
    _tale(State.VERIFYING, 2, 40, 26, notes.joined, *_VERIFYING),
    _tale(State.VERIFYING, 1, 28, 18, *_VERIFYING, profile=_AGAINST_HEAD, at="sao-mai"),
    _tale(State.VERIFYING, 1, 30, 20, *_VERIFYING, profile=_AGAINST_OFFICER, at="sao-mai"),
    _tale(State.VERIFYING, 1, 34, 26, go.send_on, go.confirm, *_VERIFYING, profile=_STRAY,
          at="ban-tiep-dan"),
    _tale(State.VERIFYING, 1, 30, 22, *_VERIFYING, go.request_protection, profile=_AFRAID),
    _tale(State.VERIFYING, 2, 34, 28, *_VERIFYING, go.request_protection, go.protect,
          profile=_AFRAID),
    _tale(State.VERIFYING, 1, 44, 38, *_VERIFYING, go.request_protection, go.protect,
          go.change_protection, profile=_AFRAID),
    _tale(State.VERIFYING, 1, 34, 28, *_VERIFYING, go.request_protection, go.refuse_protection,
          profile=_AFRAID),
    _tale(State.VERIFYING, 1, 30, 20, *_VERIFYING, profile=Profile(late=5)),
    _tale(State.REPORT_DONE, 3, 30, 20, *_REPORTED),
    _tale(State.REPORT_DONE, 1, 100, 60, *_REPORTED),
    _tale(State.TERMINATED, 3, 400, 34, *_VERIFYING, go.withdraw),
    _tale(State.TERMINATED, 2, 400, 36, *_VERIFYING, go.terminate),
)  # fmt: skip

_AFTERWARDS = (
    _tale(State.CONCLUDED, 3, 32, 22, *_CONCLUDED),
    _tale(State.CONCLUDED, 1, 90, 70, *_CONCLUDED),
    _tale(State.HANDLED, 3, 38, 26, *_HANDLED),
    _tale(State.PUBLISHED, 2, 46, 30, *_PUBLISHED),
    _tale(State.PUBLISHED, 1, 46, 30, *_PUBLISHED, profile=_FROM_COUNCIL),
    _tale(State.CLOSED, 22, 540, 45, *_CLOSED),
    _tale(State.CLOSED, 3, 540, 72, *_CLOSED, profile=_FROM_COUNCIL),
    _tale(State.CLOSED, 1, 540, 90, *_VERIFYING, go.request_protection, go.protect, go.report,
          go.conclude, go.end_protection, go.act_on, go.publish, go.close, profile=_AFRAID),
    _tale(State.CLOSED, 2, 540, 90, *_VERIFYING, go.mark_complex, go.extend, go.report,
          go.conclude, go.act_on, go.publish, go.close),
    _tale(State.FURTHER_REVIEW, 2, 80, 66, *_HANDLED, go.go_further, at=AgencyKind.COMMUNE),
    _tale(State.CONCLUDED, 1, 100, 76, *_CONCLUDED, go.go_further, go.uphold,
          at=AgencyKind.COMMUNE),
    _tale(State.CLOSED, 1, 110, 90, *_PUBLISHED, go.go_further, go.settle_anew,
          at=AgencyKind.COMMUNE),
    _tale(State.SUPERIOR_SUPERVISION, 1, 100, 76, *_VERIFYING, go.go_further_overdue,
          at=AgencyKind.COMMUNE),
    _tale(State.SUPERIOR_SUPERVISION, 1, 100, 80, *_VERIFYING, go.go_further_overdue, go.demand,
          at=AgencyKind.COMMUNE),
    _tale(State.VERIFYING, 1, 110, 90, *_VERIFYING, go.go_further_overdue, go.demand, go.order,
          at=AgencyKind.COMMUNE),
    _tale(State.VERIFYING, 1, 130, 105, *_VERIFYING, go.go_further_overdue, go.demand, go.take_up,
          *_VERIFYING, at=AgencyKind.COMMUNE),
)  # fmt: skip

DENUNCIATION_TALES: tuple[Tale, ...] = (*_INTAKE, *_SETTLEMENT, *_AFTERWARDS)
