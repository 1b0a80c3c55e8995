"""First filtered result over 100,000 models in a browser on a line of 10 Mbit/s, nothing cached.

Usage: ``python -m bench.browse_query [--rows 100000] [--rounds 5]``

Chromium opens an address that holds a filter, or opens the page and then ticks a box, or goes
on from the filtered models to their observations, on a
line throttled to 10 Mbit/s with a delay of 40 ms for each request. The result is there when
the number of matching models and the names of the first of them are on the screen. Parameters
of the generated models lie on no grid, the worst case for size. Needs Chromium and
``npm run build``.
"""

import argparse
import shutil
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from tests.browser.generated import browse_site, write_catalog
from tests.browser.launch import FLAGS

from bench.measure import store
from portal.prose import prose
from portal.server import serving

LINE = 10e6 / 8  # byte/s
DELAY_MS = 40
LINK = "browse.html?mass_loss_rate=1e-6..1e-5&morphology=spiral"
RESULT = """() => / of /.test(document.querySelector('#browse-status')?.textContent)
    && document.querySelector('#browse-view tbody a')
    && !document.querySelector('#browse-view[aria-busy=true], #browse-view .is-name .is-waiting')"""
OBSERVED = """() => / of .*observations/.test(document.querySelector('#browse-status')?.textContent)
    && document.querySelector('#browse-view tbody a')
    && !document.querySelector('#browse-view[aria-busy=true], #browse-view .is-waiting')"""
TICK = ".browse-facet[data-column=morphology] label"


@contextmanager
def slow_page(browser: Browser) -> Iterator[tuple[Page, list[float]]]:
    """A page on the slow line, and the list of bytes of what it has received."""
    page = browser.new_page()
    session = page.context.new_cdp_session(page)
    received: list[float] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    session.send("Network.enable")
    line = {"offline": False, "latency": DELAY_MS, "downloadThroughput": LINE}
    session.send("Network.emulateNetworkConditions", {**line, "uploadThroughput": LINE})
    yield page, received
    page.close()


def link(browser: Browser, url: str) -> tuple[float, float, int]:
    """Seconds, bytes and requests from nothing to the result of an address with a filter."""
    with slow_page(browser) as (page, received):
        start = time.perf_counter()
        page.goto(url + LINK, wait_until="commit")
        page.wait_for_function(RESULT, polling=20)
        return time.perf_counter() - start, sum(received), len(received)


def tick(browser: Browser, url: str) -> tuple[float, float, int]:
    """Seconds, bytes and requests from a click on a value to the result."""
    with slow_page(browser) as (page, received):
        page.goto(url + "browse.html", wait_until="networkidle")
        page.wait_for_selector("#browse-view tbody a")
        received.clear()
        start = time.perf_counter()
        page.locator(TICK).first.click()
        page.wait_for_function(RESULT, polling=20)
        return time.perf_counter() - start, sum(received), len(received)


def switch(browser: Browser, url: str) -> tuple[float, float, int]:
    """Seconds, bytes and requests from a click on the other tab to its filtered result."""
    with slow_page(browser) as (page, received):
        page.goto(url + LINK, wait_until="networkidle")
        page.wait_for_selector("#browse-view tbody a")
        received.clear()
        start = time.perf_counter()
        page.locator("#browse-tables [data-choice=observations]").click()
        page.wait_for_function(OBSERVED, polling=20)
        return time.perf_counter() - start, sum(received), len(received)


def figures(what: str, runs: list[tuple[float, float, int]]) -> list[dict[str, str | float]]:
    """Medians of some runs."""
    seconds, size, requests = (statistics.median(values) for values in zip(*runs, strict=True))
    return [
        {"what": what, "unit": "s", "ours": round(seconds, 2), "goal": 2.0},
        {"what": f"{what}: moved", "unit": "MB", "ours": round(size / 1e6, 2), "goal": 3.0},
        {"what": f"{what}: requests", "unit": "", "ours": requests},
    ]


def main() -> None:
    """Measure and store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, default=Path("build/bench/browse"))
    parser.add_argument("--chromium", default=shutil.which("chromium"))
    options = parser.parse_args()
    shutil.rmtree(options.folder, ignore_errors=True)
    catalog = write_catalog(options.folder / "catalog", options.rows)
    written = prose(Path("mkdocs.yml"), "https://example.org/", options.folder / "prose")
    site = browse_site(options.folder / "site", catalog, written, Path("build/app"))
    with serving(site) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.chromium, args=list(FLAGS))
        links, ticks, switches = [], [], []
        for _ in range(options.rounds):
            links.append(link(browser, server.url))
            ticks.append(tick(browser, server.url))
            switches.append(switch(browser, server.url))
        browser.close()
    name = f"{options.rows} models at 10 Mbit/s"
    rows = figures(f"{name}, an address with a filter, cold", links)
    rows += figures(f"{name}, a tick", ticks)
    observed = f"{catalog.counts['observations']} observations of the same, a click on their tab"
    store("browse_query", "python -m bench.browse_query", rows + figures(observed, switches))


if __name__ == "__main__":
    main()
