"""Command that translates titles and summaries into Swedish: translate."""

from __future__ import annotations

import click

from monitor.cli.app import App, answer, json_option, pass_app


@click.command()
@json_option
@pass_app
def translate(app: App, as_json: bool) -> int:
    """Translate titles and summaries of calls into Swedish, by the engine of the settings; exit code 1 when it fails."""
    from dataclasses import asdict

    from monitor.jobs.members import open_installation
    from monitor.jobs.rules import load_or_last
    from monitor.jobs.translate import translate_calls

    with open_installation(app.config) as archive:
        rules = load_or_last(archive, app.config.rules_dir)[0]
        report = translate_calls(app.config, archive.db, rules, app.now)
    if as_json:
        answer(asdict(report))
    elif not report.engine:
        click.echo("Ingen översättare är inställd (translate.engine). Sammanfattningarna skrivs automatiskt.")
    else:
        click.echo(
            f"{report.sound} meningar översatta, {report.refused} lämnade som de var (tal, datum, koder eller namn stämde inte),"
            f" {report.waiting} väntar på svar, {report.left} kvar."
        )
        if report.reason:
            click.echo(f"{report.engine}: {report.reason}", err=True)
    return int(bool(report.reason))
