"""The follow-up as a workbook (xlsx): a sheet with the text, one with the projects, and one for each dimension."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import xlsxwriter

from monitor.vocabulary import FOLLOW_STATE_LABELS, FollowState
from monitor.web.report.tables import DIMENSIONS, FIGURES, NAMES
from monitor.web.report.text import Paragraph, ReportWords, has_comparison

SHEETS = {
    "departments": "Förvaltningar",
    "areas": "Områden",
    "goals": "Mål",
    "sdgs": "Globala mål",
    "programmes": "Program",
    "sources": "Källor",
    "months": "Månader",
}
"""Name of each dimension's sheet; Excel takes at most 31 characters."""
PROJECT_COLUMNS = {
    "title": "Projekt",
    "department_name": "Förvaltning",
    "programme_name": "Program",
    "state": "Läge",
    "applied_on": "Sökt den",
    "applied_amount": "Sökt belopp",
    "decided_on": "Beslut den",
    "granted_amount": "Beviljat belopp",
    "own_amount": "Egen del",
    "currency": "Valuta",
    "starts": "Börjar",
    "ends": "Slutar",
    "call_title": "Utlysning",
}
"""Heading of each column of the sheet of projects by the key of a project."""
_DAYS = ("applied_on", "decided_on", "starts", "ends")
_NAME_WIDTH, _COLUMN_WIDTH, _TEXT_WIDTH = 44, 13, 100
"""Widths of columns, in characters."""
_A4 = 9
"""Number of A4 in Excel's list of papers."""


class _Book:
    """Workbook with the formats of the report."""

    def __init__(self, title: str) -> None:
        self.out = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self.book = xlsxwriter.Workbook(self.out, options)
        self.book.set_properties({"title": title})
        self.bold = self.book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self.title = self.book.add_format({"bold": True, "font_size": 16})
        self.wrapped = self.book.add_format({"text_wrap": True, "valign": "top"})
        self.number = self.book.add_format({"num_format": "#,##0"})
        self.day = self.book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})

    def sheet(self, name: str, *, landscape: bool = True) -> Any:
        """Add a sheet that is printed on A4, as wide as one page."""
        sheet = self.book.add_worksheet(name)
        sheet.set_paper(_A4)
        if landscape:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        return sheet

    def heads(self, sheet: Any, columns: Sequence[str], row: int = 0) -> None:
        """Write the headings of a table, which stay in sight and are printed on every page."""
        for column, name in enumerate(columns):
            sheet.write_string(row, column, name, self.bold)
        sheet.freeze_panes(row + 1, 1)
        sheet.repeat_rows(row)
        sheet.set_column(0, 0, _NAME_WIDTH)
        sheet.set_column(1, max(len(columns) - 1, 1), _COLUMN_WIDTH)


def as_excel_report(document: Mapping[str, Any], paragraphs: Sequence[Paragraph], title: str, words: ReportWords) -> bytes:
    """Return the report as the bytes of an xlsx file; numbers are numbers and days are days."""
    book = _Book(title)
    _write_text(book, paragraphs, title, words)
    _write_totals(book, document, words)
    _write_projects(book, document, words)
    if document["funded"]:
        _write_funded(book, document["funded"], words)
    for dimension, name in SHEETS.items():
        if document[dimension]:
            _write_dimension(book, document, dimension, words.say(name), words)
    book.book.close()
    return book.out.getvalue()


