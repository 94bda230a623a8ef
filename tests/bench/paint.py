"""First paint in Chromium with the processor throttled six times: what an old office machine shows when."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
THROTTLED, ROUNDS, AIM = 6, 5, 1000
"""Times slower than this machine, openings of each page, milliseconds to be under."""
_PAINTED = """() => new Promise((tell) => {
  const found = () => performance.getEntriesByName("first-contentful-paint")[0];
  const look = () => { const paint = found(); paint ? tell(paint.startTime) : requestAnimationFrame(look); };
  look();
})"""


@dataclass(frozen=True, slots=True)
class Paint:
    """A page and the median of its first contentful paint in milliseconds."""

    path: str
    milliseconds: float


def first_paints(port: int, username: str, password: str, paths: Sequence[str]) -> Iterator[Paint]:
    """Each page opened ``ROUNDS`` times by somebody who has been here before. Nothing without Chromium."""
    if not CHROMIUM.exists():
        return
    address = f"http://127.0.0.1:{port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.goto(f"{address}/dang-nhap")
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", password)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(lambda url: "/dang-nhap" not in url)
        devtools = page.context.new_cdp_session(page)
        devtools.send("Emulation.setCPUThrottlingRate", {"rate": THROTTLED})
        for path in paths:
            times = []
            for _ in range(ROUNDS):
                page.goto(address + path)
                times.append(float(page.evaluate(_PAINTED)))
            yield Paint(path, statistics.median(times))
        browser.close()
