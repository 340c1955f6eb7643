"""The portal's bulk file in its wire format, made of values and in any size."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime


def milliseconds(day: str) -> int:
    """Midnight UTC of a day as the file states it."""
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() * 1000)


def grant(number: int, *, deadlines=("2026-09-22",), status=31094502, kind=1, news="", **fields) -> dict:
    """Return one object of the file."""
    return {
        "type": kind,
        "ccm2Id": number,
        "identifier": f"LIFE-2026-BULK-{number:05}",
        "title": f"Title {number}",
        "callIdentifier": "LIFE-2026-BULK",
        "callTitle": "A call of ours",
        "plannedOpeningDateLong": milliseconds("2026-04-21"),
        "deadlineDatesLong": [milliseconds(day) for day in deadlines],
        "frameworkProgramme": {"id": 43252405, "abbreviation": "LIFE2027", "description": "LIFE"},
        "status": {"id": status, "abbreviation": "Open", "description": "Open"},
        "deadlineModel": {},
        "topicActions": [{"id": 1, "abbreviation": "LIFE-PJG", "description": "LIFE Project Grants"}],
        "tags": ["water"],
        "latestInfos": [{"approvalDate": "", "lastChangeDate": "2026-04-15T15:31:59.992", "content": f"<p>{news}</p>"}]
        if news
        else [],
        **fields,
    }


def file_chunks(living: int, closed: int, padding: int = 0) -> Iterator[bytes]:
    """Yield the file piece by piece: open grants first, then closed ones with `padding` characters of news each."""
    yield b'{"fundingData":{"GrantTenderObj":['
    for number in range(living):
        yield (b"," if number else b"") + json.dumps(grant(number)).encode()
    filler = "x" * padding
    for number in range(living, living + closed):
        yield b"," + json.dumps(grant(number, status=31094503, deadlines=("2024-01-01",), news=filler)).encode()
    yield b"]}}"
