"""Calendar files for the pages: one call, or many in one calendar to subscribe to, in the same form as the mails' attachments."""

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
from monitor.calls import Call
from monitor.digest.calendar import calendar_events, calendar_file
from monitor.digest.model import Audience, CallEvent, Candidate
from monitor.digest.wording import Wording
from monitor.web.framework.request import Site, Visit
from monitor.web.framework.route import Missing, Route
from monitor.web.framework.templates import download


@dataclass(frozen=True, slots=True)
class _Entry:
    """Parts of a call that its calendar entries are made from: equal entries are made once."""

    candidate: Candidate
    stamp: datetime


def _entries(db: Database, calls: Sequence[Call]) -> list[_Entry]:
    """Return the calls as calendars see them: with their moves, without what any department was told."""
    facts = calendar_facts(db, [call.key for call in calls])
    return [
        _Entry(
            Candidate(
                call=_dated(call),
                first_seen=found.first_seen,
                vanished_at=found.vanished_at,
                events=tuple(CallEvent(id=number, type=kind) for number, kind in enumerate(found.moves)),
                numbered=found.numbered,
            ),
            found.last_changed,
        )
        for call in calls
        if (found := facts.get(call.key)) is not None
    ]


def _dated(call: Call) -> Call:
    """Return the call without its texts."""
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


# The library takes a millisecond or two for an entry, and calendar programs ask for the whole calendar several times a day.
@lru_cache(maxsize=20_000)
def _written(wording: Wording, base_url: str, entry: _Entry) -> bytes:
    """Return the entries of a call as lines of a calendar. DTSTAMP is when the call last changed: RFC 5545, section 3.8.7.2."""
    return b"".join(event.to_ical() for event in calendar_events(wording, entry.candidate, _audience(base_url), entry.stamp))


def _audience(base_url: str) -> Audience:
    return Audience(department="", name="", municipality="", contact="", base_url=base_url)


def calendar_of(site: Site, calls: Sequence[Call], name: str) -> bytes:
    """Return one calendar with the dates of all calls; the same UIDs as in the mails, so that nothing is entered twice."""
    calendar = Calendar()
    calendar.add("prodid", "-//eu-monitor//SV")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"Sista dagar: {name}")
    calendar.add("refresh-interval;value=duration", "P1D")
    head, _, tail = calendar.to_ical().partition(b"END:VCALENDAR")
    base_url = site.config.municipality.base_url
    entries = (_written(site.wording["sv"], base_url, entry) for entry in _entries(site.archive.db, calls))
    return b"".join((head, *entries, b"END:VCALENDAR", tail))


def call_calendar(visit: Visit) -> Response:
    """The calendar entry of one call."""
    db = visit.site.archive.db
    call = load_call(db, visit.vars["source"], visit.vars["call"])
    if call is None:
        raise Missing
    found = calendar_file(
        visit.site.wording["sv"], _entries(db, [call])[0].candidate, _audience(visit.site.config.municipality.base_url), visit.now
    )
    if found is None:
        raise Missing
    return download(found.content, "text/calendar; charset=utf-8", found.name)


ROUTES = (Route(r"^/kalender/(?P<source>[^/]+)/(?P<call>[^/]+)\.ics$", call_calendar),)
