"""What a word stands near that no call holds: narrower subjects, the parts of a compound, the wider subject.

"Demenssjuka" is no term of a concept, but its parts are: calls on dementia answer it. The readings of a clause come the surest
first; the search takes the first that a call holds (`monitor.archive.search.tiers`) and tells the reader what it searched for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from monitor.language import tokens
from monitor.language.concepts import Concept
from monitor.language.detect import SWEDISH
from monitor.language.lemma import lexicon
from monitor.language.terms import MatchMode, Term, parse_term
from monitor.language.widening import Clause, SearchVocabulary, terms_of, widen_term

_MIN_PART = 3
"""Letters of the shortest part of a compound that is searched for."""


class RelatedClause(NamedTuple):
    """Clause that may take the place of one that no call holds."""

    clause: Clause
    shown: tuple[Term, ...]
    """Terms that a reader is told of."""


def related_clauses(clause: Clause, vocabulary: SearchVocabulary) -> Iterator[tuple[RelatedClause, ...]]:
    """Yield groups of readings of a clause, the surest group first; of one group, the reading that the fewest calls hold is best.

    1. the narrower concepts of those that the clause stands for
    2. both halves of a compound
    3. one half of a compound
    4. the wider concepts
    """
    typed = _whole(clause)
    if typed is None or typed.mode is not MatchMode.WORDS:
        return
    narrower = narrower_clause(clause, vocabulary)
    yield (narrower,) if narrower is not None else ()
    both, alone = [], dict[RelatedClause, None]()
    if len(clause.words) == 1:
        for halves in lexicon().halves(tokens.form(typed.text).word, SWEDISH):
            parts = [_part(half, vocabulary) for half in halves]
            if all(parts):
                both.append(_of_parts(clause, [part for part in parts if part]))
            alone.update((_of_parts(clause, [part]), None) for part in parts if part and part.clause.others)
    yield tuple(both)
    yield tuple(alone)
    wider = (vocabulary.concepts.get(one.broader) for one in vocabulary.concepts.of_term(typed))
    yield tuple(_of_concepts(clause, [other for other in wider if other is not None]))


def narrower_clause(clause: Clause, vocabulary: SearchVocabulary) -> RelatedClause | None:
    """Return a clause with the terms of the narrower concepts as well; None where there are none."""
    typed = _whole(clause)
    concepts = vocabulary.concepts.of_term(typed) if typed is not None else ()
    return next(_of_concepts(clause, [other for one in concepts for other in vocabulary.concepts.narrower(one.id)]), None)


def _whole(clause: Clause) -> Term | None:
    """Return the term of all words of a clause."""
    try:
        return parse_term(" ".join(term.text for term in clause.words))
    except ValueError:
        return None


def _of_concepts(clause: Clause, concepts: list[Concept]) -> Iterator[RelatedClause]:
    others = tuple(dict.fromkeys(term for concept in concepts for term in terms_of(concept, ())))
    if others:
        yield RelatedClause(Clause(words=clause.words, parts=clause.parts, others=(*clause.others, *others)), others)


def _part(half: str, vocabulary: SearchVocabulary) -> RelatedClause | None:
    """Return the clause of a part of a compound with the terms of its concepts; None for a part too short to say something."""
    if len(half) < _MIN_PART:
        return None
    term = parse_term(half)
    found = widen_term(term, vocabulary)
    if found.optional:
        return None
    return RelatedClause(Clause(words=(term,), others=found.others), (term, *found.others))


def _of_parts(clause: Clause, parts: list[RelatedClause]) -> RelatedClause:
    held = tuple(Clause(words=part.clause.words, others=part.shown) for part in parts)
    shown = tuple(dict.fromkeys(term for part in parts for term in (*part.clause.others, *part.clause.words)))
    return RelatedClause(Clause(words=clause.words, parts=held), shown)
