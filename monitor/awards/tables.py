"""Publishers' files as streams of rows: CSV, XLSX and JSON, also inside a ZIP file. No file is held in memory as a whole."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import ijson

from monitor.awards.model import FETCHED_PREFIX
from monitor.errors import SourceError, describe_os_error

Record = Mapping[str, Any]
"""Row of a file by the names of its columns, or an object of a JSON file."""
Required = str | tuple[str, ...]
"""Column or field that a file must have; several names are alternatives, of which one is enough.

`organisations.organisationName` is the field of an object inside another; lists, and texts that hold JSON, are looked into.
"""
_MAX_UNPACKED = 4 * 1024**3
"""Bytes of an unpacked member of a ZIP or XLSX file. CORDIS' largest is near 0.2 GB."""
_MAX_RATIO = 300
"""Most bytes that one packed byte may become: text packs 5 to 30 times, a ZIP bomb a thousand times (David Fifield, 2019)."""
_MAX_RECORD = 1_000_000
"""Most characters of one record: more is a quote that never ends."""
_MAX_LEFT_OUT = 2
"""Most empty fields that may be left out at the end of a row."""
_MAX_DEPTH = 100
_FEW_ROWS = 20
"""A file with fewer rows may lack a field by chance."""
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'"})


def column(name: Any) -> str:
    """Return the name of a column for comparing: lower case, plain apostrophes, single spaces."""
    return re.sub(r"\s+", " ", str(name or "")).strip().translate(_APOSTROPHES).casefold()


