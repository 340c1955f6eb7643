"""Turn rows of the portal's search API (SEDIA) into Calls.

Format: the answers of `POST https://api.tech.ec.europa.eu/search-api/prod/rest/search?apiKey=SEDIA`. Every metadata value is a
list of text; five fields hold JSON as text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from monitor.calls import Budget, Call, Deadline, DeadlineModel, Link, Notice, Precision, Section
from monitor.collect.portal.budget import parse_budget
from monitor.collect.portal.sections import parse_conditions, parse_description, parse_links
from monitor.collect.text import html_to_text, title_text
from monitor.errors import RowError
from monitor.language.shares import find_shares
from monitor.vocabulary import Kind, Status

BRUSSELS = ZoneInfo("Europe/Brussels")
TOPIC, EXTERNAL, CASCADE = "1", "2", "8"
STATUSES = {"31094501": Status.FORTHCOMING, "31094502": Status.OPEN, "31094503": Status.CLOSED}
_MODELS = {
    "single-stage": DeadlineModel.SINGLE,
    "two-stage": DeadlineModel.TWO_STAGE,
    "multiple cut-off": DeadlineModel.CUT_OFFS,
    "continuous": DeadlineModel.CUT_OFFS,
}
TOPICS_CLOSE = time(17, 0)
PORTAL = "https://ec.europa.eu/info/funding-tenders/opportunities/portal/screen/opportunities"

Row = Mapping[str, Any]


def is_current(row: Row, today: date) -> bool:
    """Return whether a row is of the current index and has a deadline today or later, or none.

    `status` is never trusted: rows of the archived index still state open. The lower-case key `datasource` marks archived
    copies that otherwise look current.
    """
    metadata = row_metadata(row)
    if first(metadata, "DATASOURCE") != "SEDIA" or row.get("database") != "SEDIA" or "datasource" in metadata:
        return False
    days = [_calendar_day(_utc(text)) for text in values(metadata, "deadlineDate")]
    return not days or max(days) >= today


def richness(row: Row) -> tuple[bool, str]:
    """Return the sort key of rows with the same reference: rows with text before others, then the one indexed last."""
    metadata = row_metadata(row)
    return bool(first(metadata, "descriptionByte") or first(metadata, "description")), first(metadata, "esDA_IngestDate") or "-"


def parse_row(row: Row, source: str) -> Call:
    """Return the Call of one row.

    Raises:
        RowError: A field is missing or cannot be read; the text names it.
    """
    metadata = row_metadata(row)
    kind = first(metadata, "type")
    reference = row_reference(row)
    identifier = first(metadata, "identifier")
    own_title = first(metadata, "caName") if kind == CASCADE else ""
    title = title_text(own_title if own_title not in ("", "true") else first(metadata, "title") or str(row.get("summary") or ""))
    if not reference or not title:
        raise RowError("reference eller title saknas")
    deadlines, model = _deadlines(metadata, kind)
    parent_title = first(metadata, "title") if kind == CASCADE else first(metadata, "callTitle")
    description = first(metadata, "descriptionByte") or first(metadata, "description")
    sections, conditions = parse_description(description), parse_conditions(first(metadata, "topicConditions"))
    return Call(
        source=source,
        call_id=reference,
        identifier=identifier,
        parent=first(metadata, "callIdentifier"),
        parent_title=title_text(parent_title),
        kind=Kind.CALL,
        title=title,
        url=_page_url(metadata, kind),
        sections=sections,
        conditions=conditions,
        programme=first(metadata, "frameworkProgramme"),
        action=title_text(first(metadata, "typesOfAction")),
        language=first(metadata, "language") or first(row, "language") or "en",
        opens=_opens(metadata),
        deadlines=deadlines,
        deadline_model=model,
        stated_status=STATUSES.get(first(metadata, "status")),
        budget=_with_shares(parse_budget(metadata, identifier), sections, conditions),
        keywords=_keywords(metadata),
        notices=_notices(metadata),
        links=_links(metadata),
        attachments=parse_links(first(metadata, "topicConditions")),
        unread=() if description or kind == EXTERNAL else ("description",),
    )


def _with_shares(budget: Budget, sections: tuple[Section, ...], conditions: tuple[Section, ...]) -> Budget:
    """Return the budget with the shares that the texts state: the portal's own fields have none."""
    shares = find_shares("\n".join(part.text for part in (*sections, *conditions)))
    return replace(
        budget,
        funder_share=shares.funder,
        own_share=shares.own,
        funder_share_text=shares.funder_text,
        own_share_text=shares.own_text,
    )


def row_metadata(row: Row) -> Row:
    """Return the metadata of a row; a few cascade rows have the same fields at the top level instead."""
    metadata = row.get("metadata")
    return metadata if isinstance(metadata, Mapping) and metadata else row


def row_reference(row: Row) -> str:
    """Return the stable key of a row; identifiers may be renamed and shared."""
    return str(row.get("reference") or first(row_metadata(row), "REFERENCE"))


