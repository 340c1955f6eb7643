"""The search page: the parameters of its address, the search with facets, exports, and hints of departments.

Data structures: `SearchParams` is an address as values. `SearchIndex` keeps the `FacetIndex` of the archive and the hits of the
latest queries. A `FacetIndex` numbers the calls from 0 and holds, for each value of each facet, the calls that have it as bits
of an integer. `FacetedResult` is one answer: the selected calls as bits, the counts of each facet, and any page of the calls in
the wanted order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from datasette import Response

from monitor.archive.calls import correction_times, load_call
from monitor.archive.connection import Database
from monitor.archive.listing import CallSummary, list_calls
from monitor.archive.matches import departments_of, matched_answers, publisher_urls, theme_titles_of, themes_of
from monitor.archive.search.corrections import correct_query
from monitor.archive.search.facets import FacetCount, FacetIndex
from monitor.archive.search.index import stored_zones
from monitor.archive.search.query import make_snippet, marked
from monitor.archive.unmatched import NOBODY, unmatched_answers
from monitor.calls import CallKey, call_zones
from monitor.corrected import FIELDS
from monitor.language.one_line import clean
from monitor.language.terms import Term, parse_term
from monitor.language.termset import TermSet
from monitor.matching.compiled import RuleSet
from monitor.vocabulary import KIND_LABELS, STATUS_LABELS, Kind, Status
from monitor.web.framework.addresses import safe_url
from monitor.web.framework.request import Site, Visit
from monitor.web.framework.route import NotFound, Route
from monitor.web.framework.templates import download, page
from monitor.web.outputs.calendars import calendar_of
from monitor.web.outputs.exports import as_csv, as_excel, as_json
from monitor.web.outputs.feeds import atom_feed
from monitor.web.outputs.machine import machine_values
from monitor.web.search_index import FoundQuery, open_by_department, programme_id, search_index_of, vocabulary_of
from monitor.web.views.documents import shown_page_hits

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
"""Facet by its name in an address, in the order in which an address has them."""
FACET_TITLES = {
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
"""Title of each facet, in the order in which the page has them."""
SORTS = {"": "Bäst träff", "sista-dag": "Sista dag", "nyast": "Nyast", "andrad": "Senast ändrad", "rubrik": "Rubrik"}
"""Title of each order by its name in an address."""
ORDER_OF_SORT = {"sista-dag": "deadline", "nyast": "newest", "andrad": "changed", "rubrik": "title"}
"""Order of the facet index by its name in an address."""

QUERY_LIMIT = 400
"""Characters of a query that are read."""
PAGE_SIZE = 20
_MAX_VALUES = 20
"""Chosen values of one facet that are read."""
_MAX_VALUE_LENGTH = 100
_MAX_PAGE = 5_000

_QUESTION_WORDS = frozenset(
    "vad vilka vilket finns kan får vi man jag de det den ett en att och för oss om på"  # noqa: SIM905 - reads best as words
    " i som är söka sök ansöka just nu idag pengar bidrag".split()
)
"""Words of a question that do not say what it is about."""

_VISIBLE_VALUES = 8
"""Values of a facet before "Fler"."""
_OPEN_FACETS = ("status",)
"""Facets whose list is open though no value is chosen."""
_STATUS_TITLES = {"open": "Öppna", "forthcoming": "Kommande", "closed": "Stängda"}
_MAX_DEPARTMENTS_PER_WORD = 2
"""A word such as "kommunen" that is in the mandates of more departments than this points at none of them."""
_MIN_HINT_LETTERS = 4
_MAX_HINTS = 3

_EXPORT_TITLES = {"csv": "CSV", "xlsx": "Excel", "json": "JSON", "ics": "Kalender", "atom": "Atom"}
_EXPORT_LIMITS = {"csv": 20_000, "json": 20_000, "xlsx": 20_000, "ics": 300, "atom": 100}
"""Most calls in a file, by its suffix."""
_EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Pieces = list[tuple[bool, str]]
"""Pieces of a text in order, each with True if it is a hit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchParams:
    """Parameters of one search. The address holds all of them, so that it can be kept and passed on."""

    query: str = ""
    chosen: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Names of PARAMETERS with their chosen values."""
    sort: str = ""
    """A name of SORTS."""
    page: int = 1
    language: str = "sv"
    exact: bool = False
    """True for the typed words alone, without synonyms, translations, names and corrections."""

    @property
    def choices(self) -> dict[str, tuple[str, ...]]:
        """Return the chosen values by facet."""
        return {PARAMETERS[name]: values for name, values in self.chosen}

    @property
    def order(self) -> str:
        """Return the order of the facet index, "" for the ranking of the query's hits."""
        return ORDER_OF_SORT.get(self.sort, "" if self.query else "deadline")

    def address(self, path: str = "/sok", *, with_page: bool = True) -> str:
        """Return the address of this search below `path`."""
        pairs: list[tuple[str, str]] = [("q", self.query)] if self.query else []
        pairs += [(name, value) for name, values in self.chosen for value in values]
        pairs += [("exakt", "1")] if self.exact else []
        pairs += [("sort", self.sort)] if self.sort else []
        pairs += [("sida", str(self.page))] if with_page and self.page > 1 else []
        pairs += [("lang", "en")] if self.language == "en" else []
        return f"{path}?{urlencode(pairs)}" if pairs else path

    def toggled(self, facet: str, value: str) -> SearchParams:
        """Return the first page of this search with a value of a facet chosen, or no longer chosen."""
        chosen = dict(self.chosen)
        name = next(name for name, parameter_facet in PARAMETERS.items() if parameter_facet == facet)
        values = chosen.get(name, ())
        chosen[name] = tuple(other for other in values if other != value) if value in values else (*values, value)
        return replace(self, chosen=tuple((name, chosen[name]) for name in PARAMETERS if chosen.get(name)), page=1)

    def sorted(self, sort: str) -> SearchParams:
        """Return the first page of this search in another order of SORTS."""
        return replace(self, sort=sort, page=1)

    def on_page(self, page: int) -> SearchParams:
        """Return another page of this search; pages are numbered from 1."""
        return replace(self, page=page)

    def as_typed(self) -> SearchParams:
        """Return the first page of this search for the typed words alone."""
        return replace(self, exact=True, page=1)

    def with_query(self, query: str) -> SearchParams:
        """Return the first page of this search with other words."""
        return replace(self, query=query, exact=False, page=1)


