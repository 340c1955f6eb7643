"""The table: Markdown for people, JSON for the next run, and the ratios that fell since the last."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.measure import Line, shortly

FELL = 0.2
"""Part by which a ratio may be worse before it is named."""


def as_json(lines: Sequence[Line], about: dict[str, Any]) -> str:
    """Return the table as one JSON document."""
    rows = [{**asdict(line), "ratio": line.ratio, "reached": line.reached, "key": line.key} for line in lines]
    return json.dumps({"about": about, "lines": rows}, ensure_ascii=False, indent=1) + "\n"


def as_markdown(lines: Sequence[Line], about: dict[str, Any]) -> str:
    """Return the table for people: ours, the peer's, the ratio, the bound, and whether it is reached."""
    head = (
        f"Measured {about['day']} on {about['machine']}, {about['cores']} cores, Python {about['python']}; "
        f"inputs: {about['inputs']}. Medians of interleaved runs; written by `make bench`.\n\n"
    )
    out = [head, "| row | what | ours | peer | the peer's | ratio | to reach | |\n|---|---|---|---|---|---|---|---|\n"]
    for line in lines:
        theirs = f"{shortly(line.peer_value)}" if line.peer_value is not None else "missing" if line.peer else ""
        ratio = f"{shortly(line.ratio)}x" if line.ratio is not None else ""
        cells = (
            line.row,
            _what(line),
            f"{shortly(line.value)} {line.unit}",
            line.peer,
            theirs,
            ratio,
            _bound(line),
            _verdict(line),
        )
        out.append("| " + " | ".join(cells) + " |\n")
    return "".join(out)


def _what(line: Line) -> str:
    return f"{line.what} ({line.note})" if line.note else line.what


def _bound(line: Line) -> str:
    if line.bound is None:
        return ""
    return f"{'at least' if line.better == 'more' else 'at most'} {shortly(line.bound)}{'x' if line.peer else ''}"


def _verdict(line: Line) -> str:
    return {None: "", True: "yes", False: "**no**"}[line.reached]


def about_run(inputs: str, day: date) -> dict[str, Any]:
    """Return the machine and the versions that the table was measured with."""
    import os

    return {
        "day": day.isoformat(),
        "machine": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "inputs": inputs,
    }


def fallen(before: Iterable[dict[str, Any]], lines: Iterable[Line]) -> list[str]:
    """Return a sentence for every ratio that is worse than in the earlier table by more than a fifth."""
    known = {row["key"]: row["ratio"] for row in before if row["ratio"]}
    told = []
    for line in lines:
        old, new = known.get(line.key), line.ratio
        if old is None or not new:
            continue
        kept = new / old if line.better == "more" else old / new
        if kept < 1 - FELL:
            told.append(f"{line.key}: {shortly(old)}x before, {shortly(new)}x now")
    return told


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Return the lines of an earlier table; empty without a table."""
    return list(json.loads(path.read_text("utf-8"))["lines"]) if path.is_file() else []
