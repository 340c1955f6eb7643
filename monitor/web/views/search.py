"""The search page: parameters of the address, results with facets, and hints of departments."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from datasette import Response

from monitor.archive.calls import load_call
from monitor.archive.connection import Database
from monitor.archive.listing import CallSummary, count_open_calls, list_calls
from monitor.archive.matches import departments_of, publisher_urls
from monitor.archive.search.facets import FacetCount, FacetIndex, Hits, RankedHits, rank_by_words
from monitor.archive.search.index import stored_zones
from monitor.archive.search.query import Filters, make_snippet, marked, rank_calls, suggest
from monitor.calls import Call, CallKey, call_zones
from monitor.language.one_line import clean
from monitor.language.queries import parse_query
from monitor.language.terms import parse_term
from monitor.language.termset import TermSet
from monitor.matching.compiled import RuleSet
from monitor.vocabulary import KIND_LABELS, STATUS_LABELS, Kind, Status
from monitor.web.framework.request import Site, Visit
from monitor.web.framework.route import Missing, Route
from monitor.web.framework.templates import call_path, download, page, safe_url
from monitor.web.outputs.calendars import calendar_of
from monitor.web.outputs.exports import as_csv, as_excel, as_json
from monitor.web.outputs.feeds import atom_feed

PARAMETERS = {
    "typ": "kind",
    "status": "status",
    "program": "programme",
    "forvaltning": "department",
    "tema": "theme",
    "omrade": "area",
    "mal": "sdg",
    "kalla": "source",
    "manad": "month",
}
"""The name of each facet in an address."""

SORTS = {"": "Bäst träff", "sista-dag": "Sista dag", "nyast": "Nyast", "andrad": "Senast ändrad", "rubrik": "Rubrik"}
ORDERS = {"sista-dag": "deadline", "nyast": "newest", "andrad": "changed", "rubrik": "title"}
QUERY_LIMIT = 400
_MOST_VALUES = 20
_MOST_PAGES = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One search. Its address says everything: it can be kept, sent on, and gone back to."""

    query: str = ""
    chosen: tuple[tuple[str, tuple[str, ...]], ...] = ()
    sort: str = ""
    page: int = 1
    language: str = "sv"

    @property
    def choices(self) -> dict[str, tuple[str, ...]]:
        """The chosen values by facet."""
        return {PARAMETERS[name]: values for name, values in self.chosen}

    @property
    def order(self) -> str:
        """The order of the facet index; empty where the ranking of the words counts."""
        return ORDERS.get(self.sort, "" if self.query else "newest")

    def address(self, path: str = "/sok", *, with_page: bool = True) -> str:
        """The address of this search."""
        pairs: list[tuple[str, str]] = [("q", self.query)] if self.query else []
        pairs += [(name, value) for name, values in self.chosen for value in values]
        pairs += [("sort", self.sort)] if self.sort else []
        pairs += [("sida", str(self.page))] if with_page and self.page > 1 else []
        pairs += [("lang", "en")] if self.language == "en" else []
        return f"{path}?{urlencode(pairs)}" if pairs else path

    def toggled(self, facet: str, value: str) -> Asked:
        """With a value of a facet chosen, or no longer."""
        wanted = dict(self.chosen)
        name = next(name for name, known in PARAMETERS.items() if known == facet)
        present = wanted.get(name, ())
        wanted[name] = tuple(one for one in present if one != value) if value in present else (*present, value)
        return replace(self, chosen=tuple((one, wanted[one]) for one in PARAMETERS if wanted.get(one)), page=1)

    def sorted(self, sort: str) -> Asked:
        """In another order."""
        return replace(self, sort=sort, page=1)

    def on_page(self, page: int) -> Asked:
        """On another page."""
        return replace(self, page=page)

    def asking(self, query: str) -> Asked:
        """With other words."""
        return replace(self, query=query, page=1)


def read_asked(many: Mapping[str, list[str]], language: str = "sv") -> Asked:
    """What the query of an address asks; whatever makes no sense is left out, nothing is an error."""
    chosen = []
    for name in PARAMETERS:
        values = tuple(dict.fromkeys(value for value in many.get(name, ())[:_MOST_VALUES] if value and len(value) < 100))
        if values:
            chosen.append((name, values))
    sort = next(iter(many.get("sort", ())), "")
    page = next(iter(many.get("sida", ())), "1")
    return Asked(
        query=" ".join(next(iter(many.get("q", ())), "").split())[:QUERY_LIMIT],
        chosen=tuple(chosen),
        sort=sort if sort in SORTS else "",
        page=min(max(int(page), 1), _MOST_PAGES) if page.isascii() and page.isdigit() and len(page) < 8 else 1,
        language=language,
    )


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
            self._open = index, count_open_calls(self._site.archive.db, self._site.clock())
        return self._open[1]

    def answer(self, index: FacetIndex, query: str, now: datetime) -> Hits:
        """What a query finds; kept for the next page or facet."""
        key = (id(index), query)
        found = self._found.get(key)
        if found is None:
            found = rank_by_words(self._site.archive.db, index, query)
            if found is None:
                filters = Filters(programmes=programme_names(self._site.rules))
                places = index.positions_of(rank_calls(self._site.archive.db, query, now, filters))
                found = RankedHits(index.bits_of(places), places)
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


