"""What the inspectorate does with an episode: who has it, the plan, what was done, its state, the verdict.

Each command adds one line to the history and never changes an earlier one. Of an episode over
denunciations every line lies under the episode's own key.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, insert, or_, select
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions.access import episodes_seen
from petitions.errors import Forbidden, Invalid, NotFound, Stale
from petitions.kept_words import case_key_of, put_away
from petitions.models import Alarm, AlarmCase, Case, Episode, EpisodeEntry
from petitions.queries.hotspots.episode import ENTRIES, TEXT, UNKNOWN, keepers, writes
from petitions.services import words
from petitions.services.hotspots import last_complete
from petitions.services.hotspots.keeping import next_seq
from petitions.services.onetime import run_once
from workflows.episodes import MANAGED, AlarmVerdict, EntryKind, EpisodeState, Trend, states_after
from workflows.vocabulary import Actor, Kind

TEXT_LIMIT = 4000
BY_PEOPLE = (
    EntryKind.OWNER, EntryKind.PLAN, EntryKind.UPDATE, EntryKind.STATE, EntryKind.VERDICT,
)  # fmt: skip
"""Lines people write; the others are the scan's."""
_WORDS_NEEDED = {
    EntryKind.PLAN: "Phải ghi phương án xử lý.",
    EntryKind.UPDATE: "Phải ghi diễn biến hoặc việc đã làm.",
}
_REASON = "Phải ghi lý do."


@dataclass(frozen=True, slots=True)
class Said:
    """One line: ``owner`` is a username, the others as ``kind`` calls for them."""

    kind: EntryKind
    text: str = ""
    owner: str | None = None
    state: EpisodeState | None = None
    verdict: AlarmVerdict | None = None


def note(
    uid: str,
    said: Said,
    *,
    version: int | None,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Add one line to the history of the episode ``uid``; returns the uid.

    Kept by inspectors of the province and the head of the inspectorate. A hot spot has an owner and
    a plan; settling one, and calling one wrong, has a reason. Raises ``NotFound`` out of reach,
    ``Forbidden`` for who only reads, ``Stale``, ``Leak``, ``Invalid`` at ``text``, ``owner``,
    ``state`` or ``verdict``.
    """

    def work(session: Session) -> str:
        episode = session.scalar(
            select(Episode)
            .where(Episode.uid == uid, Episode.merged_into_id.is_(None), episodes_seen(actor))
            .with_for_update(of=Episode)
        )
        if episode is None:
            raise NotFound(UNKNOWN)
        if not writes(actor):
            raise Forbidden("Chỉ thanh tra tỉnh ghi được vào điểm nóng.")
        if version is not None and version != episode.version:
            raise Stale(uid)
        text = _safe(said)
        _refuse_names(session, episode, text)
        values = _applied(session, episode, said, actor, now)
        entry = secrets.token_hex(16)
        kind = Kind.DENUNCIATION if episode.secret else Kind.FEEDBACK
        session.execute(
            insert(EpisodeEntry).values(
                uid=entry, episode_id=episode.id, seq=next_seq(session, episode.id),
                kind=said.kind, by_id=actor.user_id, at=now, **values,
                **put_away(
                    kind, case_key_of(episode.wrapped), ENTRIES, entry, {TEXT: text} if text else {}
                ),
            )
        )  # fmt: skip
        episode.version += 1
        return uid

    return run_once(key, f"episode:{said.kind.value}:{uid}", actor, now, work)


def _safe(said: Said) -> str:
    if said.kind not in BY_PEOPLE:
        raise Forbidden("Dòng này do đợt quét ghi.")
    faults: defaultdict[str, list[str]] = defaultdict(list)
    text = words.prose(said.text, TEXT, TEXT_LIMIT, faults)
    if not text and said.kind in _WORDS_NEEDED:
        faults[TEXT].append(_WORDS_NEEDED[said.kind])
    if not text and (said.state is EpisodeState.SETTLED or said.verdict is AlarmVerdict.WRONG):
        faults[TEXT].append(_REASON)
    if said.kind is EntryKind.STATE and said.state is None:
        faults["state"].append("Phải chọn tình trạng.")
    if said.kind is EntryKind.VERDICT and said.verdict is None:
        faults["verdict"].append("Phải chọn kết luận.")
    if faults:
        raise Invalid(faults)
    return text


def _refuse_names(session: Session, episode: Episode, text: str) -> None:
    """Nobody who denounced is named, in an episode over denunciations."""
    if not episode.secret or not text:
        return
    part = select(Episode.id).where(
        or_(Episode.id == episode.id, Episode.merged_into_id == episode.id)
    )
    cases = session.scalars(
        select(Case).where(
            exists().where(
                AlarmCase.case_id == Case.id,
                AlarmCase.alarm_id == Alarm.id,
                Alarm.episode_id.in_(part),
            )
        )
    )
    for case in cases:
        words.refuse_sealed_texts(session, case, {TEXT: text})


def _applied(
    session: Session, episode: Episode, said: Said, actor: Actor, now: datetime
) -> dict[str, Any]:
    """Change the episode; the columns of its new line."""
    match said.kind:
        case EntryKind.OWNER:
            owner = _owner(episode, said.owner, actor, local_day(now))
            episode.owner_id = owner
            return {"owner_id": owner}
        case EntryKind.STATE:
            assert said.state is not None
            _change_state(session, episode, said.state, now)
            return {"state": said.state}
        case EntryKind.VERDICT:
            episode.verdict, episode.judged_at = said.verdict, now
            return {"verdict": said.verdict}
    return {}


def _owner(episode: Episode, username: str | None, actor: Actor, today: date) -> int | None:
    if not username:
        return None
    for person in keepers(actor, episode.id, today):
        if person.username == username:
            return person.id
    raise Invalid.at("owner", "Người này không phải thanh tra tỉnh, hoặc không được biết vụ việc.")


def _change_state(session: Session, episode: Episode, state: EpisodeState, now: datetime) -> None:
    if state not in states_after(episode.state):
        raise Invalid.at("state", "Điểm nóng đang ở tình trạng này.")
    if state in MANAGED and episode.owner_id is None:
        raise Invalid.at("state", "Hãy giao người phụ trách trước.")
    if state is EpisodeState.HOT and not _has_plan(session, episode.id):
        raise Invalid.at("state", "Điểm nóng phải có phương án xử lý; hãy ghi phương án trước.")
    if episode.state is EpisodeState.SETTLED and state is EpisodeState.WATCHED:
        episode.trend, episode.closed_week = Trend.FADING, None
    episode.state = state
    if state is EpisodeState.SETTLED and episode.trend is not Trend.CLOSED:
        episode.trend = Trend.CLOSED
        episode.closed_week = max(episode.last_week, last_complete(now))


def _has_plan(session: Session, episode_id: int) -> bool:
    known = select(EpisodeEntry.id).where(
        EpisodeEntry.episode_id == episode_id, EpisodeEntry.kind == EntryKind.PLAN
    )
    return session.execute(known.limit(1)).first() is not None
