"""From judgement to matches: one per department, with all its reasons and their places in the text."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from monitor.calls import Call, call_zones
from monitor.language.termset import Span, locate
from monitor.matching.compiled import Level, RuleSet, level_of, relevance_of
from monitor.matching.engine import NO_TERM, Judgement, SignalHit, ThemeResult, judge_call
from monitor.matching.gates import Gates


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


def match_calls(
    rules: RuleSet, calls: Iterable[tuple[Call, Mapping[str, str] | None]]
) -> Iterator[tuple[Judgement, list[Match]]]:
    """Every call judged, with its matches, in their order; beside each call what `match_call` takes as `zones`."""
    for call, zones in calls:
        judgement = judge_call(rules, call, zones)
        yield judgement, matches_of(judgement)


def matches_of(judgement: Judgement) -> list[Match]:
    """The departments that a judged call should go to, by id."""
    reached = judgement.departments
    if not reached or judgement.gates.step:
        return []
    shown = {result.theme.theme.id: result for results in reached.values() for result in results}
    evidence = evidence_of(judgement, shown.values())
    return [_match(judgement.rules, department, results, judgement.gates, evidence) for department, results in reached.items()]


def evidence_of(judgement: Judgement, results: Collection[ThemeResult]) -> dict[str, tuple[Evidence, ...]]:
    """The reasons of each theme, by its id, with their places in the original text, the weightiest first."""
    texts = call_zones(judgement.call)
    spans: dict[str, dict[int, Span]] = {}
    for result in results:
        for hit in result.hits:
            if hit.term != NO_TERM:
                spans.setdefault(hit.zone, {})[hit.term] = judgement.span_of(hit.zone, hit.term)
    places = {zone: locate(texts[zone], set(found.values())) for zone, found in spans.items()}
    evidence = {}
    for result in results:
        name = result.theme.theme.id
        found = []
        for hit in result.hits:
            if hit.term == NO_TERM:
                found.append(_metadata_evidence(name, hit))
            else:
                span = spans[hit.zone][hit.term]
                found.append(
                    _evidence(name, hit, judgement.rules.term_texts[hit.term], texts[hit.zone], span, places[hit.zone][span])
                )
        evidence[name] = tuple(sorted(found, key=lambda e: (-abs(e.points), e.signal, e.zone)))
    return evidence


def _evidence(theme: str, hit: SignalHit, word: str, text: str, span: Span, place: tuple[int, int]) -> Evidence:
    return Evidence(
        theme=theme,
        signal=hit.signal.id,
        word=word,
        zone=hit.zone,
        found=text[slice(*place)],
        points=hit.points,
        first_token=span[0],
        last_token=span[1],
        start=place[0],
        end=place[1],
    )


def _metadata_evidence(theme: str, hit: SignalHit) -> Evidence:
    """A reason that is no word of the text: the programme, or the form of the call's identifier."""
    word = ", ".join((*hit.signal.programme, *hit.signal.identifier))
    return Evidence(theme=theme, signal=hit.signal.id, word=word, zone=hit.zone, found=word, points=hit.points)


def _match(
    rules: RuleSet,
    department: str,
    results: tuple[ThemeResult, ...],
    gates: Gates,
    evidence: Mapping[str, tuple[Evidence, ...]],
) -> Match:
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
        evidence=tuple(item for result in results for item in evidence[result.theme.theme.id]),
        rule_version=rules.version,
    )
