"""Spellings without dots, rings and accents: "nassjo" for "Nässjö", as people type on other keyboards."""

from __future__ import annotations

_WITHOUT = str.maketrans("åäöéèüæø", "aaoeeuao")
DOTTED_LETTERS = "åäöéèüæø"


def without_dots(word: str) -> str:
    """Return a word in lower case without dots, rings and accents: "Nässjö" is "nassjo"."""
    return word.casefold().translate(_WITHOUT)


def is_dotted_spelling(typed: str, other: str) -> bool:
    """Return whether another word, both in lower case, is the typed word with dots added; dots that were typed must be there."""
    return (
        typed != other
        and len(typed) == len(other)
        and all(letter in (dotted, dotted.translate(_WITHOUT)) for letter, dotted in zip(typed, other, strict=True))
    )
