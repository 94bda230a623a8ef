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
        raise Invalid.at(error.field or "on", error.reason_vi) from error
    except NotPermitted as error:
        if error.field is not None:
            raise Invalid.at(error.field, error.reason_vi) from error
        raise NotAllowedNow(error.reason_vi, error.article) from error
