"""Terms of rules and of the search box: what a typed term means, and where a set of them hits a lemma text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise, product

from ahocorasick_rs import BytesAhoCorasick, Implementation

from monitor.language import tokens
from monitor.language.analyser import Analyser, analyser
from monitor.language.detect import ENGLISH, SWEDISH
from monitor.language.spelling import british_start

_MOST_JOINTS = 4
Hit = tuple[int, int, int]


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
        self._wanted = list(wanted.values())
        self._automaton = BytesAhoCorasick(list(wanted), implementation=Implementation.ContiguousNFA)

    def find(self, lemma_text: str) -> list[Hit]:
        """Where terms hit: (index of the term, first token, last token), in the order of the terms, each place once.

        `locate` turns tokens into offsets of the original text.
        """
        text = lemma_text.encode()
        matches = self._automaton.find_matches_as_indexes(text, overlapping=True)
        if not matches:
            return []
        border = text.index(b"\n")
        hits: set[Hit] = set()
        streamed: list[tuple[int, int, _Place, int, int]] = []
        written: dict[bytes, bytes] | None = None
        for pattern, start, end in matches:
            for index, place, length in self._wanted[pattern]:
                if place in _IN_STREAM:
                    if start < border:
                        word = start if place is not _Place.ENDS else text.rfind(b" ", 0, start + 1)
                        streamed.append((word, index, place, length, end))
                    continue
                entry = text.rfind(b" ", 0, start + 1) + 1
                if text[entry] != _MARKS[place]:
                    continue
                colon = text.index(b":", start)
                for numbers in text[colon + 1 : text.index(b" ", colon)].split(b","):
                    if place is _Place.JOINED_BEGINS:
                        written = _written(text, border) if written is None else written
                        if numbers in written:
                            continue
                    first, _, last = numbers.partition(b"-")
                    hits.add((index, int(first), int(last or first)))
        streamed.sort()
        counted = number = 0
        for word, index, place, length, _ in streamed:
            number += text.count(b" ", counted, word) - text.count(b" . ", counted, word + 1)
            counted = word
            if place is _Place.BEGINS:
                written = _written(text, border) if written is None else written
                if b"%d" % number in written:
                    continue
            hits.add((index, number, number + length - 1))
        return sorted(hits)


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


_IN_STREAM = frozenset({_Place.STREAM, _Place.BEGINS, _Place.ENDS})
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


def _written(text: bytes, border: int) -> dict[bytes, bytes]:
    """The words as written that differ from their lemma, by the numbers of their tokens."""
    found = {}
    for entry in text[border + 1 :].split():
        if entry.startswith(b"<"):
            word, _, numbers = entry[1:].partition(b":")
            for number in numbers.split(b","):
                found[number] = word
    return found


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
