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


class TermStatement(NamedTuple, Generic[_Value]):
    """Statement of a value with its offsets in the text."""

    value: _Value
    start: int
    end: int


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
        "project_years": r"\b{project_duration}\b[^.\n]{0,40}?(?P<number>{number})\s*{years}\b",
    },
    others=(NUMBERS,),
)


def find_partners(text: str) -> Stated[int]:
    """Return the least number of partners of a project."""
    return _only(list_partners(text), text)


def find_countries(text: str) -> Stated[int]:
    """Return the least number of countries that the partners come from."""
    return _only(list_countries(text), text)


def find_months(text: str) -> Stated[tuple[int, int]]:
    """Return the shortest and longest duration of a project, in months."""
    return _only(_months(text), text)


def list_partners(text: str) -> Iterator[TermStatement[int]]:
    """Yield every statement of a least number of partners."""
    return _numbers(_PATTERNS["partners"], text)


def list_countries(text: str) -> Iterator[TermStatement[int]]:
    """Yield every statement of a least number of countries."""
    return _numbers(_PATTERNS["countries"], text)


def list_months(text: str) -> Iterator[TermStatement[tuple[int, int]]]:
    """Yield every statement of a duration of a project as its shortest and longest one in months, also those in years."""
    yield from _months(text)
    for years in _numbers(_PATTERNS["project_years"], text):
        yield TermStatement((12 * years.value, 12 * years.value), years.start, years.end)


def _months(text: str) -> Iterator[TermStatement[tuple[int, int]]]:
    for hit in _PATTERNS["project_months"].finditer(text):
        yield TermStatement((int(hit["low"] or hit["high"]), int(hit["high"])), *hit.span())


def list_one_stage(text: str) -> Iterator[TermStatement[int]]:
    """Yield every statement that an application has one step."""
    return (TermStatement(1, *hit.span()) for hit in _PATTERNS["one_stage"].finditer(text))


def find_one_stage(text: str) -> str:
    """Return the words that say that an application has one step, or ""."""
    found = _PATTERNS["one_stage"].search(text)
    return found[0] if found else ""


def _numbers(pattern: re.Pattern[str], text: str) -> Iterator[TermStatement[int]]:
    """Yield each whole number that a pattern finds."""
    for hit in pattern.finditer(text):
        number = parse_number(hit["number"])
        if number is not None and number == int(number):
            yield TermStatement(int(number), *hit.span())


def _only(found: Iterable[TermStatement[_Value]], text: str) -> Stated[_Value]:
    """Return the value with its first words where all are the same; different ones mean different parts of the call."""
    quotes: dict[_Value, str] = {}
    for value, start, end in found:
        quotes.setdefault(value, text[start:end])
    if len(quotes) != 1:
        return Stated()
    ((value, quote),) = quotes.items()
    return Stated(value, " ".join(quote.split()))