def values(metadata: Row, name: str) -> list[str]:
    """Return all values of a field as text; none for a field that is missing, null or an empty list."""
    value = metadata.get(name)
    if value is None:
        return []
    return [str(item) for item in value if item is not None] if isinstance(value, list) else [str(value)]


def first(metadata: Row, name: str) -> str:
    """Return the first value of a field, or ""."""
    return next(iter(values(metadata, name)), "")


def json_value(metadata: Row, name: str) -> Any:
    """Return the value of a field that holds JSON as text; None when it is missing.

    Raises:
        RowError: The field is no JSON.
    """
    text = first(metadata, name)
    if not text:
        return None
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise RowError(f"{name}: väntade JSON, fann {text[:40]!r}") from error


def _utc(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.split(" ")[0])
    except ValueError as error:
        raise RowError(f"deadlineDate: väntade en tid som 2026-09-22T00:00:00.000+0000, fann {text[:40]!r}") from error
    if moment.tzinfo is None:
        raise RowError(f"deadlineDate: tiden saknar tidszon: {text[:40]!r}")
    return moment


def _calendar_day(moment: datetime) -> date:
    """Return the day that is meant: of midnight UTC that day, of 22:00 or 23:00 UTC the day that begins then in Brussels."""
    return moment.date() if moment.time() == time(0) else moment.astimezone(BRUSSELS).date()


def _deadlines(metadata: Row, kind: str) -> tuple[tuple[Deadline, ...], DeadlineModel]:
    # A day is sometimes stated twice; it is no second cut-off.
    texts = sorted(dict.fromkeys(values(metadata, "deadlineDate")))
    if not texts:
        return (), DeadlineModel.UNKNOWN
    model = _MODELS.get(first(metadata, "deadlineModel"), DeadlineModel.SINGLE if len(texts) == 1 else DeadlineModel.CUT_OFFS)
    if model is DeadlineModel.SINGLE and len(texts) > 1:
        model = DeadlineModel.CUT_OFFS
    stages = model is not DeadlineModel.SINGLE
    deadlines = tuple(_deadline(text, kind, number if stages else None) for number, text in enumerate(texts, 1))
    return deadlines, model


def _deadline(text: str, kind: str, stage: int | None) -> Deadline:
    moment = _utc(text)
    if kind == CASCADE and moment.time() != time(0):
        # Cascade calls have the hour in Brussels with a zero offset: 17:00 in summer and in winter.
        local, precision = moment.replace(tzinfo=BRUSSELS, second=0), Precision.MINUTE
    elif kind == EXTERNAL and moment.time() != time(0):
        # The hour of external actions changes by seconds each day and sometimes by hours; only the day is reliable.
        local, precision = moment.astimezone(BRUSSELS).replace(second=0), Precision.DAY
    else:
        local, precision = datetime.combine(_calendar_day(moment), TOPICS_CLOSE, BRUSSELS), Precision.DAY
    return Deadline(at=local, precision=precision, zone="Europe/Brussels", stage=stage, text=text)


def _opens(metadata: Row) -> date | None:
    text = first(metadata, "startDate")
    return _calendar_day(_utc(text)) if text else None


def _keywords(metadata: Row) -> tuple[str, ...]:
    words = values(metadata, "keywords")
    if len(words) == 1 and words[0].startswith("["):
        words = json.loads(words[0])
    return tuple(dict.fromkeys(title_text(str(word)) for word in [*words, *values(metadata, "tags")] if str(word).strip()))


def _notices(metadata: Row) -> tuple[Notice, ...]:
    items = json_value(metadata, "latestInfos") or []
    notices = [(str(item.get("lastChangeDate") or ""), html_to_text(str(item.get("content") or ""))) for item in items]
    return tuple(Notice(at=notice_time(at), text=text) for at, text in sorted(notices) if text)


def notice_time(text: str) -> datetime | None:
    """Return the time of a notice, in Brussels; None when it is missing or cannot be read."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=BRUSSELS, microsecond=0) if text else None
    except ValueError:
        return None


def _page_url(metadata: Row, kind: str) -> str:
    if kind == EXTERNAL:
        return f"{PORTAL}/prospect-details/{quote(first(metadata, 'callIdentifier'), safe='')}PROSPECTSEN"
    if kind == CASCADE:
        return f"{PORTAL}/competitive-calls-cs/{quote(first(metadata, 'callccm2Id'), safe='')}"
    return topic_url(first(metadata, "identifier"))


def topic_url(identifier: str) -> str:
    """Return the address of a topic's page on the portal; identifiers may hold spaces and slashes."""
    return f"{PORTAL}/topic-details/{quote(identifier, safe='')}"


def _links(metadata: Row) -> tuple[Link, ...]:
    documents = json_value(metadata, "publicationDocuments") or []
    return tuple(
        Link(title=title_text(str(item.get("nameDoc") or "Dokument")), url=str(item["docUrl"]))
        for item in documents
        if str(item.get("docUrl", "")).startswith("https://")
    )
