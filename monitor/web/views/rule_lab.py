"""The rule lab: a theme's file with its effect on the archive and on past mails, tried, saved and restored."""

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
from pathlib import Path
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
from monitor.language.one_line import clean
from monitor.language.terms import parse_term
from monitor.matching.compiled import RuleSet
from monitor.matching.engine import ROUNDING, Judgement
from monitor.matching.match import Evidence, Match, matches_of
from monitor.matching.rules.files import load_toml
from monitor.matching.rules.load import check_texts
from monitor.matching.rules.model import Signal, ThemeFile
from monitor.web.framework.request import Site, Visit
from monitor.web.framework.route import Missing, Route
from monitor.web.framework.templates import SHIPPED, fragment, page, problem_page, redirect
from monitor.web.views.digest import mail_response
from monitor.web.views.theme_form import form_values, skeleton, write_form

WEEKS = 12
DIGESTS = 3
_AROUND = 60


@dataclass(frozen=True, slots=True)
class Mark:
    """A word that counts, in the words around it."""

    points: str
    before: str
    found: str
    after: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A call that a department would gain or lose, with the words that speak for it."""

    key: CallKey
    title: str
    level: str
    marks: tuple[Mark, ...]


@dataclass(slots=True)
class DepartmentOutcome:
    """What one department would gain, lose and keep by the theme. `weeks` counts its calls by the week they were found."""

    id: str
    name: str
    gained: list[Moved] = field(default_factory=list)
    lost: list[Moved] = field(default_factory=list)
    kept: int = 0
    elsewhere: int = 0
    weeks: list[tuple[str, int]] = field(default_factory=list)
    digests: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class Outcome:
    """What the preview shows. `problems` are those of the theme's own text; with any, nothing was judged."""

    problems: list[str] = field(default_factory=list)
    departments: list[DepartmentOutcome] = field(default_factory=list)
    touched: int = 0
    seconds: float = 0.0


def theme_file(theme: str) -> str:
    """The name of a theme's file among the rule files."""
    return f"themes/{theme}.toml"


def parse_theme(text: str) -> ThemeFile:
    """The theme that a text holds. ValueError in words when it holds none."""
    try:
        return ThemeFile.model_validate(load_toml(text))
    except ValidationError as error:
        found = error.errors()[0]
        raise ValueError(f"{'.'.join(str(part) for part in found['loc'])}: {found['msg']}") from error


def theme_problems(rules: RuleSet, theme: str, text: str) -> list[str]:
    """What is wrong with a theme's text taken by itself, its examples tried: quick enough for every key press."""
    tables = {name: content for name, content in rules.files.items() if not name.startswith("themes/")}
    file = theme_file(theme)
    return [f"rad {error.line}: {error.problem}" for error in check_texts({**tables, file: text}) if error.file == file]


def all_problems(rules: RuleSet, theme: str, text: str) -> list[str]:
    """What is wrong with all rules once the text is saved."""
    return [str(error) for error in check_texts({**rules.files, theme_file(theme): text})]


def preview(db: Database, rules: RuleSet, theme: str, text: str, now: datetime) -> Outcome:
    """What the theme's new text would do, against the text in force."""
    begun = time.monotonic()
    outcome = Outcome(problems=theme_problems(rules, theme, text))
    try:
        new = parse_theme(text)
    except (ValueError, tomllib.TOMLDecodeError) as error:
        outcome.problems = outcome.problems or [str(error)]
        return outcome
    old = next((one for one in rules.themes if one.theme.id == theme), None)
    if not _readable(new):
        return outcome
    _judge(db, rules, old, new, outcome, now)
    outcome.seconds = time.monotonic() - begun
    return outcome


def _readable(theme: ThemeFile) -> bool:
    try:
        for word in _words(theme):
            parse_term(word)
    except ValueError:
        return False
    return True


def _words(theme: ThemeFile | None) -> Iterator[str]:
    for signal in theme.signal if theme is not None else ():
        yield from signal.words
        yield from signal.needs if isinstance(signal, Signal) else ()


def _alone(rules: RuleSet, theme: ThemeFile | None) -> RuleSet:
    """The rules with no theme but this one, live so that a draft shows what it would do."""
    if theme is None:
        return replace(rules, themes=(), beside=())
    return replace(rules, themes=(_live(rules, theme),), beside=())