def read_search_params(arg_lists: Mapping[str, list[str]], language: str = "sv") -> SearchParams:
    """Return the search that the query string of an address asks for; values without meaning are left out."""
    chosen = []
    for name in PARAMETERS:
        given = arg_lists.get(name, ())[:_MAX_VALUES]
        values = tuple(dict.fromkeys(value for value in given if value and len(value) < _MAX_VALUE_LENGTH))
        if values:
            chosen.append((name, values))
    sort = next(iter(arg_lists.get("sort", ())), "")
    return SearchParams(
        query=" ".join(next(iter(arg_lists.get("q", ())), "").split())[:QUERY_LIMIT],
        chosen=tuple(chosen),
        sort=sort if sort in SORTS else "",
        page=_read_page(next(iter(arg_lists.get("sida", ())), "1")),
        language=language,
        exact="1" in arg_lists.get("exakt", ()),
    )


def _read_page(text: str) -> int:
    return min(max(int(text), 1), _MAX_PAGE) if text.isascii() and text.isdigit() and len(text) < 8 else 1


@dataclass(frozen=True)
class FacetedResult:
    """Result of one search: its calls, and the counts of each facet."""

    db: Database
    params: SearchParams
    index: FacetIndex
    selected: int
    """Calls that the words and the choices leave, as bits of the index."""
    counts: dict[str, list[FacetCount]]
    """Counts of the values of each facet."""
    found: FoundQuery
    """Query whose hits these are: the typed one, its subject words, or a corrected one (see `search_archive`)."""
    suggestions: list[str]
    """Queries to try instead, when nothing was found."""
    instead: str
    """Corrected query that was searched in place of the typed one, or ""."""

    @property
    def total(self) -> int:
        """Return the number of calls found."""
        return self.selected.bit_count()

    def keys(self, offset: int, limit: int) -> list[CallKey]:
        """Return `limit` calls from `offset` on, all for a limit of 0, in the order of the parameters."""
        order = self.params.order or self.found.hits.order(self.db, self.selected)
        return self.index.page(self.selected, order, offset, limit)

    @cached_property
    def _terms(self) -> TermSet:
        return TermSet(self.found.terms)

    def snippet(self, key: CallKey) -> Pieces:
        """Return the part of a call's text that has the query's words; empty without a query."""
        zones = stored_zones(self.db, *key) if self._terms.terms else None
        call = load_call(self.db, *key) if zones is not None else None
        if zones is None or call is None:
            return []
        return marked(make_snippet(call_zones(call), zones, self._terms))


