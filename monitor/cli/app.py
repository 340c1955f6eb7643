"""Parts that every command uses: settings, the clock, and printing of answers."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import click

from monitor.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from rich.console import Console

    from monitor.archive.call_documents import PageHit
    from monitor.config import Config


NEEDS_INSTALLATION = frozenset(
    [
        "status",
        "show",
        "search",
        "why",
        "match",
        "digest",
        "send",
        "feedback",
        "report",
        "note",
        "tidy",
        "forget",
        "backup",
        "copy",
        "restore",
        "canary",
        "replay",
        "run",
        "worker",
        "serve",
        "mcp",
        "awards",
        "season",
        "plan",
        "documents",
        "translate",
    ]
)
"""Commands that refuse to run in a folder that has neither settings nor an archive."""
NO_INSTALLATION = (
    "ingen fil med inställningar och inget arkiv här, så det finns ingen installation att svara om. Ange filen med --config FIL"
    " eller $MONITOR_CONFIG, eller ställ dig i mappen där monitor.toml ligger. En ny installation görs med: monitor init MAPP"
)


@dataclass
class App:
    """Options that are given before the command. Settings are read at first use."""

    config_file: str | None
    now_text: str | None
    verbose: bool
    command: str = ""

    @cached_property
    def config(self) -> Config:
        """Return the settings in force, with logs started.

        The command `doctor` gets settings without these checks: it reports what is wrong with them.

        Raises:
            ConfigError: The settings are wrong, are missing for a command that needs an installation, or root is about to write
                into another user's data.
        """
        from monitor.cli.logs import start_logs
        from monitor.config import find_config, load_config
        from monitor.jobs.owner import refuse_foreign_root

        config = load_config(find_config(self.config_file))
        if self.command == "doctor":
            return config
        if config.path is None and self.command in NEEDS_INSTALLATION and not config.archive.exists():
            raise ConfigError("monitor.toml", NO_INSTALLATION)
        refuse_foreign_root(config)
        start_logs(config.data_dir, verbose=self.verbose, make_folder=config.path is not None)
        return config

    @cached_property
    def now(self) -> datetime:
        """Return the time that every decision of this command uses: aware, in the installation's zone."""
        return self.moment(self.config.zone)

    def moment(self, zone: ZoneInfo) -> datetime:
        """Return the time in a zone: the clock's, or that of `--now`; for commands that need no settings.

        Raises:
            ConfigError: `--now` is no date-time.
        """
        if self.now_text is None:
            return datetime.now(zone)
        try:
            moment = datetime.fromisoformat(self.now_text)
        except ValueError as error:
            raise ConfigError("--now", f"expected a date-time such as 2026-05-20T12:00, found {self.now_text!r}") from error
        return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)

    @cached_property
    def console(self) -> Console:
        """Return the console for people: standard error, so that standard output has only answers."""
        from rich.console import Console

        return Console(stderr=True, highlight=False, soft_wrap=True)


class PathType(click.Path):
    """Type of an option whose value is a file or a folder, as `pathlib.Path`."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return the path; click fails when it is not as the command wants it."""
        from pathlib import Path

        return Path(os.fsdecode(super().convert(value, param, ctx)))


def answer(document: Any) -> None:
    """Print one JSON document on standard output."""
    import json

    click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: Any) -> str:
    """Return a value that JSON lacks as text; a time as ISO 8601."""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def print_table(columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    """Print rows as a table on standard output, as wide as they need; nothing for no rows."""
    rows = list(rows)
    if not rows:
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(*columns, box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    Console(highlight=False, markup=False).print(table)


def print_page_hits(pages: Iterable[PageHit]) -> None:
    """Print pages of documents that a search found: title and place, the passage, and the calls with the address."""
    from monitor.archive.search.query import marked
    from monitor.documents.kept import page_hit_json

    for page in pages:
        row = page_hit_json(page)
        click.echo(f"{click.style(page.title, bold=True)}, {row['place']}")
        click.echo("  " + "".join(click.style(text, bold=found) for found, text in marked(page.snippet)))
        click.echo(f"  {', '.join('/'.join(key) for key in page.calls)}  {row['url']}")


json_option = click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document on standard output.")
pass_app = click.make_pass_decorator(App)
