"""Who settles, before and after the district level ended."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from workflows.competence import Settler, competence
from workflows.vocabulary import AgencyKind, Kind, Rank

NOW = date(2026, 11, 20)
LAST_DAY_OF_DISTRICTS = date(2025, 6, 30)
FIRST_DAY_WITHOUT = date(2025, 7, 1)
K, R, S = AgencyKind, Rank, Settler


@pytest.mark.parametrize(
    ("agency", "first", "first_article", "second", "second_article"),
    [
        (K.COMMUNE, S.COMMUNE_CHAIR, "Điều 17", S.PROVINCE_CHAIR, "Khoản 2 Điều 21"),
        (K.COMMUNE_UNIT, S.COMMUNE_CHAIR, "Điều 17", S.PROVINCE_CHAIR, "Khoản 2 Điều 21"),
        (K.DEPARTMENT_UNIT, S.UNIT_HEAD, "Điều 19", S.DEPARTMENT_HEAD, "Điều 20"),
        (K.DEPARTMENT, S.DEPARTMENT_HEAD, "Điều 20", S.PROVINCE_CHAIR, "Điều 21"),
        (K.INSPECTORATE, S.DEPARTMENT_HEAD, "Điều 20", S.PROVINCE_CHAIR, "Điều 21"),
        (K.PROVINCE, S.PROVINCE_CHAIR, "Điều 21", S.MINISTER, "Điều 23"),
    ],
)
def test_complaints(agency, first, first_article, second, second_article) -> None:
    one = competence(Kind.COMPLAINT, agency, NOW)
    two = competence(Kind.COMPLAINT, agency, NOW, instance=2)
    assert (one.settler, two.settler) == (first, second)
    assert first_article in one.article
    assert second_article in two.article
    assert not one.upward
    assert two.upward
    assert one.confirmed
    assert two.confirmed


@pytest.mark.parametrize("agency", [K.COMMUNE, K.COMMUNE_UNIT])
def test_above_the_commune_stands_the_province_since_july_2025(agency: AgencyKind) -> None:
    before = competence(Kind.COMPLAINT, agency, LAST_DAY_OF_DISTRICTS, instance=2)
    after = competence(Kind.COMPLAINT, agency, FIRST_DAY_WITHOUT, instance=2)
    assert (before.settler, before.agency) == (S.DISTRICT_CHAIR, K.FORMER_DISTRICT)
    assert "Điều 18" in before.article
    assert (after.settler, after.agency) == (S.PROVINCE_CHAIR, K.PROVINCE)


@pytest.mark.parametrize("kind", [Kind.COMPLAINT, Kind.DENUNCIATION])
def test_what_a_former_district_did_is_assigned_case_by_case(kind: Kind) -> None:
    found = competence(kind, K.FORMER_DISTRICT, FIRST_DAY_WITHOUT, rank=R.HEAD)
    assert (found.settler, found.agency, found.confirmed) == (S.BY_CHOICE, None, False)
    assert "141/2025" in found.article
    before = competence(kind, K.FORMER_DISTRICT, LAST_DAY_OF_DISTRICTS)
    assert before.settler is S.DISTRICT_CHAIR


@pytest.mark.parametrize(
    ("agency", "rank", "settler", "upward"),
    [
        (K.COMMUNE, R.STAFF, S.COMMUNE_CHAIR, False),
        (K.COMMUNE, R.DEPUTY, S.PROVINCE_CHAIR, True),
        (K.COMMUNE, R.HEAD, S.PROVINCE_CHAIR, True),
        (K.COMMUNE_UNIT, R.STAFF, S.COMMUNE_CHAIR, False),
        (K.COMMUNE_UNIT, R.HEAD, S.COMMUNE_CHAIR, True),
        (K.DEPARTMENT_UNIT, R.STAFF, S.UNIT_HEAD, False),
        (K.DEPARTMENT_UNIT, R.DEPUTY, S.DEPARTMENT_HEAD, True),
        (K.DEPARTMENT, R.STAFF, S.DEPARTMENT_HEAD, False),
        (K.DEPARTMENT, R.HEAD, S.PROVINCE_CHAIR, True),
        (K.INSPECTORATE, R.HEAD, S.PROVINCE_CHAIR, True),
        (K.PROVINCE, R.STAFF, S.PROVINCE_CHAIR, False),
        (K.PROVINCE, R.HEAD, S.PRIME_MINISTER, True),
    ],
)
def test_denunciations_of_a_head_go_one_level_up(agency, rank, settler, upward) -> None:
    found = competence(Kind.DENUNCIATION, agency, NOW, rank=rank)
    assert (found.settler, found.upward) == (settler, upward)
    assert "Luật Tố cáo" in found.article
    assert "136/2025" in found.article
    assert (
        "136/2025"
        not in competence(Kind.DENUNCIATION, agency, date(2026, 6, 30), rank=rank).article
    )


def test_a_commune_chair_was_the_districts_before_july_2025() -> None:
    found = competence(Kind.DENUNCIATION, K.COMMUNE, LAST_DAY_OF_DISTRICTS, rank=R.HEAD)
    assert found.settler is S.DISTRICT_CHAIR


def test_service_units_belong_to_their_head_then_to_whoever_manages_them() -> None:
    staff = competence(Kind.DENUNCIATION, K.SERVICE_UNIT, NOW)
    head = competence(Kind.DENUNCIATION, K.SERVICE_UNIT, NOW, rank=R.HEAD, parent=K.DEPARTMENT)
    assert (staff.settler, staff.agency) == (S.OWN_HEAD, K.SERVICE_UNIT)
    assert (head.settler, head.agency, head.upward) == (S.MANAGING_HEAD, K.DEPARTMENT, True)
    assert not head.confirmed
    second = competence(Kind.COMPLAINT, K.SERVICE_UNIT, NOW, instance=2, parent=K.COMMUNE)
    assert (second.settler, second.agency) == (S.MANAGING_HEAD, K.COMMUNE)
    assert competence(Kind.COMPLAINT, K.SERVICE_UNIT, NOW).settler is S.OWN_HEAD


def test_discipline_follows_article_51() -> None:
    one = competence(Kind.COMPLAINT, K.COMMUNE, NOW, disciplinary=True)
    two = competence(Kind.COMPLAINT, K.COMMUNE, NOW, disciplinary=True, instance=2)
    assert (one.settler, two.settler) == (S.COMMUNE_CHAIR, S.PROVINCE_CHAIR)
    assert "Điều 51" in one.article
    assert "Điều 51" in two.article
    ministry = competence(Kind.COMPLAINT, K.PROVINCE, NOW, disciplinary=True, instance=2)
    assert (ministry.settler, ministry.agency) == (S.MINISTER, None)
    assert "Bộ Nội vụ" in ministry.explanation


def test_a_section_is_part_of_its_agency() -> None:
    found = competence(Kind.DENUNCIATION, K.SECTION, NOW, rank=R.HEAD, parent=K.DEPARTMENT)
    assert found.settler is S.DEPARTMENT_HEAD
    assert not found.upward
    for parent in (None, K.SECTION):
        with pytest.raises(ValueError, match="parent"):
            competence(Kind.DENUNCIATION, K.SECTION, NOW, parent=parent)


def test_party_matters_are_for_the_party_body() -> None:
    for kind in (Kind.COMPLAINT, Kind.DENUNCIATION):
        found = competence(kind, K.PARTY_OFFICE, NOW, rank=R.HEAD)
        assert (found.settler, found.confirmed) == (S.PARTY_BODY, False)


def test_recommendations_stay_with_the_body_concerned() -> None:
    for kind, agency in product((Kind.RECOMMENDATION, Kind.FEEDBACK), K):
        if agency is K.SECTION:
            continue
        found = competence(kind, agency, NOW, rank=R.HEAD)
        assert (found.settler, found.agency) == (S.OWN_HEAD, agency)


def test_there_is_no_third_instance() -> None:
    with pytest.raises(ValueError, match="instance"):
        competence(Kind.COMPLAINT, K.COMMUNE, NOW, instance=3)


def test_every_combination_is_answered() -> None:
    for kind, agency, rank, instance, on, disciplinary in product(
        Kind, K, R, (1, 2), (LAST_DAY_OF_DISTRICTS, FIRST_DAY_WITHOUT, NOW), (False, True)
    ):
        found = competence(
            kind,
            agency,
            on,
            rank=rank,
            instance=instance,
            disciplinary=disciplinary,
            parent=K.DEPARTMENT,
        )
        assert found.article
        assert found.explanation.endswith(".")
        if on >= FIRST_DAY_WITHOUT:
            assert found.settler is not S.DISTRICT_CHAIR
