"""Command about the plan of an application: plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from monitor.cli.app import App, PathType, answer, json_option, pass_app, print_table

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("call")
@click.option("--department", metavar="ID", default="", help="Count what this department has noted as done.")
@click.option("--ics", type=PathType(dir_okay=False), help="Write the steps as a calendar to this file.")
@click.option("--docx", type=PathType(dir_okay=False), help="Write the plan as a Word document to this file.")
@json_option
@pass_app
def plan(app: App, call: str, department: str, ics: Path | None, docx: Path | None, as_json: bool) -> int:
    """Plan backwards from the last day of CALL; exit code 1 when something cannot be made in time."""
    from monitor.jobs.members import read_installation
    from monitor.jobs.plan import make_call_plan, plan_row
    from monitor.jobs.rules import load_checked

    wanted = {"ics": ics, "docx": docx}
    with read_installation(app.config) as archive:
        rules = load_checked(archive, app.config.rules_dir)
        files = tuple(form for form, path in wanted.items() if path is not None)
        made = make_call_plan(app.config, archive.db, rules, app.now, call, department=department, files=files)
    for form, path in wanted.items():
        if path is not None:
            path.write_bytes(made.files[form])
    text = made.text
    if as_json:
        answer(plan_row(made))
        return int(text.hopeless)
    click.echo(click.style(text.title, bold=True))
    for sentence in (f"Sista dag: {text.last_day}" if text.last_day else "", *text.summary):
        if sentence:
            click.echo(sentence)
    print_table(
        ("Steg", "Läge", "När"), [(step.title, step.label, " ".join((step.when, *step.notes[:1]))) for step in text.steps]
    )
    for sentence in text.share:
        click.echo(sentence)
    return int(text.hopeless)
