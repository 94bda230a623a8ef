"""A named cast in a small province, for tests.

Lan sits at the reception of Xã An Bình, Minh is its chairman, An an officer there, Vân its clerk;
Hoa inspects the whole province and may see denunciations, Quý inspects without that duty; Bình is
an officer elsewhere and must see nothing of An Bình; Phúc chairs the province; Tâm administers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from config.database import db, transaction
from config.settings import ROOT
from petitions.models import Agency, Field, Hat, Place, PlaceFlag, User
from petitions.services import reference
from petitions.services.accounts import principal
from petitions.text import fold
from workflows.records import PlaceFlagKind
from workflows.vocabulary import Actor, AgencyKind, Role

SINCE = date(2025, 7, 1)
PASSWORD_HASH = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$unusable"


@dataclass(frozen=True, slots=True)
class World:
    """Ids by code and actors by first name."""

    agencies: dict[str, int]
    places: dict[str, int]
    users: dict[str, int]
    actors: dict[str, Actor]

    def __getattr__(self, name: str) -> Actor:
        try:
            return self.actors[name]
        except KeyError:
            raise AttributeError(name) from None


AGENCIES = [
    ("ubnd-tinh", "UBND tỉnh Sơn Lâm", AgencyKind.PROVINCE, None, "SL"),
    ("thanh-tra", "Thanh tra tỉnh Sơn Lâm", AgencyKind.INSPECTORATE, "ubnd-tinh", "TTR"),
    ("so-nnmt", "Sở Nông nghiệp và Môi trường", AgencyKind.DEPARTMENT, "ubnd-tinh", "SNM"),
    ("an-binh", "UBND xã An Bình", AgencyKind.COMMUNE, "ubnd-tinh", "AB"),
    ("phong-kt", "Phòng Kinh tế xã An Bình", AgencyKind.SECTION, "an-binh", "AB"),
    ("bao-lam", "UBND xã Bảo Lâm", AgencyKind.COMMUNE, "ubnd-tinh", "BL"),
    ("hdnd", "Thường trực HĐND tỉnh", AgencyKind.PARTY_OFFICE, None, "HD"),
]
PEOPLE: list[tuple[str, str, Role, str, dict[str, Any]]] = [
    ("lan", "Nguyễn Thị Lan", Role.RECEPTION, "an-binh", {}),
    ("minh", "Trần Văn Minh", Role.HEAD, "an-binh", {}),
    ("dung", "Lê Thị Dung", Role.DEPUTY_HEAD, "an-binh", {}),
    ("an", "Phạm Văn An", Role.OFFICER, "an-binh", {"section": "phong-kt"}),
    ("ha", "Bùi Thị Hà", Role.OFFICER, "an-binh", {"section": "phong-kt"}),
    ("son", "Đỗ Văn Sơn", Role.SECTION_HEAD, "an-binh", {"section": "phong-kt"}),
    ("van", "Hoàng Thị Vân", Role.CLERK, "an-binh", {}),
    ("hoa", "Vũ Thị Hoa", Role.INSPECTOR, "thanh-tra", {"denunciation_duty": True}),
    ("quy", "Đặng Văn Quý", Role.INSPECTOR, "thanh-tra", {}),
    ("binh", "Ngô Văn Bình", Role.OFFICER, "bao-lam", {}),
    ("khanh", "Lý Văn Khánh", Role.HEAD, "bao-lam", {}),
    ("phuc", "Đinh Văn Phúc", Role.HEAD, "ubnd-tinh", {}),
    ("thu", "Mai Thị Thu", Role.RECEPTION, "ubnd-tinh", {}),
    ("long", "Cao Văn Long", Role.OFFICER, "ubnd-tinh", {}),
    ("giam", "Trịnh Thị Giám", Role.SUPERVISOR, "hdnd", {}),
    ("tam", "Hồ Văn Tâm", Role.ADMIN, "ubnd-tinh", {}),
]


def build() -> World:
    """Write the cast into the empty database of the current application."""
    with transaction() as session:
        reference.seed(session, ROOT / "config")
        places = _places(session)
        agencies = _agencies(session, places)
        users, hats = _people(session, agencies)
    return World(agencies, places, users, _actors(agencies, users, hats))


def _places(session: Any) -> dict[str, int]:
    province = Place(
        code="99",
        name="Tỉnh Sơn Lâm",
        folded_name=fold("Tỉnh Sơn Lâm"),
        kind="tỉnh",
        valid_from=SINCE,
    )
    session.add(province)
    session.flush()
    found = {"99": province.id}
    for code, name in (("99001", "Xã An Bình"), ("99002", "Xã Bảo Lâm"), ("99003", "Xã Nà Hẩu")):
        place = Place(
            code=code, name=name, folded_name=fold(name), kind="xã", province_id=province.id,
            valid_from=SINCE,
        )  # fmt: skip
        session.add(place)
        session.flush()
        found[code] = place.id
    session.add(
        PlaceFlag(
            place_id=found["99003"],
            flag=PlaceFlagKind.REMOTE,
            valid_from=SINCE,
            source="QĐ 01/2025",
        )
    )
    return found


def _agencies(session: Any, places: dict[str, int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for code, name, kind, parent, prefix in AGENCIES:
        agency = Agency(
            code=code, name=name, kind=kind, parent_id=found.get(parent or ""), book_prefix=prefix,
            valid_from=SINCE, place_id=places["99"], competence={},
        )  # fmt: skip
        session.add(agency)
        session.flush()
        found[code] = agency.id
    return found


def _people(session: Any, agencies: dict[str, int]) -> tuple[dict[str, int], dict[str, int]]:
    users, hats = {}, {}
    for username, name, role, agency, more in PEOPLE:
        user = User(
            username=username,
            name=name,
            email=f"{username}@example.vn",
            password_hash=PASSWORD_HASH,
        )
        session.add(user)
        session.flush()
        hat = Hat(
            user_id=user.id, role=role, agency_id=agencies[agency], is_default=True, valid_from=SINCE,
            section_id=agencies.get(more.get("section", "")),
            denunciation_duty=more.get("denunciation_duty", False),
        )  # fmt: skip
        session.add(hat)
        session.flush()
        users[username], hats[username] = user.id, hat.id
    return users, hats


def _actors(
    agencies: dict[str, int], users: dict[str, int], hats: dict[str, int]
) -> dict[str, Actor]:
    children: dict[str | None, list[str]] = {}
    for code, _, _, parent, _ in AGENCIES:
        children.setdefault(parent, []).append(code)

    def below(code: str) -> list[str]:
        return [code, *(each for child in children.get(code, []) for each in below(child))]

    actors = {}
    for username, name, role, agency, more in PEOPLE:
        section = agencies.get(more.get("section", ""))
        actors[username] = Actor(
            user_id=users[username],
            hat_id=hats[username],
            role=role,
            agency_id=agencies[agency],
            name=name,
            section_id=section,
            agency_ids=frozenset(agencies[code] for code in below(agency)),
            unit_ids=frozenset(unit for unit in (agencies[agency], section) if unit),
            province_wide=role is Role.INSPECTOR and agency == "thanh-tra",
            denunciation_duty=more.get("denunciation_duty", False),
        )
    return actors


def known_actor(username: str) -> Actor:
    """The actor of a person of the cast, read back from the database by another process."""
    user_id = db.session.scalars(select(User.id).where(User.username == username)).one()
    found = principal(user_id, None, None, date(2026, 11, 20))
    assert found is not None
    return found.actor


def field_id(code: str) -> int:
    """The id of a field by its code."""
    return int(db.session.execute(select(Field.id).where(Field.code == code)).scalar_one())
