"""Find the rounds of a page that announces several: one for each line such as "Sök: 15 januari-15 februari 2027". Pure.

Swedish authorities print the rounds of their grants in calendars and on the page of each grant, with days for other things
(reports, decisions, payments) between them. A line is a round when it states a last day to apply.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from urllib.parse import urljoin

import lxml.html

from monitor.calls import Deadline
from monitor.collect.feeds import entry_key
from monitor.collect.links import clean_web_address
from monitor.collect.markup import bound_markup, parse_page
from monitor.collect.text import html_to_text, plain_line, title_text
from monitor.language.deadlines import find_deadlines

_MAX_LINES, _MAX_LINKS, _MAX_LABEL_CHARS, _MAX_SLUG_CHARS, _MIN_TITLE_CHARS = 3_000, 2_000, 60, 80, 5
_FURNITURE = ("header", "footer", "nav", "aside", "script", "style", "template", "noscript", "form")
_HEADING = re.compile(r"(<h[1-6]\b[^>]*+>.*?</h[1-6]>)", re.IGNORECASE | re.DOTALL)
_LABEL = re.compile(r"\s*(?P<label>[^\d:]{2,40}?(?:\s\d{1,2})?)\s*:")
# Headings and lines that name a step of a grant, not a grant: their days belong to the grant above.
_STEP = re.compile(
    r"(?:viktiga )?(?:datum|tider)\b|när (?:kan|ska|får)\b|ansök|sök\b|begär|rekvi|öppn|stäng|omgång|period|redovis|beslut|"
    r"besked|utbetal|bidragsram|uppfölj|dates?\b|deadlines?\b|open|clos|apply|application|"
    r"(?:januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december)(?: 20\d\d)?$",
    re.IGNORECASE,
)
_WHO = re.compile(r"(?:för )?vem(?: kan söka| får söka)?\s*:\s*(?P<who>\S.*)", re.IGNORECASE)
_NOT_APPLYING = re.compile(
    r"redovis|beslut|besked|utbetal|bidragsram|rapport|uppfölj|publicer|decision|payment|report", re.IGNORECASE
)
_DIGIT = re.compile(r"\d")
# Where a line has one round after another, each with its numbered label: "Omgång 1: 15 januari. Omgång 2: 15 augusti".
_NEXT_ROUND = re.compile(
    r"(?<=[.;])\s+(?=(?:[^\W\d]+\s){0,2}"
    r"(?:(?:ansöknings)?(?:omgång|period)|sök|begär ut|rekvirera|round|call)\s\d{1,2}\s*:\s*(?:den\s)?\d)",
    re.IGNORECASE,
)
# A grant's name, a dash or a colon, and when to apply for it: "Bokinköp – ansökan öppen 1–28 februari".
_NAMED_LINE = re.compile(
    r"(?P<name>[^\d:|.]{5,80}?)(?:\s+[–—-]|:)\s+(?P<rest>(?:ansök|sök\b|öppe[nt]\b|öppnar\b|sista\b|apply|open\b|applications?\b|deadline).*)",
    re.IGNORECASE,
)
_SEASON = re.compile(
    r"(?:vår|sommar|höst|vinter|första|andra|tredje|sista|spring|summer|autumn|winter|first|second)", re.IGNORECASE
)
# Headings that name no grant.
_GENERAL = re.compile(
    r"(?:(?:aktuella|alla|våra|öppna|kommande) )?(?:(?:stats|projekt)?bidrag|stöd|utlysningar|kalender|tider|grants|calls)$",
    re.IGNORECASE,
)
_OPENING_COLUMN = re.compile(r"(?:ansökan |omgången |utlysningen )?öppnar|öppnas|ansökan från|opens?\b|opening", re.IGNORECASE)
_CLOSING_COLUMN = re.compile(
    r"(?:ansökan |omgången |utlysningen )?stänger|stängs|sista (?:ansöknings)?dag|ansökan till|clos(?:es|ing)|deadline",
    re.IGNORECASE,
)
# A row of a table in a text; one of two cells may be "label: value".
_CELL = re.compile(r" \| |: ")


@dataclass(slots=True)
class Grant:
    """Grant on a page, with the lines that say when to apply for it and all others."""

    title: str
    """Heading, or text of the link, that the lines stand under."""
    url: str = ""
    """Address that the title links to, or ""."""
    rounds: list[GrantRound] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    """Lines that state no last day to apply."""
    applicants: list[str] = field(default_factory=list)
    """Statements of who may apply, from lines such as "Vem: kommunala huvudmän"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRound:
    """Line of a page that states when one round is open."""

    line: str
    label: str
    """Words before the days ("Sök", "Begär ut 1"), or ""."""
    deadline: Deadline
    opens: date | None = None

    @property
    def year(self) -> int:
        """Return the year in which the round closes."""
        return self.deadline.at.year


