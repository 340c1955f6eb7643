"""The command line: arguments, printing and exit codes.

Work is done in `monitor.jobs`; commands that only show something read the archive, and those about rules read `monitor.matching`.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from importlib import import_module

import click

from monitor.cli.app import App
from monitor.errors import ConfigError, LockedError, MonitorError, RuleError, RuleErrors

DONE, ATTENTION, WRONG, LOCKED = 0, 1, 2, 3
PRIVATE_UMASK = 0o077
MAX_HELP_WIDTH = 100
"""Columns of help on a wide terminal."""
MODULES = {
    "awards": ("awards", "season"),
    "archive": ("show", "status", "init", "replay"),
    "collect": ("crawl",),
    "copies": ("copy",),
    "demo": ("demo",),
    "documents": ("documents",),
    "digest": ("digest", "send"),
    "plan": ("plan",),
    "operations": ("run", "worker", "backup", "restore", "canary", "note", "tidy", "forget", "doctor"),
    "rules": ("match", "why", "rules", "feedback"),
    "search": ("search", "analyse"),
    "sources": ("sources",),
    "translate": ("translate",),
    "web": ("serve", "report", "mcp"),
}
"""Commands of each module in `monitor.cli`. A module is imported when one of its commands runs: all start sooner."""


class Commands(click.Group):
    """Group of commands that are imported when they are used (click's lazy loading)."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, sorted."""
        return sorted(name for names in MODULES.values() for name in names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command with this name, or None."""
        for module, names in MODULES.items():
            if cmd_name in names:
                values = vars(import_module(f"monitor.cli.{module}")).values()
                return next(value for value in values if isinstance(value, click.Command) and value.name == cmd_name)
        return None


def print_version(context: click.Context, _option: click.Parameter, is_given: bool) -> None:
    """Print the versions of the program, of Python and of SQLite on one line, and exit; needs no settings and no archive."""
    if not is_given or context.resilient_parsing:
        return
    # Imported here: every other command would wait for them, metadata alone for some 20 ms.
    import platform
    import sqlite3
    from importlib.metadata import version

    click.echo(f"monitor {version('eu-monitor')} (Python {platform.python_version()}, SQLite {sqlite3.sqlite_version})")
    context.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": MAX_HELP_WIDTH})
@click.option("--config", "config_file", metavar="FILE", help="Settings; else $MONITOR_CONFIG, else ./monitor.toml.")
@click.option("--now", metavar="ISO-DATETIME", help="Replace the clock for every decision of this command.")
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=print_version,
    help="Show the versions of the program, Python and SQLite, and exit.",
)
@click.option("-v", "--verbose", is_flag=True, help="Log what is done, and why.")
@click.pass_context
def monitor(context: click.Context, config_file: str | None, now: str | None, verbose: bool) -> None:
    """Tell each department of a municipality which calls concern it, and why."""
    context.obj = App(config_file=config_file, now_text=now, verbose=verbose, command=context.invoked_subcommand or "")


def main(arguments: list[str] | None = None) -> None:
    """Run one command and exit with its code: 0 done, 1 attention, 2 wrong settings or rules, 3 locked."""
    # Archive, mails, back-ups and logs have addresses: files that a command makes are for its user alone.
    os.umask(PRIVATE_UMASK)
    # The interpreter's last collection walks every imported object: without this, `status` and `--help` take a sixth longer.
    atexit.register(gc.freeze)
    try:
        code = monitor.main(arguments, prog_name="monitor", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(WRONG)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    except LockedError as error:
        click.echo(str(error), err=True)
        sys.exit(LOCKED)
    except (ConfigError, RuleError, RuleErrors) as error:
        click.echo(str(error), err=True)
        sys.exit(WRONG)
    except MonitorError as error:
        click.echo(str(error), err=True)
        sys.exit(ATTENTION)
    sys.exit(code if isinstance(code, int) else DONE)
