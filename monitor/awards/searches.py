"""Fetching of publishers' searches, page by page: funded projects, closed calls and updates, until the stated total is reached.

The pages of a search lie in the folder of the source as files of their own, named after their query. They take the place of the
last ones together, when all of them are there (`fetched`).
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from monitor.awards.fetched import finish_pages, replace_pages
from monitor.awards.fields import country
from monitor.awards.model import FETCHED_PREFIX, LEFT_OUT
from monitor.awards.tables import has_field
from monitor.collect.file_fetch import Fetcher, FetchLimits, Question, open_fetcher, telling
from monitor.collect.portal.form import FORM_TYPE, form_body, page_query
from monitor.errors import SourceError

_MOST_ROWS = 10_000
"""Rows that the portal gives to one query."""
_LARGEST_PAGE = 64 * 1024**2
_EMPTY_PAGES = 3
"""Times that an empty page is asked for again: one is not always the end (seen at Erasmus+)."""
_LEAST_SPLIT = 0.99
"""Least share of a query's rows that its parts by year must have: some rows have no date."""
_FIRST_YEAR = 2014
_KEPT_COUNTRIES = frozenset({"SE", "DK", "FI", "NO", "IS"})

Page = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SearchPart:
    """Query among those that make up a search."""

    name: str
    must: tuple[Any, ...] = ()
    must_not: tuple[Any, ...] = ()
    year: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Search of a publisher."""

    ask: Callable[[str, SearchPart, int], Question]
    """Request for a page by the address of the search, the query and the page's number from 1."""
    rows: str
    """Field of an answer that has the list of rows."""
    total: str
    """Field of an answer that has the number of all rows of the query."""
    parts: Callable[[int], Sequence[SearchPart]]
    """Queries, by the present year."""
    split: Callable[[SearchPart, int], Sequence[SearchPart]] | None = None
    """Smaller queries in place of one that has more rows than `most`, by the present year."""
    most: int | None = None
    thin: Callable[[Page], Page] = field(default=lambda page: page)
    """Page without what is never read from it."""


def fetch_search(search: Search, url: str, folder: Path, limits: FetchLimits, year: int) -> int:
    """Fetch every page of a search into a folder, in place of the pages of the last time; return the number of pages.

    Args:
        search: Search to ask.
        url: Its address.
        folder: Folder of the source.
        limits: Manners and limits of the requests.
        year: The present year.

    Raises:
        SourceError: A page could not be fetched or the numbers do not add up; the last pages are as they were.
        OSError: A file could not be written.
    """
    finish_pages(folder)
    new = folder / ".new"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    try:
        with telling(url):
            asyncio.run(_fetch_parts(search, url, new, replace(limits, largest=min(limits.largest, _LARGEST_PAGE)), year))
        count = len(list(new.iterdir()))
        replace_pages(folder, new)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return count


async def _fetch_parts(search: Search, url: str, folder: Path, limits: FetchLimits, year: int) -> None:
    async with open_fetcher(limits) as fetcher:
        reader = _Reader(search, url, folder, fetcher)
        for part in search.parts(year):
            first = await reader.read_page(part, 1)
            total = reader.total(first)
            if search.most is None or total <= search.most:
                await reader.read_rest(part, first)
                continue
            smaller = search.split(part, year) if search.split else ()
            found = 0
            for piece in smaller:
                page = await reader.read_page(piece, 1)
                found += reader.total(page)
                await reader.read_rest(piece, page)
            if found < _LEAST_SPLIT * total:
                raise SourceError(reader.host, f"{part.name} har {total} poster men delarna tillsammans {found}")


