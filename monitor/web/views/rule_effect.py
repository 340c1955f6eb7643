"""The effect of edited rules on the archive and on past mails: the calls that each department would gain, lose and keep.

A `PreviewOutcome` has a `DepartmentOutcome` for each department that the edited themes concern. Only the calls are read that may
change by what the full-text index says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from monitor.archive.connection import Database
from monitor.archive.digests import RecentDigest, list_recent_digests
from monitor.archive.document_terms import TermPages, find_term_pages
from monitor.archive.matches import calls_of_other_themes, first_seen_days, list_stored_themes
from monitor.archive.readings import stored_reading
from monitor.archive.search.index import find_indexed_ids, find_rows_of, list_stale_ids, read_indexed_calls
from monitor.calls import CallKey
from monitor.digest.wording import iso_week
from monitor.documents.own import OwnDocuments, own_documents
from monitor.language.one_line import clean
from monitor.language.terms import parse_term
from monitor.matching.compiled import ROUNDING, CompiledCondition, RuleSet, telling_words
from monitor.matching.engine import SUBJECT_WEIGHT, Judgement, Shared
from monitor.matching.levels import relevance_of
from monitor.matching.match import Match, matches_of
from monitor.matching.rules.model import Department, Signal, ThemeFile
from monitor.web.views.evidence import EvidenceMark, MarkedTexts

WEEKS = 12
"""Weeks of the chart of a department's matches."""
DIGESTS = 3
"""Past mails of each department that the preview compares."""
_EVIDENCE_CONTEXT = 60
"""Characters of text shown on either side of a hit."""
_MAX_MARKS = 4
_MAX_READ_UNASKED = 3000
"""Calls that are read at once; of more, the index is asked first which may reach a department."""


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
    kept: int | None = 0
    """Number of calls that both texts give it; None where they are not counted."""
    elsewhere: int = 0
    """Number of calls that one text gives it, and another theme as well."""
    weeks: list[tuple[str, int]] = field(default_factory=list)
    """ISO week and number of calls found in it that the edited theme gives, the oldest first."""
    digests: list[dict[str, Any]] = field(default_factory=list)
    """Past mails with the calls that they would have held (`more`) or not held (`less`)."""


@dataclass(slots=True)
class PreviewOutcome:
    """Effect of an edited theme, or of edited concepts."""

    problems: list[str] = field(default_factory=list)
    """Errors of the edited text alone. With errors that keep it from being read, `departments` is empty."""
    departments: list[DepartmentOutcome] = field(default_factory=list)
    touched: int = 0
    """Number of calls that have any of the theme's words, or of the words that the concepts gained or lost."""
    pages: TermPages = field(default_factory=TermPages)
    """Pages of call documents that have any of these words, those that every call has left aside."""
    documents: bool = False
    """True when the edited theme counts the words of calls' own documents."""
    gates: bool = False
    """True when the edit changes the gates of fit.toml as well, of which the effect is not counted."""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class _Edit:
    """Edited themes alone, before and after, and the rules by which the archive was matched."""

    rules: RuleSet
    old: RuleSet
    new: RuleSet


def in_use(rules: RuleSet, theme: ThemeFile) -> ThemeFile:
    """Return the theme as a live one for its existing departments; a name still being typed is among the problems instead."""
    departments = tuple(name for name in theme.theme.departments if name in rules.departments)
    return theme.model_copy(update={"theme": theme.theme.model_copy(update={"state": "live", "departments": departments})})


def find_candidate_rows(db: Database, rules: RuleSet) -> tuple[set[int], set[int]]:
    """Return the rows that have a word of a theme of `rules`, and those whose points may reach a department.

    Both come from the full-text index alone, which gives an upper bound of each call's points; only the second set must be read.
    """
    touched: set[int] = set()
    candidates: set[int] = set()
    documents = own_documents(db, rules.analyser, asked=rules.asks_documents)
    for number, (conditions, threshold) in enumerate(zip(rules.conditions, rules.lowest_thresholds, strict=True)):
        points, structural = _bounds(db, conditions)
        if documents is not None:
            _add_pages(db, rules, number, documents, points)
        touched.update(points)
        candidates.update(row for row, bound in points.items() if bound + ROUNDING >= threshold - structural)
    return touched, candidates


