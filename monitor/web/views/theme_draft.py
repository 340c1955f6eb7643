"""A theme in a form: words, its effect on the archive, calls marked as examples; kept as a draft until it is put into force.

The fields of the call with number n among the marks are `m.n` (ja, nej or empty), `m.n.kalla` and `m.n.id`; those of a title of
the person's own are `e.n` and `e.n.rubrik`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from datasette import Response

from monitor.archive.calls import load_call
from monitor.archive.listing import list_matched_calls
from monitor.archive.theme_drafts import (
    StoredDraft,
    add_theme_draft,
    change_theme_draft,
    delete_theme_draft,
    find_theme_draft,
)
from monitor.calls import Call, CallKey
from monitor.language.one_line import clean
from monitor.language.terms import parse_term
from monitor.matching.compiled import RuleSet
from monitor.matching.rules.concepts import resolve_theme
from monitor.matching.theme_draft import (
    IN_TEXT,
    IN_TITLE,
    Mark,
    ThemeDraft,
    draft_from_json,
    draft_text,
    draft_to_json,
    find_gaps,
    missing_marks,
)
from monitor.toml_edit import SHIPPED_RULES_REFUSAL, TextRequest
from monitor.web.framework.request import Visit
from monitor.web.framework.route import NotFound, Route
from monitor.web.framework.templates import page, problem_page, redirect
from monitor.web.views.documents import shown_term_pages
from monitor.web.views.rule_effect import PreviewOutcome
from monitor.web.views.rule_lab import parse_theme, preview, theme_file, theme_problems
from monitor.web.views.settings_form import make_id
from monitor.web.views.theme_hits import HitRow, judge_hit, list_hits, theme_alone

NEW = "ny"
"""Stands in an address for the id of a draft that is not stored yet."""
DONE = {"sparat": "Utkastet är sparat. Inget skickas."}
PROBATION_WEEKS = (4, 2, 8)
"""Weeks of probation that the form offers, the usual one first."""
_MAX_HITS, _MAX_NEAR, _MAX_OTHERS, _MAX_OWN = 25, 8, 8, 5
_MAX_MARKS = 200
_MAX_LETTERS = 200
_SEPARATORS = re.compile(r"[,;\n]+")
_PLACE = re.compile(r"^(?:rad \d+|\S+\.toml:\d+): ")


@dataclass(frozen=True, slots=True)
class MarkedRow:
    """Call in a list of the page, with the answer that was marked."""

    hit: HitRow
    mark: str
    """"ja", "nej" or ""."""
    wrong: str = ""
    """Sentence when the words judge the call otherwise than the mark; else ""."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftView:
    """Draft with its effect on the archive."""

    draft: ThemeDraft
    gaps: Mapping[str, str]
    """What is missing, by field."""
    problems: Sequence[str] = ()
    """Errors of the theme that the draft would be."""
    outcome: PreviewOutcome | None = None
    groups: Sequence[tuple[str, str, Sequence[MarkedRow]]] = ()
    """Heading, explanation and calls of each list."""
    own: Sequence[Mark] = field(default_factory=tuple)


def show(visit: Visit) -> Response:
    """Show a draft, or an empty form; a POST saves it, puts it into force or throws it away."""
    stored = _stored(visit)
    if not visit.is_post:
        return _page(visit, stored, _begun(visit) if stored is None else draft_from_json(stored.content))
    action = visit.form.get("gor", "spara")
    if action == "bort":
        if stored is not None:
            with visit.site.archive.writing() as db:
                delete_theme_draft(db, stored.id)
        return redirect("/regler?klart=bort")
    draft = _read_form(visit)
    gaps = find_gaps(draft, visit.site.rules) | _wrong_words(draft)
    if not draft.title:
        # Without a name nobody would find the draft again.
        return _page(visit, stored, draft, gaps, status=400)
    saved = _save(visit, stored, draft)
    if saved is None:
        return _page(visit, stored, draft, gaps, conflict=True, status=409)
    if action == "prova":
        return _put_into_force(visit, saved, draft, gaps)
    if gaps:
        return _page(visit, saved, draft, gaps, status=400)
    return redirect(f"/regler/utkast/{saved.id}?klart=sparat")


def _stored(visit: Visit) -> StoredDraft | None:
    name = visit.path_vars["draft"]
    if name == NEW:
        return None
    found = find_theme_draft(visit.site.archive.db, int(name))
    if found is None:
        raise NotFound
    return found


def _begun(visit: Visit) -> ThemeDraft:
    """Return an empty draft, with the words of a search that led here."""
    words = [word.strip()[:_MAX_LETTERS] for word in visit.arg_lists.get("ord", []) if word.strip()]
    return ThemeDraft(words=tuple(dict.fromkeys(words[:20])))


