"""Running a command inside the wired application."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import ParamSpec, TypeVar

import click

from config.database import transaction
from petitions.errors import DomainError, Invalid
from petitions.services.operator import operator
from workflows.vocabulary import Actor

P = ParamSpec("P")
R = TypeVar("R")


def operating(now: datetime) -> Actor:
    """The account the command line acts under."""
    with transaction() as session:
        return operator(session, now)


def with_app(command: Callable[P, R]) -> Callable[P, R]:
    """Give the command an application context; a refusal becomes one line on standard error.

    Wrong input leaves with 2, any other refusal with 1.
    """

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        from petitions.app import create_app

        with create_app().app_context():
            try:
                return command(*args, **kwargs)
            except Invalid as error:
                for field, messages in error.fields.items():
                    click.echo(f"{field}: {'; '.join(messages)}", err=True)
                raise click.exceptions.Exit(2) from error
            except DomainError as error:
                click.echo(error.message, err=True)
                raise click.exceptions.Exit(1) from error

    return run
