"""`monitor --version`: what a report of a fault has to name, told by an installation in any state."""

import platform
import sqlite3
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

from tests.commands import Installation

PROJECT = tomllib.loads((Path(__file__).resolve().parents[2] / "pyproject.toml").read_text("utf-8"))["project"]


def test_version_names_the_program_python_and_sqlite(tmp_path):
    outcome = Installation(tmp_path).ask("--version")
    installed = metadata.version(PROJECT["name"])
    expected = f"monitor {installed} (Python {platform.python_version()}, SQLite {sqlite3.sqlite_version})\n"
    assert (outcome.code, outcome.out, outcome.err) == (0, expected, "")


def test_version_is_answered_where_the_settings_are_wrong(tmp_path):
    place = Installation(tmp_path)
    place.configure("[no-such-table]\n")
    assert place.ask("status").code == 2
    outcome = place.ask("--version", "status")
    assert outcome.code == 0
    assert outcome.out.startswith("monitor ")


def test_version_loads_no_command_and_no_settings():
    code = (
        "import sys, atexit; from monitor.cli import main; atexit.register(lambda: print(*sys.modules, file=sys.stderr)); main()"
    )
    done = subprocess.run([sys.executable, "-c", code, "--version"], check=True, capture_output=True, text=True)
    assert done.stdout.startswith("monitor ")
    loaded = set(done.stderr.split())
    assert not {"pydantic", "rich", "scrapy", "datasette", "sqlite_utils", "lxml"} & loaded
    own = {name for name in loaded if name.startswith("monitor.")}
    assert own == {"monitor.cli", "monitor.cli.app", "monitor.errors"}
