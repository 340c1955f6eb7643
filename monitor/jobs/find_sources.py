"""Job of `sources find`: from any page of a site to the rows of sources that it may become, each read once."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from pydantic import ValidationError
from scrapy.http import HtmlResponse

from monitor.archive.runs import Document
from monitor.collect.bot_challenges import is_scripted
from monitor.collect.browser import SLOT
from monitor.collect.links import lists_pages, says_empty
from monitor.collect.markup import bound_markup, parse_page, visible_text
from monitor.collect.middlewares import was_run
from monitor.collect.probe import ProbeSpider
from monitor.collect.proposals import Proposal, judge_row, rank
from monitor.collect.reading import Problem, ProblemKind
from monitor.collect.recognise import first_guess, recognise_rows
from monitor.collect.site import Expected, Lead, find_further_leads, find_leads, find_system
from monitor.collect.spider import SourceSpider
from monitor.config import Config
from monitor.errors import ConfigError, SourceError
from monitor.jobs.reading_process import ReadingProcess
from monitor.jobs.sources import describe_reading
from monitor.sources import BROWSED_KINDS, Source

_MAX_ARTICLES, _MAX_LEADS, _MAX_FURTHER, _MAX_PARENTS = 4, 20, 8, 3
_MAX_RUN_SECTIONS = 4
"""Sections of a site whose first page scripts make that are read."""
_MAX_ROUNDS = 5
"""Rounds of addresses: those of the page, then for example robots.txt, an index of sitemaps, a sitemap, and a folder of it."""
_MAX_ROWS = {"feed": 4, "calendar": 1, "list": 3, "rounds": 1, "sitemap": 1, "alone": 1}
"""Rows of each form that are read at most."""
_MIN_OF_A_LANGUAGE, _SHARE_OF_A_LANGUAGE = 2, 0.1
"""Items, and the share of all items, that a language beside the usual one has at least."""
_DEPTH_OF_HOME = 1
"""Levels of a path up to which it may be a site's first page ("/", "/sv/")."""
_OWN_PAGE = "adressen själv"
_RUN_PAGE = "sidan, läst med installationens webbläsare"
_SCRIPTED = "Sidan byggs av skript i webbläsaren: svaret har ingen text. Inget flöde och ingen sajtkarta hittades i stället."
_SCRIPTED_LIST = "Listan på sidan fylls av skript i webbläsaren. Inget flöde och ingen sajtkarta hittades i stället."
_NO_BROWSER = "En webbläsare på servern kan troligen läsa den: be it-avdelningen (docs/drift.md, Webbläsare)."
_RUN_IN_VAIN = "Sidan lästes också med installationens webbläsare, men gav inget."
_NOTHING = "Inget flöde, ingen lista och ingen kalender hittades på webbplatsen."
_EMPTY = "Sidan säger att den är tom just nu, så artiklarnas adresser går inte att se. Pröva igen när något är publicerat."
_NO_PAGE = "Hittar ingen sida där (HTTP {status})."
_MISSPELT = "Är adressen rätt skriven?"
"""Asked about an address that gave no page: it may never have been one."""
_LOST = "Adressen ger ingen sida. Raden hittades på {start} och kan vara något annat."
_EMPTY_ADDRESS = "Adressen själv gav inget. Raden hittades på {start} och kan vara något annat."
_LATE = "Tiden räckte inte till allt som fanns att pröva på webbplatsen."


@dataclass(frozen=True, slots=True)
class _Candidate:
    source: Source
    way: str

    @property
    def form(self) -> str:
        if self.source.kind != "page":
            return self.source.kind
        if not self.source.links:
            return "alone"
        return "sitemap" if urlsplit(self.source.url).path.endswith(".xml") else "list"


