"""Deadlines of a call, read from its text: the dates that close the application, their model, and the dates that are not read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from monitor.calls import Deadline, DeadlineModel, Precision
from monitor.language.date_cues import PATTERNS
from monitor.language.dates import DateRole, Exactness, FoundDate, find_dates

_URL_DAY = re.compile(r"(?<![0-9])(20[0-9]{2})[-/]([01][0-9])[-/]([0-3][0-9])(?![0-9])")
_URL_MONTH = re.compile(
    r"/(20[0-9]{2})/(?:([01]?[0-9])|(jan|feb|mar|apr|maj|jun|jul|aug|sep|okt|nov|dec)[a-z]*)(?=/)", re.IGNORECASE
)
_URL_YEAR = re.compile(r"(?:/|-)(20[0-9]{2})(?=/)")
_URL_MONTHS = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
_APPLY_ROW = re.compile(r"^[\s•*-]*(?:ansök\w*|sök)\s?:", re.IGNORECASE | re.MULTILINE)
_CLAIM_ROW = re.compile(r"[\s•*-]*(?:rekvisition|rekvirering|utbetalning)\w*\s?:", re.IGNORECASE)
_LONGEST = 80
_LONGEST_PERIOD = timedelta(days=200)
"""Time that a period which only a label names may last, to be one of applying; a longer one is that of projects."""
_LONGEST_ROUND = timedelta(days=400)
"""Time from the opening of a round to its first deadline; an earlier opening is that of another round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDeadlines:
    """Deadlines of a text."""

    deadlines: tuple[Deadline, ...] = ()
    """Last days to apply, in time."""
    model: DeadlineModel = DeadlineModel.UNKNOWN
    opens: date | None = None
    """First day to apply."""
    answers: tuple[Deadline, ...] = ()
    """Last days to answer a consultation (Swedish: remiss), which are no deadlines of a call."""
    bounds: tuple[Deadline, ...] = ()
    """Days by which something is to be sent, where no other day closes: of a call, its last days."""
    bounds_open: date | None = None
    """First day of the first period whose last day is one of `bounds`."""
    reasons: tuple[str, ...] = ()
    """Swedish sentences for the person who looks after the sources: dates that are doubtful or left out."""


def find_deadlines(
    text: str, *, reference: date | None, language: str = "", zone: str = "Europe/Stockholm", read: bool = False
) -> FoundDeadlines:
    """Return the deadlines that a text states for applying, and the days to answer by.

    Meant for items that are calls (see `monitor.language.kinds`): a job advert closes too. In a text about a consultation that
    names no day to answer by, the day it closes is that day. See `find_dates` for the arguments; a year that is counted from the
    day of reading is marked as guessed.
    """
    found = _without_claims(find_dates(text, reference=reference, language=language, zone=zone, read=read), text)
    result = deadlines(_without_passed_bounds(found, reference))
    if not result.answers and result.deadlines and PATTERNS["consultation"].search(text):
        result = replace(result, answers=result.deadlines)
    if result.opens is None and reference is not None and not read and PATTERNS["opens_today"].search(text):
        result = replace(result, opens=reference)
    if result.opens is None and reference is not None and not read and PATTERNS["opened_yesterday"].search(text):
        result = replace(result, opens=reference - timedelta(days=1))
    if result.model is DeadlineModel.CUT_OFFS and len(result.deadlines) == 2 and PATTERNS["is_two_stages"].search(text):
        return replace(result, model=DeadlineModel.TWO_STAGE, opens=_opens_first(found, result))
    if result.deadlines or result.answers or result.model is DeadlineModel.ROLLING or PATTERNS["meeting"].search(text):
        return result
    return _with_bounds(result, found, reference)


