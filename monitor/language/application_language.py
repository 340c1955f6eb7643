"""Language in which an application is written, as a call states it. The words are in `application_language.toml`."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.language.datafile import Patterns
from monitor.language.project_terms import Stated, TermStatement

ANY_OFFICIAL, ENGLISH, SWEDISH, EITHER = "eu", "en", "sv", "sv/en"
"""Values: any official language of the Union, English, Swedish, or either of the two."""
_PATTERNS = Patterns(
    "application_language.toml",
    {
        "stated": (
            r"\b(?:{named}\s+(?:(?P<named_english>English|engelska)|(?P<named_swedish>Swedish|svenska))\b(?!\s+(?:or|eller|and|och))|"
            r"{application}\b[^.\n]{0,60}?\b{written}\s+(?:(?P<any>{any_official})|(?P<both>{either})"
            r"|(?P<english>{english})|(?P<swedish>{swedish}))\b)"
        )
    },
)
_VALUES = {
    "any": ANY_OFFICIAL,
    "both": EITHER,
    "english": ENGLISH,
    "swedish": SWEDISH,
    "named_english": ENGLISH,
    "named_swedish": SWEDISH,
}


def find_application_language(text: str) -> Stated[str]:
    """Return the language of applications, with the words that say so; none where the text states two different ones."""
    found: dict[str, str] = {}
    for value, start, end in list_application_languages(text):
        found.setdefault(value, text[start:end])
    if len(found) != 1:
        return Stated()
    ((value, quote),) = found.items()
    return Stated(value, " ".join(quote.split()))


def list_application_languages(text: str) -> Iterator[TermStatement[str]]:
    """Yield every statement of the language of applications."""
    for hit in _PATTERNS["stated"].finditer(text):
        yield TermStatement(next(_VALUES[name] for name in _VALUES if hit[name]), *hit.span())
