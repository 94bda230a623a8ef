"""What a merger or a split says, judged before anything moves, and what it would move."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from petitions.models import Agency, Case, Hat, User
from petitions.queries.offices import family, in_force
from petitions.services.administration import Faults, administered, meets, refuse, words
from petitions.services.checks import LIST_LIMIT
from workflows.vocabulary import Actor, AgencyKind, Kind, Role


@dataclass(frozen=True, slots=True)
class Reorganisation:
    """What becomes of ``sources`` from ``on``, on a document. All agencies by code.

    ``into`` takes over everything not named otherwise, and the sources end; None leaves a split
    source standing with what is not named. ``files`` sends single cases (by code), ``people`` single
    persons (by username) elsewhere.
    """

    sources: tuple[str, ...]
    into: str | None
    on: date
    document: str
    files: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """The agencies of a reorganisation by code, found and fit; sources that have ended are left out."""

    given: Reorganisation
    offices: Mapping[str, Agency]
    sources: Sequence[Agency]
    document: str

    @property
    def into(self) -> Agency | None:
        """Who takes over what is not named."""
        return None if self.given.into is None else self.offices[self.given.into]

    @property
    def source_ids(self) -> list[int]:
        """Ids of the sources still standing."""
        return [source.id for source in self.sources]


class HatGoing(NamedTuple):
    """A hat of a source and the agency it goes to; None when it ends."""

    user: User
    hat: Hat
    target: Agency | None


def plan(session: Session, given: Reorganisation, actor: Actor, today: date) -> Plan:
    """The agencies, locked against another reorganisation. Raises ``Invalid`` with every fault at its field."""
    faults: Faults = defaultdict(list)
    document = words(given.document, "document", 160, faults)
    if given.on > today:
        faults["on"].append("Chỉ thực hiện được khi đã đến ngày có hiệu lực.")
    if not given.sources:
        faults["sources"].append("Phải chọn cơ quan được sáp nhập, chia tách.")
    if given.into is None and not given.files and not given.people:
        faults["into"].append("Phải chọn cơ quan tiếp nhận.")
    if max(len(given.files), len(given.people)) > LIST_LIMIT:
        faults["files"].append("Danh sách quá 1.000 dòng.")
    refuse(faults)
    offices = _offices(session, given, actor)
    sources = [offices[code] for code in given.sources if code in offices]
    ended = {
        office.id
        for office in sources
        if given.into is not None
        for office in session.scalars(select(Agency).where(Agency.id.in_(family(office.id))))
    }
    for index, code in enumerate(given.sources):
        _source_fits(f"sources.{index}", offices.get(code), given, actor, faults)
    for path, code in _targets(given):
        _target_fits(path, offices.get(code), given.on, ended, faults)
    refuse(faults)
    into = None if given.into is None else offices[given.into]
    standing = [each for each in sources if each.valid_to is None]
    if any(each.successor_id not in {None, into and into.id} for each in sources):
        faults["sources"].append("Cơ quan này đang hoặc đã được sáp nhập vào cơ quan khác.")
    _files_fit(session, given, offices, faults)
    refuse(faults)
    return Plan(given, offices, standing, document)


def counts(session: Session, plan: Plan) -> dict[tuple[str, str], int]:
    """How many open files go from which agency to which (codes)."""
    found: Counter[tuple[str, str]] = Counter()
    if plan.given.into is not None:
        totals = session.execute(
            select(Agency.code, func.count())
            .join(Case, Case.agency_id == Agency.id)
            .where(open_files(plan), Case.code.not_in(plan.given.files))
            .group_by(Agency.code)
        )
        found.update({(code, plan.given.into): number for code, number in totals})
    named = session.execute(
        select(Agency.code, Case.code)
        .join(Case, Case.agency_id == Agency.id)
        .where(open_files(plan), Case.code.in_(plan.given.files))
    )
    found.update((source, plan.given.files[code]) for source, code in named)
    return dict(found)


def open_files(plan: Plan) -> ColumnElement[bool]:
    """The open files of the sources that may be shown and named: all but denunciations."""
    return and_(Case.open, Case.agency_id.in_(plan.source_ids), Case.kind != Kind.DENUNCIATION)


def hats(session: Session, plan: Plan) -> Iterator[HatGoing]:
    """The hats of the sources that last beyond the day, each with where it goes.

    An agency has one head: a head goes along only where there is none and no other comes.
    """
    given = plan.given
    rows = session.execute(
        select(User, Hat)
        .join(Hat, Hat.user_id == User.id)
        .where(Hat.agency_id.in_(plan.source_ids), meets(Hat, given.on, None))
        .order_by(User.username, Hat.id)
    ).all()
    going = [HatGoing(user, hat, _sent_to(plan, user)) for user, hat in rows]
    heads = Counter(each.target.id for each in going if each.target and _heads(each))
    headed = set(
        session.scalars(
            select(Hat.agency_id)
            .join(User, User.id == Hat.user_id)
            .where(
                Hat.role == Role.HEAD,
                Hat.agency_id.in_(heads),
                User.disabled_at.is_(None),
                meets(Hat, given.on, None),
            )
        )
    )
    for each in going:
        if each.target is None and given.into is None:
            continue
        surplus = each.target and (each.target.id in headed or heads[each.target.id] > 1)
        yield each._replace(target=None) if _heads(each) and surplus else each


def bodies(session: Session, plan: Plan) -> Sequence[Agency]:
    """Sections and units below the sources, which go along where the sources end."""
    if plan.given.into is None:
        return ()
    return session.scalars(
        select(Agency)
        .where(Agency.parent_id.in_(plan.source_ids), in_force(Agency, plan.given.on))
        .order_by(Agency.name)
    ).all()


def _heads(going: HatGoing) -> bool:
    return going.hat.role is Role.HEAD


def _sent_to(plan: Plan, user: User) -> Agency | None:
    code = plan.given.people.get(user.username, plan.given.into)
    return None if code is None else plan.offices[code]


def _targets(given: Reorganisation) -> Iterator[tuple[str, str]]:
    if given.into is not None:
        yield "into", given.into
    for name in ("files", "people"):
        for which, code in getattr(given, name).items():
            yield f"{name}.{which}", code


def _offices(session: Session, given: Reorganisation, actor: Actor) -> dict[str, Agency]:
    wanted = {*given.sources, *(code for _, code in _targets(given))}
    return {
        office.code: office
        for office in session.scalars(
            select(Agency)
            .where(Agency.code.in_(wanted), administered(actor))
            .order_by(Agency.id)
            .with_for_update(of=Agency, key_share=True)
        )
    }


def _source_fits(
    path: str, source: Agency | None, given: Reorganisation, actor: Actor, faults: Faults
) -> None:
    if source is None:
        faults[path].append("Không có cơ quan này trong phạm vi bạn quản trị.")
    elif source.kind is AgencyKind.SECTION:
        faults[path].append("Phòng, bộ phận đi theo cơ quan của mình, không sáp nhập riêng ở đây.")
    elif given.into is not None and source.id == actor.agency_id:
        faults[path].append("Không thể kết thúc cơ quan mà bạn đang quản trị.")
    elif source.valid_to is not None and source.successor_id is None:
        faults[path].append("Cơ quan này đã kết thúc hoạt động.")
    elif given.on <= source.valid_from:
        faults["on"].append("Ngày này không sau ngày thành lập cơ quan.")


def _target_fits(
    path: str, target: Agency | None, on: date, ended: set[int], faults: Faults
) -> None:
    if target is None:
        faults[path].append("Không có cơ quan này trong phạm vi bạn quản trị.")
    elif target.kind is AgencyKind.SECTION or not (
        target.valid_from <= on and (target.valid_to is None or target.valid_to >= on)
    ):
        faults[path].append("Cơ quan tiếp nhận phải đang hoạt động vào ngày này.")
    elif target.id in ended:
        faults[path].append("Cơ quan tiếp nhận không thể là, hoặc trực thuộc, cơ quan kết thúc.")


def _files_fit(
    session: Session, given: Reorganisation, offices: Mapping[str, Agency], faults: Faults
) -> None:
    """A case already at its new agency is one an interrupted call has moved."""
    rows = session.execute(
        select(Case.code, Case.agency_id).where(
            Case.code.in_(given.files), Case.open, Case.kind != Kind.DENUNCIATION
        )
    )
    held = {row.code: row.agency_id for row in rows}
    sources = {offices[code].id for code in given.sources}
    for code, target in given.files.items():
        if held.get(code) not in {*sources, offices[target].id}:
            faults[f"files.{code}"].append("Không có hồ sơ đang mở này ở cơ quan được chia tách.")
