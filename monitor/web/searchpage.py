"""The search page: one box, facets with counts, orders, pages, exports; every state has an address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from datasette import Response

from monitor.archive.browse import Listed, list_calls
from monitor.archive.corrections import load_call
from monitor.archive.facets import Counted
from monitor.archive.matched import departments_of, urls_of
from monitor.language.one_line import clean
from monitor.language.terms import parse_term
from monitor.language.termset import TermSet
from monitor.web.asking import PARAMETERS, SORTS, Asked, read_asked
from monitor.web.calendars import calendar_of
from monitor.web.exports import as_csv, as_excel, as_json
from monitor.web.feeds import atom_feed
from monitor.web.finding import find, finder_of, programme_of, subject_words
from monitor.web.pages import call_path, download, page, safe_url
from monitor.web.route import Missing, Route
from monitor.web.site import Visit
from monitor.web.words import KINDS, STATUSES

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
        "kind": {value: visit.say(names[1]) for value, names in KINDS.items()},
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


def _facet(visit: Visit, asked: Asked, facet: str, counted: Sequence[Counted], names: Mapping[str, str]) -> dict[str, Any]:
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


def _rows(visit: Visit, listed: Sequence[Listed]) -> list[dict[str, Any]]:
    site, db = visit.site, visit.site.archive.db
    keys = [one.key for one in listed]
    base = site.config.municipality.base_url.rstrip("/")
    departments, urls = departments_of(db, keys), urls_of(db, keys)
    names = {one.id: one.name for one in site.rules.programmes.values()}
    return [
        {
            "title": clean(one.title),
            "status": STATUSES[one.status],
            "kind": KINDS[one.kind][0],
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
