"""What citizens think of a case that is over: said once, by the slip or at the counter, and looked at by
somebody else where it is unhappy.

Free words about a denunciation are sealed. Words by which the denouncer gives himself away are kept and
not shown: to refuse them would tell whoever holds the slip whose it is and what.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config.clock import local_day
from config.database import transaction
from petitions import ledger
from petitions.access import require_role, visible
from petitions.errors import Conflict, Forbidden, Invalid, NotFound
from petitions.kept_words import case_key_of, put_away, read_back
from petitions.ledger.record import case_key
from petitions.models import Case, CaseKey, Hat, SurveyAnswer
from petitions.queries.case_readers import readers
from petitions.queries.offices import in_force
from petitions.services import words
from petitions.services.checks import identity_of, leaks_in
from petitions.services.identity import sealed_people
from petitions.services.onetime import run_once
from petitions.services.slips import may_issue
from workflows.records import SurveyChannel
from workflows.satisfaction import ASKED, LOOKERS, Scores
from workflows.vocabulary import Actor, Kind, Role

UNHAPPY = "survey_unhappy"
"""News to head and clerk that an answer asks for a second look."""
LONGEST = 2_000
"""Characters of a comment."""
LONGEST_FINDING = 1_000
"""Characters of what was found on looking again."""
NOT_OVER = "Hồ sơ chưa kết thúc nên chưa đánh giá được."
_TABLE = SurveyAnswer.__tablename__


def answer(case_id: int, scores: Scores, comment: str, *, now: datetime) -> bool:
    """Keep what the holder of the case's slip thinks; False when the case has an answer already.

    Raises ``Conflict`` while the case is not over, ``Invalid`` at ``comment``.
    """
    said = words.prose(comment, "comment", LONGEST)
    try:
        with transaction() as session:
            case = session.scalars(select(Case).where(Case.id == case_id)).one()
            return _keep(session, case, scores, said, SurveyChannel.LINK, None, now)
    except IntegrityError:
        # another answer came in at the same moment and was first
        return False


def enter(
    code: str,
    scores: Scores,
    comment: str,
    *,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> None:
    """Keep what a citizen says at the counter. Raises ``NotFound``, ``Forbidden`` for whoever handled the
    case or sits elsewhere, ``Conflict`` when it is not over or has an answer, ``Invalid`` at ``comment``.
    """
    said = words.prose(comment, "comment", LONGEST)

    def work(session: Session) -> str:
        case = ledger.load(session, code, actor)
        if not may_enter(actor, case.agency_id, case.origin_agency_id, case.officer_id):
            raise Forbidden(
                "Đánh giá do nơi tiếp công dân ghi, không do người giải quyết hồ sơ ghi."
            )
        channel = SurveyChannel.COUNTER
        if not _keep(session, case, scores, said, channel, actor.user_id, now):
            raise Conflict("Hồ sơ này đã có đánh giá. Mỗi hồ sơ chỉ đánh giá một lần.")
        return code

    run_once(key, f"survey:{code}", actor, now, work)


def may_enter(actor: Actor, custodian_id: int, origin_id: int, officer_id: int | None) -> bool:
    """Whether this hat writes down what a citizen says of the case."""
    return may_issue(actor, custodian_id, origin_id) and actor.user_id != officer_id


def look_again(
    uid: str, finding: str, *, actor: Actor, now: datetime, key: str | None = None
) -> None:
    """Close an unhappy answer with what was found and done.

    Raises ``NotFound``, ``Forbidden`` for whoever handled the case, ``Conflict`` when somebody else was
    first, ``Invalid`` or ``Leak`` at ``finding``.
    """
    require_role(actor, *LOOKERS)

    def work(session: Session) -> str:
        found = session.execute(
            select(SurveyAnswer, Case, CaseKey.wrapped)
            .join(Case, Case.id == SurveyAnswer.case_id)
            .outerjoin(CaseKey, CaseKey.case_id == Case.id)
            .where(SurveyAnswer.uid == uid, visible(actor))
            .with_for_update(of=SurveyAnswer)
        ).one_or_none()
        if found is None:
            raise NotFound
        row, case, wrapped = found
        if not may_look(actor, row.agency_id, case.officer_id):
            raise Forbidden("Người đã giải quyết hồ sơ không tự xem lại đánh giá về mình.")
        if not row.needs_look:
            raise Conflict("Đánh giá này đã có người xem lại.")
        text = words.prose(finding, "finding", LONGEST_FINDING)
        if not text:
            raise Invalid.at("finding", "Hãy ghi đã xem lại thế nào, làm gì tiếp.")
        words.refuse_sealed_texts(session, case, {"finding": text})
        key_of_case = case_key_of(wrapped)
        told = {**read_back(row, key_of_case, _TABLE, row.uid), "found": text}
        kept = put_away(case.kind, key_of_case, _TABLE, row.uid, told)
        row.words, row.sealed = kept["words"], kept["sealed"]
        row.needs_look, row.looked_at, row.looked_by = False, now, actor.user_id
        return uid

    run_once(key, f"look:{uid}", actor, now, work)


def may_look(actor: Actor, agency_id: int, officer_id: int | None) -> bool:
    """Whether this hat may close an answer about that agency."""
    near = actor.agency_id == agency_id or actor.role is Role.INSPECTOR
    return actor.role in LOOKERS and near and actor.user_id != officer_id


def _keep(
    session: Session,
    case: Case,
    scores: Scores,
    comment: str,
    channel: SurveyChannel,
    entered_by: int | None,
    now: datetime,
) -> bool:
    if case.state not in ASKED:
        raise Conflict(NOT_OVER)
    if session.scalar(select(SurveyAnswer.id).where(SurveyAnswer.case_id == case.id)) is not None:
        return False
    uid = secrets.token_hex(16)
    session.execute(
        insert(SurveyAnswer).values(
            uid=uid,
            case_id=case.id,
            agency_id=case.agency_id,
            channel=channel,
            answered_at=now,
            answered_on=local_day(now),
            entered_by=entered_by,
            needs_look=scores.unhappy,
            **asdict(scores),
            **_kept(session, case, uid, comment),
        )
    )
    if scores.unhappy:
        ledger.remind(session, case, UNHAPPY, _told(session, case, local_day(now)), now)
    return True


def _kept(session: Session, case: Case, uid: str, comment: str) -> dict[str, Any]:
    if not comment or case.kind is not Kind.DENUNCIATION:
        return put_away(case.kind, None, _TABLE, uid, {"comment": comment} if comment else {})
    key = case_key(session, case)
    people = [identity_of(each) for each in sealed_people(session, case, key)]
    told = {"comment": comment, "names": bool(leaks_in(comment, people))}
    return put_away(case.kind, key, _TABLE, uid, told)


def _told(session: Session, case: Case, today: date) -> list[int]:
    """Head and clerk of the body that had the case, as far as they see it and it was not theirs."""
    return list(
        session.scalars(
            select(Hat.user_id)
            .where(
                Hat.agency_id == case.agency_id,
                Hat.role.in_((Role.HEAD, Role.CLERK)),
                in_force(Hat, today),
                Hat.user_id.in_(readers(case, today)),
                Hat.user_id != (case.officer_id or 0),
            )
            .distinct()
            .order_by(Hat.user_id)
        )
    )
