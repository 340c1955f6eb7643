"""Search results as files: CSV, JSON and Excel.

A cell never becomes a formula, whatever a publisher's text begins with (CSV injection, https://owasp.org/www-community/attacks/CSV_Injection).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import xlsxwriter

COLUMNS = {
    "title": "Rubrik",
    "status": "Läge",
    "kind": "Slag",
    "next_deadline": "Sista dag",
    "opens": "Öppnar",
    "starts": "Börjar",
    "municipality": "Kan vi söka",
    "programme": "Program",
    "identifier": "Beteckning",
    "departments": "Förvaltningar",
    "themes": "Ämnen",
    "budget_project": "Högst per projekt",
    "budget_total": "Totalt",
    "currency": "Valuta",
    "funder_share": "Finansiären betalar högst (procent)",
    "own_share": "Ni betalar minst (procent)",
    "corrected": "Rättat av kommunen",
    "source": "Källa",
    "url": "Hos utgivaren",
    "page": "I arkivet",
    "first_seen": "Hittad",
}
"""Heading of each column by the key of a row."""
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_TITLE_WIDTH, _COLUMN_WIDTH = 60, 12
"""Widths of Excel columns, in characters."""
_MAX_CELL = 32_000
"""Characters of an Excel cell, which holds at most 32,767."""


def as_csv(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return the rows as CSV with semicolons and a byte order mark, as a Swedish Excel expects."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS.values())
    for row in rows:
        writer.writerow(escape_formula(row[name]) for name in COLUMNS)
    return "\ufeff" + out.getvalue()


def escape_formula(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value


def as_json(rows: Sequence[Mapping[str, Any]], total: int, address: str) -> str:
    """Return the rows as a JSON object with the number of hits (`total`) and the address of the search."""
    return json.dumps({"total": total, "search": address, "hits": list(rows)}, ensure_ascii=False, indent=1)


def as_excel(rows: Iterable[Mapping[str, Any]], title: str) -> bytes:
    """Return the rows as a workbook (xlsx) of one sheet with frozen headings, a filter, and links as text."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    workbook = xlsxwriter.Workbook(out, options)
    workbook.set_properties({"title": title})
    sheet = workbook.add_worksheet("Utlysningar")
    bold = workbook.add_format({"bold": True})
    for column, name in enumerate(COLUMNS.values()):
        sheet.write_string(0, column, name, bold)
    number = 0
    for number, row in enumerate(rows, 1):
        for column, name in enumerate(COLUMNS):
            value = row[name]
            if isinstance(value, int):
                sheet.write_number(number, column, value)
            elif value:
                sheet.write_string(number, column, str(value)[:_MAX_CELL])
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(number, 1), len(COLUMNS) - 1)
    sheet.set_column(0, 0, _TITLE_WIDTH)
    sheet.set_column(1, len(COLUMNS) - 1, _COLUMN_WIDTH)
    workbook.close()
    return out.getvalue()
