"""Comparison of the municipality's own list of its projects with what publishers say: found, candidate, missing, other amount.

The list is CSV, as a spreadsheet saves it: columns parted by `;`, `,` or tabs, with a heading row. `projekt` is needed;
`nummer` (case or grant number), `program`, `år`, `belopp` and `valuta` are read where they are.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from monitor.awards.fields import amount, year_of
from monitor.awards.municipal import SURE, OwnProject
from monitor.awards.organisations import fold
from monitor.awards.tables import column
from monitor.errors import RowError, SourceError

_NAMES = {
    "project": ("projekt", "projektnamn", "titel", "namn", "project", "title"),
    "number": ("nummer", "diarienummer", "projektnummer", "dnr", "projekt-id", "number", "id"),
    "programme": ("program", "fond", "programme"),
    "year": ("år", "startår", "year", "start"),
    "amount": ("belopp", "bidrag", "beviljat", "eu-stöd", "egen del", "amount"),
    "currency": ("valuta", "currency"),
}
"""Headings of each column, in lower case."""
_LIKE = 90
"""Likeness of titles (rapidfuzz's token_sort_ratio, 0 to 100) from which two may be the same project."""
_YEARS_APART = 1
_NEAR = Decimal("0.01")
"""Share by which two amounts may differ and still be the same: lists are rounded."""
MAX_LIST = 1_000_000
"""Most characters of a list."""
_MAX_ROWS = 5_000
_CURRENCY = re.compile(
    r"\A(?:(sek|kr\.?)|(eur|euro|€))\s*(?=\d)|(?<=[\d-])\s*(?:(sek|kr\.?|kronor)|(eur|euro|€))\Z", re.IGNORECASE
)
"""Currency before or after an amount."""
_WHOLE = re.compile(r"(?<=\d)[.,:]?\s*[-–]\Z")
"""Mark of whole kronor after an amount: "250 000:-"."""
_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d{1,2})?")
"""Amount with Swedish points between thousands."""
_UNSURE = re.compile(r"\d{1,3},\d{3}")
"""Amount whose comma stands where a Swede has decimals and an Englishman thousands."""


class Outcome(StrEnum):
    """Result of comparing one project."""

    FOUND = "found"
    CANDIDATE = "candidate"
    """Only the title, or an organisation that nobody has confirmed, says that it is the same."""
    MISSING = "missing"
    """In the own list alone."""
    UNLISTED = "unlisted"
    """At a publisher alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedProject:
    """Row of the own list."""

    row: int
    project: str
    number: str = ""
    programme: str = ""
    year: int | None = None
    amount: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """Project of the own list, of a publisher, or of both."""

    outcome: Outcome
    listed: ListedProject | None = None
    known: OwnProject | None = None
    differs: bool = False
    """True when both state an amount in one currency and none of the publisher's is the listed one."""


def parse_list(text: str) -> list[ListedProject]:
    """Return the rows of a list.

    Raises:
        SourceError: It is too long, has no column with the projects' names, a quote that is not closed, or an amount that is no
            number; the text names the line.
    """
    where = "Listan"
    if len(text) > MAX_LIST:
        raise SourceError(where, f"har {len(text)} tecken; högst {MAX_LIST} läses")
    rows = _rows(text)
    names = [column(name) for name in rows[0][1]] if rows else []
    places = {
        field: next((names.index(heading) for heading in headings if heading in names), None)
        for field, headings in _NAMES.items()
    }
    if places["project"] is None:
        raise SourceError(where, "saknar kolumnen projekt; den första raden ska ha kolumnernas namn")
    if len(rows) > _MAX_ROWS:
        raise SourceError(where, f"har {len(rows)} rader; högst {_MAX_ROWS} läses")
    found = []
    for number, cells in rows[1:]:
        if any(cell.strip() for cell in cells):
            found.append(_listed(number, {field: _cell(cells, place) for field, place in places.items()}))
    return found


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """Return the rows of a list with the numbers of the lines on which they begin, the heading first; blank lines are left out.

    Raises:
        SourceError: A quote is not closed, or closed in a later row, so that the rows between would be lost.
    """
    lines = text.lstrip("\ufeff").replace("\r\n", "\n").rstrip()
    head = lines.lstrip().partition("\n")[0]
    delimiter = max(";\t,", key=head.count)
    reader = csv.reader(io.StringIO(lines), delimiter=delimiter, strict=True)
    found: list[tuple[int, list[str]]] = []
    begins = 1
    try:
        for cells in reader:
            if found and reader.line_num > begins and len(cells) != len(found[0][1]):
                raise _unclosed(begins)
            if any(cell.strip() for cell in cells):
                found.append((begins, cells))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise _unclosed(begins) from error
    return found


def _unclosed(line: int) -> SourceError:
    return SourceError(
        f"Listan, rad {line}",
        "har ett citattecken som inte avslutas, så raderna efter den kan inte läsas; ta bort eller avsluta det",
    )


