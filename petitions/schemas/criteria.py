"""The recorded criteria that make a case complex, as codes: they stand in the chain, so nobody types them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Criterion(StrEnum):
    """The same seven for complaints and denunciations (Decree 124/2020 art 3a, Decree 31/2019 art 3)."""

    SEVERAL_PLACES = "several_places"
    SEVERAL_CONTENTS = "several_contents"
    MANY_PEOPLE = "many_people"
    FOREIGN_ELEMENT = "foreign_element"
    SEVERAL_AGENCIES = "several_agencies"
    AGENCIES_DISAGREE = "agencies_disagree"
    EVIDENCE_CONFLICTS = "evidence_conflicts"


CRITERIA: Mapping[Criterion, str] = {
    Criterion.SEVERAL_PLACES: "Phải xác minh từ hai địa điểm trở lên",
    Criterion.SEVERAL_CONTENTS: "Có từ hai nội dung trở lên",
    Criterion.MANY_PEOPLE: "Nhiều người gửi đơn hoặc liên quan đến quyền lợi của nhiều người",
    Criterion.FOREIGN_ELEMENT: "Có yếu tố nước ngoài",
    Criterion.SEVERAL_AGENCIES: "Thuộc trách nhiệm quản lý của nhiều cơ quan",
    Criterion.AGENCIES_DISAGREE: "Các cơ quan có ý kiến khác nhau",
    Criterion.EVIDENCE_CONFLICTS: "Tài liệu, chứng cứ mâu thuẫn nhau",
}
"""What people read."""
