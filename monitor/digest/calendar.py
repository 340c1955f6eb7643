"""Calendar entries of calls: a file of one call for its page, a file of all for a mail; later files replace earlier ones."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, vCalAddress

from monitor.calls import Call, Deadline, DeadlineModel, Precision, within_calendar
from monitor.digest.facts import date_keys, deadline_key, has_passed, key_date, key_moment, read_facts
from monitor.digest.links import Links, publisher_url
from monitor.digest.model import Audience, CallEvent, Candidate
from monitor.digest.wording import Wording
from monitor.language.one_line import clean, shorten
from monitor.vocabulary import CALENDAR_CHANGES, ChangeType, Kind

# Before the moment of a deadline with a time; for a whole day, counted from its midnight: at nine in the morning.
ALARMS = (timedelta(days=-28), timedelta(days=-7), timedelta(days=-1))
DAY_ALARMS = tuple(alarm + timedelta(hours=9) for alarm in ALARMS)
_MAX_ALARM_TITLE = 40


class Holds(StrEnum):
    """Kinds of entries of a calendar file; each ends the name of the sentence `footer.attached` that promises them."""

    DAYS = ""
    EVENTS = "_events"
    BOTH = "_both"


@dataclass(frozen=True)
class CalendarFile:
    """Attached file: its name, language, and which entries it has. Its bytes are made when they are first asked for."""

    name: str
    language: str
    holds: Holds
    make: Callable[[], bytes] = field(repr=False, compare=False)

    @cached_property
    def content(self) -> bytes:
        """Return the bytes of the file: only a mail that is sent needs them, not one that is shown."""
        return self.make()


def calendar_file(wording: Wording, candidate: Candidate, audience: Audience, now: datetime) -> CalendarFile | None:
    """Return the calendar file of a call, None when it has no dates."""
    name = f"{_slug(candidate.call)}.ics"
    return _file(name, wording, [candidate], audience, now)


def mail_calendar(
    wording: Wording, candidates: Iterable[Candidate], audience: Audience, now: datetime, week: str
) -> CalendarFile | None:
    """Return the calendar file of a mail: every date of its calls in one file, as one import. None when no call has a date.

    Several entries with UIDs of their own may be published at once: RFC 5546, section 3.2.1.
    """
    return _file(f"{wording.say('calendar.file', week=week.casefold())}.ics", wording, candidates, audience, now)


def _file(name: str, wording: Wording, candidates: Iterable[Candidate], audience: Audience, now: datetime) -> CalendarFile | None:
    dated = [candidate for candidate in candidates if _has_entries(candidate, now)]
    if not dated:
        return None

    def make() -> bytes:
        entries = (event for candidate in dated for event in calendar_events(wording, candidate, audience, now))
        return _calendar(entries, wording, audience)

    kinds = {candidate.call.kind is Kind.EVENT for candidate in dated}
    return CalendarFile(
        name, wording.language, Holds.BOTH if len(kinds) == 2 else Holds.EVENTS if True in kinds else Holds.DAYS, make
    )


def _has_entries(candidate: Candidate, now: datetime) -> bool:
    """Return whether `calendar_events` gives an entry: a day of the call, or one that was told and is to come."""
    call = within_calendar(candidate.call)
    days = date_keys(call) if call.kind is Kind.EVENT else call.deadlines
    return bool(days) or any(key != "rolling" and not has_passed(key, now) for key in read_facts(candidate.told).dates or ())


def _calendar(events: Iterable[Event], wording: Wording, audience: Audience) -> bytes:
    """Return a file that publishes the entries.

    A published entry must have an organizer and must not have attendees, so that no calendar program asks for an answer: RFC
    5546, section 3.2.1. Without an address to name, the file is a calendar without a method, which needs no organizer.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//eu-monitor//SV")
    calendar.add("version", "2.0")
    organizer = _organizer(wording, audience)
    if organizer is not None:
        calendar.add("method", "PUBLISH")
    for event in events:
        if organizer is not None:
            event.add("organizer", organizer)
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _organizer(wording: Wording, audience: Audience) -> vCalAddress | None:
    """Return the sender of the mails as organizer; None where the contact is no address."""
    address = clean(audience.contact)
    if not re.fullmatch(r"[^\s@<>\"]+@[^\s@<>\"]+", address):
        return None
    organizer = vCalAddress(f"mailto:{address}")
    organizer.params["CN"] = wording.say("calendar.organizer", municipality=clean(audience.municipality)).strip()
    return organizer


def calendar_events(wording: Wording, candidate: Candidate, audience: Audience, now: datetime) -> list[Event]:
    """Return the calendar entries of a call: RFC 5545, section 3.6.1. A deadline without a time is a whole day.

    The same day keeps its UID for ever, whatever other days the call has. SEQUENCE rises when the call's dates change, so that a
    newer file wins. Every entry of a withdrawn call is cancelled, and so is a day that was told, is to come and no longer holds.
    """
    call = within_calendar(candidate.call)
    known = read_facts(candidate.told)
    uids = _Uids(call, audience, candidate)
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
            event = _dated(key, _length(call))
            event.add("summary", wording.say(_summary_name(call), title=_title(call)))
            events.append(finish(event, uid, cancelled=True, replaced=candidate.vanished_at is None))
    return events