def subject_words(query: str) -> list[str]:
    """Return the words of a question that say what it is about: "vad kan biblioteket söka just nu?" gives "biblioteket"."""
    words = [word.strip("?!.,") for word in query.split()]
    return [word for word in words if word and word.casefold() not in _QUESTION_WORDS]


def search_archive(site: Site, params: SearchParams) -> FacetedResult:
    """Return the result of a search by words and choices.

    A query without any hit is tried again with its subject words alone, as a question in a sentence has words that no call has,
    and then with mistyped words corrected, unless the typed words alone are asked for.
    """
    search_index = search_index_of(site)
    index = search_index.facet_index()
    db, now = site.archive.db, site.clock()
    typed = search_index.find(index, params.query, now, exact=params.exact)
    found, instead, suggestions = typed, "", []
    if not found.hits.bits and (subject := " ".join(subject_words(params.query))) and subject != params.query:
        found = search_index.find(index, subject, now, exact=params.exact)
    if not found.hits.bits:
        found = typed
        corrections = correct_query(db, params.query, vocabulary_of(site))
        for correction in () if params.exact else corrections:
            corrected = search_index.find(index, correction.query, now) if correction.mistyped else typed
            if corrected.hits.bits:
                found, instead = corrected, correction.query
                break
        else:
            suggestions = [correction.query for correction in corrections]
    return FacetedResult(
        db=db,
        params=params,
        index=index,
        selected=index.select(found.hits.bits, params.choices),
        counts=index.counts(found.hits.bits, params.choices),
        found=found,
        suggestions=suggestions,
        instead=instead,
    )


