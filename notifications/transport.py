"""The way to the mail server: Flask-Mail's messages over a connection that verifies and times out."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.header import Header
from email.policy import compat32
from email.utils import formatdate
from types import TracebackType
from typing import Any, Protocol, cast

from flask import current_app
from flask_mail import Connection, Message

from notifications.states import AttemptOutcome

TIMEOUT = 20
"""Seconds the server may be silent."""
REPLY_KEPT = 300
_FOLDED = compat32.clone(linesep="\r\n")
"""The newer policies lose a space where they break a long Vietnamese subject into two encoded words."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said to one mail; ``reply`` never holds the text of the mail."""

    outcome: AttemptOutcome
    reply: str = ""


class Transport(Protocol):
    """An open way to a server for one run."""

    def offer(self, address: str, frozen: bytes) -> Answer:
        """Hand one frozen mail over; never raises for what a server may do."""

    def close(self) -> None:
        """Hang up."""


class Unreachable(Exception):
    """No server answers; nothing was offered to anybody."""


def freeze(
    *,
    address: str,
    subject: str,
    text: str,
    html: str,
    message_id: str,
    at: float,
    headers: Mapping[str, str],
) -> bytes:
    """The bytes of a mail, made once. ``at`` is the instant of its Date header, seconds since 1970."""
    message = Message(
        subject=subject,
        recipients=[address],
        body=text,
        html=html,
        date=at,
        extra_headers={"Auto-Submitted": "auto-generated", **headers},
    )
    message.msgId = message_id
    if message.has_bad_headers():
        raise ValueError("a header of this mail would break off")
    made = message._message()
    made.policy = _FOLDED
    made.replace_header("Subject", cast(str, Header(subject, header_name="Subject")))
    # the date must not depend on the zone of the machine
    made.replace_header("Date", formatdate(at, usegmt=True))
    return bytes(made.as_bytes())


class SmtpTransport(Connection):
    """One SMTP session by the settings; the certificate is checked, silence ends in ``TIMEOUT``."""

    def __init__(self) -> None:
        super().__init__(current_app.extensions["mail"])
        try:
            self.host = self.configure_host()
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable(_brief(error)) from error

    def configure_host(self) -> smtplib.SMTP | smtplib.SMTP_SSL:
        """Connect, encrypt and sign in as the settings say."""
        mail: Any = self.mail
        safe = ssl.create_default_context()
        host: smtplib.SMTP
        if mail.use_ssl:
            host = smtplib.SMTP_SSL(mail.server, mail.port, timeout=TIMEOUT, context=safe)
        else:
            host = smtplib.SMTP(mail.server, mail.port, timeout=TIMEOUT)
        if mail.use_tls:
            host.starttls(context=safe)
        if mail.username and mail.password:
            host.login(mail.username, mail.password)
        return host

    def offer(self, address: str, frozen: bytes) -> Answer:
        """Hand one frozen mail over under the sender of the settings."""
        host: Any = self.host
        try:
            host.sendmail(self.mail.default_sender, [address], frozen)
        except smtplib.SMTPRecipientsRefused as error:
            code, reply = next(iter(error.recipients.values()))
            return _judged(code, reply)
        except smtplib.SMTPResponseException as error:
            return _judged(error.smtp_code, error.smtp_error)
        except (OSError, smtplib.SMTPException) as error:
            return Answer(AttemptOutcome.UNCERTAIN, _brief(error))
        return Answer(AttemptOutcome.ACCEPTED)

    def close(self) -> None:
        """Say goodbye if the server still listens."""
        host: Any = self.host
        try:
            host.quit()
        except (OSError, smtplib.SMTPException):
            host.close()

    def __exit__(
        self, exc_type: type[BaseException], exc_value: BaseException, tb: TracebackType
    ) -> None:
        self.close()


def _judged(code: int, reply: bytes | str) -> Answer:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    outcome = AttemptOutcome.REFUSED if 500 <= code < 600 else AttemptOutcome.LATER
    return Answer(outcome, f"{code} {text}"[:REPLY_KEPT])


def _brief(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:REPLY_KEPT]
