"""Data files of the readers in `data/`: word files, tables of words and tables of patterns. Read and checked when first used.

A table of words or patterns is TOML, and each row has a short `example` that it must match. A row may have a `not_example`, a
sentence that it must not match. `tests/language/test_data.py` holds every row to its examples.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

_PLACEHOLDER = re.compile(r"\{([a-z][a-z_]*)\}")
_EXAMPLES = frozenset({"example", "not_example"})


class DataFileError(ValueError):
    """Fault of a data file, with the file, the table and the row."""


def data_file(name: str) -> Traversable:
    """Return a file of the folder `data`."""
    return resources.files("monitor.language") / "data" / name


@cache
def read_tables(name: str) -> Mapping[str, Any]:
    """Return the tables of a TOML file by name, in the order of the file.

    Raises:
        DataFileError: The file is no TOML.
    """
    try:
        return tomllib.loads(data_file(name).read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise DataFileError(f"{name}: {error}") from error


def read_rows(name: str, table: str, /, **types: type) -> Sequence[Mapping[str, Any]]:
    """Return the rows of a list of tables, checked: each has these fields and an example, and no other field.

    Args:
        name: File in `data`.
        table: Name of the list in the file.
        types: Type of each field of a row besides `example` and `not_example`, which are texts.

    Raises:
        DataFileError: The table is missing, or a row has another form.
    """
    rows = read_tables(name).get(table)
    if not isinstance(rows, list) or not rows:
        raise DataFileError(f"{name}: table {table!r} is missing or has no rows")
    for number, row in enumerate(rows, start=1):
        check_row(f"{name}: {table}, row {number}", row, types)
    return rows


def check_row(place: str, row: object, types: Mapping[str, type]) -> None:
    """Raise DataFileError unless a row has these fields and an example, and nothing else but `not_example`."""
    if not isinstance(row, dict):
        raise DataFileError(f"{place}: a row is a table of fields, not {row!r}")
    for field, kind in (*types.items(), ("example", str)):
        value = row.get(field)
        if not isinstance(value, kind) or value == "":
            raise DataFileError(f"{place}: {field!r} must be a {kind.__name__}, not {value!r}")
    if unknown := row.keys() - types.keys() - _EXAMPLES:
        raise DataFileError(f"{place}: unknown fields {', '.join(sorted(unknown))}")


Grammar = Mapping[str, str | Callable[[], str]]
"""Patterns by name, or functions that return them when they are first needed."""


class Patterns:
    """Regular expressions by name, put together from a data file and the grammar of a module, each compiled when first used.

    In the file each table has `rows` of patterns, any of which matches; the first one goes first. In a pattern `{name}` stands
    for another pattern, in a group. Case is ignored.
    """

    def __init__(self, file: str = "", grammar: Grammar | None = None, *, others: Sequence[Patterns] = ()) -> None:
        """Take a file of `data`, patterns that code composes of its words, and others for names that are in neither."""
        self._file, self._grammar, self._others = file, grammar or {}, others
        self._compiled: dict[str, re.Pattern[str]] = {}

    def __getitem__(self, name: str) -> re.Pattern[str]:
        found = self._compiled.get(name)
        if found is None:
            try:
                found = self._compiled[name] = re.compile(self.source(name), re.IGNORECASE)
            except re.error as error:
                raise DataFileError(f"{self._place_of_fault(name)}: {error}") from error
        return found

    def source(self, name: str) -> str:
        """Return the text of a pattern, with all others that it names put in.

        Raises:
            KeyError: No pattern has this name.
            DataFileError: A row of the file is not valid.
        """
        composed = self._grammar.get(name)
        text = (composed if isinstance(composed, str) or composed is None else composed()) or self._from_file(name)
        if text is None:
            for other in self._others:
                if other.has(name):
                    return other.source(name)
            raise KeyError(name)
        return self.expand(text)

    def expand(self, text: str) -> str:
        """Return the text of a pattern with each name in braces replaced by the pattern of that name, in a group."""
        return _PLACEHOLDER.sub(lambda part: f"(?:{self.source(part[1])})", text)

    def has(self, name: str) -> bool:
        """Tell whether a pattern of this name is in the grammar or the file."""
        return name in self._grammar or bool(self._file and name in read_tables(self._file))

    def _from_file(self, name: str) -> str | None:
        rows = self.rows(name)
        return "|".join(row["pattern"] for row in rows) if rows else None

    def rows(self, name: str) -> Sequence[Mapping[str, str]]:
        """Return the rows of a table of the file, each with `pattern` and `example`; none where the file has no such table.

        Raises:
            DataFileError: A row is not valid.
        """
        if not self._file or name not in (tables := read_tables(self._file)):
            return ()
        rows: Sequence[Mapping[str, str]] = tables[name].get("rows", ()) if isinstance(tables[name], dict) else ()
        for number, row in enumerate(rows, start=1):
            check_row(f"{self._file}: {name}, row {number}", row, {"pattern": str})
        return rows

    def _place_of_fault(self, name: str) -> str:
        """Return the file, table and row of the first pattern of a table that is no regular expression."""
        for number, row in enumerate(self.rows(name), start=1):
            try:
                re.compile(_PLACEHOLDER.sub("x", row["pattern"]))
            except re.error:
                return f"{self._file}: {name}, row {number}"
        return f"{self._file}: {name}"
