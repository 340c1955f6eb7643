"""Concepts: one meaning each, with its words in Swedish and in English; rules name them, and the search widens by them.

`rules/concepts/*.toml` holds them (docs/koordinator.md has the format); `monitor.matching.rules` reads and checks the files. Pure: a
`Concepts` is made of what was read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from unicodedata import normalize

from monitor.language.terms import Ask, Term, parse_term

_WHOLE = frozenset({Ask.WORDS, Ask.EXACT})
_INITIALS = 2
"""Letters by which terms are kept apart before they are analysed: analysing all of them takes longer than a search."""

_Key = tuple[bool, tuple[str, ...]]
"""Key of a term: whether it asks for capitals, and one of its variants."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """Meaning with the terms that stand for it, each written as in a rule, in dictionary form."""

    id: str
    sv: tuple[str, ...]
    """Terms in Swedish, the usual word first."""
    en: tuple[str, ...]
    """Terms in English, the usual word first."""
    broader: str = ""
    """Id of the concept of the wider subject, or ""."""
    programme: tuple[str, ...] = ()
    """Ids of the programmes that the concept is."""
    also: bool = False
    """True when a term of the concept stands in another one on purpose."""
    note: str = ""
    """Note in Swedish to the coordinator."""
    area: str = ""
    """Title of the file that has the concept: its subject area, in Swedish."""

    @property
    def terms(self) -> tuple[str, ...]:
        """Return the terms in Swedish, then those in English, each text once."""
        return tuple(dict.fromkeys((*self.sv, *self.en)))


class Concepts:
    """Lookup of concepts by their ids and by their terms."""

    def __init__(self, concepts: Iterable[Concept] = ()) -> None:
        """Keep the concepts in their order; of two with one id, the first counts."""
        self._by_id: dict[str, Concept] = {}
        for concept in concepts:
            self._by_id.setdefault(concept.id, concept)
        self._waiting: dict[str, list[tuple[str, Concept]]] | None = None
        self._ready: dict[str, Mapping[_Key, tuple[Concept, ...]]] = {}

    def __iter__(self) -> Iterator[Concept]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def __contains__(self, concept_id: object) -> bool:
        return concept_id in self._by_id

    def get(self, concept_id: str) -> Concept | None:
        """Return the concept with this id, or None."""
        return self._by_id.get(concept_id)

    def terms(self, concept_id: str) -> tuple[str, ...]:
        """Return the terms of a concept, as `Concept.terms` does; none for an unknown id."""
        concept = self._by_id.get(concept_id)
        return concept.terms if concept is not None else ()

    def narrower(self, concept_id: str) -> tuple[Concept, ...]:
        """Return the concepts that name this one as their broader one."""
        return tuple(concept for concept in self if concept.broader == concept_id)

    def of_term(self, term: Term) -> tuple[Concept, ...]:
        """Return the concepts that have the term, whatever its inflection, in their order.

        A term has a concept when the two share a variant: the same lemmas, written open or closed, in either language. A term with
        a star has none; one in capitals has those with the same capitals.

        >>> waste = Concept(id="avfall", sv=("avfall", "sopor"), en=("waste", "refuse"))
        >>> [concept.id for concept in Concepts([waste]).of_term(parse_term("avfallet"))]
        ['avfall']
        """
        if term.ask not in _WHOLE:
            return ()
        found: dict[str, Concept] = {}
        initials = {_initials(term.text), *(_initials("".join(variant)) for variant in term.variants)}
        for key in _keys(term):
            for first in initials:
                found.update({concept.id: concept for concept in self._bucket(first).get(key, ())})
        return tuple(concept for concept in self if concept.id in found) if len(found) > 1 else tuple(found.values())

    def _bucket(self, initials: str) -> Mapping[_Key, tuple[Concept, ...]]:
        """Return the concepts by the keys of their terms, of those terms that begin with these letters."""
        if self._waiting is None:
            self._waiting = defaultdict(list)
            for concept in self:
                for text in concept.terms:
                    self._waiting[_initials(text)].append((text, concept))
        if initials not in self._ready:
            ready: dict[_Key, dict[str, Concept]] = defaultdict(dict)
            for text, concept in self._waiting.get(initials, ()):
                for key in _keys(_parsed(text)):
                    ready[key][concept.id] = concept
            self._ready[initials] = {key: tuple(concepts.values()) for key, concepts in ready.items()}
        return self._ready[initials]


def _parsed(text: str) -> Term | None:
    """The term, or None for one that can never be found: `rules check` names it, a search goes on without it."""
    try:
        return parse_term(text)
    except ValueError:
        return None


def _keys(term: Term | None) -> list[_Key]:
    return [(term.ask is Ask.EXACT, variant) for variant in term.variants] if term is not None and term.ask in _WHOLE else []


def _initials(text: str) -> str:
    """The first letters of a term, by which it is kept apart."""
    letters = (letter for letter in normalize("NFC", text).casefold() if letter.isalnum())
    return "".join(islice(letters, _INITIALS))
