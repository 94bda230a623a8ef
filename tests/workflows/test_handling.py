"""The rules of processing, as a table and as properties."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.walk import fresh
from workflows.casefile import CaseFile
from workflows.handling import (
    GROUNDS,
    WAYS,
    Answers,
    Fitness,
    Ground,
    Owner,
    Question,
    choices,
    next_question,
    propose,
    stated,
)
from workflows.lifecycle import permitted
from workflows.transition import INTAKE
from workflows.vocabulary import Action, Kind, Mark, Role, State

A, K = Action, Kind

NEW, OLD = date(2026, 8, 3), date(2026, 6, 30)
OURS = Answers(Fitness.FIT, owner=Owner.OURS, ground=Ground.NONE)
INSIDE = Answers(Fitness.FIT, owner=Owner.INSIDE, guided=False)
OUTSIDE = replace(INSIDE, owner=Owner.OUTSIDE)
BELOW = Answers(Fitness.FIT, owner=Owner.SUBORDINATE)


def case(kind: Kind, **known: Any) -> CaseFile:
    """A petition just registered."""
    return replace(fresh(kind, **known), state=State.RECEIVED)


def no(fitness: Fitness, **more: Any) -> Answers:
    """A petition that cannot be processed."""
    return Answers(fitness, **more)


TABLE: list[tuple[CaseFile, Answers, date, tuple[Action, ...]]] = [
    # XD02: not processable
    (case(K.COMPLAINT), no(Fitness.UNSIGNED), NEW, (A.FILE,)),
    (case(K.COMPLAINT), no(Fitness.SENT_TO_MANY), NEW, (A.FILE, A.FILE_AND_WATCH)),
    (case(K.COMPLAINT), no(Fitness.REPEATED), NEW, (A.FILE, A.FILE_AND_WATCH)),
    (case(K.FEEDBACK), no(Fitness.ILLEGIBLE), NEW, (A.FILE,)),
    (case(K.RECOMMENDATION), no(Fitness.ABUSIVE), NEW, (A.FILE,)),
    (case(K.DENUNCIATION), no(Fitness.SENT_TO_MANY), NEW, (A.NOT_PROCESS,)),
    (case(K.DENUNCIATION), no(Fitness.REPEATED), NEW, (A.NOT_PROCESS,)),
    # XD04: ask to complete, once
    (case(K.COMPLAINT), no(Fitness.INCOMPLETE, guided=False), NEW, (A.GUIDE,)),
    (case(K.COMPLAINT), no(Fitness.INCOMPLETE, guided=True), NEW, (A.FILE,)),
    # XD12: several contents
    (case(K.COMPLAINT), no(Fitness.SEVERAL), NEW, (A.SPLIT, A.GUIDE)),
    (case(K.DENUNCIATION), no(Fitness.SEVERAL), NEW, (A.SPLIT,)),
    # XD03, XD04, XD14: one's own
    (case(K.COMPLAINT), OURS, NEW, (A.ACCEPT,)),
    (case(K.COMPLAINT, instance=2), OURS, NEW, (A.ACCEPT,)),
    (case(K.COMPLAINT), replace(OURS, ground=Ground.OUT_OF_TIME), NEW, (A.REFUSE,)),
    (case(K.COMPLAINT, group_size=9), OURS, NEW, (A.GUIDE,)),
    # XD05: a complaint of somebody else's
    (case(K.COMPLAINT), INSIDE, NEW, (A.GUIDE,)),
    (case(K.COMPLAINT), replace(INSIDE, guided=True), NEW, (A.FILE,)),
    (case(K.COMPLAINT, marks=frozenset({Mark.GUIDED_ONCE})), INSIDE, NEW, (A.FILE,)),
    (case(K.COMPLAINT, at_reception=True), INSIDE, NEW, (A.TRANSFER, A.GUIDE)),
    (case(K.COMPLAINT, at_reception=True), OUTSIDE, NEW, (A.TRANSFER_OUT, A.GUIDE)),
    (case(K.COMPLAINT, at_reception=True), INSIDE, OLD, (A.GUIDE,)),
    # XD06: forwarded by deputies, the front, the press; and wrongly within the system
    (case(K.COMPLAINT, forwarded=True), INSIDE, NEW, (A.RETURN, A.GUIDE)),
    (
        case(K.COMPLAINT, forwarded=True, marks=frozenset({Mark.CAME_BY_TRANSFER})),
        INSIDE, NEW, (A.RETURN_FORWARDED, A.RETURN, A.GUIDE),
    ),
    # XD07: below and late
    (case(K.COMPLAINT), BELOW, NEW, (A.ORDER_SUBORDINATE,)),
    (case(K.DENUNCIATION), BELOW, NEW, (A.ORDER_SUBORDINATE,)),
    (case(K.FEEDBACK), BELOW, NEW, (A.ORDER_SUBORDINATE,)),
    # XD09, XD10: denunciations
    (case(K.DENUNCIATION), OURS, NEW, (A.ACCEPT,)),
    (case(K.DENUNCIATION), replace(OURS, ground=Ground.NO_BASIS), NEW, (A.REFUSE,)),
    (case(K.DENUNCIATION), INSIDE, OLD, (A.TRANSFER,)),
    (case(K.DENUNCIATION), OUTSIDE, NEW, (A.TRANSFER_OUT,)),
    (case(K.DENUNCIATION, at_reception=True), INSIDE, NEW, (A.TRANSFER, A.GUIDE)),
    (case(K.DENUNCIATION, anonymous=True), replace(OURS, checkable=True), NEW, (A.CHECK_ANONYMOUS,)),
    (case(K.DENUNCIATION, anonymous=True), replace(INSIDE, checkable=True), NEW, (A.TRANSFER,)),
    (case(K.DENUNCIATION, anonymous=True), Answers(Fitness.FIT, checkable=False), NEW, (A.FILE,)),
    # XD11: recommendations and feedback
    (case(K.RECOMMENDATION), OURS, NEW, (A.ASSIGN,)),
    (case(K.FEEDBACK), replace(OURS, ground=Ground.NOTHING_NEW), NEW, (A.REFUSE,)),
    (case(K.FEEDBACK), INSIDE, NEW, (A.TRANSFER,)),
    (case(K.RECOMMENDATION, forwarded=True), OUTSIDE, NEW, (A.TRANSFER_OUT, A.RETURN)),
    (case(K.RECOMMENDATION, at_reception=True), INSIDE, NEW, (A.TRANSFER, A.GUIDE)),
]  # fmt: skip


@pytest.mark.parametrize(("petition", "answers", "on", "wanted"), TABLE)
def test_the_rules_of_processing(
    petition: CaseFile, answers: Answers, on: date, wanted: tuple[Action, ...]
) -> None:
    """The ways proposed, the best first; nothing more is asked."""
    found = propose(petition, answers, on)
    assert tuple(way.action for way in found.ways) == wanted
    assert next_question(petition, answers) is None
    assert all(way.why and way.article for way in found.ways)
    assert not {way.action for way in found.ways} & {each.action for each in found.closed}
    assert all(each.why for each in found.closed)


PETITIONS = st.builds(
    case,
    st.sampled_from(K),
    at_reception=st.booleans(),
    forwarded=st.booleans(),
    competent=st.booleans(),
    group_size=st.sampled_from([1, 9]),
    marks=st.frozensets(
        st.sampled_from(
            [Mark.GUIDED_ONCE, Mark.CAME_BY_TRANSFER, Mark.ALL_SIGNATURES,
             Mark.REPRESENTATIVES_APPOINTED]
        )
    ),
).flatmap(
    lambda each: st.booleans().map(
        lambda flag: replace(
            each,
            anonymous=flag and each.kind is K.DENUNCIATION,
            state=State.CLASSIFIED if flag and each.kind is not K.DENUNCIATION else State.RECEIVED,
        )
    )
)  # fmt: skip


@given(PETITIONS, st.data(), st.sampled_from([NEW, OLD]))
def test_every_way_is_permitted_and_one_is_always_found(
    petition: CaseFile, data: st.DataObject, on: date
) -> None:
    """Whatever is answered, question by question, there is a way the desk or the head may go."""
    answers = Answers()
    for _ in range(len(Question)):
        question = next_question(petition, answers)
        if question is None:
            break
        offered: tuple[Any, ...] = choices(petition, question) or (True, False)
        answers = replace(answers, **{question.value: data.draw(st.sampled_from(offered))})
    assert next_question(petition, answers) is None
    found = propose(petition, answers, on)
    told = stated(petition, answers)
    allowed = {
        each.action
        for role in INTAKE | {Role.HEAD}
        for each in permitted(told, role, on)
        if each.allowed
    }
    assert found.ways
    assert {way.action for way in found.ways} <= allowed & set(WAYS)
    assert (found.first is A.CLASSIFY) is (petition.state is not told.state)


def test_each_kind_has_its_grounds() -> None:
    """Nine of art 11, three conditions of art 29, and the answered suggestion."""
    assert [len(GROUNDS[kind]) for kind in K] == [10, 4, 2, 2]
    assert {each for kind in K for each in GROUNDS[kind]} == set(Ground)
    for kind, question in product(K, (Question.FITNESS, Question.OWNER)):
        assert len(choices(case(kind), question)) >= 4