def _live(rules: RuleSet, theme: ThemeFile) -> ThemeFile:
    """The theme as if it were in use, for those of its departments that there are: a name not yet written out is told as a problem."""
    known = tuple(name for name in theme.theme.departments if name in rules.departments)
    return theme.model_copy(update={"theme": theme.theme.model_copy(update={"state": "live", "departments": known})})


def edited_rules(rules: RuleSet, theme: str, text: str) -> RuleSet:
    """All rules with the theme as its text has it, live though it be a draft. ValueError in words when the text holds no theme."""
    live = _live(rules, parse_theme(text))
    if any(one.theme.id == theme for one in rules.themes):
        return replace(rules, themes=tuple(live if one.theme.id == theme else one for one in rules.themes))
    return replace(rules, themes=(*rules.themes, live))


def _hopeful(db: Database, rules: RuleSet) -> tuple[set[int], set[int]]:
    """Of rules of one theme: the rows in which one of its words stands, and those that may reach a department by them.

    Told from the full-text index alone, as a match's quick look is; only what may reach a department is read.
    """
    touched: set[int] = set()
    points: dict[int, float] = {}
    for _, conditions in rules.ready:
        for asked in conditions:
            signal = asked.condition
            if not isinstance(signal, Signal) or signal.weight < 0:
                continue
            needed = find_indexed_ids(db, map(parse_term, signal.needs)) if signal.needs else None
            for worth, zones in asked.fields if signal.words else ():
                found = find_indexed_ids(db, map(parse_term, signal.words), zones)
                found = found if needed is None else found & needed
                touched |= found
                for row in found:
                    points[row] = points.get(row, 0.0) + worth
    return touched, {row for row, found_points in points.items() if rules.least and found_points + ROUNDING >= rules.least[0][1]}


def _judge(db: Database, rules: RuleSet, old: ThemeFile | None, new: ThemeFile, outcome: Outcome, now: datetime) -> None:
    before_rules, after_rules = _alone(rules, old if old is not None and old.theme.state == "live" else None), _alone(rules, new)
    one, other = before_rules.beside_of(after_rules), after_rules.beside_of(before_rules)
    names = [
        *new.theme.departments,
        *(name for name in (old.theme.departments if old else ()) if name not in new.theme.departments),
    ]
    found = {name: DepartmentOutcome(name, rules.departments[name].name) for name in names if name in rules.departments}
    others = calls_of_other_themes(db, list(found), new.theme.id)
    after_keys: dict[str, set[CallKey]] = {name: set() for name in found}
    touched, hopeful = _hopeful(db, one)
    touched_now, hopeful_now = _hopeful(db, other)
    outcome.touched = len(touched | touched_now)
    for call, zones in read_indexed_calls(db, rules.analyser, hopeful | hopeful_now | list_stale_ids(db)):
        scanned = {zone: one.scan(text, zone) for zone, text in zones.items() if text}
        had = {match.department: match for match in matches_of(Judgement(one, call, scanned))}
        has = {match.department: match for match in matches_of(Judgement(other, call, scanned))}
        _sort(call, had, has, found, others, after_keys)
    _weigh(db, found, after_keys, now)
    outcome.departments = list(found.values())


def _sort(
    call: Call,
    had: Mapping[str, Match],
    has: Mapping[str, Match],
    found: Mapping[str, DepartmentOutcome],
    others: set[tuple[str, CallKey]],
    after: Mapping[str, set[CallKey]],
) -> None:
    key = call.key
    for name, department in found.items():
        if name in has:
            after[name].add(key)
        if name in has and name in had:
            department.kept += 1
        elif name in has or name in had:
            if (name, key) in others:
                department.elsewhere += 1
            elif name in has:
                department.gained.append(_moved(call, has[name]))
            else:
                department.lost.append(_moved(call, had[name]))


def _moved(call: Call, match: Match) -> Moved:
    texts = call_zones(call)
    marks = tuple(_mark(item, texts.get(item.zone, "")) for item in match.evidence if item.start >= 0)[:4]
    return Moved(call.key, clean(call.title) or call.call_id, match.level, marks)


def _mark(item: Evidence, text: str) -> Mark:
    begin, end = max(0, item.start - _AROUND), min(len(text), item.end + _AROUND)
    before = ("… " if begin else "") + text[begin : item.start].replace("\n", " ")
    after = text[item.end : end].replace("\n", " ") + (" …" if end < len(text) else "")
    return Mark(f"{item.points:+g}".replace(".", ","), before, text[item.start : item.end], after)


