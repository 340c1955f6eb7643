"""Commands that keep an installation running: run, backup, restore, canary, tidy, note, doctor and forget."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from monitor.cli.app import App, PathType, answer, json_option, pass_app

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.option("--once", is_flag=True, help="Do the jobs that are due now, then end; for cron or another scheduler.")
@click.option("--cluster", metavar="ADDRESS", help="Hand the jobs to the workers of this Dask scheduler: tcp://HOST:8786.")
@pass_app
def run(app: App, once: bool, cluster: str | None) -> None:
    """Start each job when it is due, until stopped: read, match, write, send, back up. Runs once per installation."""
    import time
    from datetime import datetime, timedelta

    from monitor.cli.logs import log_to_stderr
    from monitor.jobs.members import load_members
    from monitor.schedule import run as run_schedule

    zone = app.config.zone
    start, origin = (app.now, time.monotonic()) if app.now_text is not None else (None, 0.0)

    def clock() -> datetime:
        return datetime.now(zone) if start is None else start + timedelta(seconds=time.monotonic() - origin)

    if cluster is not None:
        _require_dask()
        from monitor.cluster.dispatch import run_on_cluster

        log_to_stderr()
        app.console.print(f"monitor run lämnar arbetena till {cluster}. Avsluta med Ctrl+C.", markup=False)
        run_on_cluster(app.config, cluster, clock, once=once, fixed_clock=start is not None)
        return
    configs = [app.config, *load_members(app.config)]
    log_to_stderr()
    app.console.print(f"monitor run är igång för {app.config.data_dir}. Avsluta med Ctrl+C.", markup=False)
    run_schedule(configs, clock, once=once, fixed_clock=start is not None)


def _require_dask() -> None:
    """Raise ConfigError where Dask is not installed."""
    from importlib.util import find_spec

    from monitor.errors import ConfigError

    if find_spec("distributed") is None:
        raise ConfigError("", 'Dask är inte installerat; installera med: pip install "eu-monitor[cluster]"')


@click.command()
@click.argument("address", metavar="ADDRESS")
@click.option("--reading/--no-reading", default=True, help="Hold the installation that reads the sources; default: yes.")
@click.option(
    "--members", multiple=True, default=("*",), metavar="PATTERN", help="Members to hold, such as 'a*'; default: all. '' is none."
)
@click.option("--threads", type=click.IntRange(1), default=2, show_default=True, help="Jobs at the same time.")
@click.option(
    "--reads", type=click.IntRange(1), default=4, show_default=True, help="Sources at the same time, where [handover] to is set."
)
@pass_app
def worker(app: App, address: str, reading: bool, members: tuple[str, ...], threads: int, reads: int) -> None:
    """Do the jobs that monitor run --cluster hands out, for the installations whose files are here. ADDRESS is Dask's scheduler.

    An installation that another worker on the same disk holds is taken over when that one ends. With [handover] to = ADDRESS in
    the settings, this machine has no archive: it reads sources, and hands over what it read.
    """
    _require_dask()
    from monitor.cli.logs import log_to_stderr
    from monitor.cluster.worker import Holdings, serve_installations

    if app.config.handover.to:
        from monitor.jobs.signed_requests import load_handover_secret

        load_handover_secret(app.config)
    holdings = Holdings(
        app.config, reading=reading, members=members, threads=threads, reads=reads, address=address if reading else ""
    )
    log_to_stderr()
    app.console.print(f"monitor worker är igång för {app.config.data_dir}. Avsluta med Ctrl+C.", markup=False)
    serve_installations(address, holdings)


@click.command()
@click.argument("file", required=False, type=PathType(dir_okay=False))
@json_option
@pass_app
def backup(app: App, file: Path | None, as_json: bool) -> int:
    """Copy archive, settings and rules into one checked file, also while others write. Without FILE: among the nightly ones."""
    from monitor.jobs.backup import make_backup

    report = make_backup(app.config, app.now, file)
    if as_json:
        removed = list(report.removed)
        answer({"file": report.file, "bytes": report.size, "counts": report.counts, "removed": removed, "empty": report.empty})
    elif not report.empty:
        click.echo(f"Säkerhetskopian är skriven och kontrollerad: {report.file} ({report.counts['calls']} utlysningar)")
    else:
        click.echo(f"Säkerhetskopian är skriven, men arkivet har inga utlysningar: {report.file}")
        if report.last_full is not None:
            click.echo(
                f"Den senaste kopian med utlysningar är {report.last_full}. Är arkivet skadat: monitor restore {report.last_full}"
            )
    return int(report.last_full is not None)


@click.command()
@click.argument("file", type=PathType(exists=True, dir_okay=False))
@click.option("--settings", is_flag=True, help="Also the settings, rules and templates of the back-up.")
@json_option
@pass_app
def restore(app: App, file: Path, settings: bool, as_json: bool) -> None:
    """Put a back-up in place of the archive, if it is whole; the old archive is kept. Stop run and serve first."""
    from monitor.jobs.backup import restore_backup

    report = restore_backup(app.config, file, app.now, settings=settings)
    if as_json:
        answer({"made": report.made, "counts": report.counts, "kept": report.kept})
        return
    click.echo(f"Återställt till {report.made[:16]}: {report.counts['calls']} utlysningar, {report.counts['digests']} utskick.")
    if report.kept is not None:
        click.echo(f"Det som fanns förut ligger kvar i {report.kept}")


@click.command()
@json_option
@pass_app
def canary(app: App, as_json: bool) -> None:
    """Send a made-up call the whole way to the coordinator's mailbox; names the step that failed."""
    from monitor.jobs.canary import run_canary
    from monitor.jobs.members import open_installation

    with open_installation(app.config) as archive:
        report = run_canary(app.config, archive, app.now)
    if as_json:
        answer({"week": report.week, "department": report.department, "title": report.title, "subject": report.subject})
    else:
        click.echo(f"Provmejlet är skickat: ”{report.subject}”. Kommer det inte fram är det fel på vägen till brevlådan.")


