"""Commands about the archive and the installation: show, status, init and replay."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.app import App, answer, json_option, pass_app, print_table
from monitor.vocabulary import CHANGE_LABELS, JOB_STATE_LABELS, STATUS_LABELS, ChangeType, JobState, Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from monitor.archive.call_documents import LinkedDocument
    from monitor.documents.facts import CallFact


@click.command()
@click.argument("call")
@json_option
@pass_app
def show(app: App, call: str, as_json: bool) -> None:
    """Show one call: versions, deadlines, matches, who was told. CALL is an identifier, a key or an address."""
    from monitor.archive.call_documents import documents_of
    from monitor.archive.calls import load_call
    from monitor.archive.lookup import call_facts, find_call
    from monitor.archive.readings import stored_reading
    from monitor.documents.kept import facts_of
    from monitor.documents.wording import fact_rows
    from monitor.jobs.members import open_installation

    with open_installation(app.config) as archive:
        key = find_call(archive.db, call)
        facts = call_facts(archive.db, key)
        documents = documents_of(archive.db, key)
        loaded = load_call(archive.db, *key)
        stated = facts_of(archive.db, loaded, stored_reading(archive.db, *key)) if loaded else ()
    if as_json:
        answer({**facts, "documents": documents, "facts": fact_rows(stated)})
        return
    _print_call(facts)
    _print_documents(documents, stated)


def _print_call(facts: Mapping[str, Any]) -> None:
    click.echo(click.style(facts["title"], bold=True))
    click.echo(f"{facts['identifier'] or facts['call_id']}  ({facts['source']})")
    click.echo(facts["url"])
    if facts["summary"]:
        click.echo(f"\n{facts['summary']}")
    budget = f"{facts['budget_total']:,} {facts['currency']}".replace(",", " ") if facts["budget_total"] else "står inte"
    state = STATUS_LABELS[Status(facts["status"])].lower()
    click.echo(f"\nLäge: {state}   Öppnar: {facts['opens'] or 'står inte'}   Budget: {budget}")
    shares = (("Finansiären betalar", "högst", "funder_share"), ("Ni betalar", "minst", "own_share"))
    stated = [f"{label}: {bound} {facts[name]} procent" for label, bound, name in shares if facts[name] is not None]
    if stated:
        click.echo("   ".join(stated))
    print_table(("Sista dag", "Steg", "Källans ord"), [(_local(row), row["stage"], row["text"]) for row in facts["deadlines"]])
    print_table(
        ("När", "Vad", "Före", "Efter"),
        [
            (row["at"][:10], CHANGE_LABELS[ChangeType(row["type"])].command, _value(row["old"]), _value(row["new"]))
            for row in facts["events"]
        ],
    )
    print_table(
        ("Förvaltning", "Nivå", "Poäng", "Teman"),
        [
            (row["department"], row["level"], round(row["relevance"]), ", ".join(theme["title"] for theme in row["themes"]))
            for row in facts["matches"]
        ],
    )
    print_table(("Berättat för", "När", "Utskick"), [(row["department"], row["at"][:10], row["digest"]) for row in facts["told"]])
    for other in facts["stories"]:
        click.echo(f"Finns även hos {other['source']}: {other['url']}")


def _print_documents(documents: Sequence[LinkedDocument], facts: Sequence[CallFact]) -> None:
    from monitor.documents.wording import FACT_LABELS, STATE_LABELS, origin_words, value_words

    print_table(
        ("Dokument", "Titel", "Sidor", "Adress"),
        [
            ((row["hash"] or "")[:12], _short(row["title"] or row["link"]), row["pages"], row["url"])
            for row in documents
            if row["hash"]
        ],
    )
    print_table(
        ("Uppgift", "Läge", "Värde", "Var", "Ord"),
        [
            (
                FACT_LABELS[fact.name],
                STATE_LABELS[fact.state],
                value_words(fact.name, one.value),
                origin_words(one, beside=fact.statements),
                _short(one.quote),
            )
            for fact in facts
            for one in fact.statements
        ],
    )


def _local(deadline: dict[str, Any]) -> str:
    """Return a deadline in the publisher's zone: `2026-10-06 17:00 (Brussels)`."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    moment = datetime.fromisoformat(deadline["at"]).astimezone(ZoneInfo(deadline["zone"]))
    return f"{moment:%Y-%m-%d %H:%M} ({deadline['zone'].rpartition('/')[2]})"