def find_rounds(markup: str, url: str, *, within: str = "", reference: date, language: str, zone: str) -> list[Grant]:
    """Return the grants of a page that state at least one round, in page order.

    Args:
        markup: The page.
        url: Its address.
        within: CSS selector of the part that has the grants; empty: the main part of the page.
        reference: Day that years are counted from where none is written.
        language: Language of the page, ISO 639-1, or empty.
        zone: IANA name of the publisher's time zone.
    """
    grants = [Grant("")]
    lines_left = _MAX_LINES
    for heading, body in _sections(_main_part(markup, within)):
        title, before = title_text(heading), ""
        if _STEP.match(title):
            before = title
        else:
            grants.append(Grant(title, _first_link(heading, url)))
        links = _links(body, url)
        lines = html_to_text(body).split("\n")[:lines_left] if lines_left else []
        lines_left -= len(lines)
        for name, text in _entries(lines, title):
            if name:
                grants.append(Grant(name, links.get(name.rpartition(": ")[2], "")))
            named = next((linked for linked in links if text.startswith(linked) and not _STEP.match(linked)), "")
            if named:
                grants.append(Grant(named, links[named]))
                text = text.removeprefix(named).lstrip(" :|,–-")
            elif _LABEL.match(text) and _is_title(before) and grants[-1].lines[-1:] == [before]:
                grants[-1].lines.pop()
                grants.append(Grant(before))
            if text:
                _add_line(grants[-1], text, before, reference, language, zone)
            before = text or before
    return _merged(grants)


def _entries(lines: list[str], heading: str) -> Iterator[tuple[str, str]]:
    """Yield the lines under a heading, each with the name of the grant that begins with it, or "".

    A line with several rounds is several lines, and a row of a table whose columns say when a grant opens and closes is one line.
    """
    columns: list[str] = []
    for line in lines:
        cells = [cell.strip() for cell in _CELL.split(line)]
        if len(cells) > 1 and any(_CLOSING_COLUMN.match(cell) for cell in cells) and not _DIGIT.search(line):
            columns = cells
        elif columns and len(cells) == len(columns) and _DIGIT.search(line):
            yield _table_row(cells, columns)
        else:
            columns = []
            for part in _NEXT_ROUND.split(line):
                yield _named_line(part.strip(" •·-–"), heading)


def _table_row(cells: list[str], columns: list[str]) -> tuple[str, str]:
    """Return the name of the grant in a row of a table, or "", and a line that says when it opens and closes."""
    opens = next((cell for cell, column in zip(cells, columns, strict=True) if _OPENING_COLUMN.match(column)), "")
    closes = next((cell for cell, column in zip(cells, columns, strict=True) if _CLOSING_COLUMN.match(column)), "")
    name = cells[0] if not _OPENING_COLUMN.match(columns[0]) and not _CLOSING_COLUMN.match(columns[0]) else ""
    opening = f"Ansökan öppnar {opens} och stänger {closes}" if _DIGIT.search(opens) else f"Sista ansökningsdag: {closes}"
    return ("" if _STEP.match(name) else name), opening if _DIGIT.search(closes) else ""


def _named_line(line: str, heading: str) -> tuple[str, str]:
    """Return the name of the grant that a line begins with, below its heading, and the rest; "" and the line where none is."""
    found = _NAMED_LINE.match(line)
    if found is None or not _DIGIT.search(found["rest"]) or _STEP.match(found["name"]) or _SEASON.match(found["name"]):
        return "", line
    return found["name"] if not heading or _GENERAL.match(heading) else f"{heading}: {found['name']}", found["rest"]


def _merged(grants: list[Grant]) -> list[Grant]:
    """Return the grants that have a title and a round; a grant that stands under several months is one."""
    found: dict[tuple[str, str], Grant] = {}
    for grant in grants:
        if not grant.title or not grant.rounds:
            continue
        known = found.setdefault((grant.title, grant.url), grant)
        if known is not grant:
            days = {item.deadline.at.date() for item in known.rounds}
            known.rounds += [item for item in grant.rounds if item.deadline.at.date() not in days]
            known.lines += [line for line in grant.lines if line not in known.lines]
            known.applicants += [who for who in grant.applicants if who not in known.applicants]
    return list(found.values())


