"""The law as dated rows: which limit is in force on a day, for which case, under which article.

Rows come from data files (``Lawbook.load``); nothing is read at import and no limit stands in code.
The row is chosen by the day of the event that starts the clock, and its ``row_key`` is frozen on a
stored deadline so that a later edit of the files never moves it silently.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, Final

from workflows.facts import Matter
from workflows.law_files import LawbookError, by_cell, read_law
from workflows.rules import NO_SUBKIND, Computation, Quota, Rule, Series, When
from workflows.vocabulary import Complexity, Step, Subkind

__all__ = ["Lawbook", "LawbookError", "Quota", "Rule", "When"]

_PLAIN: Final = (When.COMPETENT,)


class Lawbook:
    """All rows, indexed for the question "which limit, on that day, for that case?"."""

    def __init__(
        self,
        rules: Iterable[Rule],
        quotas: Iterable[Quota] = (),
        *,
        computation: Computation,
    ) -> None:
        """Takes rows already checked against each other (``load`` does)."""
        self.rules = tuple(rules)
        self.quotas = tuple(quotas)
        self.computation = computation
        self._by_key = {rule.row_key: rule for rule in self.rules}
        self._cells = {
            cell: Series(cell[0], rows[0].trigger_event, tuple(rows))
            for cell, rows in by_cell(self.rules).items()
        }
        self._plans: dict[Any, tuple[Series, ...]] = {}

    @classmethod
    def load(cls, paths: Iterable[Path]) -> Lawbook:
        """The lawbook written in ``paths``, strictly.

        Raises LawbookError, naming file and line, on an unknown key, a missing citation, a wrong
        value, two rows in force at once for the same case, a gap inside a rule's life, or a
        missing or repeated ``[computation]`` table.
        """
        rules, quotas, computation = read_law(paths)
        return cls(rules, quotas, computation=computation)

    def rule(
        self,
        step: Step,
        *,
        kind: Matter,
        on: date,
        subkind: Subkind | None = None,
        instance: int = 1,
        remote: bool = False,
        complexity: Complexity = Complexity.ORDINARY,
        circumstances: tuple[When, ...] = _PLAIN,
        accepted: date | None = None,
    ) -> Rule | None:
        """The row in force for a clock started on ``on``, or None when the law sets none."""
        series = self._find(step, (kind, subkind or NO_SUBKIND, instance, remote, complexity), circumstances)  # fmt: skip
        return series.on(on, accepted) if series else None

    def plan(
        self,
        kind: Matter,
        subkind: Subkind | None,
        instance: int,
        remote: bool,
        complexity: Complexity,
        *,
        circumstances: tuple[When, ...] = _PLAIN,
    ) -> tuple[Series, ...]:
        """Every limit the calculator answers for such a case, in the order of ``Step``."""
        key = (kind, subkind, instance, remote, complexity, circumstances)
        plan = self._plans.get(key)
        if plan is None:
            selectors = (kind, subkind or NO_SUBKIND, instance, remote, complexity)
            found = (self._find(step, selectors, circumstances) for step in Step)
            plan = tuple(each for each in found if each and each.rules[0].calculator)
            self._plans[key] = plan
        return plan

    def by_key(self, row_key: str) -> Rule | None:
        """The row a stored deadline was computed with, if the files still hold it."""
        return self._by_key.get(row_key)

    def in_force(self, on: date, kind: Matter | None = None) -> tuple[Rule, ...]:
        """The rows that were law on a day, in the order of the files."""
        return tuple(
            rule
            for rule in self.rules
            if rule.in_force(on) and (kind is None or kind in rule.kinds)
        )

    def quota(self, who: str, on: date) -> Quota | None:
        """How often the holder of that office had to receive citizens on that day."""
        return next((each for each in self.quotas if who in each.who and each.in_force(on)), None)

    def quotas_in_force(self, on: date) -> tuple[Quota, ...]:
        """Every reception quota in force on a day."""
        return tuple(each for each in self.quotas if each.in_force(on))

    def _find(
        self,
        step: Step,
        selectors: tuple[Matter, str, int, bool, Complexity],
        circumstances: tuple[When, ...],
    ) -> Series | None:
        for when in (*circumstances, None):
            if series := self._cells.get((step, *selectors, when)):
                return series
        return None
