"""The page of a department, with its calendar and its feed.

`DepartmentView` holds the values of the template `department.html`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from datasette import Response

from monitor.archive.calls import load_call
from monitor.archive.codec import stamp
from monitor.archive.digests import list_department_digests
from monitor.archive.feedback import list_department_answers, list_followed_calls, set_state, yearly_figures
from monitor.archive.listing import (
    ANSWERABLE,
    CallSummary,
    MatchedCall,
    list_department_calls,
    list_department_news,
    list_matched_calls,
    list_moved_dossiers,
)
from monitor.archive.lookup import find_call
from monitor.errors import ArchiveError
from monitor.matching.compiled import RuleSet
from monitor.matching.rules.model import Department
from monitor.vocabulary import Kind, Level, Status
from monitor.web.framework.request import Visit
from monitor.web.framework.route import NotFound, Route
from monitor.web.framework.templates import page, problem_page, redirect
from monitor.web.outputs.calendars import calendar_of
from monitor.web.outputs.feeds import atom_feed, json_feed
from monitor.web.search_index import titles_of
from monitor.web.views.coming import ComingRound, coming_rounds

DONE = {"lage": "Läget är noterat."}
_READING_PERIOD = timedelta(days=60)
"""Age up to which news and decisions are listed."""
_CLOSING_PERIOD = timedelta(days=28)
_VISIBLE_CALLS = 12
"""Calls of each list before "Visa alla"."""
_YEARS = 3
"""Years of figures, the present one included."""
_MAX_FEED_ENTRIES = 100


class CallList(NamedTuple):
    """Calls of a list that are shown, and the number of all."""

    calls: Sequence[CallSummary]
    total: int


@dataclass(frozen=True, kw_only=True)
class DepartmentView:
    """Values of the template `department.html`."""

    department: Department
    theme: str
    """Id of the theme to which the lists of calls are narrowed, or ""."""
    themes: Sequence[tuple[str, str, int]]
    """Id, title and number of calls of each theme, the most frequent first."""
    open: int
    """Number of open calls."""
    closing: CallList
    """Open calls with a deadline within `_CLOSING_PERIOD`."""
    later: CallList
    """The other open calls."""
    coming: CallList
    expected: Sequence[ComingRound]
    """Planned calls, then rounds that are likely to come."""
    others: Sequence[CallSummary]
    """Matches that are no calls, such as events and partner searches."""
    shown: int
    """Number of calls of each list that are shown."""
    reading: Sequence[CallSummary]
    """Recent news and decisions."""
    taken: Sequence[Mapping[str, Any]]
    """Calls with a follow-up state."""
    answers: Sequence[Mapping[str, Any]]
    digests: Sequence[Mapping[str, Any]]
    figures: Sequence[Mapping[str, Any]]
    base_url: str
    done: Mapping[str, str]


def _require_department(visit: Visit) -> Department:
    department = visit.site.rules.departments.get(visit.path_vars["department"])
    if department is None:
        raise NotFound
    return department


def department_page(visit: Visit) -> Response:
    """Show the calls of a department by status, its mails, its answers and what it applied for."""
    department = _require_department(visit)
    site, db = visit.site, visit.site.archive.db
    matched = site.kept(
        f"matched-calls {department.id}", lambda: list_matched_calls(site.archive.db, department.id, site.now())
    ).facts
    themes = _count_themes(matched, visit.site.rules)
    theme = visit.args.get("tema", "")
    if theme not in {id_ for id_, _, _ in themes}:
        theme = ""
    listed = [call for call in matched if not theme or theme in call.themes]
    shown = len(listed) if visit.args.get("alla") else _VISIBLE_CALLS

    def shown_of(calls: Sequence[MatchedCall], most: int = shown) -> CallList:
        keys = [call.key for call in calls[:most]]
        return CallList(list_department_calls(db, department.id, visit.now, keys), len(calls))

    open_calls = [call for call in listed if call.kind == Kind.CALL and call.status == Status.OPEN]
    closing, later = _split_by_deadline(open_calls, visit.now)
    view = DepartmentView(
        department=department,
        theme=theme,
        themes=themes,
        open=len(open_calls),
        closing=shown_of(closing),
        later=shown_of(later),
        coming=shown_of([call for call in listed if call.kind == Kind.CALL and call.status == Status.FORTHCOMING]),
        expected=coming_rounds(visit, department.id),
        others=shown_of([call for call in listed if call.kind != Kind.CALL], len(listed)).calls,
        shown=shown,
        reading=list_department_news(db, department.id, visit.now - _READING_PERIOD),
        taken=_with_private_notes(list_followed_calls(db, department.id, visit.now), visit),
        answers=_with_private_notes(list_department_answers(db, department.id), visit),
        digests=list_department_digests(db, department.id),
        figures=site.kept(
            f"yearly-figures {department.id}", lambda: yearly_figures(site.archive.db, department.id, _last_years(site.now()))
        ).facts,
        base_url=visit.site.config.municipality.base_url.rstrip("/"),
        done=DONE,
    )
    return page("department.html", visit, **vars(view))


def _count_themes(listed: Sequence[MatchedCall], rules: RuleSet) -> list[tuple[str, str, int]]:
    """Return id, title and number of calls of each theme, the most frequent first; a theme that is gone has its id as title."""
    counts = Counter(theme for call in listed if call.kind == Kind.CALL for theme in call.themes)
    return [(id_, head.title if (head := rules.theme(id_)) else id_, count) for id_, count in counts.most_common()]


def _split_by_deadline(open_calls: Sequence[MatchedCall], now: datetime) -> tuple[list[MatchedCall], list[MatchedCall]]:
    """Return the open calls with a deadline within `_CLOSING_PERIOD`, and the others."""
    end = stamp(now + _CLOSING_PERIOD)
    closing: list[MatchedCall] = []
    later: list[MatchedCall] = []
    for call in open_calls:
        (closing if call.next_deadline and call.next_deadline <= end else later).append(call)
    return closing, later


def _with_private_notes(rows: Sequence[Mapping[str, Any]], visit: Visit) -> list[dict[str, Any]]:
    """Return the rows with their notes for the coordinator alone."""
    return [{**row, "note": visit.private_note(row["note"])} for row in rows]


def _last_years(now: datetime) -> dict[int, tuple[str, str]]:
    """Return the first moment of each of the last `_YEARS` years and of the year after it, as the archive stores them."""
    return {
        year: (stamp(datetime(year, 1, 1, tzinfo=now.tzinfo)), stamp(datetime(year + 1, 1, 1, tzinfo=now.tzinfo)))
        for year in range(now.year, now.year - _YEARS, -1)
    }


def store_state(visit: Visit) -> Response:
    """Store the follow-up state of a department's call, given by title, identifier, key or address."""
    department = _require_department(visit)
    state, note = visit.form.get("lage", ""), visit.form.get("anteckning", "").strip()
    try:
        key = find_call(visit.site.archive.db, visit.form.get("utlysning", ""), titles_of(visit.site))
        with visit.site.archive.writing() as db:
            set_state(db, department.id, key, state, note=note, who=visit.coordinator_name, now=visit.now)
    except ArchiveError as error:
        return problem_page(visit, 400, detail=error.problem)
    return redirect(f"/forvaltning/{department.id}?klart=lage#vidare")


