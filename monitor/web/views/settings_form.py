"""Forms of settings, made from the models of `monitor.toml` and of the tables of rules: fields, check, review, save.

A page shows an `EditedTable`. Its form has the values as the person first saw them (`sett`), so that a value which was changed
meanwhile, by hand or by another coordinator, is seen: a field that the person has not touched keeps the newer value; of one that
both have changed the page shows both values and asks. A form is first reviewed (`gor=granska`), then saved (`gor=spara`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from datasette import Response
from pydantic import BaseModel, ValidationError

from monitor.fields import (
    DAY_NAMES,
    FormField,
    field_texts,
    find_problems,
    list_form_fields,
    plain_values,
    read_form,
    value_at,
    value_words,
)
from monitor.language.dots import without_dots
from monitor.toml_edit import Edit, EditError, EditOutcome, EditRequest, Place, mark_of
from monitor.web.framework.request import Visit
from monitor.web.framework.templates import fragment, page, redirect

DONE = {"sparat": "Ändringen är sparad.", "angrat": "Ändringen är ångrad.", "tillagd": "Tillagd."}
_THEME_ERROR = re.compile(r"themes/([a-z0-9-]+)\.toml:\d+: ")
_OWN_FIELDS = ("csrftoken", "sett", "gor")
_MAX_NOTE = 300
_MAX_TEXT = 4_000
"""Characters of one field."""
Texts = dict[str, list[str]]


@dataclass(frozen=True, kw_only=True)
class EditedTable:
    """Table of settings that a page edits."""

    file: str
    place: Place
    """Place of the table in the file."""
    model: type[BaseModel]
    present: BaseModel
    """Table as the file has it now."""
    title: str
    lead: str
    effect: str
    path: str
    """Address of the page."""
    crumbs: Sequence[tuple[str, str]] = (("/samordna", "Samordna"), ("/samordna/installningar", "Inställningar"))
    lists: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    """Names of the fields to show, in order; empty: all, in the order of the model."""
    place_of: Callable[[tuple[str, ...]], Place] | None = None
    """Returns the place of a key where it is not below `place`."""
    preview: Callable[[BaseModel], str] | None = None
    """Returns HTML on what the new values would do to the archive."""
    saved: Callable[[], None] | None = None
    """Called after a change was saved."""
    aside: str = ""
    """HTML above the form."""
    advice: str = ""
    """Sentence on what to do when the whole file would be wrong."""
    new_id: Callable[[Mapping[str, Any]], str] | None = None
    """Returns the id of a row that is to be added; None for a table that there is."""
    follows: Callable[[Any, Any], Mapping[str, Any]] | None = None
    """Returns the keys without an input that a change gives new values, by the table before and after it."""
    leads_to: str = ""
    """Address to go to after saving; empty: the page itself."""

    @property
    def fields(self) -> list[FormField]:
        """Return the fields of the form."""
        found = {one.name: one for one in list_form_fields(self.model, self.lists)}
        return [found[name] for name in self.only or found]

    def locate(self, path: tuple[str, ...]) -> Place:
        """Return the place of a key in the file."""
        return self.place_of(path) if self.place_of is not None else (*self.place, *path)

    def texts(self) -> Texts:
        """Return the texts of all inputs for the values that the file has now."""
        values = plain_values(self.present)
        return {name: texts for one in self.fields for name, texts in field_texts(one, value_at(values, one.path)).items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """Changed value in words."""

    label: str
    old: str
    new: str
    effect: str = ""


@dataclass(kw_only=True)
class Sheet:
    """Form as it is shown."""

    texts: Texts
    problems: dict[str, str] = field(default_factory=dict)
    """Sentences beside the inputs, by name; those of "" stand above the form."""
    conflicts: dict[str, str] = field(default_factory=dict)
    """Sentences beside the inputs about values that were changed meanwhile."""
    refusals: list[str] = field(default_factory=list)
    """Sentences on why the whole file would be wrong."""
    changes: list[ChangeLine] = field(default_factory=list)
    edits: tuple[Edit, ...] = ()
    after: BaseModel | None = None
    """Table with the new values, where these are sound."""


def edit_table(visit: Visit, target: EditedTable) -> Response:
    """Show a table of settings; a POST reviews or saves the form."""
    if not visit.is_post:
        return show_form(visit, target, Sheet(texts=target.texts()))
    sheet = read_sheet(target, visit.form_lists)
    if sheet.problems or sheet.conflicts:
        return show_form(visit, target, sheet, status=400)
    if not sheet.edits:
        return show_form(visit, target, sheet, unchanged=True)
    outcome = submit(visit, target, sheet.edits, dry_run=visit.form.get("gor") != "spara")
    if not outcome.saved:
        if outcome.conflict:
            outcome = EditOutcome(problems=("Filen ändrades medan du sparade. Granska en gång till.",))
        sheet.refusals = [_plain_problem(visit, problem) for problem in outcome.problems]
        return show_form(visit, target, sheet, status=400)
    if visit.form.get("gor") != "spara":
        return show_form(visit, target, sheet, review=True)
    if target.saved is not None:
        target.saved()
    return redirect(f"{target.leads_to or target.path}?klart=sparat")


def _plain_problem(visit: Visit, problem: str) -> str:
    """Return an error of rule files with the title of its theme in place of file and line."""
    match = _THEME_ERROR.match(problem)
    theme = visit.site.rules.theme(match[1]) if match is not None else None
    return f"Temat {theme.title}: {problem[match.end() :]}" if match is not None and theme is not None else problem


def submit(visit: Visit, target: EditedTable, edits: tuple[Edit, ...], *, dry_run: bool) -> EditOutcome:
    """Hand edits to the job that checks and saves them."""
    try:
        mark = mark_of(visit.site.jobs.settings_text(target.file), [edit.place for edit in edits])
    except EditError as error:
        return EditOutcome(problems=(str(error),))
    request = EditRequest(
        file=target.file,
        edits=edits,
        mark=mark,
        who=visit.coordinator_name,
        note=visit.form.get("not", "").strip()[:_MAX_NOTE],
        dry_run=dry_run,
    )
    return visit.site.jobs.edit_settings(request, visit.now)


def read_sheet(target: EditedTable, form_lists: Mapping[str, list[str]]) -> Sheet:
    """Return a posted form with its changes, problems and conflicts; untouched fields keep what the file has now."""
    now, fields = target.texts(), target.fields
    typed = {name: [text[:_MAX_TEXT] for text in texts] for name, texts in form_lists.items()}
    seen = _read_seen(form_lists, now)
    texts: Texts = {}
    touched: list[FormField] = []
    conflicts: dict[str, str] = {}
    before = plain_values(target.present)
    for one in fields:
        names = list(field_texts(one, value_at(before, one.path)))
        given = any(name in typed or f"{name}.finns" in typed for name in names)
        mine = {name: typed.get(name, []) for name in names} if given else {name: now[name] for name in names}
        if not given or _plain(mine) == _plain({name: seen.get(name, []) for name in names}):
            texts |= {name: now[name] for name in names}
            continue
        touched.append(one)
        texts |= mine
        meanwhile = {name: now[name] for name in names}
        if _plain(meanwhile) != _plain({name: seen.get(name, []) for name in names}) and _plain(meanwhile) != _plain(mine):
            words = value_words(one, value_at(before, one.path))
            conflicts[one.name] = f"Ändrades medan du skrev. Nu gäller: {words}. Granska igen om ditt värde ska gälla i stället."
    sheet = Sheet(texts=texts, conflicts=conflicts)
    values, sheet.problems = read_form(touched, typed)
    for one in touched:
        if one.kind == "many" and one.path in values:
            values[one.path] = _in_order(values[one.path], value_at(before, one.path) or [])
    _judge(target, sheet, touched, values)
    return sheet


def _in_order(chosen: list[str], before: list[str]) -> list[str]:
    """Return ticked values in the order that the file has them, new ones last."""
    return [item for item in before if item in chosen] + [item for item in chosen if item not in before]


def _read_seen(form_lists: Mapping[str, list[str]], now: Texts) -> Texts:
    """Return the texts that the person first saw; those of now where the form does not say."""
    try:
        seen = json.loads(form_lists.get("sett", [""])[0])
        return {str(name): [str(text) for text in texts] for name, texts in seen.items()}
    except (ValueError, AttributeError, TypeError):
        return now


def _plain(texts: Texts) -> list[tuple[str, list[str]]]:
    """Return texts without differences that a browser makes: line ends, space around, and the order of ticked boxes."""
    return sorted((name, sorted(" ".join(text.split()) for text in given)) for name, given in texts.items())


def _judge(target: EditedTable, sheet: Sheet, touched: Sequence[FormField], values: Mapping[tuple[str, ...], Any]) -> None:
    """Fill in the problems, the edits and the changes in words of a form's values."""
    before = plain_values(target.present)
    after = deepcopy(before)
    changed = [one for one in touched if one.path in values and values[one.path] != value_at(before, one.path)]
    for one in changed:
        holder = after
        for key in one.path[:-1]:
            holder = holder.setdefault(key, {})
        holder[one.path[-1]] = values[one.path]
    for group in {one.path[0] for one in changed if len(one.path) > 1}:
        # A table within the table, such as a contact, is there or not: with no value left it goes.
        if not any(after[group].values()):
            del after[group]
    if target.new_id is not None:
        after["id"] = target.new_id(after)
    sheet.problems = {**find_problems(target.model, after, target.fields), **sheet.problems}
    if sheet.problems:
        return
    sheet.after = target.model.model_validate(after)
    sheet.changes = [_change_line(target, one, value_at(before, one.path), values[one.path]) for one in changed]
    if target.new_id is not None:
        row = sheet.after.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        sheet.edits = (Edit((*target.place, after["id"]), row),)
        return
    implied = target.follows(target.present, sheet.after) if target.follows is not None and changed else {}
    gone = {key for key in before if key not in after}
    edits = [Edit(target.locate(one.path), values[one.path]) for one in changed if one.path[0] not in gone]
    new_tables = {one.path[0] for one in changed if len(one.path) > 1 and one.path[0] not in before}
    edits = [edit for edit in edits if edit.value != "" or not any(key in new_tables for key in edit.place)]
    edits += [Edit(target.locate((key,)), value) for key, value in implied.items() if before.get(key) != value]
    sheet.edits = tuple(edits + [Edit(target.locate((key,)), None) for key in sorted(gone)])


