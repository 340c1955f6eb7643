"""Near misses: the theme and the department that a call without any match came nearest to, and the points that it was short."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.matching.engine import Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """Theme and department that a call nearly reached."""

    theme: str
    """Id of the theme."""
    department: str
    """Id of the department."""
    points: float
    threshold: float


def nearest_miss(judgement: Judgement) -> NearMiss | None:
    """Return where a call is fewest points short; None where no theme has a word of its own in the call, or a veto stands."""
    departments = judgement.rules.departments
    misses = [
        NearMiss(theme=result.theme.theme.id, department=name, points=result.points, threshold=departments[name].threshold)
        for result in judgement.results
        if result.has_word and not result.vetoes and result.points > 0
        for name in result.theme.theme.departments
        if departments[name].enabled
    ]
    return min(misses, key=lambda miss: (miss.threshold - miss.points, miss.theme, miss.department), default=None)
