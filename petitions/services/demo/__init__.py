"""The demonstration province: made-up places, bodies, people and cases, lived through the real commands."""

from petitions.services.demo.loading import (
    Account,
    accounts,
    is_demo,
    is_empty,
    is_whole,
    latest_day,
    load,
    wipe,
)

__all__ = [
    "Account",
    "accounts",
    "is_demo",
    "is_empty",
    "is_whole",
    "latest_day",
    "load",
    "wipe",
]
