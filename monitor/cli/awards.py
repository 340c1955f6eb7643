"""Commands about projects that were funded before: awards, with its own commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from monitor.cli.app import App, PathType, answer, json_option, pass_app, print_table

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.jobs.awards import ImportState

_STATES = {"imported": "inläst", "unchanged": "oförändrad", "refused": "avvisad", "missing": "ingen fil"}


@click.group()
def awards() -> None:
    """Import projects that were funded before, and show who got the money of an earlier round."""


@awards.command(name="import")
@click.argument("source", required=False)
@click.argument("files", nargs=-1, type=PathType(exists=True, dir_okay=False))
@click.option("--fetch", is_flag=True, help="First fetch what the program can fetch and what is due.")
@click.option("--allow-fewer", is_flag=True, help="Accept an import that is more than a tenth smaller than the last.")
@json_option
@pass_app
def import_(app: App, source: str | None, files: tuple[Path, ...], fetch: bool, allow_fewer: bool, as_json: bool) -> int:
    """Import SOURCE from FILES, else from its folder in data_dir/awards; without SOURCE, all that have files."""
    from monitor.jobs.awards import import_awards

    states = import_awards(app.config, [source] if source else [], app.now, files=files, allow_fewer=allow_fewer, fetch=fetch)
    if as_json:
        answer({"sources": [_import_row(state) for state in states]})
    else:
        print_table(
            ("Källa", "Läge", "Projekt", "Deltagare", "Varför"),
            [
                (
                    state.source,
                    _STATES[state.state],
                    state.report.projects if state.report else "",
                    state.report.participants if state.report else "",
                    state.reason,
                )
                for state in states
                if source or state.state != "missing"
            ],
        )
    is_missing = source is not None and any(state.state == "missing" for state in states)
    return int(is_missing or any(state.state == "refused" for state in states))


def _import_row(state: ImportState) -> dict[str, object]:
    report = state.report
    return {
        "source": state.source,
        "state": state.state,
        "reason": state.reason,
        "projects": report.projects if report else None,
        "participants": report.participants if report else None,
        "before": report.before if report else None,
        "granted": {currency: float(value) for currency, value in report.granted.items()} if report else {},
        "skipped": report.skipped if report else {},
    }


@awards.command()
@json_option
@pass_app
def status(app: App, as_json: bool) -> int:
    """Show each source of funded projects: when it was read, how much, what is wrong; exit code 1 when something is."""
    from monitor.jobs.awards import awards_attention, awards_status

    rows = awards_status(app.config)
    attention = list(awards_attention(app.config, app.now))
    if as_json:
        answer({"sources": rows, "attention": attention})
    else:
        print_table(
            ("Källa", "Inläst", "Projekt", "Deltagare", "Problem"),
            [
                (row["source"], (row["imported"] or "aldrig")[:10], row["projects"], row["participants"], row["problem"])
                for row in rows
            ],
        )
    return int(bool(attention))
