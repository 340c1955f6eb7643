"""From words to matches: points per theme, the gates, and one match per department with all its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import exp2
from typing import Literal

from monitor.calls import ZONES, Call, call_zones
from monitor.language.terms import locate
from monitor.matching.gates import Gates, pass_gates
from monitor.matching.model import Condition, Department, Signal, ThemeFile, Veto
from monitor.matching.ruleset import Hits, RuleSet, holds_besides_words

Level = Literal["stark", "trolig", "svag"]

FACTORS: Mapping[str, float] = {"title": 2.0, "text": 1.0, "context": 0.5, "structure": 1.0}
"""What a signal's weight is worth where it stands. `text` is summary and body together: one often repeats the other."""

_FIELDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("title", ("title",)),
    ("text", ("summary", "body")),
    ("context", ("context",)),
)


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

    def __init__(self, rules: RuleSet, call: Call, scanned: Mapping[str, Hits]) -> None:
        self.rules, self.call = rules, call
        self._scanned = {zone: scanned.get(zone, {}) for zone in ZONES}

    @cached_property
    def gates(self) -> Gates:
        """What the gates say."""
        return pass_gates(self.rules, self.call, self._scanned)

    @cached_property
    def results(self) -> tuple[ThemeResult, ...]:
        """The themes of which at least one word stands in the call, in the order of the rules."""
        asked: dict[int, set[int]] = {}
        for hits in self._scanned.values():
            for term in hits:
                for theme, condition in self.rules.askers.get(term, ()):
                    asked.setdefault(theme, set()).add(condition)
        return tuple(self._result(self.rules.live_themes[theme], asked[theme]) for theme in sorted(asked))

    def _result(self, theme: ThemeFile, asked: set[int]) -> ThemeResult:
        programme = self.rules.programme_of(self.call)
        hits: list[Hit] = []
        for number, signal in enumerate(theme.signal):
            if (number not in asked and not signal.structural) or not holds_besides_words(signal, self.call, programme):
                continue
            if signal.needs and not any(self.rules.first_hit(signal.needs, found) for found in self._scanned.values()):
                continue
            if signal.structural:
                hits.append(Hit(signal, "programme", -1, (-1, -1), signal.weight * FACTORS["structure"]))
                continue
            for name, zones in _FIELDS:
                hit = self._first(signal, zones)
                if hit is not None:
                    hits.append(Hit(signal, *hit, points=signal.weight * FACTORS[name]))
        vetoes = []
        for number, veto in enumerate(theme.veto, len(theme.signal)):
            if (number in asked or veto.structural) and holds_besides_words(veto, self.call, programme):
                if veto.structural:
                    vetoes.append((veto, "", "programme"))
                    continue
                struck = self._first(veto, veto.zones)
                if struck is not None:
                    vetoes.append((veto, self.rules.words[struck[1]], struck[0]))
        return ThemeResult(theme, sum(hit.points for hit in hits), tuple(hits), tuple(vetoes))

    def _first(self, condition: Condition, zones: tuple[str, ...]) -> tuple[str, int, tuple[int, int]] | None:
        for zone in zones:
            if zone in condition.zones:
                found = self._scanned[zone]
                for word in condition.words:
                    term = self.rules.numbers[word]
                    if term in found:
                        return zone, term, found[term]
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
    return {zone: rules.analyser.lemma_text(text, call.language or None) for zone, text in call_zones(call).items() if text}


def relevance_of(points: float, threshold: float) -> int:
    """Points as 0-100: 50 at the threshold, 75 at twice as many, never quite 100."""
    return max(0, min(99, round(100 * (1 - exp2(-points / threshold)))))


def level_of(relevance: int, fit: int) -> Level:
    """The two numbers in one word."""
    if relevance >= 75 and fit >= 60:
        return "stark"
    return "trolig" if relevance >= 60 and fit >= 40 else "svag"


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
