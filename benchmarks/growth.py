"""Row: how time grows with the number of calls, at 1x, 4x and 16x."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from benchmarks.analysing import analyse_all
from benchmarks.archives import filled_archive, shipped_rules
from benchmarks.bulk import bulk_crawl
from benchmarks.crawl import crawl_side_by_side
from benchmarks.generate import NOW, Inputs
from benchmarks.lab import changed_theme
from benchmarks.mails import ready_week
from benchmarks.matching import Texts, match_all
from benchmarks.measure import Line, medians, steady_cpu_seconds
from benchmarks.search import page_search
from monitor.archive import Archive
from monitor.archive.facets import FacetIndex
from monitor.config import Config, load_config
from monitor.jobs.status import status
from monitor.language.analyser import Analyser
from monitor.matching.judgement import analyse_zones
from monitor.matching.ruleset import RuleSet
from monitor.web.lab import preview

STEPS = (1, 4, 16)
Task = Callable[[], object]


def measure(inputs: Inputs, quick: bool) -> list[Line]:
    """The rows `growth`: how much more than 4 times a step of 4 costs; n log n is the most allowed.

    The sizes take turns, and the least of all rounds counts: a machine that is slower for a minute would look like growth.
    """
    start, rows, runs = (4, 10, 1) if quick else (250, 100, 5)
    lines = [_line(name, start, times) for name, times in _in_process(inputs, start, runs).items()]
    if not quick:
        lines += _in_children(inputs, min(runs, 3))
    crawled = [{step: _crawl(inputs, rows * step) for step in STEPS} for _ in range(min(runs, 4))]
    lines += [_line(name, rows, _least([{s: found[s][name] for s in STEPS} for found in crawled])) for name in crawled[0][1]]
    return lines


def _in_children(inputs: Inputs, runs: int) -> list[Line]:
    with ready_week(inputs, quick=False) as send:
        sent = [{step: send(step).result for step in STEPS} for _ in range(runs)]
    bulk = [{step: bulk_crawl(inputs, 8_000_000 * step) for step in STEPS} for _ in range(runs)]
    return [
        _line("mails", sent[0][1]["mails"], _least([{step: found[step]["ours"] for step in STEPS} for found in sent])),
        _line("bulk file", bulk[0][1].result, _least([{step: found[step].cpu for step in STEPS} for found in bulk])),
    ]


def _least(rounds: list[dict[int, float]]) -> dict[int, float]:
    return {step: min(found[step] for found in rounds) for step in STEPS}


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
    found: dict[str, dict[int, float]] = {}
    config = load_config(None)
    calls = list(inputs.maker.calls(start * STEPS[-1], length=1_500))
    texts = [(call, analyse_zones(rules, call)) for call in calls]
    bodies = [call.body for call in calls]
    tasks: dict[str, Task] = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, ExitStack() as opened:
        for step in STEPS:
            number = start * step
            archive = opened.enter_context(filled_archive(Path(folder) / f"{step}.db", calls[:number], match=True))
            for name, task in _tasks(archive, config, rules, texts[:number], bodies[:number]).items():
                tasks[f"{name} {step}"] = task
        spent = medians(tasks, runs, steady_cpu_seconds, pick=min)
    for name, seconds in spent.items():
        row, _, step = name.rpartition(" ")
        found.setdefault(row, {})[int(step)] = seconds
    return found


def _tasks(archive: Archive, config: Config, rules: RuleSet, texts: Texts, bodies: list[str]) -> dict[str, Task]:
    theme, text = changed_theme(rules)
    search = page_search(archive)
    return {
        "matching": lambda: match_all(rules, texts),
        "analysing": lambda: analyse_all(Analyser(), bodies),
        "rule lab": lambda: preview(archive.db, rules, theme, text, NOW),
        "facet index": lambda: FacetIndex(archive.db, NOW, lambda key, code, name: code),
        "search": lambda: search("climate adaptation"),
        "status": lambda: status(config, archive, NOW),
    }


def _crawl(inputs: Inputs, rows: int) -> dict[str, float]:
    first, again, _ = crawl_side_by_side(inputs.maker.portal_pages(rows), 1)
    return {"crawl": first[0].cpu, "crawl unchanged": again[0].cpu}
