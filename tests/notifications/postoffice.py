"""A real mail server on the loopback that does what a test tells it to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from flask import Flask


@dataclass
class PostOffice:
    """What arrived, and what the next offers are answered with (``drop`` hangs up after DATA)."""

    port: int = 0
    answers: list[str] = field(default_factory=list)
    taken: list[bytes] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Take or refuse one mail."""
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250") or answer == "drop":
            self.taken.append(envelope.content)
        if answer == "drop":
            server.transport.close()
            return "250 OK"
        return answer

    def mails(self) -> list[EmailMessage]:
        """The mails that arrived, parsed."""
        return [message_from_bytes(raw, policy=policy.default) for raw in self.taken]


class _OnAnyPort(Controller):
    """A controller that takes a free port and greets itself there."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def post_office(app: Flask, office: PostOffice | None = None) -> Iterator[PostOffice]:
    """A server for as long as the block lasts; the app's mail goes there."""
    office = office or PostOffice()
    controller = _OnAnyPort(office, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        office.port = controller.port
        mail = app.extensions["mail"]
        mail.server, mail.port = "127.0.0.1", office.port
        mail.use_tls = mail.use_ssl = False
        mail.username = mail.password = ""
        mail.default_sender = "donthu@example.vn"
        yield office
    finally:
        controller.stop()
