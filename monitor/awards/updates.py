"""Updates that the portal has posted on calls, closed ones as well: read from its search, those about proposals kept.

They are answers of the portal's search for type 6. An open topic carries its own updates, but numbers of proposals are posted on
topics that have closed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from monitor.archive.connection import Database, escape_like
from monitor.awards.fields import text
from monitor.awards.tables import ExpectedFields, Required, open_file, read_json

PORTAL_UPDATES = "portal-updates"
"""Name by which updates are imported."""
UPDATE: tuple[Required, ...] = (
    ("metadata.identifier", "metadata.callIdentifier"),
    "metadata.startDate",
    "metadata.description",
)
"""Fields that some row of each answer must have."""
_ABOUT = "proposal"
"""Word without which an update tells nothing about the competition."""


def read_updates(files: Sequence[Path]) -> Iterator[tuple[str, str, str]]:
    """Read the code of the topic, the day in ISO 8601 ("" when not stated) and the plain text of each update about proposals.

    Raises:
        SourceError: A file is broken, or no row has a field that is read: it is no answer of the portal's search with updates.
    """
    # Imported here: lxml takes longer to load than commands that only read, which import this module for its names.
    from monitor.collect.text import html_to_text

    expected = ExpectedFields(UPDATE)
    for path in files:
        with open_file(path) as file:
            for row in expected.watch(path.name, read_json(file, path.name, "results.item")):
                fields = row.get("metadata")
                fields = fields if isinstance(fields, dict) else {}
                code = text(_first(fields, "identifier")) or text(_first(fields, "callIdentifier"))
                told = html_to_text(_first(fields, "description"))
                if code and _ABOUT in told.casefold():
                    yield code, text(_first(fields, "startDate"))[:10], told
    expected.require()


def _first(fields: dict[str, object], name: str) -> str:
    values = fields.get(name)
    return str(values[0]) if isinstance(values, list) and values else ""


def import_updates(db: Database, files: Sequence[Path]) -> int:
    """Add the updates of files to those that are kept, all or none; return how many are kept then.

    Raises:
        SourceError: A file cannot be read; nothing was added.
    """
    with db.atomic():
        for update in read_updates(files):
            db.execute("INSERT INTO updates (code, at, text) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", update)
        return int(db.execute("SELECT count(*) FROM updates").fetchone()[0])


def updates_of(db: Database, programme: str, is_wanted: Callable[[str], bool]) -> list[tuple[str, str]]:
    """Return code and text of the kept updates of a programme's calls that are wanted, in order of code and day."""
    if not db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'updates'").fetchone()[0]:
        return []  # a file of an older version that nothing was imported into since
    rows = db.execute(
        "SELECT code, text FROM updates WHERE code LIKE ? ESCAPE '!' ORDER BY code, at", [f"{escape_like(programme)}-%"]
    )
    return [(code, told) for code, told in rows if is_wanted(code)]
