"""Commands about sources: the list with health, check, left-out and accept."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.app import App, answer, json_option, pass_app
from monitor.errors import ConfigError
from monitor.vocabulary import NOT_READ, READ_FIELD_LABELS, RUN_STATE_LABELS, VERDICT_LABELS, RunState, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.archive.left_out import LeftOut
    from monitor.sources import Source

_MAX_TITLES = 3
"""Titles of items that are shown of a row that was found."""


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def sources(context: click.Context, as_json: bool) -> int | None:
    """List every source with its health."""
    if context.invoked_subcommand is not None:
        return None
    app: App = context.obj
    from monitor.jobs.members import open_installation
    from monitor.jobs.sources import describe_sources

    if app.config.archive.is_file():
        with open_installation(app.config) as archive:
            rows = describe_sources(app.config, archive.db, app.now)
    else:
        rows = describe_sources(app.config, None, app.now)
    if as_json:
        answer({"sources": rows})
    else:
        for row in rows:
            click.echo(_source_line(row))
    return 0


@sources.command()
@pass_app
def key(app: App) -> None:
    """Show the public key that another installation needs to take this archive over (kind archive)."""
    from monitor.archive.signing import load_key, public_key

    click.echo(public_key(load_key(app.config.data_dir)))


@sources.command()
@click.argument("source", metavar="[ID]", required=False)
@click.option("--set", "changes", metavar="KEY=VALUE", multiple=True, help="Read with this value of a key of the row.")
@click.option("--all", "all_", is_flag=True, help="Read every source once, and show a table of what works and what to do.")
@click.option(
    "--write", is_flag=True, help="With --all: write into monitor.toml that the sources that work were confirmed today."
)
@json_option
@pass_app
def check(app: App, source: str | None, changes: tuple[str, ...], all_: bool, write: bool, as_json: bool) -> int:
    """Fetch one source, or all of them, now without storing them, and show what was read and what to change."""
    if all_ == bool(source) or (all_ and changes) or (write and not all_):
        raise click.UsageError("Give the ID of one source, or --all; --set belongs to one source, --write to --all.")
    return _check_all(app, write, as_json) if all_ else _check_one(app, str(source), changes, as_json)


def _check_all(app: App, write: bool, as_json: bool) -> int:
    from monitor.jobs.check_sources import (
        CheckedSource,
        check_all,
        record_checks,
        report_checks,
        table_lines,
        verdict_of,
        write_confirmations,
    )

    def tell(checked: CheckedSource, number: int, total: int) -> None:
        label = VERDICT_LABELS[verdict_of(checked)]
        app.console.print(f"{number}/{total} {checked.source.id}: {label}, {checked.check.items} poster", markup=False)

    done = check_all(app.config, app.now, tell)
    written = write_confirmations(app.config, done, app.now) if write else []
    if as_json:
        answer(report_checks(done, app.now))
    else:
        for line in table_lines(done):
            click.echo(line)
        if written:
            click.echo(f"{len(written)} källor är skrivna som bekräftade i dag i monitor.toml.")
    record_checks(app.config, done, app.now)  # after the table, which an archive that cannot be written must not cost
    return int(any(verdict_of(checked) is not Verdict.WORKS for checked in done))


def _check_one(app: App, source: str, changes: tuple[str, ...], as_json: bool) -> int:
    from monitor.archive.left_out import read_decisions
    from monitor.jobs.check_sources import record_verdicts
    from monitor.jobs.health import usual_text
    from monitor.jobs.members import open_installation
    from monitor.jobs.sources import change_row, check_source

    chosen = change_row(app.config.source(source), dict(change.partition("=")[::2] for change in changes))
    decisions, usual = {}, ""
    if app.config.archive.is_file():
        with open_installation(app.config) as archive:
            decisions, usual = read_decisions(archive.db, source), usual_text(archive.db, source)
    document = check_source(app.config, chosen, app.now, decisions) | {"usual": usual}
    if as_json:
        answer(document)
    else:
        for line in _check_lines(document):
            click.echo(line)
    if not changes:
        record_verdicts(app.config, [(chosen, document["verdict"], len(document["items"]))], app.now)
    return int(bool(document["problems"] or document["moved"]))


@sources.command("find")
@click.argument("address")
@click.option("--write", is_flag=True, help="Write the best row into monitor.toml, unless it is uncertain.")
@click.option("--row", "number", type=click.IntRange(1), help="Write this row of the answer, uncertain or not.")
@click.option(
    "--seconds", type=click.FloatRange(1), default=120.0, show_default=True, help="Read no further row after this time."
)
@json_option
@pass_app
def find(app: App, address: str, write: bool, number: int | None, seconds: float, as_json: bool) -> int:
    """Find the feeds, lists and calendars of a site from any of its pages, each read once, as rows to take."""
    from monitor.jobs.find_sources import find_sources

    document = find_sources(app.config, address, app.now, seconds=seconds)
    if write or number:
        from monitor.jobs.add_source import add_found_row

        try:
            document["written"] = add_found_row(app.config, document, number, app.now)
        except ConfigError:
            if not as_json:  # the rows show which number to choose
                _echo_found(document)
            raise
    if as_json:
        answer(document)
    else:
        _echo_found(document)
    return int(not document["rows"])


def _echo_found(document: dict[str, Any]) -> None:
    for line in _found_lines(document):
        click.echo(line)


@sources.command("try", hidden=True)
@click.argument("address")
@json_option
@click.pass_context
def try_(context: click.Context, address: str, as_json: bool) -> Any:
    """Find the sources of a site; the older name of `find`."""
    return context.invoke(find, address=address, write=False, number=None, seconds=120.0, as_json=as_json)


@sources.command()
@json_option
@pass_app
def seek(app: App, as_json: bool) -> int:
    """Look for another row of sources that give nothing any more; the coordinator takes or leaves what is found."""
    from monitor.jobs.members import refuse_member
    from monitor.jobs.seek_sources import seek_sources

    refuse_member(app.config, "letande")
    found = seek_sources(app.config, app.now) if app.config.archive.is_file() else []
    if as_json:
        answer({"sought": [{"source": finding.source, "row": dict(finding.row)} for finding in found]})
    else:
        for finding in found:
            click.echo(f"{finding.source}: {_new_keys(finding.row, app.config.source(finding.source))}")
        if not found:
            click.echo("Ingen källa behöver letas efter.")
    return 0


def _new_keys(row: Mapping[str, Any], source: Source) -> str:
    """Return the keys that a found row has other values of than its source; the address may be the same."""
    changed = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in row.items() if value != getattr(source, key)]
    return ", ".join(changed) or "inget hittades"


def _found_lines(document: dict[str, Any]) -> list[str]:
    """Return what `sources find` found: each row ready to be taken, with what it gives and what makes it uncertain."""
    lines = [f"Fel: {problem}" for problem in document["problems"]]
    if document["moved"]:
        lines.append(f"Adressen har flyttat för gott till {document['moved']}.")
    if document["system"]:
        lines.append(f"Webbplatsen är gjord med {document['system']}.")
    for number, found in enumerate(document["rows"], start=1):
        newest = f"den nyaste från {found['newest']}" if found["newest"] else "utan dag för publicering"
        lines += ["", f"# {number}. {'Säker' if found['sure'] else 'Osäker'} ({found['way']})"]
        lines.append(f"# {found['items']} poster, {found['ahead']} med en dag framåt, {newest}.")
        if len(found["languages"]) > 1:
            lines.append(f"# Språk: {', '.join(found['languages'])}. Varje post får det språk som den är skriven på.")
        lines += [f"# Tveksamt: {doubt}" for doubt in found["doubts"]]
        lines.append("[[source]]")
        lines += [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in found["row"].items()]
        lines += [f"#   {item['title']}" for item in found["check"]["items"][:_MAX_TITLES]]
    if document.get("written"):
        lines += ["", f"Skrivet i monitor.toml: {document['written']}. Läses första gången vid nästa läsning."]
    return lines


@sources.command("left-out")
@click.argument("source", metavar="[SOURCE]", default="")
@click.option("--take-back", metavar="KEY", help="Make the item a call, and keep it one.")
@click.option("--leave-out", metavar="KEY", help="Undo that, or leave out a call that is none.")
@json_option
@pass_app
def left_out(app: App, source: str, take_back: str | None, leave_out: str | None, as_json: bool) -> int:
    """List the items that were read and left out, the newest first, with the reason."""
    if take_back and leave_out:
        raise click.UsageError("--take-back and --leave-out exclude each other.")
    if source:
        app.config.source(source)
    rows = _decide(app, source, take_back, leave_out) if take_back or leave_out else _list_left_out(app, source)
    if as_json:
        answer({"left_out": [asdict(row) for row in rows]})
    elif take_back or leave_out:
        click.echo(f"{'Nu en utlysning' if take_back else 'Lämnad utanför'}: {rows[0].title}")
    else:
        for row in rows:
            click.echo("\n".join(_left_out_lines(row)))
        if not rows:
            click.echo("Inget har lämnats utanför.")
    return 0


def _list_left_out(app: App, source: str) -> list[LeftOut]:
    from monitor.archive.left_out import list_left_out
    from monitor.jobs.members import open_installation

    if not app.config.archive.is_file():
        return []
    with open_installation(app.config) as archive:
        return list_left_out(archive.db, source)


def _decide(app: App, source: str, take_back: str | None, leave_out: str | None) -> list[LeftOut]:
    """Store the decision; return the row of its item."""
    from monitor.archive import lock, open_archive
    from monitor.jobs.members import refuse_member
    from monitor.jobs.sources import leave_item_out, take_item_back

    refuse_member(app.config, "ett sådant beslut")
    if not app.config.archive.is_file():
        raise ConfigError(str(app.config.archive), "finns inte än. Läs källorna först: monitor crawl")
    with lock(app.config.data_dir), open_archive(app.config.archive) as archive:
        if take_back:
            return [take_item_back(archive, take_back, source, app.now)]
        return [leave_item_out(archive, leave_out or "", source, app.now)]


def _left_out_lines(row: LeftOut) -> list[str]:
    day = row.first_seen[:10]
    decided = f" Tagen tillbaka {row.taken_back[:10]}." if row.taken_back else ""
    lines = [f"{day}  {row.title}", f"{'':<12}{row.url}", f"{'':<12}{row.source}: {row.reason}.{decided}"]
    return lines if row.url == row.call_id else [*lines, f"{'':<12}nyckel: {row.call_id}"]


@sources.command()
@click.argument("source", metavar="ID")
@json_option
@pass_app
def accept(app: App, source: str, as_json: bool) -> int:
    """Accept the newest reading of a source, though it looked unlikely; later readings are compared with it."""
    from monitor.archive import lock, open_archive
    from monitor.cli.collect import report_runs
    from monitor.jobs.crawl import accept as accept_reading
    from monitor.jobs.members import refuse_member

    refuse_member(app.config, "läsning")
    with lock(app.config.data_dir), open_archive(app.config.archive) as archive:
        report = accept_reading(app.config, archive, app.config.source(source), app.now)
    return report_runs(app, [report], as_json)


def _state_label(state: str) -> str:
    return RUN_STATE_LABELS[RunState(state)].command if state else NOT_READ.command


def _source_line(row: dict[str, Any]) -> str:
    """Return a source as one line that can be searched, with its problems on lines below."""
    state = _state_label(row["state"]) if row["enabled"] else "avstängd"
    line = f"{row['id']:<30} {state:<13} {row['current'] or '-':>5}  {row['name']}, {_address_words(row)}"
    if row["overdue"]:
        since = f"sedan {row['last_accepted'][:10]}" if row["last_accepted"] else "någon gång"
        line += f"\n{'':<30} ! Har inte kunnat läsas helt {since}."
    if row["health"]:
        line += f"\n{'':<30} ! {row['health_text']} Sedan {row['health_since'][:10]}, senast {row['health_seen'][:10]}."
    return line


def _address_words(row: dict[str, Any]) -> str:
    """Return when and how the address of a source was confirmed, and what the installation's own last trial found."""
    from monitor.sources import CONFIRMED_BY  # imported here: it brings pydantic, which `--help` does not need

    words = "adressen har ingen sett"
    if row["address"] == "confirmed":
        way = CONFIRMED_BY[row["confirmed_by"]]
        words = " ".join(["bekräftad", *([row["confirmed"]] if row["confirmed"] else []), *([f"({way})"] if way else [])])
    checked = row["checked"]
    return f"{words}; prövad här {checked['at'][:10]}: {VERDICT_LABELS[checked['verdict']]}" if checked else words