def _bounds(db: Database, conditions: Iterable[CompiledCondition]) -> tuple[dict[int, float], float]:
    """Return an upper bound of a theme's points by row, and the most that its signals without terms can add to them.

    A call has one programme, so of the signals that ask for programmes only those of one of them count together.
    """
    points: dict[int, float] = {}
    by_programme: dict[str, float] = {"": 0.0}
    anyhow = 0.0
    for compiled in conditions:
        signal = compiled.condition
        if not isinstance(signal, Signal) or signal.weight < 0:
            continue
        if signal.structural:
            for programme in signal.programme:
                by_programme[programme] = by_programme.get(programme, 0.0) + compiled.fields[0][0]
            anyhow += 0.0 if signal.programme else compiled.fields[0][0]
            continue
        needed = find_indexed_ids(db, map(parse_term, signal.needs)) if signal.needs else None
        for worth, zones in compiled.fields:
            rows = find_indexed_ids(db, map(parse_term, signal.words), zones)
            for row in rows if needed is None else rows & needed:
                points[row] = points.get(row, 0.0) + worth
    return points, anyhow + max(by_programme.values())


def _add_pages(db: Database, rules: RuleSet, theme: int, documents: OwnDocuments, points: dict[int, float]) -> None:
    """Add the points of a theme's signals that stand on a page of a call's documents."""
    for compiled, worth in rules.document_conditions.get(theme, ()):
        for row in find_rows_of(db, documents.calls_with(rules.words_of(compiled.specific))) if worth > 0 else ():
            points[row] = points.get(row, 0.0) + worth


def add_theme_effect(
    db: Database, rules: RuleSet, old: ThemeFile | None, new: ThemeFile, outcome: PreviewOutcome, now: datetime
) -> None:
    """Fill in the effect on each department of a theme's new text; `old` and `new` have the terms of their concepts."""
    kept = (in_use(rules, old),) if old is not None and old.theme.state == "live" else ()
    old_rules = replace(rules, themes=kept, extra_terms=())
    new_rules = replace(rules, themes=(in_use(rules, new),), extra_terms=())
    touched_before, candidates_before = find_candidate_rows(db, old_rules)
    touched_after, candidates_after = find_candidate_rows(db, new_rules)
    outcome.touched = len(touched_before | touched_after)
    names = (*new.theme.departments, *(old.theme.departments if old else ()))
    after_keys = _compare_rows(db, _Edit(rules, old_rules, new_rules), names, candidates_before | candidates_after, outcome)
    _add_history(db, outcome.departments, after_keys, now, weekly=True)
    outcome.pages = find_term_pages(db, map(parse_term, telling_words(new_rules)), rules.analyser)
    outcome.documents = new.theme.documents


def add_concept_effect(db: Database, old: RuleSet, new: RuleSet, outcome: PreviewOutcome, now: datetime) -> None:
    """Fill in the effect on every department of other concepts; only what changes is counted, not what stays."""
    edited = {theme.theme.id for theme in new.themes} if old.generic != new.generic else _differing_themes(old, new)
    old_rules, new_rules = (
        replace(rules, themes=tuple(theme for theme in rules.live_themes if theme.theme.id in edited), extra_terms=())
        for rules in (old, new)
    )
    changed = [parse_term(text) for text in sorted(_changed_terms(old_rules, new_rules))]
    rows = find_indexed_ids(db, changed)
    documents = own_documents(db, new.analyser, asked=new_rules.asks_documents)
    if documents is not None:
        rows |= find_rows_of(db, documents.calls_with(tuple(term.text for term in changed)))
    outcome.pages = find_term_pages(db, changed, new.analyser)
    outcome.touched = len(rows)
    if len(rows) > _MAX_READ_UNASKED:
        either = tuple(map(_with_words_of_both, old_rules.themes, new_rules.themes))
        rows &= find_candidate_rows(db, replace(new_rules, themes=either))[1]
    names = [name for theme in new_rules.themes for name in theme.theme.departments]
    _compare_rows(db, _Edit(old, old_rules, new_rules), names, rows, outcome, only_moved=True)
    outcome.gates = old.fit != new.fit
    for department in outcome.departments:
        department.kept = None
    outcome.departments = [department for department in outcome.departments if department.gained or department.lost]
    _add_history(db, outcome.departments, {}, now, weekly=False)


