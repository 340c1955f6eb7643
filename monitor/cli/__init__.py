"""The command line: arguments, printing and exit codes. Everything else happens in `monitor.jobs`."""

from __future__ import annotations

import sys

import click

from monitor.cli.app import App

from monitor.cli import archive, collect, demo, digest, operations, rules, search, sources, web  # isort: skip
from monitor.errors import ConfigError, LockedError, MonitorError, RuleError, RuleErrors

DONE, ATTENTION, WRONG, LOCKED = 0, 1, 2, 3


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--config", "config_file", metavar="FILE", help="Settings; else $MONITOR_CONFIG, else ./monitor.toml.")
@click.option("--now", metavar="ISO-DATETIME", help="Replace the clock for every decision of this command.")
@click.option("-v", "--verbose", is_flag=True, help="Log what is done, and why.")
@click.pass_context
def monitor(context: click.Context, config_file: str | None, now: str | None, verbose: bool) -> None:
    """Tells each department of a municipality which calls concern it, and why."""
    context.obj = App(config_file=config_file, now_text=now, verbose=verbose)


for module in (archive, collect, demo, digest, operations, rules, search, sources, web):
    for command in module.COMMANDS:
        monitor.add_command(command)


def main(arguments: list[str] | None = None) -> None:
    """Run one command and leave with its exit code: 0 done, 1 attention, 2 wrong settings or rules, 3 locked."""
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
