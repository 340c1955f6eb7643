"""Countries other than Sweden: their names in the four languages, their adjectives and their ISO codes.

Names come from Unicode's CLDR by way of Babel, adjectives and further names from `data/countries.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from monitor.language.datafile import read_rows

_LANGUAGES = ("sv", "en", "da", "nb")


def rows() -> Sequence[Mapping[str, Any]]:
    """Return the rows of the data file."""
    return read_rows("countries.toml", "country", code=str, adjectives=str, names=list)


@cache
def names_by_code() -> dict[str, frozenset[str]]:
    """Return the names of each country by its ISO 3166-1 code."""
    from babel import Locale  # half of what a command's start takes, and seldom needed

    names = {row["code"]: set(row["names"]) for row in rows()}
    for language in _LANGUAGES:
        territories = Locale(language).territories
        for code, known in names.items():
            known.add(territories[code])
    return {code: frozenset(known) for code, known in names.items()}


@cache
def _codes_by_name() -> dict[str, str]:
    return {name.casefold(): code for code, names in names_by_code().items() for name in names}


def code_of(name: str) -> str:
    """Return the ISO 3166-1 code of a country by one of its names, in any case; "" for a name that is none."""
    return _codes_by_name().get(name.casefold(), "")


@cache
def name_pattern() -> str:
    """Return a regular expression for the names, with capital letters: an "island" is no country."""
    names = sorted({name for names in names_by_code().values() for name in names}, key=lambda name: (-len(name), name))
    return rf"(?-i:(?:[Tt]he\s+)?(?:{'|'.join(re.escape(name) for name in names)})(?!\w))"


@cache
def adjective_pattern() -> str:
    """Return a regular expression for the adjectives, without regard to case."""
    return rf"(?i:{'|'.join(row['adjectives'] for row in rows())})"
