"""The rule lab: a theme's file with its effect on the archive and on past mails, previewed, saved and restored.

Data structures: a `Draft` is a theme's id with the text in force and the edited text (TOML). `preview` matches the archive with
either text and returns a `PreviewOutcome` (see `rule_effect`). Mails written anew for the frame of a page are kept in memory, the
latest `_MAX_KEPT_MAILS` of them.
"""

from __future__ import annotations

import json
import re
import secrets
import time
import tomllib
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import unified_diff
from typing import Any

import tomlkit
from datasette import Response
from pydantic import ValidationError

from monitor.archive.connection import Database
from monitor.archive.digests import find_digest_by_id
from monitor.archive.statistics import read_matched_themes
from monitor.archive.theme_drafts import list_theme_drafts
from monitor.archive.theme_versions import ThemeVersion, theme_versions
from monitor.language.terms import parse_term
from monitor.matching.compiled import RuleSet
from monitor.matching.rules.check_concepts import theme_concepts
from monitor.matching.rules.concepts import resolve_theme, write_out
from monitor.matching.rules.files import load_toml, with_shared
from monitor.matching.rules.load import check_texts
from monitor.matching.rules.model import SharedSignal, Signal, ThemeFile
from monitor.toml_edit import SHIPPED_RULES_REFUSAL, TextOutcome, TextRequest, text_mark
from monitor.web.framework.request import Site, Visit
from monitor.web.framework.route import NotFound, Route
from monitor.web.framework.templates import OWN_PAGE, fragment, page, problem_page, redirect
from monitor.web.views.call_score import score_call
from monitor.web.views.digest import mail_response
from monitor.web.views.documents import shown_term_pages
from monitor.web.views.rule_effect import PreviewOutcome, add_theme_effect, in_use
from monitor.web.views.theme_form import form_values, new_theme_text, write_form

NEW = "nytt"
"""Stands in an address for the id of a theme that is not saved yet."""
DONE = {"sparat": "Temat är sparat."}
_MAX_TEXT = 200_000
_MAX_SEARCH_WORDS = 20
"""Words of a search that a new theme takes over."""
_MAX_NOTE = 300
_MAX_KEPT_MAILS = 12
_NEW_THEME_DEPARTMENTS = ["kommunledning"]
_THEME_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Draft:
    """Theme being edited."""

    theme: str
    """Its id, or NEW."""
    before: str
    """The text in force; "" for a new theme."""
    text: str
    """The text as edited."""


def theme_file(theme: str) -> str:
    """Return the name of a theme's file in the folder of rules."""
    return f"themes/{theme}.toml"


def parse_theme(text: str) -> ThemeFile:
    """Return the theme of a TOML text, as written.

    Raises:
        ValueError: The text is not TOML or not a theme.
    """
    try:
        return ThemeFile.model_validate(load_toml(text))
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from error


def theme_problems(rules: RuleSet, theme: str, text: str) -> list[str]:
    """Return the errors of a theme's text alone, its examples included; fast enough for every key press."""
    tables = {name: content for name, content in rules.files.items() if not name.startswith("themes/")}
    file = theme_file(theme)
    return [f"rad {error.line}: {error.problem}" for error in check_texts({**tables, file: text}) if error.file == file]


def preview(db: Database, rules: RuleSet, theme: str, text: str, now: datetime) -> PreviewOutcome:
    """Return the effect of a theme's new text on the archive, compared with the text in force."""
    started = time.monotonic()
    outcome = PreviewOutcome(problems=theme_problems(rules, theme, text))
    try:
        new = resolve_theme(with_shared(parse_theme(text), rules.signals), rules.concepts)
    except (ValueError, tomllib.TOMLDecodeError) as error:
        outcome.problems = outcome.problems or [str(error)]
        return outcome
    if not _has_valid_words(new) or not all(name in rules.concepts for name in theme_concepts(new)):
        return outcome
    old = next((other for other in rules.themes if other.theme.id == theme), None)
    add_theme_effect(db, rules, old, new, outcome, now)
    outcome.seconds = time.monotonic() - started
    return outcome


def edited_rules(rules: RuleSet, theme: str, text: str) -> RuleSet:
    """Return all rules with the edited theme, in use even if it is a draft.

    Raises:
        ValueError: The text is not a theme.
    """
    edited = in_use(rules, resolve_theme(with_shared(parse_theme(text), rules.signals), rules.concepts))
    if any(other.theme.id == theme for other in rules.themes):
        return replace(rules, themes=tuple(edited if other.theme.id == theme else other for other in rules.themes))
    return replace(rules, themes=(*rules.themes, edited))


