"""Forecasts of calls to come, from the years and months in which the earlier rounds of their families opened.

Months are counted from January of the year in a round's code, since a call of 2024 often opens late in 2023. A family whose own
rounds have no known opening takes those of its line (LIFE-SAP) or of its programme, which open together; the forecast says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from statistics import median_low

from monitor.awards.families import code_family, code_programme, code_year, title_family

MIN_ROUNDS = 2
"""Fewest years in which a family has opened before anything is said about its next round."""
_MAX_GAP = 3
"""Years since the last round after which a family is taken to have ended."""
_WIDEST = 6
"""Widest spread in months that is still a forecast: rounds further apart have no season."""
_TENTH = 0.1
_GIVEN_UP = 6
"""Months after the latest expected one from which a round that has not opened is taken not to come."""
_COUNTED_YEARS = 3
"""Dated years from which the spread is taken."""


class Basis(StrEnum):
    """Rounds from which the month of a forecast was taken, the surest first."""

    FAMILY = "family"
    LINE = "line"
    PROGRAMME = "programme"


_REGULAR = {Basis.FAMILY: 4, Basis.LINE: 3, Basis.PROGRAMME: 1}
"""Most months between the openings of two years of one group that still has a season. CERV's calls open in all seasons."""


@dataclass(frozen=True, slots=True)
class Round:
    """Call of one year, open or closed."""

    code: str
    title: str
    programme: str = ""
    opens: date | None = None
    """Day on which it opened, None when unknown."""

    @property
    def year(self) -> int | None:
        """Return the year of the round: that of its code, else of its opening."""
        return code_year(self.code) or (self.opens.year if self.opens else None)

    @property
    def month(self) -> int | None:
        """Return the opening as months since the December before the round's year: 1 for January, -1 for November before."""
        if self.opens is None or self.year is None:
            return None
        return 12 * (self.opens.year - self.year) + self.opens.month

    @property
    def family(self) -> str:
        """Return the family by code, else by title; "" for none."""
        named = code_programme(self.code) if code_year(self.code) is not None else self.programme
        return code_family(self.code) or title_family(named or self.programme, self.title)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Round of a family that is expected."""

    family: str
    title: str
    """Title of the latest round."""
    programme: str
    year: int
    """Year that the code of the round is expected to have."""
    month: date
    """First day of the most likely month of opening."""
    earliest: date
    latest: date
    """First days of the months between which earlier rounds opened."""
    years: tuple[int, ...]
    """Years of the rounds that were seen."""
    dated: int
    """Number of years whose opening is known and was counted."""
    basis: Basis
    latest_code: str
    """Code of the latest round."""


def _month_day(year: int, month: int) -> date:
    """Return the first day of a month that is counted from January of a year; the count may be below 1 or above 12."""
    shifted = 12 * year + month - 1
    return date(shifted // 12, shifted % 12 + 1, 1)


def month_after(day: date, months: int) -> date:
    """Return the first day of the month that comes a number of months after that of a day."""
    return _month_day(day.year, day.month + months)


class Seasons:
    """Families of rounds, and the months in which each family, line and programme opens."""

    def __init__(self, rounds: Iterable[Round]) -> None:
        self._families: dict[str, list[Round]] = defaultdict(list)
        self._months: dict[Basis, dict[str, dict[int, list[int]]]] = {
            basis: defaultdict(lambda: defaultdict(list)) for basis in Basis
        }
        for one in {one.code: one for one in rounds}.values():
            if not one.family or one.year is None:
                continue
            self._families[one.family].append(one)
            if one.month is not None:
                for basis, name in _groups(one.family):
                    self._months[basis][name][one.year].append(one.month)

    def rounds(self, family: str) -> Sequence[Round]:
        """Return the rounds of a family, the latest year first."""
        return sorted(self._families.get(family, ()), key=lambda one: (-(one.year or 0), one.code))

    def families(self) -> Collection[str]:
        """Return every family that has a round."""
        return self._families.keys()

    def forecast(self, family: str, year: int | None = None) -> Forecast | None:
        """Return the expected round of a family after its last one, None when fewer than two years are known or no month is.

        Args:
            family: Name of the family.
            year: Year of the round; None for the year after the last round.
        """
        rounds = self.rounds(family)
        years = sorted({one.year for one in rounds if one.year is not None})
        if len(years) < MIN_ROUNDS:
            return None
        expected = year or years[-1] + _usual_step(years)
        for basis, name in _groups(family):
            by_year = self._months[basis].get(name, {})
            nearest = _nearest_years(by_year, expected)
            if not nearest or not _is_regular(by_year, nearest, basis):
                continue
            middle = median_low(by_year[nearest[0]])
            months = sorted(month for dated in nearest[:_COUNTED_YEARS] for month in _ends(by_year[dated]))
            first, last = max(months[0], middle - _WIDEST // 2), min(months[-1], middle + _WIDEST // 2)
            return Forecast(
                family=family,
                title=rounds[0].title,
                programme=rounds[0].programme or code_programme(rounds[0].code),
                year=expected,
                month=_month_day(expected, middle),
                earliest=_month_day(expected, first),
                latest=_month_day(expected, last),
                years=tuple(years),
                dated=len(by_year),
                basis=basis,
                latest_code=rounds[0].code,
            )
        return None

    def upcoming(self, today: date, *, months: int = 12) -> list[Forecast]:
        """Return the forecasts of rounds that are not known yet and likely open this month or later, the soonest first."""
        this = today.replace(day=1)
        until = _month_day(this.year, this.month + months)
        found = []
        for family in self._families:
            forecast = self.forecast(family)
            if forecast and forecast.years[-1] >= today.year - _MAX_GAP and this <= forecast.month <= until:
                found.append(forecast)
        return sorted(found, key=lambda forecast: (forecast.month, forecast.latest_code))


def _usual_step(years: Sequence[int]) -> int:
    """Return how many years lie between rounds: one, or two for a family that came every second year."""
    gaps = [later - earlier for earlier, later in pairwise(years)]
    return median_low(gaps) if gaps else 1


def _groups(family: str) -> list[tuple[Basis, str]]:
    """Return the names under which the months of a family are looked up, the surest first."""
    programme, is_title, _ = family.partition(": ")
    if is_title:
        return (
            [(Basis.FAMILY, family)]
            if programme in ("HORIZON", "H2020", "EDF")
            else [
                (Basis.FAMILY, family),
                (Basis.PROGRAMME, programme),
            ]
        )
    parts = family.split("-")
    return [(Basis.FAMILY, family), (Basis.LINE, "-".join(parts[:2])), (Basis.PROGRAMME, parts[0])]


def _nearest_years(by_year: Mapping[int, Sequence[int]], year: int) -> list[int]:
    """Return the years whose openings are known: those before a year first, the latest of them first, then later years."""
    return sorted(by_year, key=lambda dated: (dated > year, abs(dated - year)))


def _is_regular(by_year: Mapping[int, Sequence[int]], nearest: Sequence[int], basis: Basis) -> bool:
    """Return whether the two years that count most opened near each other; where they did not, there is no season to tell."""
    if len(nearest) == 1:
        return basis is not Basis.PROGRAMME  # other calls of one year alone tell nothing about this one
    first, second = (median_low(by_year[year]) for year in nearest[:2])
    return abs(first - second) <= _REGULAR[basis]


def _ends(months: Sequence[int]) -> tuple[int, int]:
    """Return the months between which four fifths of the rounds of a year opened."""
    ordered = sorted(months)
    cut = int(len(ordered) * _TENTH)
    return ordered[cut], ordered[-1 - cut]


class PromiseOutcome(StrEnum):
    """Judgement of a promise: the forecast as it was when it was first made."""

    KEPT = "kept"
    EARLY = "early"
    LATE = "late"
    MISSED = "missed"
    """No round came."""


def judge_promise(forecast: Forecast, opened: date | None, today: date) -> PromiseOutcome | None:
    """Return how a forecast turned out, None while that is open.

    Args:
        forecast: The forecast as it was made.
        opened: Day on which the round opened, None when none is known to have opened.
        today: Day of the judgement.
    """
    return judge_opening(forecast.earliest, forecast.month, forecast.latest, opened, today)


def judge_opening(earliest: date, likely: date | None, latest: date, opened: date | None, today: date) -> PromiseOutcome | None:
    """Return how an expected opening turned out, by months, None while that is open.

    Args:
        earliest: Day in the first month of the opening.
        likely: Day in the most likely month, which may be missed by one; None where all months are as likely.
        latest: Day in the last month.
        opened: Day on which the call opened, None when none is known to have opened.
        today: Day of the judgement.
    """
    if opened is None:
        return PromiseOutcome.MISSED if _months(latest) + _GIVEN_UP < _months(today) else None
    if opened > today:
        return None  # stated, and may still move
    month = _months(opened)
    if month < min(_months(earliest), _months(likely or latest) - 1):
        return PromiseOutcome.EARLY
    return PromiseOutcome.LATE if month > max(_months(latest), _months(likely or earliest) + 1) else PromiseOutcome.KEPT


def _months(day: date) -> int:
    return 12 * day.year + day.month


@dataclass(frozen=True, slots=True)
class SeasonScore:
    """PromiseOutcome of hiding each year in turn and forecasting it from the others."""

    forecasts: int
    near: int
    """Forecasts whose month is the real one or next to it."""


def leave_one_year_out(rounds: Sequence[Round], programmes: Collection[str] = ()) -> SeasonScore:
    """Return how well the openings of each year are forecast from the other years, for all programmes or some."""
    years = sorted({one.year for one in rounds if one.year is not None and one.month is not None})
    forecasts = near = 0
    for hidden in years:
        seasons = Seasons([one for one in rounds if one.year != hidden])
        real: Mapping[str, list[int]] = defaultdict(list)
        for one in rounds:
            is_counted = not programmes or code_programme(one.code) in programmes
            if is_counted and one.year == hidden and one.month is not None and one.family:
                real[one.family].append(one.month)
        for family, months in real.items():
            forecast = seasons.forecast(family, hidden)
            if forecast is None:
                continue
            month = 12 * (forecast.month.year - hidden) + forecast.month.month
            forecasts += 1
            near += any(abs(month - actual) <= 1 for actual in months)
    return SeasonScore(forecasts, near)
