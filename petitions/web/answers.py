"""Answering a form that was sent: on with a word, or back on its page with what was typed."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect
from werkzeug.wrappers import Response

from petitions.errors import Invalid, Stale
from petitions.web.forms import Form

Answer = Response | str | tuple[str, int]


def answered(form: Form, page: Callable[..., str], send: Callable[[], str], done: str) -> Answer:
    """Do ``send`` and go on to the address it returns, saying ``done``.

    Wrong input brings ``page`` back with the faults beside what was typed, a stale version with
    ``stale`` set.
    """
    try:
        target = send()
    except Invalid as error:
        return page(form.refused(error.fields)), 422
    except Stale:
        return page(form, stale=True), 409
    flash(done, "done")
    return redirect(target)
