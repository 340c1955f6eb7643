"""Check for terms that a theme has twice: they would count twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from monitor.language import tokens
from monitor.language.analyser import analyser
from monitor.language.terms import parse_term
from monitor.language.termset import TermSet
from monitor.matching.rules import lines
from monitor.matching.rules.files import RuleFiles
from monitor.matching.rules.model import Signal, ThemeFile


class _SignalTerm(NamedTuple):
    """Term of a signal, and the place of the word or of the concept that has it."""

    word: str
    signal: int
    path: lines.Path
    concept: str
    """Id of the concept, or "" for a word of the signal itself."""

    def counts_beside(self, other: _SignalTerm) -> bool:
        """Return False for two terms of one signal, which counts once, unless both are written there and one can go."""
        return self.signal != other.signal or not (self.concept or other.concept)


def check_doubles(found: RuleFiles, file: str, theme: ThemeFile) -> None:
    """Add terms that a theme has twice under the same conditions: they would count twice.

    A signal counts once, so what a concept has of the signal's own words is nothing to change. Two signals that share a term by
    a concept are a warning: an error would let no concept grow before every theme is changed.
    """
    rows = _signal_terms(found, theme)
    doubles: dict[int, int] = {}
    for group in _comparable(theme, rows):
        doubles.update(_find_doubles(rows, group))
    warned: set[tuple[lines.Path, int]] = set()
    for later, earlier in sorted(doubles.items()):
        row, first = rows[later], rows[earlier]
        signal, other = theme.signal[row.signal], theme.signal[first.signal]
        problem = f"signal {signal.id}: {row.word!r} är samma ord som {first.word!r} i signal {other.id}"
        if not (row.concept or first.concept):
            found.add_problem(file, row.path, problem)
        elif (row.path, first.signal) not in warned:
            warned.add((row.path, first.signal))
            names = " och ".join(dict.fromkeys(name for name in (first.concept, row.concept) if name))
            found.add_warning(file, row.path, f"{problem} genom begreppet {names}, så det räknas två gånger")


def _signal_terms(found: RuleFiles, theme: ThemeFile) -> list[_SignalTerm]:
    """Return the terms of the signals of a theme in the order of the file, those of a concept in the place of its id."""
    terms = []
    for number, signal in enumerate(theme.signal):
        path: lines.Path = theme.signal_path(number)
        terms += [_SignalTerm(word, number, (*path, "words", place), "") for place, word in enumerate(signal.words)]
        for place, name in enumerate(signal.concepts):
            terms += [_SignalTerm(word, number, (*path, "concepts", place), name) for word in found.concepts.terms(name)]
    return terms


def _comparable(theme: ThemeFile, rows: Sequence[_SignalTerm]) -> Iterable[Sequence[int]]:
    """Return the numbers of the terms that may be compared, in groups.

    The terms of a group have their stars and first letters alike, and their signals ask for the same besides their terms.
    """
    # Graded weights (more in the title, less in the text) are no doubles.
    conditions = [_conditions(signal) for signal in theme.signal]
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        groups[row.word.count("*"), row.word[:1], conditions[row.signal]].append(number)
    return groups.values()


def _conditions(signal: Signal) -> tuple[object, ...]:
    return frozenset(signal.zones), signal.programme, signal.identifier, signal.needs, signal.needs_concepts


def _find_doubles(rows: Sequence[_SignalTerm], group: Sequence[int]) -> dict[int, int]:
    """Return the terms of a group that are the same as an earlier one, each with the first of those."""
    # Few may be, and analysing all of them takes long.
    forms = [_forms(rows[number].word) for number in group]
    places: set[int] = set()
    for one, other in combinations(range(len(group)), 2):
        if rows[group[one]].counts_beside(rows[group[other]]) and _may_be_same(forms[one], forms[other]):
            places.update((one, other))
    if not places:
        return {}
    numbers = [group[place] for place in sorted(places)]
    terms = TermSet([parse_term(rows[number].word) for number in numbers])
    finds = {number: {numbers[term] for term, _, _ in terms.find(_lemma_text(rows[number].word))} for number in numbers}
    doubles: dict[int, int] = {}
    for later in numbers:
        earlier = [number for number in finds[later] if number < later and later in finds[number]]
        first = min((number for number in earlier if rows[later].counts_beside(rows[number])), default=None)
        if first is not None:
            doubles[later] = first
    return doubles


def _may_be_same(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Return False for terms of which one cannot find the other, by their forms: it has no form that is a part of the other's."""
    if not one or not other:
        return True
    return any(form in "|".join(other) for form in one) and any(form in "|".join(one) for form in other)


@lru_cache(maxsize=20_000)
def _forms(word: str) -> tuple[str, ...]:
    """Return the variants of a term without regard to capitals, each with its words between single spaces.

    A term that finds more than its variants has none: one with a star, or with a hanging hyphen.
    """
    if "*" in word or any(tokens.hangs(piece.gap) for piece in tokens.pieces(word)):
        return ()
    return tuple([f" {' '.join(variant)} ".casefold() for variant in parse_term(word).variants])


@lru_cache(maxsize=20_000)
def _lemma_text(word: str) -> str:
    return analyser().lemma_text(word.strip("*"), None)
