"""Row: time until a command has answered, beside starting Python."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.archives import filled_archive, settings_text
from benchmarks.generate import Inputs
from benchmarks.measure import ROOT, Line, rounds_of, seconds, typical_pair

BOUNDS = {"--help": 6.0, "search": 20.0, "status": 20.0}
NOTHING = "python -c pass"
# As the console script in an installation: without numpy, which only the peers bring and sqlite-utils would import.
MONITOR = [sys.executable, "-c", "import sys; sys.modules['numpy'] = None; from monitor.cli import main; sys.exit(main())"]


def measure(inputs: Inputs, quick: bool) -> list[Line]:
    """Measure the rows `commands`."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        (folder / "monitor.toml").write_text(settings_text(), "utf-8")
        with filled_archive(folder / "data" / "archive.db", inputs.maker.calls(10 if quick else 600), match=True):
            pass
        monitor = [*MONITOR, "--config", str(folder / "monitor.toml"), "--now", "2026-05-27T12:00"]
        environment = _compiled(folder / "compiled")
        tasks: dict[str, Callable[[], object]] = {
            NOTHING: _run([sys.executable, "-c", "pass"], environment),
            "--help": _run([*MONITOR, "--help"], environment),
            "search": _run([*monitor, "search", "climate adaptation", "--json"], environment),
            "status": _run([*monitor, "status", "--json"], environment),
        }
        for task in tasks.values():
            task()
        rounds = rounds_of(tasks, 1 if quick else 15, seconds)
    return [
        _line(command, bound, *typical_pair((one[command], one[NOTHING]) for one in rounds)) for command, bound in BOUNDS.items()
    ]


def _line(command: str, bound: float, ours: float, nothing: float) -> Line:
    return Line(
        row="commands",
        what=f"monitor {command}",
        unit="milliseconds",
        value=ours * 1000,
        better="less",
        peer=NOTHING,
        peer_value=nothing * 1000,
        bound=bound,
    )


def _compiled(folder: Path) -> dict[str, str]:
    """Return the environment of an installed program: pip has compiled it, whatever this process wishes to keep."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(folder)}


def _run(command: list[str], environment: dict[str, str]) -> Callable[[], object]:
    def task() -> None:
        code = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False).returncode
        assert code in (0, 1), command

    return task