def _weigh(db: Database, found: Mapping[str, DepartmentOutcome], after: Mapping[str, set[CallKey]], now: datetime) -> None:
    """Hits per week as the theme would be, and the last mails as they would have been."""
    weeks = [iso_week((now - timedelta(weeks=back)).date()) for back in range(WEEKS - 1, -1, -1)]
    moved = {item.key for one in found.values() for item in (*one.gained, *one.lost)}
    days = first_seen_days(db, {key for keys in after.values() for key in keys} | moved)
    for name, department in found.items():
        counts = Counter(iso_week(date.fromisoformat(days[key])) for key in after[name] if key in days)
        department.weeks = [(week, counts[week]) for week in weeks]
        department.digests = list(_digests(department, list_recent_digests(db, name, DIGESTS + 1), days))


def _digests(department: DepartmentOutcome, digests: list[RecentDigest], days: Mapping[CallKey, str]) -> Iterable[dict[str, Any]]:
    """Each of the last mails: what would have stood there as well, and what would not."""
    for number, digest in enumerate(digests[:DIGESTS]):
        since = digests[number + 1]["created"][:10] if number + 1 < len(digests) else ""
        until = digest["created"][:10]
        more = [item for item in department.gained if since < days.get(item.key, "") <= until]
        less = [item for item in department.lost if item.key in digest["keys"]]
        yield {"id": digest["id"], "week": digest["week"], "items": digest["items"], "more": more, "less": less}


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
    counts = Counter(theme["id"] for _, _, found in read_matched_themes(visit.site.archive.db) for theme in found)
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
    return visit.form.get("grund", "") == _fingerprint(draft.text) and "signal-antal" in visit.form


def _fingerprint(text: str) -> str:
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
        store_theme_version(
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
_THEME_ROUTES = (
    Route(r"^/regler$", themes, coordinator=True),
    Route(rf"{_AT}$", theme, coordinator=True, posts=True),
    Route(rf"{_AT}/prova$", try_out, coordinator=True, acts=True),
    Route(rf"{_AT}/spara$", save, coordinator=True, acts=True),
    Route(rf"{_AT}/versioner$", versions, coordinator=True),
)


_KEPT = 12


def beside(visit: Visit) -> Response:
    """Write one of the last mails anew with the edited theme and show both. Nothing is stored but for the frame to fetch it."""
    site = visit.site
    draft = draft_of(visit)
    found = find_digest_by_id(site.archive.db, visit.vars["digest"])
    department = site.rules.departments.get(found["department"]) if found else None
    if found is None or department is None:
        raise Missing
    name = theme_id(draft)
    outcome = preview(site.archive.db, site.rules, name, draft.text, visit.now)
    try:
        rules = edited_rules(site.rules, name, draft.text)
        gained = [item.key for one in outcome.departments if one.id == department.id for item in one.gained]
        written = site.work.rewrite(rules, found["id"], gained)
    except ValueError:
        detail = "Temat går inte att läsa än: " + "; ".join(outcome.problems[:3])
        return problem_page(visit, 400, detail=detail)
    if written is None:
        raise Missing
    number = _keep(site, written.html)
    return page("lab-mail.html", visit, digest=found, name=department.name, draft=draft, written=written, frame=number)


def framed(visit: Visit) -> Response:
    """The mail that was just written, for the frame."""
    html = _mails(visit.site).get(visit.vars["number"])
    if html is None:
        raise Missing
    return mail_response(html)


def _mails(site: Site) -> OrderedDict[str, str]:
    mails = site.caches.setdefault("lab-mails", OrderedDict())
    assert isinstance(mails, OrderedDict)
    return mails


def _keep(site: Site, html: str) -> str:
    """Keep the mail for as long as it takes to be shown; gives the name that its address bears."""
    mails, number = _mails(site), secrets.token_hex(12)
    mails[number] = html
    while len(mails) > _KEPT:
        mails.popitem(last=False)
    return number


_MAIL_ROUTES = (
    Route(r"^/regler/-/mejl/(?P<number>[0-9a-f]{24})$", framed, coordinator=True),
    Route(r"^/regler/(?P<theme>[a-z0-9-]{1,80})/mejl/(?P<digest>[^/]{1,120})$", beside, coordinator=True, acts=True),
)


ROUTES = (*_THEME_ROUTES, *_MAIL_ROUTES)