@contextmanager
def refusing(where: str) -> Iterator[None]:
    """Turn each error that a broken file can raise into a SourceError with a Swedish sentence."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise SourceError(where, "filen är inte i UTF-8, så bokstäver som å, ä och ö kan inte läsas") from error
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise SourceError(where, "filen är ingen hel ZIP- eller Excelfil; hämta den igen") from error
    except ijson.JSONError as error:
        raise SourceError(where, "filen är ingen hel JSON-fil: den är avbruten eller trasig; hämta den igen") from error
    except csv.Error as error:
        raise SourceError(where, "filen är avbruten eller trasig: ett citattecken saknas; hämta den igen") from error
    except OSError as error:
        raise SourceError(where, f"filen går inte att läsa: {describe_os_error(error)}") from error


@contextmanager
def open_file(path: Path, member: str = "") -> Iterator[IO[bytes]]:
    """Open a file, or the member of a ZIP file whose name ends with `member`, for reading as a stream.

    Raises:
        SourceError: The file is missing or broken, has no such member, or would unpack to an impossible size.
    """
    with refusing(path.name):
        if not member:
            with path.open("rb") as file:
                yield file
            return
        with zipfile.ZipFile(path) as packed:
            found = [info for info in packed.infolist() if info.filename.rpartition("/")[2].casefold() == member.casefold()]
            if not found:
                raise SourceError(path.name, f"filen saknar {member}; utgivaren kan ha bytt namn på den")
            refuse_bomb(path.name, found[:1])
            with packed.open(found[0]) as file:
                yield file


def has_member(path: Path, member: str) -> bool:
    """Return whether a ZIP file has a member of this name in some folder; raises SourceError for a broken file."""
    with refusing(path.name), zipfile.ZipFile(path) as packed:
        return any(name.rpartition("/")[2].casefold() == member.casefold() for name in packed.namelist())


def refuse_bomb(where: str, members: Iterable[zipfile.ZipInfo]) -> None:
    """Raise SourceError when members of a ZIP file would unpack to an impossible size."""
    for info in members:
        if info.file_size > _MAX_UNPACKED or info.file_size > _MAX_RATIO * max(info.compress_size, 10_000):
            raise SourceError(where, f"{info.filename} skulle bli {info.file_size} byte uppackad, och det är för mycket")


def alternatives(name: Required) -> tuple[str, ...]:
    """Return the names of which a file must have one."""
    return (name,) if isinstance(name, str) else name


def require_columns(where: str, header: Iterable[Any], required: Collection[Required]) -> list[str]:
    """Return the compared names of a header's columns.

    Raises:
        SourceError: A required column is missing, or a name stands twice.
    """
    names = [column(name) for name in header]
    missing = [name for name in required if not any(column(one) in names for one in alternatives(name))]
    if missing:
        raise SourceError(where, f"kolumnen {_quoted(missing[0])} saknas fast den väntades; utgivaren kan ha bytt namn på den")
    doubled = next((name for name in names if name and names.count(name) > 1), "")
    if doubled:
        raise SourceError(where, f"kolumnen ”{doubled}” står två gånger")
    return names


def read_csv(file: IO[bytes], where: str, required: Collection[Required], delimiter: str = ",") -> Iterator[Record]:
    """Yield the rows of a CSV file with a header (RFC 4180, also with line breaks inside fields), by compared column names.

    Raises:
        SourceError: A required column is missing, a row has another number of fields, or the file ends inside a field.
    """
    with refusing(where), io.TextIOWrapper(file, encoding="utf-8-sig", newline="") as lines:
        rows = csv.reader(lines, delimiter=delimiter, strict=True)
        names = require_columns(where, next(rows, []), required)
        for cells in rows:
            if not any(cells):
                continue
            if len(cells) != len(names):
                raise _ragged(where, rows.line_num, len(cells), len(names))
            yield dict(zip(names, cells, strict=True))


def read_quoted_csv(file: IO[bytes], where: str, required: Collection[Required]) -> Iterator[Record]:
    """Yield the rows of a CSV file with `;` whose fields are all quoted, as CORDIS writes them.

    Quotes inside a field are not always doubled there (an objective may begin with two), which ordinary readers take for the end
    of the field. So a record is complete when it has all its fields, parted by `";"`.

    Raises:
        SourceError: A required column is missing, a row has another number of fields, or the file ends inside a row.
    """
    with refusing(where), io.TextIOWrapper(file, encoding="utf-8-sig", newline="") as lines:
        first = lines.readline()
        if not first.startswith('"'):
            first = ";".join(f'"{name}"' for name in first.rstrip("\r\n").split(";"))
        names = require_columns(where, _split_quoted(first.rstrip("\r\n")), required)
        record = ""
        for number, line in enumerate(lines, 2):
            short = _short_cells(record, len(names)) if line.startswith('"') else None
            if short is not None:
                yield dict(zip(names, short, strict=True))
                record = ""
            record += line
            text = record.rstrip("\r\n")
            cells = _quoted_cells(text, len(names)) if text else []
            if cells:
                yield dict(zip(names, cells, strict=True))
            elif text and (len(_split_quoted(text)) > len(names) or len(record) > _MAX_RECORD):
                raise _ragged(where, number, len(_split_quoted(text)), len(names))
            if cells is not None:
                record = ""
        if record:
            raise SourceError(where, "filen slutar mitt i en rad: den är avbruten; hämta den igen")


def _short_cells(record: str, width: int) -> list[str] | None:
    """Return the fields of a record that lacks its last, empty fields, as some spreadsheets leave them out; None for another."""
    text = record.rstrip("\r\n")
    parts = _split_quoted(text)
    is_whole = text.startswith('"') and text.endswith('"') and text.count('"') % 2 == 0
    if not is_whole or not width - _MAX_LEFT_OUT <= len(parts) < width:
        return None
    return [part.replace('""', '"') for part in parts] + [""] * (width - len(parts))


def _quoted_cells(text: str, width: int) -> list[str] | None:
    """Return the fields of a complete record, or None while it is incomplete."""
    is_quoted = text.startswith('"') and text.endswith('"')
    parts = _split_quoted(text) if is_quoted else []
    if len(parts) == width:
        return [part.replace('""', '"') for part in parts]
    try:
        cells = next(csv.reader([text], delimiter=";", strict=True))  # a file saved by a spreadsheet quotes only where it must
    except csv.Error:
        return None
    return cells if len(cells) == width and text.count('"') % 2 == 0 else None


def _split_quoted(text: str) -> list[str]:
    return text.removeprefix('"').removesuffix('"').split('";"')


def _ragged(where: str, line: int, found: int, expected: int) -> SourceError:
    return SourceError(
        where, f"rad {line} har {found} fält i stället för {expected}: filen är avbruten eller trasig; hämta den igen"
    )


def read_xlsx(path: Path, required: Collection[Required], sheet: str = "") -> Iterator[Record]:
    """Yield the rows of a sheet of an Excel file, by compared column names.

    Args:
        path: File of the format XLSX.
        required: Columns that the sheet must have.
        sheet: Beginning of the sheet's name; "" for the first sheet.

    Raises:
        SourceError: The file is broken, or a sheet or a required column is missing.
    """
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with refusing(path.name):
            with zipfile.ZipFile(path) as packed:
                refuse_bomb(path.name, packed.infolist())
            book = load_workbook(path, read_only=True, data_only=True)
            try:
                yield from _sheet_rows(path.name, book, required, sheet)
            finally:
                book.close()
    except (KeyError, ValueError, TypeError, SyntaxError, InvalidFileException) as error:
        # openpyxl and its XML parser raise these for members that are missing or no XML (lxml's XMLSyntaxError is a SyntaxError).
        raise SourceError(path.name, "filen är ingen hel Excelfil; hämta den igen") from error


def _sheet_rows(where: str, book: Any, required: Collection[Required], sheet: str) -> Iterator[Record]:
    names = [name for name in book.sheetnames if name.casefold().startswith(sheet.casefold())]
    if not names:
        raise SourceError(where, f"bladet ”{sheet}” saknas; utgivaren kan ha bytt namn på det")
    page = book[names[0]]
    # CORDIS declares A1:A1 for the whole sheet, and then each row would have one cell.
    page.reset_dimensions()
    with closing(page.iter_rows(values_only=True)) as rows:  # a refused sheet would stay open
        header = list(next(rows, ()))
        while header and header[-1] is None:
            header.pop()
        columns = require_columns(where, header, required)
        for row in rows:
            cells = list(row[: len(columns)])
            if any(cell not in (None, "") for cell in cells):
                cells += [None] * (len(columns) - len(cells))
                yield dict(zip(columns, cells, strict=True))


def read_json(file: IO[bytes], where: str, prefix: str = "item") -> Iterator[Record]:
    """Yield the objects of a list in a JSON file; `prefix` is ijson's name of the list's items. Numbers are exact.

    Raises:
        SourceError: The file is no complete JSON, or an item is no object.
    """
    with refusing(where):
        for item in ijson.items(ijson.parse(_shallow_events(file)), prefix):
            if not isinstance(item, dict):
                raise SourceError(where, "filen har en annan form än utgivarens")
            yield item


def read_json_value(path: Path, prefix: str) -> Any:
    """Return the first value at a place in a JSON file, None when it is missing."""
    with open_file(path) as file, refusing(path.name):
        return next(ijson.items(ijson.parse(_shallow_events(file)), prefix), None)


def _shallow_events(file: IO[bytes]) -> Iterator[tuple[str, Any]]:
    """Yield the events of a JSON file; raises ijson.JSONError for one nested so deep that its paths would fill the memory."""
    depth = 0
    for event, value in ijson.basic_parse(file):
        if event in ("start_map", "start_array"):
            depth += 1
            if depth > _MAX_DEPTH:
                raise ijson.JSONError("nested too deep")
        elif event in ("end_map", "end_array"):
            depth -= 1
        yield event, value


class DoubledRows:
    """Check of lists without keys: a row that stands twice in every field means that the file, or the folder, is doubled.

    Two files may share single rows, since an organisation may have the same numbers in two exports, but not most of them.
    """

    def __init__(self, allowed: float = 0.0, *, ignored: str = "") -> None:
        """Allow a share of the rows of a file to stand twice, apart from a field that is `ignored` since it is no key."""
        self._allowed = allowed
        self._ignored = ignored
        self._earlier: set[int] = set()

    def watch(self, where: str, rows: Iterable[Record]) -> Iterator[Record]:
        """Yield the rows of a file.

        Raises:
            SourceError: More rows than are allowed stand twice in the file, or most of them in the files before it.
        """
        own: set[int] = set()
        count = again = known = 0
        for row in rows:
            mark = hash(tuple(sorted((name, str(value)) for name, value in row.items() if name != self._ignored)))
            count += 1
            again += mark in own
            known += mark in self._earlier and mark not in own
            own.add(mark)
            if again and not self._allowed:
                raise SourceError(where, f"post {count} står två gånger i filen, som alltså är dubbel; hämta den igen")
            yield row
        if again > self._allowed * count:
            raise SourceError(where, f"{again} av {count} poster står två gånger i filen, som alltså är dubbel; hämta den igen")
        if 2 * known > count:
            raise SourceError(where, f"{known} av {count} poster står också i en annan fil för källan; ta bort den ena filen")
        self._earlier |= own


_PARTS = 64
"""Parts in which the marks of a long file are compared, one after the other, so that few are held as objects at once."""


def refuse_doubled(where: str, rows: Iterable[Record], allowed: float) -> Iterator[Record]:
    """Yield the rows of one long file, of which each takes eight bytes until the end.

    Raises:
        SourceError: After the last row, when a larger share than `allowed` stood twice in every field.
    """
    marks = [array("q") for _ in range(_PARTS)]
    count = 0
    for row in rows:
        mark = hash(tuple(row.values()))
        marks[mark % _PARTS].append(mark)
        count += 1
        yield row
    again = sum(len(part) - len(set(part)) for part in marks)
    if again > allowed * count:
        raise SourceError(where, f"{again} av {count} poster står två gånger i filen, som alltså är dubbel; hämta den igen")


@dataclass
class _WatchedRows:
    """Rows of one or more files, and the fields that none of them has."""

    missing: tuple[Required, ...]
    where: str = ""
    """Name of the first file."""
    count: int = 0

    def add(self, other: _WatchedRows) -> None:
        self.where = self.where or other.where
        self.count += other.count
        self.missing = tuple(name for name in self.missing if name in other.missing)

    def refuse(self, fewest: int) -> None:
        """Raise SourceError when there are at least so many rows and none has some field."""
        if self.count >= fewest and self.missing:
            raise _field_error(self.where, self.missing[0], self.count)


class ExpectedFields:
    """Fields that some row of each JSON file of a source must have.

    A field that no row has was renamed; one that single rows lack was left out there. The pages that the program fetched are
    judged as one file, since a page may have the projects of one programme, which lack a field. Files of few rows are judged
    together with all the others.
    """

    def __init__(self, required: Collection[Required]) -> None:
        self._required = tuple(required)
        self._all = _WatchedRows(self._required)
        self._fetched = _WatchedRows(self._required)

    def watch(self, where: str, rows: Iterable[Record]) -> Iterator[Record]:
        """Yield the rows of a file.

        Raises:
            SourceError: None of its rows has a required field.
        """
        watched = _WatchedRows(self._required, where)
        for row in rows:
            watched.count += 1
            if watched.missing:
                watched.missing = tuple(name for name in watched.missing if not has_field(row, name))
            yield row
        if not watched.count:
            return
        self._all.add(watched)
        if where.startswith(FETCHED_PREFIX):
            self._fetched.add(watched)
        else:
            watched.refuse(_FEW_ROWS)

    def require(self) -> None:
        """Raise SourceError when no row of the fetched pages, or of any file that was watched, has a required field."""
        self._fetched.refuse(_FEW_ROWS)
        self._all.refuse(1)


def _field_error(where: str, name: Required, rows: int) -> SourceError:
    return SourceError(
        where, f"fältet {_quoted(name)} saknas i alla {rows} poster fast det väntades; utgivaren kan ha bytt namn på det"
    )


def _quoted(name: Required) -> str:
    return " eller ".join(f"”{one}”" for one in alternatives(name))


def has_field(row: Record, name: Required) -> bool:
    """Return whether a row has a field, however empty."""
    return any(_holds(row, one.split(".")) for one in alternatives(name))


def _holds(value: Any, path: list[str]) -> bool:
    if not path:
        return True
    if isinstance(value, str) and value.startswith(("[", "{")):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return False
    if isinstance(value, list):
        return any(_holds(item, path) for item in value)
    return isinstance(value, Mapping) and path[0] in value and _holds(value[path[0]], path[1:])