class _Uids:
    """UIDs of a call's days, made from the call's key and the day in the same way for mails and pages.

    Earlier versions made them from the call's key and the place of the date among the others. A day that was last told so keeps
    that UID, so that it is not entered a second time beside the entry that people have.
    """

    def __init__(self, call: Call, audience: Audience, candidate: Candidate) -> None:
        self._key = hashlib.sha256(f"{call.source}\n{call.call_id}".encode("utf-8", "replace")).hexdigest()[:24]
        self._host = urlsplit(audience.base_url).hostname or "eu-monitor"
        self._is_event = call.kind is Kind.EVENT
        self._history = [] if self._is_event else _moved_times(call, candidate.events)
        places = {key: place for place, key in reversed(list(enumerate(candidate.numbered, 1)))}
        self._places = {part: places[key] for key, part in self._parts(tuple(places))}

    def of(self, keys: tuple[str, ...]) -> list[tuple[str, str]]:
        """Return each date key with its UID."""
        return [(key, f"{self._key}-{self._places.get(part, part)}@{self._host}") for key, part in self._parts(keys)]

    def _parts(self, keys: tuple[str, ...]) -> list[tuple[str, str]]:
        """Return each key with what tells it from the others: the day, and the time where the day has had several."""
        if self._is_event:  # an event has one date and stays the same event when it is moved
            return [(key, "1") for key in keys]
        times = {key: _time(key) for key in keys if key != "rolling"}
        parts = _parts_of_times([*self._history, tuple(times.values())])
        return [(key, parts[time]) for key, time in times.items()]


_NO_TIME = "2359"
_Time = tuple[str, str]
"""Day and time of day of a date: 20260801 and 1200."""


def _time(key: str) -> _Time:
    moment = key_moment(key)
    return f"{key_date(key):%Y%m%d}", f"{moment:%H%M}" if moment is not None else _NO_TIME


def _moved_times(call: Call, events: Iterable[CallEvent]) -> list[tuple[_Time, ...]]:
    """Return the times that the call had before and after each of its moves, in the zone of its publisher.

    They are the same for mails and pages, unlike what each department was told.
    """
    zone = ZoneInfo(call.deadlines[0].zone) if call.deadlines else None
    found = []
    for event in events:
        for side in (event.old, event.new) if event.type == ChangeType.DEADLINE_MOVED else ():
            texts = [text for text in json.loads(side or "[]") if text[:4].isdigit()]
            moments = [datetime.fromisoformat(text).astimezone(zone) for text in texts]
            found.append(tuple((f"{moment:%Y%m%d}", f"{moment:%H%M}") for moment in moments))
    return found


def _parts_of_times(history: Sequence[tuple[_Time, ...]]) -> dict[_Time, str]:
    """Return what tells each time from the others at the end of the history of a call's times.

    A time keeps it as long as it stands. The only time of a day is told by the day, and hands that on to the time that replaces
    it; of several on one day, those that did not stand there alone are told by day and time.
    """
    holders: dict[str, _Time] = {}
    for times in history:
        by_day: dict[str, list[_Time]] = defaultdict(list)
        for time in sorted(set(times)):
            by_day[time[0]].append(time)
        for day, of_day in by_day.items():
            known = [part for part, holder in holders.items() if holder[0] == day]
            standing = {holders[part] for part in known}
            for time in of_day:
                if time not in standing:
                    holders[_part(holders, known, time, alone=len(of_day) == 1)] = time
    return {time: part for part, time in holders.items()}


def _part(holders: dict[str, _Time], known: Sequence[str], time: _Time, *, alone: bool) -> str:
    """Return the part for a time that has none, where those in `known` are the parts of its day."""
    if alone and len(known) < 2:
        return known[0] if known else time[0]
    part = "-".join(time)
    while part in holders:  # its holder got it when it was another time
        part += "-2"
    return part


def _dated(key: str, length: timedelta) -> Event:
    """Return an entry at the moment of a date key, in UTC, or on its day; one with a time of day ends after `length`."""
    event = Event()
    moment = key_moment(key)
    event.add("dtstart", moment.astimezone(UTC) if moment is not None else key_date(key))
    if moment is not None:
        # Its own end, for programs that make an entry without one an hour long: 23:59 would reach into the next day.
        event.add("dtend", (moment + length).astimezone(UTC))
    return event


def _length(call: Call) -> timedelta:
    """Return how long an entry with a time of day is: of a last day a minute, of an event until its end or an hour."""
    if call.kind is not Kind.EVENT:
        return timedelta(minutes=1)
    if call.starts is None or call.ends is None or call.ends <= call.starts:
        return timedelta(hours=1)
    return call.ends - call.starts


def _entry(wording: Wording, call: Call, key: str, number: int, deadline: Deadline | None, audience: Audience) -> Event:
    """Return the entry of one date of a call, without the properties that `_Finisher` adds."""
    event = _dated(key, _length(call))
    name = _summary_name(call)
    if deadline is None:
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
        if deadline.words:
            words.append(wording.say("calendar.source", text=clean(deadline.words)))
    event.add("description", "\n".join(word for word in words if word))
    return event


def _summary_name(call: Call) -> str:
    """Return the name of the phrase for a last day: to apply, or of a partner search or a consultation, to answer."""
    return "calendar.summary" if call.kind is Kind.CALL else "calendar.last_day"


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
        words = {Kind.EVENT: "calendar.alarm_event", Kind.CALL: "calendar.alarm"}.get(self.call.kind, "calendar.alarm_last_day")
        whole_day = not isinstance(event.decoded("dtstart"), datetime)
        for trigger in DAY_ALARMS if whole_day else ALARMS:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", self.wording.say(words, title=shorten(clean(self.call.title), _MAX_ALARM_TITLE)))
            alarm.add("trigger", trigger)
            event.add_component(alarm)


def _slug(call: Call) -> str:
    """Return a file name by which people know the call."""
    folded = unicodedata.normalize("NFKD", call.identifier or clean(call.title)).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "-", folded)[:50].strip("-") or "utlysning"


def _title(call: Call) -> str:
    return shorten(clean(call.title), 120)
