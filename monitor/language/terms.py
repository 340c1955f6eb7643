"""Terms of rules and of the search box: what a typed term means, and where a set of them hits a lemma text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise, product
from typing import NamedTuple

from ahocorasick_rs import BytesAhoCorasick, Implementation

from monitor.language import tokens
from monitor.language.analyser import Analyser, analyser, read_entries, read_place
from monitor.language.detect import ENGLISH, SWEDISH
from monitor.language.spelling import british_start

_MOST_JOINTS = 4
Hit = tuple[int, int, int]
_Spans = set[tuple[int, int]]


class Ask(StrEnum):
    """What a term asks of a word."""

    WORDS = "words"  # these lemmas, side by side in one sentence
    BEGINS = "begins"  # a word that begins with these letters
    ENDS = "ends"  # a word whose lemma ends with this lemma
    EXACT = "exact"  # these capitals
    EXACT_BEGINS = "exact-begins"
    EXACT_ENDS = "exact-ends"


@dataclass(frozen=True, slots=True)
class Term:
    """A term as typed and what it asks for. Any of the `variants` will do; each is a sequence of lemmas, or of one piece of a word."""

    text: str
    ask: Ask
    variants: tuple[tuple[str, ...], ...]


def parse_term(text: str) -> Term:
    """Read a term as the keeper of the rules types it. Raises ValueError that says what is wrong with it."""
    typed = " ".join(text.split())
    if not typed:
        raise ValueError("a term needs at least one word")
    stars = typed.count("*")
    begins, ends = typed.endswith("*"), typed.startswith("*")
    if stars > 1 or (stars and not (begins or ends)):
        raise ValueError(f"{typed!r}: one star may stand at the beginning or at the end of a word, and nowhere else")
    words = tokens.pieces(typed)
    if not words:
        raise ValueError(f"{typed!r}: there is no word in it")
    if stars:
        return _starred(typed, words, begins)
    if any(tokens.ends_sentence(word, gap, after.text) for (word, gap), after in pairwise(words)):
        raise ValueError(f"{typed!r}: a sentence ends inside it, so it can never match")
    raw = [piece.text for piece in words]
    exact = tokens.form("".join(raw)).exact
    if exact and "".join(raw).isupper() and all(tokens.joins(piece.gap) for piece in words[:-1]):
        return Term(typed, Ask.EXACT, ((exact,),))
    return Term(typed, Ask.WORDS, _variants(analyser(), words))


def _starred(typed: str, words: Sequence[tokens.Piece], begins: bool) -> Term:
    if any(not tokens.joins(piece.gap) for piece in words[:-1]):
        raise ValueError(f"{typed!r}: a star belongs to a single word; leave it out, or write the phrase without it")
    if (words[-1].gap if begins else typed[1 : typed.index(words[0].text)]).strip("*"):
        raise ValueError(f"{typed!r}: the star must touch the word")
    raw = "".join(piece.text for piece in words)
    exact = tokens.form(raw).exact
    if exact and raw.isupper():
        return Term(typed, Ask.EXACT_BEGINS if begins else Ask.EXACT_ENDS, ((exact,),))
    if begins:
        letters = tokens.form(raw).word
        return Term(typed, Ask.BEGINS, tuple((start,) for start in dict.fromkeys((letters, british_start(letters)))))
    analysed = analyser()
    lemmas = {analysed.joined_lemma([piece.text for piece in words], language) for language in (SWEDISH, ENGLISH)}
    return Term(typed, Ask.ENDS, tuple(sorted((lemma,) for lemma in lemmas)))


def _variants(analysed: Analyser, words: Sequence[tokens.Piece]) -> tuple[tuple[str, ...], ...]:
    """Every sequence of lemmas that the term may be: in either language or as typed, its hyphens and spaces open or closed."""
    raw = [piece.text for piece in words]
    joints = [number for number, piece in enumerate(words[:-1]) if tokens.joins(piece.gap)][:_MOST_JOINTS]
    if len(raw) == 2 and not joints:
        joints = [0]
    found: dict[tuple[str, ...], None] = {}
    for closed in product((False, True), repeat=len(joints)):
        groups = [[raw[0]]]
        for number, word in enumerate(raw[1:]):
            if number in joints and closed[joints.index(number)]:
                groups[-1].append(word)
            else:
                groups.append([word])
        for language in (SWEDISH, ENGLISH, ""):
            if not language and len(groups) < len(raw):
                continue
            found[
                tuple(
                    analysed.joined_lemma(group, language) if len(group) > 1 else analysed.lemmas(group, language)[0]
                    for group in groups
                )
            ] = None
    if len(raw) == 1:
        for opened in analysed.opened(raw[0]):
            found[opened] = None
    return tuple(found)


class TermSet:
    """Many terms, found in one pass over a lemma text."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self.terms = tuple(terms)
        wanted: dict[bytes, list[tuple[int, _Place, int]]] = {}
        for index, term in enumerate(self.terms):
            for pattern, place, length in _patterns(term):
                wanted.setdefault(pattern.encode(), []).append((index, place, length))
        self._in_stream = [_asked(asks) for asks in wanted.values()]
        self._in_entries = [[(index, place) for index, place, _ in asks if place in _MARKS] for asks in wanted.values()]
        self._automaton = BytesAhoCorasick(list(wanted), implementation=Implementation.ContiguousNFA)

    def find(self, lemma_text: str) -> list[Hit]:
        """Where terms hit: (index of the term, first token, last token), in the order of the terms, each place once.

        `locate` turns tokens into offsets of the original text.
        """
        return sorted(self._hits(lemma_text, every=True))

    def first(self, lemma_text: str) -> dict[int, tuple[int, int]]:
        """The first place where each term hits: quicker than `find` where a term stands often."""
        places: dict[int, tuple[int, int]] = {}
        for term, first, last in self._hits(lemma_text, every=False):
            if term not in places or (first, last) < places[term]:
                places[term] = (first, last)
        return places

    def _hits(self, lemma_text: str, *, every: bool) -> set[Hit]:
        text = lemma_text.encode()
        matches = self._automaton.find_matches_as_indexes(text, overlapping=True)
        hits: set[Hit] = set()
        if not matches:
            return hits
        border = text.index(b"\n")
        written: _Spans | None = None
        done: set[int] = set()
        streamed: list[tuple[int, int]] = []
        for pattern, start, _ in matches:
            if not every and pattern in done:
                continue
            if start < border:
                asked = self._in_stream[pattern]
                if asked.words or asked.begins:
                    streamed.append((text.rfind(b" ", 0, start + 1) if asked.ends else start, pattern))
                    if not asked.begins:
                        done.add(pattern)
                continue
            for index, place in self._in_entries[pattern]:
                entry = text.rfind(b" ", 0, start + 1) + 1
                if text[entry] != _MARKS[place]:
                    continue
                for span in _places(text, entry):
                    if place is _Place.JOINED_BEGINS:
                        written = _written(text, border) if written is None else written
                        if span in written:
                            continue
                    hits.add((index, *span))
        streamed.sort()
        counted = number = 0
        for start, pattern in streamed:
            number += text.count(b" ", counted, start) - text.count(b".", counted, start)
            counted = start
            asked = self._in_stream[pattern]
            for index, length in asked.words:
                hits.add((index, number, number + length - 1))
            if asked.begins and (every or pattern not in done):
                written = _written(text, border) if written is None else written
                if (number, number) not in written:
                    done.add(pattern)
                    hits.update((index, number, number) for index in asked.begins)
        return hits


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


