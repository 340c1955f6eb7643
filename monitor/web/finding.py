"""Finding calls for the pages: ranked by words, narrowed and counted by facets, from an index that is made anew when the archive changes."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from monitor.archive.browse import open_counts
from monitor.archive.corrections import load_call
from monitor.archive.database import Database
from monitor.archive.facets import Counted, FacetIndex
from monitor.archive.search import Filters, make_snippet, marked, ranked, suggest
from monitor.archive.texts import stored_zones
from monitor.archive.wordsearch import Hits, InOrder, by_words
from monitor.calls import Call, call_zones
from monitor.language.queries import parse_query
from monitor.language.termset import TermSet
from monitor.matching.ruleset import RuleSet
from monitor.web.asking import Asked
from monitor.web.site import Site

Key = tuple[str, str]
Pieces = list[tuple[bool, str]]
_QUICK = 0.15
_PAUSE = 60.0
_OLD = timedelta(minutes=15)
_KEPT = 64
# What people write around the subject when they ask in a sentence.
_QUESTION = frozenset(
    [
        "vad",
        "vilka",
        "vilket",
        "finns",
        "kan",
        "får",
        "vi",
        "man",
        "jag",
        "de",
        "det",
        "den",
        "ett",
        "en",
        "att",
        "och",
        "för",
        "oss",
        "om",
        "på",
        "i",
        "som",
        "är",
        "söka",
        "sök",
        "ansöka",
        "just",
        "nu",
        "idag",
        "pengar",
        "bidrag",
    ]
)


class Finder:
    """The facet index of one site, and what the last queries found."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._lock = threading.Lock()
        self._index: FacetIndex | None = None
        self._stamp: tuple[object, ...] = ()
        self._made = 0.0
        self._took = 0.0
        self._busy = False
        self._found: dict[tuple[int, str], Hits] = {}
        self._open: tuple[FacetIndex, dict[str, dict[str, int]]] | None = None

    def index(self) -> FacetIndex:
        """The index. A small archive's is made at once after a change; a large one's in the background, and soon, while the old one serves."""
        stamp = self._look()
        with self._lock:
            index = self._index
            fresh = index is not None and stamp == self._stamp and abs(self._site.clock() - index.now) < _OLD
            if fresh and index is not None:
                return index
            if index is not None and self._took > _QUICK:
                if not self._busy and time.monotonic() - self._made > _PAUSE:
                    self._busy = True
                    self._site.archive.start(self._renew)
                return index
            return self._make(stamp)

    def renew_soon(self) -> None:
        """A person has changed something and will look for it: forget what queries found, and do not wait to make the index anew."""
        with self._lock:
            self._found.clear()
            self._made = -_PAUSE

    def _renew(self) -> None:
        try:
            index, took = self._build()
            with self._lock:
                self._put(index, took, self._look())
        finally:
            self._busy = False

    def _make(self, stamp: tuple[object, ...]) -> FacetIndex:
        index, took = self._build()
        self._put(index, took, stamp)
        return index

    def _put(self, index: FacetIndex, took: float, stamp: tuple[object, ...]) -> None:
        self._index, self._took, self._stamp, self._made = index, took, stamp, time.monotonic()
        self._found.clear()

    def _build(self) -> tuple[FacetIndex, float]:
        rules = self._site.rules
        begun = time.thread_time()
        index = FacetIndex(
            self._site.archive.db, self._site.clock(), lambda key, code, name: programme_of(rules, key, code, name)
        )
        return index, time.thread_time() - begun

    def _look(self) -> tuple[object, ...]:
        """What changes when anyone writes: the files themselves, since other processes write too."""
        path = self._site.archive.path
        seen: list[object] = [self._site.rules.version]
        for file in (path, path.with_name(path.name + "-wal")):
            try:
                stat = file.stat()
                seen += [stat.st_mtime_ns, stat.st_size]
            except FileNotFoundError:
                seen.append(0)
        return tuple(seen)

    def open_by_department(self) -> dict[str, dict[str, int]]:
        """How many calls are open and coming for each department, counted once for each index."""
        index = self.index()
        if self._open is None or self._open[0] is not index:
            self._open = index, open_counts(self._site.archive.db, self._site.clock())
        return self._open[1]

    def answer(self, index: FacetIndex, query: str, now: datetime) -> Hits:
        """What a query finds; kept for the next page or facet."""
        key = (id(index), query)
        found = self._found.get(key)
        if found is None:
            found = by_words(self._site.archive.db, index, query)
            if found is None:
                filters = Filters(programmes=programme_names(self._site.rules))
                places = index.places_of(ranked(self._site.archive.db, query, now, filters))
                found = InOrder(index.bits_of(places), places)
            if len(self._found) >= _KEPT:
                self._found.clear()
            self._found[key] = found
        return found


