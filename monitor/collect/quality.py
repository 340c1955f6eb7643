"""Judge what a reading gave: how much lies ahead, how new it is, how thin its texts are. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from monitor.calls import Call, DeadlineModel
from monitor.collect.reading import SourceReading
from monitor.sources import Source
from monitor.vocabulary import Kind

THIN_CHARS = 200
"""Characters of text below which an item says hardly more than its title."""
_NEW = timedelta(days=366)
"""Age up to which the newest item of a source of news shows that it is still written."""
_APPLIED_FOR = (Kind.CALL, Kind.PARTNER_SEARCH)
_OF_ONE_PAGE = frozenset(("rounds", "calendar"))
"""Kinds of sources whose items are lines of one page unless the row has `links`."""
_OF_TITLES = frozenset(("cellar", "riksdag"))
"""Kinds of sources whose publishers send titles and facts alone."""


class Lack(StrEnum):
    """Way in which a reading without problems gives less than its source promises."""

    NOTHING_AHEAD = "nothing-ahead"
    NOTHING_NEW = "nothing-new"
    OTHER_KIND = "other-kind"
    THIN = "thin"


@dataclass(frozen=True, slots=True)
class Quality:
    """Counts over the items of a reading that would be stored."""

    items: int
    ahead: int
    """Items with a last day or a start ahead, and calls that are open without a last day."""
    newest: date | None
    """Newest day of publication, None where no item states one."""
    thin: int
    """Items with less than 200 characters of text, where their source's items have a text."""
    menus: int
    """Pages read that look like menus, stored or left out: little text, and neither a day nor money in it."""


def assess(source: Source, reading: SourceReading, now: datetime) -> Quality:
    """Return the quality of a reading of a source at `now`."""
    calls = list(reading.calls.values())
    published = [call.published.date() for call in calls if call.published is not None and call.published <= now]
    return Quality(
        items=len(calls),
        ahead=sum(is_ahead(call, now) for call in calls),
        newest=max(published, default=None),
        thin=sum(_lacks_text(source, call) for call in calls),
        menus=sum(_is_menu(call) for call in (*calls, *reading.left_out_calls.values())),
    )


def is_ahead(call: Call, now: datetime) -> bool:
    """Return whether an item has a last day or its start ahead of `now`, or is open without a last day."""
    moments = [*(deadline.at for deadline in call.deadlines), call.ends or call.starts]
    return any(moment is not None and moment >= now for moment in moments) or (
        call.kind in _APPLIED_FOR and call.deadline_model is DeadlineModel.ROLLING
    )


def find_lack(source: Source, calls: Sequence[Call], now: datetime) -> Lack | None:
    """Return what `calls` lack of the kind that a source usually sends to be of use at `now`; None for nothing.

    Of calls, partner searches and events one must lie ahead; of news and policy one must be from the last year, where days of
    publication are stated. No more than half of the items may be thin without a day ahead.
    """
    usual = [call for call in calls if call.kind is source.publishes[0] or is_ahead(call, now)]
    if source.publishes[0] in (*_APPLIED_FOR, Kind.EVENT):
        if not any(is_ahead(call, now) for call in usual):
            return Lack.NOTHING_AHEAD
    elif not usual:
        return Lack.OTHER_KIND
    elif not any(call.published is None or call.published >= now - _NEW for call in usual):
        return Lack.NOTHING_NEW
    # An item with its day ahead is of use however short it is.
    thin = [call for call in calls if _lacks_text(source, call) and not is_ahead(call, now)]
    return Lack.THIN if len(thin) * 2 > len(calls) or all(call in thin for call in usual) else None


def _lacks_text(source: Source, call: Call) -> bool:
    """Return whether an item is thin that should have a text: lines of one page and events with their start need none."""
    if source.kind in _OF_TITLES or (source.kind in _OF_ONE_PAGE and not source.links):
        return False
    return _is_thin(call) and not (call.kind is Kind.EVENT and call.starts is not None)


def _is_thin(call: Call) -> bool:
    return max(len(call.body), len(call.summary)) < THIN_CHARS


def _is_menu(call: Call) -> bool:
    facts = (call.deadlines, call.starts, call.published, call.budget.text, call.opens)
    return _is_thin(call) and not any(facts)
