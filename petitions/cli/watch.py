"""``donthu sweep``, ``donthu scheduler``, ``donthu jobs``: the deadline watch and what runs by the clock."""

from __future__ import annotations

import json
import signal
from dataclasses import asdict
from datetime import datetime
from threading import Event
from typing import Any

import click
from flask import current_app

from config import clock
from config.database import Busy
from petitions.cli.context import with_app


class Instant(click.ParamType[datetime]):
    """An ISO instant or day; without a zone it is Vietnamese time, a day means its beginning."""

    name = "instant"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        try:
            given = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} không phải thời điểm ISO (2026-11-20T06:00).", param, ctx)
        return given if given.tzinfo else given.replace(tzinfo=clock.VIETNAM)


@click.command("sweep")
@click.option("--at", "at", type=Instant(), help="Quét như vào thời điểm này; mặc định: bây giờ.")
@click.option("--dry-run", is_flag=True, help="Chỉ đếm, không ghi gì.")
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")
@with_app
def sweep_command(at: datetime | None, dry_run: bool, as_json: bool) -> None:
    """Một lượt canh hạn: gắn và gỡ cờ sắp hạn, quá hạn, kéo dài; xếp lời nhắc. Không đổi trạng thái nào."""
    from petitions.services.watch import sweep

    now = clock.now()
    try:
        result = asdict(sweep(at or now, dry_run=dry_run, now=now))
    except Busy as error:
        raise click.ClickException("Cơ sở dữ liệu đang bận; hãy chạy lại sau ít phút.") from error
    if as_json:
        click.echo(json.dumps(result))
        return
    click.echo(
        "Đã xem {looked} vụ việc: gắn {flagged} cờ, gỡ {cleared} cờ, xếp {queued} lời nhắc.".format(
            **result
        )
    )
    if result["failed"]:
        click.echo(f"{result['failed']} vụ việc không xét được; mã nằm trong nhật ký.", err=True)


@click.command("scheduler")
@with_app
def scheduler_command() -> None:
    """Chạy các việc định kỳ cho đến khi bị dừng; nhiều tiến trình cùng chạy vẫn an toàn."""
    from petitions.jobs.schedule import JOBS
    from petitions.jobs.scheduler import Scheduler

    stop = Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, lambda _signum, _frame: stop.set())
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    Scheduler(app, JOBS, clock.now).serve(stop)


@click.command("jobs")
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")
@with_app
def jobs_command(as_json: bool) -> None:
    """Các việc định kỳ: lần chạy gần nhất và sắp tới, thời gian chạy, kết quả, độ trễ."""
    from petitions.jobs.report import report

    lines = [
        {
            "job": job.name,
            "last": job.last and _last(job.last),
            "next": _local(job.next),
            "lag": round(job.lag.total_seconds()),
            "late": job.late,
        }
        for job in report(clock.now())
    ]
    if as_json:
        click.echo(json.dumps(lines, ensure_ascii=False))
        return
    for line in lines:
        click.echo(_told(line))


def _last(run: Any) -> dict[str, Any]:
    return {
        "slot": _local(run.slot),
        "started_at": _local(run.started_at),
        "finished_at": run.finished_at and _local(run.finished_at),
        "seconds": None if run.took is None else round(run.took.total_seconds(), 3),
        "outcome": run.outcome,
        "counts": dict(run.counts),
        "error": run.error,
        "owner": run.owner,
    }


def _told(line: dict[str, Any]) -> str:
    last = line["last"]
    if last is None:
        ran = "chưa chạy lần nào"
    else:
        took = (
            "đang chạy" if last["seconds"] is None else f"{last['outcome']} sau {last['seconds']} s"
        )
        counts = ", ".join(f"{name} {count}" for name, count in last["counts"].items())
        ran = " · ".join(
            part for part in (f"lần cuối {last['slot']}", took, counts, last["error"]) if part
        )
    return f"{line['job']}: {ran} · lần tới {line['next']} · trễ {line['lag']} s"


def _local(instant: datetime) -> str:
    return clock.local_time(instant).isoformat(timespec="seconds")
