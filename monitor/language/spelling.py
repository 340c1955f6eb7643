"""Change of American spellings into British ones, so that both are one word."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from monitor.language.datafile import read_rows

_FILE = "spelling.toml"
_DOUBLED_ENDINGS = ("ed", "er", "ers", "ing", "ings", "or", "ors", "ation", "ations")
_AE_STARTS = ("arche", "pe", "he", "ane", "gyne", "leuke", "encyclope")
"""Beginnings of words whose e is written ae."""


@cache
def _words(table: str) -> frozenset[str]:
    return frozenset(word for row in read_rows(_FILE, table, words=str) for word in row["words"].split())


@cache
def _whole_words() -> dict[str, str]:
    return {row["american"]: row["british"] for row in read_rows(_FILE, "whole", american=str, british=str)}


@cache
def _starts() -> re.Pattern[str]:
    """Return the pattern of a word that begins with one of those whose ending changes, the longest first."""
    return re.compile("|".join(sorted((*_words("our"), *_words("re"), *_words("ogue")), key=len, reverse=True)))


@cache
def _doubled() -> re.Pattern[str]:
    """Return the pattern of a form whose stem ends in a consonant that British spelling doubles."""
    return re.compile(rf"^({'|'.join(sorted(_words('doubled')))})({'|'.join(_DOUBLED_ENDINGS)})$")


_ise = re.compile(r"(?<=[a-z]{3})iz(e|ed|er|es|ing|ation|ational|able|ingly)(s?)$")
_yse = re.compile(r"(?<=[a-z]{2})lyz(e|ed|er|es|ing)$")
_ae_starts = "|".join(start[:-1] for start in _AE_STARTS)
_ae = re.compile(rf"^({_ae_starts})(e)(ology|ological|ologist|diatric|diatrician|mo|sthe|mia|mic|col|dia|dic)")


@lru_cache(maxsize=100_000)
def british(word: str) -> str:
    """Return the British spelling of an English word in small letters; other words are returned unchanged.

    >>> british("digitalization"), british("neighborhood"), british("prize"), british("laboratory")
    ('digitalisation', 'neighbourhood', 'prize', 'laboratory')
    """
    if (whole := _whole_words().get(word)) is not None:
        return whole
    if "iz" in word and word not in _words("kept_ize"):
        word = _ise.sub(r"is\1\2", word)
    elif "yz" in word:
        word = _yse.sub(r"lys\1", word)
    if word.endswith("programs"):
        return word[:-1] + "mes"
    match = _starts().match(word)
    if match is not None:
        stem, rest = match[0], word[match.end() :]
        if stem in _words("our") and not (stem == "labor" and rest.startswith("at")):
            return f"{stem[:-2]}our{rest}"
        if stem in _words("re") and rest in {"", "s", "ed", "ing"}:
            return f"{stem[:-2]}r{rest}" if rest in {"ed", "ing"} else f"{stem[:-2]}re{rest}"
        if stem in _words("ogue") and rest in {"", "s"}:
            return f"{stem}ue{rest}"
    if word.startswith(("kilomet", "centimet", "millimet")):
        return re.sub(r"meter(s?)$", r"metre\1", word)
    # Most words have no such beginning or ending, and a substitution takes longest.
    if word.endswith(_DOUBLED_ENDINGS):
        word = _doubled().sub(lambda m: f"{m[1]}{m[1][-1]}{m[2]}", word)
    return _ae.sub(r"\1ae\3", word) if word.startswith(_AE_STARTS) else word


def british_start(letters: str) -> str:
    """Return the British spelling of the beginning of a word, as of a star term: "digitaliz" begins the words of "digitalis"."""
    if letters.endswith("iz") and len(letters) > 5:
        return letters[:-1] + "s"
    return british(letters)
