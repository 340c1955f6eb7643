"""What a hit is worth, and what the sum of hits means: points, relevance and level."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp2
from typing import Literal

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


def points_of(condition: Signal | Veto) -> tuple[tuple[float, tuple[str, ...]], ...]:
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


def most_points(signal: Signal) -> float:
    """What the signal gives when it hits everywhere it may."""
    return sum(points for points, _ in points_of(signal))


def relevance_of(points: float, threshold: float) -> int:
    """Points as 0-100: 50 at the threshold, 75 at twice as many, never quite 100."""
    return max(0, min(99, round(100 * (1 - exp2(-points / threshold)))))


def level_of(relevance: int, fit: int) -> Level:
    """The two numbers in one word."""
    if relevance >= 75 and fit >= 60:
        return "stark"
    return "trolig" if relevance >= 60 and fit >= 40 else "svag"
