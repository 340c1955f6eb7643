"""Imitate the portal's search API in its exact wire format: sample calls as rows, and queries answered page by page. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from typing import Any

from monitor.demo import samples
from monitor.demo.samples import SampleCall
from monitor.demo.topics import FORTHCOMING, OPEN, json_text, paragraphs, topic_fields

API_VERSION = "2.151"
PAGE_SIZE_LIMIT = 100
_PORTAL = "https://ec.europa.eu/info/funding-tenders/opportunities"
_SCREEN = f"{_PORTAL}/portal/screen/opportunities"
_TYPES = {"topic": "1", "prospect": "2", "cascade": "8", "archived": "1", "leaked": "1"}
_SUFFIXES = {"prospect": "PROSPECTSEN", "cascade": "COMPETITIVE_CALLen"}
_NOT_ARCHIVED = (
    "descriptionByte",
    "topicConditions",
    "actions",
    "budgetOverview",
    "links",
    "latestInfos",
    "supportInfo",
    "callTitle",
)

Row = dict[str, Any]
Metadata = dict[str, list[str]]


class QueryError(ValueError):
    """Query that cannot be answered; the portal answers with status 400."""


def render_rows(calls: Sequence[SampleCall], today: date, reading: int) -> list[Row]:
    """Return the rows of the calls that the portal lists on the day `reading`; `today` is the day of the second reading."""
    return [_row(call, today, reading) for call in samples.calls_at(calls, today, reading)]


def answer_search(
    rows: Sequence[Row], query: Mapping[str, Any], *, page: int, page_size: int, sort: Mapping[str, Any] | None
) -> Row:
    """Return the envelope of one page. Without a sort the order differs from page to page, as it does at the portal.

    Raises:
        QueryError: The query has an unknown form.
    """
    matching = [row for row in rows if _matches(row, query)]
    page_size = min(page_size, PAGE_SIZE_LIMIT)
    if sort:
        reverse = str(sort.get("order", "ASC")).upper() == "DESC"
        matching.sort(key=lambda row: (_field(row, str(sort["field"])), row["reference"]), reverse=reverse)
    else:
        matching.sort(key=lambda row: hashlib.sha256(f"{page // 2} {row['reference']}".encode()).digest())
    start = (page - 1) * page_size
    return {
        "apiVersion": API_VERSION,
        "terms": "***",
        "responseTime": 184,
        "totalResults": len(matching),
        "pageNumber": page,
        "pageSize": page_size,
        "sort": "relevance",
        "groupByField": "sortStatus",
        "queryLanguage": {"language": "en", "probability": 0},
        "spellingSuggestion": None,
        "bestBets": [],
        "results": matching[start : start + page_size],
        "warnings": [],
    }


def _matches(row: Row, query: Mapping[str, Any]) -> bool:
    clauses = query.get("bool")
    if not isinstance(clauses, Mapping) or set(clauses) - {"must", "must_not"}:
        raise QueryError("Invalid Query format")
    return all(_clause(row, clause) for clause in clauses.get("must", [])) and not any(
        _clause(row, clause) for clause in clauses.get("must_not", [])
    )


def _clause(row: Row, clause: Mapping[str, Any]) -> bool:
    if set(clause) != {"terms"}:
        raise QueryError("Invalid Query format")
    return all(set(_values(row, name)) & {str(value) for value in wanted} for name, wanted in clause["terms"].items())


def _values(row: Row, name: str) -> list[str]:
    values = row.get("metadata", row).get(name, [])
    return values if isinstance(values, list) else [values]


def _field(row: Row, name: str) -> str:
    return next(iter(_values(row, name)), "")


def _row(call: SampleCall, today: date, reading: int) -> Row:
    metadata = _metadata(call, today, reading)
    if call.kind in ("archived", "leaked"):
        _make_archived_twin(call, metadata)
    shown = call.own_title or call.title
    row: Row = {
        "apiVersion": API_VERSION,
        "reference": metadata["REFERENCE"][0],
        "url": metadata["url"][0],
        "title": None,
        "contentType": "text/plain",
        "language": "en",
        "databaseLabel": "" if call.kind == "archived" else "SEDIA",
        "database": "SEDIA",
        "summary": shown,
        "weight": 3,
        "groupById": metadata["sortStatus"][0],
        "content": shown,
        "accessRestriction": False,
        "pages": None,
        "checksum": metadata["esST_checksum"][0],
        "metadata": metadata,
        "enrichedMetadata": {},
        "children": [],
        "highlightedFragments": [],
        "citation": f"{call.title}. Available at: {metadata['url'][0]}",
        "score": 3,
    }
    if call.kind == "archived":
        del row["database"]
    if call.bare:
        del row["metadata"]
        row = {**metadata, **{name: value for name, value in row.items() if value is not None}}
    return row


def _metadata(call: SampleCall, today: date, reading: int) -> Metadata:
    read, opened = today + timedelta(days=reading), samples.day(today, call.opens)
    status = FORTHCOMING if opened > read else OPEN
    url = _address(call)
    metadata: Metadata = {
        "type": [_TYPES[call.kind]],
        "title": [call.title],
        "identifier": [call.id],
        "REFERENCE": [_reference(call)],
        "DATASOURCE": ["SEDIA"],
        "language": ["en"],
        "status": [str(status[0])],
        "sortStatus": ["1" if status == OPEN else "2"],
        "frameworkProgramme": [call.programme.code],
        "programmePeriod": ["2021 - 2027"],
        "startDate": [_midnight(opened)],
        "deadlineDate": _deadlines(call, today, reading),
        "url": [url],
        "es_ContentType": ["text/plain"],
        "es_SortDate": [_midnight(opened)],
        "es_Combine": ["1" if status == OPEN else "2"],
        "esST_FileName": ["file.txt"],
        "esST_URL": [url],
        "esDA_FirstIngestDate": [_ingested(opened - timedelta(days=30))],
        "esDA_IngestDate": [_ingested(read)],
        "esDA_QueueDate": [_ingested(read)],
    }
    if call.kind == "cascade":
        metadata |= _cascade_fields(call)
    elif call.kind == "prospect":
        metadata |= _prospect_fields(call, _midnight(opened))
    else:
        metadata |= topic_fields(call, today, status)
    metadata["esST_checksum"] = [hashlib.sha256(json.dumps(metadata, sort_keys=True).encode()).hexdigest().upper()[:63]]
    return metadata


def _cascade_fields(call: SampleCall) -> Metadata:
    return {
        "caName": [call.own_title],
        "callccm2Id": [str(call.number)],
        "projectAcronym": [call.acronym],
        "description": ["".join(paragraphs(call.scope))],
        "deadlineModel": [call.model],
    }


def _prospect_fields(call: SampleCall, opened: str) -> Metadata:
    document = {
        "nameDoc": "Guidelines for grant applicants",
        "typeDoc": "pdf",
        "languageDoc": "EN",
        "docUrl": f"https://webgate.ec.europa.eu/prospect/internal/noauth/externalDocumentDownload.htm?id={call.number}&lang=EN",
    }
    return {
        "callIdentifier": [str(call.number)],
        "budget": [str(call.budget)] if call.budget else [],
        "currency": ["EUR"],
        "contractType": ["42893160"],
        "geographicalZone": ["20000877"],
        "geographicalZones": ["20000877"],
        "programmeDivisionProspect": ["43072409"],
        "updateDate": [opened],
        "beneficiaryAdministration": [],
        "publicationDocuments": [json_text([document])],
    }


def _make_archived_twin(call: SampleCall, metadata: Metadata) -> None:
    """Turn metadata into that of a row of the archived index, or of one that only the lower-case `datasource` marks as such."""
    for name in _NOT_ARCHIVED:
        metadata.pop(name, None)
    metadata["keywords"] = [json_text(metadata["keywords"])]
    metadata["url"] = metadata["esST_URL"] = [f"{_PORTAL}/data/topicDetails/{call.id}.json"]
    metadata["cftId"] = ["0"]
    metadata["corporate-search-version"] = ["102"]
    if call.kind == "archived":
        metadata["DATASOURCE"] = ["SEDIA_PRD_CENTRICITY"]
        metadata["caName"] = ["true"]
    metadata["datasource"] = metadata["DATASOURCE"]


def _reference(call: SampleCall) -> str:
    return call.reference or f"{call.number}{_SUFFIXES.get(call.kind, 'TOPICSen')}"


def _address(call: SampleCall) -> str:
    if call.kind == "cascade":
        return f"{_SCREEN}/competitive-calls-cs/{call.page}"
    if call.kind == "prospect":
        return f"https://webgate.ec.europa.eu/prospect/external/publishedcalls.htm?callId={call.number}"
    return f"{_SCREEN}/topic-details/{call.id}"


def _deadlines(call: SampleCall, today: date, reading: int) -> list[str]:
    if not call.hour:
        return [_midnight(samples.day(today, offset)) for offset in call.deadlines]
    # External action: the seconds differ from one day to the next without any change.
    second = (reading * 17) % 60 if call.kind == "prospect" else 0
    hour = time.fromisoformat(call.hour).replace(second=second)
    return [f"{samples.day(today, offset).isoformat()}T{hour.isoformat()}.000+0000" for offset in call.deadlines]


def _midnight(moment: date) -> str:
    return f"{moment.isoformat()}T00:00:00.000+0000"


def _ingested(moment: date) -> str:
    return f"{moment.isoformat()}T04:09:34.695+0200"
