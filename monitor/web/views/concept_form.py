"""The form of a file of concepts: its fields read from the file's text (TOML), and written back with everything else as it is.

The fields of the first concept are named `begrepp-0-id`, `begrepp-0-sv` and so on; `begrepp-antal` is the number of concepts that
the form shows.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

import tomlkit
from tomlkit.items import AoT, Table

from monitor.matching.rules.files import load_toml
from monitor.web.views.theme_form import RowFields, put_list, strings, tables

MAX_CONCEPTS = 250
"""Concepts that a form may have; a request has at most 2,000 fields."""


def concept_form_values(text: str) -> dict[str, Any] | None:
    """Return the values of the form's fields, without values of a wrong type; None if the text is not TOML."""
    try:
        raw = load_toml(text)
    except tomllib.TOMLDecodeError:
        return None
    rows = tables(raw.get("concept"))
    return {
        "title": str(raw.get("title", "")),
        "concepts": [_row_values(row) for row in rows] if len(rows) <= MAX_CONCEPTS else [],
        "too_many": len(rows) > MAX_CONCEPTS,
    }


def _row_values(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": str(row.get("id", "")),
        "sv": ", ".join(strings(row.get("sv"))),
        "en": ", ".join(strings(row.get("en"))),
        "broader": str(row.get("broader", "")),
        "note": str(row.get("note", "")),
        "also": row.get("also") is True,
    }


def write_concept_form(text: str, form: Mapping[str, str], form_lists: Mapping[str, list[str]]) -> str:
    """Return the text with the form's fields written into it; a concept without id and words is removed.

    Args:
        text: The text of the file.
        form: The first value of each field.
        form_lists: All values of each field.

    Raises:
        ValueError, TypeError, KeyError, TOMLKitError: The text is not TOML, or has values of a wrong type.
    """
    if "begrepp-antal" not in form:
        return text
    document = tomlkit.parse(text)
    title = form.get("titel", "").strip()
    if document.get("title") != title:
        document["title"] = title
    count = min(int(form["begrepp-antal"] or 0), MAX_CONCEPTS + 1)
    rows = document.get("concept")
    existing = list(rows) if isinstance(rows, AoT) else []
    kept = []
    for number in range(count):
        fields = RowFields("begrepp", number, form, form_lists)
        if not any(map(fields.text, ("id", "sv", "en"))):
            continue
        row = existing[number] if number < len(existing) else tomlkit.table()
        _write_row(row, fields)
        kept.append(row)
    kept += existing[count:]
    if [id(row) for row in kept] != [id(row) for row in existing]:
        replaced = tomlkit.aot()
        for row in kept:
            replaced.append(row)
        document["concept"] = replaced
    return tomlkit.dumps(document)


def _write_row(row: Table, fields: RowFields) -> None:
    if row.get("id") != fields.text("id"):
        row["id"] = fields.text("id")
    put_list(row, "sv", fields.split("sv"), keep_empty=True)
    put_list(row, "en", fields.split("en"), keep_empty=True)
    for key in ("broader", "note"):
        value = fields.text(key)
        if value and row.get(key) != value:
            row[key] = value
        elif not value and key in row:
            del row[key]
    if fields.has("also-visas"):
        if fields.chosen("also") and row.get("also") is not True:
            row["also"] = True
        elif not fields.chosen("also") and "also" in row:
            del row["also"]
