"""Terms of rules in the pages of call documents, found by the index of pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from monitor.archive.call_documents import PageHit, documents_of, rank_pages, read_page_hits
from monitor.archive.connection import Database
from monitor.archive.search.index import match_expression
from monitor.calls import CallKey
from monitor.language.analyser import Analyser
from monitor.language.terms import Term
from monitor.language.termset import TermSet

_MOST_OF_ONE = 3
"""Pages of one document that are shown: a work programme has a common word on every page."""


@dataclass(frozen=True, slots=True)
class TermPages:
    """Pages of call documents that have some of the terms."""

    pages: tuple[PageHit, ...] = ()
    """The best of them, at most three of one document."""
    total: int = 0
    """Number of all such pages."""
    documents: int = 0
    """Number of documents that they are of."""


def find_term_pages(
    db: Database, terms: Iterable[Term], analyser: Analyser, *, key: CallKey | None = None, limit: int = 8
) -> TermPages:
    """Return the pages of present documents that have one of the terms, in any inflection, the best first.

    Args:
        db: The archive.
        terms: The terms.
        analyser: Analyser of the index.
        key: Call whose documents are searched; None: those of all calls, and the work programmes.
        limit: Number of pages that are read.
    """
    wanted = list(dict.fromkeys(terms))
    if not wanted or not has_pages(db):
        return TermPages()
    documents = dict(db.execute("SELECT id, document FROM call_document_pages").fetchall())
    ranked = rank_pages(db, any_of(wanted))
    if key is not None:
        own = {row["hash"] for row in documents_of(db, key)}
        ranked = [page for page in ranked if documents[page] in own]
    shown: list[int] = []
    of_one: Counter[str] = Counter()
    for page in ranked:
        if of_one[documents[page]] < _MOST_OF_ONE:
            shown.append(page)
        of_one[documents[page]] += 1
    found = read_page_hits(db, shown[:limit], TermSet(wanted), analyser)
    return TermPages(tuple(found), len(ranked), len(of_one))


def any_of(terms: Iterable[Term]) -> str:
    """Return the FTS5 expression that finds the pages with one of the terms."""
    return " OR ".join(sorted({match_expression(term) for term in terms}))


def has_pages(db: Database) -> bool:
    """Return whether any document has been read."""
    return db.execute("SELECT 1 FROM call_document_pages LIMIT 1").fetchone() is not None


class OwnDocument(NamedTuple):
    """Document about one call that has been read."""

    key: CallKey
    hash: str
    title: str
    """Its own title, the words of the link to it, or the name of the file."""


def list_own_documents(db: Database) -> list[OwnDocument]:
    """Return the own documents of every call, call by call in the order of its links."""
    rows = db.execute(
        "SELECT l.source, l.call_id, d.hash, d.title, l.title, d.name FROM call_document_links l"
        " JOIN call_document_addresses a ON a.url = l.url JOIN call_documents d ON d.hash = a.document"
        " WHERE l.role = 'call' AND l.source <> '' AND d.problem = ''"
        " ORDER BY l.source, l.call_id, l.position, l.url"
    )
    return [OwnDocument(CallKey(*key), digest, title or link or name) for *key, digest, title, link, name in rows]


def find_pages_with(db: Database, terms: Iterable[Term], *, last: int) -> dict[str, set[int]]:
    """Return the numbers of the pages that have one of the terms, up to page `last`, by the hash of their document."""
    expression = any_of(terms)
    found: dict[str, set[int]] = {}
    if not expression:
        return found
    rows = db.execute(
        "SELECT p.document, p.number FROM page_search s JOIN call_document_pages p ON p.id = s.rowid"
        " WHERE page_search MATCH ? AND p.number <= ?",
        [expression, last],
    )
    for digest, number in rows:
        found.setdefault(digest, set()).add(number)
    return found
