"""The rule lab: a theme's file with its effect on the archive and on past mails, previewed, saved and restored.

Data structures: a `Draft` is a theme's id with the text in force and the edited text (TOML). `preview` matches the archive with
either text and returns a `PreviewOutcome`, with a `DepartmentOutcome` of gained, lost and kept calls for each department of the
theme. Mails written anew for the frame of a page are kept in memory, the latest `_MAX_KEPT_MAILS` of them.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import time
import tomllib
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from difflib import unified_diff
from math import inf
from typing import Any

import tomlkit
from datasette import Response
from pydantic import ValidationError

from monitor.archive.connection import Database
from monitor.archive.digests import RecentDigest, find_digest_by_id, list_recent_digests
from monitor.archive.matches import calls_of_other_themes, first_seen_days
from monitor.archive.search.index import find_indexed_ids, list_stale_ids, read_indexed_calls
from monitor.archive.statistics import read_matched_themes
from monitor.archive.theme_versions import store_theme_version, theme_versions
from monitor.calls import Call, CallKey, call_zones
from monitor.digest.wording import iso_week
from monitor.files import write_atomically
from monitor.language.one_line import clean
from monitor.language.terms import parse_term
from monitor.matching.compiled import ROUNDING, RuleSet
from monitor.matching.engine import Judgement
from monitor.matching.match import Match, matches_of
from monitor.matching.rules.files import load_toml
from monitor.matching.rules.load import check_texts
from monitor.matching.rules.model import Signal, ThemeFile
from monitor.web.framework.request import Site, Visit
from monitor.web.framework.route import NotFound, Route
from monitor.web.framework.templates import OWN_PAGE, SHIPPED_RULES_REFUSAL, fragment, page, problem_page, redirect
from monitor.web.views.digest import mail_response
from monitor.web.views.evidence import EvidenceMark, mark_evidence
from monitor.web.views.theme_form import form_values, new_theme_text, write_form

NEW = "nytt"
"""Stands in an address for the id of a theme that is not saved yet."""
DONE = {"sparat": "Temat är sparat. Träffarna räknas om i bakgrunden."}
WEEKS = 12
"""Weeks of the chart of a department's matches."""
DIGESTS = 3
"""Past mails of each department that the preview compares."""
_EVIDENCE_CONTEXT = 60
"""Characters of text shown on either side of a hit."""
_MAX_MARKS = 4
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


@dataclass(frozen=True, slots=True)
class MovedCall:
    """Call that a department would gain or lose."""

    key: CallKey
    title: str
    level: str
    marks: tuple[EvidenceMark, ...]


@dataclass(slots=True)
class DepartmentOutcome:
    """Effect of the edited theme on one department."""

    id: str
    name: str
    gained: list[MovedCall] = field(default_factory=list)
    lost: list[MovedCall] = field(default_factory=list)
    kept: int = 0
    """Number of calls that both texts give it."""
    elsewhere: int = 0
    """Number of calls that one text gives it, and another theme as well."""
    weeks: list[tuple[str, int]] = field(default_factory=list)
    """ISO week and number of calls found in it that the edited theme gives, the oldest first."""
    digests: list[dict[str, Any]] = field(default_factory=list)
    """Past mails with the calls that they would have held (`more`) or not held (`less`)."""


@dataclass(slots=True)
class PreviewOutcome:
    """Effect of an edited theme."""

    problems: list[str] = field(default_factory=list)
    """Errors of the theme's own text. With errors that keep the theme from being read, `departments` is empty."""
    departments: list[DepartmentOutcome] = field(default_factory=list)
    touched: int = 0
    """Number of calls that have any of the theme's words."""
    seconds: float = 0.0


def theme_file(theme: str) -> str:
    """Return the name of a theme's file in the folder of rules."""
    return f"themes/{theme}.toml"


def parse_theme(text: str) -> ThemeFile:
    """Return the theme of a TOML text.

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


def all_problems(rules: RuleSet, theme: str, text: str) -> list[str]:
    """Return the errors that all rules together would have after the text is saved."""
    return [str(error) for error in check_texts({**rules.files, theme_file(theme): text})]


def preview(db: Database, rules: RuleSet, theme: str, text: str, now: datetime) -> PreviewOutcome:
    """Return the effect of a theme's new text on the archive, compared with the text in force."""
    started = time.monotonic()
    outcome = PreviewOutcome(problems=theme_problems(rules, theme, text))
    try:
        new = parse_theme(text)
    except (ValueError, tomllib.TOMLDecodeError) as error:
        outcome.problems = outcome.problems or [str(error)]
        return outcome
    if not _has_valid_words(new):
        return outcome
    old = next((other for other in rules.themes if other.theme.id == theme), None)
    _compare_texts(db, rules, old, new, outcome, now)
    outcome.seconds = time.monotonic() - started
    return outcome


def edited_rules(rules: RuleSet, theme: str, text: str) -> RuleSet:
    """Return all rules with the edited theme, in use even if it is a draft.

    Raises:
        ValueError: The text is not a theme.
    """
    edited = _in_use(rules, parse_theme(text))
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


