"""From words to matches: points per theme, the gates, and one match per department with all its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from monitor.calls import ZONES, Call, call_zones
from monitor.language.terms import locate
from monitor.matching.gates import Gates, pass_gates
from monitor.matching.model import Department, Signal, ThemeFile, Veto
from monitor.matching.ruleset import Hits, RuleSet, holds_besides_words
from monitor.matching.scoring import FACTORS, Asked, Level, level_of, relevance_of

GATES = ""
"""Stands for the gates among the names of themes that two rule sets have alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One reason: the signal's `word` stands in `zone` as `found`, from `start` to `end` (characters, -1 for a programme)."""

    theme: str
    signal: str
    word: str
    zone: str
    found: str
    points: float
    first_token: int = -1
    last_token: int = -1
    start: int = -1
    end: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeHit:
    """A theme that reached a department, and what of the strategy it serves."""

    id: str
    title: str
    points: float
    strategy: tuple[str, ...]
    goals: tuple[str, ...]
    sdgs: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Why a department should be told of a call. `relevance` and `fit` are 0-100; 50 is a relevance that just reached the threshold."""

    department: str
    relevance: int
    fit: int
    level: Level
    answer: str
    themes: tuple[ThemeHit, ...]
    evidence: tuple[Evidence, ...]
    rule_version: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A signal that counted in one field: the term's number (-1 for a programme), where it stands, and its points."""

    signal: Signal
    zone: str
    term: int
    tokens: tuple[int, int]
    points: float


@dataclass(frozen=True, slots=True)
class ThemeResult:
    """What one theme makes of a call."""

    theme: ThemeFile
    points: float
    hits: tuple[Hit, ...]
    vetoes: tuple[tuple[Veto, str, str], ...]
    """Vetoes that struck, each with its word and zone."""

    def reaches(self, department: Department) -> bool:
        """True when the theme alone would send the call to the department, gates aside."""
        return not self.vetoes and self.has_word and self.points >= department.threshold

    @property
    def has_word(self) -> bool:
        """A programme alone never carries a call: at least one word must speak for the theme."""
        return any(hit.term >= 0 and hit.points > 0 for hit in self.hits)


class Judgement:
    """Everything the rules say about one call; the gates are asked only when someone wants to know."""

    def __init__(
        self, rules: RuleSet, call: Call, scanned: Mapping[str, Hits], beside: tuple[Judgement, frozenset[str]] | None = None
    ) -> None:
        """`beside` is what another rule set that scans alike made of the call, and the themes that both have alike."""
        self.rules, self.call = rules, call
        self._beside: Judgement | None = beside[0] if beside else None
        self._alike = beside[1] if beside else frozenset()
        self._scanned = {zone: scanned.get(zone, {}) for zone in ZONES}
        self._programme = rules.programme_of(call)

    @cached_property
    def gates(self) -> Gates:
        """What the gates say."""
        if self._beside is not None and GATES in self._alike:
            return self._beside.gates
        return pass_gates(self.rules, self.call, self._scanned)

    @cached_property
    def results(self) -> tuple[ThemeResult, ...]:
        """The themes of which at least one word stands in the call, in the order of the rules."""
        asked: dict[int, set[int]] = {}
        for hits in self._scanned.values():
            for term in hits:
                for theme, condition in self.rules.askers.get(term, ()):
                    asked.setdefault(theme, set()).add(condition)
        known = {result.theme.theme.id: result for result in self._beside.results} if self._beside is not None else {}
        themes = self.rules.live_themes
        return tuple(
            known[name] if (name := themes[theme].theme.id) in self._alike else self._result(theme, asked[theme])
            for theme in sorted(asked)
        )

    def _result(self, number: int, asked: set[int]) -> ThemeResult:
        theme, conditions, always = self.rules.ready[number]
        hits: list[Hit] = []
        vetoes: list[tuple[Veto, str, str]] = []
        for place in sorted(asked | always):
            self._ask(conditions[place], hits, vetoes)
        return ThemeResult(theme, sum(hit.points for hit in hits), tuple(hits), tuple(vetoes))

    def _ask(self, asked: Asked, hits: list[Hit], vetoes: list[tuple[Veto, str, str]]) -> None:
        condition = asked.condition
        if not holds_besides_words(condition, self.call, self._programme):
            return
        if asked.needs and not any(term in found for found in self._scanned.values() for term in asked.needs):
            return
        if not asked.terms:
            if isinstance(condition, Veto):
                vetoes.append((condition, "", "programme"))
            else:
                hits.append(Hit(condition, "programme", -1, (-1, -1), condition.weight * FACTORS["structure"]))
            return
        for points, zones in asked.fields:
            place = self._first(asked.terms, zones)
            if place is not None:
                zone, term = place
                if isinstance(condition, Veto):
                    vetoes.append((condition, self.rules.words[term], zone))
                else:
                    hits.append(Hit(condition, zone, term, self._scanned[zone][term], points))

    def _first(self, terms: tuple[int, ...], zones: tuple[str, ...]) -> tuple[str, int] | None:
        for zone in zones:
            found = self._scanned[zone]
            for term in terms:
                if term in found:
                    return zone, term
        return None

    def reached(self, department: Department) -> tuple[ThemeResult, ...]:
        """The themes that reach the department, most points first."""
        own = [r for r in self.results if department.id in r.theme.theme.departments and r.reaches(department)]
        return tuple(sorted(own, key=lambda result: (-result.points, result.theme.theme.id)))