class _Reader:
    """Reader of the pages of one search."""

    def __init__(self, search: Search, url: str, folder: Path, fetcher: Fetcher) -> None:
        self._search = search
        self._url = url
        self._folder = folder
        self._fetcher = fetcher
        self.host = urlsplit(url).hostname or url

    async def read_page(self, part: SearchPart, number: int) -> Page:
        """Return an answer.

        Raises:
            SourceError: It is no answer of this search.
        """
        body = bytearray()
        async with self._fetcher.ask(self._search.ask(self._url, part, number)) as answer:
            async for chunk in self._fetcher.chunks(answer):
                body += chunk
        try:
            page = json.loads(bytes(body))
            rows, total = page[self._search.rows], int(page[self._search.total])
        except (ValueError, RecursionError) as error:
            raise SourceError(self.host, f"sida {number} av {part.name} är ingen hel JSON") from error
        except (KeyError, TypeError) as error:
            raise SourceError(self.host, f"sida {number} av {part.name} har en annan form än utgivarens") from error
        if not isinstance(rows, list) or total < 0:
            raise SourceError(self.host, f"sida {number} av {part.name} har en annan form än utgivarens")
        return dict(page)

    def total(self, page: Page) -> int:
        """Return the number of all rows of a query that an answer states."""
        return int(page[self._search.total])

    async def read_rest(self, part: SearchPart, first: Page) -> None:
        """Keep the first page of a query and all that follow it.

        Raises:
            SourceError: The pages do not have the rows that they state together.
        """
        total, seen, number, page = self.total(first), 0, 1, first
        if self._search.most is not None and total > self._search.most:
            raise SourceError(self.host, f"{part.name} har {total} poster, fler än sökningen lämnar ut")
        while True:
            if self.total(page) != total:
                raise SourceError(self.host, f"{part.name} ändrades under hämtningen: {total} blev {self.total(page)} poster")
            seen += len(page[self._search.rows])
            self._keep(part, number, page)
            if seen >= total:
                break
            number += 1
            page = await self._read_filled(part, number)
        if seen != total:
            raise SourceError(self.host, f"{part.name} skulle ha {total} poster men hade {seen}")

    async def _read_filled(self, part: SearchPart, number: int) -> Page:
        """Return a page that has rows; raises SourceError when it stays empty."""
        for _ in range(_EMPTY_PAGES):
            page = await self.read_page(part, number)
            if page[self._search.rows]:
                return page
        raise SourceError(self.host, f"sida {number} av {part.name} är tom fast fler poster ska finnas")

    def _keep(self, part: SearchPart, number: int, page: Page) -> None:
        path = self._folder / f"{FETCHED_PREFIX}{part.name}.{number:04d}.json"
        try:
            thinned = self._search.thin(page)
        except (KeyError, TypeError, AttributeError) as error:
            raise SourceError(self.host, f"sida {number} av {part.name} har en annan form än utgivarens") from error
        path.write_text(json.dumps(thinned, ensure_ascii=False), "utf-8")


_PROGRAMMES = {
    "life": "43252405", "cerv": "43251589", "crea": "43251814", "erasmus": "43353764", "smp": "43252476", "cef": "43251567",
    "digital": "43152860", "edf": "44181033",
}  # fmt: skip
"""Codes by which the portal names programmes that have many rows."""
_RESEARCH = {"h2020": "31045243", "horizon": "43108390"}


def _by_programme(name: str, codes: dict[str, str], without: dict[str, str]) -> tuple[SearchPart, ...]:
    """Return a query for each programme and one for all the others, by the field that has the programme's code."""
    others = [*codes.values(), *without.values()]
    parts = [SearchPart(id_, ({"terms": {name: [code]}},)) for id_, code in codes.items()]
    return (*parts, SearchPart("ovriga", (), ({"terms": {name: others}},)))


def _by_start(part: SearchPart, year: int) -> list[SearchPart]:
    """Return a query for each year in which rows start; the portal compares nothing with a bare date."""
    bounds = [f"{one}-01-01T00:00:00.000+0000" for one in range(_FIRST_YEAR + 1, year + 2)]
    ranges = [
        {"lt": bounds[0]},
        *({"gte": start, "lt": end} for start, end in pairwise(bounds)),
        {"gte": bounds[-1]},
    ]
    return [
        replace(part, name=f"{part.name}-{_FIRST_YEAR + number}", must=(*part.must, {"range": {"startDate": span}}))
        for number, span in enumerate(ranges)
    ]


def _ask_portal(key: str, must: Sequence[Any], sort: str) -> Callable[[str, SearchPart, int], Question]:
    """Return the maker of requests to an index of the portal's search (its form is in `monitor.collect.portal.form`)."""

    def ask(url: str, part: SearchPart, number: int) -> Question:
        query: dict[str, Any] = {"must": [*must, *part.must]}
        if part.must_not:
            query["must_not"] = list(part.must_not)
        parts = {"query": {"bool": query}, "languages": ["en"], "sort": {"field": sort, "order": "ASC"}}
        return Question(f"{url}?{page_query(key, number)}", {"Content-Type": FORM_TYPE}, form_body(parts).encode())

    return ask


def _only(*names: str) -> Callable[[Page], Page]:
    """Return the reducer of a page of the portal to some fields of its rows."""

    def thin(page: Page) -> Page:
        found = [row["metadata"] for row in page["results"]]
        rows = [{"metadata": {name: fields[name] for name in names if name in fields}} for fields in found]
        return {"apiVersion": page.get("apiVersion", ""), "totalResults": page["totalResults"], "results": rows}

    return thin