def _write_text(book: _Book, paragraphs: Sequence[Paragraph], title: str, words: ReportWords) -> None:
    sheet = book.sheet(words.say("Rapporten"), landscape=False)
    sheet.set_column(0, 0, _TEXT_WIDTH)
    sheet.write_string(0, 0, title, book.title)
    row = 1
    for paragraph in paragraphs:
        if paragraph.heading:
            sheet.write_string(row + 1, 0, paragraph.heading, book.bold)
            row += 1
        sheet.write_string(row + 1, 0, paragraph.text, book.wrapped)
        # Rows grow with their text only when a person opens and edits them.
        sheet.set_row(row + 1, 15 * (1 + len(paragraph.text) // _TEXT_WIDTH))
        row += 2


def _write_totals(book: _Book, document: Mapping[str, Any], words: ReportWords) -> None:
    sheet = book.sheet(words.say("Siffrorna"), landscape=False)
    periods = [document, document["previous"]] if has_comparison(document) else [document]
    book.heads(sheet, ["", *(f"{period['from']} – {period['to']}" for period in periods)])
    for number, figure in enumerate(FIGURES, 1):
        sheet.write_string(number, 0, words.say(NAMES[figure]))
        for column, period in enumerate(periods, 1):
            sheet.write_number(number, column, period["total"][figure], book.number)
    sheet.set_column(1, len(periods), 2 * _COLUMN_WIDTH)


def _write_projects(book: _Book, document: Mapping[str, Any], words: ReportWords) -> None:
    sheet = book.sheet(words.say("Projekt"))
    book.heads(sheet, [words.say(name) for name in PROJECT_COLUMNS.values()] + [words.say("Under tiden")])
    rows = [(project, True) for project in document["projects"]] + [(project, False) for project in document["running"]]
    for number, (project, inside) in enumerate(rows, 1):
        for column, key in enumerate(PROJECT_COLUMNS):
            value = project[key]
            if key == "state":
                sheet.write_string(number, column, words.say(FOLLOW_STATE_LABELS[FollowState(value)]))
            elif value is None:
                continue
            elif key in _DAYS:
                # Excel's calendar begins in 1900.
                day = date.fromisoformat(value)
                if day.year >= 1900:
                    sheet.write_datetime(number, column, day, book.day)
            elif isinstance(value, int):
                sheet.write_number(number, column, value, book.number)
            else:
                sheet.write_string(number, column, value)
        sheet.write_string(number, len(PROJECT_COLUMNS), words.say("ja") if inside else words.say("nej, tidigare"))
    sheet.autofilter(0, 0, max(len(rows), 1), len(PROJECT_COLUMNS))


def _write_funded(book: _Book, groups: Sequence[Mapping[str, Any]], words: ReportWords) -> None:
    """Write the projects in publishers' lists: a row for each programme, year and currency, so that sums can be made of them."""
    sheet = book.sheet(words.say("EU-projekt"))
    columns = ("Program", "År", "Projekt", "Vår del", "Valuta", "Partner i")
    book.heads(sheet, [words.say(name) for name in columns])
    rows = [(group, *share) for group in groups for share in (group["shares"].items() or [("", None)])]
    before: Mapping[str, Any] | None = None
    for number, (group, currency, amount) in enumerate(rows, 1):
        sheet.write_string(number, 0, group["programme"])
        if group["year"]:
            sheet.write_number(number, 1, group["year"])
        if group is not before:
            sheet.write_number(number, 2, group["projects"], book.number)
        if amount is not None:
            sheet.write_number(number, 3, amount, book.number)
        if currency:
            sheet.write_string(number, 4, currency)
        sheet.write_string(number, 5, ", ".join(group["places"]))
        before = group


def _write_dimension(book: _Book, document: Mapping[str, Any], dimension: str, name: str, words: ReportWords) -> None:
    sheet = book.sheet(name)
    compared = has_comparison(document)
    columns = [words.say(DIMENSIONS[dimension])]
    for figure in FIGURES:
        columns.append(words.say(NAMES[figure]))
        if compared:
            columns.append(words.say("{name}, året innan", name=words.say(NAMES[figure])))
    book.heads(sheet, columns)
    for number, row in enumerate(document[dimension], 1):
        sheet.write_string(number, 0, row["name"])
        column = 1
        for figure in FIGURES:
            for period in (row, row["previous"]) if compared else (row,):
                sheet.write_number(number, column, period[figure], book.number)
                column += 1
    sheet.autofilter(0, 0, max(len(document[dimension]), 1), len(columns) - 1)
