"""Work programme for the demo, in the layout of the Commission's: written by us, with days relative to the day of the demo."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

FILE_NAME = "wp_cerv_exempel_en.pdf"
_TOPICS = (
    ("CERV-{}-CITIZENS-TOWN-TT", "Example: twin towns meet, guests of every age", "CERV-LS", "5.00", 95, 185),
    ("CERV-{}-CITIZENS-TOWN-NT", "Example: networks of towns for clean water", "CERV-LS", "6.50", 95, 185),
    ("CERV-{}-CITIZENS-REM", "Example: museums and schools remember", "CERV-PJG", "12.00", 150, 260),
    ("CERV-{}-CHILD", "Example: children decide in their town", "CERV-PJG", "15.00", 200, 310),
)
"""Identifier, title, type of action, budget in million euro, and the days from today to opening and deadline."""
_COVER = (
    "Citizens, Equality, Rights and Values programme:",
    "work programme {year},",
    "an example of the demo",
    "Version 1.0",
    "{day}",
)
_INTRODUCTION = (
    "1. Introduction",
    "This is an example of the demo, written for it. It has the form of a work programme of the European Commission.",
    "The programme supports citizens, towns and organisations that act for equality and rights.",
    "Calls are open to public bodies and associations in the Member States.",
)
_HEADER = ("2. Calls for proposals", "The topics below are planned. The dates are indicative and may change.")
_COLUMNS = ("Topic", "Type of action", "Indicative budget (EUR million)", "Opening", "Deadline")
_PLACES = (40, 265, 335, 445, 515)
"""Left edges of the columns, in points."""
_WIDTH, _HEIGHT, _TOP, _STEP, _SIZE = 595, 842, 780, 16, 7.5


def write_programme_sample(folder: Path, today: date, year: int) -> Path:
    """Write the programme of the calls of `year` into a folder, which is made, and return the file."""
    from pypdfium2 import PdfDocument

    folder.mkdir(parents=True, exist_ok=True)
    file = folder / FILE_NAME
    with closing(PdfDocument.new()) as document:
        cover = [[line.format(year=year, day=_day(today - timedelta(days=60)))] for line in _COVER]
        for lines in (cover, [[line] for line in _INTRODUCTION], list(_table(today, year))):
            _add_page(document, lines)
        document.save(file)
    return file


def _table(today: date, year: int) -> Iterator[list[str]]:
    """Yield the lines of the page with the topics: the text of each column, or one text for the whole line."""
    yield from ([line] for line in _HEADER)
    yield list(_COLUMNS)
    for identifier, title, action, budget, opens, closes in _TOPICS:
        yield [f"{identifier.format(year)}:"]
        yield [title, action, budget, *(_day(today + timedelta(days=days)) for days in (opens, closes))]
    yield ["Topics may be changed by a later decision."]


def _day(day: date) -> str:
    from babel.dates import format_date

    return format_date(day, "d MMMM y", locale="en_GB")


def _add_page(document: object, lines: Sequence[Sequence[str]]) -> None:
    """Add a page with these lines, each with its texts at the columns' places."""
    from pypdfium2 import raw

    page = document.new_page(_WIDTH, _HEIGHT)  # type: ignore[attr-defined]
    font = raw.FPDFText_LoadStandardFont(document, b"Helvetica")
    for number, texts in enumerate(lines):
        for place, text in zip(_PLACES, texts, strict=False):
            shown = raw.FPDFPageObj_CreateTextObj(document, font, _SIZE)
            letters = ctypes.create_string_buffer(f"{text}\0".encode("utf-16-le"))
            raw.FPDFText_SetText(shown, ctypes.cast(letters, raw.FPDF_WIDESTRING))
            raw.FPDFPageObj_Transform(shown, 1, 0, 0, 1, place, _TOP - number * _STEP)
            raw.FPDFPage_InsertObject(page, shown)
    page.gen_content()
    page.close()
