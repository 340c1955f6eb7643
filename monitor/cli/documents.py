"""Commands about the documents of calls: fetch, take in, list and show them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.app import App, PathType, answer, json_option, pass_app, print_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from monitor.archive import Archive
    from monitor.jobs.documents import DocumentState

_STATES = {"read": "läst", "unchanged": "oförändrat", "unreadable": "går inte att läsa", "refused": "fick inte hämtas"}


@click.group()
def documents() -> None:
    """Fetch the PDF, Word and Excel files of calls, and show what stands in them, page by page."""


@documents.command()
@click.argument("calls", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Also for calls that reach no department; also guides, forms and agreements.")
@click.option("--scheduled", is_flag=True, hidden=True, help="Files that cannot be read are no failure of the job.")
@json_option
@pass_app
def fetch(app: App, calls: tuple[str, ...], every: bool, scheduled: bool, as_json: bool) -> int:
    """Fetch what is due, or the documents of CALLS now, and take in the files placed in data_dir/documents/IDENTIFIER/."""
    from monitor.archive.lookup import find_call
    from monitor.jobs.documents import update_documents
    from monitor.jobs.members import open_installation
    from monitor.jobs.rules import rules_that_ask

    with open_installation(app.config) as archive:
        keys = [find_call(archive.db, call) for call in calls]
        asking = rules_that_ask(archive, app.config)
        states = update_documents(app.config, archive, app.now, calls=keys, every=every, unmatched=asking is not None)
        if any(state.state == "read" for state in states):
            _keep_planned(app, archive)
            _match_again(app, archive)
    return _tell(states, as_json) if not scheduled else _tell(states, as_json) * 0


@documents.command(name="import")
@click.argument("call")
@click.argument("files", nargs=-1, required=True, type=PathType(exists=True, dir_okay=False))
@json_option
@pass_app
def import_(app: App, call: str, files: tuple[Path, ...], as_json: bool) -> int:
    """Take in FILES as documents of CALL."""
    from monitor.archive.lookup import find_call
    from monitor.jobs.documents import import_files
    from monitor.jobs.members import open_installation

    with open_installation(app.config) as archive:
        states = import_files(app.config, archive, find_call(archive.db, call), files, app.now)
        if any(state.state == "read" for state in states):
            _match_again(app, archive)
    return _tell(states, as_json)


@documents.command()
@click.argument("files", nargs=-1, type=PathType(exists=True, dir_okay=False))
@json_option
@pass_app
def programme(app: App, files: tuple[Path, ...], as_json: bool) -> int:
    """Take in FILES as work programmes, and show the calls that all programmes plan."""
    from monitor.archive.call_documents import PROGRAMMES
    from monitor.awards.planned import list_planned
    from monitor.jobs.documents import import_files
    from monitor.jobs.members import open_installation
    from monitor.jobs.planned import planned_json

    with open_installation(app.config) as archive:
        states = import_files(app.config, archive, PROGRAMMES, files, app.now) if files else []
        if states:
            _keep_planned(app, archive)
        planned = list_planned(archive.db)
    if as_json:
        return _tell(states, as_json, planned=[planned_json(one) for one in planned])
    code = _tell(states, as_json) if states else 0
    print_table(
        ("Beteckning", "Utlysning", "Plan"),
        [(one.identifier, one.title[:60], planned_json(one)["line"]) for one in planned],
    )
    return code


def _keep_planned(app: App, archive: Archive) -> None:
    """Read new work programmes; wrong rules stop that no more than they stop the matching of the night."""
    from monitor.jobs.planned import keep_planned
    from monitor.jobs.rules import load_or_last

    keep_planned(app.config, archive, lambda: load_or_last(archive, app.config.rules_dir)[0], app.now)


def _match_again(app: App, archive: Archive) -> None:
    """Match the archive again: the cards of matches have what documents say, and themes may count their words.

    Wrong rules stop that no more than they stop the matching of the night.
    """
    from monitor.errors import RuleErrors
    from monitor.jobs.match import match_after_documents
    from monitor.jobs.rules import load_or_last

    with suppress(RuleErrors):
        match_after_documents(app.config, archive, load_or_last(archive, app.config.rules_dir)[0], app.now)


def _tell(states: Sequence[DocumentState], as_json: bool, **more: Any) -> int:
    """Print the outcome of each file; return 1 when one could not be fetched or read."""
    from dataclasses import asdict

    if as_json:
        answer({"documents": [asdict(state) for state in states], **more})
    else:
        print_table(
            ("Läge", "Sidor", "Dokument", "Adress", "Varför"),
            [(_STATES[one.state], one.pages or "", one.document[:12], one.url, one.reason) for one in states],
        )
    return int(any(state.state in ("refused", "unreadable") for state in states))


@documents.command(name="list")
@click.argument("call", required=False)
@json_option
@pass_app
def list_(app: App, call: str | None, as_json: bool) -> None:
    """List the documents of CALL with their addresses, or all that have been read."""
    from monitor.archive.call_documents import documents_of, list_documents
    from monitor.archive.lookup import find_call
    from monitor.jobs.members import open_installation

    rows: list[Any]
    with open_installation(app.config) as archive:
        rows = list(documents_of(archive.db, find_call(archive.db, call)) if call else list_documents(archive.db))
    if as_json:
        answer({"documents": rows})
    elif call:
        print_table(
            ("Dokument", "Vad", "Sidor", "Titel", "Adress", "Problem"),
            [
                ((row["hash"] or "")[:12], row["role"], row["pages"], (row["title"] or row["link"])[:60], row["url"],
                 row["problem"] or row["fetch_problem"])
                for row in rows
            ],
        )  # fmt: skip
    else:
        print_table(
            ("Dokument", "Läst", "Sidor", "Titel", "Version", "Problem"),
            [
                (row["hash"][:12], row["read_at"][:10], row["pages"], (row["title"] or row["name"])[:60], row["version"],
                 row["problem"])
                for row in rows
            ],
        )  # fmt: skip


@documents.command()
@click.argument("document")
@click.option("--page", type=click.IntRange(1), help="Only this page.")
@json_option
@pass_app
def show(app: App, document: str, page: int | None, as_json: bool) -> None:
    """Show the text of a DOCUMENT, by the beginning of its hash as `documents list` has it."""
    from monitor.archive.call_documents import address_of_document, calls_of_document, read_pages, read_stored_document
    from monitor.documents.model import FileFormat, place_words
    from monitor.errors import ArchiveError
    from monitor.jobs.members import open_installation

    with open_installation(app.config) as archive:
        found = read_stored_document(archive.db, document) if document.isalnum() else None
        if found is None:
            raise ArchiveError(document, "är inget dokument; monitor documents list visar dem som finns")
        pages = [one for one in read_pages(archive.db, found["hash"]) if page is None or one["number"] == page]
        calls = calls_of_document(archive.db, found["hash"])
        url = address_of_document(archive.db, found["hash"])
    if as_json:
        answer({**found, "url": url, "calls": [key._asdict() for key in calls], "text": pages})
        return
    click.echo(click.style(found["title"] or found["name"], bold=True))
    click.echo(f"{found['version']}  {url}".strip())
    if found["problem"]:
        click.echo(f"Filen {found['problem']}.")
    for one in pages:
        place = place_words(FileFormat(found["format"]), one["number"], one["label"])
        click.echo(click.style(f"\n{place[:1].upper()}{place[1:]}", bold=True))
        click.echo(one["text"])
