"""``donthu db``: create or migrate the database of ``DATABASE_URL``."""

from __future__ import annotations

import click

from config.database import db, transaction
from config.settings import load_settings
from petitions import schema
from petitions.app import create_app
from petitions.services import reference


@click.group("db")
def db_group() -> None:
    """Cơ sở dữ liệu."""


@db_group.command("upgrade")
def upgrade() -> None:
    """Tạo mới hoặc nâng cấp cơ sở dữ liệu, nạp danh mục và lịch ban đầu."""
    settings = load_settings()
    with create_app(settings).app_context():
        before = schema.present_revision(db.engine)
        schema.upgrade(db.engine)
        with transaction() as session:
            reference.seed(session, settings.law_dir)
        click.echo(f"{before or 'trống'} → {schema.present_revision(db.engine)}")