def _with_bounds(result: FoundDeadlines, found: Sequence[FoundDate], reference: date | None) -> FoundDeadlines:
    """Return the result with the one day by which something is to be sent, or the short periods that stand behind labels."""
    ahead = [item for item in found if item.bound and item.date is not None]
    if reference is not None:
        ahead = [item for item in ahead if item.date and reference <= item.date <= reference + _LONGEST_ROUND]
    lengths = [item.date - item.date_from for item in ahead if item.date and item.date_from]
    if any(length > _LONGEST_PERIOD for length in lengths) or 0 < len(lengths) < len(ahead):
        return result
    if not lengths and len({item.date for item in ahead}) != 1:
        return result
    first = min((item.date_from for item in ahead if item.date_from is not None), default=None)
    return replace(result, bounds=_staged(_instants(ahead, [])), bounds_open=first)


def with_bounds(found: FoundDeadlines) -> FoundDeadlines:
    """Return the deadlines of a call that states no other last days: those by which something is to be sent."""
    if found.deadlines or not found.bounds:
        return found
    model = DeadlineModel.SINGLE if len(found.bounds) == 1 else DeadlineModel.CUT_OFFS
    return replace(found, deadlines=found.bounds, model=model, opens=found.opens or found.bounds_open)


def _without_claims(found: Sequence[FoundDate], text: str) -> list[FoundDate]:
    """Return the dates without the row of the day to claim money that was granted, where another row has the day to apply."""
    if not _APPLY_ROW.search(text):
        return list(found)
    return [item for item in found if not _CLAIM_ROW.match(text[text.rfind("\n", 0, item.start) + 1 : item.start])]


def _without_passed_bounds(found: Sequence[FoundDate], reference: date | None) -> list[FoundDate]:
    """Return the dates without days gone by that stand behind no more than "before", where another last day is ahead."""
    closing = [item for item in found if item.role is DateRole.DEADLINE and item.date is not None]
    if reference is None or not any(item.date and item.date >= reference for item in closing):
        return list(found)
    return [item for item in found if not (item in closing and item.date and item.date < reference and item.ambiguous)]


def _opens_first(found: Sequence[FoundDate], result: FoundDeadlines) -> date | None:
    """Return the opening of the first of two stages, where the second one opens behind the first one's last day."""
    first = result.deadlines[0].at.date()
    if result.opens is None or result.opens <= first:
        return result.opens
    begins = [item.date for item in found if item.role is DateRole.OPENING and item.date is not None]
    begins += [item.date_from for item in found if item.role is DateRole.DEADLINE and item.date_from is not None]
    return max((day for day in begins if first - _LONGEST_ROUND <= day <= first), default=result.opens)


def is_by_interest(text: str) -> bool:
    """Tell whether one applies by telling one's interest, whose last day reads as a day to answer by."""
    return PATTERNS["interest"].search(text) is not None and PATTERNS["consultation"].search(text) is None


def is_consultation(title: str, text: str) -> bool:
    """Tell whether a title, or words to the reader, invite views, so that the day which closes is the day to answer by."""
    return bool(
        PATTERNS["consultation"].search(title) or PATTERNS["asks_views"].search(text) or PATTERNS["asks_views"].search(title)
    )


def with_interest(found: FoundDeadlines) -> FoundDeadlines:
    """Return deadlines with the day to tell one's interest as the first of two steps; as they are where it is not the first."""
    first = found.answers[0]
    if len(found.answers) > 1 or len(found.deadlines) > 1 or first.at >= found.deadlines[0].at:
        return found
    return replace(found, deadlines=_staged([first, *found.deadlines]), model=DeadlineModel.TWO_STAGE)


def first_reply(found: FoundDeadlines, replies: Sequence[FoundDate] = ()) -> FoundDeadlines:
    """Return the deadlines of a partner search: the day to reply by, which is before the last day of the call that it is for.

    `replies`: dates by which its words ask to write or call.
    """
    if replies:
        return replace(found, deadlines=(replace(_instants(list(replies), [])[0], stage=None),), model=DeadlineModel.SINGLE)
    days = found.answers or found.deadlines
    if not days or (not found.answers and len(days) < 2):
        return found
    return replace(found, deadlines=(replace(days[0], stage=None),), model=DeadlineModel.SINGLE)


