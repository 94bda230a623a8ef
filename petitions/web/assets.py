"""Style sheets and scripts: packed once, named after their content, kept by browsers for good.

The files of the pages and Bootstrap's style sheet are copied with a compressed twin into a folder of
the data directory whose name is a digest of all of them, so an address once handed out never changes
its meaning.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
from functools import cache
from pathlib import Path

import flask_bootstrap
from flask import Flask
from whitenoise import WhiteNoise

from petitions.installation import Installation

BOOTSTRAP = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5" / "css"
LOCATION = "donthu_assets"
"""Key in ``app.extensions`` under which the address of the packed files stands."""


def serve(app: Flask, own: Path) -> None:
    """Let the WhiteNoise around ``app`` answer for the packed files."""
    house: Installation = app.extensions["donthu"]
    files = _packed(own)
    digest = hashlib.sha256(b"".join(plain for _, plain, _ in files)).hexdigest()[:12]
    folder = house.settings.data_dir / "static" / digest
    if not folder.exists():
        _unpack(files, folder)
    front = app.wsgi_app
    if not isinstance(front, WhiteNoise):
        raise TypeError("static files are added once WhiteNoise stands in front")
    front.allow_all_origins = False
    front.max_age = WhiteNoise.FOREVER
    front.add_headers_function = _headers
    front.add_files(str(folder), prefix=f"static/{digest}/")
    app.extensions[LOCATION] = f"/static/{digest}/"


@cache
def _packed(own: Path) -> tuple[tuple[str, bytes, bytes], ...]:
    """(name, content, content compressed) of every file, in the order of their names."""
    paths = [*own.iterdir(), BOOTSTRAP / "bootstrap.min.css"]
    return tuple(
        (path.name, content, gzip.compress(content, 9, mtime=0))
        for path in sorted(paths, key=lambda each: each.name)
        if (content := path.read_bytes())
    )


def _unpack(files: tuple[tuple[str, bytes, bytes], ...], folder: Path) -> None:
    """Write the folder whole or not at all: several processes may start at once."""
    fresh = folder.with_name(f"{folder.name}.{os.getpid()}")
    fresh.mkdir(parents=True, exist_ok=True)
    for name, content, compressed in files:
        (fresh / name).write_bytes(content)
        (fresh / f"{name}.gz").write_bytes(compressed)
    try:
        fresh.rename(folder)
    except OSError:
        shutil.rmtree(fresh)  # another process was first
        if not folder.exists():
            raise


def _headers(headers: object, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"  # type: ignore[index]
    headers["Cache-Control"] = f"public, max-age={WhiteNoise.FOREVER}, immutable"  # type: ignore[index]