def match_call(rules: RuleSet, call: Call, zones: Mapping[str, str] | None = None) -> list[Match]:
    """The departments that should be told of `call`, by id; what a call is about hangs on no clock.

    `zones` holds the lemma text of each zone as the archive keeps it; None: analyse it here.
    """
    return matches_of(judge_call(rules, call, zones))


def judge_call(rules: RuleSet, call: Call, zones: Mapping[str, str] | None = None) -> Judgement:
    """Everything the rules say about a call, matched or not."""
    zones = analyse_zones(rules, call) if zones is None else zones
    return Judgement(rules, call, {zone: rules.scan(text) for zone, text in zones.items() if text})


def matches_of(judgement: Judgement) -> list[Match]:
    """The departments that a judged call should go to, by id."""
    rules = judgement.rules
    reached = {
        department.id: results
        for department in rules.departments.values()
        if department.enabled and (results := judgement.reached(department))
    }
    if not reached or judgement.gates.step:
        return []
    texts = call_zones(judgement.call)
    return [_match(rules, department, results, judgement.gates, texts) for department, results in sorted(reached.items())]


def analyse_zones(rules: RuleSet, call: Call) -> dict[str, str]:
    """The lemma text of each zone of a call that is not in the archive."""
    return {zone: rules.analyser.lemma_text(text, around=call.language) for zone, text in call_zones(call).items() if text}


def evidence_of(rules: RuleSet, result: ThemeResult, texts: Mapping[str, str]) -> tuple[Evidence, ...]:
    """The theme's reasons with their places in the original text, the weightiest first."""
    found = [_evidence(rules, result.theme.theme.id, hit, texts) for hit in result.hits]
    return tuple(sorted(found, key=lambda e: (-abs(e.points), e.signal, e.zone)))


def _evidence(rules: RuleSet, theme: str, hit: Hit, texts: Mapping[str, str]) -> Evidence:
    if hit.term < 0:
        word = ", ".join((*hit.signal.programme, *hit.signal.identifier))
        return Evidence(theme=theme, signal=hit.signal.id, word=word, zone=hit.zone, found=word, points=hit.points)
    first, last = hit.tokens
    text = texts.get(hit.zone, "")
    start, end = locate(text, first, last)
    return Evidence(
        theme=theme,
        signal=hit.signal.id,
        word=rules.words[hit.term],
        zone=hit.zone,
        found=text[start:end],
        points=hit.points,
        first_token=first,
        last_token=last,
        start=start,
        end=end,
    )


def _match(rules: RuleSet, department: str, results: tuple[ThemeResult, ...], gates: Gates, texts: Mapping[str, str]) -> Match:
    relevance = relevance_of(results[0].points, rules.departments[department].threshold)
    heads = [(result.theme.theme, result.points) for result in results]
    return Match(
        department=department,
        relevance=relevance,
        fit=gates.score,
        level=level_of(relevance, gates.score),
        answer=gates.answer,
        themes=tuple(
            ThemeHit(id=head.id, title=head.title, points=points, strategy=head.strategy, goals=head.goals, sdgs=head.sdgs)
            for head, points in heads
        ),
        evidence=tuple(item for result in results for item in evidence_of(rules, result, texts)),
        rule_version=rules.version,
    )