def deadlines(found: Sequence[FoundDate]) -> FoundDeadlines:
    """Return the deadlines among dates already found.

    A round that is spoken of as passed counts only when its year is written. Of two dates that differ in the year alone, the one
    in the box counts; a closing day before the opening day is a mistake and is left out. Both are reported.
    """
    opens = _opens(found)
    reasons: list[str] = []
    closing = [item for item in found if item.role is DateRole.DEADLINE]
    dated: list[FoundDate] = []
    for item in closing:
        if item.ambiguous:
            reasons.append(f"”{_short(item.text)}”: {item.ambiguous}")
        if item.date is not None and not (item.past and item.assumed):
            dated.append(item)
    kept = _settle_years(_without_earlier_rounds(dated), opens, reasons)
    instants = _staged(_instants(kept, reasons))
    replies = [item for item in found if item.role is DateRole.ANSWER and item.date is not None]
    answers = _staged(_instants([item for item in replies if not (item.past and item.assumed)], reasons))
    if instants:
        opens = _opens(found, instants)
    result = FoundDeadlines(opens=opens, answers=answers, reasons=tuple(reasons))
    if instants:
        return replace(result, deadlines=instants, model=DeadlineModel.SINGLE if len(instants) == 1 else DeadlineModel.CUT_OFFS)
    if any(item.precision is Exactness.ROLLING for item in closing):
        return replace(result, model=DeadlineModel.ROLLING)
    reasons += [f"”{_short(item.text)}”: ingen dag är satt" for item in closing if item.date is None and not item.ambiguous]
    return replace(result, reasons=tuple(reasons))


def _without_earlier_rounds(dated: list[FoundDate]) -> list[FoundDate]:
    """Return the dates without those that are spoken of as passed, where a later one is not."""
    coming = [item.date for item in dated if item.date is not None and not item.past]
    return [item for item in dated if not (item.past and item.date is not None and coming and item.date < min(coming))]


def _staged(instants: list[Deadline]) -> tuple[Deadline, ...]:
    """Return the deadlines, numbered in order where there are several."""
    if len(instants) < 2:
        return tuple(instants)
    return tuple(replace(item, stage=number) for number, item in enumerate(instants, start=1))


def instant(day: date, at: time | None, zone: str) -> datetime:
    """Return the last moment that counts: the stated minute, or the end of the day at the publisher."""
    return datetime.combine(day, at or time(23, 59, 59), tzinfo=ZoneInfo(zone))


def earliest_published(url: str, text: str = "") -> date | None:
    """Return the earliest day a page can have been written, from its address or a date line at its top; None where neither tells.

    Years that are not written are counted from it where the page has no metadata.
    """
    if hit := _URL_DAY.search(url):
        try:
            return date(int(hit[1]), int(hit[2]), int(hit[3]))
        except ValueError:
            pass
    # A date line is short; an endless first line is no head.
    head = "\n".join(line[:300] for line in text[:4_000].split("\n")[:4])
    for item in find_dates(head, reference=None):
        lone = head[: item.start].rsplit("\n", 1)[-1].strip() == "" and head[item.end :].split("\n", 1)[0].strip() == ""
        if item.date is not None and item.date_from is None and (item.role is DateRole.PUBLICATION or lone):
            return item.date
    if hit := _URL_MONTH.search(url):
        month = int(hit[2]) if hit[2] else _URL_MONTHS.index(hit[3][:3].lower()) + 1
        if 1 <= month <= 12:
            return date(int(hit[1]), month, 1)
    if hit := _URL_YEAR.search(url):
        return date(int(hit[1]), 1, 1)
    return None


