"""Rules made ready for matching: words as numbers, and the conditions that a call may meet found without a look at the others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Generic, TypeVar

from monitor.language.terms import parse_term
from monitor.language.termset import Scan, patterns
from monitor.matching.besides import NOTHING, Besides, Stated, besides_of
from monitor.matching.model import AnswerRow, FitRow, OtherPlace, Signal, Veto
from monitor.matching.scoring import points_of

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Terms:
    """Words made ready: their numbers in the order of the file, all their patterns, which tell at once that none stands in a text, and
    by pattern the place in the order of the first word that has it."""

    order: tuple[int, ...]
    patterns: frozenset[str]
    places: Mapping[str, int] = field(compare=False)

    def first(self, scans: Mapping[str, Scan], zones: Iterable[str]) -> tuple[str, int] | None:
        """The first of the zones in which one of the words stands, and the first of the words that does."""
        for zone in zones:
            if (scan := scans.get(zone)) is None or not (found := scan.found & self.patterns):
                continue
            if scan.sure_of(found):
                return zone, self.order[min(map(self.places.__getitem__, found))]
            standing = scan.standing(found)
            for number in self.order:
                if number in standing:
                    return zone, number
        return None


def ready_terms(words: Iterable[str], numbers: Mapping[str, int]) -> Terms:
    """Words as they stand in a file, with their numbers."""
    kept = tuple(words)
    places: dict[str, int] = {}
    for place, word in enumerate(kept):
        for pattern in patterns(parse_term(word)):
            places.setdefault(pattern, place)
    return Terms(tuple(numbers[word] for word in kept), frozenset(places), places)


class Index(Generic[Item]):
    """Many items with what each asks for: the few that a call may meet are told without a look at the others."""

    def __init__(self, items: Iterable[tuple[Item, Terms, Besides]]) -> None:
        asking = tuple(items)
        self.items = tuple(item for item, _, _ in asking)
        self._always = 0
        self._by_pattern: dict[str, int] = {}
        self._by_programme: dict[str, int] = {}
        self._by_head: dict[str, int] = {}
        for number, (_, terms, besides) in enumerate(asking):
            # What asks for several things is found by the first of them.
            if terms.order:
                kept, names = self._by_pattern, terms.patterns
            elif besides.programme:
                kept, names = self._by_programme, frozenset(besides.programme)
            elif besides.code is not None:
                kept, names = self._by_head, besides.heads
            else:
                self._always |= 1 << number
                continue
            for name in names:
                kept[name] = kept.get(name, 0) | 1 << number

    def possible(self, found: Iterable[str], stated: Stated) -> int:
        """What a call with these patterns may meet: the bit of each item, the first one the lowest."""
        bits = self._always | self._by_programme.get(stated.programme, 0)
        if self._by_head:
            bits = reduce(or_, filter(None, map(self._by_head.get, stated.heads)), bits)
        return reduce(or_, filter(None, map(self._by_pattern.get, found)), bits)

    def asked(self, found: Iterable[str], stated: Stated) -> list[Item]:
        """The items, in order, that a call with these patterns may meet."""
        bits, items = self.possible(found, stated), []
        while bits:
            items.append(self.items[(bits & -bits).bit_length() - 1])
            bits &= bits - 1
        return items


@dataclass(frozen=True, eq=False, slots=True)
class Proviso:
    """What a condition asks besides its words: what the call states, and words that must stand as well. One for all who ask the same."""

    besides: Besides
    needs: Terms


@dataclass(frozen=True, slots=True)
class Asked:
    """A signal or veto made ready: its words, what they are worth per field, and its proviso (None: words alone decide)."""

    condition: Signal | Veto
    terms: Terms
    fields: tuple[tuple[float, tuple[str, ...]], ...]
    proviso: Proviso | None

    @property
    def besides(self) -> Besides:
        """What the call must state."""
        return self.proviso.besides if self.proviso is not None else NOTHING


def make_ready(condition: Signal | Veto, numbers: Mapping[str, int], provisos: dict[tuple[Besides, Terms], Proviso]) -> Asked:
    """The condition with its words as numbers; its proviso is one of `provisos`, or added to them."""
    besides, needs = besides_of(condition), ready_terms(condition.needs if isinstance(condition, Signal) else (), numbers)
    proviso = provisos.setdefault((besides, needs), Proviso(besides, needs)) if needs.order or not besides.plain else None
    return Asked(condition, ready_terms(condition.words, numbers), points_of(condition), proviso)


@dataclass(frozen=True, slots=True)
class ReadyRow:
    """A row of fit.toml made ready: its words, those that must not stand, and what else it asks."""

    row: FitRow
    words: Terms
    unless: Terms
    besides: Besides


def ready_row(row: FitRow, numbers: Mapping[str, int]) -> ReadyRow:
    """The row with its words as numbers."""
    return ReadyRow(row, ready_terms(row.words, numbers), ready_terms(row.unless, numbers), besides_of(row))


@dataclass(frozen=True, slots=True)
class ReadyFit:
    """fit.toml made ready: its rows in order, the places with their words, and the form of codes that are for other countries."""

    offer: Index[ReadyRow]
    answer: Index[tuple[AnswerRow, ReadyRow]]
    ours: Terms
    other: Index[tuple[OtherPlace, Terms]]
    abroad: re.Pattern[str] | None
