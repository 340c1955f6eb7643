"""Commands that keep an installation running: the scheduler, back-ups, the watchman, and what people ask to have erased."""

from __future__ import annotations

import click

from monitor.cli.app import App, pass_app


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now, then end: for a task planner of one's own.")
@pass_app
def run(app: App, once: bool) -> None:
    """Do by itself whatever is due, until stopped: read, match, write, send, back up. One at a time per installation."""
    import time
    from datetime import datetime, timedelta

    from monitor.jobs.members import load_members
    from monitor.schedule import run as run_schedule

    zone = app.config.zone
    begun, origin = (app.now, time.monotonic()) if app.now_text is not None else (None, 0.0)

    def clock() -> datetime:
        return datetime.now(zone) if begun is None else begun + timedelta(seconds=time.monotonic() - origin)

    configs = [app.config, *load_members(app.config)]
    app.console.print(f"monitor run är igång för {app.config.data_dir}. Avsluta med Ctrl+C.", markup=False)
    run_schedule(configs, clock, once=once, fixed_clock=begun is not None)


COMMANDS = (run,)
