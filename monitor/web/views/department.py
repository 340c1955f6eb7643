"""A department's page, and its calendar and feed."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from datasette import Response

from monitor.archive.calls import load_call
from monitor.archive.codec import stamp
from monitor.archive.digests import list_department_digests
from monitor.archive.feedback import list_department_answers, list_followed_calls, set_state, yearly_figures
from monitor.archive.listing import ANSWERABLE, list_department_calls, list_department_news
from monitor.archive.lookup import find_call
from monitor.calls import CallKey
from monitor.errors import ArchiveError
from monitor.matching.rules.model import Department
from monitor.web.framework.request import Visit
from monitor.web.framework.route import Missing, Route
from monitor.web.framework.templates import page, problem_page, redirect
from monitor.web.outputs.calendars import calendar_of
from monitor.web.outputs.feeds import atom_feed

_RECENT = timedelta(days=60)
_SOON = timedelta(days=28)
_SHOWN = 12
_YEARS = 3
DONE = {"lage": "Läget är noterat."}


def _department(visit: Visit) -> Department:
    found = visit.site.rules.departments.get(visit.vars["department"])
    if found is None:
        raise Missing
    return found


def department(visit: Visit) -> Response:
    """What is open, coming and closing for a department, what it was told, and what it took further."""
    one = _department(visit)
    db, now = visit.site.archive.db, visit.now
    theme = visit.args.get("tema", "")
    everything = list_department_calls(db, one.id, now)
    counts = Counter(item for call in everything if call.kind == "call" for item in call.themes)
    themes = [(id_, title, count) for (id_, title), count in counts.most_common()]
    theme = theme if theme in {id_ for id_, _, _ in themes} else ""
    shown = [call for call in everything if not theme or theme in {id_ for id_, _ in call.themes}]
    open_now = [call for call in shown if call.kind == "call" and call.status == "open"]
    soon = stamp(now + _SOON)
    years = {
        year: (stamp(datetime(year, 1, 1, tzinfo=now.tzinfo)), stamp(datetime(year + 1, 1, 1, tzinfo=now.tzinfo)))
        for year in range(now.year, now.year - _YEARS, -1)
    }
    return page(
        "department.html",
        visit,
        department=one,
        theme=theme,
        themes=themes,
        open=open_now,
        closing=[call for call in open_now if call.next_deadline and call.next_deadline <= soon],
        later=[call for call in open_now if not call.next_deadline or call.next_deadline > soon],
        shown=len(shown) if visit.args.get("alla") else _SHOWN,
        coming=[call for call in shown if call.kind == "call" and call.status == "forthcoming"],
        others=[call for call in shown if call.kind != "call"],
        reading=list_department_news(db, one.id, now - _RECENT),
        taken=[{**row, "note": visit.note(row["note"])} for row in list_followed_calls(db, one.id, visit.now)],
        answers=[{**row, "note": visit.note(row["note"])} for row in list_department_answers(db, one.id)],
        digests=list_department_digests(db, one.id),
        figures=yearly_figures(db, one.id, years),
        base_url=visit.site.config.municipality.base_url.rstrip("/"),
        done=DONE,
    )


def note_state(visit: Visit) -> Response:
    """The coordinator notes how far the department has come with a call."""
    one = _department(visit)
    assert visit.actor is not None
    try:
        source, call_id = find_call(visit.site.archive.db, visit.form.get("utlysning", ""))
        with visit.site.archive.writing() as db:
            note = visit.form.get("anteckning", "").strip()
            set_state(
                db, one.id, CallKey(source, call_id), visit.form.get("lage", ""), note=note, who=visit.actor.name, now=visit.now
            )
    except ArchiveError as error:
        return problem_page(visit, 400, detail=error.problem)
    return redirect(f"/forvaltning/{one.id}?klart=lage#vidare")


def calendar(visit: Visit) -> Response:
    """Every deadline ahead that concerns the department, to subscribe to."""
    one = _department(visit)
    db = visit.site.archive.db
    listed = [call for call in list_department_calls(db, one.id, visit.now) if call.level != "svag" or call.state]
    calls = [call for item in listed if (call := load_call(db, *item.key)) is not None]
    return Response(calendar_of(visit.site, calls, one.name), content_type="text/calendar; charset=utf-8")


def feed(visit: Visit) -> Response:
    """What is open or coming for the department, the newest first."""
    one = _department(visit)
    listed = [
        call for call in list_department_calls(visit.site.archive.db, one.id, visit.now) if call.kind in (*ANSWERABLE, "event")
    ]
    listed.sort(key=lambda call: call.first_seen, reverse=True)
    return atom_feed(visit, one.name, f"/forvaltning/{one.id}", [call.key for call in listed[:100]])


ROUTES = (
    Route(r"^/forvaltning/(?P<department>[^/.]+)\.ics$", calendar),
    Route(r"^/forvaltning/(?P<department>[^/.]+)\.atom$", feed),
    Route(r"^/forvaltning/(?P<department>[^/.]+)$", department),
    Route(r"^/forvaltning/(?P<department>[^/.]+)/lage$", note_state, coordinator=True, acts=True),
)
