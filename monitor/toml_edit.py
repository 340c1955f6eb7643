"""Edits of TOML texts that keep comments, order and everything else as it is. Pure.

A place in a file is a path of keys, such as `("schedule", "crawl")`. A table of an array of tables is named by its `id`:
`("department", "kultur-fritid", "threshold")`.
"""

from __future__ import annotations

import copy
import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AbstractTable, Array

Place = tuple[str, ...]


SHIPPED_RULES_REFUSAL = "Reglerna följer med EU-bevakningen och kan inte ändras. Sidan Regler säger hur kommunen får egna."


class EditError(ValueError):
    """Error of a text that cannot be edited. The message is a Swedish sentence."""


@dataclass(frozen=True, slots=True)
class Edit:
    """New value at a place; None takes the key, or the row of an array of tables, away."""

    place: Place
    value: Any


@dataclass(frozen=True, slots=True)
class ValueChange:
    """Value that an edit changed. None stands for a key that the file has not."""

    place: Place
    old: Any
    new: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class EditRequest:
    """Edits of one file of an installation that a person wants saved."""

    file: str
    """`monitor.toml`, or the name of a file of rules such as `departments.toml`."""
    edits: tuple[Edit, ...]
    mark: str
    """`mark_of` the edited places as the person saw them; "" saves whatever they hold now."""
    who: str
    note: str = ""
    dry_run: bool = False
    """True to check only, and save nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditOutcome:
    """Outcome of an `EditRequest`. Saved where it has neither problems nor a conflict, unless it was a dry run."""

    differences: tuple[ValueChange, ...] = ()
    problems: tuple[str, ...] = ()
    """Swedish sentences; nothing was saved."""
    conflict: bool = False
    """True when the places hold something else than the person saw; nothing was saved."""
    present: Mapping[Place, Any] = field(default_factory=dict)
    """Values that the file has at the edited places."""

    @property
    def saved(self) -> bool:
        """Return whether nothing stood in the way of saving."""
        return not self.problems and not self.conflict


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRequest:
    """Whole text of a theme's file, or of a file of concepts, that a person wants saved."""

    file: str
    """Name in the folder of rules, such as `themes/kultur.toml`."""
    text: str
    mark: str
    """`text_mark` of the file as the person saw it; "" for a file that must not exist yet."""
    version: str
    """Key under which the texts of the file are kept."""
    who: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextOutcome:
    """Outcome of a `TextRequest`. Saved where it has neither problems nor a conflict."""

    problems: tuple[str, ...] = ()
    """Swedish sentences; nothing was saved."""
    conflict: bool = False
    """True when the file holds something else than the person saw; nothing was saved."""
    present: str = ""
    """Text of the file; "" where there is none."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Texts of all files of rules as they were found sound and saved, by name; empty where nothing was saved."""


def text_mark(text: str) -> str:
    """Return a short hash of a text, by which one tells whether it was edited since."""
    return hashlib.sha256(text.strip().encode()).hexdigest()[:16]


