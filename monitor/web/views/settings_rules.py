"""Departments with their thresholds, and programmes with who pays and whom to ask: tables of rules, edited in the browser."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from datasette import Response
from pydantic import BaseModel

from monitor.matching.rules.model import Department, Programme
from monitor.toml_edit import EditError, find_value, load_values
from monitor.web.framework.request import Visit
from monitor.web.framework.route import NotFound, Route
from monitor.web.framework.templates import page
from monitor.web.views.rule_effect import PreviewOutcome, add_department_effect
from monitor.web.views.settings_form import DONE, EditedTable, edit_table, make_id, parse_table, refuse, render_outcome

_CRUMBS = (("/samordna", "Samordna"), ("/samordna/installningar", "Inställningar"))
_DEPARTMENTS, _PROGRAMMES = "departments.toml", "programmes.toml"
_LIST_CRUMBS = {
    _DEPARTMENTS: (*_CRUMBS, ("/samordna/forvaltningar", "Förvaltningar")),
    _PROGRAMMES: (*_CRUMBS, ("/samordna/program", "Program")),
}


def departments(visit: Visit) -> Response:
    """List the departments with their thresholds."""
    rows = []
    for department in visit.site.rules.departments.values():
        themes = [theme for theme in visit.site.rules.live_themes if department.id in theme.theme.departments]
        rows.append(
            {
                "path": f"/samordna/forvaltningar/{department.id}",
                "name": department.name,
                "detail": department.mandate,
                "facts": f"tröskel {f'{department.threshold:g}'.replace('.', ',')} poäng, {len(themes)} teman",
                "off": "" if department.enabled else "får inga mejl",
            }
        )
    lead = "Höj tröskeln för den som får för mycket, sänk den för den som får för lite."
    return _list(visit, "Förvaltningar", lead, rows)


def programmes(visit: Visit) -> Response:
    """List the programmes with who pays."""
    rows = [
        {
            "path": f"/samordna/program/{programme.id}",
            "name": programme.name,
            "detail": " ".join(filter(None, (programme.funder_share, programme.own_share))),
            "facts": f"kontakt: {programme.contact.name}" if programme.contact is not None else "ingen kontakt",
            "off": "",
        }
        for programme in visit.site.rules.programmes.values()
    ]
    lead = "Vad som brukar gälla i ett program. Mejl och sidor visar det när en utlysning inte själv säger något."
    return _list(visit, "Program", lead, sorted(rows, key=lambda row: str(row["name"]).casefold()))


def _list(visit: Visit, title: str, lead: str, rows: list[dict[str, Any]]) -> Response:
    return page(
        "settings-rows.html",
        visit,
        title=title,
        lead=lead,
        rows=rows,
        trail=_CRUMBS,
        new=f"{visit.path}/ny" if visit.site.own_rules else "",
        own=visit.site.own_rules,
        rules_error=visit.site.rules_error,
        done=DONE,
    )


def department(visit: Visit) -> Response:
    """Show one department; a POST reviews it, with the calls that it would gain and lose, or saves it."""
    row = visit.path_vars["row"]

    def preview(after: BaseModel) -> str:
        assert isinstance(after, Department)
        before = visit.site.rules.departments.get(row)
        if before is None or (before.threshold, before.enabled) == (after.threshold, after.enabled):
            return ""
        started, outcome = time.monotonic(), PreviewOutcome()
        add_department_effect(visit.site.archive.db, visit.site.rules, after, outcome, visit.now)
        outcome.seconds = time.monotonic() - started
        return render_outcome(visit, outcome)

    return _edit_row(
        visit,
        ("department", row),
        _DEPARTMENTS,
        Department,
        preview=preview,
        effect="Urvalet räknas om i bakgrunden, och gäller från nästa mejl.",
        advice="Varje tema måste kunna nå sina förvaltningar. Välj en lägre tröskel, eller ge temat fler ord under Regler.",
    )


def programme(visit: Visit) -> Response:
    """Show one programme; a POST reviews or saves it."""
    effect = "Gäller i nästa mejl som byggs, och på sidorna när urvalet har räknats om."
    return _edit_row(visit, ("programme", visit.path_vars["row"]), _PROGRAMMES, Programme, effect=effect)


def _edit_row(
    visit: Visit,
    place: tuple[str, str],
    file: str,
    model: type[Department] | type[Programme],
    *,
    effect: str,
    preview: Callable[[BaseModel], str] | None = None,
    advice: str = "",
) -> Response:
    crumbs = _LIST_CRUMBS[file]
    try:
        values = find_value(load_values(visit.site.jobs.settings_text(file)), place)
        if values is None:
            raise NotFound
        present = parse_table(model, values)
    except EditError as error:
        return refuse(visit, place[1], error, crumbs)
    target = EditedTable(
        file=file,
        place=place,
        model=model,
        present=present,
        title=getattr(present, "name", place[1]),
        lead=f"Står i filen {file} med id {place[1]}.",
        effect=effect,
        path=visit.path,
        crumbs=crumbs,
        preview=preview,
        advice=advice,
        saved=lambda: _saved(visit),
    )
    return edit_table(visit, target)


def _saved(visit: Visit) -> None:
    visit.site.rules_changed()
    visit.site.jobs.rematch()


def new_department(visit: Visit) -> Response:
    """Show the form of a new department; a POST reviews or saves it. It is switched off until a theme names it."""
    lead = (
        "Den nya förvaltningen får inga mejl förrän minst ett tema nämner den. Välj den i teman på sidan Regler, och slå sedan på"
        " den här."
    )
    blank = Department.model_construct(id="", name="", enabled=False)
    only = ("name", "mandate", "kind", "threshold")
    return _new_row(visit, "department", _DEPARTMENTS, blank, "Ny förvaltning", lead, only)


def new_programme(visit: Visit) -> Response:
    """Show the form of a new programme; a POST reviews or saves it."""
    lead = "Ett program som mejlen ska kunna berätta mer om. EU-portalens koder och prefix skrivs i filen programmes.toml."
    blank = Programme.model_construct(id="", name="")
    return _new_row(visit, "programme", _PROGRAMMES, blank, "Nytt program", lead, ())


def _new_row(
    visit: Visit, table: str, file: str, blank: Department | Programme, title: str, lead: str, only: tuple[str, ...]
) -> Response:
    crumbs = _LIST_CRUMBS[file]
    try:
        taken = load_values(visit.site.jobs.settings_text(file)).get(table, [])
    except EditError as error:
        return refuse(visit, title, error, crumbs)
    target = EditedTable(
        file=file,
        place=(table,),
        model=type(blank),
        present=blank,
        title=title,
        lead=lead,
        effect="",
        path=visit.path,
        crumbs=crumbs,
        only=only,
        new_id=lambda values: make_id(str(values.get("name", "")), taken),
        saved=lambda: _saved(visit),
        leads_to=crumbs[-1][0],
    )
    return edit_table(visit, target)


_ROW = r"(?P<row>[a-z0-9]+(?:-[a-z0-9]+)*)"
ROUTES = (
    Route(r"^/samordna/forvaltningar$", departments, coordinator=True),
    Route(r"^/samordna/forvaltningar/ny$", new_department, coordinator=True, posts=True),
    Route(rf"^/samordna/forvaltningar/{_ROW}$", department, coordinator=True, posts=True),
    Route(r"^/samordna/program$", programmes, coordinator=True),
    Route(r"^/samordna/program/ny$", new_programme, coordinator=True, posts=True),
    Route(rf"^/samordna/program/{_ROW}$", programme, coordinator=True, posts=True),
)
