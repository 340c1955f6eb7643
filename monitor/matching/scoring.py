"""What a hit is worth, and what the sum of hits means: points, relevance and level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp2
from typing import Literal

from monitor.language.termset import Scan
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
    """Words made ready: their numbers in the order of the file, and as a set, which tells at once that none stands in a text."""

    order: tuple[int, ...]
    numbers: frozenset[int]

    def first(self, scan: Scan | None) -> int | None:
        """The first of the words that stands in a text; None stands for an empty text."""
        if scan is None or not (may := scan.may & self.numbers):
            return None
        for number in self.order if len(may) > 1 else may:
            if number in may and scan.holds(number):
                return number
        return None


@dataclass(frozen=True, slots=True)
class Asked:
    """A signal or veto made ready: its words, what they are worth per field, and what must stand besides."""

    condition: Signal | Veto
    terms: Terms
    fields: tuple[tuple[float, tuple[str, ...]], ...]
    needs: Terms


def make_ready(condition: Signal | Veto, numbers: Mapping[str, int]) -> Asked:
    """The condition with its words as numbers. A veto has one field, since it strikes once; so has what asks for no word."""
    terms = ready_terms(condition.words, numbers)
    needs = ready_terms(condition.needs if isinstance(condition, Signal) else (), numbers)
    if isinstance(condition, Signal) and condition.structural:
        return Asked(condition, terms, ((condition.weight * FACTORS["structure"], ("programme",)),), needs)
    if isinstance(condition, Veto):
        return Asked(condition, terms, ((0.0, condition.zones),), needs)
    fields = tuple(
        (condition.weight * FACTORS[name], kept)
        for name, zones in FIELDS.items()
        if (kept := tuple(zone for zone in zones if zone in condition.zones))
    )
    return Asked(condition, terms, fields, needs)


def ready_terms(words: tuple[str, ...], numbers: Mapping[str, int]) -> Terms:
    """Words as they stand in a file, with their numbers."""
    order = tuple(numbers[word] for word in words)
    return Terms(order, frozenset(order))


def most_points(signal: Signal) -> float:
    """What the signal gives when it hits everywhere it may."""
    if signal.structural:
        return signal.weight * FACTORS["structure"]
    return sum(points for points, _ in make_ready(signal, dict.fromkeys((*signal.words, *signal.needs), 0)).fields)


def relevance_of(points: float, threshold: float) -> int:
    """Points as 0-100: 50 at the threshold, 75 at twice as many, never quite 100."""
    return max(0, min(99, round(100 * (1 - exp2(-points / threshold)))))


def level_of(relevance: int, fit: int) -> Level:
    """The two numbers in one word."""
    if relevance >= 75 and fit >= 60:
        return "stark"
    return "trolig" if relevance >= 60 and fit >= 40 else "svag"