def _only_theme(rules: RuleSet, theme: ThemeFile | None) -> RuleSet:
    """Return the rules with no theme but this one, in use even if it is a draft."""
    return replace(rules, themes=(_in_use(rules, theme),) if theme is not None else (), extra_terms=())


def _in_use(rules: RuleSet, theme: ThemeFile) -> ThemeFile:
    """Return the theme as a live one for its existing departments; a name still being typed is among the problems instead."""
    departments = tuple(name for name in theme.theme.departments if name in rules.departments)
    return theme.model_copy(update={"theme": theme.theme.model_copy(update={"state": "live", "departments": departments})})


def _candidate_rows(db: Database, rules: RuleSet) -> tuple[set[int], set[int]]:
    """Return the rows that have a word of the one theme of `rules`, and those whose points may reach a department.

    Both come from the full-text index alone, which gives an upper bound of each call's points; only the second set must be read.
    """
    touched: set[int] = set()
    points: dict[int, float] = {}
    structural = 0.0
    for conditions in rules.conditions:
        for compiled in conditions:
            signal = compiled.condition
            if not isinstance(signal, Signal) or signal.weight < 0:
                continue
            if signal.structural:
                structural += compiled.fields[0][0]
                continue
            needed = find_indexed_ids(db, map(parse_term, signal.needs)) if signal.needs else None
            for worth, zones in compiled.fields:
                rows = find_indexed_ids(db, map(parse_term, signal.words), zones)
                rows = rows if needed is None else rows & needed
                touched |= rows
                for row in rows:
                    points[row] = points.get(row, 0.0) + worth
    lowest = min(rules.lowest_thresholds, default=inf) - structural
    return touched, {row for row, bound in points.items() if bound + ROUNDING >= lowest}


def _compare_texts(
    db: Database, rules: RuleSet, old: ThemeFile | None, new: ThemeFile, outcome: PreviewOutcome, now: datetime
) -> None:
    """Fill in the effect on each department of either text."""
    old_rules = _only_theme(rules, old if old is not None and old.theme.state == "live" else None)
    new_rules = _only_theme(rules, new)
    # With the terms of both texts in either set of rules, one scan of a call serves both.
    before, after = old_rules.with_terms_of(new_rules), new_rules.with_terms_of(old_rules)
    names = dict.fromkeys((*new.theme.departments, *(old.theme.departments if old else ())))
    departments = {name: DepartmentOutcome(name, rules.departments[name].name) for name in names if name in rules.departments}
    covered = calls_of_other_themes(db, list(departments), new.theme.id)
    after_keys: dict[str, set[CallKey]] = {name: set() for name in departments}
    touched_before, candidates_before = _candidate_rows(db, before)
    touched_after, candidates_after = _candidate_rows(db, after)
    outcome.touched = len(touched_before | touched_after)
    for call, zones in read_indexed_calls(db, rules.analyser, candidates_before | candidates_after | list_stale_ids(db)):
        scans = {zone: before.scan(text, zone) for zone, text in zones.items() if text}
        old_matches = {match.department: match for match in matches_of(Judgement(before, call, scans))}
        new_matches = {match.department: match for match in matches_of(Judgement(after, call, scans))}
        for name, department in departments.items():
            if name in new_matches:
                after_keys[name].add(call.key)
            _count_call(department, call, old_matches.get(name), new_matches.get(name), covered=(name, call.key) in covered)
    _add_history(db, departments, after_keys, now)
    outcome.departments = list(departments.values())


def _count_call(department: DepartmentOutcome, call: Call, old: Match | None, new: Match | None, *, covered: bool) -> None:
    """Count a call for a department; `covered` says that another theme gives it to the department as well."""
    if old is not None and new is not None:
        department.kept += 1
    elif old is None and new is None:
        return
    elif covered:
        department.elsewhere += 1
    elif new is not None:
        department.gained.append(_moved_call(call, new))
    elif old is not None:
        department.lost.append(_moved_call(call, old))


def _moved_call(call: Call, match: Match) -> MovedCall:
    texts = call_zones(call)
    placed = [item for item in match.evidence if item.start >= 0 and not item.generic][:_MAX_MARKS]
    marks = tuple(mark_evidence(item, texts.get(item.zone, ""), _EVIDENCE_CONTEXT) for item in placed)
    return MovedCall(call.key, clean(call.title) or call.call_id, match.level, marks)


def _add_history(
    db: Database, departments: Mapping[str, DepartmentOutcome], after_keys: Mapping[str, set[CallKey]], now: datetime
) -> None:
    """Fill in the matches per week under the new text, and the past mails as they would have been."""
    weeks = [iso_week((now - timedelta(weeks=back)).date()) for back in range(WEEKS - 1, -1, -1)]
    moved = {item.key for department in departments.values() for item in (*department.gained, *department.lost)}
    days = first_seen_days(db, {key for keys in after_keys.values() for key in keys} | moved)
    for name, department in departments.items():
        counts = Counter(iso_week(date.fromisoformat(days[key])) for key in after_keys[name] if key in days)
        department.weeks = [(week, counts[week]) for week in weeks]
        department.digests = list(_compare_digests(department, list_recent_digests(db, name, DIGESTS + 1), days))


