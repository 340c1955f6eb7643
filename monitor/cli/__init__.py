"""The command line: arguments, printing and exit codes. Work is done in `monitor.jobs`; what is only shown is read from the archive."""

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
MODULES = {
    "archive": ("show", "status", "init", "replay"),
    "collect": ("crawl",),
    "demo": ("demo",),
    "digest": ("digest", "send"),
    "operations": ("run", "backup", "restore", "canary", "note", "tidy", "forget", "doctor"),
    "rules": ("match", "why", "rules", "feedback"),
    "search": ("search", "analyse"),
    "sources": ("sources",),
    "web": ("serve", "report"),
}
"""The commands of each module here. A module is imported when one of its commands is asked for: a command answers sooner for it."""


class Commands(click.Group):
    """A group that knows the names of its commands, and imports those it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command's name."""
        return sorted(name for names in MODULES.values() for name in names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, or None."""
        for module, names in MODULES.items():
            if cmd_name in names:
                found = vars(import_module(f"monitor.cli.{module}")).values()
                return next(one for one in found if isinstance(one, click.Command) and one.name == cmd_name)
        return None


def help_width() -> int:
    """Columns of help. click would ask shutil, which takes longer to load than all the rest of help."""
    try:
        columns = int(os.environ.get("COLUMNS", 0)) or os.get_terminal_size(1).columns or 80
    except (OSError, ValueError):
        columns = 80
    return max(min(columns, 100) - 2, 50)


def print_version(context: click.Context, _option: click.Parameter, asked: bool) -> None:
    """Print the versions of the program, of Python and of SQLite on one line, and end; needs no settings and no archive."""
    if not asked or context.resilient_parsing:
        return
    # Imported here: every other command would wait for them, metadata alone for some 20 ms.
    import platform
    import sqlite3
    from importlib.metadata import version

    click.echo(f"monitor {version('eu-monitor')} (Python {platform.python_version()}, SQLite {sqlite3.sqlite_version})")
    context.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "terminal_width": help_width()})
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
    """Tells each department of a municipality which calls concern it, and why."""
    context.obj = App(config_file=config_file, now_text=now, verbose=verbose, command=context.invoked_subcommand or "")


def main(arguments: list[str] | None = None) -> None:
    """Run one command and leave with its exit code: 0 done, 1 attention, 2 wrong settings or rules, 3 locked."""
    # Importing makes tens of thousands of objects that stay to the end: looking for rubbish among them takes a tenth of a short command's time.
    gc.set_threshold(20_000)
    # Archive, mails, copies and logs hold addresses: whatever a command makes is for its user alone.
    os.umask(PRIVATE_UMASK)
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
