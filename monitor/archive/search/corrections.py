"""Corrections of mistyped queries: similar words of the archive and of the concepts, those in the typed language first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from monitor.archive.connection import Database
from monitor.language import tokens
from monitor.language.detect import ENGLISH, SWEDISH
from monitor.language.lemma import lexicon
from monitor.language.widening import SearchVocabulary

_LEAST_LIKENESS = 78.0
"""Least likeness, of 100, of a word that replaces a mistyped word."""
_OTHER_LANGUAGE = 10.0
"""Likeness that a word of another language than the query's loses."""
_LONGEST_QUERY = 200
_MIN_LETTERS = 4
_MOST_LENGTH_DIFFERENCE = 2


@dataclass(frozen=True, slots=True)
class Correction:
    """Query with a word replaced by a similar word."""

    query: str
    likeness: float
    """Likeness of the two words, 0 to 100, less what another language costs."""
    mistyped: bool
    """True where the replaced word is no word of Swedish or English: the corrected query is what was meant."""


def correct_query(db: Database, query: str, vocabulary: SearchVocabulary | None = None, limit: int = 3) -> list[Correction]:
    """Return at most `limit` queries with a word replaced that neither the archive nor a concept has, the most similar first."""
    words = list(dict.fromkeys(tokens.form(piece.text).word for piece in tokens.pieces(query[:_LONGEST_QUERY])))
    concept_words = vocabulary.words() if vocabulary else frozenset()
    language = _language(words)
    corrections: dict[str, Correction] = {}
    for word in words:
        if len(word) < _MIN_LETTERS or word in concept_words or _has_word(db, word):
            continue
        mistyped = not _is_word(word)
        for other, likeness in _similar(word, (*_archive_words(db, word), *_of_length(word, concept_words)), language, limit):
            text = re.sub(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", other, query, flags=re.IGNORECASE)
            known = corrections.get(text)
            if text != query and (known is None or likeness > known.likeness):
                corrections[text] = Correction(text, likeness, mistyped)
    return sorted(corrections.values(), key=lambda correction: (-correction.likeness, correction.query))[:limit]


def _has_word(db: Database, word: str) -> bool:
    return db.execute("SELECT 1 FROM words WHERE word = ?", [word]).fetchone() is not None


def _is_word(word: str) -> bool:
    """Return whether a word is in a dictionary, or is a Swedish compound of words that are."""
    return bool(_languages(word)) or bool(lexicon().parts(word, SWEDISH))


def _languages(word: str) -> list[str]:
    return [language for language in (SWEDISH, ENGLISH) if lexicon().knows(word, language)]


def _language(words: Iterable[str]) -> str:
    """Return the language that more of the words belong to; "" where neither has more."""
    swedish = english = 0
    for word in words:
        languages = _languages(word)
        swedish += SWEDISH in languages
        english += ENGLISH in languages
    return SWEDISH if swedish > english else ENGLISH if english > swedish else ""


def _archive_words(db: Database, word: str) -> list[str]:
    """Return the words of the archive that begin with the same letter or have the same second and third letter."""
    rows = db.execute(
        "SELECT word FROM words WHERE length(word) BETWEEN ? AND ? AND (word >= ? AND word < ? OR substr(word, 2, 2) = ?)",
        [
            len(word) - _MOST_LENGTH_DIFFERENCE,
            len(word) + _MOST_LENGTH_DIFFERENCE,
            word[0],
            word[0] + "\U0010ffff",
            word[1:3],
        ],
    )
    return [row[0] for row in rows]


def _of_length(word: str, others: Iterable[str]) -> Iterator[str]:
    return (other for other in others if abs(len(other) - len(word)) <= _MOST_LENGTH_DIFFERENCE)


def _similar(word: str, others: Iterable[str], language: str, limit: int) -> list[tuple[str, float]]:
    """Return the most similar of other words with their likeness; words of another language than the query's count less."""
    from rapidfuzz import fuzz, process

    found = []
    for other, likeness, _ in process.extract(
        word, list(dict.fromkeys(others)), scorer=fuzz.ratio, limit=4 * limit, score_cutoff=_LEAST_LIKENESS
    ):
        languages = _languages(other)
        foreign = language and languages and language not in languages
        found.append((other, likeness - _OTHER_LANGUAGE if foreign else likeness))
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:limit]
