"""Pages: one blueprint per audience."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

FOLDER = Path(__file__).parent


def register(app: Flask) -> None:
    """Attach every page, error page and header."""


def add_static_files(app: Flask) -> None:
    """Serve static files precompressed, far-future."""
