"""Judge what a reading gave: how much lies ahead, how new it is, how thin its texts are. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from monitor.calls import Call, DeadlineModel
from monitor.collect.reading import SourceReading
from monitor.sources import Source
from monitor.vocabulary import Kind

THIN_CHARS = 200
"""Characters of text below which an item says hardly more than its title."""
_NEW = timedelta(days=366)
"""Age up to which the newest item of a source of news shows that it is still written."""
_APPLIED_FOR = (Kind.CALL, Kind.PARTNER_SEARCH)


@dataclass(frozen=True, slots=True)
class Quality:
    """Counts over the items of a reading that would be stored."""

    items: int
    ahead: int
    """Items with a last day or a start ahead, and calls that are open without a last day."""
    newest: date | None
    """Newest day of publication, None where no item states one."""
    thin: int
    """Items with less than 200 characters of text."""
    menus: int
    """Pages read that look like menus, stored or left out: little text, and neither a day nor money in it."""


def assess(reading: SourceReading, now: datetime) -> Quality:
    """Return the quality of a reading at `now`."""
    calls = list(reading.calls.values())
    published = [call.published.date() for call in calls if call.published is not None and call.published <= now]
    return Quality(
        items=len(calls),
        ahead=sum(is_ahead(call, now) for call in calls),
        newest=max(published, default=None),
        thin=sum(_is_thin(call) for call in calls),
        menus=sum(_is_menu(call) for call in (*calls, *reading.left_out_calls.values())),
    )


def is_ahead(call: Call, now: datetime) -> bool:
    """Return whether an item has a last day or its start ahead of `now`, or is open without a last day."""
    moments = [*(deadline.at for deadline in call.deadlines), call.ends or call.starts]
    return any(moment is not None and moment >= now for moment in moments) or (
        call.kind in _APPLIED_FOR and call.deadline_model is DeadlineModel.ROLLING
    )


def gives_what_it_promises(source: Source, calls: Iterable[Call], now: datetime) -> bool:
    """Return whether items of the kind that a source usually sends are among `calls`, and of use at `now`.

    Of calls, partner searches and events one must lie ahead; of news and policy one must be from the last year, where days of
    publication are stated.
    """
    usual = [call for call in calls if call.kind is source.publishes[0] or is_ahead(call, now)]
    if source.publishes[0] in (*_APPLIED_FOR, Kind.EVENT):
        return any(is_ahead(call, now) for call in usual)
    return any(call.published is None or call.published >= now - _NEW for call in usual) and not all(map(_is_thin, usual))


def _is_thin(call: Call) -> bool:
    return max(len(call.body), len(call.summary)) < THIN_CHARS


def _is_menu(call: Call) -> bool:
    facts = (call.deadlines, call.starts, call.published, call.budget.text, call.opens)
    return _is_thin(call) and not any(facts)
