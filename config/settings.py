"""Settings: read from the environment once, typed, failing loudly with the variable's name."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from environs import Env, EnvError
from marshmallow.validate import OneOf, Range


class SettingsError(Exception):
    """An environment variable is missing or wrong; the message names it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between one installation and another. The README lists the variables."""

    database_url: str
    database_patience: int
    database_pool: int
    data_dir: Path
    key_file: Path
    anchor_file: Path
    upload_dir: Path
    secret_key: str
    base_url: str
    secure_cookies: bool
    trusted_proxies: int
    session_minutes: int
    login_attempts: int
    login_window_minutes: int
    log_level: str
    law_dir: Path
    mail_server: str
    mail_port: int
    mail_use_tls: bool
    mail_use_ssl: bool
    mail_username: str
    mail_password: str
    mail_sender: str
    metrics_token: str


ROOT = Path(__file__).resolve().parent.parent
VARIABLES = {
    "DATABASE_URL": "database; default an SQLite file in DONTHU_DATA_DIR",
    "DONTHU_DATABASE_PATIENCE": "seconds a write waits for its turn; default 15",
    "DONTHU_DATABASE_POOL": "PostgreSQL connections kept per process; default 5",
    "DONTHU_DATA_DIR": "where database, uploads and keys live; default ./var",
    "DONTHU_KEY_FILE": "sealing keys, outside the database; default DATA_DIR/keys.json",
    "DONTHU_ANCHOR_FILE": "daily anchors of the ledger; default DATA_DIR/anchors.jsonl",
    "DONTHU_UPLOAD_DIR": "stored papers; default DATA_DIR/uploads",
    "SECRET_KEY": "signs sessions and forms; default a random one kept in DATA_DIR/secret",
    "DONTHU_BASE_URL": "address people open; default http://127.0.0.1:8000",
    "DONTHU_SECURE_COOKIES": "true behind HTTPS; default false",
    "DONTHU_TRUSTED_PROXIES": "number of reverse proxies in front; default 0",
    "DONTHU_SESSION_MINUTES": "a session ends after so many idle minutes; default 60",
    "DONTHU_LOGIN_ATTEMPTS": "failed sign-ins allowed per name and address in the window; default 5",
    "DONTHU_LOGIN_WINDOW_MINUTES": "length of that window; default 15",
    "DONTHU_LOG_LEVEL": "DEBUG, INFO, WARNING or ERROR; default INFO",
    "DONTHU_LAW_DIR": "folder with law/ calendar/ catalog/; default the shipped config/",
    "MAIL_SERVER": "SMTP host; empty sends nothing",
    "MAIL_PORT": "SMTP port; default 587",
    "MAIL_USE_TLS": "STARTTLS; default true",
    "MAIL_USE_SSL": "TLS from the first byte; default false",
    "MAIL_USERNAME": "SMTP account",
    "MAIL_PASSWORD": "SMTP password",
    "MAIL_SENDER": "From address; default donthu@localhost",
    "DONTHU_METRICS_TOKEN": "who may read /metrics from elsewhere; empty: only this machine",
}
"""Every variable with its meaning; the README's table is tested against it."""


def load_settings() -> Settings:
    """Parse the environment. Raises ``SettingsError`` naming the first wrong variable."""
    try:
        return _parse(Env())
    except EnvError as error:
        raise SettingsError(str(error)) from error


def _parse(env: Env) -> Settings:
    data_dir = env.path("DONTHU_DATA_DIR", ROOT / "var").resolve()
    return Settings(
        database_url=_database_url(env.str("DATABASE_URL", f"sqlite:///{data_dir}/donthu.sqlite3")),
        database_patience=env.int("DONTHU_DATABASE_PATIENCE", 15, validate=Range(1, 120)),
        database_pool=env.int("DONTHU_DATABASE_POOL", 5, validate=Range(1, 100)),
        data_dir=data_dir,
        key_file=env.path("DONTHU_KEY_FILE", data_dir / "keys.json"),
        anchor_file=env.path("DONTHU_ANCHOR_FILE", data_dir / "anchors.jsonl"),
        upload_dir=env.path("DONTHU_UPLOAD_DIR", data_dir / "uploads"),
        secret_key=env.str("SECRET_KEY", "") or _kept_secret(data_dir / "secret"),
        base_url=env.str("DONTHU_BASE_URL", "http://127.0.0.1:8000").rstrip("/"),
        secure_cookies=env.bool("DONTHU_SECURE_COOKIES", False),
        trusted_proxies=env.int("DONTHU_TRUSTED_PROXIES", 0, validate=Range(0, 5)),
        session_minutes=env.int("DONTHU_SESSION_MINUTES", 60, validate=Range(5, 720)),
        login_attempts=env.int("DONTHU_LOGIN_ATTEMPTS", 5, validate=Range(1, 100)),
        login_window_minutes=env.int("DONTHU_LOGIN_WINDOW_MINUTES", 15, validate=Range(1, 1440)),
        log_level=env.str(
            "DONTHU_LOG_LEVEL", "INFO", validate=OneOf(["DEBUG", "INFO", "WARNING", "ERROR"])
        ),
        law_dir=env.path("DONTHU_LAW_DIR", ROOT / "config"),
        mail_server=env.str("MAIL_SERVER", ""),
        mail_port=env.int("MAIL_PORT", 587, validate=Range(1, 65535)),
        mail_use_tls=env.bool("MAIL_USE_TLS", True),
        mail_use_ssl=env.bool("MAIL_USE_SSL", False),
        mail_username=env.str("MAIL_USERNAME", ""),
        mail_password=env.str("MAIL_PASSWORD", ""),
        mail_sender=env.str("MAIL_SENDER", "donthu@localhost"),
        metrics_token=env.str("DONTHU_METRICS_TOKEN", ""),
    )


def _database_url(url: str) -> str:
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise SettingsError("DATABASE_URL: only sqlite:/// and postgresql:// are known")
    return url


def _kept_secret(path: Path) -> str:
    """A random secret made on first use, so that sessions survive a restart without any setting."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_hex(32), encoding="ascii")
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass  # another process was first; its secret is everybody's
        finally:
            fresh.unlink()
    return path.read_text(encoding="ascii").strip()
