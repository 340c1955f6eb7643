"""Row: import of made projects of the portal, its memory, its growth, and the earlier rounds of a call among them."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.generate import Inputs
from benchmarks.measure import Line, Spent, run_child, steady_cpu_seconds

PROJECTS, QUICK_PROJECTS = 100_000, 400
PARTNERS = 5
_PAGE = 100
_NOW = datetime(2026, 11, 28, tzinfo=UTC)
_MOST_GROWTH = 1.5
_MOST_SECONDS = 300.0
_MOST_MEGABYTES = 150.0
_MOST_FILE = 300.0
_MOST_MILLISECONDS = 200.0
_TOWNS = ("GOTEBORGS KOMMUN", "UPPSALA KOMMUN", "MALMO STAD")
_NUMBERS = ("SE212000135501", "SE212000300501", "SE212000112401")


def measure(inputs: Inputs, quick: bool) -> list[Line]:
    """Return the time and memory of an import, its growth from a quarter, the size of the file, and the time of a question."""
    count = QUICK_PROJECTS if quick else PROJECTS
    small, _ = _spent(count // 4)
    whole, size = _spent(count)
    growth = (whole.cpu / count) / max(small.cpu / (count // 4), 1e-9)
    many = f"{count:,} projects"
    return [
        Line(row="awards", what=f"import of {many}", unit="CPU s", value=whole.cpu, better="less", bound=_MOST_SECONDS),
        Line(row="awards", what="memory of that", unit="MB", value=whole.peak / 1e6, better="less", bound=_MOST_MEGABYTES),
        Line(row="awards", what="file of that", unit="MB", value=size, better="less", bound=_MOST_FILE),
        Line(row="awards", what="time per project, 4x over 1x", unit="times", value=growth, better="less", bound=_MOST_GROWTH),
        Line(
            row="awards", what="earlier rounds of a call", unit="ms", value=whole.result, better="less", bound=_MOST_MILLISECONDS
        ),
    ]


def _spent(count: int) -> tuple[Spent, float]:
    """Return the cost of an import of so many projects, and the megabytes of the file."""
    with tempfile.TemporaryDirectory() as folder:
        write_pages(Path(folder), count)
        file = Path(folder) / "awards.db"
        return run_child("awards:import_pages", folder=folder, file=str(file)), file.stat().st_size / 1e6


def import_pages(folder: str, file: str) -> Callable[[], float]:
    """Return the import of the pages of a folder, which gives the milliseconds of a question about them afterwards."""
    from monitor.awards.history import earlier_rounds
    from monitor.awards.store import import_source, open_awards

    def task() -> float:
        with open_awards(Path(file)) as db:
            import_source(db, "portal", sorted(Path(folder).glob("made.*.json")), _NOW)
            return 1000 * steady_cpu_seconds(lambda: earlier_rounds(db, "LIFE-2026-TAA", "Nässjö"))

    return task


def write_pages(folder: Path, count: int) -> list[Path]:
    """Write made answers of the portal with so many projects, a hundred a page; one in ten has a Swedish municipality."""
    paths = []
    for start in range(0, count, _PAGE):
        rows = [_row(number) for number in range(start, min(start + _PAGE, count))]
        path = folder / f"made.{start:07d}.json"
        path.write_text(json.dumps({"totalResults": count, "results": rows}), "utf-8")
        paths.append(path)
    return paths


def _row(number: int) -> dict[str, object]:
    year, theme = 2021 + number % 5, number % 200
    code = f"LIFE-{year}-T{chr(65 + theme % 26)}{chr(65 + theme // 26)}"
    partners: list[dict[str, object]] = []
    for place in range(PARTNERS):
        organisation = (number * PARTNERS + place) % 60_000
        country = ("DE", "FR", "IT", "PL")[place % 4]
        name = f"ORGANISATION {organisation}"
        partners.append({"pic": f"{900_000_000 + organisation}", "legalName": name, "country": country, "city": "TOWN"})
    if number % 10 == 0:
        town = number // 10 % 3
        partners[0] |= {"legalName": _TOWNS[town], "country": "SE", "vat": _NUMBERS[town], "pic": f"99{town}000000"}
    return {
        "metadata": {
            "projectId": [str(101_000_000 + number)],
            "title": [f"Made project {number} on theme {theme}"],
            "acronym": [f"MADE{number}"],
            "objective": ["Towns work together on clean water, housing and young people's way to work. " * 6],
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
