"""Land-recovery projects."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from petitions.errors import Forbidden, Invalid
from petitions.queries.projects import project, projects
from petitions.services.intake import register
from petitions.services.projects import ProjectGiven, save_project
from tests.conftest import NOW
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.world import World

ROAD = ProjectGiven(
    name="Đường tránh An Bình", starts_on=date(2026, 3, 1), decision="QĐ 45/QĐ-UBND",
    lead_agency_code="so-nnmt", place_codes=("99001", "99002"),
)  # fmt: skip


def test_a_project_counts_what_its_reader_may_open(world: World) -> None:
    """Two complaints and a denunciation: an officer counts two, the inspector with the duty three."""
    number = save_project(ROAD, project_id=None, actor=world.hoa, now=NOW)
    for petition in (COMPLAINT, COMPLAINT, DENUNCIATION):
        register(replace(petition, project_id=number), actor=world.lan, now=NOW)
    assert [line.cases for line in projects(world.an)] == [2]
    assert [line.cases for line in projects(world.hoa)] == [3]
    assert [line.cases for line in projects(world.binh)] == [0]
    assert project(world.an, number).places == (("99001", "Xã An Bình"), ("99002", "Xã Bảo Lâm"))


def test_faults_are_told_at_their_fields(world: World) -> None:
    """Names are unique, days in order, codes known; a reception officer does not open projects."""
    save_project(ROAD, project_id=None, actor=world.hoa, now=NOW)
    for change, field in (
        ({}, "name"),
        ({"name": " "}, "name"),
        ({"name": "Khác", "ends_on": date(2026, 1, 1)}, "ends_on"),
        ({"name": "Khác", "place_codes": ("00000",)}, "place_codes"),
        ({"name": "Khác", "lead_agency_code": "khong-co"}, "lead_agency_code"),
    ):
        with pytest.raises(Invalid) as error:
            save_project(replace(ROAD, **change), project_id=None, actor=world.hoa, now=NOW)  # type: ignore[arg-type]
        assert field in error.value.fields
    with pytest.raises(Forbidden):
        save_project(replace(ROAD, name="Khác"), project_id=None, actor=world.lan, now=NOW)


def test_a_project_is_changed_in_place(world: World) -> None:
    """The same project under a new name and other communes."""
    number = save_project(ROAD, project_id=None, actor=world.hoa, now=NOW)
    again = replace(ROAD, name="Đường vành đai", place_codes=("99003",))
    assert save_project(again, project_id=number, actor=world.hoa, now=NOW) == number
    assert project(world.hoa, number).line.name == "Đường vành đai"
    assert project(world.hoa, number).places == (("99003", "Xã Nà Hẩu"),)
