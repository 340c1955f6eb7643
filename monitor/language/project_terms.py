"""Least number of partners and of countries, duration of a project, and steps of an application, as a call states them.

The words are in `project_terms.toml`, the grammar is here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Generic, NamedTuple, TypeVar

from monitor.language.datafile import Patterns
from monitor.language.number_words import NUMBERS, parse_number

_Value = TypeVar("_Value")


class Stated(NamedTuple, Generic[_Value]):
    """Value that a text states; None where it states none, or several."""

    value: _Value | None = None
    quote: str = ""
    """Words of the text, with single spaces."""


_PATTERNS = Patterns(
    "project_terms.toml",
    {
        # "At least a partner" is no number that a card should show.
        "number": r"\d{1,3}|(?!a\b){word_number}",
        "partners": r"\b{least}\s+(?P<number>{number})\s+(?:{kind_of_partner}\s+){0,3}{partner}\b",
        "countries": r"\b(?:{least}|{from})\s+(?P<number>{number})\s+(?:{kind_of_country}\s+){0,3}{country}\b",
        "project_months": (r"\b{duration}\b[^.\n]{0,80}?(?:(?P<low>\d{1,2})\s*{to}\s*)?(?P<high>\d{1,2})\s*{months}\b"),
    },
    others=(NUMBERS,),
)


def find_partners(text: str) -> Stated[int]:
    """Return the least number of partners of a project."""
    return _only(_numbers(_PATTERNS["partners"], text))


def find_countries(text: str) -> Stated[int]:
    """Return the least number of countries that the partners come from."""
    return _only(_numbers(_PATTERNS["countries"], text))


def find_months(text: str) -> Stated[tuple[int, int]]:
    """Return the shortest and longest duration of a project, in months."""
    hits = _PATTERNS["project_months"].finditer(text)
    return _only(((int(hit["low"] or hit["high"]), int(hit["high"])), hit[0]) for hit in hits)


def find_one_stage(text: str) -> str:
    """Return the words that say that an application has one step, or ""."""
    found = _PATTERNS["one_stage"].search(text)
    return found[0] if found else ""


def _numbers(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, str]]:
    """Yield each whole number that a pattern finds, with its words."""
    for hit in pattern.finditer(text):
        number = parse_number(hit["number"])
        if number is not None and number == int(number):
            yield int(number), hit[0]


def _only(found: Iterable[tuple[_Value, str]]) -> Stated[_Value]:
    """Return the value with its first words where all are the same; different ones mean different parts of the call."""
    quotes: dict[_Value, str] = {}
    for value, quote in found:
        quotes.setdefault(value, quote)
    if len(quotes) != 1:
        return Stated()
    ((value, quote),) = quotes.items()
    return Stated(value, " ".join(quote.split()))