def _opens(found: Sequence[FoundDate], instants: Sequence[Deadline] = ()) -> date | None:
    """Return the opening of the newest round: with its deadlines, near the first, and before the last where one is."""
    stated = {
        item.date_from or (item.date if item.role is DateRole.OPENING else None)
        for item in found
        if item.role in (DateRole.OPENING, DateRole.DEADLINE)
    }
    days = [day for day in stated if day is not None]
    if (first_round := _first_of_rounds(found)) is not None:
        return first_round
    if instants:
        own = sorted({item.date for item in found if item.role is DateRole.OPENING and item.date is not None and not item.past})
        if len(own) == len(instants) > 1 and all(day <= end.at.date() for day, end in zip(own, instants, strict=True)):
            return own[0]  # each round or call of a list has its own first day
        first, last = instants[0].at.date() - _LONGEST_ROUND, instants[-1].at.date()
        days = [day for day in days if day >= first]
        days = [day for day in days if day <= last]  # a later one is that of the next round
    return max(days, default=None)


def _first_of_rounds(found: Sequence[FoundDate]) -> date | None:
    """Return the first opening of several rounds that are each stated as a period, one behind the other; None for any other."""
    periods = sorted(
        {
            (item.date_from, item.date)
            for item in found
            if item.role is DateRole.DEADLINE and item.date is not None and item.date_from is not None and not item.past
        }
    )
    begins = {start for start, _ in periods}
    if any(item.role is DateRole.OPENING and item.date not in begins for item in found):
        return None
    apart = all(end < start for (_, end), (start, _) in pairwise(periods))
    if len(periods) < 2 or not apart or periods[-1][0] - periods[0][0] > _LONGEST_ROUND:
        return None
    return periods[0][0]


def _settle_years(dated: list[FoundDate], opens: date | None, reasons: list[str]) -> list[FoundDate]:
    """Return the dates without those whose year another mention of the same day and month corrects."""
    # Day and month -> each date so named, and True where it is in a box.
    stated: dict[tuple[int, int], dict[date, bool]] = {}
    for item in dated:
        assert item.date is not None
        group = stated.setdefault((item.date.month, item.date.day), {})
        group[item.date] = group.get(item.date, False) or item.labelled
    kept: list[FoundDate] = []
    for item in dated:
        assert item.date is not None
        rivals = {day: boxed for day, boxed in stated[item.date.month, item.date.day].items() if day != item.date}
        possible = {day: boxed for day, boxed in rivals.items() if opens is None or day >= opens}
        if rivals and opens is not None and item.date < opens and possible:
            reasons.append(f"”{_short(item.text)}” ligger före öppningsdagen {opens.isoformat()}")
        elif possible and not item.labelled and any(possible.values()):
            reasons.append(f"”{_short(item.text)}” säger emot rutan på samma sida")
        else:
            kept.append(item)
    return kept


def _instants(kept: list[FoundDate], reasons: list[str]) -> list[Deadline]:
    """Return one deadline for each day, in time; where a day is stated several times, the mention with a time counts."""
    days: dict[date, FoundDate] = {}
    for item in kept:
        assert item.date is not None
        other = days.get(item.date)
        if other is None or (other.time is None and item.time is not None):
            # A day whose year is written somewhere is no guess where it is not.
            days[item.date] = item if other is None else replace(item, guessed=item.guessed and other.guessed)
        elif item.time is not None and item.time != other.time:
            reasons.append(f"”{_short(item.text)}”: olika klockslag för samma dag")
        elif other.guessed and not item.guessed:
            days[item.date] = replace(other, guessed=False)
    return [
        Deadline(
            at=instant(day, item.time, item.zone),
            precision=Precision.MINUTE if item.time is not None else Precision.DAY,
            zone=item.zone,
            text=_short(item.text),
            year_guessed=item.guessed,
        )
        for day, item in sorted(days.items())
    ]


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= _LONGEST else line[:_LONGEST] + "…"
