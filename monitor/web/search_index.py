"""Index of the search pages: facets of the archive in memory, and the hits of the latest queries.

`SearchIndex` keeps the `FacetIndex` of the archive, which is rebuilt after changes, and `FoundQuery` for each of the latest
queries: their hits with all that they were widened by.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from monitor.archive.connection import Database
from monitor.archive.listing import count_open_calls
from monitor.archive.lookup import TitleIndex
from monitor.archive.search.facets import FacetIndex, Hits, RankedHits, rank_tiers
from monitor.archive.search.query import Filters, is_plain, rank_calls
from monitor.archive.search.tiers import Resolve, find_tiers, shown_terms, target_resolver, widen_query
from monitor.language.queries import parse_query
from monitor.language.terms import Term
from monitor.language.widening import Named, Names, SearchVocabulary, Target, list_names
from monitor.matching.compiled import RuleSet
from monitor.matching.rules.load import load_concepts
from monitor.paths import RULES
from monitor.web.framework.request import Site

_Facts = TypeVar("_Facts")
_FAST_BUILD_SECONDS = 0.15
"""CPU seconds up to which the facet index is built while the visitor waits; above, the previous one serves meanwhile."""
_REBUILD_PAUSE_SECONDS = 60.0
_MAX_INDEX_AGE = timedelta(minutes=15)
"""Age at which the index is rebuilt though nothing was written, since the status of a call depends on the time."""
_MAX_CACHED_QUERIES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundQuery:
    """Query with its hits."""

    query: str
    hits: Hits
    terms: tuple[Term, ...] = ()
    """Terms that snippets mark: the typed ones, then those that the query was widened by."""
    words: tuple[str, ...] = ()
    """Terms as typed."""
    widened: tuple[str, ...] = ()
    """Terms that were searched for as well, as a reader is told."""


class SearchIndex:
    """Facet index of one site, rebuilt after changes, with the hits of the latest queries. Safe to use from several threads."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._lock = threading.Lock()
        self._index: FacetIndex | None = None
        self._stamp: tuple[object, ...] = ()
        self._built_at = 0.0
        self._build_seconds = 0.0
        self._building = False
        self._found: dict[tuple[int, str, bool], FoundQuery] = {}

    def facet_index(self) -> FacetIndex:
        """Return the facet index.

        After a change it is built at once if the last build took at most `_FAST_BUILD_SECONDS`. Otherwise it is built in the
        background, at most once in `_REBUILD_PAUSE_SECONDS`, and the previous one is returned meanwhile.
        """
        stamp = self._site.stamp()
        with self._lock:
            index = self._index
            fresh = index is not None and stamp == self._stamp and abs(self._site.clock() - index.now) < _MAX_INDEX_AGE
            if fresh and index is not None:
                return index
            if index is not None and self._build_seconds > _FAST_BUILD_SECONDS:
                if not self._building and time.monotonic() - self._built_at > _REBUILD_PAUSE_SECONDS:
                    self._building = True
                    self._site.archive.start(self._rebuild)
                return index
            return self._build_and_store(stamp)

    def rebuild_soon(self) -> None:
        """Drop the hits of the latest queries and the pause before a rebuild, since a person will look for a changed call."""
        with self._lock:
            self._found.clear()
            self._built_at = -_REBUILD_PAUSE_SECONDS

    def _rebuild(self) -> None:
        try:
            index, seconds = self._build()
            with self._lock:
                self._store(index, seconds, self._site.stamp())
        finally:
            self._building = False

    def _build_and_store(self, stamp: tuple[object, ...]) -> FacetIndex:
        index, seconds = self._build()
        self._store(index, seconds, stamp)
        return index

    def _store(self, index: FacetIndex, seconds: float, stamp: tuple[object, ...]) -> None:
        self._index, self._build_seconds, self._stamp, self._built_at = index, seconds, stamp, time.monotonic()
        self._found.clear()

    def _build(self) -> tuple[FacetIndex, float]:
        """Return a new index and the CPU seconds that it took."""
        rules = self._site.rules
        started = time.thread_time()
        index = FacetIndex(
            self._site.archive.db, self._site.clock(), lambda key, code, identifier: programme_id(rules, code, identifier)
        )
        return index, time.thread_time() - started

    def find(self, index: FacetIndex, query: str, now: datetime, *, exact: bool = False) -> FoundQuery:
        """Return the hits of a query, kept for the next page or choice of a facet; with `exact`, of the typed words alone."""
        if not query:
            return FoundQuery(query="", hits=RankedHits(index.all_bits, []))
        key = (id(index), query, exact)
        found = self._found.get(key)
        if found is None:
            found = self._find(index, query, now, None if exact else vocabulary_of(self._site))
            if len(self._found) >= _MAX_CACHED_QUERIES:
                self._found.clear()
            self._found[key] = found
        return found

    def _find(self, index: FacetIndex, query: str, now: datetime, vocabulary: SearchVocabulary | None) -> FoundQuery:
        db, parsed = self._site.archive.db, parse_query(query)
        wide = widen_query(db, parsed, vocabulary)
        filters = Filters(programmes=programme_codes(self._site.rules))
        hits: Hits
        if is_plain(parsed):
            hits = rank_tiers(db, index, find_tiers(db, wide, _facet_resolver(db, index, filters)))
        else:
            positions = index.positions_of(rank_calls(db, query, now, filters, vocabulary))
            hits = RankedHits(index.bits_of(positions), positions)
        return FoundQuery(
            query=query,
            hits=hits,
            terms=wide.terms,
            words=tuple(term.text for term in parsed.terms),
            widened=shown_terms(db, wide),
        )


