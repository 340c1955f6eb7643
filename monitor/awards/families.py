"""Families of calls: the rounds of one call in different years, found by code, or by title where codes mean nothing.

A code of the portal has the year and often a number within the year: LIFE-2026-SAP-NAT-NATURE is a round of the family
LIFE-SAP-NAT-NATURE. Horizon Europe numbers its topics anew each year, and the European Defence Fund as well, so that equal codes
mean nothing there: their rounds are found by title alone.
"""

from __future__ import annotations

import re
import unicodedata

_NUMBERED_ANEW = frozenset({"HORIZON", "H2020", "EDF"})
"""Programmes whose codes without year and number say nothing about the subject."""
_YEAR = re.compile(r"(?<!\d)20[0-4]\d(?!\d)")
_YEARS = re.compile(r"\b(?:19|20)\d\d(?:\s*[-/–]\s*(?:20)?\d\d)?\b")
_NO_WORDS = re.compile(r"[\W_]+")
_MIN_TITLE = 12
"""Shorter titles ("Prizes", "Grants") stand for different things."""


def code_year(code: str) -> int | None:
    """Return the year in a code, None when it has none."""
    match = _YEAR.search(code)
    return int(match[0]) if match else None


def code_programme(code: str) -> str:
    """Return the first part of a code: `LIFE` of LIFE-2026-SAP-NAT."""
    return re.split(r"[-_ ]", code.upper(), maxsplit=1)[0]


def code_family(code: str) -> str:
    """Return a code without years and numbers; "" when that says nothing about the subject.

    A code without a year is the code of a call that has one round only, or is always open: it has no family by code.
    """
    programme = code_programme(code)
    if programme in _NUMBERED_ANEW or code_year(code) is None:
        return ""
    parts = [part for part in re.split(r"[-_ ]", code.upper()) if part]
    kept = [part for part in parts if not part.isdigit()]
    return "-".join(kept) if len(kept) > 1 else ""


def title_family(programme: str, title: str) -> str:
    """Return a title without years and punctuation, after its programme; "" for a title too short to name a subject."""
    words = _NO_WORDS.sub(" ", _YEARS.sub(" ", unicodedata.normalize("NFC", title).casefold())).strip()
    return f"{programme.upper()}: {words}" if len(words) >= _MIN_TITLE else ""


def families(code: str, title: str, programme: str = "") -> tuple[str, ...]:
    """Return the families that a call may belong to, the surer one first: by code, then by title and programme."""
    named = code_programme(code) if code_year(code) is not None else programme
    return tuple(family for family in (code_family(code), title_family(named or programme, title)) if family)
