"""Whether an act is lawful now, where it leads, and if not, why: judged against the one table.

Nothing here reads a clock. ``on`` is the day an act happened, ``today`` the day it is recorded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType

from workflows.casefile import CaseFile
from workflows.checks import Given, given_day
from workflows.effects import with_facts
from workflows.guards import Bar, spoken
from workflows.records import LinkKind
from workflows.table_check import TableError, check_table
from workflows.transition import COARSE, FINAL, LEADERS, RESTORED, Never, Transition
from workflows.transitions import NEVERS, TABLE
from workflows.vocabulary import Action, Coarse, Fact, Kind, Mark, Need, Outcome, Role, State, Step

__all__ = [
    "Move",
    "NotPermitted",
    "Permission",
    "Refused",
    "TableError",
    "WrongDay",
    "check_table",
    "coarse_of",
    "decide",
    "late_entry",
    "permission",
    "permitted",
]

NOTHING_GIVEN: Given = MappingProxyType({})

LATE_AFTER_WORKING_DAYS = 2
"""Entries further back than this need a reason shown in the timeline (working days)."""


class Refused(Exception):
    """An act the rules refuse. ``field`` names the input at fault, None when none is."""

    def __init__(self, code: str, reason: str, article: str = "", field: str | None = None):
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.article = article
        self.field = field


class NotPermitted(Refused):
    """The law, the state, the role or a missing paper stands against the act; ``article`` says where."""


class WrongDay(Refused):
    """The day of the act cannot be right: in the future, or before the act it follows."""

    def __init__(self, reason: str, field: str = "on"):
        super().__init__("wrong_day", reason, field=field)


@dataclass(frozen=True, slots=True)
class Move:
    """A permitted act: what the ledger writes.

    ``after`` is the case once the act is done; its counted dates (``settlement_due``,
    ``window_until``, ``effect_from``) are still those from before and are restated by whoever counts
    clocks. ``sets`` holds the facts that changed, with their new values (None: the fact fell away).
    """

    transition: Transition
    on: date
    source: State | None
    target: State
    coarse: Coarse
    sets: Mapping[Fact, object]
    after: CaseFile

    @property
    def action(self) -> Action:
        """What was done."""
        return self.transition.action

    @property
    def article(self) -> str:
        """Vietnamese citation of the act."""
        return self.transition.article

    @property
    def form(self) -> str | None:
        """Key of the first document it makes."""
        return self.transition.form

    @property
    def forms(self) -> tuple[str, ...]:
        """Keys of all documents it makes."""
        return self.transition.forms

    @property
    def stops(self) -> tuple[Step, ...]:
        """Clocks met or ended by it."""
        return self.transition.stops

    @property
    def starts(self) -> tuple[Step, ...]:
        """Clocks it may start or recount."""
        return self.transition.starts

    @property
    def meets(self) -> tuple[Step, ...]:
        """Clocks it gives rise to and meets at once."""
        return self.transition.meets

    @property
    def marks(self) -> frozenset[Mark]:
        """Marks the table adds (those read off papers stand in ``after`` alone)."""
        return self.transition.adds

    @property
    def unmarks(self) -> frozenset[Mark]:
        """Marks the table drops."""
        return self.transition.drops

    @property
    def opens(self) -> LinkKind | None:
        """How a new case it calls for hangs on this one."""
        return self.transition.opens

    @property
    def legal(self) -> bool:
        """Whether it bears a signature."""
        return self.transition.legal

    @property
    def final(self) -> bool:
        """Whether the case has ended."""
        return self.target in FINAL

    @property
    def revives(self) -> bool:
        """Whether clocks stopped by the act now undone run again."""
        return self.transition.target is RESTORED


@dataclass(frozen=True, slots=True)
class Permission:
    """An act somebody might do now: a button, or the reason it is grey.

    ``choices`` are the ends to choose from where the act has several; ``needs`` covers the first.
    """

    action: Action
    allowed: bool
    reason: str | None
    article: str
    needs: tuple[Need, ...]
    takes: tuple[Need, ...]
    form: str | None
    choices: tuple[Outcome, ...] = ()
    legal: bool = False


_Rows = dict[tuple[Kind, Action], list[Transition]]


def _by_kind_and_action(table: Iterable[Transition]) -> _Rows:
    found: _Rows = defaultdict(list)
    for row in table:
        for kind in row.kinds:
            found[kind, row.action].append(row)
    return dict(found)


_ROWS = _by_kind_and_action(TABLE)


def coarse_of(state: State) -> Coarse:
    """The one coarse state of ``state``."""
    return COARSE[state]


def decide(
    case: CaseFile,
    action: Action,
    role: Role,
    on: date,
    today: date,
    given: Given = NOTHING_GIVEN,
) -> Move:
    """The move ``action`` makes, done on ``on`` with the payload ``given``.

    Raises ``NotPermitted`` when the table, the role, a guard or a missing or unfit field stands
    against it, ``WrongDay`` when ``on`` lies in the future or before the act it follows.
    """
    row = _choose(_fitting(case, action, role), given)
    _refuse_wrong_day(case, row, on, today)
    _raise(_first_bar(case, row, on), row)
    for need in row.needs:
        if _is_missing(given.get(need)):
            raise NotPermitted(
                "missing", "Mục này bắt buộc phải có.", article=row.article, field=need
            )
    for check in row.checks:
        _raise(_coded(check.__name__, check(case, on, given)), row)
    return _move(case, row, on, given)


def permitted(case: CaseFile, role: Role, on: date) -> list[Permission]:
    """Every act ``role`` can do to a case of this kind at some time, and whether now, on ``on``.

    In the order an officer works; the same for the same case, role and day. Payloads are not judged.
    """
    actions = dict.fromkeys(
        row.action for row in TABLE if case.kind in row.kinds and role in row.roles
    )
    found = [_permission(case, action, role, on) for action in actions]
    for never in NEVERS:
        if _concerns(never, case) and role in LEADERS | {Role.OFFICER, Role.SECTION_HEAD}:
            found.extend(
                Permission(action, False, never.reason, never.article, (), (), None)
                for action in Action
                if action in never.actions and action not in actions
            )
    return found


def permission(case: CaseFile, action: Action, role: Role, on: date) -> Permission:
    """One act as ``permitted`` judges it, for whoever asks of a few acts on many cases."""
    return _permission(case, action, role, on)


def late_entry(on: date, today: date, is_working: Callable[[date], bool]) -> bool:
    """Whether an act of ``on`` is recorded more than two working days later."""
    passed = 0
    day = on
    while day < today and passed <= LATE_AFTER_WORKING_DAYS:
        day += timedelta(days=1)
        passed += is_working(day)
    return passed > LATE_AFTER_WORKING_DAYS


# --- choosing the row ------------------------------------------------------------------------


def _fitting(case: CaseFile, action: Action, role: Role) -> list[Transition]:
    """The rows of ``action`` for this case, role and state: one, or one per outcome."""
    for never in NEVERS:
        if action in never.actions and _concerns(never, case):
            raise NotPermitted("never", never.reason, never.article)
    rows = [row for row in _ROWS.get((case.kind, action), ()) if _concerns(row, case)]
    if not rows:
        raise NotPermitted("kind", "Việc này không áp dụng cho loại đơn của hồ sơ.")
    own = [row for row in rows if role in row.roles]
    if not own:
        raise NotPermitted("role", _role_reason(rows), rows[0].article)
    ready = [row for row in own if case.state in row.sources]
    if not ready:
        raise NotPermitted("state", _state_reason(case, own), _state_article(case, own))
    awake = [row for row in ready if row.while_paused or case.paused_since is None]
    if not awake and case.paused_since is not None:
        raise NotPermitted(
            "paused",
            f"Việc giải quyết đang tạm đình chỉ từ ngày {spoken(case.paused_since)}; phải có quyết định tiếp tục giải quyết trước.",
            _resumption_article(case.kind),
        )
    return awake


def _concerns(row: Transition | Never, case: CaseFile) -> bool:
    return (
        case.kind in row.kinds
        and row.instance in (None, case.instance)
        and row.disciplinary in (None, case.disciplinary)
    )


def _choose(rows: list[Transition], given: Given) -> Transition:
    if len(rows) == 1 and rows[0].outcome is None:
        return rows[0]
    outcome = given.get(Need.OUTCOME)
    if _is_missing(outcome):
        raise NotPermitted("missing", "Phải chọn một kết quả.", rows[0].article, field=Need.OUTCOME)
    for row in rows:
        if row.outcome == outcome:
            return row
    raise NotPermitted(
        "outcome", "Kết quả này không áp dụng cho hồ sơ.", rows[0].article, field=Need.OUTCOME
    )


def _role_reason(rows: list[Transition]) -> str:
    if all(row.roles <= LEADERS for row in rows):
        return "Việc này thuộc thẩm quyền của người đứng đầu cơ quan hoặc cấp phó ký thay."
    if all(row.roles <= {Role.ADMIN} for row in rows):
        return "Việc này chỉ quản trị viên được làm."
    return "Vai trò bạn đang dùng không được giao việc này."


def _state_reason(case: CaseFile, rows: list[Transition]) -> str:
    if case.state in FINAL and not any(row.sources & FINAL for row in rows):
        return "Hồ sơ đã kết thúc; muốn làm tiếp phải mở lại và nêu lý do."
    return rows[0].when


def _state_article(case: CaseFile, rows: list[Transition]) -> str:
    """What the state stands on: for a case that has ended, the article it ended by where there is but
    one; else the act's own."""
    if case.state not in FINAL or any(row.sources & FINAL for row in rows):
        return rows[0].article
    ends = {row.article for row in TABLE if row.target is case.state and _concerns(row, case)}
    return ends.pop() if len(ends) == 1 else ""


