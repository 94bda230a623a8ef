"""``donthu mail``: how the post stands, and what only an operator may do about it."""

from __future__ import annotations

import json

import click

from config import clock
from petitions.cli.context import operating, with_app


@click.group("mail")
def mail_group() -> None:
    """Thư nhắc việc: xem tình hình, cho gửi, gửi lại, dừng."""


@mail_group.command("status")
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")
@with_app
def status_command(as_json: bool) -> None:
    """Số tin và thư đang chờ, đang dừng; thư dừng kèm lý do của máy chủ."""
    from petitions.installation import installation
    from petitions.queries import operations
    from petitions.services.mailing import most_on

    now = clock.now()
    server = bool(installation().settings.mail_server)
    figures = {name: round(value) for name, value in operations.gauges(now).items()}
    parked = operations.parked()
    most = most_on(clock.local_day(now))
    if as_json:
        told = [
            {"id": each.id, "day": each.day.isoformat(), "error": each.error} for each in parked
        ]
        click.echo(json.dumps({"server": server, "most_today": most, **figures, "parked": told}))
        return
    if not server:
        click.echo("Chưa đặt MAIL_SERVER: không soạn và không gửi thư nào.")
    click.echo(
        "{outbox_depth} tin chờ soạn (lâu nhất {outbox_oldest_seconds} s), {outbox_held} tin bị giữ; "
        "{mails_queued} thư chờ gửi, {mails_sending} đang gửi, {mails_parked} dừng, {mails_sent} đã gửi; "
        "{reminders_with_nobody} lời nhắc không có người nhận.".format(**figures)
    )
    click.echo(f"Hôm nay gửi nhiều nhất {most} thư nếu không cho phép thêm.")
    for each in parked:
        click.echo(f"thư {each.id}, ngày {each.day}: {each.error}")


@mail_group.command("release")
@with_app
def release_command() -> None:
    """Cho gửi thư bị giữ sau một lần khôi phục."""
    from petitions.services.backup_restore import release_mail

    click.echo(f"Đã cho gửi {release_mail(clock.now())} tin và thư.")


@mail_group.command("permit")
@with_app
def permit_command() -> None:
    """Cho phép hôm nay gửi nhiều hơn mức thường ngày."""
    from petitions.services.mailing import permit

    now = clock.now()
    permit(now, operating(now).user_id)
    click.echo(f"Đã cho phép gửi nhiều hơn thường ngày trong ngày {clock.local_day(now)}.")


@mail_group.command("resend")
@click.argument("mail_id", type=click.IntRange(min=1))
@with_app
def resend_command(mail_id: int) -> None:
    """Đưa một thư đang dừng trở lại hàng chờ."""
    from petitions.services.mailing import resend

    resend(mail_id, clock.now())
    click.echo(f"Thư {mail_id} chờ gửi lại.")


@mail_group.command("park")
@click.argument("mail_id", type=click.IntRange(min=1))
@with_app
def park_command(mail_id: int) -> None:
    """Dừng một thư đang chờ gửi."""
    from petitions.services.mailing import park

    park(mail_id)
    click.echo(f"Thư {mail_id} đã dừng.")
