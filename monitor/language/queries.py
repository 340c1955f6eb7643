"""Queries of the search box: words, "phrases", -not, program:LIFE, före:2027-01-01. No input is an error."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from monitor.language.terms import Term, parse_term

MAX_QUERY_CHARS = 2_000
_MAX_TERMS = 24
_quotes = str.maketrans(dict.fromkeys("”“„»«", '"'))
_piece = re.compile(r'(?P<no>-?)(?:(?P<name>[^\W\d_]{2,14}):)?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))')
_day = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")
_FIELDS = {
    "program": "programme",
    "programme": "programme",
    "källa": "source",
    "source": "source",
    "slag": "kind",
    "typ": "kind",
    "kind": "kind",
    "läge": "status",
    "status": "status",
    "förvaltning": "department",
    "department": "department",
}
_VALUES = {
    "öppen": "open",
    "öppna": "open",
    "kommande": "forthcoming",
    "stängd": "closed",
    "stängda": "closed",
    "utlysning": "call",
    "nyhet": "news",
    "händelse": "event",
    "evenemang": "event",
    "politik": "policy",
    "partnersökning": "partner-search",
}
_BEFORE = frozenset({"före", "innan", "before"})
_AFTER = frozenset({"efter", "after", "från"})
_NOISE = frozenset({"AND", "OCH"})


@dataclass(frozen=True, slots=True)
class Query:
    """Search as typed: all `terms`, none of `without`, and values of named fields."""

    terms: tuple[Term, ...] = ()
    without: tuple[Term, ...] = ()
    fields: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Typed values by field ("programme", "source", "kind", "status", "department"); any value of a field matches."""
    before: date | None = None
    """Day before which the next deadline is; the first of the month or year where only that is typed."""
    after: date | None = None
    """Day after which the next deadline is."""
    quoted: frozenset[str] = frozenset()
    """Texts of the terms typed in quotes, which nothing else stands for."""

    @property
    def empty(self) -> bool:
        """Tell whether the query has no condition."""
        return not (self.terms or self.without or self.fields or self.before or self.after)


def parse_query(text: str) -> Query:
    """Return the query that a typed text means; parts that cannot be read are left out.

    >>> query = parse_query('solceller "smarta nät" -kärnkraft program:LIFE före:2027')
    >>> [term.text for term in query.terms], [term.text for term in query.without], query.fields, query.before
    (['solceller', 'smarta nät'], ['kärnkraft'], {'programme': ('LIFE',)}, datetime.date(2027, 1, 1))
    """
    cleaned = "".join(
        letter if letter.isprintable() or letter in "\u00ad" else " " for letter in text[:MAX_QUERY_CHARS]
    ).translate(_quotes)
    terms: dict[str, Term] = {}
    without: dict[str, Term] = {}
    fields: dict[str, tuple[str, ...]] = {}
    days: dict[str, date] = {}
    quoted: set[str] = set()
    for match in _piece.finditer(cleaned):
        name, value = (match["name"] or "").casefold(), match["phrase"] if match["phrase"] is not None else match["word"]
        if name in _FIELDS and value:
            fields[_FIELDS[name]] = (*fields.get(_FIELDS[name], ()), _VALUES.get(value.casefold(), value))
            continue
        bound = "before" if name in _BEFORE else "after" if name in _AFTER else ""
        if bound and (day := _read_day(value)) is not None:
            days[bound] = day
            continue
        if value in _NOISE and match["phrase"] is None:
            continue
        term = _read_term(f"{match['name']} {value}" if match["name"] else value)
        if term is not None and len(terms) + len(without) < _MAX_TERMS:
            (without if match["no"] else terms)[term.text] = term
            quoted |= {term.text} if match["phrase"] is not None else set()
    if not terms and not fields and (stripped := cleaned.strip()) in _NOISE and (term := _read_term(stripped)) is not None:
        terms[stripped] = term
    return Query(tuple(terms.values()), tuple(without.values()), fields, days.get("before"), days.get("after"), frozenset(quoted))


def _read_term(typed: str) -> Term | None:
    """Return the term as typed, else without stars and sentence ends; None where no term is left."""
    for attempt in (typed, typed.strip("?!.,;:()[]{}"), typed.replace("*", " "), re.sub(r"[*.!?…|•·]", " ", typed)):
        try:
            return parse_term(attempt)
        except ValueError:
            continue
    return None


def _read_day(text: str) -> date | None:
    match = _day.fullmatch(text.strip())
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        return None
