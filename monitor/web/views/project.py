"""Saving of a project: what a department applied for with a call, as the coordinator enters it on the call's page."""

from __future__ import annotations

from datasette import Response

from monitor.archive.projects import list_followed_projects, store_project
from monitor.errors import ArchiveError
from monitor.web.framework.request import Visit
from monitor.web.framework.route import Route
from monitor.web.framework.templates import page, redirect
from monitor.web.views.call import CALL, require_call
from monitor.web.views.project_form import department_names, project_currencies, read_project_form, stored_form, typed_form

_MAX_NOTE = 2000


def save_project(visit: Visit) -> Response:
    """Store the project of a department; a form that does not hold comes back with the reasons beside its fields."""
    call = require_call(visit)
    names, currencies = department_names(visit), project_currencies(visit.site.config)
    project, errors = read_project_form(visit.form, call.key, names, currencies)
    note = visit.form.get("anteckning", "").strip()[:_MAX_NOTE]
    stored = None
    if not errors:
        try:
            with visit.site.archive.writing() as db:
                store_project(db, project, visit.form["lage"], note=note, who=visit.coordinator_name, now=visit.now)
        except ArchiveError as error:
            now = [one for one in list_followed_projects(visit.site.archive.db, call.key) if one.department == project.department]
            if not now or (now[0].project.saved if now[0].project else "") == project.saved:
                raise
            errors["version"] = error.problem
            stored = stored_form(now[0], "projekt", names)
    if errors:
        return page(
            "project.html",
            visit,
            status=400,
            call=call,
            form=typed_form(visit.form, errors, stored),
            note=note,
            departments=names,
            currencies=currencies,
        )
    return redirect(f"{visit.call_path(*call.key)}?klart=projekt#klart")


ROUTES = (Route(rf"{CALL}/projekt$", save_project, coordinator=True, acts=True),)
