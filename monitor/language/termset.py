"""Where many terms hit a lemma text: one pass of an automaton tells which may, and each place is worked out when it is asked for."""

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
from monitor.language.terms import Ask, Term

Span = tuple[int, int]
"""The first word of a hit and its last, by their numbers in the text."""
_NONE: frozenset[int] = frozenset()

_Wanted = tuple[str, "_Place", int]
_Find = Callable[..., list[str]]
"""Gives the patterns that stand in a text, once for each time."""


class TermSet:
    """Many terms, found in one pass over a lemma text."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self.terms = tuple(terms)
        self.wanted = [_wanted(term) for term in self.terms]
        self._readers: dict[frozenset[int] | None, _Reader] = {}
        self.askers: dict[str, frozenset[int]] = {}
        """By pattern, the terms that ask for it."""
        self.unsure: set[str] = set()
        """Patterns that may stand where their term does not."""
        for index, wanted in enumerate(self.wanted):
            for pattern, place, _ in wanted:
                if place not in _SURE:
                    self.unsure.add(pattern)
                self.askers[pattern] = self.askers.get(pattern, _NONE) | {index}

    def scan(self, lemma_text: str, among: frozenset[int] | None = None) -> Scan:
        """What a lemma text holds of the terms, or of those of these numbers: what nobody asks for takes longer to tell than to read past."""
        reader = self._readers.get(among)
        if reader is None:
            wanted = self.wanted if among is None else [self.wanted[index] for index in among]
            reader = self._readers[among] = _Reader(chain.from_iterable(wanted))
        stream, _, entries = lemma_text.partition("\n")
        return Scan(self, reader.find(stream, entries), stream, entries)

    def find(self, lemma_text: str) -> list[tuple[int, int, int]]:
        """Where terms hit: (index of the term, first word, last word), in the order of the terms, each place once.

        `locate` turns words into offsets of the original text.
        """
        scan = self.scan(lemma_text)
        return sorted({(term, *span) for term in scan.standing(scan.found) for spans in scan.spans(term) for span in spans})


class _Reader:
    """Finds patterns in a lemma text, each in the line where it may stand.

    An automaton whose patterns all begin with one of a few marks skips from one mark to the next, three times as fast as it reads
    every character. So patterns in entries have their own; the few that only end with a mark are looked for one by one.
    """

    def __init__(self, wanted: Iterable[_Wanted]) -> None:
        self._unmarked, self._marked, self._ends = dict[str, None](), dict[str, None](), dict[str, None]()
        for pattern, place, _ in wanted:
            kept = self._ends if place in _ENDS else self._marked if place in _MARKS else self._unmarked
            kept[pattern] = None

    def find(self, stream: str, entries: str) -> frozenset[str]:
        """The patterns that stand in the stream of lemmas or in the entries."""
        # Where they stand is not asked for: most is never looked at again, and a number for each end of each takes longer than the search.
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
    """What a lemma text holds of a set of terms."""

    def __init__(self, terms: TermSet, found: frozenset[str], stream: str, entries: str) -> None:
        """`found` are the patterns that stand in one of the two lines."""
        self.found = found
        self._terms, self._stream, self._entries = terms, stream, entries
        self._known: dict[int, Span | None] = {}
        self._written: dict[int, set[str]] = {}

    def standing(self, patterns: frozenset[str]) -> frozenset[int]:
        """The terms that stand in the text by one of these patterns, all of which were found."""
        asking = _NONE.union(*map(self._terms.askers.__getitem__, patterns))
        if self.sure_of(patterns):
            return asking
        return frozenset(term for term in asking if self.place(term) is not None)

    def sure_of(self, patterns: frozenset[str]) -> bool:
        """True when these patterns stand nowhere but where their terms do."""
        return patterns.isdisjoint(self._terms.unsure)

    @cached_property
    def whole(self) -> Scan:
        """The same text with every term that stands in it, whether or not it was asked for here."""
        return self._terms.scan(f"{self._stream}\n{self._entries}")

    @cached_property
    def places(self) -> dict[int, Span]:
        """The first place of each term that stands in the text."""
        return {term: place for term in self.standing(self.found) if (place := self.place(term)) is not None}

    def place(self, term: int) -> Span | None:
        """The first place of a term, or None when it does not stand in the text."""
        if term not in self._known:
            found = [first for spans in self.spans(term) if (first := next(spans, None)) is not None]
            self._known[term] = min(found, default=None)
        return self._known[term]

    def spans(self, term: int) -> Iterator[Iterator[Span]]:
        """The places of a term: those of each of its patterns, in order."""
        for pattern, place, length in self._terms.wanted[term]:
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
            # Counted on from the place before: a text may hold a term as often as it has words.
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
        """Return the places of the entry that begins at `entry`; what they count from stands at `mark`."""
        text = self._entries
        base = int(text[mark : text.index(" ", mark)])
        colon = text.index(":", entry) + 1
        return read_places(text[colon : text.index(" ", colon)], base)

    def _is_written(self, span: Span) -> bool:
        """Whether the words there are written otherwise than their lemma."""
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
        """The entries of each line, by the number that their places count from."""
        return read_lines(self._entries)

    @cached_property
    def _bases(self) -> list[int]:
        return list(self._lines)


def anywhere(scans: Iterable[Scan]) -> list[str]:
    """The patterns that stand in any of the texts; what stands in two is there twice."""
    return [pattern for scan in scans for pattern in scan.found]


def _starts(text: str, pattern: str) -> Iterator[int]:
    """Where a pattern stands, in order."""
    start = text.find(pattern)
    while start >= 0:
        yield start
        start = text.find(pattern, start + 1)


class _Place(StrEnum):
    """Where in a lemma text a pattern stands, and so how its hit is read."""

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
# Patterns that stand nowhere but where the term does.
_SURE = frozenset((_Place.STREAM, _Place.JOINED, _Place.WRITTEN_BEGINS, _Place.EXACT))


def patterns(term: Term) -> Iterator[str]:
    """What to look for in a lemma text: when the term stands there, one of these does."""
    return (pattern for pattern, _, _ in _wanted(term))


@lru_cache(maxsize=20_000)
def _wanted(term: Term) -> tuple[_Wanted, ...]:
    """What to look for in a lemma text, where that stands, and over how many words it goes."""
    # One string for all who ask for it: sets of patterns then tell that two are the same without reading them.
    return tuple((intern(pattern), place, length) for pattern, place, length in _patterns(term))


def _patterns(term: Term) -> Iterator[_Wanted]:
    for variant in term.variants:
        piece = variant[0]
        if term.ask is Ask.WORDS:
            yield f" {' '.join(variant)} ", _Place.STREAM, len(variant)
            if len(variant) == 1:
                yield f"+{piece}:", _Place.JOINED, 1
        elif term.ask is Ask.BEGINS:
            yield f" {piece}", _Place.BEGINS, 1
            yield f"<{piece}", _Place.WRITTEN_BEGINS, 1
            yield f"+{piece}", _Place.JOINED_BEGINS, 1
        elif term.ask is Ask.ENDS:
            yield f"{piece} ", _Place.ENDS, 1
            yield f"{piece}:", _Place.JOINED_ENDS, 1
        elif term.ask is Ask.EXACT:
            yield f"={piece}:", _Place.EXACT, 1
        elif term.ask is Ask.EXACT_BEGINS:
            yield f"={piece}", _Place.EXACT, 1
        else:
            yield f"{piece}:", _Place.EXACT_ENDS, 1


def locate(text: str, hits: Collection[Span]) -> dict[Span, tuple[int, int]]:
    """Where hits stand in the original text: the start, and one past the end, in characters."""
    spans = tokens.spans(text, {number for hit in hits for number in hit})
    return {(first, last): (spans[first][0], spans[last][1]) for first, last in hits}
