"""Texts that are translated: a call's title and the first three sentences of its summary; and the glossary. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from monitor.calls import Call
from monitor.language.concepts import Concept
from monitor.language.one_line import clean

MOST_SENTENCES = 3
_LONGEST = 600
"""Characters of the longest sentence that is translated; a longer one is a list without full stops."""
_END = re.compile(r"(?<=[.!?])\s+(?=[A-ZÅÄÖ\"”(])")
_SHORT = re.compile(r"(?:\b(?:No|Art|vs|approx|e\.g|i\.e|etc|ca|St|Dr|Mr|Ms)|\b[A-Z])\.$", re.IGNORECASE)
_NAMES = {
    "brussels": "Bryssel",
    "europe": "Europa",
    "commission": "kommissionen",
    "union": "unionen",
    "european": "europeisk",
    "nordic": "nordisk",
    "baltic": "baltisk",
    "member state": "medlemsstat",
}
"""Names that the concepts do not have, and adjectives that English writes with a capital."""


def title_of(call: Call) -> str:
    """Return the title of a call on one line."""
    return clean(call.title)


def sentences_of(call: Call) -> tuple[str, ...]:
    """Return the first three sentences of a call's summary, or of its first section where it has none."""
    for text in (call.summary, *(section.text for section in call.sections)):
        found = _sentences(clean(text))
        if found:
            return found
    return ()


def _sentences(text: str) -> tuple[str, ...]:
    found: list[str] = []
    for part in _END.split(text):
        if found and _SHORT.search(found[-1]):
            found[-1] = f"{found[-1]} {part}"
        elif len(found) == MOST_SENTENCES:
            break
        elif part:
            found.append(part)
    return tuple(sentence for sentence in found if len(sentence) <= _LONGEST)


def make_glossary(concepts: Iterable[Concept]) -> dict[str, str]:
    """Return the Swedish term of each English one, in lower case, from the concepts of the rules."""
    glossary: dict[str, str] = {}
    for concept in concepts:
        if concept.sv:
            for term in concept.en:
                if "*" not in term:
                    glossary.setdefault(term.casefold(), concept.sv[0])
    return {**glossary, **_NAMES}


def use_glossary(original: str, translated: str, glossary: Mapping[str, str]) -> str:
    """Return a translation in which English terms of several words that the engine left as they were are Swedish.

    A term in another form, such as "social enterprises", stays English: its ending does not fit a Swedish word.
    """
    for term, swedish in glossary.items():
        if " " in term and term in translated.casefold() and term in original.casefold():
            translated = re.sub(rf"(?<!\w){re.escape(term)}(?!\w)", _same_case(swedish), translated, flags=re.IGNORECASE)
    return translated


def _same_case(swedish: str) -> Callable[[re.Match[str]], str]:
    return lambda match: swedish[:1].upper() + swedish[1:] if match.start() == 0 else swedish
