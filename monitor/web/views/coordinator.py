"""The coordinator's desk: the week ahead with a hand on it, the sources' health, the answers that came in, and the outbox."""

from __future__ import annotations

from itertools import groupby

from datasette import Response

from monitor.archive.feedback import mark_answer_read, read_answers
from monitor.archive.lookup import find_call
from monitor.archive.outbox import list_outbox, list_stops, silenced_departments
from monitor.archive.overrides import ADD, list_mail_notes, list_overrides, store_override, write_mail_note
from monitor.errors import ArchiveError, MonitorError
from monitor.vocabulary import ACCEPTED_RUNS, SECTION_LABELS, MailSection
from monitor.web.framework.request import Planned, Visit
from monitor.web.framework.route import Route
from monitor.web.framework.templates import SHIPPED, page, problem_page, redirect
from monitor.web.views.front import source_rows

DONE = {
    "styrt": "Valet är sparat.",
    "rad": "Raden är sparad.",
    "lagd": "Utlysningen är tillagd.",
    "svar": "Svaret är avklarat.",
    "exempel": "Svaret är nu ett exempel i temat. Träffarna räknas om.",
}


def desk(visit: Visit) -> Response:
    """What will go to whom, and what needs a person."""
    site = visit.site
    plans = site.work.planned(visit.site.rules, visit.now)
    weeks = sorted({plan.week for plan in plans})
    lines = [row for week in weeks for row in list_mail_notes(site.archive.db, week) if not row["source"]]
    tops = {(row["department"], row["week"]): row["text"] for row in lines}
    names = {one.id: one.name for one in site.rules.departments.values()}
    sources = [row for row in source_rows(site, visit.now) if row["state"] not in ACCEPTED_RUNS or row["health"]]
    waiting = [one for one in read_answers(site.archive.db) if one.handled_at is None]
    stops = list_stops(site.config, site.archive.db)
    return page(
        "desk.html",
        visit,
        weeks=[week.partition("-W")[2].lstrip("0") for week in weeks],
        plans=[_plan(one, names, tops) for one in plans],
        top_all=next((tops["", week] for week in weeks if ("", week) in tops), ""),
        names=names,
        choices=list_overrides(site.archive.db),
        sources=sources,
        answers=waiting,
        stops=stops,
        silenced=silenced_departments(site.config, stops),
        outbox=list_outbox(site.archive.db, 12),
        rules_error=site.rules_error,
        done=DONE,
    )


def _plan(plan: Planned, names: dict[str, str], tops: dict[tuple[str, str], str]) -> dict[str, object]:
    return {
        "department": plan.department,
        "name": names.get(plan.department, plan.department),
        "kind": plan.kind,
        "count": len(plan.items),
        "sections": [
            (SECTION_LABELS[MailSection(name)].page, list(items))
            for name, items in groupby(sorted(plan.items, key=_place), key=lambda one: one.section)
        ],
        "top": tops.get((plan.department, plan.week), ""),
    }


def _place(item: object) -> int:
    return list(MailSection).index(getattr(item, "section", MailSection.NEW))


def top_line(visit: Visit) -> Response:
    """A line of one's own on top of a department's next mail, or of all."""
    department = visit.form.get("forvaltning", "")
    if department and department not in visit.site.rules.departments:
        return problem_page(visit, 400)
    plans = visit.site.work.planned(visit.site.rules, visit.now)
    assert visit.actor is not None
    with visit.site.archive.writing() as db:
        for week in sorted({plan.week for plan in plans if department in ("", plan.department)}):
            write_mail_note(db, department, week, None, visit.form.get("rad", ""), who=visit.actor.name, now=visit.now)
    return redirect("/samordna?klart=rad")


def add(visit: Visit) -> Response:
    """Add a call, named by whatever is at hand, to what a department is told."""
    department = visit.form.get("forvaltning", "")
    if department not in visit.site.rules.departments:
        return problem_page(visit, 400)
    assert visit.actor is not None
    try:
        key = find_call(visit.site.archive.db, visit.form.get("utlysning", ""))
        with visit.site.archive.writing() as db:
            store_override(db, department, key, ADD, who=visit.actor.name, now=visit.now)
    except ArchiveError as error:
        return problem_page(visit, 400, detail=error.problem)
    return redirect("/samordna?klart=lagd")


def answer_done(visit: Visit) -> Response:
    """An answer has been seen to, or becomes an example of the theme that sent the call."""
    number = int(visit.vars["answer"])
    if visit.form.get("gor") == "exempel":
        if not visit.site.own_rules:
            return problem_page(visit, 400, detail=SHIPPED)
        try:
            problems = visit.site.work.make_example(number, visit.now)
        except MonitorError as error:
            return problem_page(visit, 400, detail=error.problem)
        if problems:
            return problem_page(
                visit, 400, detail="Exemplet är skrivet, men reglerna klarar det inte än: " + "; ".join(problems[:5])
            )
        visit.site.rules_changed()
        visit.site.work.rematch()
        return redirect("/samordna?klart=exempel")
    with visit.site.archive.writing() as db:
        mark_answer_read(db, number, visit.now)
    return redirect("/samordna?klart=svar")


def outbox(visit: Visit) -> Response:
    """Every mail to every recipient, those that wait first."""
    names = {one.id: one.name for one in visit.site.rules.departments.values()}
    return page("outbox.html", visit, rows=list_outbox(visit.site.archive.db), names=names)


ROUTES = (
    Route(r"^/samordna$", desk, coordinator=True),
    Route(r"^/samordna/rad$", top_line, coordinator=True, acts=True),
    Route(r"^/samordna/lagg-till$", add, coordinator=True, acts=True),
    Route(r"^/samordna/svar/(?P<answer>[0-9]{1,15})$", answer_done, coordinator=True, acts=True),
    Route(r"^/samordna/utkorg$", outbox, coordinator=True),
)
