"""The concepts in the rule lab: all of them by subject area, and a file of concepts with its effect on every department.

A file of concepts is edited like a theme (see `rule_lab`): as a form or as text, tried at each edit, saved when all rules are
sound with it, with every earlier text kept.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

import tomlkit
from datasette import Response

from monitor.archive.connection import Database
from monitor.archive.theme_versions import theme_versions
from monitor.language.concepts import Concept
from monitor.language.terms import parse_term
from monitor.matching.compiled import RuleSet
from monitor.matching.rules.check_concepts import check_concepts, theme_concepts
from monitor.matching.rules.files import RuleFiles, build, parse_files
from monitor.paths import CONCEPTS
from monitor.toml_edit import SHIPPED_RULES_REFUSAL, TextOutcome, text_mark
from monitor.web.framework.request import Site, Visit
from monitor.web.framework.route import NotFound, Route
from monitor.web.framework.templates import OWN_PAGE, fragment, page, problem_page, redirect
from monitor.web.views.concept_form import concept_form_values, write_concept_form
from monitor.web.views.documents import shown_term_pages
from monitor.web.views.rule_effect import PreviewOutcome, add_concept_effect
from monitor.web.views.rule_lab import Draft, conflict_values, list_version_rows, save_rule_file

DONE = {"sparat": "Begreppen är sparade."}
_MAX_TEXT, _MAX_NOTE, _MAX_QUERY = 200_000, 300, 100


def concept_file(name: str) -> str:
    """Return the name of a file of concepts in the folder of rules."""
    return f"{CONCEPTS}/{name}.toml"


def preview_concepts(db: Database, rules: RuleSet, name: str, text: str, now: datetime) -> PreviewOutcome:
    """Return the effect on every department of a new text for a file of concepts, compared with the text in force."""
    started = time.monotonic()
    file = concept_file(name)
    found = parse_files({**rules.files, file: text})
    check_concepts(found)
    # A term that another file has as well is reported in the later file, which the edit made wrong.
    outcome = PreviewOutcome(
        problems=[
            f"rad {error.line}: {error.problem}" if error.file == file else str(error)
            for error in found.errors
            if error.file.startswith(f"{CONCEPTS}/")
        ]
    )
    outcome.problems += _missing_problems(found)
    new = build(found, found.themes.values()) if not outcome.problems else None
    if new is not None:
        add_concept_effect(db, rules, new, outcome, now)
    outcome.seconds = time.monotonic() - started
    return outcome


def _missing_problems(found: RuleFiles) -> list[str]:
    """Return a sentence for each theme that names a concept that is no longer there."""
    problems = []
    for theme in found.themes.values():
        missing = sorted({name for name in theme_concepts(theme) if name not in found.concepts})
        if missing:
            problems.append(f"temat {theme.theme.title} använder {', '.join(missing)}, som inte finns")
    return problems


def _usage(rules: RuleSet) -> dict[str, list[tuple[str, str]]]:
    """Return the themes that name each concept, as ids and titles."""
    usage: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for theme in rules.themes:
        for name in sorted(theme_concepts(theme)):
            usage[name].append((theme.theme.id, theme.theme.title))
    return usage


def concepts(visit: Visit) -> Response:
    """List the concepts by subject area with their terms and the themes that use them; `q` searches ids and terms."""
    rules = visit.site.rules
    query = " ".join(visit.args.get("q", "").split())[:_MAX_QUERY]
    wanted = {concept.id for concept in rules.concepts if _has(concept, query)} | _with_term(rules, query)
    usage = _usage(rules)
    areas = []
    for file, value in parse_files(dict(rules.files)).concept_files.items():
        rows = [{"concept": row, "themes": usage.get(row.id, [])} for row in value.concept if row.id in wanted]
        if rows:
            areas.append({"name": PurePosixPath(file).stem, "title": value.title, "rows": rows})
    areas.sort(key=lambda area: str(area["title"]).casefold())
    found = sum(len(area["rows"]) for area in areas)
    return page("concepts.html", visit, areas=areas, query=query, found=found, total=len(rules.concepts))


def _has(concept: Concept, query: str) -> bool:
    return any(query.casefold() in text.casefold() for text in (concept.id, *concept.terms))


def _with_term(rules: RuleSet, query: str) -> set[str]:
    """Return the ids of the concepts that have the query as a term in another inflection."""
    try:
        return {concept.id for concept in rules.concepts.of_term(parse_term(query))} if query else set()
    except ValueError:
        return set()


def _posted_text(visit: Visit) -> Draft:
    """Return the file with the text that was posted, or its text in force; the form's fields are left aside."""
    name = visit.path_vars["name"]
    before = visit.site.rules.files.get(concept_file(name))
    if before is None:
        raise NotFound
    return Draft(name, before, visit.form.get("text", "")[:_MAX_TEXT].replace("\r\n", "\n") or before)


def _edited_by_form(visit: Visit, draft: Draft) -> bool:
    """Return True if the form was edited last; without script, if the text is still as the page showed it."""
    mode = visit.form_lists.get("redigering", [""])[-1]
    if mode in ("form", "text"):
        return mode == "form"
    return visit.form.get("grund", "") == text_mark(draft.text) and "begrepp-antal" in visit.form


