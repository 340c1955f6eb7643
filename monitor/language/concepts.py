"""Concepts: one meaning each, with its words in Swedish and in English; rules name them, and the search widens by them.

`rules/concepts/*.toml` holds them (docs/koordinator.md has the format); `monitor.matching.rules` reads and checks the files.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from monitor.language import tokens
from monitor.language.dots import without_dots
from monitor.language.terms import MatchMode, Term, parse_term
from monitor.language.termset import Span, TermSet

_WHOLE = frozenset({MatchMode.WORDS, MatchMode.EXACT})
_INITIALS = 2
"""Letters by which terms are kept apart before they are analysed: analysing all of them takes longer than a search."""
_MAX_ENDING = 3
"""Letters by which two forms of a term differ in length at most; terms of other lengths are not analysed, for the same reason."""

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
    is_subject: bool = True
    """False for a concept that says who pays and how one applies, not what a project is about."""

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

    def broader_than(self, concept_ids: Iterable[str]) -> set[str]:
        """Return the ids of all concepts above these."""
        above: set[str] = set()
        waiting = list(concept_ids)
        while waiting:
            concept = self._by_id.get(waiting.pop())
            if concept is not None and concept.broader and concept.broader not in above:
                above.add(concept.broader)
                waiting.append(concept.broader)
        return above

    def variants(self, concept_id: str) -> tuple[tuple[str, ...], ...]:
        """Return the sequences of lemmas that the terms of a concept match, each once; none of a term written in more words."""
        terms = filter(None, map(_parsed, self.terms(concept_id)))
        variants = (variant for term in terms for variant in term.variants if len(variant) <= len(tokens.pieces(term.text)))
        return tuple(dict.fromkeys(variants))

    def of_term(self, term: Term) -> tuple[Concept, ...]:
        """Return the concepts that have the term, whatever its inflection, in their order.

        A term has a concept when the two share a variant: the same lemmas, written open or closed, in either language. A term
        with a star has none; a term in capitals has those with the same capitals.

        >>> waste = Concept(id="avfall", sv=("avfall", "sopor"), en=("waste", "refuse"))
        >>> [concept.id for concept in Concepts([waste]).of_term(parse_term("avfallet"))]
        ['avfall']
        """
        if term.mode not in _WHOLE:
            return ()
        keys = set(_keys(term))
        starts = {_initials(term.text), *(_initials("".join(variant)) for variant in term.variants)}
        lengths = {len(term.text), *(len(" ".join(variant)) for variant in term.variants)}
        found: dict[str, Concept] = {}
        for text, concept in (row for start in starts for row in self._by_initials.get(start, ())):
            if any(abs(len(text) - length) <= _MAX_ENDING for length in lengths) and not keys.isdisjoint(_keys(_parsed(text))):
                found[concept.id] = concept
        return tuple(concept for concept in self if concept.id in found) if len(found) > 1 else tuple(found.values())

    def terms_in(self, lemma_text: str) -> dict[str, list[Term]]:
        """Return the concepts that a text tells of, by their ids in their order, each with its terms that stand in the text.

        A term that stands only inside a longer one does not count: "waste" in "waste water". The first text takes longer, as
        all terms are parsed for it.

        Args:
            lemma_text: Text as `monitor.language.analyser` stores it.
        """
        terms, owners = self._term_set
        scan = terms.scan(lemma_text)
        long = {place for place in scan.places.values() if place[1] > place[0]}
        found: dict[str, list[Term]] = {}
        for number, place in sorted(scan.places.items()):
            if _is_inside(place, long) and all(_is_inside(span, long) for some in scan.spans(number) for span in some):
                continue
            for concept_id in owners[number]:
                found.setdefault(concept_id, []).append(terms.terms[number])
        return found

    @cached_property
    def _term_set(self) -> tuple[TermSet, list[list[str]]]:
        """All terms, and the ids of the concepts of each."""
        owners: dict[Term, list[str]] = {}
        for concept in self:
            for term in filter(None, map(_parsed, concept.terms)):
                owners.setdefault(term, []).append(concept.id)
        return TermSet(owners), list(owners.values())

    @cached_property
    def _by_initials(self) -> Mapping[str, list[tuple[str, Concept]]]:
        """Terms and their concepts by the first letters of the terms."""
        rows: dict[str, list[tuple[str, Concept]]] = defaultdict(list)
        for concept in self:
            for text in concept.terms:
                rows[_initials(text)].append((text, concept))
        return dict(rows)

    @cached_property
    def words(self) -> frozenset[str]:
        """Return the words of all terms, in lower case."""
        texts = (text for concept in self for text in concept.terms)
        return frozenset(tokens.form(piece.text).word for text in texts for piece in tokens.pieces(text))

    def dotted(self, spelling: str) -> tuple[str, ...]:
        """Return the terms in lower case that `without_dots` makes this spelling of, and that have dots."""
        return tuple(self._by_spelling.get(spelling, ()))

    @cached_property
    def _by_spelling(self) -> Mapping[str, list[str]]:
        """Terms with dots, in lower case, by their spelling without."""
        terms: dict[str, list[str]] = defaultdict(list)
        for text in dict.fromkeys(term.casefold() for concept in self for term in concept.terms if not term.isascii()):
            terms[without_dots(text)].append(text)
        return dict(terms)


def _is_inside(span: Span, others: Iterable[Span]) -> bool:
    """Return whether one of the others begins no later, ends no earlier and is longer."""
    return any(first <= span[0] and span[1] <= last and (first, last) != span for first, last in others)


def _parsed(text: str) -> Term | None:
    """Return the term; None for a text that can never be found, which `rules check` names."""
    try:
        return parse_term(text)
    except ValueError:
        return None


def _keys(term: Term | None) -> list[_Key]:
    return (
        [(term.mode is MatchMode.EXACT, variant) for variant in term.variants] if term is not None and term.mode in _WHOLE else []
    )


def _initials(text: str) -> str:
    """Return the first letters of a term, by which it is kept apart."""
    start = text[:_INITIALS]
    if start.isalpha():  # fast path: most terms begin with two composed letters
        return start.casefold()
    return "".join(tokens.form(piece.text).word for piece in tokens.pieces(text))[:_INITIALS]