def _compare_digests(
    department: DepartmentOutcome, digests: list[RecentDigest], days: Mapping[CallKey, str]
) -> Iterable[dict[str, Any]]:
    """Yield the last DIGESTS mails with the calls that each would have held (`more`) or not held (`less`).

    A mail would have held the gained calls that were first seen since the mail before it.
    """
    for number, digest in enumerate(digests[:DIGESTS]):
        since = digests[number + 1]["created"][:10] if number + 1 < len(digests) else ""
        until = digest["created"][:10]
        more = [item for item in department.gained if since < days.get(item.key, "") <= until]
        less = [item for item in department.lost if item.key in digest["keys"]]
        yield {"id": digest["id"], "week": digest["week"], "items": digest["items"], "more": more, "less": less}


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
            "signals": len(theme.signal),
            "count": counts[theme.theme.id],
        }
        for theme in rules.themes
    ]
    rows.sort(key=lambda row: str(row["title"]).casefold())
    return page("themes.html", visit, themes=rows, own=visit.site.own_rules, version=rules.version, error=visit.site.rules_error)


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
    return visit.form.get("grund", "") == _fingerprint(draft.text) and "signal-antal" in visit.form


def _fingerprint(text: str) -> str:
    return hashlib.sha256(text.strip().encode()).hexdigest()[:16]


def _apply_form(visit: Visit, draft: Draft) -> Draft:
    """Return the draft with the form's fields written into its text, if it was the form that was edited."""
    if not visit.is_post or not _edited_by_form(visit, draft):
        return draft
    try:
        return Draft(draft.theme, draft.before, write_form(draft.text, visit.form, visit.form_lists))
    except (ValueError, tomlkit.exceptions.TOMLKitError, KeyError, TypeError):
        return draft


def _preview_draft(visit: Visit, draft: Draft) -> PreviewOutcome:
    return preview(visit.site.archive.db, visit.site.rules, theme_id(draft), draft.text, visit.now)


def theme(visit: Visit) -> Response:
    """Show a theme with its preview. A POST, from a browser without script, shows it as edited."""
    draft = read_draft(visit)
    return _lab_page(visit, draft, _preview_draft(visit, draft))


def _lab_page(
    visit: Visit, draft: Draft, outcome: PreviewOutcome, problems: list[str] | None = None, status: int = 200
) -> Response:
    values = _draft_values(visit, draft)
    return page("lab.html", visit, status=status, **values, outcome=outcome, problems=problems or [], done=DONE)


def _draft_values(visit: Visit, draft: Draft) -> dict[str, Any]:
    """Return the values of `lab-form.html`."""
    rules = visit.site.rules
    return {
        "draft": draft,
        "theme": draft.theme,
        "mark": _fingerprint(draft.text),
        "values": form_values(draft.text),
        "departments": list(rules.departments.values()),
        "areas": rules.areas.area,
        "goals": rules.areas.goal,
        "sdgs": rules.areas.sdg,
        "own": visit.site.own_rules,
        "new": draft.theme == NEW,
    }


def try_out(visit: Visit) -> Response:
    """Answer each edit with JSON: the preview as HTML, and the text or the form, whichever was not edited, brought up to date."""
    given = _posted_text(visit)
    by_form = _edited_by_form(visit, given)
    draft = _apply_form(visit, given)
    outcome = _preview_draft(visit, draft)
    values = _draft_values(visit, draft)
    document = {
        "outcome": fragment("lab-outcome.html", visit, outcome=outcome, theme=draft.theme),
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
    problems = all_problems(visit.site.rules, name, draft.text)
    if problems:
        return _lab_page(visit, draft, _preview_draft(visit, draft), problems, status=400)
    note = visit.form.get("not", "").strip()[:_MAX_NOTE]
    with visit.site.archive.writing() as db:
        store_theme_version(db, name, draft.before, draft.text, who=visit.coordinator_name, note=note, now=visit.now)
    write_atomically(visit.site.config.rules_dir / theme_file(name), draft.text)
    visit.site.rules_changed()
    visit.site.jobs.rematch()
    return redirect(f"/regler/{name}?klart=sparat")


def versions(visit: Visit) -> Response:
    """List the texts that a theme has had, each with its differences from the one before."""
    name = visit.path_vars["theme"]
    if theme_file(name) not in visit.site.rules.files:
        raise NotFound
    kept = theme_versions(visit.site.archive.db, name)
    current = visit.site.rules.files[theme_file(name)]
    rows = []
    for number, row in enumerate(kept):
        older = kept[number + 1]["text"] if number + 1 < len(kept) else ""
        lines = list(unified_diff(older.splitlines(), row["text"].splitlines(), lineterm="", n=1))[2:] if older else []
        rows.append({**row, "diff": [(line[:1], line[1:]) for line in lines], "current": row["text"] == current})
    return page("versions.html", visit, theme=name, rows=rows)


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
    number = _keep_mail(site, written.html)
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


def _keep_mail(site: Site, html: str) -> str:
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
