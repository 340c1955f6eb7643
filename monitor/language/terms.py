"""Terms of rules and of the search box: parsing of a typed term into lemmas, beginnings, endings and capitals."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise, product
from typing import NamedTuple

from monitor.language import tokens
from monitor.language.analyser import Analyser, analyser
from monitor.language.detect import ENGLISH, SWEDISH
from monitor.language.spelling import british_start

_MAX_JOINTS = 4
"""Hyphens and spaces of a term that are tried both open and closed; 16 variants at most."""


class MatchMode(StrEnum):
    """Way in which a term matches words of a text."""

    WORDS = "words"
    """These lemmas, side by side in one sentence."""
    BEGINS = "begins"
    """A word that begins with these letters."""
    ENDS = "ends"
    """A word whose lemma ends with this lemma."""
    EXACT = "exact"
    """A word in these capitals."""
    EXACT_BEGINS = "exact-begins"
    EXACT_ENDS = "exact-ends"


@dataclass(frozen=True, slots=True)
class Term:
    """Term of a rule or query."""

    text: str
    """The term as typed, with single spaces."""
    mode: MatchMode
    variants: tuple[tuple[str, ...], ...]
    """Alternatives, of which any matches: each a sequence of lemmas, or one piece of a word."""


_plain = re.compile(r"[^\W_]++(?:[ -][^\W_]++)*+")
_MAX_PARSED = 50_000
_parsed: dict[str, Term] = {}
"""Terms parsed so far, by the text as typed."""


def remember_terms(terms: Mapping[str, Term]) -> None:
    """Let `parse_term` return these terms, by the text as typed, which this version of the program parsed before."""
    _parsed.update(terms)


def parse_term(text: str) -> Term:
    """Return the term that a typed text means.

    Raises:
        ValueError: The text is no term; the message says why, in Swedish.
    """
    term = _parsed.get(text)
    if term is None:
        if len(_parsed) >= _MAX_PARSED:
            _parsed.clear()
        term = _parsed[text] = _parse(text)
    return term


@lru_cache(maxsize=_MAX_PARSED)
def term_mode(text: str) -> MatchMode:
    """Return the mode of the term that a typed text means, without looking up its words, which takes ten times as long.

    Raises:
        ValueError: The text is no term, as `parse_term` says.
    """
    if _plain.fullmatch(text) and not text.isupper():  # most terms
        return MatchMode.WORDS
    return _read(text).mode


class _Typed(NamedTuple):
    """Term as typed, read but not looked up."""

    text: str
    words: Sequence[tokens.Piece]
    mode: MatchMode
    exact: str
    """Letters of a term in capitals; "" for other terms."""


def _read(text: str) -> _Typed:
    typed = " ".join(text.split())
    if not typed:
        raise ValueError("ett sökord behöver minst ett ord")
    stars = typed.count("*")
    begins, ends = typed.endswith("*"), typed.startswith("*")
    if stars > 1 or (stars and not (begins or ends)):
        raise ValueError("en stjärna får stå först eller sist i ett ord, ingen annanstans")
    words = tokens.pieces(typed)
    if not words:
        raise ValueError("det finns inget ord i det")
    if stars:
        return _read_starred(typed, words, begins)
    if any(tokens.ends_sentence(word, gap, after.text) for (word, gap), after in pairwise(words)):
        raise ValueError("en mening slutar mitt i det")
    raw = [piece.text for piece in words]
    exact = tokens.form("".join(raw)).exact
    if exact and "".join(raw).isupper() and all(tokens.joins(piece.gap) for piece in words[:-1]):
        return _Typed(typed, words, MatchMode.EXACT, exact)
    return _Typed(typed, words, MatchMode.WORDS, "")


def _read_starred(typed: str, words: Sequence[tokens.Piece], begins: bool) -> _Typed:
    if any(not tokens.joins(piece.gap) for piece in words[:-1]):
        raise ValueError("en stjärna hör till ett ensamt ord; ta bort den eller skriv frasen utan")
    if (words[-1].gap if begins else typed[1 : typed.index(words[0].text)]).strip("*"):
        raise ValueError("stjärnan ska stå tätt intill ordet")
    raw = "".join(piece.text for piece in words)
    exact = tokens.form(raw).exact
    if exact and raw.isupper():
        return _Typed(typed, words, MatchMode.EXACT_BEGINS if begins else MatchMode.EXACT_ENDS, exact)
    return _Typed(typed, words, MatchMode.BEGINS if begins else MatchMode.ENDS, "")


def _parse(text: str) -> Term:
    typed, words, mode, exact = _read(text)
    if exact:
        return Term(typed, mode, ((exact,),))
    if mode is MatchMode.WORDS:
        return Term(typed, mode, _variants(analyser(), words))
    raw = [piece.text for piece in words]
    if mode is MatchMode.BEGINS:
        letters = tokens.form("".join(raw)).word
        return Term(typed, mode, tuple((start,) for start in dict.fromkeys((letters, british_start(letters)))))
    lemmas = {analyser().joined_lemma(raw, language) for language in (SWEDISH, ENGLISH)}
    return Term(typed, mode, tuple(sorted((lemma,) for lemma in lemmas)))


def _variants(shared_analyser: Analyser, words: Sequence[tokens.Piece]) -> tuple[tuple[str, ...], ...]:
    """Return the sequences of lemmas that a term may be: in either language or as typed, hyphens and spaces open or closed."""
    raw = [piece.text for piece in words]
    joints = [number for number, piece in enumerate(words[:-1]) if tokens.joins(piece.gap)][:_MAX_JOINTS]
    if len(raw) == 2 and not joints:
        joints = [0]
    single = {language: shared_analyser.lemmas(raw, language) for language in (SWEDISH, ENGLISH, "")}
    found: dict[tuple[str, ...], None] = {}
    for closed in product((False, True), repeat=len(joints)):
        if not any(closed):
            found.update(dict.fromkeys(single.values()))
            continue
        groups = [[0]]
        for number in range(1, len(raw)):
            if number - 1 in joints and closed[joints.index(number - 1)]:
                groups[-1].append(number)
            else:
                groups.append([number])
        for language in (SWEDISH, ENGLISH):
            lemmas = (
                shared_analyser.joined_lemma([raw[number] for number in group], language)
                if len(group) > 1
                else single[language][group[0]]
                for group in groups
            )
            found[tuple(lemmas)] = None
    if len(raw) == 1:
        for two_words in shared_analyser.split_in_two(raw[0]):
            found[two_words] = None
    return tuple(found)