def programme_of(rules: RuleSet, key: CallKey, code: str, identifier: str) -> str:
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
    counts: dict[str, list[FacetCount]]
    suggestions: list[str]
    searched: str
    words: tuple[str, ...]

    @property
    def total(self) -> int:
        """How many calls were found."""
        return self.selected.bit_count()

    def keys(self, offset: int, limit: int) -> list[CallKey]:
        """A page of the calls in the order that was asked for."""
        order = self.asked.order or self.hits.order(self.db, self.selected)
        return self.index.page(self.selected, order, offset, limit)

    @cached_property
    def _terms(self) -> TermSet:
        return TermSet(parse_query(self.searched).terms)

    def snippet(self, key: CallKey) -> Pieces:
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
    hits = finder.answer(index, searched, site.clock()) if searched else RankedHits(index.all_bits, [])
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


PAGE = 20
_SHOWN = 8
_EXPORTED = {"csv": 20_000, "json": 20_000, "xlsx": 20_000, "ics": 300, "atom": 100}
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TITLES = {
    "status": "Läge",
    "kind": "Slag",
    "department": "Förvaltning",
    "theme": "Ämne",
    "programme": "Program",
    "month": "Sista dag i",
    "area": "Strategiskt område",
    "sdg": "Globalt mål",
    "source": "Källa",
}
_OPEN = ("status",)
_NAMED = 2
_STATES = {"open": "Öppna", "forthcoming": "Kommande", "closed": "Stängda"}


