"""Planned times in work programmes: a day, a month or a quarter, as the first and the last day that the words allow. Pure."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from monitor.language.date_forms import Granularity, Mention, find_mentions, make_plain

_ZONE = "Europe/Brussels"
_YEARS = range(2020, 2046)
_ORDINALS = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "1st": 1,
    "2nd": 2,
    "3rd": 3,
    "4th": 4,
    "första": 1,
    "andra": 2,
    "tredje": 3,
    "fjärde": 4,
}
_QUARTER = re.compile(
    r"\bQ([1-4])(?:\s?[-–/]\s?Q([1-4]))?[\s/,]{1,3}(?:of\s)?(20\d\d)\b"
    rf"|\b({'|'.join(_ORDINALS)})\s(?:quarter|kvartalet)\s(?:of\s)?(20\d\d)\b",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"\bto be (?:decided|confirmed|determined|announced|defined)\b|\btb[acd]\b|\bn/a\b|\bnot applicable\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class PlannedTime:
    """Time that a programme plans."""

    first: date
    last: date
    """Last day that the words allow; the same as `first` for a day."""
    words: str


@dataclass(frozen=True, slots=True)
class TimePlace:
    """Place of a time in a text; `time` is None where the words leave it open or may be read in two ways."""

    start: int
    end: int
    time: PlannedTime | None


def find_times(text: str, *, day_first: bool = True) -> list[TimePlace]:
    """Return the times of a text with a year, in order, and the places that leave a time open.

    Args:
        text: Text on one line, with single blanks.
        day_first: The document writes days before months in figures with slashes; without that, 3/2/2027 is left open.
    """
    words = make_plain(text).words
    quarters = [_quarter(found) for found in _QUARTER.finditer(words)]
    places = [*quarters, *(TimePlace(*found.span(), None) for found in _OPEN.finditer(words))]
    taken = [(one.start, one.end) for one in places]
    for mention in find_mentions(words, _ZONE):
        if mention.year in _YEARS and not any(start < mention.end and mention.start < end for start, end in taken):
            places += _places(mention, words, day_first=day_first)
    return sorted(places, key=lambda one: one.start)


def _quarter(found: re.Match[str]) -> TimePlace:
    first, last, year, ordinal, other_year = found.groups()
    begins = int(first) if first else _ORDINALS[ordinal.casefold()]
    ends = int(last) if last else begins
    number = int(year or other_year)
    time = PlannedTime(date(number, 3 * begins - 2, 1), _month_end(number, 3 * ends), found[0]) if begins <= ends else None
    return TimePlace(*found.span(), time)


def _places(mention: Mention, words: str, *, day_first: bool) -> Iterator[TimePlace]:
    """Yield the place of a mention; of a period of days its first and its last day."""
    begin = mention.start + len(_clock_before(words[mention.start : mention.end]))
    said = words[begin : mention.end]
    if mention.first is not None and mention.granularity is Granularity.DAY:
        middle = (begin + mention.end) // 2
        yield TimePlace(begin, middle, _day(mention.first, mention.year, said, day_first=day_first))
        yield TimePlace(middle, mention.end, _day(mention, mention.year, said, day_first=day_first))
    elif mention.granularity is Granularity.DAY:
        yield TimePlace(begin, mention.end, _day(mention, mention.year, said, day_first=day_first))
    else:
        yield TimePlace(begin, mention.end, _month(mention, said))


def _clock_before(said: str) -> str:
    """Return what looks like a time of day before a date: in a table it is the figure of another column, "4.50 21 January"."""
    found = re.match(r"\d{1,2}[.:]\d{2}\s", said)
    return found[0] if found else ""


def _day(mention: Mention, year: int | None, said: str, *, day_first: bool) -> PlannedTime | None:
    month, day = mention.month, mention.day
    if mention.problem or month is None or day is None or (mention.year or year) is None:
        return None
    if mention.loose and not day_first and day <= 12 and day != month:
        return None
    try:
        found = date(mention.year or year or 0, month, day)
    except ValueError:
        return None
    return PlannedTime(found, found, said)


def _month(mention: Mention, said: str) -> PlannedTime | None:
    """Return a month or two months ("April-May 2027"); None for a season, whose months nobody has stated."""
    if mention.granularity is not Granularity.MONTH or mention.month is None or mention.year is None:
        return None
    before = re.split(r"\s?[-–]\s?", said)[0]
    earlier = [one.month for one in find_mentions(f"{before} {mention.year}", _ZONE) if one.month] if before != said else []
    first = min([*earlier, mention.month])
    return PlannedTime(date(mention.year, first, 1), _month_end(mention.year, mention.month), said)


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def writes_day_first(text: str) -> bool:
    """Return whether figures with slashes in a document have the day first: no second figure above twelve, some first one."""
    pairs = [(int(one), int(two)) for one, two in re.findall(r"(?<![\d/])(\d{1,2})/(\d{1,2})/20\d\d(?!\d)", text)]
    return any(one > 12 for one, _ in pairs) and not any(two > 12 for _, two in pairs)