def _portal(
    key: str, must: Sequence[Any], sort: str, parts: tuple[SearchPart, ...], thin: Callable[[Page], Page] | None
) -> Search:
    return Search(
        ask=_ask_portal(key, must, sort),
        rows="results",
        total="totalResults",
        parts=lambda year: parts,
        split=_by_start,
        most=_MOST_ROWS,
        thin=thin or (lambda page: page),
    )


_ERASMUS_PAGE = 500


def _ask_erasmus(url: str, part: SearchPart, number: int) -> Question:
    asked = {
        "from": (number - 1) * _ERASMUS_PAGE,
        "index": "eplus2021",
        "keyword": "",
        "matchAllCountries": False,
        "project": {"projectCallYear": str(part.year)},
        "coordinator": {},
        "partner": {},
        "organisation": {"organisationRole": "COORDINATOR_OR_PARTNER"},
        "size": _ERASMUS_PAGE,
        "sort": "",
        "withAggregations": False,
    }
    return Question(url, {"Content-Type": "application/json", "Accept": "application/json"}, json.dumps(asked).encode())


def _nordic(page: Page) -> Page:
    """Return a page of Erasmus+ with the projects that have a Nordic organisation, and the number of the others.

    Raises:
        KeyError: No organisation states its country, so that all would be left out.
    """
    documents = page["projectDocuments"]
    if documents and not any(has_field(row, "organisations.organisationCountry") for row in documents):
        raise KeyError("organisationCountry")
    kept = [
        row
        for row in documents
        if any(country(one.get("organisationCountry")) in _KEPT_COUNTRIES for one in row.get("organisations") or ())
    ]
    return {"total": page["total"], LEFT_OUT: len(documents) - len(kept), "projectDocuments": kept}


_LIFE_PAGE = 100
_LIFE_FIELDS = (
    "basicSearchText", "freeTextSearchType", "years", "priorityAreas", "submittingCountries", "nutsCodes", "beneficiaryTypes",
    "themes", "keywords", "legislatives", "habitats", "species", "nat2kSites", "isSelectedProject", "isBestProject",
    "isBestOfTheBestProject",
)  # fmt: skip
"""Fields of the form of LIFE's advanced search: it answers with an error when one is missing."""


def _ask_life(url: str, part: SearchPart, number: int) -> Question:
    asked: dict[str, object] = dict.fromkeys(_LIFE_FIELDS, "")
    asked |= {"page": number, "pageSize": _LIFE_PAGE, "skip": (number - 1) * _LIFE_PAGE, "take": _LIFE_PAGE}
    asked |= {"sort[0][field]": "id", "sort[0][dir]": "desc"}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    return Question(url, headers, urlencode(asked).encode())


SEARCHES = {
    "portal": _portal(
        "SEDIA_NONH2020_PROD",
        ({"terms": {"DATASOURCE": ["SEDIA_NONH2020_PROD"]}}, {"terms": {"status": ["Ongoing", "Ended"]}}),
        "projectId",
        # CORDIS has the projects of Horizon whole.
        _by_programme("programId", _PROGRAMMES, _RESEARCH),
        None,
    ),
    "closed-calls": _portal(
        "SEDIA",
        ({"terms": {"type": ["1"]}}, {"terms": {"status": ["31094503"]}}),
        "identifier",
        _by_programme("frameworkProgramme", _PROGRAMMES | _RESEARCH, {}),
        _only("type", "identifier", "title", "startDate", "frameworkProgramme"),
    ),
    "portal-updates": _portal(
        "SEDIA",
        ({"terms": {"type": ["6"]}},),
        "startDate",
        # Codes of Horizon tell no family of calls, so that nothing could be joined to its updates.
        _by_programme("frameworkProgramme", _PROGRAMMES, _RESEARCH),
        _only("identifier", "callIdentifier", "startDate", "description"),
    ),
    "erasmus": Search(
        ask=_ask_erasmus,
        rows="projectDocuments",
        total="total",
        parts=lambda year: [SearchPart(str(one), year=one) for one in range(_FIRST_YEAR, year + 1)],
        thin=_nordic,
    ),
    "life": Search(ask=_ask_life, rows="data", total="total", parts=lambda year: (SearchPart("alla"),)),
}
"""Search of each source that is fetched page by page, by its id."""
