"""Applications wired once per worker and product, made as good as new for each test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask

from config.settings import Settings


class Applications:
    """Applications by the database they are bound to; ``folder`` holds what belongs to all tests."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._wired: dict[str, Flask] = {}

    @contextmanager
    def over(self, settings: Settings, *, alone: bool) -> Iterator[Flask]:
        """The application bound to ``settings.database_url`` with the settings, keys and folders of one test."""
        from petitions import rulebook

        app = None if alone else self._wired.get(settings.database_url)
        if app is None:
            app = self._wire(settings)
        if not alone:
            self._wired[settings.database_url] = app
        config, extensions = dict(app.config), dict(app.extensions)
        app.extensions["donthu"] = _installation(app, settings)
        rulebook._cached.clear()
        yield app
        app.config.clear()
        app.config.update(config)
        app.extensions.clear()
        app.extensions.update(extensions)

    def _wire(self, settings: Settings) -> Flask:
        from petitions.app import create_app

        folder = self._folder / f"house-{len(self._wired)}"
        app = create_app(
            replace(
                settings,
                data_dir=folder,
                upload_dir=folder / "uploads",
                key_file=folder / "keys.json",
            )
        )
        app.config["TESTING"] = True
        return app


def _installation(app: Flask, settings: Settings) -> Any:
    """The law stays, keys are new: what one test sealed no other one opens."""
    from petitions.sealing import Keyring

    for folder in (settings.data_dir, settings.upload_dir):
        folder.mkdir(parents=True, exist_ok=True)
    keyring = Keyring.generate(settings.key_file)
    return replace(app.extensions["donthu"], settings=settings, keyring=keyring)
