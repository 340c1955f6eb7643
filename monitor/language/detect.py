"""Detection of the language of a passage by its small words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from monitor.language.datafile import read_rows

SWEDISH, ENGLISH = "sv", "en"


@cache
def small_words() -> Mapping[str, tuple[str, ...]]:
    """Return the languages of each small word."""
    languages: dict[str, tuple[str, ...]] = {}
    for row in read_rows("small_words.toml", "language", code=str, words=str):
        for word in dict.fromkeys(row["words"].split()):
            languages[word] = (*languages.get(word, ()), row["code"])
    return languages


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
