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
    nearest: NearMiss | None = None
    for least_short, result in judgement.results_by_shortness():
        if nearest is not None and least_short > nearest.threshold - nearest.points:
            break
        if not result.has_word or result.vetoes or result.points <= 0:
            continue
        misses = [
            NearMiss(theme=result.theme.theme.id, department=name, points=result.points, threshold=departments[name].threshold)
            for name in result.theme.theme.departments
            if departments[name].enabled
        ]
        nearest = min((*misses, *([nearest] if nearest else ())), key=_order, default=None)
    return nearest


def _order(miss: NearMiss) -> tuple[float, str, str]:
    return miss.threshold - miss.points, miss.theme, miss.department
