"""The rules for work that nobody watches: those of the folder, or the last good ones where somebody has broken those."""

from __future__ import annotations

import logging
from pathlib import Path

from monitor.archive import Archive
from monitor.archive.matches import last_rule_files
from monitor.errors import RuleError, RuleErrors
from monitor.matching.load import load_rules, load_texts
from monitor.matching.ruleset import RuleSet

logger = logging.getLogger(__name__)


def load_or_last(archive: Archive, folder: Path) -> tuple[RuleSet, tuple[RuleError, ...]]:
    """The rules and no errors; or the rules that matched last, and what is wrong with the present ones.

    Raises RuleErrors when nothing was ever matched, or when a newer program cannot read the last good rules.
    """
    try:
        return load_rules(folder), ()
    except RuleErrors as wrong:
        files = last_rule_files(archive.db)
        if files is None:
            raise
        try:
            rules = load_texts(files)
        except RuleErrors:
            raise wrong from None
        logger.warning("rules_wrong errors=%d kept=%s", len(wrong.errors), rules.version)
        return rules, tuple(wrong.errors)
