"""Calendar entries of calls: a file of one call for its page, a file of all for a mail; later files replace earlier ones."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from icalendar import Alarm, Calendar, Event

from monitor.calls import Call, Deadline, DeadlineModel, Precision, within_calendar
from monitor.digest.facts import date_keys, deadline_key, has_passed, key_date, key_moment, read_facts
from monitor.digest.links import Links, publisher_url
from monitor.digest.model import Audience, Candidate
from monitor.digest.wording import Wording
from monitor.language.one_line import clean, shorten
from monitor.vocabulary import CALENDAR_CHANGES, Kind

# Before the moment of a deadline with a time; for a whole day, counted from its midnight: at nine in the morning.
ALARMS = (timedelta(days=-28), timedelta(days=-7), timedelta(days=-1))
DAY_ALARMS = tuple(alarm + timedelta(hours=9) for alarm in ALARMS)


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """Attached file: its name and its bytes."""

    name: str
    content: bytes


def calendar_file(wording: Wording, candidate: Candidate, audience: Audience, now: datetime) -> CalendarFile | None:
    """Return the calendar file of a call, None when it has no dates."""
    events = calendar_events(wording, candidate, audience, now)
    return CalendarFile(f"{_slug(candidate.call)}.ics", _calendar(events)) if events else None


def mail_calendar(
    wording: Wording, candidates: Iterable[Candidate], audience: Audience, now: datetime, week: str
) -> CalendarFile | None:
    """Return the calendar file of a mail: every date of its calls in one file, as one import. None when no call has a date.

    Several entries with UIDs of their own may be published at once: RFC 5546, section 3.2.1.
    """
    events = [event for candidate in candidates for event in calendar_events(wording, candidate, audience, now)]
    return CalendarFile(f"{wording.say('calendar.file', week=week.casefold())}.ics", _calendar(events)) if events else None


def _calendar(events: Iterable[Event]) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//eu-monitor//SV")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for event in events:
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def calendar_events(wording: Wording, candidate: Candidate, audience: Audience, now: datetime) -> list[Event]:
    """Return the calendar entries of a call: RFC 5545, section 3.6.1. A deadline without a time is a whole day.

    The same day keeps its UID for ever, whatever other days the call has. SEQUENCE rises when the call's dates change, so that a
    newer file wins. Every entry of a withdrawn call is cancelled, and so is a day that was told, is to come and no longer holds.
    """
    call = within_calendar(candidate.call)
    known = read_facts(candidate.told)
    uids = _Uids(call, audience, candidate.numbered)
    current = {deadline_key(deadline): deadline for deadline in call.deadlines} if call.kind is not Kind.EVENT else {}
    keys = date_keys(call) if call.kind is Kind.EVENT else tuple(current)
    told = tuple(key for key in known.dates or () if key != "rolling")
    sequence = max(
        sum(event.type in CALENDAR_CHANGES for event in candidate.events), known.tellings - (known.dates == date_keys(call)), 0
    )
    finish = _Finisher(wording, call, now, sequence).finish
    events = [
        finish(_entry(wording, call, key, number, current.get(key), audience), uid, cancelled=candidate.vanished_at is not None)
        for number, (key, uid) in enumerate(uids.of(keys), 1)
    ]
    standing = {uid for _, uid in uids.of(keys)}
    for key, uid in uids.of(told):
        if uid not in standing and not has_passed(key, now):
            event = _dated(key)
            event.add("summary", wording.say("calendar.summary", title=_title(call)))
            events.append(finish(event, uid, cancelled=True, replaced=candidate.vanished_at is None))
    return events


class _Uids:
    """UIDs of a call's days, made from the call's key and the day in the same way for mails and pages.

    Earlier versions made them from the call's key and the place of the date among the others. A day that was last told so keeps
    that UID, so that it is not entered a second time beside the entry that people have.
    """

    def __init__(self, call: Call, audience: Audience, numbered: tuple[str, ...]) -> None:
        self._key = hashlib.sha256(f"{call.source}\n{call.call_id}".encode("utf-8", "replace")).hexdigest()[:24]
        self._host = urlsplit(audience.base_url).hostname or "eu-monitor"
        self._is_event = call.kind is Kind.EVENT
        places = {key: place for place, key in reversed(list(enumerate(numbered, 1)))}
        self._places = {part: places[key] for key, part in self._parts(tuple(places))}

    def of(self, keys: tuple[str, ...]) -> list[tuple[str, str]]:
        """Return each date key with its UID."""
        return [(key, f"{self._key}-{self._places.get(part, part)}@{self._host}") for key, part in self._parts(keys)]

    def _parts(self, keys: tuple[str, ...]) -> list[tuple[str, str]]:
        """Return each key with what tells it from the others: the day, and a number for a second time on that day."""
        if self._is_event:  # an event has one date and stays the same event when it is moved
            return [(key, "1") for key in keys]
        counted: Counter[str] = Counter()
        found = {}
        for key in sorted(key for key in keys if key != "rolling"):
            day = f"{key_date(key):%Y%m%d}"
            counted[day] += 1
            found[key] = day if counted[day] == 1 else f"{day}-{counted[day]}"
        return [(key, found[key]) for key in keys if key in found]


def _dated(key: str) -> Event:
    """Return an entry at the moment of a date key, in UTC, or on its day."""
    event = Event()
    moment = key_moment(key)
    event.add("dtstart", moment.astimezone(UTC) if moment is not None else key_date(key))
    return event


def _entry(wording: Wording, call: Call, key: str, number: int, deadline: Deadline | None, audience: Audience) -> Event:
    """Return the entry of one date of a call, without the properties that `_Finisher` adds."""
    event = _dated(key)
    name = "calendar.summary"
    moment = key_moment(key)
    if deadline is not None and moment is not None:
        # Its own end, for programs that make an entry without one an hour long: 23:59 would reach into the next day.
        event.add("dtend", (moment + timedelta(minutes=1)).astimezone(UTC))
    if deadline is None:
        assert call.starts is not None
        end = call.ends if call.ends and call.ends > call.starts else call.starts + timedelta(hours=1)
        event.add("dtend", end.astimezone(UTC))
        name = "calendar.event"
        if call.location:
            event.add("location", clean(call.location))
    elif call.deadline_model is DeadlineModel.TWO_STAGE and len(call.deadlines) > 1:
        name = "calendar.stage"
    event.add("summary", wording.say(name, n=number, title=_title(call)))
    words = [publisher_url(call), Links(audience.base_url, numbers=audience.numbers).call(call)]
    if deadline is not None:
        if deadline.precision is Precision.DAY:
            words.insert(0, wording.say("calendar.no_time"))
        if deadline.text:
            words.append(wording.say("calendar.source", text=clean(deadline.text)))
    event.add("description", "\n".join(word for word in words if word))
    return event


@dataclass(frozen=True, slots=True)
class _Finisher:
    """Properties that every entry of a call has alike."""

    wording: Wording
    call: Call
    now: datetime
    sequence: int

    def finish(self, event: Event, uid: str, *, cancelled: bool, replaced: bool = False) -> Event:
        """Add UID, status, address and alarms to an entry and return it. A cancelled one says so and has no alarms."""
        event.add("uid", uid)
        event.add("dtstamp", self.now.astimezone(UTC))
        event.add("sequence", self.sequence)
        event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
        event.add("transp", "TRANSPARENT")
        if publisher_url(self.call):
            event.add("url", publisher_url(self.call))
        if cancelled:
            summary = str(event.pop("summary"))
            event.add("summary", self.wording.say("calendar.replaced" if replaced else "calendar.cancelled", summary=summary))
        else:
            self._add_alarms(event)
        return event

    def _add_alarms(self, event: Event) -> None:
        words = "calendar.alarm_event" if self.call.kind is Kind.EVENT else "calendar.alarm"
        whole_day = not isinstance(event.decoded("dtstart"), datetime)
        for trigger in DAY_ALARMS if whole_day else ALARMS:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", self.wording.say(words, title=_title(self.call)))
            alarm.add("trigger", trigger)
            event.add_component(alarm)


def _slug(call: Call) -> str:
    """Return a file name by which people know the call."""
    folded = unicodedata.normalize("NFKD", call.identifier or clean(call.title)).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "-", folded)[:50].strip("-") or "utlysning"


def _title(call: Call) -> str:
    return shorten(clean(call.title), 120)
