"""Funded projects that are like a call: by the concepts and words that both have, the likest and nearest first.

Candidates come from the index of the projects' texts (`monitor.awards.texts`); the concepts and words that a project is said to
share with the call are then read from its own title and summary, so that none is told which does not stand there.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from heapq import nlargest
from importlib import resources
from math import log
from typing import Any

from monitor.archive.connection import Database
from monitor.awards.history import leading_participant, name_country, numbers_by_pic, owners_by_number, participants_of
from monitor.awards.organisations import NamedOrganisation, Sureness, county_steps, find_municipality, identify
from monitor.awards.texts import count_texts, count_words, find_texts, has_texts, narrow, project_lemmas, words_of
from monitor.language.analyser import Analyser
from monitor.language.concepts import Concepts
from monitor.language.detect import small_words

MOST_SHOWN = 5
_ZONE_WEIGHTS = {"title": 3.0, "summary": 1.5, "context": 1.0, "body": 0.5}
"""Zones of a call, with the weight of their concepts."""
_WORD_ZONES = ("title", "summary")
"""Zones whose single words count: the publisher's keywords and the body have too many beside the subject."""
_FEW_CONCEPTS = 3
"""Concepts in the other zones below which those of the body count as well."""
_CONCEPT_WEIGHT = 1.5
"""Weight of a concept in relation to a word: a person chose its terms."""
_COMMON_SHARE = 0.04
"""Share of all texts from which a word says nothing about the subject."""
_COMMON_CONCEPT = 3
"""Number of times that a concept may be as common as a word."""
_LEAST_COMMON, _MOST_COMMON = 60, 2_000
"""Texts below which no word is common, however few there are in all, and above which every one is."""
_MOST_SEEN = 6_000
"""Texts with a mark that are looked at, one with several marks several times: a page must not wait for more."""
_MIN_LETTERS = 4
_MOST_MARKS = 16
_MOST_JUDGED, _MOST_READ = 40, 12
"""Candidates by the index, and the nearest and likest of them whose texts are read."""
_LEAST_SHARED, _LEAST_WORDS = 2, 3
"""Fewest concepts and words that make a project like the call, with a concept among them and without."""
_MOST_NAMED = 6
_LEAST_LIKENESS = 0.12
"""Least part of the call's own weight that a project has: below, the two share words rather than a subject."""
_NEAR = {"SE": 1.25, "DK": 1.1, "FI": 1.1, "NO": 1.1, "IS": 1.1}
"""Factor of a project's likeness by the nearest country of its participants."""
_MUNICIPAL, _NEIGHBOUR = 1.4, 1.5
"""Factor when a participant is a Swedish municipality, and when it is one in the own county or one beside it."""
_MOST_SWEDISH = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarProject:
    """Funded project that shares concepts or words with a call."""

    title: str
    programme: str
    year: int | None
    granted: int | None
    """Grant in whole units of `currency`; None when not stated."""
    currency: str
    url: str
    """Page of the project at its publisher, or ""."""
    publisher: str
    """Key of ORIGINS."""
    coordinator: str
    """Name and country of the coordinator, or ""."""
    swedish: tuple[str, ...]
    """Names of at most two other partners in Sweden."""
    shared: tuple[str, ...]
    """Concepts (their usual word) and words that stand in the call and in the project, the most telling first."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """Concept or word of a call."""

    name: str
    """Id of the concept, or the lemma."""
    alternatives: tuple[tuple[str, ...], ...]
    """Lemmas of which a text has all of one sequence when it may have the mark."""
    weight: float
    is_concept: bool = False
    is_leading: bool = False
    """True for a concept that stands outside the body, which mentions many things beside the subject."""


class CallSubject:
    """Concepts and words that say what a call is about."""

    def __init__(self, zones: Mapping[str, str], concepts: Concepts, generic: Collection[str] = ()) -> None:
        """Read the subject of a call.

        Args:
            zones: Lemma text of each zone of the call, as the archive stores it.
            concepts: Concepts of the rules in force.
            generic: Terms of the rules that nearly every call has.
        """
        self.concepts = concepts
        self._generic = frozenset(generic)
        self.marks = sorted(self._read(zones), key=lambda mark: (-mark.weight, mark.name))[:_MOST_MARKS]
        """Concepts and words, the weightiest first."""

    def _read(self, zones: Mapping[str, str]) -> Iterator[_Mark]:
        named: dict[str, str] = {}
        spoken_for: set[str] = set()
        for zone in _ZONE_WEIGHTS:
            if zone == "body" and len(named) >= _FEW_CONCEPTS:
                break
            found = self.concepts.terms_in(zones.get(zone, ""))
            spoken_for.update(word for terms in found.values() for term in terms for form in term.variants for word in form)
            for name in filter(self.is_subject, found):
                named.setdefault(name, zone)
        for name, zone in named.items():
            weight = _CONCEPT_WEIGHT * _ZONE_WEIGHTS[zone]
            yield _Mark(name, self.concepts.variants(name), weight, is_concept=True, is_leading=zone != "body")
        words: dict[str, float] = {}
        for zone in _WORD_ZONES:
            for word in words_of(zones.get(zone, "")) - spoken_for:
                words.setdefault(word, _ZONE_WEIGHTS[zone])
        for word in words.keys() - self._generic:
            if _is_telling(word):
                yield _Mark(word, ((word,),), words[word])

    def is_subject(self, concept_id: str) -> bool:
        """Return whether a concept says what something is about; a programme and a generic one do not."""
        concept = self.concepts.get(concept_id)
        return (
            concept is not None
            and concept.is_subject
            and not concept.programme
            and self._generic.isdisjoint((*concept.sv[:1], *concept.en[:1]))
        )

    def marks_in(self, lemma_text: str) -> list[_Mark]:
        """Return the marks of the call that a text has, without those that are broader than another."""
        words, concepts = words_of(lemma_text), self.concepts.terms_in(lemma_text)
        found = [mark for mark in self.marks if mark.name in (concepts if mark.is_concept else words)]
        broader = self.concepts.broader_than(mark.name for mark in found if mark.is_concept)
        return [mark for mark in found if not (mark.is_concept and mark.name in broader)]

    def label(self, mark: _Mark, language: str) -> str:
        """Return a mark as a reader is told of it: a concept by its usual word in a language, a word as it is."""
        concept = self.concepts.get(mark.name) if mark.is_concept else None
        if concept is None:
            return mark.name
        return ((*concept.en, *concept.sv) if language == "en" else concept.terms)[0]


@cache
def _general_words() -> frozenset[str]:
    """Return the words that nearly every call and project has."""
    data = tomllib.loads((resources.files("monitor.awards") / "data" / "general_words.toml").read_text("utf-8"))
    return frozenset(word for words in data.values() for word in words)


def _is_telling(word: str) -> bool:
    return len(word) >= _MIN_LETTERS and word.isalpha() and word not in small_words() and word not in _general_words()


def similar_projects(
    db: Database,
    subject: CallSubject,
    analyser: Analyser,
    *,
    home: str = "",
    language: str = "sv",
    family: str = "",
    most: int = MOST_SHOWN,
) -> list[SimilarProject]:
    """Return the projects that are likest to a call.

    Args:
        db: Open file of funded projects.
        subject: Concepts and words of the call.
        analyser: Analyser of the projects' texts.
        home: Name of the reader's municipality, to which others are near or far; "" for none.
        language: Language of the concepts' words, sv or en.
        family: Family of the call, whose own projects are left out: they are told of as earlier rounds.
        most: Largest number of projects.
    """
    if not has_texts(db):
        return []
    total = int(db.execute("SELECT count(*) FROM texts").fetchone()[0])
    values, sums = _look_up(db, subject.marks, total)
    whole = sum(values.values())
    projects = _projects(db, nlargest(_MOST_JUDGED, sums, key=lambda text: (sums[text], text)), family)
    participants = participants_of(db, [project["id"] for project in projects])
    near = _Nearness(db, home, [one for who in participants.values() for one in who])
    factors = {project["id"]: near.factor(participants.get(project["id"], [])) / whole for project in projects}
    projects.sort(key=lambda project: -sums[project["text"]] * factors[project["id"]])
    found: list[tuple[float, SimilarProject]] = []
    for project in projects[:_MOST_READ]:
        # What the index says of a text is the most that it can have: the rest needs no reading when enough are likelier.
        if len(found) == most and sums[project["text"]] * factors[project["id"]] <= found[-1][0]:
            break
        text = project_lemmas(analyser, project["title"], project["summary"])
        shared = sorted((mark for mark in subject.marks_in(text) if mark in values), key=lambda mark: (-values[mark], mark.name))
        value = sum(values[mark] for mark in shared)
        if value >= _LEAST_LIKENESS * whole and _is_alike(shared, subject.marks):
            names = [subject.label(mark, language) for mark in shared[:_MOST_NAMED]]
            found.append((value * factors[project["id"]], _similar(project, participants.get(project["id"], []), names)))
            found = sorted(found, key=lambda row: (-row[0], -(row[1].year or 0), row[1].title))[:most]
    return [project for _, project in found]


class _Nearness:
    """Factors of projects by the nearest of their participants."""

    def __init__(self, db: Database, home: str, participants: Iterable[Mapping[str, Any]]) -> None:
        self._steps = county_steps(home)
        swedish = [one for one in participants if one["country"] == "SE"]
        self._numbers = numbers_by_pic(db, (one["pic"] for one in swedish))
        self._owners = owners_by_number(db, {*self._numbers.values(), *(one["number"] for one in swedish)})

    def factor(self, participants: Iterable[Mapping[str, Any]]) -> float:
        """Return the factor of a project with these participants, 1 for none that is near."""
        return max((max(_NEAR.get(one["country"], 1.0), self._municipal(one)) for one in participants), default=1.0)

    def _municipal(self, one: Mapping[str, Any]) -> float:
        if one["country"] != "SE":
            return 1.0
        organisation = NamedOrganisation(one["name"], one["number"], one["pic"], "SE", one["place"], one["region"])
        identified = identify(organisation, numbers=self._numbers, owners=self._owners)
        if identified is None or identified.sureness is not Sureness.SURE:
            return 1.0
        place = find_municipality(identified.municipality)
        return _NEIGHBOUR if place and self._steps.get(place.county, 2) <= 1 else _MUNICIPAL


def _is_alike(shared: Sequence[_Mark], marks: Sequence[_Mark]) -> bool:
    """Return whether shared marks show a common subject, among all marks of the call.

    That is a leading concept and something more. Where the call has no leading concept it is two concepts, else several words.
    """
    concepts = [mark for mark in shared if mark.is_concept]
    if any(mark.is_leading for mark in marks):
        return len(shared) >= _LEAST_SHARED and any(mark.is_leading for mark in concepts)
    return len(concepts) >= _LEAST_SHARED or len(shared) >= _LEAST_WORDS


def _look_up(db: Database, marks: Sequence[_Mark], total: int) -> tuple[dict[_Mark, float], dict[int, float]]:
    """Return the value of each mark that says something, and of each text the sum of the values of the marks it may have.

    The rarest marks are looked up first; common ones are not when enough texts were seen, and then count as if every text had
    them, so that a sum is never less than what the text is worth.
    """
    common = max(_LEAST_COMMON, min(_MOST_COMMON, int(_COMMON_SHARE * total)))
    in_texts = count_words(db, {word for mark in marks for sequence in mark.alternatives for word in sequence})
    alternatives = {mark: found for mark in marks if (found := narrow(mark.alternatives, in_texts))}
    counts: dict[_Mark, int] = {}
    for mark, found in alternatives.items():
        most = _COMMON_CONCEPT * common if mark.is_concept else common
        count = count_texts(db, found, in_texts, most)
        if 0 < count <= most:
            counts[mark] = count
    values = {mark: mark.weight * log(1 + total / count) for mark, count in counts.items()}
    sums: dict[int, float] = defaultdict(float)
    seen, rest = 0, 0.0
    for mark, count in sorted(counts.items(), key=lambda item: item[1]):
        seen += count
        if seen > _MOST_SEEN and sums:
            rest += values[mark]
            continue
        value = values[mark]
        for text in find_texts(db, alternatives[mark]):
            sums[text] += value
    return values, {text: value + rest for text, value in sums.items()} if rest else sums


def _projects(db: Database, texts: Sequence[int], family: str) -> list[dict[str, Any]]:
    """Return the projects with these texts but for those of a family, each once: publishers' lists share grants."""
    found: dict[str, dict[str, Any]] = {}
    for project in db.query(
        "SELECT id, source, key, title, summary, programme, year, granted, currency, url, text FROM projects"
        f" WHERE text IN ({', '.join('?' * len(texts))}) AND (family = '' OR family != ?)"
        " ORDER BY granted IS NULL, year DESC, source",
        [*texts, family],
    ):
        found.setdefault(project["key"], project)
    return list({project["text"]: project for project in reversed(found.values())}.values())


def _similar(project: Mapping[str, Any], who: Sequence[Mapping[str, Any]], shared: Sequence[str]) -> SimilarProject:
    leader = leading_participant(who)
    others = (one["name"] for one in who if one["country"] == "SE" and one["name"] and one is not leader)
    return SimilarProject(
        title=project["title"],
        programme=project["programme"],
        year=project["year"],
        granted=None if project["granted"] is None else round(project["granted"] / 100),
        currency=project["currency"],
        url=project["url"],
        publisher=project["source"],
        coordinator=name_country(leader),
        swedish=tuple(dict.fromkeys(others))[:_MOST_SWEDISH],
        shared=tuple(shared),
    )
