"""Row: how time grows with the number of calls, at 1x, 4x and 16x."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.analysing import analyse_all
from benchmarks.archives import filled_archive, shipped_rules
from benchmarks.bulk import bulk_crawls
from benchmarks.crawl import crawl_side_by_side
from benchmarks.generate import NOW, Inputs
from benchmarks.lab import changed_theme
from benchmarks.mails import send_week
from benchmarks.matching import match_all
from benchmarks.measure import Line, median_of, medians, steady_cpu_seconds
from benchmarks.search import page_search
from monitor.archive.facets import FacetIndex
from monitor.config import load_config
from monitor.jobs.status import status
from monitor.language.analyser import Analyser
from monitor.matching.judgement import analyse_zones
from monitor.web.lab import preview

STEPS = (1, 4, 16)
Task = Callable[[], object]


def measure(inputs: Inputs, quick: bool) -> list[Line]:
    """The rows `growth`: how much more than 4 times a step of 4 costs; n log n is the most allowed."""
    start, runs = (4, 1) if quick else (250, 5)
    lines = [_line(name, start, times) for name, times in _in_process(inputs, start, runs).items()]
    steps = STEPS[:1] if quick else STEPS
    sent = {step: send_week(inputs, quick, step).result for step in steps}
    bulk = {step: bulk_crawls(inputs, 8_000_000 * step, runs) for step in steps}
    if not quick:
        lines.append(_line("mails", sent[1]["mails"], {step: found["ours"] for step, found in sent.items()}))
        lines.append(_line("bulk file", bulk[1][0].result, {step: median_of(spent, "cpu") for step, spent in bulk.items()}))
    rows = 10 if quick else 100
    crawled = {step: _crawl(inputs, rows * step, 1 if quick else 2) for step in STEPS}
    lines += [_line(name, rows, {step: spent[name] for step, spent in crawled.items()}) for name in crawled[1]]
    return lines


def _line(name: str, start: int, times: dict[int, float]) -> Line:
    """The step from 4x to 16x over that from 1x to 4x, so that what a start costs hides nothing; 1 is linear."""
    told = ", ".join(f"{step}x {seconds * 1000:.0f} ms" for step, seconds in times.items())
    most = {step: step * start * math.log(step * start) for step in STEPS}
    return Line(
        row="growth",
        what=f"{name}, from {start}",
        unit="x linear",
        value=_step(times),
        better="less",
        bound=_step(most),
        note=told,
    )


def _step(times: dict[int, float]) -> float:
    return (times[16] - times[4]) / max(times[4] - times[1], 1e-9) / 4


def _in_process(inputs: Inputs, start: int, runs: int) -> dict[str, dict[int, float]]:
    rules = shipped_rules()
    theme, text = changed_theme(rules)
    found: dict[str, dict[int, float]] = {}
    config = load_config(None)
    calls = list(inputs.maker.calls(start * STEPS[-1], length=1_500))
    texts = [(call, analyse_zones(rules, call)) for call in calls]
    bodies = [call.body for call in calls]
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for step in STEPS:
            number = start * step
            with filled_archive(Path(folder) / f"{step}.db", calls[:number], match=True) as archive:
                search = page_search(archive)
                tasks: dict[str, Task] = {
                    "matching": lambda number=number: match_all(rules, texts[:number]),  # type: ignore[misc]
                    "analysing": lambda number=number: analyse_all(Analyser(), bodies[:number]),  # type: ignore[misc]
                    "rule lab": lambda db=archive.db: preview(db, rules, theme, text, NOW),  # type: ignore[misc]
                    "facet index": lambda db=archive.db: FacetIndex(db, NOW, lambda key, code, name: code),  # type: ignore[misc]
                    "search": lambda search=search: search("climate adaptation"),  # type: ignore[misc]
                    "status": lambda archive=archive: status(config, archive, NOW),  # type: ignore[misc]
                }
                for name, spent in medians(tasks, runs, steady_cpu_seconds).items():
                    found.setdefault(name, {})[step] = spent
    return found


def _crawl(inputs: Inputs, rows: int, runs: int) -> dict[str, float]:
    first, again, _ = crawl_side_by_side(inputs.maker.portal_pages(rows), runs)
    return {"crawl": median_of(first, "cpu"), "crawl unchanged": median_of(again, "cpu")}
