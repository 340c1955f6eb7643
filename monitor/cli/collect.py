"""Command `crawl`, and the report of runs."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.app import App, PathType, answer, json_option, pass_app
from monitor.vocabulary import RUN_STATE_LABELS, UNACCEPTED_RUNS, RunState

if TYPE_CHECKING:
    from pathlib import Path

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
@click.option(
    "--take",
    type=PathType(exists=True, dir_okay=False),
    metavar="FILE",
    help="Store a reading that another machine made (a file of its folder handover), and read nothing.",
)
@json_option
@pass_app
def crawl(app: App, sources: tuple[str, ...], take: Path | None, as_json: bool) -> int:
    """Read sources into the archive; all enabled ones when none is named.

    With [handover] to = ADDRESS in the settings, the archive is on another machine, and what is read is handed over to it.
    """
    if take is not None:
        return _take(app, take, sources, as_json)
    if app.config.handover.to:
        return _hand_over(app, sources, as_json)
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


def _hand_over(app: App, sources: tuple[str, ...], as_json: bool) -> int:
    """Read sources and hand the readings over; return 1 when one was not stored or needs attention, else 0."""
    from monitor.archive import lock
    from monitor.jobs.crawl import choose_sources
    from monitor.jobs.hand_over import lock_name, read_and_hand_over

    chosen = choose_sources(app.config, sources)
    with lock(app.config.data_dir, lock_name(sources)):
        result = read_and_hand_over(app.config, chosen, app.now, lambda report: _print_run(app, report))
    problems = [{"where": problem.where, "problem": problem.problem} for problem in result.problems]
    for problem in result.problems:
        click.echo(str(problem), err=True)
    if as_json:
        answer({"sources": _rows(result.reports), "problems": problems})
    return int(bool(problems) or any(_needs_attention(report) for report in result.reports))


def _take(app: App, file: Path, sources: tuple[str, ...], as_json: bool) -> int:
    """Store a reading of another machine, of a source if one is named; return 1 when it was refused, else 0."""
    from monitor.errors import ArchiveError, HandOverError, describe_os_error
    from monitor.jobs.take_reading import take_reading

    try:
        packed = file.read_bytes()
    except OSError as error:
        raise ArchiveError(str(file), f"läsningen går inte att läsa: {describe_os_error(error)}") from error
    try:
        report = take_reading(app.config, packed, app.now, named=next(iter(sources), ""))
    except HandOverError as error:
        click.echo(str(error), err=True)
        if as_json:
            answer({"refused": error.problem, "where": error.where, "status": error.status})
        return 1
    if as_json:
        answer({"report": asdict(report)})
    else:
        _print_run(app, report)
    return 0


def report_runs(app: App, reports: list[RunReport], as_json: bool, *, printed: bool = False) -> int:
    """Print the results of runs, unless they were printed on the way (`printed`); return 1 when a run needs attention, else 0."""
    if as_json:
        answer({"sources": _rows(reports)})
    elif not printed:
        for report in reports:
            _print_run(app, report)
    return int(any(_needs_attention(report) for report in reports))


def _rows(reports: list[RunReport]) -> list[dict[str, Any]]:
    return [{key: asdict(report)[key] for key in JSON_KEYS} for report in reports]


def _needs_attention(report: RunReport) -> bool:
    return report.state in UNACCEPTED_RUNS or bool(report.health)


def _print_run(app: App, report: RunReport) -> None:
    state = RUN_STATE_LABELS[RunState(report.state)].command
    text = f"{report.id}: {state}, {report.current} aktuella, {report.new} nya, {report.changed} ändrade"
    problem = report.reason or report.health_text
    app.console.print(text + (f". {problem}" if problem else ""), markup=False)
