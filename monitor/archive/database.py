"""One connection to an archive: rows by name, transactions that nest, and sqlite-utils for tables where they are written by name."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlite_utils import Database as Tables


class Database(sqlite3.Connection):
    """A connection on which each statement is kept at once unless it stands in `atomic`.

    Opened by `sqlite3.connect(..., factory=Database, isolation_level=None)`. sqlite-utils is loaded by what makes or changes tables
    alone: it takes a quarter of the time of a command that only reads.
    """

    def query(self, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> Iterator[dict[str, Any]]:
        """The rows, each by the names of its columns."""
        cursor = self.execute(sql, values)
        names = [column[0] for column in cursor.description]
        return (dict(zip(names, row, strict=True)) for row in cursor)

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """All of it or nothing. Within another, what went wrong inside undoes the inner one alone.

        Waits for whoever writes before it reads: SQLite lets nobody wait who has read and then wants to write, but refuses at once
        (https://www.sqlite.org/lang_transaction.html).
        """
        begin, keep = "BEGIN IMMEDIATE", "COMMIT"
        undo: tuple[str, ...] = ("ROLLBACK",)
        if self.in_transaction:
            begin, keep, undo = "SAVEPOINT inner", "RELEASE inner", ("ROLLBACK TO inner", "RELEASE inner")
        self.execute(begin)
        try:
            yield
            self.execute(keep)
        except BaseException:
            if self.in_transaction:  # an error such as a full disk has ended it already
                for statement in undo:
                    self.execute(statement)
            raise

    @contextmanager
    def redoable(self) -> Iterator[None]:
        """What is kept in here can be made again: it does not wait for the disk, which takes longer than writing it.

        A power failure may take it back, and nothing that was kept after it outlives it; a crash of the program takes nothing.
        """
        self.execute("PRAGMA synchronous = NORMAL")
        try:
            yield
        finally:
            self.execute("PRAGMA synchronous = FULL")

    def table(self, name: str) -> Any:
        """A table, as sqlite-utils has it."""
        return self.tables().table(name)

    def tables(self) -> Tables:
        """This connection, as sqlite-utils has it."""
        from sqlite_utils import Database as Tables

        return Tables(self, execute_plugins=False)
