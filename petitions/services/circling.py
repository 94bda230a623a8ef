"""A petition that is sent from body to body without being settled (chuyển lòng vòng)."""

from __future__ import annotations

from sqlalchemy import select

from petitions.models import Agency, Event, Flag
from petitions.services.act import Act
from workflows.transition import UNSETTLED
from workflows.vocabulary import Action
from workflows.watch import CIRCLING_FROM, FlagKind

HOPS = (Action.TRANSFER.value, Action.TRANSFER_OUT.value, Action.RETURN_FORWARDED.value)


def look(act: Act) -> None:
    """Raise the flag at the third hop between bodies, or add this hop to what it shows.

    The evidence names who sent it to whom on which days; it holds since the hop that made it circle.
    """
    rows = act.session.execute(
        select(Event.on, Event.data)
        .where(Event.case_id == act.case.id, Event.action.in_(HOPS))
        .order_by(Event.seq)
    ).all()
    if len(rows) < CIRCLING_FROM or act.case.state not in UNSETTLED:
        return
    names = {row.id: row.name for row in act.session.execute(select(Agency.id, Agency.name))}
    evidence = {
        "hops": [
            {
                "from": names.get(row.data.get("from_agency"), ""),
                "to": names.get(row.data.get("to_agency"), ""),
                "on": row.on.isoformat(),
            }
            for row in rows
        ]
    }
    standing = act.session.scalar(
        select(Flag).where(
            Flag.case_id == act.case.id,
            Flag.kind == FlagKind.CIRCLING,
            Flag.cleared_on.is_(None),
        )
    )
    if standing is not None:
        standing.evidence = evidence
        return
    act.session.add(
        Flag(
            case_id=act.case.id,
            kind=FlagKind.CIRCLING,
            subject=0,
            since=rows[CIRCLING_FROM - 1].on,
            raised_on=act.today,
            evidence=evidence,
            cleared_on=None,
        )
    )
