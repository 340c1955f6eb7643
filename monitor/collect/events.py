"""Read events from iCalendar files and from JSON-LD on pages. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from math import prod
from typing import Any
from zoneinfo import ZoneInfo

import lxml.html
from dateutil.rrule import rrulestr

from monitor.collect.links import clean_web_address
from monitor.collect.markup import bound_markup, linked_data, parse_page
from monitor.collect.published import is_believable_year, parse_moment
from monitor.collect.text import TITLE_LENGTH, html_to_text, plain_line, title_text
from monitor.errors import RowError, describe_row_error

_RULE = re.compile(r"FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)\b", re.IGNORECASE)
# Lists of hours, minutes and seconds make several occasions a day of one rule.
_WITHIN_DAY = re.compile(r"\bBY(?:HOUR|MINUTE|SECOND)=([^;]*)", re.IGNORECASE)
_MAX_OCCASIONS_A_DAY = 12
"""Rules with more are not followed: they are no meetings."""
_SEARCH_AHEAD = timedelta(days=3 * 366)
"""Time ahead in which the next occasion of a repeated event is looked for; first in `_NEAR_AHEAD`, which is faster."""
_NEAR_AHEAD = timedelta(days=62)
_MAX_OCCASIONS = 500_000
"""Occasions of one file that may be counted through."""
_MAX_EVENTS = 20_000
_COST_OF_NO_OCCASION = 10_000
"""Occasions that trying a rule which never occurs counts as."""
# The first year of the last whole cycle of weekdays and leap years that Python's calendar has room for.
_LAST_CYCLE = 9960
_PERIODS = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 28, "YEARLY": 28}
_MAX_MOMENT_CHARS = 60
_DAY_ONLY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_READ_ERRORS = (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError)
# WordPress's EventON writes "2019-9-18T10-10-00-00": hour, minute and second with hyphens, and no zone.
_ODD_MOMENT = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})T(\d{1,2})-(\d\d)(?:-(\d\d))?(?:-\d\d)?")
_NESTED_PROPERTIES = ("@graph", "itemListElement", "item", "mainEntity", "about", "event", "events", "subEvent")
_MAX_DEPTH = 6
_DAY_END = time(23, 59, 59)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEvent:
    """Event as its publisher marks it up."""

    key: str
    """The publisher's own key, or ""."""
    title: str
    starts: datetime
    """Aware start; of a whole day its first second."""
    ends: datetime | None = None
    """Aware end; of a whole day its last second."""
    text: str = ""
    location: str = ""
    url: str = ""


def read_calendar(body: bytes, zone: ZoneInfo, now: datetime) -> tuple[list[CalendarEvent], dict[str, str]]:
    """Return the events of an iCalendar file (RFC 5545), and reasons (Swedish) by key for those that could not be read.

    A repeated event is its next occasion, with exceptions, additions and moved and cancelled occasions followed; one that has
    no more is its first. Events that start outside 2000-2099 are not read.

    Raises:
        ValueError: The bytes are no calendar.
    """
    if b"BEGIN:VCALENDAR" not in body[:1000]:
        raise ValueError("Adressen svarade inte med en kalender.")
    from icalendar import Calendar  # imported here, since it is slow to load and few sources are calendars

    try:
        events = [event for calendar in Calendar.from_ical(body, multiple=True) for event in calendar.walk("VEVENT")]
    except RecursionError:
        raise ValueError("den är djupare nästlad än en kalender är") from None
    except ValueError as error:
        raise ValueError("den är inte skriven som en kalender (iCalendar)") from error
    found: list[CalendarEvent] = []
    unread: dict[str, str] = {}
    if len(events) > _MAX_EVENTS:
        unread["resten av kalendern"] = f"kalendern har {len(events)} händelser: bara de första {_MAX_EVENTS} lästes"
    left = _MAX_OCCASIONS
    for name, series in _series(events[:_MAX_EVENTS]).items():
        try:
            left -= _count(series[0], now, zone)
            if left < 0:
                raise RowError("kalendern har för många upprepade tillfällen")
            event = _next_occasion(series, zone, now)
            if event is None:
                unread[name] = "är inställd"
            else:
                found.append(_read_event(event, _own_key(series[0]), zone))
        except _READ_ERRORS as error:
            unread[name] = f"går inte att läsa ({describe_row_error(error)})"
    return found, unread


def find_page_events(markup: str, url: str, zone: ZoneInfo) -> list[CalendarEvent]:
    """Return the events that a page marks up as JSON-LD, in its order; those without a readable start are left out."""
    return events_of_root(parse_page(bound_markup(markup).markup), url, zone)


def events_of_root(root: lxml.html.HtmlElement, url: str, zone: ZoneInfo) -> list[CalendarEvent]:
    """Return the events that a parsed page marks up as JSON-LD, as `find_page_events` does."""
    nodes = (node for data in linked_data(root) for node in _nodes(data, _MAX_DEPTH))
    return [event for node in nodes if (event := _read_node(node, url, zone)) is not None]


