"""What becomes of the papers of the demonstration's offices: every station shows something somewhere."""

from __future__ import annotations

from dataclasses import replace

from petitions.services.demo import between_bodies as other
from petitions.services.demo import complaints as go
from petitions.services.demo import denunciations as den
from petitions.services.demo import office
from petitions.services.demo import proposals as p
from petitions.services.demo.petition import ORDINARY, Profile
from petitions.services.demo.suggestions import answer, assign
from petitions.services.demo.tales import Tale
from petitions.services.demo.thread import Course, Stage, Thread
from workflows.records import Source
from workflows.vocabulary import Action, Kind, State

WARD, DEPARTMENT, PROVINCE, BOARD = "sao-mai", "so-nnmt", "ubnd-tinh-son-lam", "ban-tiep-dan"
_BY_POST = Profile(source=Source.POST)
_STRAY = Profile(source=Source.RECEPTION, competent=False)


def _tale(
    ends: State,
    at: str,
    *road: Stage,
    kind: Kind = Kind.COMPLAINT,
    oldest: int = 12,
    youngest: int = 6,
    profile: Profile = ORDINARY,
    count: int = 1,
) -> Tale:
    return Tale(
        kind=kind, ends=ends, count=count, oldest=oldest, youngest=youngest, road=road,
        profile=profile, at=at,
    )  # fmt: skip


def _by_expert(t: Thread) -> Course:
    """From here on the officer has the pen."""
    t.officer = t.office.expert
    yield from ()


def _from_the_desk(proposal: p.Proposal, ending: p.Ending) -> Stage:
    """The desk writes the proposal itself."""
    return replace(proposal, by=lambda t: t.office.desk)(ending)


_ACCEPTED = p.Proposal(Action.ACCEPT)(p.unnumbered)
_DOWN = (go.classify, office.to_expert)
_VERIFYING = (*_DOWN, _ACCEPTED, p.VERIFY(p.unnumbered))
_REPORTED = (*_VERIFYING, go.report, go.agree)

_PROPOSED = tuple(
    tale
    for at in (WARD, DEPARTMENT, PROVINCE)
    for tale in (
        _tale(State.RECEIVED, at, office.to_head, oldest=4, youngest=2),
        _tale(State.RECEIVED, at, office.to_expert, office.talk, oldest=6, youngest=3),
        _tale(State.CLASSIFIED, at, *_DOWN, p.ACCEPT(p.still_drafted), youngest=5),
        _tale(State.CLASSIFIED, at, *_DOWN, p.ACCEPT(p.at_first), office.talk),
        _tale(State.CLASSIFIED, at, *_DOWN, p.ACCEPT(p.sent_back)),
        _tale(State.CLASSIFIED, at, *_DOWN, p.REFUSE(p.at_signer)),
        _tale(State.CLASSIFIED, at, *_DOWN, p.ACCEPT(p.recalled)),
        _tale(State.ACCEPTED, at, *_DOWN, p.ACCEPT(p.unnumbered), office.followed, other.paper_in),
        _tale(State.ACCEPTED, at, *_DOWN, p.ACCEPT(p.unsent)),
        _tale(State.ACCEPTED, at, *_DOWN, p.ACCEPT(p.unproved), p.VERIFY(p.at_signer), oldest=14,
              youngest=9),
        _tale(State.REPORT_DONE, at, *_REPORTED, p.DECIDE(p.at_first), oldest=32, youngest=22),
        _tale(State.REPORT_DONE, at, *_REPORTED, p.DECIDE(p.at_signer), oldest=34, youngest=24),
    )
)  # fmt: skip

