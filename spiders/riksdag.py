"""Spider of the Riksdag's open data: the newest documents of a type (bills, EU proposals, memoranda on them).

Form: https://www.riksdagen.se/sv/dokument-och-lagar/riksdagens-oppna-data/dokument/ (dokumentlista).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from scrapy.http import Request, Response

from monitor.calls import Call
from monitor.collect.article import Article, describe_item
from monitor.collect.json_rows import field_moment, field_text, read_json, rows_at, value_at
from monitor.collect.reading import ParsedResponse
from monitor.collect.spider import SourceSpider
from monitor.collect.text import html_to_text, title_text
from monitor.sources import Source
from monitor.vocabulary import Kind

_PUBLISHER = "riksdagens öppna data"
_HOST = "https://data.riksdagen.se/"


class RiksdagSpider(SourceSpider):
    """Spider of the first page of a list of documents, the newest first; an older document has not vanished."""

    name = "riksdag"

    async def parse(self, response: Response, **options: Any) -> AsyncIterator[Request | Call]:
        """Yield the calls of a list of documents."""
        for call in (await self.read_response(response, read_documents)).calls:
            yield call


def read_documents(parsed: ParsedResponse, response: Response, source: Source, now: datetime) -> None:
    """Put the Call of each document in a list into `parsed`. Pure.

    The API gives a single document as an object, and leaves the list out where it has none; all its numbers are text.
    """
    data = read_json(parsed, response, _PUBLISHER)
    hits = field_text(data, "dokumentlista", "@traffar")
    if hits == "0" and value_at(data, "dokumentlista", "dokument") is None:
        parsed.said_empty = True
        return
    for row in rows_at(parsed, data, _PUBLISHER, "dokumentlista", "dokument"):
        parsed.seen += 1
        key = field_text(row, "dok_id") or field_text(row, "id")
        if not key or not field_text(row, "titel"):
            parsed.skip(key or repr(row)[:60], "saknar nummer eller titel")
            continue
        call = parsed.read_row(key, _call, row, key, source, now)
        if call is not None:
            parsed.calls.append(call)


def _call(row: dict[str, Any], key: str, source: Source, now: datetime) -> Call | None:
    session, number, label = field_text(row, "rm"), field_text(row, "beteckning"), str(source.options.get("label") or "")
    designation = f"{label} {session}:{number}".strip() if session and number else ""
    texts = [html_to_text(field_text(row, name)) for name in ("undertitel", "notis", "summary")]
    title = title_text(field_text(row, "titel"))
    article = Article(
        title=f"{title}, {designation}" if designation else title,
        text="\n".join(dict.fromkeys(text for text in texts if text)),
        published=field_moment(row, ZoneInfo(source.time_zone), "datum"),
        keywords=tuple(filter(None, (field_text(row, "organ"),))),
        kind=Kind.POLICY,
    )
    address = urljoin(_HOST, field_text(row, "dokument_url_html") or f"dokument/{key}.html")
    return describe_item(article, source=source, call_id=key, url=address.replace("http:", "https:", 1), now=now).call
