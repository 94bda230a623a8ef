"""Hot spots: places and subjects that petitions suddenly gather around.

Numbers only: no name and no text of a petition takes part, and the unit judged is a commune and a
field, never a person.
"""

from workflows.hotspots.explain import Explanation, Step, explain, explain_all
from workflows.hotspots.grid import Usual, grid, usual
from workflows.hotspots.model import MODEL, Model
from workflows.hotspots.reading import Reading, readings
from workflows.hotspots.scan import Silence, Surge, WeekScan, scan
from workflows.hotspots.table import (
    BadTable,
    WeeklyCounts,
    parse_monday,
    read_counts,
    read_neighbours,
)

__all__ = [
    "MODEL",
    "BadTable",
    "Explanation",
    "Model",
    "Reading",
    "Silence",
    "Step",
    "Surge",
    "Usual",
    "WeekScan",
    "WeeklyCounts",
    "explain",
    "explain_all",
    "grid",
    "parse_monday",
    "read_counts",
    "read_neighbours",
    "readings",
    "scan",
    "usual",
]
