"""Commands about sources: the list with health, and a look at one without storing anything."""

from __future__ import annotations

from typing import Any

import click

from monitor.cli.app import App, answer, json_option, pass_app

FIELDS = {
    "summary": "sammanfattning",
    "text": "text",
    "language": "språk",
    "published": "publicerad",
    "programme": "program",
    "place": "område",
    "starts": "börjar",
    "ends": "slutar",
    "location": "plats",
    "deadlines": "sista ansökningsdag",
    "opens": "öppnar",
    "budget": "pengar",
}
STATES = {"": "inte läst", "accepted": "läst", "unchanged": "oförändrad", "degraded": "ofullständig", "failed": "misslyckad"}


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def sources(context: click.Context, as_json: bool) -> int | None:
    """List every source with its health."""
    if context.invoked_subcommand is not None:
        return None
    app: App = context.obj
    from monitor.jobs.archives import open_installation
    from monitor.jobs.sources import list_sources

    if app.config.archive.is_file():
        with open_installation(app.config) as archive:
            rows = list_sources(app.config, archive.db, app.now)
    else:
        rows = list_sources(app.config, None, app.now)
    if as_json:
        answer({"sources": rows})
    else:
        for row in rows:
            click.echo(_line(row))
    return 0


@sources.command()
@click.argument("source", metavar="ID")
@json_option
@pass_app
def check(app: App, source: str, as_json: bool) -> int:
    """Fetch one source now, store nothing, and show what was found and what to change."""
    from monitor.jobs.sources import check_source

    found = check_source(app.config, app.config.source(source), app.now)
    if as_json:
        answer(found)
    else:
        for line in _lines(found):
            click.echo(line)
    return int(bool(found["problems"] or found["moved"]))


def _line(row: dict[str, Any]) -> str:
    """One source: a line that can be searched, and its trouble on a line below."""
    state = STATES[row["state"]] if row["enabled"] else "avstängd"
    address = "" if row["address"] == "confirmed" else ", obekräftad adress"
    line = f"{row['id']:<30} {state:<13} {row['current'] or '-':>5}  {row['name']}{address}"
    if row["overdue"]:
        since = f"sedan {row['last_accepted'][:10]}" if row["last_accepted"] else "någon gång"
        line += f"\n{'':<30} ! Har inte kunnat läsas helt {since}."
    if row["health"]:
        line += f"\n{'':<30} ! {row['health_text']} Sedan {row['health_since'][:10]}, senast {row['health_seen'][:10]}."
    return line


def _lines(found: dict[str, Any]) -> list[str]:
    items = found["items"]
    lines = [f"{found['name']} ({found['id']}), {found['url']}", ""]
    lines += [f"Fel: {problem['text']}" for problem in found["problems"]]
    lines += [f"Att göra: {advice}" for advice in found["advice"]]
    lines += [
        f"{len(items)} poster skulle sparas, {len(found['left_out'])} lämnas utanför, {len(found['skipped'])} gick inte att läsa."
    ]
    for item in items:
        lines += ["", f"{item['kind']}: {item['title']}", f"  {item['url']}"]
        lines += [f"  {FIELDS[name]}: {value}" for name, value in item["found"].items()]
        if item["missing"]:
            lines.append(f"  hittades inte: {', '.join(FIELDS[name] for name in item['missing'])}")
    lines += [f"Utanför: {one['item']} ({one['reason']})" for one in found["left_out"]]
    lines += [f"Oläslig: {one['item']} ({one['reason']})" for one in found["skipped"]]
    return lines
