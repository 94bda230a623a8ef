"""What an installation is made of besides its database: settings, the law as shipped, the keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import current_app

from config.settings import Settings
from petitions.sealing import Keyring
from workflows.lawbook import Lawbook


@dataclass(frozen=True, slots=True)
class Installation:
    """Put together once by ``petitions.app`` and read everywhere else."""

    settings: Settings
    lawbook: Lawbook
    keyring: Keyring


def installation() -> Installation:
    """The installation of the current application context."""
    return cast(Installation, current_app.extensions["donthu"])