def _value(text: str | None) -> str:
    """Return the old or new value of a change for people; `text` is JSON or plain."""
    import json

    try:
        value = json.loads(text) if text and text[0] in "[{" else text
    except json.JSONDecodeError:
        value = text
    if isinstance(value, dict):
        parts = value.get("fields") or [f"{name} {amount}" for name, amount in value.items()]
        return _short(", ".join(str(part) for part in parts))
    if isinstance(value, list):
        return _short(", ".join(str(item)[:10] if re.match(r"\d{4}-\d\d-\d\dT", str(item)) else str(item) for item in value))
    return _short(value or "")


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


@click.command()
@json_option
@pass_app
def status(app: App, as_json: bool) -> int:
    """Show the state of the installation; exit code 1 when something needs a person."""
    from monitor.jobs.members import open_installation
    from monitor.jobs.status import rule_errors
    from monitor.jobs.status import status as read_status

    with open_installation(app.config) as archive:
        errors = rule_errors(app.config, archive)
        document = read_status(app.config, archive, app.now, rule_errors=errors)
    if as_json:
        answer(document)
    else:
        _print_status(document)
    return int(bool(document["attention"]))


def _print_status(document: Mapping[str, Any]) -> None:
    calls = document["calls"]
    click.echo(f"Utlysningar: {calls['open']} öppna, {calls['forthcoming']} kommande, {calls['closed']} stängda")
    click.echo(f"Utskick: {_counts(document['digests'])}   Mejl: {_counts(document['outbox'])}")
    rules = document["rules"]
    click.echo(
        f"Regler: {rules['hash'][:12]} sedan {rules['first_used'][:10]}" if "hash" in rules else "Regler: har inte använts än"
    )
    backup, disk = document["backup"], document["disk"]
    copied = f"{backup['at']:%Y-%m-%d %H:%M}" if backup else "ingen"
    click.echo(
        f"Säkerhetskopia: {copied}   Disk: {disk['free'] // 1_000_000} MB fritt, arkivet {disk['archive'] // 1_000_000} MB"
    )
    if document["jobs"]:
        jobs = [
            (name, JOB_STATE_LABELS[JobState(job["state"])], _moment(job["finished"])) for name, job in document["jobs"].items()
        ]
        print_table(("Arbete", "Läge", "Senast"), jobs)
    rows = [
        (
            row["id"],
            row["state"] or "inte läst",
            row["current"],
            (row["last_run"] or "")[:16],
            row["reason"] or row["health_text"],
        )
        for row in document["sources"]
        if row["enabled"]
    ]
    print_table(("Källa", "Läge", "Aktuella", "Läst", "Varför"), rows)
    for sentence in document["attention"]:
        click.echo(click.style("Behöver ses över: ", bold=True) + sentence)


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M}" if at else ""


def _counts(states: dict[str, int]) -> str:
    return ", ".join(f"{count} {state}" for state, count in states.items()) or "inga"


@click.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(file_okay=False))
@click.option(
    "--new-archive",
    is_flag=True,
    help="Instead: an empty archive where the installation has lost its own. Everyone is welcomed anew.",
)
@pass_app
def init(app: App, folder: str | None, new_archive: bool) -> None:
    """Make DIR a new installation: a monitor.toml to edit, own copies of rules and digests."""
    from pathlib import Path

    from monitor.jobs.init import begin_anew, make_installation

    if new_archive == (folder is not None):
        raise click.UsageError("expected a folder for a new installation, or --new-archive alone")
    if folder is None:
        kept = begin_anew(app.config, app.now)
        click.echo(
            f"Ett nytt, tomt arkiv: {app.config.archive}."
            " Nästa läsning räknar allt som känt; alla förvaltningar välkomnas på nytt."
        )
        if kept is not None:
            click.echo(f"Resterna av det gamla ligger i {kept}")
        return
    for path in make_installation(Path(folder)):
        click.echo(f"Skapade {path}")
    settings = Path(folder) / "monitor.toml"
    click.echo(
        f"\nFölj guiden i webbläsaren:\n  monitor --config {settings} serve"
        f"\n\nEller fyll i {settings} och pröva sedan:\n  monitor --config {settings} doctor"
    )


@click.command()
@click.argument("source")
@json_option
@pass_app
def replay(app: App, source: str, as_json: bool) -> int:
    """Read the stored documents of SOURCE again, without the network, as after mending a spider."""
    from monitor.archive import lock, open_archive
    from monitor.cli.collect import report_runs
    from monitor.jobs.crawl import replay as replay_source
    from monitor.jobs.members import refuse_member

    refuse_member(app.config, "omläsning")
    with lock(app.config.data_dir), open_archive(app.config.archive) as archive:
        report = replay_source(app.config, archive, app.config.source(source), app.now)
    return report_runs(app, [report], as_json)
