"""The rules for work that nobody watches: those of the folder, or the last good ones where somebody has broken those."""

from __future__ import annotations

import logging
from pathlib import Path

from monitor.archive import Archive
from monitor.archive.matches import checked_files, last_rule_files
from monitor.config import Config
from monitor.errors import RuleError, RuleErrors
from monitor.matching.load import load_rules, load_texts, program
from monitor.matching.ruleset import RuleSet

logger = logging.getLogger(__name__)


def rules_in_force(archive: Archive, config: Config, *, last_good: bool) -> RuleSet:
    """The rules that mails go by: those of the folder or, with `last_good`, the last good ones; for a member without rules of its
    own, those that the shared archive was matched with. Raises RuleErrors."""
    if config.shared_archive is not None and not config.rules.dir:
        files = last_rule_files(archive.db)
        return load_texts(files) if files is not None else load_rules(config.rules_dir)
    return load_or_last(archive, config.rules_dir)[0] if last_good else load_checked(archive, config.rules_dir)


def load_checked(archive: Archive, folder: Path) -> RuleSet:
    """The rules of a folder, checked unless they are those that matched last. Raises RuleErrors."""
    return load_rules(folder, checked_files(archive.db, program()))


def load_or_last(archive: Archive, folder: Path) -> tuple[RuleSet, tuple[RuleError, ...]]:
    """The rules and no errors; or the rules that matched last, and what is wrong with the present ones.

    Raises RuleErrors when nothing was ever matched, or when a newer program cannot read the last good rules.
    """
    try:
        return load_checked(archive, folder), ()
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