def _series(events: Iterable[Any]) -> dict[str, list[Any]]:
    """Return the events of a calendar by name, each repeated one followed by its moved and cancelled occasions.

    Such occasions have a RECURRENCE-ID (RFC 5545, 3.8.4.4); one whose series the calendar does not hold is an event of its own.
    The name is the key, or a number where there is none.
    """
    found: dict[str, list[Any]] = {}
    occasions = []
    for number, event in enumerate(events):
        key = _own_key(event)
        if event.get("RECURRENCE-ID") is not None:
            occasions.append((number, event))
        elif key not in found:
            found[key or str(number)] = [event]
        elif _repeats(event) and not _repeats(found[key][0]):
            found[key], found[f"{key} {number}"] = [event], found[key]
        else:
            found[f"{key} {number}"] = [event]
    for number, event in occasions:
        series = found.get(str(_first(event, "UID") or ""))
        if series is not None and _repeats(series[0]):
            series.append(event)
        else:
            found[f"{_own_key(event)} {number}"] = [event]
    return found


def _own_key(event: Any) -> str:
    """Return the publisher's key of an event, for an occasion of a series with the occasion's moment; "" without a key."""
    key, occasion = str(_first(event, "UID") or ""), _first(event, "RECURRENCE-ID")
    return f"{key}/{occasion.to_ical().decode()}" if occasion is not None else key


def _first(event: Any, name: str) -> Any:
    """Return the value of a property; the first one of a property that is stated twice."""
    value = event.get(name)
    return value[0] if isinstance(value, list) else value


def _repeats(event: Any) -> bool:
    return event.get("RRULE") is not None or event.get("RDATE") is not None


