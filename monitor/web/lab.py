"""The rule lab: what a changed theme would do to every department over the archive, worked out for that theme alone."""

from __future__ import annotations

import time
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from pydantic import ValidationError

from monitor.archive.database import Database
from monitor.archive.labrows import digest_days, first_seen_days, other_themes
from monitor.archive.texts import calls_of, changed_ids, find_ids
from monitor.calls import Call, call_zones
from monitor.digest.wording import iso_week
from monitor.language.one_line import clean
from monitor.language.terms import parse_term
from monitor.matching.files import load_toml
from monitor.matching.judgement import ROUNDING, Judgement
from monitor.matching.load import check_texts
from monitor.matching.match import Evidence, Match, matches_of
from monitor.matching.model import Signal, ThemeFile
from monitor.matching.ruleset import RuleSet

WEEKS = 12
DIGESTS = 3
_AROUND = 60
Key = tuple[str, str]


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

    key: Key
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
            needed = find_ids(db, map(parse_term, signal.needs)) if signal.needs else None
            for worth, zones in asked.fields if signal.words else ():
                found = find_ids(db, map(parse_term, signal.words), zones)
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
    others = other_themes(db, list(found), new.theme.id)
    after_keys: dict[str, set[Key]] = {name: set() for name in found}
    touched, hopeful = _hopeful(db, one)
    touched_now, hopeful_now = _hopeful(db, other)
    outcome.touched = len(touched | touched_now)
    for call, zones in calls_of(db, rules.analyser, hopeful | hopeful_now | changed_ids(db)):
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
    others: Mapping[tuple[str, Key], bool],
    after: Mapping[str, set[Key]],
) -> None:
    key = (call.source, call.call_id)
    for name, department in found.items():
        if name in has:
            after[name].add(key)
        if name in has and name in had:
            department.kept += 1
        elif name in has or name in had:
            if others.get((name, key)):
                department.elsewhere += 1
            elif name in has:
                department.gained.append(_moved(call, has[name]))
            else:
                department.lost.append(_moved(call, had[name]))


def _moved(call: Call, match: Match) -> Moved:
    texts = call_zones(call)
    marks = tuple(_mark(item, texts.get(item.zone, "")) for item in match.evidence if item.start >= 0)[:4]
    return Moved((call.source, call.call_id), clean(call.title) or call.call_id, match.level, marks)


def _mark(item: Evidence, text: str) -> Mark:
    begin, end = max(0, item.start - _AROUND), min(len(text), item.end + _AROUND)
    before = ("… " if begin else "") + text[begin : item.start].replace("\n", " ")
    after = text[item.end : end].replace("\n", " ") + (" …" if end < len(text) else "")
    return Mark(f"{item.points:+g}".replace(".", ","), before, text[item.start : item.end], after)


def _weigh(db: Database, found: Mapping[str, DepartmentOutcome], after: Mapping[str, set[Key]], now: datetime) -> None:
    """Hits per week as the theme would be, and the last mails as they would have been."""
    weeks = [iso_week((now - timedelta(weeks=back)).date()) for back in range(WEEKS - 1, -1, -1)]
    moved = {item.key for one in found.values() for item in (*one.gained, *one.lost)}
    days = first_seen_days(db, {key for keys in after.values() for key in keys} | moved)
    for name, department in found.items():
        counts = Counter(iso_week(date.fromisoformat(days[key])) for key in after[name] if key in days)
        department.weeks = [(week, counts[week]) for week in weeks]
        department.digests = list(_digests(department, digest_days(db, name, DIGESTS + 1), days))


def _digests(department: DepartmentOutcome, digests: list[dict[str, Any]], days: Mapping[Key, str]) -> Iterable[dict[str, Any]]:
    """Each of the last mails: what would have stood there as well, and what would not."""
    for number, digest in enumerate(digests[:DIGESTS]):
        since = digests[number + 1]["created"][:10] if number + 1 < len(digests) else ""
        until = digest["created"][:10]
        more = [item for item in department.gained if since < days.get(item.key, "") <= until]
        less = [item for item in department.lost if item.key in digest["keys"]]
        yield {"id": digest["id"], "week": digest["week"], "items": digest["items"], "more": more, "less": less}
