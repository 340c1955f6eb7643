"""Commands `serve` (the archive in a browser) and `report` (the follow-up)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from monitor.cli.app import App, PathType, answer, json_option, pass_app, print_table

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


@click.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; reading is open to whoever reaches it."
)
@click.option("--port", default=8001, show_default=True, type=click.IntRange(1, 65535))
@click.option("--set-password", is_flag=True, help="Ask for the coordinator's password, keep its hash, and end.")
@pass_app
def serve(app: App, host: str, port: int, set_password: bool) -> None:
    """Show the archive in a browser until stopped."""
    from datetime import datetime

    from monitor.cli.logs import log_to_stderr
    from monitor.jobs import serve as job

    if set_password:
        password = click.prompt("Lösenord för samordnaren", hide_input=True, confirmation_prompt="En gång till")
        try:
            file = job.set_password(app.config, password)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--set-password") from error
        click.echo(f"Lösenordet är satt ({file}). Den som var inloggad får logga in igen.")
        return
    log_to_stderr()
    fixed = app.now if app.now_text is not None else None
    zone = app.config.zone
    click.echo(f"Arkivet visas på http://{host}:{port} tills du trycker Ctrl+C.", err=True)

    def tell_code(code: str) -> None:
        click.echo(
            f"Inget lösenord är satt. Öppna http://127.0.0.1:{port}/kom-igang på den här datorn. Koden är {code}", err=True
        )

    job.serve(app.config, lambda: fixed or datetime.now(zone), host, port, tell_code)


@click.command()
@pass_app
def mcp(app: App) -> None:
    """Answer an assistant on standard input and output (Model Context Protocol): six tools that only read the archive."""
    from datetime import datetime

    from monitor.jobs.mcp_server import serve_stdio

    fixed, zone = app.now if app.now_text is not None else None, app.config.zone
    serve_stdio(app.config, lambda: fixed or datetime.now(zone))


def _day(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    from datetime import date

    if value is not None:
        try:
            date.fromisoformat(value)
        except ValueError as error:
            raise click.BadParameter("expected a day such as 2026-01-01") from error
    return value


@click.command()
@click.option("--from", "begin", callback=_day, metavar="DAY", help="First day; else the first of January.")
@click.option("--to", "end", callback=_day, metavar="DAY", help="Last day; else today.")
@click.option("--html", type=PathType(dir_okay=False, writable=True), metavar="FILE", help="Write a page to print.")
@click.option("--docx", type=PathType(dir_okay=False, writable=True), metavar="FILE", help="Write a Word document.")
@click.option("--xlsx", type=PathType(dir_okay=False, writable=True), metavar="FILE", help="Write an Excel workbook.")
@json_option
@pass_app
def report(app: App, /, begin: str | None, end: str | None, as_json: bool, **files: Path | None) -> None:
    """Count calls found, told, interested, applied and granted, with amounts, per area, goal, department and programme."""
    from monitor.jobs.serve import make_report, render_report

    document = make_report(app.config, app.now, _begin(app, begin), _begin(app, end, days=1))
    wanted = {form: file for form, file in files.items() if file is not None}
    for form, file in wanted.items():
        file.write_bytes(render_report(app.config, app.now, document, form))
        file.chmod(0o644)  # a report is meant to be passed on; it has no addresses
        click.echo(f"Skrev {file}", err=True)
    if as_json:
        answer(document)
    elif not wanted:
        _print_report(document)


def _begin(app: App, day: str | None, days: int = 0) -> datetime | None:
    from datetime import date, datetime, time, timedelta

    if day is None:
        return None
    return datetime.combine(date.fromisoformat(day) + timedelta(days=days), time(), app.config.zone)


def _print_report(document: dict[str, Any]) -> None:
    from monitor.web.report.tables import AMOUNTS, COUNTS, DIMENSIONS, NAMES

    click.echo(f"Uppföljning {document['from']} till {document['to']}")
    periods = [document, document["previous"]] if any(document["previous"]["total"].values()) else [document]
    headings = [NAMES[count] for count in COUNTS]
    print_table(
        ["Tid", *headings],
        [[f"{period['from']} – {period['to']}", *(period["total"][count] for count in COUNTS)] for period in periods],
    )
    for name in AMOUNTS:
        if document["total"][name]:
            click.echo(f"{NAMES[name]}: {document['total'][name]}")
    for dimension, title in DIMENSIONS.items():
        if document[dimension]:
            print_table([title, *headings], [[row["name"], *(row[count] for count in COUNTS)] for row in document[dimension]])
