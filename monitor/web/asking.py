"""What the address of a search asks for: words, choices, order and page; and the addresses of every other state of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

PARAMETERS = {
    "typ": "kind",
    "status": "status",
    "program": "programme",
    "forvaltning": "department",
    "tema": "theme",
    "omrade": "area",
    "mal": "sdg",
    "kalla": "source",
    "manad": "month",
}
"""The name of each facet in an address."""

SORTS = {"": "Bäst träff", "sista-dag": "Sista dag", "nyast": "Nyast", "andrad": "Senast ändrad", "rubrik": "Rubrik"}
ORDERS = {"sista-dag": "deadline", "nyast": "newest", "andrad": "changed", "rubrik": "title"}
QUERY_LIMIT = 400
_MOST_VALUES = 20
_MOST_PAGES = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One search. Its address says everything: it can be kept, sent on, and gone back to."""

    query: str = ""
    chosen: tuple[tuple[str, tuple[str, ...]], ...] = ()
    sort: str = ""
    page: int = 1
    language: str = "sv"

    @property
    def choices(self) -> dict[str, tuple[str, ...]]:
        """The chosen values by facet."""
        return {PARAMETERS[name]: values for name, values in self.chosen}

    @property
    def order(self) -> str:
        """The order of the facet index; empty where the ranking of the words counts."""
        return ORDERS.get(self.sort, "" if self.query else "newest")

    def address(self, path: str = "/sok", *, with_page: bool = True) -> str:
        """The address of this search."""
        pairs: list[tuple[str, str]] = [("q", self.query)] if self.query else []
        pairs += [(name, value) for name, values in self.chosen for value in values]
        pairs += [("sort", self.sort)] if self.sort else []
        pairs += [("sida", str(self.page))] if with_page and self.page > 1 else []
        pairs += [("lang", "en")] if self.language == "en" else []
        return f"{path}?{urlencode(pairs)}" if pairs else path

    def toggled(self, facet: str, value: str) -> Asked:
        """With a value of a facet chosen, or no longer."""
        wanted = dict(self.chosen)
        name = next(name for name, known in PARAMETERS.items() if known == facet)
        present = wanted.get(name, ())
        wanted[name] = tuple(one for one in present if one != value) if value in present else (*present, value)
        return replace(self, chosen=tuple((one, wanted[one]) for one in PARAMETERS if wanted.get(one)), page=1)

    def sorted(self, sort: str) -> Asked:
        """In another order."""
        return replace(self, sort=sort, page=1)

    def on_page(self, page: int) -> Asked:
        """On another page."""
        return replace(self, page=page)

    def asking(self, query: str) -> Asked:
        """With other words."""
        return replace(self, query=query, page=1)


def read_asked(many: Mapping[str, list[str]], language: str = "sv") -> Asked:
    """What the query of an address asks; whatever makes no sense is left out, nothing is an error."""
    chosen = []
    for name in PARAMETERS:
        values = tuple(dict.fromkeys(value for value in many.get(name, ())[:_MOST_VALUES] if value and len(value) < 100))
        if values:
            chosen.append((name, values))
    sort = next(iter(many.get("sort", ())), "")
    page = next(iter(many.get("sida", ())), "1")
    return Asked(
        query=" ".join(next(iter(many.get("q", ())), "").split())[:QUERY_LIMIT],
        chosen=tuple(chosen),
        sort=sort if sort in SORTS else "",
        page=min(max(int(page), 1), _MOST_PAGES) if page.isascii() and page.isdigit() and len(page) < 8 else 1,
        language=language,
    )
