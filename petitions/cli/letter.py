"""``donthu letter``: one official form for one case, with the rights of one person."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import click

from config import clock
from petitions.cli.context import with_app
from petitions.cli.users import DAY
from petitions.codes import CodeError, parse_code
from petitions.documents.catalog import form_for
from petitions.errors import Invalid, NotFound
from petitions.queries.letters import case_exists, letters_of
from petitions.schemas.fields import load
from petitions.schemas.letters import FIELDS, letter_shape
from petitions.services import accounts, letters
from petitions.services.evidence import Stored
from workflows.strict_json import NotJson, loads
from workflows.vocabulary import Actor

OWNER_ONLY = 0o600


@click.command("letter")
@click.argument("key")
@click.argument("case")
@click.argument("out", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option(
    "--as", "acting", metavar="USER", required=True, help="Thực hiện với quyền của người này."
)
@click.option("--reason", metavar="TEXT", help="Lý do, khi văn bản ghi thông tin người tố cáo.")
@click.option("--on", type=DAY, help="Ngày ghi trên văn bản; mặc định hôm nay.")
@click.option(
    "--fields",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Tệp JSON các ô do người soạn điền; mặc định lấy của tờ trình gần nhất.",
)
@with_app
def letter_command(
    key: str,
    case: str,
    out: Path,
    acting: str,
    reason: str | None,
    on: date | None,
    fields: Path | None,
) -> None:
    """Lập dự thảo mẫu KEY (ví dụ nd124:03) của hồ sơ CASE vào tệp OUT.docx."""
    now = clock.now()
    day = on or clock.local_day(now)
    person = accounts.principal_named(acting, clock.local_day(now))
    if person is None:
        raise Invalid.at("--as", "Không có tài khoản này, hoặc không còn hiệu lực.")
    code = _known(key, case, day)
    if not out.parent.is_dir():
        raise click.BadParameter(f"không có thư mục {out.parent}", param_hint="OUT")
    draft = _draft(person.actor, code, key, day, reason, fields)
    with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY), "wb") as file:
        file.write(draft.data)


def _known(key: str, case: str, day: date) -> str:
    """The case's code, where form and case exist. Whoever runs this has the database in hand anyway."""
    try:
        form_for(key, day)
    except NotFound as error:
        raise Invalid.at("KEY", error.message) from error
    try:
        code = str(parse_code(case))
    except CodeError as error:
        raise Invalid.at("CASE", error.message) from error
    if not case_exists(code):
        raise Invalid.at("CASE", "Không có hồ sơ này.")
    return code


def _draft(
    actor: Actor, code: str, key: str, day: date, reason: str | None, file: Path | None
) -> Stored:
    kind = letters_of(actor, code).kind
    sealed = letters.names_the_denouncer(form_for(key, day), kind)
    if sealed and not (reason or "").strip():
        raise Invalid.at("--reason", "Văn bản này ghi thông tin người tố cáo: phải nêu lý do.")
    given = (
        letters.latest_fields(actor, code, key)
        if file is None
        else _read(actor, code, key, day, file)
    )
    if sealed:
        return letters.opened_draft(
            actor, code, key, given, on=day, reason=str(reason), now=clock.now()
        )
    return letters.draft_docx(actor, code, key, given, on=day)


def _read(actor: Actor, code: str, key: str, day: date, file: Path) -> Mapping[str, Any]:
    blanks = letters.letter_fields(actor, code, key, day)
    try:
        data = loads(file.read_bytes())
    except NotJson as error:
        raise Invalid.at("--fields", f"Không đọc được tệp JSON: {error}") from error
    shape = letter_shape([each.field for each in blanks])
    found: Mapping[str, Any] = load(shape, {FIELDS: data})[FIELDS]
    return found
