"""Working days of a Swedish municipality, and the days on which its boards meet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache

from monitor.plan.gates import WEEKDAYS, Closed, Meetings

_DAY = timedelta(days=1)
_LONGEST_SEARCH = 730
"""Days within which a meeting is looked for."""


class Workdays:
    """Calendar that knows weekends, Swedish public holidays, and the eves on which offices are closed all day.

    The days come from https://pypi.org/project/holidays/: categories public, and de_facto (Midsummer's, Christmas and New Year's
    Eve). Days on which offices close at two o'clock are working days.
    """

    def __init__(self, closed: Sequence[Closed] = ()) -> None:
        """Prepare the calendar; `closed` has the periods in which this municipality does not work."""
        self._closed = tuple(closed)

    def is_working(self, day: date) -> bool:
        """Return whether people work on a day."""
        if day.weekday() > 4 or day in _holidays(day.year):
            return False
        return not any(period.first <= day <= period.last for period in self._closed)

    def on_or_before(self, day: date) -> date:
        """Return the day itself if people work on it, else the last working day before it."""
        while not self.is_working(day):
            day -= _DAY
        return day

    def on_or_after(self, day: date) -> date:
        """Return the day itself if people work on it, else the first working day after it."""
        while not self.is_working(day):
            day += _DAY
        return day

    def before(self, day: date, number: int) -> date:
        """Return the working day that is so many working days before a day: one before a Sunday is Friday."""
        for _ in range(number):
            day = self.on_or_before(day - _DAY)
        return self.on_or_before(day)

    def after(self, day: date, number: int) -> date:
        """Return the working day that is so many working days after a day: one after a Sunday is Monday."""
        for _ in range(number):
            day = self.on_or_after(day + _DAY)
        return self.on_or_after(day)

    def last_meeting(self, meetings: Meetings, day: date) -> date | None:
        """Return the last meeting on or before a day; None where there is none within two years."""
        return next((one for step in range(_LONGEST_SEARCH) if self._meets(meetings, one := day - step * _DAY)), None)

    def next_meeting(self, meetings: Meetings, day: date) -> date | None:
        """Return the first meeting on or after a day; None where there is none within two years."""
        return next((one for step in range(_LONGEST_SEARCH) if self._meets(meetings, one := day + step * _DAY)), None)

    def _meets(self, meetings: Meetings, day: date) -> bool:
        if meetings.days and day <= max(meetings.days):
            return day in meetings.days
        return _in_pattern(meetings, day) and self.is_working(day)


def is_decided(meetings: Meetings, day: date) -> bool:
    """Return whether a meeting is one of the decided days; False for a day that only follows from the usual pattern."""
    return day in meetings.days


def _in_pattern(meetings: Meetings, day: date) -> bool:
    if day.month in meetings.not_in or day.weekday() != WEEKDAYS.index(meetings.weekday):
        return False
    return not meetings.weeks or (day.day + 6) // 7 in meetings.weeks


@lru_cache(maxsize=64)
def _holidays(year: int) -> frozenset[date]:
    # Loaded when a plan is made: most commands make none.
    from holidays import country_holidays

    return frozenset(country_holidays("SE", years=year, categories=("public", "de_facto")))
