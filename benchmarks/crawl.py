"""Rows: a portal day crawled over loopback, beside a bare Scrapy spider; and the same day again with nothing changed."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.generate import NOW, Inputs
from benchmarks.measure import Line, Spent, as_a_command, median_of, run_child, server, typical_pair

_SETTINGS = """
[network]
allow_loopback = true
delay = 0
retries = 0
[sources.funding-tenders]
url = "http://127.0.0.1:{port}/search"
"""


def measure(inputs: Inputs, quick: bool) -> list[Line]:
    """Measure the rows `crawl` and `crawl unchanged`."""
    pages = inputs.portal_day(40 if quick else None)
    first, again, bare = crawl_side_by_side(pages, 1 if quick else 7)
    calls = first[0].result["seen"]
    # Scrapy loads half of itself when it is started, which is part of the bare spider's task, and ours before it.
    spent = {
        f"a portal day of {calls} rows, read and stored": [one.whole - one.result["indexing"] for one in first],
        f"a portal day of {calls} rows, read, stored and analysed for search": [one.whole for one in first],
    }
    pairs = {what: typical_pair(zip(ours, (one.whole for one in bare), strict=True)) for what, ours in spent.items()}
    unchanged, changed = typical_pair((one.cpu, before.cpu) for one, before in zip(again, first, strict=True))
    written = max(one.result["rows_written"] for one in again)
    return [
        *(
            Line(
                row="crawl",
                what=what,
                unit="calls per second of CPU, loading included",
                value=calls / ours,
                peer="bare Scrapy spider that parses JSON and drops it",
                peer_value=calls / peers,
                bound=0.3,
            )
            for what, (ours, peers) in pairs.items()
        ),
        Line(row="crawl", what="peak memory", unit="MB", value=median_of(first, "peak") / 1e6, better="less"),
        Line(
            row="crawl unchanged",
            what="the same day again",
            unit="seconds of CPU",
            value=unchanged,
            better="less",
            peer="first crawl",
            peer_value=changed,
            bound=0.4,
        ),
        Line(row="crawl unchanged", what="call rows written", unit="rows", value=written, better="less", bound=0),
        Line(
            row="crawl unchanged",
            what="archive grows by",
            unit="kB",
            value=max(one.result["grown"] for one in again) / 1000,
            better="less",
        ),
    ]


def crawl_side_by_side(pages: list[bytes], runs: int) -> tuple[list[Spent], list[Spent], list[Spent]]:
    """Run first crawls, second crawls and bare ones in turns."""
    first, again, bare = [], [], []
    with _portal(pages) as port:
        for _ in range(runs):
            with tempfile.TemporaryDirectory(prefix="bench-") as folder:
                settings = Path(folder) / "monitor.toml"
                settings.write_text(_SETTINGS.format(port=port), "utf-8")
                first.append(run_child("crawl:ours", settings=str(settings)))
                bare.append(run_child("crawl:bare", port=port, pages=len(pages)))
                again.append(run_child("crawl:ours", settings=str(settings)))
    return first, again, bare


@contextmanager
def _portal(pages: list[bytes]) -> Iterator[int]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for number, page in enumerate(pages, 1):
            (Path(folder) / f"{number}.json").write_bytes(page)
        with server("portal", folder) as port:
            yield port


def ours(settings: str) -> Callable[[], dict[str, Any]]:
    """Crawl the portal into the archive of an installation."""
    from monitor.archive import open_archive
    from monitor.config import load_config
    from monitor.jobs import crawl

    as_a_command()
    config = load_config(Path(settings))
    index, spent = crawl.index_archive, [0.0]

    def timed(archive: Any) -> int:
        begun = time.process_time()
        number = index(archive)
        spent[0] += time.process_time() - begun
        return number

    def task() -> dict[str, Any]:
        with open_archive(config.archive) as archive:
            size = _pages_used(archive.db)
            archive.db.execute("CREATE TEMP TABLE written (number INTEGER)")
            for moment in ("INSERT", "UPDATE"):
                archive.db.execute(
                    f"CREATE TEMP TRIGGER count_{moment} AFTER {moment} ON main.calls BEGIN INSERT INTO written VALUES (1); END"
                )
            crawl.index_archive = timed
            report = crawl.crawl(config, archive, [config.source("funding-tenders")], NOW)[0]
            assert report.state == "accepted", report.reason
            rows = archive.db.execute("SELECT count(*) FROM written").fetchone()[0]
            grown = _pages_used(archive.db) - size
            return {"seen": report.seen, "rows_written": rows, "grown": grown, "indexing": spent[0]}

    return task


def _pages_used(db: Any) -> int:
    pages = db.execute("PRAGMA page_count").fetchone()[0] - db.execute("PRAGMA freelist_count").fetchone()[0]
    return int(pages * db.execute("PRAGMA page_size").fetchone()[0])


def bare(port: int, pages: int) -> Callable[[], dict[str, Any]]:
    """Run a spider that asks for the same pages, parses their JSON and drops it; Scrapy's own settings, no robots.txt."""
    import scrapy
    from scrapy.crawler import AsyncCrawlerProcess

    seen = 0

    class Bare(scrapy.Spider):
        name = "bare"

        async def start(self) -> Any:
            for number in range(1, pages + 1):
                yield scrapy.Request(f"http://127.0.0.1:{port}/search?pageNumber={number}", method="POST", dont_filter=True)

        def parse(self, response: Any, **_: Any) -> None:
            nonlocal seen
            seen += len(json.loads(response.body)["results"])

    def task() -> dict[str, Any]:
        process = AsyncCrawlerProcess({"LOG_LEVEL": "ERROR", "TELNETCONSOLE_ENABLED": False, "ROBOTSTXT_OBEY": False})
        process.crawl(Bare)
        process.start()
        return {"seen": seen}

    return task
