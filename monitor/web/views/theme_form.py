"""The form of a theme: its fields read from the theme's text (TOML), and written back with everything else left as it is.

A row of the table `signal` adds to a call's points, a row of `veto` keeps the theme from it. The fields of the first signal are
named `signal-0-id`, `signal-0-ord` and so on; `signal-antal` is the number of rows that the form shows.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import tomlkit
from tomlkit.items import AoT, Table

from monitor.matching.rules.files import load_toml
from monitor.matching.rules.model import ALL_ZONES, SHORT_TITLE

MAX_ROWS = 60
"""Rows of each table that a form may have."""
SHARED_FIELD = "gemensam-"
"""Beginning of the name of a shared signal's field, before the id of the signal."""
_DEFAULT_WEIGHT = 3
_SEPARATORS = re.compile(r"[,;\n]+")


def form_values(text: str) -> dict[str, Any] | None:
    """Return the values of the form's fields, without values of a wrong type; None if the text is not TOML."""
    try:
        raw = load_toml(text)
    except tomllib.TOMLDecodeError:
        return None
    head = raw.get("theme", {})
    if not isinstance(head, dict):
        return None
    return {
        "title": str(head.get("title", "")),
        "short": str(head.get("short", "")),
        "short_limit": SHORT_TITLE,
        "departments": strings(head.get("departments")),
        "strategy": strings(head.get("strategy")),
        "goals": strings(head.get("goals")),
        "sdgs": strings(head.get("sdgs")),
        "state": str(head.get("state", "live")),
        "probation": str(head.get("probation", "")),
        "documents": head.get("documents") is True,
        "yields": head.get("yields") is True,
        "shared": shared if isinstance(shared := head.get("signals"), dict) else {},
        "signals": [_row_values(row) for row in tables(raw.get("signal"))],
        "vetoes": [_row_values(row) for row in tables(raw.get("veto"))],
        "examples": len(tables(raw.get("example"))),
    }


