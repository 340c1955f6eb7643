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


_Wanted = tuple[int, "_Place", int]
"""What a term asks for: a pattern's number in its line, where that stands, and over how many words it goes."""


class TermSet:
    """Many terms, found in one pass over a lemma text."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self.terms = tuple(terms)
        self._stream, self._entries = _Finder(), _Finder()
        self._wanted = [
            [
                ((self._entries if place in _MARKS else self._stream).ask(pattern.encode(), index), place, length)
                for pattern, place, length in _patterns(term)
            ]
            for index, term in enumerate(self.terms)
        ]

    def scan(self, lemma_text: str) -> Scan:
        """What a lemma text holds of the terms."""
        stream, _, entries = lemma_text.encode().partition(b"\n")
        return Scan(self._wanted, self._stream.find(stream), self._entries.find(entries))

    def find(self, lemma_text: str) -> list[tuple[int, int, int]]:
        """Where terms hit: (index of the term, first word, last word), in the order of the terms, each place once.

        `locate` turns words into offsets of the original text.
        """
        scan = self.scan(lemma_text)
        return sorted({(term, *span) for term in scan.may for spans in scan.spans(term) for span in spans})


class _Finder:
    """Finds patterns in one of the two lines of a lemma text."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}
        self._askers: list[int] = []  # by pattern, the term that asked first
        self._others: dict[int, set[int]] = {}  # by such a term, those that asked for one of its patterns after it

    def ask(self, pattern: bytes, term: int) -> int:
        """The number of a pattern that a term asks for."""
        number = self._numbers.setdefault(pattern, len(self._numbers))
        if number == len(self._askers):
            self._askers.append(term)
        elif self._askers[number] != term:
            self._others.setdefault(self._askers[number], set()).add(term)
        return number

    @cached_property
    def _automaton(self) -> BytesAhoCorasick:
        return BytesAhoCorasick(list(self._numbers), implementation=Implementation.ContiguousNFA)

    def find(self, line: bytes) -> _Found:
        """Every pattern that stands in the line, and the terms that asked for them; some terms more where patterns are shared."""
        matches = self._automaton.find_matches_as_indexes(line, overlapping=True)
        terms = frozenset(map(self._askers.__getitem__, map(_PATTERN, matches)))
        if not terms.isdisjoint(self._others):
            terms = terms.union(*map(self._others.__getitem__, terms & self._others.keys()))
        return _Found(line, matches, terms)


class _Found:
    """What was found in a line: pattern, start and end of each place; the terms that may stand there."""

    __slots__ = ("_matches", "_patterns", "line", "terms")

    def __init__(self, line: bytes, matches: list[tuple[int, int, int]], terms: frozenset[int]) -> None:
        self.line, self.terms = line, terms
        self._matches = matches
        self._patterns: frozenset[int] | None = None

    def has(self, pattern: int) -> bool:
        """Whether a pattern stands in the line."""
        if self._patterns is None:
            self._patterns = frozenset(map(_PATTERN, self._matches))
        return pattern in self._patterns

    def starts(self, pattern: int) -> Iterator[int]:
        """Where a pattern stands, in order."""
        return (start for found, start, _ in self._matches if found == pattern)


class Scan:
    """What a lemma text holds of a set of terms."""

    def __init__(self, wanted: list[list[_Wanted]], stream: _Found, entries: _Found) -> None:
        """`may` has every term that stands in the text, and some whose star does not fit the word as it is written."""
        self.may = stream.terms | entries.terms
        self._wanted, self._stream, self._entries = wanted, stream, entries
        self._known: dict[int, Span | None] = {}

    @cached_property
    def places(self) -> dict[int, Span]:
        """The first place of each term that stands in the text."""
        return {term: place for term in self.may if (place := self.place(term)) is not None}

    def holds(self, term: int) -> bool:
        """Whether a term stands in the text; where it does is not asked."""
        if term not in self.may:
            return False
        if any(place in _SURE and self._line(place).has(pattern) for pattern, place, _ in self._wanted[term]):
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
            if self._line(place).has(pattern):
                if place in _MARKS:
                    yield iter(sorted(self._in_entries(pattern, place)))
                else:
                    yield self._in_stream(pattern, place, length)

    def _line(self, place: _Place) -> _Found:
        return self._entries if place in _MARKS else self._stream

    def _in_stream(self, pattern: int, place: _Place, length: int) -> Iterator[Span]:
        text = self._stream.line
        for start in self._stream.starts(pattern):
            if place is _Place.ENDS:
                start = text.rfind(b" ", 0, start + 1)
            number = text.count(b" ", 0, start) - text.count(b".", 0, start)
            if place is not _Place.BEGINS or (number, number) not in self._written:
                yield number, number + length - 1

    def _in_entries(self, pattern: int, place: _Place) -> Iterator[Span]:
        text = self._entries.line
        for start in self._entries.starts(pattern):
            entry = text.rfind(b" ", 0, start + 1) + 1
            if text[entry] == _MARKS[place]:
                for span in self._entry(entry):
                    if place is not _Place.JOINED_BEGINS or span not in self._written:
                        yield span

    def _entry(self, entry: int) -> list[Span]:
        """The places of the entry that begins at `entry`."""
        text = self._entries.line
        mark = text.rfind(b"@", 0, entry) + 1
        base = int(text[mark : text.index(b" ", mark)])
        colon = text.index(b":", entry) + 1
        return [read_place(place, base) for place in text[colon : text.index(b" ", colon)].decode().split(",")]

    @cached_property
    def _written(self) -> set[Span]:
        """The places of words that are written otherwise than their lemma."""
        entries = read_entries(self._entries.line.decode())
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
