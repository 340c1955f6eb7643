"""The coordinator's pages: the next mails and changes to them, the health of the sources, new answers, and the outbox."""

from __future__ import annotations

from itertools import groupby

from datasette import Response

from monitor.archive.feedback import mark_answer_read, read_answers
from monitor.archive.lookup import find_call
from monitor.archive.matches import decisive_words
from monitor.archive.outbox import list_outbox
from monitor.archive.overrides import ADD, list_mail_notes, list_overrides, store_override
from monitor.archive.recipients import list_stops, silenced_departments
from monitor.errors import ArchiveError, MonitorError
from monitor.toml_edit import SHIPPED_RULES_REFUSAL
from monitor.vocabulary import ACCEPTED_RUNS, SECTION_LABELS, Answer, MailSection
from monitor.web.framework.addresses import local_path
from monitor.web.framework.mail_drafts import PlannedItem, PlannedMail
from monitor.web.framework.request import Visit
from monitor.web.framework.route import Route
from monitor.web.framework.templates import page, problem_page, redirect
from monitor.web.planned_mails import read_plans
from monitor.web.search_index import titles_of
from monitor.web.views.front import source_rows
from monitor.web.views.top_line import write_top_line

DONE = {
    "styrt": "Valet är sparat.",
    "rad": "Raden är sparad.",
    "radbort": "Raden är borttagen.",
    "lagd": "Utlysningen är tillagd.",
    "svar": "Svaret är avklarat.",
    "exempel": "Svaret är nu ett exempel i temat.",
}
"""Confirmation after a change, by the value of `klart` in the address."""
_MAX_OUTBOX_ROWS = 12
_MAX_ITEMS = 60
"""Items of a mail that are listed; all of them are on the page of the mail."""
_MAX_PROBLEMS = 5
_REFRESH_SECONDS = 2


def desk(visit: Visit) -> Response:
    """Show the next mails, and the sources, answers and recipients that need a person."""
    site = visit.site
    planned = read_plans(site)
    plans = planned.mails
    weeks = sorted({plan.week for plan in plans})
    lines = [row for week in weeks for row in list_mail_notes(site.archive.db, week) if not row["source"]]
    top_lines = {(row["department"], row["week"]): row["text"] for row in lines}
    names = {department.id: department.name for department in site.rules.departments.values()}
    sources = [row for row in source_rows(site, visit.now) if row["state"] not in ACCEPTED_RUNS or row["health"]]
    unhandled = [answer for answer in read_answers(site.archive.db) if answer.handled_at is None]
    stops = list_stops(site.config, site.archive.db, visit.now)
    return page(
        "desk.html",
        visit,
        planned_at=planned.made if planned.is_old else None,
        weeks=[week.partition("-W")[2].lstrip("0") for week in weeks],
        plans=[_plan_values(plan, names, top_lines) for plan in plans],
        top_all=next((top_lines["", week] for week in weeks if ("", week) in top_lines), ""),
        own_lines=[names.get(plan.department, plan.department) for plan in plans if (plan.department, plan.week) in top_lines],
        names=names,
        choices=list_overrides(site.archive.db),
        sources=sources,
        answers=unhandled,
        words=decisive_words(
            site.archive.db, [(one.department, one.key) for one in unhandled if one.answer == Answer.NOT_FOR_US]
        ),
        stops=stops,
        silenced=silenced_departments(site.config, site.archive.db, visit.now),
        outbox=list_outbox(site.archive.db, _MAX_OUTBOX_ROWS),
        rules_error=site.rules_error,
        done=DONE,
    )


