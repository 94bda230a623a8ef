"""What the tags of a template may say: print a field, ``if``, ``for``; nothing that could run or reach.

The same rules hold for the lines of the catalogue and for a Word file an agency edited. A field that
may be empty is printed only where an ``if`` asked for it, so that no letter goes out with a hole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from jinja2 import TemplateSyntaxError, nodes

from petitions.documents.sandbox import FILTERS, environment

LOOP = ("index", "first", "last", "length")
_DEEPEST_LOOP = 2
_UNKNOWN_TAG = re.compile(r"unknown tag '(\w+)'")
_PLAIN = (nodes.And, nodes.Or, nodes.Not, nodes.Compare, nodes.Operand, nodes.CondExpr, nodes.Tuple, nodes.List)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """A name templates may use: ``columns`` is None for one value, empty for lines, else names of a table."""

    columns: tuple[str, ...] | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class TagFault:
    """What is wrong, and in which line of the source, counted from 1."""

    line: int
    message: str


@dataclass(slots=True)
class Reading:
    """What a source says: its faults, the names it uses, and those it prints without asking first."""

    faults: list[TagFault] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    bare: set[str] = field(default_factory=set)


def read(source: str, words: Mapping[str, Word]) -> Reading:
    """Judge every tag of ``source`` by the names in ``words``."""
    try:
        tree = environment().parse(source)
    except TemplateSyntaxError as error:
        return Reading([TagFault(error.lineno, _misspelt(error.message or ""))])
    reader = _Reader(words)
    reader.block(tree.body)
    return reader.reading


def _misspelt(message: str) -> str:
    unknown = _UNKNOWN_TAG.search(message)
    if unknown and not unknown[1].startswith("e"):
        return f"không dùng được thẻ “{unknown[1]}”; chỉ dùng if và for"
    return "thẻ viết không đúng, hoặc mở mà không đóng, đóng mà không mở"


def _written(node: nodes.Node) -> str:
    name = type(node).__name__.lower()
    return {"assign": "set", "assignblock": "set", "fromimport": "from"}.get(name, name)


class _Reader:
    def __init__(self, words: Mapping[str, Word]) -> None:
        self.reading = Reading()
        self._words = words
        self._rows: dict[str, tuple[str, ...]] = {}
        self._asked: list[str] = []
        self._depth = 0

    def block(self, body: list[nodes.Node]) -> None:
        for node in body:
            match node:
                case nodes.Output():
                    for part in node.nodes:
                        self._printed(part)
                case nodes.If():
                    self._if(node)
                case nodes.For():
                    self._for(node)
                case _:
                    self._refuse(
                        node, f"không dùng được thẻ “{_written(node)}”; chỉ dùng if và for"
                    )

    def _printed(self, node: nodes.Node) -> None:
        if not isinstance(node, nodes.TemplateData):
            self._expression(node, printed=True)

    def _if(self, node: nodes.If) -> None:
        self._expression(node.test)
        with self._having(node.test):
            self.block(node.body)
            for other in node.elif_:
                self._if(other)
            self.block(node.else_)

    def _for(self, node: nodes.For) -> None:
        if node.recursive or not isinstance(node.target, nodes.Name):
            self._refuse(node, "vòng lặp chỉ có dạng {% for dòng in ô %}")
            return
        columns = self._columns(node)
        target = node.target.name
        if (
            target in self._words
            or target in self._rows
            or target.startswith("_")
            or target == "loop"
        ):
            self._refuse(node, f"biến lặp “{target}” trùng tên một ô; hãy đặt tên khác")
            return
        self._depth += 1
        if self._depth > _DEEPEST_LOOP:
            self._refuse(node, f"vòng lặp lồng nhau quá {_DEEPEST_LOOP} tầng")
        self._rows[target] = columns
        if node.test is not None:
            self._expression(node.test)
        with self._having(node.iter):
            self.block(node.body)
        del self._rows[target]
        self._depth -= 1
        self.block(node.else_)

    def _columns(self, node: nodes.For) -> tuple[str, ...]:
        name = node.iter.name if isinstance(node.iter, nodes.Name) else ""
        word = self._words.get(name)
        if word is None or word.columns is None:
            self._refuse(node, f"“{name or '…'}” không phải là bảng hay danh sách để lặp")
            return ()
        self.reading.used.add(name)
        return word.columns

    def _expression(self, node: nodes.Node, *, printed: bool = False) -> None:
        match node:
            case nodes.Const():
                pass
            case nodes.Name():
                self._name(node, printed=printed)
            case nodes.Getattr():
                self._column(node)
            case nodes.Filter():
                self._filter(node, printed=printed)
            case nodes.CondExpr():
                self._expression(node.test)
                with self._having(node.test):
                    self._expression(node.expr1, printed=printed)
                if node.expr2 is not None:
                    self._expression(node.expr2, printed=printed)
            case nodes.Call():
                self._refuse(node, "không được gọi hàm trong mẫu")
            case nodes.Getitem():
                self._refuse(node, "không được dùng ngoặc vuông trong mẫu")
            case _ if isinstance(node, _PLAIN):
                for part in node.iter_child_nodes():
                    self._expression(part)
            case _:
                self._refuse(node, f"không dùng được phép {type(node).__name__} trong mẫu")

    def _name(self, node: nodes.Name, *, printed: bool) -> None:
        name = node.name
        if name in self._rows:
            if printed and self._rows[name]:
                self._refuse(node, f"“{name}” là một dòng của bảng; hãy in từng cột")
            return
        word = self._words.get(name)
        if word is None:
            self._refuse(node, f"không có ô “{name}” trong biểu mẫu này")
            return
        self.reading.used.add(name)
        if printed and word.columns:
            self._refuse(node, f"“{name}” là bảng; hãy lặp từng dòng bằng {{% for %}}")
        elif printed and name not in self._asked:
            self.reading.bare.add(name)
            if word.optional:
                self._refuse(
                    node,
                    f"ô “{name}” có thể để trống: phải đặt trong {{% if {name} %}} … {{% endif %}}",
                )

    def _column(self, node: nodes.Getattr) -> None:
        if node.attr.startswith("_"):
            self._refuse(node, f"không được dùng thuộc tính “{node.attr}”")
        elif not isinstance(node.node, nodes.Name):
            self._refuse(node, f"không đọc được “.{node.attr}”")
        elif (row := node.node.name) == "loop" and self._rows:
            if node.attr not in LOOP:
                self._refuse(node, f"không có “loop.{node.attr}”")
        elif node.attr not in self._rows.get(row, ()):
            self._refuse(node, f"không có “{row}.{node.attr}” trong biểu mẫu này")

    def _filter(self, node: nodes.Filter, *, printed: bool) -> None:
        if node.name not in FILTERS or node.node is None:
            self._refuse(
                node, f"không có bộ lọc “{node.name}”; chỉ có: {', '.join(sorted(FILTERS))}"
            )
        elif node.args or node.kwargs or node.dyn_args or node.dyn_kwargs:
            self._refuse(node, f"bộ lọc “{node.name}” không nhận tham số")
        else:
            self._expression(node.node, printed=printed)

    @contextmanager
    def _having(self, test: nodes.Node) -> Iterator[None]:
        """Inside, the names ``test`` speaks of count as asked for."""
        names = [
            found.name
            for found in (test, *test.find_all(nodes.Name))
            if isinstance(found, nodes.Name)
        ]
        before = len(self._asked)
        self._asked += names
        try:
            yield
        finally:
            del self._asked[before:]

    def _refuse(self, node: nodes.Node, message: str) -> None:
        self.reading.faults.append(TagFault(node.lineno, message))