def _read_form(visit: Visit) -> ThemeDraft:
    form = visit.form
    names = _concept_names(visit.site.rules)
    return ThemeDraft(
        title=" ".join(form.get("titel", "").split())[:_MAX_LETTERS],
        short=" ".join(form.get("kort", "").split())[:_MAX_LETTERS],
        departments=tuple(visit.form_lists.get("avdelning", ())),
        words=_split(form.get("ord", "")),
        concepts=tuple(dict.fromkeys(names.get(name.casefold(), name) for name in _split(form.get("begrepp", "")))),
        support=_split(form.get("stod", "")),
        stops=_split(form.get("stopp", "")),
        strength=IN_TEXT if form.get("styrka") == IN_TEXT else IN_TITLE,
        marks=tuple(_read_marks(form))[:_MAX_MARKS],
    )


def _split(text: str) -> tuple[str, ...]:
    parts = (" ".join(part.split())[:_MAX_LETTERS] for part in _SEPARATORS.split(text))
    return tuple(dict.fromkeys(part for part in parts if part))


def _concept_names(rules: RuleSet) -> dict[str, str]:
    """Return the id of each concept by its id and by its first Swedish term, in lower case."""
    return {name.casefold(): one.id for one in rules.concepts for name in (*one.sv[:1], one.id)}


def _read_marks(form: Mapping[str, str]) -> Iterable[Mark]:
    for name, value in form.items():
        kind, _, number = name.partition(".")
        if kind == "m" and number.isdecimal() and value in ("ja", "nej"):
            key = {"source": form.get(f"{name}.kalla", ""), "call_id": form.get(f"{name}.id", "")}
            if key["source"]:
                yield Mark(match=value == "ja", title=form.get(f"{name}.rubrik", ""), **key)
        elif kind == "e" and number.isdecimal() and (title := " ".join(form.get(f"{name}.rubrik", "").split())[:_MAX_LETTERS]):
            yield Mark(match=value == "ja", title=title)


def _wrong_words(draft: ThemeDraft) -> dict[str, str]:
    found = {}
    for name, words in (("words", draft.words), ("support", draft.support), ("stops", draft.stops)):
        for word in words:
            try:
                parse_term(word)
            except ValueError as error:
                found[name] = f"”{word}” går inte att leta efter: {error}."
                break
    return found


def _save(visit: Visit, stored: StoredDraft | None, draft: ThemeDraft) -> StoredDraft | None:
    """Store a draft and return it as stored; None when another version was stored since the page was shown."""
    who, content = visit.coordinator_name, draft_to_json(draft)
    with visit.site.archive.writing() as db:
        if stored is None:
            return find_theme_draft(db, add_theme_draft(db, draft.title, content, who=who, now=visit.now))
        seen = visit.form.get("version", "")
        shown = replace(stored, version=int(seen) if seen.isdecimal() and len(seen) < 9 else 0)
        if not change_theme_draft(db, shown, draft.title, content, who=who, now=visit.now):
            return None
        return find_theme_draft(db, stored.id)


def _put_into_force(visit: Visit, stored: StoredDraft, draft: ThemeDraft, gaps: Mapping[str, str]) -> Response:
    """Write a draft as a theme, on probation if asked for, and delete it; with errors the draft is kept."""
    rules, site = visit.site.rules, visit.site
    if not site.own_rules:
        return problem_page(visit, 400, detail=SHIPPED_RULES_REFUSAL)
    short = missing_marks(draft)
    if gaps or short:
        return _page(visit, stored, draft, gaps, refused=[short] if short else [], status=400)
    weeks = visit.form.get("veckor", "")
    until = (visit.now + timedelta(weeks=int(weeks))).date() if weeks in map(str, PROBATION_WEEKS) else None
    theme_id = _new_id(draft, rules)
    text = draft_text(draft, theme_id, rules, _marked_calls(visit, draft), until)
    request = TextRequest(
        file=theme_file(theme_id),
        text=text,
        mark="",
        version=theme_id,
        who=visit.coordinator_name,
        note="Nytt tema.",
    )
    outcome = site.jobs.save_rules(request, visit.now)
    if outcome.conflict or outcome.problems:
        problems = outcome.problems or ("Ett tema med det namnet har just kommit till. Försök igen.",)
        return _page(visit, stored, draft, gaps, refused=problems, status=400)
    with site.archive.writing() as db:
        delete_theme_draft(db, stored.id)
    site.rules_changed(outcome.files)
    site.jobs.rematch()
    return redirect(f"/regler/{theme_id}/prov?klart=igang" if until else f"/regler/{theme_id}?klart=sparat")


def _new_id(draft: ThemeDraft, rules: RuleSet) -> str:
    taken = [{"id": name.removeprefix("themes/").removesuffix(".toml")} for name in rules.files] + [
        {"id": "nytt"},
        {"id": "utkast"},
    ]
    return make_id(draft.title, taken)


def _marked_calls(visit: Visit, draft: ThemeDraft) -> list[Call]:
    found = (load_call(visit.site.archive.db, *mark.key) for mark in draft.marks if mark.key is not None)
    return [call for call in found if call is not None]


