"""The page of what fell between: calls that went to nobody, near misses, and items that were read and left out."""

from __future__ import annotations

from datasette import Response

from monitor.archive.left_out import list_left_out, put_back, take_back
from monitor.archive.recipients import unread_departments
from monitor.archive.search.index import index_call
from monitor.archive.unmatched import UnmatchedCall, count_unread, list_near_misses, list_unmatched, unmatched_rows
from monitor.errors import ArchiveError
from monitor.web.framework.request import Site, Visit
from monitor.web.framework.route import Route
from monitor.web.framework.templates import page, problem_page, redirect
from monitor.web.search_index import search_index_of

DONE = {
    "tillbaka": "Den är nu en utlysning i arkivet och blir kvar när källan läses igen.",
    "utanfor": "Den är lämnad utanför. Här under kan du ta tillbaka den.",
}
"""Confirmation after a change, by the value of `klart` in the address."""
NEAR = 3.0
"""Most points that a near miss is short."""
_MAX_ROWS = 100


def gaps(visit: Visit) -> Response:
    """Show what went to no department, with what it came nearest to, and what was left out of the archive's calls."""
    rules, db = visit.site.rules, visit.site.archive.db
    total, unmatched, near = visit.site.kept("unmatched", lambda: _unmatched(visit.site)).facts
    left_out = list_left_out(db)
    enabled = [department.id for department in rules.departments.values() if department.enabled]
    silent = unread_departments(visit.site.config, db, enabled, visit.now)
    unread = visit.site.kept(
        f"unread {' '.join(sorted(silent))}", lambda: count_unread(visit.site.archive.db, visit.site.now(), silent)
    ).facts
    return page(
        "gaps.html",
        visit,
        total=total,
        unmatched=unmatched,
        near=near,
        themes={theme.theme.id: theme.theme.title for theme in rules.themes},
        names={department.id: department.name for department in rules.departments.values()},
        unread=unread,
        left_out=[row for row in left_out if row.taken_back is None][:_MAX_ROWS],
        left_out_total=sum(row.taken_back is None for row in left_out),
        taken_back=[row for row in left_out if row.taken_back is not None],
        done=DONE,
    )


def _unmatched(site: Site) -> tuple[int, list[UnmatchedCall], list[UnmatchedCall]]:
    """Return the number of calls that went to nobody, the first of them, and the nearest misses among them."""
    db, now = site.archive.db, site.now()
    listed, near = list_unmatched(db, now, limit=_MAX_ROWS), list_near_misses(db, now, NEAR, _MAX_ROWS)
    return len(unmatched_rows(db, now)), listed, near


def decide(visit: Visit) -> Response:
    """Make a left-out item a call, or leave a call out."""
    source, call_id, back = visit.form.get("kalla", ""), visit.form.get("nyckel", ""), visit.form.get("gor") == "tillbaka"
    try:
        with visit.site.archive.writing() as db:
            (take_back if back else put_back)(db, source, call_id, visit.now)
            if back:
                index_call(db, visit.site.rules.analyser, source, call_id)
    except ArchiveError:
        return problem_page(visit, 400, detail="Den finns inte längre i arkivet.")
    search_index_of(visit.site).rebuild_soon()
    visit.site.jobs.rematch()
    return redirect(f"/samordna/ingen?klart={'tillbaka' if back else 'utanfor'}")


ROUTES = (
    Route(r"^/samordna/ingen$", gaps, coordinator=True),
    Route(r"^/samordna/ingen/utanfor$", decide, coordinator=True, acts=True, shared=True),
)
