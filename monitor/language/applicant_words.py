"""Words for reading who may apply: groups of applicants, adjectives that name a group, and words that separate a clause.

The tables are in `applicants.toml`; `*` stands for the beginning of a compound. Words that mean different things in two languages
are in `monitor.language.applicant_phrases`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from monitor.language.datafile import DataFileError, read_rows

_FILE = "applicants.toml"
_KINDS = frozenset(("", "authority", "body", "company", "school", "unit", "owned"))


class Group(StrEnum):
    """Group of applicants."""

    MUNICIPALITY = "municipality"
    """Municipalities, cities, local authorities, their companies and their associations."""
    REGION = "region"
    AGENCY = "agency"
    """State agencies and ministries."""
    PUBLIC = "public"
    """Public bodies in general."""
    UNIVERSITY = "university"
    """Universities, research institutes and researchers."""
    SCHOOL = "school"
    """Schools, preschools and those who run them."""
    COMPANY = "company"
    ASSOCIATION = "association"
    """Civil society: associations, foundations, faith communities."""
    INDIVIDUAL = "individual"
    ANY = "any"
    """Organisations or legal entities in general."""


def word_set(words: str) -> frozenset[str]:
    """Return the words of a text that are separated by white space."""
    return frozenset(words.split())


class Noun(NamedTuple):
    """Word for a group."""

    group: Group
    kind: str = ""
    """Kind of noun, which tells the adjectives that turn it into another group: "authority", "body", "company", "school", "unit"
    (a general noun that its compound narrows), "owned" (a company of the municipality) or "" for none."""


class NounRow(NamedTuple):
    """Words of one group, separated by commas, with a sentence in which one of them applies."""

    group: Group
    kind: str
    words: str
    example: str


@cache
def noun_rows() -> Sequence[NounRow]:
    """Return the nouns of groups, in the order of the file."""
    rows = []
    for number, row in enumerate(read_rows(_FILE, "noun", group=str, kind=str, words=str), start=1):
        kind = row["kind"].removeprefix("none")
        if row["group"] not in set(Group) or kind not in _KINDS:
            raise DataFileError(f"{_FILE}: noun, row {number}: unknown group or kind, {row['group']!r} or {row['kind']!r}")
        rows.append(NounRow(Group(row["group"]), kind, ", ".join(_phrases(row)), row["example"]))
    return tuple(rows)


@cache
def adjectives() -> Mapping[str, Group]:
    """Return adjectives that tell which group a general noun stands for: "ideella organisationer", "local authorities"."""
    return {word: Group(row["group"]) for row in read_rows(_FILE, "adjective", group=str, words=str) for word in _phrases(row)}


@cache
def tags() -> Mapping[str, str]:
    """Return the letters of phrases, by which the patterns of `monitor.language.applicants` know them; the last row wins."""
    return {phrase: row["tag"] for row in read_rows(_FILE, "tag", tag=str, words=str) for phrase in _phrases(row)}


@cache
def words_of(table: str) -> frozenset[str]:
    """Return the words of a table of `applicants.toml` without further fields: "local", "plain", "narrowing" and others."""
    return frozenset(word for row in read_rows(_FILE, table, words=str) for word in _phrases(row))


def _phrases(row: Mapping[str, str]) -> list[str]:
    return " ".join(row["words"].split()).split(", ")


NOT_CALLS = re.compile(
    r"^(?:insats|projekt|project|åtgärd|aktivitet|activit|utbildning|kurs|course|konferens|conference|seminari|webbinari|webinar|möte|"
    r"meeting|handbok|guide|vägledning|rådgivning|verktyg|tool|training|event|tiltak|prosjekt|indsats|information|nyhetsbrev|material)"
)
"""Beginnings of words for things that are no calls, though they are open to somebody as well."""
CHEAPLY_NAMED = re.compile(
    r"\bkommun(?!ikation|ikat|ism)|municipal|local\s+(?:and\s+regional\s+)?(?:authorit|govern)|offentlig|public\s+(?:bod|auth)",
    re.I,
)
"""Words that may name municipalities or the public sector, without reading the text."""
