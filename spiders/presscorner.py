"""Spider of the Commission's press corner: the list of its latest documents, and the whole text of each.

Form: the API behind https://ec.europa.eu/commission/presscorner/ (latestnews, documents). Press officers in its answers are not
kept.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urljoin
from zoneinfo import ZoneInfo

from scrapy.http import Request, Response

from monitor.calls import Call
from monitor.collect.article import Article, describe_item
from monitor.collect.json_rows import field_moment, field_text, read_json, rows_at, value_at
from monitor.collect.reading import ParsedResponse
from monitor.collect.spider import SourceSpider
from monitor.collect.text import html_to_text, title_text
from monitor.sources import Source

_PUBLISHER = "kommissionens pressrum"
_PAGE = "https://ec.europa.eu/commission/presscorner/detail/{language}/{reference}"


class PresscornerSpider(SourceSpider):
    """Spider of the newest press documents; an older one has not vanished. `options.types` names the types that are read."""

    name = "presscorner"
    names_persons = True
    # The cache would keep the answers as they came, with the names.
    custom_settings = {"HTTPCACHE_ENABLED": False}  # noqa: RUF012 - Scrapy's own form
    max_articles = 60

    async def parse(self, response: Response, **options: Any) -> AsyncIterator[Request | Call]:
        """Yield requests for the documents of a list."""
        parsed = await self.read_response(response, read_references)
        for reference in parsed.addresses[: self.max_articles]:
            query = urlencode({"reference": reference, "language": self.source.language or "en"}, safe="/")
            yield self.request_listed(f"{urljoin(self.source.url, 'documents')}?{query}", self.parse_document)

    async def parse_document(self, response: Response, **options: Any) -> AsyncIterator[Call]:
        """Yield the Call of one document."""
        for call in (await self.read_response(response, read_document)).calls:
            yield call


def read_references(parsed: ParsedResponse, response: Response, source: Source, now: datetime) -> None:
    """Put the references ("IP/26/614") of the listed documents whose type is read into `parsed.addresses`. Pure."""
    rows = rows_at(parsed, read_json(parsed, response, _PUBLISHER), _PUBLISHER, "docuLanguageListResources")
    wanted = tuple(source.options.get("types") or ())
    references = []
    for row in rows:
        reference = field_text(row, "refCode")
        if not reference:
            parsed.seen += 1
            parsed.skip(field_text(row, "title") or repr(row)[:60], "saknar beteckning")
        elif not wanted or reference.partition("/")[0] in wanted:
            references.append(reference)
    parsed.addresses = tuple(dict.fromkeys(references))
    parsed.said_empty = not references and not parsed.problems and not parsed.skipped


def read_document(parsed: ParsedResponse, response: Response, source: Source, now: datetime) -> None:
    """Put the Call of a document into `parsed`. Pure."""
    parsed.seen += 1
    data = read_json(parsed, response, _PUBLISHER)
    reference = field_text(data, "refCd")
    content = value_at(data, "docuLanguageResource")
    title = title_text(field_text(content, "title"))
    if not reference or not title:
        parsed.skip(reference or response.url, "saknar beteckning eller text")
        return
    zone = ZoneInfo(source.time_zone)
    policies = (field_text(row, "description") for row in value_at(data, "policiesResource") or [])
    article = Article(
        title=title,
        text=html_to_text(field_text(content, "htmlContent")),
        description=html_to_text(field_text(content, "subtitle")),
        published=field_moment(data, zone, "publishDate") or field_moment(data, zone, "eventDate"),
        keywords=tuple(name for name in policies if name),
    )
    address = _PAGE.format(language=source.language or "en", reference=reference.replace("/", "_").lower())
    described = describe_item(article, source=source, call_id=address, url=address, now=now)
    if described.call is None:
        parsed.leave_out(address, described.reason, described.left_out_call)
    else:
        parsed.calls.append(described.call)
