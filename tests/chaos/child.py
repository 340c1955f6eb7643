"""Process of a job that meets a fault: it lays the seams, and saves settings and rules, which no command does."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from monitor.archive import open_archive
from monitor.config import load_config
from monitor.errors import LockedError, MonitorError
from monitor.jobs.save_rules import save_rule_text
from monitor.jobs.save_settings import save_edits
from monitor.toml_edit import Edit, EditRequest, TextRequest, text_mark
from tests.chaos.faults import Counters, Fault
from tests.chaos.file_seams import lay_file_seams
from tests.chaos.net_seams import lay_net_seams
from tests.chaos.sqlite_seams import SqliteSeams, has_sqlite_seams
from tests.chaos.unsynced import Unsynced

THEME = "themes/utbyten.toml"
NEW_LINE = "# tillagd\n"
_laid: list[Any] = []
"""Seams of this process: SQLite calls them until it ends."""


@dataclass(frozen=True)
class Seams:
    """Seams to lay into a process before its command runs; with `save`, the saving of that file in place of a command."""

    folder: Path
    fault: Fault | None
    report: Path
    """File that gets a line per crossing, or the line "hit" when the fault happens."""
    save: str = ""
    now: str = ""

    def __call__(self) -> None:
        counters = Counters(self.folder, self.fault, self.report)
        unsynced = Unsynced(keeps=counters.cuts_power)
        counters.undo = unsynced.undo
        if has_sqlite_seams():
            _laid.append(SqliteSeams(counters, unsynced))
        lay_file_seams(counters, unsynced)
        lay_net_seams(counters)
        if self.save:
            sys.exit(_save(self.folder, self.save, datetime.fromisoformat(self.now)))


def _save(folder: Path, file: str, now: datetime) -> int:
    """Save a setting or a theme as the browser does, and return the exit code that a command would have."""
    try:
        config = load_config(folder / "monitor.toml")
        with open_archive(config.archive) as archive:
            if file == "monitor.toml":
                request = EditRequest(file=file, edits=(Edit(("schedule", "crawl"), "06:00"),), mark="", who="Anna")
                problems = save_edits(archive, config, request, now.astimezone(config.zone)).problems
            else:
                present = (config.rules_dir / file).read_text("utf-8")
                text = present if present.endswith(NEW_LINE) else present + NEW_LINE
                wanted = TextRequest(file=file, text=text, mark=text_mark(present), version="utbyten", who="Anna")
                problems = save_rule_text(archive, config, wanted, now.astimezone(config.zone)).problems
    except MonitorError as error:
        print(error, file=sys.stderr)
        return 3 if isinstance(error, LockedError) else 1
    print(*problems, sep="\n", file=sys.stderr)
    return int(bool(problems))
