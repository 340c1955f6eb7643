"""The archive: SQLite, its schema, and all the SQL there is."""

from monitor.archive.archive import Archive, connect_for_reading, copy_archive, open_archive
from monitor.archive.lock import lock

__all__ = ["Archive", "connect_for_reading", "copy_archive", "lock", "open_archive"]
