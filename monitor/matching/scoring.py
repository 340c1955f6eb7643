"""What a hit is worth, and what the sum of hits means: points, relevance and level."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import exp2
from typing import Generic, Literal, TypeVar

from monitor.language.terms import parse_term
from monitor.language.termset import Scan, patterns
from monitor.matching.besides import Besides, besides_of
from monitor.matching.model import Signal, Veto

Item = TypeVar("Item")
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


@dataclass(frozen=True, slots=True)
class Terms:
    """Words made ready: their numbers in the order of the file, all their patterns, which tell at once that none stands in a text, and
    by pattern the place in the order of the first word that has it."""

    order: tuple[int, ...]
    patterns: frozenset[str]
    places: Mapping[str, int] = field(compare=False)

    def first(self, scan: Scan | None) -> int | None:
        """The first of the words that stands in a text; None stands for an empty text."""
        if scan is None or not (found := scan.found & self.patterns):
            return None
        if scan.sure_of(found):
            return self.order[min(map(self.places.__getitem__, found))]
        standing = scan.standing(found)
        return next((number for number in self.order if number in standing), None)


def askers_of(terms: Iterable[tuple[int, Terms]]) -> dict[str, tuple[int, ...]]:
    """The numbers of those whose words have a pattern, by pattern."""
    askers: dict[str, list[int]] = defaultdict(list)
    for number, asked in terms:
        for pattern in asked.patterns:
            askers[pattern].append(number)
    return {pattern: tuple(numbers) for pattern, numbers in askers.items()}


class Index(Generic[Item]):
    """Many items with the words that each asks for: the few that a text may meet are told without a look at the others."""

    def __init__(self, items: Iterable[tuple[Item, Terms]]) -> None:
        pairs = tuple(items)
        self._items = tuple(item for item, _ in pairs)
        self._unworded = frozenset(number for number, (_, terms) in enumerate(pairs) if not terms.order)
        self._askers = askers_of((number, terms) for number, (_, terms) in enumerate(pairs))

    def asked(self, found: frozenset[str]) -> list[Item]:
        """The items, in order, that ask for no word or have one of the patterns that were found."""
        asked = self._unworded.union(*filter(None, map(self._askers.get, found)))
        return [self._items[number] for number in sorted(asked)]


@dataclass(frozen=True, slots=True)
class Asked:
    """A signal or veto made ready: its words, what they are worth per field, the words that must stand as well, and what else is asked."""

    condition: Signal | Veto
    terms: Terms
    fields: tuple[tuple[float, tuple[str, ...]], ...]
    needs: Terms
    besides: Besides


def make_ready(condition: Signal | Veto, numbers: Mapping[str, int]) -> Asked:
    """The condition with its words as numbers."""
    needs = condition.needs if isinstance(condition, Signal) else ()
    return Asked(
        condition, ready_terms(condition.words, numbers), _fields(condition), ready_terms(needs, numbers), besides_of(condition)
    )


def _fields(condition: Signal | Veto) -> tuple[tuple[float, tuple[str, ...]], ...]:
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


def ready_terms(words: tuple[str, ...], numbers: Mapping[str, int]) -> Terms:
    """Words as they stand in a file, with their numbers."""
    places: dict[str, int] = {}
    for place, word in enumerate(words):
        for pattern in patterns(parse_term(word)):
            places.setdefault(pattern, place)
    return Terms(tuple(numbers[word] for word in words), frozenset(places), places)


def most_points(signal: Signal) -> float:
    """What the signal gives when it hits everywhere it may."""
    return sum(points for points, _ in _fields(signal))


def relevance_of(points: float, threshold: float) -> int:
    """Points as 0-100: 50 at the threshold, 75 at twice as many, never quite 100."""
    return max(0, min(99, round(100 * (1 - exp2(-points / threshold)))))


def level_of(relevance: int, fit: int) -> Level:
    """The two numbers in one word."""
    if relevance >= 75 and fit >= 60:
        return "stark"
    return "trolig" if relevance >= 60 and fit >= 40 else "svag"