def search_page(visit: Visit) -> Response:
    """Show one page of the calls found, with the facets."""
    params = read_search_params(visit.arg_lists, visit.language)
    result = search_archive(visit.site, params)
    keys = result.keys((params.page - 1) * PAGE_SIZE, PAGE_SIZE)
    listed = list_calls(visit.site.archive.db, keys, visit.now)
    names = facet_names(visit)
    return page(
        "search.html",
        visit,
        asked=params,
        total=result.total,
        hits=[(call, result.snippet(call.key)) for call in _with_answers(visit, listed)],
        helps=list(_helps(visit, params, names)) if not result.total else [],
        facets=[_facet(visit, params, facet, result.counts[facet], names[facet]) for facet in FACET_TITLES],
        chips=list(_chips(params, names)),
        sorts=[(name, label, params.sorted(name).address()) for name, label in SORTS.items() if name or params.query],
        last=max(1, -(-result.total // PAGE_SIZE)),
        suggestions=[(text, params.with_query(text).address()) for text in result.suggestions],
        searched=result.found.query if not result.instead and result.found.query != params.query else "",
        instead=result.instead,
        widened=result.found.widened,
        hints=department_hints(visit, params.query),
        exports=[(title, params.address(f"/sok.{suffix}", with_page=False)) for suffix, title in _EXPORT_TITLES.items()],
        theme_words=result.found.words,
        page_hits=shown_page_hits(visit, params.query) if params.page == 1 else [],
    )


def _with_answers(visit: Visit, listed: Sequence[CallSummary]) -> list[CallSummary]:
    """Return calls with the answer to whether a municipality may apply, and with the titles of their themes."""
    db, keys = visit.site.archive.db, [call.key for call in listed]
    answers = {**unmatched_answers(db, keys), **matched_answers(db, keys)}
    themes = themes_of(db, keys)
    heads = {theme: visit.site.rules.theme(theme) for found in themes.values() for theme in found}
    english = visit.site.rules.english_titles if visit.language == "en" else {}
    return [
        replace(
            call,
            answer=answers.get(call.key, ("", False))[0],
            guessed=answers.get(call.key, ("", False))[1],
            themes=tuple(
                (theme, english.get(theme, head.title))
                for theme in themes.get(call.key, ())
                if (head := heads[theme]) is not None
            ),
        )
        for call in listed
    ]


def _helps(visit: Visit, params: SearchParams, names: Mapping[str, Mapping[str, str]]) -> Iterable[tuple[str, str, int]]:
    """Yield the name, address and number of hits of each search that has one choice less and finds something."""
    for facet, values in params.choices.items():
        for value in values:
            less = params.toggled(facet, value)
            found = search_archive(visit.site, less).total
            if found:
                yield names[facet].get(value, value), less.address(), found


def _chips(params: SearchParams, names: Mapping[str, Mapping[str, str]]) -> Iterable[tuple[str, str, str]]:
    """Yield the facet's title, the name and the address without it of each chosen value."""
    for facet, values in params.choices.items():
        for value in values:
            yield FACET_TITLES[facet], names[facet].get(value, value), params.toggled(facet, value).address()


def facet_names(visit: Visit) -> dict[str, dict[str, str]]:
    """Return the names of the values of each facet in the page's language; a value without a name is shown as it is."""
    rules = visit.site.rules
    return {
        "kind": {value: visit.say(label.many) for value, label in KIND_LABELS.items()},
        "status": {value: visit.say(name) for value, name in _STATUS_TITLES.items()},
        "programme": {programme.id: programme.name for programme in rules.programmes.values()},
        "department": {
            NOBODY: visit.say("Ingen"),
            **{department.id: department.name for department in rules.departments.values()},
        },
        "theme": {theme.theme.id: theme.theme.title for theme in rules.themes},
        "area": {area.id: area.name for area in rules.areas.area},
        "sdg": {str(goal.number): f"{goal.number} {goal.name}" for goal in rules.areas.sdg},
        "source": visit.site.source_names,
        "month": _MonthNames(visit),
    }


class _MonthNames(dict[str, str]):
    """Names of months of any year: "2026-12" is "december 2026"."""

    def __init__(self, visit: Visit) -> None:
        super().__init__()
        self._names = {f"{month:02d}": name for month, name in enumerate(visit.wording.month_names(), 1)}

    def get(self, key: str, default: Any = None) -> Any:
        year, _, month = key.partition("-")
        return f"{self._names[month]} {year}" if month in self._names else default


def _facet(
    visit: Visit, params: SearchParams, facet: str, counts: Sequence[FacetCount], names: Mapping[str, str]
) -> dict[str, Any]:
    """Return a facet as the template shows it."""
    chosen = params.choices.get(facet, ())
    values = [
        {
            "name": names.get(counted.value, counted.value),
            "count": counted.count,
            "chosen": counted.value in chosen,
            "address": params.toggled(facet, counted.value).address(),
        }
        for counted in counts
    ]
    return {
        "id": facet,
        "title": FACET_TITLES[facet],
        "open": facet in _OPEN_FACETS or bool(chosen),
        "values": values[:_VISIBLE_VALUES],
        "more": values[_VISIBLE_VALUES:],
    }


def department_hints(visit: Visit, query: str) -> list[dict[str, Any]]:
    """Return the departments whose name or mandate has a word of the query, with their open calls; at most `_MAX_HINTS`.

    A newcomer searches for a unit rather than for a subject: "bibliotek" gives the department of culture.
    """
    terms = _hint_terms(query)
    if not terms:
        return []
    counts = open_by_department(visit.site)
    departments = [department for department in visit.site.rules.departments.values() if department.enabled]
    terms_by_department = _terms_in_mandates(visit.site.rules, [department.id for department in departments], TermSet(terms))
    uses = Counter(term for terms in terms_by_department.values() for term in terms)
    return [
        {"id": department.id, "name": department.name, "open": counts.get(department.id, {}).get("open", 0)}
        for department in departments
        if any(uses[term] <= _MAX_DEPARTMENTS_PER_WORD for term in terms_by_department[department.id])
    ][:_MAX_HINTS]


def _hint_terms(query: str) -> list[Term]:
    """Return the terms of the subject words that may name a department: no short words, fields or exclusions."""
    terms = []
    for word in subject_words(query):
        if len(word) < _MIN_HINT_LETTERS or ":" in word or word.startswith("-"):
            continue
        try:
            terms.append(parse_term(word))
        except ValueError:
            continue
    return terms


def _terms_in_mandates(rules: RuleSet, departments: Iterable[str], terms: TermSet) -> dict[str, set[int]]:
    """Return, for each department, the positions of the terms that its name or mandate has."""
    texts = {id_: f"{rules.departments[id_].name}. {rules.departments[id_].mandate}" for id_ in departments}
    return {id_: {hit[0] for hit in terms.find(rules.analyser.lemma_text(text, "sv"))} for id_, text in texts.items()}


def export(visit: Visit) -> Response:
    """Answer with the calls found as a file: CSV, Excel, JSON, calendar or Atom."""
    suffix = visit.path_vars["form"]
    if suffix not in _EXPORT_LIMITS:
        raise NotFound
    params = read_search_params(visit.arg_lists, visit.language)
    result = search_archive(visit.site, params)
    keys = result.keys(0, _EXPORT_LIMITS[suffix])
    db = visit.site.archive.db
    if suffix == "atom":
        return atom_feed(visit, _export_title(params), params.address(), keys)
    if suffix == "ics":
        calls = [call for key in keys if (call := load_call(db, *key)) is not None]
        return Response(calendar_of(visit.site, calls, _export_title(params)), content_type="text/calendar; charset=utf-8")
    listed = list_calls(db, keys, visit.now)
    rows = _export_rows(visit, listed)
    if suffix == "csv":
        return download(as_csv(rows), "text/csv; charset=utf-8", "utlysningar.csv")
    if suffix == "xlsx":
        return download(as_excel(rows, _export_title(params)), _EXCEL_TYPE, "utlysningar.xlsx")
    for row, values in zip(rows, _machine_rows(visit, listed), strict=True):
        row.update(values)
    address = visit.site.config.municipality.base_url.rstrip("/") + params.address(with_page=False)
    return Response(as_json(rows, result.total, address), content_type="application/json; charset=utf-8")


def _export_title(params: SearchParams) -> str:
    return f"Sökning: {params.query}" if params.query else "Sökning"


def _export_rows(visit: Visit, listed: Sequence[CallSummary]) -> list[dict[str, Any]]:
    """Return a row per call with the keys of `exports.COLUMNS`."""
    site, db = visit.site, visit.site.archive.db
    keys = [call.key for call in listed]
    base = site.config.municipality.base_url.rstrip("/")
    departments, urls = departments_of(db, keys), publisher_urls(db, keys)
    corrected, themes = correction_times(db, keys), theme_titles_of(db, keys)
    answers = {**unmatched_answers(db, keys), **matched_answers(db, keys)}
    programmes = {programme.id: programme.name for programme in site.rules.programmes.values()}
    return [
        {
            "title": clean(call.title),
            "status": "" if call.kind == Kind.NEWS else STATUS_LABELS[Status(call.status)],
            "kind": KIND_LABELS[Kind(call.kind)].one,
            "next_deadline": _local_time(call.next_deadline, visit),
            "opens": call.opens or "",
            "starts": _local_time(call.starts, visit),
            "municipality": _answer_words(*answers.get(call.key, ("", False))),
            "themes": ", ".join(themes.get(call.key, ())),
            "programme": programmes.get(programme_id(site.rules, call.programme, call.identifier), call.programme),
            "identifier": call.identifier,
            "departments": ", ".join(
                site.rules.departments[name].name for name in departments.get(call.key, ()) if name in site.rules.departments
            ),
            "budget_project": call.budget_project,
            "budget_total": call.budget_total,
            "currency": call.currency if call.budget_project or call.budget_total else "",
            "funder_share": call.funder_share,
            "own_share": call.own_share,
            "corrected": ", ".join(
                f"{FIELDS.get(field, field)} ({at.astimezone(site.config.zone):%Y-%m-%d})"
                for field, at in corrected.get(call.key, {}).items()
            ),
            "source": site.source_name(call.source),
            "url": safe_url(urls.get(call.key, "")),
            "page": base + visit.call_path(call.source, call.call_id),
            "first_seen": call.first_seen[:10],
        }
        for call in listed
    ]


def _machine_rows(visit: Visit, listed: Sequence[CallSummary]) -> Iterable[dict[str, Any]]:
    """Yield the machine values of each call, which the JSON export has beside the display texts."""
    site, db = visit.site, visit.site.archive.db
    keys = [call.key for call in listed]
    departments, themes = departments_of(db, keys), themes_of(db, keys)
    for call in listed:
        yield machine_values(
            call,
            programme=programme_id(site.rules, call.programme, call.identifier),
            departments=[name for name in departments.get(call.key, ()) if name in site.rules.departments],
            themes=themes.get(call.key, ()),
            zone=site.config.zone,
        )


def _answer_words(answer: str, guessed: bool) -> str:
    """Return whether a municipality may apply, "" where nothing is known; a guess says that it is one."""
    if answer in ("", "framgår inte"):
        return ""
    return f"troligen {'inte' if answer == 'nej' else answer}" if guessed else answer


def _local_time(moment: str | None, visit: Visit) -> str:
    return datetime.fromisoformat(moment).astimezone(visit.site.config.zone).strftime("%Y-%m-%d %H:%M") if moment else ""


ROUTES = (Route(r"^/sok$", search_page), Route(r"^/sok\.(?P<form>[a-z]{2,5})$", export))
