"""The front page, the list of departments, the sources, and the page about the archive."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from datasette import Response

from monitor.archive.listing import list_closing_soon, list_newest
from monitor.archive.runs import stored_health
from monitor.archive.statistics import count_calls
from monitor.vocabulary import ACCEPTED_RUNS, NOT_READ, OVERDUE, OVERDUE_LABEL, RUN_STATE_LABELS, RunState
from monitor.web.framework.request import Site, Visit
from monitor.web.framework.route import Route
from monitor.web.framework.templates import format_count, page, redirect
from monitor.web.search_index import open_by_department

_FRESH_PERIOD = timedelta(hours=36)
"""Age of the last accepted run up to which a source counts as read: a night's run and half a day of delay."""


def front(visit: Visit) -> Response:
    """Show what can be applied for, by department, with the next deadlines and the newest calls.

    Before the first reading it leads to the guide of the first day.
    """
    db = visit.site.archive.db
    counts = count_calls(db, visit.now)
    if visit.local and visit.site.sessions.offers_code and not counts["total"]:
        return redirect("/kom-igang")
    site = visit.site
    return page(
        "front.html",
        visit,
        counts=counts,
        departments=department_list(visit),
        closing=site.kept("closing", lambda: list_closing_soon(site.archive.db, site.now())).facts,
        newest=site.kept("newest", lambda: list_newest(site.archive.db, site.now())).facts,
        sources=_reading_summary(visit),
    )


def departments(visit: Visit) -> Response:
    """List the departments with their mandate and the number of calls open to them."""
    return page("departments.html", visit, departments=department_list(visit))


def department_list(visit: Visit) -> list[dict[str, Any]]:
    """Return the departments that get mails, with their mandate and the number of open and forthcoming calls."""
    counts = open_by_department(visit.site)
    return [
        {
            "id": department.id,
            "name": department.name,
            "mandate": department.mandate,
            "open": counts.get(department.id, {}).get("open", 0),
            "coming": counts.get(department.id, {}).get("forthcoming", 0),
        }
        for department in visit.site.rules.departments.values()
        if department.enabled
    ]


def sources(visit: Visit) -> Response:
    """List the sources with the time of their last reading and their faults."""
    return page("sources.html", visit, sources=source_rows(visit.site, visit.now), summary=_reading_summary(visit))


def _state_label(state: str) -> str:
    if state == OVERDUE:
        return OVERDUE_LABEL
    return RUN_STATE_LABELS[RunState(state)].page if state else NOT_READ.page


def source_rows(site: Site, now: datetime) -> list[dict[str, Any]]:
    """Return the enabled sources with their state at `now`, those that need a person first.

    The state is that of the last run, `overdue` if that run was accepted but is too long ago, or "" for a source never read.
    """
    health_by_source = stored_health(site.archive.db)
    rows = []
    for source in site.config.sources:
        if not source.enabled:
            continue
        stored = health_by_source.get(source.id)
        accepted = datetime.fromisoformat(stored.last_accepted) if stored and stored.last_accepted else None
        overdue = stored is not None and source.is_overdue(accepted, now)
        state = OVERDUE if stored and overdue and stored.state in ACCEPTED_RUNS else stored.state if stored else ""
        rows.append(
            {
                "id": source.id,
                "name": source.name,
                "publisher": source.publisher,
                "url": source.url,
                "state": state,
                "state_word": _state_label(state),
                "health": stored.health if stored else "",
                "text": stored.text if stored else "",
                "since": stored.since if stored else None,
                "last_run": stored.last_run if stored else None,
                "last_accepted": stored.last_accepted if stored else None,
                "items": stored.items if stored else 0,
            }
        )
    return sorted(rows, key=lambda row: (row["state"] in ACCEPTED_RUNS, row["state"] == "", str(row["name"]).casefold()))


def _reading_summary(visit: Visit) -> str:
    rows = source_rows(visit.site, visit.now)
    fresh = [
        row for row in rows if row["last_accepted"] and visit.now - datetime.fromisoformat(row["last_accepted"]) < _FRESH_PERIOD
    ]
    counted = format_count(len(rows), visit.say("källa"), visit.say("källor"))
    return f"{len(fresh)} {visit.say('av')} {counted} {visit.say('är lästa det senaste dygnet.')}"


def about(visit: Visit) -> Response:
    """Show what the archive is, how it selects calls, and how accessible its pages are."""
    return page("about-en.html" if visit.language == "en" else "about.html", visit)


ROUTES = (
    Route(r"^/$", front),
    Route(r"^/forvaltningar$", departments),
    Route(r"^/kallor$", sources),
    Route(r"^/om$", about),
)
