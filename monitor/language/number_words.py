"""Numbers as words or figures, in Swedish, English, Danish and Norwegian: "tio", "en halv", "1 543", "60.000", "4,000.00"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from itertools import pairwise

from monitor.language.datafile import Patterns, read_rows

_FILE = "numbers.toml"


@cache
def number_words() -> Mapping[str, Decimal]:
    """Return the values of numbers in words; the words are in small letters, with single blanks."""
    ones = {row["language"]: row["words"].split(", ") for row in read_rows(_FILE, "ones", language=str, words=str)}
    words = {word: Decimal(value) for names in ones.values() for value, word in enumerate(names)} | _values("word")
    for row in read_rows(_FILE, "tens", language=str, words=str, joint=str):
        joint, names = row["joint"].replace("none", ""), ones[row["language"]]
        for value, ten in enumerate(row["words"].split(", "), start=2):
            words[ten] = Decimal(value * 10)
            words |= {f"{ten}{joint}{names[one]}": Decimal(value * 10 + one) for one in range(1, 10)}
    for value in range(2, 10):
        swedish, english = ones["sv"][value], ones["en"][value]
        words |= dict.fromkeys((f"{swedish}hundra", f"{swedish} hundra", f"{english} hundred"), Decimal(value * 100))
    halves = {f"{word} och en halv": value + Decimal("0.5") for word, value in words.items() if 2 <= value <= 20}
    return words | _values("half") | halves | _values("before_scale")


@cache
def spelled_numbers(language: str) -> Mapping[str, int]:
    """Return the whole numbers from zero to ninety-nine by the words of one language, Swedish or English."""
    (ones,) = (
        row["words"].split(", ") for row in read_rows(_FILE, "ones", language=str, words=str) if row["language"] == language
    )
    words = {word: value for value, word in enumerate(ones)}
    for row in read_rows(_FILE, "tens", language=str, words=str, joint=str):
        if row["language"] == language:
            joint = row["joint"].replace("none", "")
            for value, ten in enumerate(row["words"].split(", "), start=2):
                words |= {ten: value * 10} | {f"{ten}{joint}{ones[one]}": value * 10 + one for one in range(1, 10)}
    return words | {
        word[:-2] + "ett": value for word, value in words.items() if language == "sv" and value % 10 == 1 and value != 11
    }


@cache
def spelled_ordinals(language: str) -> Mapping[str, int]:
    """Return the ordinals from first to thirty-first by the words of one language, Swedish or English."""
    table = {"sv": "day", "en": "day_of"}[language]
    return {
        word: place
        for row in read_rows("calendar.toml", table, language=str, words=str)
        if row["language"] == language
        for place, words in enumerate(row["words"].split(), start=1)
        for word in words.split("|")
    }


def _values(table: str) -> dict[str, Decimal]:
    return {
        word: Decimal(row["value"]) for row in read_rows(_FILE, table, value=str, words=str) for word in row["words"].split(", ")
    }


def _word_number() -> str:
    """Return the pattern of a number in words, the longest first."""
    return "|".join(re.escape(word).replace(r"\ ", r"\s") for word in sorted(number_words(), key=len, reverse=True))


# The blanks of a line: a tab or a line break separates cells and is never inside a number.
BLANK = "[ \u00a0\u2007\u2009\u202f]"
_CENTS = "[0-9]{1,2}(?![0-9])"
# Atomic, so that a run of any length is read once and never taken apart again.
FIGURES = (
    rf"(?>[0-9]{{1,3}}(?:{BLANK}[0-9]{{3}}(?![0-9]))+(?:[.,]{_CENTS})?"
    rf"|[0-9]{{1,3}}(?:\.[0-9]{{3}}(?![0-9]))+(?:,{_CENTS})?"
    rf"|[0-9]{{1,3}}(?:['’][0-9]{{3}}(?![0-9]))+(?:[.,]{_CENTS})?"
    rf"|[0-9]{{1,3}}(?:,[0-9]{{3}}(?![0-9]))+(?:\.{_CENTS})?"
    r"|[0-9]+(?:[.,][0-9]{1,3}(?![0-9]))?)"
)
NUMBERS = Patterns(grammar={"blank": BLANK, "figures": FIGURES, "word_number": _word_number})
"""Patterns of numbers: of figures, and in words."""
# A number of more groups, or of more figures, is a row of cells or a code.
_MAX_GROUPS = 5
_MAX_FIGURES = 15
_GROUPED = re.compile(rf"([0-9]{{1,3}})((?:{BLANK}[0-9]{{3}})+)([.,][0-9]+)?")


def parse_number(words: str, *, english: bool = False, scaled: bool = False) -> Decimal | None:
    """Return the value of a number as written, or None where it is none or is not clear.

    A point or comma before exactly three figures separates thousands. Before a word like "miljoner" (`scaled`) a single comma is
    the decimal sign all the same, unless the text is English: "1,543 miljoner" is one and a half. Groups are three figures each,
    at most five, with one kind of separator; figures that look like the cells of a table joined by blanks ("500 000 600 000")
    give None.
    """
    key = " ".join(words.casefold().split())
    if key in number_words():
        return number_words()[key]
    if grouped := _GROUPED.fullmatch(words):
        compact = _joined_groups(grouped)
        return Decimal(compact) if compact else None
    compact = re.sub(r"['’]", "", words)
    if not compact or not compact.isascii() or len(re.sub(r"[^0-9]", "", compact)) > _MAX_FIGURES + 2:
        return None
    if re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?", compact):
        compact = compact.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"[0-9]{1,3},[0-9]{3}", compact) and scaled and not english:
        compact = compact.replace(",", ".")
    elif re.fullmatch(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?", compact):
        compact = compact.replace(",", "")
    elif re.fullmatch(r"[0-9]+(?:[.,][0-9]+)?", compact):
        compact = compact.replace(",", ".")
    else:
        return None
    return Decimal(compact)


def _joined_groups(grouped: re.Match[str]) -> str:
    """Return a number grouped by blanks as plain figures; "" where it may be several cells.

    Two kinds of blank are one number only where no later group can begin a number of its own, since each begins with 0.
    """
    first, rest, decimals = grouped.groups()
    groups = [first, *re.findall("[0-9]{3}", rest)]
    mixed = len(set(rest[::4])) > 1 and any(not group.startswith("0") for group in groups[1:])
    if len(groups) > _MAX_GROUPS or mixed:
        return ""
    if len(groups) > 3 and len(first) == 3 and any(a == "000" != b for a, b in pairwise(groups)):
        return ""  # hundreds of milliards that are not round: "500 000 600 000" is two cells
    return "".join(groups) + (decimals or "").replace(",", ".")
