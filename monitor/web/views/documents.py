"""Documents of calls: their list and the facts they prove on a call's page, their pages as text, and the pages of a search."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from datasette import Response

from monitor.archive.call_documents import (
    LinkedDocument,
    PageHit,
    address_of_document,
    calls_of_document,
    documents_of,
    read_page,
    read_stored_document,
    search_pages,
)
from monitor.archive.connection import Database
from monitor.archive.document_terms import TermPages
from monitor.archive.lookup import call_facts
from monitor.archive.search.query import marked
from monitor.calls import CallKey
from monitor.documents.facts import CallFact, FactState
from monitor.documents.kept import title_of
from monitor.documents.links import FETCHED_ROLES, ROLE_LABELS, DocumentRole
from monitor.documents.model import NOTE_LABELS, FileFormat, FileNote, page_address
from monitor.documents.own import DocumentsOfCall, own_documents
from monitor.documents.statements import FactName
from monitor.documents.wording import FACT_LABELS, STATE_LABELS, origin_words, page_words, value_words_in
from monitor.matching.compiled import RuleSet
from monitor.web.framework.addresses import document_path, safe_url
from monitor.web.framework.request import Visit
from monitor.web.framework.route import NotFound, Route
from monitor.web.framework.templates import page

_MAX_HITS = 5
_LINES = {
    FactName.MUNICIPALITY: "municipality",
    FactName.FUNDER_SHARE: "funder_share",
    FactName.OWN_SHARE: "own_share",
    FactName.TOTAL: "total",
    FactName.PROJECT_MIN: "per-project",
    FactName.PROJECT_MAX: "per-project",
    FactName.PARTNERS: "partners",
    FactName.COUNTRIES: "partners",
    FactName.MONTHS: "duration",
    FactName.STAGES: "stage",
}
"""Key of the line of the fit card (`FitLine.key`) that words each fact."""


@dataclass(frozen=True, slots=True)
class ShownStatement:
    """Statement of a fact in words."""

    value: str
    origin: str
    """Origin of the statement, such as "utlysningens dokument, sida 14, Version 1.1"."""
    quote: str
    address: str
    """Our page with the words; empty for a statement of no document."""


@dataclass(frozen=True, slots=True)
class ShownFact:
    """Fact of a call in words, with all its statements."""

    label: str
    state: str
    value: str
    """Empty where nothing, or several things, are stated."""
    is_different: bool
    statements: Sequence[ShownStatement]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDocument:
    """Document of a call as its page lists it."""

    title: str
    role: str
    pages: int | None
    address: str
    """Our first page of it; empty for one that has not been read."""
    publisher: str
    """Address at the publisher; empty for a file placed by hand."""
    version: str
    remarks: Sequence[str]


@dataclass(frozen=True, slots=True)
class ShownPageHit:
    """Page that a search found, as the search page shows it."""

    title: str
    place: str
    address: str
    publisher: str
    calls: Sequence[tuple[str, str]]
    """Path and title of the calls that link to the document, at most two."""
    snippet: Sequence[tuple[bool, str]]


def shown_facts(visit: Visit, facts: Sequence[CallFact]) -> list[ShownFact]:
    """Return the facts of a call in the page's language; none when nothing at all is stated."""
    return [_shown_fact(fact, visit) for fact in facts] if any(fact.statements for fact in facts) else []


def differing_lines(facts: Sequence[CallFact]) -> frozenset[str]:
    """Return the keys of the lines of the fit card of which statements differ."""
    return frozenset(_LINES[fact.name] for fact in facts if fact.state is FactState.DIFFERENT and fact.name in _LINES)


def _shown_fact(fact: CallFact, visit: Visit) -> ShownFact:
    value = fact.value
    return ShownFact(
        label=visit.say(FACT_LABELS[fact.name]),
        state=visit.say(STATE_LABELS[fact.state]),
        value=value_words_in(fact.name, value, visit.language) if value is not None else "",
        is_different=fact.state is FactState.DIFFERENT,
        statements=[
            ShownStatement(
                value_words_in(fact.name, one.value, visit.language),
                origin_words(one, visit.say, fact.statements),
                one.quote,
                document_path(one.document, one.page) if one.document else "",
            )
            for one in fact.statements
        ],
    )


def shown_documents(visit: Visit, key: CallKey) -> tuple[list[ShownDocument], list[ShownDocument]]:
    """Return the documents about a call, and its forms, guides and agreements."""
    own: list[ShownDocument] = []
    others: list[ShownDocument] = []
    for row in documents_of(visit.site.archive.db, key):
        (own if row["role"] in FETCHED_ROLES else others).append(_shown_document(row, visit))
    return own, others


