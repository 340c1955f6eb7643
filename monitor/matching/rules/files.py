"""Reading of rule files: each for itself, strictly, every problem with its line and the expected value."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from monitor.errors import RuleError
from monitor.language.concepts import Concepts
from monitor.matching.compiled import RuleSet
from monitor.matching.rules import lines
from monitor.matching.rules.concepts import make_concepts, resolve_fit, resolve_generic, resolve_theme
from monitor.matching.rules.model import (
    AreasFile,
    ConceptFile,
    DepartmentsFile,
    FitFile,
    GenericFile,
    ProgrammesFile,
    SharedSignal,
    Signal,
    SignalsFile,
    ThemeFile,
)
from monitor.paths import CONCEPTS, GATES, GENERIC, SIGNALS, TABLES, list_rule_files
from monitor.plan.gates import GatesFile
from monitor.validation import SWEDISH, describe_error, list_errors

_Model = TypeVar("_Model", bound=BaseModel)
_SINGLE: dict[str, type[BaseModel]] = {
    "departments.toml": DepartmentsFile,
    "areas.toml": AreasFile,
    "programmes.toml": ProgrammesFile,
    "fit.toml": FitFile,
    GENERIC: GenericFile,
    SIGNALS: SignalsFile,
    GATES: GatesFile,
}


@dataclass
class RuleFiles:
    """Files of a folder as read, by name, and the problems found so far."""

    texts: dict[str, str] = field(default_factory=dict)
    values: dict[str, BaseModel] = field(default_factory=dict)
    """Value of every file that is sound."""
    errors: list[RuleError] = field(default_factory=list)
    warnings: list[RuleError] = field(default_factory=list)
    """Warnings: the rules can be used, but a person should look at these places."""

    def add_problem(self, file: str, path: lines.Path, problem: str) -> None:
        """Add a problem at a key of a file."""
        self.errors.append(self._at(file, path, problem))

    def add_warning(self, file: str, path: lines.Path, problem: str) -> None:
        """Add a warning at a key of a file."""
        self.warnings.append(self._at(file, path, problem))

    def _at(self, file: str, path: lines.Path, problem: str) -> RuleError:
        return RuleError(file, self.line_of(file, path), problem)

    def line_of(self, file: str, path: lines.Path) -> int:
        """Return the line of a key, or of the nearest table or key around it; 1 in a file that could not be read."""
        # Found only for a problem: most files have none.
        return lines.line_of(_find_lines(self.texts.get(file, "")), path)

    def get(self, file: str, model: type[_Model]) -> _Model | None:
        """Return the value of a file, or None when it is not sound."""
        value = self.values.get(file)
        return value if isinstance(value, model) else None

    @property
    def themes(self) -> dict[str, ThemeFile]:
        """Return the sound themes by file."""
        return {file: value for file, value in self.values.items() if isinstance(value, ThemeFile)}

    @property
    def shared_signals(self) -> dict[str, SharedSignal]:
        """Return the signals that several themes have by id; none when their file is not there or not sound."""
        file = self.get(SIGNALS, SignalsFile)
        return {row.id: row for row in file.signal} if file is not None else {}

    @property
    def concept_files(self) -> dict[str, ConceptFile]:
        """Return the sound files of concepts by file."""
        return {file: value for file, value in self.values.items() if isinstance(value, ConceptFile)}

    @cached_property
    def concepts(self) -> Concepts:
        """Return the concepts of the sound files."""
        return make_concepts(tuple(self.concept_files.values()))

    def has_errors(self, file: str) -> bool:
        """Return True when a problem was found in this file."""
        return any(error.file == file for error in self.errors)


def read_files(folder: Path) -> RuleFiles:
    """Read and check each file for itself. A file that cannot be read is a problem among the others."""
    found = read_texts(folder)
    return parse_files(found.texts, found)


def read_texts(folder: Path) -> RuleFiles:
    """Return the texts of a folder's files, not parsed yet, and a problem for each file that cannot be read."""
    texts: dict[str, str] = {}
    found = RuleFiles(texts)
    # A table that is missing is a problem as well.
    for file in dict.fromkeys((*TABLES, *list_rule_files(folder))):
        try:
            texts[file] = (folder / file).read_text("utf-8")
        except OSError as error:
            found.add_problem(file, (), f"kan inte läsas ({error.strerror}); väntades i {folder}")
        except UnicodeDecodeError as error:
            found.add_problem(file, (), f"är inte UTF-8 vid byte {error.start}")
    return found


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


