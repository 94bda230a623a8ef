"""Land-recovery projects: the cases one decision causes, kept together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from petitions.access import require_role
from petitions.errors import Invalid, NotFound
from petitions.models import Agency, Place, Project, ProjectPlace
from petitions.services import checks
from petitions.services.onetime import run_once
from workflows.vocabulary import Actor, Role

KEEPERS = (Role.OFFICER, Role.SECTION_HEAD, Role.DEPUTY_HEAD, Role.HEAD, Role.INSPECTOR)
"""Who may open a project and keep it up to date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectGiven:
    """What is said of a project. Places and the leading agency by code."""

    name: str
    starts_on: date
    decision: str = ""
    lead_agency_code: str | None = None
    ends_on: date | None = None
    place_codes: tuple[str, ...] = ()


def save_project(
    given: ProjectGiven,
    *,
    project_id: int | None,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> int:
    """Open a project (``project_id`` None) or change one; returns its id.

    Raises ``Forbidden``, ``NotFound``, and ``Invalid`` at the fields.
    """
    require_role(actor, *KEEPERS)
    faults: defaultdict[str, list[str]] = defaultdict(list)
    safe = checks.cleaned(given, faults)
    if not safe.name:
        faults["name"].append("Phải có tên dự án.")
    if len(safe.name) > 255:
        faults["name"].append("Dài quá 255 ký tự.")
    if len(safe.decision) > 160:
        faults["decision"].append("Dài quá 160 ký tự.")
    if safe.ends_on is not None and safe.ends_on < safe.starts_on:
        faults["ends_on"].append("Ngày kết thúc trước ngày bắt đầu.")
    if faults:
        raise Invalid(faults)

    def work(session: Session) -> str:
        project = _project(session, project_id)
        same = session.scalar(select(Project.id).where(Project.name == safe.name))
        if same is not None and same != project.id:
            raise Invalid.at("name", "Đã có dự án tên này.")
        project.name = safe.name
        project.decision = safe.decision or ""
        project.starts_on, project.ends_on = safe.starts_on, safe.ends_on
        project.lead_agency_id = _agency(session, safe.lead_agency_code)
        session.add(project)
        session.flush()
        places = _places(session, safe.place_codes)
        session.execute(delete(ProjectPlace).where(ProjectPlace.project_id == project.id))
        if places:
            rows = [{"project_id": project.id, "place_id": place} for place in places]
            session.execute(insert(ProjectPlace), rows)
        return str(project.id)

    return int(run_once(key, "save_project", actor, now, work))


def _project(session: Session, project_id: int | None) -> Project:
    if project_id is None:
        return Project()
    found = session.get(Project, project_id, with_for_update=True)
    if found is None:
        raise NotFound("Không có dự án này.")
    return found


def _agency(session: Session, code: str | None) -> int | None:
    if not code:
        return None
    found = session.scalar(select(Agency.id).where(Agency.code == code))
    if found is None:
        raise Invalid.at("lead_agency_code", "Không có trong danh mục.")
    return found


def _places(session: Session, codes: Sequence[str]) -> Sequence[int]:
    found = session.execute(select(Place.code, Place.id).where(Place.code.in_(codes))).all()
    missing = set(codes) - {row.code for row in found}
    if missing:
        raise Invalid.at("place_codes", f"Không có trong danh mục: {', '.join(sorted(missing))}.")
    return [row.id for row in found]
