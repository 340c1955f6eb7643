"""Concepts in rules: the lookup of the files, and conditions with the terms of the concepts that they name.

Rules are matched on terms alone. So a rule that names a concept is the same as one with the concept's terms written behind its
own; the concepts that are narrower or broader add nothing to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TypeVar

from monitor.language.concepts import Concept, Concepts
from monitor.matching.rules.model import ConceptFile, Condition, FitFile, FitRow, GenericFile, Signal, ThemeFile

_Condition = TypeVar("_Condition", bound=Condition)
_Row = TypeVar("_Row", bound=FitRow)


@lru_cache(maxsize=4)
def make_concepts(files: tuple[ConceptFile, ...]) -> Concepts:
    """Return the concepts of some files."""
    # Kept, since a Concepts remembers the terms that it has analysed.
    return Concepts(
        Concept(area=file.title, is_subject=file.subject, **row.model_dump()) for file in files for row in file.concept
    )


def write_out(words: Iterable[str], ids: Iterable[str], concepts: Concepts) -> tuple[str, ...]:
    """Return the words, then the terms of the concepts with these ids, each once. Unknown ids add nothing."""
    return tuple(dict.fromkeys((*words, *(term for name in ids for term in concepts.terms(name)))))


def resolve_condition(condition: _Condition, concepts: Concepts) -> _Condition:
    """Return a signal or a veto with the terms of its concepts among its words."""
    changed = {}
    if condition.concepts:
        changed["words"] = write_out(condition.words, condition.concepts, concepts)
    if isinstance(condition, Signal) and condition.needs_concepts:
        changed["needs"] = write_out(condition.needs, condition.needs_concepts, concepts)
    return condition.model_copy(update=changed) if changed else condition


def resolve_theme(theme: ThemeFile, concepts: Concepts) -> ThemeFile:
    """Return a theme with the terms of its concepts among the words of its signals and vetoes."""
    return theme.model_copy(
        update={
            "signal": tuple(resolve_condition(signal, concepts) for signal in theme.signal),
            "veto": tuple(resolve_condition(veto, concepts) for veto in theme.veto),
        }
    )


def resolve_fit(fit: FitFile, concepts: Concepts) -> FitFile:
    """Return the gates with the terms of their concepts among the words of their rows."""
    return fit.model_copy(
        update={
            "offer": tuple(_resolve_row(row, concepts) for row in fit.offer),
            "answer": tuple(_resolve_row(row, concepts) for row in fit.answer),
        }
    )


def _resolve_row(row: _Row, concepts: Concepts) -> _Row:
    if not (row.concepts or row.unless_concepts):
        return row
    words = write_out(row.words, row.concepts, concepts)
    return row.model_copy(update={"words": words, "unless": write_out(row.unless, row.unless_concepts, concepts)})


def resolve_generic(generic: GenericFile, concepts: Concepts) -> tuple[str, ...]:
    """Return the generic terms of a file, those of its concepts among them."""
    return write_out(generic.words, generic.concepts, concepts)
