"""The demonstration province: made-up places, bodies, people and cases, lived through the real commands."""

from petitions.services.demo.loading import (
    PASSWORD,
    Account,
    accounts,
    is_demo,
    is_empty,
    is_half,
    load,
    nearest_day,
    prepare,
    slips_to_try,
    wipe,
)

__all__ = [
    "PASSWORD",
    "Account",
    "accounts",
    "is_demo",
    "is_empty",
    "is_half",
    "load",
    "nearest_day",
    "prepare",
    "slips_to_try",
    "wipe",
]
