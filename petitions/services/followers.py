"""Following a case: who asked to hear of every act on it, as long as it may be seen."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, exists, insert, select
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions import ledger
from petitions.models import Follower
from petitions.queries.case_readers import readers
from petitions.services.act import Act
from petitions.services.onetime import run_once
from workflows.vocabulary import Actor

FOLLOWED = "followed"
"""News of an act to those who follow the case."""


def follow(code: str, *, actor: Actor, now: datetime, key: str | None = None) -> None:
    """Hear of every act on the case from now on. Raises ``NotFound``."""

    def work(session: Session) -> str:
        case = ledger.look(session, code, actor)
        if session.get(Follower, (case.id, actor.user_id)) is None:
            session.execute(
                insert(Follower).values(
                    case_id=case.id, user_id=actor.user_id, since=local_day(now)
                )
            )
        return code

    run_once(key, f"follow:{code}", actor, now, work)


def unfollow(code: str, *, actor: Actor, now: datetime, key: str | None = None) -> None:
    """Hear no more of it. Raises ``NotFound``."""

    def work(session: Session) -> str:
        case = ledger.look(session, code, actor)
        session.execute(
            delete(Follower).where(Follower.case_id == case.id, Follower.user_id == actor.user_id)
        )
        return code

    run_once(key, f"unfollow:{code}", actor, now, work)


def tell(act: Act, told: Collection[int]) -> None:
    """Queue news of the act for every follower but the actor and those ``told`` already."""
    if not act.session.scalar(select(exists().where(Follower.case_id == act.case.id))):
        return  # most cases have none, and asking who may read one is a long question
    following = act.session.scalars(
        select(Follower.user_id)
        .where(
            Follower.case_id == act.case.id,
            Follower.user_id.not_in({act.actor.user_id, *told}),
            Follower.user_id.in_(readers(act.case, act.today)),
        )
        .order_by(Follower.user_id)
    )
    people = list(following)
    if people:
        ledger.remind(act.session, act.case, FOLLOWED, people, act.now)
