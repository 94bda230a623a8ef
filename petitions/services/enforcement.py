"""What a decision orders and what is carried out of it: kept exactly, entry by entry."""

from __future__ import annotations

from decimal import Decimal as Number
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from petitions.errors import Invalid
from petitions.labels import label
from petitions.models import Decision, EnforcementEntry
from petitions.models.proceedings import AMOUNT_COLUMNS
from petitions.services.act import Act, Aftermath
from petitions.text import vn_number
from workflows.enforcement import LAND, MONEY, NAMES, Amounts
from workflows.vocabulary import Action, Mark, Need, Outcome


def decide(act: Act, _outcome: Aftermath) -> None:
    """The decision, conclusion or answer with its finding and what it orders."""
    ordered = {} if act.action is Action.ANSWER else columns(Amounts.given(act.given))
    act.session.execute(
        insert(Decision).values(
            case_id=act.case.id,
            event_seq=act.case.event_seq,
            form=act.move.form or act.action.value,
            number=str(act.given.get(Need.DOCUMENT) or "") or None,
            issued_on=act.on,
            result=str(act.given.get(Need.RESULT) or "") or None,
            finding=act.given.get(Need.FOUND),
            **ordered,
        )
    )


def columns(amounts: Amounts) -> dict[str, Any]:
    """Amounts by column."""
    return {column: getattr(amounts, name) for name, column in AMOUNT_COLUMNS.items()}


def judge(act: Act, _outcome: Aftermath) -> None:
    """Refuse what does not agree with the order unless somebody says why.

    Raises ``Invalid`` at the amounts that go beyond what was ordered, at ``outcome`` when it says that
    all is done while something is left; a reason lets both through.
    """
    entry, outcome = Amounts.given(act.given), act.given.get(Need.OUTCOME)
    latest = last_decision(act.session, act.case.id)
    if latest is None:
        if entry:
            raise Invalid.at("money", "Hồ sơ chưa ghi quyết định, kết luận nào để thi hành.")
        return
    if outcome == Outcome.NOTHING_TO_ENFORCE and entry:
        raise Invalid.at(
            "outcome", "Đã ghi số thi hành thì không chọn “không có nội dung thi hành”."
        )
    if act.given.get(Need.REASON):
        return
    ordered = amounts_of(latest)
    before = done_of(act.session, latest.id)
    total = before + entry
    left = before.left_of(ordered)
    faults = {
        need.value: [
            f"Vượt số phải thi hành: còn {_number(getattr(left, need.value))}. Nếu đúng, ghi lý do chênh lệch."
        ]
        for need in total.above(ordered)
        if getattr(entry, need.value)
    }
    if outcome == Outcome.FULLY_ENFORCED and not total.reaches(ordered):
        faults["outcome"] = [
            f"Chưa thi hành đủ: còn {told(total.left_of(ordered))}. Chọn “một phần”, hoặc ghi lý do chênh lệch."
        ]
    if outcome == Outcome.NOTHING_TO_ENFORCE and ordered:
        faults["outcome"] = [f"Quyết định, kết luận có nội dung phải thi hành: {told(ordered)}."]
    if faults:
        raise Invalid(faults)


def acted(act: Act, outcome: Aftermath) -> None:
    """A conclusion acted on while money, land or people are still to follow says so in its event."""
    latest = last_decision(act.session, act.case.id)
    if latest is not None and amounts_of(latest) and Mark.ENFORCED not in act.move.after.marks:
        outcome.data["to_enforce"] = True


def record(act: Act, _outcome: Aftermath) -> None:
    """One entry of what was carried out; entries of a decision add up."""
    entry, latest = Amounts.given(act.given), last_decision(act.session, act.case.id)
    if not entry or latest is None:
        return
    last = act.session.scalar(
        select(func.coalesce(func.max(EnforcementEntry.seq), 0)).where(
            EnforcementEntry.decision_id == latest.id
        )
    )
    act.session.execute(
        insert(EnforcementEntry).values(
            case_id=act.case.id,
            decision_id=latest.id,
            seq=int(last or 0) + 1,
            event_seq=act.case.event_seq,
            on=act.on,
            document=str(act.given.get(Need.DOCUMENT) or "")[:160],
            **columns(entry),
        )
    )


def last_decision(session: Session, case_id: int) -> Decision | None:
    """The decision or conclusion that stands: the newest."""
    return session.scalar(
        select(Decision).where(Decision.case_id == case_id).order_by(Decision.id.desc()).limit(1)
    )


def amounts_of(row: Decision | EnforcementEntry) -> Amounts:
    """What a decision orders; what an older one does not say is nothing."""
    kept: dict[str, Any] = {
        name: getattr(row, column) or 0 for name, column in AMOUNT_COLUMNS.items()
    }
    return Amounts(**kept)


def done_of(session: Session, decision_id: int) -> Amounts:
    """All that was carried out of a decision."""
    rows = session.scalars(
        select(EnforcementEntry).where(EnforcementEntry.decision_id == decision_id)
    )
    return sum((amounts_of(row) for row in rows), Amounts())


def told(amounts: Amounts) -> str:
    """Amounts in words, those that are something."""
    return "; ".join(
        f"{label(Need(name)).split(' (')[0].lower()} {_number(value)}{_unit(name)}"
        for name in NAMES
        if (value := getattr(amounts, name))
    )


def _unit(name: str) -> str:
    return " đồng" if Need(name) in MONEY else " m²" if Need(name) in LAND else ""


def _number(value: int | Number) -> str:
    return vn_number(value.normalize() if isinstance(value, Number) else value)
