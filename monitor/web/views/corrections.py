"""Corrections as the coordinator types them: the text of a form field as the JSON value of a call's field."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any

from monitor.language.dates import find_dates
from monitor.vocabulary import Kind
from monitor.web.framework.addresses import safe_url
from monitor.web.framework.request import Visit

_ISO_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?))?")
_NOT_UNDERSTOOD = "Vi förstod inte datumet ”{}”. Skriv till exempel 2027-02-01 eller 1 februari 2027 kl. 17.00."
_DAY_ONLY = "Vi förstod inte datumet ”{}”. Skriv bara dagen, till exempel 2027-02-01."
_MAX_QUOTED = 40
"""Characters of a typed date that an error repeats."""


def read_correction(field: str, text: str, visit: Visit) -> Any:
    """Return the JSON value of a field (a key of `call.FIELDS`) from the text that was typed.

    Raises:
        ValueError: The text does not fit the field; the message is in Swedish.
    """
    text = text.replace("\r\n", "\n").strip()
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if field == "deadlines":
        return [_read_deadline(line, visit) for line in lines]
    if field == "opens":
        return _read_day(text).isoformat() if text else None
    if field in ("place", "applicants"):
        return lines
    if field == "kind" and text not in {kind.value for kind in Kind}:
        raise ValueError(f"Slaget ska vara ett av {', '.join(kind.value for kind in Kind)}.")
    if field == "url" and not safe_url(text):
        raise ValueError("Adressen ska börja med https://.")
    if field == "title" and not text:
        raise ValueError("Rubriken kan inte vara tom.")
    return text


def _read_day(text: str) -> date:
    day, clock = _read_moment(text)
    if clock is not None:
        raise ValueError(_DAY_ONLY.format(text[:_MAX_QUOTED]))
    return day


def _read_deadline(line: str, visit: Visit) -> dict[str, Any]:
    day, clock = _read_moment(line)
    at = datetime.combine(day, clock or time(23, 59, 59), visit.site.config.zone)
    return {
        "at": at.isoformat(),
        "precision": "minute" if clock else "day",
        "zone": visit.site.config.schedule.time_zone,
        "text": "rättat för hand",
    }


def _read_moment(text: str) -> tuple[date, time | None]:
    """Return the day and the time that a person typed: 2027-02-01 17:00, 1 februari 2027 or 1 februari 2027 kl. 17.

    Raises:
        ValueError: The text is no single day with its year, or no time; in Swedish.
    """
    text = text.strip()
    if found := _ISO_MOMENT.fullmatch(text):
        try:
            return date.fromisoformat(found[1]), time.fromisoformat(found[2]) if found[2] else None
        except ValueError as error:
            raise ValueError(_NOT_UNDERSTOOD.format(text[:_MAX_QUOTED])) from error
    # Figures alone, unless in ISO order, may have the day or the month first: only a month in letters is certain.
    dates = find_dates(text, reference=None, language="sv") if re.search(r"[a-zåäö]{3}", text.lower()) else []
    if len(dates) != 1 or dates[0].date is None or dates[0].date_from is not None or dates[0].ambiguous:
        raise ValueError(_NOT_UNDERSTOOD.format(text[:_MAX_QUOTED]))
    return dates[0].date, dates[0].time