def _page(
    visit: Visit,
    stored: StoredDraft | None,
    draft: ThemeDraft,
    gaps: Mapping[str, str] | None = None,
    *,
    refused: Sequence[str] = (),
    conflict: bool = False,
    status: int = 200,
) -> Response:
    rules = visit.site.rules
    if gaps is None:
        gaps = find_gaps(draft, rules) | _wrong_words(draft) if stored is not None else {}
    blocked = bool(find_gaps(draft, rules) or _wrong_words(draft))
    view = DraftView(draft=draft, gaps=gaps) if blocked else _effect(visit, draft, gaps)
    other = find_theme_draft(visit.site.archive.db, stored.id) if conflict and stored is not None else None
    return page(
        "theme-draft.html",
        visit,
        status=status,
        view=view,
        term_pages=shown_term_pages(visit, view.outcome.pages) if view.outcome else None,
        draft=draft,
        stored=stored,
        version=other.version if other else stored.version if stored else 0,
        other=other,
        refused=[without_place(line) for line in refused],
        path=f"/regler/utkast/{stored.id if stored else NEW}",
        departments=list(rules.departments.values()),
        concepts=list(rules.concepts),
        missing=missing_marks(draft),
        weeks=PROBATION_WEEKS,
        own=visit.site.own_rules,
        done=DONE,
    )


def _effect(visit: Visit, draft: ThemeDraft, gaps: Mapping[str, str]) -> DraftView:
    db, rules = visit.site.archive.db, visit.site.rules
    calls = _marked_calls(visit, draft)
    theme_id, bare = bare_text(draft, rules)
    outcome = preview(db, rules, theme_id, bare, visit.now)
    # Examples are asked for beside the calls; what else is wrong with the words is said here.
    outcome.problems = []
    alone = theme_alone(rules, resolve_theme(parse_theme(bare), rules.concepts))
    rows = {row.key: row for row in list_hits(db, alone)}
    marks = {mark.key: mark for mark in draft.marks if mark.key is not None}
    marked = [_marked(rows.get(call.key) or judge_hit(db, alone, call), marks[call.key]) for call in calls]
    hits = [row for row in rows.values() if row.reached and row.key not in marks]
    near = [row for row in rows.values() if not row.reached and row.key not in marks]
    known = {*rows, *marks}
    others = [judge_hit(db, alone, call) for call in _other_calls(visit, draft, known)]
    groups = (
        ("Redan märkta", "", marked),
        ("Det här skulle temat ta", "Svara ja eller nej på några.", [MarkedRow(row, "") for row in hits[:_MAX_HITS]]),
        ("Nära", "De har något av orden men inte nog.", [MarkedRow(row, "") for row in near[:_MAX_NEAR]]),
        (
            "Annat som förvaltningen får",
            "Hör något hit? Svara ja, och lägg till ett ord som står där. Annars är det bra nej.",
            [MarkedRow(row, "") for row in others],
        ),
    )
    problems = [] if missing_marks(draft) else _problems(rules, theme_id, draft_text(draft, theme_id, rules, calls))
    return DraftView(
        draft=draft,
        gaps=gaps,
        problems=problems,
        outcome=outcome,
        groups=[(title, text, rows) for title, text, rows in groups if rows],
        own=[mark for mark in draft.marks if mark.key is None][:_MAX_OWN],
    )


def without_place(problem: str) -> str:
    """Return an error of a rule file without its file and line, which a draft has not."""
    return _PLACE.sub("", problem)


def bare_text(draft: ThemeDraft, rules: RuleSet) -> tuple[str, str]:
    """Return the id that a draft would get, and its text without examples."""
    theme_id = _new_id(draft, rules)
    return theme_id, draft_text(replace(draft, marks=()), theme_id, rules)


def _marked(hit: HitRow, mark: Mark) -> MarkedRow:
    wrong = ""
    if mark.match and not hit.reached:
        wrong = (
            f"Temat tar den inte: ordet ”{hit.stopped}” stoppar."
            if hit.stopped
            else "Temat tar den inte. Lägg till ett ord som står i den."
        )
    elif not mark.match and hit.reached:
        words = ", ".join(dict.fromkeys(one.found for one in hit.marks))
        wrong = f"Temat tar den ändå ({words}). Ta bort ett ord, eller skriv ett ord som stoppar."
    return MarkedRow(hit, "ja" if mark.match else "nej", wrong)


def _problems(rules: RuleSet, theme_id: str, text: str) -> list[str]:
    return [without_place(line) for line in theme_problems(rules, theme_id, text)]


def _other_calls(visit: Visit, draft: ThemeDraft, known: Iterable[CallKey]) -> list[Call]:
    """Return calls that the departments of a draft get by other themes, and that have none of its words."""
    db, seen = visit.site.archive.db, set(known)
    keys: list[CallKey] = []
    for name in draft.departments:
        for listed in list_matched_calls(db, name, visit.now):
            if listed.key not in seen:
                seen.add(listed.key)
                keys.append(listed.key)
    return [call for key in keys[:_MAX_OTHERS] if (call := load_call(db, *key)) is not None and clean(call.title)]


ROUTES = (Route(r"^/regler/utkast/(?P<draft>ny|[0-9]{1,9})$", show, coordinator=True, posts=True),)
