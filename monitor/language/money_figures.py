"""Figures of a text with their units: numbers, scales ("miljoner", "k") and currencies; what they are for is read later."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from monitor.language.money_words import (
    LOOSE_CENTS,
    OTHER_PREFIX,
    OTHER_SUFFIX,
    PATTERNS,
    YEAR,
    is_english_scale,
    krona_of,
    read_currency,
    read_scale,
)
from monitor.language.number_words import parse_number

LARGEST_SUM = 10**15
"""Sum in whole units above which figures are a code or a row of cells; SQLite's integers end at 9.2 * 10**18."""
LOOK_BACK = 24
"""Characters of the longest prefix with blanks; a limit keeps reading linear."""
# The last letters and signs that a currency before a figure can have.
_PREFIX_ENDS = frozenset("kdrfnposKDRFNPOS€$£ł.:)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Number with its unit; the offsets include prefix and unit."""

    start: int
    end: int
    number: Decimal
    bare: bool
    """The number is figures only, without groups or decimals."""
    words: str
    scale: int = 0
    """Factor of a word behind the number; 0 for none."""
    lead_scale: int = 0
    """Factor of a prefix ("MSEK 5"); 0 for none."""
    lead: str | None = None
    """ISO code before the number; "" where the language does not decide which krona it is, None for none."""
    currency: str | None = None
    """ISO code behind the number, as `lead`."""
    percent: bool = False

    @property
    def stated(self) -> str | None:
        """Return the currency of the figure; None where it has none."""
        return self.currency if self.currency is not None else self.lead

    @property
    def factor(self) -> int:
        """Return the factor of the words of scale; 1 without any."""
        return self.scale or self.lead_scale or 1

    @property
    def has_unit(self) -> bool:
        """Return whether a currency, a scale or a per cent sign stands with the number."""
        return self.stated is not None or self.scale > 0 or self.percent

    @property
    def is_year(self) -> bool:
        """Return whether the number may be a year."""
        return self.bare and not self.scale and YEAR.fullmatch(self.words) is not None


def read_figures(words: str, language: str) -> Iterator[Figure]:
    """Yield the readable numbers of a text with their units; no two overlap."""
    krona = krona_of(language, words)
    english = language == "en"
    end = 0
    for hit in PATTERNS["number"].finditer(words):
        if hit.start() < end:
            continue
        figure = _figure(hit, words, end, krona, english)
        if figure is not None:
            yield figure
            end = figure.end


def _figure(hit: re.Match[str], words: str, left: int, krona: dict[str, str], english: bool) -> Figure | None:
    start, end = hit.span()
    before = words[max(left, start - LOOK_BACK) : start]
    near = before.rstrip()[-1:] in _PREFIX_ENDS
    prefix = PATTERNS["prefix"].search(before) if near else None
    if _is_piece(before, words, end, prefixed=prefix is not None) or (prefix is None and OTHER_PREFIX.search(before.rstrip())):
        return None
    if percent := PATTERNS["percent"].match(words, end):
        number = parse_number(hit[0])
        return (
            number
            if number is None
            else Figure(start=start, end=percent.end(), number=number, bare=True, words=hit[0], percent=True)
        )
    cents, end = _loose_cents(hit, words)
    scale_words, currency, end = _unit(hit, words, end, prefixed=prefix is not None)
    scale = read_scale(scale_words) if scale_words else 0
    lead_scale = read_scale(prefix["letter"] or prefix["krona"]) if prefix and (prefix["letter"] or prefix["krona"]) else 0
    if OTHER_SUFFIX.match(words, end):
        return None
    number = parse_number(hit[0], english=english or is_english_scale(scale_words), scaled=max(scale, lead_scale) > 1)
    if number is None or number * max(scale, lead_scale, 1) > LARGEST_SUM:
        return None
    if currency and (more := PATTERNS["cents"].match(words, end)):
        cents, end = Decimal(more["cents"]), more.end()
    lead = read_currency(prefix["currency"] or "kr") if prefix else None
    return _settled(
        Figure(
            start=start - (len(before) - prefix.start() if prefix and not prefix["label"] else 0),
            end=end,
            number=number + cents / 100,
            bare=hit[0].isdigit(),
            words=hit[0],
            scale=scale,
            lead_scale=lead_scale,
            lead=krona.get(lead, lead) if lead is not None else None,
            currency=krona.get(currency, currency) if currency else None,
        )
    )


def _settled(figure: Figure) -> Figure | None:
    """Return the figure, or None where the currencies before and behind it contradict each other."""
    if figure.lead and figure.currency and figure.lead != figure.currency:
        return None if len({figure.lead, figure.currency} - {"SEK", "NOK", "DKK"}) else replace(figure, lead=None)
    return figure


def _is_piece(before: str, words: str, end: int, *, prefixed: bool) -> bool:
    """Tell whether a number is a piece of a date, code, time or word."""
    last, second = before[-1:], before[-2:-1]
    if (last.isalnum() or last == "_") and not prefixed:
        return True
    if last in (".", ",", ":", "/", "'", "’") and second.isdigit():
        return True
    if last == "-" and second.isalpha():
        return True
    return words[end : end + 1] in (".", ",", ":", "/", "'", "’") and words[end + 1 : end + 2].isdigit()


def _loose_cents(hit: re.Match[str], words: str) -> tuple[Decimal, int]:
    """Return the cents that a blank separates from a grouped number ("1.837, 32 €"), and the offset of their end."""
    if not hit[0][-4:-3].isdigit() and len(hit[0]) > 4 and (more := LOOSE_CENTS.match(words, hit.end())):
        unit = PATTERNS["unit"].match(words, more.end())
        if unit and unit["currency"]:
            return Decimal(more["cents"]), more.end()
    return Decimal(0), hit.end()


def _unit(hit: re.Match[str], words: str, end: int, *, prefixed: bool) -> tuple[str, str, int]:
    """Return the words of scale and the currency behind a number, and the offset of their end."""
    unit = PATTERNS["unit"].match(words, end)
    if unit is None:
        letter = PATTERNS["letter_scale" if prefixed else "shared_letter"].match(words, end)
        return (letter[0], "", letter.end()) if letter else ("", "", end)
    if unit["stroke"]:
        return "", read_currency(unit["stroke_currency"]) or read_currency("kr"), unit.end()
    if unit["krona"]:
        return unit["krona"], read_currency("kr"), unit.end()
    if unit["letter"]:
        return unit["letter"], read_currency(unit["letter_currency"]), unit.end()
    name = "scale_currency" if unit["scale"] else "currency"
    if unit[name] and _belongs_to_next(hit, unit, words, prefixed=prefixed):
        return unit["scale"] or "", "", unit.end("scale") if unit["scale"] else end
    return unit["scale"] or "", read_currency(unit[name]), unit.end()


def _belongs_to_next(hit: re.Match[str], unit: re.Match[str], words: str, *, prefixed: bool) -> bool:
    """Tell whether a currency between two numbers is the second one's: "EUR 5 000 EUR 10 000", "Del 1 EUR 500 000"."""
    if PATTERNS["prefix"].search(words[max(unit.start(), unit.end() - LOOK_BACK) : unit.end()]) is None:
        return False
    gap = next((width for width in (0, 1, 2) if words[unit.end() + width : unit.end() + width + 1].isdigit()), None)
    following = PATTERNS["number"].match(words, unit.end() + gap) if gap is not None else None
    if following is None:
        return False
    after = PATTERNS["unit"].match(words, following.end())
    if after and not after["scale"]:
        return False
    if prefixed:
        return True
    large = bool(after) or not following[0].isdigit() or (len(following[0]) > 3 and not YEAR.fullmatch(following[0]))
    return large and not unit["scale"] and hit[0].isdigit() and len(hit[0]) <= 3
