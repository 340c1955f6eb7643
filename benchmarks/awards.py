"""Row: import of made projects of the portal, its memory, its growth, and the page of a call with its history among them."""

from __future__ import annotations

import json
import random
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import Line, Spent, percentile, run_child, steady_cpu_seconds

if TYPE_CHECKING:  # the import is measured in a process that loads this module, and no import needs what these bring
    from benchmarks.generate import Inputs, Maker

PROJECTS, QUICK_PROJECTS = 100_000, 400
PARTNERS = 5
CALLS, QUICK_CALLS = 2_000, 30
_PAGES = 200
_PAGE = 100
_SUMMARY = 600
_THEMES = 200
_NOW = datetime(2026, 11, 28, tzinfo=UTC)
_MOST_GROWTH = 1.5
_MOST_SECONDS = 300.0
_MOST_MEGABYTES = 150.0
_MOST_FILE = 300.0
_MOST_MILLISECONDS = 200.0
_TOWNS = ("GOTEBORGS KOMMUN", "UPPSALA KOMMUN", "MALMO STAD")
_NUMBERS = ("SE212000135501", "SE212000300501", "SE212000112401")


def measure(inputs: Inputs, quick: bool) -> list[Line]:
    """Return the time and memory of an import, its growth from a quarter, the size of the file, and the times of its answers."""
    count, calls = (QUICK_PROJECTS, QUICK_CALLS) if quick else (PROJECTS, CALLS)
    with tempfile.TemporaryDirectory() as folder:
        small = _spent(inputs.maker, count // 4, Path(folder, "small"))
        whole = _spent(inputs.maker, count, Path(folder, "whole"))
        file = Path(folder, "whole", "awards.db")
        size = file.stat().st_size / 1e6
        pages = _page_times(inputs.maker, calls, file, Path(folder, "site"))
    growth = (whole.cpu / count) / max(small.cpu / (count // 4), 1e-9)
    many = f"{count:,} projects"
    page = f"a call's page with history and similar projects, {{}} over HTTP, {many}"
    rows = (
        (f"import of {many}", "CPU s", whole.cpu, _MOST_SECONDS),
        ("memory of that", "MB", whole.peak / 1e6, _MOST_MEGABYTES),
        ("file of that", "MB", size, _MOST_FILE),
        ("time per project, 4x over 1x", "times", growth, _MOST_GROWTH),
        ("earlier rounds of a call", "ms", whole.result, _MOST_MILLISECONDS),
        (page.format("p50"), "ms", percentile(pages, 0.5), None),
        (page.format("p95"), "ms", percentile(pages, 0.95), _MOST_MILLISECONDS),
    )
    return [
        Line(row="awards", what=what, unit=unit, value=value, better="less", bound=bound) for what, unit, value, bound in rows
    ]


def _spent(maker: Maker, count: int, folder: Path) -> Spent:
    """Return the cost of an import of so many projects into `awards.db` of a new folder."""
    folder.mkdir()
    write_pages(folder, count, maker)
    return run_child("awards:import_pages", folder=str(folder), file=str(folder / "awards.db"))


def import_pages(folder: str, file: str) -> Callable[[], float]:
    """Return the import of the pages of a folder, which gives the milliseconds of a question about them afterwards."""
    from monitor.awards.history import earlier_rounds
    from monitor.awards.store import import_source, open_awards

    def task() -> float:
        with open_awards(Path(file)) as db:
            import_source(db, "portal", sorted(Path(folder).glob("made.*.json")), _NOW)
            return 1000 * steady_cpu_seconds(lambda: earlier_rounds(db, "LIFE-2026-TAA", "Nässjö"))

    return task


def _page_times(maker: Maker, calls: int, awards: Path, folder: Path) -> list[float]:
    """Return the milliseconds of the pages of calls that have earlier rounds, each page asked for once."""
    from benchmarks.archives import filled_archive, settings_text
    from benchmarks.generate import NOW
    from benchmarks.web import ask
    from monitor.archive import open_archive
    from monitor.config import load_config
    from monitor.jobs.serve import make_site
    from monitor.paths import RULES
    from monitor.web.framework.app import make_app
    from tests.web.chromium import served

    folder.mkdir()
    shutil.copytree(RULES, folder / "rules")
    (folder / "monitor.toml").write_text(settings_text() + '[rules]\ndir = "rules"\n', "utf-8")
    config = load_config(folder / "monitor.toml")
    config.data_dir.mkdir(exist_ok=True)
    shutil.copy(awards, config.data_dir / "awards.db")
    made = (
        replace(call, identifier=f"LIFE-2026-{_theme(place % _THEMES)}-{place}") for place, call in enumerate(maker.calls(calls))
    )
    with filled_archive(config.archive, made, match=True):
        pass
    with open_archive(config.archive) as archive:
        numbers = [row[0] for row in archive.db.execute("SELECT number FROM calls ORDER BY hash LIMIT ?", [_PAGES + 1])]
    site = make_site(config, lambda: NOW)
    with served(make_app(site)) as base:
        ask(f"{base}/u/{numbers.pop()}")  # the first page reads the rules and their terms
        times = [ask(f"{base}/u/{number}") for number in numbers]
    site.archive.close()
    return times


def write_pages(folder: Path, count: int, maker: Maker) -> list[Path]:
    """Write made answers of the portal with so many projects, a hundred a page; one in ten has a Swedish municipality."""
    paths = []
    for start in range(0, count, _PAGE):
        rows = [_row(number, maker) for number in range(start, min(start + _PAGE, count))]
        path = folder / f"made.{start:07d}.json"
        path.write_text(json.dumps({"totalResults": count, "results": rows}), "utf-8")
        paths.append(path)
    return paths


def _theme(number: int) -> str:
    return f"T{chr(65 + number % 26)}{chr(65 + number // 26)}"


def _row(number: int, maker: Maker) -> dict[str, object]:
    chance = random.Random(f"awards/{number}")
    year = 2021 + number // _THEMES % 5  # each subject has a round every year
    code = f"LIFE-{year}-{_theme(number % _THEMES)}"
    partners: list[dict[str, object]] = []
    for place in range(PARTNERS):
        organisation = (number * PARTNERS + place) % 60_000
        country = ("DE", "FR", "IT", "PL")[place % 4]
        name = f"ORGANISATION {organisation}"
        partners.append({"pic": f"{900_000_000 + organisation}", "legalName": name, "country": country, "city": "TOWN",
                         "eucontribution": 100_000})  # fmt: skip
    if number % 10 == 0:
        town = number // 10 % 3
        partners[0] |= {"legalName": _TOWNS[town], "country": "SE", "vat": _NUMBERS[town], "pic": f"99{town}000000"}
    return {
        "metadata": {
            "projectId": [str(101_000_000 + number)],
            "title": [f"{chance.choice(maker.titles)[:200]} {number}"],
            "acronym": [f"MADE{number}"],
            "objective": [maker.text(chance, _SUMMARY)],
            "programId": ["43252405"],
            "programAbbreviation": ["LIFE2027"],
            "callIdentifier": [code],
            "topicAbbreviation": [code],
            "overallBudget": ["900000"],
            "euContributionAmount": ["500010"],
            "startDate": [f"{year}-06-01T00:00:00.000+0000"],
            "endDate": [f"{year + 3}-06-01T00:00:00.000+0000"],
            "participants": [json.dumps(partners)],
        }
    }
