"""Row: how time grows with the number of calls, at 1x, 4x and 16x."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from benchmarks.analysing import analyse_all
from benchmarks.archives import filled_archive, shipped_rules
from benchmarks.bulk import bulk_crawl
from benchmarks.crawl import crawl_side_by_side
from benchmarks.generate import NOW, Inputs
from benchmarks.lab import changed_theme
from benchmarks.mails import ready_week
from benchmarks.matching import match_all, prepare_call
from benchmarks.measure import Line, rounds_of, shortly, steady_cpu_seconds, typical_round
from benchmarks.search import page_search
from monitor.archive.search.facets import FacetIndex
from monitor.config import load_config
from monitor.jobs.status import status
from monitor.language.analyser import Analyser
from monitor.web.views.rule_lab import preview

STEPS = (1, 4, 16)
Task = Callable[[], object]


def measure(inputs: Inputs, quick: bool) -> list[Line]:
    """Measure the rows `growth`: the cost of a step of 4 over 4; n log n is the bound.

    In each round the three sizes of one row follow each other, and the round with the median step counts: a machine that is slow
    for a minute, during one of the sizes only, would look like growth.
    """
    start, rows, runs = (4, 10, 1) if quick else (250, 100, 15)
    lines = _of_texts(inputs, start, runs) + _of_archives(inputs, start * 4, runs)
    if not quick:
        lines += _in_children(inputs, runs // 3)
    crawled = [{step: _crawl(inputs, rows * step) for step in STEPS} for _ in range(max(runs // 3, 1))]
    lines += [_line(name, rows, [{s: found[s][name] for s in STEPS} for found in crawled]) for name in crawled[0][1]]
    return lines


def _in_children(inputs: Inputs, runs: int) -> list[Line]:
    with ready_week(inputs, quick=False) as send:
        sent = [{step: send(step).result for step in STEPS} for _ in range(runs)]
    bulk = [{step: bulk_crawl(inputs, 8_000_000 * step) for step in STEPS} for _ in range(runs)]
    return [
        _line("mails", sent[0][1]["mails"], [{step: found[step]["ours"] for step in STEPS} for found in sent]),
        _line("bulk file", bulk[0][1].result, [{step: found[step].cpu for step in STEPS} for found in bulk]),
    ]


def _line(name: str, start: int, rounds: list[dict[int, float]]) -> Line:
    """Return the step from 4x to 16x over that from 1x to 4x, which leaves out the cost of a start; 1 is linear."""
    times = typical_round(rounds, _step)
    told = ", ".join(f"{step}x {shortly(seconds * 1000)} ms" for step, seconds in times.items())
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


def _of_texts(inputs: Inputs, start: int, runs: int) -> list[Line]:
    rules = shipped_rules()
    calls = list(inputs.maker.calls(start * STEPS[-1], length=1_500))
    texts = [prepare_call(rules, call) for call in calls]
    bodies = [call.body for call in calls]
    matching: dict[int, Task] = {step: partial(match_all, rules, texts[: start * step]) for step in STEPS}
    analysing: dict[int, Task] = {step: partial(_analyse_anew, bodies[: start * step]) for step in STEPS}
    return _lines({"matching": matching, "analysing": analysing}, start, runs)


def _analyse_anew(bodies: list[str]) -> None:
    analyse_all(Analyser(), bodies)


def _of_archives(inputs: Inputs, start: int, runs: int) -> list[Line]:
    """Measure with so many calls that an archive of 4x does not fit into the processor's cache."""
    rules = shipped_rules()
    config = load_config(None)
    theme, text = changed_theme(rules)
    calls = list(inputs.maker.calls(start * STEPS[-1], length=1_500))
    tasks: dict[str, dict[int, Task]] = {"rule lab": {}, "facet index": {}, "search": {}, "status": {}}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, ExitStack() as opened:
        for step in STEPS:
            archive = opened.enter_context(filled_archive(Path(folder) / f"{step}.db", calls[: start * step], match=True))
            tasks["rule lab"][step] = partial(preview, archive.db, rules, theme, text, NOW)
            tasks["facet index"][step] = partial(FacetIndex, archive.db, NOW, lambda key, code, name: code)
            tasks["search"][step] = partial(page_search(archive), "climate adaptation")
            tasks["status"][step] = partial(status, config, archive, NOW)
        return _lines(tasks, start, runs)


def _lines(tasks: dict[str, dict[int, Task]], start: int, runs: int) -> list[Line]:
    return [_line(name, start, rounds_of(sizes, runs, steady_cpu_seconds)) for name, sizes in tasks.items()]


def _crawl(inputs: Inputs, rows: int) -> dict[str, float]:
    first, again, _ = crawl_side_by_side(inputs.maker.portal_pages(rows), 1)
    return {"crawl": first[0].cpu, "crawl unchanged": again[0].cpu}
