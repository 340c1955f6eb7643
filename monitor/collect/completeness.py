"""When the portal's answer may be believed: the completeness rule for a paged listing. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """What one page of a paged listing said about itself."""

    number: int
    version: str
    total: int
    rows: int


_FALL = 0.30
_AGREEMENT = 0.90
_MOST_NAMED = 3
_WITH_TEXT = 0.90


def listing_problems(pages: Sequence[Page], references: Iterable[str], page_size: int) -> list[str]:
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
    wanted = {page.number: min(page_size, max(page.total - (page.number - 1) * page_size, 0)) for page in pages}
    odd = [page for page in pages if page.rows != wanted[page.number]]
    reasons += [f"Sida {page.number} hade {page.rows} rader i stället för {wanted[page.number]}." for page in odd[:_MOST_NAMED]]
    if len(odd) > _MOST_NAMED:
        reasons.append(f"{len(odd) - _MOST_NAMED} sidor till hade fel antal rader.")
    distinct = len(set(references))
    if len(totals) == 1 and distinct != totals[0]:
        reasons.append(f"Portalen uppgav {totals[0]} rader men gav {distinct} olika: rader upprepas och andra saknas.")
    return reasons


def is_implausible_drop(current: int, previous: int | None) -> bool:
    """Tell whether there are so few current items beside the last accepted run's that one scan alone is not believed.

    A rise needs no such caution: a scan that is proven whole cannot show too much.
    """
    return previous is not None and current < previous * (1 - _FALL)


def is_confirmed_by(keys: Collection[str], before: Collection[str]) -> bool:
    """Tell whether two whole scans show the same listing: of all the items that they show, nine of ten are in both."""
    seen, earlier = set(keys), set(before)
    return len(seen & earlier) >= len(seen | earlier) * _AGREEMENT and bool(earlier)


def describe_drop(current: int, previous: int, source: str) -> str:
    """Why a scan with far fewer items is not believed, and what makes it so."""
    return (
        f"{current} aktuella utlysningar är orimligt få jämfört med {previous} vid förra godkända läsningen."
        " Visar nästa hela läsning samma sak gäller den."
        f" Stämmer det redan nu, godta läsningen med: monitor sources accept {source}"
    )


def missing_text_problem(with_text: int, topics: int) -> str:
    """Why the listing's texts cannot be believed, or ""."""
    if topics and with_text < topics * _WITH_TEXT:
        return f"Bara {with_text} av {topics} utlysningar hade någon beskrivning."
    return ""