def _quality_lines(quality: dict[str, Any]) -> list[str]:
    """Return how much of what was read is of use, as one line; none where nothing was read."""
    if not quality["items"]:
        return []
    newest = f"Den nyaste är från {quality['newest']}." if quality["newest"] else "Ingen anger när den publicerades."
    thin = f" {quality['thin']} har nästan ingen text." if quality["thin"] else ""
    menus = f" {quality['menus']} ser ut som menysidor." if quality["menus"] else ""
    return [f"{quality['ahead']} av {quality['items']} har en dag framåt. {newest}{thin}{menus}"]


def _check_lines(document: dict[str, Any]) -> list[str]:
    from monitor.collect.verdicts import trial_command

    items = document["items"]
    lines = [f"{document['name']} ({document['id']}), {document['url']}", ""]
    lines += [f"Fel: {problem['text']}" for problem in document["problems"]]
    lines += [f"Att göra: {advice}" for advice in document["advice"]]
    trials = [remedy["change"] for remedy in document["remedies"] if "browser" in remedy["change"]]
    lines += [f"  Pröva: {trial_command(document['id'], change)}" for change in trials]
    unreadable = [*document["skipped"], *document.get("unread_pages", [])]
    left_out, unread = len(document["left_out"]), len(unreadable)
    lines.append(f"{len(items)} poster skulle sparas, {left_out} lämnas utanför, {unread} gick inte att läsa.")
    lines += _quality_lines(document["quality"])
    lines += [document["usual"]] if document.get("usual") else []
    for item in items:
        lines += ["", f"{item['kind']}: {item['title']}", f"  {item['url']}"]
        lines += [f"  {READ_FIELD_LABELS[name]}: {value}" for name, value in item["found"].items()]
        if item["missing"]:
            lines.append(f"  hittades inte: {', '.join(READ_FIELD_LABELS[name] for name in item['missing'])}")
    lines += [f"Utanför: {row['title'] or row['item']} ({row['reason']})\n  {row['item']}" for row in document["left_out"]]
    lines += [f"Oläslig: {row['item']} ({row['reason']})" for row in unreadable]
    return lines
