"""Lines of the keys and values of a TOML file, so that every problem names its line."""

from __future__ import annotations

import re

Path = tuple[str | int, ...]

_HEADER = re.compile(r"[ \t]*(\[\[?)[ \t]*([^\]\n]+?)[ \t]*\]\]?")
_KEY = re.compile(
    r"[ \t]*((?:[A-Za-z0-9_-]+|\"[^\"\n]*\"|'[^'\n]*')(?:[ \t]*\.[ \t]*(?:[A-Za-z0-9_-]+|\"[^\"\n]*\"|'[^'\n]*'))*)[ \t]*="
)
_STRING = re.compile(r"\"\"\"(?:\\.|[^\\])*?\"\"\"|'''.*?'''|\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*'", re.DOTALL)


def find_lines(text: str) -> dict[Path, int]:
    """Return the line (from 1) of every table, key and array element of a TOML text that tomllib can read."""
    lines: dict[Path, int] = {}
    tables: dict[Path, int] = {}
    table: Path = ()
    at = 0
    while at < len(text):
        line = text.count("\n", 0, at) + 1
        header = _HEADER.match(text, at)
        key = _KEY.match(text, at)
        if header:
            table = _table(header, tables)
            lines[table] = line
            lines.setdefault(table[:-1], line)
            at = _end_of_line(text, header.end())
        elif key:
            path = (*table, *_names(key[1]))
            lines[path] = line
            at = _value(text, key.end(), path, lines)
        else:
            at = _end_of_line(text, at)
    return lines


def line_of(lines: dict[Path, int], path: Path) -> int:
    """Return the line of `path`, or of the nearest table or key around it."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _names(dotted: str) -> list[str]:
    return [part.strip().strip("\"'") for part in re.findall(r"\"[^\"]*\"|'[^']*'|[^.]+", dotted)]


def _table(header: re.Match[str], tables: dict[Path, int]) -> Path:
    path: Path = ()
    names = _names(header[2])
    for number, name in enumerate(names):
        path = (*path, name)
        if number == len(names) - 1 and header[1] == "[[":
            tables[path] = tables.get(path, -1) + 1
        if path in tables:
            path = (*path, tables[path])
    return path


def _end_of_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def _value(text: str, at: int, path: Path, lines: dict[Path, int]) -> int:
    """Step over one value, note the lines of an array's elements, and return the offset of the next line."""
    depth, element, fresh = 0, 0, True
    while at < len(text):
        character = text[at]
        if character == "#":
            at = text.find("\n", at)
            if at < 0:
                return len(text)
            continue
        if character == "\n" and depth == 0:
            return at + 1
        string = _STRING.match(text, at) if character in "\"'" else None
        if character in "]}":
            depth -= 1
        elif not character.isspace() and depth == 1 and fresh and character != ",":
            lines[(*path, element)] = text.count("\n", 0, at) + 1
            fresh = False
        if character in "[{":
            depth += 1
        elif character == "," and depth == 1:
            element, fresh = element + 1, True
        at = string.end() if string else at + 1
    return at
