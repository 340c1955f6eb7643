"""A theme as a form: reading its fields out of the text, and writing changed fields back with everything else left as it is."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

import tomlkit
from tomlkit.items import AoT, Table

from monitor.matching.rules.files import load_toml
from monitor.matching.rules.model import ALL_ZONES

_SPLIT = re.compile(r"[,;\n]+")
MOST = 60


def form_values(text: str) -> dict[str, Any] | None:
    """The fields of the form; None when the text is no TOML."""
    try:
        raw = load_toml(text)
    except tomllib.TOMLDecodeError:
        return None
    head = raw.get("theme", {})
    if not isinstance(head, dict):
        return None
    return {
        "title": str(head.get("title", "")),
        "departments": _strings(head.get("departments")),
        "strategy": _strings(head.get("strategy")),
        "goals": _strings(head.get("goals")),
        "sdgs": _strings(head.get("sdgs")),
        "state": str(head.get("state", "live")),
        "signals": [_condition(row) for row in _tables(raw.get("signal"))],
        "vetoes": [_condition(row) for row in _tables(raw.get("veto"))],
        "examples": len(_tables(raw.get("example"))),
    }


def _tables(value: Any) -> list[dict[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _strings(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _condition(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": str(row.get("id", "")),
        "words": ", ".join(_strings(row.get("words"))),
        "needs": ", ".join(_strings(row.get("needs"))),
        "programme": ", ".join(_strings(row.get("programme"))),
        "weight": row.get("weight", 3),
        "zones": _strings(row.get("in")) or list(ALL_ZONES),
    }


def write_form(text: str, form: Mapping[str, str], many: Mapping[str, list[str]]) -> str:
    """The text with the form's fields laid over it; comments, examples and what the form does not show stay. ValueError when it cannot."""
    document = tomlkit.parse(text)
    head = document.setdefault("theme", tomlkit.table())
    head["title"] = form.get("titel", "").strip()
    for field, name in (("departments", "avdelning"), ("strategy", "omrade"), ("goals", "mal")):
        _put_list(head, field, many.get(name, []), keep=field != "goals")
    _put_list(head, "sdgs", [int(one) for one in many.get("globalt", []) if one.isdigit()], keep=False)
    if form.get("lage") == "draft":
        head["state"] = "draft"
    elif "state" in head:
        del head["state"]
    _write_rows(document, "signal", form, many, "signal")
    _write_rows(document, "veto", form, many, "veto")
    return tomlkit.dumps(document)


def _put_list(table: Any, name: str, values: list[Any], *, keep: bool) -> None:
    """Written only where it says something else, so that an untouched line keeps its form and order."""
    present = list(table.get(name, []))
    if sorted(map(str, present)) == sorted(map(str, values)):
        return
    if values or keep:
        table[name] = values
    elif name in table:
        del table[name]


def _write_rows(
    document: tomlkit.TOMLDocument, table: str, form: Mapping[str, str], many: Mapping[str, list[str]], prefix: str
) -> None:
    number = min(int(form.get(f"{prefix}-antal", "0") or 0), MOST)
    rows = document.get(table)
    existing = list(rows) if isinstance(rows, AoT) else []
    kept = []
    for place in range(number):
        words = _listed(form.get(f"{prefix}-{place}-ord", ""))
        programme = _listed(form.get(f"{prefix}-{place}-program", ""))
        row = existing[place] if place < len(existing) else tomlkit.table()
        if not words and not programme and "identifier" not in row:
            continue
        _write_row(row, table, place, words, programme, form, many, prefix)
        kept.append(row)
    kept += existing[number:]
    if [id(row) for row in kept] == [id(row) for row in existing]:
        return
    replaced = tomlkit.aot()
    for row in kept:
        replaced.append(row)
    if kept:
        document[table] = replaced
    elif table in document:
        del document[table]


def _write_row(
    row: Table,
    table: str,
    place: int,
    words: list[str],
    programme: list[str],
    form: Mapping[str, str],
    many: Mapping[str, list[str]],
    prefix: str,
) -> None:
    if table == "signal" or "id" in row or form.get(f"{prefix}-{place}-id"):
        name = form.get(f"{prefix}-{place}-id", "").strip() or f"{table}-{place + 1}"
        if row.get("id") != name:
            row["id"] = name
    _put_list(row, "words", words, keep=False)
    _put_list(row, "programme", programme, keep=False)
    if table == "signal":
        weight = form.get(f"{prefix}-{place}-vikt", "").strip()
        if weight.lstrip("-").isdigit() and row.get("weight") != int(weight):
            row["weight"] = int(weight)
        _put_list(row, "needs", _listed(form.get(f"{prefix}-{place}-kraver", "")), keep=False)
    zones = [zone for zone in ALL_ZONES if zone in many.get(f"{prefix}-{place}-var", [])]
    if f"{prefix}-{place}-var-visas" in form:
        _put_list(row, "in", [] if len(zones) in (0, len(ALL_ZONES)) else zones, keep=False)


def _listed(text: str) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in _SPLIT.split(text) if part.strip()))


def skeleton(words: list[str], departments: list[str]) -> str:
    """The text of a theme that is about to be made, as a draft."""
    document = tomlkit.document()
    head = tomlkit.table()
    head["id"] = "nytt-tema"
    head["title"] = "Nytt tema"
    head["departments"] = departments
    head["strategy"] = ["extern-finansiering"]
    head["state"] = "draft"
    head["note"] = "Utkast: provas på arkivet men skickar inget. Ta bort raden state när det är klart."
    document["theme"] = head
    signals = tomlkit.aot()
    signal = tomlkit.table()
    signal["id"] = "huvudord"
    signal["words"] = words or ["ord att leta efter"]
    signal["weight"] = 4
    signals.append(signal)
    document["signal"] = signals
    return tomlkit.dumps(document)
