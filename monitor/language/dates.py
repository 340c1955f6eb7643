"""Dates in running text: what each is for, which day it is, and what about it cannot be known. Strict: what may be misread is reported, never guessed."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import islice, takewhile

from monitor.language.date_cues import (
    is_cancelled,
)
from monitor.language.date_forms import Form, Mention, plain, scan
from monitor.language.date_roles import Reading, Role, read_roles
from monitor.language.date_words import is_sentinel
from monitor.language.segments import split_segments
from monitor.language.undated import find_undated

__all__ = ["Exactness", "FoundDate", "Role", "find_dates"]


class Exactness(StrEnum):
    """How much is stated. DAY and MINUTE come with a date (unless it is no real day), the others without one."""

    DAY = "day"
    MINUTE = "minute"
    MONTH = "month"
    SEASON = "season"
    RECURRING = "recurring"
    ROLLING = "rolling"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDate:
    """One date of a text. `start` and `end` are offsets, `text` the words between them, `zone` the IANA name its clock goes by.

    `date` is the last day of a period, `date_from` its first. `ambiguous` says in Swedish what is doubtful; with a `date` it is a remark,
    without one the reason why there is none. `past` tells that the text speaks of it as gone by; `labelled` that it stands in a box ("Stänger: 6 mars 2023");
    `assumed` that the year was not written.
    """

    start: int
    end: int
    text: str
    role: Role
    date: dt.date | None = None
    date_from: dt.date | None = None
    time: dt.time | None = None
    precision: Exactness = Exactness.DAY
    zone: str = "Europe/Stockholm"
    ambiguous: str = ""
    past: bool = False
    labelled: bool = False
    assumed: bool = False


# Further ahead than this, a date without a year has rather passed just before the page was written.
_FARTHEST = timedelta(days=334)
# A box has a few words and then the day; a sentence has more.
_LABEL = re.compile(r"(?:[^.!?]{0,60}:\s*|(?:[^\s.!?]+\s+){1,4})(?:(?:den|the|är)\s+)?")
_USUALLY = re.compile(
    r"\b(?:oftast|vanligtvis|vanligen|normalt|brukar|i\s+regel|usually|normally|varje\s+år|årligen|every\s+year)\b", re.IGNORECASE
)
_RELATIVE = re.compile(
    r"\b(?:månader|månad|veckor|vecka|dagar|dag|months?|weeks?|days?)\s+(?:efter|after|innan|före|before)\b", re.IGNORECASE
)
_BEFORE = re.compile(r"\b(före|innan|before)\s+(?:(?:den|the)\s+)?$", re.IGNORECASE)
_MONTH_FIRST = re.compile(
    r"(?<![0-9/])(?:0?[1-9]|1[0-2])/(?:1[3-9]|2[0-9]|3[01])/[0-9]{4}(?![0-9])|[0-9]\s?[ap]\.?m\b", re.IGNORECASE
)


def find_dates(text: str, *, reference: date | None, language: str = "", zone: str = "Europe/Stockholm") -> list[FoundDate]:
    """Every date in a text, in order.

    `reference` is the day the text was published, or else read: a year that is not written is the one of the next such day on or after it (the last such
    day before it in the past tense). Without a reference such a date is RECURRING. A text that is nothing but one date is what someone cut out of a page
    as its deadline, and is taken for that.
    """
    words = plain(text)
    segments = split_segments(words)
    readings = read_roles(words, segments, scan(words, zone))
    month_first = language == "en" and _MONTH_FIRST.search(words) is not None
    if reference is None:
        reference = _published(readings)
    found = [_settle(words, readings, index, reference, zone, month_first) for index in range(len(readings))]
    found = [
        item
        for item in found
        if item.role is not Role.OTHER or item.precision in (Exactness.DAY, Exactness.MINUTE, Exactness.RECURRING)
    ]
    spans = [(item.start, item.end) for item in found]
    for start, end, role, exactness in find_undated(words, segments, spans):
        found.append(FoundDate(start=start, end=end, text="", role=Role(role), precision=Exactness(exactness), zone=zone))
    return [replace(item, text=text[item.start : item.end]) for item in sorted(found, key=lambda item: item.start)]


def _published(readings: list[Reading]) -> date | None:
    for reading in readings:
        m = reading.mention
        if reading.role is Role.PUBLICATION and m.year and m.month and m.day and not m.problem:
            return date(m.year, m.month, m.day)
    return None


def _settle(words: str, readings: list[Reading], index: int, reference: date | None, zone: str, month_first: bool) -> FoundDate:
    """The day a mention means, with all that is known about its year."""
    reading = readings[index]
    m = reading.mention
    found = FoundDate(start=m.start, end=m.end, text="", role=reading.role, zone=m.zone or zone, past=reading.past)
    found = replace(found, labelled=reading.segment.line and _LABEL.fullmatch(words[reading.segment.start : m.start]) is not None)
    following = readings[index + 1] if index + 1 < len(readings) and readings[index + 1].segment is reading.segment else None
    if is_cancelled(words[reading.segment.start : m.start], reading.after, more=following is not None):
        return replace(found, precision=Exactness.NONE, ambiguous="dagen är framflyttad eller inställd")
    if m.form is not Form.DAY:
        usual = m.year is None and _USUALLY.search(words[reading.segment.start : reading.segment.end])
        return replace(found, precision=Exactness.NONE if usual else Exactness(m.form.value))
    if m.problem or (month_first and m.loose and (m.day or 0) <= 12):
        return replace(found, precision=Exactness.NONE, ambiguous=m.problem or "dag och månad kan vara omkastade")
    if _RELATIVE.search(words[reading.segment.start : reading.segment.end]) and m.year is None:
        role = Role.DEADLINE if re.search(r"\bsenast\s+(?:den\s+)?$", reading.before) else reading.role
        return replace(found, role=role, precision=Exactness.RECURRING, ambiguous="räknas från en annan dag")
    day, assumed = _day(readings, index, reference)
    if day is None:
        return replace(found, precision=Exactness.RECURRING, ambiguous="året framgår inte")
    if isinstance(day, str):
        return replace(found, precision=Exactness.NONE, ambiguous=day)
    first = _latest(m.first, day) if m.first is not None else None
    if (
        m.first is None
        and index
        and readings[index - 1].segment is reading.segment
        and {reading.role, readings[index - 1].role} == {Role.DEADLINE, Role.OPENING}
    ):
        first = _latest(readings[index - 1].mention, day) if reading.role is Role.DEADLINE else None
    doubt = (
        f"”{hit[1].lower()}”: oklart om dagen själv räknas"
        if (hit := _BEFORE.search(reading.before)) and reading.role is Role.DEADLINE
        else ""
    )
    if first is not None and first > day:
        first, doubt = None, "perioden slutar innan den börjar"
    precision = Exactness.MINUTE if m.time is not None else Exactness.DAY
    return replace(found, date=day, date_from=first, time=m.time, precision=precision, ambiguous=doubt, assumed=assumed)


def _make(year: int, mention: Mention) -> date | None:
    """The mention in a year; the last day of its month where that is what is written."""
    assert mention.month is not None
    assert mention.day is not None
    try:
        if mention.day == -1:
            return date(year + mention.month // 12, mention.month % 12 + 1, 1) - timedelta(days=1)
        day = date(year, mention.month, mention.day)
    except ValueError:
        return None
    return None if is_sentinel(day) else day


def _next(mention: Mention, day: date) -> date | None:
    options = [made for year in range(day.year, day.year + 9) if (made := _make(year, mention)) is not None and made >= day]
    return min(options, default=None)


def _latest(mention: Mention, day: date) -> date | None:
    """The last such day on or before another one; the year as written where there is one."""
    if mention.problem or mention.form is not Form.DAY:
        return None
    if mention.year is not None:
        return _make(mention.year, mention)
    options = [
        made
        for year in range(max(day.year - 8, 1901), day.year + 1)
        if (made := _make(year, mention)) is not None and made <= day
    ]
    return max(options, default=None)


def _day(readings: list[Reading], index: int, reference: date | None) -> tuple[date | str | None, bool]:
    """The day, or why it is none, and whether its year had to be worked out from the reference."""
    reading = readings[index]
    m = reading.mention
    missing = "dagen finns inte i kalendern"
    if m.year is not None:
        return _make(m.year, m) or missing, False
    if m.first is not None and m.first.year is not None and not m.first.problem:
        start = _make(m.first.year, m.first)
        return (_next(m, start) if start else None) or missing, False
    if m.shift is not None:
        return (_make(reference.year + m.shift, m) or missing, False) if reference is not None else (None, True)
    if reading.hint is not None:
        return _make(reading.hint, m) or missing, False
    for other in takewhile(lambda r: r.segment is reading.segment, islice(readings, index + 1, None)):
        if other.mention.form is not Form.DAY:
            continue
        day = _make(other.mention.year, other.mention) if other.mention.year is not None and other.mention.month else None
        if day is not None:
            return _latest(m, day) or missing, False
    if index and readings[index - 1].segment is reading.segment and readings[index - 1].mention.form is Form.DAY:
        previous = readings[index - 1].mention
        day = _make(previous.year, previous) if previous.year is not None and previous.month else None
        if day is not None:
            return _next(m, day) or missing, False
    if reference is None:
        return None, True
    if reading.past:
        return _latest(m, reference) or missing, True
    if m.first is not None and reading.role is Role.OTHER:
        return _next(m, reference) or missing, True
    day = _next(m, reference)
    if day is not None and day - reference > _FARTHEST:
        return "året framgår inte, och dagen kan redan vara förbi", True
    return day or missing, True