def _change_line(target: EditedTable, one: FormField, old: Any, new: Any) -> ChangeLine:
    effect = one.effect or target.effect
    return ChangeLine(label=one.label, old=value_words(one, old), new=value_words(one, new), effect=effect)


def show_form(
    visit: Visit, target: EditedTable, sheet: Sheet, *, review: bool = False, unchanged: bool = False, status: int = 200
) -> Response:
    """Return the page of a form."""
    effects = list(dict.fromkeys(line.effect for line in sheet.changes if line.effect))
    return page(
        "settings-form.html",
        visit,
        status=status,
        target=target,
        sheet=sheet,
        inputs=input_rows(target, sheet),
        seen=json.dumps(target.texts(), ensure_ascii=False),
        review=review,
        unchanged=unchanged,
        effects=effects,
        outcome=target.preview(sheet.after) if (review or sheet.refusals) and target.preview and sheet.after is not None else "",
        note=visit.form.get("not", ""),
        days=DAY_NAMES,
        done=DONE,
    )


def input_rows(target: EditedTable, sheet: Sheet) -> list[dict[str, Any]]:
    """Return the fields with their texts, problems and present values for the template."""
    before = plain_values(target.present)
    return [
        {
            "field": one,
            "id": one.name.replace(".", "-"),
            "texts": sheet.texts.get(one.name, []),
            "clock": next(iter(sheet.texts.get(f"{one.name}.tid", [])), ""),
            "problem": sheet.problems.get(one.name, "") or sheet.conflicts.get(one.name, ""),
            "present": value_words(one, value_at(before, one.path)),
        }
        for one in target.fields
    ]


