"""``donthu deadlines`` and ``donthu law``: the law as a calculator and as a table. No database."""

from __future__ import annotations

import json
import os
import stat
import sys
from datetime import datetime
from pathlib import Path
from typing import NoReturn, cast

import click

from config.settings import ROOT
from workflows import calculator
from workflows.calendar_files import CalendarError, load_calendar
from workflows.explain import EVENTS, UNITS
from workflows.facts import RECEPTION, Matter
from workflows.lawbook import Lawbook, LawbookError, Quota, Rule
from workflows.rules import MATTERS
from workflows.strict_json import NotJson, loads
from workflows.vocabulary import Fact
from workflows.working_days import Calendar, Direction

FAILED, BAD_INPUT = 1, 2
MATTER_NAMES = {
    "complaint": "khiếu nại",
    "denunciation": "tố cáo",
    "recommendation": "kiến nghị",
    "feedback": "phản ánh",
    "reception": "tiếp công dân",
}


def stop(exit_code: int, line: str) -> NoReturn:
    """Leave with one line on standard error, whatever the terminal's encoding."""
    click.echo(line.encode(errors="backslashreplace"), err=True)
    sys.exit(exit_code)


def data_files(folder: str) -> list[Path]:
    """The shipped files of ``law`` or ``calendar``, or those of ``DONTHU_LAW_DIR``.

    Read here and not through the settings: the calculator needs no other setting and writes no key.
    """
    home = Path(os.environ.get("DONTHU_LAW_DIR") or ROOT / "config")
    return sorted((home / folder).glob("*.toml"))


def shipped_lawbook() -> Lawbook:
    """The rows of the law files."""
    try:
        return Lawbook.load(data_files("law"))
    except LawbookError as error:
        stop(FAILED, str(error))


def shipped_calendar() -> Calendar:
    """The years of the calendar files."""
    try:
        return load_calendar(data_files("calendar"))
    except CalendarError as error:
        stop(FAILED, str(error))


@click.command("deadlines")
@click.argument("source", metavar="IN.json")
@click.argument("target", metavar="[OUT.json]", default="-")
@click.option(
    "--calendar",
    "calendar_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Lịch làm việc (TOML hoặc JSON, một hay nhiều năm) dùng thay cho lịch có sẵn.",
)
def deadlines_command(source: str, target: str, calendar_file: Path | None) -> None:
    """Tính thời hạn theo luật cho danh sách vụ việc trong IN.json ("-": đầu vào chuẩn).

    Kết quả ghi ra OUT.json, hoặc đầu ra chuẩn khi không nêu hay là "-". Một mục sai thì không ghi gì.
    """
    try:
        raw = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as error:
        stop(BAD_INPUT, f"{source}: không đọc được: {error.strerror}")
    try:
        calendar = load_calendar([calendar_file]) if calendar_file else shipped_calendar()
        questions = calculator.parse(loads(raw))
    except CalendarError as error:
        stop(BAD_INPUT, str(error))
    except (NotJson, calculator.InputFault) as error:
        stop(BAD_INPUT, f"{source}: {error}")
    try:
        answers = calculator.answer(questions, shipped_lawbook(), calendar)
    except calculator.CountFailed as error:
        stop(FAILED, f"{source}: {error}")
    _write(target, json.dumps(answers, ensure_ascii=False, indent=1).encode() + b"\n")


def _write(target: str, content: bytes) -> None:
    """All of ``content`` or nothing: a file is replaced whole, and only once it is complete."""
    if target == "-":
        click.echo(content, nl=False)
        return
    try:
        path = Path(os.path.realpath(target))
        if path.exists() and not stat.S_ISREG(path.stat().st_mode):
            path.write_bytes(content)
            return
        draft = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            draft.write_bytes(content)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        stop(FAILED, f"{target}: không ghi được: {error.strerror}")


