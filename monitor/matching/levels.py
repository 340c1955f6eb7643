"""Relevance of points, and relevance and fit as one word."""

from __future__ import annotations

from math import exp2
from typing import Literal

Level = Literal["stark", "trolig", "svag"]


def relevance_of(points: float, threshold: float) -> int:
    """Return points as a relevance of 0-99: 50 at the threshold, 75 at twice as many."""
    return max(0, min(99, round(100 * (1 - exp2(-points / threshold)))))


def level_of(relevance: int, fit: int) -> Level:
    """Return relevance and fit (both 0-100) as one word."""
    if relevance >= 75 and fit >= 60:
        return "stark"
    return "trolig" if relevance >= 60 and fit >= 40 else "svag"
