"""Language in which an application is written, as a call states it. The words are in `application_language.toml`."""

from __future__ import annotations

from monitor.language.datafile import Patterns
from monitor.language.project_terms import Stated

ANY_OFFICIAL, ENGLISH, SWEDISH, EITHER = "eu", "en", "sv", "sv/en"
"""Values: any official language of the Union, English, Swedish, or either of the two."""
_PATTERNS = Patterns(
    "application_language.toml",
    {
        "stated": (
            r"\b{application}\b[^.\n]{0,60}?\b{written}\s+(?:(?P<any>{any_official})|(?P<both>{either})"
            r"|(?P<english>{english})|(?P<swedish>{swedish}))\b"
        )
    },
)
_VALUES = {"any": ANY_OFFICIAL, "both": EITHER, "english": ENGLISH, "swedish": SWEDISH}


def find_application_language(text: str) -> Stated[str]:
    """Return the language of applications, with the words that say so; none where the text states two different ones."""
    found: dict[str, str] = {}
    for hit in _PATTERNS["stated"].finditer(text):
        name = next(name for name in _VALUES if hit[name])
        found.setdefault(_VALUES[name], hit[0])
    if len(found) != 1:
        return Stated()
    ((value, quote),) = found.items()
    return Stated(value, " ".join(quote.split()))