def programme_names(rules: RuleSet) -> Mapping[str, Collection[str]]:
    """What a person may call a programme, and the codes and beginnings of identifiers that stand for it."""
    found: dict[str, Collection[str]] = {}
    for one in rules.programmes.values():
        codes = (one.id, *one.codes, *one.prefixes)
        for name in (*codes, one.name):
            found[name.casefold()] = codes
    return found


def programme_of(rules: RuleSet, key: Key, code: str, identifier: str) -> str:
    """The id of a call's programme; empty when it is not known."""
    programme = rules.programme_of(Call(source=key[0], call_id=key[1], title="", url="", identifier=identifier, programme=code))
    return programme.id if programme else ""


@dataclass(frozen=True)
class Found:
    """What one search found: how many, the facets' counts, and any page of it."""

    db: Database
    asked: Asked
    index: FacetIndex
    hits: Hits
    selected: int
    counts: dict[str, list[Counted]]
    suggestions: list[str]
    searched: str
    words: tuple[str, ...]

    @property
    def total(self) -> int:
        """How many calls were found."""
        return self.selected.bit_count()

    def keys(self, offset: int, limit: int) -> list[Key]:
        """A page of the calls in the order that was asked for."""
        order = self.asked.order or self.hits.order(self.db, self.selected)
        return self.index.page(self.selected, order, offset, limit)

    @cached_property
    def _terms(self) -> TermSet:
        return TermSet(parse_query(self.searched).terms)

    def snippet(self, key: Key) -> Pieces:
        """The stretch of a call that shows the words, in pieces: whether each was found, and its text. Empty without words."""
        zones = stored_zones(self.db, *key) if self._terms.terms else None
        call = load_call(self.db, *key) if zones is not None else None
        if zones is None or call is None:
            return []
        return marked(make_snippet(call_zones(call), zones, self._terms))


def subject_words(query: str) -> list[str]:
    """The words of a question that say what it is about: "vad kan biblioteket söka just nu?" is about "biblioteket"."""
    words = [word.strip("?!.,") for word in query.split()]
    return [word for word in words if word and word.casefold() not in _QUESTION]


def finder_of(site: Site) -> Finder:
    """The site's finder."""
    found = site.caches.get("finder")
    if not isinstance(found, Finder):
        found = site.caches.setdefault("finder", Finder(site))
    assert isinstance(found, Finder)
    return found


def find(site: Site, asked: Asked) -> Found:
    """Search: words and choices together."""
    finder = finder_of(site)
    index = finder.index()
    db = site.archive.db
    searched = asked.query
    hits = finder.answer(index, searched, site.clock()) if searched else InOrder(index.everything, [])
    if not hits.bits and (subject := " ".join(subject_words(searched))) and subject != searched:
        hits = finder.answer(index, subject, site.clock())
        searched = subject if hits.bits else searched
    selected = index.select(hits.bits, asked.choices)
    return Found(
        db=db,
        asked=asked,
        index=index,
        hits=hits,
        selected=selected,
        counts=index.counts(hits.bits, asked.choices),
        suggestions=suggest(db, asked.query) if asked.query and not hits.bits else [],
        searched=searched,
        words=tuple(term.text for term in parse_query(searched).terms) if searched else (),
    )
