"""Events as publishers mark them up: iCalendar files and JSON-LD on pages. Pure: bytes and text in, values out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from monitor.collect.text import html_to_text, plain_line, title_text

_SCRIPT = re.compile(r"<script\b[^>]*application/ld\+json[^>]*>(.*?)</script\s*>", re.IGNORECASE | re.DOTALL)
_RULE = re.compile(r"FREQ=(?:DAILY|WEEKLY|MONTHLY|YEARLY)\b", re.IGNORECASE)
_DEEPEST = 6
_DAY_END = time(23, 59, 59)


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One event. `starts` and `ends` are aware; a whole day ends with its last second. `key` is the publisher's own, or ""."""

    key: str
    title: str
    starts: datetime
    ends: datetime | None = None
    text: str = ""
    location: str = ""
    url: str = ""


def read_calendar(body: bytes, zone: ZoneInfo, now: datetime) -> tuple[list[Happening], dict[str, str]]:
    """The events of an iCalendar file, and those that could not be read, by key with the reason. ValueError when it is no calendar.

    A repeated event is its next occasion.
    """
    if b"BEGIN:VCALENDAR" not in body[:1000]:
        raise ValueError("Adressen svarade inte med en kalender.")
    from icalendar import Calendar  # here, since it takes long to load and few sources are calendars

    calendars = Calendar.from_ical(body, multiple=True)
    found: list[Happening] = []
    unread: dict[str, str] = {}
    for calendar in calendars:
        for event in calendar.walk("VEVENT"):
            key = str(event.get("UID") or "")
            if str(event.get("STATUS") or "").upper() == "CANCELLED":
                unread[key or str(len(unread))] = "är inställd"
                continue
            try:
                found.append(_read_event(event, key, zone, now))
            except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
                unread[key or str(len(unread))] = f"går inte att läsa ({error})"
    return found, unread


def page_happenings(markup: str, url: str, zone: ZoneInfo) -> list[Happening]:
    """The events that a page marks up as JSON-LD, in its order; those without a readable start are left out."""
    found = []
    for script in _SCRIPT.finditer(markup):
        try:
            data = json.loads(script[1].strip().removeprefix("<![CDATA[").removesuffix("]]>"))
        except (ValueError, RecursionError):
            continue
        for node in _nodes(data, _DEEPEST):
            happening = _read_node(node, url, zone)
            if happening is not None:
                found.append(happening)
    return found


def _read_event(event: Any, key: str, zone: ZoneInfo, now: datetime) -> Happening:
    start = event.decoded("DTSTART")
    starts = _aware(start, zone)
    ends = _event_end(event, start, starts, zone)
    repeat = event.get("RRULE")
    if repeat is not None:
        length = (ends or starts) - starts
        starts = _next_occasion(repeat.to_ical().decode(), starts, now - length)
        ends = starts + length if ends else None
    recurrence = event.get("RECURRENCE-ID")
    return Happening(
        key=f"{key}/{recurrence.to_ical().decode()}" if recurrence is not None else key,
        title=plain_line(str(event.get("SUMMARY") or "")),
        starts=starts,
        ends=ends,
        text=html_to_text(str(event.get("DESCRIPTION") or "")),
        location=plain_line(str(event.get("LOCATION") or "")),
        url=str(event.get("URL") or ""),
    )


def _event_end(event: Any, start: date | datetime, starts: datetime, zone: ZoneInfo) -> datetime | None:
    if event.get("DTEND") is not None:
        end = event.decoded("DTEND")
        if isinstance(end, datetime):
            return _aware(end, zone)
        return datetime.combine(
            max(end - timedelta(days=1), starts.date()), _DAY_END, zone
        )  # the end of a whole day is the day after
    if event.get("DURATION") is not None:
        length: timedelta = event.decoded("DURATION")
        return starts + length
    return None if isinstance(start, datetime) else datetime.combine(start, _DAY_END, zone)


def _next_occasion(rule: str, starts: datetime, after: datetime) -> datetime:
    """The first occasion from `after` on, or the last one there was; a rule that repeats by the hour or faster is not followed."""
    if not _RULE.search(rule):
        return starts
    plain = re.sub(r"UNTIL=(\d{8})(?:T\d{6}Z?)?", r"UNTIL=\1T235959", rule)
    occasions = rrulestr(plain, dtstart=starts.replace(tzinfo=None))
    local = after.astimezone(starts.tzinfo).replace(tzinfo=None)
    found: datetime | None = occasions.after(local, inc=True)
    if found is None:
        found = occasions.before(local, inc=True)
    return starts if found is None else found.replace(tzinfo=starts.tzinfo)


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
        for name in ("@graph", "itemListElement", "item", "mainEntity", "event", "events", "subEvent"):
            if name in node:
                yield from _nodes(node[name], depth - 1)


def _read_node(node: dict[str, Any], base: str, zone: ZoneInfo) -> Happening | None:
    starts = _moment(node.get("startDate"), zone, time.min)
    title = title_text(str(node.get("name") or node.get("headline") or ""))
    if starts is None or not title or "Cancelled" in str(node.get("eventStatus") or ""):
        return None
    address = node.get("url")
    return Happening(
        key=str(node.get("@id") or node.get("identifier") or ""),
        title=title,
        starts=starts,
        ends=_moment(node.get("endDate"), zone, _DAY_END),
        text=html_to_text(str(node.get("description") or "")),
        location=_location(node.get("location")),
        url=urljoin(base, address) if isinstance(address, str) and address else "",
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
    text = str(value or "").strip()
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return datetime.combine(date.fromisoformat(text), day_time, zone)
        return _aware(datetime.fromisoformat(text), zone) if text else None
    except ValueError:
        return None


def _aware(moment: date | datetime, zone: ZoneInfo) -> datetime:
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time.min, zone)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
