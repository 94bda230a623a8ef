"""How tags stand in the paragraphs of a Word template, before anything tries to fill them in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from petitions.documents.lint_parts import Fault, local_name
from petitions.documents.ooxml import W

_W = f"{{{W}}}"
_CONTROL = re.compile(r"\{%(p|tr)\s[^%]*%\}")
_UNUSABLE = re.compile(r"\{\{(?:p|r|tr|tc)\s|\{%(?:r|tc)\s|\{#(?:p|tr|tc)\s")
_HOLDER = {"p": "đoạn", "tr": "dòng của bảng"}
_PAIRS = (("{{", "}}"), ("{%", "%}"), ("{#", "#}"))
_MOST_TAGS = 1500
_PLACE_LENGTH = 80

TAG = re.compile(r"\{\{|\{%|\{#")


def text_of(element: Element) -> str:
    """The words of a part of the tree, runs joined."""
    return "".join(each.text or "" for each in element.iter(f"{_W}t"))


def place(part: str, text: str) -> str:
    """A part of the file and the words to look for in it."""
    short = " ".join(text.split())
    return f"{part}: “{short[:_PLACE_LENGTH]}”" if short else part


def judge_tags(part: str, root: Element) -> list[Fault]:
    """Tags outside the text, left open, too many, or standing where other words would be lost with them."""
    found = [fault for each in root.iter() for fault in _judge(part, each)]
    if not found and len(TAG.findall(text_of(root))) > _MOST_TAGS:
        return [Fault(part, f"có hơn {_MOST_TAGS} thẻ")]
    return found


def judge_unfilled(part: str, root: Element) -> list[Fault]:
    """Tags in a part nobody fills in."""
    return [
        Fault(place(part, text_of(each)), "thẻ nằm ở phần không được điền")
        for each in root.iter(f"{_W}p")
        if TAG.search(text_of(each))
    ]


def _judge(part: str, element: Element) -> Iterator[Fault]:
    hidden = [*element.attrib.values(), "" if element.tag == f"{_W}t" else element.text or ""]
    for words in hidden:
        if TAG.search(words):
            yield Fault(place(part, words), "thẻ nằm ngoài phần chữ của văn bản")
    holder = local_name(element.tag)
    if element.tag not in (f"{_W}p", f"{_W}tr"):
        return
    text = text_of(element)
    if holder == "p" and any(text.count(opened) != text.count(closed) for opened, closed in _PAIRS):
        yield Fault(place(part, text), "thẻ mở mà không đóng ngay trong đoạn")
    elif holder == "p" and (unusable := _UNUSABLE.search(text)):
        yield Fault(place(part, text), f"không dùng được thẻ {unusable.group().strip()} … }}")
    elif any(
        found[1] == holder and text.replace(found[0], "", 1).strip()
        for found in _CONTROL.finditer(text)
    ):
        message = f"thẻ {{%{holder} … %}} phải đứng một mình trong {_HOLDER[holder]}"
        yield Fault(place(part, text), f"{message}; chữ bên cạnh sẽ bị mất")