def load_values(text: str) -> dict[str, Any]:
    """Return the values of a TOML text.

    Raises:
        EditError: The text is not TOML.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise EditError(f"Filen går inte att läsa som den ligger nu: {error}. Rätta den, och spara sedan här.") from error


def find_value(values: Any, place: Iterable[str]) -> Any:
    """Return the value at a place of loaded TOML; None where there is none."""
    for key in place:
        if isinstance(values, list):
            values = next((row for row in values if isinstance(row, Mapping) and row.get("id") == key), None)
        elif isinstance(values, Mapping):
            values = values.get(key)
        else:
            return None
    return values


def mark_of(text: str, places: Iterable[Place]) -> str:
    """Return a short hash of what a text has at some places, by which a page tells whether it was changed meanwhile.

    Raises:
        EditError: The text is not TOML.
    """
    values = load_values(text)
    found = [[list(place), find_value(values, place)] for place in sorted(set(places))]
    return hashlib.sha256(json.dumps(found, sort_keys=True, default=str).encode()).hexdigest()[:16]


def list_value_changes(text: str, edits: Iterable[Edit]) -> tuple[ValueChange, ...]:
    """Return the values that edits would change in a text, without those that it has already.

    Raises:
        EditError: The text is not TOML.
    """
    values = load_values(text)
    found = (ValueChange(edit.place, find_value(values, edit.place), edit.value) for edit in edits)
    return tuple(item for item in found if not _same(item.old, item.new))


def _same(one: Any, other: Any) -> bool:
    # True == 1 and 6 == 6.0 in Python, but the file says something else.
    return json.dumps(one, sort_keys=True, default=str) == json.dumps(other, sort_keys=True, default=str)


def apply_edits(text: str, edits: Sequence[Edit]) -> str:
    """Return a text with edits made. Read back, it has exactly their values, and all else as before.

    Raises:
        EditError: The text is not TOML, or has a form in which the edits cannot be made.
    """
    expected = load_values(text)
    for edit in edits:
        _apply_plain(expected, edit)
    for write in (_write_in_place, _write_appended):
        try:
            written = write(text, edits)
            if _same(tomllib.loads(written), expected):
                return written
        except (TOMLKitError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError):
            continue
    raise EditError("Filen har en form som inte går att ändra i här. Gör ändringen i filen.")


def _apply_plain(values: dict[str, Any], edit: Edit) -> None:
    """Make an edit in loaded TOML."""
    holder: Any = values
    for number, key in enumerate(edit.place[:-1]):
        if isinstance(holder, list):
            holder = next((row for row in holder if row.get("id") == key), None)
            if holder is None:
                raise EditError(f"Det finns inget ”{key}” i filen längre.")
        else:
            is_rows = number == 0 and len(edit.place) == 2 and isinstance(edit.value, Mapping) and "id" in edit.value
            holder = holder.setdefault(key, [] if is_rows else {})
    key, value = edit.place[-1], copy.deepcopy(edit.value)
    if isinstance(holder, list):
        row = next((row for row in holder if row.get("id") == key), None)
        if row is not None:
            holder.remove(row)
        if value is not None:
            holder.append(value)
        elif not holder:
            del values[edit.place[0]]
    elif value is None:
        holder.pop(key, None)
    else:
        holder[key] = value


def _write_in_place(text: str, edits: Iterable[Edit]) -> str:
    document = tomlkit.parse(text)
    for edit in edits:
        holder: Any = document
        for number, key in enumerate(edit.place[:-1]):
            if isinstance(holder, list):
                holder = next(row for row in holder if row.get("id") == key)
                continue
            if key not in holder:
                rows = number == 0 and len(edit.place) == 2 and isinstance(edit.value, Mapping) and "id" in edit.value
                holder[key] = tomlkit.aot() if rows else tomlkit.table(is_super_table=number < len(edit.place) - 2)
            holder = holder[key]
        _set(document, holder, edit)
    return tomlkit.dumps(document)


def _set(document: tomlkit.TOMLDocument, holder: Any, edit: Edit) -> None:
    key = edit.place[-1]
    if isinstance(holder, list):
        numbers = [number for number, row in enumerate(holder) if row.get("id") == key]
        for number in reversed(numbers):
            del holder[number]
        if edit.value is not None:
            holder.append(_table_of(edit.value))
        elif not holder:
            del document[edit.place[0]]
    elif edit.value is None:
        if key in holder:
            del holder[key]
    elif isinstance(edit.value, Mapping) and isinstance(holder.get(key), AbstractTable):
        _update_table(holder[key], edit.value)
    elif isinstance(edit.value, list) and isinstance(holder.get(key), Array):
        _update_array(holder[key], edit.value)
    else:
        holder[key] = _item_of(edit.value)


def _update_table(table: AbstractTable, values: Mapping[str, Any]) -> None:
    for key in [key for key in table if key not in values]:
        del table[key]
    for key, value in values.items():
        if not _same(table.get(key), value):
            table[key] = value


def _update_array(array: Array, values: list[Any]) -> None:
    """Take elements out of an array and add others behind, so that comments between the others stay; else replace them all."""
    kept = [item for item in array if item in values]
    if values[: len(kept)] != kept:
        array.clear()
        array.extend(values)
        return
    for number in reversed([number for number, item in enumerate(array) if item not in values]):
        del array[number]
    array.extend(values[len(kept) :])


def _item_of(value: Any) -> Any:
    if isinstance(value, Mapping):
        table = tomlkit.inline_table()
        table.update(value)
        return table
    return value


def _table_of(value: Mapping[str, Any]) -> Any:
    table = tomlkit.table()
    for key, item in value.items():
        table.add(key, _item_of(item))
    return table


def _write_appended(text: str, edits: Iterable[Edit]) -> str:
    """Write edits that begin new tables behind the text: for files whose tables stand in an order that tomlkit cannot add to."""
    lines = [text.rstrip("\n")]
    for edit in edits:
        head = tomlkit.document()
        if isinstance(edit.value, Mapping) and "id" in edit.value:
            rows = tomlkit.aot()
            rows.append(_table_of(edit.value))
            head[edit.place[0]] = rows
        else:
            holder: Any = head
            for number, key in enumerate(edit.place[:-1]):
                holder[key] = tomlkit.table(is_super_table=number < len(edit.place) - 2)
                holder = holder[key]
            holder[edit.place[-1]] = _item_of(edit.value)
        lines.append("\n" + tomlkit.dumps(head).rstrip("\n"))
    return "\n".join(lines) + "\n"
