"""Spider of CELLAR, the Publications Office's store of EU law, asked by SPARQL: it answers programs where EUR-Lex has a wall.

Ontology: https://op.europa.eu/en/web/eu-vocabularies/cdm; answers: https://www.w3.org/TR/sparql11-results-json/.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from scrapy.http import Request, Response

from monitor.calls import Call
from monitor.collect.article import Article, describe_item
from monitor.collect.json_rows import field_moment, field_text, read_json, rows_at
from monitor.collect.reading import ParsedResponse
from monitor.collect.spider import SourceSpider
from monitor.collect.text import title_text
from monitor.sources import Source
from monitor.vocabulary import Kind

_PUBLISHER = "Cellar"
_READ_BACK = timedelta(days=21)
"""Age up to which acts are asked for: titles in Swedish come some days after the act."""
_MOST_ROWS = 300
_AUTHORITY = "http://publications.europa.eu/resource/authority"
_LANGUAGES = {"sv": "SWE", "en": "ENG", "da": "DAN", "fi": "FIN"}
_PAGE = "https://eur-lex.europa.eu/legal-content/{language}/TXT/?uri=CELEX:{celex}"
_PROPOSAL = re.compile(r"5(?P<year>\d{4})[A-Z]C0*(?P<number>\d+)")
"""CELEX number of a document of the Commission ("52026PC0112", COM(2026) 112)."""


class CellarSpider(SourceSpider):
    """Spider of the acts of the last three weeks, of the types (`options.types`) in the table of resource types."""

    name = "cellar"

    async def start(self) -> AsyncIterator[Request]:
        """Yield the request for the acts of the last three weeks."""
        since = (self.now.astimezone(ZoneInfo(self.source.time_zone)) - _READ_BACK).date()
        language = _LANGUAGES.get(self.source.language, "ENG")
        query = {"query": build_query(self.source.options.get("types") or (), since, language)}
        parameters = urlencode({**query, "format": "application/sparql-results+json"})
        url = f"{self.source.url}{'&' if '?' in self.source.url else '?'}{parameters}"
        yield self.request(url, self.parse, headers={"Accept": "application/sparql-results+json"})

    async def parse(self, response: Response, **options: Any) -> AsyncIterator[Request | Call]:
        """Yield the calls of an answer."""
        for call in (await self.read_response(response, read_acts)).calls:
            yield call


def build_query(types: Iterable[str], since: date, language: str) -> str:
    """Return the SPARQL query for CELEX number, day and title of acts, the newest first.

    `types` are codes of the authority table resource-type, `language` one of the table language.
    """
    named = ", ".join(f"<{_AUTHORITY}/resource-type/{code}>" for code in types)
    return f"""PREFIX cdm: <http://publications.europa.eu/ontology/cdm#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
SELECT DISTINCT ?celex ?date ?title WHERE {{
  ?work cdm:work_has_resource-type ?type ;
        cdm:resource_legal_id_celex ?celex ;
        cdm:work_date_document ?date .
  FILTER(?type IN ({named}))
  FILTER(?date >= "{since.isoformat()}"^^xsd:date)
  ?expression cdm:expression_belongs_to_work ?work ;
        cdm:expression_uses_language <{_AUTHORITY}/language/{language}> ;
        cdm:expression_title ?title .
}} ORDER BY DESC(?date) LIMIT {_MOST_ROWS}"""


def read_acts(parsed: ParsedResponse, response: Response, source: Source, now: datetime) -> None:
    """Put the Call of each act in an answer into `parsed`. Pure."""
    rows = rows_at(parsed, read_json(parsed, response, _PUBLISHER), _PUBLISHER, "results", "bindings")
    parsed.said_empty = not rows and not parsed.problems
    read: set[str] = set()
    for row in rows:
        celex = field_text(row, "celex", "value")
        if celex in read:
            continue  # an act has several manifestations
        read.add(celex)
        parsed.seen += 1
        title = title_text(field_text(row, "title", "value"))
        if not celex or not title:
            parsed.skip(celex or repr(row)[:60], "saknar nummer eller titel")
            continue
        call = parsed.read_row(celex, _call, row, celex, title, source, now)
        if call is not None:
            parsed.calls.append(call)


def _call(row: dict[str, Any], celex: str, title: str, source: Source, now: datetime) -> Call | None:
    proposal = _PROPOSAL.fullmatch(celex)
    name = f"COM({proposal['year']}) {proposal['number']}" if proposal else ""
    article = Article(
        title=f"{title} ({name})" if name and name not in title else title,
        text="",
        published=field_moment(row, ZoneInfo(source.time_zone), "date", "value"),
        kind=Kind.POLICY,
    )
    url = _PAGE.format(language=source.language.upper() or "EN", celex=celex)
    return describe_item(article, source=source, call_id=celex, url=url, now=now).call
