"""Fixtures: every test that asks for ``app`` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings

from config.settings import Settings, load_settings
from tests.applications import Applications
from tests.databases import PostgresDatabases, SqliteDatabases, postgres_server, quick_folder
from tests.world import World, build

settings.register_profile(
    "default",
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("default")

TODAY = date(2026, 11, 20)
"""The day the tests live on: a Friday, four days before the first 24 November holiday."""
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
"""09:00 of that day in Vietnam."""


def pytest_collection_finish() -> None:
    """What was imported by now stays to the end; looking through it again and again takes a third of the time."""
    gc.collect()
    gc.freeze()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test that needs a database once per product."""
    if "database" not in metafunc.fixturenames:
        return
    products = ["sqlite", "postgresql"]
    if metafunc.definition.get_closest_marker("sqlite_only"):
        products = ["sqlite"]
    if metafunc.definition.get_closest_marker("postgres_only"):
        products = ["postgresql"]
    metafunc.parametrize("database", products)


@pytest.fixture(scope="session")
def sqlite_databases() -> Iterator[SqliteDatabases]:
    """The migrated SQLite template of this session."""
    folder = quick_folder("donthu-sqlite-")
    yield SqliteDatabases(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_databases() -> Iterator[PostgresDatabases]:
    """The migrated PostgreSQL template of this session."""
    with postgres_server() as url:
        databases = PostgresDatabases(url)
        yield databases
        databases.close()


@pytest.fixture
def database_url(database: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty, migrated database of the product the test is run on."""
    source = request.getfixturevalue(
        {"sqlite": "sqlite_databases", "postgresql": "postgres_databases"}[database]
    )
    with source.emptied() as url:
        yield url


@pytest.fixture
def house_settings(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of an installation that lives in the test's own folder."""
    monkeypatch.setenv("DONTHU_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("SECRET_KEY", "only-for-tests")
    return replace(load_settings(), log_level="ERROR")


@pytest.fixture(scope="session")
def applications(tmp_path_factory: pytest.TempPathFactory) -> Applications:
    """One wired application per product; wiring it anew for each test would take most of the time."""
    return Applications(tmp_path_factory.mktemp("house"))


@pytest.fixture
def app(
    house_settings: Settings, applications: Applications, request: pytest.FixtureRequest
) -> Iterator[Flask]:
    """The wired application over an empty database, inside an application context.

    A test that wires more into it is marked ``own_app`` and gets one nobody else has.
    """
    alone = request.node.get_closest_marker("own_app") is not None
    with applications.over(house_settings, alone=alone) as application, application.app_context():
        yield application
        from config.database import db

        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def world(app: Flask) -> World:
    """The cast, in the database of ``app``."""
    return build()
