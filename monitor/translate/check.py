"""Check of a translation: its numbers, dates, times, codes and names must be the original's, or the original is kept. Pure.

A meaning that is turned round with the same numbers, such as a lost "not", is out of reach.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

_WORDS = {
    "en": {
        "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
        "twelve": 12, "twenty": 20, "thirty": 30,
    },
    "sv": {
        "två": 2, "tre": 3, "fyra": 4, "fem": 5, "sex": 6, "sju": 7, "åtta": 8, "nio": 9, "tio": 10, "elva": 11, "tolv": 12,
        "tjugo": 20, "trettio": 30,
    },
}  # fmt: skip
"""Numbers in words. One is left out: in both languages it is an article as well."""
_SCALES = {
    "en": {"thousand": 3, "million": 6, "billion": 9},
    "sv": {"tusen": 3, "miljon": 6, "miljoner": 6, "miljard": 9, "miljarder": 9},
}
"""Powers of ten of the words behind a number."""
_FREE_CODES = frozenset({"SME", "SMES", "NGO", "NGOS", "UN", "VAT", "AI", "ICT", "IT", "GDP", "R&D", "USA", "UK", "US"})
"""Abbreviations that Swedish has other words for."""
_CURRENCIES = {
    "€": "EUR",
    "euro": "EUR",
    "euros": "EUR",
    "eur": "EUR",
    "sek": "SEK",
    "kronor": "SEK",
    "$": "USD",
    "usd": "USD",
    "£": "GBP",
}
_SPACE = "[ \u00a0\u202f]"
_NUMBER = {
    "en": re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"),
    "sv": re.compile(rf"\d{{1,3}}(?:{_SPACE}\d{{3}})+(?:,\d+)?|\d+(?:[.,]\d+)*"),
}
_ADDRESS = re.compile(r"https?://[^\s<>\"”)]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\bwww\.[^\s<>\"”)]+")
_CODE = re.compile(r"\b(?=[A-Z0-9][\w&/+-]*[A-Z0-9])(?:[A-Z][A-Z0-9&]+(?:[-/+][A-Za-z0-9]+)*|[A-Z][a-z]*\d[\w-]*)(?:\+)?")
_NAME = re.compile(r"(?:[A-ZÅÄÖ][\w'’-]*[a-zåäöéü][\w'’-]*)(?:\s+(?:of\s+the\s+|of\s+|for\s+|and\s+|de\s+)?[A-ZÅÄÖ][\w'’-]*)*")
_ISO_DAY = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")


@dataclass(frozen=True, slots=True)
class KeptValue:
    """Value of a sentence that a translation must keep."""

    kind: str
    """Kind of the value: number, percent, money, date, time, code or address."""
    value: str


def find_differences(
    original: str, translated: str, *, language: str = "en", glossary: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Return what a translation into Swedish does not keep of a sentence, each as a short Swedish phrase; empty if it holds.

    Args:
        original: The sentence.
        translated: Its translation.
        language: Language of the sentence; numbers and dates of another one than English are read as Swedish writes them.
        glossary: Swedish names by their names in the original, in lower case.
    """
    if not translated.strip():
        return ("översättningen är tom",)
    source, target = _Reader(original, "en" if language == "en" else "sv"), _Reader(translated, "sv")
    before, after = source.facts(), target.facts()
    lost = [f"{fact.kind} {fact.value} saknas" for fact in (before - after).elements()]
    added = [f"{fact.kind} {fact.value} finns inte i originalet" for fact in (after - before).elements()]
    names = [f"namnet {name} saknas" for name in _lost_names(original, translated, glossary or {})]
    return (*lost, *added, *names)


class _Reader:
    """Reader of the facts of one sentence; what is read is blanked, so that no part counts twice."""

    def __init__(self, text: str, language: str) -> None:
        self._text = text
        self._language = language
        self._found: Counter[KeptValue] = Counter()

    def facts(self) -> Counter[KeptValue]:
        """Return the facts, each with the number of times that it stands there."""
        self._take(_ADDRESS, lambda match: KeptValue("adressen", match[0].rstrip(".,;")))
        self._take(_ISO_DAY, lambda match: KeptValue("datumet", f"{match[1]}-{match[2]}-{match[3]}"))
        self._take_dates()
        self._take(_time_pattern(self._language), self._time)
        self._take(_CODE, _code)
        self._take_numbers()
        return self._found

    def _take(self, pattern: re.Pattern[str], make: object) -> None:
        assert callable(make)

        def blank(match: re.Match[str]) -> str:
            fact = make(match)
            if fact is None:
                return match[0]
            if fact.value:
                self._found[fact] += 1
            return " " * len(match[0])

        self._text = pattern.sub(blank, self._text)

    def _take_dates(self) -> None:
        months = _months(self._language)

        def make(match: re.Match[str]) -> KeptValue:
            parts = match.groupdict()
            month = months.index((parts.get("m1") or parts.get("m2") or parts.get("m3") or "").casefold()) + 1
            day = int(parts.get("d1") or parts.get("d2") or 0)
            year = parts.get("y1") or parts.get("y2") or parts.get("y3") or "0"
            return KeptValue("datumet", f"{int(year):04d}-{month:02d}-{day:02d}")

        self._take(_date_pattern(self._language), make)

    def _time(self, match: re.Match[str]) -> KeptValue | None:
        parts = match.groupdict()
        hour, minute = int(parts["h1"] or parts["h2"]), int(parts["m1"] or parts["m2"] or 0)
        half = (parts.get("half") or "").casefold().replace(".", "")
        if half:
            hour = hour % 12 + (12 if half == "pm" else 0)
        return KeptValue("klockslaget", f"{hour:02d}:{minute:02d}") if hour < 25 and minute < 60 else None

    def _take_numbers(self) -> None:
        scales = _SCALES[self._language]
        for match in _NUMBER[self._language].finditer(self._text):
            rest = self._text[match.end() : match.end() + 24]
            value = _decimal(match[0], self._language)
            scale = re.match(rf"{_SPACE}?({'|'.join(scales)})\b", rest, re.IGNORECASE)
            if scale:
                value *= Decimal(10) ** scales[scale[1].casefold()]
                rest = rest[scale.end() :]
            percent = re.match(rf"{_SPACE}?(?:%|per{_SPACE}?cent\b|procent\b)", rest, re.IGNORECASE)
            self._found[KeptValue("andelen" if percent else "talet", f"{value.normalize():f}")] += 1
        for word in re.findall(r"[^\W\d_]+|[€$£]", self._text):
            folded = word.casefold()
            if folded in _WORDS[self._language]:
                self._found[KeptValue("talet", str(_WORDS[self._language][folded]))] += 1
            if folded in _CURRENCIES:
                self._found[KeptValue("valutan", _CURRENCIES[folded])] += 1


