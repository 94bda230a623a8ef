"""Setting the ways of an agency's work: dated, never two at once, for papers drafted from then on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions.errors import Invalid, NotFound
from petitions.models import Agency, Route, RouteStep
from petitions.queries.routes import route_for, routes_of
from petitions.services.administration import (
    Administrator,
    Faults,
    agency,
    meets,
    once,
    reaches,
    refuse,
)
from petitions.text import vn_date
from workflows.office import RouteShape, Work
from workflows.passage import APPROVERS, RANK
from workflows.vocabulary import Role

__all__ = [
    "LONGEST",
    "MOST",
    "PRESETS",
    "RouteGiven",
    "StepGiven",
    "end_route",
    "route_for",
    "routes_of",
    "set_route",
]

MOST = 3
"""Approvers a route may have."""
LONGEST = 30
"""Working days a step may take."""


@dataclass(frozen=True, slots=True)
class StepGiven:
    """One approver, of the agency itself or of the body ``agency_code``, with the working days it may take."""

    role: Role
    days: int
    agency_code: str | None = None


@dataclass(frozen=True, slots=True)
class RouteGiven:
    """The way of one kind of work through an agency from a day on; without steps acts are done at once."""

    agency_code: str
    work: Work
    shape: RouteShape
    steps: tuple[StepGiven, ...]
    valid_from: date
    valid_to: date | None = None


PRESETS: Mapping[RouteShape, tuple[StepGiven, ...]] = {
    RouteShape.FULL: (
        StepGiven(Role.SECTION_HEAD, 1),
        StepGiven(Role.DEPUTY_HEAD, 1),
        StepGiven(Role.HEAD, 1),
    ),
    RouteShape.DIRECT: (StepGiven(Role.DEPUTY_HEAD, 1), StepGiven(Role.HEAD, 1)),
    RouteShape.RECEPTION_BOARD: (StepGiven(Role.HEAD, 1),),
    RouteShape.ONE_STEP: (),
}
"""What each shape usually asks for on the way up; an agency changes it as it likes."""


def set_route(
    given: RouteGiven, *, actor: Administrator, now: datetime, key: str | None = None
) -> str:
    """Set a route; returns its id.

    By an administrator of the agency or its head; the operator at the command line may enter one
    that began earlier. Raises ``Forbidden``, ``Invalid`` with every fault at its field: an overlap
    with a route of the same work, more than three steps, a signer of another body.
    """

    def work(session: Session) -> str:
        faults: Faults = defaultdict(list)
        office = _office(session, actor, given.agency_code)
        _days(given, None if actor is None else local_day(now), faults)
        bodies = _steps(session, given, office, faults)
        refuse(faults)
        _refuse_overlap(session, given, office.id)
        fresh = Route(
            agency_id=office.id,
            work=given.work,
            shape=given.shape,
            valid_from=given.valid_from,
            valid_to=given.valid_to,
        )
        session.add(fresh)
        session.flush()
        if given.steps:
            session.execute(
                insert(RouteStep),
                [
                    {
                        "route_id": fresh.id,
                        "ordinal": number,
                        "role": step.role,
                        "agency_id": body,
                        "days": step.days,
                    }
                    for number, (step, body) in enumerate(zip(given.steps, bodies, strict=True), 1)
                ],
            )
        return str(fresh.id)

    return once(actor, now, key, "route:set", work, Role.HEAD)


def end_route(
    route_id: int,
    last_day: date,
    *,
    actor: Administrator,
    now: datetime,
    key: str | None = None,
) -> str:
    """End a route with ``last_day``, today or later; one not begun by then is withdrawn.

    Papers on their way keep the path they were drafted with. Raises ``Forbidden``, ``NotFound``,
    ``Invalid`` at ``last_day``.
    """

    def work(session: Session) -> str:
        found = session.get(Route, route_id, with_for_update=True)
        if found is None or not _within(session, actor, found.agency_id):
            raise NotFound("Không có quy trình này trong phạm vi bạn quản lý.")
        if actor is not None and last_day < local_day(now):
            raise Invalid.at("last_day", "Quy trình chỉ kết thúc từ hôm nay trở đi.")
        if found.valid_to is not None and last_day > found.valid_to:
            raise Invalid.at("last_day", "Quy trình này đã kết thúc sớm hơn ngày đó.")
        if last_day < found.valid_from:
            session.execute(delete(RouteStep).where(RouteStep.route_id == route_id))
            session.delete(found)
        else:
            found.valid_to = last_day
        return str(route_id)

    return once(actor, now, key, f"route:end:{route_id}", work, Role.HEAD)


def _office(session: Session, actor: Administrator, code: str) -> Agency:
    found = agency(session, actor, code, "agency_code")
    if not _within(session, actor, found.id):
        raise Invalid.at("agency_code", "Người đứng đầu chỉ đặt quy trình cho cơ quan mình.")
    return found


def _within(session: Session, actor: Administrator, agency_id: int) -> bool:
    if actor is not None and actor.role is Role.HEAD:
        return actor.agency_id == agency_id
    return reaches(session, actor, agency_id)


def _days(given: RouteGiven, today: date | None, faults: Faults) -> None:
    if today is not None and given.valid_from < today:
        faults["valid_from"].append("Quy trình chỉ áp dụng từ hôm nay trở đi.")
    if given.valid_to is not None and given.valid_to < given.valid_from:
        faults["valid_to"].append("Ngày kết thúc trước ngày bắt đầu.")


def _steps(session: Session, given: RouteGiven, office: Agency, faults: Faults) -> list[int | None]:
    """The body of each step (None: the agency itself); what is wrong goes to ``faults``."""
    if len(given.steps) > MOST:
        faults["steps"].append(f"Nhiều nhất {MOST} người duyệt.")
    if (given.shape is RouteShape.ONE_STEP) != (not given.steps):
        faults["shape"].append(
            "“Một bước” thì không có người duyệt; các hình thức khác phải có ít nhất một người."
        )
    codes = {step.agency_code for step in given.steps if step.agency_code} - {office.code}
    known = dict(
        session.execute(
            select(Agency.code, Agency.id).where(
                Agency.code.in_(codes), meets(Agency, given.valid_from, given.valid_from)
            )
        ).all()
    ) if codes else {}  # fmt: skip
    highest: dict[int | None, int] = {}
    bodies: list[int | None] = []
    for number, step in enumerate(given.steps):
        here = f"steps.{number}"
        foreign = step.agency_code is not None and step.agency_code != office.code
        body = known.get(step.agency_code or "") if foreign else None
        bodies.append(body)
        if foreign and body is None:
            faults[f"{here}.agency_code"].append("Không có cơ quan này.")
        if not 1 <= step.days <= LONGEST:
            faults[f"{here}.days"].append(f"Số ngày làm việc từ 1 đến {LONGEST}.")
        if step.role not in APPROVERS:
            faults[f"{here}.role"].append(
                "Người duyệt là trưởng phòng, cấp phó hoặc người đứng đầu."
            )
            continue
        if RANK[step.role] <= highest.get(body, 0):
            faults[f"{here}.role"].append("Người duyệt sau phải ở cấp cao hơn người duyệt trước.")
        highest[body] = RANK[step.role]
    if given.steps and bodies[-1] is not None:
        faults[f"steps.{len(bodies) - 1}.agency_code"].append(
            "Người ký (bước cuối) phải thuộc chính cơ quan này."
        )
    return bodies


def _refuse_overlap(session: Session, given: RouteGiven, office_id: int) -> None:
    standing = session.scalar(
        select(Route)
        .where(
            Route.agency_id == office_id,
            Route.work == given.work,
            meets(Route, given.valid_from, given.valid_to),
        )
        .order_by(Route.valid_from)
        .limit(1)
    )
    if standing is not None:
        until = f" đến ngày {vn_date(standing.valid_to)}" if standing.valid_to else ""
        raise Invalid.at(
            "valid_from",
            f"Loại việc này đã có quy trình từ ngày {vn_date(standing.valid_from)}{until}; "
            "hãy cho quy trình đó thôi áp dụng trước.",
        )