_MARKS = {
    _Place.JOINED: ord("+"),
    _Place.JOINED_BEGINS: ord("+"),
    _Place.JOINED_ENDS: ord("+"),
    _Place.WRITTEN_BEGINS: ord("<"),
    _Place.EXACT: ord("="),
}


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
            yield f"{piece}:", _Place.EXACT, 1


class _Asked(NamedTuple):
    """What a pattern's hit in the stream of lemmas means: hits of terms over so many words, and of terms that ask for a beginning."""

    words: list[tuple[int, int]]
    begins: list[int]
    ends: bool


def _asked(asks: list[tuple[int, _Place, int]]) -> _Asked:
    words = [(index, length) for index, place, length in asks if place in (_Place.STREAM, _Place.ENDS)]
    begins = [index for index, place, _ in asks if place is _Place.BEGINS]
    return _Asked(words, begins, any(place is _Place.ENDS for _, place, _ in asks))


def _places(text: bytes, entry: int) -> list[tuple[int, int]]:
    """The places of the entry that begins at `entry`."""
    mark = text.rfind(b"@", 0, entry) + 1
    base = int(text[mark : text.index(b" ", mark)])
    colon = text.index(b":", entry) + 1
    return [read_place(place, base) for place in text[colon : text.index(b" ", colon)].decode().split(",")]


def _written(text: bytes, border: int) -> _Spans:
    """The places of words that are written otherwise than their lemma."""
    return {place for entry, places in read_entries(text[border:].decode()) if entry[0] == "<" for place in places}


def locate(text: str, first: int, last: int) -> tuple[int, int]:
    """Where the tokens `first` to `last` of a hit stand in the original text: start, and one past the end."""
    start = end = 0
    for number, (begins, ends) in enumerate(tokens.spans(text)):
        if number == first:
            start = begins
        if number == last:
            return start, ends
        end = ends
    raise IndexError(f"the text has no token {last}; it ends at {end}")