def add_department_effect(db: Database, rules: RuleSet, department: Department, outcome: PreviewOutcome, now: datetime) -> None:
    """Fill in the effect of other values of a department, such as its threshold, on the calls that it gets."""
    alone = tuple(
        theme.model_copy(update={"theme": theme.theme.model_copy(update={"departments": (department.id,)})})
        for theme in rules.live_themes
        if department.id in theme.theme.departments
    )
    old_rules, new_rules = (
        replace(rules, themes=alone, departments={department.id: one}, extra_terms=())
        for one in (rules.departments[department.id], department)
    )
    touched, before = find_candidate_rows(db, old_rules)
    _, after = find_candidate_rows(db, new_rules)
    outcome.touched = len(touched)
    _compare_rows(db, _Edit(rules, old_rules, new_rules), [department.id], before | after, outcome, only_moved=True)
    for changed in outcome.departments:
        changed.kept = None
    _add_history(db, outcome.departments, {}, now, weekly=False)


def _with_words_of_both(one: ThemeFile, other: ThemeFile) -> ThemeFile:
    """Return a theme whose signals have the terms of two texts of it: its upper bound is that of both."""
    signals = tuple(
        second.model_copy(update={"words": _union(first.words, second.words), "needs": _union(first.needs, second.needs)})
        for first, second in zip(one.signal, other.signal, strict=True)
    )
    return other.model_copy(update={"signal": signals})


def _union(one: Iterable[str], other: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *other)))


def _differing_themes(old: RuleSet, new: RuleSet) -> set[str]:
    before = {theme.theme.id: theme for theme in old.themes}
    return {theme.theme.id for theme in new.themes if before.get(theme.theme.id) != theme}


def _changed_terms(old: RuleSet, new: RuleSet) -> set[str]:
    """Return the terms that one of two rule sets has and the other has not, and those that became generic or no longer are."""
    changed = set(old.generic) ^ set(new.generic)
    for one, other in zip(old.themes, new.themes, strict=True):
        for before, after in zip(one.conditions, other.conditions, strict=True):
            changed |= set(before.words) ^ set(after.words)
            if isinstance(before, Signal) and isinstance(after, Signal):
                changed |= set(before.needs) ^ set(after.needs)
    return changed


def _compare_rows(
    db: Database,
    edit: _Edit,
    names: Iterable[str],
    rows: set[int],
    outcome: PreviewOutcome,
    *,
    only_moved: bool = False,
) -> dict[str, set[CallKey]]:
    """Fill in what each department would gain, lose and keep of some rows; return the calls that it would have, by its id.

    With `only_moved`, calls that reach the same departments by either rules are passed over: their gates need not be asked, which
    takes longer than all else.

    Args:
        db: The archive.
        edit: The edited themes.
        names: The departments to compare.
        rows: Numbers of the calls in the index.
        outcome: Where the result is put.
        only_moved: True to pass over calls that keep their departments.
    """
    old, new = edit.old, edit.new
    # With the terms of both in either set of rules, one scan of a call serves both.
    before, after = old.with_terms_of(new), new.with_terms_of(old)
    departments = {
        name: DepartmentOutcome(name, new.departments[name].name) for name in dict.fromkeys(names) if name in new.departments
    }
    edited = [theme.theme.id for theme in (*old.themes, *new.themes)]
    covered = calls_of_other_themes(db, list(departments), edited)
    others = _OtherThemes(db, edit.rules, edited)
    after_keys: dict[str, set[CallKey]] = {name: set() for name in departments}
    documents = own_documents(db, new.analyser, asked=old.asks_documents or new.asks_documents)
    for call, zones in read_indexed_calls(db, new.analyser, rows | list_stale_ids(db)):
        own = documents.of(call.key) if documents is not None else None
        scans = {zone: before.scan(text, zone) for zone, text in zones.items() if text}
        one = Judgement(before, call, scans, stored=partial(stored_reading, db, *call.key), documents=own)
        other = Judgement(after, call, scans, documents=own, shared=Shared(one, frozenset(), gates=old.fit == new.fit))
        if only_moved and _reached(one) == _reached(other):
            continue
        texts = MarkedTexts(db, call)
        old_matches = {match.department: match for match in matches_of(one) if not others.take(one, match.department)}
        new_matches = {match.department: match for match in matches_of(other) if not others.take(other, match.department)}
        for name, department in departments.items():
            if name in new_matches:
                after_keys[name].add(call.key)
            had, has = old_matches.get(name), new_matches.get(name)
            _count_call(department, texts, had, has, covered=(name, call.key) in covered)
    outcome.departments = list(departments.values())
    return after_keys


