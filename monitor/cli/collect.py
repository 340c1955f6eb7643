"""Command `crawl`, and the report of runs."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from monitor.cli.app import App, answer, json_option, pass_app
from monitor.vocabulary import RUN_STATE_LABELS, UNACCEPTED_RUNS, RunState

if TYPE_CHECKING:
    from monitor.archive.runs import RunReport

JSON_KEYS = (
    "id",
    "state",
    "reason",
    "seen",
    "current",
    "new",
    "changed",
    "unchanged",
    "vanished",
    "skipped",
    "health",
    "health_text",
)


@click.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@json_option
@pass_app
def crawl(app: App, sources: tuple[str, ...], as_json: bool) -> int:
    """Read sources into the archive; all enabled ones when none is named."""
    from monitor.archive import lock, open_archive
    from monitor.jobs.crawl import choose_sources, crosscheck
    from monitor.jobs.crawl import crawl as crawl_sources
    from monitor.jobs.members import refuse_member

    refuse_member(app.config, "läsning")
    chosen = choose_sources(app.config, sources)
    with lock(app.config.data_dir), open_archive(app.config.archive) as archive:
        reports = crawl_sources(app.config, archive, chosen, app.now, lambda report: _print_run(app, report))
        for note in crosscheck(archive, chosen):
            app.console.print(note, markup=False)
    return report_runs(app, reports, as_json, printed=True)


def report_runs(app: App, reports: list[RunReport], as_json: bool, *, printed: bool = False) -> int:
    """Print the results of runs, unless they were printed on the way (`printed`); return 1 when a run needs attention, else 0."""
    if as_json:
        answer({"sources": [{key: asdict(report)[key] for key in JSON_KEYS} for report in reports]})
    elif not printed:
        for report in reports:
            _print_run(app, report)
    return int(any(report.state in UNACCEPTED_RUNS or report.health for report in reports))


def _print_run(app: App, report: RunReport) -> None:
    state = RUN_STATE_LABELS[RunState(report.state)].command
    text = f"{report.id}: {state}, {report.current} aktuella, {report.new} nya, {report.changed} ändrade"
    problem = report.reason or report.health_text
    app.console.print(text + (f". {problem}" if problem else ""), markup=False)