def _has_valid_words(theme: ThemeFile) -> bool:
    try:
        for word in _words(theme):
            parse_term(word)
    except ValueError:
        return False
    return True


def _words(theme: ThemeFile) -> Iterator[str]:
    for signal in theme.signal:
        yield from signal.words
        yield from signal.needs if isinstance(signal, Signal) else ()


def themes(visit: Visit) -> Response:
    """List all themes with their departments and the number of their calls."""
    rules = visit.site.rules
    counts = Counter(theme["id"] for _, _, served in read_matched_themes(visit.site.archive.db) for theme in served)
    names = {department.id: department.name for department in rules.departments.values()}
    rows = [
        {
            "id": theme.theme.id,
            "title": theme.theme.title,
            "departments": [names.get(name, name) for name in theme.theme.departments],
            "draft": theme.theme.state == "draft",
            "probation": theme.theme.probation if theme.theme.is_on_probation(visit.now.date()) else None,
            "signals": len(theme.signal),
            "count": counts[theme.theme.id],
        }
        for theme in rules.themes
    ]
    rows.sort(key=lambda row: str(row["title"]).casefold())
    return page(
        "themes.html",
        visit,
        themes=rows,
        own=visit.site.own_rules,
        version=rules.version,
        error=visit.site.rules_error,
        concepts=len(rules.concepts),
        drafts=list_theme_drafts(visit.site.archive.db),
        done={"bort": "Utkastet är kastat."},
    )


def theme_id(draft: Draft) -> str:
    """Return the id under which a draft would be saved; that of a new theme is in its text, NEW while it has none."""
    if draft.theme != NEW:
        return draft.theme
    try:
        return parse_theme(draft.text).theme.id
    except ValueError:
        return NEW


def read_draft(visit: Visit) -> Draft:
    """Return the theme as edited on the page that posted, by its form or by its text.

    Raises:
        NotFound: There is no such theme.
    """
    return _apply_form(visit, _posted_text(visit))


def _posted_text(visit: Visit) -> Draft:
    """Return the theme with the text that was posted, or its text in force; the form's fields are left aside."""
    theme = visit.path_vars["theme"]
    posted = visit.form.get("text", "")[:_MAX_TEXT].replace("\r\n", "\n")
    if theme == NEW:
        words = [word for word in visit.arg_lists.get("ord", []) if word.strip()][:_MAX_SEARCH_WORDS]
        return Draft(NEW, "", posted or new_theme_text(words, _NEW_THEME_DEPARTMENTS))
    before = visit.site.rules.files.get(theme_file(theme))
    if before is None:
        raise NotFound
    return Draft(theme, before, posted or before)


def _edited_by_form(visit: Visit, draft: Draft) -> bool:
    """Return True if the form was edited last; without script, if the text is still as the page showed it."""
    mode = visit.form_lists.get("redigering", [""])[-1]
    if mode in ("form", "text"):
        return mode == "form"
    return visit.form.get("grund", "") == text_mark(draft.text) and "signal-antal" in visit.form


def _apply_form(visit: Visit, draft: Draft) -> Draft:
    """Return the draft with the form's fields written into its text, if it was the form that was edited."""
    if not visit.is_post or not _edited_by_form(visit, draft):
        return draft
    try:
        return Draft(draft.theme, draft.before, write_form(draft.text, visit.form, visit.form_lists))
    except (ValueError, tomlkit.exceptions.TOMLKitError, KeyError, TypeError):
        return draft


def _preview_draft(visit: Visit, draft: Draft) -> PreviewOutcome:
    """Return the effect of a theme as edited; that of its text in force is kept."""
    if draft.text != draft.before:
        return preview(visit.site.archive.db, visit.site.rules, theme_id(draft), draft.text, visit.now)
    return visit.site.kept(*_text_in_force(visit.site, draft)).facts


def _text_in_force(site: Site, draft: Draft) -> tuple[str, Callable[[], PreviewOutcome]]:
    """Return the name and the reading of the effect that a theme's text in force has (`Site.kept`)."""
    rules = site.rules
    return f"theme {draft.theme}", lambda: preview(site.archive.db, rules, draft.theme, draft.before, site.now())


