"""Coming calls in a work programme, each with the page and the words that plan it. Pure.

Two layouts are read. A table of topics: a line of column names, then rows that begin with the identifier of a topic. A box:
labels with their values, one below the other, under the numbered heading of an action. A call without a planned time is left
out, and so is a value of which the page does not say surely which column it stands in: a PDF has words and no cells.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from monitor.documents.lines import join_lines
from monitor.documents.model import DocumentPage
from monitor.documents.planned_times import PlannedTime, TimePlace, find_times, writes_day_first
from monitor.language.money import find_amounts
from monitor.program import code_version


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeEntry:
    """Call that a work programme plans."""

    identifier: str = ""
    """Identifier of the topic; empty where the programme has none yet."""
    title: str
    programme: str
    """First part of its identifiers, such as CERV."""
    action: str = ""
    """Type of action as written."""
    amount: int | None = None
    """Budget in whole euro."""
    opens: PlannedTime | None = None
    closes: PlannedTime | None = None
    """First last day, where there are several stages."""
    page: int
    quote: str
    """Words of the page, letter by letter, with its line breaks."""


_PROGRAMMES = (
    ("CERV", r"citizens, equality, rights and values|\bCERV\b"),
    ("CREA", r"creative europe|kreativa europa"),
    ("ERASMUS", r"erasmus\+"),
    ("DIGITAL", r"digital europe|programmet för ett digitalt europa"),
    ("EU4H", r"eu4health"),
    ("LIFE", r"\blife (?:multiannual |work )?programme\b|programme for the environment and climate action|life-programmet"),
)
"""Names of programmes on the first pages of their work programmes, by the first part of their identifiers."""
_IDENTIFIER = re.compile(r"^[ \t]*([A-Z][A-Z0-9]{1,11}(?:-\n?[A-Za-z0-9+]{1,20}){1,9})(?=[\s:,|–]|$)", re.MULTILINE)
_YEAR = re.compile(r"(?:^|-)(20[2-4]\d)(?:-|$)")
_COLUMNS = (
    ("identifier", r"\btopics?\b|\bidentifier\b|\breference\b|\bcall id\b"),
    ("action", r"\btypes? of (?:action|grant)s?\b|\baction type\b"),
    ("budget", r"\bbudgets?\b|\bamounts?\b"),
    ("opens", r"\bopening\b|\bpublication\b|\blaunch\b"),
    ("closes", r"\bdeadlines?\b|\bclosing\b"),
)
_OTHER_FIGURES = re.compile(r"\bcontribution\b|\bnumber of\b|\brate\b|\bmaximum\b|\bper project\b|%|\b20\d\d\b", re.IGNORECASE)
"""Words of column names that have figures which are no budget, or a budget for each of several years."""
_ACTION = re.compile(
    r"\b[A-Z][A-Z0-9]{1,9}-(?:PJG|LS|AG|OG|FPA|SGA|CSA|TA|SIP|SNAP|SME|JU|JA|COFUND|RIA|IA|UN)(?:-[A-Z]+)*\b"
    r"|\b(?:RIA|IA|CSA|PCP|PPI|COFUND)\b"
    r"|\b(?:lump sum|project|action|operating|simple|standard action|strategic) (?:grants?|projects?)\b"
    r"|\bcoordination and support actions?\b|\bframework partnership agreements?\b|\bcalls? for proposals\b",
    re.IGNORECASE,
)
_NO_GRANT = re.compile(r"\bprocurement\b|\btenders?\b|\bprize\b|\bupphandling\b|\bexpert contracts?\b", re.IGNORECASE)
_FIGURE = re.compile(r"(?<![\w.,/-])(?:\d{1,3}(?:[ \u00a0\u202f.,]\d{3})+|\d{1,6}(?:[.,]\d{1,3})?)(?![\w/-]|[.,]\d)")
_MILLIONS = re.compile(r"\bmillions?\b|\bmio\b|\bm€|€ ?m\b", re.IGNORECASE)
_EURO = re.compile(r"\bEUR\b|€|\beuros?\b", re.IGNORECASE)
_ROW_END = 60
"""Characters that may stand in the columns after the last one that is read."""
_MAX_HEADER, _MAX_ROW, _MAX_BOX = 420, 14, 16
"""Characters before the first row in which column names are looked for; lines of a row; lines of a box without a label."""
_HEADING = re.compile(r"^\d{1,2}(?:\.\d{1,2}){1,4}\.?[ \t]+(\S[^\n]{3,160})$")
_SENTENCE_END = re.compile(r"[.!?]\s*\n|[a-zåäö]{2,}\.\s")
_GROUP = re.compile(
    r"^[ \t]*(?:(opening|publication|launch)|(deadline|closing))[^:\n]{0,40}:[ \t]*(\S[^\n]*)$", re.IGNORECASE | re.MULTILINE
)
_LABELS = tuple(
    (kind, re.compile(rf"[ \t]*(?:{words})(?:\(s\))?(?=[\s:|]|$)[ \t]*[:|]?[ \t]*", re.IGNORECASE))
    for kind, words in (
        ("identifier", r"(?:call |topic |call topic )?(?:id|identifier|reference)(?: number)?"),
        ("title", r"(?:call |topic )?title(?: of the (?:call|topic|action))?"),
        ("action", r"types? of (?:action|grant)s?|procedure type"),
        ("budget", r"(?:total |indicative |call |estimated )*(?:budget|amount)(?: of the call| for the call)?"),
        (
            "opens",
            r"(?:planned |indicative |expected )?(?:(?:date of )?publication(?: of the call(?: for proposals)?)?(?: date)?"
            r"|(?:call )?opening(?: of the call)?(?: date)?|launch(?: of the call)?(?: date)?)|indicative call timeline",
        ),
        (
            "closes",
            r"(?:planned |indicative |expected )?(?:deadline(?: for (?:the )?submission)?(?: of proposals)?"
            r"|submission deadline|(?:call )?closing(?: date)?)",
        ),
    )
)
_FEWEST_LABELS = 3
_LEAST_BUDGET = 1_000
"""Euro below which a figure is a piece of a budget."""
_RUNNING_LETTERS = 8
"""Fewest letters of a running header or footer: a shorter line that pages share may be the end of a cell."""


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    start: int
    """Offset in the text of its page."""
    page: DocumentPage


def programmes_version() -> str:
    """Return the version of the code that reads work programmes; those of another version are read again."""
    return code_version(Path(__file__))


def read_programme(pages: Sequence[DocumentPage]) -> tuple[ProgrammeEntry, ...]:
    """Return the calls that a work programme plans, in the order of its pages, each identifier and each title once."""
    originals, pages = pages, [replace(page, text=join_lines(page.text)) for page in pages]
    day_first = writes_day_first("\n".join(page.text for page in pages))
    programme = _programme_of(pages)
    texts = {page.number: page.text for page in originals}
    found: dict[str, ProgrammeEntry] = {}
    repeated = _repeated(originals)
    tables, boxes = _tables(pages, repeated, day_first=day_first), _boxes(pages, programme, repeated, day_first=day_first)
    for entry, start in (*tables, *boxes):
        if entry.programme and entry.title and (entry.opens or entry.closes):
            quote = texts[entry.page][start : start + len(entry.quote)]
            found.setdefault(entry.identifier or entry.title.casefold(), replace(entry, quote=quote))
    return tuple(sorted(found.values(), key=lambda entry: entry.page))


def _programme_of(pages: Sequence[DocumentPage]) -> str:
    """Return the programme that the first three pages name first; "" for none that is known."""
    text = " ".join("\n".join(page.text for page in pages[:3]).split())
    places = [(found.start(), code) for code, words in _PROGRAMMES if (found := re.search(words, text, re.IGNORECASE))]
    return min(places)[1] if places else ""


def _repeated(pages: Sequence[DocumentPage]) -> frozenset[str]:
    """Return the first and last lines that pages have in common: running headers and footers, but no column names."""
    ends = Counter(line for page in pages for line in {*page.text.split("\n")[:2], *page.text.split("\n")[-2:]})
    return frozenset(
        line
        for line, number in ends.items()
        if number >= 3 and sum(map(str.isalpha, line)) >= _RUNNING_LETTERS and len(_column_places(line)) < 2
    )


# Tables ------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Columns:
    """Columns of a table in their order, and the times that a line above its rows gives to all of them."""

    names: tuple[str, ...]
    in_millions: bool
    in_euro: bool
    other_figures: bool
    opens: PlannedTime | None = None
    closes: PlannedTime | None = None

    @property
    def dated(self) -> tuple[str, ...]:
        """Return the columns that hold times, in order."""
        return tuple(name for name in self.names if name in ("opens", "closes"))


def _tables(pages: Sequence[DocumentPage], repeated: frozenset[str], *, day_first: bool) -> Iterator[tuple[ProgrammeEntry, int]]:
    """Yield the rows of all tables with their places; a table goes on over pages until there are other column names."""
    columns = None
    for page in pages:
        end = 0
        for found in _IDENTIFIER.finditer(page.text):
            identifier = found[1].replace("\n", "")
            if _YEAR.search(identifier) is None or found.start() < end:
                continue
            before = page.text[max(end, found.start() - _MAX_HEADER) : found.start()]
            columns = _read_columns(before, repeated, day_first=day_first) or (columns if _goes_on(before, repeated) else None)
            if columns is None:
                continue
            entry, end = _read_row(page, found, identifier, columns, repeated, day_first=day_first)
            if entry is not None:
                yield entry, found.start(1)


def _own_lines(text: str, repeated: frozenset[str]) -> list[str]:
    return [line for line in text.split("\n") if line.strip() and line not in repeated and not line.strip().isdigit()]


def _goes_on(before: str, repeated: frozenset[str]) -> bool:
    """Return whether nothing but running headers and the end of a row stands between two rows of a table."""
    return sum(map(len, _own_lines(before, repeated))) <= _ROW_END and _SENTENCE_END.search(before) is None


def _read_columns(before: str, repeated: frozenset[str], *, day_first: bool) -> _Columns | None:
    """Return the columns that the last lines before a row name; None where they name no time."""
    ends = [found.end() for found in _SENTENCE_END.finditer(before)]
    header = "\n".join(_own_lines(before[ends[-1] if ends else 0 :], repeated))
    opens = closes = None
    for is_opening, is_closing, words in _GROUP.findall(header):
        time = next((place.time for place in find_times(" ".join(words.split()), day_first=day_first)), None)
        opens = time if is_opening else opens
        closes = time if is_closing and closes is None else closes
    names = " ".join(_GROUP.sub("", header).split())
    columns = _Columns(
        names=tuple(name for _, name in sorted(_column_places(names))),
        in_millions=_MILLIONS.search(names) is not None,
        in_euro=_EURO.search(names) is not None,
        other_figures=_OTHER_FIGURES.search(names) is not None,
        opens=opens,
        closes=closes,
    )
    is_table = len(columns.names) >= 2 and (columns.dated or opens or closes)
    return columns if is_table else None


def _column_places(names: str) -> list[tuple[int, str]]:
    """Return where each column is named first."""
    return [(found.start(), name) for name, words in _COLUMNS if (found := re.search(words, names, re.IGNORECASE))]


def _read_row(
    page: DocumentPage, found: re.Match[str], identifier: str, columns: _Columns, repeated: frozenset[str], *, day_first: bool
) -> tuple[ProgrammeEntry | None, int]:
    """Return the call of a row, None for one that is no grant or has no sure time, and the end of the row in its page."""
    following = next(
        (one.start() for one in _IDENTIFIER.finditer(page.text, found.end()) if _YEAR.search(one[1])), len(page.text)
    )
    end, text = found.end(), ""
    places: list[TimePlace] = []
    for number, line in enumerate(_lines(page, found.end(), following)):
        if number > 0 and (number >= _MAX_ROW or _HEADING.match(line.text) or line.text in repeated):
            break
        text = f"{text} {' '.join(line.text.replace('|', ' ').split())}".strip()
        end = line.start + len(line.text)
        places = find_times(text, day_first=day_first)
        if columns.dated and len(places) >= len(columns.dated) and not _lacks_budget(text, places, columns):
            break
    text = text.strip(" :|–-")
    places = find_times(text, day_first=day_first)
    times = None if _in_title(places, text, columns) else _row_times(places, columns)
    if times is None or _NO_GRANT.search(text):
        return None, end
    opens, closes = times
    entry = ProgrammeEntry(
        identifier=identifier,
        title=_row_title(text, places) or identifier,
        programme=identifier.partition("-")[0],
        action=_action(text),
        amount=_row_amount(text, places, columns),
        opens=opens,
        closes=closes,
        page=page.number,
        quote=page.text[found.start(1) : end],
    )
    return entry, end


def _lines(page: DocumentPage, start: int, end: int) -> Iterator[_Line]:
    for line in page.text[start:end].split("\n"):
        yield _Line(line, start, page)
        start += len(line) + 1


def _lacks_budget(text: str, places: Sequence[TimePlace], columns: _Columns) -> bool:
    """Return whether the budget stands after the last time and has not been seen yet."""
    last = bool(columns.names) and columns.names[-1] == "budget"
    return last and _FIGURE.search(text, places[-1].end if places else 0) is None


def _in_title(places: Sequence[TimePlace], text: str, columns: _Columns) -> bool:
    """Return whether a time stands before the type of action, whose column comes before those of times: in the title."""
    action = _ACTION.search(text)
    names = columns.names
    is_before = "action" in names and bool(columns.dated) and names.index("action") < names.index(columns.dated[0])
    return bool(places) and is_before and action is not None and places[0].start < action.start()


def _row_times(places: Sequence[TimePlace], columns: _Columns) -> tuple[PlannedTime | None, PlannedTime | None] | None:
    """Return opening and first last day of a row; None where the columns do not fit the times."""
    times = [place.time for place in places]
    if not columns.dated:
        return (columns.opens, columns.closes) if not times else None
    if len(times) == len(columns.dated) + 1 and columns.dated[-1] == "closes":
        times = times[:-1]  # the second stage
    if len(times) != len(columns.dated):
        return None
    named = dict(zip(columns.dated, times, strict=True))
    return named.get("opens", columns.opens), named.get("closes", columns.closes)


def _row_title(text: str, places: Sequence[TimePlace]) -> str:
    """Return the words before the first value of a row."""
    stops = [len(text), *(place.start for place in places[:1])]
    if action := _ACTION.search(text):
        stops.append(action.start())
    if figure := re.search(r"(?:EUR|€) ?\d|(?<![\w-])\d{1,3}(?:[ .,]\d{3})+(?!\w)|(?<![\w-])\d+[.,]\d+(?!\w)", text):
        stops.append(figure.start())
    return text[: min(stops)].strip(" :|,–-")


def _action(text: str) -> str:
    found = _ACTION.search(text)
    return found[0] if found else ""


def _row_amount(text: str, places: Sequence[TimePlace], columns: _Columns) -> int | None:
    """Return the budget of a row in whole euro; None where the figure cannot be told from others."""
    if "budget" not in columns.names:
        return None
    sums = [found for found in find_amounts(text, "en") if found.amount is not None]
    if sums:
        only = sums[0]
        is_sure = len(sums) == 1 and only.currency == "EUR" and only.amount_max is None
        return only.amount if is_sure and (only.amount or 0) >= _LEAST_BUDGET else None
    if not columns.in_euro:
        return None
    figures = _budget_figures(text, places, columns)
    return _whole_euro(figures[0], in_millions=columns.in_millions) if figures else None


def _budget_figures(text: str, places: Sequence[TimePlace], columns: _Columns) -> list[str]:
    """Return the figure that is the budget as a list of one; empty where several may be."""
    action = _ACTION.search(text)
    if action and columns.names.index("budget") == (columns.names.index("action") if "action" in columns.names else -9) + 1:
        found = _FIGURE.match(text, action.end() + 1)
        return [found[0]] if found else []
    if columns.other_figures or not places:
        return []
    comes_first = columns.dated and columns.names.index("budget") < columns.names.index(columns.dated[0])
    if comes_first:
        return [one[0] for one in _FIGURE.finditer(text, 0, places[0].start)][-1:]
    return [one[0] for one in _FIGURE.finditer(text, places[-1].end)][:1]


def _whole_euro(figure: str, *, in_millions: bool) -> int | None:
    """Return a figure in whole euro; None for one that fits its unit badly, such as 4 500 000 million."""
    groups = re.split(r"[ \u00a0\u202f.,]", figure)
    if in_millions:
        value = float(figure.replace(",", ".").replace(" ", "")) if len(groups) <= 2 else 0.0
        return round(value * 1_000_000) if 0 < value < 5_000 else None
    is_grouped = len(groups) > 1 and all(len(group) == 3 for group in groups[1:])
    value = float("".join(groups)) if is_grouped else 0.0
    return int(value) if value >= 1_000 else None


# Boxes -------------------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Box:
    """Labels of one action that have been read so far."""

    heading: str
    values: dict[str, str]
    page: DocumentPage
    start: int
    end: int
    pending: str = ""
    """Label whose value is on the next line."""
    label: str = ""
    """Last label that has a value."""
    idle: int = 0
    """Lines since the last label or value."""


def _boxes(
    pages: Sequence[DocumentPage], programme: str, repeated: frozenset[str], *, day_first: bool
) -> Iterator[tuple[ProgrammeEntry, int]]:
    """Yield the action of each box that is a call with a planned time, with the place of the box on its page."""
    heading, box, is_heading = "", None, False
    for page in pages:
        heading = page.label or heading
        if box is not None:
            yield from _entries(box, programme, day_first=day_first)
            box = None
        for line in _lines(page, 0, len(page.text)):
            if line.text in repeated or not line.text.strip():
                continue
            title = _HEADING.match(line.text)
            label = None if title else _label(line.text)
            if box is not None and (title or (label and label[0] in box.values) or box.idle > _MAX_BOX):
                yield from _entries(box, programme, day_first=day_first)
                box = None
            under_heading, is_heading = is_heading, title is not None
            if title:
                heading = title[1] if "...." not in title[1] else heading
            elif label:
                box = box or _Box(heading, {}, page, line.start, line.start)
                _put(box, label[0], label[1], line)
            elif under_heading and line.text.lstrip()[:1].islower():
                heading, is_heading = f"{heading} {line.text.strip()}", True
            elif box is not None:
                _go_on(box, line)
    if box is not None:
        yield from _entries(box, programme, day_first=day_first)


def _label(text: str) -> tuple[str, str] | None:
    """Return the kind of the label that a line begins with, and the words after it."""
    for kind, pattern in _LABELS:
        if found := pattern.match(text):
            return kind, text[found.end() :].strip()
    return None


def _put(box: _Box, kind: str, value: str, line: _Line) -> None:
    if not kind:
        box.idle += 1
        return
    box.values[kind] = value
    box.label = kind
    box.pending = "" if value else kind
    box.end, box.idle = line.start + len(line.text), 0


def _go_on(box: _Box, line: _Line) -> None:
    """Put a line without a label to the label before it: its value, or the rest of its title."""
    if not box.pending and box.idle == 0 and box.label == "title" and line.text.lstrip()[:1].islower():
        _put(box, "title", f"{box.values['title']} {line.text.strip()}", line)
    else:
        _put(box, box.pending, line.text, line)


def _entries(box: _Box, programme: str, *, day_first: bool) -> Iterator[tuple[ProgrammeEntry, int]]:
    """Yield the call of a box and its place; none for one of too few labels, one that is no grant, or one without a title."""
    values = box.values
    identifier = values.get("identifier", "").split(" ")[0] if _YEAR.search(values.get("identifier", "")) else ""
    title = values.get("title") or box.heading
    if len(values) < _FEWEST_LABELS or not title or _NO_GRANT.search(values.get("action", "")):
        return
    sums = [found for found in find_amounts(values.get("budget", ""), "en") if found.amount is not None]
    is_sure = len(sums) == 1 and sums[0].currency == "EUR" and sums[0].amount_max is None
    entry = ProgrammeEntry(
        identifier=identifier,
        title=" ".join(title.split()),
        programme=identifier.partition("-")[0] or programme,
        action=values.get("action", "")[:80],
        amount=sums[0].amount if is_sure and (sums[0].amount or 0) >= _LEAST_BUDGET else None,
        opens=_box_time(values.get("opens", ""), day_first=day_first),
        closes=_box_time(values.get("closes", ""), day_first=day_first),
        page=box.page.number,
        quote=box.page.text[box.start : box.end],
    )
    yield entry, box.start


def _box_time(value: str, *, day_first: bool) -> PlannedTime | None:
    """Return the time that a value begins with: a day further on in a sentence may be of something else."""
    places = find_times(" ".join(value.split()), day_first=day_first)
    if not places or places[0].start > 12:
        return None
    return places[0].time
