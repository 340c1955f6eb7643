"""Commands about projects that were funded before, and about calls to come: awards and season."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

import click

from monitor.cli.app import App, PathType, answer, json_option, pass_app, print_table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from monitor.awards.organisations import Sureness
    from monitor.jobs.awards import ImportState

_STATES = {"imported": "inläst", "unchanged": "oförändrad", "refused": "avvisad", "missing": "ingen fil"}


@click.group()
def awards() -> None:
    """Import projects that were funded before, and show who got the money of an earlier round."""


@awards.command(name="import")
@click.argument("source", required=False)
@click.argument("files", nargs=-1, type=PathType(exists=True, dir_okay=False))
@click.option("--fetch", is_flag=True, help="First fetch what the program can fetch and what is due.")
@click.option("--scheduled", is_flag=True, hidden=True, help="Refused files are told by status, and are no failure of the job.")
@click.option(
    "--allow-fewer",
    is_flag=True,
    help="Accept an import that is a tenth smaller than the last, lacks values it had, or has shares above the grants.",
)
@json_option
@pass_app
def import_(
    app: App, source: str | None, files: tuple[Path, ...], fetch: bool, scheduled: bool, allow_fewer: bool, as_json: bool
) -> int:
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
    if scheduled:
        return 0
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


@awards.command()
@click.argument("call")
@json_option
@pass_app
def show(app: App, call: str, as_json: bool) -> int:
    """Show the earlier rounds of CALL (in the archive, or a code): projects, grants, Swedish municipalities."""
    from dataclasses import asdict

    from monitor.archive.lookup import call_facts, find_call
    from monitor.awards.installation import chances_before, rounds_before
    from monitor.awards.wording import chance_line, round_line
    from monitor.errors import ArchiveError
    from monitor.jobs.members import open_installation

    with open_installation(app.config) as archive:
        try:
            code = call_facts(archive.db, find_call(archive.db, call))["identifier"] or call
        except ArchiveError:
            code = call
        found = rounds_before(app.config, archive.db, code)
        chances = chances_before(app.config, archive.db, code)
    if as_json:
        answer(
            {
                "code": code,
                "earlier": asdict(found) if found else None,
                "line": round_line(found) if found else "",
                "chances": [{"code": other, **asdict(one), "line": chance_line(one)} for other, one in chances],
            }
        )
        return 0
    for other, one in chances:
        click.echo(f"{other}: {chance_line(one)}")
    if found is None:
        click.echo("Inga tidigare projekt är kända för den utlysningen.")
        return 0
    click.echo(round_line(found))
    print_table(
        ("År", "Projekt", "Bidrag", "Valuta", "Samordnare"),
        [(one.year, one.title[:70], one.granted, one.currency, one.coordinator[:40]) for one in found.listed],
    )
    _print_undecided((one.key, one.name, one.place, one.sureness) for one in found.undecided)
    return 0


def _print_undecided(organisations: Iterable[tuple[str, str, str, Sureness]]) -> None:
    """Print key, name, town and reason of organisations that a person should decide about, each once and never cut."""
    from monitor.awards.wording import SURENESS

    found = {key: (name, place, sureness) for key, name, place, sureness in organisations}
    if found:
        click.echo("Kan vara kommunens egna. Svara en gång: monitor awards confirm 'NYCKEL' KOMMUN (eller --no)")
    for key, (name, place, sureness) in found.items():
        click.echo(f"  {key}  {', '.join(part for part in (name, place) if part)} ({SURENESS[sureness]})")


@awards.command()
@click.argument("municipality", required=False)
@json_option
@pass_app
def history(app: App, municipality: str | None, as_json: bool) -> None:
    """Show the projects of the own MUNICIPALITY, or another: sure ones, and candidates that a person should confirm."""
    from dataclasses import asdict

    from monitor.awards.municipal import SURE
    from monitor.awards.wording import SURENESS
    from monitor.jobs.awards import own_history
    from monitor.jobs.members import open_installation

    with open_installation(app.config) as archive:
        rows = own_history(app.config, archive.db, municipality or "")
    if as_json:
        answer({"projects": [asdict(row) for row in rows]})
        return
    if not rows:
        click.echo("Inga projekt är kända. Fråga de förvaltningar som har sökt, eller läs in fler källor: monitor awards status")
    print_table(
        ("Säkerhet", "Organisation", "År", "Program", "Projekt", "Egen del", "Valuta"),
        [
            (
                SURENESS[row.sureness],
                row.organisation[:40],
                row.year,
                row.programme[:30],
                row.title[:60],
                row.share,
                row.currency,
            )
            for row in rows
        ],
    )
    _print_undecided((row.decision_key, row.organisation, row.place, row.sureness) for row in rows if row.sureness not in SURE)


@awards.command()
@click.argument("file", type=click.File("r", encoding="utf-8-sig"))
@json_option
@pass_app
def reconcile(app: App, file: TextIO, as_json: bool) -> int:
    """Compare the municipality's own list of projects (CSV with a column projekt) with the publishers'; exit code 1 for gaps."""
    from monitor.awards.reconcile import COLUMNS, Outcome, parse_list, table_rows
    from monitor.awards.reconcile import reconcile as compare
    from monitor.errors import ConfigError, SourceError
    from monitor.jobs.awards import own_history
    from monitor.jobs.members import open_installation

    try:
        listed = parse_list(file.read())
    except (SourceError, UnicodeDecodeError) as error:
        raise ConfigError(file.name, str(error)) from error
    with open_installation(app.config) as archive:
        found = compare(listed, own_history(app.config, archive.db))
    if as_json:
        answer({"projects": [dict(zip(COLUMNS, row, strict=True)) for row in table_rows(found)]})
    else:
        print_table(tuple(COLUMNS[:6]), [row[:6] for row in table_rows(found)])
    return int(any(one.differs or one.outcome is not Outcome.FOUND for one in found))


@awards.command()
@click.argument("key")
@click.argument("municipality")
@click.option("--no", "denied", is_flag=True, help="The organisation does not belong to the municipality.")
@click.option("--who", default="kommandoraden", help="Person who decides.")
@pass_app
def confirm(app: App, key: str, municipality: str, denied: bool, who: str) -> None:
    """Decide once that the organisation with this KEY (as history lists it) belongs to MUNICIPALITY."""
    from monitor.archive.award_decisions import store_award_decision
    from monitor.awards.organisations import find_municipality
    from monitor.errors import ConfigError
    from monitor.jobs.members import open_installation

    found = find_municipality(municipality)
    if found is None or not key.startswith(("number:", "pic:", "name:")):
        raise ConfigError("awards confirm", "väntade en nyckel ur awards history och en svensk kommun")
    with open_installation(app.config) as archive:
        store_award_decision(archive.db, key, found.name, belongs=not denied, who=who, now=app.now)
    click.echo(f"Sparat: {key} {'hör inte till' if denied else 'hör till'} {found.name}.")


@click.command()
@click.option("--months", default=12, show_default=True, type=click.IntRange(1, 36), help="How far ahead.")
@click.option("--programme", default="", help="First part of the codes, such as LIFE.")
@json_option
@pass_app
def season(app: App, months: int, programme: str, as_json: bool) -> None:
    """Show the calls that are expected, from the months in which their earlier rounds opened; at least two rounds each."""
    from dataclasses import asdict

    from monitor.awards.planned import list_planned, planned_ahead
    from monitor.awards.promises import list_promises
    from monitor.awards.wording import planned_line, season_line
    from monitor.jobs.awards import expected_rounds
    from monitor.jobs.members import open_installation
    from monitor.jobs.planned import planned_json
    from monitor.jobs.seasons import promise_json

    with open_installation(app.config) as archive:
        found = expected_rounds(app.config, archive.db, app.now, months=months)
        promises = [promise_json(one) for one in list_promises(archive.db) if one.code or one.verdict]
        planned = [one for one in list_planned(archive.db) if not programme or one.programme.upper() == programme.upper()]
    today = app.now.astimezone(app.config.zone).date()
    wanted = [one for one in found if not programme or one.family.upper().startswith(programme.upper())]
    if as_json:
        answer(
            {
                "forecasts": [{**asdict(one), "line": season_line(one, today=today)} for one in wanted],
                "judged": promises,
                "planned": [planned_json(one, today) for one in planned],
            }
        )
        return
    ahead = planned_ahead(planned, today)
    if ahead:
        print_table(
            ("Enligt arbetsprogram", "Utlysning", "Beteckning"),
            [(planned_line(one, today=today), one.title[:70], one.identifier) for one in ahead],
        )
    if not wanted and not ahead:
        click.echo(
            "Inget att förutse: det behövs minst två omgångar av en utlysning. Läs in stängda utlysningar: monitor awards import"
        )
    print_table(
        ("När", "Utlysning", "Senaste beteckning"),
        [(season_line(one, today=today), one.title[:70], one.latest_code) for one in wanted],
    )
