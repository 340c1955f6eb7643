"""Commands that search the archive, and show how the analyser reads a text."""

from __future__ import annotations

from typing import Any

import click

from monitor.cli.app import App, answer, json_option, pass_app, print_page_hits, print_table


class _QueryCommand(click.Command):
    """Command whose words may begin with a hyphen: "-museum" in "skola -museum" is no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(
            ctx, [f" {word}" if len(word) > 2 and word[0] == "-" and word[1] != "-" else word for word in args]
        )


@click.command(cls=_QueryCommand)
@click.argument("query", nargs=-1, required=True)
@click.option("--kind", metavar="KIND", default="", help="call, news, event, policy or partner-search.")
@click.option("--programme", metavar="PROGRAMME", default="", help="An id of programmes.toml, a code, or how identifiers begin.")
@click.option("--department", metavar="ID", default="", help="Only calls that the rules send to this department.")
@click.option("--status", metavar="STATUS", default="", help="forthcoming, open or closed.")
@click.option("--exact", is_flag=True, help="Only the words as typed: no synonyms, translations, names or corrections.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="How many to show.")
@json_option
@pass_app
def search(app: App, /, query: tuple[str, ...], as_json: bool, limit: int, exact: bool, **chosen: str) -> None:
    """Search the archive: words in any inflection, "phrases", -not, star*, LIFE, program:LIFE, före:2027-01-01."""
    from monitor.archive.call_documents import search_pages
    from monitor.archive.search.query import Filters, marked
    from monitor.documents.kept import page_hit_json
    from monitor.jobs.members import read_installation
    from monitor.jobs.search import SearchRequest, search_archive
    from monitor.language.analyser import analyser

    with read_installation(app.config) as archive:
        filters = Filters(
            kind=chosen["kind"], programme=chosen["programme"], department=chosen["department"], status=chosen["status"]
        )
        request = SearchRequest(query=" ".join(query), filters=filters, exact=exact, limit=limit)
        result = search_archive(app.config, archive, request, app.now)
        pages = search_pages(archive.db, request.query, analyser())
    if as_json:
        answer(
            {
                "total": result.total,
                "hits": [_row(hit) for hit in result.hits],
                "suggestions": result.suggestions,
                "widened": result.widened,
                "instead": result.instead,
                "pages": [page_hit_json(page) for page in pages],
            }
        )
        return
    if result.instead:
        click.echo(f"Visar träffar för {result.instead}. Bara de skrivna orden: --exact")
    if result.widened:
        click.echo(f"Sökte också efter: {', '.join(result.widened)}. Bara de skrivna orden: --exact")
    for hit in result.hits:
        click.echo(click.style(hit.title, bold=True))
        click.echo("  " + "".join(click.style(text, bold=found) for found, text in marked(hit.snippet)))
        click.echo(f"  {hit.source}/{hit.call_id}  {hit.url}")
    shown = f", de {len(result.hits)} bästa visas" if result.total > len(result.hits) else ""
    click.echo(f"{result.total} {'träff' if result.total == 1 else 'träffar'}{shown}")
    for text in result.suggestions:
        click.echo(f"Menade du: {text}")
    if pages:
        click.echo("\nI utlysningarnas dokument:")
    print_page_hits(pages)


def _row(hit: Any) -> dict[str, Any]:
    from monitor.archive.search.query import marked

    plain = "".join(f"[{text}]" if found else text for found, text in marked(hit.snippet))
    return {
        "source": hit.source,
        "call_id": hit.call_id,
        "title": hit.title,
        "url": hit.url,
        "score": hit.score,
        "snippet": plain,
    }


@click.command()
@click.argument("text")
@click.option("--language", type=click.Choice(["sv", "en"]), help="Default: detected from the text.")
@json_option
def analyse(text: str, language: str | None, as_json: bool) -> None:
    """Show how TEXT is analysed: each word, its base form, and the parts of a compound."""
    from monitor.language.analyser import analyser

    tokens = analyser().analyse(text, language)
    if as_json:
        answer(
            {
                "tokens": [
                    {"text": t.text, "start": t.start, "end": t.end, "lemma": t.lemma, "parts": list(t.parts)} for t in tokens
                ]
            }
        )
    else:
        print_table(
            ("Ord", "Plats", "Grundform", "Delar"), [(t.text, f"{t.start}-{t.end}", t.lemma, " + ".join(t.parts)) for t in tokens]
        )
