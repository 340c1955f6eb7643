"""Rows that are as they were: told by a hash of what the publisher sent, so that their Calls need not be worked out again."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from monitor.archive.codec import decode_call
from monitor.calls import Call
from monitor.collect.programmes import Programmes

_PACKAGE = Path(__file__).parent.parent
_IMPORT = re.compile(rb"^\s*(?:from (monitor[\w.]*) import ([\w, (]*)|import (monitor[\w.]*))", re.MULTILINE)
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
    for file in [spider_file, *imported_files(spider_file)]:
        found.update(file.read_bytes())
    return found.hexdigest()[:16]


def imported_files(file: Path) -> list[Path]:
    """The files of this package that a module imports, those that they import, and so on, in order; with the data of their folders."""
    found: set[Path] = set()
    waiting = [file]
    while waiting:
        for module in _imports(waiting.pop().read_bytes()):
            path = _PACKAGE.parent.joinpath(*module.split("."))
            for one in (path.with_suffix(".py"), path / "__init__.py"):
                if one.is_file() and one not in found:
                    found.add(one)
                    waiting.append(one)
    data = {
        one for folder in {path.parent / "data" for path in found} if folder.is_dir() for one in folder.iterdir() if one.is_file()
    }
    return sorted(found | data)


def _imports(source: bytes) -> Iterator[str]:
    for whole, names, plain in _IMPORT.findall(source):
        module = (whole or plain).decode()
        parts = module.split(".")
        yield from (".".join(parts[:number]) for number in range(2, len(parts) + 1))  # a module's packages are loaded before it
        yield from (f"{module}.{name.strip()}" for name in names.decode().strip("( ").split(",") if name.strip())
