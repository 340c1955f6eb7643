"""Invitations to Sweden in texts of another language or country: Nordic, EU-wide and Interreg calls."""

from __future__ import annotations

from monitor.language.datafile import Patterns
from monitor.language.segments import split_segments

_MAX_CHARS = 100_000
_PATTERNS = Patterns("invited.toml", {"is_refusal": r"\b{refusal}\b"})


def is_open_to_sweden(text: str) -> bool:
    """Tell whether a sentence says that Nordic countries, Sweden, the EU's member states or an Interreg area may take part.

    The sentence must speak of applying, support or partners as well: "svenska" alone may be the language of a page.
    """
    bounded = text[:_MAX_CHARS]
    if not _PATTERNS["nordic_or_union"].search(bounded):
        return False
    return any(
        _PATTERNS["nordic_or_union"].search(bounded, part.start, part.end)
        and _PATTERNS["taking_part"].search(bounded, part.start, part.end)
        and not _PATTERNS["is_refusal"].search(bounded, part.start, part.end)
        for part in split_segments(bounded)
    )
