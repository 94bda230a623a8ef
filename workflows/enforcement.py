"""What a decision or a conclusion orders to be carried out, and how far that has come.

Law on Complaints arts 31, 40, 44-46 with Decree 124/2020/NĐ-CP art 31; Law on Denunciations arts 35, 36
and 44. Money is whole đồng, land square metres with two decimals; nothing is rounded here.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum
from typing import Any

from workflows.checks import AMOUNTS, Given
from workflows.vocabulary import Need, Outcome


@dataclass(frozen=True, slots=True)
class Amounts:
    """Money and land for the State, given back to individuals and to bodies, and people handled."""

    money: int = 0
    land: Decimal = Decimal(0)
    returned_money: int = 0
    returned_land: Decimal = Decimal(0)
    bodies_money: int = 0
    bodies_land: Decimal = Decimal(0)
    people: int = 0

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(*(getattr(self, name) + getattr(other, name) for name in NAMES))

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in NAMES)

    def left_of(self, ordered: Amounts) -> Amounts:
        """What of the order is still to be done; never below nothing."""
        return Amounts(*(max(getattr(ordered, n) - getattr(self, n), 0) for n in NAMES))

    def above(self, ordered: Amounts) -> tuple[Need, ...]:
        """The amounts that go beyond the order."""
        return tuple(
            need for need in AMOUNTS if getattr(self, need.value) > getattr(ordered, need.value)
        )

    def reaches(self, ordered: Amounts) -> bool:
        """Whether all that was ordered is done."""
        return not self.left_of(ordered)

    @classmethod
    def given(cls, given: Given) -> Amounts:
        """The amounts of a payload; what is not named is nothing."""
        found: dict[str, Any] = {
            need.value: Decimal(str(value)) if need in LAND else int(value)
            for need in AMOUNTS
            if isinstance(value := given.get(need), int | str | Decimal) and value != ""
        }
        return cls(**found)


NAMES = tuple(each.name for each in fields(Amounts))
LAND = frozenset({Need.LAND, Need.RETURNED_LAND, Need.BODIES_LAND})
MONEY = frozenset({Need.MONEY, Need.RETURNED_MONEY, Need.BODIES_MONEY})


class Progress(StrEnum):
    """How far a decision or conclusion has been carried out."""

    NOT = "not"
    PARTLY = "partly"
    DONE = "done"


def outcome_proposed(ordered: Amounts, done: Amounts) -> Outcome | None:
    """What to note next: all done, as soon as the entries reach the order; else it is for people to say."""
    return Outcome.FULLY_ENFORCED if ordered and done.reaches(ordered) else None
