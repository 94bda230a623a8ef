"""The one Jinja environment letters are filled in: a few filters, no globals, no calls, nothing undefined."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import StrictUndefined
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from petitions.documents import phrases

FILTERS = {
    "ngay": phrases.long_day,
    "Ngay": phrases.sentence_day,
    "ngay_ngan": phrases.short_day,
    "gio": phrases.hour,
    "so": phrases.two_digits,
    "hoa": phrases.capitals,
}


class _Sandbox(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset(ImmutableSandboxedEnvironment.default_binop_table)
    intercepted_unops = frozenset(ImmutableSandboxedEnvironment.default_unop_table)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        return not attr.startswith("_") and super().is_safe_attribute(obj, attr, value)

    def is_safe_callable(self, obj: Any) -> bool:
        return False

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        # 'a' * 10**9 would fill the memory; a letter needs no arithmetic
        raise self._no_arithmetic(operator)

    def call_unop(self, context: Any, operator: str, arg: Any) -> Any:
        raise self._no_arithmetic(operator)

    @staticmethod
    def _no_arithmetic(operator: str) -> Exception:
        return SecurityError(f"no arithmetic in templates: {operator}")


@cache
def environment() -> ImmutableSandboxedEnvironment:
    """The environment; values are escaped for XML and HTML, and printed as ``phrases.in_words`` says."""
    made = _Sandbox(autoescape=True, undefined=StrictUndefined, finalize=phrases.in_words)
    made.globals.clear()
    made.tests.clear()
    made.filters.clear()
    made.filters.update(FILTERS)
    return made


def fill(source: str, values: Mapping[str, Any]) -> str:
    """One line of the catalogue with its fields filled in, as plain text.

    Raises ``jinja2.TemplateError`` for what ``tags.read`` would have refused.
    """
    if "{" not in source:
        return source
    return _plain().from_string(source).render(values)


@cache
def _plain() -> ImmutableSandboxedEnvironment:
    return environment().overlay(autoescape=False)
