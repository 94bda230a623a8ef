"""Tables people take along: .xlsx files under names that hold nothing personal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

from flask import Response

from petitions.documents.official_tables import Signing, official_tables
from petitions.documents.tables import MEDIA_TYPE, Sheet, workbook
from petitions.installation import installation
from petitions.queries.statistics.figures import Report
from petitions.web.session import moment

WORKING = "working"
"""Folder in the data directory where files are put together."""
_CHUNK = 64 * 1024


def table_file(sheets: Iterable[Sheet], name: str) -> Response:
    """The answer that carries ``sheets`` as ``name``.xlsx; ``name`` is plain ASCII."""
    folder = installation().settings.data_dir / WORKING
    file = workbook(sheets, made=moment(), folder=folder)
    response = Response(file_chunks(file), mimetype=MEDIA_TYPE)
    response.call_on_close(file.close)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def official_file(reports: Sequence[Report], signing: Signing, name: str) -> Response:
    """The answer that carries statistical tables in the official shape as ``name``.xlsx."""
    folder = installation().settings.data_dir / WORKING
    file = official_tables(reports, signing, made=moment(), folder=folder)
    response = Response(file_chunks(file), mimetype=MEDIA_TYPE)
    response.call_on_close(file.close)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def file_chunks(file: BinaryIO) -> Iterator[bytes]:
    """The file, piece by piece."""
    while chunk := file.read(_CHUNK):
        yield chunk
