"""Words and figures of dates: months, weekdays, seasons, days in words, zones, and years that machines fill in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache

from monitor.language.datafile import Patterns, read_rows

_FILE = "calendar.toml"
# These are no words of another language and no verbs, so that "july 3" is a day without a capital; "mars 3" and "may 3" are not.
MONTHS_ENGLISH = "january|february|march|june|july|october"


@cache
def months() -> Mapping[str, int]:
    """Return the numbers of the months (1 to 12) by name, abbreviations included."""
    return {**_numbers("month"), **_numbers("month_beside_day")}


@cache
def weekdays() -> Mapping[str, int]:
    """Return the numbers of the weekdays by name; 0 is Monday, as in `datetime.date.weekday`."""
    return _numbers("weekday")


@cache
def weekday_names() -> tuple[str, ...]:
    """Return the Swedish weekdays from Monday on."""
    return tuple(row["names"].split()[0] for row in read_rows(_FILE, "weekday", number=int, names=str))


@cache
def days_in_words() -> Mapping[str, int]:
    """Return the days of a month by the words for them that stand before a month ("tredje maj")."""
    return _ordinals("day")


@cache
def days_before_of() -> Mapping[str, int]:
    """Return the days of a month by the words for them that stand before "of" ("third of May")."""
    return _ordinals("day_of")


def _numbers(table: str) -> dict[str, int]:
    return {name: row["number"] for row in read_rows(_FILE, table, number=int, names=str) for name in row["names"].split()}


def _ordinals(table: str) -> Mapping[str, int]:
    return {
        word: day
        for row in read_rows(_FILE, table, language=str, words=str)
        for day, words in enumerate(row["words"].split(), start=1)
        for word in words.split("|")
    }


@cache
def zones() -> Mapping[str, str]:
    """Return IANA time zones by the names of places and clocks; "" is the publisher's own zone."""
    return {
        name: "" if row["zone"] == "own" else row["zone"]
        for row in read_rows(_FILE, "zone", zone=str, names=str)
        for name in row["names"].split(", ")
    }


def _any(words: Iterable[str]) -> str:
    """Return the pattern of any of the words, the longest first."""
    return "|".join(sorted(words, key=len, reverse=True))


_NO_LETTER = "(?![a-zåäöæø0-9])"
CALENDAR = Patterns(
    _FILE,
    {
        # "man" is a Danish pronoun; only with its full stop is it Monday.
        "weekday": lambda: rf"(?:{_any(weekdays())}){_NO_LETTER}\.?|man\.",
        "month_name": lambda: rf"(?:{_any(_numbers('month'))}){_NO_LETTER}",
        # The full stop after "september" ends the sentence, the one after "sept" does not.
        "month": lambda: rf"{{month_name}}|(?:{_any(months())}){_NO_LETTER}\.?",
        "months_english": MONTHS_ENGLISH,
        "day_word": lambda: _any(days_in_words()),
        "day_word_of": lambda: _any(days_before_of()),
        "zone_name": lambda: _any(name.replace(" ", r"\ ") for name in zones()),
    },
)
"""Patterns of the words of dates."""


FIRST_YEAR, LAST_YEAR = 2000, 2098


def is_sentinel(day: date) -> bool:
    """Tell whether a machine filled in this day where none was given (0001-01-01, 1970-01-01, 2099-12-31, 9999-12-31)."""
    return day.year <= 1900 or day.year >= 2099 or day == date(1970, 1, 1)


def year_problem(day: date) -> str:
    """Return why the year of a day cannot be that of a call, in Swedish; empty for the years 2000 to 2098.

    A day outside is a mistake, filled in by a machine, or history; as a deadline or an occasion it would break calendars.
    """
    if is_sentinel(day):
        return "årtalet är en utfyllnad, inget datum"
    return "" if FIRST_YEAR <= day.year <= LAST_YEAR else "årtalet ligger utanför 2000–2100"
