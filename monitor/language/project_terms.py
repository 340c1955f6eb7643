"""Least number of partners and of countries, duration of a project, and steps of an application, as a call states them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Generic, NamedTuple, TypeVar

_Value = TypeVar("_Value")


class Stated(NamedTuple, Generic[_Value]):
    """Value that a text states; None where it states none, or several."""

    value: _Value | None = None
    quote: str = ""
    """Words of the text, with single spaces."""


_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "en": 1, "ett": 1, "två": 2, "tre": 3, "fyra": 4, "fem": 5, "sex": 6, "sju": 7, "åtta": 8, "nio": 9, "tio": 10,
}  # fmt: skip
_NUMBER = rf"(\d{{1,3}}|{'|'.join(_NUMBERS)})"
_LEAST = r"(?:at least|a minimum of|minimum|no fewer than|minst)"
_WHO = (
    r"(?:(?:other|independent|different|legal|eligible|separate|olika|fristående|självständiga)\s+){0,3}"
    r"(?:entities|organisations|organizations|partners|applicants|beneficiaries|municipalities|parter|partner|partners|"
    r"organisationer|aktörer|behovsägare|kommuner|sökande)"
)
_WHERE = (
    r"(?:(?:different|eligible|participating|EU|olika|deltagande)\s+){0,3}"
    r"(?:Member States|countries|medlemsländer|medlemsstater|länder)"
)
_PARTNERS = re.compile(rf"\b{_LEAST}\s+{_NUMBER}\s+{_WHO}\b", re.IGNORECASE)
_COUNTRIES = re.compile(rf"\b(?:{_LEAST}|from|från)\s+{_NUMBER}\s+{_WHERE}\b", re.IGNORECASE)
_MONTHS = re.compile(
    r"\b(?:(?P<cue>duration|last(?:s|ing)?|run(?:s|ning)?|implemented|pågå\w*|löpa\w*|projekttid\w*|projektperiod\w*|projektet|projekten|"
    r"klara inom)\b[^.\n]{0,80}?)"
    r"(?:(?P<low>\d{1,2})\s*(?:-|–|−|to|and|till|och)\s*)?(?P<high>\d{1,2})\s*(?:months|månader|mån)\b",
    re.IGNORECASE,
)
_ONE_STAGE = re.compile(
    r"\b(?:ett\s+steg|en\s+etapp|enstegs\w*|(?:single|one)[\s-]stage|single\s+step|ett\s+trinn|ét\s+trin)\b", re.IGNORECASE
)


def find_partners(text: str) -> Stated[int]:
    """Return the least number of partners of a project."""
    return _only((_number(hit[1]), hit[0]) for hit in _PARTNERS.finditer(text))


def find_countries(text: str) -> Stated[int]:
    """Return the least number of countries that the partners come from."""
    return _only((_number(hit[1]), hit[0]) for hit in _COUNTRIES.finditer(text))


def find_months(text: str) -> Stated[tuple[int, int]]:
    """Return the shortest and longest duration of a project, in months."""
    return _only(((int(hit["low"] or hit["high"]), int(hit["high"])), hit[0]) for hit in _MONTHS.finditer(text))


def find_one_stage(text: str) -> str:
    """Return the words that say that an application has one step, or ""."""
    found = _ONE_STAGE.search(text)
    return found[0] if found else ""


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBERS[word.casefold()]


def _only(found: Iterable[tuple[_Value, str]]) -> Stated[_Value]:
    """Return the value with its first words where all are the same; different ones mean different parts of the call."""
    quotes: dict[_Value, str] = {}
    for value, quote in found:
        quotes.setdefault(value, quote)
    if len(quotes) != 1:
        return Stated()
    ((value, quote),) = quotes.items()
    return Stated(value, " ".join(quote.split()))
