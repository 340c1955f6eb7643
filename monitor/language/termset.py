"""Search for many terms in a lemma text: an automaton finds the patterns in one pass, places are computed on demand."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import chain
from sys import intern

from ahocorasick_rs import AhoCorasick, Implementation

from monitor.language import tokens
from monitor.language.analyser import read_lines, read_places
from monitor.language.terms import MatchMode, Term

Span = tuple[int, int]
"""Numbers of the first and the last word of a hit, counted from 0 in the text."""
_NONE: frozenset[int] = frozenset()

_TermPattern = tuple[str, "_Place", int]
"""Pattern in a lemma text, the kind of place where it occurs, and its number of words."""
_Find = Callable[..., list[str]]
"""Function that returns the patterns found in a text, one item per occurrence."""


class TermSet:
    """Set of terms that are searched for in one pass over a lemma text."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self.terms = tuple(terms)
        self.patterns = [_term_patterns(term) for term in self.terms]
        """Patterns of each term, in the order of the terms."""
        self._finders: dict[frozenset[int] | None, _Finder] = {}
        self.terms_by_pattern: dict[str, frozenset[int]] = {}
        """Numbers of the terms that have a pattern."""
        self.inexact: set[str] = set()
        """Patterns that may be found where their term does not match."""
        for index, term_patterns in enumerate(self.patterns):
            alone = frozenset((index,))  # one for all patterns of the term: most are of no other
            for pattern, place, _ in term_patterns:
                if place not in _EXACT_PLACES:
                    self.inexact.add(pattern)
                others = self.terms_by_pattern.get(pattern)
                self.terms_by_pattern[pattern] = alone if others is None else others | alone

    def scan(self, lemma_text: str, among: frozenset[int] | None = None) -> Scan:
        """Return the terms that a lemma text holds; with `among`, only terms of these numbers, which is faster."""
        finder = self._finders.get(among)
        if finder is None:
            term_patterns = self.patterns if among is None else [self.patterns[index] for index in among]
            finder = self._finders[among] = _Finder(chain.from_iterable(term_patterns))
        stream, _, entries = lemma_text.partition("\n")
        return Scan(self, finder.find(stream, entries), stream, entries)

    def find(self, lemma_text: str) -> list[tuple[int, int, int]]:
        """Return the hits as (number of the term, first word, last word), in the order of the terms, each place once.

        `locate` turns word numbers into offsets of the original text.
        """
        scan = self.scan(lemma_text)
        return sorted({(term, *span) for term in scan.matching_terms(scan.found) for spans in scan.spans(term) for span in spans})


class _Finder:
    """Finder of patterns in a lemma text, each in the line where it may occur.

    An automaton whose patterns all begin with one of a few marks skips from mark to mark, three times as fast as reading every
    character. So the patterns of entries have their own automaton; the few that only end with a mark are searched one by one.
    """

    def __init__(self, term_patterns: Iterable[_TermPattern]) -> None:
        self._unmarked, self._marked, self._ends = dict[str, None](), dict[str, None](), dict[str, None]()
        for pattern, place, _ in term_patterns:
            kept = self._ends if place in _ENDS else self._marked if place in _MARKS else self._unmarked
            kept[pattern] = None

    def find(self, stream: str, entries: str) -> frozenset[str]:
        """Return the patterns found in the stream of lemmas or in the entries."""
        # Without their places: few are looked up later, and reporting the place of each hit takes longer than the search.
        found = self._in_stream(stream, overlapping=True)
        if not entries.isspace():
            found += self._in_entries(entries, overlapping=True)
            found += [pattern for pattern in self._ends if pattern in entries]
        return frozenset(found)

    @cached_property
    def _in_stream(self) -> _Find:
        return _finder(self._unmarked)

    @cached_property
    def _in_entries(self) -> _Find:
        return _finder(self._marked)


