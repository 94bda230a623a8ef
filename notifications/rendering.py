"""Mails from templates: one of plain text, one of HTML, both from the same values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def rendered(mail: str, /, **values: Any) -> tuple[str, str]:
    """Text and HTML of the ``mail``."""
    text, html = (
        _TEMPLATES.get_template(f"{mail}.{kind}").render(values) for kind in ("txt", "html")
    )
    return text, html