def theme(visit: Visit) -> Response:
    """Show a theme with its preview. A POST, from a browser without script, shows it as edited.

    The effect of the text in force is asked for by the page's script where counting it takes long.
    """
    draft = read_draft(visit)
    if visit.is_post or draft.text != draft.before:
        return _lab_page(visit, draft, _preview_draft(visit, draft))
    kept = visit.site.kept_soon(*_text_in_force(visit.site, draft))
    return _lab_page(
        visit, draft, kept.facts if kept is not None else None, counted_at=kept.made if kept and kept.is_old else None
    )


def _lab_page(
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
    scored = score_call(visit, draft.theme) if "utlysning" in visit.args else None
    return page(
        "lab.html",
        visit,
        status=status,
        **values,
        outcome=outcome,
        counted_at=counted_at,
        term_pages=shown_term_pages(visit, outcome.pages) if outcome is not None else None,
        problems=problems or [],
        done=DONE,
        scored=scored,
    )


def _draft_values(visit: Visit, draft: Draft) -> dict[str, Any]:
    """Return the values of `lab-form.html`."""
    rules = visit.site.rules
    return {
        "draft": draft,
        "mails": f"/regler/{draft.theme}/mejl",
        "mark": text_mark(draft.text),
        "values": form_values(draft.text),
        "departments": list(rules.departments.values()),
        "areas": rules.areas.area,
        "goals": rules.areas.goal,
        "sdgs": rules.areas.sdg,
        "concepts": list(rules.concepts),
        "shared": [_shared_row(row, rules) for row in rules.signals.values()],
        "own": visit.site.own_rules,
        "new": draft.theme == NEW,
    }


def _shared_row(row: SharedSignal, rules: RuleSet) -> dict[str, str]:
    """Return a shared signal as the form of a theme shows it."""
    terms = write_out(row.words, row.concepts, rules.concepts)
    programmes = [rules.programmes[name].name if name in rules.programmes else name for name in row.programme]
    return {"id": row.id, "reason": row.reason, "terms": ", ".join((*terms, *programmes, *row.identifier))}


def try_out(visit: Visit) -> Response:
    """Answer each edit with JSON: the preview as HTML, and the text or the form, whichever was not edited, brought up to date."""
    given = _posted_text(visit)
    by_form = _edited_by_form(visit, given)
    draft = _apply_form(visit, given)
    outcome = _preview_draft(visit, draft)
    values = _draft_values(visit, draft)
    document = {
        "outcome": fragment(
            "lab-outcome.html",
            visit,
            outcome=outcome,
            term_pages=shown_term_pages(visit, outcome.pages),
            mails=f"/regler/{draft.theme}/mejl",
        ),
        "text": draft.text if by_form else None,
        "form": None if by_form or values["values"] is None else fragment("lab-form.html", visit, **values),
    }
    return Response(json.dumps(document), content_type="application/json; charset=utf-8", headers=dict(OWN_PAGE))


def save(visit: Visit) -> Response:
    """Save a theme if all rules are valid with it; the text before is kept as a version."""
    draft = read_draft(visit)
    if not visit.site.own_rules:
        return problem_page(visit, 400, detail=SHIPPED_RULES_REFUSAL)
    name = theme_id(draft)
    if not _THEME_ID.fullmatch(name) or name == NEW or (draft.theme == NEW and theme_file(name) in visit.site.rules.files):
        problem = f"Temat behöver ett eget id i texten; ”{name}” går inte att använda."
        return _lab_page(visit, draft, _preview_draft(visit, draft), [problem], status=400)
    outcome = save_rule_file(visit, theme_file(name), draft, version=name)
    if outcome.conflict or outcome.problems:
        return _lab_page(visit, draft, _preview_draft(visit, draft), list(outcome.problems), other=outcome, status=400)
    return redirect(f"/regler/{name}?klart=sparat")


def save_rule_file(visit: Visit, file: str, draft: Draft, *, version: str) -> TextOutcome:
    """Save the text of a draft as a file of rules, unless the file has changed since the page showed it."""
    seen = visit.form.get("sett") or (text_mark(draft.before) if draft.before else "")
    request = TextRequest(
        file=file,
        text=draft.text,
        mark=seen,
        version=version,
        who=visit.coordinator_name,
        note=visit.form.get("not", "").strip()[:_MAX_NOTE],
    )
    outcome = visit.site.jobs.save_rules(request, visit.now)
    if not outcome.conflict and not outcome.problems:
        visit.site.rules_changed(outcome.files)
        visit.site.jobs.rematch()
    return outcome


def conflict_values(visit: Visit, draft: Draft, outcome: TextOutcome | None) -> dict[str, Any]:
    """Return the values of `lab-conflict.html`, and the mark of the file that a later save answers for."""
    if outcome is None or not outcome.conflict:
        return {
            "changed": [],
            "conflict": False,
            "seen": visit.form.get("sett") or (text_mark(draft.before) if draft.before else ""),
        }
    lines = list(unified_diff(draft.text.splitlines(), outcome.present.splitlines(), lineterm="", n=1))[2:]
    return {"changed": [(line[:1], line[1:]) for line in lines], "conflict": True, "seen": text_mark(outcome.present)}


def versions(visit: Visit) -> Response:
    """List the texts that a theme has had, each with its differences from the one before."""
    name = visit.path_vars["theme"]
    if theme_file(name) not in visit.site.rules.files:
        raise NotFound
    kept = theme_versions(visit.site.archive.db, name)
    current = visit.site.rules.files[theme_file(name)]
    rows = list_version_rows(kept, current)
    head = visit.site.rules.theme(name)
    title = head.title if head is not None else name
    return page("versions.html", visit, name=title, path=f"/regler/{name}", back=("/regler", "Regler"), rows=rows)


def list_version_rows(kept: list[ThemeVersion], current: str) -> list[dict[str, Any]]:
    """Return the stored texts of a file as rows of `versions.html`, each with its differences from the text before it."""
    rows = []
    for number, row in enumerate(kept):
        older = kept[number + 1]["text"] if number + 1 < len(kept) else ""
        lines = list(unified_diff(older.splitlines(), row["text"].splitlines(), lineterm="", n=1))[2:] if older else []
        rows.append({**row, "diff": [(line[:1], line[1:]) for line in lines], "current": row["text"] == current})
    return rows


def compare_mail(visit: Visit) -> Response:
    """Show a past mail beside the same mail written with the edited theme. Only the new mail is kept, in memory."""
    site = visit.site
    draft = read_draft(visit)
    digest = find_digest_by_id(site.archive.db, visit.path_vars["digest"])
    department = site.rules.departments.get(digest["department"]) if digest else None
    if digest is None or department is None:
        raise NotFound
    name = theme_id(draft)
    outcome = preview(site.archive.db, site.rules, name, draft.text, visit.now)
    try:
        rules = edited_rules(site.rules, name, draft.text)
        gained = [item.key for changed in outcome.departments if changed.id == department.id for item in changed.gained]
        written = site.jobs.rewrite(rules, digest["id"], gained)
    except ValueError:
        detail = "Temat går inte att läsa än: " + "; ".join(outcome.problems[:3])
        return problem_page(visit, 400, detail=detail)
    if written is None:
        raise NotFound
    number = keep_mail(site, written.html)
    return page("lab-mail.html", visit, digest=digest, name=department.name, draft=draft, written=written, frame=number)


def framed_mail(visit: Visit) -> Response:
    """Answer with a mail that `compare_mail` has kept, for the frame of its page."""
    html = _kept_mails(visit.site).get(visit.path_vars["number"])
    if html is None:
        raise NotFound
    return mail_response(html)


def _kept_mails(site: Site) -> OrderedDict[str, str]:
    mails = site.caches.setdefault("lab-mails", OrderedDict())
    assert isinstance(mails, OrderedDict)
    return mails


def keep_mail(site: Site, html: str) -> str:
    """Keep a mail until `_MAX_KEPT_MAILS` others follow, and return its name in addresses."""
    mails, number = _kept_mails(site), secrets.token_hex(12)
    mails[number] = html
    while len(mails) > _MAX_KEPT_MAILS:
        mails.popitem(last=False)
    return number


_THEME = r"^/regler/(?P<theme>[a-z0-9-]{1,80})"
ROUTES = (
    Route(r"^/regler$", themes, coordinator=True),
    Route(rf"{_THEME}$", theme, coordinator=True, posts=True),
    Route(rf"{_THEME}/prova$", try_out, coordinator=True, acts=True),
    Route(rf"{_THEME}/spara$", save, coordinator=True, acts=True),
    Route(rf"{_THEME}/versioner$", versions, coordinator=True),
    Route(r"^/regler/-/mejl/(?P<number>[0-9a-f]{24})$", framed_mail, coordinator=True),
    Route(rf"{_THEME}/mejl/(?P<digest>[^/]{{1,120}})$", compare_mail, coordinator=True, acts=True),
)
