"""Commands about sources: the list with health, check, left-out and accept."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.app import App, answer, json_option, pass_app
from monitor.errors import ConfigError
from monitor.vocabulary import NOT_READ, READ_FIELD_LABELS, RUN_STATE_LABELS, RunState

if TYPE_CHECKING:
    from monitor.archive.left_out import LeftOut


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
@click.argument("source", metavar="ID")
@click.option("--set", "changes", metavar="KEY=VALUE", multiple=True, help="Read with this value of a key of the row.")
@json_option
@pass_app
def check(app: App, source: str, changes: tuple[str, ...], as_json: bool) -> int:
    """Fetch one source now without storing it, and show what was read and what to change."""
    from monitor.archive.left_out import read_decisions
    from monitor.jobs.members import open_installation
    from monitor.jobs.sources import change_row, check_source

    chosen = change_row(app.config.source(source), dict(change.partition("=")[::2] for change in changes))
    decisions = {}
    if app.config.archive.is_file():
        with open_installation(app.config) as archive:
            decisions = read_decisions(archive.db, source)
    document = check_source(app.config, chosen, app.now, decisions)
    if as_json:
        answer(document)
    else:
        for line in _check_lines(document):
            click.echo(line)
    return int(bool(document["problems"] or document["moved"]))


@sources.command("try")
@click.argument("address")
@json_option
@pass_app
def try_(app: App, address: str, as_json: bool) -> int:
    """Read an address once without storing it, and show the rows of sources that it may become."""
    from monitor.jobs.try_address import try_address

    document = try_address(app.config, address, app.now)
    if as_json:
        answer(document)
    else:
        for problem in document["problems"]:
            click.echo(f"Fel: {problem}")
        for found in document["rows"]:
            click.echo("\n[[source]]")
            for key, value in found["row"].items():
                click.echo(f"{key} = {json.dumps(value, ensure_ascii=False)}")
            for line in _check_lines(found["check"]):
                click.echo(f"# {line}".rstrip())
    return int(not document["rows"])


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
    address = "" if row["address"] == "confirmed" else ", obekräftad adress"
    line = f"{row['id']:<30} {state:<13} {row['current'] or '-':>5}  {row['name']}{address}"
    if row["overdue"]:
        since = f"sedan {row['last_accepted'][:10]}" if row["last_accepted"] else "någon gång"
        line += f"\n{'':<30} ! Har inte kunnat läsas helt {since}."
    if row["health"]:
        line += f"\n{'':<30} ! {row['health_text']} Sedan {row['health_since'][:10]}, senast {row['health_seen'][:10]}."
    return line


def _quality_lines(quality: dict[str, Any]) -> list[str]:
    """Return how much of what was read is of use, as one line; none where nothing was read."""
    if not quality["items"]:
        return []
    newest = f"Den nyaste är från {quality['newest']}." if quality["newest"] else "Ingen anger när den publicerades."
    thin = f" {quality['thin']} har nästan ingen text." if quality["thin"] else ""
    menus = f" {quality['menus']} ser ut som menysidor." if quality["menus"] else ""
    return [f"{quality['ahead']} av {quality['items']} har en dag framåt. {newest}{thin}{menus}"]


def _check_lines(document: dict[str, Any]) -> list[str]:
    items = document["items"]
    lines = [f"{document['name']} ({document['id']}), {document['url']}", ""]
    lines += [f"Fel: {problem['text']}" for problem in document["problems"]]
    lines += [f"Att göra: {advice}" for advice in document["advice"]]
    left_out, unread = len(document["left_out"]), len(document["skipped"])
    lines.append(f"{len(items)} poster skulle sparas, {left_out} lämnas utanför, {unread} gick inte att läsa.")
    lines += _quality_lines(document["quality"])
    for item in items:
        lines += ["", f"{item['kind']}: {item['title']}", f"  {item['url']}"]
        lines += [f"  {READ_FIELD_LABELS[name]}: {value}" for name, value in item["found"].items()]
        if item["missing"]:
            lines.append(f"  hittades inte: {', '.join(READ_FIELD_LABELS[name] for name in item['missing'])}")
    lines += [f"Utanför: {row['title'] or row['item']} ({row['reason']})\n  {row['item']}" for row in document["left_out"]]
    lines += [f"Oläslig: {row['item']} ({row['reason']})" for row in document["skipped"]]
    return lines
