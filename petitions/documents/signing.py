"""Who signs, and for whom: the lines over a signature (Decree 30/2020/NĐ-CP, article 13)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from petitions.documents.forms import Form
from petitions.errors import Invalid

PERSONAL = ("QĐ", "KL")
"""Settling is the head's own power: decisions and conclusions are not signed by order or authorisation."""

_BY_ORDER = ("tl", "tl_kt", "tuq")
_NAMES_HEAD = ("kt", *_BY_ORDER)


def lines(form: Form, values: Mapping[str, Any]) -> tuple[str, ...]:
    """Capacity and title, a line each, in capitals; none while nobody is named to sign.

    Raises ``Invalid`` when the capacity does not go with the document, or a title it names is missing.
    """
    title = values["signer_title"]
    if not title:
        return ()
    capacity = values["signing_capacity"] or "head"
    head, unit, collective = (
        values[f"signing_{each}"] for each in ("head_title", "unit_title", "collective")
    )
    if capacity in _BY_ORDER and form.abbreviation in PERSONAL:
        raise Invalid.at(
            "fields.signing_capacity",
            "Quyết định, kết luận giải quyết do người đứng đầu hoặc cấp phó ký thay; "
            "không ký thừa lệnh, thừa ủy quyền.",
        )
    if capacity in _NAMES_HEAD and not head:
        raise Invalid.at("fields.signing_head_title", "Thiếu: Chức vụ người đứng đầu")
    if capacity == "tl_kt" and not unit:
        raise Invalid.at("fields.signing_unit_title", "Thiếu: Chức vụ trưởng đơn vị")
    above = {
        "head": (),
        "acting": (),
        "kt": (f"KT. {head}",),
        "tl": (f"TL. {head}",),
        "tl_kt": (f"TL. {head}", f"KT. {unit}"),
        "tuq": (f"TUQ. {head}",),
    }[capacity]
    own = f"Q. {title}" if capacity == "acting" else title
    together = (f"TM. {collective}",) if collective and capacity not in _BY_ORDER else ()
    return tuple(line.upper() for line in (*together, *above, own))
