"""Words in place of a date: rolling, not decided, soon, usually in February."""

from __future__ import annotations

import re

from monitor.language.date_cues import OTHERWISE, PATTERNS, Cue, find_cues, says_applying
from monitor.language.segments import Segment

_ROLES = {Cue.APPLY: "deadline", Cue.CLOSE: "deadline", Cue.OPENS: "opening", Cue.DECISION: "decision"}


def find_undated(words: str, segments: list[Segment], taken: list[tuple[int, int]]) -> list[tuple[int, int, str, str]]:
    """Return (start, end, role, exactness) of each such phrase that belongs to a deadline, an opening or a decision.

    `taken` are the offsets of the dates, in which no phrase is searched.
    """
    found: list[tuple[int, int, str, str]] = []
    seen = bytearray(len(words))
    for start, end in taken:
        seen[start:end] = b"\1" * (end - start)
    for segment in segments:
        sentence = words[segment.start : segment.end]
        for table, exactness in (("usual_month", "none"), ("unset", "none"), ("rolling", "rolling")):
            for hit in PATTERNS[table].finditer(words, segment.start, segment.end):
                if any(seen[hit.start() : hit.end()]):
                    continue
                role = _role(words, segment, hit, rolling=exactness == "rolling", sentence=sentence)
                if role:
                    found.append((hit.start(), hit.end(), role, exactness))
                    seen[hit.start() : hit.end()] = b"\1" * (hit.end() - hit.start())
    return found


def _role(words: str, segment: Segment, hit: re.Match[str], *, rolling: bool, sentence: str) -> str:
    cues = find_cues(words, segment.start, hit.start())
    if rolling:
        if any(cue.cue in OTHERWISE for cue in cues):
            return ""
        bare = len(sentence.split()) <= 8 and segment.line
        return "deadline" if bare or says_applying(sentence) else ""
    named = [_ROLES[cue.cue] for cue in cues if cue.cue in _ROLES]
    if named:
        return named[-1]
    behind = [_ROLES[cue.cue] for cue in find_cues(words, hit.end(), segment.end) if cue.cue in _ROLES]
    return behind[0] if behind and says_applying(sentence) else ""
