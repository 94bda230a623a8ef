"""Composition: the only place that wires settings, law, keys, database and edges together."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from io import BytesIO
from typing import IO, Any

from flask import Flask, Request
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from config.database import init_database
from config.extensions import bootstrap, csrf, login_manager, mail
from config.log import configure_logging
from config.settings import Settings, load_settings
from petitions import api, web
from petitions.installation import Installation
from petitions.jobs.report import report
from petitions.sealing import KeyFileError, Keyring
from workflows.lawbook import Lawbook
from workflows.lifecycle import check_table

REQUEST_LIMIT = 32 * 1024 * 1024
"""Bytes of one request: the largest paper (25 MB) with its form around it."""
TEXT_LIMIT = 16 * 1024 * 1024
"""Typed text read at all: far more than any field takes, so that the field can say so and keep the rest."""


class InMemoryRequest(Request):
    """Uploads never touch the temporary folder: a paper to be sealed would lie there in clear."""

    def _get_file_stream(self, *_args: Any, **_kwargs: Any) -> IO[bytes]:
        return BytesIO()


def create_app(settings: Settings | None = None) -> Flask:
    """The application. Raises ``SettingsError``, ``LawbookError`` or ``KeyFileError`` when it may not start."""
    settings = settings or load_settings()
    configure_logging(settings.log_level)
    for folder in (settings.data_dir, settings.upload_dir):
        folder.mkdir(parents=True, exist_ok=True)
    app = Flask("petitions.web", root_path=str(web.FOLDER))
    app.request_class = InMemoryRequest
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=REQUEST_LIMIT,
        MAX_FORM_MEMORY_SIZE=TEXT_LIMIT,
        MAX_FORM_PARTS=5000,
        SESSION_COOKIE_NAME="donthu",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        PERMANENT_SESSION_LIFETIME=timedelta(minutes=settings.session_minutes),
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        BOOTSTRAP_SERVE_LOCAL=True,
        MAIL_SERVER=settings.mail_server,
        MAIL_PORT=settings.mail_port,
        MAIL_USE_TLS=settings.mail_use_tls,
        MAIL_USE_SSL=settings.mail_use_ssl,
        MAIL_USERNAME=settings.mail_username or None,
        MAIL_PASSWORD=settings.mail_password or None,
        MAIL_DEFAULT_SENDER=settings.mail_sender,
        JSON_AS_ASCII=False,
    )
    init_database(app, settings)
    bootstrap.init_app(app)
    csrf.init_app(app)
    login_manager.init_app(app)
    mail.init_app(app)

    lawbook = Lawbook.load(sorted((settings.law_dir / "law").glob("*.toml")))
    check_table(lawbook)
    app.extensions["donthu"] = Installation(settings, lawbook, _keyring(settings))

    app.extensions["donthu.jobs"] = report
    web.register(app)
    api.register(app)
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    app.wsgi_app = WhiteNoise(app.wsgi_app, autorefresh=app.debug)  # type: ignore[method-assign]
    web.add_static_files(app)
    return app


def _keyring(settings: Settings) -> Keyring:
    """The keys; made on first use while nothing can have been sealed under others."""
    if not settings.key_file.exists():
        with contextlib.suppress(KeyFileError):  # another process made them a moment ago
            return Keyring.generate(settings.key_file)
    return Keyring.load(settings.key_file)
