"""Sentences and label lines of a text as published: the stretch within which a word belongs to a date or a sum."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BREAK = re.compile(
    r"(?<=[.!?])(?<!\bkl\.)(?<!\bca\.)(?<!\bt\.ex\.)(?<!\bbl\.a\.)(?<!\bmilj\.)(?<!\bst\.)\s+(?=[\"”»(]?[A-ZÅÄÖÆØ])|\s*\n\s*|\s+[·|]\s+|\s*[•;]\s*"
)


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text; `line` tells whether it begins a line or a list item."""

    start: int
    end: int
    line: bool


def split_segments(text: str) -> list[Segment]:
    """The segments of a text in order, without the empty ones."""
    segments: list[Segment] = []
    start, line = 0, True
    for gap in _BREAK.finditer(text):
        if gap.start() > start:
            segments.append(Segment(start, gap.start(), line))
        start = gap.end()
        line = bool(gap[0].strip()) or "\n" in gap[0] or (line and not segments)
    if start < len(text):
        segments.append(Segment(start, len(text), line))
    return segments
