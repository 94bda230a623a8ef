"""The transition table as a document: a diagram per kind of case and every row, for ``docs/lifecycle.md``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import Enum

from workflows.transition import (
    COARSE,
    COMPLAINT,
    DENUNCIATION,
    EVERY_CLOCK,
    FINAL,
    OPEN,
    RESTORED,
    SUGGESTION,
    Transition,
)
from workflows.transitions import NEVERS, TABLE
from workflows.vocabulary import Action, Kind, Role, State

Label = Callable[[Enum], str]

_GROUPS = (
    ("Complaint", COMPLAINT),
    ("Denunciation", DENUNCIATION),
    ("Recommendation and feedback", SUGGESTION),
)
_NOT_DRAWN = frozenset(
    {
        Action.VOID,
        Action.SPLIT,
        Action.UNDO_SPLIT,
        Action.JOIN,
        Action.UNDO_JOIN,
        Action.REOPEN,
        Action.IMPORT,
    }
)
"""Arrows between almost all states; the table holds them, a drawing would only show them."""

_INTRODUCTION = """\
# Lifecycle

Generated from the transition table (`workflows/transitions.py`) by `workflows.table_print.render`;
edit the table, not this page. Each row: who may do what, from which states, under which article,
and what it changes. A guard judges the case, a check judges what was typed; both are named as in
`workflows/guards.py` and `workflows/checks.py`. An act *stops* clocks it meets or ends, *starts* or
recounts clocks as the facts allow, *meets* at once a clock it gives rise to. Acts marked § bear a signature; the others note facts. `⏸` acts are
possible while settlement is suspended. Lateness is no state: no clock moves a case.
"""


def render(label: Label) -> str:
    """The whole page; ``label`` gives the Vietnamese term of any member of the vocabulary."""
    parts = [_INTRODUCTION, *_states(label)]
    for title, kinds in _GROUPS:
        rows = [row for row in TABLE if row.kinds & kinds]
        parts += [
            f"\n## {title}\n",
            *_diagram(rows, next(iter(sorted(kinds))), label),
            "",
            *_table([row for row in rows if not _common(row)], label),
            *_nevers(kinds, label),
        ]
    parts += [
        "\n## Every kind of case\n",
        *_table([row for row in TABLE if _common(row)], label),
    ]
    return "\n".join(parts) + "\n"


def _common(row: Transition) -> bool:
    return sum(bool(row.kinds & kinds) for _, kinds in _GROUPS) > 1


def _states(label: Label) -> Iterator[str]:
    yield "## States\n"
    yield "| state | Vietnamese | coarse state | end |\n|---|---|---|---|"
    for state in State:
        end = "yes" if state in FINAL else ""
        yield f"| `{state}` | {label(state)} | `{COARSE[state]}` ({label(COARSE[state])}) | {end} |"


def _diagram(rows: Iterable[Transition], kind: Kind, label: Label) -> Iterator[str]:
    arrows: dict[tuple[str, str], list[str]] = {}
    drawn: set[State] = set()
    for row in rows:
        if kind not in row.kinds or row.action in _NOT_DRAWN:
            continue
        if row.target is None or row.target is RESTORED:
            continue
        for source in sorted(row.sources, key=_position):
            if source is row.target and row.action is not Action.TRANSFER:
                continue
            names = arrows.setdefault(("[*]" if source is None else source, row.target), [])
            if row.action not in names:
                names.append(row.action)
            drawn |= {state for state in (source, row.target) if state is not None}
    yield "```mermaid\nstateDiagram-v2"
    for state in State:
        if state in drawn:
            yield f'    state "{label(state)}" as {state}'
    for (start, end), actions in arrows.items():
        yield f"    {start} --> {end}: {', '.join(actions)}"
    for state in State:
        if state in drawn & FINAL:
            yield f"    {state} --> [*]"
    yield "```"


def _table(rows: Iterable[Transition], label: Label) -> Iterator[str]:
    yield (
        "| action | from → to | only for | roles | conditions | payload | changes | clocks "
        "| form | article |\n|---|---|---|---|---|---|---|---|---|---|"
    )
    for row in rows:
        cells = (
            f"`{row.action}` {label(row.action)}{' §' if row.legal else ''}{' ⏸' if row.while_paused else ''}",
            f"{_sources(row)} → {_target(row)}",
            _limits(row, label),
            _listed(role for role in Role if role in row.roles),
            _listed(rule.__name__ for rule in (*row.guards, *row.checks)),
            _payload(row),
            _changes(row),
            _clocks(row),
            _listed(row.forms),
            row.article,
        )
        yield "| " + " | ".join(cell or "–" for cell in cells) + " |"


def _position(state: State | None) -> int:
    return -1 if state is None else list(State).index(state)


def _sources(row: Transition) -> str:
    if row.sources == {None}:
        return "(new)"
    missing = frozenset(State) - row.sources
    if len(missing) == 1:
        return f"any but {_listed(missing)}"
    if row.sources == OPEN:
        return "any that has not ended"
    in_order = sorted(row.sources, key=_position)
    return _listed(in_order)


def _target(row: Transition) -> str:
    if row.target is None:
        return "same"
    if row.target is RESTORED:
        return "where it came from"
    return f"`{row.target}`"


def _limits(row: Transition, label: Label) -> str:
    limits = []
    if row.instance:
        limits.append(f"instance {row.instance}")
    if row.disciplinary is not None:
        limits.append("discipline" if row.disciplinary else "not discipline")
    if row.outcome is not None:
        limits.append(f"outcome `{row.outcome}` {label(row.outcome)}")
    if len(row.kinds) not in (1, len(Kind)) and row.kinds != SUGGESTION:
        limits.append(_listed(sorted(row.kinds)))
    elif len(row.kinds) == 1 and row.kinds not in (COMPLAINT, DENUNCIATION):
        limits.append(_listed(row.kinds))
    return ", ".join(limits)


def _payload(row: Transition) -> str:
    optional = f" ({_listed(row.takes)})" if row.takes else ""
    return (_listed(row.needs) + optional).strip()


def _changes(row: Transition) -> str:
    changes = [f"`{fact}` = day" for fact in row.sets]
    changes += [f"`{fact}` = {need}" for fact, need in row.carries]
    changes += [f"{effect.__name__}" for effect in row.effects]
    changes += [f"+{mark}" for mark in sorted(row.adds)]
    changes += [f"-{mark}" for mark in sorted(row.drops)]
    if row.protection:
        changes.append(f"protection `{row.protection}`")
    if row.opens:
        changes.append(f"opens `{row.opens}`")
    return ", ".join(changes)


def _clocks(row: Transition) -> str:
    parts = (
        ("stops", "every clock" if row.stops == EVERY_CLOCK else _listed(row.stops)),
        ("starts", _listed(row.starts)),
        ("meets", _listed(row.meets)),
    )
    return "; ".join(f"{verb} {steps}" for verb, steps in parts if steps)


def _listed(names: Iterable[object]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _nevers(kinds: frozenset[Kind], label: Label) -> Iterator[str]:
    yield "\nNever, and what the person is told:\n"
    for never in NEVERS:
        if never.kinds & kinds:
            names = ", ".join(
                f"`{action}` {label(action)}" for action in Action if action in never.actions
            )
            limits = []
            if never.instance:
                limits.append(f"instance {never.instance}")
            if never.disciplinary is not None:
                limits.append("discipline" if never.disciplinary else "not discipline")
            where = f" ({', '.join(limits)})" if limits else ""
            yield f"* {names}{where}: {never.reason} ({never.article})"
