"""Reading of rule files: each for itself, strictly, every problem with its line and the expected value."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from monitor.errors import RuleError
from monitor.matching.compiled import RuleSet
from monitor.matching.rules import lines
from monitor.matching.rules.model import (
    AreasFile,
    DepartmentsFile,
    FitFile,
    ProgrammesFile,
    ThemeFile,
)

_Model = TypeVar("_Model", bound=BaseModel)
_SINGLE: dict[str, type[BaseModel]] = {
    "departments.toml": DepartmentsFile,
    "areas.toml": AreasFile,
    "programmes.toml": ProgrammesFile,
    "fit.toml": FitFile,
}


@dataclass
class RuleFiles:
    """Files of a folder as read, by name, and the problems found so far."""

    texts: dict[str, str] = field(default_factory=dict)
    places: dict[str, dict[lines.Path, int]] = field(default_factory=dict)
    """Line of every key of a file that is TOML."""
    values: dict[str, BaseModel] = field(default_factory=dict)
    """Value of every file that is sound."""
    errors: list[RuleError] = field(default_factory=list)

    def add_problem(self, file: str, path: lines.Path, problem: str) -> None:
        """Add a problem at a key of a file."""
        self.errors.append(RuleError(file, lines.line_of(self.places.get(file, {}), path), problem))

    def get(self, file: str, model: type[_Model]) -> _Model | None:
        """Return the value of a file, or None when it is not sound."""
        value = self.values.get(file)
        return value if isinstance(value, model) else None

    @property
    def themes(self) -> dict[str, ThemeFile]:
        """Return the sound themes by file."""
        return {file: value for file, value in self.values.items() if isinstance(value, ThemeFile)}

    def has_errors(self, file: str) -> bool:
        """Return True when a problem was found in this file."""
        return any(error.file == file for error in self.errors)


def read_files(folder: Path) -> RuleFiles:
    """Read and check each file for itself. A file that cannot be read is a problem among the others."""
    texts: dict[str, str] = {}
    found = RuleFiles(texts)
    themes = sorted(path.relative_to(folder).as_posix() for path in (folder / "themes").glob("*.toml"))
    for file in (*_SINGLE, *themes):
        try:
            texts[file] = (folder / file).read_text("utf-8")
        except OSError as error:
            found.add_problem(file, (), f"kan inte läsas ({error.strerror}); väntades i {folder}")
        except UnicodeDecodeError as error:
            found.add_problem(file, (), f"är inte UTF-8 vid byte {error.start}")
    return parse_files(texts, found)


# A key of more parts, or deeper brackets, is no rule: tomllib's work grows with the square of a key's parts, and it recurses
# per bracket.
_MAX_KEY_PARTS, _MAX_DEPTH = 20, 20
_LONG_KEY = re.compile(rf"(?<![\w-])(?:[\w-]++[ \t]*+\.[ \t]*+){{{_MAX_KEY_PARTS}}}")


def load_toml(text: str) -> dict[str, Any]:
    """Return the tables of a TOML text.

    Raises:
        tomllib.TOMLDecodeError: The text is no TOML, or is nested deeper than any rule file (20 parts of a key, 20 brackets).
    """
    if _LONG_KEY.search(text):
        raise tomllib.TOMLDecodeError(f"namn med fler än {_MAX_KEY_PARTS} delar")
    depth = 0
    for bracket in re.findall(r"[\[\]{}]", text):
        depth = max(0, depth + (1 if bracket in "[{" else -1))
        if depth > _MAX_DEPTH:
            raise tomllib.TOMLDecodeError(f"fler än {_MAX_DEPTH} parenteser inuti varandra")
    return tomllib.loads(text)


@lru_cache(maxsize=256)
def _read(text: str) -> tuple[dict[str, Any], dict[lines.Path, int]]:
    """Return the tables of a TOML text and their lines."""
    # Kept, since at each edit in the rule lab all files but one are as they were.
    return load_toml(text), lines.find_lines(text)


def parse_files(texts: dict[str, str], found: RuleFiles | None = None) -> RuleFiles:
    """Return the files as `read_files` does, for texts by name: the rule lab checks before it saves."""
    found = found or RuleFiles(texts)
    for file, text in texts.items():
        model = _SINGLE.get(file, ThemeFile)
        try:
            raw, found.places[file] = _read(text)
        except tomllib.TOMLDecodeError as error:
            found.errors.append(RuleError(file, _toml_line(text, str(error)), f"är inte giltig TOML: {error}"))
            continue
        try:
            found.values[file] = model.model_validate(raw)
        except ValidationError as error:
            items = error.errors()
            for item in items:
                # An element that is wrong also makes its list too short; one mistake is named once.
                within = (other for other in items if len(other["loc"]) > len(item["loc"]))
                if item["type"] != "too_short" or not any(other["loc"][: len(item["loc"])] == item["loc"] for other in within):
                    found.add_problem(file, item["loc"], _problem(model, item["loc"], item))
    return found


def build(found: RuleFiles, themes: Iterable[ThemeFile]) -> RuleSet | None:
    """Return the rule set of sound files, or None when one of the four tables is not sound."""
    departments = found.get("departments.toml", DepartmentsFile)
    areas = found.get("areas.toml", AreasFile)
    programmes = found.get("programmes.toml", ProgrammesFile)
    fit = found.get("fit.toml", FitFile)
    if departments is None or areas is None or programmes is None or fit is None:
        return None
    ordered = tuple(sorted(themes, key=lambda theme: theme.theme.id))
    return RuleSet(
        version=_version([departments, areas, programmes, fit, *ordered]),
        themes=ordered,
        departments={department.id: department for department in departments.department},
        areas=areas,
        programmes={programme.id: programme for programme in programmes.programme},
        fit=fit,
        files=dict(found.texts),
    )


def _version(values: list[BaseModel]) -> str:
    canonical = json.dumps([value.model_dump(mode="json") for value in values], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]


def _toml_line(text: str, message: str) -> int:
    """Return the line of an error of tomllib."""
    # tomllib has the line in its message only, and "end of document" for the last one.
    words = message.rpartition("at line ")[2].split(",")[0]
    return int(words) if words.isdigit() else text.count("\n") + 1


_PLAIN = {
    "missing": "saknas",
    "int_type": "väntade ett heltal",
    "string_type": "väntade en text inom citattecken",
    "bool_type": "väntade true eller false",
    "tuple_type": "väntade en lista inom [ ]",
    "float_type": "väntade ett tal",
    "too_short": "väntade minst en",
    "string_too_short": "väntade en text som inte är tom",
    "literal_error": "väntade {expected}",
    "greater_than_equal": "väntade minst {ge}",
    "less_than_equal": "väntade högst {le}",
    "greater_than": "väntade mer än {gt}",
    "model_type": "väntade en tabell",
}


def _problem(model: type[BaseModel], path: lines.Path, item: Any) -> str:
    key = ".".join(str(part + 1) if isinstance(part, int) else part for part in path)
    if item["type"] == "extra_forbidden":
        known = sorted(_keys(model, path))
        close = get_close_matches(str(path[-1]), known, 1)
        hint = f"menade du {close[0]}?" if close else f"väntade en av {', '.join(known)}"
        return f"{key}: okänd nyckel; {hint}"
    if item["type"] == "value_error":
        return f"{key}: {item['ctx']['error']}"
    if item["type"] == "string_pattern_mismatch":
        message = f"väntade {_described(model, path)}"
    else:
        plain = _PLAIN.get(item["type"], "väntade något annat")
        message = plain.format_map({name: str(value).replace(" or ", " eller ") for name, value in item.get("ctx", {}).items()})
    found = "" if item["type"] == "missing" else f", fann {item['input']!r}"
    return f"{key}: {message}{found}"


def _walk(model: type[BaseModel], path: lines.Path) -> tuple[Any, str]:
    """Return the model that has the last key of `path`, and the description of that key."""
    holder: Any = model
    description = ""
    for number, part in enumerate(path):
        if isinstance(part, int):
            continue
        info = next(
            (info for name, info in holder.model_fields.items() if part in {name, info.alias}),
            None,
        )
        if info is None:
            return holder, ""
        description = info.description or _annotated(info.annotation)
        inner = _model_in(info.annotation)
        if inner is not None and number < len(path) - 1:
            holder = inner
    return holder, description


def _keys(model: type[BaseModel], path: lines.Path) -> set[str]:
    holder, _ = _walk(model, path)
    return {info.alias or name for name, info in holder.model_fields.items()}


def _described(model: type[BaseModel], path: lines.Path) -> str:
    return _walk(model, path)[1] or "en annan form"


def _annotated(annotation: Any) -> str:
    return next((getattr(item, "description", "") or "" for item in getattr(annotation, "__metadata__", ())), "")


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _model_in(argument)
        if found is not None:
            return found
    return None
