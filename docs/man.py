"""Manual pages of all commands, made from their help: `python -m docs.man FOLDER` (`make man`)."""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path

import click
from click_man.core import write_man_pages

from monitor.cli import monitor


def write_pages(folder: Path) -> None:
    """Write monitor.1 and a page for each command and each of its own commands."""
    folder.mkdir(parents=True, exist_ok=True)
    context = click.Context(monitor)
    # The library reads the table of commands, which ours fills when a command is first used.
    for name in monitor.list_commands(context):
        command = monitor.get_command(context, name)
        assert command is not None
        monitor.add_command(command, name)
    write_man_pages("monitor", monitor, version=version("eu-monitor"), target_dir=str(folder))


if __name__ == "__main__":
    write_pages(Path(sys.argv[1]))
