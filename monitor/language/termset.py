"""Where many terms hit a lemma text: one pass of an automaton tells which may, and each place is worked out when it is asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from enum import StrEnum
from functools import cached_property

from ahocorasick_rs import AhoCorasick, Implementation

from monitor.language import tokens
from monitor.language.analyser import read_entries, read_place
from monitor.language.terms import Ask, Term

Span = tuple[int, int]
"""The first word of a hit and its last, by their numbers in the text."""


_Wanted = tuple[str, "_Place", int]
"""What a term asks for: a pattern, where that stands, and over how many words it goes."""


class TermSet:
    """Many terms, found in one pass over a lemma text."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self.terms = tuple(terms)
        self._wanted = [list(_patterns(term)) for term in self.terms]
        self._stream, self._marks, self._ends = _Finder(), _Finder(), _Finder(backwards=True)
        for index, wanted in enumerate(self._wanted):
            for pattern, place, _ in wanted:
                finder = self._ends if place in _ENDS else self._marks if place in _MARKS else self._stream
                finder.ask(pattern, index)

    def scan(self, lemma_text: str) -> Scan:
        """What a lemma text holds of the terms."""
        stream, _, entries = lemma_text.partition("\n")
        return Scan(self._wanted, self._stream.find(stream), self._marks.find(entries), self._ends.find(entries))

    def find(self, lemma_text: str) -> list[tuple[int, int, int]]:
        """Where terms hit: (index of the term, first word, last word), in the order of the terms, each place once.

        `locate` turns words into offsets of the original text.
        """
        scan = self.scan(lemma_text)
        return sorted({(term, *span) for term in scan.may for spans in scan.spans(term) for span in spans})


class _Finder:
    """Finds patterns in one of the two lines of a lemma text.

    An automaton whose patterns all begin with one of a few marks skips from one mark to the next, three times as fast as it reads
    every character. So patterns in entries have finders of their own, and those that only end with a mark are looked for `backwards`.
    """

    def __init__(self, *, backwards: bool = False) -> None:
        self._step = -1 if backwards else 1
        self._askers: dict[str, int] = {}  # by pattern, the term that asked first
        self._others: dict[int, set[int]] = {}  # by such a term, those that asked for one of its patterns after it
        self._shared: set[int] = set()  # such terms

    def ask(self, pattern: str, term: int) -> None:
        """Let a term ask for a pattern."""
        first = self._askers.setdefault(pattern[:: self._step], term)
        if first != term:
            self._others.setdefault(first, set()).add(term)
            self._shared.add(first)

    @cached_property
    def _automaton(self) -> AhoCorasick:
        return AhoCorasick(list(self._askers), implementation=Implementation.ContiguousNFA, store_patterns=True)

    def find(self, line: str) -> _Found:
        """Every pattern that stands in the line, and the terms that asked for them; some terms more where patterns are shared."""
        # Where they stand is not asked for: most is never looked at again, and a number for each end of each takes longer than the search.
        patterns = frozenset(self._automaton.find_matches_as_strings(line[:: self._step], overlapping=True))
        if not patterns:
            return _Found(line, patterns, frozenset())
        terms = frozenset(map(self._askers.__getitem__, patterns))
        if not terms.isdisjoint(self._shared):
            terms = terms.union(*map(self._others.__getitem__, terms & self._shared))
        if self._step < 0:
            patterns = frozenset(pattern[::-1] for pattern in patterns)
        return _Found(line, patterns, terms)


class _Found:
    """What was found in a line: the patterns that stand in it, and the terms that may."""

    __slots__ = ("line", "patterns", "terms")

    def __init__(self, line: str, patterns: frozenset[str], terms: frozenset[int]) -> None:
        self.line, self.patterns, self.terms = line, patterns, terms

    def starts(self, pattern: str) -> Iterator[int]:
        """Where a pattern stands, in order."""
        start = self.line.find(pattern)
        while start >= 0:
            yield start
            start = self.line.find(pattern, start + 1)


class Scan:
    """What a lemma text holds of a set of terms."""

    def __init__(self, wanted: list[list[_Wanted]], stream: _Found, marks: _Found, ends: _Found) -> None:
        """`may` has every term that stands in the text, and some whose star does not fit the word as it is written."""
        self.may = stream.terms | marks.terms | ends.terms
        self._wanted, self._stream, self._marks, self._ends = wanted, stream, marks, ends
        self._known: dict[int, Span | None] = {}

    @cached_property
    def places(self) -> dict[int, Span]:
        """The first place of each term that stands in the text."""
        return {term: place for term in self.may if (place := self.place(term)) is not None}

    def holds(self, term: int) -> bool:
        """Whether a term stands in the text; where it does is not asked."""
        if term not in self.may:
            return False
        if any(place in _SURE and pattern in self._found(place).patterns for pattern, place, _ in self._wanted[term]):
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
            if pattern in self._found(place).patterns:
                if place in _MARKS:
                    yield iter(sorted(self._in_entries(pattern, place)))
                else:
                    yield self._in_stream(pattern, place, length)

    def _found(self, place: _Place) -> _Found:
        if place in _ENDS:
            return self._ends
        return self._marks if place in _MARKS else self._stream

    def _in_stream(self, pattern: str, place: _Place, length: int) -> Iterator[Span]:
        text = self._stream.line
        for start in self._stream.starts(pattern):
            if place is _Place.ENDS:
                start = text.rfind(" ", 0, start + 1)
            number = text.count(" ", 0, start) - text.count(".", 0, start)
            if place is not _Place.BEGINS or (number, number) not in self._written:
                yield number, number + length - 1

    def _in_entries(self, pattern: str, place: _Place) -> Iterator[Span]:
        text = self._marks.line
        for start in self._found(place).starts(pattern):
            entry = text.rfind(" ", 0, start + 1) + 1
            if text[entry] == _MARKS[place]:
                for span in self._entry(entry):
                    if place is not _Place.JOINED_BEGINS or span not in self._written:
                        yield span

    def _entry(self, entry: int) -> list[Span]:
        """The places of the entry that begins at `entry`."""
        text = self._marks.line
        mark = text.rfind("@", 0, entry) + 1
        base = int(text[mark : text.index(" ", mark)])
        colon = text.index(":", entry) + 1
        return [read_place(place, base) for place in text[colon : text.index(" ", colon)].split(",")]

    @cached_property
    def _written(self) -> set[Span]:
        """The places of words that are written otherwise than their lemma."""
        entries = read_entries(self._marks.line)
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
