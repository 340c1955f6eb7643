"""Calendar entries: one file per call with all its deadlines as events at their time, which later files replace."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from icalendar import Alarm, Calendar, Event

from monitor.calls import Call, Deadline, Kind, Precision
from monitor.digest.facts import read_facts
from monitor.digest.links import Links, publisher_url
from monitor.digest.model import Audience, Candidate
from monitor.digest.wording import Wording, clean, shorten

ALARMS = (timedelta(days=-28), timedelta(days=-7), timedelta(days=-1))
_MOVES = ("deadline_moved", "vanished", "revived")


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """A file to attach: its name and its bytes."""

    name: str
    content: bytes


def calendar_file(wording: Wording, candidate: Candidate, audience: Audience, now: datetime) -> CalendarFile | None:
    """The calendar file of a call, None when it has no dates.

    The same date keeps its UID for ever; SEQUENCE is the number of times that dates moved, so that a newer file wins. A call
    that is withdrawn, and a date that was told and is there no more, is cancelled.
    """
    call = candidate.call
    dates = _dates(call)
    told = read_facts(candidate.told).dates or ()
    if not dates and not told:
        return None
    sequence = sum(event.type in _MOVES for event in candidate.events)
    cancelled = candidate.vanished_at is not None
    calendar = Calendar()
    calendar.add("prodid", "-//eu-monitor//SV")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for number, deadline in enumerate(dates, 1):
        event = _event(wording, call, deadline, number, len(dates), audience)
        calendar.add_component(_finished(event, wording, call, audience, now, sequence, number, cancelled=cancelled))
    for number, key in enumerate(told[len(dates) :], len(dates) + 1):
        if key == "rolling":
            continue
        event = Event()
        event.add("dtstart", _instant(key))
        event.add("summary", wording.say("calendar.summary", title=_title(call)))
        calendar.add_component(_finished(event, wording, call, audience, now, sequence, number, cancelled=True))
    if not calendar.subcomponents:
        return None
    return CalendarFile(f"{_slug(call)}.ics", calendar.to_ical())


def _dates(call: Call) -> list[Deadline]:
    if call.kind is Kind.EVENT:
        return [Deadline(at=call.starts, precision=Precision.MINUTE)] if call.starts else []
    return list(call.deadlines)


def _event(wording: Wording, call: Call, deadline: Deadline, number: int, total: int, audience: Audience) -> Event:
    event = Event()
    event.add("dtstart", deadline.at.astimezone(UTC))
    if call.kind is Kind.EVENT:
        end = call.ends if call.ends and call.starts and call.ends > call.starts else deadline.at + timedelta(hours=1)
        event.add("dtend", end.astimezone(UTC))
        name = "calendar.event"
        if call.location:
            event.add("location", clean(call.location))
    else:
        name = "calendar.stage" if total > 1 else "calendar.summary"
    event.add("summary", wording.say(name, n=number, title=_title(call)))
    words = [publisher_url(call), Links(audience.base_url).call(call)]
    if call.kind is not Kind.EVENT and deadline.precision is Precision.DAY:
        words.insert(0, wording.say("calendar.no_time"))
    if deadline.text:
        words.append(wording.say("calendar.source", text=clean(deadline.text)))
    event.add("description", "\n".join(word for word in words if word))
    return event


def _finished(
    event: Event,
    wording: Wording,
    call: Call,
    audience: Audience,
    now: datetime,
    sequence: int,
    number: int,
    *,
    cancelled: bool,
) -> Event:
    event.add("uid", _uid(call, number, audience))
    event.add("dtstamp", now.astimezone(UTC))
    event.add("sequence", sequence)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    if publisher_url(call):
        event.add("url", publisher_url(call))
    if cancelled:
        summary = str(event.pop("summary"))
        event.add("summary", wording.say("calendar.cancelled", summary=summary))
        return event
    for trigger in ALARMS:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", wording.say("calendar.alarm", title=_title(call)))
        alarm.add("trigger", trigger)
        event.add_component(alarm)
    return event


def _uid(call: Call, number: int, audience: Audience) -> str:
    key = hashlib.sha256(f"{call.source}\n{call.call_id}".encode()).hexdigest()[:24]
    return f"{key}-{number}@{urlsplit(audience.base_url).hostname or 'eu-monitor'}"


def _instant(key: str) -> datetime:
    moment = datetime.fromisoformat(key)
    if moment.tzinfo is None:
        moment = moment.replace(hour=12, tzinfo=UTC)
    return moment.astimezone(UTC)


def _slug(call: Call) -> str:
    """A file name that people know the call by."""
    folded = unicodedata.normalize("NFKD", call.identifier or clean(call.title)).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "-", folded)[:50].strip("-") or "utlysning"


def _title(call: Call) -> str:
    return shorten(clean(call.title), 120)