@click.group("law", invoke_without_command=True)
@click.option(
    "--on",
    "on",
    metavar="DATE",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Ngày cần tra, dạng YYYY-MM-DD.",
)
@click.option("--kind", type=click.Choice(MATTERS), help="Chỉ in thời hạn của loại này.")
@click.pass_context
def law_group(context: click.Context, on: datetime | None, kind: str | None) -> None:
    """In các thời hạn theo luật đang có hiệu lực vào một ngày."""
    if context.invoked_subcommand is not None:
        return
    if on is None:
        raise click.UsageError("cần --on DATE (YYYY-MM-DD)")
    day = on.date()
    book = shipped_lawbook()
    rules = book.in_force(day, cast(Matter, kind) if kind else None)
    _print(f"Thời hạn có hiệu lực ngày {day:%d/%m/%Y}: {len(rules)} dòng")
    for rule in rules:
        amount = f"{rule.amount} {UNITS[rule.unit]}"
        _entry(rule, amount, [_event(rule), _for_whom(rule)])
    if kind in {None, RECEPTION}:
        _print("\nĐịnh mức trực tiếp tiếp công dân")
        for quota in book.quotas_in_force(day):
            per = {"week": "tuần", "month": "tháng"}[quota.per]
            _entry(quota, f"{quota.amount} ngày/{per}", [])


def _entry(row: Rule | Quota, amount: str, details: list[str]) -> None:
    _print(f"\n{row.code:<9}{amount:<18}{row.title}")
    if details:
        _print(f"{'':27}{'; '.join(filter(None, details))}")
    confirm = "" if row.verified_by else " (cần xác nhận)"
    until = f" đến {row.valid_to:%d/%m/%Y}" if row.valid_to else ""
    _print(f"{'':27}{row.citation}{confirm}; từ {row.valid_from:%d/%m/%Y}{until}")


def _print(line: str) -> None:
    click.echo(line.encode())


def _event(rule: Rule) -> str:
    """The starting event, where it is one of a case's facts."""
    named = [EVENTS[Fact(each)] for each in rule.trigger_event if each in set(Fact)]
    relation = "trước" if rule.direction is Direction.BACKWARD else "kể từ"
    return f"{relation} {' hoặc '.join(named)}" if named else ""


def _for_whom(rule: Rule) -> str:
    kinds = ", ".join(MATTER_NAMES[kind] for kind in rule.kinds)
    instance = f" lần {rule.instances[0]}" if len(rule.instances) == 1 else ""
    return f"{kinds}{instance}"


@law_group.command("diff")
@click.option(
    "--law-dir",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Thư mục tệp luật cần so (mặc định: bộ đang dùng).",
)
def diff(law_dir: Path | None) -> None:
    """Cho biết thời hạn đang mở nào khác với tệp luật."""
    from petitions.cli.context import with_app
    from petitions.cli.moves import print_moves
    from petitions.services import timekeeping

    lawbook = _lawbook_in(law_dir) if law_dir else None
    with_app(lambda: print_moves(timekeeping.preview_law(lawbook)))()


@law_group.command("apply")
@click.option("--reason", required=True, help="Lý do, văn bản làm căn cứ.")
def apply(reason: str) -> None:
    """Tính lại các thời hạn đang mở theo tệp luật đang dùng; mỗi hồ sơ một dòng trong lịch sử."""
    from config.clock import now
    from petitions.cli.context import operating, with_app
    from petitions.services import timekeeping

    def work() -> None:
        instant = now()
        outcome = timekeeping.apply_law(reason=reason, actor=operating(instant), now=instant)
        click.echo(f"Tính lại {outcome.cases_moved} hồ sơ.")

    with_app(work)()


def _lawbook_in(folder: Path) -> Lawbook:
    """The law of a folder of rows, or of one laid out like ``DONTHU_LAW_DIR``."""
    if (folder / "law").is_dir():
        folder = folder / "law"
    try:
        return Lawbook.load(sorted(folder.glob("*.toml")))
    except LawbookError as error:
        stop(BAD_INPUT, str(error))