_ELSEWHERE = (
    _tale(State.RECEIVED, WARD, office.refused_upward, oldest=8, youngest=4),
    _tale(State.RECEIVED, WARD, office.taken_back, oldest=8, youngest=4),
    _tale(State.RECEIVED, DEPARTMENT, office.refused_upward, oldest=8, youngest=4),
    _tale(State.CLASSIFIED, DEPARTMENT, *_DOWN, p.ACCEPT(p.at_second)),
    _tale(State.CLASSIFIED, WARD, *_DOWN, p.ACCEPT(p.up_again)),
    _tale(State.CLASSIFIED, DEPARTMENT, *_DOWN, p.ACCEPT(p.sent_back_from_above)),
    _tale(State.VERIFYING, WARD, *_VERIFYING, other.paper_in, office.talk,
          other.among(PROVINCE, _by_expert, p.order_to(WARD, 12)(p.unproved)), oldest=26,
          youngest=18),
    _tale(State.VERIFYING, WARD, *_VERIFYING, p.REPORT_UP(p.unnumbered), oldest=26, youngest=18),
    _tale(State.VERIFYING, WARD, *_VERIFYING, p.REPORT_UP(p.at_first), other.stray_paper_in,
          oldest=26, youngest=18),
    _tale(State.DECIDED, WARD, *_REPORTED, p.DECIDE(p.proved), oldest=40, youngest=32),
    _tale(State.DECIDED, WARD, *_REPORTED, p.DECIDE(p.unnumbered), oldest=34, youngest=26),
    _tale(State.DECIDED, DEPARTMENT, *_REPORTED, p.DECIDE(p.unproved), oldest=38, youngest=30),
    _tale(State.GUIDED, WARD, go.classify_elsewhere, office.to_expert, p.GUIDE(p.unsent),
          profile=_BY_POST),
    _tale(State.GUIDED, WARD, go.classify_elsewhere, office.to_expert, p.GUIDE(p.proved),
          profile=_BY_POST, oldest=16, youngest=10),
    _tale(State.CLASSIFIED, BOARD, go.classify_elsewhere, p.GUIDE(p.at_first), profile=_STRAY),
    _tale(State.FILED, "nang-som", go.classify, other.watch_for(30)),
    _tale(State.FILED, "gio-ngan", go.classify, other.watch_for(7), oldest=26, youngest=18),
    _tale(State.FILED, WARD, go.classify, other.watch_for(25)),
    _tale(State.TRANSFERRED, WARD, go.classify_elsewhere, go.send_out, other.replied,
          profile=_STRAY, oldest=30, youngest=18),
    _tale(State.TRANSFERRED, BOARD, go.classify_elsewhere, go.send_out, profile=_STRAY, oldest=60,
          youngest=48),
)  # fmt: skip

_AT_THE_WARD = (
    _tale(State.CLASSIFIED, WARD, go.classify, oldest=4, youngest=2),
    _tale(State.REPORT_DONE, WARD, *_VERIFYING, go.report, oldest=26, youngest=18),
    _tale(State.REPORT_DONE, WARD, *_REPORTED, oldest=28, youngest=20),
    _tale(State.ANSWERED, WARD, go.classify, office.to_expert, assign, answer,
          kind=Kind.RECOMMENDATION, oldest=22, youngest=16),
    _tale(State.CLASSIFIED, WARD, go.classify_elsewhere, _from_the_desk(p.GUIDE, p.sent_back),
          profile=_BY_POST, oldest=9, youngest=5),
    _tale(State.CLASSIFIED, WARD, go.classify_elsewhere, _from_the_desk(p.GUIDE, p.still_drafted),
          profile=_BY_POST, oldest=9, youngest=5),
    _tale(State.VERIFYING, WARD, *_VERIFYING, p.URGE(p.recalled), oldest=26, youngest=18),
)  # fmt: skip

_WRONG_TURNS = (
    _tale(State.RECEIVED, BOARD, go.classify_elsewhere, other.forward_signed(DEPARTMENT),
          go.confirm, _by_expert, p.RETURN_FORWARDED(p.unproved), other.back_at(BOARD),
          kind=Kind.FEEDBACK, profile=_STRAY, oldest=14, youngest=9),
    _tale(State.RECEIVED, BOARD, go.classify_elsewhere, other.forward_signed(WARD), go.confirm,
          _by_expert, p.RETURN_FORWARDED(p.at_first), kind=Kind.RECOMMENDATION, profile=_STRAY),
    _tale(State.RECEIVED, BOARD, go.classify_elsewhere, other.forward_signed(WARD),
          kind=Kind.FEEDBACK, profile=_STRAY, oldest=7, youngest=4),
    _tale(State.RECEIVED, BOARD, go.classify_elsewhere, other.forward_signed("may-som"),
          other.round_trip("khe-da", "dinh-gio"), kind=Kind.FEEDBACK, profile=_STRAY, oldest=22,
          youngest=15),
    _tale(State.ASSIGNED, WARD, go.classify, office.to_expert, assign, office.talk,
          office.followed, kind=Kind.RECOMMENDATION, oldest=16, youngest=10),
)  # fmt: skip

