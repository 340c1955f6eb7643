"""Reading rule files: each for itself, strictly, every problem with its line and what was expected."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from monitor.errors import RuleError
from monitor.matching import lines
from monitor.matching.model import (
    AreasFile,
    DepartmentsFile,
    FitFile,
    ProgrammesFile,
    ThemeFile,
)
from monitor.matching.ruleset import RuleSet

_Model = TypeVar("_Model", bound=BaseModel)
_SINGLE: dict[str, type[BaseModel]] = {
    "departments.toml": DepartmentsFile,
    "areas.toml": AreasFile,
    "programmes.toml": ProgrammesFile,
    "fit.toml": FitFile,
}


@dataclass
class RuleFiles:
    """What was read: the text of every file, its value where it is sound, and the problems found so far."""

    texts: dict[str, str] = field(default_factory=dict)
    places: dict[str, dict[lines.Path, int]] = field(default_factory=dict)
    values: dict[str, BaseModel] = field(default_factory=dict)
    errors: list[RuleError] = field(default_factory=list)

    def problem(self, file: str, path: lines.Path, problem: str) -> None:
        """Note a problem at a key of a file."""
        self.errors.append(RuleError(file, lines.line_of(self.places.get(file, {}), path), problem))

    def get(self, file: str, model: type[_Model]) -> _Model | None:
        """The value of a file, or None when it is not sound."""
        value = self.values.get(file)
        return value if isinstance(value, model) else None

    @property
    def themes(self) -> dict[str, ThemeFile]:
        """The sound themes by file."""
        return {file: value for file, value in self.values.items() if isinstance(value, ThemeFile)}

    def has_errors(self, file: str) -> bool:
        """True when a problem was found in this file."""
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
            found.problem(file, (), f"cannot be read ({error.strerror}); expected in {folder}")
        except UnicodeDecodeError as error:
            found.problem(file, (), f"is not UTF-8 at byte {error.start}")
    return parse_files(texts, found)


def parse_files(texts: dict[str, str], found: RuleFiles | None = None) -> RuleFiles:
    """As `read_files`, for texts that stand in memory: the rule lab checks before it saves."""
    found = found or RuleFiles(texts)
    for file, text in texts.items():
        model = _SINGLE.get(file, ThemeFile)
        try:
            raw = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            found.errors.append(RuleError(file, _toml_line(text, str(error)), f"is not valid TOML: {error}"))
            continue
        found.places[file] = lines.find_lines(text)
        try:
            found.values[file] = model.model_validate(raw)
        except ValidationError as error:
            for item in error.errors():
                path = tuple(part for part in item["loc"] if not (isinstance(part, str) and part.startswith("function-")))
                found.problem(file, path, _problem(model, path, item))
    return found


def build(found: RuleFiles, themes: Iterable[ThemeFile]) -> RuleSet | None:
    """The rule set of sound files, or None when one of the four tables is not sound."""
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
    """tomllib says the line in words only, and "end of document" for the last one."""
    words = message.rpartition("at line ")[2].split(",")[0]
    return int(words) if words.isdigit() else text.count("\n") + 1


_PLAIN = {
    "missing": "is missing",
    "int_type": "expected a whole number",
    "string_type": "expected a text in quotes",
    "bool_type": "expected true or false",
    "tuple_type": "expected a list in [ ]",
    "float_type": "expected a number",
    "too_short": "expected at least one",
    "string_too_short": "expected a text that is not empty",
}


def _problem(model: type[BaseModel], path: lines.Path, item: Any) -> str:
    key = ".".join(str(part + 1) if isinstance(part, int) else part for part in path)
    if item["type"] == "extra_forbidden":
        known = sorted(_keys(model, path))
        close = get_close_matches(str(path[-1]), known, 1)
        hint = f"did you mean {close[0]}?" if close else f"expected one of {', '.join(known)}"
        return f"{key}: unknown key; {hint}"
    message = _PLAIN.get(item["type"])
    if item["type"] == "string_pattern_mismatch":
        message = f"expected {_described(model, path)}"
    if message is None:
        message = item["msg"].removeprefix("Value error, ").removeprefix("Input ").replace("should", "expected it to", 1)
    found = "" if item["type"] in {"missing", "value_error"} else f", found {item['input']!r}"
    return f"{key}: {message}{found}"


def _walk(model: type[BaseModel], path: lines.Path) -> tuple[Any, str]:
    """The model that holds the last key of `path`, and the description of that key."""
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
    return _walk(model, path)[1] or "another form"


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
