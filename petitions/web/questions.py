"""Small forms: a title, some inputs, one button. What they do is a service's; here they are asked and answered."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import flash, redirect, render_template, request
from werkzeug.wrappers import Response

from petitions.errors import Conflict, Invalid
from petitions.web.forms import Form, Group, Option

Answered = Response | str | tuple[str, int]


WHOLE = "noi-dung"
"""Id of the page's main part."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One input. ``widget`` is text, date, area, select, grouped, check, checks, radios or password."""

    widget: str
    name: str
    label: str
    help: str = ""
    required: bool = False
    options: Sequence[Option] | Sequence[Group] = ()
    cls: str = "c12"
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A page that asks. ``back`` is where the person came from, also when they give up."""

    title: str
    asks: Sequence[Ask]
    button: str
    back: str
    back_text: str
    lead: str = ""
    grave: bool = False
    above: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)

    def answer(self, start: Mapping[str, Any], do: Callable[[], str | None], done: str) -> Answered:
        """Show the form; when it was sent, ``do`` it and go where it says (or back)."""
        if request.method == "GET":
            return self.page(Form.of(start))
        form = Form.posted()
        try:
            target = do()
        except Invalid as error:
            return self.page(self.told(form, error.fields)), 422
        except Conflict as error:
            return self.page(form, warning=error.message), 409
        flash(done, "done")
        return redirect(target or self.back)

    def told(self, form: Form, faults: Mapping[str, list[str]]) -> Form:
        """The form with each fault at the input that stands for it; what has none, at the whole."""
        names = {each.name for each in self.asks}
        found: dict[str, list[str]] = {}
        for path, messages in faults.items():
            parts = path.split(".")
            above = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
            place = next((name for name in above if name in names), WHOLE)
            found.setdefault(place, []).extend(messages)
        return form.refused(found)

    def page(self, form: Form, warning: str = "", **more: Any) -> str:
        """The page with what was typed."""
        return render_template(
            "question.html", question=self, form=form, warning=warning, **self.context, **more
        )


SEEN = "_seen"


def digest(form: Form) -> str:
    """What a form says, in short: a preview is good for exactly that."""
    said = sorted((name, tuple(each)) for name, each in form.values.items() if name[0] != "_")
    return hashlib.sha256(repr(said).encode()).hexdigest()


def previewed(form: Form) -> bool:
    """Whether the person confirms what the preview showed, unchanged."""
    return "_apply" in request.form and form.value(SEEN) == digest(form)