def _resumption_article(kind: Kind) -> str:
    rows = _ROWS.get((kind, Action.RESUME), [])
    return rows[0].article if rows else ""


# --- judging the row -------------------------------------------------------------------------


def _refuse_wrong_day(case: CaseFile, row: Transition, on: date, today: date) -> None:
    if on > today:
        raise WrongDay(f"Ngày thực hiện không được sau hôm nay ({spoken(today)}).")
    earliest = _earliest(case, row)
    if on < earliest:
        raise WrongDay(
            f"Ngày thực hiện không được trước việc mà nó nối tiếp (ngày {spoken(earliest)})."
        )


def _earliest(case: CaseFile, row: Transition) -> date:
    if row.follows is None:
        return case.last_on
    if row.follows is Fact.RECEIVED:
        return case.received_on
    return case.day(row.follows) or case.received_on


def _first_bar(case: CaseFile, row: Transition, on: date) -> tuple[str, Bar] | None:
    for guard in row.guards:
        if bar := _coded(guard.__name__, guard(case, on)):
            return bar
    return None


def _coded(code: str, bar: Bar | None) -> tuple[str, Bar] | None:
    return None if bar is None else (code, bar)


def _raise(found: tuple[str, Bar] | None, row: Transition) -> None:
    if found is not None:
        code, bar = found
        raise NotPermitted(code, bar.reason, bar.article or row.article, bar.field)


