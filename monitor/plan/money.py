"""Own share of a project in kronor, from the terms of the call and a dated rate. What is not stated is not worked out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from monitor.fit import FitCard

KRONOR = "SEK"
_ROUND = 1000
"""Kronor to which worked out sums are rounded up: the rate and the share have no more digits that mean anything."""
EXAMPLE = 100_000
"""Grant in the call's currency for which the own share is shown when the call states no amounts."""


@dataclass(frozen=True, slots=True)
class OwnAmount:
    """Own share of one grant, in whole units of the currency of the call, and in kronor."""

    grant: int
    own: int
    kronor: int | None
    """None where there is no rate for the currency."""


@dataclass(frozen=True, slots=True)
class YearShare:
    """Part of the own share that falls on a year, in kronor."""

    year: int
    """Calendar year, or the number of the project's year from 1."""
    kronor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnShare:
    """Own share of a project: the least that the municipality pays."""

    percent: int | None = None
    """Least share of the costs, 0 to 100; None where the call states neither share."""
    stated: bool = False
    """True where the call states the share; False where it is what the funder's largest share leaves."""
    quote: str = ""
    """Words of the call that the share was read from."""
    currency: str = KRONOR
    least: OwnAmount | None = None
    """Own share of the smallest grant that the call states."""
    most: OwnAmount | None = None
    """Own share of the largest grant that the call states."""
    example: OwnAmount | None = None
    """Own share of a grant of EXAMPLE, where the call states no amounts."""
    entered: int | None = None
    """Own share that the coordinator entered for the project, in `entered_currency`; it goes before the others."""
    entered_currency: str = KRONOR
    entered_kronor: int | None = None
    months: int | None = None
    """Longest duration that the call allows, by which `years` are divided."""
    years: tuple[YearShare, ...] = ()
    """The share over the years, divided evenly; empty where no duration is known."""
    calendar: bool = False
    """True where `years` are calendar years, as the project's days are known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteredProject:
    """Amounts and days that the coordinator entered for a department's project."""

    own: int | None = None
    currency: str = KRONOR
    starts: date | None = None
    ends: date | None = None


NO_PROJECT = EnteredProject()


def own_share(card: FitCard, rates: Mapping[str, float], project: EnteredProject = NO_PROJECT) -> OwnShare:
    """Return the own share that a call and a project imply.

    Args:
        card: Terms of the call.
        rates: Kronor for one unit of each currency.
        project: What the coordinator entered.
    """
    shares, budget = card.shares, card.budget
    stated = shares.own is not None
    percent = shares.own if shares.own is not None else 100 - shares.funder if shares.funder is not None else None
    if not stated and percent == 0:
        percent = None  # the funder may pay all: whether it does is not stated
    usable = percent is not None and 0 < percent < 100
    low, high = budget.project_min, budget.project_max
    amounts = {
        name: _own_amount(grant, percent or 0, budget.currency, rates) if grant and usable else None
        for name, grant in (("least", low), ("most", high), ("example", None if low or high else EXAMPLE))
    }
    entered_kronor = _in_kronor(project.own, project.currency, rates)
    months = card.months.value[1] if card.months.value is not None else None
    amount = amounts["most"] or amounts["least"]
    total = entered_kronor if project.own is not None else amount.kronor if amount is not None else None
    calendar = project.starts is not None and project.ends is not None
    return OwnShare(
        percent=percent,
        stated=stated,
        quote=shares.own_text if stated else shares.funder_text,
        currency=budget.currency,
        **amounts,
        entered=project.own,
        entered_currency=project.currency,
        entered_kronor=entered_kronor,
        months=months,
        years=_years(total, months, project.starts, project.ends) if total else (),
        calendar=calendar,
    )


def _own_amount(grant: int, percent: int, currency: str, rates: Mapping[str, float]) -> OwnAmount:
    own = ceil(grant * percent / (100 - percent))
    kronor = _in_kronor(own, currency, rates)
    return OwnAmount(grant, own, kronor)


def _in_kronor(amount: int | None, currency: str, rates: Mapping[str, float]) -> int | None:
    """Return an amount in kronor; one in another currency is rounded up to thousands."""
    if amount is None or currency == KRONOR:
        return amount
    rate = rates.get(currency)
    return ceil(round(amount * rate, 2) / _ROUND) * _ROUND if rate is not None else None


def _years(total: int, months: int | None, starts: date | None, ends: date | None) -> tuple[YearShare, ...]:
    """Return a sum divided over the years by their days or months; the parts add up to the sum."""
    if starts is not None and ends is not None:
        days = {year: _days_of(year, starts, ends) for year in range(starts.year, ends.year + 1)}
    elif months:
        days = {year: min(12, months - 12 * (year - 1)) for year in range(1, ceil(months / 12) + 1)}
    else:
        return ()
    whole = sum(days.values())
    shares, used, left = [], 0, 0
    for year, part in days.items():
        used += part
        share = total * used // whole - left
        left += share
        shares.append(YearShare(year, share))
    return tuple(shares)


def _days_of(year: int, starts: date, ends: date) -> int:
    begin, end = max(starts, date(year, 1, 1)), min(ends, date(year, 12, 31))
    return (end - begin + timedelta(days=1)).days
