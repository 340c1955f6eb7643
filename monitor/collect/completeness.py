"""When the portal's answer may be believed: the completeness rule for a paged listing. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """What one page of a paged listing said about itself."""

    number: int
    version: str
    total: int
    rows: int


_SWING = 0.30
_WITH_TEXT = 0.90


def page_reasons(pages: Sequence[Page], references: Iterable[str], page_size: int) -> list[str]:
    """Why the pages do not make one whole listing; empty when they do. Sentences for the coordinator, in Swedish.

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
    for page in pages:
        wanted = min(page_size, max(page.total - (page.number - 1) * page_size, 0))
        if page.rows != wanted:
            reasons.append(f"Sida {page.number} hade {page.rows} rader i stället för {wanted}.")
    distinct = len(set(references))
    if len(totals) == 1 and distinct != totals[0]:
        reasons.append(f"Portalen uppgav {totals[0]} rader men gav {distinct} olika: rader upprepas och andra saknas.")
    return reasons


def swing_reason(current: int, previous: int | None) -> str:
    """Why the number of current items cannot be believed beside the last accepted run's, or ""."""
    if previous and abs(current - previous) > previous * _SWING:
        return f"{current} aktuella utlysningar är orimligt jämfört med {previous} vid förra godkända läsningen."
    return ""


def text_reason(with_text: int, topics: int) -> str:
    """Why the listing's texts cannot be believed, or ""."""
    if topics and with_text < topics * _WITH_TEXT:
        return f"Bara {with_text} av {topics} utlysningar hade någon beskrivning."
    return ""
