"""Turn objects of the portal's bulk file into Calls.

Format: `https://ec.europa.eu/info/funding-tenders/opportunities/data/referenceData/grantsTenders.json`; plain values, dates as
milliseconds of midnight UTC. It has no texts, no conditions and no budget.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from typing import IO, Any

import ijson

from monitor.calls import Call, Deadline, DeadlineModel, Notice
from monitor.collect.portal.rows import BRUSSELS, STATUSES, TOPICS_CLOSE, notice_time, topic_url
from monitor.collect.text import html_to_text, title_text
from monitor.vocabulary import Kind

_GRANT = 1
_CURRENT_STATUSES = {"31094501", "31094502"}

Object = Mapping[str, Any]


def read_objects(file: IO[bytes]) -> Iterator[dict[str, Any]]:
    """Yield the objects of the file one at a time.

    Raises:
        ValueError: The JSON breaks off.
    """
    try:
        yield from ijson.items(file, "fundingData.GrantTenderObj.item", use_float=True)
    except ijson.JSONError as error:
        raise ValueError(str(error)) from error


def is_current_object(item: Object, now: datetime) -> bool:
    """Return whether an object is a grant topic stated as open or forthcoming, with a deadline today or later, or none yet."""
    if item.get("type") != _GRANT or str((item.get("status") or {}).get("id")) not in _CURRENT_STATUSES:
        return False
    days = [_day(value) for value in item.get("deadlineDatesLong") or []]
    return not days or max(days) >= now.astimezone(BRUSSELS).date()


def parse_object(item: Object, source: str) -> Call:
    """Return the Call of one grant topic, with the same key as in the search API.

    Raises:
        ValueError, KeyError, TypeError: A field is missing or cannot be read.
    """
    identifier = str(item["identifier"])
    days = sorted({_day(value) for value in item.get("deadlineDatesLong") or []})
    return Call(
        source=source,
        call_id=f"{item['ccm2Id']}TOPICSen",
        identifier=identifier,
        parent=str(item.get("callIdentifier") or ""),
        parent_title=title_text(str(item.get("callTitle") or "")),
        kind=Kind.CALL,
        title=title_text(str(item["title"])),
        url=topic_url(identifier),
        programme=_programme(item.get("frameworkProgramme")),
        action=title_text(str((item.get("topicActions") or [{}])[0].get("description") or "")),
        language="en",
        opens=_day(item["plannedOpeningDateLong"]) if item.get("plannedOpeningDateLong") else None,
        deadlines=tuple(_deadline(day, number, len(days)) for number, day in enumerate(days, 1)),
        deadline_model=_model(identifier, len(days)),
        stated_status=STATUSES.get(str(item["status"]["id"])),
        keywords=tuple(title_text(str(word)) for word in [*(item.get("keywords") or []), *(item.get("tags") or [])]),
        notices=tuple(_notices(item)),
        unread=("description", "conditions", "budget"),
    )


def _day(milliseconds: Any) -> date:
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC).date()


def _deadline(day: date, number: int, count: int) -> Deadline:
    at = datetime.combine(day, time(TOPICS_CLOSE.hour), BRUSSELS)
    return Deadline(at=at, zone="Europe/Brussels", stage=number if count > 1 else None, text=day.isoformat())


def _model(identifier: str, count: int) -> DeadlineModel:
    """Return the deadline model: the file has none, but the identifier of a two-stage topic states it."""
    if count == 0:
        return DeadlineModel.UNKNOWN
    if count == 2 and identifier.casefold().endswith("two-stage"):
        return DeadlineModel.TWO_STAGE
    return DeadlineModel.SINGLE if count == 1 else DeadlineModel.CUT_OFFS


def _programme(value: Any) -> str:
    programme = next(iter(value), {}) if isinstance(value, list) else value or {}
    return str(programme.get("id") or "")


def _notices(item: Object) -> Iterator[Notice]:
    for info in item.get("latestInfos") or []:
        text = html_to_text(str(info.get("content") or ""))
        if text:
            yield Notice(at=notice_time(str(info.get("lastChangeDate") or "")), text=text)