@dataclass
class SiteSearch:
    """Search of one site, from an address to the rows that it may become. One request at a time."""

    readings: ReadingProcess
    address: str
    seconds: float
    """Time after which no further row is read."""
    ended: Callable[[SiteSearch], None] = lambda search: None
    """Called when the search has ended."""
    problems: list[str] = field(default_factory=list)
    """Why there is no row, as Swedish sentences."""
    class_: ProblemKind | None = None
    """Class of the problem of the address itself; None where it answered."""
    moved: str = ""
    """Address that the address redirects to permanently, or ""."""
    system: str = ""
    proposals: list[tuple[Proposal, SourceSpider]] = field(default_factory=list)
    late: bool = False
    scripted: bool = False
    listless: bool = False
    """True for a page with text and scripts but without a list: a script may fill it."""
    empty: bool = False
    browser: bool = False
    """True when the installation's browser has run the page."""
    _doubt: str = ""
    _page: Document | None = None
    """Page at the address, until a browser has run it."""
    _stored: list[Document] = field(default_factory=list)
    _candidates: list[_Candidate] = field(default_factory=list)
    _asked: set[str] = field(default_factory=set)
    _start: float = field(default_factory=time.monotonic)

    def begin(self) -> None:
        """Begin with the address itself.

        Raises:
            ConfigError: The text is no address.
        """
        try:
            guess = first_guess(self.address)
        except ValidationError as error:
            raise ConfigError(self.address, "väntade en adress som börjar med https://") from error
        self._asked.add(self.address)
        self.readings.read(guess, self._looked, spider=self.readings.spider_of(guess))

    def _looked(self, spider: SourceSpider) -> None:
        reading = spider.reading
        self.moved = reading.moved
        page = next((document for document in reading.documents if 200 <= document.status < 300), None)
        blocked = next((problem for problem in reading.problems if problem.kind is not ProblemKind.LAYOUT), None)
        if page is None or (blocked is not None and blocked.kind is ProblemKind.BLOCKED):
            self._unanswered(blocked, next((document.status for document in reading.documents), 404))
            return
        self._stored = [page]
        self._page = page if b"<script" in page.body.lower() and not self.readings.obstacle else None
        try:
            self._consider(recognise_rows(page, self.readings.now), _OWN_PAGE)
        except SourceError as error:
            self.problems = [error.problem]
            self.ended(self)
            return
        if any(candidate.form in ("feed", "calendar") and candidate.source.url == page.url for candidate in self._candidates):
            self._read_rows(lambda: self._end() if self._has_items() else self._climb(_EMPTY_ADDRESS))
        elif b"<" not in page.body[:2000]:
            self.problems = ["Adressen svarade, men inte med ett flöde, en webbsida eller en kalender."]
            self.ended(self)
        elif _is_home(page.url):
            self._follow_site(page)
        else:
            self._look_into(page)
            self._read_rows(lambda: self._end() if self._is_sure() else self._follow_site(page))

    def _run_scripts(self, page: Document) -> None:
        """Let the installation's browser run the page at the address, and read the rows that it then may become."""
        self.browser = True
        guess = first_guess(page.url).model_copy(update={"browser": True})
        self.readings.read(guess, self._ran, spider=self.readings.spider_of(guess), stored=[page], max_articles=0)

    def _ran(self, spider: SourceSpider) -> None:
        page = next((document for document in spider.reading.documents if was_run(document)), None)
        if page is None:
            self.problems += [problem.text for problem in spider.reading.problems]
            self.ended(self)
            return
        self._stored = [page, *(document for document in self._stored if document.request != page.request)]
        self._recognise(Lead(page.url, Expected.PAGE, _RUN_PAGE), page)
        leads = find_leads(_response(page)) if _is_home(page.url) else []
        sections = [lead for lead in leads if lead.expected is Expected.PAGE and lead.url not in self._asked]
        self._probe(sections[:_MAX_RUN_SECTIONS], self._ran_sections)

    def _ran_sections(self, answers: Sequence[tuple[Lead, Document]]) -> None:
        for lead, document in answers:
            self._recognise(lead, document)
        self._read_rows(self._end)

    def _unanswered(self, problem: Problem | None, status: int) -> None:
        """End the search of an address that did not answer; of one without a page, begin anew from the pages above it."""
        problem = problem or Problem(ProblemKind.UNREACHABLE, "Adressen svarade inte.")
        text = _NO_PAGE.format(status=status) if problem.kind is ProblemKind.GONE else problem.text
        asked = [_MISSPELT] if problem.kind in (ProblemKind.GONE, ProblemKind.UNREACHABLE) else []
        self.problems, self.class_ = [" ".join([text, *asked])], problem.kind
        if problem.kind is ProblemKind.GONE:
            self._climb(_LOST)
        else:
            self._end()

    def _climb(self, doubt: str) -> None:
        """Begin anew from the pages above the address; `doubt` is said of the rows that are found so."""
        self._doubt = doubt
        leads = [Lead(url, Expected.PAGE, f"sidan {urlsplit(url).path}") for url in _parents(self.address)]
        self._probe(leads, self._climbed)

    def _climbed(self, answers: Sequence[tuple[Lead, Document]]) -> None:
        if not answers:
            self._end()
            return
        for lead, document in answers:
            self._recognise(lead, document)
        self._follow_site(answers[-1][1])

    def _look_into(self, page: Document) -> None:
        response = _response(page)
        self.system = find_system(response.text).value
        self.scripted = is_scripted(page.body)
        self.listless = not lists_pages(response)
        self.empty = says_empty(visible_text(parse_page(bound_markup(response.text).markup)))

    def _follow_site(self, page: Document) -> None:
        """Ask for the addresses that a page of the site gives, and then for those that their answers give."""
        self._look_into(page)
        if self.scripted or _is_home(page.url):
            # The first page of a site is no article, and its own list no more than a sample of another one.
            self._candidates = [candidate for candidate in self._candidates if candidate.form != "alone"]
        self._follow_leads(find_leads(_response(page))[:_MAX_LEADS], 1)

    def _follow_leads(self, leads: Sequence[Lead], number: int) -> None:
        """Ask for addresses, and for those that their answers give, in a few rounds; then read the rows that were found."""

        def answered(answers: Sequence[tuple[Lead, Document]]) -> None:
            further: list[Lead] = []
            for lead, document in answers:
                self._recognise(lead, document)
                further += find_further_leads(lead, document)
            if number == 1 and not any(lead.expected is Expected.SITEMAP for lead, _ in answers):
                further.append(Lead(urljoin(self.address, "/robots.txt"), Expected.ROBOTS, "robots.txt"))
            if further and number < _MAX_ROUNDS:
                self._follow_leads(further[:_MAX_FURTHER], number + 1)
            else:
                self._read_rows(self._end)

        self._probe(leads, answered)

    def _probe(self, leads: Sequence[Lead], then: Callable[[Sequence[tuple[Lead, Document]]], None]) -> None:
        fresh = [lead for lead in leads if lead.url not in self._asked]
        if not fresh or self._is_late():
            then([])
            return
        self._asked.update(lead.url for lead in fresh)

        def finished(spider: ProbeSpider) -> None:
            answers = spider.answers()
            self._stored += [document for _, document in answers]
            then(answers)

        # A browser that has run the first page runs the shells that its links lead to, too.
        guess = first_guess(fresh[0].url).model_copy(update={"browser": self.browser})
        self.readings.read(guess, finished, spider=ProbeSpider, leads=fresh)

    def _recognise(self, lead: Lead, document: Document) -> None:
        """Take the rows that the answer to a lead may become; one of another form is a "not found" in disguise."""
        try:
            rows = recognise_rows(document, self.readings.now)
        except SourceError:
            return
        if lead.expected is Expected.FEED:
            rows = [row for row in rows if row.kind in ("feed", "calendar") and row.url == document.url]
        elif lead.expected is Expected.PAGE:
            rows = [row for row in rows if row.links or row.kind != "page" or not _is_home(document.url)]
        elif lead.expected is not Expected.SITEMAP:
            return
        if was_run(document):
            rows = [_with_browser(row) if row.url == document.url else row for row in rows]
        self._consider(rows, lead.way)

    def _consider(self, rows: Sequence[Source], way: str) -> None:
        known = {_reads(one.source) for one in self._candidates}
        for row in rows:
            named = way == _OWN_PAGE and row.kind == "feed" and row.url != self._stored[0].url
            if _reads(row) not in known:
                self._candidates.append(_Candidate(row, "flöde som sidan anger" if named else way))

    def _read_rows(self, then: Callable[[], None]) -> None:
        """Read the candidates that are not read yet, a few of each form, one after the other, and go on."""
        read = {_reads(proposal.source) for proposal, _ in self.proposals}
        room = dict(_MAX_ROWS)
        waiting: list[_Candidate] = []
        for candidate in sorted(self._candidates, key=_is_late_candidate):
            source = candidate.source
            if room[candidate.form] and _reads(source) not in read:
                room[candidate.form] -= 1
                waiting.append(candidate)
        self._read_next(waiting, then)

    def _read_next(self, waiting: list[_Candidate], then: Callable[[], None]) -> None:
        # One after the other: side by side they would ask one host twice as often as it is asked otherwise.
        if not waiting or self._is_late():
            self.late = self.late or bool(waiting)
            then()
            return
        candidate, rest = waiting[0], waiting[1:]

        def finished(spider: SourceSpider) -> None:
            problems = list(dict.fromkeys([*spider.reading.problems, *spider.judge()]))
            proposal = judge_row(candidate.source, candidate.way, spider.reading, problems, self.readings.now)
            self.proposals.append((proposal, spider))
            self._stored += [document for document in spider.reading.documents if document not in self._stored]
            self._read_next(rest, then)

        spider = self.readings.spider_of(candidate.source)
        self.readings.read(candidate.source, finished, spider=spider, stored=self._stored, max_articles=_MAX_ARTICLES)

    def _is_sure(self) -> bool:
        return any(proposal.is_sure for proposal, _ in self.proposals)

    def _has_items(self) -> bool:
        return any(proposal.items for proposal, _ in self.proposals)

    def _is_late(self) -> bool:
        return time.monotonic() - self._start > self.seconds

    def _may_be_made_by_scripts(self) -> bool:
        return self.scripted or self.listless or not self._has_items()

    def _end(self) -> None:
        """End the search; before that let the browser run a page that gave nothing sure and may be made by scripts."""
        page, self._page = self._page, None
        if page is None or self._is_sure() or not self._may_be_made_by_scripts() or self._is_late():
            self.ended(self)
        else:
            self._run_scripts(page)

    def outcome(self) -> dict[str, Any]:
        """Return the answer of `sources find --json`."""
        spiders = {id(proposal): spider for proposal, spider in self.proposals}
        ranked = rank([proposal for proposal, _ in self.proposals])
        # What gave nothing is no proposal, unless the publisher says that it has nothing at present.
        rows = [
            self._row(proposal, spiders[id(proposal)])
            for proposal in ranked
            if _is_worth_showing(proposal, spiders[id(proposal)])
        ]
        problems = list(self.problems)
        if not rows and not problems:
            problems = [self._why_nothing()]
        if self.late:
            problems.append(_LATE)
        return {
            "address": self.address,
            "moved": self.moved,
            "system": self.system,
            "class": self.class_.value if self.class_ else "",
            SLOT: self.browser,
            "problems": problems,
            "rows": rows,
        }

    def _why_nothing(self) -> str:
        if self.scripted or (self.listless and not self.empty):
            tried = _RUN_IN_VAIN if self.browser else f"{_NO_BROWSER} {self.readings.obstacle}".strip()
            return f"{_SCRIPTED if self.scripted else _SCRIPTED_LIST} {tried}"
        return _EMPTY if self.empty else " ".join(dict.fromkeys([_NOTHING, *self._doubts()]))

    def _doubts(self) -> list[str]:
        return [doubt for proposal, _ in self.proposals[:1] for doubt in proposal.doubts]

    def _row(self, proposal: Proposal, spider: SourceSpider) -> dict[str, Any]:
        elsewhere = self._doubt and proposal.way != _OWN_PAGE
        doubts = [*([self._doubt.format(start=urlsplit(self.address).netloc)] if elsewhere else []), *proposal.doubts]
        return {
            "row": row_keys(proposal.source, spider),
            "sure": not doubts,
            "doubts": doubts,
            "way": proposal.way,
            "items": proposal.items,
            "ahead": proposal.ahead,
            "share_ahead": round(proposal.share_ahead, 2),
            "newest": proposal.newest.isoformat() if proposal.newest else None,
            "languages": languages_of(spider),
            "check": describe_reading(proposal.source, spider, self.readings.now, {}),
        }


