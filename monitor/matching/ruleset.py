"""RuleSet: every rule, with its words joined into one automaton, ready for matching."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import inf

from monitor.calls import ZONES, Call
from monitor.language.analyser import Analyser, analyser
from monitor.language.terms import parse_term
from monitor.language.termset import Scan, TermSet
from monitor.matching.besides import NOTHING, Besides, form_of
from monitor.matching.model import (
    AreasFile,
    Department,
    FitFile,
    Programme,
    Signal,
    ThemeFile,
    ThemeHead,
)
from monitor.matching.reach import Gain, Reach
from monitor.matching.ready import Asked, Index, Proviso, ReadyFit, Terms, make_ready, ready_row, ready_terms

PLACE_ZONES = ("title", "summary", "body")
"""Where the gate of the place looks, besides the place that a call states."""
_Asking = tuple[tuple[str, ...], Collection[str]]
"""Words, and the zones in which they are asked for."""


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
    beside: tuple[_Asking, ...] = field(default=(), repr=False)
    """What another rule set asks for, numbered and looked for along, so that one scan serves both."""

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
        prefix = call.identifier.replace("/", "-").partition("-")[0].casefold()
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
        every = (words for words, _ in (*self._asked(), *self.beside))
        return {word: number for number, word in enumerate(sorted(set().union(*every)))}

    def _asked(self) -> Iterator[_Asking]:
        for theme in self.live_themes:
            for condition in theme.conditions:
                yield condition.words, condition.zones
                if isinstance(condition, Signal):
                    yield condition.needs, ZONES
        yield from self._asked_by_gates()

    def _asked_by_gates(self) -> Iterator[_Asking]:
        for words in (self.fit.place.ours, *(other.words for other in self.fit.place.other)):
            yield words, ("place", *PLACE_ZONES)
        for row in (*self.fit.offer, *self.fit.answer):
            yield (*row.words, *row.unless), row.zones

    @cached_property
    def _asked_in(self) -> Mapping[str, frozenset[int]]:
        """By zone, the terms that are asked for there."""
        asked: dict[str, set[int]] = defaultdict(set)
        for words, zones in (*self._asked(), *self.beside):
            numbers = [self.numbers[word] for word in words]
            for zone in zones:
                asked[zone].update(numbers)
        return {zone: frozenset(numbers) for zone, numbers in asked.items()}

    def beside_of(self, other: RuleSet) -> RuleSet:
        """The same rules, numbering and looking for the words of `other` as well: what one of the two scans, both can judge."""
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
        numbers: Mapping[str, int] = self.numbers
        provisos: dict[tuple[Besides, Terms], Proviso] = {}
        return tuple(
            (theme, tuple(make_ready(condition, numbers, provisos) for condition in theme.conditions))
            for theme in self.live_themes
        )

    @cached_property
    def conditions(self) -> tuple[Index[Asked], ...]:
        """The signals and vetoes of each live theme, found by the patterns that stand in a text."""
        return tuple(Index((asked, asked.terms, asked.besides) for asked in conditions) for _, conditions in self.ready)

    @cached_property
    def reach(self) -> Reach:
        """Which themes may reach a department, told from the words that give points."""
        gains = (
            Gain(theme, points, asked.proviso, zones, asked.terms.patterns)
            for theme, (_, conditions) in enumerate(self.ready)
            for asked in conditions
            if isinstance(asked.condition, Signal) and asked.condition.weight > 0 and asked.terms.order
            for points, zones in asked.fields
        )
        return Reach(gains, [least for _, least in self.least])

    @cached_property
    def structural(self) -> tuple[tuple[tuple[float, Proviso], ...], ...]:
        """By live theme, what programme and identifier alone give or take, and when."""
        return tuple(
            tuple(
                (asked.fields[0][0], asked.proviso)
                for asked in conditions
                if asked.proviso is not None and isinstance(asked.condition, Signal) and asked.condition.structural
                # What may be taken is taken only where that is certain.
                if asked.condition.weight > 0 or not asked.proviso.needs.order
            )
            for _, conditions in self.ready
        )

    @cached_property
    def least(self) -> tuple[tuple[float, float], ...]:
        """By live theme, the points that reach a department: in all, and from words when every programme it asks for is met."""
        least = []
        for theme, structural in zip(self.live_themes, self.structural, strict=True):
            points = min((self.departments[name].threshold for name in theme.theme.departments), default=inf)
            least.append((points, points - sum(max(0.0, worth) for worth, _ in structural)))
        return tuple(least)

    def scan(self, lemma_text: str, zone: str) -> Scan:
        """Every term that is asked for in the zone and stands in its text, in one pass."""
        return self._terms.scan(lemma_text, self._asked_in.get(zone, frozenset()))

    @cached_property
    def ready_fit(self) -> ReadyFit:
        """The gates before the words, with their words as numbers."""
        place, numbers = self.fit.place, self.numbers
        offers = [ready_row(row, numbers) for row in self.fit.offer]
        answers = [(row, ready_row(row, numbers)) for row in self.fit.answer]
        others = [(other, ready_terms(other.words, numbers)) for other in place.other]
        return ReadyFit(
            Index((offer, offer.words, offer.besides) for offer in offers),
            Index(((row, ready), ready.words, ready.besides) for row, ready in answers),
            ready_terms(place.ours, numbers),
            Index(((other, words), words, NOTHING) for other, words in others),
            form_of(place.identifier),
        )