@lru_cache(maxsize=512)
def _read(model: type[BaseModel], text: str) -> BaseModel | ValidationError:
    """Return the value of a TOML text, or its errors."""
    # Kept, since at each edit in the rule lab all files but one are as they were.
    try:
        return model.model_validate(load_toml(text))
    except ValidationError as error:
        return error


_find_lines = lru_cache(maxsize=64)(lines.find_lines)


def _model_of(file: str) -> type[BaseModel]:
    return ConceptFile if file.startswith(f"{CONCEPTS}/") else _SINGLE.get(file, ThemeFile)


def parse_files(texts: dict[str, str], found: RuleFiles | None = None) -> RuleFiles:
    """Return the files as `read_files` does, for texts by name: the rule lab checks before it saves."""
    found = found or RuleFiles(texts)
    for file, text in texts.items():
        model = _model_of(file)
        try:
            value = _read(model, text)
        except tomllib.TOMLDecodeError as error:
            found.errors.append(RuleError(file, _toml_line(text, str(error)), f"är inte giltig TOML: {error}"))
            continue
        if isinstance(value, ValidationError):
            for item in list_errors(value):
                found.add_problem(file, item["loc"], describe_error(model, item, SWEDISH))
        else:
            found.values[file] = value
    shared = found.shared_signals
    found.values.update({file: with_shared(theme, shared) for file, theme in found.themes.items() if theme.theme.signals})
    return found


def with_shared(theme: ThemeFile, shared: Mapping[str, SharedSignal]) -> ThemeFile:
    """Return a theme with the shared signals that its head names behind its own; unknown ids add nothing."""
    added = [
        Signal.model_construct(**dict(shared[name]), weight=weight)
        for name, weight in theme.theme.signals.items()
        if name in shared and weight
    ]
    return theme.model_copy(update={"signal": (*theme.signal, *added)})


def build(found: RuleFiles, themes: Iterable[ThemeFile]) -> RuleSet | None:
    """Return the rule set of sound files, concepts put in, or None when one of the four tables is not sound."""
    departments = found.get("departments.toml", DepartmentsFile)
    areas = found.get("areas.toml", AreasFile)
    programmes = found.get("programmes.toml", ProgrammesFile)
    fit = found.get("fit.toml", FitFile)
    if departments is None or areas is None or programmes is None or fit is None:
        return None
    ordered = tuple(sorted(themes, key=lambda theme: theme.theme.id))
    generic, concepts = found.get(GENERIC, GenericFile) or GenericFile(), found.concepts
    gates = found.get(GATES, GatesFile)
    rows = sorted((row for file in found.concept_files.values() for row in file.concept), key=lambda row: row.id)
    return RuleSet(
        version=_version([departments, areas, programmes, fit, generic, *([gates] if gates else ()), *rows, *ordered]),
        themes=tuple(resolve_theme(theme, concepts) for theme in ordered),
        departments={department.id: department for department in departments.department},
        areas=areas,
        programmes={programme.id: programme for programme in programmes.programme},
        fit=resolve_fit(fit, concepts),
        files=dict(found.texts),
        concepts=concepts,
        signals=found.shared_signals,
        generic=resolve_generic(generic, concepts),
        gates=gates,
    )


def _version(values: list[BaseModel]) -> str:
    canonical = json.dumps([value.model_dump(mode="json") for value in values], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]


def _toml_line(text: str, message: str) -> int:
    """Return the line of an error of tomllib."""
    # tomllib has the line in its message only, and "end of document" for the last one.
    words = message.rpartition("at line ")[2].split(",")[0]
    return int(words) if words.isdigit() else text.count("\n") + 1
