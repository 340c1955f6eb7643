"""Loading of rules: all or nothing, with every problem of every file at once."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from monitor.errors import RuleError, RuleErrors
from monitor.language.analyser import analyser
from monitor.language.concepts import Concepts
from monitor.matching.compiled import RuleSet
from monitor.matching.rules.check import check_files
from monitor.matching.rules.concepts import make_concepts
from monitor.matching.rules.files import RuleFiles, build, load_toml, parse_files, read_files, read_texts
from monitor.matching.rules.model import ConceptFile
from monitor.paths import CONCEPTS, GATES, RULES
from monitor.plan.gates import GatesFile

logger = logging.getLogger(__name__)


def program() -> str:
    """Return the version of the program and of its analyser: both decide, besides the rules, whether rules are sound."""
    return f"{version('eu-monitor')} {analyser().version}"


def load_rules(folder: Path, checked: Mapping[str, str] | None = None) -> RuleSet:
    """Return the rules of a folder; no file is skipped.

    Args:
        folder: Folder with the four tables and `themes/`.
        checked: Texts of files that this program found sound before. Rules of exactly these texts are not tried on their
            examples again.

    Raises:
        RuleErrors: There is a problem; the error has every problem of every file.
    """
    found = read_texts(folder)
    if found.errors:
        return _sound(parse_files(found.texts, found))
    return _load(tuple(found.texts.items()), checked=checked == found.texts)


def load_texts(texts: Mapping[str, str], *, checked: bool = False) -> RuleSet:
    """Return the rules as `load_rules` does, for the texts of the files by name: the rule lab, old versions in the archive.

    Args:
        texts: Text of each file by its name.
        checked: This version of the program has checked these texts.
    """
    return _load(tuple(texts.items()), checked=checked)


# Kept, since a process loads the same texts again and again: pages for each draft, scheduled work for each member. Checking the
# shipped rules takes seconds where no text is known to be sound, finding them here takes no time.
@lru_cache(maxsize=4)
def _load(texts: tuple[tuple[str, str], ...], *, checked: bool) -> RuleSet:
    found = parse_files(dict(texts))
    rules = build(found, found.themes.values()) if checked and not found.errors else None
    return rules or _sound(found)


@lru_cache(maxsize=1)
def shipped_gates() -> GatesFile:
    """Return the gates that come with the program, for rules that have none of their own."""
    return GatesFile.model_validate(load_toml((RULES / GATES).read_text("utf-8")))


def load_concepts(folder: Path) -> Concepts:
    """Return the concepts of a folder of rules; a file with errors has none, so that a search goes on while rules are mended."""
    found = []
    for path in sorted((folder / CONCEPTS).glob("*.toml")):
        try:
            found.append(ConceptFile.model_validate(load_toml(path.read_text("utf-8"))))
        except (OSError, ValueError) as error:
            logger.warning("concepts_wrong file=%s problem=%s", path, type(error).__name__)
    return make_concepts(tuple(found))


def check_rules(folder: Path) -> list[RuleError]:
    """Return every problem of every file, examples tried, in the order of files and lines."""
    return _checked(read_files(folder))[1]


def check_texts(texts: Mapping[str, str]) -> list[RuleError]:
    """Return every problem as `check_rules` does, for the texts of the files by name."""
    return _checked(parse_files(dict(texts)))[1]


def _checked(found: RuleFiles) -> tuple[RuleSet | None, list[RuleError]]:
    rules = check_files(found)
    return rules, sorted(found.errors, key=lambda error: (error.file, error.line))


def _sound(found: RuleFiles) -> RuleSet:
    rules, errors = _checked(found)
    if errors or rules is None:
        raise RuleErrors(errors)
    return rules
