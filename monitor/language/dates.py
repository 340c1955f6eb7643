"""Dates in running text, with their purpose, day and doubts. A date that may be read in two ways is reported, never guessed."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import islice, pairwise, takewhile

from monitor.language.datafile import Patterns
from monitor.language.date_clock import offset_zone
from monitor.language.date_cues import is_cancelled, is_list_link
from monitor.language.date_forms import Granularity, Mention, find_mentions, make_plain
from monitor.language.date_roles import DateReading, DateRole, read_roles
from monitor.language.date_shared import find_shared_times, holds_for_all_days, refers_back
from monitor.language.date_words import CALENDAR, weekday_names, year_problem
from monitor.language.segments import split_segments
from monitor.language.undated import find_undated

__all__ = ["DateRole", "Exactness", "FoundDate", "find_dates"]


class Exactness(StrEnum):
    """Precision of a stated date. DAY and MINUTE come with a date (unless it is no real day), the others without one."""

    DAY = "day"
    MINUTE = "minute"
    MONTH = "month"
    SEASON = "season"
    RECURRING = "recurring"
    ROLLING = "rolling"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDate:
    """Date of a text, with its offsets and the words between them."""

    start: int
    end: int
    text: str
    role: DateRole
    date: dt.date | None = None
    """The day; of a period its last one."""
    date_from: dt.date | None = None
    """First day of a period."""
    time: dt.time | None = None
    precision: Exactness = Exactness.DAY
    zone: str = "Europe/Stockholm"
    """IANA name of the time zone of its clock."""
    ambiguous: str = ""
    """Doubt, in Swedish: with a `date` a remark, without one the reason why there is none."""
    past: bool = False
    """The text speaks of it as passed."""
    labelled: bool = False
    """It is in a box such as "Stänger: 6 mars 2023"."""
    assumed: bool = False
    """The year is not written and was counted from the reference."""
    guessed: bool = False
    """The year was counted from the day of reading."""
    bound: bool = False
    """Something is to be sent by it, or it is a period behind a label, and its sentence does not say what for."""


# Further ahead than this, a date without a year has rather passed just before the page was written.
_FARTHEST = timedelta(days=334)
# Distance from the reference in which a weekday may decide the year: forward, back, and back from the day of reading.
_AHEAD, _BACK, _BACK_FROM_READING = timedelta(days=731), timedelta(days=366), timedelta(days=6 * 366)
# An extension names a day within this of the one it replaces; a "new deadline" within a season.
_EXTENDED, _RENEWED = timedelta(days=200), timedelta(days=92)
_CALLED_OFF = "dagen är framflyttad eller inställd"
_REPLACED = "dagen är ersatt av en ny"
_RENEWS = re.compile(r"\b(?:ny|nytt|nya|new|revised)\s", re.IGNORECASE)
_SAME_YEAR = re.compile(r",?\s(?:(?:of|in|i)\s(?:the\s)?)?(?:samma\sår|samme\sår|the\ssame\syear|same\syear)\b", re.IGNORECASE)
"""Words after a day that give it the year of the date before: "den 18 januari samma år"."""
_NEAREST = re.compile(
    r"\b(?:closest|nearest|närmast\w*|nærmest\w*)\s(?:\w+\s){1,2}(?:to|till?)\s(?:(?:the|den)\s)?$", re.IGNORECASE
)
_LASTS = re.compile(
    r"\s?(?:for|i|and)\s(?:\w+\s)?[0-9]{1,3}\s(?:days?|weeks?|months?|dag|dagar|dage|dager|veckor|uger|uker)\b", re.IGNORECASE
)
# A time behind the year and a comma or a bracket.
_TIME_BEHIND = re.compile(
    r"[0-9a-zåäöæø][,(]\s?\(?(?:kl\b\.?|klockan|klokken|klokka|at)?\s?[0-9]{1,2}[:.][0-9]{2}[^0-9]*$", re.IGNORECASE
)
# A box has a few words and then the day; a sentence has more.
_LABEL = re.compile(r"(?:[^.!?]{0,60}:\s*|(?:[^\s.!?]+\s+){1,4})(?:(?:den|the|är)\s+)?")
# Danish "inden" and Norwegian "innen" are as good as "senest".
_PATTERNS = Patterns(
    grammar={
        "before": r"\b(före|innan|(?<!on or )before|før)\s+(?:{weekday},?\s+)?(?:(?:den|the)\s+)?$",
    },
    others=(CALENDAR,),
)
_MONTH_FIRST = re.compile(
    r"(?<![0-9/])(?:0?[1-9]|1[0-2])/(?:1[3-9]|2[0-9]|3[01])/[0-9]{4}(?![0-9])|[0-9]\s?[ap]\.?m\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Reference:
    """Day from which years that are not written are counted; `read` for the day of reading."""

    day: date | None
    read: bool = False


def find_dates(
    text: str, *, reference: date | None, language: str = "", zone: str = "Europe/Stockholm", read: bool = False
) -> list[FoundDate]:
    """Return every date in a text, in order.

    A year that is not written is the one of the next such day on or after the reference (in the past tense the last one before),
    unless the weekday beside it belongs to another year. A weekday that contradicts a written date leaves the item without a
    date. A text of only one date is taken for a deadline, as sources cut such texts out of pages.

    Args:
        text: Text as published.
        reference: Day of publication. Without one, a date without a year is RECURRING.
        language: Language of the text; in English, figures may have the month first.
        zone: IANA time zone of the publisher.
        read: The reference is only the day of reading: a day of publication in the text goes before it, and a weekday may settle
            an earlier year.
    """
    prepared = make_plain(text)
    words = prepared.words
    segments = split_segments(words)
    readings = read_roles(words, segments, find_mentions(words, zone))
    month_first = language == "en" and _MONTH_FIRST.search(words) is not None
    days = _Days(readings, _choose_reference(readings, reference, read=read))
    found = [_settle(words, readings, index, days, zone, month_first) for index in range(len(readings))]
    found = _replace_moved(words, readings, found)
    found = _repeat_times(words, _share_times(words, found, zone))
    found = [
        item
        for item in found
        if item.role is not DateRole.OTHER or item.precision in (Exactness.DAY, Exactness.MINUTE, Exactness.RECURRING)
    ]
    spans = [(item.start, item.end) for item in found]
    for start, end, role, exactness in find_undated(words, segments, spans):
        found.append(FoundDate(start=start, end=end, text="", role=DateRole(role), precision=Exactness(exactness), zone=zone))
    return [_placed(item, text, prepared.span(item.start, item.end)) for item in sorted(found, key=lambda item: item.start)]


def _placed(item: FoundDate, text: str, span: tuple[int, int]) -> FoundDate:
    return replace(item, start=span[0], end=span[1], text=text[span[0] : span[1]])


def _choose_reference(readings: list[DateReading], reference: date | None, *, read: bool) -> _Reference:
    """Return the reference; where it is missing or the day of reading, the day of publication that the text itself states."""
    if reference is not None and not read:
        return _Reference(reference)
    published = _published(readings)
    if published is not None and (reference is None or published <= reference):
        return _Reference(published)
    return _Reference(reference, read=reference is not None)


def _published(readings: list[DateReading]) -> date | None:
    for reading in readings:
        m = reading.mention
        if reading.role is DateRole.PUBLICATION and m.year and m.month and m.day and not m.problem and (day := _make(m.year, m)):
            return day
    return None


def _settle(words: str, readings: list[DateReading], index: int, days: _Days, zone: str, month_first: bool) -> FoundDate:
    """Return the date that a mention means, with its doubts."""
    reading = readings[index]
    m = reading.mention
    found = FoundDate(
        start=m.start, end=m.end, text="", role=reading.role, zone=m.zone or zone, past=reading.past, bound=reading.bound
    )
    found = replace(found, labelled=reading.segment.line and _LABEL.fullmatch(words[reading.segment.start : m.start]) is not None)
    following = readings[index + 1] if index + 1 < len(readings) and readings[index + 1].segment is reading.segment else None
    called_off = not reading.moved and is_cancelled(
        words[reading.segment.start : m.start], reading.after, more=following is not None
    )
    if called_off and not (following is not None and following.moved):
        return replace(found, precision=Exactness.NONE, ambiguous=_CALLED_OFF)
    if m.granularity is not Granularity.DAY:
        usual = m.year is None and reading.sentence.usual
        return replace(found, precision=Exactness.NONE if usual else Exactness(m.granularity.value))
    if m.problem or (month_first and m.loose and (m.day or 0) <= 12):
        return replace(found, precision=Exactness.NONE, ambiguous=m.problem or "dag och månad kan vara omkastade")
    if (reading.sentence.counted and m.year is None) or _NEAREST.search(reading.before) or _LASTS.match(reading.after):
        role = DateRole.DEADLINE if re.search(r"\bsene?a?st\s+(?:den\s+)?$", reading.before) else reading.role
        return replace(found, role=role, precision=Exactness.RECURRING, ambiguous="räknas från en annan dag")
    day, assumed = days.of(index)
    if day is None:
        return replace(found, precision=Exactness.RECURRING, ambiguous="året framgår inte")
    if isinstance(day, str):
        return replace(found, precision=Exactness.NONE, ambiguous=day)
    if not _fits(m, day):
        return replace(found, precision=Exactness.NONE, ambiguous=_contradiction(m, day))
    return _with_time(
        _with_period(replace(found, date=day, assumed=assumed, guessed=assumed and days.counted.read), readings, index), m, zone
    )


def _with_period(found: FoundDate, readings: list[DateReading], index: int) -> FoundDate:
    """Return the date with the first day of its period, and the doubts about the two."""
    assert found.date is not None
    reading = readings[index]
    m = reading.mention
    first = _latest(m.first, found.date) if m.first is not None else None
    if (
        m.first is None
        and index
        and readings[index - 1].segment is reading.segment
        and {reading.role, readings[index - 1].role} == {DateRole.DEADLINE, DateRole.OPENING}
    ):
        first = _latest(readings[index - 1].mention, found.date) if reading.role is DateRole.DEADLINE else None
    doubt = ""
    if reading.role in (DateRole.DEADLINE, DateRole.ANSWER):
        hit = _PATTERNS["before"].search(reading.before)
        doubt = f"”{hit[1].lower()}”: oklart om dagen själv räknas" if hit else m.doubt
    if first is not None and first > found.date:
        first, doubt = None, "perioden slutar innan den börjar"
    elif first is not None and m.first is not None and not _fits(m.first, first):
        doubt, first = _contradiction(m.first, first), None
    return replace(found, date_from=first, ambiguous=doubt)


def _with_time(found: FoundDate, mention: Mention, zone: str) -> FoundDate:
    assert found.date is not None
    if mention.time is None:
        return found
    if mention.offset is None:
        return replace(found, time=mention.time, precision=Exactness.MINUTE)
    day, at, name = offset_zone(mention.offset, found.date, mention.time, zone)
    return replace(found, date=day, time=at, zone=name, precision=Exactness.MINUTE)


def _share_times(words: str, found: list[FoundDate], zone: str) -> list[FoundDate]:
    """Return the dates, the closing days without a time with the time that the text states behind them."""
    timed = list(found)
    waiting: list[int] = []  # places of closing days without a time, before the time at hand
    place = 0
    for shared in find_shared_times(words, [(item.start, item.end) for item in found]):
        while place < len(found) and found[place].end <= shared.start:
            item = found[place]
            if _lacks_time(item):
                waiting.append(place)
            place += 1
        cut = 0 if shared.all_days else -1
        if shared.each_day and not waiting:  # "klockan 12.00 det datum som anges": the days are behind it
            waiting = [index for index, item in enumerate(found) if item.start > shared.start and _lacks_time(item)]
        for index in waiting[cut:]:
            item, clock = timed[index], shared.clock
            mention = Mention(item.start, item.end, Granularity.DAY, time=clock.time, offset=clock.offset)
            timed[index] = _with_time(replace(item, zone=clock.zone or item.zone), mention, zone)
        del waiting[cut:]
    return timed


def _lacks_time(item: FoundDate) -> bool:
    closes = item.role in (DateRole.DEADLINE, DateRole.ANSWER) or item.bound
    return closes and item.date is not None and item.time is None


def _repeat_times(words: str, found: list[FoundDate]) -> list[FoundDate]:
    """Return the dates, closing days with the time that another one states for them: "at the same time", "on both days"."""
    timed: list[FoundDate] = []
    last: FoundDate | None = None  # the last one with a time
    waiting: list[int] = []  # places of closing days without a time since the last one with a time
    for item in found:
        if item.role in (DateRole.DEADLINE, DateRole.ANSWER) and item.date is not None:
            if item.time is None and last is not None and refers_back(words, item.end):
                item = _timed_as(item, last)
                if waiting and _are_listed(words, [*(timed[place] for place in waiting), item]):
                    for place in waiting:
                        timed[place] = _timed_as(timed[place], last)
                    waiting = []
            last = last if item.time is None else item
            if item.time is None:
                waiting.append(len(timed))
            elif holds_for_all_days(words, item.end) or _ends_list(words, [*(timed[place] for place in waiting), item]):
                for place in waiting:
                    timed[place] = _timed_as(timed[place], item)
                waiting = []
        timed.append(item)
    return timed


def _ends_list(words: str, days: list[FoundDate]) -> bool:
    """Tell whether days without a time are one list whose last day has it behind a comma: "12 January and 8 July 2027, 17:00"."""
    return len(days) > 1 and _are_listed(words, days) and _TIME_BEHIND.search(words, days[-1].start, days[-1].end) is not None


def _are_listed(words: str, days: list[FoundDate]) -> bool:
    """Tell whether only commas and words such as "and" are between days."""
    return all(is_list_link(words[before.end : item.start]) for before, item in pairwise(days))


def _timed_as(item: FoundDate, other: FoundDate) -> FoundDate:
    return replace(item, time=other.time, zone=other.zone, precision=Exactness.MINUTE)


def _fits(mention: Mention, day: date) -> bool:
    """Tell whether the weekday beside a date is that of the day."""
    return mention.weekday is None or day.weekday() == mention.weekday


def _contradiction(mention: Mention, day: date) -> str:
    assert mention.weekday is not None
    stated, real = weekday_names()[mention.weekday], weekday_names()[day.weekday()]
    return f"veckodagen stämmer inte: {day.isoformat()} är en {real}, inte en {stated}"


def _replace_moved(words: str, readings: list[DateReading], found: list[FoundDate]) -> list[FoundDate]:
    """Return the dates, those replaced by a later day without a date, also where the text repeats them."""
    old: set[date] = set()
    dropped: set[int] = set()
    for index, reading in enumerate(readings):
        if found[index].role not in (DateRole.DEADLINE, DateRole.ANSWER):
            continue
        if reading.void or (reading.replaced and _has_rival(readings, found, index)):
            dropped.add(index)
        elif reading.moved and found[index].date is not None:
            before = _replaced_by(words, readings, found, index)
            if before is not None:
                dropped.add(before)
    old = {day for index in dropped if (day := found[index].date) is not None}
    for index, item in enumerate(found):
        if (
            item.date in old
            and item.role in (DateRole.DEADLINE, DateRole.ANSWER)
            and not (readings[index].moved and index not in dropped)
        ):
            dropped.add(index)
    return [
        replace(item, date=None, date_from=None, time=None, precision=Exactness.NONE, ambiguous=_REPLACED)
        if index in dropped
        else item
        for index, item in enumerate(found)
    ]


def _has_rival(readings: list[DateReading], found: list[FoundDate], index: int) -> bool:
    """Tell whether another closing day is beside this one in its sentence."""
    segment = readings[index].segment
    return any(
        0 <= other < len(readings) and readings[other].segment is segment and found[other].role is found[index].role
        for other in (index - 1, index + 1)
    )


def _replaced_by(words: str, readings: list[DateReading], found: list[FoundDate], index: int) -> int | None:
    """Return the place of the date that a moved one replaces: the one before it in its sentence, else before it in time."""
    role, day, segment = found[index].role, found[index].date, readings[index].segment
    assert day is not None
    if index and readings[index - 1].segment is segment and found[index - 1].role is role:
        return index - 1
    longest = _RENEWED if _RENEWS.search(readings[index].before) else _EXTENDED
    earlier = [
        (item.date, other)
        for other, item in enumerate(found)
        if item.role is role and item.date is not None and not readings[other].moved and timedelta(0) < day - item.date <= longest
    ]
    return max(earlier)[1] if earlier else None


def _make(year: int, mention: Mention) -> date | None:
    """Return the day of a mention in a year; None where there is no such day."""
    assert mention.month is not None
    assert mention.day is not None
    try:
        if mention.day == -1:
            day = date(year + mention.month // 12, mention.month % 12 + 1, 1) - timedelta(days=1)
        else:
            day = date(year, mention.month, mention.day)
    except ValueError:
        return None
    return None if year_problem(day) else day


def _years(mention: Mention, first: int, last: int) -> list[date]:
    """Return the days of a mention in a range of years."""
    return [made for year in range(max(first, 1), last + 1) if (made := _make(year, mention)) is not None]


def _next(mention: Mention, day: date) -> date | None:
    return min((made for made in _years(mention, day.year, day.year + 8) if made >= day), default=None)


def _latest(mention: Mention, day: date) -> date | None:
    """Return the last day of a mention on or before another day; the day as written where it has a year."""
    if mention.problem or mention.granularity is not Granularity.DAY:
        return None
    if mention.year is not None:
        return _make(mention.year, mention)
    return max((made for made in _years(mention, day.year - 8, day.year) if made <= day), default=None)


class _Days:
    """Days that the mentions of a text mean. Each is worked out once, however many dates of a list are counted from it."""

    def __init__(self, readings: list[DateReading], counted: _Reference) -> None:
        self._readings, self.counted = readings, counted
        self._found: dict[int, tuple[date | str | None, bool]] = {}
        self._before: dict[int, date | None] = {}

    def of(self, index: int) -> tuple[date | str | None, bool]:
        """Return the day, or the reason in Swedish why there is none, and whether its year was counted from the reference."""
        if index not in self._found:
            self._found[index] = self._day(index)
        return self._found[index]

    def _day(self, index: int) -> tuple[date | str | None, bool]:
        readings, counted = self._readings, self.counted
        reading = readings[index]
        m = reading.mention
        missing = "dagen finns inte i kalendern"
        if m.year is not None:
            return _make(m.year, m) or missing, False
        if m.first is not None and m.first.year is not None and not m.first.problem:
            start = _make(m.first.year, m.first)
            return (_next(m, start) if start else None) or missing, False
        if m.shift is not None:
            return (_make(counted.day.year + m.shift, m) or missing, counted.read) if counted.day is not None else (None, True)
        if reading.hint is not None:
            return _make(reading.hint, m) or missing, False
        if _SAME_YEAR.match(reading.after):
            written = next((r.mention.year for r in reversed(readings[:index]) if r.mention.year is not None), None)
            return (_make(written, m) or missing, False) if written is not None else (None, True)
        if (neighbour := self._beside(index)) is not None:
            return neighbour, False
        if reading.season_end is not None:
            return _latest(m, reading.season_end) or missing, False
        if counted.day is None:
            return None, True
        return self._counted_day(index, counted.day)

    def _counted_day(self, index: int, reference: date) -> tuple[date | str | None, bool]:
        """Return the day of a date that no other date settles, counted from the reference."""
        reading = self._readings[index]
        m = reading.mention
        day, assumed = _counted_day(reading, reference, read=self.counted.read)
        before = self._readings[index - 1].mention if index else None
        listed = reading.linked and before is not None and before.day is not None and not before.problem
        if isinstance(day, str) and listed and m.weekday is None:
            # "15 mars och 15 september": the day of a list follows the one before it, however far it is from the reference.
            earlier, _ = self.of(index - 1)
            day = (_next(m, earlier) or day) if isinstance(earlier, date) else day
        return day, assumed

    def _beside(self, index: int) -> date | str | None:
        """Return the day of a date without year, counted from one with a year in its sentence; None without such a date."""
        reading = self._readings[index]
        m = reading.mention
        missing = "dagen finns inte i kalendern"
        for other in takewhile(lambda r: r.segment is reading.segment, islice(self._readings, index + 1, None)):
            if (day := _written_day(other.mention)) is not None:
                return (_next(m, day) if reading.moved is False and other.replaced else _latest(m, day)) or missing
        start = self._day_before(index)
        return (_latest(m, start) if reading.replaced else _next(m, start)) or missing if start is not None else None

    def _day_before(self, index: int) -> date | None:
        """Return the day of the date before in its sentence: that with a year, or one of a list that begins with such a date.

        "8 januari 2027, därefter 9 april och 22 oktober": each follows the one before. None without such a date.
        """
        if index not in self._before:
            self._before[index] = self._find_before(index)
        return self._before[index]

    def _find_before(self, index: int) -> date | None:
        reading, earlier = self._readings[index], self._readings[index - 1] if index else None
        if earlier is None or earlier.segment is not reading.segment:
            return None
        before = earlier.mention
        if reading.role is DateRole.ANSWER and earlier.role is not DateRole.ANSWER:
            return None  # "Sista dag är 18 mars 2027, men hör av er senast 15 december": one replies before the call closes
        if (day := _written_day(before)) is not None:
            return day
        is_plain = before.granularity is Granularity.DAY and before.year is None and before.month and before.first is None
        start = self._day_before(index - 1) if is_plain and before.shift is None else None
        return _next(before, start) if start is not None else None


def _written_day(mention: Mention) -> date | None:
    """Return the day of a mention with a written year; None for any other."""
    if mention.granularity is not Granularity.DAY or mention.year is None or not mention.month:
        return None
    return _make(mention.year, mention)


def _counted_day(reading: DateReading, reference: date, *, read: bool) -> tuple[date | str, bool]:
    """Return the day of a date without year, counted from the reference."""
    m = reading.mention
    missing = "dagen finns inte i kalendern"
    if m.weekday is not None:
        return _weekday_year(reading, reference, read=read) or missing, False
    if reading.past:
        return _latest(m, reference) or missing, True
    if m.first is not None and reading.role is DateRole.OTHER:
        return _next(m, reference) or missing, True
    day = _next(m, reference)
    if day is not None and day - reference > _FARTHEST:
        return "året framgår inte, och dagen kan redan vara förbi", True
    return day or missing, True


def _weekday_year(reading: DateReading, reference: date, *, read: bool) -> date | str:
    """Return the day in the year in which it has its weekday: the next one near the reference, else the last one before it.

    A day that has the weekday in none of these years contradicts itself; where a page of unknown age may mean several, none is
    guessed.
    """
    m = reading.mention
    days = [day for day in _years(m, reference.year - 7, reference.year + 3) if _fits(m, day)]
    ahead = [day for day in days if timedelta(0) <= day - reference <= _AHEAD]
    behind = [day for day in days if timedelta(0) < reference - day <= (_BACK_FROM_READING if read else _BACK)]
    if reading.past and behind:
        return behind[-1]
    if ahead and (ahead[0] - reference <= _FARTHEST or not read or not behind):
        return ahead[0]
    if behind and not ahead:
        return behind[-1]
    if behind:
        return "året framgår inte: veckodagen passar flera år"
    return f"veckodagen stämmer inte: dagen är ingen {weekday_names()[m.weekday or 0]} något år i närheten"
