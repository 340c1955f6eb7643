"""Rows that are as they were: told by a hash of what the publisher sent, so that their Calls need not be worked out again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from monitor.archive.codec import decode_call
from monitor.calls import Call
from monitor.collect.programmes import Programmes

_READERS = (Path(__file__).parent, Path(__file__).parent.parent / "calls.py")
# What the portal's search index notes of its own work on a row (esDA_IngestDate, es_SortDate ...) and how it ranked it.
_NOISE = "es"


@dataclass(frozen=True, slots=True)
class KnownRows:
    """What the archive has of a source: the hash of the row and the Call read from it, as JSON, by the call's key.

    `version` stands for the program and tables that read rows: rows read by others count as changed.
    """

    version: str = ""
    rows: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def hash(self, row: Mapping[str, Any]) -> str:
        """The hash of a row, without what the publisher's index adds on each of its own rounds."""
        metadata = row.get("metadata")
        kept = {name: value for name, value in (metadata or row).items() if not name.startswith(_NOISE)}
        told = json.dumps([self.version, row.get("reference"), row.get("summary"), row.get("language"), kept])
        return hashlib.sha256(told.encode()).hexdigest()[:32]

    def call(self, call_id: str, row_hash: str) -> Call | None:
        """The stored Call of a row that is as it was; None for any other."""
        known = self.rows.get(call_id)
        return decode_call(known[1]) if known and known[0] == row_hash else None


def reader_version(spider_file: Path, programmes: Programmes) -> str:
    """What changes when the program, or its table of programmes, would read a row differently."""
    found = hashlib.sha256(repr(programmes).encode())
    for place in (*_READERS, spider_file):
        for file in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            found.update(file.read_bytes())
    return found.hexdigest()[:16]
