"""RuleSet: every rule, with its words joined into one automaton, ready for matching."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import translate
from functools import cached_property, lru_cache

from monitor.calls import Call
from monitor.language.analyser import Analyser, analyser
from monitor.language.terms import TermSet, parse_term
from monitor.matching.model import (
    AreasFile,
    Condition,
    Department,
    FitFile,
    FitRow,
    Programme,
    Signal,
    ThemeFile,
    ThemeHead,
)
from monitor.matching.scoring import Asked, make_ready

Hits = dict[int, tuple[int, int]]
"""The terms that a text holds, by number, each with its first and last token where it stands first."""


@lru_cache(maxsize=4096)
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(translate(pattern.casefold()))


def is_like(text: str, patterns: Iterable[str]) -> bool:
    """True when `text` has the form of one of the patterns (`*` stands for anything; case does not matter)."""
    folded = text.casefold()
    return bool(folded) and any(_pattern(pattern).match(folded) for pattern in patterns)


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
    def _heads(self) -> dict[str, ThemeHead]:
        return {theme.theme.id: theme.theme for theme in self.themes}

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
    def askers(self) -> Mapping[int, tuple[tuple[int, int], ...]]:
        """Which signals and vetoes ask for a term: (number of the live theme, number of its condition)."""
        askers: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for number, theme in enumerate(self.live_themes):
            for place, condition in enumerate(theme.conditions):
                for word in condition.words:
                    askers[self.numbers[word]].append((number, place))
        return {term: tuple(places) for term, places in askers.items()}

    @cached_property
    def ready(self) -> tuple[tuple[ThemeFile, tuple[Asked, ...], frozenset[int]], ...]:
        """Each live theme with its signals and vetoes made ready, and the places of those that ask for no word."""
        ready = []
        for theme in self.live_themes:
            asked = tuple(make_ready(condition, self.numbers) for condition in theme.conditions)
            always = frozenset(place for place, condition in enumerate(theme.conditions) if condition.structural)
            ready.append((theme, asked, always))
        return tuple(ready)

    def scan(self, lemma_text: str) -> Hits:
        """Every term that stands in the text, in one pass."""
        return self._terms.first(lemma_text)

    def first_hit(self, words: Iterable[str], hits: Hits) -> str | None:
        """The first of `words` that was hit."""
        return next((word for word in words if self.numbers[word] in hits), None)


def holds_besides_words(condition: Condition | FitRow, call: Call, programme: Programme | None) -> bool:
    """True when what the condition asks of programme and identifier is met; what it does not ask is met."""
    if condition.programme and (programme is None or programme.id not in condition.programme):
        return False
    return not condition.identifier or has_code_like(call, condition.identifier)


def has_code_like(call: Call, patterns: Iterable[str]) -> bool:
    """True when the identifier, or the source's own key, has the form of one of the patterns.

    A cascade call bears its parent's identifier; only its key tells that it is one.
    """
    return is_like(call.identifier, patterns) or is_like(call.call_id, patterns)