def search_page(visit: Visit) -> Response:
    """What was found, a page at a time."""
    asked = read_asked(visit.many, visit.language)
    found = find(visit.site, asked)
    keys = found.keys((asked.page - 1) * PAGE, PAGE)
    listed = list_calls(visit.site.archive.db, keys, visit.now)
    last = max(1, -(-found.total // PAGE))
    names = facet_names(visit)
    return page(
        "search.html",
        visit,
        asked=asked,
        total=found.total,
        hits=[(one, found.snippet(one.key)) for one in listed],
        facets=[_facet(visit, asked, facet, found.counts[facet], names[facet]) for facet in TITLES],
        chips=[
            (
                TITLES[PARAMETERS[name]],
                names[PARAMETERS[name]].get(value, value),
                asked.toggled(PARAMETERS[name], value).address(),
            )
            for name, values in asked.chosen
            for value in values
        ],
        sorts=[(name, label, asked.sorted(name).address()) for name, label in SORTS.items() if name or asked.query],
        last=last,
        suggestions=[(text, asked.asking(text).address()) for text in found.suggestions],
        searched=found.searched if found.searched != asked.query else "",
        hints=department_hints(visit, asked.query),
        exports=[(label, asked.address(f"/sok.{form}", with_page=False)) for form, label in _FORMS.items()],
        theme_words=found.words,
    )


_FORMS = {"csv": "CSV", "xlsx": "Excel", "json": "JSON", "ics": "Kalender", "atom": "Atom"}


def facet_names(visit: Visit) -> dict[str, dict[str, str]]:
    """What each facet's values are called."""
    rules = visit.site.rules
    months = {f"{number:02d}": name for number, name in enumerate(_months(visit), 1)}
    return {
        "kind": {value: visit.say(label.many) for value, label in KIND_LABELS.items()},
        "status": {value: visit.say(name) for value, name in _STATES.items()},
        "programme": {one.id: one.name for one in rules.programmes.values()},
        "department": {one.id: one.name for one in rules.departments.values()},
        "theme": {one.theme.id: one.theme.title for one in rules.themes},
        "area": {one.id: one.name for one in rules.areas.area},
        "sdg": {str(one.number): f"{one.number} {one.name}" for one in rules.areas.sdg},
        "source": visit.site.source_names,
        "month": _Months(months),
    }


def _months(visit: Visit) -> Sequence[str]:
    return [visit.wording.short_day(datetime(2024, month, 1).date(), visit.now).split("\u00a0")[1] for month in range(1, 13)]  # noqa: DTZ001


class _Months(dict[str, str]):
    """2026-12 as december 2026, for whatever year."""

    def __init__(self, names: Mapping[str, str]) -> None:
        super().__init__()
        self._names = names

    def get(self, key: str, default: Any = None) -> Any:
        year, _, month = key.partition("-")
        return f"{self._names[month]} {year}" if month in self._names else default


def _facet(visit: Visit, asked: Asked, facet: str, counted: Sequence[FacetCount], names: Mapping[str, str]) -> dict[str, Any]:
    chosen = asked.choices.get(facet, ())
    values = [
        {
            "name": names.get(one.value, one.value),
            "count": one.count,
            "chosen": one.value in chosen,
            "address": asked.toggled(facet, one.value).address(),
        }
        for one in counted
    ]
    return {
        "id": facet,
        "title": TITLES[facet],
        "open": facet in _OPEN or bool(chosen),
        "values": values[:_SHOWN],
        "more": values[_SHOWN:],
    }


def department_hints(visit: Visit, query: str) -> list[dict[str, Any]]:
    """The departments that the words name, as "bibliotek" names the one for culture: a newcomer asks for a unit, not for a subject."""
    terms = []
    for word in subject_words(query):
        try:
            if len(word) > 3 and ":" not in word and not word.startswith("-"):
                terms.append(parse_term(word))
        except ValueError:
            continue
    if not terms:
        return []
    wanted = TermSet(terms)
    counts = finder_of(visit.site).open_by_department()
    departments = [one for one in visit.site.rules.departments.values() if one.enabled]
    texts = {one.id: visit.site.rules.analyser.lemma_text(f"{one.name}. {one.mandate}", "sv") for one in departments}
    named = {name: {hit[0] for hit in wanted.find(text)} for name, text in texts.items()}
    # A word that several have in common, such as "kommunen", names none of them.
    times = Counter(term for hits in named.values() for term in hits)
    return [
        {"id": one.id, "name": one.name, "open": counts.get(one.id, {}).get("open", 0)}
        for one in departments
        if any(times[term] <= _NAMED for term in named[one.id])
    ][:3]


def export(visit: Visit) -> Response:
    """Everything that was found, as a file."""
    form = visit.vars["form"]
    if form not in _EXPORTED:
        raise Missing
    asked = read_asked(visit.many, visit.language)
    found = find(visit.site, asked)
    keys = found.keys(0, _EXPORTED[form])
    db = visit.site.archive.db
    if form == "atom":
        return atom_feed(visit, _title(asked), asked.address(), keys)
    if form == "ics":
        calls = [call for key in keys if (call := load_call(db, *key)) is not None]
        return Response(calendar_of(visit.site, calls, _title(asked)), content_type="text/calendar; charset=utf-8")
    rows = _rows(visit, list_calls(db, keys, visit.now))
    if form == "csv":
        return download(as_csv(rows), "text/csv; charset=utf-8", "utlysningar.csv")
    if form == "xlsx":
        return download(as_excel(rows, _title(asked)), _EXCEL, "utlysningar.xlsx")
    address = visit.site.config.municipality.base_url.rstrip("/") + asked.address(with_page=False)
    return Response(as_json(rows, found.total, address), content_type="application/json; charset=utf-8")


def _title(asked: Asked) -> str:
    return f"Sökning: {asked.query}" if asked.query else "Sökning"


def _rows(visit: Visit, listed: Sequence[CallSummary]) -> list[dict[str, Any]]:
    site, db = visit.site, visit.site.archive.db
    keys = [one.key for one in listed]
    base = site.config.municipality.base_url.rstrip("/")
    departments, urls = departments_of(db, keys), publisher_urls(db, keys)
    names = {one.id: one.name for one in site.rules.programmes.values()}
    return [
        {
            "title": clean(one.title),
            "status": STATUS_LABELS[Status(one.status)],
            "kind": KIND_LABELS[Kind(one.kind)].one,
            "next_deadline": _local(one.next_deadline, visit),
            "opens": one.opens or "",
            "programme": names.get(programme_of(site.rules, one.key, one.programme, one.identifier), one.programme),
            "identifier": one.identifier,
            "departments": ", ".join(
                site.rules.departments[name].name for name in departments.get(one.key, ()) if name in site.rules.departments
            ),
            "budget_project": one.budget_project,
            "budget_total": one.budget_total,
            "currency": one.currency if one.budget_project or one.budget_total else "",
            "funder_share": one.funder_share,
            "own_share": one.own_share,
            "source": site.source_name(one.source),
            "url": safe_url(urls.get(one.key, "")),
            "page": base + call_path(one.source, one.call_id),
            "first_seen": one.first_seen[:10],
        }
        for one in listed
    ]


def _local(moment: str | None, visit: Visit) -> str:
    return datetime.fromisoformat(moment).astimezone(visit.site.config.zone).strftime("%Y-%m-%d %H:%M") if moment else ""


ROUTES = (Route(r"^/sok$", search_page), Route(r"^/sok\.(?P<form>[a-z]{2,5})$", export))
