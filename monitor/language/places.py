"""Places that an item is limited to: counties, programme areas or a country; none where it is open to all of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from urllib.parse import urlsplit

from monitor.language.datafile import Patterns, read_rows

_FILE = "places.toml"


@cache
def _counties() -> tuple[str, ...]:
    """Return the names of the counties, in the order of their numbers in `county`."""
    return tuple(row["name"] for row in read_rows(_FILE, "county", name=str, pattern=str))


@cache
def _areas() -> Mapping[str, re.Pattern[str]]:
    """Return the patterns of the programme areas by name."""
    return {
        row["name"]: re.compile(rf"\b(?:{row['pattern']})", re.IGNORECASE)
        for row in read_rows(_FILE, "area", name=str, pattern=str)
    }


@cache
def _countries() -> Mapping[str, str]:
    """Return the countries of publishers by the ends of their addresses."""
    return {row["ending"]: row["country"] for row in read_rows(_FILE, "host", ending=str, country=str)}


@cache
def _national_funder() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{_PATTERNS.source('national_funder')})\b")


def _county_groups(letter: str) -> str:
    """Return the pattern of any county, each in a group that is named by the letter and the county's number."""
    rows = read_rows(_FILE, "county", name=str, pattern=str)
    return "|".join(f"(?P<{letter}{number}>{row['pattern']})" for number, row in enumerate(rows))


_PATTERNS = Patterns(
    _FILE,
    {
        "any_county": lambda: _county_groups("c"),
        "other_county": lambda: _county_groups("d"),
        # A county by its name with and without "län", as genitive, and on a line of its own in a list.
        "in_county": r"\b{any_county}(?:\s+län\b|\s*(?=,|och\b|samt\b|-\s*och\b))",
        "county_line": r"^(?:region\s+)?{any_county}(?:\s+län)?$",
        "limited_county": (
            r"\b(?:i|inom|från|för)\s+{any_county}(?:\s+län)?\b|\b(?:länsstyrelsen|region(?:en)?)\s+(?:i\s+)?{other_county}\b"
        ),
        "is_union": r"\b{union}",
        "is_own_country": r"\b{own_country}\b",
    },
)
# A run begins where a word does, and a word that is read is not given back: each word is looked at from at most 24 others.
_NAME = r"[A-ZÅÄÖ]\w++(?:\s[A-ZÅÄÖ]\w++)?"
_COUNTY_RUN = re.compile(rf"\b(?:{_NAME}(?:,\s*+|\s++(?:och|samt)\s++)){{1,24}}{_NAME}\s++län\b")
_ACTORS = re.compile(
    r"\b(?:aktörer|kommuner|organisationer|projekt\w*|företag|sökande|verksam\w*|föreningar)\s+(?:\w+\s+){0,2}?i\s+"
    r"(?P<where>[A-ZÅÄÖ][\wåäö]+(?:\s+och\s+[A-ZÅÄÖ][\wåäö]+)?)"
)


def find_place(text: str, url: str = "", title: str = "") -> tuple[str, ...]:
    """Return the counties, programme areas or countries that an item is limited to; empty where no limit is stated.

    A programme area or a county counts only as the place of the item itself, not where it is mentioned in passing: in the title,
    in the publisher's line of counties, or as the place of those who apply. An item that is open to the country or the Union is
    not limited, whoever reports it.
    """
    host = _host(url)
    words = re.sub("[‐‑‒–—−]", "-", f"{title}\n{text}")
    country = next((name for end, name in _countries().items() if host.endswith(end)), "")
    union = _PATTERNS["is_union"].search(words) is not None
    if country:
        return () if union and not _PATTERNS["is_own_country"].search(words) else (country,)
    listed = _listed(words)
    if listed:
        return listed
    areas = [name for name, pattern in _areas().items() if pattern.search(words)]
    if areas:
        return tuple(areas)
    if union or _PATTERNS["national"].search(words):
        return ()
    counties = _named(words)
    if counties and _national_funder().search(words) and "län" not in _own_words(words):
        return ()
    return counties


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").casefold()
    except ValueError:
        return ""  # no address


def _listed(words: str) -> tuple[str, ...]:
    """Return the counties on lines of their own, as Tillväxtverket and others print them; "Hela Sverige" there is no limit."""
    lines = (_PATTERNS["county_line"].match(piece.strip()) for piece in re.split(r"\n|\s[·•|]\s", words))
    return tuple(dict.fromkeys(_county(hit) for hit in lines if hit is not None))


def _named(words: str) -> tuple[str, ...]:
    """Return the counties named as the place of those who apply, or of the publisher's grant."""
    found = [_county(hit) for hit in _PATTERNS["limited_county"].finditer(words)]
    for run in [hit[0] for hit in _COUNTY_RUN.finditer(words)] + [hit["where"] + "," for hit in _ACTORS.finditer(words)]:
        found += [_county(hit) for hit in _PATTERNS["in_county"].finditer(run)]
    return tuple(dict.fromkeys(found))


def _own_words(words: str) -> str:
    return " ".join(hit[0].casefold() for hit in _PATTERNS["limited_county"].finditer(words))


def _county(hit: re.Match[str]) -> str:
    number = next(int(name[1:]) for name, value in hit.groupdict().items() if value is not None and name[0] in "cd")
    return _counties()[number]
