"""SQLite archive: schema, reads, writes and search. All SQL of the program is in this package."""

from monitor.archive.connection import Archive, connect_for_reading, copy_archive, lock, open_archive

__all__ = ["Archive", "connect_for_reading", "copy_archive", "lock", "open_archive"]
