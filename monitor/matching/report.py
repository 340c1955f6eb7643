"""Report on the use of each signal: its hits over all calls, and the signals that are dead, too broad or overlapping."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations

from monitor.calls import CallKey
from monitor.matching.compiled import RuleSet
from monitor.matching.engine import PreparedCall, ThemeResult, judge_call
from monitor.matching.rules.model import Department, Signal, ThemeFile

BROAD = 0.1
"""Share of all calls above which a signal says little about any of them."""
ALIKE = 0.9
"""Share of common hits from which two signals of a theme say the same."""
_MIN_HITS = 5
"""Hits below which a signal is neither too broad nor overlapping."""

SignalKey = tuple[str, str]
"""Key of a signal: the ids of its theme and of the signal."""


@dataclass(slots=True)
class SignalReport:
    """Counts of one signal over all calls."""

    theme: str
    signal: str
    weight: int
    hits: int = 0
    alone: int = 0
    """Matches in which no other signal with terms counted."""
    decisive: int = 0
    """Matches that would be lost without the signal."""
    unwanted: int = 0
    """Hits in calls that a department of the theme answered it does not want."""


@dataclass(slots=True)
class Report:
    """Counts of all signals, and the names of the signals that need a look, each as `theme: signal`."""

    calls: int = 0
    signals: list[SignalReport] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)
    broad: list[str] = field(default_factory=list)
    overlapping: list[tuple[str, str, float]] = field(default_factory=list)


def report(rules: RuleSet, calls: Iterable[PreparedCall], unwanted: Mapping[CallKey, frozenset[str]]) -> Report:
    """Return the report over all calls. `unwanted` has the departments that answered that a call is not for them, by its key."""
    rows = {
        (theme.theme.id, signal.id): SignalReport(theme.theme.id, signal.id, signal.weight)
        for theme in rules.live_themes
        for signal in theme.signal
    }
    seen: dict[SignalKey, set[int]] = defaultdict(set)
    outcome = Report(signals=list(rows.values()))
    for number, prepared in enumerate(calls):
        outcome.calls += 1
        refused = unwanted.get(prepared.call.key, frozenset())
        judgement = judge_call(rules, *prepared)
        for result in judgement.results:
            departments = [rules.departments[name] for name in result.theme.theme.departments]
            stopped = any(result.reaches(department) for department in departments) and bool(judgement.gates.step)
            _count(rows, seen, number, result, [] if stopped else departments, refused)
    outcome.dead = [_name(key) for key, row in rows.items() if not row.hits]
    outcome.broad = [
        _name(key)
        for key, row in rows.items()
        if row.hits > max(_MIN_HITS, BROAD * outcome.calls) and not _is_structural(rules, key)
    ]
    outcome.overlapping = list(_overlaps(rules.live_themes, seen))
    return outcome


def _count(
    rows: dict[SignalKey, SignalReport],
    seen: dict[SignalKey, set[int]],
    number: int,
    result: ThemeResult,
    departments: list[Department],
    refused: frozenset[str],
) -> None:
    theme = result.theme.theme.id
    points: dict[str, float] = defaultdict(float)
    words: set[str] = set()
    for hit in result.hits:
        points[hit.signal.id] += hit.points
        if hit.carries:
            words.add(hit.signal.id)
    reached = [department for department in departments if result.reaches(department)]
    for signal, given in points.items():
        row = rows[theme, signal]
        row.hits += 1
        seen[theme, signal].add(number)
        row.unwanted += bool(refused & set(result.theme.theme.departments))
        if reached and given > 0:
            row.alone += words == {signal}
            row.decisive += any(result.points - given < d.threshold or not words - {signal} for d in reached)


def _overlaps(themes: Iterable[ThemeFile], seen: Mapping[SignalKey, set[int]]) -> Iterable[tuple[str, str, float]]:
    for theme in themes:
        signals: list[Signal] = [signal for signal in theme.signal if not signal.structural]
        for one, other in combinations(signals, 2):
            first, second = seen.get((theme.theme.id, one.id), set()), seen.get((theme.theme.id, other.id), set())
            both = first & second
            if len(both) >= _MIN_HITS and len(both) / len(first | second) >= ALIKE:
                share = round(len(both) / len(first | second), 2)
                yield _name((theme.theme.id, one.id)), _name((theme.theme.id, other.id)), share


def _is_structural(rules: RuleSet, key: SignalKey) -> bool:
    return any(
        signal.structural
        for theme in rules.live_themes
        if theme.theme.id == key[0]
        for signal in theme.signal
        if signal.id == key[1]
    )


def _name(key: SignalKey) -> str:
    return f"{key[0]}: {key[1]}"
