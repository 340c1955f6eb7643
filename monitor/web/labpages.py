"""The rule lab's pages: the list of themes, one theme as form and text with its preview, saving, old versions and undo."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Any

import tomlkit
from datasette import Response

from monitor.archive.tallies import matched_themes
from monitor.archive.themes import keep_theme, theme_versions
from monitor.web.lab import Outcome, all_problems, parse_theme, preview, theme_file
from monitor.web.pages import SHIPPED, fragment, page, problem_page, redirect
from monitor.web.route import Missing, Route
from monitor.web.site import Visit
from monitor.web.themeform import form_values, skeleton, write_form

NEW = "nytt"
DONE = {"sparat": "Temat är sparat. Träffarna räknas om i bakgrunden."}
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_TEXT_LIMIT = 200_000


@dataclass(frozen=True, slots=True)
class Draft:
    """A theme on the bench: its id, the text in force (empty for a new one) and the text as edited."""

    theme: str
    before: str
    text: str


def themes(visit: Visit) -> Response:
    """Every theme with its departments and how many calls it reaches."""
    rules = visit.site.rules
    counts = Counter(theme["id"] for _, _, found in matched_themes(visit.site.archive.db) for theme in found)
    names = {one.id: one.name for one in rules.departments.values()}
    rows = [
        {
            "id": one.theme.id,
            "title": one.theme.title,
            "departments": [names.get(name, name) for name in one.theme.departments],
            "draft": one.theme.state == "draft",
            "signals": len(one.signal),
            "count": counts[one.theme.id],
        }
        for one in rules.themes
    ]
    rows.sort(key=lambda row: str(row["title"]).casefold())
    return page("themes.html", visit, themes=rows, own=visit.site.own_rules, version=rules.version, error=visit.site.rules_error)


def _draft(visit: Visit) -> Draft:
    theme = visit.vars["theme"]
    posted = visit.form.get("text", "")[:_TEXT_LIMIT].replace("\r\n", "\n")
    if theme == NEW:
        words = [word for word in visit.many.get("ord", []) if word.strip()][:20]
        return Draft(NEW, "", posted or skeleton(words, ["kommunledning"]))
    before = visit.site.rules.files.get(theme_file(theme))
    if before is None:
        raise Missing
    return Draft(theme, before, posted or before)


def _by_form(visit: Visit, draft: Draft) -> bool:
    """Whether the form's fields count: the last that was edited does. Without script, the text where it is not as it was shown."""
    mode = visit.posted_many.get("redigering", [""])[-1]
    if mode in ("form", "text"):
        return mode == "form"
    return visit.form.get("grund", "") == _mark(draft.text) and "signal-antal" in visit.form


def _mark(text: str) -> str:
    return hashlib.sha256(text.strip().encode()).hexdigest()[:16]


def _edited(visit: Visit, draft: Draft) -> Draft:
    """The draft with the form laid over it, when it was the form that was edited."""
    if not visit.posted or not _by_form(visit, draft):
        return draft
    try:
        return Draft(draft.theme, draft.before, write_form(draft.text, visit.form, visit.posted_many))
    except (ValueError, tomlkit.exceptions.TOMLKitError, KeyError, TypeError):
        return draft


def theme_id(draft: Draft) -> str:
    """The id under which the draft would be saved; that of a new theme stands in its text."""
    if draft.theme != NEW:
        return draft.theme
    try:
        return parse_theme(draft.text).theme.id
    except ValueError:
        return NEW


def draft_of(visit: Visit) -> Draft:
    """The theme as it stands in the lab that posted."""
    return _edited(visit, _draft(visit))


def _outcome(visit: Visit, draft: Draft) -> Outcome:
    return preview(visit.site.archive.db, visit.site.rules, theme_id(draft), draft.text, visit.now)


def theme(visit: Visit) -> Response:
    """One theme on the bench. A POST without script shows the page again with the preview."""
    draft = draft_of(visit)
    return _bench(visit, draft, _outcome(visit, draft))