def tables(value: Any) -> list[dict[str, Any]]:
    """Return the tables of a list of tables; none for a value of another type."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def strings(value: Any) -> list[str]:
    """Return the members of a list as texts; none for a value of another type."""
    return [str(item) for item in value] if isinstance(value, list) else []


def _row_values(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": str(row.get("id", "")),
        "words": ", ".join(strings(row.get("words"))),
        "concepts": ", ".join(strings(row.get("concepts"))),
        "needs": ", ".join(strings(row.get("needs"))),
        "programme": ", ".join(strings(row.get("programme"))),
        "weight": row.get("weight", _DEFAULT_WEIGHT),
        "zones": strings(row.get("in")) or list(ALL_ZONES),
    }


def write_form(text: str, form: Mapping[str, str], form_lists: Mapping[str, list[str]]) -> str:
    """Return the text with the form's fields written into it; comments, examples and other keys stay as they are.

    Args:
        text: The theme's text.
        form: The first value of each field.
        form_lists: All values of each field.

    Raises:
        ValueError, TypeError, KeyError, TOMLKitError: The text is not TOML, or has values of a wrong type.
    """
    document = tomlkit.parse(text)
    head = document.setdefault("theme", tomlkit.table())
    head["title"] = form.get("titel", "").strip()
    if short := form.get("kort", "").strip():
        head["short"] = short
    elif "kort" in form and "short" in head:
        del head["short"]
    for key, name in (("departments", "avdelning"), ("strategy", "omrade"), ("goals", "mal")):
        put_list(head, key, form_lists.get(name, []), keep_empty=key != "goals")
    put_list(head, "sdgs", [int(number) for number in form_lists.get("globalt", []) if number.isdigit()], keep_empty=False)
    if form.get("lage") == "draft":
        head["state"] = "draft"
    elif "state" in head:
        del head["state"]
    if "dokument-visas" in form:
        put_flag(head, "documents", asked="dokument" in form)
    if "foretrade-visas" in form:
        put_flag(head, "yields", asked="foretrade" in form)
    _put_shared(head, form)
    put_probation(head, form.get("prov", str(head.get("probation", ""))))
    _write_table(document, "signal", form, form_lists)
    _write_table(document, "veto", form, form_lists)
    return tomlkit.dumps(document)


def _put_shared(head: Any, form: Mapping[str, str]) -> None:
    """Set the weights of the shared signals that the form has; one left empty, or 0, is taken away."""
    weights = dict(head.get("signals", {}))
    for field, value in form.items():
        if not field.startswith(SHARED_FIELD):
            continue
        if value.strip() in ("", "0"):
            weights.pop(field.removeprefix(SHARED_FIELD), None)
        elif value.strip().lstrip("-").isdigit():
            weights[field.removeprefix(SHARED_FIELD)] = int(value)
    if weights == dict(head.get("signals", {})):
        return
    if not weights:
        del head["signals"]
        return
    table = tomlkit.inline_table()
    table.update(weights)
    head["signals"] = table


def put_probation(head: Any, day: str) -> None:
    """Set the last day of probation, or take it away for an empty text; a text that is no date is left to the check to name."""
    if str(head.get("probation", "")) == day.strip():
        return
    if not day.strip():
        del head["probation"]
        return
    try:
        head["probation"] = date.fromisoformat(day.strip())
    except ValueError:
        head["probation"] = day.strip()


def put_flag(head: Any, key: str, *, asked: bool) -> None:
    """Set a key that a theme has or has not, or take it away; an untouched line keeps its form."""
    if asked and head.get(key) is not True:
        head[key] = True
    elif not asked and key in head:
        del head[key]


def put_list(table: Any, key: str, values: list[Any], *, keep_empty: bool) -> None:
    """Set a list unless it has the same values already, so that an untouched line keeps its form and order."""
    present = list(table.get(key, []))
    if sorted(map(str, present)) == sorted(map(str, values)):
        return
    if values or keep_empty:
        table[key] = values
    elif key in table:
        del table[key]


@dataclass(frozen=True, slots=True)
class RowFields:
    """Fields of one row of the form."""

    table: str
    number: int
    form: Mapping[str, str]
    form_lists: Mapping[str, list[str]]

    def _name(self, field: str) -> str:
        return f"{self.table}-{self.number}-{field}"

    def has(self, field: str) -> bool:
        """Return True when the form has the field."""
        return self._name(field) in self.form

    def text(self, field: str) -> str:
        """Return the value of a field without space around it."""
        return self.form.get(self._name(field), "").strip()

    def split(self, field: str) -> list[str]:
        """Return the parts of a field between commas, semicolons or line ends, each once."""
        return list(dict.fromkeys(part.strip() for part in _SEPARATORS.split(self.text(field)) if part.strip()))

    def chosen(self, field: str) -> list[str]:
        """Return all values of a field, as of its ticked boxes."""
        return self.form_lists.get(self._name(field), [])


def _write_table(
    document: tomlkit.TOMLDocument, table: str, form: Mapping[str, str], form_lists: Mapping[str, list[str]]
) -> None:
    """Write the rows of a table; a row without words, concepts and programmes is removed, rows beyond those of the form stay."""
    count = min(int(form.get(f"{table}-antal", "0") or 0), MAX_ROWS)
    rows = document.get(table)
    existing = list(rows) if isinstance(rows, AoT) else []
    kept = []
    for number in range(count):
        fields = RowFields(table, number, form, form_lists)
        row = existing[number] if number < len(existing) else tomlkit.table()
        if not any(map(fields.split, ("ord", "begrepp", "program"))) and "identifier" not in row:
            continue
        _write_row(row, fields)
        kept.append(row)
    kept += existing[count:]
    if [id(row) for row in kept] == [id(row) for row in existing]:
        return
    replaced = tomlkit.aot()
    for row in kept:
        replaced.append(row)
    if kept:
        document[table] = replaced
    elif table in document:
        del document[table]


def _write_row(row: Table, fields: RowFields) -> None:
    is_signal = fields.table == "signal"
    if is_signal or "id" in row or fields.text("id"):
        name = fields.text("id") or f"{fields.table}-{fields.number + 1}"
        if row.get("id") != name:
            row["id"] = name
    put_list(row, "words", fields.split("ord"), keep_empty=False)
    put_list(row, "concepts", fields.split("begrepp"), keep_empty=False)
    put_list(row, "programme", fields.split("program"), keep_empty=False)
    if is_signal:
        weight = fields.text("vikt")
        if weight.lstrip("-").isdigit() and row.get("weight") != int(weight):
            row["weight"] = int(weight)
        put_list(row, "needs", fields.split("kraver"), keep_empty=False)
    if fields.has("var-visas"):
        zones = [zone for zone in ALL_ZONES if zone in fields.chosen("var")]
        # No zone and all zones both mean "everywhere", which the text says by having no list.
        put_list(row, "in", [] if len(zones) in (0, len(ALL_ZONES)) else zones, keep_empty=False)


def new_theme_text(words: list[str], departments: list[str]) -> str:
    """Return the text of a new theme, a draft with one signal of these words."""
    head = tomlkit.table()
    head["id"] = "nytt-tema"
    head["title"] = "Nytt tema"
    head["departments"] = departments
    head["strategy"] = ["extern-finansiering"]
    head["state"] = "draft"
    head["note"] = "Utkast: provas på arkivet men skickar inget. Ta bort raden state när det är klart."
    signal = tomlkit.table()
    signal["id"] = "huvudord"
    signal["words"] = words or ["ord att leta efter"]
    signal["weight"] = 4
    signals = tomlkit.aot()
    signals.append(signal)
    document = tomlkit.document()
    document["theme"] = head
    document["signal"] = signals
    return tomlkit.dumps(document)
