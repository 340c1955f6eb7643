"""Statements that a call is closed: "Ansökan är stängd", "The call is now closed"."""

from __future__ import annotations

from monitor.language.datafile import Patterns
from monitor.language.segments import split_segments

_MAX_CHARS = 20_000
_PATTERNS = Patterns("closed.toml")


def says_closed(text: str) -> bool:
    """Tell whether a text says that its call is closed: in a sentence about it, or in a line that says nothing else."""
    bounded = text[:_MAX_CHARS]
    if not _PATTERNS["closed"].search(bounded) and not _PATTERNS["is_closed"].search(bounded):
        return False
    return any(_PATTERNS["is_closed"].search(bounded[part.start : part.end].strip()) for part in split_segments(bounded))