def _bench(visit: Visit, draft: Draft, outcome: Outcome, problems: list[str] | None = None, status: int = 200) -> Response:
    return page("lab.html", visit, status=status, **_values(visit, draft), outcome=outcome, problems=problems or [], done=DONE)


def _values(visit: Visit, draft: Draft) -> dict[str, Any]:
    rules = visit.site.rules
    return {
        "draft": draft,
        "theme": draft.theme,
        "mark": _mark(draft.text),
        "values": form_values(draft.text),
        "departments": list(rules.departments.values()),
        "areas": rules.areas.area,
        "goals": rules.areas.goal,
        "sdgs": rules.areas.sdg,
        "own": visit.site.own_rules,
        "new": draft.theme == NEW,
    }


def try_out(visit: Visit) -> Response:
    """The preview alone, for each edit: its outcome as HTML, and the other of form and text brought in line."""
    given = _draft(visit)
    by_form = _by_form(visit, given)
    draft = _edited(visit, given)
    outcome = _outcome(visit, draft)
    values = _values(visit, draft)
    document = {
        "outcome": fragment("lab-outcome.html", visit, outcome=outcome, theme=draft.theme),
        "text": draft.text if by_form else None,
        "form": None if by_form or values["values"] is None else fragment("lab-form.html", visit, **values),
    }
    return Response(json.dumps(document), content_type="application/json; charset=utf-8", headers={"x-sida": "1"})


def save(visit: Visit) -> Response:
    """Save what passes the check of all rules; the text before it is kept."""
    draft = draft_of(visit)
    if not visit.site.own_rules:
        return problem_page(visit, 400, detail=SHIPPED)
    name = theme_id(draft)
    if not _ID.fullmatch(name) or name == NEW or (draft.theme == NEW and theme_file(name) in visit.site.rules.files):
        problem = f"Temat behöver ett eget id i texten; ”{name}” går inte att använda."
        return _bench(visit, draft, _outcome(visit, draft), [problem], status=400)
    problems = all_problems(visit.site.rules, name, draft.text)
    if problems:
        return _bench(visit, draft, _outcome(visit, draft), problems, status=400)
    assert visit.actor is not None
    with visit.site.archive.writing() as db:
        keep_theme(
            db, name, draft.before, draft.text, who=visit.actor.name, note=visit.form.get("not", "").strip()[:300], now=visit.now
        )
    _write(visit.site.config.rules_dir / theme_file(name), draft.text)
    visit.site.rules_changed()
    visit.site.work.rematch()
    return redirect(f"/regler/{name}?klart=sparat")


def _write(path: Path, text: str) -> None:
    """In one step, so that nobody ever reads half a file."""
    partial = path.with_name(path.name + ".partial")
    partial.write_text(text, "utf-8")
    partial.replace(path)


def versions(visit: Visit) -> Response:
    """The texts that a theme has had, each with what changed from the one before it."""
    name = visit.vars["theme"]
    if theme_file(name) not in visit.site.rules.files:
        raise Missing
    kept = theme_versions(visit.site.archive.db, name)
    current = visit.site.rules.files[theme_file(name)]
    rows = []
    for number, row in enumerate(kept):
        older = kept[number + 1]["text"] if number + 1 < len(kept) else ""
        lines = list(unified_diff(older.splitlines(), row["text"].splitlines(), lineterm="", n=1))[2:] if older else []
        rows.append({**row, "diff": [(line[:1], line[1:]) for line in lines], "current": row["text"] == current})
    return page("versions.html", visit, theme=name, rows=rows)


_AT = r"^/regler/(?P<theme>[a-z0-9-]{1,80})"
ROUTES = (
    Route(r"^/regler$", themes, coordinator=True),
    Route(rf"{_AT}$", theme, coordinator=True, posts=True),
    Route(rf"{_AT}/prova$", try_out, coordinator=True, acts=True),
    Route(rf"{_AT}/spara$", save, coordinator=True, acts=True),
    Route(rf"{_AT}/versioner$", versions, coordinator=True),
)