def _shown_document(row: LinkedDocument, visit: Visit) -> ShownDocument:
    remarks = [visit.say(NOTE_LABELS[FileNote(note)]) for note in row["notes"]]
    if row["problem"]:
        remarks.append(f"{visit.say('Går inte att läsa: filen')} {row['problem']}")
    elif row["fetch_problem"]:
        remarks.append(f"{visit.say('Kunde inte hämtas')}: {row['fetch_problem']}")
    return ShownDocument(
        title=title_of(row),
        role=visit.say(ROLE_LABELS[DocumentRole(row["role"])]),
        pages=row["pages"] or None,
        address=document_path(row["hash"], 1) if row["hash"] and row["pages"] else "",
        publisher=safe_url(row["url"]),
        version=row["version"] or "",
        remarks=remarks,
    )


def shown_page_hits(visit: Visit, query: str) -> list[ShownPageHit]:
    """Return the best pages of documents that a query finds."""
    if not query:
        return []
    hits = search_pages(visit.site.archive.db, query, visit.site.rules.analyser, limit=_MAX_HITS)
    return [_shown_hit(hit, visit) for hit in hits]


def asked_documents(db: Database, rules: RuleSet, key: CallKey) -> DocumentsOfCall | None:
    """Return the documents of a call that a theme counts the words of; None for rules that do without them."""
    documents = own_documents(db, rules.analyser, asked=rules.asks_documents)
    return documents.of(key) if documents is not None else None


@dataclass(frozen=True, slots=True)
class ShownTermPages:
    """Pages with words of a theme or of concepts, as the rule lab shows them."""

    hits: Sequence[ShownPageHit]
    more: int
    """Number of the pages that are not shown."""
    documents: int


def shown_term_pages(visit: Visit, found: TermPages) -> ShownTermPages:
    """Return the pages of documents that have words of rules."""
    return ShownTermPages([_shown_hit(hit, visit) for hit in found.pages], found.total - len(found.pages), found.documents)


def _shown_hit(hit: PageHit, visit: Visit) -> ShownPageHit:
    file_format = FileFormat(hit.format)
    return ShownPageHit(
        title=hit.title,
        place=page_words(file_format, hit.number, hit.label, visit.say),
        address=document_path(hit.document, hit.number),
        publisher=safe_url(page_address(hit.url, file_format, hit.number)),
        calls=_titles(visit, hit.calls[:2]),
        snippet=list(marked(hit.snippet)),
    )


def _titles(visit: Visit, keys: Sequence[CallKey]) -> list[tuple[str, str]]:
    return [(visit.call_path(*key), call_facts(visit.site.archive.db, key)["title"]) for key in keys]


def document_page(visit: Visit) -> Response:
    """Show one page of a document as text, with links to the pages beside it and to the file at its publisher."""
    db, number = visit.site.archive.db, int(visit.path_vars["page"])
    document = read_stored_document(db, visit.path_vars["hash"])
    shown = read_page(db, document["hash"], number) if document else None
    if document is None or shown is None:
        raise NotFound
    file_format = FileFormat(document["format"])
    last = document["pages"]
    return page(
        "document.html",
        visit,
        title=document["title"] or document["name"],
        version=document["version"],
        remarks=[visit.say(NOTE_LABELS[FileNote(note)]) for note in document["notes"]],
        text=shown["text"],
        text_language=document["language"],
        place=page_words(file_format, number, shown["label"], visit.say),
        last=last,
        before=document_path(document["hash"], number - 1) if number > 1 else "",
        after=document_path(document["hash"], number + 1) if read_page(db, document["hash"], number + 1) else "",
        publisher=safe_url(page_address(address_of_document(db, document["hash"]), file_format, number)),
        calls=_titles(visit, calls_of_document(db, document["hash"])[:8]),
    )


def describe_fact_change(old: str, new: str, visit: Visit) -> str:
    """Return what a new version of a document changed: "Högst per projekt: från 500 000 EUR till 750 000 EUR"."""
    before, after = json.loads(old), json.loads(new)
    name = FactName(after["fact"])
    return (
        f"{visit.say(FACT_LABELS[name])}: {visit.say('från')} {_values(name, before, visit)}"
        f" {visit.say('till')} {_values(name, after, visit)}"
    )


def _values(name: FactName, side: Mapping[str, list[str]], visit: Visit) -> str:
    return ", ".join(value_words_in(name, value, visit.language) for value in side["values"])


ROUTES = (Route(r"^/dokument/(?P<hash>[0-9a-f]{16})/(?P<page>[0-9]{1,5})$", document_page),)