def _apply_form(visit: Visit, draft: Draft) -> Draft:
    """Return the draft with the form's fields written into its text, if it was the form that was edited."""
    if not visit.is_post or not _edited_by_form(visit, draft):
        return draft
    try:
        return Draft(draft.theme, draft.before, write_concept_form(draft.text, visit.form, visit.form_lists))
    except (ValueError, tomlkit.exceptions.TOMLKitError, KeyError, TypeError):
        return draft


def _preview_draft(visit: Visit, draft: Draft) -> PreviewOutcome:
    """Return the effect of concepts as edited; that of the text in force is kept."""
    if draft.text != draft.before:
        return preview_concepts(visit.site.archive.db, visit.site.rules, draft.theme, draft.text, visit.now)
    return visit.site.kept(*_text_in_force(visit.site, draft)).facts


def _text_in_force(site: Site, draft: Draft) -> tuple[str, Callable[[], PreviewOutcome]]:
    """Return the name and the reading of the effect that a file's text in force has (`Site.kept`)."""
    rules = site.rules
    return (
        f"concepts {draft.theme}",
        lambda: preview_concepts(site.archive.db, rules, draft.theme, draft.before, site.now()),
    )


def _draft_values(visit: Visit, draft: Draft) -> dict[str, Any]:
    """Return the values of `concept-form.html`."""
    return {
        "draft": draft,
        "name": draft.theme,
        "mark": text_mark(draft.text),
        "values": concept_form_values(draft.text),
        "usage": _usage(visit.site.rules),
        "own": visit.site.own_rules,
        "mails": "",
    }


def edit_concepts(visit: Visit) -> Response:
    """Show a file of concepts with its preview. A POST, from a browser without script, shows it as edited."""
    draft = _apply_form(visit, _posted_text(visit))
    if visit.is_post or draft.text != draft.before:
        return _concept_page(visit, draft, _preview_draft(visit, draft))
    kept = visit.site.kept_soon(*_text_in_force(visit.site, draft))
    return _concept_page(
        visit, draft, kept.facts if kept is not None else None, counted_at=kept.made if kept and kept.is_old else None
    )


def _concept_page(
    visit: Visit,
    draft: Draft,
    outcome: PreviewOutcome | None,
    problems: list[str] | None = None,
    *,
    other: TextOutcome | None = None,
    counted_at: datetime | None = None,
    status: int = 200,
) -> Response:
    values = {**_draft_values(visit, draft), **conflict_values(visit, draft, other)}
    return page(
        "concept-lab.html",
        visit,
        status=status,
        **values,
        outcome=outcome,
        counted_at=counted_at,
        term_pages=shown_term_pages(visit, outcome.pages) if outcome is not None else None,
        problems=problems or [],
        done=DONE,
    )


def try_concepts(visit: Visit) -> Response:
    """Answer each edit with JSON: the preview as HTML, and the text or the form, whichever was not edited, brought up to date."""
    given = _posted_text(visit)
    by_form = _edited_by_form(visit, given)
    draft = _apply_form(visit, given)
    values = _draft_values(visit, draft)
    outcome = _preview_draft(visit, draft)
    term_pages = shown_term_pages(visit, outcome.pages)
    document = {
        "outcome": fragment("lab-outcome.html", visit, outcome=outcome, term_pages=term_pages, mails=""),
        "text": draft.text if by_form else None,
        "form": None if by_form or values["values"] is None else fragment("concept-form.html", visit, **values),
    }
    return Response(json.dumps(document), content_type="application/json; charset=utf-8", headers=dict(OWN_PAGE))


def save_concepts(visit: Visit) -> Response:
    """Save a file of concepts if all rules are sound with it; the text before is kept as a version."""
    draft = _apply_form(visit, _posted_text(visit))
    site, file = visit.site, concept_file(draft.theme)
    if not site.own_rules:
        return problem_page(visit, 400, detail=SHIPPED_RULES_REFUSAL)
    outcome = save_rule_file(visit, file, draft, version=_version_key(draft.theme))
    if outcome.conflict or outcome.problems:
        return _concept_page(visit, draft, _preview_draft(visit, draft), list(outcome.problems), other=outcome, status=400)
    return redirect(f"/begrepp/{draft.theme}?klart=sparat")


def _version_key(name: str) -> str:
    """Return the key of a file among the stored versions; the slash keeps it apart from every theme's id."""
    return f"{CONCEPTS}/{name}"


def concept_versions(visit: Visit) -> Response:
    """List the texts that a file of concepts has had, each with its differences from the one before."""
    draft = _posted_text(visit)
    rows = list_version_rows(theme_versions(visit.site.archive.db, _version_key(draft.theme)), draft.before)
    return page("versions.html", visit, name=draft.theme, path=f"/begrepp/{draft.theme}", back=("/begrepp", "Begrepp"), rows=rows)


_NAME = r"^/begrepp/(?P<name>[a-z0-9-]{1,80})"
ROUTES = (
    Route(r"^/begrepp$", concepts, coordinator=True),
    Route(rf"{_NAME}$", edit_concepts, coordinator=True, posts=True),
    Route(rf"{_NAME}/prova$", try_concepts, coordinator=True, acts=True),
    Route(rf"{_NAME}/spara$", save_concepts, coordinator=True, acts=True),
    Route(rf"{_NAME}/versioner$", concept_versions, coordinator=True),
)