def find_sources(config: Config, address: str, now: datetime, *, seconds: float = 120.0) -> dict[str, Any]:
    """Read an address, and what its site says of feeds, lists and calendars, without storing anything; return the rows found.

    Can run once per process: Twisted's reactor starts once. No address is asked twice; of a list at most four articles are read.

    Args:
        config: The installation.
        address: Address of any page of a site, a feed or a calendar.
        now: Time of the reading.
        seconds: Time after which no further row is read.

    Returns:
        `address`; `moved`, the address that it redirects to permanently, or ""; `system` that the site is made with; `browser`,
        whether the installation's browser ran the page; `problems`, sentences on why there is no row; and `rows`, the best first,
        each with `row`, the keys of a `[[source]]`, `languages` of its items, `sure`, `doubts` as sentences, `way`, `items`,
        `ahead`, `share_ahead`, `newest`, and `check`, the answer of `sources check`.

    Raises:
        ConfigError: The text is no address.
    """
    readings = ReadingProcess(config, now)
    search = SiteSearch(readings, address, seconds)
    search.begin()
    readings.run()
    return search.outcome()


def languages_of(spider: SourceSpider) -> list[str]:
    """Return the languages of the items that were read, the most usual first; without those that a stray item or two have."""
    languages = Counter(call.language for call in spider.reading.calls.values() if call.language)
    least = max(_MIN_OF_A_LANGUAGE, _SHARE_OF_A_LANGUAGE * languages.total())
    return [language for place, (language, count) in enumerate(languages.most_common()) if not place or count >= least]


