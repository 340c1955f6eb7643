"""Where many terms hit a lemma text: one pass of an automaton tells which may, and each place is worked out when it is asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from enum import StrEnum
from functools import cached_property
from operator import itemgetter

from ahocorasick_rs import BytesAhoCorasick, Implementation

from monitor.language import tokens
from monitor.language.analyser import read_entries, read_place
from monitor.language.terms import Ask, Term

_PATTERN = itemgetter(0)
Span = tuple[int, int]
"""The first word of a hit and its last, by their numbers in the text."""


class TermSet:
    """Many terms, found in one pass over a lemma text."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self.terms = tuple(terms)
        numbers: dict[bytes, int] = {}
        askers: list[set[int]] = []
        self._wanted: list[list[tuple[int, _Place, int]]] = []
        for index, term in enumerate(self.terms):
            self._wanted.append([])
            for pattern, place, length in _patterns(term):
                number = numbers.setdefault(pattern.encode(), len(numbers))
                if number == len(askers):
                    askers.append(set())
                askers[number].add(index)
                self._wanted[index].append((number, place, length))
        self._askers = [frozenset(terms) for terms in askers]
        self._automaton = BytesAhoCorasick(list(numbers), implementation=Implementation.ContiguousNFA)

    def scan(self, lemma_text: str) -> Scan:
        """What a lemma text holds of the terms."""
        text = lemma_text.encode()
        matches = self._automaton.find_matches_as_indexes(text, overlapping=True)
        found = frozenset(map(_PATTERN, matches))
        may = frozenset().union(*map(self._askers.__getitem__, found))
        return Scan(text, may, self._wanted, found, matches)

    def find(self, lemma_text: str) -> list[tuple[int, int, int]]:
        """Where terms hit: (index of the term, first word, last word), in the order of the terms, each place once.

        `locate` turns words into offsets of the original text.
        """
        scan = self.scan(lemma_text)
        return sorted({(term, *span) for term in scan.may for spans in scan.spans(term) for span in spans})


class Scan:
    """What a lemma text holds of a set of terms."""

    def __init__(
        self,
        text: bytes,
        may: frozenset[int],
        wanted: list[list[tuple[int, _Place, int]]],
        found: frozenset[int],
        matches: list[tuple[int, int, int]],
    ) -> None:
        """`may` has every term that stands in the text, and some whose star does not fit the word as it is written."""
        self.may = may
        self._text, self._wanted, self._found, self._matches = text, wanted, found, matches
        self._known: dict[int, Span | None] = {}

    @cached_property
    def places(self) -> dict[int, Span]:
        """The first place of each term that stands in the text."""
        return {term: place for term in self.may if (place := self.place(term)) is not None}

    def holds(self, term: int) -> bool:
        """Whether a term stands in the text; where it does is not asked."""
        if term not in self.may:
            return False
        if any(place in _SURE and pattern in self._found for pattern, place, _ in self._wanted[term]):
            return True
        return self.place(term) is not None

    def place(self, term: int) -> Span | None:
        """The first place of a term, or None when it does not stand in the text."""
        if term not in self._known:
            found = [first for spans in self.spans(term) if (first := next(spans, None)) is not None] if term in self.may else []
            self._known[term] = min(found, default=None)
        return self._known[term]

    def spans(self, term: int) -> Iterator[Iterator[Span]]:
        """The places of a term: those of each of its patterns, in order."""
        for pattern, place, length in self._wanted[term]:
            if pattern in self._found:
                if place in _MARKS:
                    yield iter(sorted(self._in_entries(pattern, place)))
                else:
                    yield self._in_stream(pattern, place, length)

    def _starts(self, pattern: int) -> Iterator[int]:
        return (start for found, start, _ in self._matches if found == pattern)

    def _in_stream(self, pattern: int, place: _Place, length: int) -> Iterator[Span]:
        for start in self._starts(pattern):
            if start >= self._border:
                return
            if place is _Place.ENDS:
                start = self._text.rfind(b" ", 0, start + 1)
            number = self._text.count(b" ", 0, start) - self._text.count(b".", 0, start)
            if place is not _Place.BEGINS or (number, number) not in self._written:
                yield number, number + length - 1

    def _in_entries(self, pattern: int, place: _Place) -> Iterator[Span]:
        for start in self._starts(pattern):
            entry = self._text.rfind(b" ", 0, start + 1) + 1
            if start > self._border and self._text[entry] == _MARKS[place]:
                for span in self._entry(entry):
                    if place is not _Place.JOINED_BEGINS or span not in self._written:
                        yield span

    def _entry(self, entry: int) -> list[Span]:
        """The places of the entry that begins at `entry`."""
        text = self._text
        mark = text.rfind(b"@", 0, entry) + 1
        base = int(text[mark : text.index(b" ", mark)])
        colon = text.index(b":", entry) + 1
        return [read_place(place, base) for place in text[colon : text.index(b" ", colon)].decode().split(",")]

    @cached_property
    def _border(self) -> int:
        return self._text.index(b"\n")

    @cached_property
    def _written(self) -> set[Span]:
        """The places of words that are written otherwise than their lemma."""
        entries = read_entries(self._text[self._border :].decode())
        return {place for entry, places in entries if entry[0] == "<" for place in places}


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
    _Place.JOINED: ord("+"),
    _Place.JOINED_BEGINS: ord("+"),
    _Place.JOINED_ENDS: ord("+"),
    _Place.WRITTEN_BEGINS: ord("<"),
    _Place.EXACT: ord("="),
    _Place.EXACT_ENDS: ord("="),
}
# Patterns that stand nowhere but where the term does.
_SURE = frozenset((_Place.STREAM, _Place.JOINED, _Place.WRITTEN_BEGINS, _Place.EXACT))


def _patterns(term: Term) -> Iterator[tuple[str, _Place, int]]:
    """What to look for in a lemma text, where that stands, and over how many words it goes."""
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