def _code(match: re.Match[str]) -> KeptValue | None:
    text = match[0]
    if text.casefold() in _CURRENCIES:
        return None
    # A plural s is no part of an abbreviation; one that Swedish has other words for counts in neither language.
    return KeptValue("koden", "" if text.upper() in _FREE_CODES else text)


def _decimal(text: str, language: str) -> Decimal:
    """Return the value of a number as a language writes it: 1,500.5 in English, 1 500,5 in Swedish."""
    bare = re.sub(_SPACE, "", text)
    if language == "en":
        return Decimal(bare.replace(",", ""))
    parts = re.split("[.,]", bare)
    # A Swedish number has one comma; one with more parts is no number that could equal the original's.
    return Decimal(f"{parts[0]}.{'9'.join(parts[1:])}") if len(parts) > 1 else Decimal(bare)


@cache
def _months(language: str) -> tuple[str, ...]:
    """Return the names of the twelve months in lower case, January first (CLDR)."""
    from babel.dates import get_month_names

    return tuple(name.casefold() for name in get_month_names("wide", locale=language).values())


@cache
def _date_pattern(language: str) -> re.Pattern[str]:
    months = "|".join(_months(language))
    day = r"(?:st|nd|rd|th)?" if language == "en" else r"(?::e|\.)?"
    of = r"(?:of\s+)?" if language == "en" else ""
    first = rf"(?P<d1>\d{{1,2}}){day}\s+{of}(?P<m1>{months})\b(?:,?\s+(?P<y1>\d{{4}}))?"
    # In lower case "may" and "march" are verbs, and "mars" is no month without its day or year.
    second = (
        rf"(?P<m2>{months})\s+(?P<d2>\d{{1,2}}){day}(?!\d)(?:,?\s+(?P<y2>\d{{4}}))?"
        if language == "en"
        else r"(?P<m2>(?!))(?P<d2>)(?P<y2>)"
    )
    third = rf"\b(?P<m3>{months})\s+(?P<y3>\d{{4}})"
    return re.compile(rf"\b(?:{first}|{second}|{third})\b", re.IGNORECASE)


@cache
def _time_pattern(language: str) -> re.Pattern[str]:
    if language == "en":
        return re.compile(
            r"\b(?:(?P<h1>\d{1,2})(?:[:.](?P<m1>\d{2}))?\s*(?P<half>[ap]\.?m\b\.?)|(?P<h2>\d{1,2}):(?P<m2>\d{2})(?::00)?)",
            re.IGNORECASE,
        )
    return re.compile(
        r"\b(?:(?:kl\.?|klockan)\s*(?P<h1>\d{1,2})(?:[:.](?P<m1>\d{2}))?|(?P<h2>\d{1,2}):(?P<m2>\d{2})(?::00)?)", re.IGNORECASE
    )


def _lost_names(original: str, translated: str, glossary: Mapping[str, str]) -> Iterable[str]:
    """Yield the names of a sentence that the translation has neither as they are nor as Swedish says them."""
    text = translated.casefold()
    for match in _NAME.finditer(original):
        name = match[0]
        if _begins_sentence(original, match.start()):
            name = name.partition(" ")[2]  # the first word has a capital for its place
        name = name.strip()
        if not name or name.casefold() in _months("en") or not name[0].isupper():
            continue
        if name.casefold() in text or _is_said(name, text, glossary):
            continue
        yield name


def _begins_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip(" \"”“'(")
    return not before or before[-1] in ".!?:;–"


def _is_said(name: str, text: str, glossary: Mapping[str, str]) -> bool:
    """Return whether a Swedish text has a name as Swedish says it: by the glossary, or as a country or a language."""
    folded = name.casefold()
    for known in (folded, folded.removesuffix("s")):
        swedish = glossary.get(known) or _places().get(known)
        if swedish and all(part[: max(4, len(part) - 3)] in text for part in swedish.casefold().split()):
            return True
    # Several names in a row, such as two countries: each for itself.
    parts = re.split(r"\s+and\s+|\s+for\s+|,\s*", name)
    return len(parts) > 1 and all(part.casefold() in text or _is_said(part, text, glossary) for part in parts if part)


@cache
def _places() -> Mapping[str, str]:
    """Return the Swedish names of countries and languages by their English ones, in lower case (CLDR)."""
    from babel.core import Locale

    english, swedish = Locale("en"), Locale("sv")
    found = {
        name.casefold(): swedish.territories[code] for code, name in english.territories.items() if code in swedish.territories
    }
    found |= {name.casefold(): swedish.languages[code] for code, name in english.languages.items() if code in swedish.languages}
    return found