@click.command()
@json_option
@pass_app
def tidy(app: App, as_json: bool) -> None:
    """Erase data that is older than the settings of [keep]."""
    from monitor.archive import lock
    from monitor.jobs.members import open_installation
    from monitor.jobs.tidy import tidy as tidy_archive

    with lock(app.config.data_dir), open_installation(app.config) as archive:
        counts = tidy_archive(app.config, archive, app.now)
    if as_json:
        answer(counts)
    else:
        click.echo(
            f"Gallrat: adressen i {counts['addresses']} mejl, {counts['notes']} anteckningar, {counts['documents']} dokument,"
            f" {counts['mails']} mejlfiler, {counts['jobs']} rader om arbeten."
        )


@click.command()
@json_option
@pass_app
def note(app: App, as_json: bool) -> None:
    """Put the week's note to the coordinator into the outbox: sources, signals, answers, mails, and what is new."""
    from monitor.jobs.members import open_installation
    from monitor.jobs.note import write_note

    with open_installation(app.config) as archive:
        report = write_note(app.config, archive, app.now)
    if as_json:
        answer({"week": report.week, "new": report.new, "paragraphs": list(report.paragraphs)})
        return
    for paragraph in report.paragraphs:
        click.echo(paragraph)
    click.echo("Brevet väntar i utkorgen." if report.new else f"Brevet för {report.week} är redan skrivet.", err=True)


@click.command()
@click.option("--offline", is_flag=True, help="Do not try to reach the sources.")
@json_option
@pass_app
def doctor(app: App, offline: bool, as_json: bool) -> int:
    """Try settings, rules, mail server, disk, clock, archive and the way to every source, with advice. Sends nothing."""
    from dataclasses import asdict

    from monitor.errors import ConfigError
    from monitor.jobs.doctor import examine, wrong_settings

    findings, code = [], 1
    try:
        examined = examine(app.config, app.now, network=not offline)
    except ConfigError as error:
        examined, code = iter([wrong_settings(error)]), 2
    for finding in examined:
        findings.append(finding)
        if not as_json:
            click.echo(f"{'bra' if finding.well else 'FEL'}  {finding.name}: {finding.text}")
            if finding.advice:
                click.echo(f"     {finding.advice}")
    problems = [finding for finding in findings if not finding.well]
    if as_json:
        answer({"findings": [asdict(finding) for finding in findings]})
    else:
        click.echo(
            f"\n{len(problems)} {'sak' if len(problems) == 1 else 'saker'} att åtgärda." if problems else "\nAllt ser bra ut."
        )
    return code if problems else 0


@click.command()
@click.argument("address")
@json_option
@pass_app
def forget(app: App, address: str, as_json: bool) -> int:
    """Erase a mail address from the archive and the delivered files; names the places a person has to check."""
    from monitor.archive import lock
    from monitor.archive.retention import count_published
    from monitor.jobs.members import open_installation
    from monitor.jobs.tidy import forget as forget_address
    from monitor.jobs.tidy import list_mentions

    if "@" not in address:
        raise click.BadParameter("expected an address such as namn@example.se", param_hint="ADDRESS")
    with lock(app.config.data_dir), lock(app.config.data_dir, "send"), open_installation(app.config) as archive:
        counts = forget_address(app.config, archive, address)
        published = count_published(archive.db, address)
    left = list_mentions(app.config, address, published=published)
    if as_json:
        answer({"erased": counts, "left": left})
    else:
        click.echo(f"Adressen är raderad på {sum(counts.values())} ställen.")
        for sentence in left:
            click.echo(sentence)
    return int(bool(left))
