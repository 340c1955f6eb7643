"""Calendar files for the pages: one call, or many in one calendar to subscribe to, in the same form as the mails' attachments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from datasette import Response
from icalendar import Calendar

from monitor.archive.corrections import load_call
from monitor.archive.database import Database
from monitor.archive.lookup import call_facts
from monitor.calls import Call
from monitor.digest.calendar import calendar_file
from monitor.digest.model import Audience, Candidate, Event
from monitor.web.pages import download
from monitor.web.route import Missing, Route
from monitor.web.site import Site, Visit

_MOVES = ("deadline_moved", "vanished", "revived")


def _candidate(db: Database, call: Call) -> Candidate:
    facts = call_facts(db, (call.source, call.call_id))
    moves = [event for event in facts["events"] if event["type"] in _MOVES]
    return Candidate(
        call=call,
        first_seen=datetime.fromisoformat(facts["first_seen"]),
        vanished_at=datetime.fromisoformat(facts["vanished_at"]) if facts["vanished_at"] else None,
        events=tuple(Event(id=number, type=event["type"]) for number, event in enumerate(moves)),
    )


def _audience(site: Site) -> Audience:
    municipality = site.config.municipality
    return Audience(
        department="",
        name=municipality.name,
        municipality=municipality.name,
        contact=municipality.contact,
        base_url=municipality.base_url,
    )


def calendar_of(site: Site, calls: Sequence[Call], name: str, now: datetime) -> bytes:
    """One calendar with the dates of all calls; the same UIDs as in the mails, so that nothing stands twice."""
    merged = Calendar()
    merged.add("prodid", "-//eu-monitor//SV")
    merged.add("version", "2.0")
    merged.add("x-wr-calname", f"Sista dagar: {name}")
    merged.add("refresh-interval;value=duration", "P1D")
    for call in calls:
        found = calendar_file(site.wording["sv"], _candidate(site.archive.db, call), _audience(site), now)
        if found is not None:
            for component in Calendar.from_ical(found.content).subcomponents:
                merged.add_component(component)
    return bytes(merged.to_ical())


def call_calendar(visit: Visit) -> Response:
    """The calendar entry of one call."""
    db = visit.site.archive.db
    call = load_call(db, visit.vars["source"], visit.vars["call"])
    if call is None:
        raise Missing
    found = calendar_file(visit.site.wording["sv"], _candidate(db, call), _audience(visit.site), visit.now)
    if found is None:
        raise Missing
    return download(found.content, "text/calendar; charset=utf-8", found.name)


ROUTES = (Route(r"^/kalender/(?P<source>[^/]+)/(?P<call>[^/]+)\.ics$", call_calendar),)
