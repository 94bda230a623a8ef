"""Who must settle: the head whom the law names for a respondent of that body and standing.

Law on Complaints arts 17-23 and 51, Law on Denunciations arts 12-15, both since the district level
ended on 2025-07-01 (Decree 141/2025/NĐ-CP, Law 136/2025/QH15) and before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from workflows.guards import LAW_136_FROM, spoken
from workflows.vocabulary import AgencyKind, Kind, Rank

TWO_TIERS_FROM = date(2025, 7, 1)
"""First day without a district level."""


class Settler(StrEnum):
    """The office whose holder settles."""

    COMMUNE_CHAIR = "commune_chair"
    DISTRICT_CHAIR = "district_chair"
    UNIT_HEAD = "unit_head"
    DEPARTMENT_HEAD = "department_head"
    PROVINCE_CHAIR = "province_chair"
    MANAGING_HEAD = "managing_head"
    MINISTER = "minister"
    PRIME_MINISTER = "prime_minister"
    PARTY_BODY = "party_body"
    OWN_HEAD = "own_head"
    BY_CHOICE = "by_choice"


AGENCY_OF: Mapping[Settler, AgencyKind] = {
    Settler.COMMUNE_CHAIR: AgencyKind.COMMUNE,
    Settler.DISTRICT_CHAIR: AgencyKind.FORMER_DISTRICT,
    Settler.UNIT_HEAD: AgencyKind.DEPARTMENT_UNIT,
    Settler.DEPARTMENT_HEAD: AgencyKind.DEPARTMENT,
    Settler.PROVINCE_CHAIR: AgencyKind.PROVINCE,
    Settler.PARTY_BODY: AgencyKind.PARTY_OFFICE,
}
"""Kind of agency a settler heads, where the law fixes one inside the system."""


@dataclass(frozen=True, slots=True)
class Competence:
    """Who settles and why.

    ``agency`` is the kind of body whose head it is; None when that depends on the body itself
    (``own_head``, ``managing_head``, ``by_choice``) or lies outside the system. ``upward``: not the
    respondent's own body but one above it. ``confirmed`` is False where the administrator has to choose
    or the reading of the law is still to be checked. ``explanation`` is Vietnamese.
    """

    settler: Settler
    agency: AgencyKind | None
    article: str
    explanation: str
    upward: bool = False
    confirmed: bool = True


_FOLDED: Mapping[AgencyKind, AgencyKind] = {
    AgencyKind.INSPECTORATE: AgencyKind.DEPARTMENT,
    AgencyKind.ADVISING_UNIT: AgencyKind.DEPARTMENT_UNIT,
    AgencyKind.RECEPTION_BOARD: AgencyKind.DEPARTMENT_UNIT,
}
"""Bodies that stand on the footing of another kind."""


_HEADS = (
    "chủ tịch", "giám đốc", "thủ trưởng", "chánh thanh tra",
    "trưởng ban", "cục trưởng", "chi cục trưởng", "viện trưởng", "hiệu trưởng", "người đứng đầu",
)  # fmt: skip
_DEPUTIES = "phó "


def rank_of(position: str) -> Rank:
    """The standing a position in words ("Phó Chủ tịch UBND xã") most likely means; a first guess only."""
    said = " ".join(position.casefold().split()).removeprefix("nguyên ").removeprefix("quyền ")
    if said.startswith(_DEPUTIES):
        return Rank.DEPUTY if not said.startswith("phó trưởng phòng") else Rank.STAFF
    return Rank.HEAD if said.startswith(_HEADS) else Rank.STAFF


def competence(
    kind: Kind,
    respondent: AgencyKind,
    on: date,
    *,
    rank: Rank = Rank.STAFF,
    instance: int = 1,
    disciplinary: bool = False,
    parent: AgencyKind | None = None,
) -> Competence:
    """Who settles a petition received ``on`` about a body of kind ``respondent`` or someone in it.

    ``rank`` is the respondent's standing (it matters for denunciations only), ``parent`` the kind of
    the body above, required for a section and used for units whose superior varies. Raises
    ``ValueError`` for a section without ``parent`` and for an instance other than 1 or 2.
    """
    if instance not in (1, 2):
        raise ValueError(f"instance must be 1 or 2, got {instance}")
    if respondent is AgencyKind.SECTION:
        if parent is None or parent is AgencyKind.SECTION:
            raise ValueError("a section is judged as part of its agency: parent is required")
        return competence(
            kind, parent, on, rank=Rank.STAFF, instance=instance, disciplinary=disciplinary
        )
    if kind in (Kind.RECOMMENDATION, Kind.FEEDBACK):
        return Competence(
            Settler.OWN_HEAD,
            respondent,
            "Khoản 2 Điều 26 Luật Tiếp công dân",
            "Kiến nghị, phản ánh do người đứng đầu cơ quan có chức năng về nội dung đó xem xét, trả lời.",
        )
    if respondent is AgencyKind.PARTY_OFFICE:
        return _party(kind)
    if respondent is AgencyKind.FORMER_DISTRICT and on >= TWO_TIERS_FROM:
        return _former_district(kind)
    if kind is Kind.DENUNCIATION:
        return _denunciation(_FOLDED.get(respondent, respondent), rank, on, parent)
    if disciplinary:
        return _discipline(_FOLDED.get(respondent, respondent), instance, on, parent)
    return _complaint(_FOLDED.get(respondent, respondent), instance, on, parent)


# --- complaints ------------------------------------------------------------------------------

_FIRST: Mapping[AgencyKind, tuple[Settler, str, str]] = {
    AgencyKind.COMMUNE: (
        Settler.COMMUNE_CHAIR,
        "Điều 17 Luật Khiếu nại",
        "Chủ tịch Ủy ban nhân dân cấp xã giải quyết lần đầu đối với quyết định, hành vi của mình và của người do mình quản lý trực tiếp.",
    ),
    AgencyKind.COMMUNE_UNIT: (
        Settler.COMMUNE_CHAIR,
        "Điều 17 Luật Khiếu nại",
        "Quyết định, hành vi của cơ quan, công chức thuộc Ủy ban nhân dân cấp xã do Chủ tịch Ủy ban nhân dân cấp xã giải quyết lần đầu.",
    ),
    AgencyKind.FORMER_DISTRICT: (
        Settler.DISTRICT_CHAIR,
        "Khoản 1 Điều 18 Luật Khiếu nại",
        "Trước ngày 01/7/2025, Chủ tịch Ủy ban nhân dân cấp huyện giải quyết lần đầu đối với quyết định, hành vi của mình.",
    ),
    AgencyKind.DEPARTMENT_UNIT: (
        Settler.UNIT_HEAD,
        "Điều 19 Luật Khiếu nại",
        "Thủ trưởng cơ quan thuộc sở giải quyết lần đầu đối với quyết định, hành vi của mình và của người do mình quản lý trực tiếp.",
    ),
    AgencyKind.DEPARTMENT: (
        Settler.DEPARTMENT_HEAD,
        "Khoản 1 Điều 20 Luật Khiếu nại",
        "Giám đốc sở và cấp tương đương giải quyết lần đầu đối với quyết định, hành vi của mình và của người do mình quản lý trực tiếp.",
    ),
    AgencyKind.PROVINCE: (
        Settler.PROVINCE_CHAIR,
        "Khoản 1 Điều 21 Luật Khiếu nại",
        "Chủ tịch Ủy ban nhân dân cấp tỉnh giải quyết lần đầu đối với quyết định, hành vi của mình.",
    ),
}

_SECOND: Mapping[AgencyKind, tuple[Settler, str, str]] = {
    AgencyKind.COMMUNE: (
        Settler.PROVINCE_CHAIR,
        "Khoản 2 Điều 21 Luật Khiếu nại",
        "Chủ tịch Ủy ban nhân dân cấp tỉnh giải quyết lần hai việc Chủ tịch Ủy ban nhân dân cấp xã đã giải quyết lần đầu, hoặc hết thời hạn chưa giải quyết.",
    ),
    AgencyKind.FORMER_DISTRICT: (
        Settler.PROVINCE_CHAIR,
        "Khoản 2 Điều 21 Luật Khiếu nại",
        "Chủ tịch Ủy ban nhân dân cấp tỉnh giải quyết lần hai việc Chủ tịch Ủy ban nhân dân cấp huyện đã giải quyết lần đầu.",
    ),
    AgencyKind.DEPARTMENT_UNIT: (
        Settler.DEPARTMENT_HEAD,
        "Khoản 2 Điều 20 Luật Khiếu nại",
        "Giám đốc sở giải quyết lần hai việc thủ trưởng cơ quan thuộc sở đã giải quyết lần đầu, hoặc hết thời hạn chưa giải quyết.",
    ),
    AgencyKind.DEPARTMENT: (
        Settler.PROVINCE_CHAIR,
        "Khoản 2 Điều 21 Luật Khiếu nại",
        "Chủ tịch Ủy ban nhân dân cấp tỉnh giải quyết lần hai việc giám đốc sở đã giải quyết lần đầu, hoặc hết thời hạn chưa giải quyết.",
    ),
    AgencyKind.PROVINCE: (
        Settler.MINISTER,
        "Khoản 3 Điều 7, khoản 3 Điều 23 Luật Khiếu nại",
        "Bộ trưởng quản lý ngành, lĩnh vực giải quyết lần hai việc Chủ tịch Ủy ban nhân dân cấp tỉnh đã giải quyết lần đầu.",
    ),
}


def _complaint(
    agency: AgencyKind, instance: int, on: date, parent: AgencyKind | None
) -> Competence:
    if agency is AgencyKind.SERVICE_UNIT:
        return _service_unit_complaint(instance, parent)
    if instance == 1:
        return _fixed(_FIRST[agency])
    if agency is AgencyKind.COMMUNE_UNIT:
        agency = AgencyKind.COMMUNE
    if agency is AgencyKind.COMMUNE and on < TWO_TIERS_FROM:
        return Competence(
            Settler.DISTRICT_CHAIR,
            AgencyKind.FORMER_DISTRICT,
            "Khoản 2 Điều 18 Luật Khiếu nại",
            f"Trước ngày {spoken(TWO_TIERS_FROM)}, Chủ tịch Ủy ban nhân dân cấp huyện giải quyết lần hai việc của cấp xã.",
            upward=True,
        )
    return _fixed(_SECOND[agency], upward=True)


def _service_unit_complaint(instance: int, parent: AgencyKind | None) -> Competence:
    if instance == 1:
        return Competence(
            Settler.OWN_HEAD,
            AgencyKind.SERVICE_UNIT,
            "Điều 3 Luật Khiếu nại",
            "Người đứng đầu đơn vị sự nghiệp công lập giải quyết lần đầu việc trong đơn vị mình.",
            confirmed=False,
        )
    return Competence(
        Settler.MANAGING_HEAD,
        parent,
        "Điều 3 Luật Khiếu nại",
        "Người đứng đầu cơ quan quản lý trực tiếp đơn vị sự nghiệp công lập giải quyết lần hai.",
        upward=True,
        confirmed=False,
    )


def _discipline(
    agency: AgencyKind, instance: int, on: date, parent: AgencyKind | None
) -> Competence:
    if instance == 1:
        found = _complaint(agency, 1, on, parent)
        return Competence(
            found.settler,
            found.agency,
            "Khoản 1 Điều 51 Luật Khiếu nại",
            "Người đứng đầu cơ quan đã ban hành quyết định kỷ luật giải quyết lần đầu.",
            confirmed=found.confirmed,
        )
    if agency is AgencyKind.PROVINCE:
        return Competence(
            Settler.MINISTER,
            None,
            "Khoản 3 Điều 51 Luật Khiếu nại",
            "Bộ trưởng Bộ Nội vụ giải quyết lần hai việc Chủ tịch Ủy ban nhân dân cấp tỉnh đã giải quyết lần đầu.",
            upward=True,
            confirmed=False,
        )
    above = _complaint(agency, 2, on, parent)
    return Competence(
        above.settler,
        above.agency,
        "Khoản 2 Điều 51 Luật Khiếu nại",
        "Người đứng đầu cơ quan cấp trên trực tiếp của người đã ban hành quyết định kỷ luật giải quyết lần hai.",
        upward=True,
        confirmed=above.confirmed,
    )


# --- denunciations ---------------------------------------------------------------------------

_OF_STAFF: Mapping[AgencyKind, Settler] = {
    AgencyKind.COMMUNE: Settler.COMMUNE_CHAIR,
    AgencyKind.COMMUNE_UNIT: Settler.COMMUNE_CHAIR,
    AgencyKind.FORMER_DISTRICT: Settler.DISTRICT_CHAIR,
    AgencyKind.DEPARTMENT_UNIT: Settler.UNIT_HEAD,
    AgencyKind.DEPARTMENT: Settler.DEPARTMENT_HEAD,
    AgencyKind.PROVINCE: Settler.PROVINCE_CHAIR,
    AgencyKind.SERVICE_UNIT: Settler.OWN_HEAD,
}

_OF_LEADERS: Mapping[AgencyKind, Settler] = {
    AgencyKind.COMMUNE: Settler.PROVINCE_CHAIR,
    AgencyKind.COMMUNE_UNIT: Settler.COMMUNE_CHAIR,
    AgencyKind.FORMER_DISTRICT: Settler.PROVINCE_CHAIR,
    AgencyKind.DEPARTMENT_UNIT: Settler.DEPARTMENT_HEAD,
    AgencyKind.DEPARTMENT: Settler.PROVINCE_CHAIR,
    AgencyKind.PROVINCE: Settler.PRIME_MINISTER,
    AgencyKind.SERVICE_UNIT: Settler.MANAGING_HEAD,
}


def _denunciation(
    agency: AgencyKind, rank: Rank, on: date, parent: AgencyKind | None
) -> Competence:
    leader = rank is not Rank.STAFF
    settler = (_OF_LEADERS if leader else _OF_STAFF)[agency]
    if leader and agency is AgencyKind.COMMUNE and on < TWO_TIERS_FROM:
        settler = Settler.DISTRICT_CHAIR
    service_unit = agency is AgencyKind.SERVICE_UNIT
    if leader:
        why = "Tố cáo người đứng đầu, cấp phó của người đứng đầu do người đứng đầu cơ quan cấp trên trực tiếp giải quyết."
    else:
        why = "Tố cáo cán bộ, công chức, viên chức do người đứng đầu cơ quan quản lý người đó giải quyết."
    if leader and agency is AgencyKind.COMMUNE_UNIT:
        why = "Chủ tịch Ủy ban nhân dân cấp xã giải quyết tố cáo người đứng đầu, cấp phó cơ quan thuộc Ủy ban nhân dân cấp xã."
    article = "Điều 12, Điều 13 Luật Tố cáo"
    if on >= LAW_136_FROM and not service_unit:
        article += " (sửa đổi bởi Luật 136/2025/QH15)"
    if service_unit:
        article = "Điều 12, Điều 15 Luật Tố cáo"
    managed_by = parent if settler is Settler.MANAGING_HEAD else AGENCY_OF.get(settler)
    return Competence(
        settler,
        AgencyKind.SERVICE_UNIT if settler is Settler.OWN_HEAD else managed_by,
        article,
        why,
        upward=leader,
        confirmed=not service_unit and agency is not AgencyKind.PROVINCE,
    )


# --- outside the ladder ----------------------------------------------------------------------


def _party(kind: Kind) -> Competence:
    article = (
        "Thông tư 05/2021/TT-TTCP; quy định của Đảng"
        if kind is Kind.DENUNCIATION
        else "Điều 3 Luật Khiếu nại; quy định của Đảng"
    )
    return Competence(
        Settler.PARTY_BODY,
        AgencyKind.PARTY_OFFICE,
        article,
        "Việc của tổ chức Đảng do cơ quan Đảng có thẩm quyền xem xét theo quy định của Đảng.",
        confirmed=False,
    )


def _former_district(kind: Kind) -> Competence:
    law = "Luật Tố cáo" if kind is Kind.DENUNCIATION else "Luật Khiếu nại"
    return Competence(
        Settler.BY_CHOICE,
        None,
        f"Nghị định 141/2025/NĐ-CP; {law}",
        f"Cấp huyện đã kết thúc từ ngày {spoken(TWO_TIERS_FROM)}; việc trước đó được giao lại theo Nghị định 141/2025/NĐ-CP và quyết định của địa phương nên phải chọn cơ quan giải quyết cho từng vụ việc.",
        upward=False,
        confirmed=False,
    )


def _fixed(entry: tuple[Settler, str, str], *, upward: bool = False) -> Competence:
    settler, article, explanation = entry
    return Competence(settler, AGENCY_OF.get(settler), article, explanation, upward=upward)
