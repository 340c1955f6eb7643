"""What a hit is worth, and what the sum of hits means: points, relevance and level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp2
from typing import Literal

from monitor.language.terms import parse_term
from monitor.language.termset import Scan, patterns
from monitor.matching.besides import Besides, besides_of
from monitor.matching.model import Signal, Veto

Level = Literal["stark", "trolig", "svag"]

FACTORS: Mapping[str, float] = {"title": 2.0, "text": 1.0, "context": 0.5, "structure": 1.0}
"""What a signal's weight is worth where it stands. `text` is summary and body together: one often repeats the other."""

FIELDS: Mapping[str, tuple[str, ...]] = {"title": ("title",), "text": ("summary", "body"), "context": ("context",)}
"""The zones that make a field; a signal counts once per field."""

ZONE_NAMES: Mapping[str, str] = {
    "title": "rubriken",
    "summary": "ingressen",
    "body": "texten",
    "context": "omgivningen",
    "programme": "programmet",
}
"""What a zone is called to people."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Words made ready: their numbers in the order of the file, and all their patterns, which tell at once that none stands in a text."""

    order: tuple[int, ...]
    patterns: frozenset[str]

    def first(self, scan: Scan | None) -> int | None:
        """The first of the words that stands in a text; None stands for an empty text."""
        if scan is None or not (found := scan.found & self.patterns):
            return None
        standing = scan.standing(found)
        return next((number for number in self.order if number in standing), None)


@dataclass(frozen=True, slots=True)
class Asked:
    """A signal or veto made ready: its words, what they are worth per field, the words that must stand as well, and what else is asked."""

    condition: Signal | Veto
    terms: Terms
    fields: tuple[tuple[float, tuple[str, ...]], ...]
    needs: Terms
    besides: Besides


def make_ready(condition: Signal | Veto, numbers: Mapping[str, int]) -> Asked:
    """The condition with its words as numbers."""
    needs = condition.needs if isinstance(condition, Signal) else ()
    return Asked(
        condition, ready_terms(condition.words, numbers), _fields(condition), ready_terms(needs, numbers), besides_of(condition)
    )


def _fields(condition: Signal | Veto) -> tuple[tuple[float, tuple[str, ...]], ...]:
    """What the condition gives per field, and the zones of each. A veto has one field, since it strikes once; so has what asks
    for no word."""
    if isinstance(condition, Veto):
        return ((0.0, condition.zones),)
    if condition.structural:
        return ((condition.weight * FACTORS["structure"], ("programme",)),)
    return tuple(
        (condition.weight * FACTORS[name], kept)
        for name, zones in FIELDS.items()
        if (kept := tuple(zone for zone in zones if zone in condition.zones))
    )


def ready_terms(words: tuple[str, ...], numbers: Mapping[str, int]) -> Terms:
    """Words as they stand in a file, with their numbers."""
    return Terms(
        tuple(numbers[word] for word in words),
        frozenset(pattern for word in words for pattern in patterns(parse_term(word))),
    )


def most_points(signal: Signal) -> float:
    """What the signal gives when it hits everywhere it may."""
    return sum(points for points, _ in _fields(signal))


def relevance_of(points: float, threshold: float) -> int:
    """Points as 0-100: 50 at the threshold, 75 at twice as many, never quite 100."""
    return max(0, min(99, round(100 * (1 - exp2(-points / threshold)))))


def level_of(relevance: int, fit: int) -> Level:
    """The two numbers in one word."""
    if relevance >= 75 and fit >= 60:
        return "stark"
    return "trolig" if relevance >= 60 and fit >= 40 else "svag"
