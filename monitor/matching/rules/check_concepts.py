"""Checks of concepts: ids, terms that stand in two of them, broader concepts and programmes; and of the generic words."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from monitor.language.analyser import analyser
from monitor.language.detect import ENGLISH, SWEDISH
from monitor.language.terms import MatchMode, term_mode
from monitor.matching.rules import lines
from monitor.matching.rules.files import RuleFiles
from monitor.matching.rules.model import ConceptRow, FitFile, GenericFile, ThemeFile
from monitor.matching.rules.references import check_concept_ids, check_programmes, check_terms, hint_concept
from monitor.paths import GENERIC

_TermKey = tuple[str, str]
"""Key of a term among all concepts: its language, or another name of how it is alike, and its letters."""


class _Place(NamedTuple):
    """Place of a concept, or of a part of it."""

    file: str
    path: lines.Path
    row: ConceptRow


def check_concepts(found: RuleFiles) -> None:
    """Add every problem of the concepts."""
    owners: dict[str, _Place] = {}
    for place in _rows(found):
        first = owners.setdefault(place.row.id, place)
        if first is not place:
            problem = f"begreppet {place.row.id}: id:t är redan taget i {_where(found, first)}"
            found.add_problem(place.file, (*place.path, "id"), problem)
        for key, words in (("sv", place.row.sv), ("en", place.row.en)):
            check_terms(found, place.file, (*place.path, key), words)
            _check_form(found, place, key, words)
        if place.row.programme:
            check_programmes(found, place.file, (*place.path, "programme"), place.row.programme)
    _check_shared_terms(found)
    _check_broader(found, owners)


def _rows(found: RuleFiles) -> Iterator[_Place]:
    for file, value in found.concept_files.items():
        for number, row in enumerate(value.concept):
            yield _Place(file, ("concept", number), row)


def _where(found: RuleFiles, place: _Place) -> str:
    return f"{place.file} rad {found.line_of(place.file, place.path)}"


def _check_form(found: RuleFiles, place: _Place, key: str, words: tuple[str, ...]) -> None:
    """Add terms with a star, and terms that a list has twice."""
    for number, word in enumerate(words):
        if "*" in word:
            problem = f"begreppet {place.row.id}: {word!r} har en stjärna; den hör hemma i ett temas words, begrepp har hela ord"
            found.add_problem(place.file, (*place.path, key, number), problem)
        elif word in words[:number]:
            found.add_problem(place.file, (*place.path, key, number), f"begreppet {place.row.id}: {word!r} står två gånger")


def _check_shared_terms(found: RuleFiles) -> None:
    """Add the terms that stand in two concepts, neither of which says that it is on purpose."""
    owners: dict[_TermKey, _Place] = {}
    for place in _rows(found):
        if place.row.also:
            continue
        named: set[str] = set()
        for language, key, words in ((SWEDISH, "sv", place.row.sv), (ENGLISH, "en", place.row.en)):
            for number, word in enumerate(words):
                for term in _term_keys(word, language):
                    first = owners.setdefault(term, place)
                    other = first.row.id
                    if other == place.row.id or other in named:
                        continue
                    named.add(other)
                    problem = (
                        f"begreppet {place.row.id}: {word!r} står redan i begreppet {other} ({_where(found, first)}); "
                        "ta bort det, eller skriv also = true om det ska stå i båda"
                    )
                    found.add_problem(place.file, (*place.path, key, number), problem)


@lru_cache(maxsize=50_000)
def _term_keys(word: str, language: str) -> tuple[_TermKey, ...]:
    """Return the keys that make two terms one: the same text, or the same word in the same language, written open or closed."""
    # Kept, since the rule lab checks all concepts at each edit.
    text = ("text", word.casefold())
    try:
        mode = term_mode(word)
    except ValueError:
        return (text,)
    if mode is not MatchMode.WORDS:
        return (text,)
    return text, (language, "".join(analyser().lemmas(word.replace("-", " ").split(), language)))


def _check_broader(found: RuleFiles, owners: dict[str, _Place]) -> None:
    """Add broader concepts that do not exist, and those that lead back to where they began."""
    for place in owners.values():
        if place.row.broader and place.row.broader not in owners:
            problem = (
                f"begreppet {place.row.id}: broader {place.row.broader!r} finns inte{hint_concept(found, place.row.broader)}"
            )
            found.add_problem(place.file, (*place.path, "broader"), problem)
    settled: set[str] = set()
    for start in owners:
        trail: list[str] = []
        at = start
        while at in owners and at not in settled and at not in trail:
            trail.append(at)
            at = owners[at].row.broader
        if at in trail:
            circle = trail[trail.index(at) :]
            first = owners[circle[0]]
            round_trip = " → ".join((*circle, circle[0]))
            found.add_problem(first.file, (*first.path, "broader"), f"begreppet {circle[0]}: broader går runt, {round_trip}")
        settled.update(trail)


def check_generic(found: RuleFiles) -> None:
    """Add the problems of the generic words."""
    generic = found.get(GENERIC, GenericFile)
    if generic is not None:
        check_terms(found, GENERIC, ("words",), generic.words)
        check_concept_ids(found, GENERIC, ("concepts",), generic.concepts)


def theme_concepts(theme: ThemeFile) -> frozenset[str]:
    """Return the ids of the concepts that a theme names."""
    needed = (signal.needs_concepts for signal in theme.signal)
    return frozenset().union(*(condition.concepts for condition in theme.conditions), *needed)


def find_unused(found: RuleFiles) -> tuple[str, ...]:
    """Return the ids of the concepts that no theme, gate or list names. The search uses all of them."""
    used: set[str] = set()
    used.update(*map(theme_concepts, found.themes.values()))
    fit, generic = found.get("fit.toml", FitFile), found.get(GENERIC, GenericFile)
    for row in (*fit.offer, *fit.answer) if fit is not None else ():
        used.update(row.concepts, row.unless_concepts)
    used.update(generic.concepts if generic is not None else ())
    return tuple(sorted(concept.id for concept in found.concepts if concept.id not in used))
