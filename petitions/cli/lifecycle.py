"""Writes the transition table with its Vietnamese words into a page of the documentation."""

from __future__ import annotations

import sys
from pathlib import Path

from petitions.labels import label
from workflows.table_print import render

if __name__ == "__main__":
    Path(sys.argv[1]).write_text(render(label), encoding="utf-8")
