"""What every command on a scorecard asks first, and how points are typed and printed."""

from __future__ import annotations

import re

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from petitions.errors import Conflict, Forbidden, NotFound, Stale
from petitions.models import Scorecard, ScoreCriterion
from petitions.queries.scores import UNKNOWN, keeps
from petitions.services.administration import Faults
from petitions.text import vn_number
from workflows.scoring import POINT, CardState
from workflows.vocabulary import Actor

NOT_YOURS = "Bảng chấm điểm do Thanh tra tỉnh lập và giữ."
NOT_A_DRAFT = "Tiêu chí chỉ sửa được khi bảng chấm điểm còn đang soạn."
NOT_OPEN = "Bảng chấm điểm chưa mở hoặc đã chốt."
LONGEST_BASIS = 255
_POINTS = re.compile(r"\d{1,3}(?:[.,]\d{1,2})?")


def points_text(hundredths: int) -> str:
    """Hundredths of a point as people write points: 12,5."""
    whole, rest = divmod(hundredths, POINT)
    return vn_number(whole) + (f",{rest:02}".rstrip("0") if rest else "")


def points_of(text: str, field: str, faults: Faults) -> int | None:
    """Typed points in hundredths; what is none goes to ``faults``."""
    typed = text.strip()
    if not _POINTS.fullmatch(typed):
        faults[field].append("Ghi số điểm, nhiều nhất hai chữ số sau dấu phẩy; ví dụ 4,5.")
        return None
    whole, _, rest = typed.replace(".", ",").partition(",")
    return int(whole) * POINT + int(rest.ljust(2, "0") or 0)


def require_keeper(actor: Actor) -> None:
    """Raise ``Forbidden`` unless this hat keeps the scorecards."""
    if not keeps(actor):
        raise Forbidden(NOT_YOURS)


def held(
    session: Session, year: int, version: int | None, state: CardState, otherwise: str
) -> Scorecard:
    """The year's row, locked. ``version`` None: the act does not depend on what else was changed."""
    row = session.scalar(select(Scorecard).where(Scorecard.year == year).with_for_update())
    if row is None:
        raise NotFound(UNKNOWN)
    if version is not None and version != row.version:
        raise Stale(str(year))
    if row.state is not state:
        raise Conflict(otherwise)
    return row


def criterion_at(session: Session, row: Scorecard, position: int) -> ScoreCriterion:
    """A criterion of a card. Raises ``NotFound``."""
    found = session.scalar(
        select(ScoreCriterion).where(
            ScoreCriterion.scorecard_id == row.id, ScoreCriterion.position == position
        )
    )
    if found is None:
        raise NotFound("Không có tiêu chí này.")
    return found


def touch(session: Session, row: Scorecard) -> None:
    """A changed criterion is a changed card: pages drawn before it are stale."""
    flag_modified(row, "basis")
    session.flush()
