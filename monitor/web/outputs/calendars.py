"""Calendar files (iCalendar, RFC 5545): one call, or many to subscribe to, with the same entries as the mails' attachments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from datasette import Response
from icalendar import Calendar

from monitor.archive.calls import load_call
from monitor.archive.connection import Database
from monitor.archive.digests import calendar_facts
from monitor.archive.numbers import number_of
from monitor.calls import Call
from monitor.digest.calendar import calendar_events, calendar_file
from monitor.digest.model import Audience, CallEvent, Candidate
from monitor.digest.wording import Wording
from monitor.web.framework.request import Site, Visit
from monitor.web.framework.route import NotFound, Route
from monitor.web.framework.templates import download


@dataclass(frozen=True, slots=True)
class _Entry:
    """Parts of a call from which its calendar entries are made; hashable, so that equal ones are made once."""

    candidate: Candidate
    stamp: datetime
    number: int | None
    """The call's number in the address of its page."""

    def audience(self, base_url: str) -> Audience:
        """Return the reader of a calendar, who follows no department."""
        numbers = {self.candidate.key: self.number} if self.number is not None else {}
        return Audience(department="", name="", municipality="", contact="", base_url=base_url, numbers=numbers)


def _entries(db: Database, calls: Sequence[Call]) -> list[_Entry]:
    """Return the calls with their moved deadlines and without the mails that told of them, which differ by department."""
    facts = calendar_facts(db, [call.key for call in calls])
    return [
        _Entry(
            Candidate(
                call=_without_texts(call),
                first_seen=call_facts.first_seen,
                vanished_at=call_facts.vanished_at,
                events=tuple(
                    CallEvent(id=number, type=kind, old=old, new=new) for number, (kind, old, new) in enumerate(call_facts.moves)
                ),
                numbered=call_facts.numbered,
            ),
            call_facts.last_changed,
            number_of(db, call.key),
        )
        for call in calls
        if (call_facts := facts.get(call.key)) is not None
    ]


def _without_texts(call: Call) -> Call:
    """Return the parts of a call that a calendar entry shows, so that a new text of the call makes no new entry."""
    return Call(
        source=call.source,
        call_id=call.call_id,
        identifier=call.identifier,
        title=call.title,
        url=call.url,
        kind=call.kind,
        deadlines=call.deadlines,
        deadline_model=call.deadline_model,
        starts=call.starts,
        ends=call.ends,
        location=call.location,
    )


# icalendar takes a millisecond or two per entry, and calendar programs fetch whole calendars several times a day.
@lru_cache(maxsize=20_000)
def _entry_lines(wording: Wording, base_url: str, entry: _Entry) -> bytes:
    """Return the entries of a call as lines of a calendar; DTSTAMP is the time of its last change.

    RFC 5545, section 3.8.7.2: https://www.rfc-editor.org/rfc/rfc5545#section-3.8.7.2
    """
    return b"".join(event.to_ical() for event in calendar_events(wording, entry.candidate, entry.audience(base_url), entry.stamp))


def calendar_of(site: Site, calls: Sequence[Call], name: str) -> bytes:
    """Return a calendar with the dates of all calls, its UIDs those of the mails so that no entry is doubled."""
    calendar = Calendar()
    calendar.add("prodid", "-//eu-monitor//SV")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"Sista dagar: {name}")
    calendar.add("refresh-interval;value=duration", "P1D")
    head, _, tail = calendar.to_ical().partition(b"END:VCALENDAR")
    base_url = site.config.municipality.base_url
    entries = (_entry_lines(site.wording["sv"], base_url, entry) for entry in _entries(site.archive.db, calls))
    return b"".join((head, *entries, b"END:VCALENDAR", tail))


def call_calendar(visit: Visit) -> Response:
    """Answer with the calendar file of one call."""
    db = visit.site.archive.db
    call = load_call(db, visit.path_vars["source"], visit.path_vars["call"])
    if call is None:
        raise NotFound
    entry = _entries(db, [call])[0]
    audience = entry.audience(visit.site.config.municipality.base_url)
    file = calendar_file(visit.site.wording["sv"], entry.candidate, audience, visit.now)
    if file is None:
        raise NotFound
    return download(file.content, "text/calendar; charset=utf-8", file.name)


ROUTES = (Route(r"^/kalender/(?P<source>[^/]+)/(?P<call>[^/]+)\.ics$", call_calendar),)
