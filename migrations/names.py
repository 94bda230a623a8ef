"""What autogenerate and the schema test look at."""

from __future__ import annotations

from typing import Any


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """Leave the full-text index alone: its table, column and index are made by hand in a migration."""
    return kind not in {"table", "column", "index"} or not (name or "").startswith(
        ("case_search", "search_vector")
    )
