"""Readings that another machine hands over: their form as a document, and the record of those that the archive has stored."""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from importlib.metadata import version as installed_version
from typing import Any

from pydantic import TypeAdapter, ValidationError

from monitor.archive.codec import stamp
from monitor.archive.connection import Database
from monitor.archive.runs import RunReport, SourceRun
from monitor.errors import HandOverError
from monitor.vocabulary import RunState

FORMAT = "eu-bevakning-lasning"
VERSION = 1
HAND_OVER_PATH = "/inlasning"
"""Path of the pages by which readings are handed over; the id of the source follows."""
MOST_BYTES = 64 * 1024 * 1024
"""Bytes of the largest document, which is compressed."""
MOST_CONTENT = 512 * 1024 * 1024
"""Bytes of the largest document when it is unpacked."""
KEPT = timedelta(days=30)
"""Time for which a stored reading is remembered; one that old is refused for its age."""
_GZIP = 31
"""Window bits by which zlib writes and reads gzip (RFC 1952)."""
_READING = "läsning"
"""Name of a document in errors before its id is known."""
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedReading:
    """Reading of a source as one machine hands it to another."""

    reading: str
    """Id of the reading, which no other one has."""
    run: SourceRun


@lru_cache(maxsize=1)
def _runs() -> TypeAdapter[list[SourceRun]]:
    """Build the adapter; it is one of lists, because a dataclass by itself cannot be given how bytes are written."""
    return TypeAdapter(list[SourceRun], config={"ser_json_bytes": "base64", "val_json_bytes": "base64"})


def program_version() -> str:
    """Return the version of the program: two versions may differ in what they read, so both machines must have the same."""
    return installed_version("eu-monitor")


def pack_reading(reading: str, run: SourceRun) -> bytes:
    """Return a judged reading as a document: a line that says what it is and a line with all that was read, compressed.

    Raises:
        HandOverError: It is larger than the other machine takes.
        ValueError: A text in it cannot be written as JSON.
    """
    head = {"format": FORMAT, "version": VERSION, "program": program_version(), "reading": reading}
    plain = replace(run, stats=json.loads(json.dumps(run.stats, default=str)))
    content = json.dumps(head).encode() + b"\n" + _runs().dump_json([plain], exclude_defaults=True)
    packed = zlib.compress(content, level=6, wbits=_GZIP)
    if len(content) > MOST_CONTENT or len(packed) > MOST_BYTES:
        raise HandOverError(run.source, f"läsningen är större än vad som tas emot ({len(packed)} byte)", 413)
    return packed


def unpack_reading(packed: bytes) -> HandedReading:
    """Return the reading of a document.

    Raises:
        HandOverError: The document is cut, too large, of another version, or no reading.
    """
    head, _, body = _unpack(packed).partition(b"\n")
    reading = _read_head(head)
    try:
        (run,) = _runs().validate_json(body)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"][1:])
        raise HandOverError(reading, f"läsningen går inte att läsa: {place}: {first['msg']}", 400) from error
    except ValueError as error:
        raise HandOverError(reading, "dokumentet är ingen läsning", 400) from error
    if run.state not in set(RunState) or any(call.source != run.source for call in run.calls):
        raise HandOverError(reading, "läsningen säger emot sig själv", 400)
    return HandedReading(reading=reading, run=run)


def _unpack(packed: bytes) -> bytes:
    reader = zlib.decompressobj(_GZIP)
    try:
        content = reader.decompress(packed, MOST_CONTENT)
    except zlib.error as error:
        raise HandOverError(_READING, "dokumentet är skadat eller är ingen läsning", 400) from error
    if reader.unconsumed_tail:
        raise HandOverError(_READING, f"dokumentet är större än {MOST_CONTENT} byte när det packas upp", 413)
    if not reader.eof or reader.unused_data:
        raise HandOverError(_READING, "dokumentet är avbrutet", 400)
    return content


def _read_head(line: bytes) -> str:
    """Return the id of a reading by its first line; refuse another form or program before the rest is read by other rules."""
    try:
        head = json.loads(line)
        named, reading = (head["format"], head["version"], head["program"]), head["reading"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise HandOverError(_READING, "dokumentet är ingen läsning", 400) from error
    if not isinstance(reading, str) or not _ID.fullmatch(reading):
        raise HandOverError(_READING, "läsningen har inget id", 400)
    wanted = (FORMAT, VERSION, program_version())
    if named != wanted:
        found, expected = (" ".join(str(part) for part in form) for form in (named, wanted))
        problem = f"läsningen har formen {found}, väntade {expected}; kör samma version på båda datorerna"
        raise HandOverError(reading, problem[:500], 409)
    return reading


def handed_report(db: Database, reading: str) -> RunReport | None:
    """Return the report of a reading that was handed over and stored before; None for any other."""
    row = db.execute("SELECT report FROM handed_over WHERE reading = ?", [reading]).fetchone()
    return RunReport(**json.loads(row[0])) if row else None


def note_handed(db: Database, reading: str, report: RunReport, now: datetime) -> None:
    """Store that a reading was handed over. The caller holds the transaction in which what was read is stored."""
    values: dict[str, Any] = asdict(report)
    db.execute(
        "INSERT INTO handed_over (reading, source, at, report) VALUES (?, ?, ?, ?)",
        [reading, report.id, stamp(now), json.dumps(values)],
    )
    db.execute("DELETE FROM handed_over WHERE at < ?", [stamp(now - KEPT)])
