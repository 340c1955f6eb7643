"""The coordinator's page of settings: every table of `monitor.toml` that pages show, and the history of changes with undo."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from datasette import Response
from pydantic import BaseModel

from monitor.archive.setting_changes import StoredChange, find_change, list_changes
from monitor.config import Config
from monitor.fields import FormField, list_form_fields, plain_values, value_at, value_words
from monitor.matching.rules.model import Department, Programme
from monitor.settings import Table
from monitor.sources import Source
from monitor.toml_edit import EditError, ValueChange, find_value, load_values
from monitor.web.framework.request import Visit
from monitor.web.framework.route import NotFound, Route
from monitor.web.framework.templates import page, problem_page, redirect
from monitor.web.views.coming import programme_list
from monitor.web.views.settings_form import DONE, ChangeLine, EditedTable, edit_table, parse_table, refuse
from monitor.web.views.top_line import TOP_LINE, line_label, undo_top_line
from monitor.web.views.top_line import holds as line_holds

FILE = "monitor.toml"
TABLES: dict[str, type[Table]] = {
    name: info.annotation
    for name, info in Config.model_fields.items()
    if isinstance(info.annotation, type) and issubclass(info.annotation, Table) and info.annotation.words is not None
}
"""Tables of `monitor.toml` that pages show, by name: those with words, so that a new one needs no other place."""
ROW_MODELS: Mapping[tuple[str, str], tuple[type[BaseModel], str]] = {
    (FILE, "source"): (Source, "Källan"),
    (FILE, "sources"): (Source, "Källan"),
    ("departments.toml", "department"): (Department, "Förvaltningen"),
    ("programmes.toml", "programme"): (Programme, "Programmet"),
}
"""Model and Swedish noun of the rows of other tables, by file and table."""
_Lists = Mapping[str, Mapping[str, str]]
_CRUMBS = (("/samordna", "Samordna"),)
_CHANGED_SINCE = "Den går inte att ångra: värdet har ändrats sedan dess. Ändra det på sidan för inställningen i stället."


def settings(visit: Visit) -> Response:
    """List the settings with their present values, and the latest changes."""
    config, lists, names = visit.site.config, choice_lists(visit), row_names(visit)
    groups = []
    for name, model in TABLES.items():
        values = plain_values(getattr(config, name))
        rows = [(one.label, value_words(one, value_at(values, one.path))) for one in list_form_fields(model, lists)]
        groups.append({"path": f"/samordna/installningar/{name}", "words": model.words, "rows": rows})
    return page(
        "settings.html",
        visit,
        groups=groups,
        sources=(sum(source.enabled for source in config.sources), len(config.sources)),
        departments=sum(department.enabled for department in visit.site.rules.departments.values()),
        programmes=len(visit.site.rules.programmes),
        own=visit.site.own_rules,
        settings_error=visit.site.settings_error,
        changes=[_change_row(visit, change, lists, names) for change in list_changes(visit.site.archive.db, 5)],
        has_file=config.path is not None,
        done=DONE,
    )


def choice_lists(visit: Visit) -> dict[str, dict[str, str]]:
    """Return the lists that fields take their choices from, by the name that `Caption.of` uses."""
    return {"departments": {department.id: department.name for department in visit.site.rules.departments.values()}}


def row_names(visit: Visit) -> dict[str, dict[str, str]]:
    """Return the names of the rows of other tables by their ids, for each table of `ROW_MODELS`."""
    rules, sources = visit.site.rules, {source.id: source.name for source in visit.site.config.sources}
    return {
        "source": sources,
        "sources": sources,
        "department": {department.id: department.name for department in rules.departments.values()},
        "programme": {programme.id: programme.name for programme in rules.programmes.values()},
    }


def table(visit: Visit) -> Response:
    """Show one table of `monitor.toml`; a POST reviews or saves it."""
    name = visit.path_vars["table"]
    model = TABLES.get(name)
    if model is None or model.words is None:
        raise NotFound
    crumbs = (*_CRUMBS, ("/samordna/installningar", "Inställningar"))
    try:
        values = load_values(visit.site.jobs.settings_text(FILE))
        present = parse_table(model, find_value(values, (name,)) or {})
    except EditError as error:
        return refuse(visit, model.words.title, error, crumbs)
    target = EditedTable(
        file=FILE,
        place=(name,),
        model=model,
        present=present,
        title=model.words.title,
        lead=model.words.lead,
        effect=model.words.effect,
        path=f"/samordna/installningar/{name}",
        crumbs=crumbs,
        lists=choice_lists(visit),
        aside=programme_list(visit) if name == "documents" else "",
    )
    return edit_table(visit, target)


def history(visit: Visit) -> Response:
    """List the stored changes; a POST undoes one."""
    if not visit.is_post:
        return _history_page(visit)
    number = visit.form.get("andring", "")
    if not (number.isdigit() and len(number) <= 15):
        return problem_page(visit, 400)
    stored = find_change(visit.site.archive.db, int(number))
    if stored is not None and stored.file == TOP_LINE:
        return _undo_line(visit, stored)
    outcome = visit.site.jobs.undo_settings(int(number), visit.coordinator_name, visit.now)
    if not outcome.saved:
        problem = " ".join(outcome.problems) or _CHANGED_SINCE
        return _history_page(visit, problem=problem, wrong=int(number), status=400)
    visit.site.rules_changed()
    if any(change.id == int(number) and change.file != FILE for change in list_changes(visit.site.archive.db)):
        visit.site.jobs.rematch()
    return redirect("/samordna/installningar/historik?klart=angrat")


def _undo_line(visit: Visit, change: StoredChange) -> Response:
    with visit.site.archive.writing() as db:
        undone = undo_top_line(db, change, who=visit.coordinator_name, now=visit.now)
    if not undone:
        return _history_page(visit, problem=_CHANGED_SINCE, wrong=change.id, status=400)
    return redirect("/samordna/installningar/historik?klart=angrat")


def _history_page(visit: Visit, *, problem: str = "", wrong: int = 0, status: int = 200) -> Response:
    lists, names = choice_lists(visit), row_names(visit)
    rows = [_change_row(visit, change, lists, names) for change in list_changes(visit.site.archive.db)]
    return page("settings-history.html", visit, status=status, rows=rows, problem=problem, wrong=wrong, trail=_CRUMBS, done=DONE)


def _change_row(visit: Visit, change: StoredChange, lists: _Lists, names: _Lists) -> dict[str, Any]:
    if change.file == TOP_LINE:
        lines = [
            ChangeLine(label=line_label(item, lists["departments"]), old=item.old or "ingen rad", new=item.new or "ingen rad")
            for item in change.differences
        ]
        kept = {"id": change.id, "at": change.at, "who": change.who, "note": change.note}
        return {**kept, "lines": lines, "holds": line_holds(visit.site.archive.db, change)}
    try:
        values = load_values(visit.site.jobs.settings_text(change.file))
        holds = all(find_value(values, item.place) == item.new for item in change.differences)
    except EditError:
        holds = False
    return {
        "id": change.id,
        "at": change.at,
        "who": change.who,
        "note": change.note,
        "lines": [describe_difference(change.file, item, lists, names) for item in change.differences],
        "holds": holds,
    }


def describe_difference(file: str, item: ValueChange, lists: _Lists, names: _Lists) -> ChangeLine:
    """Return a stored difference in words; a row is called by its name in `names`, one that is gone by its id."""
    table_name, *rest = item.place
    if (file, table_name) in ROW_MODELS and rest:
        model, noun = ROW_MODELS[file, table_name]
        title, path = f"{noun} {names.get(table_name, {}).get(rest[0], rest[0])}", tuple(rest[1:])
        if not path:
            return ChangeLine(label=title, old="fanns inte" if item.old is None else "fanns", new=_row_words(item.new))
    else:
        model, path = TABLES.get(table_name, Table), tuple(rest)
        title = model.words.title if issubclass(model, Table) and model.words is not None else table_name
    one = next((found for found in list_form_fields(model, lists) if found.path == path), None)
    if one is None:
        return ChangeLine(label=f"{title}, {'.'.join(path)}", old=_raw_words(item.old), new=_raw_words(item.new))
    return ChangeLine(label=f"{title}, {_lower(one.label)}", old=_words(one, item.old, model), new=_words(one, item.new, model))


def _words(one: FormField, value: Any, model: type[BaseModel]) -> str:
    """Return a value in words: for a key that the file had not, the default, or that of the program's own row."""
    if value is not None:
        return value_words(one, value)
    if issubclass(model, Table):
        return value_words(one, value_at(plain_values(model()), one.path))
    return "det förvalda värdet" if model is Source else value_words(one, None)


def _raw_words(value: Any) -> str:
    return "stod inte i filen" if value is None else str(value)


def _row_words(value: Any) -> str:
    if value is None:
        return "borttagen"
    return f"tillagd: {value.get('name', '')}" if isinstance(value, Mapping) else "tillagd"


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]


ROUTES = (
    Route(r"^/samordna/installningar$", settings, coordinator=True),
    Route(r"^/samordna/installningar/historik$", history, coordinator=True, posts=True),
    Route(r"^/samordna/installningar/(?P<table>[a-z_]{1,40})$", table, coordinator=True, posts=True),
)