def _finder(patterns: Iterable[str]) -> _Find:
    return AhoCorasick(list(patterns), implementation=Implementation.ContiguousNFA, store_patterns=True).find_matches_as_strings


class Scan:
    """Result of a search for a set of terms in one lemma text."""

    def __init__(self, terms: TermSet, found: frozenset[str], stream: str, entries: str) -> None:
        """`found` are the patterns that occur in one of the two lines."""
        self.found = found
        self._terms, self._stream, self._entries = terms, stream, entries
        self._first_places: dict[int, Span | None] = {}
        self._written: dict[int, set[str]] = {}

    def matching_terms(self, patterns: frozenset[str]) -> frozenset[int]:
        """Return the numbers of the terms that match by one of these patterns, all of which must have been found."""
        candidates = _NONE.union(*map(self._terms.terms_by_pattern.__getitem__, patterns))
        if self.is_exact(patterns):
            return candidates
        return frozenset(term for term in candidates if self.place(term) is not None)

    def is_exact(self, patterns: frozenset[str]) -> bool:
        """Tell whether these patterns are found only where their terms match."""
        return patterns.isdisjoint(self._terms.inexact)

    @cached_property
    def whole(self) -> Scan:
        """Return the search for all terms of the set in the same text."""
        return self._terms.scan(f"{self._stream}\n{self._entries}")

    @cached_property
    def places(self) -> dict[int, Span]:
        """Return the first place of each term that matches."""
        return {term: place for term in self.matching_terms(self.found) if (place := self.place(term)) is not None}

    def place(self, term: int) -> Span | None:
        """Return the first place of a term; None where it does not match."""
        if term not in self._first_places:
            found = [first for spans in self.spans(term) if (first := next(spans, None)) is not None]
            self._first_places[term] = min(found, default=None)
        return self._first_places[term]

    def spans(self, term: int) -> Iterator[Iterator[Span]]:
        """Yield the places of a term: for each of its patterns found, its places in order."""
        for pattern, place, length in self._terms.patterns[term]:
            if pattern in self.found:
                if place in _MARKS:
                    yield iter(sorted(self._in_entries(pattern, place)))
                else:
                    yield self._in_stream(pattern, place, length)

    def _in_stream(self, pattern: str, place: _Place, length: int) -> Iterator[Span]:
        text = self._stream
        number = counted = 0
        for start in _starts(text, pattern):
            if place is _Place.ENDS:
                start = text.rfind(" ", 0, start + 1)
            # Counted on from the place before, so that time stays linear: a text may hold a term as often as it has words.
            number += text.count(" ", counted, start) - text.count(".", counted, start)
            counted = start
            if place is not _Place.BEGINS or not self._is_written((number, number)):
                yield number, number + length - 1

    def _in_entries(self, pattern: str, place: _Place) -> Iterator[Span]:
        text = self._entries
        mark = 0
        for start in _starts(text, pattern):
            entry = text.rfind(" ", 0, start + 1) + 1
            if text[entry] == _MARKS[place]:
                mark = max(mark, text.rfind("@", mark, entry) + 1)
                for span in self._entry(entry, mark):
                    if place is not _Place.JOINED_BEGINS or not self._is_written(span):
                        yield span

    def _entry(self, entry: int, mark: int) -> list[Span]:
        """Return the places of the entry that begins at `entry`; the number they count from is at `mark`."""
        text = self._entries
        base = int(text[mark : text.index(" ", mark)])
        colon = text.index(":", entry) + 1
        return read_places(text[colon : text.index(" ", colon)], base)

    def _is_written(self, span: Span) -> bool:
        """Tell whether the words at a place are written otherwise than their lemma."""
        at = bisect_right(self._bases, span[0]) - 1
        if at < 0:
            return False
        base = self._bases[at]
        if base not in self._written:
            entries = (entry.partition(":") for entry in self._lines[base].split())
            self._written[base] = {place for word, _, places in entries if word[0] == "<" for place in places.split(",")}
        first, last = (number - base for number in span)
        return (f"{first}" if first == last else f"{first}-{last}") in self._written[base]

    @cached_property
    def _lines(self) -> dict[int, str]:
        """Return the entries of each line, by the number that their places count from."""
        return read_lines(self._entries)

    @cached_property
    def _bases(self) -> list[int]:
        return list(self._lines)


