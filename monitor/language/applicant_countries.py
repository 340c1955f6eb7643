"""Countries that a call is for: a list of others alone, or an applicant of another country beside whom ours may join.

"Programme area: Austria, Hungary", "Applicants must be established in Zambia", "entities from other Member States cannot apply";
"the lead applicant must be a Danish municipality, partners from Sweden are welcome".
"""

from __future__ import annotations

import re

from monitor.language.countries import adjective_pattern, name_pattern
from monitor.language.datafile import Patterns

_PATTERNS = Patterns("applicant_countries.toml", {"country": name_pattern, "adjective": adjective_pattern})
_BEFORE = 400
"""Characters before "others cannot apply" in which the countries are named."""
_STOP = re.compile(r"[.;\n]")


def _sentence(text: str, found: re.Match[str]) -> tuple[int, int]:
    stop = _STOP.search(text, found.end())
    return max(text.rfind(sign, 0, found.start()) for sign in ".;\n") + 1, stop.start() if stop else len(text)


def for_others_alone(text: str) -> tuple[int, int] | None:
    """Return where a text says that a call is for named countries and ours is none of them; None where it does not."""
    if _PATTERNS["ours"].search(text):
        return None
    if (found := _PATTERNS["labelled"].search(text)) is not None:
        return found.span()
    for found in _PATTERNS["others_refused"].finditer(text):
        if _PATTERNS["country"].search(text, max(0, found.start() - _BEFORE), found.start()):
            return _sentence(text, found)
    for found in _PATTERNS["seated"].finditer(text):
        begin, stop = _sentence(text, found)
        if not _PATTERNS["in_union"].search(text, begin, stop):
            return begin, stop
    return None


def joins_another(text: str) -> tuple[int, int] | None:
    """Return where a text lets partners of ours join an applicant who must be of another country; None where it does not."""
    if _PATTERNS["led_abroad"].search(text) is None:
        return None
    found = _PATTERNS["joined"].search(text)
    return None if found is None else _sentence(text, found)
