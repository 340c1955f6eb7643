"""The archive: SQLite, its schema, and all the SQL there is."""

from monitor.archive.archive import Archive, copy_archive, open_archive
from monitor.archive.lock import lock

__all__ = ["Archive", "copy_archive", "lock", "open_archive"]
