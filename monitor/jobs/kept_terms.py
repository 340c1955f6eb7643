"""Parsed terms of the rules, kept between commands: parsing the thousands of terms takes longer than most commands."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import monitor.language.terms
from monitor.errors import describe_os_error
from monitor.files import write_atomically
from monitor.language.terms import MatchMode, Term, parse_term, remember_terms
from monitor.matching.compiled import RuleSet
from monitor.program import code_version

logger = logging.getLogger(__name__)

FILE = "parsed-terms.json"
"""File in the data folder. It may be deleted at any time."""


@contextmanager
def kept_terms(data_dir: Path) -> Iterator[Callable[[RuleSet], RuleSet]]:
    """Give the terms that the data folder keeps to the analyser, and a function that keeps those of a rule set there.

    The function returns the rule set. Terms that another version of the program parsed are not used.
    """
    version = code_version(Path(monitor.language.terms.__file__))
    kept = _read(data_dir / FILE, version)
    remember_terms(kept)

    def keep(rules: RuleSet) -> RuleSet:
        texts = {*rules.term_texts, *rules.generic, *(term for concept in rules.concepts for term in concept.terms)}
        if data_dir.is_dir() and not texts <= kept.keys():
            _write(data_dir / FILE, version, {text: parse_term(text) for text in sorted(texts)})
        return rules

    yield keep


def _read(path: Path, version: str) -> dict[str, Term]:
    """Return the terms of a file by the text as typed; none where it is missing, of another version or damaged."""
    try:
        data = json.loads(path.read_text("utf-8"))
        if data["version"] != version:
            return {}
        rows: dict[str, list[Any]] = data["terms"]
        return {typed: Term(text, MatchMode(mode), tuple(map(tuple, variants))) for typed, (text, mode, variants) in rows.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _write(path: Path, version: str, terms: dict[str, Term]) -> None:
    rows = {typed: (term.text, term.mode, term.variants) for typed, term in terms.items()}
    try:
        write_atomically(path, json.dumps({"version": version, "terms": rows}, ensure_ascii=False))
    except OSError as error:  # a reader without the right to write takes a little longer
        logger.debug("terms_not_kept error=%s", describe_os_error(error))
