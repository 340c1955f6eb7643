"""Row: the pages over HTTP on a large archive, while another process writes to it."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.archives import filled_archive, settings_text
from benchmarks.generate import NOW, Inputs
from benchmarks.measure import Line, percentile
from benchmarks.search import LENGTH, QUERIES
from monitor.archive import open_archive
from monitor.config import load_config
from monitor.jobs.serve import make_site
from monitor.paths import RULES
from monitor.web.framework.app import make_app
from tests.web.chromium import served

_WRITER = """
import sys, time
from pathlib import Path
from monitor.archive import open_archive
with open_archive(Path(sys.argv[1])) as archive:
    number = 0
    while True:
        with archive.db.atomic():
            seen = f"2026-05-27T10:00:{number % 60:02d}+00:00"
            archive.db.execute("UPDATE calls SET last_seen = ? WHERE rowid % 97 = ?", [seen, number % 97])
        number += 1
        time.sleep(0.2)
"""
_FACETS = ({}, {"status": "open"}, {"kalla": "funding-tenders"}, {"status": "open", "sort": "sista-dag"}, {"sida": "3"})


def measure(inputs: Inputs, quick: bool) -> list[Line]:
    """Measure the rows `web`: a search with facets, and a call's page."""
    size, rounds = (60, 1) if quick else (100_000, 4)
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
        folder = Path(temporary)
        shutil.copytree(RULES, folder / "rules")
        (folder / "monitor.toml").write_text(settings_text() + '[rules]\ndir = "rules"\n', "utf-8")
        config = load_config(folder / "monitor.toml")
        with filled_archive(config.archive, inputs.maker.calls(size, length=LENGTH), match=True):
            pass
        with open_archive(config.archive) as archive:
            numbers = [number for (number,) in archive.db.execute("SELECT number FROM calls ORDER BY hash LIMIT 200").fetchall()]
        site = make_site(config, lambda: NOW)
        with served(make_app(site)) as base, writing(config.archive):
            ask(f"{base}/sok")
            searches = [
                ask(f"{base}/sok?{urlencode({'q': query, **facets})}")
                for _ in range(rounds)
                for query in QUERIES
                for facets in _FACETS
            ]
            pages = [ask(f"{base}/u/{number}") for number in numbers]
        site.archive.close()
    what = f"over HTTP at {size} calls, while another process writes"
    return [
        Line(
            row="web", what=f"search with facets, p50 {what}", unit="milliseconds", value=percentile(searches, 0.5), better="less"
        ),
        Line(
            row="web",
            what=f"search with facets, p95 {what}",
            unit="milliseconds",
            value=percentile(searches, 0.95),
            better="less",
            bound=200.0,
        ),
        Line(row="web", what=f"a call's page, p50 {what}", unit="milliseconds", value=percentile(pages, 0.5), better="less"),
        Line(
            row="web",
            what=f"a call's page, p95 {what}",
            unit="milliseconds",
            value=percentile(pages, 0.95),
            better="less",
            bound=50.0,
        ),
    ]


@contextlib.contextmanager
def writing(archive: Path) -> Iterator[None]:
    """Run a process that writes as a crawl does, a transaction every fifth of a second."""
    writer = subprocess.Popen([sys.executable, "-c", _WRITER, str(archive)])
    try:
        yield
    finally:
        writer.kill()
        writer.wait()


def ask(address: str) -> float:
    """Return the milliseconds until the whole answer has arrived."""
    begun = time.perf_counter()
    with urllib.request.urlopen(address) as answer:
        answer.read()
    return (time.perf_counter() - begun) * 1000
