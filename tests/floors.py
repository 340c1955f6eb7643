"""`python -m tests.floors [PART ...]`: the branch coverage of each part of the program by its own tests, held to the floors of pyproject.toml.

`tests/<part>` is run for itself and only `monitor/<part>` is traced: what another part's tests happen to touch counts for nothing, and code
outside the part runs at full speed. Exit code 1 when tests fail or a part is below its floor.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def load_floors() -> dict[str, int]:
    """Return the least per cent of each part, by the part's name: `[tool.eu-monitor.coverage]`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return dict(project["tool"]["eu-monitor"]["coverage"])


def measure(part: str, workers: str, folder: Path) -> tuple[bool, dict[str, Any]]:
    """Run a part's own tests. Return whether they passed, and coverage.py's JSON report."""
    report = folder / f"{part}.json"
    command = [sys.executable, "-m", "pytest", f"tests/{part}", "-q", "-n", workers, "--dist", "worksteal"]
    options = [f"--cov=monitor/{part}", "--cov-branch", f"--cov-report=json:{report}"]
    environment = {**os.environ, "COVERAGE_FILE": str(folder / part)}
    done = subprocess.run([*command, *options], cwd=ROOT, env=environment, check=False)
    return done.returncode == 0, json.loads(report.read_text("utf-8"))


def summary(part: str, floor: int, report: dict[str, Any]) -> tuple[bool, list[str]]:
    """Return whether the part reaches its floor, and lines for people: the part, then its modules below the floor, least covered first."""
    reached = float(report["totals"]["percent_covered"])
    lines = [f"{part:<10} {reached:5.1f} %  (floor {floor} %)"]
    files = sorted((float(found["summary"]["percent_covered"]), name) for name, found in report["files"].items())
    lines += [f"    {covered:5.1f} %  {name}" for covered, name in files if covered < floor]
    return reached >= floor, lines


def main(arguments: list[str] | None = None) -> int:
    """Measure the parts that are named, all by default, and print one table at the end."""
    floors = load_floors()
    parser = argparse.ArgumentParser(prog="python -m tests.floors", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(floors)}; default: all")
    parser.add_argument("-n", dest="workers", default="auto", help="processes, as pytest-xdist takes them")
    options = parser.parse_args(arguments)
    if unknown := set(options.parts) - set(floors):
        parser.error(f"no floor for {', '.join(sorted(unknown))}")
    good, lines = True, []
    with tempfile.TemporaryDirectory() as folder:
        for part in options.parts or floors:
            passed, report = measure(part, options.workers, Path(folder))
            enough, told = summary(part, floors[part], report)
            good &= passed and enough
            lines += told if passed else [*told, f"    the tests of {part} failed"]
    print("\n".join(["", "Branch coverage of each part by its own tests:", *lines]))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
