"""RuleSet: every rule, with its words joined into one automaton, ready for matching."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import translate
from functools import cached_property, lru_cache
from itertools import product
from math import inf
from typing import NamedTuple

from monitor.calls import ZONES, Call
from monitor.language.analyser import Analyser, analyser
from monitor.language.terms import parse_term
from monitor.language.termset import Scan, TermSet
from monitor.matching.model import (
    AnswerRow,
    AreasFile,
    Condition,
    Department,
    FitFile,
    FitRow,
    OtherPlace,
    Programme,
    Signal,
    ThemeFile,
    ThemeHead,
)
from monitor.matching.scoring import FACTORS, Asked, Terms, make_ready, ready_terms


@lru_cache(maxsize=4096)
def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(translate(pattern.casefold()) for pattern in patterns))


def is_like(text: str, patterns: tuple[str, ...]) -> bool:
    """True when `text` has the form of one of the patterns (`*` stands for anything; case does not matter)."""
    return bool(text and patterns) and _any_of(patterns).match(text.casefold()) is not None


@dataclass(frozen=True, slots=True)
class ReadyFit:
    """fit.toml made ready: its rows in order, each with its words and those that must not stand, and the places."""

    offer: tuple[tuple[FitRow, Terms, Terms], ...]
    answer: tuple[tuple[AnswerRow, Terms, Terms], ...]
    ours: Terms
    other: tuple[tuple[OtherPlace, Terms], ...]


class Field(NamedTuple):
    """What a signal of a live theme gives once for zones in which one of its terms stands, and what it asks `besides` (-1: nothing)."""

    theme: int
    points: float
    besides: int


@dataclass(frozen=True)
class RuleSet:
    """All rules of one folder. `version` is the same for the same rules, whatever their order, spacing and comments."""

    version: str
    themes: tuple[ThemeFile, ...]
    departments: Mapping[str, Department]
    areas: AreasFile
    programmes: Mapping[str, Programme]
    fit: FitFile
    files: Mapping[str, str] = field(repr=False)
    beside: tuple[str, ...] = field(default=(), repr=False)
    """Words of another rule set that are numbered along, so that one scan serves both."""

    @cached_property
    def analyser(self) -> Analyser:
        """What turns text into the form that the rules are matched on."""
        return analyser()

    @cached_property
    def live_themes(self) -> tuple[ThemeFile, ...]:
        """The themes that are matched: drafts are only checked."""
        return tuple(theme for theme in self.themes if theme.theme.state == "live")

    def theme(self, theme_id: str) -> ThemeHead | None:
        """The theme with this id, or None when a later rule set dropped it."""
        return self._heads.get(theme_id)

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The number of each live theme, by its id."""
        return {theme.theme.id: number for number, theme in enumerate(self.live_themes)}

    @cached_property
    def _heads(self) -> dict[str, ThemeHead]:
        return {theme.theme.id: theme.theme for theme in self.themes}

    @cached_property
    def area_names(self) -> Mapping[str, str]:
        """What each area of the strategy is called, by its id."""
        return {area.id: area.name for area in self.areas.area}

    @cached_property
    def goal_names(self) -> Mapping[int, str]:
        """What each of the global goals is called, by its number."""
        return {goal.number: goal.name for goal in self.areas.sdg}

    def programme_of(self, call: Call) -> Programme | None:
        """The programme that pays, by the source's code, else by how the identifier begins."""
        code = call.programme.removeprefix("cascade:").casefold()
        prefix = re.split(r"[-/]", call.identifier, maxsplit=1)[0].casefold()
        return self._by_code.get(code) or self._by_code.get(prefix)

    @cached_property
    def _by_code(self) -> dict[str, Programme]:
        return {
            code.casefold(): programme
            for programme in self.programmes.values()
            for code in (programme.id, *programme.prefixes, *programme.codes)
        }

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of every term that any rule asks for."""
        return {word: number for number, word in enumerate(sorted({*self._asked(), *self.beside}))}

    def _asked(self) -> Iterator[str]:
        for theme in self.live_themes:
            for condition in theme.conditions:
                yield from condition.words
                if isinstance(condition, Signal):
                    yield from condition.needs
        yield from self._asked_by_gates()

    def _asked_by_gates(self) -> Iterator[str]:
        yield from self.fit.place.ours
        for other in self.fit.place.other:
            yield from other.words
        for row in (*self.fit.offer, *self.fit.answer):
            yield from (*row.words, *row.unless)

    def beside_of(self, other: RuleSet) -> RuleSet:
        """The same rules, numbering the words of `other` as well: what one of the two scans, both can judge."""
        return replace(self, beside=tuple(other._asked()))

    @cached_property
    def with_drafts(self) -> RuleSet:
        """The same rules with every draft live, to say what a draft would do."""
        live = [theme.model_copy(update={"theme": theme.theme.model_copy(update={"state": "live"})}) for theme in self.themes]
        return replace(self, themes=tuple(live))

    @cached_property
    def _terms(self) -> TermSet:
        return TermSet([parse_term(word) for word in self.numbers])

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The terms by number, as they stand in the files."""
        return tuple(self.numbers)

    @cached_property
    def askers(self) -> Mapping[int, frozenset[int]]:
        """The live themes that ask for a term in a signal or veto, by their numbers."""
        askers: dict[int, set[int]] = defaultdict(set)
        for number, theme in enumerate(self.live_themes):
            for condition in theme.conditions:
                for word in condition.words:
                    askers[self.numbers[word]].add(number)
        return {term: frozenset(themes) for term, themes in askers.items()}

    @cached_property
    def ready(self) -> tuple[tuple[ThemeFile, tuple[Asked, ...]], ...]:
        """Each live theme with its signals and vetoes made ready."""
        return tuple(
            (theme, tuple(make_ready(condition, self.numbers) for condition in theme.conditions)) for theme in self.live_themes
        )

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The fields of all signals of live themes that give points for words."""
        return tuple(field_ for field_, _, _ in self._filled)

    @cached_property
    def gains(self) -> Mapping[str, Mapping[int, frozenset[int]]]:
        """By zone and term, the numbers of the fields that the term fills."""
        gains: dict[str, dict[int, set[int]]] = {zone: defaultdict(set) for zone in ZONES}
        for number, (_, zones, terms) in enumerate(self._filled):
            for zone, term in product(zones, terms.order):
                gains[zone][term].add(number)
        return {zone: {term: frozenset(fields) for term, fields in terms.items()} for zone, terms in gains.items()}

    @cached_property
    def _filled(self) -> list[tuple[Field, tuple[str, ...], Terms]]:
        """The fields, each with its zones and the terms that fill it."""
        return [
            (Field(theme, points, self._beside_of(asked)), zones, asked.terms)
            for theme, (_, conditions) in enumerate(self.ready)
            for asked in conditions
            if isinstance(asked.condition, Signal) and asked.condition.weight > 0 and asked.terms.order
            for points, zones in asked.fields
        ]

    @cached_property
    def structural(self) -> tuple[tuple[tuple[float, int], ...], ...]:
        """By live theme, what programme and identifier alone give or take: (points, number in `besides`)."""
        return tuple(
            tuple(
                (asked.fields[0][0], self._beside_of(asked))
                for asked in conditions
                if isinstance(asked.condition, Signal) and asked.condition.structural
                # What may be taken is taken only where that is certain.
                if asked.condition.weight > 0 or not asked.needs.order
            )
            for _, conditions in self.ready
        )

    @cached_property
    def besides(self) -> tuple[Asked, ...]:
        """A condition for each thing that conditions ask for besides words: programme, identifier, and words that must also stand."""
        return tuple(self._besides.values())

    @cached_property
    def _besides(self) -> dict[object, Asked]:
        asked = (
            asked for _, conditions in self.ready for asked in conditions if asked.needs.order or not is_plain(asked.condition)
        )
        return {_asked_besides(one): one for one in asked}

    def _beside_of(self, asked: Asked) -> int:
        """The number in `besides`; -1 for a condition that words alone decide."""
        return self._beside_numbers.get(_asked_besides(asked), -1)

    @cached_property
    def _beside_numbers(self) -> dict[object, int]:
        return {key: number for number, key in enumerate(self._besides)}

    @cached_property
    def least(self) -> tuple[tuple[float, float], ...]:
        """By live theme, the points that reach a department: in all, and from words when every programme it asks for is met."""
        least = []
        for theme in self.live_themes:
            points = min((self.departments[name].threshold for name in theme.theme.departments), default=inf)
            given = sum(max(0.0, signal.weight * FACTORS["structure"]) for signal in theme.signal if signal.structural)
            least.append((points, points - given))
        return tuple(least)

    def scan(self, lemma_text: str) -> Scan:
        """Every term that stands in the text, in one pass."""
        return self._terms.scan(lemma_text)

    @cached_property
    def ready_fit(self) -> ReadyFit:
        """The gates before the words, with their words as numbers."""
        return ReadyFit(
            tuple((row, ready_terms(row.words, self.numbers), ready_terms(row.unless, self.numbers)) for row in self.fit.offer),
            tuple((row, ready_terms(row.words, self.numbers), ready_terms(row.unless, self.numbers)) for row in self.fit.answer),
            ready_terms(self.fit.place.ours, self.numbers),
            tuple((other, ready_terms(other.words, self.numbers)) for other in self.fit.place.other),
        )


def _asked_besides(asked: Asked) -> object:
    return asked.condition.programme, asked.condition.identifier, asked.needs


def is_plain(condition: Condition) -> bool:
    """True when words alone decide: neither programme nor identifier is asked for."""
    return not condition.programme and not condition.identifier


def holds_besides_words(condition: Condition | FitRow, call: Call, programme: Programme | None) -> bool:
    """True when what the condition asks of programme and identifier is met; what it does not ask is met."""
    if condition.programme and (programme is None or programme.id not in condition.programme):
        return False
    return not condition.identifier or has_code_like(call, condition.identifier)


def has_code_like(call: Call, patterns: tuple[str, ...]) -> bool:
    """True when the identifier, or the source's own key, has the form of one of the patterns.

    A cascade call bears its parent's identifier; only its key tells that it is one.
    """
    return is_like(call.identifier, patterns) or is_like(call.call_id, patterns)