def calendar(visit: Visit) -> Response:
    """Answer with a calendar of the deadlines to subscribe to; weak matches only if the department follows them up."""
    department = _require_department(visit)
    db = visit.site.archive.db
    listed = [call for call in list_department_calls(db, department.id, visit.now) if call.level != Level.WEAK or call.state]
    calls = [call for item in listed if (call := load_call(db, *item.key)) is not None]
    return Response(calendar_of(visit.site, calls, department.name), content_type="text/calendar; charset=utf-8")


def feed(visit: Visit) -> Response:
    """Answer with an Atom or JSON feed of the department's open and forthcoming calls and events, the newest first.

    Documents that moved a dossier of which the department was told are among them.
    """
    department = _require_department(visit)
    db = visit.site.archive.db
    matched = list_department_calls(db, department.id, visit.now)
    listed = [call for call in matched if call.kind in (*ANSWERABLE, Kind.EVENT)]
    listed += list_moved_dossiers(db, department.id, visit.now - _READING_PERIOD)
    listed.sort(key=lambda call: call.first_seen, reverse=True)
    keys = [call.key for call in listed[:_MAX_FEED_ENTRIES]]
    make = json_feed if visit.path.endswith(".json") else atom_feed
    return make(visit, department.name, f"/forvaltning/{department.id}", keys)


ROUTES = (
    Route(r"^/forvaltning/(?P<department>[^/.]+)\.ics$", calendar),
    Route(r"^/forvaltning/(?P<department>[^/.]+)\.(?:atom|json)$", feed),
    Route(r"^/forvaltning/(?P<department>[^/.]+)$", department_page),
    Route(r"^/forvaltning/(?P<department>[^/.]+)/lage$", store_state, coordinator=True, acts=True),
)
