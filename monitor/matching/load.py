"""Loading rules: all or nothing, with every problem of every file at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from monitor.errors import RuleError, RuleErrors
from monitor.matching.check import check_files
from monitor.matching.files import RuleFiles, parse_files, read_files
from monitor.matching.ruleset import RuleSet


def load_rules(folder: Path) -> RuleSet:
    """The rules of a folder; RuleErrors with every problem when there is any. Nothing is skipped."""
    return _sound(read_files(folder))


def load_texts(texts: Mapping[str, str]) -> RuleSet:
    """As `load_rules`, for the texts of the files by name: the rule lab, and old versions in the archive."""
    return _sound(parse_files(dict(texts)))


def check_rules(folder: Path) -> list[RuleError]:
    """Every problem of every file, examples tried, in the order of files and lines."""
    return _checked(read_files(folder))[1]


def check_texts(texts: Mapping[str, str]) -> list[RuleError]:
    """As `check_rules`, for texts by name."""
    return _checked(parse_files(dict(texts)))[1]


def _checked(found: RuleFiles) -> tuple[RuleSet | None, list[RuleError]]:
    rules = check_files(found)
    return rules, sorted(found.errors, key=lambda error: (error.file, error.line))


def _sound(found: RuleFiles) -> RuleSet:
    rules, errors = _checked(found)
    if errors or rules is None:
        raise RuleErrors(errors)
    return rules
