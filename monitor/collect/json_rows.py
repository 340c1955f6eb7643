"""Read the answers of JSON APIs: rows of a known form, fields as text, days. Pure."""

from __future__ import annotations

import json
from datetime import datetime, tzinfo
from typing import Any

from scrapy.http import Response

from monitor.collect.published import parse_moment
from monitor.collect.reading import ParsedResponse, ProblemKind
from monitor.collect.text import plain_text


def read_json(parsed: ParsedResponse, response: Response, publisher: str) -> Any:
    """Return the JSON of a response; None, with a problem noted in `parsed`, for one that is no whole JSON."""
    try:
        return json.loads(response.body)
    except (ValueError, RecursionError):
        parsed.add_problem(ProblemKind.UNREADABLE, f"Svaret från {publisher} är inte hel JSON.")
        return None


def rows_at(parsed: ParsedResponse, data: Any, publisher: str, *path: str) -> list[dict[str, Any]]:
    """Return the objects of the list at a path of keys; [] with a problem noted in `parsed` where there is no such list.

    An object in place of the list is a list of one. Members that are no objects are noted as skipped.
    """
    found = value_at(data, *path)
    if isinstance(found, dict):
        found = [found]
    if not isinstance(found, list):
        if data is not None:
            parsed.add_problem(ProblemKind.LAYOUT, f"Svaret från {publisher} har fått en annan form än väntat.")
        return []
    for row in found:
        if not isinstance(row, dict):
            parsed.seen += 1
            parsed.skip(repr(row)[:60], "är ingen post")
    return [row for row in found if isinstance(row, dict)]


def value_at(data: Any, *path: str) -> Any:
    """Return the value at a path of keys, None where a key is missing."""
    for name in path:
        data = data.get(name) if isinstance(data, dict) else None
    return data


def field_text(row: Any, *path: str) -> str:
    """Return a field as plain text; "" for a missing one, for an object or a list, and for the word null."""
    value = value_at(row, *path)
    text = "" if value is None or isinstance(value, (dict, list)) else plain_text(str(value))
    return "" if text.casefold() == "null" else text


def field_moment(row: Any, zone: tzinfo, *path: str) -> datetime | None:
    """Return a field as an aware moment, of `zone` where it states no other; None where it is missing or no date."""
    text = field_text(row, *path)
    return parse_moment(text.replace("/", "-"), zone) if text else None
