"""Every word has its Vietnamese, and the printed pages agree with the code."""

from __future__ import annotations

import unicodedata
from enum import Enum
from pathlib import Path
from types import ModuleType

import pytest

from petitions.action_labels import ACTIONS
from petitions.labels import WORDS, action_help, button, label, step_label
from workflows import competence, records, vocabulary, watch
from workflows.table_print import render
from workflows.transitions import TABLE
from workflows.vocabulary import Action, Kind, Role, Step

DOCS = Path(__file__).parents[2] / "docs"


def enums(module: ModuleType) -> list[type[Enum]]:
    return [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, Enum)
        and value.__module__ == module.__name__
    ]


@pytest.mark.parametrize("module", [vocabulary, records, watch, competence])
def test_every_member_of_the_vocabulary_has_a_label(module: ModuleType) -> None:
    assert enums(module)
    for enum in enums(module):
        for member in enum:
            assert label(member).strip(), member


@pytest.mark.parametrize("enum", list(WORDS), ids=lambda enum: enum.__name__)
def test_labels_are_complete_distinct_and_composed(enum: type[Enum]) -> None:
    words = WORDS[enum]
    assert set(words) == set(enum)
    assert len(set(words.values())) == len(words)
    for text in words.values():
        assert text == unicodedata.normalize("NFC", text).strip()


def test_a_word_without_a_label_is_an_error() -> None:
    class Stray(Enum):
        ONE = 1

    with pytest.raises(KeyError):
        label(Stray.ONE)


def test_steps_and_buttons() -> None:
    assert step_label(Step.SETTLEMENT) == label(Step.SETTLEMENT)
    assert button(Action.ACCEPT) == "Thụ lý"
    assert label(Role.HEAD) == "Người đứng đầu cơ quan"
    buttons = [wording.button for wording in ACTIONS.values()]
    assert len(set(buttons)) == len(buttons)
    assert all(len(text) <= 32 for text in buttons)


def test_help_is_a_sentence_with_the_articles_of_that_kind() -> None:
    complaint = action_help(Action.ACCEPT, Kind.COMPLAINT)
    assert "Điều 27 Luật Khiếu nại" in complaint
    assert "Luật Tố cáo" not in complaint
    assert "Điều 29 Luật Tố cáo" in action_help(Action.ACCEPT, Kind.DENUNCIATION)
    assert action_help(Action.CONCLUDE, Kind.COMPLAINT) == ACTIONS[Action.CONCLUDE].help
    for action in Action:
        assert ACTIONS[action].help.endswith(".")


def test_the_lifecycle_page_is_the_table() -> None:
    page = (DOCS / "lifecycle.md").read_text(encoding="utf-8")
    assert page == render(label), "write render(petitions.labels.label) to docs/lifecycle.md"
    for row in TABLE:
        assert row.article in page
    assert page.count("```mermaid") == 3


def test_the_glossary_binds_every_identifier_to_its_label() -> None:
    page = (DOCS / "glossary.md").read_text(encoding="utf-8")
    sections = {
        heading.rpartition("`")[0].rpartition("`")[2]: body
        for heading, _, body in (part.partition("\n") for part in page.split("\n## ")[1:])
    }
    assert set(sections) == {enum.__name__ for enum in WORDS}
    for enum in WORDS:
        rows = [
            line.split(" | ") for line in sections[enum.__name__].splitlines() if line[:3] == "| `"
        ]
        assert [(row[0], row[1]) for row in rows] == [
            (f"| `{member.value}`", label(member)) for member in enum
        ]
        assert all(row[2].removesuffix(" |").strip() for row in rows)