def _reached(judgement: Judgement) -> dict[str, tuple[int | None, frozenset[str]]]:
    """Return for each reached department what decides whether another department's theme takes the call (`_OtherThemes.take`)."""
    reached = {}
    for name in judgement.departments:
        least = judgement.yields_from(name)
        reached[name] = least, judgement.naming_words(name) if least is not None else frozenset()
    return reached


class _OtherThemes:
    """Themes that are not edited. They are not judged again: the archive has what they gave."""

    def __init__(self, db: Database, rules: RuleSet, edited: Iterable[str]) -> None:
        left_out = set(edited)
        self._db, self._departments = db, rules.departments
        # Themes that yield take nothing.
        self._naming = {
            file.theme.id: {signal.id for signal in file.signal if signal.weight >= SUBJECT_WEIGHT}
            for file in rules.live_themes
            if file.theme.id not in left_out and not file.theme.yields
        }

    def take(self, judgement: Judgement, name: str) -> bool:
        """Return True when another theme takes the call from a department, as `Judgement.taken_by` says of all themes."""
        least = judgement.yields_from(name)
        if least is None:
            return False
        words = judgement.naming_words(name)
        return any(
            stored.department != name
            and stored.id in self._naming
            and stored.department in self._departments
            and relevance_of(stored.points, self._departments[stored.department].threshold) >= least
            and not words.issuperset(word for signal, word in stored.words if signal in self._naming[stored.id])
            for stored in list_stored_themes(self._db, judgement.call.key)
        )


def _count_call(
    department: DepartmentOutcome, texts: MarkedTexts, old: Match | None, new: Match | None, *, covered: bool
) -> None:
    """Count a call for a department; `covered` says that another theme gives it to the department as well."""
    if old is not None and new is not None:
        department.kept = (department.kept or 0) + 1
    elif old is None and new is None:
        return
    elif covered:
        department.elsewhere += 1
    elif new is not None:
        department.gained.append(_moved_call(texts, new))
    elif old is not None:
        department.lost.append(_moved_call(texts, old))


def _moved_call(texts: MarkedTexts, match: Match) -> MovedCall:
    call = texts.call
    placed = [item for item in match.evidence if item.start >= 0 and not item.generic][:_MAX_MARKS]
    marks = tuple(texts.mark(item, _EVIDENCE_CONTEXT, item.named_place) for item in placed)
    return MovedCall(call.key, clean(call.title) or call.call_id, match.level, marks)


def _add_history(
    db: Database,
    departments: Iterable[DepartmentOutcome],
    after_keys: Mapping[str, set[CallKey]],
    now: datetime,
    *,
    weekly: bool,
) -> None:
    """Fill in the past mails as they would have been, and with `weekly` the matches per week under the new text."""
    weeks = [iso_week((now - timedelta(weeks=back)).date()) for back in range(WEEKS - 1, -1, -1)] if weekly else []
    kept = list(departments)
    moved = {item.key for department in kept for item in (*department.gained, *department.lost)}
    days = first_seen_days(db, {key for keys in after_keys.values() for key in keys} | moved)
    for department in kept:
        counts = Counter(iso_week(date.fromisoformat(days[key])) for key in after_keys.get(department.id, ()) if key in days)
        department.weeks = [(week, counts[week]) for week in weeks]
        department.digests = list(_compare_digests(department, list_recent_digests(db, department.id, DIGESTS + 1), days))


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
