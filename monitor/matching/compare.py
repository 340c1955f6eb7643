"""Comparison of two rule sets: the calls each department would gain and lose, and the terms that make the difference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from monitor.calls import Call
from monitor.matching.compiled import RuleSet
from monitor.matching.engine import Judgement, PreparedCall, Shared, judge_call
from monitor.matching.match import Evidence, Match, matches_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Call that one rule set sends to a department and the other does not."""

    source: str
    call_id: str
    title: str
    url: str
    themes: tuple[str, ...]
    because: tuple[str, ...]
    """Reasons in Swedish, one per gate, veto, threshold or term."""


@dataclass(slots=True)
class DepartmentChange:
    """Calls that a department would gain and lose, and the number it would keep."""

    gained: list[Difference] = field(default_factory=list)
    lost: list[Difference] = field(default_factory=list)
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """Outcome over all calls, by department."""

    old: str
    """Version of the old rules."""
    new: str
    """Version of the new rules."""
    calls: int
    departments: Mapping[str, DepartmentChange]


def compare(old: RuleSet, new: RuleSet, calls: Iterable[PreparedCall]) -> Comparison:
    """Match every call with both rule sets. Each text is scanned once for both, and equal themes are judged once."""
    old_rules, new_rules = old.with_terms_of(new), new.with_terms_of(old)
    themes, gates = _equal_parts(old, new)
    departments = {name: DepartmentChange() for name in sorted({*old.departments, *new.departments})}
    total = 0
    for prepared in calls:
        total += 1
        call = prepared.call
        before = judge_call(old_rules, *prepared)
        after = Judgement(new_rules, call, before.scans, documents=prepared.documents, shared=Shared(before, themes, gates))
        had = {match.department: match for match in matches_of(before)}
        has = {match.department: match for match in matches_of(after)}
        for name in had.keys() & has.keys():
            departments[name].unchanged += 1
        for name in had.keys() - has.keys():
            departments[name].lost.append(_difference(call, had[name], after, name))
        for name in has.keys() - had.keys():
            departments[name].gained.append(_difference(call, has[name], before, name))
    return Comparison(old.version, new.version, total, departments)


def _equal_parts(old: RuleSet, new: RuleSet) -> tuple[frozenset[str], bool]:
    """Return the ids of the live themes that both sets have word for word, and whether their gates are equal."""
    if old.programmes != new.programmes or old.generic != new.generic:
        return frozenset(), False
    before = {theme.theme.id: theme for theme in old.live_themes}
    themes = frozenset(theme.theme.id for theme in new.live_themes if before.get(theme.theme.id) == theme)
    return themes, old.fit == new.fit


def _difference(call: Call, match: Match, without: Judgement, department: str) -> Difference:
    return Difference(
        source=call.source,
        call_id=call.call_id,
        title=call.title,
        url=call.url,
        themes=tuple(theme.title for theme in match.themes),
        because=tuple(_because(match, without, department)),
    )


def _because(match: Match, without: Judgement, department: str) -> Iterator[str]:
    """Yield what keeps the other rule set from matching: a gate, a veto, a threshold, or terms that it lacks."""
    found = without.rules.departments.get(department)
    if found is None:
        yield "förvaltningen finns inte"
        return
    if not found.enabled:
        yield "förvaltningen är avstängd"
        return
    if without.gates.step:
        yield f"stoppas: {without.gates.reason}"
        return
    results = {result.theme.theme.id: result for result in without.results}
    for theme in match.themes:
        head = without.rules.theme(theme.id)
        result = results.get(theme.id)
        if head is None or head.state == "draft" or department not in head.departments:
            yield f"temat {theme.title} gäller inte"
        elif result is not None and result.vetoes:
            veto, word, _ = result.vetoes[0]
            yield f"veto ”{word or veto.name}”"
        else:
            yield from _lacking(theme.id, match.evidence, without)
            points = result.points if result is not None else 0
            yield f"{points:g} av {found.threshold:g} poäng".replace(".", ",")


def _lacking(theme: str, evidence: Iterable[Evidence], without: Judgement) -> Iterator[str]:
    result = next((result for result in without.results if result.theme.theme.id == theme), None)
    hits = {(hit.signal.id, hit.zone): hit.points for hit in result.hits} if result is not None else {}
    for item in evidence:
        there = hits.get((item.signal, item.zone))
        if item.theme == theme and there != item.points:
            yield f"”{item.found}” ({item.signal}: {item.points:g} p, här {there or 0:g} p)".replace(".", ",")
