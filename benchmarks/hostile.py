"""`python -m benchmarks.hostile`: ten sources, nine of them hostile, in two rounds; seconds and peak memory of each.

Peak memory is that of the reading process and of its children that parse answers; shared pages are counted once.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.commands import Installation
from tests.hostile import ROUNDS, serve_round

MOST_SECONDS, MOST_MEGABYTES = 60, 300
_GLANCE = 0.1


def main() -> int:
    """Measure both rounds; exit code 1 when a bound is not kept or the good source's calls are not stored."""
    kept = True
    for name in ROUNDS:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder, serve_round(name) as (settings, sources):
            installation = Installation(Path(folder))
            installation.configure(settings)
            seconds, megabytes, answer, code = _measure(installation.command("crawl", *sources, "--json"))
        good = next(source for source in answer["sources"] if source["id"] == "good")
        kept = (
            kept
            and seconds <= MOST_SECONDS
            and megabytes <= MOST_MEGABYTES
            and (good["state"], good["new"], code) == ("accepted", 3, 1)
        )
        print(
            f"{name}: {seconds:.0f} s (at most {MOST_SECONDS}), {megabytes:.0f} MB (at most {MOST_MEGABYTES}),"
            f" exit code {code}, {good['new']} good calls"
        )
    return 0 if kept else 1


def _measure(command: list[str]) -> tuple[float, float, dict, int]:
    begun, peak = time.monotonic(), 0
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(command, stdout=out, stderr=err)
        while process.poll() is None:
            peak = max(peak, _shares(process.pid))
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=_GLANCE)
        seconds = time.monotonic() - begun
        out.seek(0)
        return seconds, peak / 1024, json.load(out), process.returncode


def _shares(pid: int) -> int:
    """Return the kilobytes of memory of a process and its children; shared pages are divided among them (PSS)."""
    total, waiting = 0, [pid]
    parents = _parents()
    while waiting:
        one = waiting.pop()
        waiting += parents.get(one, [])
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text("ascii").splitlines()
        except OSError:
            continue
        total += next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
    return total


def _parents() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text("utf-8", "replace").rpartition(")")[2].split()[1])
        except OSError:
            continue
        found.setdefault(parent, []).append(int(stat.parent.name))
    return found


if __name__ == "__main__":
    sys.exit(main())
