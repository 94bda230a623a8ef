"""The lifecycle's refusals in this floor's words."""

from __future__ import annotations

from collections.abc import Callable

from petitions.errors import Invalid, NotAllowedNow
from workflows.lifecycle import Move, NotPermitted, WrongDay


def allowed(decide: Callable[[], Move]) -> Move:
    """Run a decision: a wrong field or day becomes ``Invalid``, anything else ``NotAllowedNow``."""
    try:
        return decide()
    except WrongDay as error:
        raise Invalid.at(error.field or "on", error.reason) from error
    except NotPermitted as error:
        if error.field is not None:
            raise Invalid.at(error.field, error.reason) from error
        raise NotAllowedNow(error.reason, error.article) from error