def found_patterns(scans: Iterable[Scan]) -> list[str]:
    """Return the patterns found in any of the texts; a pattern found in two texts is in the list twice."""
    return [pattern for scan in scans for pattern in scan.found]


def _starts(text: str, pattern: str) -> Iterator[int]:
    """Yield the offsets of a pattern in a text, in order."""
    start = text.find(pattern)
    while start >= 0:
        yield start
        start = text.find(pattern, start + 1)


class _Place(StrEnum):
    """Kind of place of a pattern in a lemma text, which tells how a hit is read."""

    STREAM = "stream"
    BEGINS = "begins"
    ENDS = "ends"
    JOINED = "joined"
    JOINED_BEGINS = "joined-begins"
    JOINED_ENDS = "joined-ends"
    WRITTEN_BEGINS = "written-begins"
    EXACT = "exact"
    EXACT_ENDS = "exact-ends"


_MARKS = {
    _Place.JOINED: "+",
    _Place.JOINED_BEGINS: "+",
    _Place.JOINED_ENDS: "+",
    _Place.WRITTEN_BEGINS: "<",
    _Place.EXACT: "=",
    _Place.EXACT_ENDS: "=",
}
# Places in entries whose patterns begin with no mark.
_ENDS = frozenset((_Place.JOINED_ENDS, _Place.EXACT_ENDS))
# Places whose patterns are found only where the term matches.
_EXACT_PLACES = frozenset((_Place.STREAM, _Place.JOINED, _Place.WRITTEN_BEGINS, _Place.EXACT))


def patterns(term: Term) -> Iterator[str]:
    """Yield the patterns of a term: one of them is in a lemma text that the term matches."""
    return (pattern for pattern, _, _ in _term_patterns(term))


@lru_cache(maxsize=20_000)
def _term_patterns(term: Term) -> tuple[_TermPattern, ...]:
    """Return the patterns of a term with their kinds of place and numbers of words."""
    # Interned, so that sets of patterns compare equal strings by identity.
    return tuple((intern(pattern), place, length) for pattern, place, length in _patterns(term))


def _patterns(term: Term) -> Iterator[_TermPattern]:
    for variant in term.variants:
        piece = variant[0]
        if term.mode is MatchMode.WORDS:
            yield f" {' '.join(variant)} ", _Place.STREAM, len(variant)
            if len(variant) == 1:
                yield f"+{piece}:", _Place.JOINED, 1
        elif term.mode is MatchMode.BEGINS:
            yield f" {piece}", _Place.BEGINS, 1
            yield f"<{piece}", _Place.WRITTEN_BEGINS, 1
            yield f"+{piece}", _Place.JOINED_BEGINS, 1
        elif term.mode is MatchMode.ENDS:
            yield f"{piece} ", _Place.ENDS, 1
            yield f"{piece}:", _Place.JOINED_ENDS, 1
        elif term.mode is MatchMode.EXACT:
            yield f"={piece}:", _Place.EXACT, 1
        elif term.mode is MatchMode.EXACT_BEGINS:
            yield f"={piece}", _Place.EXACT, 1
        else:
            yield f"{piece}:", _Place.EXACT_ENDS, 1


def locate(text: str, hits: Collection[Span]) -> dict[Span, tuple[int, int]]:
    """Return the offsets of hits in the original text, in characters: the start, and one past the end."""
    spans = tokens.spans(text, {number for hit in hits for number in hit})
    return {(first, last): (spans[first][0], spans[last][1]) for first, last in hits}
