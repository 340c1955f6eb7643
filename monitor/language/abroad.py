"""Applicants of another country: "Ukrainian municipalities can apply", "kommuner i Norge", "UK registered local authorities"."""

from __future__ import annotations

import re

from monitor.language.countries import adjective_pattern, name_pattern
from monitor.language.datafile import Patterns

_PATTERNS = Patterns(
    grammar={
        "leading": lambda: rf"(?:\b{adjective_pattern()}|\bu\.?k\.?(?:[\s-]+(?:based|registered))?)\s+(?:[\w-]+\s+){{0,2}}$",
        "summed_up": lambda: rf"\b(?:andra|andre|other|övriga|øvrige)\s+{adjective_pattern()}\s+(?:[\w-]+\s+){{0,2}}[\w-]+$",
        "trailing": lambda: (
            r"(?:\s+(?:and|or|och|eller|og)\s+[\w-]+)?\s+(?:(?:based|located|registered|established|belägna|baserade)\s+|"
            r"(?:with|having|med)\s+(?:(?:their|its|an?|säte|sæde|sete)\s+)?(?:registered\s+|head\s+)?(?:(?:address|office|seat|headquarters)\s+)?)?"
            r"(?:in|from|across|i|från|fra)\s+(?:the\s+(?:Republic|Kingdom|Federation)\s+of\s+)?"
            rf"{name_pattern()}"
        ),
    }
)
_OURS = re.compile(
    r"\b(?:swed\w+|sverige\w*|svensk\w*|nordic|nordisk\w*|norden|baltic|baltisk\w*|europ\w+|eu|eu-\w+|eea|ees|eøs|interreg|member\s+states?|"
    r"medlemsl\w+|medlemsstat\w*|programområd\w*|programme\s+area|international\w*|internationell\w*|worldwide|"
    r"(?:other|andra|andre|all|alla|alle)\s+(?:\w+\s+)?(?:countries|länder\w*|lande\w*|land))\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?\n]+")
_PAID_BY = re.compile(
    r"\b(?:(?:co-?)?(?:financed|funded|paid|supported|owned)\s+by|(?:sam)?finansier(?:as|es|et|at|ad)\s+a[vf]|ägs\s+av|ejes\s+af)\b",
    re.IGNORECASE,
)
_AHEAD, _BEHIND = 60, 80
"""Characters before the first applicant of a clause, and behind the last, in which the country is said."""


def are_abroad(text: str, first: tuple[int, int], last: int, segment: tuple[int, int]) -> bool:
    """Tell whether the applicants of a clause are those of another country alone, and none of Sweden's may be among them.

    `first` is the span of the first applicant, `last` the end of the last, `segment` the sentence or line.
    """
    begin, end = segment
    if _OURS.search(text, begin, end):
        return False
    before = text[max(begin, first[0] - _AHEAD) : first[0]]
    return (
        _PATTERNS["leading"].search(before) is not None
        or _PATTERNS["summed_up"].search(text[max(begin, last - _AHEAD) : last]) is not None
        or _PATTERNS["trailing"].match(text[last : min(end, last + _BEHIND)]) is not None
    )


def may_concern_sweden(text: str) -> bool:
    """Tell whether a text speaks of Sweden, the Nordic countries or the Union otherwise than as those who pay."""
    return any(
        _OURS.search(sentence[0]) is not None and _PAID_BY.search(sentence[0]) is None for sentence in _SENTENCE.finditer(text)
    )
