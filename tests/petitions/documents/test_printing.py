"""The page to print says what the Word file says, escaped, with the classes its style sheet knows."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask, render_template

from config.settings import ROOT
from petitions.documents.catalog import forms
from petitions.documents.forms import Form
from petitions.documents.printing import print_page
from petitions.documents.render import DRAFT_WORDS, render
from petitions.errors import Invalid
from tests.petitions.documents.specimen import (
    DECISION,
    OFFICE,
    SIGNED,
    filled,
    form,
    paragraphs,
    visible,
)

CSS = (ROOT / "petitions" / "web" / "static" / "letter.css").read_text(encoding="utf-8")


@pytest.mark.parametrize("more", [{}, SIGNED, {**SIGNED, "proposer": "Sở A", "measure": "suspend"}])
def test_it_says_what_the_word_file_says(more: dict[str, Any]) -> None:
    values = {**DECISION, **more}
    page = visible(str(print_page(form(), values)))
    page = (
        page.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").replace("&#34;", '"')
    )
    expected = " ".join(" ".join(paragraphs(render(form(), None, values).docx)).split())
    assert page == expected


def test_a_draft_is_marked() -> None:
    assert DRAFT_WORDS in print_page(form(), DECISION)
    assert DRAFT_WORDS not in print_page(form(), {**DECISION, **SIGNED})


def test_values_are_escaped() -> None:
    page = print_page(form(), {**DECISION, "content": '<script>alert("x")</script>{{ 7 * 7 }}'})
    assert "<script" not in page and "&lt;script&gt;" in page and "{{ 7 * 7 }}" in page


def test_nothing_is_inline_and_every_class_has_its_rule() -> None:
    for each in (
        print_page(form(), DECISION),
        print_page(form("t:bb"), {**OFFICE, "content": "x", "recorder": "y"}),
    ):
        assert not re.search(r"\b(?:style|on\w+)=", each)
        used = {name for found in re.findall(r'class="([^"]*)"', each) for name in found.split()}
        assert used
        for name in used:
            assert re.search(rf"\.{name}\b", CSS), name


def test_there_is_one_heading_of_the_first_level() -> None:
    letter = print_page(form("t:cv"), {**OFFICE, "addressee": "Sở A", "due_on": "2026-12-01"})
    for page in (letter, print_page(form(), DECISION)):
        assert page.count("<h1") == 1


def test_what_is_missing_is_refused_as_for_word() -> None:
    with pytest.raises(Invalid) as refused:
        print_page(form(), {**DECISION, "content": ""})
    assert list(refused.value.fields) == ["fields.content"]


@pytest.mark.parametrize("shipped", forms(), ids=lambda each: f"{each.key} {each.version}")
def test_every_shipped_form_prints_what_its_word_file_says(shipped: Form) -> None:
    values = filled(shipped)
    texts = paragraphs(render(shipped, None, values).docx)
    page = unescape(visible(str(print_page(shipped, values))))

    assert (
        page.split()
        == " ".join(text for text in texts if not text.startswith("(Kèm theo ")).split()
    )
    assert not re.search(r"None|\{[{%]|[%}]\}|\.{3}|…", page)


@pytest.mark.sqlite_only
def test_the_page_around_it(app: Flask) -> None:
    with app.test_request_context():
        page = render_template(
            "letter_print.html",
            title="Quyết định",
            back="/ho-so/AB",
            letter=print_page(form(), DECISION),
        )
    assert "letter.css" in page and 'href="/ho-so/AB"' in page and "QUYẾT ĐỊNH" in page
