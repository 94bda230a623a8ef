"""Composition."""

from __future__ import annotations

import io
import tempfile

import pytest
from flask import Flask, request


def test_uploads_are_never_spooled_to_disk(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even a paper of two megabytes is read in memory: no temporary file is opened."""

    def refused(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("a temporary file was opened")

    for name in ("TemporaryFile", "SpooledTemporaryFile", "NamedTemporaryFile"):
        monkeypatch.setattr(tempfile, name, refused)
    data = {"file": (io.BytesIO(b"x" * 2_000_000), "don.pdf")}
    with app.test_request_context("/", method="POST", data=data):
        assert len(request.files["file"].read()) == 2_000_000
        assert isinstance(request.files["file"].stream, io.BytesIO)
