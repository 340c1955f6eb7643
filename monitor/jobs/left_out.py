"""Items that were left out: listed, taken back, left out again. A call that appears is searchable at once."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from monitor.archive.left_out import LeftOut, find_left_out, list_left_out, put_back, take_back
from monitor.archive.lookup import find_calls
from monitor.errors import ConfigError
from monitor.jobs.search import index_archive
from monitor.jobs.stories import join_stories

if TYPE_CHECKING:
    from monitor.archive import Archive


def take_item_back(archive: Archive, text: str, source: str, now: datetime) -> LeftOut:
    """Make the item that `text` names (key, `source/key` or address) a call for good, and return its row. ConfigError for none or several."""
    key = _only(text, [(row.source, row.call_id) for row in find_left_out(archive.db, text, source)])
    take_back(archive.db, *key, now)
    return _settled(archive, key, now)


def leave_item_out(archive: Archive, text: str, source: str, now: datetime) -> LeftOut:
    """Leave out the call or the taken-back item that `text` names, and return its row. ConfigError for none or several."""
    keys = [(row.source, row.call_id) for row in find_left_out(archive.db, text, source)]
    keys = keys or [key for key in find_calls(archive.db, text) if source in ("", key[0])]
    key = _only(text, keys)
    put_back(archive.db, *key, now)
    return _settled(archive, key, now)


def _only(text: str, keys: list[tuple[str, str]]) -> tuple[str, str]:
    if not keys:
        raise ConfigError(text, "finns inte bland det som lämnats utanför. Se listan: monitor sources left-out")
    if len(keys) > 1:
        sources = ", ".join(source for source, _ in keys)
        raise ConfigError(text, f"finns hos flera källor ({sources}). Ange källan före: monitor sources left-out KÄLLA …")
    return keys[0]


def _settled(archive: Archive, key: tuple[str, str], now: datetime) -> LeftOut:
    join_stories(archive.db, now)
    index_archive(archive)
    return next(row for row in list_left_out(archive.db, key[0]) if row.call_id == key[1])
