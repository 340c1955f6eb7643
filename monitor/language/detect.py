"""Detection of the language of a passage by its small words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from monitor.language.datafile import read_rows

SWEDISH, ENGLISH = "sv", "en"
_MIN_WORDS = 15
"""Words of a text that may be said to be in another language than its source: a title alone is too short."""
_MIN_OWN, _MAX_USUAL = 5, 0.25
"""Small words that only the other language has, and how many may be only the usual one's for each of them."""


@cache
def small_words() -> Mapping[str, tuple[str, ...]]:
    """Return the languages of each small word."""
    languages: dict[str, tuple[str, ...]] = {}
    for row in read_rows("small_words.toml", "language", code=str, words=str):
        for word in dict.fromkeys(row["words"].split()):
            languages[word] = (*languages.get(word, ()), row["code"])
    return languages


@cache
def _sibling_words() -> Mapping[str, re.Pattern[str]]:
    """Return the pattern of the words that only one of two languages with the same small words has, by language."""
    rows = read_rows("small_words.toml", "sibling", code=str, words=str)
    return {row["code"]: re.compile(rf"\b(?:{'|'.join(row['words'].split())})", re.IGNORECASE) for row in rows}


def decide_between_siblings(language: str, text: str) -> str:
    """Return which of Danish and Norwegian a text is in that is in one of them, `language` where its words do not tell."""
    counted = {code: len(pattern.findall(text)) for code, pattern in _sibling_words().items()}
    if language not in counted or counted[language] == max(counted.values()):
        return language
    return max(counted, key=lambda code: counted[code])


def votes_of(word: str) -> tuple[str, ...]:
    """Return the languages that have the folded word as a small word."""
    return small_words().get(word, ())


def count_votes(votes: Iterable[tuple[str, ...]]) -> dict[str, int]:
    """Return the number of small words of each language, from results of `votes_of`."""
    counted: dict[str, int] = {}
    for languages in votes:
        for language in languages:
            counted[language] = counted.get(language, 0) + 1
    return counted


def decide(votes: dict[str, int]) -> str:
    """Return the language that clearly has the most votes, or "" when they are too few or too even.

    Swedish and English win with a small lead; another language, whose words are not reduced to base forms, needs a clear one.
    """
    if not votes:
        return ""
    ranked = sorted(votes.items(), key=lambda item: (-item[1], item[0] not in (SWEDISH, ENGLISH), item[0]))
    best, most = ranked[0]
    second = ranked[1][1] if len(ranked) > 1 else 0
    if best in (SWEDISH, ENGLISH):
        return best if most >= 2 and most > second else ""
    own = max(votes.get(SWEDISH, 0), votes.get(ENGLISH, 0))
    return best if most >= 3 and most >= 1.25 * own and most > own + 1 else ""


def language_beside(usual: str, title: Sequence[tuple[str, ...]], text: Sequence[tuple[str, ...]]) -> str:
    """Return the language of an item whose source is usually in another one: `usual` where the item is not clearly in another.

    Each word of title and text is given by its languages, from `votes_of`. Words that both languages have tell nothing; a title
    that is in the usual language keeps the item there, since it is what readers see first.
    """
    found = decide(count_votes([*title, *text]))
    if found in ("", usual) or len(title) + len(text) < _MIN_WORDS:
        return usual
    own, others = _count_only(found, usual, [*title, *text])
    title_own, title_others = _count_only(found, usual, title)
    clear = own >= _MIN_OWN and others <= _MAX_USUAL * own and title_others <= title_own
    return found if clear else usual


def _count_only(language: str, usual: str, votes: Iterable[tuple[str, ...]]) -> tuple[int, int]:
    """Return the numbers of words that only the first of two languages has, and only the second."""
    own = others = 0
    for languages in votes:
        own += language in languages and usual not in languages
        others += usual in languages and language not in languages
    return own, others
