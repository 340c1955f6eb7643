"""Irregular Swedish words for `monitor.language.make_words`: verbs, comparisons, and words spelled as a form of another."""

from __future__ import annotations

from monitor.language.datafile import read_rows

_FILE = "irregular.toml"


def _lists(table: str) -> list[list[str]]:
    return [row["words"].split() for row in read_rows(_FILE, table, words=str)]


def _words(table: str) -> list[str]:
    return [word for words in _lists(table) for word in words]


def verbs() -> dict[str, list[str]]:
    """Return the infinitives of irregular verbs with all their forms."""
    return {words[0]: words for words in _lists("verb")}


def prefixes() -> tuple[str, ...]:
    """Return the prefixes of verbs."""
    return tuple(_words("prefix"))


def word_forms() -> dict[str, str]:
    """Return the base forms of other irregular words by form."""
    return {form: words[0] for words in _lists("word") for form in words}


def own_words() -> frozenset[str]:
    """Return words that are their own base form, though a list says otherwise."""
    return frozenset(_words("own"))


def simple_words() -> frozenset[str]:
    """Return words that look like compounds and are none, or whose parts do not carry the meaning."""
    return frozenset(_words("simple"))
