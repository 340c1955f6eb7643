"""Recognise unchanged rows by a hash of the data that the publisher sent, so that their Calls are not parsed again."""

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
from monitor.program import code_version

_INDEX_PREFIX = "es"
"""Prefix of the fields in which the portal's search index notes its own work on a row (esDA_IngestDate, es_SortDate ...)."""


@dataclass(frozen=True, slots=True)
class KnownRows:
    """Rows of a source in the archive."""

    version: str = ""
    """Version of the reader (`reader_version`): rows read by another version count as changed."""
    rows: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Hash of the row, and the Call read from it as JSON, by the call's key."""

    def hash(self, row: Mapping[str, Any]) -> str:
        """Return the hash of a row and the reader's version, without the fields that the publisher's index changes by itself."""
        metadata = row.get("metadata")
        kept = {name: value for name, value in (metadata or row).items() if not name.startswith(_INDEX_PREFIX)}
        content = json.dumps([self.version, row.get("reference"), row.get("summary"), row.get("language"), kept])
        return hashlib.sha256(content.encode()).hexdigest()[:32]

    def call(self, call_id: str, row_hash: str) -> Call | None:
        """Return the stored Call of an unchanged row; None for any other."""
        stored_hash, stored_call = self.rows.get(call_id, ("", ""))
        return decode_call(stored_call) if stored_hash and stored_hash == row_hash else None


def reader_version(spider_file: Path, programmes: Programmes) -> str:
    """Return a hash that changes with the code that a spider imports, its data files, or the table of programmes."""
    return hashlib.sha256(f"{programmes!r} {code_version(spider_file)}".encode()).hexdigest()[:16]
