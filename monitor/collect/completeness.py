"""Completeness rule for a paged listing: decide whether a scan of the portal may be trusted. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ListingPage:
    """Page of a paged listing, as it describes itself."""

    number: int
    """Number of the page, from 1."""
    version: str
    """Version of the publisher's program that answered."""
    total: int
    """Rows of the whole listing, as the page states."""
    rows: int
    """Rows on the page."""


_IMPLAUSIBLE_DROP = 0.30
"""Share of the current items that may be gone since the last accepted run before one scan alone is not trusted."""
_MIN_AGREEMENT = 0.90
"""Share of the items of two scans that both must show for the second to confirm the first."""
_MAX_NAMED_PAGES = 3
_MIN_SHARE_WITH_TEXT = 0.90
"""Share of the topics that must have a description."""


def listing_problems(pages: Sequence[ListingPage], references: Iterable[str], page_size: int) -> list[str]:
    """Return why the pages are not one whole listing, as Swedish sentences for the coordinator; none when they are.

    Rule: every page has the same version and total, page n has the rows it should, and there are as many different
    references as the total says. Totals alone prove nothing: pages can overlap while they agree.
    """
    reasons = []
    versions = sorted({page.version for page in pages})
    totals = sorted({page.total for page in pages})
    if len(versions) > 1:
        reasons.append(f"Svaren kom från olika versioner av portalen ({' och '.join(versions)}) under samma läsning.")
    if len(totals) > 1:
        reasons.append(f"Portalen uppgav olika antal rader under samma läsning ({' och '.join(map(str, totals))}).")
    expected_rows = {page.number: min(page_size, max(page.total - (page.number - 1) * page_size, 0)) for page in pages}
    odd = [page for page in pages if page.rows != expected_rows[page.number]]
    reasons += [
        f"Sida {page.number} hade {page.rows} rader i stället för {expected_rows[page.number]}."
        for page in odd[:_MAX_NAMED_PAGES]
    ]
    if len(odd) > _MAX_NAMED_PAGES:
        reasons.append(f"{len(odd) - _MAX_NAMED_PAGES} sidor till hade fel antal rader.")
    distinct = len(set(references))
    if len(totals) == 1 and distinct != totals[0]:
        reasons.append(f"Portalen uppgav {totals[0]} rader men gav {distinct} olika: rader upprepas och andra saknas.")
    return reasons


def is_implausible_drop(current: int, previous: int | None) -> bool:
    """Return whether there are so few current items beside the last accepted run's that one scan alone is not trusted.

    A rise needs no such caution: a scan that is proven whole cannot show too much.
    """
    return previous is not None and current < previous * (1 - _IMPLAUSIBLE_DROP)


def is_confirmed_by(keys: Collection[str], before: Collection[str]) -> bool:
    """Return whether two whole scans show the same listing: of all the items that they show, nine of ten are in both."""
    seen, earlier = set(keys), set(before)
    return len(seen & earlier) >= len(seen | earlier) * _MIN_AGREEMENT and bool(earlier)


def describe_drop(current: int, previous: int, source: str) -> str:
    """Return in Swedish why a scan with far fewer items is not trusted, and how to accept it."""
    return (
        f"{current} aktuella utlysningar är orimligt få jämfört med {previous} vid förra godkända läsningen."
        " Visar nästa hela läsning samma sak gäller den."
        f" Stämmer det redan nu, godta läsningen med: monitor sources accept {source}"
    )


def missing_text_problem(with_text: int, topics: int) -> str:
    """Return in Swedish why the listing's texts cannot be trusted, or ""."""
    if topics and with_text < topics * _MIN_SHARE_WITH_TEXT:
        return f"Bara {with_text} av {topics} utlysningar hade någon beskrivning."
    return ""
