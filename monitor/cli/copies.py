"""Commands `copy keep`, `follow`, `check`, `promote` and `held`: copies of the archive on other machines."""

from __future__ import annotations

from dataclasses import asdict
from threading import Event
from typing import TYPE_CHECKING

import click

from monitor.cli.app import App, answer, json_option, pass_app

if TYPE_CHECKING:
    from collections.abc import Callable


@click.group()
def copy() -> None:
    """Keep copies of the archive on other machines, and let one of them take over."""


@copy.command()
@click.option("--anew", is_flag=True, help="Let this archive take the place of another one that the copy has.")
@pass_app
def keep(app: App, anew: bool) -> None:
    """Copy every transaction to the place of [copy] to, until stopped. Runs beside monitor run."""
    from monitor.jobs.copies import keep_copies

    _run_until_stopped(
        app, f"Kopian i {app.config.copy_to.to} hålls aktuell", lambda stop: keep_copies(app.config, stop, anew=anew)
    )


@copy.command()
@pass_app
def follow(app: App) -> None:
    """Keep a copy here, for reading, until stopped: a web replica, or a standby."""
    from monitor.jobs.copies import follow_copies

    _run_until_stopped(app, f"Kopian från {app.config.copy_to.to} följs", lambda stop: follow_copies(app.config, stop))


@copy.command()
@json_option
@pass_app
def check(app: App, as_json: bool) -> None:
    """Read the copies back and check all of them: a copy that was never read back proves nothing."""
    from monitor.jobs.copies import check_copies

    copies = check_copies(app.config)
    if as_json:
        answer({"copies": copies})
        return
    for url, counts in copies.items():
        click.echo(f"{url}: hel, {counts['calls']} utlysningar, {counts['digests']} utskick, {counts['outbox']} mejl")


@copy.command()
@json_option
@pass_app
def promote(app: App, as_json: bool) -> int:
    """Make the newest copy the archive of this machine. The old machine must be off; stop copy follow and serve first."""
    from monitor.jobs.promote import promote as promote_copy

    report = promote_copy(app.config, app.now)
    if as_json:
        answer(asdict(report))
    else:
        click.echo(f"Den här datorn har nu arkivet: {report.counts['calls']} utlysningar, {report.counts['digests']} utskick.")
        if report.held:
            click.echo(f"{report.held} mejl kan ha kommit fram innan den gamla datorn gick sönder. Se: monitor copy held")
        click.echo("Starta monitor copy keep, monitor run och monitor serve här. Starta dem aldrig på den gamla datorn.")
    return int(bool(report.held))


@copy.command()
@click.option("--again", "word", flag_value="again", help="They have not arrived: send them again.")
@click.option("--arrived", "word", flag_value="arrived", help="They have arrived: count them as sent.")
@json_option
@pass_app
def held(app: App, word: str | None, as_json: bool) -> int:
    """List the mails that may have arrived before the old machine was lost, or settle all of them."""
    from monitor.archive.copies import list_held, settle_held
    from monitor.jobs.members import open_installation

    with open_installation(app.config) as archive:
        mails = list_held(archive.db)
        if word:
            settle_held(archive.db, app.now, arrived=word == "arrived")
    if as_json:
        answer({"held": [asdict(mail) for mail in mails], "settled": word or ""})
        return int(bool(mails) and not word)
    for mail in mails:
        click.echo(f"{mail.digest} till {mail.recipient}, Message-ID {mail.message_id}")
    if not mails:
        click.echo("Inga mejl hålls.")
    elif word:
        click.echo(f"{len(mails)} mejl {'räknas som skickade' if word == 'arrived' else 'skickas igen'}.")
    else:
        click.echo("Sök dem i mejlserverns logg. Sedan: monitor copy held --arrived, eller --again.")
    return int(bool(mails) and not word)


def _run_until_stopped(app: App, doing: str, work: Callable[[Event], None]) -> None:
    from monitor.cli.logs import log_to_stderr
    from monitor.schedule import set_on_signals

    stop = Event()
    log_to_stderr()
    app.console.print(f"{doing}. Avsluta med Ctrl+C.", markup=False)
    with set_on_signals(stop):
        work(stop)
