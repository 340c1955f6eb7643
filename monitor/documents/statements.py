"""Statements of a text about the facts of a call, each with its words letter by letter as they stand there.

The readers are those of the fit card (`monitor.language`). They read one page at a time, its lines joined where a sentence goes
on, so that each statement has its page and its place there: the quote is the sentence that the value was read from.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from monitor.calls import Budget
from monitor.documents.lines import join_lines
from monitor.documents.model import DocumentPage
from monitor.documents.topics import NO_CALL, PageTopics, find_topics, several
from monitor.language.applicant_limits import limited
from monitor.language.applicant_roles import Role, municipal_role
from monitor.language.applicants import find_applicants
from monitor.language.application_language import list_application_languages
from monitor.language.money import AmountRole, FoundAmount, find_amounts
from monitor.language.project_terms import list_countries, list_months, list_one_stage, list_partners
from monitor.language.shares import list_shares
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
    topics: tuple[str, ...] = ()
    """Topics that the sentence names, or else the one that its section or row is headed with; empty for none."""
    shared: bool = False
    """The document has several topics."""


ANSWERS: Mapping[Role, str] = {Role.MAY: "ja", Role.MUST: "ja", Role.PARTNER: "som partner", Role.NOT: "nej"}
# Who may apply is read below such a heading alone: elsewhere a document of eighty pages names everybody.
_ELIGIBILITY = re.compile(
    r"^[ \t]*(?:\d{1,2}(?:\.\d{1,2})?\.?[ \t]+)?(?:eligible (?:participants|applicants|entities)\b|eligibility\b|"
    r"who (?:can|may|cannot|may not) apply|"
    r"(?:vem|vilka) kan (?:inte )?söka|vem kan få|sökande\b|behöriga sökande)[^\n]{0,60}$",
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
    r"revision|tredje part|omsättning|\bexamples?\b|\bexempel",
    re.IGNORECASE,
)
SUMS = frozenset((FactName.TOTAL, FactName.PROJECT_MIN, FactName.PROJECT_MAX))
_SHARES = frozenset((FactName.FUNDER_SHARE, FactName.OWN_SHARE))
# Sums of other calls, and of whole programmes, in their own sentence.
_OTHER_CALL = re.compile(
    r"\b(?:other|another|previous|earlier|last|former) (?:topics?|calls?|strands?|year|programmes?)\b|"
    r"\b(?:annan|andra|förra|tidigare) (?:ämnen?|utlysning\w*|år\w*|program\w*)\b|\b(?:det|den) andra\b|"
    r"\bin 20\d\d[^.\n]{0,60}\b(?:was|were)\b|\b20\d\d (?:var|uppgick)\b",
    re.IGNORECASE,
)
_PROGRAMME = re.compile(
    r"\b(?:of|for) the (?:[\w'’-]+ ){0,4}(?:programme|fund|instrument)\b|\bprogramme (?:has|budget)\b|\bframework\b|"
    r"\bwork (?:plan|programme)\b|\barbetsprogram|\b(?:ram)?programmets\b|\b20\d\d ?[-–—] ?20?\d\d\b",
    re.IGNORECASE,
)
_THIS_CALL = re.compile(
    r"\b(?:this|the|available) (?:call|topic)\b|\b(?:denna|den här) utlysning|\butlysningens\b", re.IGNORECASE
)
_SMALLEST_SUM, _SMALLEST_LAST_SUM = 100, 1_000
"""Sums below which a figure is a piece of one, or of something else; the second for the last words of a page."""
_AROUND = 140
_BESIDE = 140
"""Characters of its sentence that are kept on either side of a value, at most."""
_STOP = re.compile(
    r"(?<=[.!?])(?<!\bca\.)(?<!\bkl\.)(?<!\b[Mm]ax\.)(?<!\b[Mm]in\.)(?<!\bmilj\.)(?<!\bt\.ex\.)(?<!\b[Aa]pprox\.)(?<!\b[Aa]rt\.)"
    r"\s+(?=[\"”»(]?[A-ZÅÄÖÆØ])|\n\s*"
)
_CUT = 150
"""Characters from which a reader may have cut its words inside one."""
_CONTENTS = re.compile(r"(?:\.{4,}|\bcontents\b|\binnehåll\b)", re.IGNORECASE)
"""Marks of a table of contents, whose lines look like headings."""


def statements_version() -> str:
    """Return the version of the code that reads statements; those of another version are read again."""
    return code_version(Path(__file__))


def read_statements(pages: Iterable[DocumentPage], language: str) -> tuple[PageStatement, ...]:
    """Return the statements of a document, each value of a fact once, where it stands first. `language` as `find_amounts`."""
    found: dict[tuple[FactName, str, tuple[str, ...]], PageStatement] = {}
    heads: set[str] = set()
    before = ""
    for page in pages:
        if _CONTENTS.search(page.text) and page.text.count("....") > 3:
            continue
        topics = find_topics(page, before)
        heads.update(topics.heads)
        before = topics.last
        read = _ReadPage(page, topics)
        for said in (*_terms(read.words, language), *_municipality(read.words, language)):
            about = read.topics_of(said)
            if about is not None and not read.is_of_something_else(said):
                quote = read.quote_of(said)
                found.setdefault(
                    (said.name, repr(said.value), about), PageStatement(said.name, said.value, quote, page.number, about)
                )
    shared = several(heads - {"", NO_CALL})
    order = list(FactName)
    statements = sorted(found.values(), key=lambda statement: order.index(statement.name))
    return tuple(replace(one, shared=shared) for one in statements)


@dataclass(frozen=True, slots=True)
class _Said:
    """Value of a fact with the place on its page that it was read from."""

    name: FactName
    value: Value
    start: int
    end: int


class _ReadPage:
    """Page with its sentences, which are found once."""

    def __init__(self, page: DocumentPage, topics: PageTopics) -> None:
        self.text, self.words, self._topics = page.text, join_lines(page.text), topics
        stops = list(_STOP.finditer(self.words))
        self._begins = [0, *(stop.end() for stop in stops)]
        self._ends = [*(stop.start() for stop in stops), len(self.words)]

    def _sentence(self, said: _Said) -> tuple[int, int]:
        """Return where the sentence of a value begins and ends; of a value in several, the first and the last."""
        first, last = bisect_right(self._begins, said.start) - 1, bisect_right(self._begins, said.end - 1) - 1
        return self._begins[first], max(self._ends[last], said.end)

    def quote_of(self, said: _Said) -> str:
        """Return the sentence as it stands on the page, cut at whole words where it is long."""
        begin, end = self._sentence(said)
        if said.start - begin > _BESIDE:
            begin = self.text.find(" ", said.start - _BESIDE, said.start) + 1 or said.start
        if end - said.end > _BESIDE:
            end = max(self.text.rfind(" ", said.end, said.end + _BESIDE), said.end)
        return self.text[begin:end].strip()

    def topics_of(self, said: _Said) -> tuple[str, ...] | None:
        """Return the topics that a value is of, () for none; None for a sum of which no one can tell, and for examples."""
        head = self._topics.head_of(said.start)
        named = self._topics.named_between(*self._sentence(said))
        if not named and not head:
            named = self._topics.named_between(max(self._paragraph(said.start), said.start - _AROUND), said.start)
        if head == NO_CALL or (len(named) > 1 and said.name in SUMS):
            return None
        return named or ((head,) if head else ())

    def _paragraph(self, place: int) -> int:
        """Return the place behind the last stop before a place: a sentence may go on over lines that begin with capitals."""
        stops = (self.words.rfind(sign, max(0, place - _AROUND), place) for sign in (". ", ".\n", ": ", ":\n", ";", "\n\n"))
        return max(stops) + 1

    def is_of_something_else(self, said: _Said) -> bool:
        """Return whether words beside a share or a sum tell that it is of something else than the grant of this call."""
        begin, end = self._sentence(said)
        around = self.words[max(0, said.start - _AROUND) : min(end, said.end + _AROUND // 4)]
        if said.name in _SHARES:
            return _OTHER_SHARE.search(around) is not None
        if said.name not in SUMS:
            return False
        sentence = self.words[begin : said.start].rpartition(";")[2] + self.words[said.start : end].partition(";")[0]
        of_programme = _PROGRAMME.search(sentence) is not None and _THIS_CALL.search(sentence) is None
        return of_programme or _OTHER_SUM.search(around) is not None or _OTHER_CALL.search(sentence) is not None


def _terms(text: str, language: str) -> Iterator[_Said]:
    """Yield every statement of a term of the call."""
    for share in list_shares(text):
        if share.value is not None and share.is_ours is not False:
            yield _Said(FactName.OWN_SHARE if share.own else FactName.FUNDER_SHARE, share.value, share.start, share.end)
    yield from _amounts(text, language)
    for name, numbers in ((FactName.PARTNERS, list_partners(text)), (FactName.COUNTRIES, list_countries(text))):
        for number in numbers:
            yield _Said(name, number.value, number.start, number.end)
    for months in list_months(text):
        yield _Said(FactName.MONTHS, list(months.value), months.start, months.end)
    for stage in list_one_stage(text):
        yield _Said(FactName.STAGES, stage.value, stage.start, stage.end)
    for written in list_application_languages(text):
        yield _Said(FactName.LANGUAGE, written.value, written.start, written.end)


def _amounts(text: str, language: str) -> Iterator[_Said]:
    """Yield every sum of a text, in the currency that it counts in first; as `monitor.language.budget`, which chooses one."""
    last = len(text.rstrip())
    amounts = [
        item
        for item in find_amounts(text, language)
        if item.currency and (item.amount or 0) >= (_SMALLEST_LAST_SUM if item.end >= last else _SMALLEST_SUM)
    ]
    totals = [item for item in amounts if item.role is AmountRole.TOTAL and item.amount_max is None]
    projects = [item for item in amounts if item.role is AmountRole.PROJECT and not item.about]
    currency = next((item.currency for item in (*totals, *projects)), "")
    totals, projects = ([item for item in some if item.currency == currency] for some in (totals, projects))
    totals = [item for item in totals if not item.yearly] or totals
    projects = [item for item in projects if not item.yearly] or [item for item in projects if item.most]
    pots = {item.amount for item in totals}
    for item in totals:
        yield _Said(FactName.TOTAL, _money(item.amount or 0, currency), item.start, item.end)
    for item in projects:
        if item.amount not in pots:
            yield from _bounds(item, currency, min((pot for pot in pots if pot), default=None))


def _bounds(item: FoundAmount, currency: str, pot: int | None) -> Iterator[_Said]:
    """Yield the least and the most that one project gets by a sum; what is more than the pot was misread."""
    low = item.amount if item.least or item.fixed or item.amount_max is not None else None
    high = item.amount_max if item.amount_max is not None else None if item.least else item.amount
    for name, amount in ((FactName.PROJECT_MIN, low), (FactName.PROJECT_MAX, high)):
        if amount and (pot is None or amount <= pot):
            yield _Said(name, _money(amount, currency), item.start, item.end)


def sums_of(budget: Budget) -> tuple[tuple[FactName, int | None], ...]:
    """Return the sums of a budget by the names of their facts."""
    return (
        (FactName.TOTAL, budget.total),
        (FactName.PROJECT_MIN, budget.project_min),
        (FactName.PROJECT_MAX, budget.project_max),
    )


def money(amount: int, budget: Budget) -> Value:
    """Return a sum of a budget as the value of a fact."""
    return _money(amount, budget.currency)


def _money(amount: int, currency: str) -> Value:
    value: list[int | str] = [amount, currency]
    return value


def has_amount(words: str, amount: int, language: str) -> bool:
    """Return whether words state this sum."""
    return any(amount in (found.amount, found.amount_max) for found in find_amounts(words, language))


def _municipality(text: str, language: str) -> Iterator[_Said]:
    """Yield the part of a municipality, read below a heading about applicants alone."""
    heading = _ELIGIBILITY.search(text)
    if heading is None:
        return
    part = text[heading.start() : heading.start() + _ELIGIBILITY_CHARS]
    found = municipal_role(limited(find_applicants(part, language), part))
    if found is not None:
        start = heading.start() + found.statement.start
        yield _Said(FactName.MUNICIPALITY, ANSWERS[found.role], start, start + len(found.statement.words))


def locate(words: str, text: str) -> str:
    """Return words as they stand in a text, letter by letter; "" where they do not.

    Readers give words on one line, with plain hyphens, and cut long ones: blanks and hyphens may differ, nothing else.
    """
    parts = words.strip(" …").split()
    if not parts:
        return ""
    pattern = r"\s+".join(re.sub(r"(?:\\-|[‐‑‒–—−])", "[-‐‑‒–—−]", re.escape(part)) for part in parts)
    whole = re.search(rf"(?<!\w)(?<!\d[ .,]){pattern}(?!\w|[ .,]\d)", text)
    found = whole or (re.search(pattern, text) if len(words) >= _CUT else None)
    return found[0] if found else ""
