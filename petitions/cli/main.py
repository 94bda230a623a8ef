"""``donthu``: the command line. Exit codes: 0 done, 1 the work failed, 2 bad usage or unreadable input."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from config.settings import SettingsError

COMMANDS = {
    "deadlines": "petitions.cli.law:deadlines_command",
    "law": "petitions.cli.law:law_group",
    "id-card": "petitions.cli.idcard:id_card_command",
    "hotspots": "petitions.cli.hotspots:hotspots_group",
    "db": "petitions.cli.database:db_group",
    "key": "petitions.cli.keys:key_group",
    "user": "petitions.cli.users:user_group",
    "places": "petitions.cli.places:places_group",
    "import": "petitions.cli.imports:import_command",
    "import-promises": "petitions.cli.promises:import_promises_command",
    "report": "petitions.cli.report:report_command",
    "letter": "petitions.cli.letter:letter_command",
    "demo": "petitions.cli.demo:demo_command",
    "sweep": "petitions.cli.watch:sweep_command",
    "scheduler": "petitions.cli.watch:scheduler_command",
    "jobs": "petitions.cli.watch:jobs_command",
    "mail": "petitions.cli.mail:mail_group",
    "audit": "petitions.cli.audit:audit_group",
    "backup": "petitions.cli.backup:backup_command",
    "restore": "petitions.cli.backup:restore_command",
    "calendar": "petitions.cli.calendar:calendar_group",
    "serve": "petitions.cli.serve:serve_command",
}


class LazyGroup(click.Group):
    """Loads a command's module only when it is called: ``donthu deadlines`` needs no database driver."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        target = COMMANDS.get(cmd_name)
        if target is None:
            return None
        module, name = target.split(":")
        command: click.Command = getattr(import_module(module), name)
        return command


@click.group(cls=LazyGroup)
def cli() -> None:
    """Đơn Thư: quản lý khiếu nại, tố cáo, kiến nghị, phản ánh."""


def main() -> None:
    """Entry point of the console script."""
    try:
        cli()
    except SettingsError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
