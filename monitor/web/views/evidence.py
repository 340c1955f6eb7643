"""A hit of a rule with the text around it, as the page of a call and the rule lab show it."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.matching.match import Evidence


@dataclass(frozen=True, slots=True)
class EvidenceMark:
    """Hit of a rule in its context."""

    points: str
    """Signed points of the hit, such as "+4" or "-1,5"."""
    before: str
    """Text before the hit, with "… " if it is cut."""
    found: str
    after: str
    """Text after the hit, with " …" if it is cut."""
    where: str = ""
    """Name of the zone, in the page's language."""
    signal: str = ""
    """Id of the signal of the theme."""
    concept: str = ""
    """Id of the concept of the signal that has the word, "" where the signal has the word itself or where it is not shown."""


def mark_evidence(item: Evidence, text: str, context: int, where: str = "", language: str = "sv") -> EvidenceMark:
    """Return a hit with up to `context` characters of text on either side, none if it has no place in the text."""
    before = after = ""
    if item.start >= 0:
        begin, end = max(0, item.start - context), min(len(text), item.end + context)
        before = ("… " if begin else "") + text[begin : item.start].replace("\n", " ")
        after = text[item.end : end].replace("\n", " ") + (" …" if end < len(text) else "")
    points = f"{item.points:+g}"
    return EvidenceMark(points if language == "en" else points.replace(".", ","), before, item.found, after, where, item.signal)
