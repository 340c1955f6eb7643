"""Sentences and label lines of a text as published: a word belongs to a date or sum of the same segment."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BREAK = re.compile(
    r"(?<=[.!?])(?<!\bkl\.)(?<!\bca\.)(?<!\bt\.ex\.)(?<!\bbl\.a\.)(?<!\bmilj\.)(?<!\bst\.)(?<!\bapprox\.)(?<!\bmax\.)"
    r"(?<!\bmaks\.)(?<!\bmin\.)\s+(?=[\"”»(]?[A-ZÅÄÖÆØ])|\n\s*|(?<=\s)[·|]\s+|[•;]\s*"
)
# Longer than any sentence: text without a stop is a table or noise, and is read in pieces so that time stays linear.
_LONGEST = 600


@dataclass(frozen=True, slots=True)
class Segment:
    """Stretch of a text, by offsets."""

    start: int
    end: int
    line: bool
    """True where it begins a line or a list item."""


def split_segments(text: str) -> list[Segment]:
    """Return the segments of a text in order, without the empty ones."""
    segments: list[Segment] = []
    start, line = 0, True
    for gap in _BREAK.finditer(text):
        _add(segments, start, gap.start(), line=line)
        start = gap.end()
        line = bool(gap[0].strip()) or "\n" in gap[0] or (line and not segments)
    _add(segments, start, len(text), line=line)
    return segments


def _add(segments: list[Segment], start: int, end: int, *, line: bool) -> None:
    segments += [Segment(cut, min(cut + _LONGEST, end), line and cut == start) for cut in range(start, end, _LONGEST)]
