"""What a correction may not make of a paper, and codes no database takes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from petitions.errors import Invalid
from petitions.services.acts import perform
from petitions.services.intake import register
from tests.conftest import NOW, TODAY
from tests.petitions.test_intake import COMPLAINT
from tests.world import World
from workflows.vocabulary import Action, Need


def test_a_paper_is_not_written_after_it_came(world: World) -> None:
    code = register(COMPLAINT, actor=world.lan, now=NOW)
    with pytest.raises(Invalid) as error:
        perform(
            code, Action.CORRECT,
            {Need.REASON: "Ghi nhầm", Need.CHANGES: {"written_on": "2199-12-31"}},
            version=None, on=TODAY, actor=world.lan, now=NOW,
        )  # fmt: skip
    assert error.value.fields == {"changes.written_on": ["Ngày ghi trên đơn sau ngày nhận đơn."]}


@pytest.mark.parametrize("name", ["field_code", "place_code", "forwarder_code", "forwarder_body"])
def test_a_code_with_a_null_character_is_refused_at_its_field(world: World, name: str) -> None:
    with pytest.raises(Invalid) as error:
        register(replace(COMPLAINT, **{name: "\0"}), actor=world.lan, now=NOW)
    assert name in error.value.fields