def round_key(grant: Grant, item: GrantRound, page: str) -> str:
    """Return a key that stays while the round does: the grant's own address, or the page's with the grant's name and year.

    A further round of the same grant has its label and year in addition, or its last day where labels do not tell rounds apart.
    """
    address = entry_key("", grant.url or page, "")
    rest = "" if item is grant.rounds[0] else slug(item.label)
    if item is not grant.rounds[0] and (not rest or sum(slug(other.label) == rest for other in grant.rounds) > 1):
        rest = f"{rest}-{item.deadline.at:%m-%d}".strip("-")
    if grant.url:
        return f"{address}#{rest}-{item.year}" if rest else address
    return f"{address}#{slug(grant.title)}-{rest}-{item.year}".replace("--", "-")


def round_title(grant: Grant, item: GrantRound) -> str:
    """Return the title of a round: that of its grant, with its label where the grant has several rounds."""
    return f"{grant.title}: {item.label}" if len(grant.rounds) > 1 and item.label else grant.title


def slug(text: str) -> str:
    """Return a text as a part of an address: "Begär ut 1" is "begar-ut-1"."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_MAX_SLUG_CHARS].strip("-")


def _main_part(markup: str, within: str) -> list[lxml.html.HtmlElement]:
    """Return the elements that hold the grants, without menus, scripts and forms."""
    root = parse_page(bound_markup(markup).markup)
    found = (
        root.cssselect(within) if within else (root.cssselect("main") or root.cssselect("[role=main]") or root.cssselect("body"))
    )
    for element in found:
        for name in _FURNITURE:
            for part in list(element.iter(name)):
                part.drop_tree()
    return list(found)


def _sections(parts: list[lxml.html.HtmlElement]) -> Iterator[tuple[str, str]]:
    """Yield the markup of each heading and that of the text under it; what stands before the first heading has "" as heading."""
    for part in parts:
        pieces = _HEADING.split(lxml.html.tostring(part, encoding="unicode"))
        yield "", pieces[0]
        yield from zip(pieces[1::2], pieces[2::2], strict=True)


def _links(markup: str, url: str) -> dict[str, str]:
    """Return the addresses of a fragment's links by their text, the longest text first."""
    links: dict[str, str] = {}
    if "<a" in markup:
        for element in islice(parse_page(markup).iter("a"), _MAX_LINKS):
            text, address = plain_line(element.text_content()), clean_web_address(urljoin(url, element.get("href") or ""))
            if len(text) > _MIN_TITLE_CHARS and address:
                links.setdefault(text, address)
    return dict(sorted(links.items(), key=lambda item: -len(item[0])))


def _first_link(markup: str, url: str) -> str:
    return next(iter(_links(markup, url).values()), "")


def _is_title(line: str) -> bool:
    """Return whether a line above "Sök: ..." names a grant: it has words, no label and no end of a sentence."""
    return len(line) > _MIN_TITLE_CHARS and not line.endswith((".", ":")) and not _LABEL.match(line) and not _STEP.match(line)


def _add_line(grant: Grant, line: str, before: str, reference: date, language: str, zone: str) -> None:
    """Add a line to a grant: its rounds, where it, or it after the label on the line before, states last days to apply."""
    known = {item.deadline.at.date() for item in grant.rounds}
    for text in _readings(line, before):
        found = find_deadlines(text, reference=reference, language=language, zone=zone)
        if found.deadlines:
            words = _LABEL.match(text)
            label = plain_line(words["label"]) if words else ""
            opens = found.opens if len(found.deadlines) == 1 else None
            grant.rounds += [
                GrantRound(line=text, label=label, deadline=replace(deadline, stage=None), opens=opens)
                for deadline in found.deadlines
                if deadline.at.date() not in known
            ]
            return
    grant.lines.append(line)
    if who := _WHO.match(line):
        grant.applicants.append(who["who"])


def _readings(line: str, before: str) -> Iterator[str]:
    """Yield the texts that a line with figures may mean: with the label on the line before it, where it has none, and alone."""
    if not _DIGIT.search(line):
        return
    is_label = len(before) <= _MAX_LABEL_CHARS and not before.endswith(".") and not _DIGIT.search(before)
    label = before.rstrip(":") if is_label and not _LABEL.match(line) else ""
    if label:
        yield f"{label}: {line}"
    if not _NOT_APPLYING.match(label):
        yield line
