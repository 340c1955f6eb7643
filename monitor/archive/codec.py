"""Encoding of calls as rows and back: plain columns for queries, one JSON text from which the call is read."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter

from monitor.calls import Call, call_status, next_deadline
from monitor.corrected import overlay_values, settle


@lru_cache(maxsize=1)
def _calls() -> TypeAdapter[Call]:
    """Build the adapter when the first call is read: a command that only shows rows does not need it."""
    return TypeAdapter(Call)


def stamp(moment: datetime) -> str:
    """Return a moment as stored: ISO 8601 in UTC to the second, so that text sorts as time."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def pack(content: bytes) -> bytes:
    """Compress bytes for storage; `zlib.decompress` reads them."""
    # At the default level 6, a portal's answers take twice the time and 7 per cent less space.
    return zlib.compress(content, 4)


def encode_call(call: Call) -> str:
    """Return the call as JSON text, as stored in `calls.data`; fields with their default value are left out."""
    return _calls().dump_json(call, exclude_defaults=True).decode()


def decode_call(data: str | bytes) -> Call:
    """Return the call from its JSON text, of this version or an older one."""
    text = data.decode() if isinstance(data, bytes) else data
    if '"rate":' in text:
        values = json.loads(text)
        budget = values.get("budget", {})
        if "rate" in budget:  # the name of the funder's share until November 2026
            budget.setdefault("funder_share", budget.pop("rate"))
            return _calls().validate_json(json.dumps(values))
    return _calls().validate_json(data)


def overlay_call(call: Call, values: dict[str, Any]) -> Call:
    """Return the call with the given fields, as decoded JSON, in place of its own (see `monitor.corrected`).

    Raises:
        pydantic.ValidationError: A value does not fit its field.
    """
    return _calls().validate_python(overlay_values(_calls().dump_python(call, mode="json"), values))


def correct_call(call: Call, rows: Sequence[tuple[str, str, str]]) -> Call:
    """Return the call with a person's corrections: the field, the value as JSON text and the time as stored of each."""
    if not rows:
        return call
    corrected = overlay_call(call, {field: json.loads(value) for field, value, _ in rows})
    return settle(corrected, {field: datetime.fromisoformat(at) for field, _, at in rows})


def call_hash(data: str) -> str:
    """Return the hash of a call's JSON text: 32 hexadecimal digits of SHA-256."""
    return hashlib.sha256(data.encode()).hexdigest()[:32]


def call_row(call: Call, now: datetime) -> dict[str, Any]:
    """Return the plain columns of `calls` that follow from the call itself at `now`."""
    upcoming = next_deadline(call, now)
    return {
        "source": call.source,
        "call_id": call.call_id,
        "identifier": call.identifier,
        "parent": call.parent,
        "kind": call.kind.value,
        "status": call_status(call, now).value,
        "title": call.title,
        "summary": call.summary,
        "body": call.body,
        "conditions": call.conditions_text,
        "url": call.url,
        "programme": call.programme,
        "language": call.language,
        "opens": call.opens.isoformat() if call.opens else None,
        "next_deadline": stamp(upcoming.at) if upcoming else None,
        "last_deadline": stamp(max(d.at for d in call.deadlines)) if call.deadlines else None,
        "deadline_model": call.deadline_model.value,
        "budget_total": call.budget.total,
        "budget_project": call.budget.project_max,
        "funder_share": call.budget.funder_share,
        "own_share": call.budget.own_share,
        "currency": call.budget.currency,
        "published": stamp(call.published) if call.published else None,
    }


def deadline_rows(call: Call) -> Iterator[dict[str, Any]]:
    """Yield the rows of `deadlines` for a call, in the order of the source."""
    for number, deadline in enumerate(call.deadlines, 1):
        yield {
            "source": call.source,
            "call_id": call.call_id,
            "number": number,
            "at": stamp(deadline.at),
            "precision": deadline.precision.value,
            "zone": deadline.zone,
            "stage": deadline.stage,
            "text": deadline.text,
        }
