"""Subjects of departments' mails: the themes of the rules that matched last, as recipients can leave them out."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import lru_cache

from monitor.archive.connection import Database
from monitor.archive.matches import last_rule_version
from monitor.subscription import Subjects


def read_subjects(db: Database, today: date) -> Subjects:
    """Return the subjects of every department on a day: without drafts and themes on probation; none before the first match."""
    last = last_rule_version(db)
    if last is None:
        return {}
    version, files = last
    texts = tuple(text for path, text in sorted(files.items()) if path.startswith("themes/"))
    return _subjects(version, texts, today)


@lru_cache(maxsize=4)
def _subjects(version: str, texts: tuple[str, ...], today: date) -> Subjects:
    """Return the subjects of the texts of themes' files, read once per version of the rules and day."""
    found: dict[str, dict[str, str]] = {}
    for text in texts:
        theme = tomllib.loads(text)["theme"]
        probation = theme.get("probation")
        if theme.get("state", "live") != "live" or (probation is not None and today <= probation):
            continue
        for department in theme["departments"]:
            found.setdefault(department, {})[theme["id"]] = theme["title"]
    return found
