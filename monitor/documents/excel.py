"""Workbooks (xlsx, xlsm) sheet by sheet, with openpyxl: the values that were last computed, a line per row."""

from __future__ import annotations

import warnings
from contextlib import closing
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

from monitor.documents.model import FileFormat, FileNote, ReadDocument, UnreadableDocumentError
from monitor.documents.reading import PageCollector, find_version

_MAX_ROWS, _MAX_COLUMNS = 20_000, 200


def read_excel(path: Path, pages: PageCollector) -> ReadDocument:
    """Return the text of the visible sheets of a workbook. Formulas are not computed: their last values are read.

    Raises:
        UnreadableDocumentError: It is broken.
    """
    # Imported here as the others: a child that reads PDF alone needs none of it.
    from openpyxl import load_workbook

    warnings.simplefilter("ignore")  # openpyxl warns of each feature that it does not know
    try:
        with closing(load_workbook(path, read_only=True, data_only=True, keep_links=False, keep_vba=False)) as book:
            title = str(book.properties.title or "")
            sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            for number, sheet in enumerate(sheets, start=1):
                if not pages.add(number, sheet.title, _sheet_text(sheet, pages)):
                    break
    except (KeyError, ValueError, TypeError, AttributeError, IndexError, SyntaxError, OSError) as error:
        raise UnreadableDocumentError("är trasig: den går inte att öppna i Excel-format") from error
    if not sheets:
        raise UnreadableDocumentError("är trasig: den har inga blad som syns")
    return ReadDocument(
        format=FileFormat.EXCEL,
        pages=tuple(pages.pages),
        total=len(sheets),
        title=" ".join(title.split())[:300],
        version=find_version(pages.pages),
        notes=tuple(sorted(pages.notes)),
    )


def _sheet_text(sheet: Any, pages: PageCollector) -> str:
    """Return the rows of a sheet that have values. Its stated size is not believed: some state one cell, some a million rows."""
    sheet.reset_dimensions()
    lines: list[str] = []
    letters = 0
    rows = sheet.iter_rows(values_only=True, max_col=_MAX_COLUMNS)
    for row in islice(rows, _MAX_ROWS):
        cells = [_cell_text(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            lines.append(" | ".join(cells))
            letters += len(lines[-1])
        if letters > pages.limits.page_letters:
            break
    if next(rows, None) is not None:
        pages.notes.add(FileNote.CUT)
    return "\n".join(lines)


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return " ".join(str(value).split())