def _plan_values(plan: PlannedMail, names: dict[str, str], top_lines: dict[tuple[str, str], str]) -> dict[str, object]:
    """Return a planned mail as the template shows it, its items grouped by section in the order of the mail."""
    return {
        "department": plan.department,
        "name": names.get(plan.department, plan.department),
        "kind": plan.kind,
        "count": len(plan.items),
        "sections": [
            (SECTION_LABELS[MailSection(name)].page, list(items))
            for name, items in groupby(sorted(plan.items, key=_section_number)[:_MAX_ITEMS], key=lambda item: item.section)
        ],
        "hidden": max(len(plan.items) - _MAX_ITEMS, 0),
        "top": top_lines.get((plan.department, plan.week), ""),
    }


def _section_number(item: PlannedItem) -> int:
    return list(MailSection).index(MailSection(item.section))


def top_line(visit: Visit) -> Response:
    """Store the coordinator's line at the top of the next mail of one department or of all."""
    department = visit.form.get("forvaltning", "")
    if department and department not in visit.site.rules.departments:
        return problem_page(visit, 400)
    plans = read_plans(visit.site).mails
    with visit.site.archive.writing() as db:
        for week in sorted({plan.week for plan in plans if department in ("", plan.department)}):
            write_top_line(db, department, week, visit.form.get("rad", ""), who=visit.coordinator_name, now=visit.now)
    return redirect(f"/samordna?klart={'rad' if visit.form.get('rad', '').strip() else 'radbort'}")


def add(visit: Visit) -> Response:
    """Add a call, given by title, identifier, key or address, to a department's next mail."""
    department = visit.form.get("forvaltning", "")
    if department not in visit.site.rules.departments:
        return problem_page(visit, 400)
    try:
        key = find_call(visit.site.archive.db, visit.form.get("utlysning", ""), titles_of(visit.site))
        with visit.site.archive.writing() as db:
            store_override(db, department, key, ADD, who=visit.coordinator_name, now=visit.now)
    except ArchiveError as error:
        return problem_page(visit, 400, detail=error.problem)
    return redirect("/samordna?klart=lagd")


def answer_done(visit: Visit) -> Response:
    """Mark a department's answer as handled, or make it an example of the theme that matched the call."""
    number = int(visit.path_vars["answer"])
    if visit.form.get("gor") == "exempel":
        if not visit.site.own_rules:
            return problem_page(visit, 400, detail=SHIPPED_RULES_REFUSAL)
        try:
            problems = visit.site.jobs.make_example(number, visit.now)
        except MonitorError as error:
            return problem_page(visit, 400, detail=error.problem)
        if problems:
            detail = "Exemplet är skrivet, men reglerna klarar det inte än: " + "; ".join(problems[:_MAX_PROBLEMS])
            return problem_page(visit, 400, detail=detail)
        visit.site.rules_changed()
        visit.site.jobs.rematch()
        return redirect("/samordna?klart=exempel")
    with visit.site.archive.writing() as db:
        mark_answer_read(db, number, visit.now)
    return redirect("/samordna?klart=svar")


def matching(visit: Visit) -> Response:
    """Show how the matching after a change stands; the frame loads itself again until it has ended."""
    state = visit.site.jobs.matching()
    headers = {"refresh": str(_REFRESH_SECONDS)} if state == "running" else {}
    back = local_path(visit.args.get("sida", ""), "/samordna")
    return page("matching.html", visit, headers=headers, state=state, back=back)


def outbox(visit: Visit) -> Response:
    """List the mails to all recipients, the unsent ones first."""
    names = {department.id: department.name for department in visit.site.rules.departments.values()}
    return page("outbox.html", visit, rows=list_outbox(visit.site.archive.db), names=names)


ROUTES = (
    Route(r"^/samordna$", desk, coordinator=True),
    Route(r"^/samordna/rad$", top_line, coordinator=True, acts=True),
    Route(r"^/samordna/lagg-till$", add, coordinator=True, acts=True),
    Route(r"^/samordna/svar/(?P<answer>[0-9]{1,15})$", answer_done, coordinator=True, acts=True),
    Route(r"^/samordna/urval$", matching, coordinator=True),
    Route(r"^/samordna/utkorg$", outbox, coordinator=True),
)
