"""The plan of an application: as a page, as a calendar and as a Word document; and the list of all plans for the coordinator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from datasette import Response

from monitor.archive.calls import load_call
from monitor.archive.plans import list_planned, store_steps
from monitor.calls import Call, CallKey
from monitor.language.one_line import clean, shorten
from monitor.matching.rules.model import Department
from monitor.plan.steps import StepVerdict
from monitor.vocabulary import FOLLOW_STATE_LABELS, FollowState, StepState
from monitor.web.framework.addresses import page_address
from monitor.web.framework.request import Visit
from monitor.web.framework.route import NotFound, Route
from monitor.web.framework.templates import download, page, problem_page, redirect
from monitor.web.plan.facts import CallPlan, gates_of, read_plan
from monitor.web.plan.text import PlanText, write_plan, years_note
from monitor.web.views.call import CALL, require_call

DONE = {"plan": "Planen är sparad."}
_FILE_TYPES = {
    "ics": "text/calendar; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
"""Media type of each form in which a plan is handed out, by the suffix of its file."""
_CLOSED_VERDICTS = (StepVerdict.DONE, StepVerdict.NOT_NEEDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """Row of the list of plans."""

    department: str
    key: CallKey
    title: str
    state: str
    """Label of the department's follow-up state."""
    last_day: date | None
    done: int
    steps: int
    late: int
    impossible: int
    following: str
    """Name of the next step to be done; "" for none."""
    begin: date | None
    """Last day to begin it."""


def _plan_of(visit: Visit, call: Call, department: Department | None) -> CallPlan:
    return read_plan(visit.site.config, visit.site.archive.db, visit.site.rules, call, department, visit.now)


def _text_of(visit: Visit, found: CallPlan) -> PlanText:
    return write_plan(found, visit.wording, visit.now, rates_day=visit.site.config.money.day)


def _chosen_department(visit: Visit) -> Department | None:
    """Return the department that the address names; None where it names none.

    Raises:
        NotFound: The rules have no such department.
    """
    chosen = visit.args.get("forvaltning", "")
    if not chosen:
        return None
    if chosen not in visit.site.rules.departments:
        raise NotFound
    return visit.site.rules.departments[chosen]


def plan_page(visit: Visit) -> Response:
    """Show the plan of a call, for a department where the address names one."""
    call, department = require_call(visit), _chosen_department(visit)
    post = f"{visit.call_path(*call.key)}/plan/steg" if visit.actor is not None and department is not None else ""
    return _show(visit, call, department, post=post, files=f"{visit.call_path(*call.key)}/plan", private=visit.actor is not None)


def _show(visit: Visit, call: Call, department: Department | None, *, post: str, files: str, private: bool) -> Response:
    found = _plan_of(visit, call, department)
    planned = {id_ for id_, key in list_planned(visit.site.archive.db) if key == call.key}
    return page(
        "plan.html",
        visit,
        call=call,
        found=found,
        text=_text_of(visit, found),
        years_note=years_note(found.share, visit.language),
        department=department,
        planning=[one for one in visit.site.rules.departments.values() if one.id in planned],
        all_departments=list(visit.site.rules.departments.values()),
        state=visit.say(FOLLOW_STATE_LABELS[FollowState(found.state)]) if found.state else "",
        post=post,
        files=files,
        private=private,
        done=DONE,
    )


def plan_file(visit: Visit) -> Response:
    """Answer with the plan as a calendar or a Word document."""
    call, department = require_call(visit), _chosen_department(visit)
    found = _plan_of(visit, call, department)
    form = visit.path_vars["form"]
    content = plan_bytes(visit, found, form)
    return download(content, _FILE_TYPES[form], f"plan-{call.key.short}.{form}")


def plan_bytes(visit: Visit, found: CallPlan, form: str) -> bytes:
    """Return a plan as the bytes of a file: `form` is ics or docx."""
    text = _text_of(visit, found)
    query = {"forvaltning": found.department.id} if found.department is not None else {}
    path = page_address(f"{visit.call_path(*found.call.key)}/plan", visit.language, **query)
    address = f"{visit.site.config.municipality.base_url.rstrip('/')}{path}"
    if form == "ics":
        from monitor.web.plan.calendar import plan_calendar

        return plan_calendar(found, text, address, visit.now)
    # The library takes a tenth of a second to load, which no other page should wait for.
    from monitor.web.plan.word import plan_word

    return plan_word(found, text, visit.wording, address)


