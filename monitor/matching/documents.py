"""Documents of a call, for the themes that count their words: as they are asked for here and given by the archive."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from monitor.language.termset import Scan, Span

DOCUMENTS = "documents"
"""Zone of the pages of documents. A call has no such text of its own."""


class PageRef(Protocol):
    """Place of a page."""

    @property
    def document(self) -> str:
        """Return the hash of the document."""

    @property
    def number(self) -> int:
        """Return the number of the page in the document, from 1."""


class PageText(Protocol):
    """Page as it is read when a hit on it is shown."""

    @property
    def title(self) -> str:
        """Return the title of the document."""

    @property
    def place(self) -> str:
        """Return the place of the page in Swedish: "sida 14"."""

    @property
    def text(self) -> str:
        """Return the text as written."""

    @property
    def lemma_text(self) -> str:
        """Return the lemma text, as the page was indexed."""


class CallDocuments(Protocol):
    """Own documents of one call."""

    def first_page(self, words: tuple[str, ...], needs: tuple[str, ...] = ()) -> PageRef | None:
        """Return the first page that has one of the terms, and one of `needs` where there are any; None for no such page."""

    def read(self, page: Any) -> PageText:
        """Return a page that `first_page` returned."""


def first_place(scan: Scan, terms: Iterable[int]) -> tuple[int, Span] | None:
    """Return the number of the term that stands first on a page, and its place; None where none of them stands there."""
    placed = [(span, number) for number in terms if (span := scan.place(number)) is not None]
    return min(placed)[::-1] if placed else None
