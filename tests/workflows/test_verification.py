"""The checklist of a verification: the shipped one holds together, a wrong one is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from workflows.verification import StepsError, read_steps
from workflows.vocabulary import Kind

SHIPPED = Path(__file__).parents[2] / "config" / "catalog" / "verification.toml"
GOOD = '[[step]]\nkey = "plan"\nkinds = ["complaint"]\nname = "Lập kế hoạch"\npaper = "Kế hoạch"\n'


def test_the_shipped_steps_end_with_a_report_that_needs_its_paper() -> None:
    steps = read_steps(SHIPPED)
    for kind in (Kind.COMPLAINT, Kind.DENUNCIATION):
        last = [step for step in steps if kind in step.kinds][-1]
        assert last.paper_required
        assert "báo cáo" in last.name
    assert not [step for step in steps if Kind.FEEDBACK in step.kinds]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD + GOOD, "plan stands there twice"),
        (GOOD.replace("name", "nam"), "step plan: missing or unknown nam, name"),
        (GOOD.replace('"complaint"', '"letter"'), "step plan: 'letter' is not a valid Kind"),
    ],
)
def test_a_wrong_list_is_refused_by_name(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "verification.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StepsError, match=told):
        read_steps(path)