def _facet_resolver(db: Database, index: FacetIndex, filters: Filters) -> Resolve:
    """Return the function that finds the calls of a target in the facets; a programme without a facet by its codes."""
    facets = {Named.PROGRAMME: "programme", Named.THEME: "theme", Named.PUBLISHER: "source"}
    by_codes = target_resolver(db, filters.programmes)

    def resolve(target: Target) -> Collection[int]:
        return index.ids_with(facets[target.kind], target.id) or (by_codes(target) if target.kind is Named.PROGRAMME else ())

    return resolve


def vocabulary_of(site: Site) -> SearchVocabulary:
    """Return all that a query is widened by: concepts and names of the rules in force, names of the sources."""
    rules = site.rules
    kept = site.caches.get("search-vocabulary")
    if isinstance(kept, tuple) and kept[0] == rules.version:
        vocabulary = kept[1]
        assert isinstance(vocabulary, SearchVocabulary)
        return vocabulary
    names = list_names(
        ((programme.id, (programme.name, *programme.codes, *programme.prefixes)) for programme in rules.programmes.values()),
        ((theme.theme.id, theme.theme.title) for theme in rules.themes),
        ((source.id, (source.name, source.publisher)) for source in site.config.sources),
    )
    # Rules of one's own from before there were concepts are searched with the shipped ones.
    concepts = rules.concepts if len(rules.concepts) else load_concepts(RULES)
    vocabulary = SearchVocabulary(concepts, Names(names))
    site.caches["search-vocabulary"] = (rules.version, vocabulary)
    return vocabulary


def titles_of(site: Site) -> Callable[[], TitleIndex]:
    """Return the function that returns the titles of the site's calls."""
    return lambda: site.kept("titles", lambda: TitleIndex(site.archive.db)).facts


def open_by_department(site: Site) -> dict[str, dict[str, int]]:
    """Return the number of open and of forthcoming calls of each department."""
    return site.kept("open", lambda: count_open_calls(site.archive.db, site.now())).facts


def search_index_of(site: Site) -> SearchIndex:
    """Return the search index of a site, made at its first use."""
    index = site.caches.get("search-index")
    if not isinstance(index, SearchIndex):
        index = site.caches.setdefault("search-index", SearchIndex(site))
    assert isinstance(index, SearchIndex)
    return index


def programme_codes(rules: RuleSet) -> Mapping[str, Collection[str]]:
    """Return, for each name of a programme in lower case, the codes and prefixes of identifiers that belong to it."""
    codes_by_name: dict[str, Collection[str]] = {}
    for programme in rules.programmes.values():
        codes = (programme.id, *programme.codes, *programme.prefixes)
        for name in (*codes, programme.name):
            codes_by_name[name.casefold()] = codes
    return codes_by_name


def programme_id(rules: RuleSet, code: str, identifier: str) -> str:
    """Return the id of the programme of calls with a source's code and an identifier, "" if it is not known."""
    programme = rules.programme_by(code, identifier)
    return programme.id if programme else ""