def _is_missing(value: object) -> bool:
    return value is None or value in ("", (), [], {}, frozenset(), set())


def _permission(case: CaseFile, action: Action, role: Role, on: date) -> Permission:
    try:
        rows = _fitting(case, action, role)
    except NotPermitted as refusal:
        return Permission(action, False, refusal.reason, refusal.article, (), (), None)
    bars = [_first_bar(case, row, on) for row in rows]
    free = [row for row, bar in zip(rows, bars, strict=True) if bar is None]
    if not free:
        _, bar = bars[0] or ("", Bar(rows[0].when))
        return Permission(action, False, bar.reason, bar.article or rows[0].article, (), (), None)
    row = free[0]
    return Permission(
        action=action,
        allowed=True,
        reason=None,
        article=row.article,
        needs=row.needs,
        takes=row.takes,
        form=row.form,
        choices=tuple(each.outcome for each in free if each.outcome is not None),
        legal=row.legal,
    )


# --- the move --------------------------------------------------------------------------------


def _move(case: CaseFile, row: Transition, on: date, given: Given) -> Move:
    target = _target(case, row)
    facts: dict[Fact, object] = dict.fromkeys(row.sets, on)
    facts.update((fact, given_day(given, need)) for fact, need in row.carries)
    after = with_facts(
        replace(
            case,
            state=target,
            came_from=case.state if target is not case.state else case.came_from,
            last_on=on if row.follows is None else case.last_on,
            marks=(case.marks - row.drops) | row.adds,
            protection=row.protection or case.protection,
        ),
        facts,
    )
    for effect in row.effects:
        after = effect(after, on, given)
    return Move(
        transition=row,
        on=on,
        source=case.state,
        target=target,
        coarse=COARSE[target],
        sets=_changed(case, after, facts),
        after=after,
    )


def _target(case: CaseFile, row: Transition) -> State:
    if row.target is RESTORED:
        return case.came_from or State.RECEIVED
    if isinstance(row.target, State):
        return row.target
    if case.state is None:
        raise AssertionError("an entry row must name its target")
    return case.state


def _changed(
    before: CaseFile, after: CaseFile, dated: Mapping[Fact, object]
) -> Mapping[Fact, object]:
    """Facts the act dated (even on the day they already had), changed or took away."""
    changed = dict(dated)
    for name, value in after.facts.items():
        if name not in before.facts or before.facts[name] != value:
            changed[Fact(name)] = value
    for name in before.facts:
        if name not in after.facts:
            changed[Fact(name)] = None
    return MappingProxyType(changed)