def row_keys(source: Source, spider: SourceSpider) -> dict[str, Any]:
    """Return the keys that a `[[source]]` needs: the five that every row has, and those that differ from the defaults.

    The language is that of the page, else that of most of its items.
    """
    languages: Counter[str] = Counter(call.language for call in spider.reading.calls.values() if call.language)
    language: str = source.language or next((language for language, _ in languages.most_common(1)), "")
    return {**source.model_dump(mode="json", exclude_defaults=True), "language": language}


def _is_late_candidate(candidate: _Candidate) -> tuple[bool, bool]:
    return not candidate.source.browser, candidate.way == _OWN_PAGE and _is_home(candidate.source.url)


def _reads(source: Source) -> tuple[str, str, str, bool]:
    """Return the keys of a row that say what is read."""
    return source.kind, source.url, source.links, source.browser


def _with_browser(row: Source) -> Source:
    return row.model_copy(update={"browser": True}) if row.kind in BROWSED_KINDS else row


def _is_worth_showing(proposal: Proposal, spider: SourceSpider) -> bool:
    if proposal.items or spider.reading.said_empty:
        return True
    return not spider.reading.problems and not spider.reading.skipped and proposal.source.kind == "feed"


def _is_home(url: str) -> bool:
    parts = urlsplit(url)
    path = parts.path.strip("/")
    return not parts.query and (not path or (path.count("/") < _DEPTH_OF_HOME and len(path) == 2))


def _parents(url: str) -> list[str]:
    """Return the folders above an address, the nearest first, and at last the first page of its site."""
    parts = urlsplit(url)
    pieces = [piece for piece in parts.path.split("/") if piece][:-1]
    folders = ["/" + "/".join(pieces[:length]) + "/" for length in range(len(pieces), 0, -1)][: _MAX_PARENTS - 1]
    if not parts.path.strip("/"):
        return []
    return [urljoin(url, folder) for folder in [*folders, "/"]]


def _response(document: Document) -> HtmlResponse:
    return HtmlResponse(document.url, body=document.body, headers={"Content-Type": document.content_type})
