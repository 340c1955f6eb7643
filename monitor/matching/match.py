"""Matches of a judged call: one per department, with all its reasons and their places in the text."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from monitor.calls import call_zones
from monitor.language.termset import Span, locate
from monitor.matching.compiled import RuleSet
from monitor.matching.documents import DOCUMENTS, PageRef, first_place
from monitor.matching.engine import NO_TERM, Judgement, PreparedCall, SignalHit, ThemeResult, judge_call
from monitor.matching.gates import Gates
from monitor.matching.levels import Level, level_of, relevance_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Reason of a match: a signal that counted in a field."""

    theme: str
    """Id of the theme."""
    signal: str
    """Id of the signal within the theme."""
    word: str
    """Term as the file has it; for a signal without terms its programmes and identifiers."""
    zone: str
    found: str
    """Text of the hit as written in the zone."""
    points: float
    first_token: int = -1
    """Number of the hit's first word in the zone; -1 where the hit is no text."""
    last_token: int = -1
    start: int = -1
    """Offset of the hit in the zone, in characters; -1 where the hit is no text."""
    end: int = -1
    """Offset behind the hit."""
    generic: bool = False
    """True for a word that nearly every call has: it counts, but is not shown as a reason."""
    document: str = ""
    """Hash of the document that has the hit, whose offsets are those of the page; empty for a hit in the call's own texts."""
    title: str = ""
    """Title of the document."""
    page: int = 0
    """Number of the page of the document."""
    place: str = ""
    """Place of the page in Swedish: "sida 14"."""

    @property
    def named_place(self) -> str:
        """Return the document and the page in Swedish: "call-fiche.pdf, sida 14"; empty for a hit in the call's own texts."""
        return f"{self.title}, {self.place}" if self.document else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeHit:
    """Theme that reached a department, and the parts of the strategy it serves."""

    id: str
    title: str
    points: float
    strategy: tuple[str, ...]
    goals: tuple[str, ...]
    sdgs: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Decision to tell a department of a call."""

    department: str
    """Id of the department."""
    relevance: int
    """Points as 0-99; 50 is just the threshold."""
    fit: int
    """Score of the gates, 0-100."""
    level: Level
    answer: str
    """Answer of the gates to whether a municipality may take part."""
    themes: tuple[ThemeHit, ...]
    evidence: tuple[Evidence, ...]
    rule_version: str


def match_calls(
    rules: RuleSet, calls: Iterable[PreparedCall], day: date | None = None
) -> Iterator[tuple[Judgement, list[Match]]]:
    """Yield the judgement and the matches of every call, in their order; without the themes that are on probation on `day`."""
    for prepared in calls:
        judgement = judge_call(rules, *prepared)
        yield judgement, matches_of(judgement, day)


def matches_of(judgement: Judgement, day: date | None = None) -> list[Match]:
    """Return the matches of a judged call in the order of the departments' ids; none when a gate stops it.

    Args:
        judgement: The judged call.
        day: Day on which the matches are told. Themes on probation then are left out; None: all themes count.
    """
    reached = judgement.departments
    return _matches(judgement, reached if day is None else _on_probation(reached, day, expected=False))


def probation_matches_of(judgement: Judgement, day: date) -> list[Match]:
    """Return the matches of a judged call by themes on probation, for the departments that get it by no other theme on `day`."""
    reached = judgement.departments
    told = _on_probation(reached, day, expected=False)
    tried = _on_probation(reached, day, expected=True)
    return _matches(judgement, {name: results for name, results in tried.items() if name not in told})


def _on_probation(
    reached: Mapping[str, tuple[ThemeResult, ...]], day: date, *, expected: bool
) -> dict[str, tuple[ThemeResult, ...]]:
    """Return the themes that are on probation, or are not, by department; departments without any are left out."""
    kept = {
        name: tuple(result for result in results if result.theme.theme.is_on_probation(day) is expected)
        for name, results in reached.items()
    }
    return {name: results for name, results in kept.items() if results}


def _matches(judgement: Judgement, reached: Mapping[str, tuple[ThemeResult, ...]]) -> list[Match]:
    if not reached or judgement.gates.step:
        return []
    shown = {result.theme.theme.id: result for results in reached.values() for result in results}
    evidence = evidence_of(judgement, shown.values())
    return [_match(judgement.rules, department, results, judgement.gates, evidence) for department, results in reached.items()]


def evidence_of(judgement: Judgement, results: Collection[ThemeResult]) -> dict[str, tuple[Evidence, ...]]:
    """Return the reasons of each theme by its id, the weightiest first, with their places in the original text."""
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
            if hit.page is not None:
                found.append(_page_evidence(name, hit, hit.page, judgement))
            elif hit.term == NO_TERM:
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
        generic=hit.generic,
    )


def _page_evidence(theme: str, hit: SignalHit, page: PageRef, judgement: Judgement) -> Evidence:
    """Return the reason of a signal that counts on a page of a document: the first of its terms there that is not generic."""
    rules, documents = judgement.rules, judgement.documents
    assert documents is not None
    shown = documents.read(page)
    numbers = [rules.term_numbers[word] for word in hit.signal.words]
    scan = rules.scan(shown.lemma_text, DOCUMENTS)
    first = first_place(scan, (number for number in numbers if number not in rules.generic_terms))
    known = Evidence(
        theme=theme,
        signal=hit.signal.id,
        word=hit.signal.words[0],
        zone=hit.zone,
        found="",
        points=hit.points,
        document=page.document,
        title=shown.title,
        page=page.number,
        place=shown.place,
    )
    if first is None:  # the page was indexed by an analyser that read its words otherwise
        return known
    number, span = first
    start, end = locate(shown.text, {span})[span]
    return replace(
        known,
        word=rules.term_texts[number],
        found=shown.text[start:end],
        first_token=span[0],
        last_token=span[1],
        start=start,
        end=end,
    )


def _metadata_evidence(theme: str, hit: SignalHit) -> Evidence:
    """Return the reason of a signal without terms: the programme, or the form of the call's identifier."""
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