def parse_table(model: type[BaseModel], values: Mapping[str, Any]) -> BaseModel:
    """Return a table of a file as its model.

    Raises:
        EditError: The file has values that the model refuses.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        found = find_problems(model, values, list_form_fields(model))
        detail = " ".join(f"{name or 'tabellen'}: {problem}" for name, problem in found.items())
        raise EditError(f"Filen har ett värde som inte går att använda. {detail} Rätta det i filen.") from error


def make_id(name: str, rows: Iterable[Mapping[str, Any]]) -> str:
    """Return an id for a new row, made from its name and not yet taken: "Överförmyndaren" becomes overformyndaren."""
    plain = re.sub(r"[^a-z0-9]+", "-", without_dots(name.casefold())).strip("-")[:40].strip("-") or "ny"
    taken = {row.get("id") for row in rows}
    return next(found for number in count(1) if (found := plain if number == 1 else f"{plain}-{number}") not in taken)


def refuse(visit: Visit, title: str, error: EditError, crumbs: Sequence[tuple[str, str]]) -> Response:
    """Return the page that says why a table cannot be edited now, with what the person typed."""
    typed = [(name, text) for name, texts in visit.form_lists.items() if name not in _OWN_FIELDS for text in texts if text]
    return page("settings-refused.html", visit, status=409, title=title, problem=str(error), trail=crumbs, typed=typed)


def render_outcome(visit: Visit, outcome: object) -> str:
    """Return the HTML of an effect on the archive."""
    return fragment("lab-outcome.html", visit, outcome=outcome, mails="", words="temanas ord")
