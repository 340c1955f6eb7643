"""Result of reading one source: rows that could not be read, and the publisher's own numbers that the import must reach."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from monitor.errors import RowError, SourceError, describe_row_error

Value = TypeVar("Value")
_MAX_BAD_SHARE = 0.01
"""More unreadable rows than this share mean that the file has another form, not that single rows are wrong."""
_READING_ERRORS = (RowError, ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RecursionError)


@dataclass
class Reading:
    """Counts of a source under import."""

    rows: int = 0
    skipped: dict[str, str] = field(default_factory=dict)
    """Reason for each row that was left out, in Swedish, by its place."""
    stated_projects: int | None = None
    """Number of projects that the publisher says that there are."""
    stated_granted: Decimal | None = None
    """Sum of grants that the publisher says; None when it does not."""
    ignored: int = 0
    """Rows left out on purpose: they concern organisations outside the countries that are kept."""

    def each(self, where: str, rows: Iterable[Value], build: Callable[[Value], Iterable[object]]) -> Iterator[object]:
        """Yield what `build` makes of each row; a row that it cannot read is noted and left out."""
        for number, row in enumerate(rows, 1):
            self.rows += 1
            try:
                made = list(build(row))
            except _READING_ERRORS as error:
                self.skipped[f"{where} post {number}"] = describe_row_error(error)
                continue
            yield from made

    def refuse_bad(self, where: str) -> None:
        """Raise SourceError when too many rows could not be read, or none was there."""
        if not self.rows:
            raise SourceError(where, "filen har inga poster")
        if len(self.skipped) > max(1, _MAX_BAD_SHARE * self.rows):
            place, reason = next(iter(self.skipped.items()))
            raise SourceError(
                where, f"{len(self.skipped)} av {self.rows} poster går inte att läsa; den första är {place}, som {reason}"
            )
