"""The archive: SQLite, its schema, and all the SQL there is."""

from monitor.archive.connection import Archive, connect_for_reading, copy_archive, lock, open_archive

__all__ = ["Archive", "connect_for_reading", "copy_archive", "lock", "open_archive"]
