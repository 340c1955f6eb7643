"""Widening of a query: other terms, programmes, themes, publishers and identifiers that its words stand for.

A query is read as clauses that must all hold: a typed word, or words side by side that name one thing ("våld i nära relationer").
A call holds a clause by the typed words, by another term of their concept, by their dotted spelling, or as a call of the
programme, theme or publisher of that name. Words in quotes and words with a star are never widened.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from monitor.language import tokens
from monitor.language.concepts import Concept, Concepts
from monitor.language.detect import ENGLISH, SWEDISH, small_words
from monitor.language.dots import is_dotted_spelling, without_dots
from monitor.language.lemma import lexicon
from monitor.language.queries import Query
from monitor.language.terms import MatchMode, Term, parse_term

_MAX_NAME_WORDS = 5
"""Words of the longest name that is looked for in a query."""
_MIN_FOLDED_LETTERS = 4
"""Letters of the shortest word that also finds its dotted spelling: "bat" is no mistyped "båt" often enough."""
_MIN_IDENTIFIER = 3
_PLURALS = ("arna", "ar", "er")
"""Endings of Swedish plurals that verbs have as well."""
_MIN_NOUN = 3
"""Letters of the shortest noun that is read from such a plural."""
_MAX_SHARED_NAMES = 4
"""Publishers and themes that may share a word of their names; a word of more names, such as "kommun", points at none of them."""
_identifier = re.compile(r"(?=.*[A-Z0-9])[A-Za-z0-9]+(?:[-/+.][A-Za-z0-9+]+)+|[A-Z][A-Z0-9]{2,}|(?=.*\d)(?=.*[A-Z])[A-Z0-9]{3,}")


class Named(StrEnum):
    """Kinds of things that a name stands for."""

    PROGRAMME = "programme"
    THEME = "theme"
    PUBLISHER = "publisher"


class Target(NamedTuple):
    """Programme, theme or source whose calls a name finds."""

    kind: Named
    id: str


@dataclass(frozen=True, slots=True)
class ArchiveWords:
    """Words of the archive's texts, in lower case, as far as they concern a query."""

    dotted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Words with letters such as å, ä and ö, by their spelling without (`without_dots`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """Condition of a widened query that a call must hold in one of its forms."""

    words: tuple[Term, ...]
    """Typed words, of which a call must hold all."""
    parts: tuple[Clause, ...] = ()
    """The words one by one, each widened, where together they name one thing; empty for one word."""
    others: tuple[Term, ...] = ()
    """Terms of which each alone holds the clause."""
    targets: tuple[Target, ...] = ()
    """Programmes, themes and sources whose calls hold the clause."""
    identifier: str = ""
    """Part of the identifiers of calls that hold the clause, in capitals; "" for none."""
    optional: bool = False
    """True for a small word, which only the typed query asks for: texts in another language do not have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WideQuery:
    """Query with its clauses; every clause that is not optional must hold."""

    query: Query
    clauses: tuple[Clause, ...] = ()
    further: tuple[Clause, ...] = ()
    """Clauses that also hold by narrower subjects, where few calls hold those of the query; empty otherwise."""
    shown: tuple[Term, ...] = ()
    """Terms that the query was widened by and that a reader is told of: those in the other language first."""

    @property
    def terms(self) -> tuple[Term, ...]:
        """Return every term whose hits a snippet marks, the typed ones first."""
        return tuple(
            dict.fromkeys((*self.query.terms, *(other for clause in (*self.clauses, *self.further) for other in _others(clause))))
        )


def _others(clause: Clause) -> Iterator[Term]:
    yield from clause.others
    for part in clause.parts:
        yield from _others(part)


class Names:
    """Lookup of programmes, themes and publishers by their names."""

    def __init__(self, names: Iterable[tuple[str, Target]] = ()) -> None:
        """Keep the names, several of which may belong to one target."""
        self._names = tuple(names)

    @cached_property
    def _whole(self) -> Mapping[str, tuple[Target, ...]]:
        """Targets by their whole names, folded."""
        found: dict[str, dict[Target, None]] = defaultdict(dict)
        for name, target in self._names:
            found[_fold_name(name)][target] = None
        return {name: tuple(targets) for name, targets in found.items()}

    @cached_property
    def _by_word(self) -> Mapping[str, tuple[Target, ...]]:
        """Themes and publishers by each word of their names, without small words and words of many names."""
        found: dict[str, dict[Target, None]] = defaultdict(dict)
        for name, target in self._names:
            if target.kind is not Named.PROGRAMME:
                for word in _plain_words(name):
                    if len(word) >= _MIN_FOLDED_LETTERS and word not in small_words():
                        found[word][target] = None
        return {word: tuple(targets) for word, targets in found.items() if len(targets) <= _MAX_SHARED_NAMES}

    def of_name(self, typed: str) -> tuple[Target, ...]:
        """Return the targets whose whole name this is; dots and capitals do not matter."""
        return self._whole.get(_fold_name(typed), ())

    def of_word(self, term: Term) -> tuple[Target, ...]:
        """Return the themes and publishers with this word in their names, as written or in its base form."""
        forms = {tokens.form(term.text).word, *(variant[0] for variant in term.variants if len(variant) == 1)}
        found: dict[Target, None] = {}
        for word in forms:
            found.update(dict.fromkeys(self._by_word.get(word, ())))
            if len(word) >= _MIN_FOLDED_LETTERS:
                for other in self._alike(word):
                    found.update(dict.fromkeys(self._by_word[other]))
        return tuple(found)

    def _alike(self, lemma: str) -> Iterator[str]:
        """Yield the words of names that begin like a lemma and have it as their own."""
        for word in self._by_word:
            if word != lemma and word.startswith(lemma[:_MIN_FOLDED_LETTERS]) and (lemma,) in parse_term(word).variants:
                yield word


def list_names(
    programmes: Iterable[tuple[str, Iterable[str]]],
    themes: Iterable[tuple[str, str]],
    publishers: Iterable[tuple[str, Iterable[str]]],
) -> list[tuple[str, Target]]:
    """Return the names for `Names`.

    Args:
        programmes: Id of each programme with its names: in words, codes, first parts of identifiers.
        themes: Id and title of each theme.
        publishers: Id of each source with its names.
    """
    return [
        *((name, Target(Named.PROGRAMME, id_)) for id_, names in programmes for name in (id_, *names) if name),
        *((title, Target(Named.THEME, id_)) for id_, title in themes),
        *((name, Target(Named.PUBLISHER, id_)) for id_, names in publishers for name in names if name),
    ]


@dataclass(frozen=True, slots=True)
class SearchVocabulary:
    """Everything that a query is widened by, besides the words of the archive."""

    concepts: Concepts = field(default_factory=Concepts)
    names: Names = field(default_factory=Names)

    def words(self) -> frozenset[str]:
        """Return the words of all terms of concepts, in lower case."""
        return self.concepts.words

    def spell(self, word: str) -> tuple[str, ...]:
        """Return the words of concepts that are spelt with dots where this word has none."""
        return tuple(other for other in self.concepts.dotted(without_dots(word)) if is_dotted_spelling(word, other))


def widen(query: Query, vocabulary: SearchVocabulary, words: ArchiveWords | None = None) -> WideQuery:
    """Return the query with everything else that its words stand for."""
    widener = _Widener(vocabulary, words or ArchiveWords())
    clauses = tuple(widener.clauses(query))
    if all(clause.optional for clause in clauses):
        clauses = ()
    return WideQuery(query=query, clauses=clauses, shown=tuple(widener.shown))


def widen_term(term: Term, vocabulary: SearchVocabulary) -> Clause:
    """Return the clause of one term by the vocabulary alone."""
    return _Widener(vocabulary, ArchiveWords()).single(term, frozenset())


class _Widener:
    """Widening of one query."""

    def __init__(self, vocabulary: SearchVocabulary, words: ArchiveWords) -> None:
        self._vocabulary = vocabulary
        self._words = words
        self.shown: dict[Term, None] = {}

    def clauses(self, query: Query) -> Iterator[Clause]:
        """Yield the clauses in the order of the words, a longer name before a shorter one."""
        terms, at = query.terms, 0
        while at < len(terms):
            for number in range(min(_MAX_NAME_WORDS, len(terms) - at), 0, -1):
                typed = terms[at : at + number]
                clause = self._clause(typed, query.quoted)
                if clause is not None:
                    yield clause
                    at += number
                    break

    def _clause(self, typed: tuple[Term, ...], quoted: frozenset[str]) -> Clause | None:
        """Return the clause of some typed words; None for words that are no name together."""
        if len(typed) == 1:
            return self.single(typed[0], quoted)
        if any(term.text in quoted or term.mode not in (MatchMode.WORDS, MatchMode.EXACT) for term in typed):
            return None
        try:
            phrase = parse_term(" ".join(term.text for term in typed))
        except ValueError:
            return None
        others, targets = self._others(phrase)
        if not others and not targets:
            return None
        parts = tuple(self.single(term, quoted) for term in typed)
        return Clause(words=typed, parts=parts, others=(phrase, *others), targets=targets)

    def single(self, term: Term, quoted: frozenset[str]) -> Clause:
        """Return the clause of one typed word."""
        stem = term.text.rstrip("*")
        identifier = stem.upper() if _identifier.fullmatch(stem) and len(stem) >= _MIN_IDENTIFIER else ""
        if term.text in quoted or term.mode not in (MatchMode.WORDS, MatchMode.EXACT):
            return Clause(words=(term,), identifier=identifier if term.mode is MatchMode.EXACT_BEGINS else "")
        others, targets = self._others(term)
        named = dict.fromkeys((*targets, *self._vocabulary.names.of_word(term)))
        optional = not others and not targets and tokens.form(term.text).word in small_words()
        return Clause(words=(term,), others=others, targets=tuple(named), identifier=identifier, optional=optional)

    def _others(self, term: Term) -> tuple[tuple[Term, ...], tuple[Target, ...]]:
        """Return the other terms and the targets that a term stands for by concepts, spellings and names."""
        spellings = [term, *self._dotted(term), *self._in_capitals(term)]
        concepts = list(
            dict.fromkeys(concept for spelling in spellings for concept in self._vocabulary.concepts.of_term(spelling))
        )
        if not concepts:
            concepts = [concept for noun in _nouns(term) for concept in self._vocabulary.concepts.of_term(noun)]
        found = dict.fromkeys(spellings[1:])
        for concept in concepts:
            found.update(dict.fromkeys(terms_of(concept, spellings)))
        own = {*term.variants}
        others = tuple(other for other in found if other.mode is not term.mode or not own.issuperset(other.variants))
        self.shown.update(dict.fromkeys(others))
        named = (Target(Named.PROGRAMME, programme) for concept in concepts for programme in concept.programme)
        return others, tuple(dict.fromkeys((*self._named(term.text), *named)))

    def _named(self, typed: str) -> Iterator[Target]:
        """Yield the targets of this name. A code such as DIGITAL that is an ordinary word names a programme only in capitals."""
        ordinary = typed == typed.lower() and " " not in typed and _is_ordinary_word(typed)
        for target in self._vocabulary.names.of_name(typed):
            if not (ordinary and target.kind is Named.PROGRAMME):
                yield target

    def _dotted(self, term: Term) -> Iterator[Term]:
        """Yield the term as concepts and texts of the archive spell it with dots."""
        if len(term.text) < _MIN_FOLDED_LETTERS:
            return
        forms = dict.fromkeys((tokens.form(term.text).word, *(" ".join(variant) for variant in term.variants)))
        known = (word for form in forms for word in (*self._vocabulary.spell(form), *self._words.dotted.get(form, ())))
        for word in dict.fromkeys(known):
            yield parse_term(word)

    def _in_capitals(self, term: Term) -> Iterator[Term]:
        """Yield the abbreviation of a concept that is typed in small letters: "cerv", but no ordinary word such as "life"."""
        if term.mode is MatchMode.WORDS and " " not in term.text and term.text.islower() and not _is_ordinary_word(term.text):
            capitals = parse_term(term.text.upper())
            if capitals.mode is MatchMode.EXACT and self._vocabulary.concepts.of_term(capitals):
                yield capitals


def _nouns(term: Term) -> Iterator[Term]:
    """Yield the noun of a plural that is a verb as well: "hamnar" is ports before it is ends up."""
    word = tokens.form(term.text).word
    for ending in _PLURALS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= _MIN_NOUN and lexicon().known(stem, SWEDISH) == stem and term.mode is MatchMode.WORDS:
            yield parse_term(stem)


def terms_of(concept: Concept, spellings: Iterable[Term]) -> Iterator[Term]:
    """Yield the terms of a concept, those in the other language than the typed one first."""
    texts = {spelling.text.casefold() for spelling in spellings}
    swedish = any(text.casefold() in texts for text in concept.sv) or not any(text.casefold() in texts for text in concept.en)
    for text in (*concept.en, *concept.sv) if swedish else (*concept.sv, *concept.en):
        try:
            yield parse_term(text)
        except ValueError:  # `rules check` names it
            continue


def _fold_name(name: str) -> str:
    return " ".join(without_dots(piece.text) for piece in tokens.pieces(name))


def _plain_words(name: str) -> list[str]:
    return [tokens.form(piece.text).word for piece in tokens.pieces(name)]


def _is_ordinary_word(word: str) -> bool:
    return any(lexicon().knows(word, language) for language in (SWEDISH, ENGLISH))
