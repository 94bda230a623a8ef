"""The weekly scan over a register kept elsewhere: office x type, marked as imported, and legible.

``DONTHU_REGISTER`` names a register in the columns of ``config/import/nyc-council.toml`` (the genuine
one has 193,975 rows); without it a made-up one of the same shape is scanned.
"""

from __future__ import annotations

import csv
import os
import time
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import func, select

from config.database import db
from config.settings import ROOT
from petitions.models import Alarm, Case, HotspotScan
from petitions.queries import hotspots as known
from petitions.services.hotspots import scan
from petitions.services.imports.mapping import read_mapping
from petitions.services.imports.run import run
from tests.conftest import NOW
from tests.web.browsing import Visitor
from tests.world import World
from workflows.episodes import SeriesUnit

MAPPING = ROOT / "config" / "import" / "nyc-council.toml"
HEADER = (
    "unique_key", "account", "opendate", "closedate", "complaint_type", "descriptor", "zip",
    "borough", "city", "council_dist", "community_board",
)  # fmt: skip
LAST = date(2018, 12, 17)
BURST = ("NYCC07", "Parks")


def made_up(path: Path) -> Path:
    """Four years of 51 offices and eight types, and one office where trees fall in the last fortnight."""
    source = np.random.default_rng(5)
    types = ("Parks", "Transportation", "Housing", "Sanitation", "Education", "Noise", "Water", "")
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        number = 0
        for week in range(206):
            monday = LAST - timedelta(weeks=205 - week)
            counts = source.poisson(0.35, (51, len(types)))
            if week >= 204:
                counts[6, 0] += 9
            for office, kind in zip(*np.nonzero(counts), strict=True):
                for each in range(int(counts[office, kind])):
                    number += 1
                    day = monday + timedelta(days=each % 5)
                    name = f"NYCC{office + 1:02d}"
                    where = name if number % 6 else ""
                    writer.writerow((f"K{number}", name, day, day + timedelta(days=9), types[kind],
                                     "x", "", "", "", where, ""))  # fmt: skip
    return path


@pytest.mark.proof
@pytest.mark.sqlite_only
def test_a_register_from_elsewhere_is_scanned_and_legible(
    world: World, app: object, tmp_path: Path
) -> None:
    given = os.environ.get("DONTHU_REGISTER")
    counts = run(
        Path(given) if given else made_up(tmp_path / "register.csv"), read_mapping(MAPPING), now=NOW
    )
    assert counts.imported > 20_000
    started = time.process_time()
    done = scan(NOW, week=LAST)
    took = time.process_time() - started
    cases = db.session.scalar(select(func.count(Case.id)))
    page = known.week(world.hoa, LAST)
    assert page.scan is not None and page.scan.imported
    print(
        f"{cases} cases, {done.weeks} scans in {took:.1f} s, {done.alarms} alarms; {page.scan.cuts}"
    )
    assert done.weeks == 24 and took < 60
    assert SeriesUnit.OFFICE_FIELD in page.scan.cuts and SeriesUnit.PLACE_FIELD in page.scan.cuts
    assert page.scan.cuts["office_field"]["series"] >= 51 * 8
    assert page.scan.placeless > 0 and page.listed_false <= 0.4 * len(page.listed)
    scans = db.session.execute(select(HotspotScan.alarms, HotspotScan.expected_false)).all()
    assert sum(each.alarms for each in scans) > 0
    assert all(alarm.imported for alarm in db.session.scalars(select(Alarm)))
    assert len(page.listed) <= 20
    lines = (*page.listed, *page.followed)
    if not given:
        assert any(line.title.endswith(f"{BURST[0]} · {BURST[1]}") for line in lines)
    visitor = Visitor(app, world.hoa)  # type: ignore[arg-type]
    shown = visitor.open(f"/diem-nong?tuan={LAST}")
    assert "gồm số liệu nhập từ sổ cũ" in shown.words
    assert "một cơ quan, một lĩnh vực" in shown.words and "không rõ xã" in shown.words
    assert len(shown.text) < 120_000
    for line in lines[:4]:
        one = visitor.open(f"/diem-nong/{line.uid}")
        assert "khớp điểm đã báo" in one.words and len(one.text) < 120_000
        print(
            line.title,
            "|",
            line.headline.unit,
            "|",
            line.headline.sentence,
            "|",
            line.headline.rarity,
        )
    if keep := os.environ.get("DONTHU_KEEP_PAGE"):
        Path(keep).write_text(shown.text, encoding="utf-8")