_DECIDE_ADVISED = replace(p.DECIDE, by=other.inspector)
_LED = (go.classify, _ACCEPTED, other.engage, other.ORDER_VERIFICATION(p.unproved))
_WITH_TEAM = (*_LED, other.among("thanh-tra-tinh", other.FORM_TEAM(p.unnumbered)), other.tick_some)
_TOLD = (*_WITH_TEAM, other.report)

_ADVISED = (
    _tale(State.ACCEPTED, PROVINCE, go.classify, _ACCEPTED, other.engage, oldest=14, youngest=7),
    _tale(State.ACCEPTED, PROVINCE, go.classify, _ACCEPTED, other.engage,
          other.ORDER_VERIFICATION(p.at_first), oldest=16, youngest=9),
    _tale(State.ACCEPTED, PROVINCE, go.classify, _ACCEPTED, other.engage,
          other.ORDER_VERIFICATION(p.at_signer), oldest=16, youngest=10),
    _tale(State.VERIFYING, PROVINCE, *_WITH_TEAM, office.talk, oldest=26, youngest=16),
    _tale(State.VERIFYING, PROVINCE, *_TOLD, other.VERIFY_AGAIN(p.unnumbered), oldest=32,
          youngest=24),
    _tale(State.REPORT_DONE, PROVINCE, *_TOLD, go.agree, other.ask_draft,
          _DECIDE_ADVISED(p.at_first), oldest=34, youngest=26),
    _tale(State.REPORT_DONE, PROVINCE, *_TOLD, go.agree, _DECIDE_ADVISED(p.at_signer), oldest=34,
          youngest=26),
    _tale(State.IN_EFFECT, PROVINCE, *_TOLD, go.agree, _DECIDE_ADVISED(p.proved), go.take_effect,
          go.direct, oldest=118, youngest=96),
)  # fmt: skip

_SECRET = tuple(
  replace(tale, kind=Kind.DENUNCIATION) for tale in (
    _tale(State.RECEIVED, WARD, office.to_head, oldest=5, youngest=2),
    _tale(State.RECEIVED, WARD, office.to_expert, p.ACCEPT_DENUNCIATION(p.at_first), office.talk,
          oldest=7, youngest=4),
    _tale(State.RECEIVED, PROVINCE, office.to_expert, p.ACCEPT_DENUNCIATION(p.sent_back),
          oldest=7, youngest=4),
    _tale(State.ACCEPTED, WARD, office.to_expert, p.ACCEPT_DENUNCIATION(p.unproved), office.talk,
          p.TO_DENOUNCER(p.at_once_and_sent), oldest=12, youngest=7),
    _tale(State.ACCEPTED, PROVINCE, office.to_expert, p.ACCEPT_DENUNCIATION(p.unnumbered),
          oldest=10, youngest=6),
    _tale(State.REPORT_DONE, WARD, den.accept, den.verify, den.report, p.CONCLUDE(p.at_signer),
          oldest=26, youngest=20),
    _tale(State.CONCLUDED, WARD, den.accept, den.verify, den.report, p.CONCLUDE(p.unsent),
          oldest=30, youngest=22),
))  # fmt: skip

_RIGHT = (go.classify, go.accept, go.decide_at_once, go.serve, go.take_effect, go.direct)

_CARRIED_OUT = tuple(
    tale
    for at in (WARD, DEPARTMENT, PROVINCE)
    for tale in (
        _tale(State.IN_EFFECT, at, *_RIGHT, oldest=150, youngest=120),
        _tale(State.IN_EFFECT, at, *_RIGHT, go.enforce_part, oldest=190, youngest=160),
        _tale(State.CLOSED, at, *_RIGHT, go.enforce_part, go.enforce, go.close, oldest=260,
              youngest=200),
    )
)  # fmt: skip

OFFICE_TALES: tuple[Tale, ...] = (
    *_PROPOSED,
    *_ELSEWHERE,
    *_AT_THE_WARD,
    *_WRONG_TURNS,
    *_ADVISED,
    *_SECRET,
    *_CARRIED_OUT,
)
"""Proposals, files going down, letters and other bodies."""
