"""Own documents of calls as the rules ask for them: the first page that has one of some terms, by the index of pages alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from monitor.archive.call_documents import lemma_text_of_page, read_page, read_stored_document
from monitor.archive.connection import Database
from monitor.archive.document_terms import OwnDocument, find_pages_with, has_pages, list_own_documents
from monitor.calls import CallKey
from monitor.documents.model import FileFormat, place_words
from monitor.language.analyser import Analyser
from monitor.language.terms import parse_term

MOST_DOCUMENTS = 5
"""Documents of one call that count."""
MOST_PAGES = 300
"""Pages of one document that count. The longest of 45 call documents of the Commission has 120."""


@dataclass(frozen=True, slots=True)
class ReadPage:
    """Page with the words that a reader and the rules see."""

    title: str
    """Title of the document."""
    place: str
    """Place of the page in Swedish: "sida 14"."""
    text: str
    lemma_text: str


@dataclass(frozen=True, slots=True)
class FoundPage:
    """Place of a page: the hash of its document and its number."""

    document: str
    number: int


class OwnDocuments:
    """Own documents of every call. Guides, forms and work programmes speak of many calls, and none of them counts.

    Each group of terms is looked up once for all calls, so that no text is analysed but of the pages that are shown.
    """

    def __init__(self, db: Database, analyser: Analyser) -> None:
        """Read nothing yet."""
        self._db, self._analyser = db, analyser
        self._pages: dict[tuple[str, ...], Mapping[str, Collection[int]]] = {}

    def of(self, key: CallKey) -> DocumentsOfCall | None:
        """Return the documents of a call; None for a call without a document that has been read."""
        own = self._by_call.get(key)
        return DocumentsOfCall(self, own) if own else None

    def calls_with(self, words: tuple[str, ...], needs: tuple[str, ...] = ()) -> list[CallKey]:
        """Return the calls of which some page has one of the terms, and one of `needs` where there are any."""
        return [key for key, own in self._by_call.items() if DocumentsOfCall(self, own).first_page(words, needs) is not None]

    def pages(self, words: tuple[str, ...]) -> Mapping[str, Collection[int]]:
        """Return the numbers of the pages that have one of the terms, by document."""
        if words not in self._pages:
            self._pages[words] = find_pages_with(self._db, map(parse_term, words), last=MOST_PAGES)
        return self._pages[words]

    def read(self, page: FoundPage, title: str) -> ReadPage:
        """Return a page of a document that has this title."""
        document, shown = read_stored_document(self._db, page.document), read_page(self._db, page.document, page.number)
        assert document is not None
        assert shown is not None
        place = place_words(FileFormat(document["format"]), page.number, shown["label"])
        lemma_text = lemma_text_of_page(self._analyser, shown["text"], document["language"])
        return ReadPage(title, place, shown["text"], lemma_text)

    @cached_property
    def _by_call(self) -> Mapping[CallKey, list[OwnDocument]]:
        found: dict[CallKey, list[OwnDocument]] = defaultdict(list)
        for document in list_own_documents(self._db):
            own = found[document.key]
            if len(own) < MOST_DOCUMENTS and document.hash not in {other.hash for other in own}:
                own.append(document)
        return found


class DocumentsOfCall:
    """Own documents of one call, the first first."""

    def __init__(self, all_documents: OwnDocuments, own: list[OwnDocument]) -> None:
        self._all, self._own = all_documents, own
        self._read: dict[FoundPage, ReadPage] = {}

    def first_page(self, words: tuple[str, ...], needs: tuple[str, ...] = ()) -> FoundPage | None:
        """Return the first page that has one of the terms, and one of `needs` where there are any; None for no such page."""
        for document in self._own:
            numbers = set(self._all.pages(words).get(document.hash, ()))
            if needs:
                numbers.intersection_update(self._all.pages(needs).get(document.hash, ()))
            if numbers:
                return FoundPage(document.hash, min(numbers))
        return None

    def read(self, page: FoundPage) -> ReadPage:
        """Return a page that `first_page` returned."""
        if page not in self._read:
            title = next((one.title for one in self._own if one.hash == page.document), "")
            self._read[page] = self._all.read(page, title)
        return self._read[page]


def own_documents(db: Database, analyser: Analyser, *, asked: bool) -> OwnDocuments | None:
    """Return the own documents of calls; None unless they are asked for and some document has been read."""
    return OwnDocuments(db, analyser) if asked and has_pages(db) else None
