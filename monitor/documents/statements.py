"""Statements of a text about the facts of a call, each with its words letter by letter as they stand there.

The readers are those of the fit card (`monitor.language`). They read one page at a time, so that each statement has its page.
Words that are not found in the page as they were read prove nothing, and such a statement is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from monitor.calls import Budget
from monitor.documents.model import DocumentPage
from monitor.language.applicants import Role, find_applicants, municipal_role
from monitor.language.application_language import find_application_language
from monitor.language.budget import find_budget
from monitor.language.money import find_amounts
from monitor.language.project_terms import find_countries, find_months, find_one_stage, find_partners
from monitor.language.shares import find_shares
from monitor.program import code_version

Value = str | int | list[int] | list[str] | list[int | str]
"""Value of a fact, as JSON has it; see FactName."""


class FactName(StrEnum):
    """Facts of a call that its documents and texts are read for."""

    MUNICIPALITY = "municipality"
    """"ja", "som partner" or "nej"."""
    FUNDER_SHARE = "funder_share"
    """Per cent."""
    OWN_SHARE = "own_share"
    """Per cent."""
    TOTAL = "total"
    """Sum in whole units and its currency."""
    PROJECT_MIN = "project_min"
    """Sum in whole units and its currency."""
    PROJECT_MAX = "project_max"
    """Sum in whole units and its currency."""
    PARTNERS = "partners"
    """Least number."""
    COUNTRIES = "countries"
    """Least number."""
    MONTHS = "months"
    """Shortest and longest duration of a project, in months."""
    STAGES = "stages"
    """Number of steps of an application."""
    LANGUAGE = "language"
    """A value of `monitor.language.application_language`."""
    PLACE = "place"
    """Names of areas."""


@dataclass(frozen=True, slots=True)
class PageStatement:
    """Statement of one page of a document."""

    name: FactName
    value: Value
    quote: str
    """Words of the page, letter by letter, with its line breaks."""
    page: int
    """Number of the page, as `DocumentPage.number`."""


ANSWERS: Mapping[Role, str] = {Role.MAY: "ja", Role.MUST: "ja", Role.PARTNER: "som partner", Role.NOT: "nej"}
# Who may apply is read below such a heading alone: elsewhere a document of eighty pages names everybody.
_ELIGIBILITY = re.compile(
    r"^[ \t]*(?:\d{1,2}(?:\.\d{1,2})?\.?[ \t]+)?(?:eligible (?:participants|applicants|entities)\b|eligibility\b|"
    r"who (?:can|may) apply|"
    r"vem kan söka|vilka kan söka|vem kan få|sökande\b|behöriga sökande)[^\n]{0,60}$",
    re.IGNORECASE | re.MULTILINE,
)
_ELIGIBILITY_CHARS = 4_000
# Percentages and sums of every call document of the Commission that are about something else than the grant of a project.
_OTHER_SHARE = re.compile(
    r"pre-?financ|interim|payment|guarantee|maximum grant|threshold|weight|points|indirect|flat.rate|"
    r"förskott|utbetal|förvaltningsavgift",
    re.IGNORECASE,
)
_OTHER_SUM = re.compile(
    r"certificate|threshold|audit|low.value|third part|guarantee|financial capacity|penalt|exceed|turnover|"
    r"revision|tredje part|omsättning",
    re.IGNORECASE,
)
_AROUND = 140
_BESIDE = 90
"""Characters of its line that are kept on either side of a quote, at most."""
_CONTENTS = re.compile(r"(?:\.{4,}|\bcontents\b|\binnehåll\b)", re.IGNORECASE)
"""Marks of a table of contents, whose lines look like headings."""


def statements_version() -> str:
    """Return the version of the code that reads statements; those of another version are read again."""
    return code_version(Path(__file__))


def read_statements(pages: Iterable[DocumentPage], language: str) -> tuple[PageStatement, ...]:
    """Return the statements of a document, each value of a fact once, where it stands first. `language` as `find_amounts`."""
    found: dict[tuple[FactName, str], PageStatement] = {}
    for page in pages:
        if _CONTENTS.search(page.text) and page.text.count("....") > 3:
            continue
        for name, value, words in (*_terms(page.text, language), *_municipality(page.text, language)):
            quote = locate(words, page.text)
            if quote and not _is_of_something_else(name, quote, page.text):
                found.setdefault((name, repr(value)), PageStatement(name, value, _with_its_line(quote, page.text), page.number))
    return tuple(sorted(found.values(), key=lambda statement: list(FactName).index(statement.name)))


def _with_its_line(quote: str, text: str) -> str:
    """Return a quote with the rest of its lines, cut at whole words where they are long: "EUR 500 000" alone tells little."""
    start = text.index(quote)
    end = start + len(quote)
    begin = max(text.rfind("\n", 0, start) + 1, text.rfind(" ", 0, start - _BESIDE) + 1 if start > _BESIDE else 0)
    stop = min(text.find("\n", end) if "\n" in text[end:] else len(text), len(text))
    if stop - end > _BESIDE:
        stop = max(text.rfind(" ", end, end + _BESIDE), end)
    return text[begin:stop].strip()


def _is_of_something_else(name: FactName, quote: str, text: str) -> bool:
    """Return whether words beside a share or a sum tell that it is of something else than the grant."""
    start = text.index(quote)
    around = text[max(0, start - _AROUND) : start + len(quote) + _AROUND // 4]
    if name in (FactName.FUNDER_SHARE, FactName.OWN_SHARE):
        return _OTHER_SHARE.search(around) is not None
    if name in (FactName.TOTAL, FactName.PROJECT_MIN, FactName.PROJECT_MAX):
        return _OTHER_SUM.search(around) is not None
    return False


def _terms(text: str, language: str) -> Iterator[tuple[FactName, Value, str]]:
    """Yield the value of each term of a text with its words."""
    shares = find_shares(text)
    if shares.funder is not None:
        yield FactName.FUNDER_SHARE, shares.funder, shares.funder_text
    if shares.own is not None:
        yield FactName.OWN_SHARE, shares.own, shares.own_text
    yield from _amounts(text, language)
    for name, stated in ((FactName.PARTNERS, find_partners(text)), (FactName.COUNTRIES, find_countries(text))):
        if stated.value is not None:
            yield name, stated.value, stated.quote
    months = find_months(text)
    if months.value is not None:
        yield FactName.MONTHS, list(months.value), months.quote
    if words := find_one_stage(text):
        yield FactName.STAGES, 1, words
    application = find_application_language(text)
    if application.value is not None:
        yield FactName.LANGUAGE, application.value, application.quote


def _amounts(text: str, language: str) -> Iterator[tuple[FactName, Value, str]]:
    """Yield the sums of a text. Where one piece of words stands for several sums, it is the words of each."""
    budget = find_budget(text, language)
    pieces = budget.text.split(" · ") if budget.text else []
    sums = (
        (FactName.TOTAL, budget.total),
        (FactName.PROJECT_MIN, budget.project_min),
        (FactName.PROJECT_MAX, budget.project_max),
    )
    for name, amount in sums:
        words = next((piece for piece in pieces if amount is not None and has_amount(piece, amount, language)), "")
        if amount is not None and words:
            yield name, money(amount, budget), words


def sums_of(budget: Budget) -> tuple[tuple[FactName, int | None], ...]:
    """Return the sums of a budget by the names of their facts."""
    return (
        (FactName.TOTAL, budget.total),
        (FactName.PROJECT_MIN, budget.project_min),
        (FactName.PROJECT_MAX, budget.project_max),
    )


def money(amount: int, budget: Budget) -> Value:
    """Return a sum of a budget as the value of a fact."""
    value: list[int | str] = [amount, budget.currency]
    return value


def has_amount(words: str, amount: int, language: str) -> bool:
    """Return whether words state this sum."""
    return any(amount in (found.amount, found.amount_max) for found in find_amounts(words, language))


def _municipality(text: str, language: str) -> Iterator[tuple[FactName, Value, str]]:
    """Yield the part of a municipality, read below a heading about applicants alone."""
    heading = _ELIGIBILITY.search(text)
    if heading is None:
        return
    found = municipal_role(find_applicants(text[heading.start() : heading.start() + _ELIGIBILITY_CHARS], language))
    if found is not None:
        yield FactName.MUNICIPALITY, ANSWERS[found.role], found.statement.words


def locate(words: str, text: str) -> str:
    """Return words as they stand in a text, letter by letter; "" where they do not.

    Readers give words on one line, with plain hyphens, and cut long ones: blanks and hyphens may differ, nothing else.
    """
    parts = words.strip(" …").split()
    if not parts:
        return ""
    pattern = r"\s+".join(re.sub(r"(?:\\-|[‐‑‒–—−])", "[-‐‑‒–—−]", re.escape(part)) for part in parts)
    found = re.search(pattern, text)
    return found[0] if found else ""