def _count(event: Any, now: datetime, zone: ZoneInfo) -> int:
    """Return about how many occasions of a repeated event are counted through to find the next one."""
    rules = _rules(event)
    if not rules or not all(_is_followed(rule) for rule in rules):
        return 1
    if any(_never_occurs(rule, _day(event)) for rule in rules):
        return _COST_OF_NO_OCCASION
    days = max((now + _SEARCH_AHEAD - _aware(_start(event), zone)).days, 1)
    return sum(1 + days * (1 + rule.count(",")) // _PERIODS[_RULE.search(rule)[1].upper()] for rule in rules)  # type: ignore[index, misc]


def _rules(event: Any) -> list[str]:
    rules = event.get("RRULE")
    return [rule.to_ical().decode() for rule in (rules if isinstance(rules, list) else [rules] if rules is not None else [])]


def _is_followed(rule: str) -> bool:
    """Return whether a rule repeats by days, weeks, months or years, with few occasions a day."""
    return (
        _RULE.search(rule) is not None
        and prod(1 + times[1].count(",") for times in _WITHIN_DAY.finditer(rule)) <= _MAX_OCCASIONS_A_DAY
    )


@lru_cache(maxsize=256)
def _never_occurs(rule: str, start: date) -> bool:
    """Return whether a rule like 30 February has no occasion in the years of one cycle of weekdays and leap years.

    Such a rule is tried to the end of the calendar, UNTIL or not, so it is tried from the year near that end that has the
    weekdays and leap years of its own. A rule of more than a dozen years between occasions may count as one, too.
    """
    first = date(start.year, 1, 1).weekday()
    year = next(
        year
        for year in range(_LAST_CYCLE, _LAST_CYCLE + 28)
        if year % 4 == start.year % 4 and date(year, 1, 1).weekday() == first
    )
    parts = [part for part in rule.split(";") if not part.upper().startswith(("COUNT=", "UNTIL="))]
    begins = datetime.combine(start.replace(year=year), time.min)
    return next(iter(rrulestr(";".join(parts), dtstart=begins)), None) is None


def _next_occasion(series: list[Any], zone: ZoneInfo, now: datetime) -> Any | None:
    """Return the event, or the next occasion of a repeated one that is not cancelled.

    The first occasion when all have been; None when the event, or all that is left of it, is cancelled.
    """
    event = series[0]
    if str(event.get("STATUS") or "").upper() == "CANCELLED":
        return None
    rules, start = _rules(event), _start(event)
    if not _repeats(event) or any(not _is_followed(rule) or _never_occurs(rule, _day(event)) for rule in rules):
        return event
    import icalendar
    from recurring_ical_events import CalendarQuery  # type: ignore[import-untyped]

    calendar = icalendar.Calendar()
    calendar.subcomponents = [_with_local_until(event, start, zone), *series[1:]]
    query = CalendarQuery(calendar)
    begin = now.astimezone(zone)
    for length in (_NEAR_AHEAD, _SEARCH_AHEAD):
        coming = [
            found
            for found in query.between(begin, begin + length)
            if str(found.get("STATUS") or "").upper() != "CANCELLED" and is_believable_year(found.decoded("DTSTART"))
        ]
        if coming:
            return min(coming, key=lambda found: _aware(found.decoded("DTSTART"), zone))
    return event if _aware(start, zone) < now else None


def _with_local_until(event: Any, start: date | datetime, zone: ZoneInfo) -> Any:
    """Return the event with the last moment of its rules in the zone of its start, which RFC 5545, 3.3.10 asks for.

    A start without a zone is in the source's; a last day alone is meant whole.
    """
    if not isinstance(start, datetime):
        return event
    copy = event.copy()
    rules = event.get("RRULE")
    if rules is not None:
        copy["RRULE"] = [_until(rule.copy(), start, zone) for rule in (rules if isinstance(rules, list) else [rules])]
    return copy


def _until(rule: Any, start: datetime, zone: ZoneInfo) -> Any:
    moments = []
    for last in rule.get("UNTIL", []):
        moment = last if isinstance(last, datetime) else datetime.combine(last, _DAY_END)
        if start.tzinfo is None:
            moments.append(moment.astimezone(zone).replace(tzinfo=None) if moment.tzinfo else moment)
        else:
            moments.append(_aware(moment, start.tzinfo).astimezone(UTC))
    if moments:
        rule["UNTIL"] = moments
    return rule


def _day(event: Any) -> date:
    start = _start(event)
    return start.date() if isinstance(start, datetime) else start


def _start(event: Any) -> date | datetime:
    """Return the start of an event. Raises RowError for one outside 2000-2099, KeyError for none."""
    start: date | datetime = event.decoded("DTSTART")
    if not is_believable_year(start):
        raise RowError(f"årtalet {start.year} är orimligt")
    return start


def _read_event(event: Any, key: str, zone: ZoneInfo) -> CalendarEvent:
    start = _start(event)
    starts = _aware(start, zone)
    return CalendarEvent(
        key=key,
        title=plain_line(str(event.get("SUMMARY") or ""))[:TITLE_LENGTH],
        starts=starts,
        ends=_event_end(event, start, starts, zone),
        text=html_to_text(str(event.get("DESCRIPTION") or "")),
        location=plain_line(str(event.get("LOCATION") or ""))[:TITLE_LENGTH],
        url=clean_web_address(str(event.get("URL") or "")),
    )


def _event_end(event: Any, start: date | datetime, starts: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the end of an event, of a whole day its last second; None for an event without an end after its start."""
    if event.get("DTEND") is not None:
        end = event.decoded("DTEND")
        if not isinstance(end, datetime):
            end = max(end - timedelta(days=1), starts.date())  # the end of a whole day is the day after
            return datetime.combine(end, _DAY_END, zone) if is_believable_year(end) else None
        ends = _aware(end, zone)
        return ends if is_believable_year(ends) and ends > starts else None
    if event.get("DURATION") is not None:
        ends = starts + event.decoded("DURATION")
        return ends if is_believable_year(ends) and ends > starts else None
    return None if isinstance(start, datetime) else datetime.combine(start, _DAY_END, zone)


def _nodes(data: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth == 0:
        return
    for node in data if isinstance(data, list) else [data]:
        if not isinstance(node, dict):
            continue
        kinds = node.get("@type")
        if any(str(kind).endswith("Event") for kind in (kinds if isinstance(kinds, list) else [kinds])):
            yield node
            continue
        for name in _NESTED_PROPERTIES:
            if name in node:
                yield from _nodes(node[name], depth - 1)


def _read_node(node: dict[str, Any], base: str, zone: ZoneInfo) -> CalendarEvent | None:
    starts = _moment(node.get("startDate"), zone, time.min)
    title = title_text(str(node.get("name") or node.get("headline") or ""))
    if starts is None or not title or "Cancelled" in str(node.get("eventStatus") or ""):
        return None
    address = node.get("url")
    ends = _moment(node.get("endDate"), zone, _DAY_END)
    return CalendarEvent(
        key=plain_line(str(node.get("@id") or node.get("identifier") or ""))[:TITLE_LENGTH],
        title=title,
        starts=starts,
        ends=ends if ends is None or ends > starts else None,
        text=html_to_text(str(node.get("description") or "")),
        location=_location(node.get("location")),
        url=clean_web_address(address, base) if isinstance(address, str) and address else "",
    )


def _location(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(filter(None, (_location(part) for part in value)))
    if isinstance(value, dict):
        address = value.get("address")
        street = address if isinstance(address, str) else ""
        if isinstance(address, dict):
            street = ", ".join(str(address[part]) for part in ("streetAddress", "addressLocality") if address.get(part))
        return plain_line(", ".join(part for part in (str(value.get("name") or ""), street) if part))
    return plain_line(value) if isinstance(value, str) else ""


def _moment(value: Any, zone: ZoneInfo, day_time: time) -> datetime | None:
    """Return the moment that JSON-LD states, a day alone at `day_time`; None for no date, or one outside 2000-2099."""
    text = plain_line(str(value or "")[:_MAX_MOMENT_CHARS])
    text = _ODD_MOMENT.sub(lambda odd: f"{odd[1]}T{odd[2]}:{odd[3]}:{odd[4] or '00'}", text)
    moment = parse_moment(text, zone)
    if moment is not None and _DAY_ONLY.fullmatch(text):
        return datetime.combine(moment, day_time, zone)
    return moment


def _aware(moment: date | datetime, zone: tzinfo) -> datetime:
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time.min, zone)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