def _cell(cells: Sequence[str], place: int | None) -> str:
    return cells[place].strip() if place is not None and place < len(cells) else ""


def _listed(row: int, cells: dict[str, str]) -> ListedProject:
    if not cells["project"]:
        raise SourceError(f"Listan, rad {row}", "saknar projektets namn")
    try:
        stated, currency = _stated_amount(cells["amount"])
    except RowError as error:
        raise SourceError(f"Listan, rad {row}", str(error)) from error
    currency = cells["currency"].upper() or currency
    return ListedProject(
        row=row,
        project=cells["project"],
        number=cells["number"],
        programme=cells["programme"],
        year=year_of(cells["year"]),
        amount=stated,
        currency=currency,
    )


def _stated_amount(cell: str) -> tuple[Decimal | None, str]:
    """Return an amount as people write it in Swedish, "250.000", "250 000:-" or "1,5", and its currency where that is stated.

    Raises:
        RowError: It is no amount, or one of two a thousand times apart.
    """
    match = _CURRENCY.search(cell)
    currency = "" if match is None else "SEK" if match[1] or match[3] else "EUR"
    number = _WHOLE.sub("", _CURRENCY.sub("", cell).strip())
    digits = re.sub(r"[\s\u00a0\u202f']", "", number)
    if _UNSURE.fullmatch(digits):
        raise RowError(f"har ”{number}” som belopp, som kan läsas på två sätt; skriv det utan komma")
    if _THOUSANDS.fullmatch(digits):
        digits = digits.replace(".", "")
    return amount(digits, "belopp"), currency


def reconcile(listed: Iterable[ListedProject], known: Sequence[OwnProject]) -> list[Reconciled]:
    """Return the rows of a list with what publishers know of each, and then what publishers know beside the list."""
    left = list(known)
    made = []
    for row in listed:
        match = _by_number(row, left) or _by_title(row, left)
        if match is None:
            made.append(Reconciled(outcome=Outcome.MISSING, listed=row))
            continue
        project, is_sure = match
        left.remove(project)
        outcome = Outcome.FOUND if is_sure and project.sureness in SURE else Outcome.CANDIDATE
        made.append(Reconciled(outcome=outcome, listed=row, known=project, differs=_differs(row, project)))
    made += [Reconciled(outcome=Outcome.UNLISTED, known=project) for project in left if project.sureness in SURE]
    return made


def _by_number(row: ListedProject, known: Iterable[OwnProject]) -> tuple[OwnProject, bool] | None:
    number = row.number.casefold()
    found = next((one for one in known if number and number in (one.number.casefold(), one.key.casefold())), None)
    return (found, True) if found else None


def _by_title(row: ListedProject, known: Iterable[OwnProject]) -> tuple[OwnProject, bool] | None:
    from rapidfuzz import fuzz

    wanted = fold(row.project)
    likest: tuple[tuple[float, int], OwnProject] | None = None
    for one in known:
        apart = abs(row.year - one.year) if row.year and one.year else 0
        likeness = fuzz.token_sort_ratio(wanted, fold(one.title))
        # Of projects with one title, as each year's exchange with a twin town has, the one of the listed year.
        rank = (likeness, -apart)
        if apart <= _YEARS_APART and likeness >= _LIKE and (likest is None or rank > likest[0]):
            likest = rank, one
    return (likest[1], False) if likest else None


def _differs(row: ListedProject, project: OwnProject) -> bool:
    stated = [value for value in (project.share, project.granted, project.budget) if value]
    if not row.amount or not stated or (row.currency and row.currency != project.currency):
        return False
    return all(abs(row.amount - value) > _NEAR * max(row.amount, Decimal(value)) for value in stated)


COLUMNS = ("utfall", "projekt i listan", "nummer", "år", "belopp i listan", "projekt hos utgivaren", "organisation", "program",
           "belopp hos utgivaren", "valuta", "beloppen skiljer", "adress")  # fmt: skip
OUTCOMES = {
    Outcome.FOUND: "funnen",
    Outcome.CANDIDATE: "kandidat",
    Outcome.MISSING: "saknas hos utgivarna",
    Outcome.UNLISTED: "saknas i listan",
}
"""Swedish words of each outcome."""


def table_rows(reconciled: Iterable[Reconciled]) -> list[tuple[str, ...]]:
    """Return the cells of each row under COLUMNS."""
    made: list[tuple[str, ...]] = []
    for one in reconciled:
        listed, known = one.listed, one.known
        stated = (known.share or known.granted or known.budget) if known else None
        made.append(
            (
                OUTCOMES[one.outcome],
                listed.project if listed else "",
                (listed.number if listed else "") or (known.number if known else ""),
                str((listed and listed.year) or (known and known.year) or ""),
                f"{listed.amount:f}" if listed and listed.amount is not None else "",
                known.title if known else "",
                known.organisation if known else "",
                known.programme if known else listed.programme if listed else "",
                str(stated or ""),
                known.currency if known else listed.currency if listed else "",
                "ja" if one.differs else "",
                known.url if known else "",
            )
        )
    return made