def save_steps(visit: Visit) -> Response:
    """Store the states of steps that the coordinator changed in a department's plan."""
    call, department = require_call(visit), visit.site.rules.departments.get(visit.form.get("forvaltning", ""))
    if department is None or not _store(visit, call, department, visit.coordinator_name):
        return problem_page(visit, 400)
    return redirect(page_address(f"{visit.call_path(*call.key)}/plan", visit.language, forvaltning=department.id, klart="plan"))


def department_plan(visit: Visit) -> Response:
    """Show a department its plan, to which a link of its mail leads; a POST stores the states of steps that it changed."""
    link = visit.site.signer.read_answer(visit.path_vars["token"], visit.now.date())
    department = visit.site.rules.departments.get(link.department) if link is not None else None
    if link is None or department is None:
        return problem_page(visit, 410)
    call = load_call(visit.site.archive.db, link.source, link.call_id)
    if call is None:
        raise NotFound
    if visit.is_post:
        if not _store(visit, call, department, department.name):
            return problem_page(visit, 400)
        return redirect(page_address(visit.path, visit.language, klart="plan"))
    return _show(visit, call, department, post=visit.path, files=f"{visit.call_path(*call.key)}/plan", private=True)


def _store(visit: Visit, call: Call, department: Department, who: str) -> bool:
    """Store the states that differ from those that the form was shown with; return False for a state that is none.

    What another person changed in the meantime stays: the form says what each state was.
    """
    changed: dict[str, str] = {}
    for id_ in gates_of(visit.site.rules).step_ids:
        state, before = visit.form.get(f"steg-{id_}"), visit.form.get(f"var-{id_}", "")
        if state is None or state == before:
            continue
        if state and state not in tuple(StepState):
            return False
        changed[id_] = state
    if changed:
        with visit.site.archive.writing() as db:
            store_steps(db, department.id, call.key, changed, who=who, now=visit.now)
    return True


def plans_page(visit: Visit) -> Response:
    """List the plans of all departments, those with something late first."""
    rows = [row for department, key in list_planned(visit.site.archive.db) if (row := _plan_row(visit, department, key))]
    rows.sort(key=lambda row: (not row.impossible, not row.late, row.last_day or date.max, row.title))
    names = {department.id: department.name for department in visit.site.rules.departments.values()}
    return page("plans.html", visit, rows=rows, names=names, today=visit.now.date())


def _plan_row(visit: Visit, department: str, key: CallKey) -> PlanRow | None:
    """Return a row of the list; None for a plan that has ended, or of a department that the rules no longer have."""
    known = visit.site.rules.departments.get(department)
    call = load_call(visit.site.archive.db, *key)
    if known is None or call is None:
        return None
    found = _plan_of(visit, call, known)
    if found.plan.passed:
        return None
    steps = found.plan.steps
    following = next((step for step in steps if step.is_open), None)
    return PlanRow(
        department=department,
        key=key,
        title=shorten(clean(call.title), 110) or call.call_id,
        state=visit.say(FOLLOW_STATE_LABELS[FollowState(found.state)]),
        last_day=found.plan.last_day,
        done=sum(step.verdict in _CLOSED_VERDICTS for step in steps),
        steps=len(steps),
        late=len(found.plan.late),
        impossible=len(found.plan.impossible),
        following=following.gate.title(visit.language) if following is not None else "",
        begin=following.begin if following is not None else None,
    )


ROUTES = (
    Route(rf"{CALL}/plan$", plan_page),
    Route(rf"{CALL}/plan\.(?P<form>ics|docx)$", plan_file),
    Route(rf"{CALL}/plan/steg$", save_steps, coordinator=True, acts=True),
    Route(r"^/svar/(?P<token>[^/]{1,7000})/plan$", department_plan, posts=True),
    Route(r"^/samordna/planer$", plans_page, coordinator=True),
)
